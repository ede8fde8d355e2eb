//! The flash journal on flash that loses its power at every word of every write and in the middle of erases.

#![allow(clippy::unwrap_used)] // a test

use increp::store::{Error, ErrorKind, Handle, Journal, Mark, Ring, Status, Store, WhenFull};
use increp_tests::flash::{CutFlash, ERASE_STEPS, TORN, Torn};
use proptest::prelude::*;

const MARKS: [Mark; 4] = [Mark::Saved, Mark::Sent, Mark::AtHub, Mark::AtHq];

#[derive(Clone, Debug)]
enum Step {
    /// A record of this length, of bytes that this number makes.
    Append(usize, u8),
    /// The mark of one of the last records.
    Mark(usize, Mark),
    Reopen,
}

/// A record and the marks that it may have: what was confirmed, and what power failed in.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    bytes: Vec<u8>,
    least: Mark,
    most: Mark,
    /// Confirmed. What was not may show itself and vanish again, where the word in which power failed reads differently each time.
    sure: bool,
}

/// Bytes: many erased and many zero ones among them, and no two records alike.
fn bytes(length: usize, kind: u8, number: usize) -> Vec<u8> {
    let tag = u32::try_from(number).unwrap().to_le_bytes();
    let fill = |at: usize| match kind % 4 {
        0 => 0xff,
        1 => 0,
        _ => u8::try_from((at * 31 + number * 7) % 256).unwrap(),
    };
    (0..length).map(|at| tag.get(at).copied().unwrap_or_else(|| fill(at))).collect()
}

fn all(store: &mut impl Store) -> Result<Vec<(Handle, Mark, Vec<u8>)>, Error> {
    let (mut found, mut after, mut buffer) = (Vec::new(), None, vec![0; 8192]);
    while let Some(record) = store.next(after, &mut buffer)? {
        assert!(after.is_none_or(|after: Handle| after.sequence() < record.handle.sequence()), "out of order");
        found.push((record.handle, record.mark, record.bytes.to_vec()));
        after = Some(record.handle);
        assert!(found.len() < 10_000, "no end");
    }
    Ok(found)
}

/// What must be there; and what may be, since power failed while it was written.
struct Oracle {
    kept: Vec<Kept>,
    pending: Option<Vec<u8>>,
    when_full: WhenFull,
    appended: usize,
    /// What was cut short may come and go.
    unstable: bool,
}

impl Oracle {
    /// Compares, and goes on from what is there.
    fn hold(&mut self, found: &[(Handle, Mark, Vec<u8>)], may_drop: usize) {
        let with_pending = self.pending.take().filter(|bytes| self.unstable || found.last().is_some_and(|last| last.2 == *bytes));
        if let Some(bytes) = with_pending {
            self.kept.push(Kept { bytes, least: Mark::Saved, most: Mark::Saved, sure: false });
        }
        let mut matched = self.kept.len();
        let mut absent = Vec::new();
        for (_, _, bytes) in found.iter().rev() {
            while matched > 0 && self.kept[matched - 1].bytes != *bytes && !self.kept[matched - 1].sure {
                matched -= 1;
                absent.push((matched, self.kept[matched].clone()));
            }
            matched = matched.checked_sub(1).expect("a record that nobody kept");
        }
        for at in (0..matched).rev().filter(|&at| self.unstable && !self.kept[at].sure) {
            absent.push((at, self.kept[at].clone()));
        }
        absent.iter().for_each(|(at, _)| drop(self.kept.remove(*at)));
        let dropped = self.kept.len() - found.len();
        for gone in self.kept.drain(..dropped) {
            match self.when_full {
                WhenFull::Refuse => assert!(!gone.sure, "a record is lost"),
                WhenFull::DropAtHq => assert!(!gone.sure || gone.most == Mark::AtHq, "dropped before its time"),
                WhenFull::DropOldest => {}
            }
        }
        assert!(dropped <= may_drop, "{dropped} records were dropped, at most {may_drop} were in what was erased");
        for (kept, (_, mark, bytes)) in self.kept.iter_mut().zip(found) {
            assert!(kept.bytes == *bytes, "another record: {} bytes for {}", bytes.len(), kept.bytes.len());
            assert!((kept.least..=kept.most).contains(mark), "{mark:?} is not from {:?} to {:?}", kept.least, kept.most);
        }
        for (at, kept) in absent.into_iter().rev().filter(|_| self.unstable) {
            self.kept.insert(at.saturating_sub(dropped), kept);
        }
    }
}

