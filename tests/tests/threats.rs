//! The threat model of SPEC.md, a test for each of its lines.

#![allow(clippy::unwrap_used)] // a test

use std::collections::HashSet;

use increp::seal::{Device, Epoch, Error, ErrorKind, HEAD, HqKey, NoTrng, PSKS_KEPT, Peer, Record, Secret, TAG, enrol};
use increp::store::Mark;
use increp_tests::flash::{Shared, Torn};
use increp_tests::sealed::{
    Flash, Headquarters, JOURNAL, KEYS, Read, Replayed, Stuck, Unit, enrolled, mission, records, report, terms,
};

fn note(note: &str) -> Read {
    Read::Report(note.to_owned())
}

fn kind<T>(result: Result<T, Error>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind)
}

/// The bytes of the records in the device's journal.
fn bytes(unit: &Unit) -> Vec<Vec<u8>> {
    unit.records().into_iter().map(|(_, bytes)| bytes).collect()
}

fn marks(unit: &Unit) -> Vec<Mark> {
    unit.records().into_iter().map(|(mark, _)| mark).collect()
}

/// What a text was sealed with: the text is known here.
fn key_stream(record: &[u8], text: &[u8]) -> Vec<u8> {
    let padded = text.iter().copied().chain([0x80]).chain(std::iter::repeat(0));
    Record::parse(record).unwrap().body.iter().zip(padded).map(|(sealed, text)| sealed ^ text).collect()
}

/// The packed report of a record.
fn packed(hq: &Headquarters, record: &[u8]) -> Vec<u8> {
    let mut buffer = vec![0; record.len()];
    let opened = hq.epochs.iter().find_map(|epoch| match epoch.open(record, &mut buffer) {
        Ok(increp::seal::Opened::Report(packed)) => Some(packed.to_vec()),
        _ => None,
    });
    opened.unwrap()
}

/// Whether any 8 bytes in a row of one are in the other.
fn share(one: &[u8], other: &[u8]) -> bool {
    let parts: HashSet<&[u8]> = one.windows(8).collect();
    other.windows(8).any(|part| parts.contains(part))
}

#[test]
fn an_eavesdropper_reads_epoch_number_and_padded_length_alone() {
    let (mut hq, mut unit) = mission();
    // The same report, and others of about its length.
    let notes = ["two wounded at the mill", "two wounded at the mill", "two missing at the weir", "I saw it"];
    for note in notes {
        unit.save(note).unwrap();
    }
    let there = bytes(&unit);
    there.iter().for_each(|record| assert_ne!(hq.read(record), Read::Refused));
    let reports = &there[1..];
    assert_eq!(reports[0].len(), reports[2].len(), "lengths are the same where they are filled up to the same");
    for (index, record) in reports.iter().enumerate() {
        assert_eq!((record.len() - HEAD - TAG) % 8, 0);
        assert!(!share(&packed(&hq, record), record), "plain text");
        for other in &reports[..index] {
            assert!(!share(&other[HEAD..], &record[HEAD..]), "one text sealed twice looks the same");
        }
    }
    // All that goes over the cable at enrolment gives nobody the keys: the same device and HQ agree on others each time.
    let (again, _) = enrolled(17, &hq.key, &mut Replayed(5), &mut Replayed(3));
    assert_ne!(again.to_bytes().expose()[36..], hq.peer.to_bytes().expose()[36..]);
}

