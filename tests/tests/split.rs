//! Files of reports in any layout, read in any portions: every whole report is found, a broken one costs itself alone.

#![allow(clippy::unwrap_used)] // a test

use std::io::BufReader;

use bumpalo::Bump;
use increp_cli::json::{Pieces, parse};
use increp_tests::reports;
use proptest::prelude::*;

/// The ids of the reports that are found, "?" for what is none, with line and column.
fn found(text: &[u8], portion: usize) -> Vec<(String, u64, u64)> {
    let mut pieces = Pieces::new(BufReader::with_capacity(portion.max(1), text));
    let mut found = Vec::new();
    while let Some(piece) = pieces.next_piece().unwrap() {
        let arena = Bump::new();
        let id = match (piece.broken, parse(piece.text, &arena)) {
            (None, Ok(report)) => report.id.to_string(),
            _ => "?".to_owned(),
        };
        found.push((id, piece.line, piece.column));
    }
    found
}

fn ids(text: &str) -> Vec<String> {
    let of = |portion| found(text.as_bytes(), portion).into_iter().map(|(id, ..)| id).collect::<Vec<_>>();
    let ids = of(1 << 16);
    assert_eq!(of(1), ids, "read a byte at a time: {text}");
    assert_eq!(of(7), ids, "read seven bytes at a time: {text}");
    ids
}

