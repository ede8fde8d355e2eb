//! `increp sync`: sealed reports from a device to a hub, and receipts back.

use std::io::Write as _;
use std::path::Path;
#[cfg(unix)]
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::{heard, many};
use crate::args::Sync;
use crate::exit::Exit;
use crate::files::standard_output;
#[cfg(unix)]
use crate::link;
use crate::link::Link;
use crate::link::file::hub::Also;
use crate::link::file::{self, Left};
#[cfg(unix)]
use crate::link::framed::Framed;
#[cfg(unix)]
use crate::link::pass::Passed;
use crate::store::device::Folder;
use crate::store::hub::{Added, Hub};

pub(super) fn run(arguments: &Sync) -> Result<Exit> {
    if (arguments.to_hubs || arguments.to_devices) && (arguments.hub.is_none() || !matches!(arguments.link, Link::File(_))) {
        say!("increp: --to-hubs and --to-devices say what a hub writes on a stick: expected --hub DIR and file:FOLDER");
        return Ok(Exit::Usage);
    }
    match (&arguments.device, &arguments.hub, &arguments.link) {
        (Some(folder), _, Link::File(stick)) => device(folder, stick, arguments.json),
        (None, Some(folder), Link::File(stick)) => {
            hub(folder, stick, Also { hubs: arguments.to_hubs, devices: arguments.to_devices }, arguments.json)
        }
        #[cfg(unix)]
        (Some(folder), _, Link::Framed(link)) => device_over(folder, link, arguments),
        #[cfg(unix)]
        (None, Some(folder), Link::Framed(link)) => hub_over(folder, link, arguments),
        #[cfg(not(unix))]
        (_, _, Link::Framed(link)) => anyhow::bail!("{link}: this system has no links but file:"),
        _ => Ok(Exit::Usage),
    }
}

#[cfg(unix)]
fn device_over(folder: &Path, link: &Framed, arguments: &Sync) -> Result<Exit> {
    let longest = arguments.timeout.map(|seconds| Duration::from_secs(seconds.into()));
    let mut device = Folder::open(folder)?;
    let outcome = link::device::sync(&mut device, link, longest)?;
    let wiped = heard::wipe(device, &outcome.heard)?;
    let link::device::Outcome { answered, frames, receipts, confirmed, refused, forked, waiting, at_hub, heard } = outcome;
    let mut out = standard_output();
    if arguments.json {
        let object = json!({
            "answered": answered, "frames": frames, "receipts": receipts, "confirmed": confirmed, "wrong_receipts": refused,
            "forked": forked, "waiting": waiting, "at_hub": at_hub, "messages": heard::json(&heard),
        });
        writeln!(out, "{object}")?;
        heard.iter().for_each(heard::tell_rest);
    } else {
        write!(out, "{} read; {} without HQ's word", many(receipts, "receipt"), many(waiting, "report"))?;
        writeln!(out, "{}", if waiting > 0 { format!(", {at_hub} of them at a hub") } else { String::new() })?;
        heard::tell(&heard)?;
    }
    if wiped {
        return Ok(Exit::Findings);
    }
    if forked > 0 {
        say!(
            "increp: the hub has other reports under this device's numbers: the device was copied; both are kept, and HQ will tell"
        );
    }
    if !answered {
        say!(
            "increp: {link}: nobody answered, or not up to the end: the hub is not there, or does not know this device; try again later"
        );
        return Ok(Exit::Link);
    }
    if at_hub < waiting && link.terms.one_way == 0 {
        say!("increp: {link}: a hub answered, but not all came through: give mtu= as the hub has it, or try again later");
        return Ok(Exit::Link);
    }
    Ok(Exit::findings(refused + forked + heard::not_kept(&heard)))
}

#[cfg(unix)]
fn hub_over(folder: &Path, link: &Framed, arguments: &Sync) -> Result<Exit> {
    let longest = arguments.timeout.map(|seconds| Duration::from_secs(seconds.into()));
    let outcome = link::hub::sync(&mut Hub::open(folder)?, folder, link, longest)?;
    let link::hub::Outcome { passed: Passed { offered, there, receipts, .. }, added: Added { new, known, forks }, answered } =
        outcome;
    let mut out = standard_output();
    if arguments.json {
        let object = json!({
            "answered": answered, "offered": offered, "there": there, "receipts": receipts, "new": new, "known": known, "forks": forks,
        });
        writeln!(out, "{object}")?;
    } else {
        let (there, new, receipts) = (many(there, "record"), many(new, "new record"), many(receipts, "new receipt"));
        writeln!(out, "{there} of {offered} at the other hub; {new} and {receipts} from it")?;
    }
    tell_forks(forks);
    if !answered {
        say!("increp: {link}: no other hub answered, or not up to the end; try again later");
        return Ok(Exit::Link);
    }
    Ok(Exit::Success)
}

fn device(folder: &Path, stick: &Path, as_json: bool) -> Result<Exit> {
    let mut device = Folder::open(folder)?;
    let outcome = file::device::sync(&mut device, stick)?;
    let wiped = heard::wipe(device, &outcome.heard)?;
    let file::device::Outcome { written, receipts, confirmed, waiting, wrong, hubs, heard, left, failed } = outcome;
    let Left { others, refused, waiting: unread } = left;
    let mut out = standard_output();
    if as_json {
        let object = json!({
            "written": written, "receipts": receipts, "confirmed": confirmed, "waiting": waiting, "new_hubs": hubs, "others": others,
            "refused": refused, "unread": unread, "wrong_receipts": wrong, "messages": heard::json(&heard),
        });
        writeln!(out, "{object}")?;
        heard.iter().for_each(heard::tell_rest);
    } else {
        let (written, receipts) = (many(written, "report"), many(receipts, "receipt"));
        writeln!(out, "{written} written, {receipts} read; {} without HQ's word", many(waiting, "report"))?;
        heard::tell(&heard)?;
    }
    if wiped {
        return Ok(Exit::Findings);
    }
    if hubs > 0 {
        say!("increp: the device seals for {} more from now on", many(hubs, "hub"));
    }
    if let Some(error) = failed {
        return Err(error);
    }
    Ok(Exit::findings(refused + unread + wrong + heard::not_kept(&heard)))
}

fn hub(folder: &Path, stick: &Path, also: Also, as_json: bool) -> Result<Exit> {
    let file::hub::Outcome { files, added, answered, hubs, passed, left } = file::hub::sync(&mut Hub::open(folder)?, stick, also)?;
    let (Added { new, known, forks }, Left { others, refused, waiting }) = (added, left);
    let mut out = standard_output();
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
    tell_forks(forks);
    Ok(Exit::findings(refused + waiting))
}

/// Says that there is more than one body under a number.
pub(super) fn tell_forks(forks: u64) {
    if forks > 0 {
        say!(
            "increp: {} under a number that has another body: both are kept, and HQ will tell which is true",
            many(forks, "record")
        );
    }
}
