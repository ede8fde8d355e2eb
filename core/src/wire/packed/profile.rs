//! A profile: what past reports teach about those to come, in one blob that is used where it lies.
//!
//! ```text
//! byte 0    "irpf"
//! byte 4    format version, 2
//! byte 5    three zeros
//! byte 8    SHA-256 of all bytes from byte 40 on: the profile's id
//! byte 40   length in bytes of each section, 7 x u32
//! byte 68   the sections, one behind another:
//!   area        i64 base, seconds since 1970; u32 minutes that it is good for; 4 x i32 latitudes
//!               from and to, longitudes from and to, in 1e-7 degree; empty: no mission
//!   masks       for each record: u32 its id, u8 how many, so many x u32 sets of reported fields, the commonest first
//!   forms       see `forms.rs`
//!   weights     see `weights.rs`
//!   names       u16 how many; so many x u16 in the order of their bytes; one more x u32 where each starts; the UTF-8
//!   gazetteer   see `gazetteer.rs`
//!   text        see `text.rs`
//! ```
//!
//! All numbers are little-endian.

use core::fmt;

use sha2::{Digest as _, Sha256};

use super::forms::Forms;
use super::gazetteer::Gazetteer;
use super::text::TextModel;
use super::weights::Weights;
use crate::model::bounds::{LATITUDE, LONGITUDE, SECONDS};

/// What a profile starts with.
pub const MAGIC: [u8; 4] = *b"irpf";
/// The version of the format of profiles.
pub const PROFILE_VERSION: u8 = 2;
/// Where its sections' lengths stand.
pub const LENGTHS: usize = 40;
/// Where its sections start.
pub const SECTIONS: usize = LENGTHS + 4 * SECTION_NAMES.len();
/// The names of the sections.
pub const SECTION_NAMES: [&str; 7] = ["area", "masks", "forms", "weights", "names", "gazetteer", "text"];

/// The numbers of the sections, in [`SECTION_NAMES`].
#[allow(missing_docs)] // named like the sections
pub mod section {
    pub const AREA: usize = 0;
    pub const MASKS: usize = 1;
    pub const FORMS: usize = 2;
    pub const WEIGHTS: usize = 3;
    pub const NAMES: usize = 4;
    pub const GAZETTEER: usize = 5;
    pub const TEXT: usize = 6;
}

/// A profile that was checked, ready for use.
#[derive(Clone, Copy, Debug)]
pub struct Profile<'p> {
    id: [u8; 32],
    pub(super) area: Option<Area>,
    pub(super) masks: Masks<'p>,
    pub(super) forms: Forms<'p>,
    pub(super) weights: Weights<'p>,
    pub(super) names: Names<'p>,
    pub(super) gazetteer: Gazetteer<'p>,
    pub(super) text: Option<TextModel<'p>>,
}

/// Why bytes are no profile that this build can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ProfileError {
    /// They do not start like one.
    NotAProfile,
    /// A version that this build does not know.
    UnknownVersion(u8),
    /// Their hash is not the one that they carry: damaged, or cut off.
    Damaged,
    /// The section, a number into [`SECTION_NAMES`], does not hold what it should.
    Malformed(usize),
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAProfile => f.write_str("this is no profile: it does not start with \"irpf\""),
            Self::UnknownVersion(version) => {
                write!(f, "profile version {version} is not known here: a newer increp wrote it")
            }
            Self::Damaged => f.write_str("the profile is damaged or cut off: its bytes do not have the hash that it carries"),
            Self::Malformed(section) => {
                let name = SECTION_NAMES.get(*section).unwrap_or(&"?");
                write!(f, "the profile's section \"{name}\" is malformed: it was not written by increp train")
            }
        }
    }
}

impl core::error::Error for ProfileError {}

/// Reads little-endian numbers from the front of bytes.
pub(super) struct Bytes<'p>(pub(super) &'p [u8]);

impl<'p> Bytes<'p> {
    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
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
}

