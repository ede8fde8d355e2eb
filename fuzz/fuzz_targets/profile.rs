//! Any bytes as a profile with the right hash: refused, or it writes a report that it can read again.
#![no_main]

use increp::model::Report;
use increp::wire::packed::{self, Known, MAGIC, PROFILE_VERSION, Profile};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};

fuzz_target!(|data: &[u8]| {
    let _ = Profile::new(data);
    let blob = [&MAGIC[..], &[PROFILE_VERSION, 0, 0, 0], &Sha256::digest(data), data].concat();
    let Ok(profile) = Profile::new(&blob) else { return };
    for report in &increp_fuzz::reports() {
        let known = Known::default();
        let mut buffer = [0; increp::MAX_LEN];
        let bytes = packed::encode(report, &profile, &known, &mut buffer).expect("every profile writes every report");
        let (mut room, mut back) = (vec![0; 4096], Report::default());
        if packed::decode_into(bytes, &profile, &known, &mut back, &mut room).is_ok() {
            assert!(back == *report, "another report");
        }
    }
});
