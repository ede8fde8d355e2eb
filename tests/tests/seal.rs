//! Sealed on a device, opened at HQ: what SPEC.md says of it. `threats.rs` has what others cannot do, `key_page.rs` the power cuts.

#![allow(clippy::unwrap_used)] // a test

use std::collections::{BTreeSet, HashSet};
use std::sync::OnceLock;

use hkdf::Hkdf;
use increp::model::{Id, Report, Stamp};
use increp::seal::{
    Device, EPOCH_SECONDS, Epoch, Error, ErrorKind, HEAD, HqKey, LAST, MAX_RECORD, OPENING, Opened, Padding, Peer, Record, TAG,
    Terms,
};
use increp::store::{Journal, Mark, Ring, Store, WhenFull};
use increp::wire::packed::Profile;
use increp_tests::flash::Shared;
use increp_tests::sealed::{JOURNAL, KEYS, NOW, Read, Replayed, Unit, enrolled, mission, records, report, terms};
use increp_tests::{filled, profiles, reports};
use proptest::prelude::*;
use sha2::Sha256;

fn note(note: &str) -> Read {
    Read::Report(note.to_owned())
}

fn kind<T>(result: Result<T, Error>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind)
}

/// A profile that was trained on a few reports.
fn mission_profile() -> &'static Profile<'static> {
    static PROFILE: OnceLock<Profile<'static>> = OnceLock::new();
    PROFILE.get_or_init(|| Profile::new(&profiles::trained()[0]).unwrap())
}

fn bytes(unit: &Unit) -> Vec<Vec<u8>> {
    unit.records().into_iter().map(|(_, bytes)| bytes).collect()
}

#[test]
fn a_report_is_saved_on_the_device_opened_at_hq_and_confirmed() {
    let (mut hq, mut unit) = mission();
    for (number, text) in (1..).zip(["one", "two", "three"]) {
        let id = unit.save(text).unwrap();
        assert_eq!((id.author, id.seq), (17, number));
        assert!((1..1 << 24).contains(&id.epoch));
    }
    let there = bytes(&unit);
    let read: Vec<Read> = there.iter().map(|record| hq.read(record)).collect();
    assert_eq!(read, [Read::Opening, note("one"), note("two"), note("three")]);
    assert_eq!(hq.epochs[0].start(), Some(Stamp::new(NOW)));

    let receipt = hq.receipt(&there);
    assert_eq!(receipt.len(), 24);
    let confirmed = unit.confirm(&receipt).unwrap();
    assert_eq!((confirmed.marked, confirmed.behind), (4, false));
    assert!(unit.records().iter().all(|(mark, _)| *mark == Mark::AtHq));
}

#[test]
fn a_sealed_report_takes_nine_bytes_more_than_it_would_packed() {
    let (_, mut unit) = mission();
    let terms = Terms { padding: Padding::None, ..terms() };
    for length in [0, 1, 7, 8, 100] {
        let text = "x".repeat(length);
        let mut one = report(&text);
        let id = unit.with(|device, store, rng, buffer| device.save(&mut one, &terms, rng, store, buffer)).unwrap();
        let known = increp::wire::packed::Known { id: Some(id), sent: Some(Stamp::new(NOW)), point: None, profile: true };
        let mut room = [0; 256];
        let packed = increp::wire::packed::encode(&one, &Profile::EMPTY, &known, &mut room).unwrap();
        assert_eq!(bytes(&unit).last().unwrap().len(), HEAD + packed.len() + 1 + TAG);
    }
    assert_eq!((HEAD, TAG, OPENING), (5, 8, 59));
}

