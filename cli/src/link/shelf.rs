//! What a hub keeps of that which comes in frames: its store, and in memory what is not whole yet.

use std::collections::BTreeMap;

use anyhow::{Error, Result};
use increp::link::{Key, Known, MAX_SEALED, Partial, Received};
use increp::seal::{MAX_RECORD, Record};

use super::file::between;
use super::uptime;
use crate::store::hub::{Added, Device, Hub, Run};
use crate::store::{Numbers, now};

/// Records that wait for the next commit, at most.
const MOST_PENDING: usize = 4096;
/// Records that are not whole: of all devices, and of one.
const MOST_PARTIALS: usize = 4096;
const MOST_OF_ONE: usize = 16;
/// Epochs of which records came again that HQ has refused.
const MOST_AGAIN: usize = 4096;
/// How often to look whether HQ has changed something, in milliseconds.
const LOOK: u64 = 1000;

/// Author, epoch and number.
type At = (u32, u32, u8);

/// A hub's store as the engine of links sees it.
pub(super) struct Shelf<'h> {
    pub(super) hub: &'h mut Hub,
    devices: Vec<Device>,
    /// The other hubs, by numbers that no device has.
    others: Vec<Known>,
    /// The devices that HQ trusts, and those.
    known: Vec<Known>,
    /// The same, and those that HQ has revoked: another hub may have what they sent before.
    all: Vec<Known>,
    /// Who is heard is another hub.
    pub(super) is_hub: bool,
    /// When the devices were last looked for.
    looked: u64,
    pending: Vec<(Run, u8, Vec<u8>)>,
    pending_numbers: BTreeMap<Run, Numbers>,
    /// What came again of what HQ has refused when it had refused that.
    again: BTreeMap<Run, (Numbers, Numbers)>,
    partials: BTreeMap<At, (u64, Box<Partial<MAX_SEALED>>)>,
    /// Counts the uses of those.
    uses: u64,
    /// What became of all records.
    pub(super) added: Added,
}

impl<'h> Shelf<'h> {
    pub(super) fn new(hub: &'h mut Hub) -> Result<Self> {
        let mut shelf = Self {
            hub,
            devices: Vec::new(),
            others: Vec::new(),
            known: Vec::new(),
            all: Vec::new(),
            is_hub: false,
            looked: 0,
            pending: Vec::new(),
            pending_numbers: BTreeMap::new(),
            again: BTreeMap::new(),
            partials: BTreeMap::new(),
            uses: 0,
            added: Added::default(),
        };
        shelf.look()?;
        Ok(shelf)
    }

    /// Looks now and then whether HQ has enrolled or revoked a device.
    pub(super) fn look(&mut self) -> Result<()> {
        let now = uptime();
        if self.looked != 0 && now < self.looked + LOOK {
            return Ok(());
        }
        self.looked = now;
        let (devices, peers) = (self.hub.devices()?, between::peers(self.hub)?);
        if devices != self.devices || peers.len() != self.others.len() {
            let known = |device: &Device| Known { author: device.author, key: Key::new(&device.hop) };
            let free = (0..=u32::MAX).rev().filter(|author| !devices.iter().any(|device| device.author == *author));
            self.others = free.zip(&peers).map(|(author, peer)| Known { author, key: Key::new(&peer.key) }).collect();
            self.all = devices.iter().map(known).chain(self.others.iter().cloned()).collect();
            let trusted = devices.iter().filter(|device| !device.revoked).map(known);
            self.known = trusted.chain(self.others.iter().cloned()).collect();
            self.devices = devices;
        }
        Ok(())
    }

    /// The other hubs of the mission.
    pub(super) fn others(&self) -> &[Known] {
        &self.others
    }

    /// What this hub and another one have in common.
    pub(super) fn common(&self, author: u32) -> Option<Key> {
        self.others.iter().find(|other| other.author == author).map(|other| other.key.clone())
    }

    /// Takes a frame that came; gives who it is from, if it is good.
    pub(super) fn take(
        &mut self,
        engine: &mut increp::link::Hub<'_>,
        now: u64,
        frame: &mut [u8],
        from: Option<u32>,
        room: &mut [u8],
    ) -> Result<Option<u32>> {
        let Some(received) = engine.receive(now, frame, from, self, room)? else { return Ok(None) };
        let Received { author, epoch, waiting, .. } = received;
        let is_other = self.others.iter().any(|other| other.author == author);
        if let Some(waiting) = waiting
            && !is_other
            && (epoch != 0 || !self.is_hub)
        {
            self.waits(Run { author, epoch }, waiting)?;
        }
        Ok(Some(author))
    }

