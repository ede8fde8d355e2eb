//! The side of the coder that reads.

use super::coder::{Coder, LEAST_RANGE, Position, ReadText, shortest, split};
use super::names::read_text;
use super::text::TextModel;
use crate::error::{Error, ErrorKind};
use crate::model::bounds::Bound;

/// Reads from bytes, and zeros behind them.
#[derive(Clone, Debug)]
pub struct Decoder<'b> {
    bytes: &'b [u8],
    /// The first byte that is the coder's.
    start: usize,
    /// The next byte to be read.
    at: usize,
    /// How far what was read lies above the low end of the interval.
    code: u32,
    range: u32,
}

impl<'b> Decoder<'b> {
    /// Reads `bytes` from byte `start` on.
    #[must_use]
    pub fn new(bytes: &'b [u8], start: usize) -> Self {
        let mut decoder = Self { bytes, start, at: start, code: 0, range: u32::MAX };
        for _ in 0..4 {
            decoder.pull();
        }
        decoder
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn pull(&mut self) {
        self.code = self.code << 8 | u32::from(self.byte(self.at));
        self.at = self.at.saturating_add(1);
    }

    fn grow(&mut self) {
        while self.range < LEAST_RANGE {
            self.range <<= 8;
            self.pull();
        }
    }

    /// Reads a number up to `most`, each of which has this `width` of the range, and the last one the rest.
    #[inline]
    fn one_of(&mut self, width: u32, most: u32) -> u32 {
        let value = self.code.checked_div(width).unwrap_or(0).min(most);
        let below = width * value;
        self.code -= below;
        self.range = if value == most { self.range - below } else { width };
        self.grow();
        value
    }

    /// What was decided so far must have been in the bytes. An encoder leaves out one zero at the end.
    ///
    /// # Errors
    /// [`EndsEarly`](ErrorKind::EndsEarly): zeros that were never there decided it.
    pub(super) fn not_past_end(&self) -> Result<(), Error> {
        let most = self.bytes.len().saturating_add(1);
        if self.at.saturating_sub(4) <= most {
            return Ok(());
        }
        Err(Error { kind: ErrorKind::EndsEarly, offset: self.bytes.len(), ..Error::NONE })
    }

    /// The bytes must end here, as an encoder would have ended them.
    ///
    /// # Errors
    /// They do not. What is wrong is wrong with the whole.
    pub fn end(&self) -> Result<(), Error> {
        let (kind, offset) = match self.end_error() {
            None => return Ok(()),
            Some(found) => found,
        };
        Err(Error { kind, offset, ..Error::NONE })
    }

    /// What is wrong, and where.
    fn end_error(&self) -> Option<(ErrorKind, usize)> {
        let decided = self.at - 4;
        let window = u32::from_be_bytes([0, 1, 2, 3].map(|byte| self.byte(decided.saturating_add(byte))));
        let (bytes, end) = shortest(window.wrapping_sub(self.code), self.range);
        let behind = u32::MAX.checked_shr(8 * u32::try_from(bytes).unwrap_or(4)).unwrap_or(0);
        let [_, _, _, _, end @ ..] = end.to_be_bytes();
        if u32::from_be_bytes(end) != window & !behind {
            return Some((ErrorKind::OtherProfile, decided.min(self.bytes.len())));
        }
        let end = decided.saturating_add(bytes);
        let dropped = usize::from(end > self.start && self.byte(end.saturating_sub(1)) == 0);
        let length = end.saturating_sub(dropped);
        match self.bytes.len().checked_sub(length) {
            Some(0) => None,
            Some(more) => Some((ErrorKind::LeftOver(more), length)),
            None => Some((ErrorKind::OtherProfile, self.bytes.len())),
        }
    }
}

impl Coder for Decoder<'_> {
    #[inline]
    fn bit(&mut self, one: u16, _: bool) -> bool {
        let split = split(self.range, one);
        let bit = self.code < split;
        if bit {
            self.range = split;
        } else {
            self.code -= split;
            self.range -= split;
        }
        self.grow();
        bit
    }

    fn part(&mut self, of: u32, _: u32) -> u32 {
        let most = of.saturating_sub(1);
        self.one_of(self.range.checked_div(of).unwrap_or(0), most)
    }

    fn bits(&mut self, bits: u8, _: u32) -> u32 {
        let bits = bits.min(16);
        let most = (1 << bits) - 1;
        self.one_of(self.range >> bits, most)
    }

    fn position(&self) -> Position {
        Position { bytes: self.at - 4, range: self.range }
    }

    fn read_text<'r>(
        &mut self,
        model: Option<(&TextModel<'_>, u8)>,
        room: &'r mut [u8],
        bound: &'static Bound,
    ) -> Result<ReadText<'r>, ErrorKind> {
        read_text(self, model, room, bound)
    }
}
