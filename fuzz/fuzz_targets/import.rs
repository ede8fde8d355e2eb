//! Any text as a file of UCDP events: an error, or rows of which each is a report or is rejected with a reason.
#![no_main]

use increp_cli::import::{Options, ucdp};
use increp_fuzz::round_trip;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // Half of the inputs with the columns that the importer does not know.
    let options = Options { other_columns: data.len() % 2 == 1, ..Options::default() };
    let (mut reports, mut rejected) = (0, 0);
    let summary = ucdp::import(
        data,
        &options,
        &mut |report| {
            reports += 1;
            round_trip(report);
            Ok(())
        },
        &mut |why| {
            rejected += 1;
            assert!(!why.reason.is_empty() && !why.to_string().is_empty());
        },
    );
    if let Ok(summary) = summary {
        assert_eq!((summary.reports, summary.rejected), (reports, rejected));
        assert_eq!(summary.rows, rejected + reports - summary.continued, "a row that is neither written nor rejected");
    }
});
