//! The gazetteer: places that many reports name, found by halving.
//!
//! ```text
//! section   u16 places of the first tier; the entries of the first tier, then those of the second, 12 bytes each
//! entry     i32 latitude, i32 longitude in 1e-7 degree; u16 rank of its name, 65535 for none;
//!           i8 weight of the upper half in 1/16 of a natural unit; u8 which chains go on behind it
//! ```
//!
//! Each tier is in ascending order of its points' [`order`], which is that of a k-d tree of the whole world: near points stand
//! near each other. The entries from `from` up to `to` are a node; with more than one, its middle `(from + to) / 2` splits it,
//! and those from there on are the upper half. The weight of an entry is that of the node whose middle it is.

use super::sections::{Bytes, Names};
use super::weights::Weight;
use crate::model::bounds::{LATITUDE, LONGITUDE};
use crate::model::{Degrees, Point};

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is.
    pub point: Point,
    /// The rank of its name among the profile's names.
    pub name: Option<u16>,
    /// Of the node that it is the middle of.
    pub weight: Weight,
}

/// Bytes of an entry.
pub const ENTRY: usize = 12;

impl Entry {
    const fn new(bytes: &[u8; ENTRY]) -> Self {
        let &[a, b, c, d, e, f, g, h, i, j, value, below] = bytes;
        let point = Point { lat: Degrees(i32::from_le_bytes([a, b, c, d])), lon: Degrees(i32::from_le_bytes([e, f, g, h])) };
        let name = match u16::from_le_bytes([i, j]) {
            u16::MAX => None,
            name => Some(name),
        };
        Self { point, name, weight: Weight { value: value.cast_signed(), below } }
    }

    /// The entry's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; ENTRY] {
        let [a, b, c, d] = self.point.lat.0.to_le_bytes();
        let [e, f, g, h] = self.point.lon.0.to_le_bytes();
        let [i, j] = self.name.unwrap_or(u16::MAX).to_le_bytes();
        let [k] = self.weight.value.to_le_bytes();
        [a, b, c, d, e, f, g, h, i, j, k, self.weight.below]
    }
}

/// A tier of the gazetteer.
#[derive(Clone, Copy, Debug)]
pub struct Tier<'p>(&'p [[u8; ENTRY]]);

/// The places, in place.
#[derive(Clone, Copy, Debug)]
pub struct Gazetteer<'p> {
    /// Places that many reports named.
    pub first: Tier<'p>,
    /// Further places of a public list.
    pub second: Tier<'p>,
}

impl Gazetteer<'_> {
    /// The rank of the name of the place at a point.
    pub(super) fn name(&self, point: Point) -> Option<u16> {
        self.first.find(point).or_else(|| self.second.find(point)).and_then(|(_, entry)| entry.name)
    }
}

/// Where a point stands in the order of places: the bits of its latitude and longitude by turns, the highest first, both
/// counted from the south-west.
#[must_use]
pub const fn order(point: Point) -> u64 {
    /// A zero before each bit.
    const fn spread(bits: u32) -> u64 {
        let bits = bits as u64;
        let bits = (bits | bits << 16) & 0x0000_ffff_0000_ffff;
        let bits = (bits | bits << 8) & 0x00ff_00ff_00ff_00ff;
        let bits = (bits | bits << 4) & 0x0f0f_0f0f_0f0f_0f0f;
        let bits = (bits | bits << 2) & 0x3333_3333_3333_3333;
        (bits | bits << 1) & 0x5555_5555_5555_5555
    }
    spread(point.lat.0.cast_unsigned() ^ 1 << 31) << 1 | spread(point.lon.0.cast_unsigned() ^ 1 << 31)
}

/// A part of a tier.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    from: usize,
    to: usize,
}

impl Node {
    /// How many places it has.
    #[must_use]
    pub const fn many(&self) -> usize {
        self.to - self.from
    }

    /// The number of its first place.
    #[must_use]
    pub const fn first(&self) -> usize {
        self.from
    }

    /// The number of its middle, by which it is known.
    #[must_use]
    pub const fn middle(&self) -> usize {
        usize::midpoint(self.from, self.to)
    }

    /// Its upper or lower half.
    #[must_use]
    pub const fn half(self, upper: bool) -> Self {
        if upper { Self { from: self.middle(), ..self } } else { Self { to: self.middle(), ..self } }
    }
}

impl<'p> Tier<'p> {
    /// All of it.
    #[must_use]
    pub const fn root(&self) -> Node {
        Node { from: 0, to: self.0.len() }
    }

    /// How many places.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A place by its number.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<Entry> {
        self.0.get(number).map(Entry::new)
    }

    /// The number of the place at a point, and all about it.
    #[must_use]
    pub fn find(&self, point: Point) -> Option<(usize, Entry)> {
        let mut node = self.root();
        while node.many() > 1 {
            node = node.half(order(point) >= order(self.get(node.middle())?.point));
        }
        let entry = self.get(node.from)?;
        (entry.point == point).then_some((node.from, entry))
    }

    /// Every place.
    pub fn iter(&self) -> impl Iterator<Item = Entry> + 'p {
        self.0.iter().map(Entry::new)
    }
}

impl<'p> Gazetteer<'p> {
    pub(super) const EMPTY: Gazetteer<'static> = Gazetteer { first: Tier(&[]), second: Tier(&[]) };

    pub(super) const fn new(section: &'p [u8], names: Names<'_>) -> Option<Self> {
        if section.is_empty() {
            return Some(Self::EMPTY);
        }
        let mut bytes = Bytes(section);
        let Some(first) = bytes.u16() else { return None };
        let (entries, []) = bytes.0.as_chunks() else { return None };
        let Some((first, second)) = entries.split_at_checked(first as usize) else { return None };
        let mut left = entries;
        while let [entry, others @ ..] = left {
            let Entry { point, name, weight } = Entry::new(entry);
            let known = match name {
                None => true,
                Some(name) => (name as usize) < names.len(),
            };
            if !(known && LATITUDE.holds(point.lat.0 as i64) && LONGITUDE.holds(point.lon.0 as i64) && weight.below < 16) {
                return None;
            }
            left = others;
        }
        Some(Self { first: Tier(first), second: Tier(second) })
    }
}
