//! A device whose power fails at every word that it writes and in the middle of erases: nothing that was saved is lost, every number
//! is accounted for, and at no moment is a key in flash that opens what was saved.

#![allow(clippy::unwrap_used)] // a test

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

use hkdf::Hkdf;
use increp::model::{Id, Report};
use increp::seal::{Device, Error, ErrorKind, HqKey, MAX_RECEIPT, MAX_RECORD, Record};
use increp::store::{Journal, Mark, WhenFull};
use increp::wire::packed::{Known, Profile};
use increp_tests::flash::{AnyCutFlash, CutFlash, ERASE_STEPS, Shared, TORN, Torn};
use increp_tests::sealed::{Headquarters, Read, Replayed, enrolled, records, report, terms};
use proptest::prelude::*;
use sha2::Sha256;

/// Pages of flash for the keys: twice what one page of keys takes, which are several where those of the flash are small. Those of the
/// journal follow.
const fn key_pages(page: usize) -> usize {
    2 * 736_usize.div_ceil(page)
}

const fn log_pages(page: usize) -> usize {
    5 * 1024_usize.div_ceil(page)
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Save a report with a note of this length.
    Save(usize),
    /// HQ gets all there is, and the device the receipt.
    Receipt,
    EndEpoch,
    Reopen,
}

/// HKDF's second half, as another crate has it.
fn expand(key: &[u8], label: &[u8]) -> [u8; 32] {
    let mut derived = [0; 32];
    Hkdf::<Sha256>::from_prk(key).unwrap().expand(label, &mut derived).unwrap();
    derived
}

/// CRC-32 (ISO-HDLC), little-endian.
fn crc(bytes: &[u8]) -> [u8; 4] {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    (!bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))).to_le_bytes()
}

/// What a device seals of a report, once it has an id.
fn packed(report: &Report<'_>) -> Vec<u8> {
    let known = Known { id: Some(report.id), sent: terms().now, point: None, profile: true };
    let mut room = vec![0; MAX_RECORD];
    increp::wire::packed::encode(report, &Profile::EMPTY, &known, &mut room).unwrap().to_vec()
}

/// All that HQ, or somebody who keeps a copy of everything, has seen of the device.
struct Watch {
    hq: Headquarters,
    /// The pre-shared keys, the first one first.
    psks: Vec<[u8; 32]>,
    /// The key of each epoch's chain for each number, from 1 on.
    chains: BTreeMap<u32, Vec<[u8; 32]>>,
    /// What was ever seen under an epoch and number.
    seen: BTreeMap<(u32, u8), HashSet<Vec<u8>>>,
    /// What was confirmed as saved: epoch, number, note; and whether HQ has it, so that it may go.
    saved: Vec<(u32, u8, String, bool)>,
    /// The first 8 bytes of each key stream, and whose it was.
    streams: BTreeMap<[u8; 8], Vec<u8>>,
    /// What no flash may hold: parts of the packed reports and of the notes.
    plain: HashSet<[u8; 8]>,
    /// The seed of the device's randomness after so many draws, and how many there were when an epoch had begun.
    seeds: BTreeMap<u32, [u8; 32]>,
    drawn: BTreeMap<u32, u32>,
}

impl Watch {
    fn new(hq: Headquarters) -> Self {
        let kept = hq.peer.to_bytes();
        let mut psks = vec![<[u8; 32]>::try_from(&kept.expose()[68..100]).unwrap()];
        for _ in 0..40 {
            psks.push(expand(psks.last().unwrap(), b"increp psk"));
        }
        let (chains, seen, streams) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (seeds, drawn) = (BTreeMap::new(), BTreeMap::new());
        Self { hq, psks, chains, seen, saved: Vec::new(), streams, plain: HashSet::new(), seeds, drawn }
    }

    /// Parts of a text, of which none may be in flash. Whoever knows half of it finds the other half.
    fn is_secret(&mut self, text: &[u8]) {
        self.plain.extend(text.windows(8).map(|part| <[u8; 8]>::try_from(part).unwrap()));
    }

    /// Reads the state of a device whose key page is sound: SPEC.md 4.8 says where things are.
    fn look<const W: usize, const P: usize>(&mut self, flash: &RefCell<CutFlash<W, P>>) {
        let flash = flash.borrow();
        let keys = &flash.bytes[..key_pages(P) * P];
        let whole = |slot: &&[u8]| slot.starts_with(b"irk\x01") && crc(&slot[..331]) == slot[331..];
        let found: Vec<&[u8]> = keys.windows(335).filter(whole).collect();
        let slot = *found.first().expect("a state");
        assert!(found.iter().all(|other| *other == slot), "two states are in flash");
        let number = |at: usize| u32::from_le_bytes(slot[at..at + 4].try_into().unwrap());
        self.seeds.insert(number(140), slot[108..140].try_into().unwrap());
        self.drawn.entry(number(180)).or_insert(number(140));
    }

