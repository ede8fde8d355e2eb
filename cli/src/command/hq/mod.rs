//! `increp hq`: HQ, hubs and devices made known to each other.

mod enrol;
mod messages;

use std::path::Path;

use anyhow::Result;

use crate::args::{HqHub, HqInit, HqRevoke};
use crate::exit::Exit;
use crate::store::hq::Hq;
use crate::store::hub::{self, Hub};
use crate::store::now;
use crate::store::passphrase::Lock;

pub(super) use enrol::run as enrol;

pub(super) fn init(arguments: &HqInit) -> Result<Exit> {
    let name = arguments.folder.display();
    let lock = arguments.passphrase.then(|| Lock::ask(&name.to_string())).transpose()?;
    Hq::create(&arguments.folder, lock.as_ref())?;
    let how = match lock {
        Some(_) => "HQ is ready; nobody reads it without the passphrase, you neither",
        None => "HQ is ready, without a passphrase: keep the folder on an encrypted disk",
    };
    say!("{name}: {how}; keep a copy of the folder in a safe place");
    Ok(Exit::Success)
}

pub(super) fn hub(arguments: &HqHub) -> Result<Exit> {
    let mut hq = Hq::open(&arguments.hq)?;
    let new = !Hub::is_at(&arguments.hub);
    if new {
        Hub::create(&arguments.hub)?;
    }
    let mut hub = Hub::open(&arguments.hub)?;
    hq.keep_hub(&hub.public()?)?;
    let devices = bring_up_to_date(&hq, &mut hub)?;
    let what = if new { "the hub is ready" } else { "the hub is up to date" };
    say!("{}: {what}; it knows {}", arguments.hub.display(), super::many(devices, "device"));
    Ok(Exit::Success)
}

pub(super) fn revoke(arguments: &HqRevoke) -> Result<Exit> {
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
    tell(&hq, arguments.hub.iter().map(AsRef::as_ref))?;
    Ok(exit)
}

/// The devices that there are, in words.
fn known(hq: &Hq) -> Result<String> {
    let authors: Vec<String> = hq.devices()?.iter().map(|device| device.peer.author().to_string()).collect();
    Ok(if authors.is_empty() { "none was enrolled".to_owned() } else { format!("there are {}", authors.join(", ")) })
}

/// Brings some hubs up to date.
fn tell<'p>(hq: &Hq, hubs: impl Iterator<Item = &'p Path>) -> Result<()> {
    for folder in hubs {
        bring_up_to_date(hq, &mut Hub::open(folder)?)?;
    }
    Ok(())
}

/// The hub knows the devices and hubs that HQ knows; gives how many devices.
pub(super) fn bring_up_to_date(hq: &Hq, hub: &mut Hub) -> Result<u64> {
    let devices: Vec<hub::Device> = hq
        .devices()?
        .iter()
        .map(|device| hub::Device {
            author: device.peer.author(),
            hop: device.peer.hop_key().clone(),
            revoked: device.revoked.is_some(),
        })
        .collect();
    if hub.devices()? != devices {
        hub.keep_devices(&devices)?;
    }
    let hubs = hq.hubs()?;
    if hub.hubs()? != hubs {
        hub.keep_hubs(&hubs)?;
    }
    Ok(devices.len() as u64)
}
