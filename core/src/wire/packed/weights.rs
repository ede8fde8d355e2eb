//! The table of weights: what each context adds to the decisions of a tree.
//!
//! ```text
//! section   u16 buckets; so many buckets of 4 cells, 16 bytes each; then the runs
//! bucket    4 x u16 tag, 4 x u16 run
//! tag       bits 4-15 check of the key, 0 is empty; bits 0-3 which chains go on behind it
//! run       bit 15 set: one weight, bits 0-7 (i8), that of the node in bits 8-13
//!           else where the run starts among the runs: u8 its first node, u8 how many, so many x i8, a weight each; of both
//!           numbers 6 bits count
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
/// Below this, of two checks nothing is left but the low bits of a tag.
const EQUAL: u32 = 0x0010_0000;
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

/// What stands in the table under a key: some weights of a tree, one after another, and which further contexts may add more.
///
/// ```text
/// bits 28-31  which chains go on behind it
/// bit 27      it is one weight: bits 8-13 its node, bits 0-7 itself
/// bits 21-26  else how many weights
/// bits 15-20  the node of the first
/// bits 0-14   where that stands among the runs
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run(u32);

impl Run {
    /// Nothing is there.
    pub(super) const NONE: Self = Self(0);
    const SINGLE: u32 = 1 << 27;

    pub(super) const fn is_none(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn below(self) -> u8 {
        (self.0 >> 28) as u8
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
        let runs = cells.filter(|(tag, _)| **tag != [0, 0]).map(|(_, run)| self.run(u16::from_le_bytes(*run), 0));
        runs.map(|Run(run)| if run & Run::SINGLE == 0 { (run >> 21 & 0x3f) as usize } else { 1 }).sum()
    }

    /// What stands under a key.
    #[inline(never)] // called everywhere
    pub(super) fn find(&self, key: u32) -> Run {
        let ([first, second], check) = place(key, self.buckets.len() as u32);
        let check = u32::from(check) * EACH;
        let in_first = self.buckets.get(first).and_then(|bucket| find(bucket, check));
        match in_first.or_else(|| self.buckets.get(second).and_then(|bucket| find(bucket, check))) {
            Some((run, below)) => self.run(run, below),
            None => Run::NONE,
        }
    }

    /// What a cell says, before which chains go on.
    #[inline]
    fn run(&self, run: u16, below: u32) -> Run {
        let above = below << 28;
        if run & SINGLE != 0 {
            return Run(above | Run::SINGLE | u32::from(run & 0x3fff));
        }
        let start = usize::from(run);
        match self.runs.get(start..) {
            Some([first, many, ..]) => {
                let (first, many) = (u32::from(*first & 0x3f), u32::from(*many & 0x3f));
                Run(above | many << 21 | first << 15 | (u32::from(run) + 2) & 0x7fff)
            }
            _ => Run::NONE,
        }
    }

    /// The weight of a node in a run, if it has one.
    #[inline]
    pub(super) fn get(&self, Run(run): Run, node: u8) -> Option<i8> {
        if run & Run::SINGLE != 0 {
            return (u32::from(node) == run >> 8 & 0x3f).then_some(run as i8);
        }
        let at = u32::from(node).wrapping_sub(run >> 15 & 0x3f);
        let weight = if at < run >> 21 & 0x3f { self.runs.get(((run & 0x7fff) + at) as usize) } else { None };
        weight.map(|weight| weight.cast_signed())
    }
}

/// What stands behind this check, which stands twice in `check`, each time in the high bits of a tag; and the low bits of
/// that tag.
#[inline]
const fn find(bucket: &[u8; BUCKET_LEN], check: u32) -> Option<(u16, u32)> {
    let &[a, b, c, d, e, f, g, h, one @ .., i, j, k, l, m, n] = bucket;
    // Two tags in a word, which small processors have. What is equal becomes zero.
    let first = u32::from_le_bytes([a, b, c, d]) ^ check;
    let second = u32::from_le_bytes([e, f, g, h]) ^ check;
    let (run, below) = if first << 16 < EQUAL {
        (u16::from_le_bytes(one), first)
    } else if first < EQUAL {
        (u16::from_le_bytes([i, j]), first >> 16)
    } else if second << 16 < EQUAL {
        (u16::from_le_bytes([k, l]), second)
    } else if second < EQUAL {
        (u16::from_le_bytes([m, n]), second >> 16)
    } else {
        return None;
    };
    Some((run, below & 0xf))
}
