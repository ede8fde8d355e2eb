//! Bytes and JSON that nobody honest would send: each gives a report with exactly those bytes, or a clear error.

#![allow(clippy::unwrap_used)] // a test

use bumpalo::Bump;
use increp::{MAX_LEN, decode, encode};
use increp_cli::json::parse;
use increp_tests::reports;
use proptest::prelude::*;

/// What decodes encodes to the same bytes.
fn one_encoding(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(report) = decode(bytes) {
        let mut buffer = [0; MAX_LEN];
        prop_assert_eq!(encode(&report, &mut buffer).map_err(|error| TestCaseError::fail(error.to_string()))?, bytes);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn any_bytes_are_a_report_or_an_error(mut bytes in prop::collection::vec(any::<u8>(), 0..300), header in any::<bool>()) {
        if let (true, Some(first)) = (header, bytes.first_mut()) {
            *first = 0x11;
        }
        one_encoding(&bytes)?;
    }

    #[test]
    fn mostly_empty_bytes_are_a_report_or_an_error(bytes in prop::collection::vec(prop_oneof![6 => Just(0u8), 3 => 1..4u8, 1 => any::<u8>()], 16..400)) {
        let bytes: Vec<u8> = std::iter::once(0x11).chain(bytes).collect();
        one_encoding(&bytes)?;
    }

    #[test]
    fn any_flipped_bit_is_a_report_or_an_error(seed in reports(), flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8u8), 1..4)) {
        let report = seed.report();
        let mut buffer = [0; MAX_LEN];
        let length = encode(&report, &mut buffer).unwrap().len();
        let bytes = &mut buffer[..length];
        for (at, bit) in flips {
            bytes[at.index(length)] ^= 1 << bit;
        }
        one_encoding(bytes)?;
    }

    #[test]
    fn any_edit_of_json_is_a_report_or_an_error(seed in reports(), at in any::<prop::sample::Index>(), cut in 0..8usize, put in "[-{}\\[\\]\",:0-9a-z\\\\ .eE\u{0}-\u{20}]{0,6}") {
        let json = serde_json::to_string(&seed.report()).unwrap();
        let mut bytes = json.into_bytes();
        let at = at.index(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, put.bytes());
        let arena = Bump::new();
        match parse(&bytes, &arena) {
            Ok(report) => {
                prop_assert!(report.check().is_ok());
                let again = serde_json::to_string(&report).unwrap();
                let arena = Bump::new();
                prop_assert_eq!(parse(again.as_bytes(), &arena), Ok(report));
            }
            Err(problem) => prop_assert!(problem.offset <= bytes.len() && !problem.message.is_empty()),
        }
    }

    #[test]
    fn any_text_is_a_report_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let arena = Bump::new();
        prop_assert!(parse(&bytes, &arena).is_err() || serde_json::from_slice::<serde_json::Value>(&bytes).is_ok());
    }
}

