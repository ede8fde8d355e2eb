//! Every limit holds whether a report is built in Rust, read from JSON or from bytes, and names field, limit and value.

#![allow(clippy::unwrap_used)] // a test

use increp::model::*;
use increp::{ErrorKind, MAX_LEN, Rule, decode, encode};

fn event(event: Event<'_>) -> Report<'_> {
    Report { event: Some(event), ..Report::default() }
}

fn count(count: Count<'_>) -> Report<'_> {
    event(Event { counts: list([count]), ..Event::default() })
}

fn claim(claim: Claim<'_>) -> Report<'_> {
    Report { claims: list([Claim { sources: list([Hop::default()]), ..claim }]), ..Report::default() }
}

fn time(time: Time<'_>) -> Report<'_> {
    event(Event { time: Said::Known(time), ..Event::default() })
}

/// Reports that break a limit, with the path, the limit and the value that the error must name.
fn beyond<'t>(long: &'t str, longest: &'t str) -> Vec<(Report<'t>, &'static str, &'static str)> {
    let place = |place| event(Event { place: Said::Known(place), ..Event::default() });
    let point = |lat, lon| Place { point: Some(Point { lat: Degrees(lat), lon: Degrees(lon) }), ..Place::default() };
    let observer = |observer| event(Event { observer: Some(observer), ..Event::default() });
    let entry = |key, value| Report { extra: Extra(list([Entry { key, value }])), ..Report::default() };
    vec![
        (Report { mission: Some(long.into()), ..Report::default() }, "mission", "expected 1 to 160 bytes of UTF-8, found 161"),
        (Report { mission: Some("".into()), ..Report::default() }, "mission", "expected 1 to 160 bytes of UTF-8, found 0"),
        (
            event(Event { note: Some(longest.into()), ..Event::default() }),
            "event.note",
            "expected 1 to 2048 bytes of UTF-8, found 2049",
        ),
        (
            event(Event { parties: list([Party::default(), Party { name: long.into(), ..Party::default() }]), ..Event::default() }),
            "event.parties[1].name",
            "expected 1 to 160 bytes of UTF-8, found 161",
        ),
        (
            claim(Claim { said: Some(Statement::Text(longest[..513].into())), ..Claim::default() }),
            "claims[0].text",
            "expected 1 to 512 bytes of UTF-8, found 513",
        ),
        (
            Report { from: list([Hop { person: Some(long.into()), ..Hop::default() }]), ..Report::default() },
            "from[0].person",
            "expected 1 to 160 bytes of UTF-8, found 161",
        ),
        (entry(long[..33].into(), Scalar::Flag(true)), "extra[0].key", "expected 1 to 32 bytes of UTF-8, found 33"),
        (entry("k".into(), Scalar::Text(long.into())), "extra[0].text", "expected 1 to 160 bytes of UTF-8, found 161"),
        (place(point(900_000_001, 0)), "event.place.lat", "expected -900000000 to 900000000 x 1e-7 degree north, found 900000001"),
        (
            place(point(0, -1_800_000_001)),
            "event.place.lon",
            "expected -1800000000 to 1800000000 x 1e-7 degree east, found -1800000001",
        ),
        (
            place(Place { radius_m: Some(20_037_509), ..Place::default() }),
            "event.place.radius_m",
            "expected 0 to 20037508 metres, found 20037509",
        ),
        (
            observer(Observer { bearing_deg: Some(360), ..Observer::default() }),
            "event.observer.bearing_deg",
            "expected 0 to 359 degrees from true north, found 360",
        ),
        (
            observer(Observer { distance_m: Some(Distance { min: None, max: Some(u32::MAX) }), ..Observer::default() }),
            "event.observer.distance_m.max",
            "expected 0 to 20037508 metres, found 4294967295",
        ),
        (
            claim(Claim { credibility: Some(0), ..Claim::default() }),
            "claims[0].credibility",
            "expected 1 to 6 on the admiralty scale, 1 best, found 0",
        ),
        (
            time(Time { start: Said::Known(Stamp::new(0)), utc_offset: Some(57), ..Time::default() }),
            "event.time.utc_offset",
            "expected -48 to 56 quarter hours east of UTC, found 57",
        ),
        (
            count(Count { who: Some(Who { party: Said::Known(8), ..Who::default() }), ..Count::default() }),
            "event.counts[0].who.party",
            "expected 0 to 7 as index of a party, found 8",
        ),
    ]
}

/// Reports that break a rule, with the path and the rule.
fn broken() -> Vec<(Report<'static>, &'static str, Rule)> {
    let term = |value| Count { term: Term::DOZENS, value, ..Count::default() };
    let replaces = list([Link { rel: LinkRel::REPLACES, id: Id::new(1, 1) }]);
    let twice = list([Entry { key: "k".into(), ..Entry::default() }, Entry { key: "k".into(), ..Entry::default() }]);
    let stamp = Stamp::new(1_474_233_000);
    let truce = |start| event(Event { truce: Some(Truce { start: Some(start), ..Truce::default() }), ..Event::default() });
    vec![
        (count(term(Said::Known(12))), "event.counts[0]", Rule::TermStandsAlone),
        (count(term(Said::Unknown)), "event.counts[0]", Rule::TermStandsAlone),
        (Report { kind: Kind::UPDATE, ..Report::default() }, "", Rule::ReplacesMissing),
        (Report { kind: Kind::CANCEL, ..Report::default() }, "", Rule::ReplacesMissing),
        (Report { kind: Kind::CANCEL, links: replaces, ..event(Event::default()) }, "", Rule::CancelSaysNothing),
        (Report { claims: list([Claim::default()]), ..Report::default() }, "claims[0]", Rule::SourceMissing),
        (
            claim(Claim { said: Some(Statement::Intent(Intent::UNSPECIFIED)), ..Claim::default() }),
            "claims[0]",
            Rule::IntentUnspecified,
        ),
        (
            count(Count { who: Some(Who { party: Said::Known(0), ..Who::default() }), ..Count::default() }),
            "event.counts[0].who.party",
            Rule::PartyMissing { index: 0, parties: 0 },
        ),
        (Report { extra: Extra(twice), ..Report::default() }, "extra[1]", Rule::DuplicateKey),
        (truce(Date { at: stamp, form: DateForm::DAY, utc_offset: None }), "event.truce.start", Rule::DateNotAtStart),
        (truce(Date { at: Stamp::new(0), form: DateForm::DAY, utc_offset: Some(0) }), "event.truce.start", Rule::DateNotAtStart),
        (time(Time { utc_offset: Some(0), ..Time::default() }), "event.time", Rule::OffsetAlone),
        (
            time(Time { start: Said::Known(Stamp::new(i64::MAX)), utc_offset: Some(1), ..Time::default() }),
            "event.time",
            Rule::LocalYear,
        ),
    ]
}

/// The bytes that an encoder without limits would write: those of the postcard crate.
fn unchecked(report: &Report<'_>) -> Vec<u8> {
    let mut bytes = vec![0x11];
    bytes.extend(postcard::to_allocvec(report).unwrap());
    bytes
}

#[test]
fn limits_hold_in_rust_in_json_and_in_bytes() {
    let (long, longest) = ("x".repeat(161), "x".repeat(2049));
    for (report, path, message) in beyond(&long, &longest) {
        let built = report.check().unwrap_err();
        assert_eq!((built.path.to_string().as_str(), built.kind.to_string().as_str()), (path, message));
        assert_eq!(encode(&report, &mut [0; MAX_LEN]).unwrap_err().kind, built.kind);
        let bytes = unchecked(&report);
        let read = decode(&bytes).unwrap_err();
        assert_eq!((read.path, read.kind), (built.path, built.kind), "from bytes");
        assert!(read.offset > 0 && read.offset < bytes.len(), "{path} at {}", read.offset);
        let json = serde_json::to_string(&report).unwrap();
        let arena = bumpalo::Bump::new();
        let problem = increp_cli::json::parse(json.as_bytes(), &arena).unwrap_err();
        // JSON refuses an empty text, degrees beyond 180, offsets and entries of `extra` in words of its own.
        let own = message.ends_with("found 0")
            || path.starts_with("extra")
            || ["event.place.lon", "event.time.utc_offset"].contains(&path);
        // The tool says degrees where the model says 1e-7 degree.
        let message_of_tool = if path == "event.place.lat" { "expected degrees from -90 to 90, found 90.0000001" } else { message };
        assert!(
            own || (problem.message == message_of_tool && increp_cli::json::path_text(&problem.path) == path),
            "{path}: {problem}"
        );
        // serde alone holds them too.
        let error = serde_json::from_str::<Report<'_>>(&json).unwrap_err().to_string();
        assert!(own || error.starts_with(&format!("{path}: {message}")), "{error}");
    }
}

#[test]
fn rules_hold_in_rust_and_in_bytes() {
    for (report, path, rule) in broken() {
        let built = report.check().unwrap_err();
        assert_eq!((built.path.to_string().as_str(), built.kind), (path, ErrorKind::Rule(rule)));
        let bytes = unchecked(&report);
        let read = decode(&bytes).unwrap_err();
        assert_eq!((read.path, read.kind), (built.path, built.kind), "from bytes");
    }
}

#[test]
fn lists_in_bytes_hold_no_more_than_in_rust() {
    // The offsets of the lists in the report that says nothing.
    let nothing = unchecked(&Report::default());
    for (at, path, limit) in [(11, "links", 4), (12, "from", 2), (14, "claims", 6), (15, "evidence", 2), (16, "extra", 8)] {
        let mut bytes = nothing.clone();
        bytes[at] = limit + 1;
        let error = decode(&bytes).unwrap_err();
        let limit = usize::from(limit);
        assert_eq!(
            (error.path.to_string().as_str(), error.kind, error.offset),
            (path, ErrorKind::TooMany { limit, value: limit + 1 }, at)
        );
    }
}

#[test]
fn all_texts_together_have_a_limit_of_their_own() {
    let text = "x".repeat(512);
    let said = || Claim { sources: list([Hop::default()]), said: Some(Statement::Text(text.as_str().into())), ..Claim::default() };
    let note = "n".repeat(2048);
    let full = |claims| Report { claims, ..event(Event { note: Some(note.as_str().into()), ..Event::default() }) };
    assert!(full(list([said(), said(), said(), said()])).check().is_ok());
    let error = full(list([said(), said(), said(), said(), said()])).check().unwrap_err();
    assert_eq!(error.path.to_string(), "claims[4].text");
    assert_eq!(error.kind.to_string(), "expected 0 to 4096 bytes of UTF-8 in all texts of a report together, found 4608");
}

#[test]
fn no_path_is_deeper_than_a_path_may_be() {
    fn depth(shape: &describe::Shape) -> usize {
        use describe::Shape;
        let fields = |fields: &'static [describe::Field]| 1 + fields.iter().map(|field| depth(field.shape)).max().unwrap();
        match shape.inner() {
            Shape::Record(record) | Shape::Time(record) | Shape::Date(record) | Shape::Id(record) => fields(record.fields),
            Shape::OneOf { variants, .. } => fields(variants),
            Shape::List { of, .. } | Shape::Map { of, .. } => 1 + depth(of),
            _ => 0,
        }
    }
    assert!(depth(report_shape()) <= describe::Path::DEPTH, "{}", depth(report_shape()));
}

#[test]
fn bounds_are_those_of_their_types() {
    // No field may have a range that its number cannot hold, nor a text that is longer than all texts together.
    fn walk(shape: &'static describe::Shape) {
        use describe::Shape;
        let fields: &[describe::Field] = match shape.inner() {
            Shape::Record(record) | Shape::Time(record) | Shape::Date(record) | Shape::Id(record) => record.fields,
            Shape::OneOf { variants, .. } => variants,
            Shape::List { of, .. } | Shape::Map { of, .. } => return walk(of),
            _ => return,
        };
        for field in fields {
            let held = match field.shape.inner() {
                Shape::Unsigned { bits } => 0..=(1i64 << bits) - 1,
                Shape::Signed { bits: bits @ (8 | 32) } => -(1i64 << (bits - 1))..=(1i64 << (bits - 1)) - 1,
                Shape::Degrees => i32::MIN.into()..=i32::MAX.into(),
                Shape::Text if !field.bound.unit.is_empty() => 1..=bounds::ALL_TEXT.max,
                other => {
                    walk(other);
                    continue;
                }
            };
            assert!(held.contains(&field.bound.min) && held.contains(&field.bound.max), "{}", field.name);
        }
    }
    walk(report_shape());
}
