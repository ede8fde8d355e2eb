//! UCDP rows to reports: every cell can be had back from the reports, and what cannot be read is told.

#![allow(clippy::unwrap_used)] // clippy takes only the tests themselves for tests

#[path = "ucdp/restore.rs"]
mod restore;

use core::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;

use increp::model::{Claim, Handling, Hop, Id, Kind, LinkRel, Name, PartyKind, Report, Role, Status};
use increp_cli::import::ucdp::{self, Options, Summary};
use restore::{restore, same};

const SAMPLE: &str = include_str!("../data/ucdp_sample.csv");

#[test]
fn every_cell_of_the_sample_can_be_had_back() {
    let expected = Summary { rows: 500, reports: 500, ..Summary::default() };
    assert_eq!(whole_file(SAMPLE), expected);
}

#[test]
fn every_cell_of_the_real_file_of_mexico_can_be_had_back() {
    let expected = Summary { rows: 18_957, reports: 18_958, continued: 1, moved: 7, ..Summary::default() };
    real_file("ucdp_ged_mexico.csv.gz", &expected);
}

#[test]
fn every_cell_of_the_real_file_of_syria_can_be_had_back() {
    let expected = Summary { rows: 16_566, reports: 16_572, continued: 6, moved: 8, ..Summary::default() };
    real_file("ucdp_ged_syria.csv.gz", &expected);
}

/// Tests a file of the shared data, or says that it is not tested.
fn real_file(name: &str, expected: &Summary) {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let path = std::env::var_os("INCREP_DATA").map_or_else(beside, PathBuf::from).join(name);
    let Ok(file) = std::fs::File::open(&path) else {
        // Not by println, which is not shown for a test that passes.
        let mut out = std::io::stderr();
        writeln!(out, "NOT TESTED: {} is not there; INCREP_DATA may name its folder", path.display()).unwrap();
        return;
    };
    let mut csv = String::new();
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut csv).unwrap();
    let summary = whole_file(&csv);
    println!("{name}: {summary}");
    assert_eq!(&summary, expected, "{name}");
}

/// Imports a file of which no row may be rejected, and compares every cell with what the reports say.
fn whole_file(csv: &str) -> Summary {
    let imported = import(csv.as_bytes(), &Options::default()).unwrap();
    assert_eq!(imported.rejected, [""; 0]);
    let (header, rows) = restore::parse(csv);
    assert_eq!(rows.len(), imported.events.len());
    let mut differences = String::new();
    for (row, event) in rows.iter().zip(&imported.events) {
        let report = increp::decode(&event.bytes).unwrap();
        let restored = restore(&report, &event.note);
        for column in &header {
            let (expected, found) = (&row[column], restored.get(column).map_or("", String::as_str));
            if !same(column, expected, found) {
                writeln!(differences, "id {}, {column}: expected {expected:?}, found {found:?}", row["id"]).unwrap();
            }
        }
    }
    let few = differences.lines().take(20).collect::<Vec<_>>().join("\n");
    assert!(few.is_empty(), "{} cells differ:\n{few}", differences.lines().count());
    imported.summary
}

#[derive(Debug)]
struct Imported {
    summary: Summary,
    rejected: Vec<String>,
    events: Vec<Event>,
    json: usize,
}

/// The first report of a row, and the note of all of its reports.
#[derive(Debug, Default)]
struct Event {
    bytes: Vec<u8>,
    note: String,
    parts: Vec<usize>,
}

/// Imports a file and checks what holds for every report.
fn import(csv: &[u8], options: &Options) -> Result<Imported, String> {
    let mut events: Vec<Event> = Vec::new();
    let (mut reports, mut first, mut json) = (0, Id::default(), 0);
    let mut buffer = vec![0; increp::MAX_LEN];
    let mut out = |report: &Report<'_>| {
        assert_eq!(report.check(), Ok(()));
        assert_eq!(report.id, Id::new(options.author, options.first_seq.wrapping_add(reports)));
        assert_eq!((report.kind, report.status, report.sent), (Kind::NEW, Status::ACTUAL, None));
        assert_eq!(report.handling, options.handling.unwrap_or_default());
        assert_eq!(report.from[0].name, Name::new("UCDP GED"));
        let bytes = increp::encode(report, &mut buffer).unwrap().to_vec();
        assert_eq!(increp::decode(&bytes).as_ref(), Ok(report));
        json += usize::from(through_json(report));
        let event = report.event.as_ref().unwrap();
        let note = event.note.map_or("", |note| note.as_str());
        if report.links.is_empty() {
            first = report.id;
            events.push(Event { bytes, ..Event::default() });
        } else {
            assert_eq!((report.links[0].rel, report.links[0].id), (LinkRel::PART_OF, first));
            let alone = increp::model::Event { note: event.note, ..Default::default() };
            assert_eq!((event, report.claims.len(), report.extra.0.len()), (&alone, 0, 0), "a part adds nothing but text");
        }
        let event = events.last_mut().unwrap();
        event.note.push_str(note);
        event.parts.push(note.len());
        reports += 1;
        Ok(())
    };
    let mut rejected = Vec::new();
    let summary =
        ucdp::import(csv, options, &mut out, &mut |why| rejected.push(why.to_string())).map_err(|error| format!("{error:#}"))?;
    assert_eq!(summary.reports, u64::from(reports));
    assert_eq!(summary.rejected, rejected.len() as u64);
    assert_eq!(summary.rows - summary.rejected, summary.reports - summary.continued);
    Ok(Imported { summary, rejected, events, json })
}

