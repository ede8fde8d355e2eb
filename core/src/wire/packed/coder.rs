//! The arithmetic coder: binary, 32 bits, whole numbers only, no heap, two dozen bytes of state.
//!
//! ```text
//! low, range  the interval that the bytes to come may lie in: 0 and 2^32 - 1 at first
//! decision    the part of it that is `true`: range * one / 65536, rounded down; it lies below the part that is `false`
//! one of n    n parts of range / n, rounded down; the last one has the rest
//! byte out    as long as range is below 2^24: the first byte of low; what low overflows is added to the bytes before
//! end         the fewest bytes that, with zeros after them, lie in the interval; if the last is a zero, it is dropped
//! ```
//!
//! Where the bytes end, whoever frames the report knows. The decoder reads zeros after them, and at its end holds what it
//! read, and how much of it, against what the encoder must have written: few bytes of another profile pass.

use super::names::{read_text, write_text};
use super::text::TextModel;
use crate::error::{Error, ErrorKind};
use crate::model::bounds::Bound;

/// One side of the coder: an encoder, a decoder, or something that only counts.
pub trait Coder {
    /// Codes one decision. `one` is the probability of `true` in 1/65536, from 1 on. An encoder codes `bit` and gives it
    /// back; a decoder ignores `bit` and gives what it read.
    fn bit(&mut self, one: u16, bit: bool) -> bool;

    /// Codes `value`, one of the numbers below `of`, all as likely; `of` is from 1 to 65536.
    fn part(&mut self, of: u32, value: u32) -> u32;

    /// How far it has come.
    fn position(&self) -> Position {
        Position::default()
    }

    /// Reads a text within `bound` to the front of `room`, by `model` or byte by byte; gives it, and the room behind it. An
    /// encoder has none to read, and firmware that only encodes need not have what reads it.
    ///
    /// # Errors
    /// It does not fit, or is no text.
    fn read_text<'r>(
        &mut self,
        model: Option<(&TextModel<'_>, u8)>,
        room: &'r mut [u8],
        bound: &'static Bound,
    ) -> Result<ReadText<'r>, ErrorKind> {
        let _ = (model, room, bound);
        Err(ErrorKind::BufferFull)
    }

    /// Writes a text by `model`, or byte by byte where that is shorter. Who has no bytes to write does nothing.
    fn write_text(&mut self, model: Option<(&TextModel<'_>, u8)>, text: &str) {
        let _ = (model, text);
    }
}

/// A text, and the room behind it.
pub type ReadText<'r> = (&'r str, &'r mut [u8]);

impl<C: Coder + ?Sized> Coder for &mut C {
    fn bit(&mut self, one: u16, bit: bool) -> bool {
        (**self).bit(one, bit)
    }

    fn part(&mut self, of: u32, value: u32) -> u32 {
        (**self).part(of, value)
    }

    fn position(&self) -> Position {
        (**self).position()
    }

    fn read_text<'r>(
        &mut self,
        model: Option<(&TextModel<'_>, u8)>,
        room: &'r mut [u8],
        bound: &'static Bound,
    ) -> Result<ReadText<'r>, ErrorKind> {
        (**self).read_text(model, room, bound)
    }

    fn write_text(&mut self, model: Option<(&TextModel<'_>, u8)>, text: &str) {
        (**self).write_text(model, text);
    }
}

/// Codes the low `bits` bits of `value`, at most 32, each as likely as not, high bits first.
pub fn fair<C: Coder + ?Sized>(coder: &mut C, bits: u8, value: u32) -> u32 {
    let low = bits.min(16);
    let high = bits.saturating_sub(16).min(16);
    let mut read = 0;
    if high > 0 {
        read = coder.part(1 << high, value >> 16 & ((1 << high) - 1)) << 16;
    }
    read | coder.part(1 << low, value & ((1 << low) - 1))
}

/// Codes `value`, one of the numbers below `of`, all as likely. A decoder of bytes that nobody wrote may read a larger one.
pub fn uniform<C: Coder + ?Sized>(coder: &mut C, of: u32, value: u32) -> u32 {
    let most = of.saturating_sub(1);
    // In two parts if it must be, the first of 16 bits.
    let rest = u32::BITS.saturating_sub(16 + most.leading_zeros());
    let read = coder.part((most >> rest) + 1, value >> rest);
    if rest == 0 { read } else { read << rest | coder.part(1 << rest, value & ((1 << rest) - 1)) }
}

/// Below this, the range grows by a byte.
const LEAST_RANGE: u32 = 1 << 24;

/// The part of a range that is `true`.
const fn split(range: u32, one: u16) -> u32 {
    // Two products of 32 bits: small processors have no larger ones.
    (range >> 16) * one as u32 + (((range & 0xffff) * one as u32) >> 16)
}

/// The fewest bytes with which a number of the interval starts that has zeros behind them: how many, and the number.
fn shortest(low: u32, range: u32) -> (usize, u64) {
    let (low, range) = (u64::from(low), u64::from(range));
    let ends = |bytes: usize| {
        let rest = (1 << (32 - 8 * bytes)) - 1;
        let end = (low + rest) & !rest;
        (end - low < range).then_some((bytes, end))
    };
    (0..4).find_map(ends).unwrap_or((4, low))
}

/// How far a coder has come: whole bytes, and the width of the interval behind them. What two of them are apart is what the
/// decisions between them cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Whole bytes.
    pub bytes: usize,
    /// The numbers that the interval still holds.
    pub range: u32,
}

