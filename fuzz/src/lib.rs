//! What must hold for every valid report, however it came to be. Each fuzz target is a way to come by one.

use bumpalo::Bump;
use increp::model::Report;

/// Bytes and back, JSON and back: the same report, the same bytes, the same text.
pub fn round_trip(report: &Report<'_>) {
    report.check().expect("a report that was handed out is valid");

    let mut buffer = [0; increp::MAX_LEN];
    let bytes = increp::encode(report, &mut buffer).expect("a valid report encodes in MAX_LEN bytes");
    assert_eq!(increp::encoded_len(report), Ok(bytes.len()));
    assert!(increp::decode(bytes).as_ref() == Ok(report), "another report after bytes");

    let text = serde_json::to_string(report).expect("a valid report has JSON");
    let arena = Bump::new();
    let again = increp_cli::json::parse(text.as_bytes(), &arena).unwrap_or_else(|problem| panic!("{problem}\n{text}"));
    assert_eq!(serde_json::to_string(&again).expect("so it has again"), text, "other JSON after JSON");
    assert!(&again == report, "another report after JSON: {text}");
}
