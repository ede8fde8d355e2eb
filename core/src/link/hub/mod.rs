//! Who keeps records: a hub, for as many devices as it has keys of.

mod answer;

use heapless::Vec;

use super::frame::{self, Context, Fields, Head, Way};
use super::{Failures, Key, Ledger, MAX_SEALED, Mac, Partial, Terms};
use crate::seal::{Numbers, Record};

/// Codes that are reckoned for a frame, at most: a device's mask and hint let one of some thousands through.
const TRIALS: usize = 8;
/// The next answer is not due.
const NEVER: u64 = u64::MAX;

/// A device that a hub keeps records of.
#[derive(Clone, Debug)]
pub struct Known {
    /// The number that HQ gave it.
    pub author: u32,
    /// Of its hop key.
    pub key: Key,
}

/// What a hub keeps, and what it knows.
pub trait Shelf {
    /// What can go wrong.
    type Error;

    /// The devices whose frames are taken. None that HQ has revoked.
    fn devices(&self) -> &[Known];

    /// The numbers of an epoch that are here. Without those under which HQ has no good body: they are to come again.
    ///
    /// # Errors
    /// What the store did.
    fn have(&mut self, author: u32, epoch: u32) -> Result<Numbers, Self::Error>;

    /// Each record of these numbers that is not below the lowest, whole; of several bodies the one that came last.
    ///
    /// # Errors
    /// What the store did.
    fn bodies(&mut self, author: u32, epoch: u32, low: u8, take: &mut dyn FnMut(u8, &[u8])) -> Result<(), Self::Error>;

    /// Keeps a record, unless this body is here; beside another body, if there is one. Forgets its [`Partial`].
    ///
    /// # Errors
    /// What the store did.
    fn keep(&mut self, author: u32, record: &Record<'_>) -> Result<(), Self::Error>;

    /// What was kept is to last before it is said to be here.
    ///
    /// # Errors
    /// What the store did.
    fn commit(&mut self) -> Result<(), Self::Error>;

    /// What there is of a record that is not whole; begun if `begin` says so. None if there is nothing, or no room: then it will be sent again.
    fn partial(&mut self, author: u32, epoch: u32, seq: u8, begin: bool) -> Option<&mut Partial<MAX_SEALED>>;

    /// HQ's receipt for an epoch, put into the buffer; its length, 0 if there is none.
    ///
    /// # Errors
    /// What the store did.
    fn receipt(&mut self, author: u32, epoch: u32, buffer: &mut [u8]) -> Result<usize, Self::Error>;

    /// HQ's message of this number (its low byte), put into the buffer; its length, 0 if there is none.
    ///
    /// # Errors
    /// What the store did.
    fn down(&mut self, author: u32, number: u8, buffer: &mut [u8]) -> Result<usize, Self::Error>;
}

/// A device that has asked.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Session {
    author: u32,
    epoch: u32,
    nonce: u16,
    low: u8,
    top: u8,
    down: u8,
    receipt: u8,
    /// When it was last heard.
    heard: u64,
    /// When it is to be answered.
    due: u64,
    stage: Stage,
}

/// What of an answer comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Stage {
    /// The receipt, from a byte on.
    Receipt(u16),
    /// HQ's message, from a byte on.
    Down(u16),
    /// HAVE, so many times.
    Have(u8),
}

impl Session {
    /// Nobody.
    pub const FREE: Self =
        Self { author: 0, epoch: 0, nonce: 0, low: 0, top: 0, down: 0, receipt: 0, heard: 0, due: NEVER, stage: Stage::Have(0) };
}

/// What a frame was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Received {
    /// The device that it is from.
    pub author: u32,
    /// The epoch that it speaks of; 0 if of none.
    pub epoch: u32,
    /// The first and the last number of the epoch that wait for HQ's word, if the frame is a POLL; some between them may not.
    pub waiting: Option<(u8, u8)>,
    /// Records that came whole with it.
    pub records: u16,
}

/// What a hub is to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer<'f> {
    /// Send this frame to the device.
    Send(u32, &'f [u8]),
    /// There is nothing to send before this time, in milliseconds; `u64::MAX` if nobody waits.
    Wait(u64),
}

/// A hub's end of a link.
#[derive(Debug)]
pub struct Hub<'s> {
    terms: Terms,
    sessions: &'s mut [Session],
    failures: Failures,
}

impl<'s> Hub<'s> {
    /// With room for as many devices at a time as there are sessions; who was not heard for longest makes room.
    #[must_use]
    pub const fn new(terms: Terms, sessions: &'s mut [Session]) -> Self {
        Self { terms, sessions, failures: Failures { second: 0, many: 0 } }
    }

    /// Forgets who has spoken: the link is another one from now on.
    pub fn forget(&mut self) {
        self.sessions.fill(Session::FREE);
        self.failures = Failures::default();
    }

