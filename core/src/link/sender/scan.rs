//! What is there: which epoch comes next, and what of it is missing.

use super::super::runs::{self, There};
use super::{Cursor, Outbox, Piece, Seen, Sender, State};
use crate::seal::{HEAD, OPENING, Record};
use crate::store::{Handle, Mark};

impl Sender {
    /// Marks what is at a hub; whether anything is missing there. What a hub has under a number may be another's: the sum over the bodies tells.
    pub(super) fn settle<O: Outbox>(&mut self, bodies: u16, outbox: &mut O, room: &mut [u8]) -> Result<bool, O::Error> {
        let (mut sum, mut after) = (0, self.before);
        while let Some(seen) = self.seen(outbox, room, after)? {
            after = Some(seen.handle);
            if seen.seq != 0 && self.has(&seen) {
                sum ^= self.key.body(room.get(..HEAD.saturating_add(seen.length.into())).unwrap_or_default());
            }
        }
        let is_ours = sum == bodies;
        if !is_ours && !self.again {
            self.again = true;
            self.outcome.forked = self.outcome.forked.saturating_add(1);
            (self.have_length, self.have_more) = (0, false);
        }
        let (mut there, mut after) = (0_u32, self.before);
        while let Some(seen) = self.seen(outbox, room, after)? {
            after = Some(seen.handle);
            if is_ours && self.is_waiting(seen.mark, seen.seq) && self.has(&seen) {
                there = there.saturating_add(1);
                if seen.mark < Mark::AtHub {
                    outbox.mark(seen.handle, Mark::AtHub)?;
                }
            }
        }
        self.there = there;
        self.left = self.count(outbox, room)?;
        if self.left == 0 && self.have_more {
            // It has more holes than it can say, and none that could be filled: what it did not say is sent.
            self.have_more = false;
            self.left = self.count(outbox, room)?;
        }
        Ok(self.left > 0)
    }

    /// Bytes that are missing.
    pub(super) fn count<O: Outbox>(&mut self, outbox: &mut O, room: &mut [u8]) -> Result<u32, O::Error> {
        self.rewind();
        let (mut cursor, mut left) = (self.cursor, 0_u32);
        while let Some(piece) = self.find(outbox, room, &mut cursor)? {
            cursor.offset = piece.to;
            left = left.saturating_add(u32::from(piece.to.saturating_sub(piece.from)));
        }
        Ok(left)
    }

    /// The next record of the epoch; it is in the room.
    pub(super) fn seen<O: Outbox>(
        &self,
        outbox: &mut O,
        room: &mut [u8],
        mut after: Option<Handle>,
    ) -> Result<Option<Seen>, O::Error> {
        while let Some(record) = outbox.next(after, room)? {
            after = Some(record.handle);
            let length = record.bytes.len().saturating_sub(HEAD);
            if let Ok(sealed) = Record::parse(record.bytes)
                && let Ok(length) = u16::try_from(length)
            {
                let seen = Seen { handle: record.handle, mark: record.mark, seq: sealed.seq, length };
                return Ok((sealed.epoch == self.epoch).then_some(seen));
            }
        }
        Ok(None)
    }

    /// Whether a record is without HQ's receipt, and its turn is now.
    pub(super) fn is_waiting(&self, mark: Mark, seq: u8) -> bool {
        mark < Mark::AtHq && (!self.only_urgent || seq == 0 || self.urgent.contains(&(self.epoch, seq)))
    }

    /// Whether it is sent before anybody has said what is missing.
    pub(super) fn is_offered(&self, mark: Mark, seq: u8) -> bool {
        let unasked = if self.terms.one_way > 0 { mark == Mark::Saved || seq == 0 } else { mark == Mark::Saved && !self.in_doubt };
        self.is_waiting(mark, seq) && (self.heard || unasked)
    }

    /// Where the record is in the runs.
    pub(super) const fn index(&self, seq: u8) -> u16 {
        // Const, so without From.
        if seq == 0 { 0 } else { (seq as u16).saturating_sub(self.low as u16).saturating_add(1) }
    }

    pub(super) fn look(&self, seq: u8, offset: u16, length: u16) -> There {
        let runs = self.have.get(..self.have_length.into()).unwrap_or_default();
        runs::look(runs, self.index(seq), offset, length)
    }

    /// Whether a hub has the record whole.
    pub(super) fn has(&self, seen: &Seen) -> bool {
        (seen.seq == 0 || seen.seq >= self.low) && self.look(seen.seq, 0, seen.length) == There::Whole
    }

    /// The first bytes of a record from an offset on that are missing.
    pub(super) fn missing(&self, mark: Mark, seq: u8, offset: u16, length: u16) -> Option<(u16, u16)> {
        let (from, to) = match self.look(seq, offset, length) {
            There::Whole => return None,
            There::Missing { from, to } => (from, to.unwrap_or(length).min(length)),
            // There are too many holes to say. What was never sent is not there.
            There::Unsaid if self.have_more && (mark > Mark::Saved || seq < self.fresh.0) => return None,
            There::Unsaid if self.have_more && seq == self.fresh.0 => (offset.max(self.fresh.1), length),
            There::Unsaid => (offset, length),
        };
        (from < to).then_some((from, to))
    }

