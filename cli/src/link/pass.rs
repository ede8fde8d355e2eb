//! What a hub has for another one: the records that it lacks, and what devices wait for; receipts come back.
//!
//! First it says who it is, with a POLL under the key that the two hubs have in common: then records of revoked devices are taken from it too;
//! and it says under that key what it knows beside records (`letter.rs`). Then the two find out in which epochs they differ (`compare.rs`), and
//! all records of these are offered as a device offers its own: a hub speaks for a device with the device's hop key, which both have. So it goes
//! on until nothing differs that was not offered. Then it says what devices wait for, which decides which numbers HQ's receipt is about. When it
//! has sent nothing for a while, the other one does the same, and ends with a POLL as at the beginning.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Error, Result};
use increp::link::{Event, Key, Ledger, Outbox, Sender, Step, Terms};
use increp::seal::Secret;
use increp::store::{Handle, Mark, Record};

use super::compare::{Compare, Known};
use super::file::between;
use super::letter::{Letter, epoch};
use super::nonce;
use super::outbox::record;
use super::receipt::{self, epoch_of};
use super::shelf::{Pair, Shelf};
use crate::store::hub::{Device, Hub, Kept, Run};
use crate::store::{Numbers, now};

/// The records of a device at a hub.
#[derive(Default)]
struct Records {
    author: u32,
    runs: Vec<Run>,
    /// What the device waits for, if that alone is to be said.
    waits: Option<BTreeMap<u32, Numbers>>,
    /// Those of one of the runs.
    loaded: Option<(usize, Vec<Kept>)>,
    /// It is no device's, but what this hub says.
    is_letter: bool,
}

/// The same, with the store. A handle has the number of the run, the record's number, and which of its bodies it is.
struct Stored<'o> {
    hub: &'o Hub,
    records: &'o mut Records,
}

impl Outbox for Stored<'_> {
    type Error = Error;

    fn next<'b>(&mut self, after: Option<Handle>, buffer: &'b mut [u8]) -> Result<Option<Record<'b>>> {
        let mut after = after.map(Handle::parts);
        let mut at = after.map_or(0, |[at, ..]| usize::try_from(at).unwrap_or(usize::MAX));
        while let Some(run) = self.records.runs.get(at) {
            if self.records.loaded.as_ref().is_none_or(|(loaded, _)| *loaded != at) {
                self.records.loaded = Some((at, self.hub.records(*run)?));
            }
            let kept = self.records.loaded.iter().flat_map(|(_, records)| records);
            let next =
                kept.into_iter().find(|kept| after.is_none_or(|[_, seq, fork]| (u32::from(kept.seq), kept.fork) > (seq, fork)));
            if let Some(kept) = next {
                let waits = self.records.waits.as_ref();
                let waits = waits.is_none_or(|waits| waits.get(&run.epoch).is_some_and(|numbers| numbers.has(kept.seq)));
                let mark = if waits { Mark::Sent } else { Mark::AtHq };
                let handle = Handle::from_parts([u32::try_from(at)?, kept.seq.into(), kept.fork]);
                return record(handle, mark, &kept.bytes, buffer).map(Some);
            }
            (at, after) = (at + 1, None);
        }
        Ok(None)
    }

    fn mark(&mut self, _: Handle, _: Mark) -> Result<()> {
        Ok(())
    }
}

/// What is said one after the other.
enum Part {
    /// What this hub knows beside records.
    Letter,
    /// In which epochs the two differ.
    Compare,
    /// The records of some epochs of a device.
    Records(Device, Vec<Run>),
    /// What it waits for.
    Waits(Device),
    /// That this is all.
    End,
}

/// How far it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Records of epochs in which the other hub had others.
    pub offered: u64,
    /// Those of them that the other hub has now.
    pub there: u64,
    /// Receipts that were new here.
    pub receipts: u64,
    /// The other hub answered up to the end.
    pub answered: bool,
}

/// What is done at the moment.
enum At {
    Between,
    Comparing,
    Sending(Box<Sender>, Records),
}

/// All that a hub has for another one.
pub(super) struct Pass {
    terms: Terms,
    common: Secret<16>,
    compare: Compare,
    /// The next one last; none if it has not begun.
    left: Option<Vec<Part>>,
    says_end: bool,
    at: At,
    /// The epochs of which records were offered.
    done: BTreeSet<Run>,
    pub(super) passed: Passed,
}