#[test]
fn numbers_in_more_bytes_than_they_need_are_refused() {
    // 17-0-42 with the author as 91 00.
    let error = decode(&[0x11, 0x91, 0x00, 0, 42, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap_err();
    assert_eq!(error.to_string(), "id.author at byte 1: the number is written in more bytes than it needs");
}

#[test]
fn numbers_wider_than_their_field_are_refused() {
    let wide = [0x11, 0xff, 0xff, 0xff, 0xff, 0x1f, 0, 42, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(decode(&wide).unwrap_err().to_string(), "id.author at byte 1: the number has more than 32 bits");
    let endless = [&[0x11][..], &[0xff; 40]].concat();
    assert_eq!(decode(&endless).unwrap_err().to_string(), "id.author at byte 1: the number has more than 32 bits");
}

/// JSON text, and what must be said of it.
fn assert_problem(text: &str, path: &str, at: &str, message: &str) {
    let arena = Bump::new();
    let problem = parse(text.as_bytes(), &arena).unwrap_err();
    let found = (increp_cli::json::path_text(&problem.path), &text[problem.offset..], problem.message.as_str());
    assert!(found.0 == path && found.1.starts_with(at) && found.2.contains(message), "{found:?}\nfor {text}");
}

/// The members that every report has, and more.
fn with(members: &str) -> String {
    format!(r#"{{"id":"1-2","kind":"new","status":"test",{members}}}"#)
}

#[test]
fn errors_in_json_say_where_and_what() {
    let count = |members: &str| with(&format!(r#""event":{{"counts":[{{"of":"killed",{members}}}]}}"#));
    for (text, path, at, message) in [
        (count(r#""min":"ten""#), "event.counts[0].min", "\"ten\"", "expected a whole number from 0 to 4294967295, found \"ten\""),
        (count(r#""min":1.5"#), "event.counts[0].min", "1.5", "expected a whole number"),
        (count(r#""min":-1"#), "event.counts[0].min", "-1", "found -1"),
        (count(r#""min":4294967296"#), "event.counts[0].min", "4294967296", "found 4294967296"),
        (count(r#""min":null"#), "event.counts[0].min", "null", "leave the member out"),
        (count(r#""mim":1"#), "event.counts[0].mim", "\"mim\":1}", "did you mean \"min\"?"),
        (count(r#""min":1,"min":2"#), "event.counts[0].min", "\"min\":2", "second time"),
        (count(r#""term":"dosens""#), "event.counts[0].term", "\"dosens\"", "did you mean \"dozens\"?"),
        (count(r#""term":"some","value":3"#), "event.counts[0]", "{\"of\"", "a vague word stands alone"),
        (count(r#""term":"some","value":null"#), "event.counts[0]", "{\"of\"", "a vague word stands alone"),
        (count(r#""who":{"party":3}"#), "event.counts[0].who.party", "3}", "expected less than 0, found 3"),
        (with(r#""handling":"code:9""#), "handling", "\"code:9\"", "expected one of the handling marks"),
        (with(r#""clock":1"#), "clock", "1}", "expected one of the clock sources, found 1"),
        (with(r#""evidence":[{"sha256":[0]}]"#), "evidence[0].sha256", "[0]", "expected 64 lower-case hex digits, found a list"),
        (with(r#""mission":"\ud800""#), "", "", "not JSON: unexpected end of hex escape"),
        (with(r#""event":{"place":{"lat":1e400,"lon":0}}"#), "", "", "not JSON: number out of range"),
        (with(r#""clock":"code:0""#), "clock", "\"code:0\"", "expected one of the clock sources"),
        (with(r#""clock":"code:256""#), "clock", "\"code:256\"", "expected one of the clock sources"),
        (with(r#""clock":"code:+1""#), "clock", "\"code:+1\"", "expected one of the clock sources"),
        (with(r#""sent":"2016-09-18""#), "sent", "\"2016", "expected a date with a time of day"),
        (with(r#""sent":"2016-09-18T21:10:00.5Z""#), "sent", "\"2016", "fractions of a second"),
        (with(r#""sent":"2016-02-30T21:10:00Z""#), "sent", "\"2016", "no such day"),
        (
            with(r#""event":{"time":{"start":"2016-09-18","precision":"minute"}}"#),
            "event.time",
            "{\"start\"",
            "finer than the date",
        ),
        (
            with(r#""event":{"time":{"start":"2016-09-18T00:00:00Z","end":"2016-09-18T01:00:00+02:00"}}"#),
            "event.time",
            "{\"start\"",
            "same offset",
        ),
        (with(r#""event":{"place":{"lat":1.5}}"#), "event.place", "{\"lat\"", "lat lon"),
        (with(r#""event":{"place":{"lat":1.12345678,"lon":2}}"#), "event.place.lat", "1.12345678", "at most 7 decimals"),
        (with(r#""event":{"place":{"lat":91,"lon":2}}"#), "event.place.lat", "91", "expected degrees from -90 to 90, found 91"),
        (with(r#""event":{"place":{"lat":181,"lon":2}}"#), "event.place.lat", "181", "expected degrees from -90 to 90, found 181"),
        (
            with(r#""event":{"place":{"lat":1,"lon":181}}"#),
            "event.place.lon",
            "181",
            "expected degrees from -180 to 180, found 181",
        ),
        (with(r#""event":{"note":""}"#), "event.note", "\"\"", "found an empty one"),
        (with(r#""event":{"parties":[{"name":""}]}"#), "event.parties[0].name", "\"\"", "found an empty one"),
        (with(r#""event":[]"#), "event", "[]", "expected an object, found a list"),
        (with(r#""links":{}"#), "links", "{}", "expected a list of at most 4 items, found an object"),
        (with(r#""claims":[{"act":"deny"}]"#), "claims[0]", "{\"act\"", "at least one source"),
        (with(r#""claims":[{"sources":[{}],"intent":"mistaken","text":"no"}]"#), "claims[0]", "{\"sources\"", "says one thing"),
        (with(r#""extra":{"a":1,"a":2}"#), "extra", "{\"a\"", "each key of extra stands once"),
        (with(r#""extra":{"a":1.5}"#), "extra.a", "1.5", "an integer or a text"),
        (with(r#""extra":{"a":null}"#), "extra.a", "null", "an integer or a text"),
        (with(r#""evidence":[{"sha256":"00"}]"#), "evidence[0].sha256", "\"00\"", "64 lower-case hex digits"),
        (r#"{"id":"01-2","kind":"new","status":"test"}"#.to_owned(), "id", "\"01-2\"", "without leading zeros"),
        (r#"{"id":"1-0-2","kind":"new","status":"test"}"#.to_owned(), "id", "\"1-0-2\"", "expected an id"),
        (r#"{"id":"1-2","status":"test"}"#.to_owned(), "", "{", "the member \"kind\" is missing"),
        (r#"{"id":"1-2","kind":"update","status":"test"}"#.to_owned(), "", "{", "needs a link with rel \"replaces\""),
        (r#"{"id":"1-2","kind":"new","status":"test"} x"#.to_owned(), "", "x", "not JSON"),
        (r#"{"id":"1-2","kind":"new","status":"tes"#.to_owned(), "", "", "not JSON"),
        (r#"[]"#.to_owned(), "", "[]", "expected an object, found a list"),
        (r#"17"#.to_owned(), "", "17", "expected an object, found 17"),
    ] {
        assert_problem(&text, path, at, message);
    }
}

#[test]
fn every_list_and_text_has_its_limit() {
    let many = |item: &str, many: usize| vec![item; many].join(",");
    let text = |bytes: usize| "x".repeat(bytes);
    let event = |member: &str| with(&format!(r#""event":{{{member}}}"#));
    for (text, path, message) in [
        (event(&format!(r#""parties":[{}]"#, many("{}", 9))), "event.parties", "at most 8 items, found 9"),
        (event(&format!(r#""counts":[{}]"#, many("{}", 11))), "event.counts", "at most 8 items, found 11"),
        (event(&format!(r#""objects":[{}]"#, many("{}", 5))), "event.objects", "at most 4 items, found 5"),
        (with(&format!(r#""claims":[{}]"#, many(r#"{"sources":[{}]}"#, 7))), "claims", "at most 6 items, found 7"),
        (with(&format!(r#""claims":[{{"sources":[{}]}}]"#, many("{}", 5))), "claims[0].sources", "at most 4 items, found 5"),
        (with(&format!(r#""from":[{}]"#, many("{}", 3))), "from", "at most 2 items, found 3"),
        (with(&format!(r#""links":[{}]"#, many(r#"{"id":"1-1"}"#, 5))), "links", "at most 4 items, found 5"),
        (event(&format!(r#""note":"{}""#, text(2049))), "event.note", "expected 1 to 2048 bytes of UTF-8, found 2049"),
        (
            event(&format!(r#""place":{{"name":"{}"}}"#, text(161))),
            "event.place.name",
            "expected 1 to 160 bytes of UTF-8, found 161",
        ),
        (
            with(&format!(r#""claims":[{{"sources":[{{}}],"text":"{}"}}]"#, text(513))),
            "claims[0].text",
            "expected 1 to 512 bytes of UTF-8, found 513",
        ),
        (with(&format!(r#""extra":{{"{}":1}}"#, text(33))), r#"extra[0]"#, "expected 1 to 32 bytes of UTF-8, found 33"),
        (
            with(&format!(
                r#""event":{{"note":"{}"}},"claims":[{}]"#,
                text(2048),
                many(&format!(r#"{{"sources":[{{}}],"text":"{}"}}"#, text(512)), 5)
            )),
            "claims[4].text",
            "expected 0 to 4096 bytes of UTF-8 in all texts of a report together, found 4608",
        ),
        (
            event(r#""observer":{"bearing_deg":360}"#),
            "event.observer.bearing_deg",
            "expected 0 to 359 degrees from true north, found 360",
        ),
        (event(r#""observer":{"bearing_width_deg":0}"#), "event.observer.bearing_width_deg", "expected 1 to 360 degrees, found 0"),
        (event(r#""truce":{"day":65536}"#), "event.truce.day", "found 65536"),
        (with(r#""claims":[{"sources":[{}],"credibility":7}]"#), "claims[0].credibility", "expected 1 to 6 on the admiralty scale"),
    ] {
        let arena = Bump::new();
        let problem = parse(text.as_bytes(), &arena).unwrap_err();
        assert_eq!(
            (increp_cli::json::path_text(&problem.path).as_str(), problem.message.contains(message)),
            (path, true),
            "{}",
            problem.message
        );
    }
}

#[test]
fn what_is_just_inside_a_limit_is_taken() {
    let event = |member: &str| with(&format!(r#""event":{{{member}}}"#));
    for text in [
        event(&format!(r#""note":"{}""#, "x".repeat(2048))),
        event(&format!(r#""place":{{"name":"{}","lat":-90,"lon":180.0}}"#, "ä".repeat(80))),
        event(r#""observer":{"bearing_deg":359,"bearing_width_deg":360}"#),
        with(&format!(r#""claims":[{{"sources":[{{}}],"text":"{}","credibility":6}}]"#, "x".repeat(512))),
        with(&format!(r#""extra":{{"{}":-9223372036854775808}}"#, "k".repeat(32))),
    ] {
        let arena = Bump::new();
        assert!(parse(text.as_bytes(), &arena).is_ok(), "{text}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    for open in ["[", "{\"event\":", "{\"a\":["] {
        let text = open.repeat(200_000);
        let arena = Bump::new();
        assert!(parse(text.as_bytes(), &arena).is_err());
        let text = with(&format!("\"extra\":{{\"a\":{text}"));
        assert!(parse(text.as_bytes(), &arena).is_err());
    }
}

#[test]
fn text_that_is_no_utf8_is_named_by_its_byte() {
    let arena = Bump::new();
    let problem = parse(b"{\"id\":\"1-\xff\"}", &arena).unwrap_err();
    assert_eq!((problem.offset, problem.message.as_str()), (9, "the text is not UTF-8 from here on"));
}