impl<'p> Profile<'p> {
    /// The profile that knows nothing: reports take more bytes with it than with any other, and need no other to be read.
    pub const EMPTY: Profile<'static> = Profile {
        id: [0; 32],
        area: None,
        masks: Masks(&[]),
        forms: Forms::EMPTY,
        weights: Weights::EMPTY,
        names: Names::EMPTY,
        gazetteer: Gazetteer::EMPTY,
        text: None,
    };

    /// Checks a blob whole, once. It is used in place from then on: on a device from flash, `&'static`.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn new(blob: &'p [u8]) -> Result<Self, ProfileError> {
        if blob.get(..4) != Some(&MAGIC) {
            return Err(ProfileError::NotAProfile);
        }
        match blob.get(4) {
            Some(&PROFILE_VERSION) => {}
            version => return Err(version.map_or(ProfileError::Damaged, |version| ProfileError::UnknownVersion(*version))),
        }
        let content = blob.get(LENGTHS..).ok_or(ProfileError::Damaged)?;
        let id: [u8; 32] = Sha256::digest(content).into();
        if blob.get(5..8) != Some(&[0; 3]) || blob.get(8..LENGTHS) != Some(&id) {
            return Err(ProfileError::Damaged);
        }
        let mut sections = [&[][..]; SECTION_NAMES.len()];
        let (lengths, rest) = content.split_at_checked(SECTIONS - LENGTHS).ok_or(ProfileError::Malformed(section::AREA))?;
        let mut rest = Bytes(rest);
        for (section, length) in sections.iter_mut().zip(lengths.as_chunks().0) {
            let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
            *section = rest.many(length).ok_or(ProfileError::Malformed(section::AREA))?;
        }
        if !rest.0.is_empty() {
            return Err(ProfileError::Malformed(section::TEXT));
        }
        let [area, masks, forms, weights, names, gazetteer, text] = sections;
        let names = Names::new(names).ok_or(ProfileError::Malformed(section::NAMES))?;
        Ok(Self {
            id,
            area: Area::new(area).ok_or(ProfileError::Malformed(section::AREA))?,
            masks: Masks::new(masks).ok_or(ProfileError::Malformed(section::MASKS))?,
            forms: Forms::new(forms).ok_or(ProfileError::Malformed(section::FORMS))?,
            weights: Weights::new(weights).ok_or(ProfileError::Malformed(section::WEIGHTS))?,
            names,
            gazetteer: Gazetteer::new(gazetteer, names).ok_or(ProfileError::Malformed(section::GAZETTEER))?,
            text: if text.is_empty() { None } else { Some(TextModel::new(text).ok_or(ProfileError::Malformed(section::TEXT))?) },
        })
    }

    /// The hash of its content, by which it is known; zeros for the empty one.
    #[must_use]
    pub const fn id(&self) -> &[u8; 32] {
        &self.id
    }

    /// What a report says of the profile that it needs: 7 bits of its id.
    #[must_use]
    pub const fn tag(&self) -> u8 {
        let [first, ..] = self.id;
        first & 0x7f
    }

    /// Names that it knows, the commonest first.
    pub fn names(&self) -> impl Iterator<Item = &'p str> {
        let names = self.names;
        (0..names.len()).map_while(move |rank| names.get(rank))
    }

    /// The list of places.
    #[must_use]
    pub const fn gazetteer(&self) -> Gazetteer<'p> {
        self.gazetteer
    }

    /// Base time and area, if it is a mission's.
    #[must_use]
    pub const fn area(&self) -> Option<Area> {
        self.area
    }

    /// Forms that many reports have.
    #[must_use]
    pub const fn forms(&self) -> Forms<'p> {
        self.forms
    }

    /// The table of weights.
    #[must_use]
    pub const fn weights(&self) -> Weights<'p> {
        self.weights
    }

    /// Its text model.
    #[must_use]
    pub const fn text(&self) -> Option<TextModel<'p>> {
        self.text
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
    fn new(section: &[u8]) -> Option<Option<Self>> {
        if section.is_empty() {
            return Some(None);
        }
        let mut bytes = Bytes(section);
        let base = i64::from_le_bytes(bytes.take()?);
        let minutes = u32::from_le_bytes(bytes.take()?);
        let mut number = || bytes.take().map(i32::from_le_bytes);
        let (lat, lon) = ([number()?, number()?], [number()?, number()?]);
        let [south, north] = lat.map(i64::from);
        let [west, east] = lon.map(i64::from);
        let inside = LATITUDE.holds(south) && LATITUDE.holds(north) && LONGITUDE.holds(west) && LONGITUDE.holds(east);
        let good = inside && south <= north && west <= east && minutes <= 1 << 26 && SECONDS.holds(base);
        (section.len() == Self::LEN && good).then_some(Some(Self { base, minutes, lat, lon }))
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
pub(super) struct Masks<'p>(&'p [u8]);

impl<'p> Masks<'p> {
    fn new(section: &'p [u8]) -> Option<Self> {
        let mut bytes = Bytes(section);
        while !bytes.0.is_empty() {
            let _: [u8; 4] = bytes.take()?;
            let [many] = bytes.take()?;
            bytes.many(4 * usize::from(many))?;
        }
        Some(Self(section))
    }

    /// The rank of a set of fields among those of its record.
    pub(super) fn rank(sets: &[[u8; 4]], reported: u32) -> Option<usize> {
        sets.iter().position(|set| u32::from_le_bytes(*set) == reported)
    }

    /// The sets of a record.
    pub(super) fn of(&self, record: u32) -> &'p [[u8; 4]] {
        let mut bytes = Bytes(self.0);
        loop {
            let Some(id) = bytes.take() else { return &[] };
            let Some([many]) = bytes.take() else { return &[] };
            let Some(sets) = bytes.many(4 * usize::from(many)) else { return &[] };
            if u32::from_le_bytes(id) == record {
                return sets.as_chunks().0;
            }
        }
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
    const EMPTY: Names<'static> = Names { sorted: &[], starts: &[], text: "" };

    fn new(section: &'p [u8]) -> Option<Self> {
        if section.is_empty() {
            return Some(Self::EMPTY);
        }
        let mut bytes = Bytes(section);
        let many = usize::from(u16::from_le_bytes(bytes.take()?));
        let sorted = bytes.many(2 * many)?.as_chunks().0;
        let starts = bytes.many(4 * (many + 1))?.as_chunks().0;
        let names = Self { sorted, starts, text: str::from_utf8(bytes.0).ok()? };
        // Every name is there, and they stand in order: none is twice.
        let mut last = None;
        for rank in sorted {
            let name = names.get(usize::from(u16::from_le_bytes(*rank)))?;
            if last >= Some(name) {
                return None;
            }
            last = Some(name);
        }
        Some(names)
    }

    pub(super) const fn len(&self) -> usize {
        self.sorted.len()
    }

    pub(super) fn get(&self, rank: usize) -> Option<&'p str> {
        let start = |rank: usize| self.starts.get(rank).map(|start| u32::from_le_bytes(*start) as usize);
        self.text.get(start(rank)?..start(rank + 1)?).filter(|name| !name.is_empty())
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let rank = |entry: &[u8; 2]| usize::from(u16::from_le_bytes(*entry));
        let at = self.sorted.binary_search_by(|entry| self.get(rank(entry)).cmp(&Some(name))).ok()?;
        self.sorted.get(at).map(rank)
    }
}
