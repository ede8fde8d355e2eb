//! What must hold for every valid report, however it came to be. Each fuzz target is a way to come by one.

pub mod seal;

use std::sync::OnceLock;

use bumpalo::Bump;
use increp::model::Report;
use increp::wire::packed::Profile;

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

/// No profile, a mission's, a general one.
pub fn profiles() -> &'static [Profile<'static>] {
    static PROFILES: OnceLock<Vec<Profile<'static>>> = OnceLock::new();
    PROFILES.get_or_init(|| {
        let mission: &[u8] = include_bytes!("../../tests/vectors/packed-v6/mission.profile");
        let blobs = [mission, increp::wire::packed::GENERAL_16];
        std::iter::once(Profile::EMPTY).chain(blobs.map(|blob| Profile::new(blob).expect("a profile"))).collect()
    })
}

/// A few reports that say much.
pub fn reports() -> Vec<Report<'static>> {
    let few: [&[u8]; 2] = [include_bytes!("../seeds/decode/two_death_tolls"), include_bytes!("../seeds/decode/four_nothings")];
    few.map(|bytes| increp::decode(bytes).expect("a report")).to_vec()
}
