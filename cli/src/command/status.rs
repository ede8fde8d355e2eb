//! `increp status`: how far reports came.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use increp::model::Stamp;
use increp::seal::Record;
use increp::store::Mark;
use serde_json::json;

use super::many;
use crate::args::Status;
use crate::exit::Exit;
use crate::files::standard_output;
use crate::hex::hex;
use crate::in_one_line;
use crate::store::device::{Folder, Said};
use crate::store::hq::{self, Hq, Which};
use crate::store::hub::{Have, Hub, Run};
use crate::store::now;

pub(super) fn run(arguments: &Status) -> Result<Exit> {
    match (&arguments.device, &arguments.hub, &arguments.hq) {
        (Some(folder), _, _) => device(folder, arguments),
        (None, Some(folder), _) => hub(folder, arguments.json),
        (None, None, Some(folder)) => hq(folder, arguments.json),
        (None, None, None) => Ok(Exit::Usage),
    }
}

/// How far a report came, in the order of the marks.
const STATES: [(Mark, &str, &str); 4] = [
    (Mark::Saved, "saved", "on this disk, sealed; nowhere else yet"),
    (Mark::Sent, "sent", "sent, or written to a stick; nobody says that it arrived"),
    (Mark::AtHub, "at hub", "a hub says that it has it"),
    (Mark::AtHq, "at HQ", "HQ has opened it; given up here when the room is needed"),
];

fn device(folder: &Path, arguments: &Status) -> Result<Exit> {
    let Status { each, json: as_json, done, .. } = *arguments;
    let mut device = Folder::open(folder)?;
    let (mut after, mut sums, mut voids, mut reports) = (None, [0_u64; STATES.len()], 0_u64, Vec::new());
    while let Some(kept) = device.next(after)? {
        after = Some(kept.handle);
        let record = Record::parse(&kept.bytes).context("the journal")?;
        match (record.seq, record.body.is_empty()) {
            (0, _) => {}
            (_, true) => voids += 1,
            _ => {
                if let Some(((_, state, _), sum)) = STATES.iter().zip(&mut sums).find(|((mark, ..), _)| *mark == kept.mark) {
                    *sum += 1;
                    reports.push((record.id(device.author()).to_string(), *state));
                }
            }
        }
    }
    let status = device.status();
    // What is gone was confirmed, and is a loss; a void was not.
    let (lost, free) = (u64::from(status.lost), status.free);
    let messages = match device.said_at(Stamp::new(now())) {
        // What is damaged is done with too.
        Err(error) if done => {
            say!("increp: {error:#}");
            Vec::new()
        }
        messages => messages?,
    };
    if done {
        device.forget()?;
    }
    let mut out = standard_output();
    if as_json {
        let [saved, sent, at_hub, at_hq] = sums;
        let mut object = json!({
            "device": device.author(), "saved": saved, "sent": sent, "at_hub": at_hub, "at_hq": at_hq, "voids": voids,
            "lost": lost, "damaged_pages": status.damaged_pages, "free": free,
            "messages": messages.iter().map(Said::json).collect::<Vec<_>>(),
        });
        if each {
            let reports = reports.iter().map(|(id, state)| json!({ "id": id, "state": state.to_lowercase().replace(' ', "_") }));
            object["reports"] = reports.collect();
        }
        writeln!(out, "{object}")?;
    } else {
        writeln!(out, "device {}", device.author())?;
        for ((_, state, what), sum) in STATES.iter().zip(sums) {
            writeln!(out, "{state:6} {sum:>8}  {what}")?;
        }
        if each {
            reports.iter().try_for_each(|(id, state)| writeln!(out, "{state:6} {id}"))?;
        }
        messages.iter().try_for_each(|said| writeln!(out, "{said}"))?;
        if lost > 0 || status.damaged_pages > 0 {
            say!(
                "increp: {} that were saved cannot be read, and {} are damaged",
                many(lost, "record"),
                many(status.damaged_pages.into(), "page")
            );
        }
    }
    Ok(Exit::findings(lost + u64::from(status.damaged_pages)))
}

