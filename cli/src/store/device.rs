//! The folder of a laptop that is a device: the code that a chip runs, over two files.
//!
//! | file | what it holds |
//! |---|---|
//! | `keys` | the key page; a passphrase may lock it |
//! | `journal` | sealed records; whoever opens the device holds its lock |
//! | `hubs` | the public keys of the hubs that may read its stick files, a line of hex each; behind a `+` those that hubs named, behind a `-` those that HQ revoked |
//! | `messages` | what HQ said, until it is out of date or the user is done with it; locked as `keys` is |
//! | `mission.profile` | what its reports are packed with, if the mission has a profile of its own |
//! | `place` | which file `keys` was, and when it last changed |
//!
//! A folder is easily copied or put back from a backup, and then two devices would use one row of keys. `place` shows it: a copy is
//! another file, and no program sets the time at which a file last changed. Where it does not fit, the next report begins a new epoch.
//! A snapshot of a whole machine shows nothing; for that the construction of the seal holds, see SPEC.md.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use getrandom::SysRng;
use increp::model::{Id, Report, Stamp};
use increp::seal::enrol::Enrolled;
use increp::seal::{self, Confirmed, MAX_RECORD, OPENING, Padding, Secret, Terms};
use increp::store::{Handle, Journal, Mark, Status, Store as _, WhenFull};
use increp::wire::packed::Profile;

use super::flash::{FileFlash, PAGE};
use super::passphrase::Lock;
use super::{no_others, own_folder, sync_folder, write_new};

mod hubs;
mod messages;

pub use hubs::Hubs;
use messages::Messages;
pub use messages::{Heard, Kind, Said};

/// Pages of the key page.
const KEY_PAGES: usize = 4;
pub(super) const KEYS: &str = "keys";
const HUBS: &str = "hubs";
/// The mission's own profile.
const PROFILE: &str = "mission.profile";
/// Where the device was left.
const PLACE: &str = "place";
/// Pages of the journal: 4 MiB, some thirty-five thousand reports.
const JOURNAL_PAGES: usize = 1024;

/// A device over files.
#[derive(Debug)]
pub struct Folder {
    folder: PathBuf,
    device: seal::Device<FileFlash>,
    journal: Journal<FileFlash>,
    /// What was found in the journal.
    status: Status,
    /// Room for a record.
    buffer: Vec<u8>,
    /// What locks its keys, if something does.
    lock: Option<Lock>,
    /// The state may have been copied.
    copied: bool,
}

/// A sealed record, and how far it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// For [`Folder::mark`].
    pub handle: Handle,
    /// How far it came.
    pub mark: Mark,
    /// The sealed record.
    pub bytes: Vec<u8>,
}

/// How a report is saved.
#[derive(Clone, Copy, Debug)]
pub struct How<'p, 'a> {
    /// What reports are packed with.
    pub profile: &'p Profile<'a>,
    /// What the laptop's clock says.
    pub now: Stamp,
}

/// What a new device begins with beside its enrolment.
#[derive(Debug)]
pub struct Beginning<'b> {
    /// The hubs that may read its stick files.
    pub hubs: &'b [[u8; 32]],
    /// The mission's own profile.
    pub profile: Option<&'b [u8]>,
    /// What locks its keys, if something does.
    pub lock: Option<Lock>,
}

impl Folder {
    /// Makes a device of an enrolment.
    ///
    /// # Errors
    /// There is a device already, or the folder cannot be written.
    pub fn create(folder: &Path, enrolled: Enrolled, begin: Beginning<'_>) -> Result<()> {
        let Beginning { hubs, profile, lock } = begin;
        Self::vacant(folder)?;
        own_folder(folder, KEYS)?;
        let hubs = Hubs { trusted: hubs.to_vec(), ..Hubs::default() };
        write_new(&folder.join(HUBS), hubs.to_string().as_bytes())?;
        if let Some(profile) = profile {
            write_new(&folder.join(PROFILE), profile)?;
        }
        drop(FileFlash::create(&folder.join("journal"), JOURNAL_PAGES, None)?);
        // The keys come last: a folder without them is no device yet.
        let (part, keys) = (folder.join("keys.part"), folder.join(KEYS));
        let flash = FileFlash::create(&part, KEY_PAGES, lock)?;
        seal::Device::enrol(flash, range(KEY_PAGES), enrolled).with_context(|| part.display().to_string())?;
        sync_file(&part)?;
        fs::rename(&part, &keys).and_then(|()| sync_folder(Some(folder))).with_context(|| keys.display().to_string())
    }

