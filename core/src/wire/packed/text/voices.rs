//! Cells that speak: which symbols are likely to follow.

use heapless::Vec;

use super::history::CELL_CONTEXTS;
use crate::wire::packed::context::mix;

/// Bytes of a bucket.
pub const CELL_BUCKET: usize = 8;
/// Cells of a bucket.
pub const BUCKET_CELLS: usize = 4;
/// The symbol of a free cell. Cells know the leaves below it, which are the commonest.
pub const FREE_CELL: u8 = 31;
/// The most cells that speak at once, the repetition aside.
pub const MOST_CELLS: usize = 16;
/// How many kinds of voices there are: the contexts and the repetition.
pub const VOICES: usize = CELL_CONTEXTS + 1;

/// A cell or a repetition that speaks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Voice {
    /// The way to its symbol.
    pub(super) way: u16,
    pub(super) strength: u8,
    /// Which row of the scales.
    pub(super) row: u8,
}

/// All that speak before a symbol.
#[derive(Debug, Default)]
pub(super) struct Voices(Vec<Voice, { MOST_CELLS + 1 }>);

impl Voices {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    #[inline]
    pub(super) fn speak(&mut self, voice: Voice) {
        // There is room: cells leave one for the repetition.
        let _ = self.0.push(voice);
    }

    /// Whether there is room for one more cell.
    #[inline]
    pub(super) fn room(&self) -> bool {
        self.0.len() < MOST_CELLS
    }

    #[inline]
    pub(super) fn speaking(&self) -> &[Voice] {
        &self.0
    }

    /// Silences those that said something else than `bit` at the bit `mask` of their way.
    #[inline]
    pub(super) fn decided(&mut self, mask: u16, bit: bool) {
        let mut kept = 0_usize;
        for at in 0..self.0.len() {
            let Some(&voice) = self.0.get(at) else { break };
            if (voice.way & mask != 0) == bit
                && let Some(place) = self.0.get_mut(kept)
            {
                *place = voice;
                kept = kept.wrapping_add(1);
            }
        }
        self.0.truncate(kept);
    }
}

/// The cells of a section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells<'p> {
    pub(super) buckets: u32,
    /// How many symbols they know.
    pub(super) symbols: u8,
    pub(super) bytes: &'p [[u8; CELL_BUCKET]],
}

impl Cells<'_> {
    /// Gives symbol and strength of each cell of a context.
    #[inline]
    pub(super) fn of(&self, context: u32, mut each: impl FnMut(u8, u8)) {
        let ([first, second], fingerprint) = cell_place(context, self.buckets);
        let places = [first, second];
        for place in places.iter().take(if first == second { 1 } else { 2 }) {
            let Some(&[a, b, c, d, values @ ..]) = self.bytes.get(*place) else { break };
            // Most have none: all four at once, a byte that agrees becomes 0.
            let differ = u32::from_le_bytes([a, b, c, d]) ^ u32::from(fingerprint).wrapping_mul(0x0101_0101);
            if differ.wrapping_sub(0x0101_0101) & !differ & 0x8080_8080 == 0 {
                continue;
            }
            for (own, value) in [a, b, c, d].into_iter().zip(values) {
                let symbol = value & 31;
                if own == fingerprint && symbol < self.symbols {
                    each(symbol, value >> 5);
                }
            }
        }
    }
}

/// Of `count` things, the one that a hash stands for.
#[inline]
#[allow(clippy::cast_possible_truncation)] // less than count
pub(super) const fn share(hash: u32, count: u32) -> usize {
    ((hash as u64 * count as u64) >> 32) as usize
}

/// The two of `buckets` buckets where the cells of a context may lie, and its fingerprint.
#[inline]
#[must_use]
pub const fn cell_place(context: u32, buckets: u32) -> ([usize; 2], u8) {
    let other = mix(context, 30);
    let [fingerprint, ..] = mix(other, 31).to_le_bytes();
    ([share(context, buckets), share(other, buckets)], fingerprint)
}
