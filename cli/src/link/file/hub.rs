//! The hub's side of a stick: records are kept, and what the hub has is written for the way back, with HQ's receipts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;
use increp::seal::HEAD;

use super::between::{self, Heard};
use super::content::{Content, Entry, Kind, Writer};
use super::sealed::{MOST_CONTENT, Opener, Reader, seal};
use super::{Left, Why, each, remove, write};
use crate::link::receipt;
use crate::store::hub::{Added, Device, Hub, Run, Trust};
use crate::store::{Numbers, now, random};

/// Devices that wrote nothing, and for which a stick has HQ's messages nevertheless, at most.
const MOST_TOLD: usize = 100;

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Stick files of devices and other hubs that were read.
    pub files: u64,
    /// What became of the records in them.
    pub added: Added,
    /// Devices for which an answer was written.
    pub answered: u64,
    /// Other hubs for which a file was written.
    pub hubs: u64,
    /// Records in these files.
    pub passed: u64,
    /// Stick files that were not taken.
    pub left: Left,
}

/// For whom a hub writes beside those whose files it read, and devices that have not heard a message of HQ's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Also {
    /// All other hubs: what they lack.
    pub hubs: bool,
    /// All devices: HQ's receipts, and which hubs there are.
    pub devices: bool,
}

/// Keeps what devices and other hubs wrote, and answers them.
///
/// # Errors
/// The stick or the hub's store cannot be read or written; what was kept stays so.
pub fn sync(hub: &mut Hub, stick: &Path, also: Also) -> Result<Outcome> {
    let peers = between::peers(hub)?;
    let mut openers = vec![Opener::Hub(hub.key().clone())];
    openers.extend(peers.iter().map(|peer| Opener::Device(peer.key.clone())));
    // The answers that a device has not fetched.
    openers.extend(hub.devices()?.iter().flat_map(Device::keys).map(|key| Opener::Device(key.clone())));
    let mut read = Read::default();
    let left = each(stick, &openers, &mut |path, content, by| match content.kind {
        Kind::Between => between::take(hub, &peers, path, content, by, &mut read),
        Kind::Up | Kind::Down => take(hub, path, &content, by, &mut read),
    })?;
    let Read { heard, authors, .. } = &mut read;
    std::mem::take(heard).keep(hub, authors)?;
    // Another hub may have told of a device, or that one was revoked.
    let devices = hub.devices()?;
    let (mut to_answer, mut to_tell) = (Vec::new(), Vec::new());
    for device in &devices {
        if device.trust == Trust::Trusted && (also.devices || read.authors.contains_key(&device.author)) {
            to_answer.push(device);
        } else if hub.must_hear(device)? {
            to_tell.push(device);
        }
    }
    if to_tell.len() > MOST_TOLD {
        say!(
            "increp: HQ's messages wait for {} devices that wrote nothing: {MOST_TOLD} of them have theirs on this stick; --to-devices writes for all",
            to_tell.len()
        );
        // Others each time.
        let from = usize::try_from(u32::from_le_bytes(random()?))? % to_tell.len();
        to_tell.rotate_left(from);
        to_tell.truncate(MOST_TOLD);
    }
    to_answer.append(&mut to_tell);
    let none = BTreeSet::new();
    for device in &to_answer {
        answer(hub, device, read.receipts.get(&device.author).unwrap_or(&none), stick)?;
    }
    let answered = to_answer.len() as u64;
    let (mut hubs, mut passed) = (0, 0);
    for peer in peers.iter().filter(|peer| also.hubs || read.hubs.contains(&peer.public)) {
        passed += between::write_for(hub, peer, stick)?;
        hubs += 1;
    }
    read.old.iter().try_for_each(|file| remove(file))?;
    Ok(Outcome { files: read.files, added: read.added, answered, hubs, passed, left })
}

/// What was read.
#[derive(Default)]
pub(super) struct Read {
    pub(super) files: u64,
    pub(super) added: Added,
    /// The devices to answer, and what they keep without HQ's word: of several files nobody knows which is the last, so all of it.
    authors: BTreeMap<u32, BTreeMap<u32, Numbers>>,
    /// The epochs of which there were receipts for devices: who wrote them knew that they were waited for.
    receipts: BTreeMap<u32, BTreeSet<u32>>,
    /// The hubs to answer.
    pub(super) hubs: BTreeSet<[u8; 32]>,
    /// What this hub wrote, and nobody has fetched: new files replace it.
    pub(super) old: Vec<PathBuf>,
    /// What other hubs said.
    pub(super) heard: Heard,
}

impl Read {
    pub(super) const fn count(&mut self, added: Added) {
        self.files += 1;
        self.added.new += added.new;
        self.added.known += added.known;
        self.added.forks += added.forks;
    }
}

