//! The sections of a profile that are lists of what is known: area, masks, names. Functions that read them run when the
//! program is compiled, too, which is why they look old-fashioned.

use crate::model::bounds::{LATITUDE, LONGITUDE, SECONDS};

/// Reads little-endian numbers from the front of bytes.
pub(super) struct Bytes<'p>(pub(super) &'p [u8]);

impl<'p> Bytes<'p> {
    pub(super) const fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        match self.0.split_first_chunk() {
            None => None,
            Some((taken, rest)) => {
                self.0 = rest;
                Some(*taken)
            }
        }
    }

    pub(super) const fn many(&mut self, many: usize) -> Option<&'p [u8]> {
        match self.0.split_at_checked(many) {
            None => None,
            Some((taken, rest)) => {
                self.0 = rest;
                Some(taken)
            }
        }
    }

    pub(super) const fn u8(&mut self) -> Option<u8> {
        match self.take() {
            Some([number]) => Some(number),
            None => None,
        }
    }

    pub(super) const fn u16(&mut self) -> Option<u16> {
        match self.take() {
            Some(bytes) => Some(u16::from_le_bytes(bytes)),
            None => None,
        }
    }

    pub(super) const fn u32(&mut self) -> Option<u32> {
        match self.take() {
            Some(bytes) => Some(u32::from_le_bytes(bytes)),
            None => None,
        }
    }

    pub(super) const fn i32(&mut self) -> Option<i32> {
        match self.take() {
            Some(bytes) => Some(i32::from_le_bytes(bytes)),
            None => None,
        }
    }
}

/// `list.get(index)`, before the program runs.
pub(super) const fn get<T>(list: &[T], index: usize) -> Option<&T> {
    match list.split_at_checked(index) {
        Some((_, [item, ..])) => Some(item),
        _ => None,
    }
}

/// Whether `one` stands before `other`: `one < other`, before the program runs.
pub(super) const fn before(mut one: &[u8], mut other: &[u8]) -> bool {
    loop {
        match (one, other) {
            (_, []) => return false,
            ([], _) => return true,
            ([a, rest @ ..], [b, others @ ..]) => {
                if *a != *b {
                    return *a < *b;
                }
                (one, other) = (rest, others);
            }
        }
    }
}

/// When and where a mission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Reports are sent from then on: seconds since 1970.
    pub base: i64,
    /// Reports are sent within so many minutes from then, at most 2^26.
    pub minutes: u32,
    /// Southern and northern limit, in 1e-7 degree.
    pub lat: [i32; 2],
    /// Western and eastern limit.
    pub lon: [i32; 2],
}

impl Area {
    /// Bytes of the section.
    pub const LEN: usize = 28;

    /// `Some(None)` where there is no section.
    #[allow(clippy::option_option)]
    pub(super) const fn new(section: &[u8]) -> Option<Option<Self>> {
        if section.is_empty() {
            return Some(None);
        }
        let mut bytes = Bytes(section);
        let (Some(base), Some(minutes)) = (bytes.take(), bytes.u32()) else { return None };
        let base = i64::from_le_bytes(base);
        let (Some(south), Some(north), Some(west), Some(east)) = (bytes.i32(), bytes.i32(), bytes.i32(), bytes.i32()) else {
            return None;
        };
        let inside = LATITUDE.holds(south as i64)
            && LATITUDE.holds(north as i64)
            && LONGITUDE.holds(west as i64)
            && LONGITUDE.holds(east as i64);
        let good = inside && south <= north && west <= east && minutes <= 1 << 26 && SECONDS.holds(base);
        if good && bytes.0.is_empty() { Some(Some(Self { base, minutes, lat: [south, north], lon: [west, east] })) } else { None }
    }

    /// The section.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut section = [0; Self::LEN];
        let numbers = self.lat.into_iter().chain(self.lon).flat_map(i32::to_le_bytes);
        let all = self.base.to_le_bytes().into_iter().chain(self.minutes.to_le_bytes()).chain(numbers);
        for (byte, value) in section.iter_mut().zip(all) {
            *byte = value;
        }
        section
    }
}

/// Which sets of fields the records have, the commonest first.
#[derive(Clone, Copy, Debug)]
pub struct Masks<'p> {
    /// Of each record: u32 its id, u16 where its sets start, u16 how many there are.
    records: &'p [[u8; 8]],
    sets: &'p [[u8; 4]],
}

