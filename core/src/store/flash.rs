//! The journal's piece of flash: any bytes in and out at the start of a word, through an aligned buffer, which some drivers need.

use core::ops::Range;

use embedded_storage::nor_flash::{NorFlash, NorFlashError as _};

use super::page::Geometry;
use super::{Error, ErrorKind, Layout};

/// Bytes that pass at a time: a whole number of the largest words.
const CHUNK: u32 = 64;

/// Room for some bytes, aligned as drivers with DMA like it.
#[repr(align(4))]
struct Chunk([u8; CHUNK as usize]);

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
    pub(crate) fn new(driver: F, layout: Layout, range: &Range<u32>) -> Result<Self, Error> {
        let whole = |bytes: u32| bytes.checked_rem(layout.page) == Some(0);
        let fits = whole(range.start) && whole(range.end) && layout.page.is_power_of_two();
        Self::laid_out(driver, layout, range).filter(|_| fits).ok_or(Error::new(ErrorKind::Unsupported, range.start))
    }

    /// With the longest words, and pages of at least so many bytes, each of as many pages of the flash as that takes.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`].
    #[cfg(feature = "seal")]
    #[inline(never)] // once is enough
    pub(crate) fn with_pages(driver: F, range: &Range<u32>, least: u32) -> Result<Self, Error> {
        let page = Layout::of::<F>().page;
        let whole = |bytes: u32| bytes.checked_rem(page) == Some(0);
        let fits = whole(range.start) && whole(range.end);
        let layout = Layout { word: 32, page: least.checked_next_multiple_of(page).unwrap_or(0) };
        Self::laid_out(driver, layout, range).filter(|_| fits).ok_or(Error::new(ErrorKind::Unsupported, range.start))
    }

    fn laid_out(driver: F, layout: Layout, range: &Range<u32>) -> Option<Self> {
        let is_multiple = |bytes: u32, of: usize| usize::try_from(bytes).is_ok_and(|bytes| bytes.checked_rem(of) == Some(0));
        let Layout { word, page } = layout;
        let driven = is_multiple(word, F::WRITE_SIZE) && is_multiple(word, F::READ_SIZE) && is_multiple(page, F::ERASE_SIZE);
        let inside = usize::try_from(range.end).is_ok_and(|end| end <= driver.capacity());
        let length = range.end.checked_sub(range.start).filter(|_| driven && inside)?;
        Some(Self { driver, start: range.start, geometry: Geometry::new(layout, length)? })
    }

    /// The address of a byte in the page of this number.
    pub(crate) fn at(&self, number: u32, offset: u32) -> u32 {
        let index = number.checked_rem(self.geometry.pages).unwrap_or(0);
        self.start.saturating_add(index.saturating_mul(self.geometry.page)).saturating_add(offset)
    }

    #[inline(never)] // it is called often
    pub(crate) fn read(&mut self, mut at: u32, length: u32, take: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        let mut left = length;
        let mut chunk = Chunk([0; CHUNK as usize]);
        while left > 0 {
            let now = left.min(CHUNK);
            let words = self.geometry.align(now).min(CHUNK);
            let Some(bytes) = chunk.0.get_mut(..words as usize) else { break };
            self.driver.read(at, bytes).map_err(|error| Error::new(ErrorKind::Flash(error.kind()), at))?;
            take(bytes.get(..now as usize).unwrap_or_default());
            left = left.saturating_sub(now);
            at = at.saturating_add(CHUNK);
        }
        Ok(())
    }

    pub(crate) fn read_array<const N: usize>(&mut self, at: u32) -> Result<[u8; N], Error> {
        let mut array = [0; N];
        let mut room = array.iter_mut();
        self.read(at, u32::try_from(N).unwrap_or(0), &mut |bytes| {
            bytes.iter().zip(room.by_ref()).for_each(|(from, to)| *to = *from)
        })?;
        Ok(array)
    }

    /// Do all of these bytes have this value? Of erased bytes it is 0xff, as far as reading shows it.
    pub(crate) fn is_filled(&mut self, at: u32, length: u32, value: u8) -> Result<bool, Error> {
        let mut filled = true;
        self.read(at, length, &mut |bytes| filled &= bytes.iter().all(|&byte| byte == value))?;
        Ok(filled)
    }

    /// Writes whole words; what follows the bytes in the last one stays erased.
    pub(crate) fn write(&mut self, mut at: u32, bytes: &[u8]) -> Result<(), Error> {
        for part in bytes.chunks(CHUNK as usize) {
            let mut chunk = Chunk([0xff; CHUNK as usize]);
            chunk.0.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
            let words = self.geometry.align(u32::try_from(part.len()).unwrap_or(0)).min(CHUNK);
            let words = chunk.0.get(..words as usize).unwrap_or_default();
            self.driver.write(at, words).map_err(|error| Error::new(ErrorKind::Flash(error.kind()), at))?;
            at = at.saturating_add(CHUNK);
        }
        Ok(())
    }

    pub(crate) fn erase(&mut self, number: u32) -> Result<(), Error> {
        let at = self.at(number, 0);
        let end = at.saturating_add(self.geometry.page);
        self.driver.erase(at, end).map_err(|error| Error::new(ErrorKind::Flash(error.kind()), at))
    }
}