    /// Takes a frame. `from` is the device that was last heard where it comes from, if that is known: its key is tried first. Where frames have no
    /// code, it is the device. `room` holds a record: [`MAX_SEALED`] bytes. None if the frame is nobody's: damaged, forged, or of an
    /// unknown device.
    ///
    /// # Errors
    /// What the shelf did; the frame is as good as lost.
    pub fn receive<S: Shelf>(
        &mut self,
        now: u64,
        frame: &mut [u8],
        from: Option<u32>,
        shelf: &mut S,
        room: &mut [u8],
    ) -> Result<Option<Received>, S::Error> {
        if !self.failures.may(now, self.terms.mac) {
            return Ok(None);
        }
        let Some((author, epoch, head)) = self.whose(shelf.devices(), from, frame) else { return Ok(None) };
        let mut fields = Fields(frame::unmask(head, self.terms.mac, frame));
        let first = fields.byte().unwrap_or(u8::MAX);
        fields.most(if first & frame::LONG == 0 { 0 } else { 4 });
        let (mut asks, mut waiting) = (first & frame::ASK != 0, None);
        if frame::kind(first) == frame::POLL {
            waiting = self.question(author, epoch, &mut fields);
            asks |= fields.0.is_empty();
            if waiting.is_none() || (epoch == 0 && !fields.0.is_empty()) {
                return Ok(None);
            }
        }
        let Some((records, highest)) = take(shelf, author, epoch, first, fields, room)? else {
            return Ok(None);
        };
        if let Some(session) = self.sessions.iter_mut().find(|session| session.author == author && session.heard > 0) {
            session.heard = now.max(1);
            if session.epoch == epoch {
                session.top = session.top.max(highest);
            }
            if asks && session.epoch == epoch && session.due == NEVER && matches!(session.stage, Stage::Have(_)) {
                session.stage = Stage::Have(0);
            }
            if (asks && session.epoch == epoch) || session.due != NEVER {
                session.due = now.saturating_add(self.terms.quiet.into());
            }
        }
        Ok(Some(Received { author, epoch, waiting, records }))
    }

    /// What a POLL says before its records. It begins a session; where it has none, it asks once more in the one at hand.
    fn question(&mut self, author: u32, epoch: u32, fields: &mut Fields<'_>) -> Option<(u8, u8)> {
        let (low, top, nonce) = (fields.byte()?, fields.byte()?, fields.pair()?);
        let (down, receipt) = (fields.byte()?, fields.byte()?);
        let at = match self.sessions.iter().position(|session| session.author == author && session.heard > 0) {
            Some(at) => at,
            None => self.sessions.iter().enumerate().min_by_key(|(_, session)| session.heard)?.0,
        };
        let session = self.sessions.get_mut(at)?;
        let is_new = (session.author, session.epoch, session.nonce) != (author, epoch, nonce) || session.heard == 0;
        if is_new || fields.0.is_empty() {
            let stage = if epoch == 0 { Stage::Down(0) } else { Stage::Receipt(0) };
            *session = Session { author, epoch, nonce, low, top, down, receipt, heard: 1, due: NEVER, stage };
        }
        Some((low, top))
    }

    /// Whose frame it is, of which epoch, and its first bytes without the mask.
    fn whose(&mut self, devices: &[Known], from: Option<u32>, frame: &[u8]) -> Option<(u32, u32, Head)> {
        let mac = self.terms.mac;
        let likely = devices.iter().filter(|device| Some(device.author) == from);
        let others = devices.iter().filter(|device| Some(device.author) != from && mac != Mac::None);
        // One key in 32 makes a short head of any frame: they are tried last, or a device that is new here would never have its turn.
        let mut short: Vec<&Known, TRIALS> = Vec::new();
        let mut trials = 0;
        for known in likely.chain(others) {
            let head = frame::head(&known.key, mac, frame)?;
            if head.first().is_some_and(|first| first & frame::LONG == 0) && Some(known.author) != from {
                if self.epoch(known, head).is_some() {
                    let _ = short.push(known);
                }
                continue;
            }
            match self.try_key(known, head, frame) {
                None => {}
                Some(None) => trials += 1,
                Some(Some(epoch)) => return Some((known.author, epoch, head)),
            }
            if trials == TRIALS {
                break;
            }
        }
        for known in short.into_iter().take(TRIALS.saturating_sub(trials)) {
            let head = frame::head(&known.key, mac, frame)?;
            if let Some(Some(epoch)) = self.try_key(known, head, frame) {
                return Some((known.author, epoch, head));
            }
            trials += 1;
        }
        self.failures.count(u16::try_from(trials.max(1)).unwrap_or(u16::MAX));
        None
    }

    /// The epoch of a frame, if its code is one of this device's; None outside if its head is none, inside if its code is wrong.
    fn try_key(&self, known: &Known, head: Head, frame: &[u8]) -> Option<Option<u32>> {
        let epoch = self.epoch(known, head)?;
        let context = Context { way: Way::Up, nonce: 0, epoch };
        Some(frame::is_good(&known.key, self.terms.mac, context, head, frame).then_some(epoch))
    }

