//! Frames: what goes into the next one.

use super::super::Mac;
use super::super::frame::{self, Body, Context, Way};
use super::{ASKING, Cursor, FIRST, Outbox, Piece, Sender, State};
use crate::seal::HEAD;
use crate::store::Mark;

/// Which frames of the first burst are POLLs: where one arrives, the hub takes the short heads behind it. Most are at the beginning, since what comes
/// before the first that arrives is lost; some are later, for what is lost is often lost in a row.
const POLLS: [u16; 4] = [0, 1, 4, 9];

impl Sender {
    /// The next frame; none where there is nothing to send, and then the state is another.
    pub(super) fn make<O: Outbox>(
        &mut self,
        now: u64,
        outbox: &mut O,
        room: &mut [u8],
        frame: &mut [u8],
    ) -> Result<usize, O::Error> {
        let mut body = Body::new(frame, self.terms.mtu, self.terms.mac);
        match self.state {
            State::Burst(frames) => {
                let is_empty = !self.records(frames, outbox, room, &mut body)?;
                let frames = frames.saturating_add(u16::from(!is_empty));
                let window = if self.heard { self.terms.window } else { FIRST.min(self.terms.window) };
                let is_full = frames >= window.max(1) && self.terms.one_way == 0;
                // The last frames of a burst ask: one of them will be heard.
                let ends = frames.saturating_add(ASKING) > window || self.left < u32::from(self.terms.mtu.saturating_mul(ASKING));
                body.flag(if ends && self.terms.one_way == 0 && !is_empty { frame::ASK } else { 0 });
                if is_full || is_empty || self.find(outbox, room, &mut self.cursor.clone())?.is_none() {
                    self.end_burst(frames, is_empty, &mut body);
                } else {
                    self.state = State::Burst(frames);
                }
            }
            State::Ask(0) => {
                let timeout = u64::from(self.terms.timeout) << self.tries.min(3);
                self.state = State::Wait(now.saturating_add(timeout));
            }
            State::Ask(left) => {
                self.question(&mut body);
                self.state = State::Ask(left.saturating_sub(1));
            }
            State::Begin | State::Wait(_) | State::Done => {}
        }
        let length = body.len();
        if length == 0 {
            return Ok(0);
        }
        let context = Context { way: Way::Up, nonce: 0, epoch: self.epoch };
        Ok(frame::close(&self.key, self.terms.mac, context, frame, length))
    }

    /// After the last frame of a burst.
    fn end_burst(&mut self, frames: u16, is_empty: bool, body: &mut Body<'_>) {
        let copies = self.terms.copies.max(1);
        self.state = if self.terms.one_way > 0 {
            self.pass = self.pass.saturating_add(1);
            self.rewind();
            if self.pass < self.terms.one_way { State::Burst(0) } else { State::Begin }
        } else if is_empty {
            self.long = true;
            State::Ask(copies)
        } else {
            body.flag(frame::ASK);
            if copies > 1 && frames == 1 && self.pass == 0 {
                // The last frame twice costs less than one more question.
                self.pass = 1;
                self.rewind();
                State::Burst(0)
            } else {
                // The last frames have asked already.
                State::Ask(0)
            }
        };
    }

    /// The head of a frame with records from a number on, behind so many of its burst.
    fn head(&self, body: &mut Body<'_>, frames: u16, seq: u8, offset: u16) {
        if self.terms.one_way == 0 && !self.heard && POLLS.contains(&frames) {
            self.whole_question(body);
        } else if self.terms.one_way > 0 || self.terms.mac == Mac::None {
            body.put(&[frame::RECORDS | frame::LONG, self.key.hint]);
            body.epoch(self.epoch);
        } else {
            body.put(&[frame::RECORDS]);
        }
        body.put(&[seq]);
        if offset > 0 {
            body.flag(frame::OFFSET);
            body.varint(offset);
        }
    }

    fn question(&self, body: &mut Body<'_>) {
        if self.heard && !self.long && self.terms.mac != Mac::None {
            body.put(&[frame::RECORDS | frame::ASK]);
        } else {
            self.whole_question(body);
        }
    }

    /// A POLL, up to its records.
    fn whole_question(&self, body: &mut Body<'_>) {
        body.put(&[frame::POLL | frame::LONG, self.key.hint]);
        body.epoch(self.epoch);
        body.put(&[self.low, self.top]);
        body.put(&self.nonce.to_le_bytes());
        body.put(&[self.down, self.receipt]);
    }

    /// Fills a frame with pieces from the cursor on, behind so many of its burst; false if there is none.
    fn records<O: Outbox>(&mut self, frames: u16, outbox: &mut O, room: &mut [u8], body: &mut Body<'_>) -> Result<bool, O::Error> {
        let mut cursor = self.cursor;
        let mut before: Option<u8> = None;
        while let Some(piece) = self.find(outbox, room, &mut cursor)? {
            let rest = piece.length.saturating_sub(piece.from);
            let follows = piece.from == 0 && before.is_some_and(|before| before.checked_add(1) == Some(piece.seq));
            let jump = if follows { 0 } else { frame::varint_length(piece.from).saturating_add(2) };
            let needed = jump.saturating_add(frame::varint_length(rest)).saturating_add(1);
            if before.is_none() {
                self.head(body, frames, piece.seq, piece.from);
            } else if body.room() < needed || (self.terms.one_way > 0 && body.room() < needed.saturating_add(rest.into())) {
                // Where nothing is asked for again, a record is not cut that fits into a frame: for both of its frames would have to arrive.
                break;
            } else if !follows {
                body.put(&[0, piece.seq]);
                body.varint(piece.from);
            }
            // A piece that fills the frame needs no length, if it is not the record's first.
            if before.is_none() && piece.from > 0 && usize::from(piece.to.saturating_sub(piece.from)) >= body.room() {
                body.flag(frame::FILLS);
            } else {
                body.varint(rest);
            }
            let many = body.room().min(piece.to.saturating_sub(piece.from).into());
            let start = HEAD.saturating_add(piece.from.into());
            body.put(room.get(start..start.saturating_add(many)).unwrap_or_default());
            let end = piece.from.saturating_add(u16::try_from(many).unwrap_or(u16::MAX));
            before = Some(piece.seq);
            self.cursor = Cursor { offset: end, ..cursor };
            self.fresh = self.fresh.max(if end < piece.length { (piece.seq, end) } else { (piece.seq.saturating_add(1), 0) });
            self.left = self.left.saturating_sub(u32::try_from(many).unwrap_or(0));
            if end < piece.length {
                break;
            }
            self.sent(&piece, outbox)?;
            cursor = Cursor { after: piece.handle.or(cursor.after), opened: true, offset: 0 };
            self.cursor = cursor;
        }
        Ok(before.is_some())
    }

    /// The last byte of a record was sent.
    fn sent<O: Outbox>(&self, piece: &Piece, outbox: &mut O) -> Result<(), O::Error> {
        let is_last = self.terms.one_way <= self.pass.saturating_add(1);
        match piece.handle {
            Some(handle) if piece.mark < Mark::Sent && is_last => outbox.mark(handle, Mark::Sent),
            _ => Ok(()),
        }
    }
}
