//! Error codes, and an error as C sees it: plain numbers, so that no bytes which C may pass back are invalid.

use core::fmt::{self, Write as _};

use increp::model::bounds::{ALL_TEXT, Bound, SECONDS, TEXT};
use increp::model::describe::Shape;
use increp::wire::packed::ProfileError;
use increp::{ErrorKind, Rule, store};

use crate::memory::{self, Path};
use crate::node::Content;

macro_rules! codes {
    ($($number:literal $name:ident $constant:literal $text:literal;)+) => {
        /// What went wrong. A number is never given a second meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        #[allow(missing_docs)]
        pub enum Code { $($name = $number,)+ }

        impl Code {
            /// All of them: number, name in C, meaning.
            #[cfg(test)]
            pub(crate) const ALL: &[(Self, &str, &str)] = &[$((Self::$name, $constant, $text)),+];

            /// The code with this number.
            pub(crate) const fn of(number: u32) -> Self {
                match number {
                    $($number => Self::$name,)+
                    _ => Self::Unknown,
                }
            }

            /// Its meaning.
            const fn text(number: u32) -> &'static str {
                match number {
                    $($number => $text,)+
                    _ => "no error code",
                }
            }
        }
    };
}

codes! {
    0 Ok "OK" "all is well";
    1 Misuse "MISUSE" "an argument that the function cannot take: NULL, not initialised, not aligned, or out of its range";
    2 NoSuchField "NO_SUCH_FIELD" "the path leads to no value of a report";
    3 NoSuchItem "NO_SUCH_ITEM" "the items of a list are set from the first on, without a gap";
    4 OtherType "OTHER_TYPE" "the field holds values of another type";
    5 SaysOther "SAYS_OTHER" "a claim says one thing, and this one says something else already: clear it first";
    6 End "END" "there are no more";
    16 Empty "EMPTY" "there are no bytes at all";
    17 UnknownVersion "UNKNOWN_VERSION" "packed bytes (found 8 and more), a newer format version, or no report";
    18 UnknownEncoding "UNKNOWN_ENCODING" "a batch (found 2), a newer encoding, or no report";
    19 EndsEarly "ENDS_EARLY" "the bytes end inside a value";
    20 LeftOver "LEFT_OVER" "bytes follow the end of the report";
    21 NotMinimal "NOT_MINIMAL" "a value is written in more bytes than it needs";
    22 TooWide "TOO_WIDE" "a number has more bits than its field";
    23 UnknownTag "UNKNOWN_TAG" "a presence, variant or yes-no byte has a value that means nothing";
    24 NotUtf8 "NOT_UTF8" "a text is not UTF-8";
    25 MustUnderstand "MUST_UNDERSTAND" "a code that every receiver must understand, and this build does not";
    26 Limit "LIMIT" "a number, or the length of a text in bytes, is outside its limit";
    27 TooMany "TOO_MANY" "a list has more items than its limit";
    28 BufferFull "BUFFER_FULL" "the buffer is too small";
    29 OtherProfile "OTHER_PROFILE" "the bytes need another profile, or are damaged";
    30 OtherId "OTHER_ID" "the id of the report is not the one that is known";
    32 CancelSaysNothing "CANCEL_SAYS_NOTHING" "a cancel has no event and no claims";
    33 ReplacesMissing "REPLACES_MISSING" "an update or a cancel needs a link that says which report it replaces";
    34 SourceMissing "SOURCE_MISSING" "a claim needs at least one source";
    35 IntentUnspecified "INTENT_UNSPECIFIED" "a claim says an intent that is unspecified";
    36 PartyMissing "PARTY_MISSING" "who.party is no index of one of the report's parties";
    37 TermStandsAlone "TERM_STANDS_ALONE" "a vague word stands beside a number";
    38 DateNotAtStart "DATE_NOT_AT_START" "a date that names a day, month or year starts with it, in UTC";
    39 OffsetAlone "OFFSET_ALONE" "an offset from UTC stands beside no time";
    40 LocalYear "LOCAL_YEAR" "the local date lies outside the years 0001 to 9999";
    41 DuplicateKey "DUPLICATE_KEY" "a key stands in extra twice";
    48 NotAProfile "NOT_A_PROFILE" "the bytes are no profile";
    49 ProfileVersion "PROFILE_VERSION" "a newer profile version";
    50 ProfileDamaged "PROFILE_DAMAGED" "the profile does not have the hash that it carries";
    51 ProfileMalformed "PROFILE_MALFORMED" "a section of the profile does not hold what it should";
    64 Flash "FLASH" "the flash could not be read, written or erased";
    65 NoJournalFits "NO_JOURNAL_FITS" "a journal needs two whole pages at least, all of them in the flash, each with room for a record, and words of at most 32 bytes; the lengths of both are powers of two";
    66 JournalVersion "JOURNAL_VERSION" "a journal of a newer layout is there; nothing was changed";
    67 OtherGeometry "OTHER_GEOMETRY" "a journal with other pages, other words or another beginning is there; nothing was changed";
    68 TooLong "TOO_LONG" "the record would never fit";
    69 Full "FULL" "there is no room, and nothing may be dropped";
    70 NotKept "NOT_KEPT" "what was written reads back as something else, three times in different places";
    71 Gone "GONE" "the record is no longer there";
    72 MarkWorn "MARK_WORN" "power failed so often while the record was marked that there is no more place for marks";
    255 Unknown "UNKNOWN" "an error that this interface has no code for";
}

