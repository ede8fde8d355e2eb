//! The table of weights: what each context adds to the decisions of a tree.
//!
//! ```text
//! section   u16 buckets; so many buckets of 4 cells, 16 bytes each; then the runs
//! bucket    4 x u16 tag, 4 x u16 run
//! tag       bits 4-15 check of the key, 0 is empty; bits 0-3 which chains go on behind it
//! run       bit 15 set: one weight, bits 0-7 (i8), that of the node in bits 8-14
//!           else where the run starts among the runs: u8 its first node, u8 how many, so many x i8, a weight each
//! weight    in 1/16 of a natural unit
//! key       32 bits, a hash of what the context is; its cell lies in one of two buckets
//!           first bucket   key * buckets / 2^32
//!           second bucket  other * buckets / 2^32, where other = mix(key, 1)
//!           check          other % 4096, but 1 for 0
//! ```

#![allow(clippy::cast_possible_truncation)] // what is cut off was masked or bounded before

use super::context::mix;
use super::sections::Bytes;

/// Cells in a bucket.
pub const BUCKET: usize = 4;
/// Bytes of a bucket.
pub const BUCKET_LEN: usize = 4 * BUCKET;
/// Brings a check to its place in both tags of a word.
const EACH: u32 = 0x0010_0010;
/// A run of one weight, which stands in the cell itself.
pub const SINGLE: u16 = 0x8000;

/// What a context adds to one decision, and which further contexts may add more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// In 1/16 of a natural unit.
    pub value: i8,
    /// Bit `n`: chain `n` goes on behind this one.
    pub below: u8,
}

/// The run of a context, in place, and which further contexts may add more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'p> {
    run: &'p [u8; 2],
    pub(super) below: u8,
}

impl Found<'_> {
    pub(super) const fn run(&self) -> u16 {
        u16::from_le_bytes(*self.run)
    }
}

/// The weights of some nodes of a tree, one after another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'p> {
    first: u8,
    weights: &'p [u8],
}

impl Run<'_> {
    pub(super) const EMPTY: Run<'static> = Run { first: 0, weights: &[] };

    /// The weight of a node, if it has one.
    #[inline]
    pub(super) fn get(&self, node: u8) -> Option<i8> {
        self.weights.get(usize::from(node.wrapping_sub(self.first))).map(|weight| weight.cast_signed())
    }
}

/// The table, in place.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weights<'p> {
    buckets: &'p [[u8; BUCKET_LEN]],
    runs: &'p [u8],
}

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
    pub(super) const EMPTY: Weights<'static> = Weights { buckets: &[], runs: &[] };

    /// A table in these bytes; `None` if they are cut off. A run that is not there has no weights.
    #[must_use]
    pub const fn new(section: &'p [u8]) -> Option<Self> {
        if section.is_empty() {
            return Some(Self::EMPTY);
        }
        let mut bytes = Bytes(section);
        let Some(many) = bytes.u16() else { return None };
        match bytes.many(many as usize * BUCKET_LEN) {
            Some(buckets) => Some(Self { buckets: buckets.as_chunks().0, runs: bytes.0 }),
            None => None,
        }
    }

    /// How many weights it has.
    #[must_use]
    pub fn many(&self) -> usize {
        let cells = self.buckets.iter().flat_map(|bucket| {
            let pairs = bucket.as_chunks::<2>().0;
            pairs.iter().zip(pairs.iter().skip(BUCKET))
        });
        let runs = cells.filter(|(tag, _)| **tag != [0, 0]).map(|(_, run)| u16::from_le_bytes(*run));
        runs.map(|run| if run & SINGLE == 0 { self.laid(run).weights.len() } else { 1 }).sum()
    }

    /// The weights of the root of a tree, and which chains go on behind it.
    #[inline(never)] // called for each tree
    pub(super) fn root(&self, key: u32) -> Option<(Run<'p>, u8)> {
        let found = self.find(key)?;
        let [weight, first] = found.run;
        let run = if first & 0x80 == 0 { self.laid(found.run()) } else { Run { first: first & 0x7f, weights: core::slice::from_ref(weight) } };
        Some((run, found.below))
    }

    /// What stands under a key.
    #[inline]
    pub(super) fn find(&self, key: u32) -> Option<Found<'p>> {
        let ([first, second], check) = place(key, self.buckets.len() as u32);
        let check = u32::from(check) * EACH;
        match self.buckets.get(first).and_then(|bucket| find(bucket, check)) {
            None => self.buckets.get(second).and_then(|bucket| find(bucket, check)),
            found => found,
        }
    }

    /// The weights of a run that lies among the runs.
    #[inline]
    fn laid(&self, start: u16) -> Run<'p> {
        match self.runs.get(usize::from(start)..) {
            Some([first, many, weights @ ..]) => {
                Run { first: *first, weights: weights.get(..usize::from(*many)).unwrap_or_default() }
            }
            _ => Run::EMPTY,
        }
    }

    /// The weight of a node in a run.
    #[inline]
    pub(super) fn get(&self, run: u16, node: u8) -> Option<i8> {
        if run & SINGLE == 0 {
            return self.laid(run).get(node);
        }
        let [weight, first] = run.to_le_bytes();
        (first & 0x7f == node).then_some(weight.cast_signed())
    }
}

/// What stands behind this check, which stands twice in `check`, each time in the high bits of a tag.
#[inline]
const fn find(bucket: &[u8; BUCKET_LEN], check: u32) -> Option<Found<'_>> {
    let &[a, b, c, d, e, f, g, h, ..] = bucket;
    let ([_, _, _, _, one, two, three, four], _) = bucket.as_chunks() else { return None };
    // Two tags in a word, which small processors have. What is equal becomes zero.
    let first = u32::from_le_bytes([a, b, c, d]) ^ check;
    let second = u32::from_le_bytes([e, f, g, h]) ^ check;
    let (run, below) = if first & 0xfff0 == 0 {
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
    Some(Found { run, below: (below & 0xf) as u8 })
}
