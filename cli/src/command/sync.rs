//! `increp sync`: sealed reports from a device to a hub, and receipts back.

use std::io::Write as _;
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::many;
use crate::args::Sync;
use crate::exit::Exit;
use crate::link::Link;
use crate::link::file::hub::Also;
use crate::link::file::{self, Left};
use crate::store::device::Folder;
use crate::store::hub::{Added, Hub};

pub(super) fn run(arguments: &Sync) -> Result<Exit> {
    let Link::File(stick) = &arguments.link;
    match (&arguments.device, &arguments.hub) {
        (Some(folder), _) => device(folder, stick, arguments.json),
        (None, Some(folder)) => hub(folder, stick, Also { hubs: arguments.to_hubs, devices: arguments.to_devices }, arguments.json),
        (None, None) => Ok(Exit::Usage),
    }
}

fn device(folder: &Path, stick: &Path, as_json: bool) -> Result<Exit> {
    let file::device::Outcome { written, receipts, confirmed, waiting, wrong, hubs, left } =
        file::device::sync(&mut Folder::open(folder)?, stick)?;
    let Left { others, refused, waiting: unread } = left;
    let mut out = std::io::stdout();
    if as_json {
        let object = json!({
            "written": written, "receipts": receipts, "confirmed": confirmed, "waiting": waiting, "new_hubs": hubs, "others": others,
            "refused": refused, "unread": unread, "wrong_receipts": wrong,
        });
        writeln!(out, "{object}")?;
    } else {
        let (written, receipts) = (many(written, "report"), many(receipts, "receipt"));
        writeln!(out, "{written} written, {receipts} read; {} without HQ's word", many(waiting, "report"))?;
    }
    if hubs > 0 {
        say!("increp: the device seals for {} more from now on", many(hubs, "hub"));
    }
    Ok(Exit::findings(refused + unread + wrong))
}

fn hub(folder: &Path, stick: &Path, also: Also, as_json: bool) -> Result<Exit> {
    let file::hub::Outcome { files, added, answered, hubs, passed, left } = file::hub::sync(&mut Hub::open(folder)?, stick, also)?;
    let (Added { new, known, forks }, Left { others, refused, waiting }) = (added, left);
    let mut out = std::io::stdout();
    if as_json {
        let object = json!({
            "files": files, "new": new, "known": known, "forks": forks, "answered": answered, "hubs": hubs, "passed": passed,
            "others": others, "refused": refused, "unread": waiting,
        });
        writeln!(out, "{object}")?;
    } else {
        let (files, new, answered) = (many(files, "file"), many(new, "new record"), many(answered, "device"));
        write!(out, "{files} read: {new}, {known} known; {answered} answered")?;
        if hubs > 0 {
            write!(out, "; {} for {}", many(passed, "record"), many(hubs, "hub"))?;
        }
        writeln!(out)?;
    }
    if also.hubs && hubs == 0 {
        say!("increp: the hub knows no other one: increp hq hub makes hubs, and brings them up to date");
    }
    if forks > 0 {
        say!(
            "increp: {} under a number that has another body: both are kept, and HQ will tell which is true",
            many(forks, "record")
        );
    }
    Ok(Exit::findings(refused + waiting))
}
