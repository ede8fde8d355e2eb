//! The device's side of a stick: answers are read, and what waits for HQ's word is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use increp::seal::{ErrorKind, Record};
use increp::store::{Handle, Mark};

use super::content::{Content, Entry, Kind, Writer};
use super::sealed::{MOST_CONTENT, Opener, Reader, seal};
use super::{Left, Why, each, remove, write};
use crate::link::messages;
use crate::link::receipt::{self, Taken};
use crate::store::Numbers;
use crate::store::device::{Folder, Heard};

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Reports that were written to the stick.
    pub written: u64,
    /// Receipts that were read.
    pub receipts: u64,
    /// Records that they were for, and that HQ has.
    pub confirmed: u64,
    /// Reports without HQ's word.
    pub waiting: u64,
    /// Receipts that are not as they should be; they were named on standard error.
    pub wrong: u64,
    /// Hubs that the device did not know.
    pub hubs: u64,
    /// What HQ said, in its order.
    pub heard: Vec<Heard>,
    /// Stick files that were not taken.
    pub left: Left,
    /// Why nothing was written, or not all, if so; what was heard is heard.
    pub failed: Option<anyhow::Error>,
}

/// Reads what hubs answered, and writes what no hub there says it has and HQ has sent no receipt for.
///
/// # Errors
/// The stick cannot be read, or the device's files cannot be read or written; what was saved stays so. Where the stick cannot be written,
/// [`Outcome::failed`] says so.
pub fn sync(device: &mut Folder, stick: &Path) -> Result<Outcome> {
    let openers = [Opener::Device(device.hop_key().clone())];
    let mut answers = Answers::default();
    let left = each(stick, &openers, &mut |path, content, _| read_answer(device, path, content, &mut answers))?;
    let heard = messages::hear(device, std::mem::take(&mut answers.messages));
    if heard.contains(&Heard::Wipe) {
        // Nothing is left to write with.
        answers.files.iter().try_for_each(|file| remove(file))?;
        return Ok(Outcome { receipts: answers.receipts, confirmed: answers.confirmed, heard, left, ..Outcome::default() });
    }
    // An answer may have told of further ones.
    let hubs = device.hubs()?;
    if hubs.is_empty() {
        bail!("the device knows no hub that it could seal a stick file for");
    }
    answers.at_hub.retain(|epoch, _| !answers.other_bodies.contains(epoch));
    let waiting = mark(device, &answers.at_hub)?;
    let (written, failed) = match write_records(device, &waiting, &hubs, stick, !heard.is_empty()) {
        Ok(written) => (written, None),
        Err(error) => (0, Some(error)),
    };
    // What the answers said is on the disk before they are gone.
    device.sync()?;
    let failed = failed.or_else(|| {
        let done = if heard.contains(&Heard::NotKept) { &[][..] } else { &answers.files };
        done.iter().try_for_each(|file| remove(file)).err()
    });
    Ok(Outcome {
        failed,
        written,
        receipts: answers.receipts,
        confirmed: answers.confirmed,
        waiting: waiting.iter().filter(|waiting| waiting.report).count() as u64,
        wrong: answers.wrong,
        hubs: answers.hubs,
        heard,
        left,
    })
}

/// What answers said.
#[derive(Default)]
struct Answers {
    files: Vec<PathBuf>,
    at_hub: BTreeMap<u32, Numbers>,
    /// Epochs of which HQ has other bodies than the device: what hubs say of their numbers says nothing of its own.
    other_bodies: BTreeSet<u32>,
    hubs: u64,
    /// HQ's messages, by their numbers.
    messages: BTreeMap<u32, Vec<Vec<u8>>>,
    receipts: u64,
    /// Records that are at HQ now.
    confirmed: u64,
    wrong: u64,
}