/// Whether the JSON could be read back: serde_json alone cannot lend a text with escapes.
fn through_json(report: &Report<'_>) -> bool {
    let json = serde_json::to_string(report).unwrap();
    let plain = !json.contains('\\');
    if plain {
        assert_eq!(&serde_json::from_str::<Report<'_>>(&json).unwrap(), report, "{json}");
    }
    plain
}

#[test]
fn the_sample_survives_json() {
    assert!(import(SAMPLE.as_bytes(), &Options::default()).unwrap().json > 450);
}

/// A row with all figures that a test is not about.
fn row(cells: &[(&str, &str)]) -> String {
    const PLAIN: &str = "id 7, type_of_violence 1, date_prec 1, side_a Government of Syria, side_b IS, date_start 2016-09-17, \
        deaths_a 62, deaths_b 0, deaths_civilians 0, deaths_unknown 0, best 62, low 62, high 83";
    let mut row: Vec<(&str, &str)> = PLAIN.split(", ").filter_map(|cell| cell.split_once(' ')).collect();
    for (column, cell) in cells {
        row.retain(|(other, _)| other != column);
        row.push((column, cell));
    }
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |cells: Vec<String>| cells.join(",") + "\r\n";
    line(row.iter().map(|(column, _)| (*column).to_owned()).collect()) + &line(row.iter().map(|(_, cell)| quoted(cell)).collect())
}

fn import_row(cells: &[(&str, &str)]) -> Imported {
    import(row(cells).as_bytes(), &Options::default()).unwrap()
}

/// The event of the first report.
fn event_json(imported: &Imported) -> String {
    serde_json::to_string(&increp::decode(&imported.events[0].bytes).unwrap().event).unwrap()
}

#[test]
fn a_note_that_is_too_long_goes_on_in_parts_of_the_first_report() {
    let words = "Regime forces “captured” Ma’arrat al-Nu’man \u{200b} مدينة حلب Ã¡ ".repeat(80);
    let solid = "é".repeat(3000);
    for (headline, parts) in [(&words[..], 4), (&solid, 3), ("x", 1), (&"x".repeat(2048), 1), (&"x".repeat(2049), 2)] {
        let imported = import_row(&[("source_headline", headline)]);
        let [event] = imported.events.as_slice() else { panic!("one event") };
        assert_eq!(event.note, headline);
        assert_eq!(event.parts.len(), parts, "{:?}", event.parts);
        assert_eq!(imported.summary, Summary { rows: 1, reports: parts as u64, continued: parts as u64 - 1, ..Summary::default() });
    }
    let options = Options { author: 9, first_seq: 40, handling: Some(Handling::GREEN), ..Options::default() };
    let words = import(row(&[("source_headline", &words)]).as_bytes(), &options).unwrap();
    let (start, rest) = words.events[0].note.split_at(words.events[0].parts[0]);
    assert!(start.ends_with(' ') && !rest.starts_with(' '), "split after a word");
}

#[test]
fn the_note_is_the_headline_and_what_has_no_field() {
    let source =
        [("number_of_sources", "1"), ("source_office", "SOHR"), ("source_date", "2016-09-17"), ("source_headline", "62 dead")];
    for (column, cell, line) in [
        ("source_article", "\"SOHR , 2016-09-17,62 dead \"", ""),
        ("source_article", "\"SOHR,2016-09-17,83 dead\"", "\nsource_article: \"SOHR,2016-09-17,83 dead\""),
        ("where_description", " near the\r\nairport", "\nwhere_description:  near the\r\nairport"),
        ("year", "2016", ""),
        ("year", "2017", "\nyear: 2017"),
    ] {
        let imported = import_row(&[&source[..], &[(column, cell)]].concat());
        assert_eq!(imported.events[0].note, format!("62 dead{line}"));
        assert_eq!(imported.summary.moved, 0);
    }
}

#[test]
fn the_kind_of_a_side_is_told_only_where_its_name_is_certain() {
    for (side, kind) in [
        ("Government of Syria", PartyKind::STATE),
        ("Government of Jordan, Government of United States of America", PartyKind::STATE),
        ("Government of Syria, Hezbollah", PartyKind::UNSPECIFIED),
        ("Forces of the Government of Syria", PartyKind::UNSPECIFIED),
        ("Civilians", PartyKind::CIVILIANS),
        ("Civilians of Aleppo", PartyKind::UNSPECIFIED),
        ("XXX123", PartyKind::UNSPECIFIED),
    ] {
        let imported = import_row(&[("side_b", side)]);
        let report = increp::decode(&imported.events[0].bytes).unwrap();
        let party = &report.event.as_ref().unwrap().parties[1];
        assert_eq!((party.name, party.kind), (Name::new(side), kind));
    }
}

#[test]
fn texts_that_do_not_fit_their_field_go_whole_into_the_note() {
    let long = "Ahrar al-Sham, ".repeat(11);
    let imported = import_row(&[("source_headline", "Clashes"), ("side_b", &long), ("where_coordinates", &long), ("adm_1", "a|b")]);
    assert_eq!(imported.summary.moved, 3);
    assert_eq!(imported.events[0].note, format!("Clashes\nwhere_coordinates: {long}\nside_b: {long}\nadm_1: a|b"));
    let report = increp::decode(&imported.events[0].bytes).unwrap();
    let event = report.event.as_ref().unwrap();
    assert_eq!((event.parties[1].role, event.parties[1].name), (Role::PARTICIPANT, Name::UNREPORTED));
    assert_eq!(event.place.known(), None);
}

#[test]
fn a_report_with_every_text_at_its_longest_is_valid() {
    let text = |fill: char| fill.to_string().repeat(160);
    let outlets = ['e', 'f', 'g', 'h', 'i'].map(text).join(";");
    let sides = [("side_a", &*text('a')), ("side_b", &text('b')), ("where_coordinates", &text('c'))];
    let sources = [("source_original", &*text('d')), ("number_of_sources", "5"), ("source_office", &outlets)];
    // With "5|", "|", "||" and so on between the columns of an entry.
    let joined = [("source_date", 158), ("adm_1", 159), ("country", 158), ("side_a_new_id", 159), ("conflict_name", 157)];
    let joined = joined.map(|(column, bytes)| (column, "j".repeat(bytes)));
    let alone = [("id", &*text('k')), ("event_clarity", &text('l')), ("source_headline", &"q".repeat(5000))];
    let joined = joined.iter().map(|(column, cell)| (*column, cell.as_str()));
    let imported = import_row(&[&sides[..], &sources, &alone].concat().into_iter().chain(joined).collect::<Vec<_>>());
    assert_eq!(imported.summary, Summary { rows: 1, reports: 3, continued: 2, ..Summary::default() });
    assert_eq!(imported.events[0].note, "q".repeat(5000));
    assert_eq!(imported.events[0].parts.iter().sum::<usize>(), 5000);
    // Two sides, a place, an origin, five outlets; seven of the entries of extra, as one is an integer.
    let texts = (9 + 7) * 160 + "UCDP GED".len();
    let keys = ["id", "type", "clarity", "sources", "conflict", "sides", "adm", "country"].map(|key| key.len() + 5);
    assert_eq!(imported.events[0].parts[0], 4096 - texts - keys.iter().sum::<usize>(), "the first report is full");
}

#[test]
fn sides_sources_and_zeros_are_what_ucdp_says_and_no_more() {
    let one_sided = [("type_of_violence", "3"), ("side_b", "Civilians"), ("deaths_a", "0"), ("deaths_civilians", "62")];
    let imported = import_row(&one_sided);
    const ONE_SIDED: &str = r#"{"type":"attack","time":{"start":"2016-09-17","precision":"day"},
        "parties":[{"role":"perpetrator","name":"Government of Syria","kind":"state"},
        {"role":"victim","name":"Civilians","kind":"civilians"}],
        "counts":[{"of":"killed","value":62,"min":62,"max":83},
        {"of":"killed","value":62,"who":{"party":1,"status":"civilian"}},
        {"of":"killed","value":0,"who":{"party":null}}]}"#;
    assert_eq!(event_json(&imported), ONE_SIDED.replace("\n        ", ""));

    for (office, number, chains) in [
        ("SOHR", "1", "[police > SOHR]"),
        ("SOHR;SOHR", "2", "[police > SOHR]"),
        ("SOHR; Airwars", "2", "[police] [? > SOHR] [? > Airwars]"),
        ("E; Sol", "1", "[police > E; Sol]"),
        ("a;b;c;d;e", "5", "[police] [? > a] [? > b] [? > c] [? > d] [? > e]"),
        ("a;b;c;d;e;f", "6", "[police]"),
        ("", "-1", "[police]"),
    ] {
        let cells = [("source_office", office), ("number_of_sources", number), ("source_original", "police")];
        let imported = import_row(&cells);
        let report = increp::decode(&imported.events[0].bytes).unwrap();
        let name = |hop: &Hop<'_>| hop.name.known().unwrap_or("?").to_owned();
        let chain = |claim: &Claim<'_>| format!("[{}]", claim.sources.iter().map(name).collect::<Vec<_>>().join(" > "));
        assert_eq!(report.claims.iter().map(chain).collect::<Vec<_>>().join(" "), chains);
        assert_eq!(imported.events[0].note.contains(office), ["SOHR;SOHR", "a;b;c;d;e;f", ""].contains(&office), "{office}");
    }
}

