//! Flash whose driver is written in C.

use core::ffi::{c_int, c_void};

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};

/// NOR flash: the functions that reach it, and the part of it that a journal may use. The functions give 0 when all is done,
/// anything else when not. Addresses and lengths that they are given are whole words; the bytes are aligned as a uint32_t.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Flash {
    /// What the functions are given first, for their own use; NULL will do.
    pub context: *mut c_void,
    /// Reads. A word in which power failed may read as anything, but must read.
    pub read: Option<unsafe extern "C" fn(context: *mut c_void, address: u32, bytes: *mut u8, length: usize) -> c_int>,
    /// Writes words that are erased, in the order in which they come; all bits of what is erased are 1. Done means kept: nothing
    /// is left in a cache.
    pub write: Option<unsafe extern "C" fn(context: *mut c_void, address: u32, bytes: *const u8, length: usize) -> c_int>,
    /// Erases the page at this address.
    pub erase: Option<unsafe extern "C" fn(context: *mut c_void, address: u32) -> c_int>,
    /// The address of the first page: a multiple of `page_size`.
    pub start: u32,
    /// How many pages, 2 to 65535.
    pub pages: u32,
    /// Bytes that are erased at once.
    pub page_size: u32,
    /// Bytes that are written at once, and only once between two erases: 1, 2, 4, 8, 16 or 32. With error correction, those
    /// that have a check in common.
    pub word_size: u32,
}

impl Flash {
    pub(crate) const fn is_driven(&self) -> bool {
        self.read.is_some() && self.write.is_some() && self.erase.is_some()
    }
}

/// The driver, as increp sees it: by its own account it can do anything, and what it says of words and pages is passed beside it.
#[derive(Debug)]
pub(crate) struct Driver(pub(crate) Flash);

impl Driver {
    fn said(number: c_int) -> Result<(), NorFlashErrorKind> {
        if number == 0 { Ok(()) } else { Err(NorFlashErrorKind::Other) }
    }
}

impl ErrorType for Driver {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Driver {
    const READ_SIZE: usize = 1;

    fn read(&mut self, address: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        let Some(read) = self.0.read else { return Err(NorFlashErrorKind::Other) };
        // SAFETY: who opened the store promised it of the function.
        Self::said(unsafe { read(self.0.context, address, bytes.as_mut_ptr(), bytes.len()) })
    }

    fn capacity(&self) -> usize {
        usize::MAX
    }
}

impl NorFlash for Driver {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = 1;

    fn erase(&mut self, from: u32, _: u32) -> Result<(), NorFlashErrorKind> {
        let Some(erase) = self.0.erase else { return Err(NorFlashErrorKind::Other) };
        // SAFETY: who opened the store promised it of the function; the journal erases a page at a time.
        Self::said(unsafe { erase(self.0.context, from) })
    }

    fn write(&mut self, address: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        let Some(write) = self.0.write else { return Err(NorFlashErrorKind::Other) };
        // SAFETY: who opened the store promised it of the function.
        Self::said(unsafe { write(self.0.context, address, bytes.as_ptr(), bytes.len()) })
    }
}
