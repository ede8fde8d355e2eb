//! The arithmetic coder: binary, 32 bits, whole numbers only, no heap, a dozen bytes of state.
//!
//! ```text
//! low, high   the interval that the bytes to come may lie in, 0 and 2^32 - 1 at first
//! split       low + (high - low) * one / 65536, in two products of 32 bits, each rounded down
//! true        high = split
//! false       low = split + 1
//! byte out    as long as the first bytes of low and high agree
//! end         the fewest bytes that, with zeros after them, lie in the interval; then zeros at the end are dropped
//! ```
//!
//! Where the bytes end, whoever frames the report knows. The decoder reads zeros after them, and at its end holds what it
//! read against what the encoder must have written: bytes of another profile do not pass.

use crate::error::ErrorKind;

/// One side of the coder: an encoder, a decoder, or something that only counts.
pub trait Coder {
    /// Codes one decision. `one` is the probability of `true` in 1/65536, from 1 on. An encoder codes `bit` and gives it
    /// back; a decoder ignores `bit` and gives what it read.
    fn bit(&mut self, one: u16, bit: bool) -> bool;
}

/// Codes the low `bits` bits of `value`, at most 32, each as likely as not, high bits first.
pub fn fair<C: Coder>(coder: &mut C, bits: u8, value: u32) -> u32 {
    (0..bits).rev().fold(0, |read, at| read << 1 | u32::from(coder.bit(1 << 15, value >> at & 1 == 1)))
}

/// Codes `value`, one of the numbers below `of`, all as likely.
pub fn uniform<C: Coder>(coder: &mut C, of: u32, value: u32) -> u32 {
    let most = of.saturating_sub(1);
    let bits = u32::BITS - most.leading_zeros();
    let mut read = 0;
    // As long as what was read is the start of the largest number, the upper half is the smaller one.
    let mut edge = true;
    for at in (0..bits).rev() {
        let bit = value >> at & 1 == 1;
        let bit = if !edge {
            coder.bit(1 << 15, bit)
        } else if most >> at & 1 == 0 {
            false
        } else {
            let upper = u64::from(most & ((1 << at) - 1)) + 1;
            let one = (upper << 16) / (upper + (1 << at));
            let bit = coder.bit(u16::try_from(one).unwrap_or(u16::MAX).max(1), bit);
            edge = bit;
            bit
        };
        read |= u32::from(bit) << at;
    }
    read
}

/// The interval, common to both sides.
#[derive(Clone, Copy, Debug)]
struct Interval {
    low: u32,
    high: u32,
}

impl Interval {
    const ALL: Self = Self { low: 0, high: u32::MAX };

    const fn split(self, one: u16) -> u32 {
        let range = self.high - self.low;
        self.low + (range >> 16) * one as u32 + (((range & 0xffff) * one as u32) >> 16)
    }

    const fn take(&mut self, split: u32, bit: bool) {
        if bit {
            self.high = split;
        } else {
            self.low = split + 1;
        }
    }

    /// The byte on which both ends agree, if they do; then the interval moves on behind it.
    const fn shift(&mut self) -> Option<u8> {
        if (self.low ^ self.high) >> 24 != 0 {
            return None;
        }
        let [byte, ..] = self.high.to_be_bytes();
        self.low <<= 8;
        self.high = self.high << 8 | 0xff;
        Some(byte)
    }

    /// The fewest bytes with which a number of the interval starts that has zeros behind them: how many, and the number.
    fn shortest(self) -> (usize, u32) {
        let ends = |bytes: usize| {
            let rest = u32::MAX.checked_shr(8 * u32::try_from(bytes).unwrap_or(4)).unwrap_or(0);
            let end = self.low.checked_add(rest)? & !rest;
            (end <= self.high).then_some((bytes, end))
        };
        (0..4).find_map(ends).unwrap_or((4, self.low))
    }
}

/// How far a coder has come: whole bytes, and the width of the interval behind them. What two of them are apart is what the
/// decisions between them cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Whole bytes.
    pub bytes: usize,
    /// The numbers that the interval still holds, less one.
    pub range: u32,
}

/// Writes into a buffer.
#[derive(Debug)]
pub struct Encoder<'b> {
    buffer: &'b mut [u8],
    /// Bytes so far, whether or not they fit.
    at: usize,
    /// Bytes up to the last that is not zero.
    used: usize,
    interval: Interval,
}

impl<'b> Encoder<'b> {
    /// Writes behind the `start` bytes that `buffer` has already.
    pub const fn new(buffer: &'b mut [u8], start: usize) -> Self {
        Self { buffer, at: start, used: start, interval: Interval::ALL }
    }

    fn byte(&mut self, byte: u8) {
        if let Some(free) = self.buffer.get_mut(self.at) {
            *free = byte;
        }
        self.at += 1;
        if byte != 0 {
            self.used = self.at;
        }
    }

    /// Bytes so far.
    #[must_use]
    pub const fn position(&self) -> Position {
        Position { bytes: self.at, range: self.interval.high - self.interval.low }
    }

    /// The bytes, from the first of the buffer on; `None` if it is too small.
    #[must_use]
    pub fn finish(mut self) -> Option<&'b [u8]> {
        let (bytes, end) = self.interval.shortest();
        for byte in end.to_be_bytes().into_iter().take(bytes) {
            self.byte(byte);
        }
        let used = self.used;
        self.buffer.get(..used)
    }
}

impl Coder for Encoder<'_> {
    fn bit(&mut self, one: u16, bit: bool) -> bool {
        self.interval.take(self.interval.split(one), bit);
        while let Some(byte) = self.interval.shift() {
            self.byte(byte);
        }
        bit
    }
}

/// Reads from bytes, and zeros behind them.
#[derive(Clone, Debug)]
pub struct Decoder<'b> {
    bytes: &'b [u8],
    /// The next byte to be read.
    at: usize,
    interval: Interval,
    /// Four bytes of what was read, at the place of the interval.
    window: u32,
}

impl<'b> Decoder<'b> {
    /// Reads `bytes` from byte `start` on.
    #[must_use]
    pub fn new(bytes: &'b [u8], start: usize) -> Self {
        let mut decoder = Self { bytes, at: start, interval: Interval::ALL, window: 0 };
        for _ in 0..4 {
            decoder.pull();
        }
        decoder
    }

    fn pull(&mut self) {
        self.window = self.window << 8 | u32::from(self.bytes.get(self.at).copied().unwrap_or(0));
        self.at = self.at.saturating_add(1);
    }

    /// Bytes that are decided so far.
    #[must_use]
    pub const fn position(&self) -> Position {
        Position { bytes: self.at - 4, range: self.interval.high - self.interval.low }
    }

    /// What is wrong if the bytes do not end here as an encoder would have ended them.
    #[must_use]
    pub fn end_error(&self) -> Option<ErrorKind> {
        if self.bytes.len() > self.at {
            return Some(ErrorKind::LeftOver(self.bytes.len() - self.at));
        }
        let (_, end) = self.interval.shortest();
        (end != self.window || self.bytes.last() == Some(&0)).then_some(ErrorKind::OtherProfile)
    }
}

impl Coder for Decoder<'_> {
    fn bit(&mut self, one: u16, _: bool) -> bool {
        let split = self.interval.split(one);
        let bit = self.window <= split;
        self.interval.take(split, bit);
        while self.interval.shift().is_some() {
            self.pull();
        }
        bit
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
