//! Appending: pages are begun, parts are written and read back.

use embedded_storage::nor_flash::NorFlash;

use super::Journal;
use crate::store::page::{FULL, Head, MOST_NUMBER, Slot};
use crate::store::{Error, ErrorKind, Handle, MOST, Mark, WhenFull};

/// How often a record or a head is written before the flash is said not to keep it.
const TRIES: u32 = 3;

impl<F: NorFlash> Journal<F> {
    /// Bytes that fit beside one more slot into the newest page, if there is room for the slot.
    pub(super) fn room(&self) -> Option<u32> {
        let offset = self.geometry().slot(self.slot).filter(|_| self.open)?;
        offset.checked_sub(self.end)
    }

    /// Bytes of the next part, with so many left to write. A record that fits into a page is in one; a longer one begins where there is room
    /// for more than its slot takes.
    fn part(&self, left: u32, whole: u32, room: Option<u32>) -> Option<u32> {
        let room = room?;
        let split = whole > self.geometry().capacity() && room > self.geometry().slot_length();
        if left <= room { Some(left) } else { split.then_some(room) }
    }

    /// May the page that comes so many after the newest be begun?
    pub(super) fn may_begin(&mut self, ahead: u32, when_full: WhenFull) -> Result<bool, Error> {
        let old = self.number.saturating_add(ahead).checked_sub(self.geometry().pages);
        let Some(old) = old.filter(|&old| when_full != WhenFull::DropOldest && old >= self.oldest().number) else {
            return Ok(true);
        };
        let mut place = self.beginning(old);
        while let Some((slot, index)) = self.advance(&mut place)?.filter(|_| place.number == old) {
            if slot.first && self.counts(&slot, place)?.is_some() {
                let handle = Handle { sequence: slot.sequence, page: old, slot: index };
                if when_full == WhenFull::Refuse || self.read_mark(handle)? != Mark::AtHq {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Writes a record to where it can be read back from.
    pub(super) fn write(&mut self, record: &[u8]) -> Result<Handle, Error> {
        let geometry = self.geometry();
        let most = geometry.capacity().saturating_mul(geometry.pages.saturating_sub(1)).min(u32::try_from(MOST).unwrap_or(0));
        let whole = u32::try_from(record.len()).ok().filter(|&length| length <= most);
        let Some(whole) = whole else { return Err(Error::new(ErrorKind::TooLong { most }, 0)) };
        if self.sequence.max(self.number) >= MOST_NUMBER.saturating_sub(0xffff) {
            return Err(Error::new(ErrorKind::Full, 0));
        }
        self.has_room(whole)?;
        // Pages that cannot be begun cost no more than half of the old ones.
        let mut spare = geometry.pages / 2;
        let (mut tried, mut failed) = (1, None);
        loop {
            match self.write_once(record, whole, &mut spare) {
                Ok(handle) => return Ok(handle),
                Err(error) if tried < TRIES && error.kind != ErrorKind::Full => {
                    failed = Some(error);
                    tried = tried.saturating_add(1);
                }
                Err(error) => {
                    // Full for whom the oldest may be dropped: of pages that could not be begun.
                    let full = error.kind == ErrorKind::Full && self.when_full == WhenFull::DropOldest;
                    let error = failed.filter(|_| full).unwrap_or(error);
                    // Pages that could not be begun were passed by, and may be there yet. Without power nothing more can be found out.
                    if !self.open {
                        let _ = self.settle();
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Before a word is written: is there room for all of the record?
    fn has_room(&mut self, whole: u32) -> Result<(), Error> {
        let (mut left, mut pages, mut room) = (whole, 0, self.room());
        while pages < self.geometry().pages {
            match self.part(left, whole, room) {
                Some(now) if now == left => break,
                Some(now) => left = left.saturating_sub(now),
                None => {}
            }
            pages = pages.saturating_add(1);
            room = Some(self.geometry().capacity());
            if !self.may_begin(pages, self.when_full)? {
                return Err(Error::new(ErrorKind::Full, self.flash.at(self.number.saturating_add(pages), 0)));
            }
        }
        Ok(())
    }

    /// Pages with records are begun as long as there is one to spare.
    fn write_once(&mut self, record: &[u8], whole: u32, spare: &mut u32) -> Result<Handle, Error> {
        let (mut rest, mut before, mut handle) = (record, 0, None);
        loop {
            let left = u32::try_from(rest.len()).unwrap_or(u32::MAX);
            let Some(now) = self.part(left, whole, self.room()) else {
                let when_full = if *spare > 0 { self.when_full } else { WhenFull::Refuse };
                if !self.may_begin(1, when_full)? {
                    return Err(Error::new(ErrorKind::Full, self.flash.at(self.number.saturating_add(1), 0)));
                }
                self.begin().inspect_err(|_| *spare = spare.saturating_sub(1))?;
                continue;
            };
            let (part, later) = rest.split_at_checked(usize::try_from(now).unwrap_or(0)).unwrap_or((rest, &[]));
            let first = handle.is_none();
            let here = *handle.get_or_insert(Handle { sequence: self.sequence, page: self.number, slot: self.slot });
            before = self.write_part(part, later.len(), first, before)?;
            rest = later;
            if rest.is_empty() {
                self.sequence = self.sequence.saturating_add(1);
                return Ok(here);
            }
        }
    }

    /// Begins the next page. After an error the one after that is next.
    fn begin(&mut self) -> Result<(), Error> {
        let geometry = self.geometry();
        let full = self.flash.at(self.number, geometry.full());
        if !self.ahead && self.is_here(self.number)? && self.is_filled(full, 0xff)? {
            // If it is not kept, or cannot be written, a power cut in the erase leaves some of the old records; no more.
            self.ahead = self.fill(full, FULL).unwrap_or(false);
        }
        let number = self.number.saturating_add(1);
        let lap = number.checked_div(geometry.pages).unwrap_or(0);
        let erases = lap.max(self.erases(number.checked_rem(geometry.pages).unwrap_or(0))?.saturating_add(1));
        (self.number, self.slot, self.end, self.open, self.ahead) = (number, 0, geometry.data(), false, false);
        self.flash.erase(number)?;
        let head = Head::bytes(geometry, number, self.sequence, erases);
        let at = self.flash.at(number, 0);
        self.flash.write(at, &head)?;
        self.open = self.flash.read_array(at)? == head;
        if self.open { Ok(()) } else { Err(Error::new(ErrorKind::NotKept, at)) }
    }

    /// Writes a slot and then its bytes, and reads both back. Whatever comes of it, the place is used. Gives the check.
    fn write_part(&mut self, part: &[u8], after: usize, first: bool, before: u32) -> Result<u32, Error> {
        let (geometry, number, index) = (self.geometry(), self.number, self.slot);
        let [length, after] = [part.len(), after].map(|length| u16::try_from(length).unwrap_or(0));
        let mut slot = Slot { sequence: self.sequence, start: self.end, length, after, first, check: 0 };
        let mut check = slot.begin(number, before);
        check.add(part);
        slot.check = check.end();
        let at = self.flash.at(number, geometry.slot(index).unwrap_or(0));
        self.slot = index.saturating_add(1);
        self.end = slot.stop(geometry);
        let bytes = slot.bytes(geometry, number, index);
        self.flash.write(at, &bytes)?;
        let start = self.flash.at(number, slot.start);
        self.flash.write(start, part)?;
        let kept = self.flash.read_array(at)? == bytes && self.check(number, &slot, before, |_| {})? == slot.check;
        if kept { Ok(slot.check) } else { Err(Error::new(ErrorKind::NotKept, at)) }
    }

    /// Fills a word, and reads it back.
    pub(super) fn fill(&mut self, at: u32, value: u8) -> Result<bool, Error> {
        let word = usize::try_from(self.geometry().word).unwrap_or(0);
        self.flash.write(at, [value; 32].get(..word).unwrap_or_default())?;
        self.is_filled(at, value)
    }
}