#[test]
fn an_epoch_ends_with_its_numbers_its_time_or_its_profile() {
    let (mut hq, mut unit) = mission();
    let save = |unit: &mut Unit, terms: &Terms<'_, 'static>| {
        unit.with(|device, store, rng, buffer| device.save(&mut report("on"), terms, rng, store, buffer)).unwrap()
    };
    let first = save(&mut unit, &terms());
    let week = i64::from(EPOCH_SECONDS);
    let later = |seconds: i64| Terms { now: Some(Stamp::new(NOW + seconds)), ..terms() };
    assert_eq!(save(&mut unit, &later(week - 1)).epoch, first.epoch, "a week is not over");
    assert_eq!(save(&mut unit, &later(-5000)).epoch, first.epoch, "the clock went back");
    assert_eq!(save(&mut unit, &Terms { now: None, ..terms() }).epoch, first.epoch, "the clock is lost");
    let second = save(&mut unit, &later(week));
    assert_ne!(second.epoch, first.epoch);
    assert_eq!(second.seq, 1);
    // Another profile.
    let profile = mission_profile();
    let packed = Terms { profile, ..later(week) };
    let third = save(&mut unit, &packed);
    assert_ne!(third.epoch, second.epoch);
    assert_eq!(save(&mut unit, &packed), Id { seq: 2, ..third });
    // No clock, and then one.
    unit.with(|device, store, _, buffer| device.end_epoch(store, buffer)).unwrap();
    let fourth = save(&mut unit, &Terms { now: None, ..terms() });
    assert_eq!(save(&mut unit, &Terms { now: None, ..terms() }), Id { seq: 2, ..fourth });
    assert_ne!(save(&mut unit, &terms()).epoch, fourth.epoch);
    let there = bytes(&unit);
    there.iter().filter(|record| record[4] == 0).for_each(|record| assert_eq!(hq.read(record), Read::Opening));
    let starts: Vec<_> = hq.epochs.iter().map(Epoch::start).collect();
    assert_eq!(
        starts,
        [Some(Stamp::new(NOW)), Some(Stamp::new(NOW + week)), Some(Stamp::new(NOW + week)), None, Some(Stamp::new(NOW))]
    );
    assert_eq!(hq.epochs[2].profile(), profile.id()[..8]);
}

#[test]
fn more_than_two_hundred_and_fifty_epochs_and_all_numbers_of_one() {
    let (mut hq, mut unit) = mission();
    let mut ids = HashSet::new();
    let numbers = |id: Id| (id.epoch, id.seq);
    // A journal that forgets what HQ has.
    let mut room = vec![0; 40_000];
    let mut store = Ring::new(&mut room, WhenFull::Refuse);
    let mut buffer = vec![0; MAX_RECORD];
    let mut device = Device::open(Shared(&unit.flash), KEYS, &mut store, &mut buffer).unwrap();
    for _ in 0..=LAST {
        let id = device.save(&mut report("on"), &terms(), &mut unit.rng, &mut store, &mut buffer).unwrap();
        assert!(ids.insert(numbers(id)));
    }
    assert_eq!(ids.iter().filter(|(_, seq)| *seq == 255).count(), 1);
    assert_eq!(ids.iter().map(|(epoch, _)| epoch).collect::<HashSet<_>>().len(), 2);
    let there: Vec<Vec<u8>> = records(&mut store).into_iter().map(|(_, bytes)| bytes).collect();
    there.iter().for_each(|record| assert_ne!(hq.read(record), Read::Refused));
    let first = Record::parse(&there[0]).unwrap().epoch;
    let of_first: Vec<Vec<u8>> = there.into_iter().filter(|record| Record::parse(record).unwrap().epoch == first).collect();
    assert_eq!(of_first.len(), 256);
    assert_eq!(device.confirm(&hq.receipt(&of_first), &mut store, &mut buffer).unwrap().marked, 256, "a receipt for all numbers");
    for round in 0..300 {
        device.end_epoch(&mut store, &mut buffer).unwrap();
        let mut room = [0; 600];
        let mut store = Ring::new(&mut room, WhenFull::Refuse);
        assert!(ids.insert(numbers(device.save(&mut report("on"), &terms(), &mut unit.rng, &mut store, &mut buffer).unwrap())));
        for (_, record) in records(&mut store) {
            assert_ne!(hq.read(&record), Read::Refused, "epoch {round}");
        }
    }
}