fn read_answer(device: &mut Folder, path: &Path, content: Content, answers: &mut Answers) -> Result<Result<(), Why>> {
    if content.kind != Kind::Down || content.author != device.author() || !content.is_by(device.hop_key()) {
        return Ok(Err(Why::Bad("was not made by a hub for this device".to_owned())));
    }
    for entry in content.entries {
        match entry {
            Entry::Numbers(epoch, numbers) => {
                let at_hub = answers.at_hub.entry(epoch).or_default();
                *at_hub = numbers.iter().chain(at_hub.iter()).collect();
            }
            Entry::Receipt(receipt) => take_receipt(device, &receipt, path, answers)?,
            Entry::Hub(hub) => answers.hubs += device.keep_hubs(&[hub])? as u64,
            Entry::Message(number, message) => answers.messages.entry(number).or_default().push(message),
            // No hub has the others to send.
            _ => {}
        }
    }
    answers.files.push(path.to_owned());
    Ok(Ok(()))
}

fn take_receipt(device: &mut Folder, receipt: &[u8], path: &Path, answers: &mut Answers) -> Result<()> {
    answers.receipts += 1;
    match receipt::take(device, receipt)? {
        Taken::Confirmed(marked) => answers.confirmed += u64::from(marked),
        Taken::Old => {}
        Taken::Refused(kind) => {
            if let (ErrorKind::OtherBodies, Some(epoch)) = (kind, receipt::epoch_of(receipt)) {
                answers.other_bodies.insert(epoch);
            }
            say!("{}: a receipt is refused: {kind}", path.display());
            answers.wrong += 1;
        }
    }
    Ok(())
}

/// A record that HQ has sent no receipt for.
struct Waiting {
    handle: Handle,
    epoch: u32,
    seq: u8,
    bytes: Vec<u8>,
    /// Not the beginning of an epoch, nor a number whose report was lost.
    report: bool,
    /// A hub says that it has it.
    at_hub: bool,
}

/// Marks what a hub has; gives what HQ has sent no receipt for.
fn mark(device: &mut Folder, at_hub: &BTreeMap<u32, Numbers>) -> Result<Vec<Waiting>> {
    let (mut after, mut waiting) = (None, Vec::new());
    while let Some(kept) = device.next(after)? {
        after = Some(kept.handle);
        let record = Record::parse(&kept.bytes).context("the journal")?;
        if kept.mark == Mark::AtHq {
            continue;
        }
        let there = at_hub.get(&record.epoch).is_some_and(|numbers| numbers.has(record.seq));
        if there {
            device.mark(kept.handle, Mark::AtHub)?;
        }
        let (epoch, seq, report) = (record.epoch, record.seq, record.seq != 0 && !record.body.is_empty());
        waiting.push(Waiting { handle: kept.handle, epoch, seq, bytes: kept.bytes, report, at_hub: there });
    }
    Ok(waiting)
}

/// Writes what no hub said it has; a file without any, where HQ's word is missing for something, asks for the receipts, and so does one after
/// HQ's messages, which says that they were heard. Gives how many reports were written.
fn write_records(device: &mut Folder, waiting: &[Waiting], hubs: &[[u8; 32]], stick: &Path, has_heard: bool) -> Result<u64> {
    if waiting.is_empty() && !has_heard {
        return Ok(0);
    }
    let mut waits: BTreeMap<u32, Numbers> = BTreeMap::new();
    for one in waiting {
        waits.entry(one.epoch).or_default().add(one.seq);
    }
    let begin = || {
        let mut writer = Writer::new(Kind::Up, device.author());
        waits.iter().for_each(|(epoch, numbers)| writer.numbers(*epoch, numbers));
        writer.next(device.next_down());
        writer
    };
    let mut files = vec![begin()];
    let missing: Vec<&Waiting> = waiting.iter().filter(|one| !one.at_hub).collect();
    for one in &missing {
        let full = files.last().is_none_or(|writer| writer.len() + one.bytes.len() > MOST_CONTENT);
        if full {
            files.push(begin());
        }
        if let Some(writer) = files.last_mut() {
            writer.record(&one.bytes);
        }
    }
    let readers: Vec<Reader> = hubs.iter().map(|hub| Reader::Hub(*hub)).collect();
    for writer in files {
        write(stick, &seal(&writer.finish(device.hop_key()), &readers)?)?;
    }
    for one in &missing {
        device.mark(one.handle, Mark::Sent)?;
    }
    Ok(missing.iter().filter(|one| one.report).count() as u64)
}
