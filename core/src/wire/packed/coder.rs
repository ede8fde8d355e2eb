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

use super::text::TextModel;
use crate::error::ErrorKind;
use crate::model::bounds::Bound;

/// One side of the coder: an encoder, a decoder, or something that only counts.
pub trait Coder {
    /// Codes one decision. `one` is the probability of `true` in 1/65536, from 1 on. An encoder codes `bit` and gives it
    /// back; a decoder ignores `bit` and gives what it read.
    fn bit(&mut self, one: u16, bit: bool) -> bool;

    /// Codes `value`, one of the numbers below `of`, all as likely; `of` is from 1 to 65536.
    fn part(&mut self, of: u32, value: u32) -> u32;

    /// Codes the low `bits` bits of `value`, at most 16: `part(2^bits)`, for which nothing is divided.
    fn bits(&mut self, bits: u8, value: u32) -> u32 {
        let of = 1 << bits.min(16);
        self.part(of, value & (of - 1))
    }

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

    fn bits(&mut self, bits: u8, value: u32) -> u32 {
        (**self).bits(bits, value)
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

/// Codes the low `bits` bits of `value`, at most 32, each as likely as not: the first 16, then the others.
pub fn fair<C: Coder + ?Sized>(coder: &mut C, bits: u8, value: u32) -> u32 {
    if bits <= 16 {
        return if bits == 0 { 0 } else { coder.bits(bits, value) };
    }
    let low = bits.min(32) - 16;
    coder.bits(16, value >> low) << low | coder.bits(low, value)
}

/// Codes `value`, one of the numbers below `of`, all as likely. A decoder of bytes that nobody wrote may read a larger one.
pub fn uniform<C: Coder + ?Sized>(coder: &mut C, of: u32, value: u32) -> u32 {
    let most = of.saturating_sub(1);
    #[allow(clippy::cast_possible_truncation)] // at most 32
    let bits = (u32::BITS - most.leading_zeros()) as u8;
    if of.is_power_of_two() {
        return fair(coder, bits, value);
    }
    // In two parts if it must be, the first of 16 bits.
    let rest = bits.saturating_sub(16);
    coder.part((most >> rest) + 1, value >> rest) << rest | fair(coder, rest, value)
}

/// Below this, the range grows by a byte.
pub(super) const LEAST_RANGE: u32 = 1 << 24;

/// The part of a range that is `true`.
pub(super) const fn split(range: u32, one: u16) -> u32 {
    // Two products of 32 bits: small processors have no larger ones.
    (range >> 16) * one as u32 + (((range & 0xffff) * one as u32) >> 16)
}

/// The fewest bytes with which a number of the interval starts that has zeros behind them: how many, and the number.
pub(super) fn shortest(low: u32, range: u32) -> (usize, u64) {
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
    use super::super::decoder::Decoder;
    use super::super::encoder::Encoder;
    use super::{Coder, fair, uniform};

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
            assert_eq!(decoder.end(), Ok(()));
            for longer in 1..6 {
                let mut more = [7; 800];
                more[..bytes.len()].copy_from_slice(bytes);
                let mut decoder = Decoder::new(&more[..bytes.len() + longer], 0);
                let other = code(&mut decoder, seed);
                // Bytes that change what was decided are another message, which may well end there.
                assert!(other != sum || decoder.end().is_err());
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