#[test]
fn hq_opens_in_any_order_and_says_what_it_has() {
    let (mut hq, mut unit) = mission();
    let texts: Vec<String> = (0..40).map(|number| format!("number {number}")).collect();
    for text in &texts {
        unit.save(text).unwrap();
    }
    let there = bytes(&unit);
    assert_eq!(hq.read(&there[0]), Read::Opening);
    for (record, text) in there[1..].iter().zip(&texts).rev() {
        assert_eq!(hq.read(record), note(text));
    }
    // Any part of it can be in a receipt.
    for part in [vec![0], vec![40], vec![1, 2, 3, 9], vec![5, 40], (7..20).collect(), vec![0, 8, 16, 24, 32, 40]] {
        let mut unit = unit.clone();
        let some: Vec<Vec<u8>> = part.iter().map(|&at: &usize| there[at].clone()).collect();
        assert_eq!(unit.confirm(&hq.receipt(&some)).unwrap().marked as usize, part.len());
        let marked: Vec<usize> =
            unit.records().iter().enumerate().filter(|(_, (mark, _))| *mark == Mark::AtHq).map(|(at, _)| at).collect();
        assert_eq!(marked, part);
    }
    // Of two epochs there are two.
    unit.with(|device, store, _, buffer| device.end_epoch(store, buffer)).unwrap();
    unit.save("next").unwrap();
    let both = bytes(&unit);
    let parsed = both.iter().map(|bytes| Record::parse(bytes).unwrap());
    assert_eq!(kind(hq.peer.receipt(parsed, &mut [0; 64])), Some(ErrorKind::OtherEpoch));
    assert_eq!(kind(hq.peer.receipt([Record::parse(&both[0]).unwrap()], &mut [0; 23])), Some(ErrorKind::BufferTooSmall));
    // What HQ keeps comes back from its bytes.
    assert_eq!(Peer::from_bytes(hq.peer.to_bytes().expose()), Ok(hq.peer.clone()));
    assert_eq!(Epoch::from_bytes(hq.epochs[0].to_bytes().expose()), Ok(hq.epochs[0].clone()));
    assert_eq!(HqKey::from_secret(hq.key.secret()).public(), hq.key.public());
    // Keys below a number are erased, and only those.
    let mut epoch = hq.epochs[0].clone();
    epoch.erase_below(20);
    let mut room = [0; 256];
    assert_eq!(epoch.open(&there[19], &mut room), Err(Error { kind: ErrorKind::Erased, at: 4 }));
    assert!(matches!(epoch.open(&there[20], &mut room), Ok(Opened::Report(_))));
}

#[test]
fn a_full_store_costs_one_number_at_most_and_no_report_that_was_saved() {
    let (mut hq, mut unit) = mission();
    let mut buffer = vec![0; MAX_RECORD];
    let rng = &mut unit.rng;
    let (mut store, _) = Journal::open(Shared(&unit.flash), JOURNAL.start..JOURNAL.start + 2048, WhenFull::DropAtHq).unwrap();
    let mut device = Device::open(Shared(&unit.flash), KEYS, &mut store, &mut buffer).unwrap();
    let mut saved = 0;
    let error = loop {
        match device.save(&mut report("a note of some length"), &terms(), rng, &mut store, &mut buffer) {
            Ok(_) => saved += 1,
            Err(error) => break error,
        }
        assert!(saved < 100);
    };
    assert_eq!(error.kind, ErrorKind::Full);
    for _ in 0..20 {
        assert_eq!(kind(device.save(&mut report("more"), &terms(), rng, &mut store, &mut buffer)), Some(ErrorKind::Full));
    }
    drop(device);
    // With power back it opens, full as the store is.
    let mut device = Device::open(Shared(&unit.flash), KEYS, &mut store, &mut buffer).unwrap();
    let there: Vec<Vec<u8>> = records(&mut store).into_iter().map(|(_, bytes)| bytes).collect();
    assert_eq!(there.len(), saved + 1);
    there.iter().for_each(|record| assert_ne!(hq.read(record), Read::Refused));
    device.confirm(&hq.receipt(&there), &mut store, &mut buffer).unwrap();
    let id = device.save(&mut report("at last"), &terms(), rng, &mut store, &mut buffer).unwrap();
    assert_eq!(id.seq as usize, saved + 2);
    let read: Vec<Read> = records(&mut store).iter().map(|(_, record)| hq.read(record)).collect();
    assert_eq!(read[read.len() - 2..], [Read::Void, note("at last")]);
}

