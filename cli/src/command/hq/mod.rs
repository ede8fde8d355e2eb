//! `increp hq`: HQ, hubs and devices made known to each other.

mod enrol;
mod messages;
mod revoke;
mod say;

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::args::{HqHub, HqInit};
use crate::exit::Exit;
use crate::store::hq::{self, Hq, Told};
use crate::store::hub::{self, Hub, Trust};
use crate::store::now;
use crate::store::passphrase::Lock;

pub(super) use enrol::run as enrol;
pub(super) use revoke::{device as revoke, hub as revoke_hub};
pub(super) use say::{alert, rekey, task, time};

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
    let mut hub = open_hub(&hq, &arguments.hub)?;
    let public = hub.public()?;
    if is_revoked(&hq, &public)? {
        say!("increp: {}: HQ has revoked this hub: make another one, in a folder of its own", arguments.hub.display());
        return Ok(Exit::Findings);
    }
    let named = fs::canonicalize(&arguments.hub).unwrap_or_else(|_| arguments.hub.clone());
    let name = named.file_name().unwrap_or_default().to_string_lossy().into_owned();
    hq.keep_hub(&public, &name)?;
    let devices = bring_up_to_date(&mut hq, &mut hub)?;
    let what = if new { "the hub is ready" } else { "the hub is up to date" };
    say!("{}: {what}; it knows {}", arguments.hub.display(), super::many(devices, "device"));
    Ok(Exit::Success)
}

/// Opens a hub of HQ's mission.
pub(super) fn open_hub(hq: &Hq, folder: &Path) -> Result<Hub> {
    let mut hub = Hub::open(folder)?;
    if !hub.belongs_to(&hq.mission())? {
        bail!("{}: is a hub of another mission: another HQ opens what it has", folder.display());
    }
    Ok(hub)
}

/// The devices that there are, in words.
fn known(hq: &Hq) -> Result<String> {
    let authors: Vec<String> = hq.devices()?.iter().map(|device| device.peer.author().to_string()).collect();
    Ok(if authors.is_empty() { "none was enrolled".to_owned() } else { format!("there are {}", authors.join(", ")) })
}

/// Whether HQ has revoked a hub.
pub(super) fn is_revoked(hq: &Hq, public: &[u8; 32]) -> Result<bool> {
    Ok(hq.all_hubs()?.iter().any(|known| known.public == *public && known.revoked.is_some()))
}

/// Brings some hubs up to date.
fn tell<'p>(hq: &mut Hq, hubs: impl Iterator<Item = &'p Path>) -> Result<()> {
    for folder in hubs {
        let mut hub = open_hub(hq, folder)?;
        if is_revoked(hq, &hub.public()?)? {
            say!("increp: {}: HQ has revoked this hub: it is told nothing", folder.display());
            continue;
        }
        bring_up_to_date(hq, &mut hub)?;
    }
    Ok(())
}

/// HQ may have been put back to an older state, and a hub have messages that it said since: they count. What HQ has said under their numbers
/// may be heard by nobody. Gives all that HQ has said.
fn put_back(hq: &mut Hq, author: u32, there: &[(u32, Vec<u8>)]) -> Result<Vec<Told>> {
    let told = hq.told(author)?;
    let other = |told: &&Told| there.iter().any(|(number, bytes)| *number == told.number && *bytes != told.bytes);
    let lost = told.iter().filter(other).count() as u64;
    if lost > 0 {
        let lost = super::many(lost, "message");
        say!(
            "increp: device {author} may not hear {lost} of HQ's: the hub has others under the same numbers, for HQ was put back to an older state, or a hub lies; say them again"
        );
    }
    let next = told.last().map_or(0, |told| told.number.saturating_add(1));
    let since: Vec<(u32, Vec<u8>)> = there.iter().filter(|(number, _)| *number >= next).cloned().collect();
    let taken = hq.take_back(author, &since, now())?;
    if taken == 0 {
        return Ok(told);
    }
    let taken = super::many(taken, "message");
    say!("increp: HQ was put back to an older state: it takes {taken} to device {author} that it had said");
    hq.told(author)
}

/// The hub knows the devices and hubs that HQ knows, and HQ's messages; HQ learns which of them were heard. Gives how many devices there are.
pub(super) fn bring_up_to_date(hq: &mut Hq, hub: &mut Hub) -> Result<u64> {
    let known = hq.devices()?;
    let mut devices = Vec::new();
    for device in &known {
        let trust = match (device.revoked, device.wiped) {
            (None, _) => Trust::Trusted,
            (Some(_), false) => Trust::Revoked,
            (Some(_), true) => Trust::Wiped,
        };
        let author = device.peer.author();
        let others = hq.earlier_hop_keys(author)?;
        devices.push(hub::Device { author, hop: device.peer.hop_key().clone(), others, trust });
    }
    hub.keep_devices(&devices)?;
    for device in &known {
        let author = device.peer.author();
        let there = hub.messages(author, 0)?;
        let told: Vec<(u32, Vec<u8>)> = put_back(hq, author, &there)?.into_iter().map(|told| (told.number, told.bytes)).collect();
        if there != told {
            hub.set_messages(author, &told)?;
        }
        hq.has_heard(author, hub.heard(author)?)?;
    }
    let (trusted, revoked): (Vec<_>, Vec<_>) = hq.all_hubs()?.into_iter().partition(|hub| hub.revoked.is_none());
    let keys = |hubs: Vec<hq::Hub>| hubs.into_iter().map(|hub| hub.public).collect::<Vec<_>>();
    hub.keep_hubs(&keys(trusted), &keys(revoked))?;
    Ok(devices.len() as u64)
}
