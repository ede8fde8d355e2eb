//! The RAM ring: what the journal does, without flash. Records are gone with the power.
//!
//! ```text
//! length  2     of the record, little-endian
//! mark    1
//! the record                     the next one follows; the end of the room goes on at its beginning
//! ```

use super::{Error, ErrorKind, Handle, MOST, Mark, Record, Status, Store, WhenFull};

const HEAD: usize = 3;
const MARKS: [Mark; 4] = [Mark::Saved, Mark::Sent, Mark::AtHub, Mark::AtHq];

/// Records in RAM that the caller lends.
#[derive(Debug)]
pub struct Ring<'a> {
    room: &'a mut [u8],
    when_full: WhenFull,
    /// Where the oldest record begins, and the bytes that all take.
    start: usize,
    used: usize,
    /// The sequences of the oldest record and of the next one to come.
    oldest: u32,
    sequence: u32,
}

impl<'a> Ring<'a> {
    /// An empty ring.
    #[must_use]
    pub const fn new(room: &'a mut [u8], when_full: WhenFull) -> Self {
        Self { room, when_full, start: 0, used: 0, oldest: 0, sequence: 0 }
    }

    /// The bytes from an offset behind the oldest record's beginning.
    fn bytes(&mut self, offset: usize) -> impl Iterator<Item = &mut u8> {
        let from = self.start.saturating_add(offset).checked_rem(self.room.len()).unwrap_or(0);
        let (low, high) = self.room.split_at_mut_checked(from).unwrap_or_default();
        high.iter_mut().chain(low)
    }

    /// Length and mark of the record at this offset.
    fn head(&mut self, offset: usize) -> (usize, Mark) {
        let [mut low, mut high, mut mark] = [0; HEAD];
        for (to, from) in [&mut low, &mut high, &mut mark].into_iter().zip(self.bytes(offset)) {
            *to = *from;
        }
        (usize::from(u16::from_le_bytes([low, high])), MARKS.get(usize::from(mark)).copied().unwrap_or_default())
    }

    /// Where the record of this sequence begins.
    fn find(&mut self, sequence: u32) -> Option<usize> {
        if !(self.oldest..self.sequence).contains(&sequence) {
            return None;
        }
        let mut offset = 0_usize;
        for _ in self.oldest..sequence {
            offset = offset.saturating_add(HEAD).saturating_add(self.head(offset).0);
        }
        Some(offset)
    }

    fn free(&self) -> usize {
        self.room.len().saturating_sub(self.used)
    }

    /// Drops the oldest records until so many bytes are free; none if not all that must go may.
    fn make_room(&mut self, needed: usize) -> bool {
        let (mut free, mut dropped, mut offset) = (self.free(), 0_u32, 0_usize);
        while free < needed {
            let (length, mark) = self.head(offset);
            let may = match self.when_full {
                WhenFull::Refuse => false,
                WhenFull::DropAtHq => mark == Mark::AtHq,
                WhenFull::DropOldest => true,
            };
            if !may {
                return false;
            }
            let whole = length.saturating_add(HEAD);
            (free, offset, dropped) = (free.saturating_add(whole), offset.saturating_add(whole), dropped.saturating_add(1));
        }
        self.start = self.start.saturating_add(offset).checked_rem(self.room.len()).unwrap_or(0);
        self.used = self.used.saturating_sub(offset);
        self.oldest = self.oldest.saturating_add(dropped);
        true
    }
}

impl Store for Ring<'_> {
    fn append(&mut self, record: &[u8]) -> Result<Handle, Error> {
        let most = self.room.len().saturating_sub(HEAD).min(MOST);
        let needed = record.len().saturating_add(HEAD);
        let Some(length) = u16::try_from(record.len()).ok().filter(|_| record.len() <= most && needed <= self.room.len()) else {
            return Err(Error::new(ErrorKind::TooLong { most: u32::try_from(most).unwrap_or(0) }, 0));
        };
        if !self.make_room(needed) {
            return Err(Error::new(ErrorKind::Full, 0));
        }
        let [low, high] = length.to_le_bytes();
        let used = self.used;
        self.bytes(used).zip([low, high, 0].iter().chain(record)).for_each(|(to, from)| *to = *from);
        self.used = used.saturating_add(needed);
        let handle = Handle { sequence: self.sequence, page: 0, slot: 0 };
        self.sequence = self.sequence.saturating_add(1);
        Ok(handle)
    }

    fn next<'b>(&mut self, after: Option<Handle>, buffer: &'b mut [u8]) -> Result<Option<Record<'b>>, Error> {
        let sequence = after.map_or(0, |handle| handle.sequence.saturating_add(1)).max(self.oldest);
        let Some(offset) = self.find(sequence) else { return Ok(None) };
        let (length, mark) = self.head(offset);
        let handle = Handle { sequence, page: 0, slot: 0 };
        let Some(bytes) = buffer.get_mut(..length) else {
            let needed = u32::try_from(length).unwrap_or(0);
            return Err(Error::new(ErrorKind::BufferTooSmall { needed, handle }, 0));
        };
        bytes.iter_mut().zip(self.bytes(offset).skip(HEAD)).for_each(|(to, from)| *to = *from);
        Ok(Some(Record { handle, mark, bytes }))
    }

    fn mark(&mut self, handle: Handle, mark: Mark) -> Result<(), Error> {
        let Some(offset) = self.find(handle.sequence) else { return Err(Error::new(ErrorKind::Gone, 0)) };
        if self.head(offset).1 < mark
            && let Some(byte) = self.bytes(offset).nth(2)
        {
            *byte = mark as u8;
        }
        Ok(())
    }

    fn status(&mut self) -> Result<Status, Error> {
        let free = u32::try_from(self.free()).unwrap_or(u32::MAX);
        let (oldest, next) = (self.oldest, self.sequence);
        Ok(Status { records: next.saturating_sub(oldest), free, oldest, next, ..Status::default() })
    }
}
