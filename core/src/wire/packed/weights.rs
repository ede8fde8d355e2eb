//! The table of weights: what each context adds to a decision.
//!
//! ```text
//! section   buckets of 4 cells of 3 bytes, as many as fit
//! cell      bits 0-7 weight, signed, in 1/16 of a natural unit; 8-11 what hangs below; 12-23 check of the key, 0 is empty
//! key       32 bits, a hash of what the context is; lies in one of two buckets
//!           first bucket   key * buckets / 2^32
//!           second bucket  mix(key, 1) * buckets / 2^32
//!           check          1 + mix(key, 2) % 4095
//! ```

use super::context::mix;

/// Cells in a bucket.
pub const BUCKET: usize = 4;
/// Bytes of a cell.
pub const CELL: usize = 3;

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
pub struct Weights<'p>(&'p [u8]);

/// The buckets of a key, of so many, and its check.
#[must_use]
pub fn place(key: u32, buckets: u32) -> ([usize; 2], u16) {
    let bucket = |key: u32| (u64::from(key) * u64::from(buckets)) >> 32;
    let [one, other] = [bucket(key), bucket(mix(key, 1))].map(|bucket| usize::try_from(bucket).unwrap_or(0));
    ([one, other], u16::try_from(1 + mix(key, 2) % 4095).unwrap_or(1))
}

impl<'p> Weights<'p> {
    pub(super) const EMPTY: Weights<'static> = Weights(&[]);

    /// A table in these bytes; `None` if they are no whole number of buckets.
    #[must_use]
    pub const fn new(section: &'p [u8]) -> Option<Self> {
        if section.len() % (BUCKET * CELL) == 0 { Some(Self(section)) } else { None }
    }

    /// The weight of a key, if it has one.
    #[must_use]
    pub fn get(&self, key: u32) -> Option<Weight> {
        let (buckets, _) = self.0.as_chunks::<{ BUCKET * CELL }>();
        let (places, check) = place(key, u32::try_from(buckets.len()).unwrap_or(u32::MAX));
        let [low_check, high_check] = (check << 4).to_le_bytes();
        for bucket in places {
            let (cells, _) = buckets.get(bucket)?.as_chunks::<CELL>();
            for [value, low, high] in cells {
                if *high == high_check && low & 0xf0 == low_check {
                    return Some(Weight { value: value.cast_signed(), below: low & 0xf });
                }
            }
        }
        None
    }
}