impl Pass {
    /// Between these two hubs; whether the link loses frames, and whether the end is to be said.
    pub(super) fn new(terms: Terms, pair: Pair, loses: bool, says_end: bool) -> Self {
        let passed = Passed { answered: true, ..Passed::default() };
        let (compare, common) = (Compare::new(terms, &pair, loses), pair.common);
        Self { terms, common, compare, left: None, says_end, at: At::Between, done: BTreeSet::new(), passed }
    }

    /// When both have said all: looks once more, for frames may have been lost.
    pub(super) fn check(&mut self) {
        if self.passed.answered {
            self.left.get_or_insert_default().push(Part::Compare);
        }
    }

    /// What the other one is to be told of its questions; none if there is nothing.
    pub(super) fn answer<'f>(&mut self, now: u64, ledger: &mut Ledger, frame: &'f mut [u8]) -> Option<Step<'f>> {
        self.compare.answer(now, ledger, frame)
    }

    /// What to do next.
    pub(super) fn poll<'f>(
        &mut self,
        now: u64,
        ledger: &mut Ledger,
        shelf: &mut Shelf<'_>,
        room: &mut [u8],
        frame: &'f mut [u8],
    ) -> Result<Step<'f>> {
        if self.left.is_none() {
            // The letter first, for the other one may not know a device yet, or its key.
            let waits = shelf.hub.devices()?.into_iter().map(Part::Waits);
            let end = self.says_end.then_some(Part::End);
            self.left = Some(end.into_iter().chain(waits).chain([Part::Compare, Part::Letter]).collect());
        }
        let length = loop {
            let step = match &mut self.at {
                At::Between => match self.left.as_mut().and_then(Vec::pop) {
                    Some(part) => {
                        self.at = self.begin(part, shelf)?;
                        continue;
                    }
                    None => return Ok(self.answer(now, ledger, frame).unwrap_or(Step::Done(increp::link::Outcome::default()))),
                },
                At::Comparing => match self.compare.poll(now, ledger, shelf, frame)? {
                    Ok(known) => {
                        self.at = At::Between;
                        self.differ(known, shelf)?;
                        continue;
                    }
                    Err(step) => step,
                },
                At::Sending(sender, records) => {
                    if let Some(Step::Send(bytes)) = self.compare.answer(now, ledger, frame) {
                        break bytes.len();
                    }
                    let hub = &*shelf.hub;
                    match sender.poll(now, ledger, &mut Stored { hub, records }, room, frame)? {
                        Step::Done(outcome) => {
                            if records.waits.is_none() && !records.is_letter {
                                self.passed.offered += u64::from(outcome.offered);
                                self.passed.there += u64::from(outcome.at_hub);
                            }
                            if !outcome.answered {
                                self.passed.answered = false;
                                self.left = Some(Vec::new());
                            }
                            self.at = At::Between;
                            continue;
                        }
                        step => step,
                    }
                }
            };
            match step {
                Step::Send(bytes) => break bytes.len(),
                Step::Wait(until) => return Ok(Step::Wait(until)),
                Step::Done(_) => {}
            }
        };
        Ok(Step::Send(frame.get(..length).unwrap_or_default()))
    }

    fn begin(&mut self, part: Part, shelf: &mut Shelf<'_>) -> Result<At> {
        // What came is on the disk before it is passed on.
        shelf.finish()?;
        let (key, records) = match part {
            Part::Compare => {
                self.compare.begin();
                return Ok(At::Comparing);
            }
            Part::End => (Key::new(&self.common), Records::default()),
            Part::Letter => (Key::new(&self.common), letter(shelf.hub, &self.common)?),
            Part::Records(device, runs) => (Key::new(&device.hop), Records { author: device.author, runs, ..Records::default() }),
            Part::Waits(device) => {
                let waits: BTreeMap<u32, Numbers> =
                    shelf.hub.waits(Some(device.author))?.into_iter().map(|(run, numbers)| (run.epoch, numbers)).collect();
                if waits.is_empty() {
                    return Ok(At::Between);
                }
                let runs = shelf.hub.epochs(Some(device.author))?.into_iter().map(|(run, _)| run).collect();
                (Key::new(&device.hop), Records { author: device.author, runs, waits: Some(waits), ..Records::default() })
            }
        };
        Ok(At::Sending(Box::new(Sender::new(self.terms, key, nonce()?, 0, None)), records))
    }

    /// Of epochs that differ all records are offered, once; then it is looked whether more does.
    fn differ(&mut self, known: Known, shelf: &mut Shelf<'_>) -> Result<()> {
        let Some(left) = &mut self.left else { return Ok(()) };
        let (differ, again) = match known {
            Known::Same => return Ok(()),
            Known::Differ(runs) => (runs, true),
            // Of what is not known all may differ.
            Known::Nothing => (shelf.hub.epochs(None)?.into_iter().map(|(run, _)| run).collect(), false),
        };
        let mut new = Vec::new();
        for device in shelf.hub.devices()? {
            let of_device = |run: &&Run| run.author == device.author && !self.done.contains(run);
            let runs: Vec<Run> = differ.iter().filter(of_device).copied().collect();
            if !runs.is_empty() {
                new.push((device, runs));
            }
        }
        if again && !new.is_empty() {
            left.push(Part::Compare);
        }
        for (device, runs) in new {
            self.done.extend(&runs);
            left.push(Part::Records(device, runs));
        }
        Ok(())
    }

    /// Takes a frame; false if it is none for this.
    pub(super) fn receive(&mut self, now_ms: u64, frame: &mut [u8], shelf: &mut Shelf<'_>, room: &mut [u8]) -> Result<bool> {
        if self.compare.receive(now_ms, frame, shelf)? {
            return Ok(true);
        }
        let At::Sending(sender, records) = &mut self.at else { return Ok(false) };
        let author = records.author;
        let hub = &*shelf.hub;
        let receipt = match sender.receive(now_ms, frame, &mut Stored { hub, records }, room)? {
            Event::Nothing => return Ok(false),
            Event::Answer | Event::Down(_) => return Ok(true),
            Event::Receipt(receipt) => receipt.to_vec(),
        };
        if let Some(epoch) = epoch_of(&receipt) {
            let is_new = receipt::keep(shelf.hub, Run { author, epoch }, &receipt, now())?;
            self.passed.receipts += u64::from(is_new);
        }
        Ok(true)
    }
}