#[test]
fn a_forger_changes_nothing_and_moves_nothing() {
    let (mut hq, mut unit) = mission();
    let other_key = HqKey::new(&mut Replayed(7)).unwrap();
    let (mut other_peer, _) = enrolled(18, &hq.key, &mut Replayed(8), &mut Replayed(9));
    unit.save("the bridge is open").unwrap();
    unit.save("the bridge is shut").unwrap();
    let there = bytes(&unit);
    let before = hq.peer.clone();
    for bit in 0..there[0].len() * 8 {
        let mut forged = there[0].clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(hq.read(&forged), Read::Refused, "bit {bit} of the opening");
        assert_eq!(hq.peer, before, "a forged opening moves the keys at HQ");
    }
    assert_eq!(kind(other_peer.begin(&hq.key, &there[0])), Some(ErrorKind::Forged), "another author's");
    assert_eq!(kind(hq.peer.begin(&other_key, &there[0])), Some(ErrorKind::Forged), "another HQ's");
    assert_eq!(hq.read(&there[0]), Read::Opening);
    for record in &there[1..] {
        for bit in 0..record.len() * 8 {
            let mut forged = record.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(hq.read(&forged), Read::Refused, "bit {bit}");
        }
        for length in 0..record.len() {
            assert_eq!(hq.read(&record[..length]), Read::Refused, "cut to {length} bytes");
        }
        assert_eq!(hq.read(&[record, &[0][..]].concat()), Read::Refused);
    }
    // The tag covers whose record it is, and of which epoch: HQ's table of epochs with those two changed opens nothing.
    let kept = hq.epochs[0].to_bytes();
    // Epochs have 3 bytes.
    for at in 0..7 {
        let mut table = *kept.expose();
        table[at] ^= 1;
        let epoch = Epoch::from_bytes(&table).unwrap();
        let mut moved = there[1].clone();
        moved[1..4].copy_from_slice(&epoch.number().to_le_bytes()[..3]);
        assert!(epoch.open(&moved, &mut [0; 256]).is_err(), "author or epoch is not covered");
    }
    // A number's place in the chain is its own.
    let swapped = [&there[1][..4], &there[2][4..5], &there[1][5..]].concat();
    assert_eq!(hq.read(&swapped), Read::Refused);
    assert_eq!([hq.read(&there[1]), hq.read(&there[2])], [note("the bridge is open"), note("the bridge is shut")]);
}

#[test]
fn a_lying_hub_erases_nothing_and_loses_nothing() {
    let (mut hq, mut unit) = mission();
    for note in ["one", "two", "three"] {
        unit.save(note).unwrap();
    }
    let there = bytes(&unit);
    // Without a receipt of HQ's nothing is marked, and with a changed one neither.
    let receipt = hq.receipt(&there);
    for bit in 0..receipt.len() * 8 {
        let mut forged = receipt.clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        assert!(unit.confirm(&forged).is_err(), "bit {bit}");
    }
    for length in 0..receipt.len() {
        assert!(unit.confirm(&receipt[..length]).is_err(), "cut to {length} bytes");
    }
    let (peer_of_another, _) = enrolled(17, &hq.key, &mut Replayed(8), &mut Replayed(9));
    let mut room = [0; 64];
    let other = peer_of_another.receipt(there.iter().map(|bytes| Record::parse(bytes).unwrap()), &mut room).unwrap();
    assert_eq!(kind(unit.confirm(other)), Some(ErrorKind::Forged), "a receipt for another device with this author's number");
    assert_eq!(marks(&unit), [Mark::Saved; 4]);
    // It keeps number 2 from HQ, and puts a forged one in its place: the true one is offered again, and comes through.
    let mut forged = there[2].clone();
    forged[HEAD] ^= 1;
    let came: Vec<Vec<u8>> =
        [&there[0], &forged, &there[3]].into_iter().filter(|record| hq.read(record) != Read::Refused).cloned().collect();
    assert_eq!(came.len(), 2);
    assert_eq!(unit.confirm(&hq.receipt(&came)).unwrap().marked, 2);
    assert_eq!(marks(&unit), [Mark::AtHq, Mark::Saved, Mark::Saved, Mark::AtHq]);
    assert_eq!(hq.read(&there[1]), note("one"), "late, out of order");
    assert_eq!(hq.read(&there[2]), note("two"));
    // An old receipt, told again, changes nothing.
    assert!(!unit.confirm(&hq.receipt(&came)).unwrap().behind);
    assert_eq!(marks(&unit), [Mark::AtHq, Mark::Saved, Mark::Saved, Mark::AtHq]);
}

