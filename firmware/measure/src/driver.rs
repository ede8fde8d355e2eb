//! Flash of which the compiler knows nothing.

use core::hint::black_box;

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};

use crate::given;

/// A driver that does nothing.
pub struct Driver;

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
        black_box(bytes);
        given()
    }
}
