//! A record of which not all bytes are there yet.

use heapless::Vec;

use super::runs;

/// Pieces of one record that do not touch each other, at most.
const PIECES: usize = 12;

/// What came so far of one record: at most `N` bytes. Pieces come in any order and overlap as they like.
#[derive(Clone, Debug)]
pub struct Partial<const N: usize> {
    bytes: [u8; N],
    /// The record's bytes; 0 before the first piece.
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
    /// Takes a piece of a record of so many bytes; gives the record if nothing is missing. A piece of a record of another length begins anew; one
    /// that does not fit, or would be one too many, is as if it had been lost.
    pub fn add(&mut self, length: u16, offset: u16, piece: &[u8]) -> Option<&[u8]> {
        let end = usize::from(offset).checked_add(piece.len()).filter(|&end| end <= length.into() && usize::from(length) <= N)?;
        if self.length != length {
            self.length = length;
            self.pieces.clear();
        }
        let end = u16::try_from(end).ok()?;
        if piece.is_empty() || !self.keep((offset, end)) {
            return None;
        }
        self.bytes.get_mut(offset.into()..end.into())?.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
        (self.pieces.as_slice() == [(0, length)]).then(|| self.bytes.get(..length.into())).flatten()
    }

    /// Whether nothing is there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
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

    pub(super) fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// Writes which bytes are there.
    pub(super) fn write(&self, runs: &mut runs::Writer<'_>) {
        let mut end = 0;
        for &(start, to) in &self.pieces {
            runs.number(start.saturating_sub(end), 5);
            runs.number(to.saturating_sub(start).saturating_sub(1), 5);
            end = to;
        }
    }
}
