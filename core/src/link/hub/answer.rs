//! Answers: the receipt, HQ's message, and what is here.

use super::super::frame::{self, Body, Context, Way};
use super::super::{Key, MAX_NEWS, MAX_RUNS, MAX_SEALED, Partial, Terms, receipt_name, runs};
use super::{NEVER, Session, Shelf, Stage};
use crate::seal::Numbers;

/// The next frame of an answer; 0 where the stage is over.
pub(super) fn answer<S: Shelf>(
    terms: &Terms,
    session: &mut Session,
    key: &Key,
    shelf: &mut S,
    frame: &mut [u8],
) -> Result<usize, S::Error> {
    let mut body = Body::new(frame, terms.mtu, terms.mac);
    let mut news = [0; MAX_NEWS];
    match session.stage {
        Stage::Receipt(offset) => {
            let news = receipt(session, shelf, &mut news)?;
            body.put(&[frame::RECEIPT]);
            let next = piece(&mut body, news, offset);
            session.stage = next.map_or(Stage::Down(0), Stage::Receipt);
            if news.is_empty() {
                return Ok(0);
            }
        }
        Stage::Down(offset) => {
            let news = down(session, shelf, &mut news)?;
            body.put(&[frame::DOWN, session.down]);
            let next = piece(&mut body, news, offset);
            session.stage = next.map_or(Stage::Have(0), Stage::Down);
            if news.is_empty() {
                return Ok(0);
            }
        }
        Stage::Have(copies) if copies >= terms.copies.max(1) => {
            session.due = NEVER;
            return Ok(0);
        }
        Stage::Have(copies) => {
            session.stage = Stage::Have(copies.saturating_add(1));
            shelf.commit()?;
            let has_news = !receipt(session, shelf, &mut news)?.is_empty() || !down(session, shelf, &mut news)?.is_empty();
            have(session, key, shelf, &mut body)?;
            body.flag(if has_news { frame::NEWS } else { 0 });
        }
    }
    let length = body.len();
    let context = Context { way: Way::Down, nonce: session.nonce, epoch: session.epoch };
    Ok(frame::close(key, terms.mac, context, frame, length))
}

/// The receipt that the device does not have.
fn receipt<'b, S: Shelf>(session: &Session, shelf: &mut S, buffer: &'b mut [u8]) -> Result<&'b [u8], S::Error> {
    if session.epoch == 0 {
        return Ok(&[]);
    }
    let length = shelf.receipt(session.author, session.epoch, buffer)?;
    let receipt = buffer.get(..length).unwrap_or_default();
    Ok(if receipt_name(receipt) == session.receipt { &[] } else { receipt })
}

/// The message of HQ's that the device waits for.
fn down<'b, S: Shelf>(session: &Session, shelf: &mut S, buffer: &'b mut [u8]) -> Result<&'b [u8], S::Error> {
    let length = shelf.down(session.author, session.down, buffer)?;
    Ok(buffer.get(..length).unwrap_or_default())
}

/// A piece of news from a byte on; gives the byte that comes next, none at the end.
fn piece(body: &mut Body<'_>, news: &[u8], offset: u16) -> Option<u16> {
    let left = news.get(offset.into()..).unwrap_or_default();
    body.varint(offset);
    body.varint(u16::try_from(left.len()).unwrap_or(0));
    let many = left.len().min(body.room());
    body.put(left.get(..many).unwrap_or_default());
    let end = offset.saturating_add(u16::try_from(many).unwrap_or(0));
    (usize::from(end) < news.len()).then_some(end)
}

/// What is here of the epoch.
fn have<S: Shelf>(session: &Session, key: &Key, shelf: &mut S, body: &mut Body<'_>) -> Result<(), S::Error> {
    let Session { author, epoch, low, top, .. } = *session;
    let numbers = if epoch == 0 { Numbers::default() } else { shelf.have(author, epoch)? };
    let mut bytes = [0; MAX_RUNS];
    let room = body.room().saturating_sub(3).min(MAX_RUNS);
    let mut runs = runs::Writer::new(bytes.get_mut(..room).unwrap_or_default());
    let (mut group, mut is_full, mut next) = (Group::default(), false, 0);
    for seq in (0..=top).filter(|&seq| epoch != 0 && (seq == 0 || seq >= low)) {
        let is_whole = numbers.has(seq);
        let partial = if is_whole { None } else { shelf.partial(author, epoch, seq, false) };
        let partial = partial.filter(|partial| partial.is_begun());
        let ends = (is_whole && group.absent > 0) || partial.is_some();
        if ends && !group.write(&mut runs, partial.as_deref(), next) {
            is_full = true;
            break;
        }
        next = u16::from(seq).saturating_add(1);
        if is_whole {
            group.whole = group.whole.saturating_add(1);
        } else if partial.is_none() {
            group.absent = group.absent.saturating_add(1);
        }
    }
    if group.whole > 0 || is_full {
        is_full |= !group.write(&mut runs, None, next);
    }
    let length = runs.length();
    let mut sum = 0;
    if epoch != 0 {
        shelf.bodies(author, epoch, low, &mut |seq, record| {
            if seq != 0 && seq >= low && u16::from(seq) < group.end && numbers.has(seq) {
                sum ^= key.body(record);
            }
        })?;
    }
    body.put(&[frame::HAVE | if is_full { frame::MORE } else { 0 }]);
    body.put(&sum.to_le_bytes());
    body.put(bytes.get(..length).unwrap_or_default());
    Ok(())
}

/// Records that are there whole, and the absent ones behind them.
#[derive(Default)]
struct Group {
    whole: u16,
    absent: u16,
    /// The first number of which nothing was written yet.
    end: u16,
}

impl Group {
    /// Writes it, and what there is of the record behind it; all before `end` was written then. False if there is no room.
    fn write(&mut self, runs: &mut runs::Writer<'_>, partial: Option<&Partial<MAX_SEALED>>, end: u16) -> bool {
        let fits = runs.all(|runs| {
            runs.number(self.whole, 0);
            runs.number(self.absent, 0);
            match partial {
                Some(partial) => partial.write(runs),
                None => runs.bit(false),
            }
        });
        if fits {
            *self = Self { whole: 0, absent: 0, end };
        }
        fits
    }
}