/// What this hub says, as records.
fn letter(hub: &Hub, common: &Secret<16>) -> Result<Records> {
    let letter = between::letter(hub, common)?;
    let run = Run { author: 0, epoch: epoch(&letter) };
    let kept = |(seq, bytes)| Kept { seq, fork: 0, bytes };
    let records = Letter::of(run.epoch, &letter).records().map(kept).collect();
    Ok(Records { author: 0, runs: vec![run], waits: None, loaded: Some((0, records)), is_letter: true })
}

/// A hub that has called this one.
pub(super) struct Other {
    /// By this number its frames are known.
    pub(super) author: u32,
    /// When it is to be sent what is here: when it has sent nothing for a while.
    at: u64,
    pass: Pass,
    /// It has been sent everything.
    is_over: bool,
}

impl Other {
    pub(super) fn new(author: u32, terms: Terms, pair: Pair, loses: bool) -> Self {
        Self { author, at: 0, pass: Pass::new(terms, pair, loses, true), is_over: false }
    }

    /// It has sent something.
    pub(super) const fn heard(&mut self, now: u64) {
        self.at = now.saturating_add(2 * self.pass.terms.timeout as u64);
    }

    /// Takes a frame; false if it is none for this.
    pub(super) fn receive(&mut self, now: u64, frame: &mut [u8], shelf: &mut Shelf<'_>, room: &mut [u8]) -> Result<bool> {
        let is_ours = self.pass.receive(now, frame, shelf, room)?;
        if is_ours {
            self.heard(now);
        }
        Ok(is_ours)
    }

    /// What to do next: send, or wait.
    pub(super) fn poll<'f>(
        &mut self,
        now: u64,
        ledger: &mut Ledger,
        shelf: &mut Shelf<'_>,
        room: &mut [u8],
        frame: &'f mut [u8],
    ) -> Result<Step<'f>> {
        let is_early = self.pass.left.is_none() && now < self.at;
        if is_early || self.is_over {
            let later = if self.is_over { u64::MAX } else { self.at };
            return Ok(self.pass.answer(now, ledger, frame).unwrap_or(Step::Wait(later)));
        }
        let step = self.pass.poll(now, ledger, shelf, room, frame)?;
        if matches!(step, Step::Done(_)) {
            self.is_over = true;
            return Ok(Step::Wait(u64::MAX));
        }
        Ok(step)
    }
}
