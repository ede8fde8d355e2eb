//! Who has records: a device, or a hub that passes them on.

use heapless::Vec;

use super::frame::{self, Body, Context, Fields, Way};
use super::runs::{self, There};
use super::{Failures, Key, Ledger, MAX_NEWS, MAX_RUNS, Mac, Partial, Terms};
use crate::seal::{HEAD, OPENING, Record};
use crate::store::{self, Handle, Mark, Store};

/// Records that may be urgent at a time.
const URGENT: usize = 8;
/// The most frames before anybody has answered.
const FIRST: u16 = 16;
/// How many frames at the end of a burst ask for an answer, about.
const ASKING: u16 = 3;
/// How often a question is asked without saying all of it, where a hub has heard that.
const SHORT_TRIES: u8 = 3;
/// How often a question is asked in vain.
const TRIES: u8 = 8;
/// How often news is asked for in an epoch.
const NEWS_TRIES: u8 = 8;

/// Records to be sent, in the order in which they came; those of an epoch in the order of their numbers. Any [`Store`] is one.
pub trait Outbox {
    /// What can go wrong.
    type Error;

    /// The first record after the one of the handle, or the oldest; read into `buffer`.
    ///
    /// # Errors
    /// What the store did.
    fn next<'b>(&mut self, after: Option<Handle>, buffer: &'b mut [u8]) -> Result<Option<store::Record<'b>>, Self::Error>;

    /// Raises the mark of a record.
    ///
    /// # Errors
    /// What the store did.
    fn mark(&mut self, handle: Handle, mark: Mark) -> Result<(), Self::Error>;
}

impl<S: Store> Outbox for S {
    type Error = store::Error;

    fn next<'b>(&mut self, after: Option<Handle>, buffer: &'b mut [u8]) -> Result<Option<store::Record<'b>>, store::Error> {
        Store::next(self, after, buffer)
    }

    fn mark(&mut self, handle: Handle, mark: Mark) -> Result<(), store::Error> {
        match Store::mark(self, handle, mark) {
            // It was dropped meanwhile, or has no more place: nothing depends on it.
            Err(store::Error { kind: store::ErrorKind::Gone | store::ErrorKind::MarkWorn, .. }) => Ok(()),
            result => result,
        }
    }
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<'f> {
    /// Send this frame.
    Send(&'f [u8]),
    /// Wait for frames until this time, in milliseconds.
    Wait(u64),
    /// The session is over.
    Done(Outcome),
}

/// What came of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Outcome {
    /// Records that were offered: those without HQ's receipt.
    pub offered: u32,
    /// Those of them of which a hub said that it has them.
    pub at_hub: u32,
    /// Frames that were sent.
    pub frames: u32,
    /// Whether the last question was answered: if not, nobody is there, or no longer.
    pub answered: bool,
    /// Epochs in which a hub has other bodies under this device's numbers. What it has was sent again.
    pub forked: u32,
}

/// What a frame brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'b> {
    /// Nothing: it is of somebody else, damaged, forged or old.
    Nothing,
    /// A hub says what it has.
    Answer,
    /// HQ's receipt, for [`Device::confirm`](crate::seal::Device::confirm).
    Receipt(&'b [u8]),
    /// A message of HQ's, sealed.
    Down(&'b [u8]),
}

/// Where records of an epoch are looked for.
#[derive(Clone, Copy, Debug, Default)]
struct Cursor {
    after: Option<Handle>,
    /// Past record 0, which may not be in the store.
    opened: bool,
    /// The byte in the record after that.
    offset: u16,
}

/// A piece of a record that is missing.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// None where record 0 is no longer in the store.
    handle: Option<Handle>,
    mark: Mark,
    seq: u8,
    /// Of the record without its head.
    length: u16,
    from: u16,
    to: u16,
}