    /// Takes a record as HQ does. What it says must be good.
    fn take(&mut self, bytes: &[u8]) -> Read {
        let record = Record::parse(bytes).unwrap();
        let read = self.hq.read(bytes);
        assert_ne!(read, Read::Refused, "{record:?}");
        if read == Read::Opening {
            let epoch = self.hq.epochs.iter().find(|epoch| epoch.number() == record.epoch).unwrap();
            let first = <[u8; 32]>::try_from(&epoch.to_bytes().expose()[25..57]).unwrap();
            let keys = std::iter::successors(Some(first), |key| Some(expand(key, b"increp chain"))).take(60);
            self.chains.insert(record.epoch, keys.collect());
        }
        if !self.seen.entry((record.epoch, record.seq)).or_default().insert(bytes.to_vec()) {
            return read;
        }
        if let Read::Report(note) = &read {
            let epoch = self.hq.epochs.iter().find(|epoch| epoch.number() == record.epoch).unwrap();
            let mut buffer = vec![0; bytes.len()];
            let increp::seal::Opened::Report(packed) = epoch.open(bytes, &mut buffer).unwrap() else { panic!("a report") };
            let mut text = packed.to_vec();
            self.is_secret(&text);
            self.is_secret(note.as_bytes());
            text.push(0x80);
            text.resize(record.body.len(), 0);
            let stream: Vec<u8> = record.body.iter().zip(&text).map(|(sealed, text)| sealed ^ text).collect();
            let other = self.streams.insert(stream[..8].try_into().unwrap(), bytes.to_vec());
            assert_eq!(other, None, "two records have one key stream");
        }
        read
    }

    /// Whoever reads the flash now finds nothing that opens what was saved.
    fn scan<const W: usize, const P: usize>(&self, flash: &RefCell<CutFlash<W, P>>) {
        let flash = flash.borrow();
        let [bytes, wanted] = flash.remains();
        let there: HashSet<[u8; 8]> = bytes.windows(8).chain(wanted.windows(8)).map(|part| part.try_into().unwrap()).collect();
        let hidden = |key: &[u8], what: &str| {
            assert!(key.windows(8).all(|part| !there.contains(part)), "{what} is in flash");
        };
        assert!(there.is_disjoint(&self.plain), "plain text is in flash");
        for (index, (epoch, chain)) in self.chains.iter().enumerate() {
            let saved = self.seen.keys().filter(|(of, _)| of == epoch).map(|(_, seq)| *seq).max().unwrap_or(0);
            for key in chain.iter().take(saved.into()) {
                hidden(key, "the chain's key");
                hidden(&expand(key, b"increp record"), "the key of a record");
            }
            hidden(&self.psks[index], "an earlier pre-shared key");
            let draws = self.drawn.get(epoch).copied().unwrap_or(0);
            self.seeds.range(..draws).for_each(|(_, seed)| hidden(seed, "the seed that an epoch was drawn from"));
        }
    }

    /// Holds what the device has against what was confirmed. `unstable`: what was cut short may show itself and vanish again.
    fn compare(&mut self, found: &[(Mark, Vec<u8>)]) {
        let mut numbers: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        let mut there = HashSet::new();
        for (_, bytes) in found {
            let record = Record::parse(bytes).unwrap();
            if let Read::Report(note) = self.take(bytes) {
                there.insert((record.epoch, record.seq, note));
            }
            numbers.entry(record.epoch).or_default().push(record.seq);
        }
        for (epoch, seq, note, at_hq) in &self.saved {
            assert!(*at_hq || there.contains(&(*epoch, *seq, note.clone())), "{epoch:x}-{seq} was saved and is lost");
        }
        for (epoch, mut numbers) in numbers {
            numbers.sort_unstable();
            numbers.dedup();
            let opening = usize::from(numbers.first() == Some(&0));
            let rest = &numbers[opening..];
            assert!(rest.windows(2).all(|pair| pair[0] + 1 == pair[1]), "epoch {epoch:x} has a hole: {numbers:?}");
        }
    }
}