#[test]
fn a_thief_of_a_device_opens_nothing_that_was_saved() {
    let (mut hq, mut unit) = mission();
    let notes = ["the first, sent", "the second, not sent", "the third"];
    for note in notes {
        unit.save(note).unwrap();
    }
    let there = bytes(&unit);
    assert_eq!(unit.confirm(&hq.receipt(&there[..2])).unwrap().marked, 2);
    there.iter().for_each(|record| assert_ne!(hq.read(record), Read::Refused));
    // Whatever lies in flash, taken as the key of the chain at any number: it opens nothing.
    let mut table = *hq.epochs[0].to_bytes().expose();
    let image = unit.flash.borrow().bytes.clone();
    let mut tried = 0;
    for window in image.windows(32).filter(|window| window.iter().any(|&byte| byte != 0xff)) {
        table[25..57].copy_from_slice(window);
        for (number, record) in (1..).zip(&there[1..]) {
            table[21..25].copy_from_slice(&u32::to_le_bytes(number));
            let epoch = Epoch::from_bytes(&table).unwrap();
            assert!(epoch.open(record, &mut [0; 256]).is_err(), "a key in flash opens number {number}");
            tried += 1;
        }
    }
    assert!(tried > 1000);
    // The right key at HQ shows that the test can tell.
    let epoch = Epoch::from_bytes(hq.epochs[0].to_bytes().expose()).unwrap();
    assert!(epoch.open(&there[3], &mut [0; 256]).is_ok());
    // What the thief can: go on as the device, until HQ revokes it.
    unit.save("all is quiet").unwrap();
    assert_eq!(hq.read(bytes(&unit).last().unwrap()), note("all is quiet"));
}

#[test]
fn a_device_that_was_copied_and_put_back_is_read_until_its_epoch_ends() {
    let (mut hq, mut unit) = mission();
    unit.save("before").unwrap();
    let mut clone = unit.clone();
    let copy = clone.flash.borrow().bytes.clone();
    unit.save("watched").unwrap();
    unit.with(|device, store, _, buffer| device.end_epoch(store, buffer)).unwrap();
    unit.save("not watched").unwrap();
    let there = bytes(&unit);
    there.iter().for_each(|record| assert_ne!(hq.read(record), Read::Refused));
    assert_eq!(hq.read(&there[4]), note("not watched"));
    // The copy has the key of the next number, wherever it lies; its row of keys is followed to the end of an epoch.
    let opens = |record: &[u8], epoch: usize| {
        let mut table = *hq.epochs[epoch].to_bytes().expose();
        copy.windows(32).filter(|window| window.iter().any(|&byte| byte != 0xff)).any(|window| {
            table[25..57].copy_from_slice(window);
            (1..=u32::from(record[4])).any(|from| {
                table[21..25].copy_from_slice(&from.to_le_bytes());
                Epoch::from_bytes(&table).unwrap().open(record, &mut [0; 256]).is_ok()
            })
        })
    };
    assert!(!opens(&there[1], 0), "what was saved before");
    assert!(opens(&there[2], 0), "what is saved in the epoch that was copied");
    assert!(!opens(&there[4], 1), "what is saved in the next epoch");
    // Nor does the copy, with its own randomness, come to begin that epoch: its keys are the same, what HPKE draws is not.
    clone.rng = Replayed(1234);
    clone.with(|device, store, _, buffer| device.end_epoch(store, buffer)).unwrap();
    clone.save("whatever").unwrap();
    assert_ne!(bytes(&clone)[2][HEAD..HEAD + 32], there[3][HEAD..HEAD + 32]);
}

