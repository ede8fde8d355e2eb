//! Any text: a problem that can be told, or a report. And, after a NUL, with which no JSON starts: a report out of random bytes.
#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use bumpalo::Bump;
use increp::model::Report;
use increp_cli::json;
use increp_fuzz::round_trip;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some((0, bytes)) = data.split_first() {
        if let Ok(report) = Report::arbitrary(&mut Unstructured::new(bytes)) {
            round_trip(&report);
        }
        return;
    }
    let arena = Bump::new();
    match json::parse(data, &arena) {
        Ok(report) => round_trip(&report),
        Err(problem) => assert!(!problem.to_string().is_empty()),
    }
});
