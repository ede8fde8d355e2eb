//! What a hub keeps of that which comes in frames: its store, and in memory what is not whole yet.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Error, Result};
use increp::link::{Item, Key, Known, MAX_SEALED, Partial, Received};
use increp::seal::{MAX_RECORD, Record, Secret};

use super::file::between::{self, Peer};
use super::letter::Letter;
use super::uptime;
use crate::store::hub::{Added, Device, Hub, Run, Trust};
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

/// This hub and another one: their public keys, and what they have in common.
pub(super) struct Pair {
    pub(super) own: [u8; 32],
    pub(super) other: [u8; 32],
    pub(super) common: Secret<16>,
}

/// A hub's store as the engine of links sees it.
pub(super) struct Shelf<'h> {
    pub(super) hub: &'h mut Hub,
    /// Its public key.
    own: [u8; 32],
    devices: Vec<Device>,
    peers: Vec<Peer>,
    /// The other hubs, by numbers that no device has.
    others: Vec<Known>,
    /// Devices by further keys that they may use: by numbers that nobody has, the true ones, and the keys.
    aliases: BTreeMap<u32, (u32, Secret<16>)>,
    /// What other hubs say.
    letters: BTreeMap<u32, Letter>,
    /// The devices that HQ trusts, and those.
    known: Vec<Known>,
    /// The same, and those that HQ has revoked: another hub may have what they sent before.
    all: Vec<Known>,
    /// Devices, by the numbers of their keys, for which another hub spoke last.
    by_hub: BTreeSet<u32>,
    /// Who is heard is another hub.
    pub(super) is_hub: bool,
    /// What was taken last is another hub's word that it is there, or that it has said all.
    pub(super) is_end: bool,
    /// When the devices were last looked for.
    looked: u64,
    pending: Vec<(Run, u8, Vec<u8>)>,
    pending_numbers: BTreeMap<Run, Numbers>,
    /// What came again of what HQ has refused when it had refused that.
    again: BTreeMap<Run, (Numbers, Numbers)>,
    partials: BTreeMap<At, (u64, Box<Partial<MAX_SEALED>>)>,
    /// Counts the uses of those.
    uses: u64,
    /// What is here, to be compared with another hub, by its public key; each with how many records it was made of.
    items: BTreeMap<([u8; 32], Run), (u64, Item)>,
    /// What became of all records.
    pub(super) added: Added,
}

