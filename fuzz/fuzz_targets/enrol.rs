//! Any bytes as each message of an enrolment: refused, or both sides go on; and where they were changed on the way, the digits differ or
//! somebody notices.
#![no_main]

use increp::seal::enrol::{Device, Hq};
use increp::seal::{ErrorKind, HqKey, NoTrng};
use increp_tests::sealed::{Replayed, Unit};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let key = HqKey::new(&mut Replayed(1)).expect("randomness");
    let (hq, invitation) = Hq::invite(17, &key, &mut Replayed(2)).expect("randomness");
    match which % 4 {
        0 => {
            let Ok((device, commitment)) = Device::commit(bytes, &mut NoTrng) else { return };
            let (hq, offer) = hq.offer(&commitment).expect("a commitment");
            let (device, revelation) = device.reveal(&offer).expect("an offer");
            let checked = hq.check(&revelation).expect("what was committed to");
            assert_eq!(bytes == invitation, checked.digits() == device.digits(), "another invitation, and the same digits");
        }
        1 => {
            let Ok((offered, _)) = hq.offer(bytes) else { return };
            let (_, commitment) = Device::commit(&invitation, &mut Replayed(3)).expect("an invitation");
            let whose = if bytes == commitment { "the same" } else { "another" };
            let (device, _) = Device::commit(&invitation, &mut Replayed(3)).expect("an invitation");
            let (_, offer) =
                Hq::invite(17, &key, &mut Replayed(2)).expect("randomness").0.offer(&commitment).expect("a commitment");
            let (_, revelation) = device.reveal(&offer).expect("an offer");
            match offered.check(&revelation) {
                Ok(_) => assert_eq!(whose, "the same"),
                Err(error) => assert_eq!((whose, error.kind), ("another", ErrorKind::BrokenCommitment)),
            }
        }
        2 => {
            let (device, commitment) = Device::commit(&invitation, &mut Replayed(3)).expect("an invitation");
            let (hq, offer) = hq.offer(&commitment).expect("a commitment");
            let Ok((device, revelation)) = device.reveal(bytes) else { return };
            let checked = hq.check(&revelation).expect("what was committed to");
            assert_eq!(bytes == offer, checked.digits() == device.digits(), "another offer, and the same digits");
            // Nobody compared them: even then the device does not break.
            let mut unit = Unit::new(device.confirm(), 4);
            match unit.save("one") {
                Ok(_) => {}
                // HQ's key is one that agrees on zero.
                Err(error) => assert_eq!(error.kind, ErrorKind::WeakKey),
            }
        }
        _ => {
            // What was committed to, so that it is read to its end.
            let hash = Sha256::digest([b"increp enrol", bytes].concat());
            let (offered, _) = hq.offer(&[&[0x12][..], &hash].concat()).expect("a commitment");
            if let Ok(checked) = offered.check(bytes) {
                assert!(checked.digits() < 1_000_000);
                let _ = checked.confirm().to_bytes();
            }
        }
    }
});
