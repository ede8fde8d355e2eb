//! What is wrong with a report or with its bytes, where in the report, and at which byte.

use core::fmt;

use crate::model::bounds::Bound;
use crate::model::describe::{CodeList, Path};

/// What is wrong, in which field, at which byte.
///
/// ```
/// let error = increp::decode(&[0x11, 0x11, 0x80]).unwrap_err();
/// assert_eq!(error.to_string(), "id.epoch at byte 2: the bytes end inside this value");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Error {
    /// What the sender did.
    pub kind: ErrorKind,
    /// The byte at which the offending value starts, counted from the first byte of the report. For an error that is
    /// found while writing, the byte at which it would have started; for a [`Rule`], that of the value after which it was
    /// seen to be broken.
    pub offset: usize,
    /// The field, empty when the report as a whole is meant.
    pub path: Path,
}

impl Error {
    /// What a [`Walk`](crate::model::Walk) keeps as long as nothing went wrong.
    pub const NONE: Self = Self { kind: ErrorKind::Empty, offset: 0, path: Path::ROOT };
}

/// What the sender of the bytes, or the maker of the report, did.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ErrorKind {
    /// There are no bytes at all.
    Empty,
    /// The first byte names a format version that this build does not know.
    UnknownVersion(u8),
    /// The first byte names an encoding that this build does not know.
    UnknownEncoding(u8),
    /// The bytes end inside a value.
    EndsEarly,
    /// Bytes follow the end of the report.
    LeftOver(usize),
    /// A number is written in more bytes than it needs.
    NotMinimal,
    /// A number has more bits than its field.
    TooWide {
        /// Bits that the field has.
        bits: u8,
    },
    /// A presence, variant or yes-no byte has a value that means nothing.
    UnknownTag {
        /// The byte.
        found: u32,
        /// The largest value that has a meaning here.
        most: u8,
    },
    /// Text is not UTF-8.
    NotUtf8,
    /// A code that the receiver must understand and does not.
    MustUnderstand {
        /// The list that the code is from.
        list: &'static CodeList,
        /// The code.
        code: u8,
    },
    /// A number, or the length of a text in bytes, is outside its limit.
    Limit {
        /// The limit with its unit.
        bound: &'static Bound,
        /// The value.
        value: i64,
    },
    /// A list has more items than its limit.
    TooMany {
        /// The limit.
        limit: usize,
        /// Items that the list would have.
        value: usize,
    },
    /// Values that are good one by one contradict each other.
    Rule(Rule),
    /// The caller's buffer is too small for the report.
    BufferFull,
    /// The bytes are not what the profile at hand writes.
    OtherProfile,
    /// The report to be written has another id than the one that is known.
    OtherId,
}

/// A rule that holds between the fields of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Rule {
    /// A cancel takes a report back; it has no event and no claims of its own.
    CancelSaysNothing,
    /// An update or a cancel names the report that it replaces.
    ReplacesMissing,
    /// A claim has at least one source.
    SourceMissing,
    /// A claim says an intent that is unspecified, which says nothing.
    IntentUnspecified,
    /// `who.party` is an index into this report's parties.
    PartyMissing {
        /// The index.
        index: u8,
        /// How many parties the report has.
        parties: u8,
    },
    /// A vague word stands alone: no number is made of it, none beside it.
    TermStandsAlone,
    /// A date that names a day, month or year starts with it, in UTC.
    DateNotAtStart,
    /// An offset from UTC stands beside no time.
    OffsetAlone,
    /// The local date lies outside the years 0001 to 9999.
    LocalYear,
    /// A key stands in `extra` once.
    DuplicateKey,
}

