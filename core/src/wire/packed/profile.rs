//! A profile: what past reports teach about those to come, in one blob that is used where it lies.
//!
//! ```text
//! byte 0    "irpf"
//! byte 4    format version, 6
//! byte 5    three zeros
//! byte 8    SHA-256 of all bytes from byte 40 on: the profile's id
//! byte 40   length in bytes of each section, 7 x u32
//! byte 68   the sections, one behind another:
//!   area        i64 base, seconds since 1970; u32 minutes that it is good for; 4 x i32 latitudes
//!               from and to, longitudes from and to, in 1e-7 degree; empty: no mission
//!   masks       u8 records; for each u32 its id, u16 the first of its sets, u16 how many, the commonest record first;
//!               then the sets of reported fields, a u32 each, those of a record the commonest first
//!   forms       see `forms.rs`
//!   weights     see `weights.rs`
//!   names       u16 how many; so many x u16 in the order of their bytes; one more x u32 where each starts; the UTF-8
//!   gazetteer   see `gazetteer.rs`
//!   text        see `text/mod.rs`
//! ```
//!
//! All numbers are little-endian.

use core::fmt;

use sha2::{Digest as _, Sha256};

use super::forms::Forms;
use super::gazetteer::Gazetteer;
use super::sections::{Area, Bytes, Masks, Names};
use super::text::TextModel;
use super::weights::Weights;

/// What a profile starts with.
pub const MAGIC: [u8; 4] = *b"irpf";
/// The version of the format of profiles.
pub const PROFILE_VERSION: u8 = 6;
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
                let what = if *version < PROFILE_VERSION {
                    "it is from before the first release: train it again"
                } else {
                    "a newer increp wrote it"
                };
                write!(f, "profile version {version} is not known here: {what}")
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

/// The hash that a blob carries, and what it is of.
const fn content(blob: &[u8]) -> Result<(&[u8; 32], &[u8]), ProfileError> {
    let rest = match blob.split_first_chunk() {
        Some((magic, rest)) if u32::from_le_bytes(*magic) == u32::from_le_bytes(MAGIC) => rest,
        _ => return Err(ProfileError::NotAProfile),
    };
    match rest {
        [PROFILE_VERSION, 0, 0, 0, rest @ ..] => match rest.split_first_chunk() {
            Some(found) => Ok(found),
            None => Err(ProfileError::Damaged),
        },
        [PROFILE_VERSION, ..] | [] => Err(ProfileError::Damaged),
        [version, ..] => Err(ProfileError::UnknownVersion(*version)),
    }
}

impl<'p> Profile<'p> {
    /// The profile that knows nothing: reports take more bytes with it than with any other, and need no other to be read.
    pub const EMPTY: Profile<'static> = Profile {
        id: [0; 32],
        area: None,
        masks: Masks::EMPTY,
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
        let (id, content) = content(blob)?;
        let hash: [u8; 32] = Sha256::digest(content).into();
        if hash == *id { Self::of(id, content) } else { Err(ProfileError::Damaged) }
    }

    /// A blob that came with the program, and is as sound as that: all is checked but the hash. In a constant the compiler
    /// does all of it, and nothing is left to do on a device:
    ///
    /// ```
    /// use increp::wire::packed::Profile;
    /// # const BLOB: &[u8] = include_bytes!("../../../profiles/general-16.profile");
    /// // const BLOB: &[u8] = include_bytes!("mission.profile");
    /// const PROFILE: Profile<'static> = match Profile::built_in(BLOB) {
    ///     Ok(profile) => profile,
    ///     Err(_) => panic!("mission.profile is no profile"),
    /// };
    /// assert_eq!(Profile::new(BLOB).unwrap().id(), PROFILE.id());
    /// ```
    ///
    /// # Errors
    /// Why it cannot be used.
    pub const fn built_in(blob: &'p [u8]) -> Result<Self, ProfileError> {
        match content(blob) {
            Ok((id, content)) => Self::of(id, content),
            Err(error) => Err(error),
        }
    }

    /// The profile of this content.
    const fn of(id: &[u8; 32], content: &'p [u8]) -> Result<Self, ProfileError> {
        let mut rest = Bytes(content);
        let Some(lengths) = rest.take::<{ SECTIONS - LENGTHS }>() else { return Err(ProfileError::Malformed(section::AREA)) };
        let mut lengths = Bytes(&lengths);
        let mut sections: [&[u8]; SECTION_NAMES.len()] = [&[]; SECTION_NAMES.len()];
        let mut left: &mut [&[u8]] = &mut sections;
        while let Some((section, others)) = left.split_first_mut() {
            let Some(length) = lengths.u32() else { break };
            match rest.many(length as usize) {
                Some(bytes) => *section = bytes,
                None => return Err(ProfileError::Malformed(section::AREA)),
            }
            left = others;
        }
        if !rest.0.is_empty() {
            return Err(ProfileError::Malformed(section::TEXT));
        }
        let [area, masks, forms, weights, names, gazetteer, text] = sections;
        let Some(names) = Names::new(names) else { return Err(ProfileError::Malformed(section::NAMES)) };
        let Some(area) = Area::new(area) else { return Err(ProfileError::Malformed(section::AREA)) };
        let Some(masks) = Masks::new(masks) else { return Err(ProfileError::Malformed(section::MASKS)) };
        let Some(forms) = Forms::new(forms) else { return Err(ProfileError::Malformed(section::FORMS)) };
        let Some(weights) = Weights::new(weights) else { return Err(ProfileError::Malformed(section::WEIGHTS)) };
        let Some(gazetteer) = Gazetteer::new(gazetteer, names) else { return Err(ProfileError::Malformed(section::GAZETTEER)) };
        let text = match TextModel::new(text) {
            None if !text.is_empty() => return Err(ProfileError::Malformed(section::TEXT)),
            text => text,
        };
        Ok(Self { id: *id, area, masks, forms, weights, names, gazetteer, text })
    }

    /// The hash of its content, by which it is known; zeros for the empty one.
    #[must_use]
    pub const fn id(&self) -> &[u8; 32] {
        &self.id
    }

    /// What a report says of the profile that it needs: 4 bits of its id.
    #[must_use]
    pub const fn tag(&self) -> u8 {
        let [first, ..] = self.id;
        first & 0xf
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

    /// Sets of fields that records often have.
    #[must_use]
    pub const fn masks(&self) -> Masks<'p> {
        self.masks
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
