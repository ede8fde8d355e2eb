//! Sealed on a device, opened at HQ: what SPEC.md says of it.

#![allow(clippy::unwrap_used)] // a test

use increp::seal::{Device, HqKey, MAX_RECEIPT, MAX_RECORD, Record};
use increp::store::{Journal, Mark, WhenFull};
use increp_tests::flash::{CutFlash, Torn};
use increp_tests::sealed::{Headquarters, Read, Replayed, enrolled, records, report, terms};

type Flash = CutFlash<4, 1024>;

fn flash(pages: usize) -> (Flash, core::ops::Range<u32>) {
    let flash = Flash::new(pages, 1, Torn::Nothing);
    let range = 0..u32::try_from(flash.bytes.len()).unwrap();
    (flash, range)
}

/// An HQ, the key page of a device that is enrolled there, and its journal.
fn mission() -> (Headquarters, Flash, Flash) {
    let key = HqKey::new(&mut Replayed(1)).unwrap();
    let (peer, device) = enrolled(17, &key, &mut Replayed(2), &mut Replayed(3));
    let (mut keys, range) = flash(2);
    Device::enrol(&mut keys, range, device).unwrap();
    (Headquarters { key, peer, epochs: Vec::new() }, keys, flash(8).0)
}

#[test]
fn a_report_is_saved_on_the_device_and_opened_at_hq() {
    let (mut hq, mut keys, mut log) = mission();
    let mut buffer = vec![0; MAX_RECORD];
    let (mut store, _) = Journal::open(&mut log, flash(8).1, WhenFull::DropAtHq).unwrap();
    let mut device = Device::open(&mut keys, flash(2).1, &mut store, &mut buffer).unwrap();
    for (number, note) in ["one", "two", "three"].into_iter().enumerate() {
        let id = device.save(&mut report(note), &terms(), &mut Replayed(9), &mut store, &mut buffer).unwrap();
        assert_eq!((id.author, id.seq), (17, 1 + u32::try_from(number).unwrap()));
        assert!(buffer.iter().all(|&byte| byte == 0), "the buffer holds the report");
    }
    let records_there = records(&mut store);
    let read: Vec<_> = records_there.iter().map(|(_, bytes)| hq.read(bytes)).collect();
    let note = |note: &str| Read::Report(note.to_owned());
    assert_eq!(read, [Read::Opening, note("one"), note("two"), note("three")]);

    let mut buffer_of_receipt = [0; MAX_RECEIPT];
    let receipt =
        hq.peer.receipt(records_there.iter().map(|(_, bytes)| Record::parse(bytes).unwrap()), &mut buffer_of_receipt).unwrap();
    assert_eq!(receipt.len(), 24);
    let confirmed = device.confirm(receipt, &mut store, &mut buffer).unwrap();
    assert_eq!((confirmed.marked, confirmed.behind), (4, false));
    assert!(records(&mut store).iter().all(|(mark, _)| *mark == Mark::AtHq));
}