#[test]
fn the_beginning_of_an_epoch_stays_away_once_hq_has_it_and_the_store_gave_it_up() {
    let (hq, mut unit) = mission();
    for number in 1..=200 {
        assert_eq!(unit.save("something happened here").unwrap().seq, number, "one epoch");
        unit.confirm(&hq.receipt(&bytes(&unit))).unwrap();
    }
    let numbers: Vec<u8> = bytes(&unit).iter().map(|record| record[4]).collect();
    assert!(numbers[0] > 1, "the store is so small that the first ones are gone: {numbers:?}");
    assert!(numbers.is_sorted_by(|one, next| one + 1 == *next), "{numbers:?}");
    assert!(unit.records().iter().all(|(mark, _)| *mark == Mark::AtHq));
}

#[test]
fn what_cannot_be_saved_takes_no_number() {
    let (_, mut unit) = mission();
    let first = unit.save("one").unwrap();
    let long = "x".repeat(5000);
    let mut wrong = report(&long);
    let result = unit.with(|device, store, rng, buffer| device.save(&mut wrong, &terms(), rng, store, buffer));
    assert_eq!(kind(result), Some(ErrorKind::Report));
    for room in [0, 4, HEAD, HEAD + 1, HEAD + 10] {
        let result =
            unit.with(|device, store, rng, buffer| device.save(&mut report("two"), &terms(), rng, store, &mut buffer[..room]));
        assert_eq!(kind(result), Some(ErrorKind::BufferTooSmall), "{room} bytes");
    }
    assert_eq!(unit.save("two").unwrap().seq, first.seq + 1);
}

#[test]
fn a_store_with_a_report_that_is_not_sealed_is_refused() {
    let (_, mut unit) = mission();
    let mut room = [0; 256];
    let plain = increp::encode(&report("in the clear"), &mut room).unwrap();
    let (mut store, _) = Journal::open(Shared(&unit.flash), JOURNAL, WhenFull::Refuse).unwrap();
    store.append(plain).unwrap();
    assert_eq!(kind(unit.save("one")), Some(ErrorKind::NotSealed));
}

#[test]
fn a_device_is_enrolled_once_and_where_keys_fit() {
    let (hq, mut unit) = mission();
    let id = unit.save("one").unwrap();
    let again = |seed| enrolled(18, &hq.key, &mut Replayed(seed), &mut Replayed(3)).1;
    assert_eq!(kind(Device::enrol(Shared(&unit.flash), KEYS, again(5))), Some(ErrorKind::Enrolled));
    assert_eq!(unit.save("two").unwrap(), Id { seq: id.seq + 1, ..id });
    for range in [0..1024, 0..2047, 1..2049, 0..1 << 20, 2048..2048] {
        assert_eq!(kind(Device::enrol(Shared(&unit.flash), range.clone(), again(6))), Some(ErrorKind::Unsupported), "{range:?}");
    }
    // The layout of a later version: nothing is changed.
    let image = unit.flash.borrow().bytes.clone();
    let slot = image.windows(4).position(|part| part == b"irk\x01").unwrap();
    unit.flash.borrow_mut().bytes[slot + 3] = 2;
    assert_eq!(kind(unit.save("three")), Some(ErrorKind::OtherVersion(2)));
    assert_eq!(kind(Device::enrol(Shared(&unit.flash), KEYS, again(7))), Some(ErrorKind::OtherVersion(2)));
    unit.flash.borrow_mut().bytes[slot + 3] = 1;
    assert_eq!(unit.save("three").unwrap().seq, id.seq + 2);
}

