//! The one table of limits, ranges and units. Checks, error texts, documentation and the JSON Schema all read it.

use core::fmt;

/// A range of whole numbers with its unit, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Bound {
    /// What the unit of the value is.
    pub unit: &'static str,
    /// The least value.
    pub min: i64,
    /// The greatest value.
    pub max: i64,
}

impl Bound {
    /// Whether `value` is inside.
    #[must_use]
    pub const fn holds(&self, value: i64) -> bool {
        self.min <= value && value <= self.max
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} to {} {}", self.min, self.max, self.unit)
    }
}

macro_rules! bounds {
    ($($(#[doc = $doc:literal])+ $name:ident = $min:literal to $max:literal $unit:literal;)+) => {
        $($(#[doc = $doc])+
        #[doc = concat!(" Range: ", stringify!($min), " to ", stringify!($max), " ", $unit, ".")]
        pub static $name: Bound = Bound { unit: $unit, min: $min, max: $max };)+
    };
}

bounds! {
    /// For values that have no range of their own.
    ANY = -9223372036854775808 to 9223372036854775807 "";
    /// A text, where nothing else is said. Empty text says nothing: leave the field out.
    TEXT = 1 to 160 "bytes of UTF-8";
    /// The text of a claim.
    CLAIM_TEXT = 1 to 512 "bytes of UTF-8";
    /// The note of an event.
    NOTE = 1 to 2048 "bytes of UTF-8";
    /// A key in `extra`.
    EXTRA_KEY = 1 to 32 "bytes of UTF-8";
    /// All text of one report together.
    ALL_TEXT = 0 to 4096 "bytes of UTF-8 in all texts of a report together";
    /// Years 0001 to 9999, what RFC 3339 can write.
    SECONDS = -62135596800 to 253402300799 "seconds since 1970-01-01 UTC";
    /// Offsets in use on Earth lie between -12:00 and +14:00.
    UTC_OFFSET = -48 to 56 "quarter hours east of UTC";
    /// WGS 84, as GNSS receivers and Meshtastic give it.
    LATITUDE = -900000000 to 900000000 "x 1e-7 degree north";
    /// WGS 84.
    LONGITUDE = -1800000000 to 1800000000 "x 1e-7 degree east";
    /// A distance on the Earth's surface, at most half of its circumference.
    METRES = 0 to 20037508 "metres";
    /// A bearing from true north, clockwise.
    BEARING = 0 to 359 "degrees from true north";
    /// The whole width of a sector.
    BEARING_WIDTH = 1 to 360 "degrees";
    /// How many.
    COUNT = 0 to 4294967295 "of them";
    /// A span of time.
    SPAN = 0 to 4294967295 "seconds";
    /// The day of a truce as its source counts it.
    DAY = 0 to 65535 "days, as stated";
    /// NATO admiralty scale: 1 confirmed by others to 5 improbable, 6 cannot be judged.
    CREDIBILITY = 1 to 6 "on the admiralty scale, 1 best";
    /// An index into the parties of the report.
    PARTY = 0 to 7 "as index of a party";
    /// An unsigned part of an id.
    ID = 0 to 4294967295 "as part of an id";
    /// An integer in `extra`.
    INTEGER = -9223372036854775808 to 9223372036854775807 "";
}

/// Parties of an event.
pub const PARTIES: usize = 8;
/// Counts of an event.
pub const COUNTS: usize = 8;
/// Objects of an event.
pub const OBJECTS: usize = 4;
/// Claims of a report.
pub const CLAIMS: usize = 6;
/// Hops in the source chain of a claim.
pub const SOURCES: usize = 4;
/// Hops from the report's outlet to its author.
pub const FROM: usize = 2;
/// Links of a report.
pub const LINKS: usize = 4;
/// Pieces of evidence of a report.
pub const EVIDENCE: usize = 2;
/// Entries of `extra`.
pub const EXTRA: usize = 8;
