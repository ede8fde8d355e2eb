//! Numbers as decisions: of any size, below a limit, with sign; and the figures of a count, which bear on each other.

#![allow(clippy::cast_possible_truncation)] // what is cut off was masked or bounded before

use super::coder::uniform;
use super::context::bucket;
use super::decide::{What, sign};
use super::packer::{EVENT, Packer};
use crate::error::ErrorKind;
use crate::model::{Stopped, Walk as _};

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
    /// A number of any size.
    pub(super) fn number(&mut self, what: What, value: u64, learned: u8) -> u64 {
        self.decisions.number(self.way, value, what, learned)
    }

    /// A number that counts places in something. One that the processor cannot count is a place that nothing has.
    pub(super) fn index(&mut self, what: What, value: usize, learned: u8) -> usize {
        usize::try_from(self.number(what, value as u64, learned)).unwrap_or(usize::MAX)
    }

    /// One of the numbers below `of`. A decoder of bytes that nobody wrote may read a larger one.
    pub(super) fn one_of(&mut self, what: What, of: u32, value: u32) -> u32 {
        self.decisions.one_of(self.way, what, of.saturating_sub(1), value)
    }

    /// Whether a number that is not zero is negative, after its size.
    pub(super) fn signed_number(&mut self, what: What, value: i64, learned: u8) -> Option<i64> {
        let size = self.number(what, value.unsigned_abs(), learned);
        if size == 0 {
            return Some(0);
        }
        let negative = self.decide(what, sign(size), value < 0);
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