impl Rule {
    /// The rule in a sentence that says what to do.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::CancelSaysNothing => "a cancel has no event and no claims: leave them out, or send an update",
            Self::ReplacesMissing => {
                "an update or a cancel needs a link with rel \"replaces\" and the id of the report that it replaces"
            }
            Self::SourceMissing => "a claim needs at least one source, the origin first",
            Self::IntentUnspecified => "an intent that is said is one of the list",
            Self::PartyMissing { .. } => "who.party is the index of one of this report's parties",
            Self::TermStandsAlone => "a vague word stands alone: give the number in a count of its own",
            Self::DateNotAtStart => "a date without a time of day is written as the start of its day, month or year",
            Self::OffsetAlone => "an offset from UTC needs a start or an end",
            Self::LocalYear => "the local date lies outside the years 0001 to 9999",
            Self::DuplicateKey => "each key of extra stands once",
        }
    }
}

impl ErrorKind {
    /// The name of the kind, as SPEC.md and the vectors spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::UnknownVersion(_) => "unknown_version",
            Self::UnknownEncoding(_) => "unknown_encoding",
            Self::EndsEarly => "ends_early",
            Self::LeftOver(_) => "left_over",
            Self::NotMinimal => "not_minimal",
            Self::TooWide { .. } => "too_wide",
            Self::UnknownTag { .. } => "unknown_tag",
            Self::NotUtf8 => "not_utf8",
            Self::MustUnderstand { .. } => "must_understand",
            Self::Limit { .. } => "limit",
            Self::TooMany { .. } => "too_many",
            Self::BufferFull => "buffer_full",
            Self::OtherProfile => "other_profile",
            Self::OtherId => "other_id",
            Self::Rule(rule) => match rule {
                Rule::CancelSaysNothing => "cancel_says_nothing",
                Rule::ReplacesMissing => "replaces_missing",
                Rule::SourceMissing => "source_missing",
                Rule::IntentUnspecified => "intent_unspecified",
                Rule::PartyMissing { .. } => "party_missing",
                Rule::TermStandsAlone => "term_stands_alone",
                Rule::DateNotAtStart => "date_not_at_start",
                Rule::OffsetAlone => "offset_alone",
                Rule::LocalYear => "local_year",
                Rule::DuplicateKey => "duplicate_key",
            },
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty => f.write_str("no bytes: expected a report"),
            Self::UnknownVersion(8..) => f.write_str("these are packed bytes, which are read with their profile, or no report"),
            Self::UnknownVersion(version) => {
                write!(f, "format version {version} is not known here: a newer increp wrote it, or it is no report")
            }
            Self::UnknownEncoding(2) => f.write_str("this is a batch of reports, which is read with its profile, or no report"),
            Self::UnknownEncoding(encoding) => {
                write!(f, "encoding {encoding} is not known here: a newer increp wrote it, or it is no report")
            }
            Self::EndsEarly => f.write_str("the bytes end inside this value"),
            Self::LeftOver(bytes) => write!(f, "{bytes} bytes follow the end of the report"),
            Self::NotMinimal => f.write_str("the number is written in more bytes than it needs"),
            Self::TooWide { bits } => write!(f, "the number has more than {bits} bits"),
            Self::UnknownTag { found, most } => write!(f, "expected a tag of 0 to {most}, found {found}"),
            Self::NotUtf8 => f.write_str("the text is not UTF-8"),
            Self::MustUnderstand { list, code } => {
                write!(f, "code {code} is not in the list of {} that every receiver must understand", list.title)
            }
            Self::Limit { bound, value } => write!(f, "{bound}, found {value}"),
            Self::TooMany { limit, value } => write!(f, "expected at most {limit} items, found {value}"),
            Self::Rule(rule @ Rule::PartyMissing { index, parties }) => {
                write!(f, "{}: expected less than {parties}, found {index}", rule.text())
            }
            Self::Rule(rule) => f.write_str(rule.text()),
            Self::BufferFull => f.write_str("the buffer is too small for the report"),
            Self::OtherProfile => {
                f.write_str("the bytes are not what this profile writes: they need another profile, or are damaged")
            }
            Self::OtherId => f.write_str("the id of the report is not the one that is known"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{} ", self.path)?;
        }
        write!(f, "at byte {}: {}", self.offset, self.kind)
    }
}

impl fmt::Debug for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for Error {}
