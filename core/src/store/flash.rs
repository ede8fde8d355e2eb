//! The journal's piece of flash: any bytes in and out at the start of a word, through an aligned buffer, which some drivers need.

use core::ops::Range;

use embedded_storage::nor_flash::{NorFlash, NorFlashError as _};

use super::page::{Geometry, align};
use super::{Error, ErrorKind};

/// Bytes that pass at a time: at least the largest word.
const CHUNK: usize = 64;

/// Room for some bytes, aligned as drivers with DMA like it.
#[repr(align(4))]
struct Chunk([u8; CHUNK]);

/// Keys pass here too.
#[cfg(feature = "seal")]
impl Drop for Chunk {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

#[derive(Debug)]
pub(crate) struct Flash<F> {
    driver: F,
    start: u32,
    pub(crate) geometry: Geometry,
}

impl<F: NorFlash> Flash<F> {
    /// # Errors
    /// [`ErrorKind::Unsupported`].
    pub(crate) fn new(driver: F, range: &Range<u32>) -> Result<Self, Error> {
        Self::with_pages(driver, range, 0)
    }

    /// With pages of at least so many bytes, each of as many pages of the flash as that takes.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`].
    pub(crate) fn with_pages(driver: F, range: &Range<u32>, least: usize) -> Result<Self, Error> {
        let word = F::WRITE_SIZE.max(F::READ_SIZE).max(4);
        let page = least.max(1).checked_next_multiple_of(F::ERASE_SIZE).unwrap_or(0);
        let whole = |bytes: u32| usize::try_from(bytes).is_ok_and(|bytes| bytes.checked_rem(F::ERASE_SIZE) == Some(0));
        let inside = usize::try_from(range.end).is_ok_and(|end| end <= driver.capacity());
        let length = range.end.checked_sub(range.start).filter(|&length| inside && whole(range.start) && whole(length));
        length
            .and_then(|length| Geometry::new(word, page, length))
            .map(|geometry| Self { driver, start: range.start, geometry })
            .ok_or(Error::new(ErrorKind::Unsupported, range.start))
    }

    /// The address of a byte in the page of this number.
    pub(crate) fn at(&self, number: u32, offset: u32) -> u32 {
        let index = number.checked_rem(self.geometry.pages).unwrap_or(0);
        self.start.saturating_add(index.saturating_mul(self.geometry.page)).saturating_add(offset)
    }

    pub(crate) fn read(&mut self, mut at: u32, length: u32, mut take: impl FnMut(&[u8])) -> Result<(), Error> {
        let mut left = usize::try_from(length).unwrap_or(0);
        let mut chunk = Chunk([0; CHUNK]);
        while left > 0 {
            let now = left.min(CHUNK);
            let words = align(now, self.geometry.word).min(CHUNK);
            let Some(bytes) = chunk.0.get_mut(..words) else { break };
            self.driver.read(at, bytes).map_err(|error| Error::new(ErrorKind::Flash(error.kind()), at))?;
            take(bytes.get(..now).unwrap_or_default());
            left = left.saturating_sub(now);
            at = at.saturating_add(64);
        }
        Ok(())
    }

    pub(crate) fn read_array<const N: usize>(&mut self, at: u32) -> Result<[u8; N], Error> {
        let mut array = [0; N];
        let mut room = array.iter_mut();
        self.read(at, u32::try_from(N).unwrap_or(0), |bytes| room.by_ref().zip(bytes).for_each(|(to, from)| *to = *from))?;
        Ok(array)
    }

    /// Do all of these bytes have this value?
    pub(crate) fn is_filled(&mut self, at: u32, length: u32, value: u8) -> Result<bool, Error> {
        let mut filled = true;
        self.read(at, length, |bytes| filled &= bytes.iter().all(|&byte| byte == value))?;
        Ok(filled)
    }

    /// Are these bytes erased, as far as reading shows it?
    pub(crate) fn is_blank(&mut self, at: u32, length: u32) -> Result<bool, Error> {
        self.is_filled(at, length, 0xff)
    }

    /// Writes whole words; what follows the bytes in the last one stays erased.
    pub(crate) fn write(&mut self, mut at: u32, bytes: &[u8]) -> Result<(), Error> {
        for part in bytes.chunks(CHUNK) {
            let mut chunk = Chunk([0xff; CHUNK]);
            chunk.0.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
            let words = chunk.0.get(..align(part.len(), self.geometry.word).min(CHUNK)).unwrap_or_default();
            self.driver.write(at, words).map_err(|error| Error::new(ErrorKind::Flash(error.kind()), at))?;
            at = at.saturating_add(64);
        }
        Ok(())
    }

    pub(crate) fn erase(&mut self, number: u32) -> Result<(), Error> {
        let at = self.at(number, 0);
        let end = at.saturating_add(self.geometry.page);
        self.driver.erase(at, end).map_err(|error| Error::new(ErrorKind::Flash(error.kind()), at))
    }
}
