//! The flash journal. `page.rs` has the layout.
//!
//! | module | what it does |
//! |---|---|
//! | this one | opens; what is free in the newest page |
//! | `walk` | reads: slots in their order, and which records they make |
//! | `write` | appends, and begins pages |
//! | `marks` | marks |
//! | `survey` | says what is there, and what was lost |
//!
//! Pages are begun in turn, round and round, and numbered; the page with the highest number is the newest. Before the page after it is
//! erased, the word `full` of the newest says so: from then on the old records there are gone, however far the erase comes.
//! A page is erased whenever it is begun, whatever it reads as: after a power cut erased bytes may only seem so.

mod marks;
mod survey;
mod walk;
mod write;

use core::ops::Range;

use embedded_storage::nor_flash::NorFlash;

use super::flash::Flash;
use super::page::{Geometry, HEAD, Head, SLOT, Slot};
use super::{Error, ErrorKind, Handle, Layout, Mark, Record, Status, Store, WhenFull};

/// Records in a range of NOR flash: one that cannot be written twice will do, and power may fail at any word.
///
/// Blocking: a chip stands still while it writes its own flash, and drivers of external flash have both interfaces.
/// Give `&mut driver` to keep the driver. A driver with error correction must give some bytes for a word that power cut short, not an
/// error.
///
/// ```
/// use increp::store::{Journal, Mark, Store, WhenFull};
/// # use increp::store::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
/// # struct Driver([u8; 4096]);
/// # impl ErrorType for Driver { type Error = NorFlashErrorKind; }
/// # impl ReadNorFlash for Driver {
/// #     const READ_SIZE: usize = 1;
/// #     fn read(&mut self, at: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
/// #         let from = self.0.get(at as usize..).and_then(|rest| rest.get(..bytes.len()));
/// #         bytes.copy_from_slice(from.ok_or(NorFlashErrorKind::OutOfBounds)?);
/// #         Ok(())
/// #     }
/// #     fn capacity(&self) -> usize { 4096 }
/// # }
/// # impl NorFlash for Driver {
/// #     const WRITE_SIZE: usize = 4;
/// #     const ERASE_SIZE: usize = 1024;
/// #     fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
/// #         self.0[from as usize..to as usize].fill(0xff);
/// #         Ok(())
/// #     }
/// #     fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
/// #         self.0[at as usize..].iter_mut().zip(bytes).for_each(|(to, from)| *to &= from);
/// #         Ok(())
/// #     }
/// # }
/// # let mut driver = Driver([0; 4096]);
/// // Any driver that has the traits of `increp::store::nor_flash`; here of 4 pages of 1 KiB.
/// let (mut journal, status) = Journal::open(&mut driver, 0..4096, WhenFull::DropAtHq)?;
/// assert_eq!(status.records, 0);
/// let handle = journal.append(b"a report")?;
/// journal.mark(handle, Mark::Sent)?;
///
/// // After a restart.
/// let (mut journal, status) = Journal::open(&mut driver, 0..4096, WhenFull::DropAtHq)?;
/// assert_eq!((status.records, status.erases, status.lost), (1, 1, 0));
/// let mut buffer = [0; 64];
/// let record = journal.next(None, &mut buffer)?.unwrap();
/// assert_eq!((record.bytes, record.mark), (&b"a report"[..], Mark::Sent));
/// # Ok::<(), increp::store::Error>(())
/// ```
#[derive(Debug)]
pub struct Journal<F> {
    flash: Flash<F>,
    when_full: WhenFull,
    /// Of the newest page; one less than the number of pages where there is none yet.
    number: u32,
    /// The next slot of the newest page, and where the next bytes go.
    slot: u32,
    end: u32,
    /// May more be written to the newest page?
    open: bool,
    /// Are the records of the page after the newest given up?
    ahead: bool,
    /// The sequence of the next record.
    sequence: u32,
}