#[test]
fn the_longest_report_fits_into_the_longest_record() {
    let (mut hq, mut unit) = mission();
    let (mut room, mut buffer) = (vec![0; 40_000], vec![0; MAX_RECORD]);
    let mut store = Ring::new(&mut room, WhenFull::Refuse);
    let mut device = Device::open(Shared(&unit.flash), KEYS, &mut store, &mut buffer).unwrap();
    for padding in [Padding::None, Padding::To8, Padding::To16, Padding::To32] {
        let texts = filled::texts();
        let mut longest = filled::longest(&texts);
        let terms = Terms { padding, profile: &Profile::EMPTY, now: None };
        device.save(&mut longest, &terms, &mut unit.rng, &mut store, &mut buffer).unwrap();
    }
    let there = records(&mut store);
    assert!(there.iter().all(|(_, record)| record.len() <= MAX_RECORD && hq.read(record) != Read::Refused));
}

/// HPKE, HKDF, AES-SIV and X25519 of other crates open what a device sealed.
#[test]
fn other_implementations_open_what_was_sealed() {
    use cmac::{Cmac, KeyInit as _, Mac as _};
    use hpke::{Deserializable as _, OpModeR, PskBundle, aead::ExportOnlyAead, kdf::HkdfSha256, kem::X25519HkdfSha256};
    let (hq, mut unit) = mission();
    for length in [1, 9, 15, 16, 17, 31, 32, 33, 100] {
        unit.save(&"x".repeat(length)).unwrap();
    }
    let there = bytes(&unit);
    let peer = *hq.peer.to_bytes().expose();
    let secret = <X25519HkdfSha256 as hpke::Kem>::PrivateKey::from_bytes(hq.key.secret().expose()).unwrap();
    let sender = <X25519HkdfSha256 as hpke::Kem>::PublicKey::from_bytes(&peer[4..36]).unwrap();
    let enc = <X25519HkdfSha256 as hpke::Kem>::EncappedKey::from_bytes(&there[0][HEAD..HEAD + 32]).unwrap();
    let mode = OpModeR::AuthPsk(sender, PskBundle::new(&peer[68..100], &there[0][37..38]).unwrap());
    let info = [&b"increp seal 1"[..], &17_u32.to_le_bytes()].concat();
    let context = hpke::setup_receiver::<ExportOnlyAead, HkdfSha256, X25519HkdfSha256>(&mode, &secret, &enc, &info).unwrap();
    let mut chain = [0; 32];
    context.export(b"increp chain", &mut chain).unwrap();
    for (index, record) in there.iter().enumerate() {
        let expand = |label: &[u8]| {
            let mut key = [0; 32];
            Hkdf::<Sha256>::from_prk(&chain).unwrap().expand(label, &mut key).unwrap();
            key
        };
        let keys = expand(b"increp record");
        let tag: [u8; TAG] = record[record.len() - TAG..].try_into().unwrap();
        let text = &record[if index == 0 { HEAD + 33 } else { HEAD }..record.len() - TAG];
        // Counter mode from the tag and 8 zero bytes; the tag is half of what AES-SIV makes of it.
        let mut plain = text.to_vec();
        for (number, part) in plain.chunks_mut(16).enumerate() {
            let mut block = [0; 16];
            block[..8].copy_from_slice(&tag);
            block[8..].copy_from_slice(&u64::try_from(number).unwrap().to_be_bytes());
            // A block cipher of CMAC: the code of one block is the cipher over that block and its subkey.
            let encrypted = aes_block(&keys[16..], block);
            part.iter_mut().zip(encrypted).for_each(|(to, from)| *to ^= from);
        }
        let associated = [&record[..HEAD], &17_u32.to_le_bytes()].concat();
        let mut siv = aes_siv::siv::Aes128Siv::new(&keys.into());
        let whole = siv.encrypt([&associated], &plain).unwrap();
        assert_eq!(whole[..TAG], tag, "record {index}");
        if index > 0 {
            assert_eq!(plain.iter().rposition(|&byte| byte != 0).map(|at| plain[at]), Some(0x80));
        }
        chain = expand(b"increp chain");
    }
    // And a receipt.
    let receipt = hq.receipt(&there);
    let mac = |parts: &[&[u8]]| {
        let mut mac = Cmac::<aes::Aes128>::new_from_slice(&peer[36..52]).unwrap();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes()
    };
    let mut bodies = [0; 4];
    for (number, record) in (0..).zip(&there) {
        let one = mac(&[b"body", &[number], &record[record.len() - TAG..]]);
        bodies.iter_mut().zip(one).for_each(|(to, from)| *to ^= from);
    }
    assert_eq!(receipt[12..16], bodies);
    assert_eq!(receipt[16..], mac(&[b"receipt", &receipt[..16]])[..8]);
}

