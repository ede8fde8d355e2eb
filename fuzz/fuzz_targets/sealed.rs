//! Any bytes as what is sealed, and as what HQ keeps of it. As they are, they are refused and change nothing. With a tag that fits, which
//! only the device or HQ could make, they are read as what they say, or refused; and the device goes on.
#![no_main]

use std::cell::OnceCell;

use increp::model::Report;
use increp::seal::{Epoch, ErrorKind, HqKey, Message, Opened, Peer, Record};
use increp::wire::packed::{self, Profile};
use increp_fuzz::seal::{mac, message, seal};
use increp_tests::sealed::{Headquarters, Read, Replayed, Unit, enrolled};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static MISSION: OnceCell<(Headquarters, Unit)> = const { OnceCell::new() };
}

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    MISSION.with(|cell| {
        let (hq, unit) = cell.get_or_init(saved);
        match which % 8 {
            0 => a_record(hq, unit, bytes),
            1 => a_text(hq, bytes),
            2 => a_receipt(hq, unit, bytes),
            3 => a_receipt_with_a_good_code(hq, unit, bytes),
            4 => a_device_at_hq(hq, unit, bytes),
            5 => an_epoch_at_hq(unit, bytes),
            6 => a_message(unit, bytes, false),
            _ => a_message(unit, &message(&hq.peer, bytes), true),
        }
    });
});

/// A device with three reports, of which HQ has opened all. It is another one than that of the vectors, whose openings are seeds.
fn saved() -> (Headquarters, Unit) {
    let key = HqKey::new(&mut Replayed(11)).expect("randomness");
    let (peer, device) = enrolled(17, &key, &mut Replayed(12), &mut Replayed(13));
    let (mut hq, mut unit) = (Headquarters { key, peer, epochs: Vec::new() }, Unit::new(device, 14));
    for note in ["one", "two", "three"] {
        unit.save(note).expect("saved");
    }
    for (_, record) in unit.records() {
        assert_ne!(hq.read(&record), Read::Refused);
    }
    (hq, unit)
}

fn is_known(unit: &Unit, bytes: &[u8]) -> bool {
    unit.records().iter().any(|(_, record)| record == bytes)
}

fn a_record(hq: &Headquarters, unit: &Unit, bytes: &[u8]) {
    match Record::parse(bytes) {
        Ok(record) => assert_eq!(record.psk_id().is_some(), record.seq == 0),
        Err(error) => assert!(error.at as usize <= bytes.len() && !error.to_string().is_empty()),
    }
    let mut peer = hq.peer.clone();
    if peer.begin(&hq.key, bytes).is_err() {
        assert_eq!(peer, hq.peer, "what is refused changes nothing");
    } else {
        assert!(is_known(unit, bytes), "a forged opening");
    }
    let mut room = vec![0; bytes.len()];
    if hq.epochs[0].open(bytes, &mut room).is_ok() {
        assert!(is_known(unit, bytes), "a forged record");
    }
}

fn a_text(hq: &Headquarters, bytes: &[u8]) {
    let Some((seq, text)) = bytes.split_first() else { return };
    let seq = (*seq).max(1);
    let record = seal(&hq.epochs[0], hq.peer.author(), seq, text);
    let mut room = vec![0; record.len()];
    match hq.epochs[0].open(&record, &mut room) {
        Ok(Opened::Void) => assert!(text.is_empty()),
        Ok(Opened::Report(packed)) => {
            let (report, filling) = text.split_at(packed.len());
            assert!(report == packed && filling[0] == 0x80 && filling[1..].iter().all(|&byte| byte == 0));
            let (mut room, mut report) = (vec![0; 8192], Report::default());
            let _ = packed::decode_into(packed, &Profile::EMPTY, &hq.epochs[0].known(seq), &mut report, &mut room);
        }
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::Forged);
            assert_ne!(text.iter().rfind(|&&byte| byte != 0), Some(&0x80), "a text with its filling is refused");
        }
    }
}