#[test]
fn a_cloned_device_gives_no_equal_key_streams_and_loses_nothing() {
    let (mut hq, mut unit) = mission();
    unit.save("before").unwrap();
    let mut clone = unit.clone();
    let (one, other) = (unit.save("at the mill, two").unwrap(), clone.save("at the weir, six").unwrap());
    assert_eq!(one, other, "the same number");
    let (there, there_too) = (bytes(&unit), bytes(&clone));
    there.iter().chain(&there_too).for_each(|record| assert_ne!(hq.read(record), Read::Refused));
    let streams = [&there[2], &there_too[2]].map(|record| key_stream(record, &packed(&hq, record)));
    // As far as the shorter one goes.
    let length = streams[0].len().min(streams[1].len());
    assert!(streams[0].iter().zip(&streams[1]).filter(|(one, other)| one == other).count() < length / 4);
    // HQ has the one's report. The other's stays where it is, and is offered again; and it begins an epoch of its own.
    let receipt = hq.receipt(&there);
    assert_eq!(unit.confirm(&receipt).unwrap().marked, 3);
    assert_eq!(kind(clone.confirm(&receipt)), Some(ErrorKind::OtherBodies));
    assert_eq!(marks(&clone), [Mark::Saved; 3]);
    let (one, other) = (unit.save("and then").unwrap(), clone.save("and then").unwrap());
    assert_ne!(one.epoch, other.epoch);
    assert_eq!(hq.read(&there_too[2]), note("at the weir, six"));
    assert_eq!(clone.confirm(&hq.receipt(&there_too)).unwrap().marked, 3, "HQ has it now");
    // What the copies give away: that two texts are equal.
    let (mut one, mut other) = (unit.clone(), unit.clone());
    assert_eq!((one.save("the same").unwrap(), bytes(&one)), (other.save("the same").unwrap(), bytes(&other)));
}

#[test]
fn a_restored_backup_goes_on_behind_all_that_hq_has_seen() {
    let (mut hq, mut unit) = mission();
    unit.save("one").unwrap();
    let backup = unit.clone();
    unit.save("two").unwrap();
    unit.save("three").unwrap();
    let lost = bytes(&unit);
    lost.iter().for_each(|record| assert_ne!(hq.read(record), Read::Refused));
    let mut unit = backup;
    unit.rng = Replayed(77);
    // Numbers 2 and 3 come a second time, with other key streams, and HQ opens them.
    unit.save("zwei").unwrap();
    let again = bytes(&unit);
    assert_eq!(hq.read(&again[2]), note("zwei"));
    let streams = [&lost[2], &again[2]].map(|record| key_stream(record, &packed(&hq, record)));
    assert_ne!(streams[0][..8], streams[1][..8]);
    // HQ's receipt names number 3, which this device has not taken: it starts anew.
    assert_eq!(kind(unit.confirm(&hq.receipt(&lost))), Some(ErrorKind::NotHere));
    let old = Record::parse(&again[2]).unwrap().epoch;
    assert_ne!(unit.save("anew").unwrap().epoch, old);
    for record in &bytes(&unit)[3..] {
        assert_ne!(hq.read(record), Read::Refused);
    }
    assert_eq!(unit.confirm(&hq.receipt(&again)).unwrap().marked, 3);
}

#[test]
fn a_restored_backup_of_many_epochs_ago_is_opened_or_catches_up() {
    for (epochs, opened) in [(1, true), (PSKS_KEPT, true), (PSKS_KEPT + 1, false), (200, false)] {
        let (mut hq, mut unit) = mission();
        let backup = unit.clone();
        let mut last = Vec::new();
        for _ in 0..epochs {
            unit.save("on").unwrap();
            last = bytes(&unit).split_off(bytes(&unit).len() - 2);
            last.iter().for_each(|record| assert_ne!(hq.read(record), Read::Refused));
            unit.confirm(&hq.receipt(&last)).unwrap();
            unit.with(|device, store, _, buffer| device.end_epoch(store, buffer)).unwrap();
        }
        let mut unit = backup;
        unit.rng = Replayed(99);
        unit.save("old").unwrap();
        assert_eq!(hq.read(&bytes(&unit)[0]), if opened { Read::Opening } else { Read::Refused }, "{epochs} epochs ago");
        // Any receipt brings the device up to what HQ expects.
        assert_eq!(kind(unit.confirm(&hq.receipt(&last))), Some(ErrorKind::NotHere));
        unit.save("new").unwrap();
        let new: Vec<Read> = bytes(&unit)[2..].iter().map(|record| hq.read(record)).collect();
        assert_eq!(new.last(), Some(&note("new")), "{epochs} epochs ago");
    }
}