/// A report in one line.
fn line(seq: u32) -> String {
    format!(r#"{{"id":"1-{seq}","kind":"new","status":"test","event":{{"note":"]}} {{[ \" \\"}}}}"#)
}

/// A report as a person would indent it.
fn indented(seq: u32, indent: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(&line(seq)).unwrap();
    let text = serde_json::to_string_pretty(&value).unwrap();
    text.lines().map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_layout_gives_every_report() {
    let (one, two, three) = (line(1), line(2), line(3));
    let (open, middle, close) = (indented(1, ""), indented(2, ""), indented(3, ""));
    // Without any indent every item of a list starts in the first column.
    let flat =
        r#"{"id":"1-1","kind":"new","status":"test","event":{"counts":["#.to_owned() + &"\n{\n},".repeat(7) + "\n{\n}\n]\n}\n}";
    let items = [indented(1, "  "), indented(2, "  "), indented(3, "  ")].join(",\n");
    for text in [
        format!("{one}\n{two}\n{three}\n"),
        format!("{one}\n{two}\n{three}"),
        format!("{one}\r\n{two}\r\n\r\n  \n{three}\r\n"),
        format!("\u{feff}{one}\n{two}\n{three}"),
        format!("{one}{two} {three}"),
        format!("{open}\n{middle}\n{close}\n"),
        format!("{open}{middle}\n\n{close}"),
        format!("[{one},{two},{three}]"),
        format!("[{one},\n{two},\n{three}\n]\n"),
        format!("[\n{items}\n]"),
        format!("  \n\t[ {one} , {two} , {three} ] \n"),
        format!("{one}\n{middle}\n{three}"),
        format!("{flat}\n{two}\n{three}"),
        format!("[\n{flat},\n{two},\n{three}\n]"),
    ] {
        assert_eq!(ids(&text), ["1-1", "1-2", "1-3"], "{text}");
    }
    assert_eq!(ids(&format!("[{one}]\n[{two}, {three}]")), ["1-1", "1-2", "1-3"]);
    for nothing in ["", "\n\n", "[]", " [ ] \n", "\u{feff}"] {
        assert_eq!(ids(nothing), [""; 0], "{nothing:?}");
    }
}

#[test]
fn a_broken_report_costs_itself_alone() {
    let (one, three) = (line(1), line(3));
    for broken in [
        "{\"id\":\"1-2\"",
        "{\"id\":\"1-2",
        "{\"id\":{{{{",
        "{\"id\":[}",
        "garbage",
        "}",
        "]",
        "[",
        ",",
        "17",
        "null",
        "\"text\"",
        "{\"id\":\"1-2\"}}",
        "\u{1}\u{2}",
        "[[[[[[",
        "{}",
    ] {
        let ids = ids(&format!("{one}\n{broken}\n{three}\n"));
        let good: Vec<&str> = ids.iter().map(String::as_str).filter(|id| *id != "?").collect();
        assert_eq!(good, ["1-1", "1-3"], "{broken}");
        assert!(ids.len() > 2, "{broken} is named");
    }
}

#[test]
fn a_broken_item_of_an_indented_list_costs_itself_alone() {
    let broken = "  {\n    \"id\": \"1-2\",\n    \"kind\": \"new\n  },\n";
    let text = format!("[\n{},\n{broken}{}\n]\n", indented(1, "  "), indented(3, "  "));
    assert_eq!(ids(&text), ["1-1", "?", "1-3"]);
    let text = format!("{}\n{}\n{}\n", indented(1, ""), "{\n  \"id\": {\n", indented(3, ""));
    assert_eq!(ids(&text), ["1-1", "?", "1-3"]);
}

#[test]
fn several_broken_reports_cost_themselves_alone() {
    let good = |seq: u32| line(seq);
    let open = r#"{"id":"1-9","kind":"new","status":"test","#;
    // A bracket too many further on does not make up for one that is missing.
    let lines = [
        good(1),
        "{\"note\":\"open}".into(),
        good(3),
        open.into(),
        good(5),
        "garbage here".into(),
        good(6),
        good(7) + "}",
        good(8),
    ];
    let found = ids(&lines.join("\n"));
    let good_ones: Vec<&str> = found.iter().map(String::as_str).filter(|id| *id != "?").collect();
    assert_eq!(good_ones, ["1-1", "1-3", "1-5", "1-6", "1-7", "1-8"]);
    for indent in ["", "  ", "\t"] {
        let items = [good(1), open.into(), good(3), open.into(), good(5), "{\"links\":[".into(), good(7)];
        let text = format!("[\n{indent}{}\n]\n", items.join(&format!(",\n{indent}")));
        assert_eq!(ids(&text), ["1-1", "?", "1-3", "?", "1-5", "?", "1-7"], "{text}");
    }
}

#[test]
fn a_list_that_is_cut_short_is_named() {
    for text in ["[", "[\n", &format!("[{},\n", line(1)), &format!("[{}", line(1))] {
        assert_eq!(ids(text).last().map(String::as_str), Some("?"), "{text}");
    }
}

#[test]
fn a_text_that_never_ends_is_skipped_in_constant_memory() {
    let long = format!("{{\"note\":\"{}\"}}", "x".repeat(5 << 20));
    let text = format!("{}\n{long}\n{}\n", line(1), line(3));
    let found = found(text.as_bytes(), 1 << 16);
    let ids: Vec<_> = found.iter().map(|(id, line, _)| (id.as_str(), *line)).collect();
    assert_eq!(ids, [("1-1", 1), ("?", 2), ("1-3", 3)]);
}

#[test]
fn a_file_of_broken_reports_takes_no_longer_than_it_is_long() {
    // Each of the lines might be the start of an object that goes on; looking for its end must not cost the whole rest.
    let start = std::time::Instant::now();
    for line in ["{\"id\":\n", "{\"id\":[\n", "[\n", "{\n", " {\n"] {
        assert!(!found(line.repeat(30_000).as_bytes(), 1 << 16).is_empty());
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn places_are_lines_and_columns_of_the_file() {
    let text = format!("\n  {}\n[\n", line(1));
    assert_eq!(found(text.as_bytes(), 64)[0], ("1-1".to_owned(), 2, 3));
    let text = b"{\"id\":\"1-1\",\n \"kind\":\"new\",\n \"status\":\"tset\"}";
    let mut pieces = Pieces::new(&text[..]);
    let piece = pieces.next_piece().unwrap().unwrap();
    let arena = Bump::new();
    let problem = parse(piece.text, &arena).unwrap_err();
    assert_eq!(piece.place(problem.offset), (3, 11));
}

proptest! {
    #[test]
    fn any_reports_are_found_in_any_layout(seeds in prop::collection::vec(reports(), 0..5), layout in 0..4, portion in 1..5_000usize) {
        let reports: Vec<_> = seeds.iter().map(increp_tests::Seed::report).collect();
        let lines = reports.iter().map(|report| serde_json::to_string(report).unwrap());
        let pretty = reports.iter().map(|report| serde_json::to_string_pretty(report).unwrap());
        let text = match layout {
            0 => lines.collect::<Vec<_>>().join("\n"),
            1 => format!("[{}]", lines.collect::<Vec<_>>().join(",")),
            2 => pretty.collect::<Vec<_>>().join("\n"),
            _ => format!("[\n{}\n]", pretty.collect::<Vec<_>>().join(",\n")),
        };
        let ids: Vec<_> = found(text.as_bytes(), portion).into_iter().map(|(id, ..)| id).collect();
        prop_assert_eq!(ids, reports.iter().map(|report| report.id.to_string()).collect::<Vec<_>>());
    }
}
