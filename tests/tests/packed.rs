//! Packed: every report, every profile.

#![allow(clippy::unwrap_used)]

use increp::model::{Report};
use increp::wire::packed::{self, Known, Profile};
use proptest::prelude::*;

fn again(report: &Report<'_>, profile: &Profile<'_>, known: &Known) -> usize {
    let mut buffer = vec![0; increp::MAX_LEN];
    let bytes = packed::encode(report, profile, known, &mut buffer).unwrap();
    let mut room = vec![0; 4096];
    let mut read = Report::default();
    packed::decode_into(bytes, profile, known, &mut read, &mut room).unwrap_or_else(|error| panic!("{error}: {report:+?}"));
    assert_eq!(read, *report);
    bytes.len()
}

proptest! {
    #[test]
    fn every_report_comes_back_and_is_never_longer_than_postcard(seed in increp_tests::reports()) {
        let report = seed.report();
        let length = again(&report, &Profile::EMPTY, &Known::default());
        prop_assert!(length <= increp::encoded_len(&report).unwrap());
        let known = Known { id: Some(report.id), sent: report.sent, point: None };
        again(&report, &Profile::EMPTY, &known);
    }
}

#[test]
fn stories_come_back() {
    let mut files: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/reports")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let report = serde_json::from_str::<Report<'_>>(&text);
        let Ok(report) = report else { continue };
        let length = again(&report, &Profile::EMPTY, &Known::default());
        println!("{} {} of {}", file.display(), length, increp::encoded_len(&report).unwrap());
    }
}
