//! Who has records: a device, or a hub that passes them on.

mod make;
mod scan;

use heapless::Vec;

use super::frame::{self, Context, Fields, Way};
use super::{Failures, Key, Ledger, MAX_NEWS, MAX_RUNS, Partial, Terms};
use crate::seal::OPENING;
use crate::store::{self, Handle, Mark, Store};

/// Records that may be urgent at a time.
const URGENT: usize = 8;
/// The most frames before anybody has answered.
const FIRST: u16 = 24;
/// How many frames at the end of a burst ask for an answer, about.
const ASKING: u16 = 3;
/// How often a question is asked without saying all of it, where a hub has heard that.
const SHORT_TRIES: u8 = 5;
/// How often a question is asked in vain.
const TRIES: u8 = 8;
/// Answers in a row after which no more of an epoch was there than before: there is something that this hub does not take.
const STALLED: u8 = 16;
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
    /// The fewest that they ever were, and how many answers did not make them fewer.
    least: u32,
    stalled: u8,
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
            least: u32::MAX,
            stalled: 0,
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
        self.stalled = if self.left < self.least { 0 } else { self.stalled.saturating_add(1) };
        self.least = self.least.min(self.left);
        self.state = if missing && self.stalled > STALLED {
            State::Begin
        } else if missing {
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