fn aes_block(key: &[u8], block: [u8; 16]) -> [u8; 16] {
    use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
    let mut block = block.into();
    aes::Aes128::new_from_slice(key).unwrap().encrypt_block(&mut block);
    block.into()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_report_comes_out_as_it_went_in(
        seeds in prop::collection::vec(reports(), 1..4),
        padding in prop::sample::select(vec![Padding::None, Padding::To8, Padding::To16, Padding::To32]),
        which in any::<bool>(),
    ) {
        let (mut hq, mut unit) = mission();
        let profile = if which { mission_profile() } else { &Profile::EMPTY };
        let terms = Terms { profile, padding, ..terms() };
        for seed in &seeds {
            let mut sent = seed.report();
            unit.with(|device, store, rng, buffer| device.save(&mut sent, &terms, rng, store, buffer)).unwrap();
            let there = bytes(&unit);
            let opening = there.iter().find(|record| record[4] == 0).unwrap();
            let epoch = hq.peer.begin(&hq.key, opening).unwrap();
            let record = there.last().unwrap();
            let (mut buffer, mut room) = (vec![0; MAX_RECORD], vec![0; 8192]);
            let Opened::Report(packed) = epoch.open(record, &mut buffer).unwrap() else { panic!("a report") };
            let mut read = Report::default();
            let known = epoch.known(Record::parse(record).unwrap().seq);
            increp::wire::packed::decode_into(packed, profile, &known, &mut read, &mut room).unwrap();
            prop_assert!(read == sent);
        }
    }

    /// Whatever order, doubling and corruption: once the good ones arrived, HQ has all of them, and nothing else.
    #[test]
    fn any_order_ends_with_the_same_reports(
        lengths in prop::collection::vec(1..60usize, 1..20),
        order in prop::collection::vec((any::<prop::sample::Index>(), any::<Option<u16>>()), 0..80),
    ) {
        let (mut hq, mut unit) = mission();
        let texts: Vec<String> = lengths.iter().enumerate().map(|(number, &length)| format!("{number} {}", "x".repeat(length))).collect();
        for (number, text) in texts.iter().enumerate() {
            if number % 7 == 6 {
                unit.with(|device, store, _, buffer| device.end_epoch(store, buffer)).unwrap();
            }
            unit.save(text).unwrap();
        }
        let there = bytes(&unit);
        let mut has = BTreeSet::new();
        let mut take = |record: &[u8]| {
            if let Read::Report(note) = hq.read(record) {
                has.insert(note);
            }
        };
        for (which, damage) in order {
            let mut record = which.get(&there).clone();
            if let Some(bit) = damage {
                let bit = usize::from(bit) % (record.len() * 8);
                record[bit / 8] ^= 1 << (bit % 8);
            }
            take(&record);
        }
        // The good ones arrive, those that needed an opening once more.
        there.iter().rev().chain(there.iter()).for_each(|record| take(record));
        prop_assert_eq!(has, texts.into_iter().collect::<BTreeSet<_>>());
    }

    #[test]
    fn any_bytes_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..200), kind in any::<bool>()) {
        let (mut hq, mut unit) = mission();
        unit.save("one").unwrap();
        let opening = unit.records()[0].1.clone();
        prop_assert_eq!(hq.read(&opening), Read::Opening);
        let mut bytes = bytes;
        if kind && bytes.len() > 5 {
            bytes[..4].copy_from_slice(&opening[..4]);
        }
        prop_assert_eq!(hq.read(&bytes), Read::Refused);
        prop_assert!(unit.confirm(&bytes).is_err());
    }
}