#[test]
fn columns_are_found_by_name_in_the_files_of_others() {
    // A release of GED, with tags as on HDX below the header, and a byte order mark.
    let release = "\u{feff}relid,best_est,high_est,low_est,date_start,Latitude,longitude,where_prec,geom_wkt,type_of_violence\n\
        #event+id,#affected+best,,,#date+start,#geo+lat,#geo+lon,,,\n\
        MEX-1,5,7,3,2016-01-31 00:00:00.000,19.428470000000001,-99.12766,1,POINT (-99.12766 19.42847),\n";
    let imported = import(release.as_bytes(), &Options::default()).unwrap();
    let time_and_place =
        r#""time":{"start":"2016-01-31","precision":"day"},"place":{"lat":19.42847,"lon":-99.12766,"precision":"exact"}"#;
    let counts = r#""counts":[{"of":"killed","value":5,"min":3,"max":7}]"#;
    assert_eq!(event_json(&imported), format!("{{{time_and_place},{counts}}}"));
    let left_out = vec!["relid".to_owned(), "geom_wkt".to_owned()];
    assert_eq!(imported.summary, Summary { rows: 1, tag_rows: 1, reports: 1, rounded: 1, left_out, ..Summary::default() });

    let options = Options { author: 9, first_seq: 40, handling: Some(Handling::CLEAR), other_columns: true };
    let imported = import(release.as_bytes(), &options).unwrap();
    assert_eq!(imported.events[0].note, "relid: MEX-1\ngeom_wkt: POINT (-99.12766 19.42847)");
    assert_eq!(imported.summary.left_out, [""; 0]);
}

