//! `increp sync`: sealed reports from a device to a hub, and receipts back.

use std::io::Write as _;
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::many;
use crate::args::Sync;
use crate::exit::Exit;
use crate::link::Link;
use crate::link::file;
use crate::store::device::Folder;
use crate::store::hub::{Added, Hub};

pub(super) fn run(arguments: &Sync) -> Result<Exit> {
    let Link::File(stick) = &arguments.link;
    match (&arguments.device, &arguments.hub) {
        (Some(folder), _) => device(folder, stick, arguments.json),
        (None, Some(folder)) => hub(folder, stick, arguments.json),
        (None, None) => Ok(Exit::Usage),
    }
}

fn device(folder: &Path, stick: &Path, as_json: bool) -> Result<Exit> {
    let file::device::Outcome { written, receipts, confirmed, waiting, others, refused } =
        file::device::sync(&mut Folder::open(folder)?, stick)?;
    let mut out = std::io::stdout();
    if as_json {
        let object = json!({
            "written": written, "receipts": receipts, "confirmed": confirmed, "waiting": waiting, "others": others, "refused": refused,
        });
        writeln!(out, "{object}")?;
    } else {
        let (written, receipts) = (many(written, "report"), many(receipts, "receipt"));
        writeln!(out, "{written} written, {receipts} read; {} without HQ's word", many(waiting, "report"))?;
    }
    Ok(Exit::findings(refused))
}

fn hub(folder: &Path, stick: &Path, as_json: bool) -> Result<Exit> {
    let file::hub::Outcome { files, added, answered, others, refused } = file::hub::sync(&mut Hub::open(folder)?, stick)?;
    let Added { new, known, forks } = added;
    let mut out = std::io::stdout();
    if as_json {
        let object = json!({
            "files": files, "new": new, "known": known, "forks": forks, "answered": answered, "others": others, "refused": refused,
        });
        writeln!(out, "{object}")?;
    } else {
        let (files, new, answered) = (many(files, "file"), many(new, "new record"), many(answered, "device"));
        writeln!(out, "{files} read: {new}, {known} known; {answered} answered")?;
    }
    if forks > 0 {
        say!(
            "increp: {} under a number that has another body: both are kept, and HQ will tell which is true",
            many(forks, "record")
        );
    }
    Ok(Exit::findings(refused))
}