    /// The epoch that a head speaks of, if it may be this device's.
    fn epoch(&self, known: &Known, head: Head) -> Option<u32> {
        let [first, second, low, middle, high, _] = head;
        let kind = frame::kind(first);
        let is_long = first & frame::LONG != 0;
        let is_poll = kind == frame::POLL && is_long;
        if first & frame::MORE != 0 || !(is_poll || kind == frame::RECORDS) {
            return None;
        }
        if is_long {
            let epoch = u32::from_le_bytes([low, middle, high, 0]);
            return (second == known.key.hint && (epoch != 0 || is_poll)).then_some(epoch);
        }
        let session = self.sessions.iter().find(|session| session.author == known.author && session.heard > 0)?;
        (self.terms.mac != Mac::None).then_some(session.epoch)
    }

    /// Gives the next frame to send. To be called after each frame that came or was sent, and when the time has come that it gave.
    ///
    /// # Errors
    /// What the shelf did.
    pub fn poll<'f, S: Shelf>(
        &mut self,
        now: u64,
        ledger: &mut Ledger,
        shelf: &mut S,
        frame: &'f mut [u8],
    ) -> Result<Answer<'f>, S::Error> {
        loop {
            let Some(session) = self.sessions.iter_mut().min_by_key(|session| session.due) else { return Ok(Answer::Wait(NEVER)) };
            if session.due > now {
                return Ok(Answer::Wait(session.due));
            }
            let ready = ledger.ready(now, self.terms.mtu.into());
            if ready > now {
                return Ok(Answer::Wait(ready));
            }
            let Some(key) = shelf.devices().iter().find(|device| device.author == session.author) else {
                session.due = NEVER;
                continue;
            };
            let key = key.key.clone();
            let length = answer::answer(&self.terms, session, &key, shelf, frame)?;
            if length > 0 {
                let author = session.author;
                ledger.spend(now, length);
                return Ok(Answer::Send(author, frame.get(..length).unwrap_or_default()));
            }
        }
    }
}

/// The entries of a frame; gives how many records are whole with it, and the highest number. None if they cannot be read, and then what could is kept.
fn take<S: Shelf>(
    shelf: &mut S,
    author: u32,
    epoch: u32,
    first: u8,
    mut fields: Fields<'_>,
    room: &mut [u8],
) -> Result<Option<(u16, u8)>, S::Error> {
    let Some(mut seq) = fields.byte() else { return Ok(Some((0, 0))) };
    let mut offset = if first & frame::OFFSET != 0 { fields.varint() } else { Some(0) };
    let (mut records, mut highest) = (0_u16, 0);
    if first & frame::FILLS != 0 {
        let (Some(from), piece) = (offset, core::mem::take(&mut fields.0)) else { return Ok(None) };
        let piece = Piece { author, epoch, seq, length: None, from, piece };
        (records, highest) = (add(shelf, &piece, room)?, seq);
    }
    while !fields.0.is_empty() {
        let (Some(from), Some(rest)) = (offset, fields.varint()) else { return Ok(None) };
        if rest == 0 {
            let Some(next) = fields.byte() else { return Ok(None) };
            (seq, offset) = (next, fields.varint());
            continue;
        }
        let piece = fields.most(rest.into());
        highest = seq.max(highest);
        if piece.len() == usize::from(rest) && from == 0 {
            records = records.saturating_add(keep(shelf, author, epoch, seq, piece)?);
        } else {
            let piece = Piece { author, epoch, seq, length: from.checked_add(rest), from, piece };
            records = records.saturating_add(add(shelf, &piece, room)?);
        }
        seq = seq.saturating_add(1);
        offset = Some(0);
    }
    Ok(Some((records, highest)))
}

/// A part of a record.
struct Piece<'f> {
    author: u32,
    epoch: u32,
    seq: u8,
    /// The record's, if the frame says it.
    length: Option<u16>,
    from: u16,
    piece: &'f [u8],
}

/// Adds a part to what is there; 1 if the record is whole with it.
fn add<S: Shelf>(shelf: &mut S, part: &Piece<'_>, room: &mut [u8]) -> Result<u16, S::Error> {
    let Piece { author, epoch, seq, length, from, piece } = *part;
    let Some(partial) = shelf.partial(author, epoch, seq, true) else { return Ok(0) };
    let Some(whole) = partial.add(length, from, piece) else { return Ok(0) };
    let whole = room.iter_mut().zip(whole).map(|(to, from)| *to = *from).count();
    keep(shelf, author, epoch, seq, room.get(..whole).unwrap_or_default())
}

/// Keeps a record, if it is one; 1 if so.
fn keep<S: Shelf>(shelf: &mut S, author: u32, epoch: u32, seq: u8, sealed: &[u8]) -> Result<u16, S::Error> {
    match Record::from_sealed(epoch, seq, sealed) {
        Ok(record) => shelf.keep(author, &record).map(|()| 1),
        Err(_) => Ok(0),
    }
}
