//! `increp hq enrol`: a device and HQ made known to each other, on one machine or on two.

use std::fs;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use getrandom::SysRng;
use increp::seal::enrol::{Device, Hq as HqSide};
use increp::seal::{Error, Peer};
use increp::wire::packed::Profile;

use super::messages::{Messages, Step, Welcome};
use super::tell;
use crate::args::HqEnrol;
use crate::exit::Exit;
use crate::link::Link;
use crate::link::file::sealed::MOST_READERS;
use crate::store::device::{Beginning, Folder};
use crate::store::hq::Hq;
use crate::store::now;
use crate::store::passphrase::Lock;

pub(in crate::command) fn run(arguments: &HqEnrol) -> Result<Exit> {
    let over = match &arguments.over {
        None => None,
        Some(Link::File(folder)) => Some(Messages::new(folder)),
        Some(link) => {
            say!("increp: {link}: a device is enrolled in person: expected file:FOLDER");
            return Ok(Exit::Usage);
        }
    };
    match (&arguments.hq, &arguments.device, over) {
        (Some(hq), Some(device), None) => on_one_machine(arguments, hq, device),
        (Some(hq), None, Some(messages)) => at_hq(arguments, hq, &messages),
        (None, Some(device), Some(messages)) => on_the_device(arguments, device, &messages),
        (_, _, None) => {
            say!("increp: give HQ's folder and --device if both are on this machine, or --over LINK if the other one is not");
            Ok(Exit::Usage)
        }
        (_, _, Some(_)) => {
            say!("increp: --over is for two machines: give HQ's folder on one of them, and --device on the other");
            Ok(Exit::Usage)
        }
    }
}

/// What HQ decides before anything is sent.
struct Plan {
    hq: Hq,
    author: u32,
    welcome: Welcome,
}

impl Plan {
    fn new(arguments: &HqEnrol, folder: &Path) -> Result<Self> {
        let hq = Hq::open(folder)?;
        let author = arguments.author.map_or_else(|| hq.next_author(), Ok)?;
        if hq.devices()?.iter().any(|device| device.peer.author() == author) {
            bail!("{}: there is a device {author} already: a device that was wiped or lost gets a new number", folder.display());
        }
        let mut hubs = hq.hubs()?;
        if hubs.is_empty() {
            bail!("{}: HQ knows no hub, so the device could send its reports to nobody: increp hq hub makes one", folder.display());
        }
        if hubs.len() > MOST_READERS {
            say!("increp: a stick file has room for {MOST_READERS} hubs: the device knows the first of {}", hubs.len());
            hubs.truncate(MOST_READERS);
        }
        for hub in &arguments.hub {
            drop(super::open_hub(&hq, hub)?);
        }
        let profile = arguments.profile.as_deref().map(read_profile).transpose()?;
        Ok(Self { hq, author, welcome: Welcome { hubs, profile } })
    }

    /// The digits are the same: the device is HQ's.
    fn done(&mut self, peer: &Peer, hubs: &[PathBuf]) -> Result<()> {
        if let Some(profile) = &self.welcome.profile {
            self.hq.keep_profile(profile)?;
        }
        self.hq.enrol(peer, now())?;
        tell(&mut self.hq, hubs.iter().map(AsRef::as_ref))
    }
}

fn read_profile(path: &Path) -> Result<Vec<u8>> {
    let blob = fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    Profile::new(&blob).with_context(|| path.display().to_string())?;
    Ok(blob)
}

/// Nobody can be between the two, so there is nothing to compare.
fn on_one_machine(arguments: &HqEnrol, hq: &Path, device: &Path) -> Result<Exit> {
    Folder::vacant(device)?;
    let mut plan = Plan::new(arguments, hq)?;
    let lock = new_lock(arguments, device)?;
    let (peer, enrolled) = agree(&plan)?;
    // HQ knows the device before there is one: the other way about, its reports could be opened by nobody.
    plan.done(&peer, &arguments.hub)?;
    let Welcome { hubs, profile } = &plan.welcome;
    Folder::create(device, enrolled, Beginning { hubs, profile: profile.as_deref(), lock })?;
    say!("{}: device {} is enrolled", device.display(), plan.author);
    Ok(Exit::Success)
}