/// What went wrong, where in the report, and at which byte. All zero where nothing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Error {
    /// One of enum increp_code.
    pub code: u32,
    /// The byte at which the offending value starts; 0 for an error of a setter. For INCREP_ERROR_FLASH, _NOT_KEPT and _MARK_WORN, the address in flash.
    pub offset: u32,
    /// The way to the field, to be compared or shown by increp_path_text; 0 is the report as a whole.
    pub path: Path,
    /// The number, length, code or tag that was found, where the code is about one.
    pub found: i64,
    /// The least that is allowed; 0, as `most`, where a setter refused: increp_error_text knows the range.
    pub least: i64,
    /// The most that is allowed.
    pub most: i64,
}

impl Error {
    pub(crate) const NONE: Self = Self { code: 0, offset: 0, path: 0, found: 0, least: 0, most: 0 };

    pub(crate) fn new(code: Code) -> Self {
        Self { code: code as u32, ..Self::NONE }
    }

    /// What a setter refused. The range stays open: to look it up here would link the description of the whole model, which
    /// who encodes with postcard does not need.
    pub(crate) fn of_setter(code: Code, path: Path, content: Result<Content<'_>, Code>) -> Self {
        let found = match content {
            Ok(Content::Number(number)) if matches!(code, Code::Limit | Code::MustUnderstand) => number,
            _ => 0,
        };
        Self { path, found, ..Self::new(code) }
    }

    /// The range that was broken: the one that is said, or else that of the field.
    fn bound(&self) -> Bound {
        let found = memory::steps_of(self.path).resolve();
        let field = found.and_then(|(_, field)| field).map(|field| field.bound);
        if (self.least, self.most) != (0, 0) {
            let bounds = [field, Some(&TEXT), Some(&ALL_TEXT), Some(&SECONDS)];
            let same = |bound: &&&'static Bound| bound.min == self.least && bound.max == self.most;
            let unit = bounds.iter().flatten().find(same).map_or("", |bound| bound.unit);
            return Bound { unit, min: self.least, max: self.most };
        }
        match (found.map(|(shape, _)| shape.inner()), field) {
            (Some(Shape::Code(_)), _) => CODE,
            (Some(Shape::Flag), _) => FLAG,
            (Some(Shape::Stamp), _) => SECONDS,
            (_, Some(bound)) if !bound.unit.is_empty() => *bound,
            _ => TEXT,
        }
    }
}

/// The error codes whose `offset` is an address in flash.
const AT_ADDRESS: [u32; 3] = [Code::Flash as u32, Code::NotKept as u32, Code::MarkWorn as u32];

const CODE: Bound = Bound { unit: "as a code", min: 0, max: 255 };
const FLAG: Bound = Bound { unit: "as a flag", min: 0, max: 1 };

impl From<increp::Error> for Error {
    fn from(error: increp::Error) -> Self {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let (code, found, least, most) = match error.kind {
            ErrorKind::Empty => (Code::Empty, 0, 0, 0),
            ErrorKind::UnknownVersion(version) => (Code::UnknownVersion, version.into(), 0, 0),
            ErrorKind::UnknownEncoding(encoding) => (Code::UnknownEncoding, encoding.into(), 0, 0),
            ErrorKind::EndsEarly => (Code::EndsEarly, 0, 0, 0),
            ErrorKind::LeftOver(bytes) => (Code::LeftOver, count(bytes), 0, 0),
            ErrorKind::NotMinimal => (Code::NotMinimal, 0, 0, 0),
            ErrorKind::TooWide { bits } => (Code::TooWide, 0, 0, bits.into()),
            ErrorKind::UnknownTag { found, most } => (Code::UnknownTag, found.into(), 0, most.into()),
            ErrorKind::NotUtf8 => (Code::NotUtf8, 0, 0, 0),
            ErrorKind::MustUnderstand { code, .. } => (Code::MustUnderstand, code.into(), 0, 0),
            ErrorKind::Limit { bound, value } => (Code::Limit, value, bound.min, bound.max),
            ErrorKind::TooMany { limit, value } => (Code::TooMany, count(value), 0, count(limit)),
            ErrorKind::BufferFull => (Code::BufferFull, 0, 0, 0),
            ErrorKind::OtherProfile => (Code::OtherProfile, 0, 0, 0),
            ErrorKind::OtherId => (Code::OtherId, 0, 0, 0),
            ErrorKind::Rule(rule) => match rule {
                Rule::CancelSaysNothing => (Code::CancelSaysNothing, 0, 0, 0),
                Rule::ReplacesMissing => (Code::ReplacesMissing, 0, 0, 0),
                Rule::SourceMissing => (Code::SourceMissing, 0, 0, 0),
                Rule::IntentUnspecified => (Code::IntentUnspecified, 0, 0, 0),
                Rule::PartyMissing { index, parties } => (Code::PartyMissing, index.into(), 0, i64::from(parties) - 1),
                Rule::TermStandsAlone => (Code::TermStandsAlone, 0, 0, 0),
                Rule::DateNotAtStart => (Code::DateNotAtStart, 0, 0, 0),
                Rule::OffsetAlone => (Code::OffsetAlone, 0, 0, 0),
                Rule::LocalYear => (Code::LocalYear, 0, 0, 0),
                Rule::DuplicateKey => (Code::DuplicateKey, 0, 0, 0),
                _ => (Code::Unknown, 0, 0, 0),
            },
            _ => (Code::Unknown, 0, 0, 0),
        };
        let offset = u32::try_from(error.offset).unwrap_or(u32::MAX);
        Self { offset, path: memory::path_of(&error.path), found, least, most, ..Self::new(code) }
    }
}