impl<'p> Masks<'p> {
    pub(super) const EMPTY: Masks<'static> = Masks { records: &[], sets: &[] };

    pub(super) const fn new(section: &'p [u8]) -> Option<Self> {
        if section.is_empty() {
            return Some(Self::EMPTY);
        }
        let mut bytes = Bytes(section);
        let Some(records) = bytes.u8() else { return None };
        let Some(records) = bytes.many(8 * records as usize) else { return None };
        let ((records, _), (sets, [])) = (records.as_chunks(), bytes.0.as_chunks()) else { return None };
        let mut left: &[[u8; 8]] = records;
        while let [[_, _, _, _, a, b, c, d], others @ ..] = left {
            if u16::from_le_bytes([*a, *b]) as usize + u16::from_le_bytes([*c, *d]) as usize > sets.len() {
                return None;
            }
            left = others;
        }
        Some(Self { records, sets })
    }

    /// The rank of a set of fields among those of its record.
    pub(super) fn rank(sets: &[[u8; 4]], reported: u32) -> Option<usize> {
        sets.iter().position(|set| u32::from_le_bytes(*set) == reported)
    }

    /// The sets of a record.
    pub(super) fn of(&self, record: u32) -> &'p [[u8; 4]] {
        let found = self.records.iter().find_map(|[a, b, c, d, rest @ ..]| {
            (u32::from_le_bytes([*a, *b, *c, *d]) == record).then_some(u32::from_le_bytes(*rest))
        });
        let found = found.unwrap_or_default();
        let (start, many) = ((found & 0xffff) as usize, (found >> 16) as usize);
        self.sets.get(start..start + many).unwrap_or_default()
    }

    /// How many records it has, and how many sets.
    #[must_use]
    pub const fn many(&self) -> [usize; 2] {
        [self.records.len(), self.sets.len()]
    }
}

/// Names that many reports say, the commonest first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names<'p> {
    /// Ranks in the order of the names' bytes.
    sorted: &'p [[u8; 2]],
    starts: &'p [[u8; 4]],
    text: &'p str,
}

impl<'p> Names<'p> {
    pub(super) const EMPTY: Names<'static> = Names { sorted: &[], starts: &[], text: "" };

    pub(super) const fn new(section: &'p [u8]) -> Option<Self> {
        if section.is_empty() {
            return Some(Self::EMPTY);
        }
        let mut bytes = Bytes(section);
        let Some(many) = bytes.u16() else { return None };
        let (Some(sorted), Some(starts)) = (bytes.many(2 * many as usize), bytes.many(4 * (many as usize + 1))) else {
            return None;
        };
        let Ok(text) = str::from_utf8(bytes.0) else { return None };
        let names = Self { sorted: sorted.as_chunks().0, starts: starts.as_chunks().0, text };
        // Every name is there, and they stand in order: none is twice.
        let (mut left, mut last): (_, &[u8]) = (names.sorted, &[]);
        while let [rank, others @ ..] = left {
            let Some(name) = names.get(u16::from_le_bytes(*rank) as usize) else { return None };
            if !before(last, name.as_bytes()) {
                return None;
            }
            (left, last) = (others, name.as_bytes());
        }
        Some(names)
    }

    pub(super) const fn len(&self) -> usize {
        self.sorted.len()
    }

    /// The name of a rank; none is empty.
    pub(super) const fn get(&self, rank: usize) -> Option<&'p str> {
        let (Some(start), Some(end)) = (get(self.starts, rank), get(self.starts, rank + 1)) else { return None };
        let (start, end) = (u32::from_le_bytes(*start) as usize, u32::from_le_bytes(*end) as usize);
        let Some((upto, _)) = self.text.split_at_checked(end) else { return None };
        match upto.split_at_checked(start) {
            Some((_, name)) if !name.is_empty() => Some(name),
            _ => None,
        }
    }

    /// The rank of a name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let rank = |entry: &[u8; 2]| usize::from(u16::from_le_bytes(*entry));
        let at = self.sorted.binary_search_by(|entry| self.get(rank(entry)).cmp(&Some(name))).ok()?;
        self.sorted.get(at).map(rank)
    }
}
