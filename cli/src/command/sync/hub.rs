//! The hub's side: records are kept, and what the hub has is written for the way back, with HQ's receipts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use increp::seal::HEAD;
use serde_json::json;

use super::{Found, open};
use crate::command::{many, now};
use crate::exit::Exit;
use crate::link::file::content::{Content, Entry, Kind, Writer};
use crate::link::file::sealed::{MOST_CONTENT, Opener, Reader, seal};
use crate::link::file::{remove, write};
use crate::store::hub::{Added, Device, Hub, Run};

pub(super) fn run(folder: &Path, stick: &Path, as_json: bool) -> Result<Exit> {
    let mut hub = Hub::open(folder)?;
    let devices: BTreeMap<u32, Device> = hub.devices()?.into_iter().map(|device| (device.author, device)).collect();
    let mut openers = vec![Opener::Hub(hub.key().clone())];
    openers.extend(devices.values().map(|device| Opener::Device(device.hop.clone())));
    let mut found = open(stick, &openers)?;
    let mut read = Read::default();
    for opened in std::mem::take(&mut found.opened) {
        let by_hub = matches!(opened.by, Opener::Hub(_));
        take(&mut hub, &devices, &opened.path, opened.content, by_hub, &mut found, &mut read)?;
    }
    let mut answered = 0;
    for device in read.authors.iter().filter_map(|author| devices.get(author)).filter(|device| !device.revoked) {
        answer(&hub, device, stick)?;
        answered += 1;
    }
    read.old_answers.iter().try_for_each(|file| remove(file))?;
    let wrong = found.refused;
    let Added { new, known, forks } = read.added;
    let mut out = std::io::stdout();
    if as_json {
        let object = json!({
            "files": read.files, "new": new, "known": known, "forks": forks, "answered": answered, "refused": wrong, "others": found.others,
        });
        writeln!(out, "{object}")?;
    } else {
        let (files, new) = (many(read.files, "file"), many(new, "new record"));
        writeln!(out, "{files} read: {new}, {known} known; {} answered", many(answered, "device"))?;
        if forks > 0 {
            say!("increp: {} came under a number that has another body: both are kept, and HQ will tell which is true", many(forks, "record"));
        }
    }
    Ok(Exit::findings(wrong))
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
    devices: &BTreeMap<u32, Device>,
    path: &Path,
    content: Content,
    by_hub: bool,
    found: &mut Found<'_>,
    read: &mut Read,
) -> Result<()> {
    let author = content.author;
    let Some(device) = devices.get(&author) else {
        found.refuse(path, &format!("is of device {author}, which this hub does not know: increp hq hub brings it up to date"));
        return Ok(());
    };
    if !content.is_by(&device.hop) {
        found.refuse(path, &format!("says it is of device {author}, and is not"));
        return Ok(());
    }
    match (content.kind, by_hub) {
        (Kind::Up, true) => {}
        (Kind::Down, false) => {
            // For the device, by a hub.
            read.authors.insert(author);
            read.old_answers.push(path.to_owned());
            return Ok(());
        }
        _ => {
            found.refuse(path, &"is not for hubs");
            return Ok(());
        }
    }
    let added = keep(hub, author, &content.entries)?;
    // The records are on the disk: now the file may go.
    remove(path)?;
    read.files += 1;
    read.authors.insert(author);
    read.added.new += added.new;
    read.added.known += added.known;
    read.added.forks += added.forks;
    Ok(())
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
