//! A report as bytes.
//!
//! ```text
//! byte 0        version << 4 | encoding          version 1; encoding 1 postcard
//! from byte 1   the report in that encoding, to the last byte
//! ```
//!
//! The length is known from whatever frames the report; leftover bytes are an error. Each report has exactly one
//! encoding. SPEC.md says how every value is written. A first byte of 0x80 or more is the [`packed`] encoding, and 0x12 a batch
//! of it.

pub mod packed;
mod postcard;

use crate::error::Error;
use crate::model::bounds::ALL_TEXT;
use crate::model::describe::Path;
use crate::model::{Id, Point, Record, RecordMut as _, Report, Stopped, Text, Value, Walk as _};
use postcard::{Reader, Writer};

/// The version of the format that this build writes, and the newest that it reads.
pub const VERSION: u8 = 1;

/// How the report that follows is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
#[repr(u8)]
pub enum Encoding {
    /// What the postcard crate writes for the serde model.
    Postcard = 1,
}

/// The most bytes that an encoded report has: every field at its longest, and the texts at the limit of all of them
/// together. A text needs a second byte of length from 128 bytes on, and no more than 32 texts can have as many.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a constant of the table
pub const MAX_LEN: usize = {
    let text = ALL_TEXT.max as usize;
    1 + <Report<'static> as Value<'static>>::MOST + text + text / 128
};

/// Encodes a report into `buffer` and gives the part of it that was written. [`MAX_LEN`] bytes are always enough.
///
/// ```
/// use increp::model::{Id, Report, Status};
/// let report = Report { id: Id::new(17, 42), status: Status::TEST, ..Report::default() };
/// let mut buffer = [0; 32];
/// let bytes = increp::encode(&report, &mut buffer)?;
/// assert_eq!(bytes, [0x11, 17, 0, 42, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
/// # Ok::<(), increp::Error>(())
/// ```
///
/// # Errors
/// The first limit or rule that the report breaks, or [`BufferFull`](crate::ErrorKind::BufferFull).
pub fn encode<'b>(report: &Report<'_>, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
    let mut writer = Writer::new(Some(buffer));
    if writer.byte(VERSION << 4 | Encoding::Postcard as u8).is_err() {
        return Err(*writer.error());
    }
    report.put(&mut writer)?;
    Ok(writer.written())
}

/// The number of bytes that [`encode`] would write.
///
/// # Errors
/// The first limit or rule that the report breaks.
pub fn encoded_len(report: &Report<'_>) -> Result<usize, Error> {
    measure(report).map(|length| length + 1)
}

/// Checks any value by measuring it.
#[inline(never)] // what it takes on the stack is not for long
pub(crate) fn measure<'a, V: Record<'a>>(value: &V) -> Result<usize, Error> {
    let mut writer = Writer::new(None);
    value.put(&mut writer)?;
    Ok(writer.len())
}

/// Decodes exactly one report, whose texts are borrowed from `bytes`.
///
/// The report is returned by value: see [`decode_into`] where the stack is small.
///
/// # Errors
/// What the sender did, at which byte, in which field.
pub fn decode(bytes: &[u8]) -> Result<Report<'_>, Error> {
    let mut report = Report::default();
    decode_into(bytes, &mut report)?;
    Ok(report)
}

/// Decodes exactly one report in place. Whatever `report` held is gone; after an error it holds no more than a part.
///
/// The report borrows `bytes`: declare them before it. A loop that receives into one buffer has a new report each time, as in
/// [`packed::decode_into`].
///
/// # Errors
/// What the sender did, at which byte, in which field.
pub fn decode_into<'a>(bytes: &'a [u8], report: &mut Report<'a>) -> Result<(), Error> {
    decode_traced(bytes, report, &mut ())
}

/// [`decode_into`] that tells `trace` every value that it reads, also before an error.
///
/// # Errors
/// What the sender did, at which byte, in which field.
pub fn decode_traced<'a, T: Trace>(bytes: &'a [u8], report: &mut Report<'a>, trace: &mut T) -> Result<(), Error> {
    // First of all: whoever reuses a report must not find the last one after an error.
    *report = Report::default();
    let mut reader = Reader::new(bytes, trace);
    if reader.header().is_err() {
        return Err(*reader.error());
    }
    report.take(&mut reader)?;
    reader.end().map_err(|Stopped| *reader.error())
}

/// What was read, for a decoder that shows its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// Format version and encoding.
    Header(u8),
    /// The tag of the profile that a packed report needs.
    Tag(u8),
    /// Which form of the profile a packed report has.
    Form(Option<usize>),
    /// A code.
    Code(u8),
    /// Yes or no.
    Flag(bool),
    /// Which case follows, of how many.
    Case(u8, u8),
    /// How many items follow.
    Length(usize),
    /// A number.
    Unsigned(u64),
    /// A number with sign.
    Signed(i64),
    /// A text, with its length in front.
    Text(Text<'a>),
    /// A hash.
    Digest(&'a [u8; 32]),
    /// Which fields of a record are reported.
    Fields(u32),
    /// An id whole.
    Id(Id),
    /// A point whole.
    Point(Point),
}

/// Is told every value that a decoder reads.
pub trait Trace {
    /// Whether it wants to be told at all.
    const LISTENS: bool = true;

    /// The value at `path` was read from these bytes.
    fn seen(&mut self, path: &Path, bytes: core::ops::Range<usize>, seen: Seen<'_>);

    /// What was seen last took what lies between these positions of the packed encoding.
    fn packed(&mut self, start: packed::Position, end: packed::Position) {
        let _ = (start, end);
    }
}

impl Trace for () {
    const LISTENS: bool = false;

    fn seen(&mut self, _: &Path, _: core::ops::Range<usize>, _: Seen<'_>) {}
}
