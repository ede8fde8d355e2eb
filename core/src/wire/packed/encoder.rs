//! The side of the coder that writes.

use super::coder::{Coder, LEAST_RANGE, Position, shortest, split};
use super::names::write_text;
use super::text::TextModel;

/// Where an encoder was.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    at: usize,
    low: u32,
    range: u32,
    /// The last byte so far.
    last: Option<u8>,
}

impl Mark {
    /// How far the encoder had come.
    pub(super) const fn position(&self) -> Position {
        Position { bytes: self.at, range: self.range }
    }
}

/// Writes into a buffer.
#[derive(Debug)]
pub struct Encoder<'b> {
    buffer: &'b mut [u8],
    /// The first byte that is the coder's.
    start: usize,
    /// Bytes so far, whether or not they fit.
    at: usize,
    low: u32,
    range: u32,
}

impl<'b> Encoder<'b> {
    /// Writes behind the `start` bytes that `buffer` has already.
    pub const fn new(buffer: &'b mut [u8], start: usize) -> Self {
        Self { buffer, start, at: start, low: 0, range: u32::MAX }
    }

    /// The bytes so far that fit.
    fn written(&mut self) -> &mut [u8] {
        let end = self.at.min(self.buffer.len());
        self.buffer.get_mut(self.start..end).unwrap_or_default()
    }

    /// Adds to the number so far.
    #[inline]
    fn add(&mut self, part: u32) {
        let (low, carry) = self.low.overflowing_add(part);
        self.low = low;
        if carry {
            self.carry();
        }
    }

    #[inline(never)] // rare
    fn carry(&mut self) {
        // Of bytes that do not fit, there will be none to read; the others must stay as they are.
        if self.at > self.buffer.len() {
            return;
        }
        for byte in self.written().iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }

    fn byte(&mut self, byte: u8) {
        if let Some(free) = self.buffer.get_mut(self.at) {
            *free = byte;
        }
        self.at += 1;
    }

    #[inline]
    fn grow(&mut self) {
        if self.range < LEAST_RANGE {
            self.shift();
        }
    }

    #[inline(never)] // after most decisions there is nothing to do
    fn shift(&mut self) {
        while self.range < LEAST_RANGE {
            let [byte, ..] = self.low.to_be_bytes();
            self.byte(byte);
            self.low <<= 8;
            self.range <<= 8;
        }
    }

    /// What [`Encoder::rewind`] needs.
    #[must_use]
    pub fn mark(&mut self) -> Mark {
        Mark { at: self.at, low: self.low, range: self.range, last: self.written().last().copied() }
    }

    /// Takes back everything since `mark`, which must be one of this encoder, and of no time that was taken back.
    pub fn rewind(&mut self, mark: Mark) {
        (self.at, self.low, self.range) = (mark.at, mark.low, mark.range);
        // All that is added to a number of 32 bits carries once at most.
        if self.written().last().copied() != mark.last {
            for byte in self.written().iter_mut().rev() {
                *byte = byte.wrapping_sub(1);
                if *byte != 0xff {
                    break;
                }
            }
        }
    }

    /// The bytes, from the first of the buffer on; `None` if it is too small.
    #[must_use]
    pub fn finish(mut self) -> Option<&'b [u8]> {
        let (bytes, end) = shortest(self.low, self.range);
        let [_, _, _, carry, end @ ..] = end.to_be_bytes();
        if carry != 0 {
            self.carry();
        }
        for byte in end.into_iter().take(bytes) {
            self.byte(byte);
        }
        if self.at > self.buffer.len() {
            return None;
        }
        let dropped = usize::from(self.written().last() == Some(&0));
        self.buffer.get(..self.at.saturating_sub(dropped))
    }
}

impl Coder for Encoder<'_> {
    #[inline]
    fn bit(&mut self, one: u16, bit: bool) -> bool {
        let split = split(self.range, one);
        if bit {
            self.range = split;
        } else {
            self.range -= split;
            self.add(split);
        }
        self.grow();
        bit
    }

    fn part(&mut self, of: u32, value: u32) -> u32 {
        let most = of.saturating_sub(1);
        let value = value.min(most);
        let width = self.range.checked_div(of).unwrap_or(0);
        let below = width * value;
        self.range = if value == most { self.range - below } else { width };
        self.add(below);
        self.grow();
        value
    }

    #[inline(never)] // called everywhere
    fn bits(&mut self, bits: u8, value: u32) -> u32 {
        let bits = bits.min(16);
        let most = (1 << bits) - 1;
        let value = value & most;
        let width = self.range >> bits;
        let below = width * value;
        self.range = if value == most { self.range - below } else { width };
        self.add(below);
        self.grow();
        value
    }

    fn position(&self) -> Position {
        Position { bytes: self.at, range: self.range }
    }

    fn write_text(&mut self, model: Option<(&TextModel<'_>, u8)>, text: &str) {
        write_text(self, model, text);
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::{Coder as _, Encoder};

    #[test]
    fn what_does_not_fit_changes_nothing_that_does() {
        let head = |encoder: &mut Encoder<'_>| (0..100).for_each(|at| _ = encoder.bit(1 << 12, at % 7 == 0));
        let mut buffer = [0; 100];
        let mut encoder = Encoder::new(&mut buffer, 0);
        head(&mut encoder);
        let (room, all) = (encoder.at, encoder.written().to_vec());
        let mut buffer = [0; 100];
        let mut encoder = Encoder::new(&mut buffer[..room], 0);
        head(&mut encoder);
        let mark = encoder.mark();
        // The upper end of the interval: carries are many.
        (0..1000).for_each(|at| _ = encoder.bit(60_000, at % 50 == 0));
        encoder.rewind(mark);
        assert_eq!(encoder.written(), all);
    }
}