/// The scripts, with power failing after `cut` steps and again after `again` more. Gives the steps that were done.
fn run<const WRITE: usize, const PAGE: usize>(
    pages: usize,
    script: &[Step],
    when_full: WhenFull,
    (torn, seed): (Torn, u64),
    cuts: &[u64],
) -> u64 {
    let mut flash = CutFlash::<WRITE, PAGE>::new(pages, seed, torn);
    let cuts_given = cuts;
    let mut cuts = cuts.iter().copied();
    flash.power_on(cuts.next());
    let range = 0..u32::try_from(flash.bytes.len()).unwrap();
    let mut oracle = Oracle { kept: Vec::new(), pending: None, when_full, appended: 0, unstable: torn == Torn::Unstable };
    let mut steps = script.iter().chain([&Step::Append(9, 2), &Step::Reopen]);
    let mut cut_short = 0;
    let mut gone = 0;
    'power: loop {
        let erases = |flash: &CutFlash<WRITE, PAGE>| flash.erases.iter().sum::<u32>();
        let (mut journal, status) = Journal::open(&mut flash, range.clone(), when_full).expect("it opens");
        // A record of 0 bytes takes a slot of 28 bytes at least.
        let each = PAGE / 28;
        let found = all(&mut journal).unwrap();
        oracle.hold(&found, if when_full == WhenFull::Refuse { 0 } else { each + gone });
        gone = 0;
        assert!(torn == Torn::Unstable || status.records as usize == found.len());
        assert!(status.lost == 0 || torn == Torn::Unstable && status.lost <= cut_short, "{torn:?}, {cuts_given:?}: {status:?}");
        assert!(status.damaged_pages <= cut_short, "{status:?}");
        assert!(cut_short > 0 || !status.unfinished, "{status:?}");
        let counted = status.erases;
        assert!(counted <= erases(&flash) && counted + cut_short >= erases(&flash), "{counted} of {} erases", erases(&flash));
        let (mut journal, _) = Journal::open(&mut flash, range.clone(), when_full).unwrap();
        loop {
            let Some(step) = steps.next() else { break 'power };
            let result = match step {
                Step::Reopen => continue 'power,
                Step::Append(length, kind) => {
                    // Where records may come and go, they are told apart by their first bytes.
                    let record = bytes((*length).max(if oracle.unstable { 4 } else { 0 }), *kind, oracle.appended);
                    oracle.appended += 1;
                    let before = journal.status().map_or(0, |status| status.free);
                    match journal.append(&record) {
                        Ok(_) => {
                            oracle.kept.push(Kept { bytes: record, least: Mark::Saved, most: Mark::Saved, sure: true });
                            Ok(())
                        }
                        Err(error) if error.kind == ErrorKind::Full => {
                            assert_ne!(when_full, WhenFull::DropOldest, "full");
                            assert!((before as usize) < record.len() + PAGE, "full with {before} bytes free");
                            Ok(())
                        }
                        Err(error) => {
                            oracle.pending = Some(record);
                            Err(error)
                        }
                    }
                }
                Step::Mark(back, mark) => {
                    let found = all(&mut journal).unwrap();
                    let shown = found.len();
                    gone += oracle.kept.len().saturating_sub(shown);
                    let Some(index) = shown.checked_sub(1 + back) else { continue };
                    let same = |kept: &Kept| kept.bytes == found[index].2;
                    let by_bytes = oracle.kept.iter().rposition(same).filter(|_| oracle.unstable);
                    let kept = by_bytes.unwrap_or(oracle.kept.len().saturating_sub(shown) + index);
                    oracle.kept[kept].most = oracle.kept[kept].most.max(*mark);
                    match journal.mark(found[index].0, *mark) {
                        Ok(()) => {
                            oracle.kept[kept].least = oracle.kept[kept].least.max(*mark);
                            let again = all(&mut journal).unwrap();
                            assert!(
                                oracle.unstable || again[index].1 == found[index].1.max(*mark),
                                "a mark is lowered, or not there"
                            );
                            Ok(())
                        }
                        // Two cuts can take two words of a mark.
                        Err(error) if error.kind == ErrorKind::MarkWorn && cut_short > 1 => Ok(()),
                        Err(error) if error.kind == ErrorKind::Gone && torn == Torn::Unstable => Ok(()),
                        Err(error) => Err(error),
                    }
                }
            };
            if let Err(error) = result {
                assert!(matches!(error.kind, ErrorKind::Flash(_)), "{error}");
                assert!(flash.is_off(), "{error}");
                cut_short += 1;
                flash.power_on(cuts.next());
                continue 'power;
            }
            if when_full != WhenFull::Refuse {
                let shown = all(&mut journal).unwrap();
                let more = oracle.kept.len().saturating_sub(shown.len());
                oracle.hold(&shown, more.min(each * (1 + script.len() / 4)));
            }
        }
    }
    flash.done
}