    /// Keeps what a device says it has without HQ's word, so that HQ makes a receipt for it: of one epoch, from a number up to another;
    /// record 0 with the first ones.
    fn waits(&mut self, run: Run, (low, top): (u8, u8)) -> Result<()> {
        let mut waits: BTreeMap<u32, Numbers> =
            self.hub.waits(Some(run.author))?.into_iter().map(|(run, numbers)| (run.epoch, numbers)).collect();
        let numbers: Numbers = if low <= 1 { (0..=top).collect() } else { (low..=top).collect() };
        if run.epoch == 0 && waits.is_empty() || waits.get(&run.epoch) == Some(&numbers) {
            return Ok(());
        }
        if run.epoch == 0 {
            waits.clear();
        } else {
            waits.insert(run.epoch, numbers);
        }
        let mut adding = self.hub.adding()?;
        adding.waits(run.author, waits)?;
        adding.commit()?;
        Ok(())
    }

    /// Makes what was kept last.
    pub(super) fn finish(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let (mut adding, now) = (self.hub.adding()?, now());
        for (run, seq, bytes) in &self.pending {
            adding.add(*run, *seq, bytes, now)?;
        }
        let Added { new, known, forks } = adding.commit()?;
        self.added.new += new;
        self.added.known += known;
        self.added.forks += forks;
        self.pending.clear();
        self.pending_numbers.clear();
        Ok(())
    }

    /// Room for a record that is not whole: the one that was not used for longest goes, of the same device if it has many.
    fn make_room(&mut self, author: u32) {
        let own = self.partials.range((author, 0, 0)..=(author, u32::MAX, u8::MAX)).count() >= MOST_OF_ONE;
        if own || self.partials.len() >= MOST_PARTIALS {
            let old = self.partials.iter().filter(|(at, _)| !own || at.0 == author).min_by_key(|(_, (used, _))| *used);
            if let Some(at) = old.map(|(at, _)| *at) {
                self.partials.remove(&at);
            }
        }
    }
}

impl increp::link::Shelf for Shelf<'_> {
    type Error = Error;

    fn devices(&self) -> &[Known] {
        if self.is_hub { &self.all } else { &self.known }
    }

    fn have(&mut self, author: u32, epoch: u32) -> Result<increp::seal::Numbers> {
        let run = Run { author, epoch };
        let have = self.hub.have(run)?;
        let mut numbers = have.numbers.without(&have.refused);
        let again = self.again.get(&run).filter(|(refused, _)| *refused == have.refused).map(|(_, came)| *came);
        for came in again.iter().chain(self.pending_numbers.get(&run)) {
            numbers = numbers.iter().chain(came.iter()).collect();
        }
        Ok(increp::seal::Numbers(*numbers.bits()))
    }

    fn bodies(&mut self, author: u32, epoch: u32, low: u8, take: &mut dyn FnMut(u8, &[u8])) -> Result<()> {
        self.finish()?;
        let records = self.hub.records(Run { author, epoch })?;
        // Bodies of a number follow each other, the one that came last at the end.
        for bodies in records.chunk_by(|one, other| one.seq == other.seq) {
            if let Some(last) = bodies.last().filter(|kept| kept.seq >= low) {
                take(last.seq, &last.bytes);
            }
        }
        Ok(())
    }

    fn keep(&mut self, author: u32, record: &Record<'_>) -> Result<()> {
        if self.others.iter().any(|other| other.author == author) {
            // A hub has no reports of its own.
            return Ok(());
        }
        let run = Run { author, epoch: record.epoch };
        self.partials.remove(&(author, record.epoch, record.seq));
        let mut room = [0; MAX_RECORD];
        let bytes = record.write(&mut room)?.to_vec();
        let refused = self.hub.have(run)?.refused;
        if refused.has(record.seq) {
            // HQ has not looked at it yet: it counts as here until HQ says otherwise, or it would be sent for ever.
            if self.again.len() >= MOST_AGAIN {
                self.again.clear();
            }
            let again = self.again.entry(run).or_default();
            if again.0 != refused {
                *again = (refused, Numbers::default());
            }
            again.1.add(record.seq);
        }
        self.pending_numbers.entry(run).or_default().add(record.seq);
        self.pending.push((run, record.seq, bytes));
        if self.pending.len() >= MOST_PENDING { self.finish() } else { Ok(()) }
    }

    fn commit(&mut self) -> Result<()> {
        self.finish()
    }

    fn partial(&mut self, author: u32, epoch: u32, seq: u8, begin: bool) -> Option<&mut Partial<MAX_SEALED>> {
        let at = (author, epoch, seq);
        if begin && !self.partials.contains_key(&at) {
            self.make_room(author);
            self.partials.insert(at, (0, Box::default()));
        }
        let (used, partial) = self.partials.get_mut(&at)?;
        self.uses += 1;
        *used = self.uses;
        Some(partial)
    }

    fn receipt(&mut self, author: u32, epoch: u32, buffer: &mut [u8]) -> Result<usize> {
        let receipt = self.hub.receipts(author)?.into_iter().find(|(of, _)| *of == epoch);
        let bytes = receipt.map(|(_, bytes)| bytes).unwrap_or_default();
        let Some(room) = buffer.get_mut(..bytes.len()) else { return Ok(0) };
        room.copy_from_slice(&bytes);
        Ok(bytes.len())
    }

    fn down(&mut self, _: u32, _: u8, _: &mut [u8]) -> Result<usize> {
        Ok(0)
    }
}