/// A record of the epoch at hand.
#[derive(Clone, Copy, Debug)]
struct Seen {
    handle: Handle,
    mark: Mark,
    seq: u8,
    /// Of the record without its head.
    length: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The next epoch is to be found.
    Begin,
    /// Frames are sent; so many were.
    Burst(u16),
    /// The question is to be sent so often.
    Ask(u8),
    /// An answer may come until then.
    Wait(u64),
    Done,
}

/// A session of somebody who has records.
#[derive(Debug)]
pub struct Sender {
    terms: Terms,
    key: Key,
    nonce: u16,
    /// Low byte of the number of HQ's next message.
    down: u8,
    opening: Option<[u8; OPENING]>,
    urgent: Vec<(u32, u8), URGENT>,
    state: State,
    tries: u8,
    news_tries: u8,
    outcome: Outcome,
    failures: Failures,

    // Of the epoch at hand.
    epoch: u32,
    /// Only what is urgent.
    only_urgent: bool,
    /// The record before the first one.
    before: Option<Handle>,
    /// The record from which the next epoch is looked for.
    next: Option<Handle>,
    low: u8,
    top: u8,
    /// Records that are offered.
    waiting: u32,
    /// Those of them that a hub has.
    there: u32,
    /// Something was sent before, and nobody said what became of it.
    in_doubt: bool,
    /// Record 0 is not in the store, and comes from the keys.
    without_opening: bool,
    cursor: Cursor,
    /// A hub knows of the epoch.
    heard: bool,
    /// The question is a POLL, even so.
    long: bool,
    /// The pass of a link without a way down; or the burst was repeated.
    pass: u8,
    /// All was sent again, since a hub has other bodies.
    again: bool,
    have: [u8; MAX_RUNS],
    have_length: u16,
    have_more: bool,
    /// From this number, and this byte of it, on nothing was sent in this session.
    fresh: (u8, u16),
    /// Bytes that are missing, about.
    left: u32,
    /// What the last receipt is named by.
    receipt: u8,
    news: Partial<MAX_NEWS>,
    news_id: (u8, u8),
}

impl Sender {
    /// A session. The nonce is a random number; `down` the low byte of the number of the next message that the device expects from HQ;
    /// the opening is that of [`Device::opening`](crate::seal::Device::opening).
    #[must_use]
    pub fn new(terms: Terms, key: Key, nonce: u16, down: u8, opening: Option<[u8; OPENING]>) -> Self {
        Self {
            terms,
            key,
            nonce,
            down,
            opening,
            urgent: Vec::new(),
            state: State::Begin,
            tries: 0,
            news_tries: 0,
            outcome: Outcome::default(),
            failures: Failures::default(),
            epoch: 0,
            only_urgent: false,
            before: None,
            next: None,
            low: 1,
            top: 0,
            waiting: 0,
            there: 0,
            in_doubt: false,
            without_opening: false,
            cursor: Cursor::default(),
            heard: false,
            long: false,
            pass: 0,
            again: false,
            have: [0; MAX_RUNS],
            have_length: 0,
            have_more: false,
            fresh: (0, 0),
            left: 0,
            receipt: 0,
            news: Partial::default(),
            news_id: (0, 0),
        }
    }

    /// Sends this record before all that are not urgent, and record 0 of its epoch before it. At most eight wait; false for one more. To be said
    /// before the session begins.
    pub fn urgent(&mut self, epoch: u32, seq: u8) -> bool {
        self.urgent.push((epoch, seq)).is_ok()
    }

