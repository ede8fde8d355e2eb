//! A file as the flash of a device, so that a laptop runs the code that a chip runs.
//!
//! The file is the flash's content, byte by byte. It is read once; writes go to the file at once, so killing the program is a power
//! cut between two words, no worse. For the power of the laptop, the disk has all that was written before an erase begins, and the
//! erase before anything is written after it: that is the order on which the key page rests, and records are checked when they are
//! read. What is to be called saved, [`FileFlash::sync`] makes last. The lock is the operating system's, and goes with the process.
//!
//! A file that a passphrase locks is written anew, whole, at each change, and takes the place of the one before at once. The lock of the
//! operating system is on the file before, so whoever has two files opens the one that no passphrase locks first.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};
use fs4::{FileExt, TryLockError};
use zeroize::Zeroizing;

use super::passphrase::Lock;
use super::{private, private_file, replace_file, sync_folder, wipe};

/// Bytes of a page: what file systems and disks write at once.
pub const PAGE: usize = 4096;

/// Bytes of a word.
pub const WORD: usize = 8;

/// How long to wait for another process that has the file: a `save` takes a moment, and should not fail for a `status`.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often is looked.
const PAUSE: Duration = Duration::from_millis(20);

/// A file as NOR flash, locked for as long as it is open.
#[derive(Debug)]
pub struct FileFlash {
    path: PathBuf,
    file: File,
    /// Keys are among them.
    bytes: Zeroizing<Vec<u8>>,
    /// What locks the file, if something does.
    lock: Option<Lock>,
}

impl FileFlash {
    /// Makes the file, all erased, and opens it. Nobody else may read it.
    ///
    /// # Errors
    /// The file exists, or cannot be written.
    pub fn create(path: &Path, pages: usize, lock: Option<Lock>) -> Result<Self> {
        let context = || format!("{}: cannot be written", path.display());
        let file = private(path).with_context(context)?;
        locked(&file, path)?;
        let mut flash = Self { path: path.to_owned(), file, bytes: Zeroizing::new(vec![0xff; pages * PAGE]), lock };
        flash.put(0, flash.bytes.len()).and_then(|()| flash.file.sync_all()).with_context(context)?;
        sync_folder(path.parent()).with_context(context)?;
        Ok(flash)
    }

    /// Opens the file.
    ///
    /// # Errors
    /// The file cannot be read, others may read it too, another process has it, or it is not of whole pages.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, None)
    }

    /// The same, of a file whose passphrase was asked before.
    ///
    /// # Errors
    /// As [`FileFlash::open`].
    pub fn open_with(path: &Path, mut lock: Option<Lock>) -> Result<Self> {
        let file = private_file(path)?;
        locked(&file, path)?;
        let mut bytes = Zeroizing::new(Vec::new());
        io::Read::read_to_end(&mut &file, &mut bytes).with_context(|| format!("{}: cannot be read", path.display()))?;
        match &lock {
            Some(lock) => bytes = lock.open_again(path, &bytes)?,
            None if Lock::is_on(&bytes) => {
                let opened = Lock::open(path, &bytes)?;
                (lock, bytes) = (Some(opened.0), opened.1);
            }
            None => {}
        }
        if bytes.is_empty() || !bytes.len().is_multiple_of(PAGE) {
            bail!("{}: expected whole pages of {PAGE} bytes, found {} bytes: the file was cut short", path.display(), bytes.len());
        }
        Ok(Self { path: path.to_owned(), file, bytes, lock })
    }

    /// Waits until all that was written is on the disk.
    ///
    /// # Errors
    /// The disk says so.
    pub fn sync(&self) -> Result<()> {
        self.file.sync_data().with_context(|| format!("{}: cannot be written", self.path.display()))
    }

    /// How many pages it has.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.bytes.len() / PAGE
    }

    /// The file.
    #[must_use]
    pub const fn file(&self) -> &File {
        &self.file
    }

    #[cfg(unix)]
    fn write_at(&self, at: usize, bytes: &[u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(&self.file, bytes, at as u64)
    }

    #[cfg(not(unix))]
    fn write_at(&self, at: usize, bytes: &[u8]) -> io::Result<()> {
        use std::io::{Seek as _, Write as _};
        let mut file = &self.file;
        file.seek(io::SeekFrom::Start(at as u64))?;
        file.write_all(bytes)
    }

    /// The file has these bytes of the image now.
    fn put(&mut self, from: usize, to: usize) -> io::Result<()> {
        match &self.lock {
            None => self.write_at(from, self.bytes.get(from..to).unwrap_or_default()),
            Some(lock) => {
                let sealed = lock.seal(&self.bytes).map_err(io::Error::other)?;
                self.file = replace_file(&self.path, &sealed)?;
                Ok(())
            }
        }
    }

    /// The same; if the file cannot be written, the image has what was there before, as the file.
    fn put_or(&mut self, from: usize, before: &[u8]) -> io::Result<()> {
        let to = from + before.len();
        let written = self.put(from, to);
        if written.is_err()
            && let Some(place) = self.bytes.get_mut(from..to)
        {
            place.copy_from_slice(before);
        }
        written
    }

    /// Locks the file with another passphrase, or with none. The file before is overwritten, as far as the disk does so.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn relock(&mut self, lock: Option<Lock>) -> Result<()> {
        let context = || format!("{}: cannot be written", self.path.display());
        let bytes = match &lock {
            Some(lock) => Zeroizing::new(lock.seal(&self.bytes)?),
            None => self.bytes.clone(),
        };
        let new = replace_file(&self.path, &bytes).with_context(context)?;
        locked(&new, &self.path)?;
        let old = std::mem::replace(&mut self.file, new);
        wipe(&old).with_context(context)?;
        self.lock = lock;
        Ok(())
    }

    /// What locks the file, if something does.
    #[must_use]
    pub const fn lock(&self) -> Option<&Lock> {
        self.lock.as_ref()
    }

    /// The flash's own error has no room for what the file says.
    fn fault(&self, error: &io::Error) -> Fault {
        say!("increp: {}: cannot be written: {error}", self.path.display());
        Fault(NorFlashErrorKind::Other)
    }
}