fn script(lengths: &[usize]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (index, &length) in lengths.iter().enumerate() {
        steps.push(Step::Append(length, u8::try_from(index % 4).unwrap()));
        steps.push(Step::Mark(index % 3, MARKS[1 + index % 3]));
        if index % 7 == 6 {
            steps.push(Step::Reopen);
        }
        steps.push(Step::Mark(2, Mark::AtHq));
    }
    steps
}

/// Cuts at every step (or every few, of the slower ones: set INCREP_EVERY_CUT for all), and once more soon after, and a third time.
fn every_cut<const WRITE: usize, const PAGE: usize>(pages: usize, lengths: &[usize], stride: usize) {
    let stride = if std::env::var_os("INCREP_EVERY_CUT").is_some() { 1 } else { stride };
    let script = script(lengths);
    for when_full in [WhenFull::Refuse, WhenFull::DropAtHq, WhenFull::DropOldest] {
        let total = run::<WRITE, PAGE>(pages, &script, when_full, (Torn::Nothing, 1), &[]);
        assert!(total > 40);
        for (cut, &torn) in (0..total).step_by(stride).zip(TORN.iter().cycle()) {
            run::<WRITE, PAGE>(pages, &script, when_full, (torn, cut), &[cut]);
            run::<WRITE, PAGE>(pages, &script, when_full, (torn, cut), &[cut, cut % (3 * ERASE_STEPS), cut % 5]);
        }
    }
}

const SHORT: [usize; 20] = [8, 60, 0, 9, 200, 13, 57, 8, 100, 41, 300, 1, 8, 8, 33, 90, 12, 250, 7, 64];
const LONG: [usize; 9] = [40, 1500, 8, 1100, 60, 2000, 9, 700, 700];

#[test]
fn words_of_1_byte_in_pages_of_256() {
    every_cut::<1, 256>(4, &[8, 60, 0, 9, 150, 13, 8, 230, 8, 33, 400, 12], 31);
}

#[test]
fn words_of_4_bytes_in_pages_of_1_kib() {
    every_cut::<4, 1024>(2, &SHORT, 7);
    every_cut::<4, 1024>(4, &LONG, 61);
}

#[test]
fn words_of_8_bytes_in_pages_of_1_kib() {
    every_cut::<8, 1024>(3, &SHORT, 5);
    every_cut::<8, 1024>(4, &LONG, 37);
}

