//! The device's side: answers are read, and what waits for HQ's word is written.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use increp::seal::{ErrorKind, Record};
use increp::store::Mark;
use serde_json::json;

use super::{Found, open};
use crate::command::many;
use crate::exit::Exit;
use crate::link::file::content::{Entry, Kind, Writer};
use crate::link::file::sealed::{MOST_CONTENT, Opener, Reader, seal};
use crate::link::file::{remove, write};
use crate::store::Numbers;
use crate::store::device::Folder;

pub(super) fn run(folder: &Path, stick: &Path, as_json: bool) -> Result<Exit> {
    let mut device = Folder::open(folder)?;
    let hubs = device.hubs()?;
    if hubs.is_empty() {
        bail!("{}: the device knows no hub that it could seal a stick file for", folder.join("hubs").display());
    }
    let openers = [Opener::Device(device.hop_key().clone())];
    let mut found = open(stick, &openers)?;
    let answers = read_answers(&mut device, &mut found)?;
    let waiting = mark(&mut device, &answers.at_hub)?;
    let written = write_records(&mut device, &waiting, &hubs, stick)?;
    // What the answers said is on the disk before they are gone.
    device.sync()?;
    answers.files.iter().try_for_each(|file| remove(file))?;
    let wrong = found.refused + answers.wrong;
    let (receipts, confirmed) = (answers.receipts, answers.confirmed);
    let mut out = std::io::stdout();
    if as_json {
        let object = json!({
            "written": written, "receipts": receipts, "confirmed": confirmed, "refused": wrong, "others": found.others,
        });
        writeln!(out, "{object}")?;
    } else {
        let waiting = waiting.iter().filter(|waiting| waiting.report).count() as u64;
        writeln!(out, "{} written, {} read; HQ's word is missing for {}", many(written, "report"), many(receipts, "receipt"), many(waiting, "report"))?;
    }
    Ok(Exit::findings(wrong))
}

/// What answers said.
#[derive(Default)]
struct Answers {
    files: Vec<PathBuf>,
    at_hub: BTreeMap<u32, Numbers>,
    receipts: u64,
    /// Records that are at HQ now.
    confirmed: u64,
    wrong: u64,
}

fn read_answers(device: &mut Folder, found: &mut Found<'_>) -> Result<Answers> {
    let mut answers = Answers::default();
    for opened in std::mem::take(&mut found.opened) {
        let content = opened.content;
        if content.kind != Kind::Down || content.author != device.author() || !content.is_by(device.hop_key()) {
            found.refuse(&opened.path, &"was not made by a hub for this device");
            continue;
        }
        for entry in content.entries {
            match entry {
                Entry::Numbers(epoch, numbers) => {
                    let at_hub = answers.at_hub.entry(epoch).or_default();
                    *at_hub = numbers.iter().chain(at_hub.iter()).collect();
                }
                Entry::Receipt(receipt) => take_receipt(device, &receipt, &opened.path, &mut answers)?,
                // No hub has these to send.
                Entry::Record(_) | Entry::Hub(_) | Entry::Profile(_) => {}
            }
        }
        answers.files.push(opened.path);
    }
    Ok(answers)
}

fn take_receipt(device: &mut Folder, receipt: &[u8], path: &Path, answers: &mut Answers) -> Result<()> {
    answers.receipts += 1;
    let why = match device.confirm(receipt) {
        Ok(confirmed) => {
            answers.confirmed += u64::from(confirmed.marked);
            if confirmed.behind {
                say!("increp: HQ has reports of this device that are not here: it was put back to an older state; the next report begins a new epoch");
            }
            return Ok(());
        }
        // An older receipt, for records that were given up meanwhile.
        Err(error) if error.kind == ErrorKind::NotHere => return Ok(()),
        Err(error) if is_theirs(error.kind) => error,
        Err(error) => return Err(error).context("a receipt"),
    };
    say!("{}: a receipt is refused: {}", path.display(), why.kind);
    answers.wrong += 1;
    Ok(())
}

/// Whether the receipt is wrong, not the device.
const fn is_theirs(kind: ErrorKind) -> bool {
    use ErrorKind as Kind;
    matches!(
        kind,
        Kind::Forged | Kind::OtherAuthor | Kind::OtherBodies | Kind::OtherKind(_) | Kind::EndsEarly | Kind::LeftOver
    )
}

/// A record that HQ has sent no receipt for.
struct Waiting {
    handle: increp::store::Handle,
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

/// Writes what no hub said it has; a file without any, where HQ's word is missing for something, asks for the receipts. Gives how
/// many reports were written.
fn write_records(device: &mut Folder, waiting: &[Waiting], hubs: &[[u8; 32]], stick: &Path) -> Result<u64> {
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut waits: BTreeMap<u32, Numbers> = BTreeMap::new();
    for one in waiting {
        waits.entry(one.epoch).or_default().add(one.seq);
    }
    let begin = || {
        let mut writer = Writer::new(Kind::Up, device.author());
        waits.iter().for_each(|(epoch, numbers)| writer.numbers(*epoch, *numbers));
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