fn hub(folder: &Path, as_json: bool) -> Result<Exit> {
    let hub = Hub::open(folder)?;
    let (devices, epochs, records) = (hub.devices()?.len() as u64, hub.epochs(None)?, hub.many()?);
    let forked: u64 = epochs.iter().map(|(_, have)| u64::from(have.forked.many())).sum();
    let hubs = hub.hubs()?.len();
    let mut out = standard_output();
    if as_json {
        writeln!(
            out,
            "{}",
            json!({ "devices": devices, "hubs": hubs, "epochs": epochs.len(), "records": records, "forked": forked })
        )?;
    } else {
        writeln!(out, "{}, {} of {}", many(devices, "device"), many(records, "record"), many(epochs.len() as u64, "epoch"))?;
        if forked > 0 {
            writeln!(out, "{} with more than one body: {}", many(forked, "number"), forks(&epochs))?;
        }
    }
    Ok(Exit::Success)
}

/// The numbers with more than one body.
fn forks(epochs: &[(Run, Have)]) -> String {
    let numbers = |(run, have): &(Run, Have)| {
        let Run { author, epoch } = *run;
        have.forked.iter().map(move |seq| format!("{author}-{epoch:x}-{seq}")).collect::<Vec<_>>()
    };
    epochs.iter().flat_map(numbers).collect::<Vec<_>>().join(", ")
}

fn hq(folder: &Path, as_json: bool) -> Result<Exit> {
    let hq = Hq::open(folder)?;
    let devices = hq.devices()?;
    let revoked: Vec<u32> = devices.iter().filter(|device| device.revoked.is_some()).map(|device| device.peer.author()).collect();
    let (reports, left) = (hq.many(Which { printed: true, revoked: true })?, hq.many(Which { printed: false, revoked: true })?);
    let held = left - hq.many(Which { printed: false, revoked: false })?;
    let (doubled, unread) = (hq.doubled()?, hq.unread()?);
    let unheard = |device: &hq::Device| device.peer.next_down().saturating_sub(device.heard);
    let unheard: u64 = devices.iter().filter(|device| device.revoked.is_none()).map(|device| u64::from(unheard(device))).sum();
    let all_hubs = hq.all_hubs()?;
    let mut out = standard_output();
    if as_json {
        let authors: Vec<u32> = devices.iter().map(|device| device.peer.author()).collect();
        let object = json!({ "devices": authors, "revoked": revoked, "hubs": hq.hubs()?.len(), "reports": reports, "not_printed": left, "of_revoked": held,
                "doubled": doubled, "undecoded": unread, "unheard": unheard,
                "hub_keys": all_hubs.iter().map(|hub| json!({ "name": hub.name, "key": hex(&hub.public),
                    "revoked": hub.revoked.is_some() })).collect::<Vec<_>>() });
        writeln!(out, "{object}")?;
    } else {
        let (devices, hubs) = (many(devices.len() as u64, "device"), many(hq.hubs()?.len() as u64, "hub"));
        writeln!(out, "{devices}, {} of them revoked; {hubs}", revoked.len())?;
        write!(out, "{} in the archive, {left} not printed yet", many(reports, "report"))?;
        if held > 0 {
            write!(out, ", {held} of them of revoked devices: increp unseal --revoked")?;
        }
        writeln!(out)?;
        for hub in &all_hubs {
            let revoked = if hub.revoked.is_some() { ", revoked" } else { "" };
            writeln!(out, "hub {} {:.16}{revoked}", in_one_line(&hub.name), hex(&hub.public))?;
        }
        if unheard > 0 {
            writeln!(out, "{} that devices have not heard, as far as hubs say", many(unheard, "message"))?;
        }
        if unread > 0 {
            writeln!(out, "{} kept until the profile is known: increp unseal --profile", many(unread, "report"))?;
        }
        if doubled > 0 {
            writeln!(out, "{} with more than one report: the device was copied", many(doubled, "number"))?;
        }
    }
    Ok(Exit::Success)
}
