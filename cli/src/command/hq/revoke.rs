//! `increp hq revoke` and `increp hq revoke-hub`: whom HQ no longer trusts.

use anyhow::Result;
use increp::seal::{Message, Secret};

use super::{known, tell};
use crate::args::{HqRevoke, HqRevokeHub};
use crate::command::many;
use crate::exit::Exit;
use crate::hex::hex;
use crate::store::hq::{self, Hq};
use crate::store::{now, random};

pub(in crate::command) fn device(arguments: &HqRevoke) -> Result<Exit> {
    let mut hq = Hq::open(&arguments.hq)?;
    let author = arguments.author;
    let exit = match hq.revoke(author, now())? {
        Some(true) => {
            say!("device {author} is revoked: what it seals is no longer printed");
            Exit::Success
        }
        Some(false) => {
            say!("device {author} was revoked before");
            Exit::Success
        }
        None => {
            say!("increp: there is no device {author}: {}", known(&hq)?);
            Exit::Findings
        }
    };
    if arguments.wipe && exit == Exit::Success && !hq.devices()?.iter().any(|device| device.peer.author() == author && device.wiped)
    {
        hq.say(author, &Message::Wipe, now())?;
        say!("it is told to erase its keys, should it come to a hub");
    }
    tell(&mut hq, arguments.hub.iter().map(AsRef::as_ref))?;
    Ok(exit)
}

pub(in crate::command) fn hub(arguments: &HqRevokeHub) -> Result<Exit> {
    let mut hq = Hq::open(&arguments.hq)?;
    let all = hq.all_hubs()?;
    let wanted = arguments.hub_name.as_str();
    let is_key = |hub: &hq::Hub| wanted.len() >= 8 && hex(&hub.public).starts_with(wanted);
    let found: Vec<&hq::Hub> = all.iter().filter(|hub| hub.name == wanted || is_key(hub)).collect();
    let [hub] = found[..] else {
        let what = if found.is_empty() { "there is no hub" } else { "there is more than one hub" };
        let list: Vec<String> = all.iter().map(|hub| format!("{} {:.8}", hub.name, hex(&hub.public))).collect();
        say!("increp: {what} {wanted}: expected a name, or the beginning of a key, of: {}", list.join(", "));
        return Ok(Exit::Findings);
    };
    let (hub, left) = (hub.public, hq.hubs()?.iter().filter(|other| **other != hub.public).count());
    if left == 0 && arguments.hub.is_empty() {
        say!("increp: it is the only hub: make another one first, or the devices could be told by nobody: increp hq hub");
        return Ok(Exit::Findings);
    }
    let is_new = hq.revoke_hub(&hub, now())?;
    let mut told = 0;
    for device in hq.devices()?.iter().filter(|device| is_new && device.revoked.is_none()) {
        let key = Secret::new(random()?);
        hq.say(device.peer.author(), &Message::HopKey { key, revoked: Some(hub) }, now())?;
        told += 1;
    }
    if is_new {
        say!(
            "hub {wanted} is revoked: {} will get another key for hubs; bring all other hubs up to date with increp hq hub",
            many(told, "device")
        );
    } else {
        say!("hub {wanted} was revoked before");
    }
    tell(&mut hq, arguments.hub.iter().map(AsRef::as_ref))?;
    Ok(Exit::Success)
}