impl Position {
    /// Bits since `earlier`, one more or less.
    #[must_use]
    pub const fn bits_since(self, earlier: Self) -> usize {
        const fn bits(position: Position) -> usize {
            8 * position.bytes + position.range.leading_zeros() as usize
        }
        bits(self).saturating_sub(bits(earlier))
    }
}

/// Where an encoder was.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    at: usize,
    low: u32,
    range: u32,
    /// The last byte so far.
    last: Option<u8>,
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
    fn add(&mut self, part: u32) {
        let (low, carry) = self.low.overflowing_add(part);
        self.low = low;
        if carry {
            self.carry();
        }
    }

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

    fn grow(&mut self) {
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

    fn position(&self) -> Position {
        Position { bytes: self.at, range: self.range }
    }

    fn write_text(&mut self, model: Option<(&TextModel<'_>, u8)>, text: &str) {
        write_text(self, model, text);
    }
}

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
        let width = self.range.checked_div(of).unwrap_or(0);
        let value = self.code.checked_div(width).unwrap_or(0).min(most);
        let below = width * value;
        self.code -= below;
        self.range = if value == most { self.range - below } else { width };
        self.grow();
        value
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

/// Counts what decisions cost, in 1/65536 of a bit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost(pub u64);

impl Coder for Cost {
    fn bit(&mut self, one: u16, bit: bool) -> bool {
        let chance = if bit { u32::from(one) } else { 0x1_0000 - u32::from(one) };
        // The logarithm of what lies between two powers of two as a straight line: at most 0.09 bits off.
        let whole = u32::BITS - 1 - chance.leading_zeros();
        let part = (u64::from(chance) << 16 >> whole) - 0x1_0000;
        self.0 += (16u64 << 16) - ((u64::from(whole) << 16) + part);
        bit
    }

    fn part(&mut self, of: u32, value: u32) -> u32 {
        self.0 += u64::from(of.saturating_sub(1).checked_ilog2().map_or(0, |bits| bits + 1)) << 16;
        value
    }
}

#[cfg(test)]
mod tests {
    use super::{Coder, Decoder, Encoder, fair, uniform};

    /// Bits, numbers of a few bits and numbers below a limit, with probabilities from near 0 to near 1.
    fn code<C: Coder>(coder: &mut C, seed: u32) -> u64 {
        let mut state = seed;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        (0..200).fold(0u64, |sum, _| {
            let one = u16::try_from(random()).unwrap_or(1).max(1) >> (random() % 16) | 1;
            let bit = coder.bit(one, random() < u32::from(one));
            let of = 1 + random() % 1000;
            let number = uniform(coder, of, random() % of);
            let few = fair(coder, 5, random() & 31);
            sum.wrapping_mul(31).wrapping_add(u64::from(bit)).wrapping_mul(31).wrapping_add(u64::from(number + few))
        })
    }

    #[test]
    fn what_was_coded_is_read_back_and_ends_where_it_ended() {
        // Miri is a hundred times slower.
        for seed in 0..if cfg!(miri) { 2 } else { 300 } {
            let mut buffer = [0; 800];
            let mut encoder = Encoder::new(&mut buffer, 0);
            let sum = code(&mut encoder, seed);
            let bytes = encoder.finish().unwrap();
            let mut decoder = Decoder::new(bytes, 0);
            assert_eq!(code(&mut decoder, seed), sum);
            assert_eq!(decoder.end_error(), None);
            for longer in 1..6 {
                let mut more = [7; 800];
                more[..bytes.len()].copy_from_slice(bytes);
                let mut decoder = Decoder::new(&more[..bytes.len() + longer], 0);
                let other = code(&mut decoder, seed);
                // Bytes that change what was decided are another message, which may well end there.
                assert!(other != sum || decoder.end_error().is_some());
            }
        }
    }

    #[test]
    fn what_was_taken_back_leaves_no_trace() {
        for seed in 0..if cfg!(miri) { 2 } else { 300 } {
            let mut once = [0; 1600];
            let mut encoder = Encoder::new(&mut once, 0);
            code(&mut encoder, seed);
            code(&mut encoder, seed + 2);
            let bytes = encoder.finish().unwrap();
            // With room for all of it, and with less than what is taken back needs.
            for room in [1600, bytes.len()] {
                let mut twice = [0; 1600];
                let mut encoder = Encoder::new(&mut twice[..room], 0);
                code(&mut encoder, seed);
                let mark = encoder.mark();
                for other in 0..4 {
                    code(&mut encoder, seed + 1 + 1000 * other);
                }
                encoder.rewind(mark);
                code(&mut encoder, seed + 2);
                assert_eq!(encoder.finish().unwrap(), bytes);
            }
        }
    }

    #[test]
    fn uniform_numbers_cost_what_they_must() {
        for of in [1, 2, 3, 5, 8, 1000, 0x8000_0001, u32::MAX] {
            for value in [0, of / 3, of / 2, of - 1] {
                let mut buffer = [0; 16];
                let mut encoder = Encoder::new(&mut buffer, 0);
                uniform(&mut encoder, of, value);
                let bytes = encoder.finish().unwrap();
                assert!(bytes.len() <= 5);
                assert_eq!(uniform(&mut Decoder::new(bytes, 0), of, 0), value);
            }
        }
    }
}
