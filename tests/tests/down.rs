//! What HQ says to a device.

#![allow(clippy::unwrap_used, missing_docs)]

use increp::model::Stamp;
use increp::seal::{Error, ErrorKind, HqKey, MAX_DOWN, MAX_SAID, Message, Secret};
use increp_tests::sealed::{self, Headquarters, NOW, Read, Replayed, Unit};

fn say(hq: &mut Headquarters, message: &Message<'_>) -> Vec<u8> {
    hq.peer.say(message, &mut [0; MAX_DOWN]).unwrap().to_vec()
}

/// What the device understands, as Debug shows it.
fn open(unit: &mut Unit, message: &[u8]) -> Result<String, ErrorKind> {
    let opened =
        unit.with(|device, _, _, _| Ok(device.open_down(message, &mut [0; MAX_DOWN]).map(|message| format!("{message:?}"))));
    opened.unwrap().map_err(|error: Error| error.kind)
}

fn heard(unit: &mut Unit, message: &[u8]) -> Result<(), ErrorKind> {
    unit.with(|device, _, _, _| device.heard(message, &mut [0; MAX_DOWN])).map_err(|error| error.kind)
}

#[test]
fn each_message_is_heard_in_its_turn_and_once_whatever_the_power_does() {
    let (mut hq, mut unit) = sealed::mission();
    let text = "x".repeat(MAX_SAID);
    let messages = [
        Message::Alert("shelling on the north road"),
        Message::Task(""),
        Message::Time(Stamp::new(NOW)),
        Message::Wipe,
        Message::Task(&text),
    ];
    let sealed: Vec<Vec<u8>> = messages.iter().map(|message| say(&mut hq, message)).collect();
    for (number, (message, bytes)) in messages.iter().zip(&sealed).enumerate() {
        for (other, bytes) in sealed.iter().enumerate().filter(|(other, _)| *other != number) {
            assert_eq!(open(&mut unit, bytes), Err(ErrorKind::OutOfTurn), "{other} at {number}");
            assert_eq!(heard(&mut unit, bytes), Err(ErrorKind::OutOfTurn), "{other} at {number}");
        }
        // Until the device says that it was heard, it comes again.
        for _ in 0..2 {
            assert_eq!(open(&mut unit, bytes), Ok(format!("{message:?}")));
        }
        heard(&mut unit, bytes).unwrap();
        assert_eq!(unit.with(|device, _, _, _| Ok(device.next_down())).unwrap() as usize, number + 1);
    }
    let too_long = "x".repeat(MAX_SAID + 1);
    let refused = hq.peer.say(&Message::Alert(&too_long), &mut [0; 2 * MAX_DOWN]).map(<[u8]>::len);
    assert_eq!(refused.map_err(|error| error.kind), Err(ErrorKind::TooLong));
}

#[test]
fn nothing_else_is_believed() {
    let (mut hq, mut unit) = sealed::mission();
    let good = say(&mut hq, &Message::Alert("leave now"));
    for bit in 0..good.len() * 8 {
        let mut changed = good.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(open(&mut unit, &changed).is_err() && heard(&mut unit, &changed).is_err(), "bit {bit}");
    }
    for length in 0..good.len() {
        assert!(open(&mut unit, &good[..length]).is_err(), "{length} bytes");
    }
    let key = HqKey::new(&mut Replayed(90)).unwrap();
    let (mut other, _) = sealed::enrolled(17, &key, &mut Replayed(91), &mut Replayed(92));
    let forged = other.say(&Message::Wipe, &mut [0; MAX_DOWN]).unwrap().to_vec();
    assert_eq!(open(&mut unit, &forged), Err(ErrorKind::Forged));
    assert!(open(&mut unit, &good).is_ok());
}

#[test]
fn after_hqs_new_key_reports_are_sealed_for_it_alone() {
    let (mut hq, mut unit) = sealed::mission();
    unit.save("before").unwrap();
    let new = HqKey::new(&mut Replayed(77)).unwrap();
    let message = say(&mut hq, &Message::HqKey(*new.public()));
    heard(&mut unit, &message).unwrap();
    unit.save("after").unwrap();
    let records: Vec<Vec<u8>> = unit.records().into_iter().map(|(_, bytes)| bytes).collect();
    assert_eq!(records.len(), 4);
    let read = |hq: &mut Headquarters, records: &[Vec<u8>]| records.iter().map(|bytes| hq.read(bytes)).collect::<Vec<_>>();
    assert_eq!(read(&mut hq, &records), [Read::Opening, Read::Report("before".into()), Read::Refused, Read::Refused]);
    hq.key = new;
    assert_eq!(read(&mut hq, &records[2..]), [Read::Opening, Read::Report("after".into())]);
}

#[test]
fn after_a_new_hop_key_the_old_one_is_gone() {
    let (mut hq, mut unit) = sealed::mission();
    let new = Secret::new([0x5a; 16]);
    let message = say(&mut hq, &Message::HopKey(new.clone()));
    heard(&mut unit, &message).unwrap();
    assert_eq!(unit.with(|device, _, _, _| Ok(device.hop_key().clone())).unwrap(), new);
    assert_eq!(*hq.peer.hop_key(), new);
}

#[test]
fn what_was_heard_cannot_be_read_from_a_device_that_was_taken() {
    let (mut hq, mut unit) = sealed::mission();
    let first = say(&mut hq, &Message::Alert("first"));
    // The keys of the message, as they are in flash before it was heard.
    let before = unit.flash.borrow().remains().concat();
    heard(&mut unit, &first).unwrap();
    let after = unit.flash.borrow().remains().concat();
    // The chain's key is the last of a slot, before its check.
    let slot = before.windows(4).position(|window| window == b"irk\x01").unwrap();
    let key = &before[slot + 8 + 323 - 32..][..32];
    assert!(before.windows(32).any(|window| window == key));
    assert!(!after.windows(32).any(|window| window == key), "the key of a message that was heard is still there");
}
