//! What is there, and what was lost.

use embedded_storage::nor_flash::NorFlash;

use super::Journal;
use super::walk::Place;
use crate::store::page::{Head, SLOT};
use crate::store::{Error, Status, WhenFull};

impl<F: NorFlash> Journal<F> {
    /// Reads everything.
    pub(super) fn survey(&mut self) -> Result<Status, Error> {
        let geometry = self.geometry();
        let mut status = Status { free: self.room().unwrap_or(0), next: self.sequence, ..Status::default() };
        let oldest = self.oldest();
        for number in oldest.number..=self.number {
            let damaged = match self.head(number)? {
                Head::Damaged => true,
                Head::Known { number: found, .. } => found != number,
                _ => false,
            };
            if damaged {
                status.damaged_pages = status.damaged_pages.saturating_add(1);
            }
        }
        for page in 0..geometry.pages {
            let erases = self.erases(page)?;
            status.erases = status.erases.saturating_add(erases);
            status.most_erases = status.most_erases.max(erases);
        }
        for ahead in 1..geometry.pages {
            if !self.may_begin(ahead, WhenFull::Refuse)? {
                break;
            }
            status.free = status.free.saturating_add(geometry.capacity());
        }
        let mut first = self.first_expected()?;
        let (mut after, mut place) = (None, oldest);
        while let Some(found) = self.find(after, None)? {
            let sequence = found.handle.sequence;
            first = Some(first.map_or(sequence, |first| first.min(sequence)));
            status.records = status.records.saturating_add(1);
            status.next = status.next.max(sequence.saturating_add(1));
            (after, place) = (Some(found.handle), found.place);
        }
        // Where the rest of a record is all that there is, its sequence comes once more: it may never have been confirmed.
        status.oldest = first.map_or(status.next, |first| first.min(status.next));
        status.lost = status.next.saturating_sub(status.oldest).saturating_sub(status.records);
        // Given up, and not begun: power failed there, or the page that was begun cannot be read.
        status.unfinished = self.ahead || self.is_anything_behind(place)?;
        Ok(status)
    }

    /// The sequence of the first record that should be here, if it can be known.
    fn first_expected(&mut self) -> Result<Option<u32>, Error> {
        let mut place = self.oldest();
        if place.number <= self.geometry().pages {
            // The first page that was ever begun is among them.
            return Ok(Some(0));
        }
        while place.number <= self.number {
            match self.head(place.number)? {
                Head::Known { number, first, .. } if number == place.number => {
                    // The rest of a record whose beginning was dropped with its page is not a loss.
                    let slot = self.read_slot(number, 0)?;
                    let rest = slot.is_some_and(|slot| !slot.first && slot.sequence == first);
                    return Ok(Some(if rest { first.saturating_add(1) } else { first }));
                }
                _ if self.is_here(place.number)? => return Ok(None),
                _ => place.number = place.number.saturating_add(1),
            }
        }
        Ok(None)
    }

    /// Is there anything in the slots from this place on?
    fn is_anything_behind(&mut self, mut place: Place) -> Result<bool, Error> {
        let geometry = self.geometry();
        while place.number <= self.number {
            let inside = geometry.slot(place.index).filter(|&offset| offset >= place.end);
            let Some(offset) = inside else {
                place = self.beginning(place.number.saturating_add(1));
                continue;
            };
            let at = self.flash.at(place.number, offset);
            if self.is_here(place.number)? && !self.flash.is_filled(at, SLOT, 0xff)? {
                return Ok(true);
            }
            place.index = place.index.saturating_add(1);
        }
        Ok(false)
    }
}