#[test]
fn a_wiped_counter_never_counts_anew() {
    let (mut hq, mut unit) = mission();
    let first = unit.save("one").unwrap();
    // The key pages are lost: the device refuses, and does not begin at 0 with keys that it had.
    let mut wiped = unit.clone();
    wiped.flash.get_mut().bytes[..2048].fill(0xff);
    assert_eq!(kind(wiped.save("two")), Some(ErrorKind::NotEnrolled));
    for at in (0..2048).step_by(41) {
        let mut damaged = unit.clone();
        damaged.flash.get_mut().bytes[at..at + 41.min(2048 - at)].fill(0x41);
        match damaged.save("two") {
            Ok(id) => assert_eq!((id.epoch, id.seq), (first.epoch, 2), "damage at {at}"),
            Err(error) => assert_eq!(error.kind, ErrorKind::NotEnrolled, "damage at {at}"),
        }
    }
    // The journal is lost: the numbers go on, and the one that it had last is void.
    bytes(&unit).iter().for_each(|record| assert_ne!(hq.read(record), Read::Refused));
    let image = unit.flash.borrow().bytes.clone();
    let mut flash = Flash::new(10, 5, Torn::Nothing);
    flash.bytes[..2048].copy_from_slice(&image[..2048]);
    unit.flash.replace(flash);
    assert_eq!(unit.save("two").unwrap().seq, 2);
    let read: Vec<Read> = bytes(&unit).iter().map(|record| hq.read(record)).collect();
    assert_eq!(read, [Read::Opening, Read::Void, note("two")]);
}

#[test]
fn a_weak_or_missing_source_of_randomness_never_repeats_a_key() {
    let key = HqKey::new(&mut Replayed(1)).unwrap();
    // Two devices with the same broken chip, enrolled one after the other; and two without any.
    let mut hq_rng = Replayed(2);
    let mut devices = Vec::new();
    for author in 0..4 {
        let (peer, device) = if author < 2 {
            enrolled(author, &key, &mut hq_rng, &mut Stuck(0x5a))
        } else {
            enrolled(author, &key, &mut hq_rng, &mut NoTrng)
        };
        devices.push((Headquarters { key: key.clone(), peer, epochs: Vec::new() }, Unit::new(device, 1), author));
    }
    let mut keys = HashSet::new();
    for (hq, unit, author) in &mut devices {
        assert!(keys.insert(*hq.peer.public()), "two devices have one key");
        for _ in 0..5 {
            unit.with(|device, store, _, buffer| {
                let mut report = report("on");
                if *author < 2 {
                    device.save(&mut report, &terms(), &mut Stuck(0x5a), store, buffer)?;
                } else {
                    device.save(&mut report, &terms(), &mut NoTrng, store, buffer)?;
                }
                device.end_epoch(store, buffer)
            })
            .unwrap();
        }
        for record in bytes(unit) {
            assert_ne!(hq.read(&record), Read::Refused);
            if record[4] == 0 {
                assert!(keys.insert(record[HEAD..HEAD + 32].try_into().unwrap()), "an epoch's key comes again");
            }
        }
        assert_eq!(hq.epochs.len(), 5);
    }
    // Without a seed there is nothing, whatever the source says.
    let (_, mut invitation) = enrol::Hq::invite(9, &key, &mut hq_rng).unwrap();
    invitation[1..].fill(0);
    assert_eq!(kind(enrol::Device::commit(&invitation, &mut NoTrng)), Some(ErrorKind::NoSeed));
    assert_eq!(kind(enrol::Device::commit(&invitation, &mut Replayed(1))), Some(ErrorKind::NoSeed));
    // HQ itself has no seed to fall back on.
    assert_eq!(kind(HqKey::new(&mut NoTrng)), Some(ErrorKind::NoSeed));
    assert_eq!(kind(enrol::Hq::invite(9, &key, &mut NoTrng)), Some(ErrorKind::NoSeed));
    assert_eq!(kind(HqKey::new(&mut Stuck(0))), Some(ErrorKind::NoSeed));
}

