//! How far the model may be trusted in this text, learned decision by decision.

use crate::wire::packed::coder::Coder;
use crate::wire::packed::squash::squash;

/// Confidence that a text starts with, and between which two it stays, in 1/65536. New texts are a little less like those
/// that the model was trained on than these are like each other: it starts below 1.
pub const CONFIDENCES: (i32, [i32; 2]) = (6 << 13, [1 << 14, 3 << 15]);
/// Confidence takes a step of 1 / 2^5 of each error times the sum.
pub const CONFIDENCE_RATE: u32 = 5;
/// What capitals add to their logit takes a step of 1 / 2^2 of each error.
pub const CAPITALS_RATE: u32 = 2;

/// More than this, a sum does not count: 64 natural units.
const MOST_SUM: i32 = 1 << 14;

/// Decides by sums of what is known, and learns from what came: a text unlike those of the training makes sums count less,
/// one that says what was expected makes them count more; capitals make capitals likelier.
#[derive(Clone, Copy, Debug)]
pub(super) struct Confidence {
    /// How much of a sum counts, in 1/65536.
    share: i32,
    /// Added to the logit of a capital.
    capitals: i32,
}

impl Default for Confidence {
    fn default() -> Self {
        Self { share: CONFIDENCES.0, capitals: 0 }
    }
}

impl Confidence {
    /// Decides a step down the tree.
    #[inline]
    pub(super) fn decide<C: Coder>(&mut self, coder: &mut C, sum: i32, bit: bool) -> bool {
        self.learn(coder, sum, 0, bit).0
    }

    /// Decides whether a letter is a capital.
    #[inline]
    pub(super) fn decide_case<C: Coder>(&mut self, coder: &mut C, sum: i32, upper: bool) -> bool {
        let (upper, error) = self.learn(coder, sum, self.capitals, upper);
        // 1/65536 to 1/256.
        self.capitals = self.capitals.wrapping_sub(error >> (8 + CAPITALS_RATE));
        upper
    }

    /// Gives the bit, and by how much it was expected wrongly in 1/65536: above 0 if true was too likely.
    #[inline]
    fn learn<C: Coder>(&mut self, coder: &mut C, sum: i32, more: i32, bit: bool) -> (bool, i32) {
        let sum = sum.clamp(-MOST_SUM, MOST_SUM);
        let one = squash((sum.wrapping_mul(self.share) >> 16).wrapping_add(more));
        let bit = coder.bit(one, bit);
        let error = i32::from(one).wrapping_sub(i32::from(bit) << 16);
        let (_, [least, most]) = CONFIDENCES;
        self.share = self.share.wrapping_sub(error.wrapping_mul(sum) >> (8 + CONFIDENCE_RATE)).clamp(least, most);
        (bit, error)
    }
}
