//! Marks: words behind each slot, each written once.

use embedded_storage::nor_flash::NorFlash;

use super::Journal;
use crate::store::page::{MARKS, SLOT, code};
use crate::store::{Error, ErrorKind, Handle, Mark};

impl<F: NorFlash> Journal<F> {
    /// Where a word for marks of a slot is.
    fn mark_at(&self, handle: Handle, word: u32) -> u32 {
        let offset = self.geometry().slot(handle.slot).unwrap_or(0).saturating_add(self.geometry().align(SLOT));
        self.flash.at(handle.page, offset.saturating_add(word.saturating_mul(self.geometry().word)))
    }

    pub(super) fn read_mark(&mut self, handle: Handle) -> Result<Mark, Error> {
        let mut highest = Mark::Saved;
        for word in 0..MARKS {
            let at = self.mark_at(handle, word);
            for mark in [Mark::Sent, Mark::AtHub, Mark::AtHq] {
                if mark > highest && self.is_filled(at, code(mark))? {
                    highest = mark;
                }
            }
        }
        // The last word is for this mark alone: cut short, it says so too.
        if highest < Mark::AtHq && self.cleared(self.mark_at(handle, MARKS.saturating_sub(1)))? > 1 {
            highest = Mark::AtHq;
        }
        Ok(highest)
    }

    /// Writes a mark, if there is none as high.
    pub(super) fn raise(&mut self, handle: Handle, mark: Mark) -> Result<(), Error> {
        let here = handle.page >= self.oldest().number && handle.page <= self.number && self.is_here(handle.page)?;
        let slot = if here { self.read_slot(handle.page, handle.slot)? } else { None };
        if slot.is_none_or(|slot| !slot.first || slot.sequence != handle.sequence) {
            return Err(Error::new(ErrorKind::Gone, 0));
        }
        if self.read_mark(handle)? >= mark {
            return Ok(());
        }
        let mut error = Error::new(ErrorKind::MarkWorn, self.mark_at(handle, 0));
        // The lower marks leave the last words to the higher ones.
        for word in 0..=mark as u32 {
            let at = self.mark_at(handle, word);
            if !self.is_filled(at, 0xff)? {
                continue;
            }
            // A word that was cut short may read as erased, and yet refuse to be written.
            match self.fill(at, code(mark)) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(refused) => error = refused,
            }
        }
        Err(error)
    }
}

const _: () = assert!(Mark::AtHq as u32 + 1 == MARKS);