    /// What was reached so far.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        let Outcome { offered, at_hub, frames, answered, forked } = self.outcome;
        let (offered, at_hub) = (offered.saturating_add(self.waiting), at_hub.saturating_add(self.there));
        Outcome { offered, at_hub, frames, answered, forked }
    }

    /// Says what to do now, in milliseconds of a clock that only runs on. To be called again after each frame that was sent, after each that
    /// came, and when the time has come that it gave. `room` holds a record: [`MAX_RECORD`](crate::seal::MAX_RECORD) bytes are enough; `frame` the
    /// link's longest frame.
    ///
    /// # Errors
    /// What the outbox did. The session may go on afterwards.
    pub fn poll<'f, O: Outbox>(
        &mut self,
        now: u64,
        ledger: &mut Ledger,
        outbox: &mut O,
        room: &mut [u8],
        frame: &'f mut [u8],
    ) -> Result<Step<'f>, O::Error> {
        loop {
            match self.state {
                State::Done => return Ok(Step::Done(self.outcome())),
                State::Begin => self.begin(outbox, room)?,
                State::Wait(until) if now < until => return Ok(Step::Wait(until)),
                State::Wait(_) => self.ask_again(),
                State::Burst(_) | State::Ask(_) => {
                    let ready = ledger.ready(now, self.terms.mtu.into());
                    if ready > now {
                        return Ok(Step::Wait(ready));
                    }
                    let length = self.make(now, outbox, room, frame)?;
                    if length > 0 {
                        ledger.spend(now, length);
                        self.outcome.frames = self.outcome.frames.saturating_add(1);
                        return Ok(Step::Send(frame.get(..length).unwrap_or_default()));
                    }
                }
            }
        }
    }

    /// Takes a frame that came. It is written to: the mask comes off.
    ///
    /// # Errors
    /// What the outbox did.
    pub fn receive<O: Outbox>(
        &mut self,
        now: u64,
        frame: &mut [u8],
        outbox: &mut O,
        room: &mut [u8],
    ) -> Result<Event<'_>, O::Error> {
        let mac = self.terms.mac;
        let context = Context { way: Way::Down, nonce: self.nonce, epoch: self.epoch };
        if !self.failures.may(now, mac) || self.state == State::Done {
            return Ok(Event::Nothing);
        }
        let head = frame::head(&self.key, mac, frame);
        let Some(head) = head.filter(|head| frame::is_good(&self.key, mac, context, *head, frame)) else {
            self.failures.count(1);
            return Ok(Event::Nothing);
        };
        let mut fields = Fields(frame::unmask(head, mac, frame));
        let first = fields.byte().unwrap_or(u8::MAX);
        match frame::kind(first) {
            frame::HAVE => self.answer(first, fields, outbox, room),
            kind @ (frame::RECEIPT | frame::DOWN) => Ok(self.take_news(kind, fields).unwrap_or(Event::Nothing)),
            _ => Ok(Event::Nothing),
        }
    }

    /// A HAVE.
    fn answer<O: Outbox>(
        &mut self,
        first: u8,
        mut fields: Fields<'_>,
        outbox: &mut O,
        room: &mut [u8],
    ) -> Result<Event<'_>, O::Error> {
        // What comes while frames go out is from before them.
        if !matches!(self.state, State::Wait(_) | State::Ask(_) | State::Burst(0)) {
            return Ok(Event::Nothing);
        }
        let Some(bodies) = fields.pair() else { return Ok(Event::Nothing) };
        let runs = fields.most(MAX_RUNS);
        self.have.iter_mut().zip(runs).for_each(|(to, from)| *to = *from);
        self.have_length = u16::try_from(runs.len()).unwrap_or(0);
        self.have_more = first & frame::MORE != 0 || !fields.0.is_empty();
        (self.heard, self.tries, self.long, self.pass) = (true, 0, false, 0);
        self.outcome.answered = true;
        let missing = self.settle(bodies, outbox, room)?;
        self.rewind();
        self.state = if missing {
            State::Burst(0)
        } else if first & frame::NEWS != 0 && self.news_tries < NEWS_TRIES {
            self.news_tries = self.news_tries.saturating_add(1);
            self.long = true;
            State::Ask(self.terms.copies.max(1))
        } else {
            State::Begin
        };
        Ok(Event::Answer)
    }

    /// Marks what is at a hub; whether anything is missing there. What a hub has under a number may be another's: the sum over the bodies tells.
    fn settle<O: Outbox>(&mut self, bodies: u16, outbox: &mut O, room: &mut [u8]) -> Result<bool, O::Error> {
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
    fn count<O: Outbox>(&mut self, outbox: &mut O, room: &mut [u8]) -> Result<u32, O::Error> {
        self.rewind();
        let (mut cursor, mut left) = (self.cursor, 0_u32);
        while let Some(piece) = self.find(outbox, room, &mut cursor)? {
            cursor.offset = piece.to;
            left = left.saturating_add(u32::from(piece.to.saturating_sub(piece.from)));
        }
        Ok(left)
    }

    /// The next record of the epoch; it is in the room.
    fn seen<O: Outbox>(&self, outbox: &mut O, room: &mut [u8], mut after: Option<Handle>) -> Result<Option<Seen>, O::Error> {
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
    fn is_waiting(&self, mark: Mark, seq: u8) -> bool {
        mark < Mark::AtHq && (!self.only_urgent || seq == 0 || self.urgent.contains(&(self.epoch, seq)))
    }

    /// Whether it is sent before anybody has said what is missing.
    fn is_offered(&self, mark: Mark, seq: u8) -> bool {
        let unasked = if self.terms.one_way > 0 { mark == Mark::Saved || seq == 0 } else { mark == Mark::Saved && !self.in_doubt };
        self.is_waiting(mark, seq) && (self.heard || unasked)
    }

    /// Where the record is in the runs.
    const fn index(&self, seq: u8) -> u16 {
        // Const, so without From.
        if seq == 0 { 0 } else { (seq as u16).saturating_sub(self.low as u16).saturating_add(1) }
    }

    fn look(&self, seq: u8, offset: u16, length: u16) -> There {
        let runs = self.have.get(..self.have_length.into()).unwrap_or_default();
        runs::look(runs, self.index(seq), offset, length)
    }

    /// Whether a hub has the record whole.
    fn has(&self, seen: &Seen) -> bool {
        (seen.seq == 0 || seen.seq >= self.low) && self.look(seen.seq, 0, seen.length) == There::Whole
    }

    /// The first bytes of a record from an offset on that are missing.
    fn missing(&self, mark: Mark, seq: u8, offset: u16, length: u16) -> Option<(u16, u16)> {
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
    fn rewind(&mut self) {
        self.cursor = Cursor { after: self.before, opened: !self.without_opening, offset: 0 };
    }

    /// The first piece from the cursor on that is to be sent. The cursor comes to stand at it, and the record in the room.
    fn find<O: Outbox>(&self, outbox: &mut O, room: &mut [u8], cursor: &mut Cursor) -> Result<Option<Piece>, O::Error> {
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
    fn begin<O: Outbox>(&mut self, outbox: &mut O, room: &mut [u8]) -> Result<(), O::Error> {
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
            self.fresh = (0, 0);
            self.news.clear();
            self.nonce = self.nonce.wrapping_add(1);
            let unsent = self.scan(urgent, outbox, room)?;
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
    fn scan<O: Outbox>(&mut self, urgent: Option<u32>, outbox: &mut O, room: &mut [u8]) -> Result<bool, O::Error> {
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

    /// Nobody answered.
    fn ask_again(&mut self) {
        self.tries = self.tries.saturating_add(1);
        // It may have forgotten.
        self.long |= self.tries > SHORT_TRIES;
        self.state = if self.tries > TRIES {
            self.outcome.answered = false;
            State::Done
        } else {
            State::Ask(self.terms.copies.max(1))
        };
    }

    /// The next frame; none where there is nothing to send, and then the state is another.
    fn make<O: Outbox>(&mut self, now: u64, outbox: &mut O, room: &mut [u8], frame: &mut [u8]) -> Result<usize, O::Error> {
        let mut body = Body::new(frame, self.terms.mtu, self.terms.mac);
        match self.state {
            State::Burst(frames) => {
                let is_empty = !self.records(outbox, room, &mut body)?;
                let frames = frames.saturating_add(u16::from(!is_empty));
                let window = if self.heard { self.terms.window } else { FIRST.min(self.terms.window) };
                let is_full = frames >= window.max(1) && self.terms.one_way == 0;
                // The last frames of a burst ask: one of them will be heard.
                let ends = frames.saturating_add(ASKING) > window || self.left < u32::from(self.terms.mtu.saturating_mul(ASKING));
                body.flag(if ends && self.heard && !is_empty { frame::ASK } else { 0 });
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
        } else if !self.heard || is_empty {
            self.long = true;
            State::Ask(copies)
        } else {
            body.flag(frame::ASK);
            if copies > 1 && frames <= 2 && self.pass == 0 {
                // A few frames twice cost less than one more question.
                self.pass = 1;
                self.rewind();
                State::Burst(0)
            } else {
                // The last frames have asked already.
                State::Ask(if frames < ASKING { copies.saturating_sub(1) } else { 0 })
            }
        };
    }

    /// The head of a frame with records from a number on.
    fn head(&self, body: &mut Body<'_>, seq: u8, offset: u16) {
        let long = !self.heard || self.terms.mac == Mac::None;
        let flags = if long { frame::LONG } else { 0 } | if offset > 0 { frame::OFFSET } else { 0 };
        body.put(&[frame::RECORDS | flags]);
        if long {
            body.put(&[self.key.hint]);
            body.epoch(self.epoch);
        }
        body.put(&[seq]);
        if offset > 0 {
            body.varint(offset);
        }
    }

    fn question(&self, body: &mut Body<'_>) {
        if self.heard && !self.long && self.terms.mac != Mac::None {
            body.put(&[frame::RECORDS | frame::ASK]);
            return;
        }
        body.put(&[frame::POLL | frame::LONG, self.key.hint]);
        body.epoch(self.epoch);
        body.put(&[self.low, self.top]);
        body.put(&self.nonce.to_le_bytes());
        body.put(&[self.down, self.receipt]);
    }

    /// Fills a frame with pieces from the cursor on; false if there is none.
    fn records<O: Outbox>(&mut self, outbox: &mut O, room: &mut [u8], body: &mut Body<'_>) -> Result<bool, O::Error> {
        let mut cursor = self.cursor;
        let mut before: Option<u8> = None;
        while let Some(piece) = self.find(outbox, room, &mut cursor)? {
            let rest = piece.length.saturating_sub(piece.from);
            let follows = piece.from == 0 && before.is_some_and(|before| before.checked_add(1) == Some(piece.seq));
            let jump = if follows { 0 } else { frame::varint_length(piece.from).saturating_add(2) };
            let needed = jump.saturating_add(frame::varint_length(rest)).saturating_add(1);
            if before.is_none() {
                self.head(body, piece.seq, piece.from);
            } else if body.room() < needed {
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

    /// A piece of what a hub has for the device.
    fn take_news(&mut self, kind: u8, mut fields: Fields<'_>) -> Option<Event<'_>> {
        let number = if kind == frame::DOWN { fields.byte()? } else { 0 };
        let (offset, rest) = (fields.varint()?, fields.varint()?);
        if (kind == frame::DOWN && number != self.down) || (kind == frame::RECEIPT && self.epoch == 0) {
            return None;
        }
        if self.news_id != (kind, number) {
            self.news.clear();
            self.news_id = (kind, number);
        }
        let news = self.news.add(Some(offset.checked_add(rest)?), offset, fields.most(rest.into()))?;
        if kind == frame::DOWN {
            self.down = self.down.wrapping_add(1);
            return Some(Event::Down(news));
        }
        self.receipt = super::receipt_name(news);
        Some(Event::Receipt(news))
    }
}