impl<'h> Shelf<'h> {
    pub(super) fn new(hub: &'h mut Hub) -> Result<Self> {
        let mut shelf = Self {
            own: hub.public()?,
            hub,
            devices: Vec::new(),
            peers: Vec::new(),
            others: Vec::new(),
            aliases: BTreeMap::new(),
            letters: BTreeMap::new(),
            known: Vec::new(),
            all: Vec::new(),
            by_hub: BTreeSet::new(),
            is_hub: false,
            is_end: false,
            looked: 0,
            pending: Vec::new(),
            pending_numbers: BTreeMap::new(),
            again: BTreeMap::new(),
            partials: BTreeMap::new(),
            uses: 0,
            items: BTreeMap::new(),
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
        let wiped = devices.iter().filter(|device| device.trust == Trust::Wiped);
        if devices != self.devices || peers.iter().map(|peer| peer.public).ne(self.peers.iter().map(|peer| peer.public)) {
            self.know(devices, peers)?;
        } else if wiped.count() > 0 {
            // One may have heard all that it is to hear.
            self.know(devices, peers)?;
        }
        Ok(())
    }

    fn know(&mut self, devices: Vec<Device>, peers: Vec<Peer>) -> Result<()> {
        let mut free = (0..=u32::MAX).rev().filter(|author| !devices.iter().any(|device| device.author == *author));
        let known = |author, key: &Secret<16>| Known { author, key: Key::new(key) };
        self.others = peers.iter().zip(&mut free).map(|(peer, author)| known(author, &peer.key)).collect();
        (self.known, self.all, self.aliases) = (Vec::new(), Vec::new(), BTreeMap::new());
        for device in &devices {
            let mut keys = vec![known(device.author, &device.hop)];
            for (key, alias) in device.others.iter().zip(&mut free) {
                self.aliases.insert(alias, (device.author, key.clone()));
                keys.push(known(alias, key));
            }
            if device.trust == Trust::Trusted || self.hub.must_hear(device)? {
                self.known.extend(keys.iter().cloned());
            }
            self.all.extend(keys);
        }
        self.known.extend(self.others.iter().cloned());
        self.all.extend(self.others.iter().cloned());
        drop(free);
        (self.devices, self.peers) = (devices, peers);
        Ok(())
    }

    /// The device behind a number.
    pub(super) fn device(&self, author: u32) -> u32 {
        self.aliases.get(&author).map_or(author, |(author, _)| *author)
    }

    /// The hub behind a number.
    fn peer(&self, author: u32) -> Option<Peer> {
        let at = self.others.iter().position(|other| other.author == author)?;
        self.peers.get(at).cloned()
    }

    /// The letter of another hub, as far as it has come.
    fn letter(&mut self, author: u32, epoch: u32) -> Result<&mut Letter> {
        if self.letters.get(&author).is_none_or(|letter| letter.epoch != epoch) {
            let kept = self.peer(author).map(|peer| self.hub.letter(&peer.public)).transpose()?.flatten();
            let letter = match kept {
                Some((kept, bytes)) if kept == epoch => Letter::of(epoch, &bytes),
                _ => Letter::new(epoch),
            };
            self.letters.insert(author, letter);
        }
        Ok(self.letters.entry(author).or_default())
    }

    /// Takes a part of another hub's letter, and what it says once it is whole.
    fn take_part(&mut self, author: u32, record: &Record<'_>) -> Result<()> {
        let letter = self.letter(author, record.epoch)?;
        letter.add(record);
        if let (Some(whole), Some(peer)) = (letter.whole(), self.peer(author))
            && self.hub.letter(&peer.public)?.is_none_or(|(epoch, _)| epoch != record.epoch)
            && between::take_letter(self.hub, &peer, &whole)?
        {
            self.hub.keep_letter(&peer.public, record.epoch, &whole)?;
            self.looked = 0;
        }
        Ok(())
    }

    /// The other hubs of the mission.
    pub(super) fn others(&self) -> &[Known] {
        &self.others
    }

    /// Whether a number is that of another hub.
    pub(super) fn is_other(&self, author: u32) -> bool {
        self.others.iter().any(|other| other.author == author)
    }

    /// What this hub and another one have in common.
    pub(super) fn pair(&self, author: u32) -> Option<Pair> {
        let Peer { public: other, key: common } = self.peer(author)?;
        Some(Pair { own: self.own, other, common })
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
        let device = self.device(author);
        let is_other = self.is_other(author);
        self.is_end = is_other && waiting.is_some() && epoch == 0;
        if let Some(waiting) = waiting
            && !is_other
            && (epoch != 0 || !self.is_hub)
        {
            self.waits(Run { author: device, epoch }, waiting)?;
        }
        if self.is_hub {
            self.by_hub.insert(author);
        } else {
            self.by_hub.remove(&author);
            self.has_used(author)?;
        }
        if self.looked == 0 {
            self.look()?;
        }
        Ok(Some(author))
    }

    /// A device has used a key: those before it count no longer.
    fn has_used(&mut self, author: u32) -> Result<()> {
        let Some(device) = self.devices.iter().find(|device| device.author == author) else { return Ok(()) };
        if !device.others.is_empty() {
            let key = device.hop.clone();
            self.hub.used(author, &key)?;
            self.looked = 0;
        }
        Ok(())
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

    /// What is here of each epoch, to be compared with the hub that `other` is. Whoever does not have the salt cannot make records that hide
    /// others.
    pub(super) fn items(&mut self, other: &[u8; 32], salt: &Secret<32>) -> Result<Vec<Item>> {
        self.finish()?;
        let mut items = Vec::new();
        for (run, have) in self.hub.epochs(None)? {
            let at = (*other, run);
            let kept = self.items.get(&at).filter(|(many, _)| *many == have.many).map(|(_, item)| *item);
            let item = match kept {
                Some(item) => item,
                None => {
                    let mut item = Item::new(run.author, run.epoch);
                    self.hub.records(run)?.iter().for_each(|kept| item.add(&[salt.expose(), kept.bytes.as_slice()].concat()));
                    self.items.insert(at, (have.many, item));
                    item
                }
            };
            items.push(item);
        }
        Ok(items)
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
        if self.is_other(author) {
            let numbers: Numbers = self.letter(author, epoch)?.numbers().collect();
            return Ok(increp::seal::Numbers(*numbers.bits()));
        }
        let run = Run { author: self.device(author), epoch };
        let have = self.hub.have(run)?;
        let mut numbers = have.numbers.without(&have.refused);
        let again = self.again.get(&run).filter(|(refused, _)| *refused == have.refused).map(|(_, came)| *came);
        for came in again.iter().chain(self.pending_numbers.get(&run)) {
            numbers = numbers.iter().chain(came.iter()).collect();
        }
        Ok(increp::seal::Numbers(*numbers.bits()))
    }

    fn bodies(&mut self, author: u32, epoch: u32, low: u8, take: &mut dyn FnMut(u8, &[u8])) -> Result<()> {
        if self.is_other(author) {
            let parts = self.letter(author, epoch)?.records();
            parts.filter(|(seq, _)| *seq >= low).for_each(|(seq, record)| take(seq, &record));
            return Ok(());
        }
        self.finish()?;
        let records = self.hub.records(Run { author: self.device(author), epoch })?;
        // Bodies of a number follow each other, the one that came last at the end.
        for bodies in records.chunk_by(|one, other| one.seq == other.seq) {
            if let Some(last) = bodies.last().filter(|kept| kept.seq >= low) {
                take(last.seq, &last.bytes);
            }
        }
        Ok(())
    }

    fn keep(&mut self, author: u32, record: &Record<'_>) -> Result<()> {
        self.partials.remove(&(author, record.epoch, record.seq));
        if self.is_other(author) {
            return self.take_part(author, record);
        }
        let run = Run { author: self.device(author), epoch: record.epoch };
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
        if self.is_other(author) {
            return Ok(0);
        }
        let by_hub = self.by_hub.contains(&author);
        let author = self.device(author);
        if self.devices.iter().any(|device| device.author == author && device.trust != Trust::Trusted) && !by_hub {
            return Ok(0);
        }
        let receipt = self.hub.receipts(author)?.into_iter().find(|(of, _)| *of == epoch);
        let bytes = receipt.map(|(_, bytes)| bytes).unwrap_or_default();
        let Some(room) = buffer.get_mut(..bytes.len()) else { return Ok(0) };
        room.copy_from_slice(&bytes);
        Ok(bytes.len())
    }

    fn down(&mut self, author: u32, number: u8, buffer: &mut [u8]) -> Result<usize> {
        // Hubs have letters for that.
        if self.by_hub.contains(&author) || self.is_other(author) {
            return Ok(0);
        }
        let author = self.device(author);
        self.hub.has_heard_low(author, number)?;
        let Some((_, message)) = self.hub.message(author, number)? else { return Ok(0) };
        let Some(room) = buffer.get_mut(..message.len()) else { return Ok(0) };
        room.copy_from_slice(&message);
        Ok(message.len())
    }
}
