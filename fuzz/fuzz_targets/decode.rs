//! Any bytes: an error inside them, or a report that has exactly these bytes and no others.
#![no_main]

use std::ops::Range;

use increp::model::Report;
use increp::model::describe::Path;
use increp::wire::{Seen, Trace, decode_traced};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut report = Report::default();
    let mut told = Told(0);
    match decode_traced(data, &mut report, &mut told) {
        Ok(()) => {
            assert_eq!(told.0, data.len(), "bytes that were read and not told");
            let mut buffer = [0; increp::MAX_LEN];
            assert_eq!(increp::encode(&report, &mut buffer), Ok(data), "another encoding of the same report");
            assert_eq!(increp::encoded_len(&report), Ok(data.len()));
        }
        Err(error) => assert!(error.offset <= data.len() && !error.to_string().is_empty(), "{error}"),
    }
});

/// Every value is told once, in order.
struct Told(usize);

impl Trace for Told {
    fn seen(&mut self, path: &Path, bytes: Range<usize>, _: Seen<'_>) {
        assert_eq!(bytes.start, self.0, "{path}");
        self.0 = bytes.end;
    }
}