#[test]
fn a_row_that_cannot_be_read_is_told_and_stops_no_other() {
    for (column, cell, reason) in [
        ("date_start", "2016-02-30", "expected a day such as 2016-01-31, found \"2016-02-30\": there is no such day"),
        ("date_start", "17.9.2016", "expected a day such as 2016-01-31, found \"17.9.2016\""),
        ("date_start", "", "expected a day such as 2016-01-31, found a blank cell"),
        ("date_end", "2016-09-17 12:30:00", "expected a day such as 2016-01-31, found \"2016-09-17 12:30:00\""),
        ("date_prec", "6", "expected a code from 1 to 5, found \"6\""),
        ("deaths_a", "-1", "expected a whole number from 0 to 4294967295, found \"-1\""),
        ("best", "4294967296", "expected a whole number from 0 to 4294967295, found \"4294967296\""),
        ("high", "some\u{200b}", "expected a whole number from 0 to 4294967295, found \"some\\u{200b}\""),
        ("type_of_violence", "4", "expected a code from 1 to 3, found \"4\""),
        ("where_prec", "0", "expected a code from 1 to 7, found \"0\""),
    ] {
        assert_eq!(import_row(&[(column, cell)]).rejected, [format!("line 2, id 7, column {column}: {reason}")]);
    }
    for (lat, lon, reason) in [
        ("90.0000001", "0", "latitude: expected decimal degrees from -90 to 90, found \"90.0000001\""),
        ("0", "35,5", "longitude: expected decimal degrees from -180 to 180, found \"35,5\""),
        ("0", "", "longitude: expected decimal degrees, as there is a latitude, found a blank cell"),
        ("", "0", "latitude: expected decimal degrees, as there is a longitude, found a blank cell"),
    ] {
        let rejected = import_row(&[("latitude", lat), ("longitude", lon)]).rejected;
        assert_eq!(rejected, [format!("line 2, id 7, column {reason}")]);
    }

    for end in ["\n", "\r\n"] {
        let lines = [
            "best_est,id,date_start",
            "1,a,2016-01-01",
            "x,b,2016-01-01",
            "1,\"c\nd\",2016-01-01",
            "",
            "1,e",
            "1,f,2016-01-32",
            "1,g,2016-01-01",
        ];
        let imported = import((lines.join(end) + end).as_bytes(), &Options::default()).unwrap();
        assert_eq!(
            imported.rejected,
            [
                "line 3, id b, column best_est: expected a whole number from 0 to 4294967295, found \"x\"",
                "line 7: expected 3 cells as in the header, found 2",
                "line 8, id f, column date_start: expected a day such as 2016-01-31, found \"2016-01-32\": there is no such day",
            ],
            "{end:?}"
        );
        assert_eq!(imported.summary, Summary { rows: 6, rejected: 3, reports: 3, ..Summary::default() });
    }
    let mut kept = Vec::new();
    let csv = "best,id,date_start\n\"1,000\",\"a \"\"b\"\"\",2016-01-01\n1\n";
    ucdp::import(csv.as_bytes(), &Options::default(), &mut |_| Ok(()), &mut |why| kept.push(why.clone())).unwrap();
    assert_eq!(csv, format!("{}\n{}\n{}\n", kept[0].header, kept[0].row, kept[1].row), "rejected rows can be kept");

    let open = import(b"best,id,date_start\n1,\"a,2016-01-01\n1,b,2016-01-01\n", &Options::default()).unwrap();
    assert_eq!(open.rejected, ["line 2: expected 3 cells as in the header, found 2 on 3 lines: is a quote left open?"]);
}

