//! What HQ says to a device.

#![allow(clippy::unwrap_used, missing_docs)]

use increp::model::Stamp;
use increp::seal::{Error, ErrorKind, HqKey, MAX_DOWN, MAX_SAID, Message, Notice, Secret, TIMES};
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
        Message::Alert("shelling on the north road".into()),
        Message::Task("".into()),
        Message::Time(Stamp::new(NOW)),
        Message::Wipe,
        Message::Alert(Notice { text: "the bridge is mined", said: Some(Stamp::new(NOW)), until: None }),
        Message::Task(Notice { text: &text[TIMES..], said: Some(Stamp::new(-1)), until: Some(Stamp::new(NOW + 3600)) }),
        Message::Task(text.as_str().into()),
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
    let timed = Notice { text: &text[TIMES - 1..], said: Some(Stamp::new(NOW)), until: None };
    for (notice, why) in [
        (too_long.as_str().into(), ErrorKind::TooLong),
        (timed, ErrorKind::TooLong),
        ("two\0texts".into(), ErrorKind::UnknownMessage),
    ] {
        let next = hq.peer.next_down();
        let refused = hq.peer.say(&Message::Alert(notice), &mut [0; 2 * MAX_DOWN]).map(<[u8]>::len);
        assert_eq!((refused.map_err(|error| error.kind), hq.peer.next_down()), (Err(why), next));
    }
}

#[test]
fn nothing_else_is_believed() {
    let (mut hq, mut unit) = sealed::mission();
    let good = say(&mut hq, &Message::Alert("leave now".into()));
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
    for revoked in [None, Some([7; 32])] {
        let message = say(&mut hq, &Message::HopKey { key: new.clone(), revoked });
        assert_eq!(open(&mut unit, &message), Ok(format!("{:?}", Message::HopKey { key: new.clone(), revoked })));
        heard(&mut unit, &message).unwrap();
    }
    assert_eq!(unit.with(|device, _, _, _| Ok(device.hop_key().clone())).unwrap(), new);
    assert_eq!(*hq.peer.hop_key(), new);
}

#[test]
fn what_was_heard_cannot_be_read_from_a_device_that_was_taken() {
    let (mut hq, mut unit) = sealed::mission();
    let first = say(&mut hq, &Message::Alert("first".into()));
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
