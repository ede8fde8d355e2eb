//! Between two hubs: one writes for the other what it lacks, what devices wait for, and HQ's word; so HQ can be on another machine than
//! the hub that devices reach.
//!
//! The two have a key in common, by which each opens and trusts the other's files: HMAC-SHA256 of "increp hubs 1", the lower public key
//! and the higher one, under SHA-256 of what X25519 gives for one's secret and the other's public key; of both the first 16 bytes. The
//! writer can open its own files too: so it finds those that were not fetched, and replaces them.
//!
//! Hubs believe each other which records, devices and receipts there are, and no more: a record is HQ's to open, a receipt the device's
//! to check, and what a hub knows of a device from HQ another hub cannot change.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use increp::seal::{HEAD, Secret};

use super::content::{Content, Entry, Kind, Writer};
use super::hub::Read;
use super::sealed::{MOST_CONTENT, Opener, Reader, common, is_hub_key, seal};
use super::{Why, remove, write};
use crate::link::receipt::{self, epoch_of};
use crate::store::hub::{Device, Elsewhere, Hub, Run};
use crate::store::{Numbers, now};

/// Another hub.
#[derive(Clone)]
pub(in crate::link) struct Peer {
    pub(in crate::link) public: [u8; 32],
    /// What the two have in common.
    pub(in crate::link) key: Secret<16>,
}

/// The other hubs of the mission.
pub(in crate::link) fn peers(hub: &Hub) -> Result<Vec<Peer>> {
    let own = hub.public()?;
    let others = hub.hubs()?.into_iter().filter(|public| *public != own);
    Ok(others.map(|public| Peer { public, key: common(hub.key(), &own, &public) }).collect())
}

/// Takes a file of another hub.
pub(super) fn take(
    hub: &mut Hub,
    peers: &[Peer],
    path: &Path,
    content: Content,
    by: &Opener,
    read: &mut Read,
) -> Result<Result<(), Why>> {
    let peer = match by {
        Opener::Device(key) => peers.iter().find(|peer| peer.key == *key),
        Opener::Hub(_) => None,
    };
    let Some(peer) = peer.filter(|peer| content.is_by(&peer.key)) else {
        return Ok(Err(Why::Bad("says it is of a hub, and is not".to_owned())));
    };
    let writer = content.entries.iter().find_map(|entry| if let Entry::Hub(hub) = entry { Some(*hub) } else { None });
    read.hubs.insert(peer.public);
    if writer == Some(hub.public()?) {
        // What the other one has not fetched.
        read.old.push(path.to_owned());
        return Ok(Ok(()));
    }
    keep(hub, peer, content.entries, read)?;
    // It is on the disk: now the file may go.
    remove(path)?;
    Ok(Ok(()))
}

/// What the files of other hubs said that one of them alone may not say whole.
#[derive(Default)]
pub(super) struct Heard {
    /// What each hub has.
    has: BTreeMap<[u8; 32], BTreeMap<Run, Elsewhere>>,
    /// What each device waits for.
    waits: BTreeMap<u32, BTreeMap<u32, Numbers>>,
}

impl Heard {
    /// Keeps it; what some devices said themselves counts more.
    pub(super) fn keep(mut self, hub: &mut Hub, devices: &BTreeMap<u32, BTreeMap<u32, Numbers>>) -> Result<()> {
        self.waits.extend(devices.iter().map(|(author, waits)| (*author, waits.clone())).filter(|(_, waits)| !waits.is_empty()));
        for (public, has) in &self.has {
            hub.keep_elsewhere(public, has)?;
        }
        let mut adding = hub.adding()?;
        for (author, waits) in self.waits {
            adding.waits(author, waits)?;
        }
        adding.commit()?;
        Ok(())
    }
}

/// Bytes of a letter, at most, as far as messages take them; of a device and of its refused numbers; of a message, beside its own.
const MOST_LETTER: usize = 200_000;
const OF_DEVICE: usize = 64;
const OF_MESSAGE: usize = 8;

/// What this hub says to another one over a link, beside records, receipts and what devices wait for: devices, hubs, HQ's messages, and
/// numbers under which HQ has no good body.
pub(in crate::link) fn letter(hub: &Hub, key: &Secret<16>) -> Result<Vec<u8>> {
    let mut writer = Writer::new(Kind::Between, 0);
    hub.hubs()?.iter().for_each(|hub| writer.hub(hub));
    let devices = hub.devices()?;
    // Devices first; of messages as many as there is room for, and the others once these were heard.
    let mut room = MOST_LETTER.saturating_sub(devices.len() * OF_DEVICE);
    for device in devices {
        writer.device(&device);
        for (number, message) in hub.messages(device.author, hub.heard(device.author)?)? {
            let Some(left) = room.checked_sub(message.len() + OF_MESSAGE) else { break };
            writer.message(number, &message);
            room = left;
        }
        for (run, have) in hub.epochs(Some(device.author))? {
            if have.refused.many() > 0 {
                writer.refused(run.epoch, &have.refused);
            }
        }
    }
    Ok(writer.finish(key))
}

/// Takes what another hub said so; false if it is none of its letters.
pub(in crate::link) fn take_letter(hub: &mut Hub, peer: &Peer, letter: &[u8]) -> Result<bool> {
    let Ok(content) = Content::parse(letter) else { return Ok(false) };
    if content.kind != Kind::Between || !content.is_by(&peer.key) {
        return Ok(false);
    }
    keep(hub, peer, content.entries, &mut Read::default())?;
    Ok(true)
}