    /// Back to the beginning of the epoch.
    pub(super) fn rewind(&mut self) {
        self.cursor = Cursor { after: self.before, opened: !self.without_opening, offset: 0 };
    }

    /// The first piece from the cursor on that is to be sent. The cursor comes to stand at it, and the record in the room.
    pub(super) fn find<O: Outbox>(&self, outbox: &mut O, room: &mut [u8], cursor: &mut Cursor) -> Result<Option<Piece>, O::Error> {
        if !cursor.opened {
            let opening = self.opening.as_ref().map(<[u8; OPENING]>::as_slice).unwrap_or_default();
            let length = u16::try_from(opening.len().saturating_sub(HEAD)).unwrap_or(0);
            if let Some((from, to)) = self.missing(Mark::Sent, 0, cursor.offset, length) {
                room.iter_mut().zip(opening).for_each(|(to, from)| *to = *from);
                cursor.offset = from;
                return Ok(Some(Piece { handle: None, mark: Mark::Sent, seq: 0, length, from, to }));
            }
            (cursor.opened, cursor.offset) = (true, 0);
        }
        while let Some(Seen { handle, mark, seq, length, .. }) = self.seen(outbox, room, cursor.after)? {
            if self.is_offered(mark, seq)
                && let Some((from, to)) = self.missing(mark, seq, cursor.offset, length)
            {
                cursor.offset = from;
                return Ok(Some(Piece { handle: Some(handle), mark, seq, length, from, to }));
            }
            (cursor.after, cursor.offset) = (Some(handle), 0);
        }
        Ok(None)
    }

    /// Finds the epoch whose turn it is.
    pub(super) fn begin<O: Outbox>(&mut self, outbox: &mut O, room: &mut [u8]) -> Result<(), O::Error> {
        self.outcome = self.outcome();
        if self.only_urgent {
            let epoch = self.epoch;
            self.urgent.retain(|urgent| urgent.0 != epoch);
        }
        loop {
            let urgent = self.urgent.first().map(|urgent| urgent.0);
            self.only_urgent = urgent.is_some();
            (self.epoch, self.low, self.top, self.waiting, self.there, self.in_doubt) = (0, 0, 0, 0, 0, false);
            (self.heard, self.long, self.pass, self.again) = (false, false, 0, false);
            (self.have_length, self.have_more, self.receipt, self.news_tries) = (0, false, 0, 0);
            (self.fresh, self.least, self.stalled) = ((0, 0), u32::MAX, 0);
            self.news.clear();
            self.nonce = self.nonce.wrapping_add(1);
            let unsent = self.scan(urgent, outbox, room)?;
            self.left = self.count(outbox, room)?;
            self.rewind();
            if self.epoch != 0 && (self.terms.one_way == 0 || unsent) {
                self.state = State::Burst(0);
                return Ok(());
            }
            match urgent {
                Some(epoch) => self.urgent.retain(|urgent| urgent.0 != epoch),
                None if self.epoch != 0 => {}
                None => break,
            }
        }
        // Nothing is left, or nothing was there: then HQ may still have something to say.
        let ask = self.outcome.frames == 0 && self.terms.one_way == 0;
        self.state = if ask { State::Ask(self.terms.copies.max(1)) } else { State::Done };
        Ok(())
    }

    /// The records of an epoch: that of something urgent, or the next one with a record that waits. Whether one of them was never sent.
    pub(super) fn scan<O: Outbox>(&mut self, urgent: Option<u32>, outbox: &mut O, room: &mut [u8]) -> Result<bool, O::Error> {
        let mut after = if urgent.is_some() { None } else { self.next };
        let (mut opened, mut unsent) = (0, false);
        while let Some(record) = outbox.next(after, room)? {
            let before = after;
            after = Some(record.handle);
            let mark = record.mark;
            let Ok(Record { epoch, seq, .. }) = Record::parse(record.bytes) else { continue };
            if seq == 0 {
                opened = epoch;
            }
            let wanted = mark < Mark::AtHq && urgent.is_none_or(|urgent| urgent == epoch);
            if self.epoch == 0 && wanted {
                (self.epoch, self.before) = (epoch, before);
            }
            if self.epoch != epoch {
                if self.epoch != 0 {
                    break;
                }
                continue;
            }
            if urgent.is_none() {
                self.next = after;
            }
            if self.is_waiting(mark, seq) {
                self.waiting = self.waiting.saturating_add(1);
                unsent |= mark == Mark::Saved;
                self.in_doubt |= mark == Mark::Sent;
            }
            if self.low == 0 && wanted {
                self.low = seq;
            }
            self.top = self.top.max(seq);
        }
        self.low = self.low.max(1);
        let of_epoch = self.opening.as_ref().and_then(|opening| Record::parse(opening).ok()).map(|opening| opening.epoch);
        self.without_opening = self.epoch != 0 && opened != self.epoch && of_epoch == Some(self.epoch);
        Ok(unsent)
    }
}
