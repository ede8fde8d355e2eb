//! The hub's side of a stick: records are kept, and what the hub has is written for the way back, with HQ's receipts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;
use increp::seal::HEAD;

use super::content::{Content, Entry, Kind, Writer};
use super::sealed::{MOST_CONTENT, Opener, Reader, seal};
use super::{each, remove, write};
use crate::store::hub::{Added, Device, Hub, Run};
use crate::store::now;

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Stick files of devices that were read.
    pub files: u64,
    /// What became of the records in them.
    pub added: Added,
    /// Devices for which an answer was written.
    pub answered: u64,
    /// Stick files for somebody else.
    pub others: u64,
    /// Stick files that are not as they should be; they were named on standard error, and are where they were.
    pub refused: u64,
}

/// Keeps what devices wrote, and answers them.
///
/// # Errors
/// The stick or the hub's store cannot be read or written; what was kept stays so.
pub fn sync(hub: &mut Hub, stick: &Path) -> Result<Outcome> {
    let devices: BTreeMap<u32, Device> = hub.devices()?.into_iter().map(|device| (device.author, device)).collect();
    let mut openers = vec![Opener::Hub(hub.key().clone())];
    openers.extend(devices.values().map(|device| Opener::Device(device.hop.clone())));
    let mut read = Read::default();
    let left = each(stick, &openers, &mut |path, content, by| {
        let by_hub = matches!(by, Opener::Hub(_));
        take(hub, devices.get(&content.author), path, &content, by_hub, &mut read)
    })?;
    let mut answered = 0;
    for device in read.authors.iter().filter_map(|author| devices.get(author)).filter(|device| !device.revoked) {
        answer(hub, device, stick)?;
        answered += 1;
    }
    read.old_answers.iter().try_for_each(|file| remove(file))?;
    Ok(Outcome { files: read.files, added: read.added, answered, others: left.others, refused: left.refused })
}

/// What was read.
#[derive(Default)]
struct Read {
    files: u64,
    added: Added,
    /// The devices to answer.
    authors: BTreeSet<u32>,
    /// Answers that a device has not fetched, and that new ones replace.
    old_answers: Vec<PathBuf>,
}

fn take(
    hub: &mut Hub,
    device: Option<&Device>,
    path: &Path,
    content: &Content,
    by_hub: bool,
    read: &mut Read,
) -> Result<Result<(), String>> {
    let author = content.author;
    let Some(device) = device else {
        return Ok(Err(format!("is of device {author}, which this hub does not know: increp hq hub brings it up to date")));
    };
    if !content.is_by(&device.hop) {
        return Ok(Err(format!("says it is of device {author}, and is not")));
    }
    match (content.kind, by_hub) {
        (Kind::Up, true) => {
            let added = keep(hub, author, &content.entries)?;
            // The records are on the disk: now the file may go.
            remove(path)?;
            read.files += 1;
            read.added.new += added.new;
            read.added.known += added.known;
            read.added.forks += added.forks;
        }
        // A hub's answer that the device has not fetched.
        (Kind::Down, false) => read.old_answers.push(path.to_owned()),
        _ => return Ok(Err("is not for hubs".to_owned())),
    }
    read.authors.insert(author);
    Ok(Ok(()))
}

/// All that a file says, or nothing.
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
    adding.waits(
        author,
        entries.iter().filter_map(|entry| match entry {
            Entry::Numbers(epoch, numbers) => Some((*epoch, *numbers)),
            _ => None,
        }),
    )?;
    adding.commit()
}

/// Tells a device what is here of that which it waits for, and what HQ says.
fn answer(hub: &Hub, device: &Device, stick: &Path) -> Result<()> {
    let receipts: BTreeMap<u32, Vec<u8>> = hub.receipts(device.author)?.into_iter().collect();
    let begin = || Writer::new(Kind::Down, device.author);
    let mut files = vec![begin()];
    for (run, _) in hub.waits(Some(device.author))? {
        let have = hub.have(run)?;
        if files.last().is_none_or(|writer| writer.len() + 512 > MOST_CONTENT) {
            files.push(begin());
        }
        let Some(writer) = files.last_mut() else { continue };
        writer.numbers(run.epoch, have.numbers.without(&have.refused));
        if let Some(receipt) = receipts.get(&run.epoch) {
            writer.receipt(receipt);
        }
    }
    for writer in files {
        write(stick, &seal(&writer.finish(&device.hop), &[Reader::Device(device.hop.clone())])?)?;
    }
    Ok(())
}