#[test]
fn words_of_32_bytes_in_pages_of_1_and_4_kib() {
    every_cut::<32, 1024>(3, &SHORT, 1);
    every_cut::<32, 1024>(5, &LONG, 11);
    every_cut::<32, 4096>(2, &[SHORT, SHORT].concat(), 1);
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let length = prop_oneof![4 => 0..80usize, 1 => 80..900usize, 1 => 900..2400usize];
    let step = prop_oneof![
        4 => (length, any::<u8>()).prop_map(|(length, kind)| Step::Append(length, kind)),
        2 => (0..6usize, 0..4usize).prop_map(|(back, mark)| Step::Mark(back, MARKS[mark])),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]
    #[test]
    fn any_script_with_any_cuts(
        steps in steps(),
        cuts in prop::collection::vec(0..900u64, 0..5),
        torn in prop::sample::select(TORN.to_vec()),
        seed in any::<u64>(),
        when_full in prop::sample::select(vec![WhenFull::Refuse, WhenFull::DropAtHq, WhenFull::DropOldest]),
    ) {
        run::<4, 1024>(4, &steps, when_full, (torn, seed), &cuts);
        run::<32, 1024>(6, &steps, when_full, (torn, seed), &cuts);
        run::<1, 4096>(3, &steps, when_full, (torn, seed), &cuts);
    }

    #[test]
    fn the_ring_does_as_a_list_does(
        steps in steps(),
        when_full in prop::sample::select(vec![WhenFull::Refuse, WhenFull::DropAtHq, WhenFull::DropOldest]),
        room in 10..3000usize,
    ) {
        let mut room = vec![0; room];
        let mut ring = Ring::new(&mut room, when_full);
        let mut oracle = Oracle { kept: Vec::new(), pending: None, when_full, appended: 0, unstable: false };
        for step in steps {
            match step {
                Step::Append(length, kind) => {
                    let record = bytes(length, kind, oracle.appended);
                    oracle.appended += 1;
                    let free = ring.status().unwrap().free as usize;
                    match ring.append(&record) {
                        Ok(_) => oracle.kept.push(Kept { bytes: record, least: Mark::Saved, most: Mark::Saved, sure: true }),
                        Err(error) => prop_assert!(free < length + 3, "{error} with {free} bytes free"),
                    }
                    // Nothing goes while there is room.
                    oracle.hold(&all(&mut ring).unwrap(), if free >= length + 3 { 0 } else { 2000 });
                }
                Step::Mark(back, mark) => {
                    let Some(index) = oracle.kept.len().checked_sub(1 + back) else { continue };
                    let handle = all(&mut ring).unwrap()[index].0;
                    ring.mark(handle, mark).unwrap();
                    let kept = &mut oracle.kept[index];
                    (kept.least, kept.most) = (kept.least.max(mark), kept.most.max(mark));
                    oracle.hold(&all(&mut ring).unwrap(), 0);
                }
                Step::Reopen => {}
            }
        }
    }
}

/// A journal of three full pages and a bit, and what is in it.
fn filled<const WRITE: usize>() -> (CutFlash<WRITE, 1024>, Vec<Vec<u8>>) {
    let mut flash = CutFlash::<WRITE, 1024>::new(10, 7, Torn::Nothing);
    let (mut journal, _) = Journal::open(&mut flash, 0..10240, WhenFull::Refuse).unwrap();
    let records: Vec<Vec<u8>> = (0..if WRITE == 32 { 18 } else { 30 })
        .map(|number| bytes(if number == 9 { 1200 } else { 20 + number * 3 % 40 }, 2, number))
        .collect();
    for record in &records {
        journal.append(record).unwrap();
    }
    (flash, records)
}

fn reported(status: &Status) -> bool {
    status.lost > 0 || status.damaged_pages > 0 || status.unfinished
}