/// Asked before anything is done: nobody is enrolled whose device then cannot be made.
fn new_lock(arguments: &HqEnrol, device: &Path) -> Result<Option<Lock>> {
    arguments.passphrase.then(|| Lock::ask(&device.display().to_string())).transpose()
}

fn agree(plan: &Plan) -> Result<(Peer, increp::seal::enrol::Enrolled), Error> {
    let (hq, invitation) = HqSide::invite(plan.author, plan.hq.key(), &mut SysRng)?;
    let (device, commitment) = Device::commit(&invitation, &mut SysRng)?;
    let (hq, offer) = hq.offer(&commitment)?;
    let (device, revelation) = device.reveal(&offer)?;
    Ok((hq.check(&revelation)?.confirm(), device.confirm()))
}

fn at_hq(arguments: &HqEnrol, folder: &Path, messages: &Messages) -> Result<Exit> {
    let mut plan = Plan::new(arguments, folder)?;
    messages.must_be_new()?;
    let (hq, invitation) = HqSide::invite(plan.author, plan.hq.key(), &mut SysRng)?;
    messages.write(Step::Invitation, &invitation)?;
    let (hq, offer) = hq.offer(&messages.wait(Step::Commitment)?).context("the device's first message")?;
    messages.write(Step::Offer, &offer)?;
    let checked = hq.check(&messages.wait(Step::Revelation)?).context("the device's second message")?;
    let typed = ask("type the six digits that the device shows")?;
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    if digits != format!("{:06}", checked.digits()) {
        messages.clear()?;
        say!(
            "increp: these are not the digits of HQ: either they were mistyped, or somebody is between the two; nothing was enrolled"
        );
        return Ok(Exit::Findings);
    }
    let peer = checked.confirm();
    plan.done(&peer, &arguments.hub)?;
    messages.write(Step::Welcome, &plan.welcome.seal(&peer)?)?;
    say!("device {} is enrolled; the device needs the stick once more", plan.author);
    Ok(Exit::Success)
}

fn on_the_device(arguments: &HqEnrol, folder: &Path, messages: &Messages) -> Result<Exit> {
    Folder::vacant(folder)?;
    let lock = new_lock(arguments, folder)?;
    let (device, commitment) = Device::commit(&messages.wait(Step::Invitation)?, &mut SysRng).context("HQ's first message")?;
    messages.write(Step::Commitment, &commitment)?;
    let (checked, revelation) = device.reveal(&messages.wait(Step::Offer)?).context("HQ's second message")?;
    messages.write(Step::Revelation, &revelation)?;
    let digits = format!("{:06}", checked.digits());
    say!("type these digits at HQ: {} {}", &digits[..3], &digits[3..]);
    let welcome = messages.wait(Step::Welcome)?;
    let enrolled = checked.confirm();
    let Some(welcome) = Welcome::open(&welcome, &enrolled) else {
        say!("increp: HQ's last message was not made for this device: somebody may be between the two; nothing was enrolled");
        return Ok(Exit::Findings);
    };
    if !ask("did HQ take the digits and say that the device is enrolled? Type yes")?.eq_ignore_ascii_case("yes") {
        let author = enrolled.author();
        say!(
            "increp: nothing was enrolled here; if HQ says that device {author} is, revoke it there with increp hq revoke, and begin again"
        );
        return Ok(Exit::Findings);
    }
    let author = enrolled.author();
    Folder::create(folder, enrolled, Beginning { hubs: &welcome.hubs, profile: welcome.profile.as_deref(), lock })?;
    messages.clear()?;
    say!("{}: device {author} is enrolled", folder.display());
    Ok(Exit::Success)
}

/// Asks somebody something.
fn ask(question: &str) -> Result<String> {
    let _ = write!(std::io::stderr(), "{question}: ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).context("standard input: cannot be read")?;
    Ok(answer.trim().to_owned())
}