/// A flash with the keys of a device that HQ knows.
fn mission<const W: usize, const P: usize>(torn: Torn, seed: u64) -> (Watch, RefCell<CutFlash<W, P>>) {
    let key = HqKey::new(&mut Replayed(1)).unwrap();
    let (peer, device) = enrolled(17, &key, &mut Replayed(2), &mut Replayed(3));
    let flash = RefCell::new(CutFlash::new(key_pages(P) + log_pages(P), seed, torn));
    Device::enrol(Shared(&flash), keys::<P>(), device).unwrap();
    (Watch::new(Headquarters { key, peer, epochs: Vec::new() }), flash)
}

fn keys<const P: usize>() -> std::ops::Range<u32> {
    0..u32::try_from(key_pages(P) * P).unwrap()
}

fn log<const P: usize>() -> std::ops::Range<u32> {
    keys::<P>().end..u32::try_from((key_pages(P) + log_pages(P)) * P).unwrap()
}

/// The script, with power failing after so many steps, and again. Gives the steps that were done.
fn run<const W: usize, const P: usize>(script: &[Step], (torn, seed): (Torn, u64), cuts: &[u64]) -> u64 {
    let (mut watch, flash) = mission::<W, P>(torn, seed);
    let begin = flash.borrow().done;
    let mut cuts = cuts.iter().copied();
    flash.borrow_mut().power_on(cuts.next());
    let (mut rng, mut buffer) = (Replayed(seed), vec![0; MAX_RECORD]);
    let mut steps = script.iter().chain([&Step::Save(9), &Step::Reopen]);
    let mut count = 0;
    'power: loop {
        watch.scan(&flash);
        let mut failed = |error: Error| {
            assert!(flash.borrow().is_off(), "{error}");
            flash.borrow_mut().power_on(cuts.next());
        };
        let (mut store, _) = match Journal::open(Shared(&flash), log::<P>(), WhenFull::DropAtHq) {
            Ok(store) => store,
            Err(error) => {
                failed(error.into());
                continue 'power;
            }
        };
        let mut device = match Device::open(Shared(&flash), keys::<P>(), &mut store, &mut buffer) {
            Ok(device) => device,
            Err(error) => {
                failed(error);
                continue 'power;
            }
        };
        watch.compare(&records(&mut store));
        loop {
            watch.look(&flash);
            watch.scan(&flash);
            let Some(step) = steps.next() else { break 'power };
            let result = match step {
                Step::Reopen => continue 'power,
                Step::EndEpoch => device.end_epoch(&mut store, &mut buffer),
                Step::Save(length) => {
                    count += 1;
                    let note = format!("{count} {}", "nobody may read this ".repeat(1 + length / 20));
                    let note = &note[..(*length).max(4)];
                    // Also of a report that is never called saved.
                    watch.is_secret(note.as_bytes());
                    let mut report = report(note);
                    let saved = device.save(&mut report, &terms(), &mut rng, &mut store, &mut buffer);
                    watch.is_secret(&packed(&report));
                    assert!(buffer.iter().all(|&byte| byte == 0), "the buffer still has the report");
                    saved.map(|id| watch.saved.push((id.epoch, u8::try_from(id.seq).unwrap(), note.to_owned(), false)))
                }
                Step::Receipt => receive(&mut watch, &mut device, &mut store, &mut buffer),
            };
            if let Err(error) = result {
                assert!(matches!(error.kind, ErrorKind::Flash(_) | ErrorKind::StoreFlash(_)), "{error}");
                assert!(flash.borrow().is_off(), "{error}");
                flash.borrow_mut().power_on(cuts.next());
                continue 'power;
            }
            watch.compare(&records(&mut store));
        }
    }
    flash.borrow().done - begin
}

/// HQ says that it has all there is, epoch by epoch.
fn receive<const W: usize, const P: usize>(
    watch: &mut Watch,
    device: &mut Device<Shared<'_, W, P>>,
    store: &mut Journal<Shared<'_, W, P>>,
    buffer: &mut [u8],
) -> Result<(), Error> {
    let found = records(store);
    let parsed: Vec<Record<'_>> = found.iter().map(|(_, bytes)| Record::parse(bytes).unwrap()).collect();
    let epochs: HashSet<u32> = parsed.iter().map(|record| record.epoch).collect();
    for epoch in epochs {
        let mut room = [0; MAX_RECEIPT];
        let of_epoch = parsed.iter().filter(|record| record.epoch == epoch).copied();
        let receipt = watch.hq.peer.receipt(of_epoch, &mut room).unwrap();
        // From now on it may be marked, whatever becomes of the power.
        watch.saved.iter_mut().filter(|saved| saved.0 == epoch).for_each(|saved| saved.3 = true);
        let confirmed = device.confirm(receipt, store, buffer)?;
        assert!(!confirmed.behind);
    }
    Ok(())
}