/// Opens what is there: every record found is one that was kept, in order; gives those and the status, and appends once more.
fn open_damaged<const WRITE: usize>(flash: &CutFlash<WRITE, 1024>, records: &[Vec<u8>]) -> (Vec<usize>, Status) {
    let mut flash = CutFlash::<WRITE, 1024>::image(&flash.bytes);
    let (mut journal, status) = Journal::open(&mut flash, 0..10240, WhenFull::Refuse).unwrap();
    let mut found = Vec::new();
    for (_, _, bytes) in all(&mut journal).unwrap() {
        let from = found.last().map_or(0, |last| last + 1);
        let index = (from..records.len()).find(|&index| records[index] == bytes).expect("a record that nobody kept");
        found.push(index);
    }
    journal.append(b"one more").unwrap();
    assert_eq!(all(&mut journal).unwrap().last().unwrap().2, b"one more");
    (found, status)
}

fn flipped_bits<const WRITE: usize>(stride: usize) {
    let (flash, records) = filled::<WRITE>();
    let (found, status) = open_damaged(&flash, &records);
    assert!(found.len() == records.len() && !reported(&status), "{status:?}");
    for bit in (0..flash.bytes.len() * 8).step_by(stride) {
        let mut damaged = flash.clone();
        damaged.bytes[bit / 8] ^= 1 << (bit % 8);
        let (found, status) = open_damaged(&damaged, &records);
        let lost = records.len() - found.len();
        assert!(lost <= 1, "bit {bit}: {lost} records lost");
        assert!(lost == 0 || reported(&status), "bit {bit}: {status:?}");
        assert_eq!(status.records as usize, found.len());
    }
}

#[test]
fn a_flipped_bit_costs_one_record_and_is_reported() {
    flipped_bits::<4>(13);
    flipped_bits::<32>(17);
}

#[test]
fn a_corrupt_page_costs_only_its_own_records() {
    let (flash, records) = filled::<8>();
    for (page, fill) in [(0, 0x00), (1, 0xa5), (2, 0x00), (2, 0xff), (3, 0x11)] {
        let mut damaged = flash.clone();
        damaged.bytes[page * 1024..][..1024].fill(fill);
        let (found, status) = open_damaged(&damaged, &records);
        assert!(found.len() + 21 > records.len(), "page {page}: {found:?}");
        // Whole records before and after it are there.
        let gone: Vec<usize> = (0..records.len()).filter(|index| !found.contains(index)).collect();
        assert!(gone.windows(2).all(|pair| pair[1] == pair[0] + 1), "page {page}: {gone:?} are lost");
        assert!(status.damaged_pages == 1 || status.lost as usize == gone.len(), "page {page}: {status:?}");
        if (1..3).contains(&page) {
            assert_eq!(status.lost as usize, gone.len(), "page {page}");
        }
    }
}

#[test]
fn worn_words_are_passed_by() {
    let mut flash = CutFlash::<4, 1024>::new(4, 3, Torn::Nothing);
    // A word that keeps nothing in each of two places where the next records would go.
    let (mut journal, _) = Journal::open(Worn(&mut flash), 0..4096, WhenFull::Refuse).unwrap();
    for number in 0..12 {
        journal.append(&bytes(40, 2, number)).unwrap();
    }
    let found = all(&mut journal).unwrap();
    assert!((0..12).all(|number| found[number].2 == bytes(40, 2, number)) && found.len() == 12);
}

/// Flash of which some words keep no bit.
struct Worn<'a>(&'a mut CutFlash<4, 1024>);

impl embedded_storage::nor_flash::ErrorType for Worn<'_> {
    type Error = increp_tests::flash::Off;
}
impl embedded_storage::nor_flash::ReadNorFlash for Worn<'_> {
    const READ_SIZE: usize = 4;
    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.read(offset, bytes)
    }
    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}
impl embedded_storage::nor_flash::NorFlash for Worn<'_> {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 1024;
    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        self.0.erase(from, to)
    }
    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        let mut bytes = bytes.to_vec();
        for at in [120, 300, 1024 - 3 * 32] {
            let worn = at - (offset as usize).min(at);
            if let Some(word) = bytes.get_mut(worn..worn + 4).filter(|_| offset as usize <= at) {
                word.fill(0xff);
            }
        }
        self.0.write(offset, &bytes)
    }
}

