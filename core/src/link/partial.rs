//! A record of which not all bytes are there yet.

use heapless::Vec;

use super::runs;

/// Pieces of one record that do not touch each other, at most.
const PIECES: usize = 12;

/// What came so far of one record: at most `N` bytes. Pieces come in any order and overlap as they like.
#[derive(Clone, Debug)]
pub struct Partial<const N: usize> {
    bytes: [u8; N],
    /// The record's bytes; 0 where that is not known yet.
    length: u16,
    /// From a byte on, and up to one; in order.
    pieces: Vec<(u16, u16), PIECES>,
}

impl<const N: usize> Default for Partial<N> {
    fn default() -> Self {
        Self { bytes: [0; N], length: 0, pieces: Vec::new() }
    }
}

impl<const N: usize> Partial<N> {
    /// Takes a piece of a record of so many bytes, if that is known; gives the record if nothing is missing. A piece that does not fit what came
    /// before begins anew; one that is too long, or would be one too many, is as if it had been lost.
    pub fn add(&mut self, length: Option<u16>, offset: u16, piece: &[u8]) -> Option<&[u8]> {
        let end = usize::from(offset).checked_add(piece.len()).filter(|&end| end <= length.map_or(N, usize::from) && end <= N)?;
        let end = u16::try_from(end).ok()?;
        if let Some(length) = length.filter(|&length| usize::from(length) <= N && length != self.length) {
            let fits = self.length == 0 && self.pieces.last().is_none_or(|piece| piece.1 <= length);
            if !fits {
                self.pieces.clear();
            }
            self.length = length;
        }
        let fits = self.length == 0 || end <= self.length;
        if piece.is_empty() || !fits || !self.keep((offset, end)) {
            return None;
        }
        self.bytes.get_mut(offset.into()..end.into())?.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
        (self.pieces.as_slice() == [(0, self.length)]).then(|| self.bytes.get(..self.length.into())).flatten()
    }

    /// Whether some bytes are there, and not all.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.turns().next().is_some()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.length = 0;
        self.pieces.clear();
    }

    /// Adds a piece, joined with those it touches.
    fn keep(&mut self, (mut from, mut to): (u16, u16)) -> bool {
        let mut kept: Vec<(u16, u16), PIECES> = Vec::new();
        for &(start, end) in &self.pieces {
            if end >= from && start <= to {
                (from, to) = (from.min(start), to.max(end));
            }
        }
        let before = self.pieces.iter().filter(|piece| piece.1 < from);
        let after = self.pieces.iter().filter(|piece| piece.0 > to);
        let fits = before.chain(&[(from, to)]).chain(after).all(|&piece| kept.push(piece).is_ok());
        if fits {
            self.pieces = kept;
        }
        fits
    }

    /// Where bytes that are there and bytes that are missing take turns.
    fn turns(&self) -> impl Iterator<Item = u16> {
        let ends = self.pieces.iter().flat_map(|&(from, to)| [from, to]);
        ends.filter(|&end| end != 0 && end != self.length)
    }

    /// Writes which bytes are there.
    pub(super) fn write(&self, runs: &mut runs::Writer<'_>) {
        runs.bit(true);
        runs.number(u16::try_from(self.turns().count()).unwrap_or(1).saturating_sub(1), 0);
        runs.bit(self.pieces.first().is_some_and(|piece| piece.0 == 0));
        let mut end = 0;
        for turn in self.turns() {
            runs.number(turn.saturating_sub(end).saturating_sub(1), 6);
            end = turn;
        }
    }
}