const SCRIPT: [Step; 16] = [
    Step::Save(8),
    Step::Save(40),
    Step::Save(150),
    Step::Reopen,
    Step::Save(8),
    Step::Receipt,
    Step::EndEpoch,
    Step::Save(20),
    Step::Save(300),
    Step::Reopen,
    Step::Receipt,
    Step::Save(60),
    Step::EndEpoch,
    Step::Save(700),
    Step::Save(30),
    Step::Save(9),
];

/// At every word that is written, and at every step of every erase.
#[test]
fn no_earlier_key_and_no_plain_text_is_in_flash_wherever_power_fails() {
    let script = [Step::Save(8), Step::Save(40), Step::EndEpoch, Step::Save(20), Step::Receipt, Step::Save(9)];
    let total = run::<16, 1024>(&script, (Torn::Nothing, 1), &[]);
    for cut in 0..total {
        for torn in [Torn::Nothing, Torn::Some, Torn::Unstable] {
            run::<16, 1024>(&script, (torn, cut), &[cut]);
        }
    }
    println!("power failed at each of {total} words and steps of erases, in three ways");
}

/// Two states are in flash, of which the later one reads well, for now: power failed in its last word, or in the erase of the other.
#[test]
fn a_state_that_may_be_only_just_readable_is_written_again() {
    let (_, mut unit) = increp_tests::sealed::mission();
    unit.save("one").unwrap();
    let before = unit.flash.borrow().bytes.clone();
    let id = unit.save("two").unwrap();
    let mut image = unit.flash.borrow().bytes.clone();
    let page = |image: &[u8]| image[..2048].windows(4).position(|part| part == b"irk\x01").unwrap() / 1024 * 1024;
    let (old, new) = (page(&before), page(&image));
    assert_ne!(old, new);
    image[old..old + 1024].copy_from_slice(&before[old..old + 1024]);
    let layout = unit.flash.borrow().layout;
    **unit.flash.get_mut() = AnyCutFlash::image(layout, &image);
    unit.with(|_, _, _, _| Ok(())).unwrap();
    // The last word of its slot fades.
    unit.flash.get_mut().bytes[new + 32 + 296..][..4].fill(0xff);
    assert_eq!(unit.save("three").unwrap(), Id { seq: id.seq + 1, ..id });
}

/// Cuts at every step (or every few: set INCREP_EVERY_CUT for all), and once more soon after, and a third time.
fn every_cut<const W: usize, const P: usize>(stride: usize) {
    let stride = if std::env::var_os("INCREP_EVERY_CUT").is_some() { 1 } else { stride };
    let total = run::<W, P>(&SCRIPT, (Torn::Nothing, 1), &[]);
    assert!(total > 300, "{total} steps");
    for (cut, &torn) in (0..total).step_by(stride).zip(TORN.iter().cycle()) {
        run::<W, P>(&SCRIPT, (torn, cut), &[cut]);
        run::<W, P>(&SCRIPT, (torn, cut), &[cut, cut % (3 * ERASE_STEPS), cut % 5, cut % 90]);
    }
}

#[test]
fn words_of_4_bytes_in_pages_of_1_kib() {
    every_cut::<4, 1024>(7);
}

#[test]
fn words_of_1_byte_in_pages_of_256_bytes() {
    every_cut::<1, 256>(31);
}

#[test]
fn words_of_16_bytes_in_pages_of_4_kib() {
    every_cut::<16, 4096>(3);
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => prop_oneof![4 => 0..80usize, 1 => 80..900usize].prop_map(Step::Save),
        2 => Just(Step::Receipt),
        1 => Just(Step::EndEpoch),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]
    #[test]
    fn any_script_with_any_cuts(
        steps in steps(),
        cuts in prop::collection::vec(0..400u64, 0..8),
        torn in prop::sample::select(TORN.to_vec()),
        seed in any::<u64>(),
    ) {
        // With receipts in between, so that the journal does not fill.
        let steps: Vec<Step> = steps.chunks(5).flat_map(|part| part.iter().copied().chain([Step::Receipt])).collect();
        run::<8, 2048>(&steps, (torn, seed), &cuts);
        run::<32, 4096>(&steps, (torn, seed), &cuts);
    }
}