#[test]
fn erases_are_counted_and_even() {
    let mut flash = CutFlash::<8, 1024>::new(4, 3, Torn::Nothing);
    for number in 0..300 {
        let (mut journal, _) = Journal::open(&mut flash, 0..4096, WhenFull::DropOldest).unwrap();
        journal.append(&bytes(50, 2, number)).unwrap();
    }
    let (mut journal, status) = Journal::open(&mut flash, 0..4096, WhenFull::DropOldest).unwrap();
    let counted: Vec<u32> = (0..4).map(|page| journal.erases(page).unwrap()).collect();
    assert_eq!(counted, flash.erases);
    assert_eq!(status.erases, flash.erases.iter().sum::<u32>());
    assert_eq!(Some(&status.most_erases), flash.erases.iter().max());
    assert!(flash.erases.iter().max().unwrap() - flash.erases.iter().min().unwrap() <= 1);
}

#[test]
fn what_is_refused() {
    let mut flash = CutFlash::<4, 1024>::new(4, 3, Torn::Nothing);
    let mut kind = |range| Journal::open(&mut flash, range, WhenFull::Refuse).map(|_| ()).unwrap_err().kind;
    for range in [0..1024, 0..2000, 4..4096, 0..5120] {
        assert_eq!(kind(range), ErrorKind::Unsupported);
    }
    let (mut journal, _) = Journal::open(&mut flash, 0..4096, WhenFull::Refuse).unwrap();
    let handle = journal.append(&[7; 40]).unwrap();
    assert!(matches!(journal.append(&[0; 4000]).unwrap_err().kind, ErrorKind::TooLong { most } if most < 4000));
    let error = journal.next(None, &mut [0; 39]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::BufferTooSmall { needed: 40, handle });
    let before = flash.bytes.clone();
    assert_eq!(Journal::open(&mut flash, 0..2048, WhenFull::Refuse).unwrap_err().kind, ErrorKind::OtherGeometry);
    assert_eq!(Journal::open(&mut flash, 0..3072, WhenFull::Refuse).unwrap_err().kind, ErrorKind::OtherGeometry);
    let mut other = CutFlash::<8, 1024>::image(&before);
    assert_eq!(Journal::open(&mut other, 0..4096, WhenFull::Refuse).unwrap_err().kind, ErrorKind::OtherGeometry);
    assert!(flash.bytes == before && other.bytes == before, "it was changed");
}

#[test]
fn the_state_is_small() {
    let most = size_of::<Journal<()>>();
    println!("a journal takes {most} bytes of RAM beside the driver");
    assert!(most <= 48, "{most} bytes");
}

#[test]
fn the_longest_report_fits_in_pages_of_1_kib() {
    let mut flash = CutFlash::<4, 1024>::new(8, 3, Torn::Nothing);
    let (mut journal, _) = Journal::open(&mut flash, 0..8192, WhenFull::DropOldest).unwrap();
    for number in 0..5 {
        journal.append(&bytes(increp::MAX_LEN, 2, number)).unwrap();
        assert_eq!(all(&mut journal).unwrap().last().unwrap().2, bytes(increp::MAX_LEN, 2, number));
    }
}

/// Keeps the seed of the fuzz target `journal` as what this build writes.
#[test]
fn the_seeds_of_the_fuzzer_are_journals() {
    let mut flash = CutFlash::<8, 1024>::new(4, 7, Torn::Nothing);
    let (mut journal, _) = Journal::open(&mut flash, 0..4096, WhenFull::Refuse).unwrap();
    for number in 0..20 {
        let handle = journal.append(&bytes(if number == 9 { 1200 } else { 20 + number }, 2, number)).unwrap();
        journal.mark(handle, MARKS[number % 4]).unwrap();
    }
    let seed = [&[0x80][..], &flash.bytes].concat();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds/journal/three_pages");
    if std::env::var_os("INCREP_WRITE_SEEDS").is_some() {
        std::fs::write(path, &seed).unwrap();
    }
    assert!(std::fs::read(path).unwrap() == seed, "write it again with INCREP_WRITE_SEEDS=1");
}
