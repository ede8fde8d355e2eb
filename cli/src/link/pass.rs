//! What a hub has for another one: of each device all records, and what the device waits for; receipts come back.
//!
//! A hub speaks for a device with the device's hop key, which both have, so the other one takes it for the device. First it says who it
//! is, with a POLL under the key that the two hubs have in common: then records of revoked devices are taken from it too; and it says under
//! that key what it knows beside records (`letter.rs`). When it has sent nothing for a while, the other one does the same, and ends with such
//! a POLL.
//!
//! What a hub says a device waits for is said last, for it decides which numbers HQ's receipt is about. No more depends on it: all
//! records are offered each time, for another hub may lie about what is where.

use std::collections::BTreeMap;

use anyhow::{Error, Result};
use increp::link::{Event, Key, Ledger, Outbox, Sender, Step, Terms};
use increp::seal::Secret;
use increp::store::{Handle, Mark, Record};

use super::file::between;
use super::letter::{Letter, epoch};
use super::nonce;
use super::outbox::record;
use super::receipt::{self, epoch_of};
use super::shelf::Shelf;
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
    /// All records of a device.
    Records(Device),
    /// What it waits for.
    Waits(Device),
    /// That this is all.
    End,
}

/// How far it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Records that were offered.
    pub offered: u64,
    /// Those of them that the other hub has now.
    pub there: u64,
    /// Receipts that were new here.
    pub receipts: u64,
    /// The other hub answered up to the end.
    pub answered: bool,
}

/// All that a hub has for another one.
pub(super) struct Pass {
    terms: Terms,
    common: Secret<16>,
    /// The next one last.
    left: Vec<Part>,
    at: Option<(Sender, Records)>,
    pub(super) passed: Passed,
}

impl Pass {
    /// With the key that the two hubs have in common; whether the end is to be said.
    pub(super) fn new(hub: &Hub, terms: Terms, common: Secret<16>, says_end: bool) -> Result<Self> {
        let mut left: Vec<Part> = if says_end { vec![Part::End] } else { Vec::new() };
        for device in hub.devices()? {
            left.push(Part::Waits(device.clone()));
            left.push(Part::Records(device));
        }
        // First, for the other one may not know a device yet, or its key.
        left.push(Part::Letter);
        let passed = Passed { answered: true, ..Passed::default() };
        Ok(Self { terms, common, left, at: None, passed })
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
        let length = loop {
            let Some((sender, records)) = &mut self.at else {
                match self.left.pop() {
                    Some(part) => self.at = self.begin(part, shelf)?,
                    None => return Ok(Step::Done(increp::link::Outcome::default())),
                }
                continue;
            };
            let hub = &*shelf.hub;
            match sender.poll(now, ledger, &mut Stored { hub, records }, room, frame)? {
                Step::Send(bytes) => break bytes.len(),
                Step::Wait(until) => return Ok(Step::Wait(until)),
                Step::Done(outcome) => {
                    if records.waits.is_none() && !records.is_letter {
                        self.passed.offered += u64::from(outcome.offered);
                        self.passed.there += u64::from(outcome.at_hub);
                    }
                    if !outcome.answered {
                        self.passed.answered = false;
                        self.left.clear();
                    }
                    self.at = None;
                }
            }
        };
        Ok(Step::Send(frame.get(..length).unwrap_or_default()))
    }

    fn begin(&self, part: Part, shelf: &mut Shelf<'_>) -> Result<Option<(Sender, Records)>> {
        // What came is on the disk before it is passed on.
        shelf.finish()?;
        let (key, records) = match part {
            Part::End => (Key::new(&self.common), Records::default()),
            Part::Letter => (Key::new(&self.common), letter(shelf.hub, &self.common)?),
            Part::Records(device) | Part::Waits(device) if shelf.hub.epochs(Some(device.author))?.is_empty() => return Ok(None),
            Part::Records(device) => (Key::new(&device.hop), records_of(shelf.hub, device.author, None)?),
            Part::Waits(device) => {
                let waits: BTreeMap<u32, Numbers> =
                    shelf.hub.waits(Some(device.author))?.into_iter().map(|(run, numbers)| (run.epoch, numbers)).collect();
                if waits.is_empty() {
                    return Ok(None);
                }
                (Key::new(&device.hop), records_of(shelf.hub, device.author, Some(waits))?)
            }
        };
        Ok(Some((Sender::new(self.terms, key, nonce()?, 0, None), records)))
    }

    /// Takes a frame; false if it is none for this.
    pub(super) fn receive(&mut self, now_ms: u64, frame: &mut [u8], shelf: &mut Shelf<'_>, room: &mut [u8]) -> Result<bool> {
        let Some((sender, records)) = &mut self.at else { return Ok(false) };
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

fn records_of(hub: &Hub, author: u32, waits: Option<BTreeMap<u32, Numbers>>) -> Result<Records> {
    let runs = hub.epochs(Some(author))?.into_iter().map(|(run, _)| run).collect();
    Ok(Records { author, runs, waits, loaded: None, is_letter: false })
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
    pass: Option<Pass>,
    /// It has been sent everything.
    is_over: bool,
}

impl Other {
    pub(super) const fn new(author: u32) -> Self {
        Self { author, at: 0, pass: None, is_over: false }
    }

    /// It has sent something.
    pub(super) const fn heard(&mut self, now: u64, terms: &Terms) {
        self.at = now.saturating_add(2 * terms.timeout as u64);
    }

    /// Takes a frame; false if it is none for this.
    pub(super) fn receive(&mut self, now: u64, frame: &mut [u8], shelf: &mut Shelf<'_>, room: &mut [u8]) -> Result<bool> {
        match &mut self.pass {
            Some(pass) => pass.receive(now, frame, shelf, room),
            None => Ok(false),
        }
    }

    /// What to do next: send, or wait.
    pub(super) fn poll<'f>(
        &mut self,
        now: u64,
        terms: Terms,
        ledger: &mut Ledger,
        shelf: &mut Shelf<'_>,
        room: &mut [u8],
        frame: &'f mut [u8],
    ) -> Result<Step<'f>> {
        if self.pass.is_none() && !self.is_over {
            if now < self.at {
                return Ok(Step::Wait(self.at));
            }
            if let Some(common) = shelf.common(self.author) {
                self.pass = Some(Pass::new(shelf.hub, terms, common, true)?);
            }
        }
        let Some(pass) = &mut self.pass else { return Ok(Step::Wait(u64::MAX)) };
        let step = pass.poll(now, ledger, shelf, room, frame)?;
        if matches!(step, Step::Done(_)) {
            (self.pass, self.is_over) = (None, true);
            return Ok(Step::Wait(u64::MAX));
        }
        Ok(step)
    }
}
