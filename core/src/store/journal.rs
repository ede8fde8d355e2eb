//! The flash journal. `page.rs` has the layout.
//!
//! Pages are begun in turn, round and round, and numbered; the page with the highest number is the newest. Before the page after it is
//! erased, the word `full` of the newest says so: from then on the old records there are gone, however far the erase comes.
//! A page is erased whenever it is begun, whatever it reads as: after a power cut erased bytes may only seem so.

use core::ops::Range;

use embedded_storage::nor_flash::NorFlash;

use super::flash::Flash;
use super::page::{FULL, Geometry, HEAD, Head, MARKS, SLOT, Slot, VERSION, code};
use super::{Error, ErrorKind, Handle, MOST, Mark, Record, Status, Store, WhenFull};

/// How often a record or a head is written before the flash is said not to keep it.
const TRIES: u32 = 3;

/// Records in a range of NOR flash: one that cannot be written twice will do, and power may fail at any word.
///
/// Blocking: a chip stands still while it writes its own flash, and drivers of external flash have both interfaces.
/// Give `&mut driver` to keep the driver.
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

/// Where the search for slots stands: the next slot to look at, and the end of the bytes that known slots have.
#[derive(Clone, Copy)]
struct Place {
    number: u32,
    index: u32,
    end: u32,
}

/// All that was read of a journal, before it is known which sequence is next.
struct Survey {
    /// But for records that were lost behind the last one.
    status: Status,
    /// The sequence that a record behind the last one would have, or where there is none the first, if a head says it.
    expected: Option<u32>,
}

impl Survey {
    /// With the records that were lost before the one whose sequence is next.
    fn status(self, sequence: u32) -> Status {
        let skipped = sequence.saturating_sub(self.expected.unwrap_or(sequence));
        Status { lost: self.status.lost.saturating_add(skipped), ..self.status }
    }
}

/// A whole record.
struct Found {
    handle: Handle,
    length: u32,
    /// Behind its last part.
    place: Place,
}

