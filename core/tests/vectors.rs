//! The vectors again, with nothing but the core: small enough for Miri, also on a big-endian machine.

use increp::model::Report;
use increp::{ErrorKind, MAX_LEN, decode, decode_into, encode};
use serde_json::Value;

/// Each vector stands on a line of its own.
const VECTORS: &str = include_str!("../../tests/vectors/v1/vectors.json");

/// The vectors of a list; under Miri, which is slow, some of them.
fn vectors(list: &str) -> impl Iterator<Item = Value> {
    let (_, rest) = VECTORS.split_once(&format!("\"{list}\": [\n")).expect("the list is there");
    let (list, _) = rest.split_once("\n ]").expect("the list ends");
    let step = if cfg!(miri) { 9 } else { 1 };
    list.lines().step_by(step).map(|line| serde_json::from_str(line.trim_end_matches(',')).expect("a line is JSON"))
}

fn bytes(vector: &Value) -> Vec<u8> {
    let hex = vector["hex"].as_str().expect("hex is a text").as_bytes();
    let digit = |digit: u8| char::from(digit).to_digit(16).expect("a hex digit");
    hex.chunks(2).map(|pair| u8::try_from(digit(pair[0]) << 4 | digit(pair[1])).expect("a byte")).collect()
}

#[test]
fn every_report_comes_from_its_bytes_and_gives_them() {
    let mut many = 0;
    for vector in vectors("accepted") {
        let bytes = bytes(&vector);
        // In place, over a report that held something else.
        let mut decoded = Report { mission: Some("other".into()), ..Report::default() };
        decode_into(&bytes, &mut decoded).unwrap_or_else(|error| panic!("{}: {error}", vector["name"]));
        let mut buffer = [0; MAX_LEN];
        assert_eq!(encode(&decoded, &mut buffer), Ok(&bytes[..]), "{}", vector["name"]);
        assert_eq!(serde_json::to_value(&decoded).expect("a report is JSON"), vector["json"], "{}", vector["name"]);
        many += 1;
    }
    assert!(many >= 20, "{many} vectors");
}

#[test]
fn all_that_must_be_refused_is_refused_for_its_reason() {
    for vector in vectors("rejected") {
        let error = decode(&bytes(&vector)).expect_err("it must be refused");
        let found = (error.kind.name(), error.path.to_string(), Some(error.offset as u64));
        let text = |name: &str| vector[name].as_str().expect("a text").to_owned();
        assert_eq!(found, (text("error").as_str(), text("path"), vector["offset"].as_u64()), "{}", vector["name"]);
    }
    // Nothing of an earlier report is left after an error.
    let mut report = Report { mission: Some("other".into()), ..Report::default() };
    assert_eq!(decode_into(&[], &mut report).map_err(|error| error.kind), Err(ErrorKind::Empty));
    assert_eq!(report, Report::default());
}