fn take(hub: &mut Hub, path: &Path, content: &Content, by: &Opener, read: &mut Read) -> Result<Result<(), Why>> {
    let author = content.author;
    let Some(device) = hub.devices()?.into_iter().find(|device| device.author == author) else {
        let why = format!("is of device {author}, which this hub does not know: increp hq hub brings it up to date");
        return Ok(Err(Why::NotYet(why)));
    };
    let Some(key) = device.keys().find(|key| content.is_by(key)) else {
        return Ok(Err(Why::Bad(format!(
            "says it is of device {author}, and no key of that device made it: it is forged, or older than the device's keys"
        ))));
    };
    match (content.kind, by) {
        (Kind::Up, Opener::Hub(_)) => {
            let added = keep(hub, author, &content.entries)?;
            // The records are on the disk: now the file may go.
            remove(path)?;
            read.count(added);
            hub.used(author, key)?;
            let waits = read.authors.entry(author).or_default();
            for entry in &content.entries {
                match entry {
                    Entry::Numbers(epoch, numbers) => waits.entry(*epoch).or_default().join(numbers),
                    Entry::Next(number) => hub.has_heard(author, *number)?,
                    _ => {}
                }
            }
        }
        // A hub's answer that the device has not fetched, this one's or another's: what HQ says in it goes into the one that replaces it.
        (Kind::Down, Opener::Device(_)) => {
            for entry in &content.entries {
                match entry {
                    Entry::Receipt(receipt) => {
                        if let Some(epoch) = receipt::epoch_of(receipt) {
                            receipt::keep(hub, Run { author, epoch }, receipt, now())?;
                            read.receipts.entry(author).or_default().insert(epoch);
                        }
                    }
                    Entry::Message(number, message) => drop(hub.keep_messages(author, &[(*number, message.clone())])?),
                    _ => {}
                }
            }
            read.old.push(path.to_owned());
            read.authors.entry(author).or_default();
        }
        _ => return Ok(Err(Why::Bad("is not for hubs".to_owned()))),
    }
    Ok(Ok(()))
}

/// All records of a file, or none.
fn keep(hub: &mut Hub, author: u32, entries: &[Entry]) -> Result<Added> {
    let mut adding = hub.adding()?;
    let now = now();
    for entry in entries {
        if let Entry::Record(record) = entry
            && let Some(&[_, low, middle, high, seq]) = record.first_chunk::<HEAD>()
        {
            let run = Run { author, epoch: u32::from_le_bytes([low, middle, high, 0]) };
            adding.add(run, seq, record, now)?;
        }
    }
    adding.commit()
}

/// Tells a device what is here of that which it waits for, of `also` too, and what HQ says.
fn answer(hub: &Hub, device: &Device, also: &BTreeSet<u32>, stick: &Path) -> Result<()> {
    let receipts: BTreeMap<u32, Vec<u8>> = hub.receipts(device.author)?.into_iter().collect();
    let hubs = hub.hubs()?;
    let begin = || {
        let mut writer = Writer::new(Kind::Down, device.author);
        hubs.iter().for_each(|hub| writer.hub(hub));
        writer
    };
    let mut files = vec![begin()];
    let waits = if device.trust == Trust::Trusted { hub.waits(Some(device.author))? } else { Vec::new() };
    let waits: BTreeSet<u32> = waits.into_iter().map(|(run, _)| run.epoch).chain(also.iter().copied()).collect();
    for epoch in waits {
        let run = Run { author: device.author, epoch };
        let have = hub.have(run)?;
        let Some(writer) = with_room(&mut files, 512, &begin) else { continue };
        writer.numbers(run.epoch, &have.numbers.without(&have.refused));
        if let Some(receipt) = receipts.get(&run.epoch) {
            writer.receipt(receipt);
        }
    }
    for (number, message) in hub.messages(device.author, hub.heard(device.author)?)? {
        let Some(writer) = with_room(&mut files, message.len() + 64, &begin) else { continue };
        writer.message(number, &message);
    }
    // Until it is known which key it uses, once for each.
    for writer in files {
        for key in device.keys() {
            write(stick, &seal(&writer.clone().finish(key), &[Reader::Device(key.clone())])?)?;
        }
    }
    Ok(())
}

/// The last file, or another one where that has not so much room.
fn with_room<'f>(files: &'f mut Vec<Writer>, bytes: usize, begin: &dyn Fn() -> Writer) -> Option<&'f mut Writer> {
    if files.last().is_none_or(|writer| writer.len() + bytes > MOST_CONTENT) {
        files.push(begin());
    }
    files.last_mut()
}