#[test]
fn a_file_that_is_none_says_so() {
    const NONE_OF: &str = "one of best, low, high, deaths_a, deaths_b, deaths_civilians, deaths_unknown";
    for (csv, message) in [
        (&b""[..], "the file is empty: expected a UCDP GED file as CSV with a header".to_owned()),
        (b"\n\n", "the file is empty: expected a UCDP GED file as CSV with a header".to_owned()),
        (b"id,best\n", "this is no UCDP GED file: the header has no date_start; found \"id,best\"".to_owned()),
        (b"id,date_start\n", format!("this is no UCDP GED file: the header has no {NONE_OF}; found \"id,date_start\"")),
        (b"a;b", format!("this is no UCDP GED file: the header has no date_start and no {NONE_OF}; found \"a;b\"")),
        (b"best,date_start,best\n", "column best stands in the header 2 times: which of them counts is not said".to_owned()),
        (b"\x1f\x8b\x08\x00", "expected a UCDP GED file as CSV, but the file is packed with gzip: unpack it first".to_owned()),
        (
            b"\x00\x9f\x92\x96\x01\xff",
            "line 1, column 1: expected UTF-8, but byte 2 of the cell is none: convert the file first".to_owned(),
        ),
        (
            b"id,best,date_start,side_a\n1,2,2016-01-01,Juarez\n1,2,2016-01-01,Ju\xe1rez\n",
            "line 3, column side_a: expected UTF-8, but byte 3 of the cell is none: convert the file first".to_owned(),
        ),
    ] {
        assert_eq!(import(csv, &Options::default()).unwrap_err(), message);
    }
    let last = Options { first_seq: u32::MAX, ..Options::default() };
    assert_eq!(import(row(&[]).as_bytes(), &last).unwrap().summary.reports, 1, "the last number is a number");
    let (long, two) = (row(&[("source_headline", &"x".repeat(3000))]), "best,date_start\n1,2016-01-01\n2,2016-01-01\n");
    for csv in [long.as_str(), two] {
        let spent = "author 1 has no numbers left for more reports: go on with another author";
        assert_eq!(import(csv.as_bytes(), &last).unwrap_err(), spent);
    }
    let full = ucdp::import(
        SAMPLE.as_bytes(),
        &Options::default(),
        &mut |_| Err(std::io::Error::other("the disk is full").into()),
        &mut |_| {},
    );
    assert_eq!(full.unwrap_err().to_string(), "the disk is full");
}