/// Locks the file for this process; waits a while for another one that has it.
fn locked(file: &File, path: &Path) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        match FileExt::try_lock(file) {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() < until => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                bail!("{}: is in use by another process; try again when that has ended", path.display())
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("{}: cannot be locked", path.display()));
            }
        }
    }
}

/// What went wrong with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault(NorFlashErrorKind);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Fault {}

impl NorFlashError for Fault {
    fn kind(&self) -> NorFlashErrorKind {
        self.0
    }
}

impl ErrorType for FileFlash {
    type Error = Fault;
}

impl ReadNorFlash for FileFlash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Fault> {
        check_read(self, offset, bytes.len()).map_err(Fault)?;
        let from = offset as usize;
        bytes.copy_from_slice(self.bytes.get(from..from + bytes.len()).ok_or(Fault(NorFlashErrorKind::OutOfBounds))?);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl NorFlash for FileFlash {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Fault> {
        check_erase(self, from, to).map_err(Fault)?;
        self.file.sync_data().map_err(|error| self.fault(&error))?;
        let (from, to) = (from as usize, to as usize);
        let place = self.bytes.get_mut(from..to).ok_or(Fault(NorFlashErrorKind::OutOfBounds))?;
        if place.iter().all(|byte| *byte == 0xff) {
            return Ok(());
        }
        let before = Zeroizing::new(place.to_vec());
        place.fill(0xff);
        self.put_or(from, &before).and_then(|()| self.file.sync_data()).map_err(|error| self.fault(&error))
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Fault> {
        check_write(self, offset, bytes.len()).map_err(Fault)?;
        let (from, to) = (offset as usize, offset as usize + bytes.len());
        let place = self.bytes.get_mut(from..to).ok_or(Fault(NorFlashErrorKind::OutOfBounds))?;
        let before = Zeroizing::new(place.to_vec());
        // As flash does: what is 0 stays 0.
        place.iter_mut().zip(bytes).for_each(|(old, new)| *old &= new);
        self.put_or(from, &before).map_err(|error| self.fault(&error))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test

    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let file = std::env::temp_dir().join(format!("increp-flash-{}-{name}", std::process::id()));
        let _ = std::fs::remove_file(&file);
        file
    }

    #[test]
    fn what_is_written_is_in_the_file_and_only_an_erase_brings_ones_back() {
        let file = scratch("written");
        let mut flash = FileFlash::create(&file, 2, None).unwrap();
        flash.write(8, &[0xf0; 8]).unwrap();
        flash.write(8, &[0x3c; 8]).unwrap();
        assert_eq!(std::fs::read(&file).unwrap()[..24], [[0xff; 8], [0x30; 8], [0xff; 8]].concat());
        assert_eq!(flash.write(4, &[0; 8]), Err(Fault(NorFlashErrorKind::NotAligned)));
        assert_eq!(flash.write(8192, &[0; 8]), Err(Fault(NorFlashErrorKind::OutOfBounds)));
        flash.erase(0, 4096).unwrap();
        assert!(std::fs::read(&file).unwrap().iter().all(|byte| *byte == 0xff));
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn only_one_has_it() {
        let file = scratch("lock");
        let flash = FileFlash::create(&file, 1, None).unwrap();
        let error = FileFlash::open(&file).unwrap_err().to_string();
        assert!(error.ends_with("is in use by another process; try again when that has ended"), "{error}");
        drop(flash);
        FileFlash::open(&file).unwrap();
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn what_is_no_flash_is_refused() {
        let file = scratch("cut");
        drop(FileFlash::create(&file, 1, None).unwrap());
        std::fs::write(&file, [0xff; 100]).unwrap();
        let error = FileFlash::open(&file).unwrap_err().to_string();
        assert!(error.contains("found 100 bytes"), "{error}");
        std::fs::remove_file(file).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn what_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let file = scratch("wide");
        drop(FileFlash::create(&file, 1, None).unwrap());
        for mode in [0o640, 0o604, 0o660, 0o601] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let error = FileFlash::open(&file).unwrap_err().to_string();
            assert!(error.contains(&format!("found {mode:04o}")), "{error}");
        }
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        FileFlash::open(&file).unwrap();
        std::fs::remove_file(file).unwrap();
    }
}
