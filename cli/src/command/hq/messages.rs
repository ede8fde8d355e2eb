//! The messages of an enrolment between two machines, as files on a stick that is carried to and fro.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use increp::seal::Peer;
use increp::seal::enrol::Enrolled;

use crate::link::file::content::{Content, Entry, Kind, Writer};
use crate::link::file::sealed::{self, BLOCK, MOST_BLOCKS, Opener, Reader};
use crate::store::sync_folder;

/// How often is looked whether the stick is back.
const PAUSE: Duration = Duration::from_millis(200);

/// The messages, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Invitation,
    Commitment,
    Offer,
    Revelation,
    /// The hubs, and the mission's profile: a stick file for the device.
    Welcome,
}

impl Step {
    const ALL: [Self; 5] = [Self::Invitation, Self::Commitment, Self::Offer, Self::Revelation, Self::Welcome];

    const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "enrol-1-from-hq",
            Self::Commitment => "enrol-2-from-device",
            Self::Offer => "enrol-3-from-hq",
            Self::Revelation => "enrol-4-from-device",
            Self::Welcome => "enrol-5-from-hq",
        }
    }

    const fn comes_from(self) -> &'static str {
        match self {
            Self::Commitment | Self::Revelation => "the device",
            Self::Invitation | Self::Offer | Self::Welcome => "HQ",
        }
    }

    /// Whether a file is all there.
    fn is_whole(self, bytes: &[u8]) -> bool {
        match self {
            Self::Invitation => bytes.len() == size_of::<increp::seal::enrol::Invitation>(),
            Self::Commitment => bytes.len() == size_of::<increp::seal::enrol::Commitment>(),
            Self::Offer => bytes.len() == size_of::<increp::seal::enrol::Offer>(),
            Self::Revelation => bytes.len() == size_of::<increp::seal::enrol::Revelation>(),
            Self::Welcome => sealed::check(bytes).is_ok(),
        }
    }
}

/// Where the messages are.
pub(super) struct Messages {
    folder: PathBuf,
}

impl Messages {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn path(&self, step: Step) -> PathBuf {
        self.folder.join(step.name())
    }

    /// Nothing of another enrolment may be here: it would be answered.
    pub(super) fn must_be_new(&self) -> Result<()> {
        match Step::ALL.into_iter().map(|step| self.path(step)).find(|path| path.exists()) {
            Some(path) => bail!("{}: is left of another enrolment; remove the files enrol-* there", path.display()),
            None => Ok(()),
        }
    }

    pub(super) fn write(&self, step: Step, bytes: &[u8]) -> Result<()> {
        let path = self.path(step);
        let context = || format!("{}: cannot be written", path.display());
        let mut file = File::create_new(&path).with_context(context)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).with_context(context)?;
        sync_folder(Some(&self.folder)).with_context(context)
    }

    /// Waits until a message is there. The stick may come and go meanwhile.
    pub(super) fn wait(&self, step: Step) -> Result<Vec<u8>> {
        let path = self.path(step);
        let mut told = false;
        loop {
            // No link, no pipe, no device: who reads these waits for ever, or reads without end.
            let short = fs::symlink_metadata(&path).is_ok_and(|data| data.is_file() && data.len() <= (BLOCK * MOST_BLOCKS) as u64);
            if short && let Some(bytes) = fs::read(&path).ok().filter(|bytes| step.is_whole(bytes)) {
                return Ok(bytes);
            }
            if !told {
                say!("waiting for {} from {}: carry the stick there and back", step.name(), step.comes_from());
                told = true;
            }
            thread::sleep(PAUSE);
        }
    }

    /// Takes everything of this enrolment off the stick.
    pub(super) fn clear(&self) -> Result<()> {
        for path in Step::ALL.map(|step| self.path(step)) {
            if path.exists() {
                fs::remove_file(&path).with_context(|| format!("{}: cannot be removed", path.display()))?;
            }
        }
        sync_folder(Some(&self.folder)).with_context(|| self.folder.display().to_string())
    }
}

/// What HQ tells a device once it is enrolled.
pub(super) struct Welcome {
    /// The hubs that may read its stick files.
    pub(super) hubs: Vec<[u8; 32]>,
    /// The mission's own profile.
    pub(super) profile: Option<Vec<u8>>,
}

impl Welcome {
    /// As a stick file for the device. That it opens shows the device that HQ has agreed on the same keys.
    pub(super) fn seal(&self, peer: &Peer) -> Result<Vec<u8>> {
        let mut writer = Writer::new(Kind::Down, peer.author());
        for hub in &self.hubs {
            writer.hub(hub);
        }
        if let Some(profile) = &self.profile {
            writer.profile(profile);
        }
        sealed::seal(&writer.finish(peer.hop_key()), &[Reader::Device(peer.hop_key().clone())])
    }

    pub(super) fn open(file: &[u8], enrolled: &Enrolled) -> Option<Self> {
        let opener = Opener::Device(enrolled.hop_key().clone());
        let (bytes, _) = sealed::open(file, [&opener]).ok()?;
        let content = Content::parse(&bytes).ok()?;
        if content.kind != Kind::Down || content.author != enrolled.author() || !content.is_by(enrolled.hop_key()) {
            return None;
        }
        let mut welcome = Self { hubs: Vec::new(), profile: None };
        for entry in content.entries {
            match entry {
                Entry::Hub(hub) => welcome.hubs.push(hub),
                Entry::Profile(profile) => welcome.profile = Some(profile),
                _ => {}
            }
        }
        Some(welcome)
    }
}
