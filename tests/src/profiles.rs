//! Profiles for tests: of little data, so that they are made in a moment.

use std::sync::OnceLock;

use increp::model::Report;
use increp_cli::train::{Options, train};

/// The reports of the sample of UCDP events, each in postcard.
///
/// # Panics
/// If the sample is not there.
pub fn sample() -> &'static [Vec<u8>] {
    static SAMPLE: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let csv = std::fs::File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/ucdp_sample.csv")).unwrap();
        let mut reports = Vec::new();
        let mut keep = |report: &Report<'_>| {
            let mut buffer = vec![0; increp::MAX_LEN];
            reports.push(increp::encode(report, &mut buffer)?.to_vec());
            Ok(())
        };
        increp_cli::import::ucdp::import(csv, &increp_cli::import::Options::default(), &mut keep, &mut |row| panic!("{row}"))
            .unwrap();
        reports
    })
}

/// A mission's profile from the sample, and a general one; both with a small text model.
///
/// # Panics
/// If the trainer makes none.
pub fn trained() -> &'static [Vec<u8>; 2] {
    static TRAINED: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    TRAINED.get_or_init(|| {
        let reports: Vec<Report<'_>> = sample().iter().map(|bytes| increp::decode(bytes).unwrap()).collect();
        [true, false].map(|mission| {
            let options = Options { size: 24 * 1024, mission, ..Options::default() };
            train(&reports, &options, &mut |_, _| {}).unwrap().blob
        })
    })
}
