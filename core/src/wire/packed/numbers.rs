//! Numbers as decisions: of any size, below a limit, with sign; and the figures of a count, which bear on each other.

#![allow(clippy::cast_possible_truncation)] // what is cut off was masked or bounded before

use super::coder::{fair, uniform};
use super::context::{bucket, mix};
use super::decide::{At, What};
use super::packer::{EVENT, Packer};
use crate::error::ErrorKind;
use crate::model::{Stopped, Walk as _};

/// Where nothing is known of a number, two bits say that it has fewer bits than this behind its first, and four more that it
/// has fewer than the other.
const FEW: u32 = 3;
const MORE: u32 = 18;

/// Figures of a report so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    /// What the count at hand counts, and its best figure.
    pub(super) of: u8,
    pub(super) best: Option<u32>,
    /// What the event's first count of a kind counts, and how much of it no later one has told.
    total: Option<(u8, u32)>,
}

impl<const TEXTS: usize, const OTHERS: usize> Packer<'_, '_, TEXTS, OTHERS> {
    /// A number of any size: how many bits it has above 1, one by one, then the bits below its first, of which the first
    /// `learned` are decisions. What comes behind a decision of which nothing is learned is all as likely.
    pub(super) fn number(&mut self, what: What, value: u64, learned: u8) -> u64 {
        let above = value.saturating_add(1);
        let width = 63 - above.leading_zeros();
        let at = At::new(self.way, what);
        let (mut bits, mut last) = (0, 0);
        while bits < 63 {
            match self.decisions.ask(&at, last, bits, bits < width) {
                Some(true) => (last, bits) = (bits, bits + 1),
                Some(false) => break,
                None => {
                    bits = self.width(bits, width);
                    return self.low_bits(1, above, bits) - 1;
                }
            }
        }
        last = bits.min(62);
        let (mut read, mut rest) = (1, bits);
        while rest > 0 && bits - rest < learned.into() {
            let number = mix(0x40 + bits, read);
            let Some(bit) = self.decisions.ask(&at, last, number, above >> (rest - 1) & 1 == 1) else { break };
            read = read << 1 | u32::from(bit);
            rest -= 1;
            last = number;
        }
        self.low_bits(read.into(), above, rest) - 1
    }

    /// How many bits a number has, of which nothing is known but that it has so many at least: how many more, in up to
    /// three steps.
    fn width(&mut self, least: u32, width: u32) -> u32 {
        let more = width.saturating_sub(least);
        let mut read = self.decisions.part(FEW + 1, more.min(FEW));
        if read == FEW {
            read += self.decisions.part(MORE - FEW + 1, more.clamp(FEW, MORE) - FEW);
        }
        if read == MORE {
            read = self.decisions.part(64, more);
        }
        (least + read).min(63)
    }

    /// The `rest` low bits of a number behind those that were read, at most 32 at once.
    fn low_bits(&mut self, mut read: u64, above: u64, mut rest: u32) -> u64 {
        while rest > 0 {
            let bits = if rest > 32 { rest - 32 } else { rest };
            rest -= bits;
            let part = (above >> rest) as u32 & (u32::MAX >> (32 - bits));
            read = read << bits | u64::from(fair(self.decisions, bits as u8, part));
        }
        read
    }

    /// One of the numbers below `of`, high bits first; behind a bit of which nothing is learned, all that are left are as
    /// likely. A decoder of bytes that nobody wrote may read a larger one.
    pub(super) fn one_of(&mut self, what: What, of: u32, value: u32) -> u32 {
        let most = of.saturating_sub(1);
        let at = At::new(self.way, what);
        let mut read = 0;
        // The bits so far with a 1 before them: the number of the decision. And that of the last one.
        let (mut node, mut last) = (1, 1);
        let mut edge = true;
        for place in (0..u32::BITS - most.leading_zeros()).rev() {
            let limit = most >> place & 1 == 1;
            let bit = if edge && !limit {
                false
            } else if let Some(bit) = self.decisions.ask(&at, last, node, value >> place & 1 == 1) {
                last = node;
                bit
            } else {
                let low = u32::MAX >> (31 - place);
                let left = if edge { most & low } else { low };
                return read << place << 1 | uniform(self.decisions, left.saturating_add(1), value & low);
            };
            edge &= bit == limit;
            node = node << 1 | u32::from(bit);
            read = read << 1 | u32::from(bit);
        }
        read
    }

    /// Whether a number that is not zero is negative, after its size.
    pub(super) fn signed_number(&mut self, what: What, value: i64, learned: u8) -> Option<i64> {
        let size = self.number(what, value.unsigned_abs(), learned);
        if size == 0 {
            return Some(0);
        }
        let negative = self.decide(what, 0x80 + bucket(size).min(8), value < 0);
        if negative { 0i64.checked_sub_unsigned(size) } else { 0i64.checked_add_unsigned(size) }
    }

    /// One of the numbers below `of`, all as likely.
    pub(super) fn uniform(&mut self, of: u32, value: u32) -> Result<u32, Stopped> {
        let value = uniform(self.decisions, of, value);
        if value < of { Ok(value) } else { Err(self.other()) }
    }

    /// A number that must fit 32 bits.
    pub(super) fn wide(&mut self, value: u64) -> Result<u32, Stopped> {
        u32::try_from(value).map_err(|_| self.fail(ErrorKind::TooWide { bits: 32 }))
    }

    /// The best figure of a count. Of the event's counts of the same, the first is often the sum of the others.
    pub(super) fn best(&mut self, value: u32) -> Result<u32, Stopped> {
        let Figures { of, total, .. } = self.figures;
        let rest = total.filter(|(other, _)| *other == of && self.way.through(EVENT)).map(|(_, rest)| rest);
        self.way.hint(rest.map_or(1, |rest| 2 + bucket(rest.into())));
        let value = match rest {
            Some(rest) if self.decide(What::Rest, 0, value == rest) => rest,
            _ => {
                let value = self.number(What::Number, value.into(), 7);
                self.wide(value)?
            }
        };
        self.figures.best = Some(value);
        if let Some(rest) = rest {
            self.figures.total = Some((of, rest.saturating_sub(value)));
        } else if total.is_none() && self.way.through(EVENT) {
            self.figures.total = Some((of, value));
        }
        Ok(value)
    }

    /// The least or the most of a count: often the best figure, or none at all.
    pub(super) fn limit(&mut self, value: u32) -> Result<u32, Stopped> {
        let Some(best) = self.figures.best else {
            self.way.hint(1);
            let value = self.number(What::Number, value.into(), 7);
            return self.wide(value);
        };
        self.way.hint(2 + bucket(best.into()));
        if self.decide(What::Same, 0, value == best) {
            return Ok(best);
        }
        if best != 0 && self.decide(What::Same, 1, value == 0) {
            return Ok(0);
        }
        let off = self.signed_number(What::Number, i64::from(value) - i64::from(best), 5);
        off.and_then(|off| u32::try_from(off.checked_add(best.into())?).ok())
            .ok_or_else(|| self.fail(ErrorKind::TooWide { bits: 32 }))
    }
}