    /// Locks a device's keys with another passphrase, or with none.
    ///
    /// # Errors
    /// There is no device, another process has it, or its files cannot be written.
    pub fn relock(folder: &Path, lock: Option<Lock>) -> Result<()> {
        // So nobody else has it, and whatever a power cut left undone is done.
        let opened = Self::open(folder)?;
        let (said, copied) = (opened.said()?, opened.copied);
        let Self { journal, device, lock: before, .. } = opened;
        drop(device);
        let mut keys = FileFlash::open_with(&folder.join(KEYS), before)?;
        Messages::write(folder, lock.as_ref(), &said)?;
        keys.relock(lock)?;
        if !copied {
            write_place(folder, keys.file())?;
        }
        drop(journal);
        Ok(())
    }

    /// Whether a device can be made here.
    ///
    /// # Errors
    /// There is one already, or a part of one; or it is HQ's or a hub's.
    pub fn vacant(folder: &Path) -> Result<()> {
        no_others(folder, KEYS)?;
        match ["keys", "keys.part", "journal", "hubs"].iter().find(|name| folder.join(name).exists()) {
            Some(name) => bail!("{}: exists already: give the device a folder of its own", folder.join(name).display()),
            None => Ok(()),
        }
    }

    /// Opens a device. What a power cut left undone is done first.
    ///
    /// # Errors
    /// There is none, others may read its keys, another process has it, or its files are damaged.
    pub fn open(folder: &Path) -> Result<Self> {
        let (keys, journal) = (folder.join(KEYS), folder.join("journal"));
        if !keys.exists() {
            bail!("{}: there is no device: increp hq enrol makes one", folder.display());
        }
        let records = FileFlash::open(&journal)?;
        let flash = FileFlash::open(&keys)?;
        let copied = fs::read_to_string(folder.join(PLACE)).ok().is_none_or(|place| Some(place) != place_of(flash.file()));
        let pages = records.pages();
        let lock = flash.lock().cloned();
        let opened = Journal::open(records, range(pages), WhenFull::DropAtHq);
        let (mut journal, status) = opened.with_context(|| journal.display().to_string())?;
        let mut buffer = vec![0; MAX_RECORD];
        let device = seal::Device::open(flash, range(KEY_PAGES), &mut journal, &mut buffer);
        let device = device.with_context(|| keys.display().to_string())?;
        let mut opened = Self { folder: folder.to_owned(), device, journal, status, buffer, lock, copied };
        // Opening it has written to the key page.
        opened.sync()?;
        Ok(opened)
    }

    /// The number that HQ gave the device.
    #[must_use]
    pub const fn author(&self) -> u32 {
        self.device.author()
    }

    /// The beginning of the epoch at hand, if there is one: record 0, which the journal may have no longer.
    #[must_use]
    pub fn opening(&self) -> Option<[u8; OPENING]> {
        self.device.opening()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// The key that it shares with hubs.
    #[must_use]
    pub const fn hop_key(&self) -> &Secret<16> {
        self.device.hop_key()
    }

    /// What was found in the journal when it was opened.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The file of the mission's own profile, if there is one.
    #[must_use]
    pub fn profile(&self) -> Option<PathBuf> {
        Some(self.folder.join(PROFILE)).filter(|path| path.exists())
    }

    /// Seals a report and keeps it. When this returns it is on the disk, and its key is not.
    ///
    /// # Errors
    /// The report breaks a limit or rule, there is no room, or the files cannot be written: it is not saved then.
    pub fn save<'a>(&mut self, report: &mut Report<'a>, how: &How<'_, 'a>) -> Result<Id, seal::Error> {
        self.settle()?;
        let terms = Terms { profile: how.profile, now: Some(how.now), padding: Padding::default() };
        self.device.save(report, &terms, &mut SysRng, &mut self.journal, &mut self.buffer)
    }

