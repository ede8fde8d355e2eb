//! `increp hq alert`, `task`, `time` and `rekey`: what HQ says to devices. It goes to them by the hubs, and a hub cannot read it.

use anyhow::Result;
use increp::model::Stamp;
use increp::seal::{MAX_SAID, Message, Notice, TIMES};

use super::{known, tell};
use crate::args::{HqRekey, HqSay, HqTime, To};
use crate::command::many;
use crate::exit::Exit;
use crate::store::hq::Hq;
use crate::store::now;

pub(in crate::command) fn rekey(arguments: &HqRekey) -> Result<Exit> {
    let mut hq = Hq::open(&arguments.hq)?;
    // The key is on the disk before anybody seals for it.
    hq.renew(&arguments.hq)?;
    let public = *hq.key().public();
    let told = say_to(&mut hq, &[], &Message::HqKey(public))?;
    say!("HQ has a new key: {} will seal for it; make a new copy of the folder", many(told, "device"));
    tell(&mut hq, arguments.hub.iter().map(AsRef::as_ref))?;
    Ok(Exit::Success)
}

pub(in crate::command) fn alert(arguments: &HqSay) -> Result<Exit> {
    notice(arguments, Message::Alert)
}

pub(in crate::command) fn task(arguments: &HqSay) -> Result<Exit> {
    notice(arguments, Message::Task)
}

fn notice<'a>(arguments: &'a HqSay, message: fn(Notice<'a>) -> Message<'a>) -> Result<Exit> {
    let now = now();
    let until = arguments.until.as_ref().map(|until| until.after(now));
    if until.is_some_and(|until| until.seconds() <= now) {
        say!("increp: --until is over already: nobody would be shown it");
        return Ok(Exit::Usage);
    }
    if arguments.text.trim().is_empty() {
        say!("increp: expected a text, found nothing but spaces: nothing was said");
        return Ok(Exit::Usage);
    }
    if arguments.text.len() > MAX_SAID - TIMES || arguments.text.contains('\0') {
        let found = arguments.text.len();
        say!("increp: expected a text of at most {} bytes, without a byte 0, found {found} bytes", MAX_SAID - TIMES);
        return Ok(Exit::Usage);
    }
    send(&arguments.to, &message(Notice { text: &arguments.text, said: Some(Stamp::new(now)), until }))
}

pub(in crate::command) fn time(arguments: &HqTime) -> Result<Exit> {
    send(&arguments.to, &Message::Time(Stamp::new(now())))
}

/// Says something to some devices, or to all, and tells hubs.
fn send(to: &To, message: &Message<'_>) -> Result<Exit> {
    let mut hq = Hq::open(&to.hq)?;
    let unknown = unknown(&hq, &to.to)?;
    if !unknown.is_empty() {
        say!("increp: there is no device {}, or it was revoked: {}; nothing was said", unknown.join(", "), known(&hq)?);
        return Ok(Exit::Findings);
    }
    let told = say_to(&mut hq, &to.to, message)?;
    say!("said to {}: it goes to them by the hubs", many(told, "device"));
    tell(&mut hq, to.hub.iter().map(AsRef::as_ref))?;
    Ok(Exit::Success)
}

/// Those of some devices that there are not, or no longer.
fn unknown(hq: &Hq, authors: &[u32]) -> Result<Vec<String>> {
    let devices = hq.devices()?;
    let is_there = |author: u32| devices.iter().any(|device| device.peer.author() == author && device.revoked.is_none());
    Ok(authors.iter().filter(|author| !is_there(**author)).map(u32::to_string).collect())
}

/// Says something to these devices, or to all that HQ trusts if there are none; gives how many that are.
fn say_to(hq: &mut Hq, authors: &[u32], message: &Message<'_>) -> Result<u64> {
    let mut told = 0;
    for device in hq.devices()?.iter().filter(|device| device.revoked.is_none()) {
        let author = device.peer.author();
        if authors.is_empty() || authors.contains(&author) {
            hq.say(author, message, now())?;
            told += 1;
        }
    }
    Ok(told)
}