impl<F: NorFlash> Journal<F> {
    /// Opens the journal in a range of whole pages, or begins one; and says what was found there. Reads everything, writes nothing.
    ///
    /// # Errors
    /// [`Unsupported`](ErrorKind::Unsupported), [`OtherVersion`](ErrorKind::OtherVersion),
    /// [`OtherGeometry`](ErrorKind::OtherGeometry), or what the flash did.
    pub fn open(flash: F, range: Range<u32>, when_full: WhenFull) -> Result<(Self, Status), Error> {
        Self::open_with(flash, Layout::of::<F>(), range, when_full)
    }

    /// [`open`](Self::open) with other words and pages than the driver's: where it does not know them before it runs, or where a
    /// word with error correction has more bytes than the driver takes.
    ///
    /// # Errors
    /// Those of `open`.
    pub fn open_with(flash: F, layout: Layout, range: Range<u32>, when_full: WhenFull) -> Result<(Self, Status), Error> {
        let flash = Flash::new(flash, layout, &range)?;
        let mut journal = Self { flash, when_full, number: 0, slot: 0, end: 0, open: false, ahead: false, sequence: 0 };
        journal.settle()?;
        if let Head::Known { number, first, .. } = journal.head(journal.number)?
            && number == journal.number
        {
            journal.sequence = first;
        }
        let status = journal.survey()?;
        journal.sequence = status.next;
        Ok((journal, status))
    }

    /// How often a page was erased, counted on the page itself; where its head cannot be read, how often at least.
    ///
    /// # Errors
    /// What the flash did.
    pub fn erases(&mut self, page: u32) -> Result<u32, Error> {
        let pages = self.geometry().pages;
        let at_least = match self.number.checked_rem(pages) {
            Some(newest) if newest < page => self.number.saturating_sub(pages),
            _ => self.number,
        };
        Ok(match self.head(page)? {
            Head::Known { erases, .. } => erases,
            _ => at_least.checked_div(pages).unwrap_or(0),
        })
    }

    /// How many pages there are.
    #[must_use]
    pub fn pages(&self) -> u32 {
        self.geometry().pages
    }

    fn geometry(&self) -> Geometry {
        self.flash.geometry
    }

    fn head(&mut self, number: u32) -> Result<Head, Error> {
        let at = self.flash.at(number, 0);
        let bytes = self.flash.read_array::<{ HEAD as usize }>(at)?;
        Ok(Head::parse(&bytes, self.geometry()))
    }

    fn read_slot(&mut self, number: u32, index: u32) -> Result<Option<Slot>, Error> {
        let Some(offset) = self.geometry().slot(index) else { return Ok(None) };
        let at = self.flash.at(number, offset);
        let bytes = self.flash.read_array::<{ SLOT as usize }>(at)?;
        Ok(Slot::parse(&bytes, self.geometry(), number, index))
    }

