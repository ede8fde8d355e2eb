//! Slots in their order, and which records they make.

use embedded_storage::nor_flash::NorFlash;

use super::Journal;
use crate::store::page::Slot;
use crate::store::{Error, ErrorKind, Handle};

/// Where the search for slots stands: the next slot to look at, and the end of the bytes that known slots have.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) number: u32,
    pub(super) index: u32,
    pub(super) end: u32,
}

/// A whole record.
pub(super) struct Found {
    pub(super) handle: Handle,
    pub(super) length: u32,
    /// Behind its last part.
    pub(super) place: Place,
}

impl<F: NorFlash> Journal<F> {
    /// The oldest page whose records count.
    pub(super) fn oldest(&self) -> Place {
        let gone = self.geometry().pages.saturating_sub(if self.ahead { 2 } else { 1 });
        self.beginning(self.number.saturating_sub(gone))
    }

    /// The first slot of a page.
    pub(super) fn beginning(&self, number: u32) -> Place {
        Place { number, index: 0, end: self.geometry().data() }
    }

    /// The next slot that can be read, and its index; `place` goes behind it.
    pub(super) fn advance(&mut self, place: &mut Place) -> Result<Option<(Slot, u32)>, Error> {
        let geometry = self.geometry();
        while place.number <= self.number {
            let inside = geometry.slot(place.index).is_some_and(|offset| offset >= place.end);
            if !inside || (place.index == 0 && !self.is_here(place.number)?) {
                *place = self.beginning(place.number.saturating_add(1));
                continue;
            }
            let index = place.index;
            place.index = index.saturating_add(1);
            if let Some(slot) = self.read_slot(place.number, index)? {
                place.end = place.end.max(slot.stop(geometry));
                return Ok(Some((slot, index)));
            }
        }
        Ok(None)
    }

    /// The first whole record after the handle; read into the buffer, if there is one.
    pub(super) fn find(&mut self, after: Option<Handle>, mut buffer: Option<&mut [u8]>) -> Result<Option<Found>, Error> {
        let mut place = self.oldest();
        if let Some(handle) = after.filter(|handle| handle.page >= place.number) {
            place.number = handle.page;
            if let Some(slot) = self.read_slot(handle.page, handle.slot)?
                && slot.sequence == handle.sequence
            {
                place = Place { index: handle.slot.saturating_add(1), end: slot.stop(self.geometry()), ..place };
            }
        }
        while let Some((slot, index)) = self.advance(&mut place)? {
            if !slot.first || after.is_some_and(|handle| slot.sequence <= handle.sequence) {
                continue;
            }
            let handle = Handle { sequence: slot.sequence, page: place.number, slot: index };
            let Some(behind) = self.counts(&slot, place)? else { continue };
            let length = slot.bytes_left();
            if let Some(buffer) = buffer.as_deref_mut() {
                if buffer.len() < usize::try_from(length).unwrap_or(usize::MAX) {
                    let at = self.flash.at(handle.page, slot.start);
                    return Err(Error::new(ErrorKind::BufferTooSmall { needed: length, handle }, at));
                }
                // Read once more, into the buffer: what is handed out has been checked as it was read.
                if self.is_whole(&slot, place, Some(buffer))?.is_none() {
                    continue;
                }
            }
            return Ok(Some(Found { handle, length, place: behind }));
        }
        Ok(None)
    }

    /// Does the record of this first part count? Then the place behind it. What was cut short may read as whole today, after
    /// another record got its sequence: the last one counts.
    pub(super) fn counts(&mut self, slot: &Slot, place: Place) -> Result<Option<Place>, Error> {
        let Some(behind) = self.is_whole(slot, place, None)? else { return Ok(None) };
        let mut later = place;
        while let Some((next, _)) = self.advance(&mut later)? {
            if next.first && next.sequence != slot.sequence {
                break;
            }
            if next.first && self.is_whole(&next, later, None)?.is_some() {
                return Ok(None);
            }
        }
        Ok(Some(behind))
    }

    /// Are all parts there and unchanged? Then the place behind the last. `place` is behind the first.
    fn is_whole(&mut self, first: &Slot, mut place: Place, buffer: Option<&mut [u8]>) -> Result<Option<Place>, Error> {
        let (mut slot, mut before, mut room) = (*first, 0, buffer.map(<[u8]>::iter_mut));
        loop {
            if self.check(place.number, &slot, before, |bytes| {
                if let Some(room) = &mut room {
                    bytes.iter().zip(room.by_ref()).for_each(|(from, to)| *to = *from);
                }
            })? != slot.check
            {
                return Ok(None);
            }
            if slot.after == 0 {
                return Ok(Some(place));
            }
            match self.advance(&mut place)? {
                Some((next, _)) if !next.first && next.sequence == slot.sequence && next.bytes_left() == u32::from(slot.after) => {
                    (slot, before) = (next, slot.check);
                }
                _ => return Ok(None),
            }
        }
    }

    /// The check that the bytes of a part give.
    pub(super) fn check(&mut self, number: u32, slot: &Slot, before: u32, mut take: impl FnMut(&[u8])) -> Result<u32, Error> {
        let mut check = slot.begin(number, before);
        let at = self.flash.at(number, slot.start);
        self.flash.read(at, u32::from(slot.length), &mut |bytes| {
            check.add(bytes);
            take(bytes);
        })?;
        Ok(check.end())
    }
}
