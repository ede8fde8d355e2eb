//! The table of weights: what each context adds to a decision.
//!
//! ```text
//! section   buckets of 4 cells, 12 bytes each, as many as fit
//! bucket    4 x u16 tag, 4 x i8 weight in 1/16 of a natural unit
//! tag       bits 4-15 check of the key, 0 is empty; bits 0-3 which chains go on behind it
//! key       32 bits, a hash of what the context is; its cell lies in one of two buckets
//!           first bucket   key * buckets / 2^32
//!           second bucket  other * buckets / 2^32, where other = mix(key, 1)
//!           check          other % 4096, but 1 for 0
//! ```

#![allow(clippy::cast_possible_truncation)] // what is cut off was masked or bounded before

use super::context::mix;

/// Cells in a bucket.
pub const BUCKET: usize = 4;
/// Brings a check to its place in both tags of a word.
const EACH: u32 = 0x0010_0010;

/// Bytes of a bucket.
pub const BUCKET_LEN: usize = 3 * BUCKET;

/// What a context adds, and which further contexts may add more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// In 1/16 of a natural unit.
    pub value: i8,
    /// Bit `n`: chain `n` goes on behind this one.
    pub below: u8,
}

/// The table, in place.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weights<'p>(&'p [[u8; BUCKET_LEN]]);

/// The part of `of` that a hash is of 2^32.
const fn share(hash: u32, of: u32) -> usize {
    ((hash as u64 * of as u64) >> 32) as usize
}

/// The buckets of a key, of so many, and its check.
#[must_use]
pub const fn place(key: u32, buckets: u32) -> ([usize; 2], u16) {
    let other = mix(key, 1);
    let check = (other & 0xfff) as u16;
    ([share(key, buckets), share(other, buckets)], if check == 0 { 1 } else { check })
}

impl<'p> Weights<'p> {
    pub(super) const EMPTY: Weights<'static> = Weights(&[]);

    /// A table in these bytes; `None` if they are no whole number of buckets.
    #[must_use]
    pub const fn new(section: &'p [u8]) -> Option<Self> {
        let (buckets, rest) = section.as_chunks();
        if rest.is_empty() { Some(Self(buckets)) } else { None }
    }

    /// The weight of a key, if it has one.
    #[must_use]
    #[inline]
    pub fn get(&self, key: u32) -> Option<Weight> {
        let ([first, second], check) = place(key, self.0.len() as u32);
        let check = u32::from(check) * EACH;
        match self.0.get(first).and_then(|bucket| find(bucket, check)) {
            None => self.0.get(second).and_then(|bucket| find(bucket, check)),
            found => found,
        }
    }
}

/// The weight with this check, which stands twice in `check`, each time in the high bits of a tag.
#[inline]
const fn find(bucket: &[u8; BUCKET_LEN], check: u32) -> Option<Weight> {
    let &[a, b, c, d, e, f, g, h, one, two, three, four] = bucket;
    // Two tags in a word, which small processors have. What is equal becomes zero.
    let first = u32::from_le_bytes([a, b, c, d]) ^ check;
    let second = u32::from_le_bytes([e, f, g, h]) ^ check;
    let (value, below) = if first & 0xfff0 == 0 {
        (one, first)
    } else if first >> 20 == 0 {
        (two, first >> 16)
    } else if second & 0xfff0 == 0 {
        (three, second)
    } else if second >> 20 == 0 {
        (four, second >> 16)
    } else {
        return None;
    };
    Some(Weight { value: value.cast_signed(), below: (below & 0xf) as u8 })
}
