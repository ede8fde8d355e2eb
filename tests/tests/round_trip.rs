//! Every valid report comes back as it was: through bytes, through JSON; and the bytes are those of the postcard crate.

#![allow(clippy::unwrap_used)] // a test

use increp::{ErrorKind, MAX_LEN, decode, encode, encoded_len};
use increp_tests::{filled, reports};
use proptest::prelude::*;

#[test]
fn the_longest_report_fits_max_len_and_comes_close() {
    let texts = filled::texts();
    let report = filled::longest(&texts);
    assert_eq!(report.check().map_err(|error| error.to_string()), Ok(()));
    let mut buffer = [0; MAX_LEN];
    let length = encode(&report, &mut buffer).unwrap().len();
    println!("the longest report has {length} bytes, MAX_LEN is {MAX_LEN}");
    // What keeps it below: no text is empty, so fewer than 32 texts reach 128 bytes; `kind` new has no replaces link to pay for.
    assert!(length <= MAX_LEN && MAX_LEN - length < 64, "{length} of {MAX_LEN}");
    assert_eq!(decode(&buffer[..length]).unwrap(), report);
    assert_eq!(encode(&report, &mut buffer[..length - 1]).unwrap_err().kind, ErrorKind::BufferFull);
}

#[test]
fn the_longest_report_fills_every_field() {
    let texts = filled::texts();
    let json = serde_json::to_value(filled::longest(&texts)).unwrap();
    let mut empty = Vec::new();
    each_member(increp::model::report_shape(), &json, "", &mut empty);
    // A claim says one thing, so the other things that it may say are not there; and an offset is in the date.
    empty.retain(|path| !path.starts_with("claims[].") || path.matches('.').count() != 1 || path.ends_with(".first_since"));
    // A vague word stands alone, and the offset of a time is part of its strings.
    empty.retain(|path| !path.ends_with(".term") && path != "event.time.utc_offset");
    assert_eq!(empty, [""; 0], "fields that the longest report leaves empty");
}

/// The paths of members that the model has and `json` has not.
fn each_member(shape: &increp::model::describe::Shape, json: &serde_json::Value, path: &str, empty: &mut Vec<String>) {
    use increp::model::describe::Shape;
    match shape.inner() {
        Shape::Record(record) | Shape::Time(record) => {
            for field in record.fields {
                let at = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
                if field.shape.is_flat() {
                    each_member(field.shape, json, path, empty);
                } else if let Some(value) = json.get(field.name) {
                    each_member(field.shape, value, &at, empty);
                } else {
                    empty.push(at);
                }
            }
        }
        Shape::OneOf { variants, .. } => {
            for field in *variants {
                let at = format!("{path}.{}", field.name);
                match json.get(field.name) {
                    Some(value) => each_member(field.shape, value, &at, empty),
                    None => empty.push(at),
                }
            }
        }
        Shape::List { of, most } => {
            assert_eq!(json.as_array().map(Vec::len), Some(*most), "{path}");
            each_member(of, &json[0], &format!("{path}[]"), empty);
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_report_comes_back_from_its_bytes(seed in reports()) {
        let report = seed.report();
        let mut buffer = [0; MAX_LEN];
        let bytes = encode(&report, &mut buffer).unwrap();
        prop_assert_eq!(encoded_len(&report), Ok(bytes.len()));
        prop_assert_eq!(decode(bytes), Ok(report));
    }

    #[test]
    fn the_bytes_are_those_of_the_postcard_crate(seed in reports()) {
        let report = seed.report();
        let mut buffer = [0; MAX_LEN];
        let bytes = encode(&report, &mut buffer).unwrap();
        prop_assert_eq!(&bytes[1..], &postcard::to_allocvec(&report).unwrap()[..]);
        let theirs: increp::model::Report<'_> = postcard::from_bytes(&bytes[1..]).unwrap();
        prop_assert_eq!(theirs, report);
    }

    #[test]
    fn any_report_comes_back_from_its_json(seed in reports()) {
        let report = seed.report();
        let arena = bumpalo::Bump::new();
        let line = serde_json::to_string(&report).unwrap();
        let parsed = increp_cli::json::parse(line.as_bytes(), &arena);
        prop_assert_eq!(parsed.as_ref(), Ok(&report), "{}", line);
        let pretty = serde_json::to_string_pretty(&report).unwrap();
        let parsed = increp_cli::json::parse(pretty.as_bytes(), &arena);
        prop_assert_eq!(parsed.as_ref(), Ok(&report));
        // Canonical: the same report is always spelt the same.
        prop_assert_eq!(&serde_json::to_string(&parsed.unwrap()).unwrap(), &line);
    }

    #[test]
    fn every_cut_is_an_early_end(seed in reports()) {
        let report = seed.report();
        let mut buffer = [0; MAX_LEN];
        let bytes = encode(&report, &mut buffer).unwrap();
        for cut in 0..bytes.len() {
            let error = decode(&bytes[..cut]).unwrap_err();
            let kind = if cut == 0 { ErrorKind::Empty } else { ErrorKind::EndsEarly };
            prop_assert_eq!((error.kind, error.offset <= cut), (kind, true));
        }
    }

    #[test]
    fn every_byte_too_many_is_left_over(seed in reports(), more in 0..=255u8) {
        let report = seed.report();
        let mut buffer = [0; MAX_LEN + 1];
        let length = encode(&report, &mut buffer).unwrap().len();
        buffer[length] = more;
        let error = decode(&buffer[..=length]).unwrap_err();
        prop_assert_eq!((error.kind, error.offset), (ErrorKind::LeftOver(1), length));
    }
}