#[test]
fn a_thief_of_hqs_key_alone_neither_reads_nor_forges() {
    let (mut hq, mut unit) = mission();
    unit.save("one").unwrap();
    let there = bytes(&unit);
    // The thief has HQ's key and every message of the enrolment, and guesses at what was never sent.
    let table = *hq.peer.to_bytes().expose();
    for guess in [[0; 32], [0xff; 32], *hq.key.secret().expose(), *hq.peer.public()] {
        let mut guessed = table;
        guessed[68..100].copy_from_slice(&guess);
        let mut thief = Peer::from_bytes(&guessed).unwrap();
        assert_eq!(kind(thief.begin(&hq.key, &there[0])), Some(ErrorKind::Forged));
    }
    assert_eq!(hq.read(&there[0]), Read::Opening);
}

#[test]
fn a_thief_of_all_that_hq_keeps_does_not_read_what_is_long_past() {
    let (mut hq, mut unit) = mission();
    let mut all = Vec::new();
    for _ in 0..=PSKS_KEPT {
        unit.save("on").unwrap();
        let last = bytes(&unit).split_off(bytes(&unit).len() - 2);
        last.iter().for_each(|record| assert_ne!(hq.read(record), Read::Refused));
        unit.confirm(&hq.receipt(&last)).unwrap();
        unit.with(|device, store, _, buffer| device.end_epoch(store, buffer)).unwrap();
        all.extend(last);
    }
    // HQ erases the keys of epochs that are archived; then the table of devices opens the last epochs, and no more.
    for epoch in &mut hq.epochs {
        epoch.erase_below(256);
        assert!(all.iter().all(|record| epoch.open(record, &mut [0; 256]).is_err()), "erased keys open a record");
    }
    let openings = all.iter().filter(|record| record[4] == 0);
    let opened: Vec<bool> = openings.map(|record| hq.peer.clone().begin(&hq.key, record).is_ok()).collect();
    assert_eq!(opened.iter().filter(|opened| **opened).count(), PSKS_KEPT as usize);
    assert!(!opened[0]);
}

#[test]
fn somebody_in_between_at_enrolment_is_seen() {
    let key = HqKey::new(&mut Replayed(1)).unwrap();
    let mut same = 0;
    for attempt in 0..300 {
        let mut own = Replayed(1000 + attempt);
        // To the device it is HQ, to HQ the device.
        let (hq, invitation) = enrol::Hq::invite(17, &key, &mut own).unwrap();
        let (false_device, commitment) = enrol::Device::commit(&invitation, &mut own).unwrap();
        let (false_hq, invitation) = enrol::Hq::invite(17, &HqKey::new(&mut own).unwrap(), &mut own).unwrap();
        let (device, device_commitment) = enrol::Device::commit(&invitation, &mut own).unwrap();
        let (hq, offer) = hq.offer(&commitment).unwrap();
        let (_, false_offer) = false_hq.offer(&device_commitment).unwrap();
        let (_, revelation) = false_device.reveal(&offer).unwrap();
        let (device, _) = device.reveal(&false_offer).unwrap();
        let hq = hq.check(&revelation).unwrap();
        assert!(hq.digits() < 1_000_000 && device.digits() < 1_000_000);
        same += u32::from(hq.digits() == device.digits());
    }
    assert_eq!(same, 0, "expected once in a million");
    // Nobody can choose their keys after they have seen the other side's.
    let (hq, invitation) = enrol::Hq::invite(17, &key, &mut Replayed(2)).unwrap();
    let (_, commitment) = enrol::Device::commit(&invitation, &mut Replayed(3)).unwrap();
    let (other, _) = enrol::Device::commit(&invitation, &mut Replayed(4)).unwrap();
    let (hq, offer) = hq.offer(&commitment).unwrap();
    let (_, revelation) = other.reveal(&offer).unwrap();
    assert_eq!(kind(hq.check(&revelation)), Some(ErrorKind::BrokenCommitment));
    // Nor take a share that gives the same secret with everyone.
    let (device, _) = enrol::Device::commit(&invitation, &mut Replayed(3)).unwrap();
    let weak = [&offer[..37], &[0; 32]].concat();
    assert_eq!(kind(device.reveal(&weak)), Some(ErrorKind::WeakKey));
    // And from a key of HQ's that does so comes no epoch, should nobody have compared the digits.
    let (device, _) = enrol::Device::commit(&invitation, &mut Replayed(3)).unwrap();
    let (device, _) = device.reveal(&[&offer[..5], &[0; 32], &offer[37..]].concat()).unwrap();
    assert_eq!(kind(Unit::new(device.confirm(), 4).save("one")), Some(ErrorKind::WeakKey));
    // Any bit that is changed on the way shows in the digits, or is refused.
    for bit in 0..69 * 8 {
        let (hq, invitation) = enrol::Hq::invite(17, &key, &mut Replayed(2)).unwrap();
        let (device, commitment) = enrol::Device::commit(&invitation, &mut Replayed(3)).unwrap();
        let (hq, mut offer) = hq.offer(&commitment).unwrap();
        offer[bit / 8] ^= 1 << (bit % 8);
        let Ok((device, revelation)) = device.reveal(&offer) else { continue };
        assert_ne!(hq.check(&revelation).unwrap().digits(), device.digits(), "bit {bit} of the offer");
    }
}