fn a_receipt(hq: &Headquarters, unit: &Unit, bytes: &[u8]) {
    let mut unit = unit.clone();
    let before = unit.records();
    match unit.confirm(bytes) {
        Ok(_) => assert_eq!(bytes.get(bytes.len() - 8..), Some(&mac(&hq.peer, bytes)[..]), "a forged receipt"),
        Err(error) => assert!(error.at as usize <= bytes.len()),
    }
    assert!(before.len() == unit.records().len());
}

fn a_receipt_with_a_good_code(hq: &Headquarters, unit: &Unit, bytes: &[u8]) {
    let mut unit = unit.clone();
    let mut receipt = [&[0x15][..], &hq.peer.author().to_le_bytes(), bytes, &[0; 8]].concat();
    // Half of them speak of the epoch that is here.
    if let Some(epoch) = receipt.get_mut(5..8).filter(|_| bytes.len() % 2 == 0) {
        epoch.copy_from_slice(&hq.epochs[0].number().to_le_bytes()[..3]);
    }
    let end = receipt.len() - 8;
    let code = mac(&hq.peer, &receipt);
    receipt[end..].copy_from_slice(&code);
    match unit.confirm(&receipt) {
        Ok(confirmed) => assert!(confirmed.marked <= 4),
        Err(error) => {
            assert!(matches!(error.kind, ErrorKind::EndsEarly | ErrorKind::LeftOver | ErrorKind::NotHere | ErrorKind::OtherBodies))
        }
    }
    // Whatever it said, the device goes on.
    unit.save("after it").expect("saved");
}

fn a_device_at_hq(hq: &Headquarters, unit: &Unit, bytes: &[u8]) {
    // Two thirds of them are the device's, with some bytes changed.
    let mut kept = hq.peer.to_bytes().expose().to_vec();
    let kept = if bytes.len() % 3 == 0 {
        bytes
    } else {
        kept.iter_mut().rev().zip(bytes).for_each(|(to, from)| *to ^= from);
        &kept
    };
    let Ok(mut peer) = Peer::from_bytes(kept) else { return };
    assert_eq!(peer.to_bytes().expose()[..], *kept);
    for (_, record) in unit.records() {
        let _ = peer.begin(&hq.key, &record);
    }
    let records = unit.records();
    let parsed = records.iter().map(|(_, record)| Record::parse(record).expect("a record"));
    peer.receipt(parsed, &mut [0; increp::seal::MAX_RECEIPT]).expect("any device gets receipts");
}

fn an_epoch_at_hq(unit: &Unit, bytes: &[u8]) {
    let Ok(mut epoch) = Epoch::from_bytes(bytes) else { return };
    assert_eq!(epoch.to_bytes().expose()[..], *bytes);
    for (_, record) in unit.records() {
        assert!(epoch.open(&record, &mut [0; 512]).is_err());
    }
    epoch.erase_below(u32::MAX);
    let _ = epoch.known(1);
}

/// What is opened is taken, once; and the device goes on.
fn a_message(unit: &Unit, bytes: &[u8], is_hqs: bool) {
    let mut unit = unit.clone();
    let mut new_key = false;
    let heard = unit.with(|device, _, _, buffer| {
        let opened = match device.open_down(bytes, buffer) {
            Ok(message) => {
                new_key = matches!(message, Message::HqKey(_));
                true
            }
            Err(error) => error.kind == ErrorKind::UnknownMessage,
        };
        let heard = device.heard(bytes, buffer).is_ok();
        assert!(heard || !opened, "opened, and not heard");
        assert!(!heard || device.heard(bytes, buffer).is_err(), "heard twice");
        Ok(heard)
    });
    assert!(heard == Ok(false) || heard == Ok(true) && is_hqs, "a forged message");
    match unit.save("after it") {
        Ok(_) => {}
        // HQ's new key agrees on zero with everyone.
        Err(error) => assert!(new_key && error.kind == ErrorKind::WeakKey),
    }
}