impl<F: NorFlash> Journal<F> {
    /// Opens the journal in a range of whole pages, or begins one; and says what was found there. Reads everything, writes nothing.
    ///
    /// # Errors
    /// [`Unsupported`](ErrorKind::Unsupported), [`OtherVersion`](ErrorKind::OtherVersion),
    /// [`OtherGeometry`](ErrorKind::OtherGeometry), or what the flash did.
    pub fn open(flash: F, range: Range<u32>, when_full: WhenFull) -> Result<(Self, Status), Error> {
        let flash = Flash::new(flash, &range)?;
        let mut newest = flash.geometry.pages.saturating_sub(1);
        let mut journal = Self { flash, when_full, number: 0, slot: 0, end: 0, open: false, ahead: false, sequence: 0 };
        for index in 0..journal.geometry().pages {
            let at = journal.flash.at(index, 0);
            match journal.head(index)? {
                Head::OtherVersion(version) => return Err(Error::new(ErrorKind::OtherVersion(version), at)),
                Head::OtherGeometry => return Err(Error::new(ErrorKind::OtherGeometry, at)),
                Head::Known { number, .. } if journal.flash.at(number, 0) == at => newest = newest.max(number),
                _ => {}
            }
        }
        journal.number = newest;
        journal.settle()?;
        let survey = journal.survey()?;
        if let Head::Known { number, first, .. } = journal.head(newest)?
            && number == newest
        {
            journal.sequence = first;
        }
        let behind_last = survey.expected.filter(|_| survey.status.records > 0);
        journal.sequence = behind_last.unwrap_or(0).max(journal.sequence);
        let status = survey.status(journal.sequence);
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

    /// Bytes that a record takes beside its own, in each page that it is in.
    #[must_use]
    pub fn overhead(&self) -> u32 {
        self.geometry().slot_length()
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

    /// Is the page of this number here? If its head is damaged, one of its slots shows it.
    fn is_here(&mut self, number: u32) -> Result<bool, Error> {
        match self.head(number)? {
            Head::Known { number: found, .. } => Ok(found == number),
            Head::Damaged => {
                let mut index = 0;
                while self.geometry().slot(index).is_some() {
                    if self.read_slot(number, index)?.is_some() {
                        return Ok(true);
                    }
                    index = index.saturating_add(1);
                }
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    /// Do all bytes of this word, or other place, have this value? Cut short, or with a flipped bit, they do not.
    fn is_filled(&mut self, at: u32, value: u8) -> Result<bool, Error> {
        let word = self.geometry().word;
        self.flash.is_filled(at, word, value)
    }

    /// Does the word `full` of the newest page give the next one up? Cut short it does too, for whoever wrote it was about to; a flipped
    /// bit does not.
    fn gives_up(&mut self) -> Result<bool, Error> {
        let (at, word) = (self.flash.at(self.number, self.geometry().full()), self.geometry().word);
        let mut cleared = 0_u32;
        self.flash.read(at, word, |bytes| {
            cleared = bytes.iter().fold(cleared, |cleared, byte| cleared.saturating_add(byte.count_zeros()));
        })?;
        Ok(cleared > 1)
    }

    /// Fills a word, and reads it back.
    fn fill(&mut self, at: u32, value: u8) -> Result<bool, Error> {
        let word = usize::try_from(self.geometry().word).unwrap_or(0);
        self.flash.write(at, [value; 32].get(..word).unwrap_or_default())?;
        self.is_filled(at, value)
    }

    /// Finds out what is free in the newest page.
    fn settle(&mut self) -> Result<(), Error> {
        let geometry = self.geometry();
        loop {
            self.ahead = self.is_here(self.number)? && self.gives_up()?;
            let next = self.number.saturating_add(1);
            // A page whose head was damaged after it was begun: it is read, never written.
            if !(self.ahead && self.head(next)? == Head::Damaged && self.is_here(next)?) {
                break;
            }
            self.number = next;
        }
        let (mut index, mut low) = (0, geometry.page);
        (self.slot, self.end) = (0, geometry.data());
        while let Some(offset) = geometry.slot(index).filter(|&offset| offset >= self.end) {
            let at = self.flash.at(self.number, offset);
            index = index.saturating_add(1);
            if !self.flash.is_blank(at, geometry.slot_length())? {
                (self.slot, low) = (index, offset);
            }
            if let Some(slot) = self.read_slot(self.number, index.saturating_sub(1))? {
                self.end = self.end.max(slot.stop(geometry));
            }
        }
        // What is not erased, and no slot knows of, is left alone.
        let at = self.flash.at(self.number, self.end);
        let known = matches!(self.head(self.number)?, Head::Known { number, .. } if number == self.number);
        self.open = known && !self.ahead && self.flash.is_blank(at, low.saturating_sub(self.end))?;
        Ok(())
    }

    /// The oldest page whose records count.
    fn oldest(&self) -> Place {
        let gone = self.geometry().pages.saturating_sub(if self.ahead { 2 } else { 1 });
        Place { number: self.number.saturating_sub(gone), index: 0, end: self.geometry().data() }
    }

    /// The next slot that can be read, and its index; `place` goes behind it.
    fn advance(&mut self, place: &mut Place) -> Result<Option<(Slot, u32)>, Error> {
        let geometry = self.geometry();
        while place.number <= self.number {
            let inside = geometry.slot(place.index).is_some_and(|offset| offset >= place.end);
            if !inside || (place.index == 0 && !self.is_here(place.number)?) {
                *place = Place { number: place.number.saturating_add(1), index: 0, end: geometry.data() };
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
    fn find(&mut self, after: Option<Handle>, mut buffer: Option<&mut [u8]>) -> Result<Option<Found>, Error> {
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
            let length = u32::from(slot.length).saturating_add(u32::from(slot.after));
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
    fn counts(&mut self, slot: &Slot, place: Place) -> Result<Option<Place>, Error> {
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
                    room.by_ref().zip(bytes).for_each(|(to, from)| *to = *from);
                }
            })? != slot.check
            {
                return Ok(None);
            }
            if slot.after == 0 {
                return Ok(Some(place));
            }
            before = slot.check;
            let after = slot.after;
            loop {
                match self.advance(&mut place)? {
                    Some((next, _)) if next.first || next.sequence != first.sequence => return Ok(None),
                    // A part that was written in vain stands before the one that was kept.
                    Some((next, _)) if next.length.saturating_add(next.after) != after => {}
                    Some((next, _)) => {
                        slot = next;
                        break;
                    }
                    None => return Ok(None),
                }
            }
        }
    }

    /// The check that the bytes of a part give.
    fn check(&mut self, number: u32, slot: &Slot, before: u32, mut take: impl FnMut(&[u8])) -> Result<u32, Error> {
        let mut check = slot.begin(number, before);
        let at = self.flash.at(number, slot.start);
        self.flash.read(at, u32::from(slot.length), |bytes| {
            check.add(bytes);
            take(bytes);
        })?;
        Ok(check.end())
    }

    /// Bytes that fit beside one more slot into the newest page, if there is room for the slot.
    fn room(&self) -> Option<u32> {
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
    fn may_begin(&mut self, ahead: u32, when_full: WhenFull) -> Result<bool, Error> {
        let old = self.number.saturating_add(ahead).checked_sub(self.geometry().pages);
        let Some(old) = old.filter(|&old| when_full != WhenFull::DropOldest && old >= self.oldest().number) else {
            return Ok(true);
        };
        let mut place = Place { number: old, ..self.oldest() };
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

    /// Begins the next page. After an error the one after that is next.
    fn begin(&mut self) -> Result<(), Error> {
        let geometry = self.geometry();
        let full = self.flash.at(self.number, geometry.full());
        if !self.ahead && self.is_here(self.number)? && self.is_filled(full, 0xff)? {
            // If it does not keep, a power cut in the erase leaves some of the old records; no more.
            self.ahead = self.fill(full, FULL)?;
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

    fn append_once(&mut self, record: &[u8], whole: u32) -> Result<Handle, Error> {
        let (mut rest, mut before, mut handle) = (record, 0, None);
        loop {
            let left = u32::try_from(rest.len()).unwrap_or(u32::MAX);
            let Some(now) = self.part(left, whole, self.room()) else {
                if !self.may_begin(1, self.when_full)? {
                    return Err(Error::new(ErrorKind::Full, self.flash.at(self.number.saturating_add(1), 0)));
                }
                self.begin()?;
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

    /// Where the words for marks of a slot begin.
    fn marks(&self, handle: Handle) -> u32 {
        let offset = self.geometry().slot(handle.slot).unwrap_or(0);
        self.flash.at(handle.page, offset.saturating_add(self.geometry().align(SLOT)))
    }

    fn read_mark(&mut self, handle: Handle) -> Result<Mark, Error> {
        let mut highest = Mark::Saved;
        for word in 0..MARKS {
            let at = self.marks(handle).saturating_add(word.saturating_mul(self.geometry().word));
            for mark in [Mark::Sent, Mark::AtHub, Mark::AtHq] {
                if mark > highest && self.is_filled(at, code(mark))? {
                    highest = mark;
                }
            }
        }
        Ok(highest)
    }
}

impl<F: NorFlash> Store for Journal<F> {
    fn append(&mut self, record: &[u8]) -> Result<Handle, Error> {
        let geometry = self.geometry();
        let most = geometry.capacity().saturating_mul(geometry.pages.saturating_sub(1)).min(u32::try_from(MOST).unwrap_or(0));
        let whole = u32::try_from(record.len()).ok().filter(|&length| length <= most);
        let Some(whole) = whole else { return Err(Error::new(ErrorKind::TooLong { most }, 0)) };
        // Before a word is written: is there room for all of it?
        let (mut left, mut pages, mut room) = (whole, 0, self.room());
        while pages < geometry.pages {
            match self.part(left, whole, room) {
                Some(now) if now == left => break,
                Some(now) => left = left.saturating_sub(now),
                None => {}
            }
            pages = pages.saturating_add(1);
            room = Some(geometry.capacity());
            if !self.may_begin(pages, self.when_full)? {
                return Err(Error::new(ErrorKind::Full, self.flash.at(self.number.saturating_add(pages), 0)));
            }
        }
        let mut tried = 1;
        loop {
            match self.append_once(record, whole) {
                Err(error) if tried < TRIES && error.kind != ErrorKind::Full => tried = tried.saturating_add(1),
                result => return result,
            }
        }
    }

    fn next<'b>(&mut self, after: Option<Handle>, buffer: &'b mut [u8]) -> Result<Option<Record<'b>>, Error> {
        let Some(found) = self.find(after, Some(&mut *buffer))? else { return Ok(None) };
        let mark = self.read_mark(found.handle)?;
        let length = usize::try_from(found.length).unwrap_or(0);
        Ok(Some(Record { handle: found.handle, mark, bytes: buffer.get(..length).unwrap_or_default() }))
    }

    fn mark(&mut self, handle: Handle, mark: Mark) -> Result<(), Error> {
        let here = handle.page >= self.oldest().number && handle.page <= self.number && self.is_here(handle.page)?;
        let slot = if here { self.read_slot(handle.page, handle.slot)? } else { None };
        if slot.is_none_or(|slot| !slot.first || slot.sequence != handle.sequence) {
            return Err(Error::new(ErrorKind::Gone, 0));
        }
        if self.read_mark(handle)? >= mark {
            return Ok(());
        }
        // The lower marks leave the last words to the higher ones.
        for word in 0..=mark as u32 {
            let at = self.marks(handle).saturating_add(word.saturating_mul(self.geometry().word));
            if self.is_filled(at, 0xff)? && self.fill(at, code(mark))? {
                return Ok(());
            }
        }
        Err(Error::new(ErrorKind::MarkWorn, self.marks(handle)))
    }

    fn status(&mut self) -> Result<Status, Error> {
        Ok(self.survey()?.status(self.sequence))
    }
}

impl<F: NorFlash> Journal<F> {
    /// Reads everything.
    fn survey(&mut self) -> Result<Survey, Error> {
        let geometry = self.geometry();
        let mut status = Status { free: self.room().unwrap_or(0), ..Status::default() };
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
        let mut expected = self.first_expected()?;
        let (mut after, mut place) = (None, oldest);
        while let Some(found) = self.find(after, None)? {
            let sequence = found.handle.sequence;
            let skipped = sequence.saturating_sub(expected.unwrap_or(sequence));
            status.lost = status.lost.saturating_add(skipped);
            status.records = status.records.saturating_add(1);
            expected = Some(sequence.saturating_add(1));
            (after, place) = (Some(found.handle), found.place);
        }
        status.unfinished = self.is_anything_behind(place)?;
        Ok(Survey { status, expected })
    }

    /// The sequence of the first record that should be here, if a head says it.
    fn first_expected(&mut self) -> Result<Option<u32>, Error> {
        let mut place = self.oldest();
        while place.number <= self.number {
            match self.head(place.number)? {
                Head::Known { number, first, .. } if number == place.number => {
                    // The rest of a record whose beginning was dropped with its page is not a loss.
                    let rest = self.advance(&mut place)?.is_some_and(|(slot, _)| !slot.first && slot.sequence == first);
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
                place = Place { number: place.number.saturating_add(1), index: 0, end: geometry.data() };
                continue;
            };
            let at = self.flash.at(place.number, offset);
            if self.is_here(place.number)? && !self.flash.is_blank(at, SLOT)? {
                return Ok(true);
            }
            place.index = place.index.saturating_add(1);
        }
        Ok(false)
    }
}

const _: () = assert!(VERSION == 1 && Mark::AtHq as u32 + 1 == MARKS);
