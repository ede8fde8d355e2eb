//! Flash that outlives the power: a file of the host's, by semihosting. Yours is your chip's driver.
//!
//! Each word goes to the file by itself, also when a page is erased, and takes as long as on a chip: so whoever kills QEMU cuts the power
//! between any two words.

use core::ffi::CStr;

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write};
use semihosting::fs::File;
use semihosting::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use crate::board;

/// Bytes of a word and a page: those of a device's files on a laptop.
const WORD: usize = 8;
const PAGE: usize = 4096;
/// Microseconds of a word. An erase takes 10 ms so.
const TIME: u32 = 20;
const ERASED: [u8; WORD] = [0xff; WORD];

/// Flash that cannot be written twice.
#[derive(Debug)]
pub struct Flash {
    file: File,
    bytes: usize,
}

impl Flash {
    /// Opens the file.
    ///
    /// # Errors
    /// It is not there.
    pub fn open(path: &CStr) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(path)?;
        let bytes = usize::try_from(file.metadata()?.len()).unwrap_or(0);
        Ok(Self { file, bytes })
    }

    /// Where it ends.
    pub fn end(&self) -> u32 {
        u32::try_from(self.bytes).unwrap_or(0)
    }

    fn read_at(&mut self, at: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        let read = self.file.seek(SeekFrom::Start(at.into())).and_then(|_| self.file.read_exact(bytes));
        read.map_err(|_| NorFlashErrorKind::Other)
    }

    fn write_at(&mut self, at: u32, word: &[u8]) -> Result<(), NorFlashErrorKind> {
        board::pause(TIME);
        let written = self.file.seek(SeekFrom::Start(at.into())).and_then(|_| self.file.write_all(word));
        written.map_err(|_| NorFlashErrorKind::Other)
    }
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        self.read_at(offset, bytes)
    }

    fn capacity(&self) -> usize {
        self.bytes
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        (from..to).step_by(WORD).try_for_each(|at| self.write_at(at, &ERASED))
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        for (at, word) in (offset..).step_by(WORD).zip(bytes.chunks(WORD)) {
            let mut before = ERASED;
            self.read_at(at, &mut before)?;
            if before != ERASED {
                return Err(NorFlashErrorKind::Other);
            }
            self.write_at(at, word)?;
        }
        Ok(())
    }
}