    /// Takes a receipt of HQ's; gives how many records it is for.
    ///
    /// # Errors
    /// It is none, or for other records than those that are here: nothing was marked.
    pub fn confirm(&mut self, receipt: &[u8]) -> Result<Confirmed, seal::Error> {
        self.settle()?;
        self.device.confirm(receipt, &mut self.journal, &mut self.buffer)
    }

    /// Where the state may have been copied, the next report begins a new epoch.
    fn settle(&mut self) -> Result<(), seal::Error> {
        if self.copied {
            if self.folder.join(PLACE).exists() && self.device.opening().is_some() {
                let name = self.folder.join(KEYS);
                say!(
                    "increp: {}: was copied, put back or touched by another program; if by you, all is well: the next report begins a new epoch",
                    name.display()
                );
            }
            self.device.end_epoch(&mut self.journal, &mut self.buffer)?;
            self.copied = false;
        }
        Ok(())
    }

    /// The first record after that of the handle, or the oldest.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn next(&mut self, after: Option<Handle>) -> Result<Option<Kept>> {
        let found =
            self.journal.next(after, &mut self.buffer).with_context(|| self.folder.join("journal").display().to_string())?;
        Ok(found.map(|record| Kept { handle: record.handle, mark: record.mark, bytes: record.bytes.to_vec() }))
    }

    /// Raises the mark of a record.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn mark(&mut self, handle: Handle, mark: Mark) -> Result<()> {
        self.journal.mark(handle, mark).with_context(|| self.folder.join("journal").display().to_string())
    }

    /// Makes all that was done last, and remembers where it was left.
    ///
    /// # Errors
    /// The files cannot be written.
    pub fn sync(&mut self) -> Result<()> {
        sync_file(&self.folder.join(KEYS))?;
        sync_file(&self.folder.join("journal"))?;
        if self.copied {
            return Ok(());
        }
        match fs::File::open(self.folder.join(KEYS)) {
            Ok(keys) => write_place(&self.folder, &keys),
            Err(_) => Ok(()),
        }
    }
}

/// Remembers where the device was left. Where it is not written, or only half, the next report begins a new epoch: no more is lost.
fn write_place(folder: &Path, keys: &fs::File) -> Result<()> {
    let path = folder.join(PLACE);
    match place_of(keys) {
        // On a disk that is full what is there may be kept, and nothing be written.
        Some(place) if fs::read_to_string(&path).is_ok_and(|there| there == place) => Ok(()),
        Some(place) => fs::write(&path, place).with_context(|| format!("{}: cannot be written", path.display())),
        None => Ok(()),
    }
}

fn sync_file(path: &Path) -> Result<()> {
    let synced = fs::File::options().write(true).open(path).and_then(|file| file.sync_data());
    synced.with_context(|| format!("{}: cannot be written", path.display()))
}

/// All bytes of so many pages.
fn range(pages: usize) -> std::ops::Range<u32> {
    0..u32::try_from(pages * PAGE).unwrap_or(u32::MAX)
}

/// Which file it is, and when it last changed; none where the system does not tell.
#[cfg(unix)]
fn place_of(file: &fs::File) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let data = file.metadata().ok()?;
    Some(format!("{} {} {}.{:09}\n", data.dev(), data.ino(), data.ctime(), data.ctime_nsec()))
}

#[cfg(not(unix))]
fn place_of(_: &fs::File) -> Option<String> {
    None
}
