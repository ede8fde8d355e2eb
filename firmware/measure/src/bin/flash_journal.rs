//! The flash journal, over a driver that does nothing.
#![no_std]
#![no_main]

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
use increp::store::{Journal, Mark, Store as _, WhenFull};
use increp_measure::given;

struct Driver;

impl ErrorType for Driver {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Driver {
    const READ_SIZE: usize = 1;

    fn read(&mut self, _: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        bytes.fill(given());
        given()
    }

    fn capacity(&self) -> usize {
        given()
    }
}

impl NorFlash for Driver {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 4096;

    fn erase(&mut self, _: u32, _: u32) -> Result<(), NorFlashErrorKind> {
        given()
    }

    fn write(&mut self, _: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        core::hint::black_box(bytes);
        given()
    }
}

increp_measure::firmware!(Journal::open(Driver, given(), WhenFull::DropAtHq).map(|(mut journal, _)| {
    let saved = journal.append(given()).is_ok();
    let read = journal.next(given(), given()).is_ok();
    saved && read && journal.mark(given(), Mark::Sent).is_ok() && journal.status().is_ok()
}));