fn keep(hub: &mut Hub, peer: &Peer, entries: Vec<Entry>, read: &mut Read) -> Result<()> {
    let (mut author, now) = (0, now());
    let (mut devices, mut hubs, mut receipts, mut refused) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut messages: BTreeMap<u32, Vec<(u32, Vec<u8>)>> = BTreeMap::new();
    let has = read.heard.has.entry(peer.public).or_default();
    let mut adding = hub.adding()?;
    for entry in entries {
        let run = |epoch| Run { author, epoch };
        match entry {
            Entry::Device(device) => {
                author = device.author;
                devices.push(device);
            }
            Entry::Record(record) => {
                if let Some(&[_, low, middle, high, seq]) = record.first_chunk::<HEAD>() {
                    adding.add(run(u32::from_le_bytes([low, middle, high, 0])), seq, &record, now)?;
                }
            }
            Entry::Numbers(epoch, waits) => {
                read.heard.waits.entry(author).or_default().entry(epoch).or_default().join(&waits);
            }
            Entry::Have(epoch, there) => drop(has.insert(run(epoch), there)),
            Entry::Refused(epoch, numbers) => refused.push((run(epoch), numbers)),
            Entry::Receipt(receipt) => {
                if let Some(epoch) = epoch_of(&receipt) {
                    receipts.push((run(epoch), receipt));
                }
            }
            Entry::Hub(public) if is_hub_key(&public) => hubs.push(public),
            Entry::Message(number, message) => messages.entry(author).or_default().push((number, message)),
            // Which one a device waits for it says itself.
            Entry::Next(_) | Entry::Profile(_) | Entry::Hub(_) => {}
        }
    }
    let added = adding.commit()?;
    read.count(added);
    hub.learn(&devices, &hubs)?;
    for (author, messages) in messages {
        hub.keep_messages(author, &messages)?;
    }
    for (run, numbers) in refused {
        hub.refuse_early(run, &numbers)?;
    }
    for (run, receipt) in receipts {
        receipt::keep(hub, run, &receipt, now)?;
    }
    Ok(())
}

/// Writes for another hub what it lacks, as far as it said what it has. Gives how many records that are.
pub(super) fn write_for(hub: &Hub, peer: &Peer, stick: &Path) -> Result<u64> {
    let (elsewhere, devices) = (hub.elsewhere(&peer.public)?, hub.devices()?);
    let own = hub.public()?;
    let hubs = [own].into_iter().chain(hub.hubs()?.into_iter().filter(|public| *public != own)).collect();
    let mut passed = 0;
    let mut files = Files { stick, peer, hubs, writer: None };
    // A mission without devices has something to say too: which hubs there are.
    files.begin_if_full(0)?;
    for device in &devices {
        files.device(device)?;
        for (number, message) in hub.messages(device.author, hub.heard(device.author)?)? {
            files.room(device, message.len())?.message(number, &message);
        }
        let receipts: BTreeMap<u32, Vec<u8>> = hub.receipts(device.author)?.into_iter().collect();
        for (run, waits) in hub.waits(Some(device.author))? {
            files.room(device, 512)?.numbers(run.epoch, &waits);
            if let Some(receipt) = receipts.get(&run.epoch) {
                files.room(device, 512)?.receipt(receipt);
            }
        }
        for (run, have) in hub.epochs(Some(device.author))? {
            let has = Elsewhere { numbers: have.numbers, digest: have.digest };
            files.room(device, 512)?.have(run.epoch, &has);
            if have.refused.many() > 0 {
                files.room(device, 512)?.refused(run.epoch, &have.refused);
            }
            let there = elsewhere.get(&run).copied().unwrap_or_default();
            // Digests are made to be equal by whoever makes enough records: where numbers differ nobody needs them.
            if there.digest == have.digest && there.numbers == have.numbers {
                continue;
            }
            // The same numbers and not the same records: which ones differ is not said, so all of them.
            let (lacks, same) = (have.numbers.without(&there.numbers), have.numbers == there.numbers);
            for kept in hub.records(run)? {
                if same || lacks.has(kept.seq) || have.forked.has(kept.seq) {
                    files.room(device, kept.bytes.len())?.record(&kept.bytes);
                    passed += 1;
                }
            }
        }
    }
    files.finish()?;
    Ok(passed)
}

/// The files for another hub, as they are written.
struct Files<'f> {
    stick: &'f Path,
    peer: &'f Peer,
    /// The hubs of the mission, this one first.
    hubs: Vec<[u8; 32]>,
    writer: Option<Writer>,
}

impl Files<'_> {
    /// What follows is of this device.
    fn device(&mut self, device: &Device) -> Result<()> {
        self.begin_if_full(64)?.device(device);
        Ok(())
    }

    /// Where so many bytes more may be written, of a device.
    fn room(&mut self, device: &Device, bytes: usize) -> Result<&mut Writer> {
        let begun = self.is_full(bytes);
        let writer = self.begin_if_full(bytes)?;
        if begun {
            writer.device(device);
        }
        Ok(writer)
    }

    fn is_full(&self, bytes: usize) -> bool {
        self.writer.as_ref().is_none_or(|writer| writer.len() + bytes + 64 > MOST_CONTENT)
    }

    fn begin_if_full(&mut self, bytes: usize) -> Result<&mut Writer> {
        if self.is_full(bytes) {
            self.finish()?;
        }
        Ok(self.writer.get_or_insert_with(|| {
            let mut writer = Writer::new(Kind::Between, 0);
            self.hubs.iter().for_each(|hub| writer.hub(hub));
            writer
        }))
    }

    fn finish(&mut self) -> Result<()> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let readers = [Reader::Device(self.peer.key.clone())];
        write(self.stick, &seal(&writer.finish(&self.peer.key), &readers)?)?;
        Ok(())
    }
}
