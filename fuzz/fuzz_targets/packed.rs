//! Any bytes as a packed report or a batch, with no profile, a mission's, a general one, and one that is damaged: an error, or
//! a report that keeps the limits and comes back.
#![no_main]

use increp::model::Report;
use increp::wire::packed::{self, BATCH, BatchReader, Known, PACKED};
use libfuzzer_sys::fuzz_target;

/// Room for the texts of a report.
const ROOM: usize = 4096;

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let profiles = increp_fuzz::profiles();
    let profile = &profiles[usize::from(which & 3) % profiles.len()];
    let known = Known { id: (which & 4 != 0).then(Default::default), profile: which & 8 != 0, ..Known::default() };
    let mut bytes = bytes.to_vec();
    if which & 16 != 0 {
        // As a batch.
        bytes.splice(..0, [BATCH, PACKED | profile.tag()]);
        let mut room = vec![0; 16 * ROOM];
        if let Ok(mut reader) = BatchReader::new(&bytes, profile, &mut room) {
            let mut report = Report::default();
            let mut many = 0;
            while reader.next(&mut report).is_ok_and(|more| more) {
                many += 1;
                assert!(many <= 64 * bytes.len(), "more reports than bytes can hold");
            }
        }
        return;
    }
    if let Some(first) = bytes.first_mut().filter(|_| !known.profile && which & 32 != 0) {
        *first = PACKED | profile.tag();
    }
    let mut room = vec![0; ROOM];
    let mut report = Report::default();
    match packed::decode_into(&bytes, profile, &known, &mut report, &mut room) {
        Ok(()) => {
            let mut buffer = [0; increp::MAX_LEN + 1];
            let again = packed::encode(&report, profile, &known, &mut buffer).expect("a report that was read can be written");
            let (mut room, mut back) = (vec![0; ROOM], Report::default());
            packed::decode_into(again, profile, &known, &mut back, &mut room).expect("what was written can be read");
            assert!(back == report, "another report");
        }
        // The offset may lie behind the bytes: zeros are read there.
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