    /// Is the page of this number here? If its head is damaged, a part of a record shows it: the check of a slot alone has 16 bits, which
    /// a page that is half erased may give by chance.
    fn is_here(&mut self, number: u32) -> Result<bool, Error> {
        match self.head(number)? {
            Head::Known { number: found, .. } => Ok(found == number),
            Head::Damaged => {
                let (mut index, mut before) = (0, self.last_check(number.checked_sub(1))?);
                while self.geometry().slot(index).is_some() {
                    if let Some(slot) = self.read_slot(number, index)? {
                        if slot.first {
                            before = 0;
                        }
                        if self.check(number, &slot, before, |_| {})? == slot.check {
                            return Ok(true);
                        }
                    }
                    index = index.saturating_add(1);
                }
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    /// The check of the last part in the page of this number, which the rest of a long record in the next page begins with.
    fn last_check(&mut self, number: Option<u32>) -> Result<u32, Error> {
        let (mut index, mut last) = (0, 0);
        while let Some(number) = number.filter(|_| self.geometry().slot(index).is_some()) {
            last = self.read_slot(number, index)?.map_or(last, |slot| slot.check);
            index = index.saturating_add(1);
        }
        Ok(last)
    }

    /// Do all bytes of this word have this value? Cut short, or with a flipped bit, they do not.
    fn is_filled(&mut self, at: u32, value: u8) -> Result<bool, Error> {
        let word = self.geometry().word;
        self.flash.is_filled(at, word, value)
    }

    /// Does the word `full` of the newest page give the next one up? Cut short it does too, for whoever wrote it was about to; a few
    /// flipped bits do not.
    fn gives_up(&mut self) -> Result<bool, Error> {
        let at = self.flash.at(self.number, self.geometry().full());
        Ok(self.cleared(at)? > 4)
    }

    /// How many bits of this word are no longer erased.
    fn cleared(&mut self, at: u32) -> Result<u32, Error> {
        let (word, mut cleared) = (self.geometry().word, 0_u32);
        self.flash.read(at, word, &mut |bytes| {
            cleared = bytes.iter().fold(cleared, |cleared, byte| cleared.saturating_add(byte.count_zeros()));
        })?;
        Ok(cleared)
    }

    /// Finds the newest page, and what is free in it.
    fn settle(&mut self) -> Result<(), Error> {
        let geometry = self.geometry();
        self.number = geometry.pages.saturating_sub(1);
        for index in 0..geometry.pages {
            let at = self.flash.at(index, 0);
            match self.head(index)? {
                Head::OtherVersion(version) => return Err(Error::new(ErrorKind::OtherVersion(version), at)),
                // A page that stands where it does not belong is of a journal that begins elsewhere.
                Head::Known { number, .. } if self.flash.at(number, 0) == at => self.number = self.number.max(number),
                Head::OtherGeometry | Head::Known { .. } => return Err(Error::new(ErrorKind::OtherGeometry, at)),
                Head::Blank | Head::Damaged => {}
            }
        }
        // Pages whose heads were damaged after they were begun: they are read, never written.
        let newest = self.number;
        for ahead in 1..=geometry.pages {
            let next = newest.saturating_add(ahead);
            if self.head(next)? == Head::Damaged && self.is_here(next)? {
                self.number = next;
            }
        }
        self.ahead = self.is_here(self.number)? && self.gives_up()?;
        let (mut index, mut low) = (0, geometry.page);
        (self.slot, self.end) = (0, geometry.data());
        while let Some(offset) = geometry.slot(index).filter(|&offset| offset >= self.end) {
            let at = self.flash.at(self.number, offset);
            index = index.saturating_add(1);
            if !self.flash.is_filled(at, geometry.slot_length(), 0xff)? {
                (self.slot, low) = (index, offset);
            }
            if let Some(slot) = self.read_slot(self.number, index.saturating_sub(1))? {
                self.end = self.end.max(slot.stop(geometry));
            }
        }
        // What is not erased, and no slot knows of, is left alone.
        let at = self.flash.at(self.number, self.end);
        let known = matches!(self.head(self.number)?, Head::Known { number, .. } if number == self.number);
        self.open = known && !self.ahead && self.flash.is_filled(at, low.saturating_sub(self.end), 0xff)?;
        Ok(())
    }
}

impl<F: NorFlash> Store for Journal<F> {
    #[inline(never)] // it is long, and called from several places
    fn append(&mut self, record: &[u8]) -> Result<Handle, Error> {
        self.write(record)
    }

    fn next<'b>(&mut self, after: Option<Handle>, buffer: &'b mut [u8]) -> Result<Option<Record<'b>>, Error> {
        let Some(found) = self.find(after, Some(&mut *buffer))? else { return Ok(None) };
        let mark = self.read_mark(found.handle)?;
        let length = usize::try_from(found.length).unwrap_or(0);
        Ok(Some(Record { handle: found.handle, mark, bytes: buffer.get(..length).unwrap_or_default() }))
    }

    fn mark(&mut self, handle: Handle, mark: Mark) -> Result<(), Error> {
        self.raise(handle, mark)
    }

    fn status(&mut self) -> Result<Status, Error> {
        self.survey()
    }
}