#[test]
fn a_panic_wipe_leaves_no_key_even_if_power_fails_in_it() {
    let (_, mut unit) = mission();
    unit.save("one").unwrap();
    let before = bytes(&unit);
    // Not a bit of a key: an erase that was cut short leaves most of them to be read. Of the mark of the wipe something may be left.
    let hidden = |unit: &Unit| {
        let flash = unit.flash.borrow();
        let pages = flash.remains().into_iter().flat_map(|bytes| bytes[..2048].chunks(1024));
        let mut parts = pages.map(|page| page.split_at(32));
        parts.all(|(wipe, slots)| wipe.iter().all(|byte| byte & 0x5a == 0x5a) && slots.iter().all(|&byte| byte == 0xff))
    };
    assert!(!hidden(&unit));
    let wipe = |unit: &mut Unit| {
        let mut buffer = vec![0; 4096];
        let (mut store, _) = increp::store::Journal::open(Shared(&unit.flash), JOURNAL, increp::store::WhenFull::Refuse).unwrap();
        Device::open(Shared(&unit.flash), KEYS, &mut store, &mut buffer).and_then(Device::panic_wipe)
    };
    let mut whole = unit.clone();
    let start = whole.flash.borrow().done;
    wipe(&mut whole).unwrap();
    let steps = whole.flash.borrow().done - start;
    assert!(hidden(&whole));
    assert_eq!(kind(whole.save("two")), Some(ErrorKind::NotEnrolled));
    assert_eq!(bytes(&whole), before, "what was saved is there still, for HQ to open");
    for cut in 0..steps {
        let mut unit = unit.clone();
        unit.flash.get_mut().power_on(Some(cut));
        let result = wipe(&mut unit);
        unit.flash.get_mut().power_on(None);
        // The wipe was not begun: the keys are there, and it can be done again. Or it goes on when power is back.
        match unit.save("two") {
            Ok(_) => assert!(result.is_err() && wipe(&mut unit).is_ok(), "cut {cut}"),
            Err(error) => assert_eq!(error.kind, ErrorKind::NotEnrolled, "cut {cut}"),
        }
        assert!(hidden(&unit), "cut {cut}");
    }
}

/// Flash that says that it erased, or wrote, and did not.
struct Liar<'f> {
    flash: Shared<'f, 4, 1024>,
    erases: bool,
}

impl embedded_storage::nor_flash::ErrorType for Liar<'_> {
    type Error = increp_tests::flash::Off;
}

impl embedded_storage::nor_flash::ReadNorFlash for Liar<'_> {
    const READ_SIZE: usize = 4;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.flash.read(offset, bytes)
    }

    fn capacity(&self) -> usize {
        self.flash.capacity()
    }
}

impl embedded_storage::nor_flash::NorFlash for Liar<'_> {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 1024;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        // Blank pages it can do.
        if self.erases || self.flash.0.borrow().bytes[from as usize..to as usize].iter().all(|&byte| byte == 0xff) {
            return self.flash.erase(from, to);
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        let mut kept = bytes.to_vec();
        if self.erases {
            // A bit stays as it was.
            kept[0] |= 0x10;
        }
        self.flash.write(offset, &kept)
    }
}