impl From<ProfileError> for Error {
    fn from(error: ProfileError) -> Self {
        let (code, found) = match error {
            ProfileError::NotAProfile => (Code::NotAProfile, 0),
            ProfileError::UnknownVersion(version) => (Code::ProfileVersion, version.into()),
            ProfileError::Damaged => (Code::ProfileDamaged, 0),
            ProfileError::Malformed(section) => (Code::ProfileMalformed, i64::try_from(section).unwrap_or(i64::MAX)),
            _ => (Code::Unknown, 0),
        };
        Self { found, ..Self::new(code) }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        let (code, found, least, most) = match error.kind {
            store::ErrorKind::Flash(_) => (Code::Flash, 0, 0, 0),
            store::ErrorKind::Unsupported => (Code::NoJournalFits, 0, 0, 0),
            store::ErrorKind::OtherVersion(version) => (Code::JournalVersion, version.into(), 0, 0),
            store::ErrorKind::OtherGeometry => (Code::OtherGeometry, 0, 0, 0),
            store::ErrorKind::TooLong { most } => (Code::TooLong, 0, 0, most.into()),
            store::ErrorKind::Full => (Code::Full, 0, 0, 0),
            store::ErrorKind::NotKept => (Code::NotKept, 0, 0, 0),
            store::ErrorKind::BufferTooSmall { needed, .. } => (Code::BufferFull, 0, needed.into(), 0),
            store::ErrorKind::Gone => (Code::Gone, 0, 0, 0),
            store::ErrorKind::MarkWorn => (Code::MarkWorn, 0, 0, 0),
            _ => (Code::Unknown, 0, 0, 0),
        };
        let offset = if AT_ADDRESS.contains(&(code as u32)) { error.at } else { 0 };
        Self { offset, found, least, most, ..Self::new(code) }
    }
}

/// "event.counts[0].item at byte 12: expected 1 to 160 bytes of UTF-8, found 0".
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path != 0 {
            write!(f, "{}", memory::steps_of(self.path))?;
        }
        if AT_ADDRESS.contains(&self.code) {
            write!(f, "at address {:#x}", self.offset)?;
        } else if self.offset != 0 {
            write!(f, "{}at byte {}", if self.path == 0 { "" } else { " " }, self.offset)?;
        }
        if self.path != 0 || self.offset != 0 || AT_ADDRESS.contains(&self.code) {
            f.write_str(": ")?;
        }
        if self.code == Code::Limit as u32 {
            return write!(f, "{}, found {}", self.bound(), self.found);
        }
        f.write_str(Code::text(self.code))?;
        if self.most != 0 {
            write!(f, ": expected at most {}, found {}", self.most, self.found)
        } else if self.least != 0 {
            write!(f, ": expected at least {}, found {}", self.least, self.found)
        } else if self.found != 0 {
            write!(f, ": found {}", self.found)
        } else {
            Ok(())
        }
    }
}

/// Writes text for people into a buffer of C, as much as fits, and a NUL behind it.
pub(crate) fn write_text(text: &dyn fmt::Display, buffer: &mut [u8]) -> usize {
    struct Cursor<'b> {
        free: &'b mut [u8],
        all: usize,
    }
    impl fmt::Write for Cursor<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.all = self.all.saturating_add(text.len());
            for byte in text.bytes() {
                // The last byte is kept for the NUL.
                if self.free.len() < 2 {
                    break;
                }
                if let Some((first, rest)) = core::mem::take(&mut self.free).split_first_mut() {
                    *first = byte;
                    self.free = rest;
                }
            }
            if let Some(first) = self.free.first_mut() {
                *first = 0;
            }
            Ok(())
        }
    }
    let mut cursor = Cursor { free: buffer, all: 0 };
    // The cursor never fails; it must write its NUL even where there is no text.
    let _ = cursor.write_str("");
    let _ = write!(cursor, "{text}");
    cursor.all
}