#[test]
fn nothing_is_sealed_while_an_earlier_key_is_in_flash() {
    let (_, unit) = mission();
    let mut buffer = vec![0; 4096];
    let (mut store, _) = increp::store::Journal::open(Shared(&unit.flash), JOURNAL, increp::store::WhenFull::Refuse).unwrap();
    let liar = Liar { flash: Shared(&unit.flash), erases: false };
    let mut device = Device::open(liar, KEYS, &mut store, &mut buffer).unwrap();
    let result = device.save(&mut report("one"), &terms(), &mut Replayed(1), &mut store, &mut buffer);
    assert_eq!(kind(result), Some(ErrorKind::NotErased));
    assert!(records(&mut store).is_empty());
}

#[test]
fn nothing_is_sealed_while_the_next_key_is_not_in_flash() {
    let (_, mut unit) = mission();
    let mut buffer = vec![0; 4096];
    {
        let (mut store, _) = increp::store::Journal::open(Shared(&unit.flash), JOURNAL, increp::store::WhenFull::Refuse).unwrap();
        let liar = Liar { flash: Shared(&unit.flash), erases: true };
        let mut device = Device::open(liar, KEYS, &mut store, &mut buffer).unwrap();
        for _ in 0..2 {
            let result = device.save(&mut report("one"), &terms(), &mut Replayed(1), &mut store, &mut buffer);
            assert_eq!(kind(result), Some(ErrorKind::NotKept));
        }
        assert!(records(&mut store).is_empty());
    }
    // The state that was is there still, for flash that does better.
    assert_eq!(unit.save("two").unwrap().seq, 1);
}

#[test]
fn no_key_is_shown() {
    let (mut hq, mut unit) = mission();
    unit.save("one").unwrap();
    hq.read(&bytes(&unit)[0]);
    let (offering, invitation) = enrol::Hq::invite(17, &hq.key, &mut Replayed(2)).unwrap();
    let (device, commitment) = enrol::Device::commit(&invitation, &mut Replayed(3)).unwrap();
    let mut shown = format!("{offering:?} {device:?}");
    let (offered, offer) = offering.offer(&commitment).unwrap();
    let (device, revelation) = device.reveal(&offer).unwrap();
    shown += &format!("{offered:?} {device:?}");
    let checked = offered.check(&revelation).unwrap();
    shown += &format!("{checked:?} {:?} {:?}", hq.key, hq.peer);
    shown += &format!("{:?} {:?} {:#?}", hq.epochs, checked.confirm(), device.confirm());
    unit.with(|device, _, _, _| {
        shown += &format!("{device:?} {:?}", device.hop_key());
        Ok(())
    })
    .unwrap();
    assert!(shown.contains("<secret>"));
    let image = unit.flash.borrow().bytes[..2048].to_vec();
    let slot = image.windows(4).position(|part| part == b"irk\x01").unwrap();
    let peer = *hq.peer.to_bytes().expose();
    let epoch = *hq.epochs[0].to_bytes().expose();
    // Own key, keys for receipts and hops, seed, pre-shared key, chain, void, HQ's messages.
    let in_slot =
        [12..44, 76..140, 144..176, 201..233, 287..295, 299..331].map(|range| &image[slot + range.start..slot + range.end]);
    let secrets = in_slot.into_iter().chain([&peer[36..100], &peer[112..144], &epoch[25..57], hq.key.secret().expose()]);
    let secrets = secrets.flat_map(|secret| secret.windows(4));
    let mut looked = 0;
    for secret in secrets {
        let [a, b, c, d] = secret.try_into().unwrap();
        let [list, hex] = [format!("{a}, {b}, {c}, {d}"), format!("{a:02x}{b:02x}{c:02x}{d:02x}")];
        let at = shown.find(&list).or(shown.find(&hex));
        assert_eq!(at, None, "{list} in {shown}");
        looked += 1;
    }
    assert!(looked > 250, "{looked}");
    assert_eq!(format!("{:?}", Secret::new([7; 4])), "<secret>");
}
