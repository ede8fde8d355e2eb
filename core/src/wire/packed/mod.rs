//! The packed encoding: the fewest bytes.
//!
//! ```text
//! byte 0        0x80 | tag                        tag: 7 bits of the profile's id
//! from byte 1   one number of arbitrary length    what the arithmetic coder of `coder.rs` made of the decisions
//! ```
//!
//! A report becomes decisions between two cases, each with a probability that the [`Profile`] knows from past reports; a
//! decision that was as good as certain takes next to nothing. Whatever the profile, every valid report can be written, and
//! never in more bytes than postcard takes (one more where not even the profile is said): where it would be, postcard's bytes are written instead, and say so.

mod batch;
mod coder;
mod context;
mod decide;
mod forms;
mod gazetteer;
mod memory;
mod packer;
mod profile;
mod squash;
mod text;
mod values;
mod weights;

pub use batch::{BATCH, BatchReader, BatchWriter};
pub use coder::{Coder, Cost, Decoder, Encoder, Position, fair, uniform};
pub use context::mix;
pub use decide::{At, Decisions, Root, Shared, Weighing, What};
pub use forms::{Forms, walk};
pub use gazetteer::{ENTRY, Entry, Gazetteer, Node, Tier, order};
pub use memory::Known;
pub use profile::{Area, LENGTHS, MAGIC, PROFILE_VERSION, Profile, ProfileError, SECTION_NAMES, SECTIONS, section};
pub use squash::{MOST_LOGIT, squash};
pub use text::{
    BUCKET_CELLS, CELL_BUCKET, CELL_CONTEXTS, DEEPEST, DEPTH_CLASSES, FIRST_TRUST, FREE_CELL, History, MOST_CELLS, NO_BYTE,
    Repeats, TRUST_CLASSES, TextModel, VOICES, WEIGHT_CONTEXTS, cell_place, trust_after, trust_class, weight_slot,
};
pub use weights::{BUCKET, BUCKET_LEN, Weight, Weights, place};

use memory::Memory;
use packer::Packer;

use super::{Seen, Trace};
use crate::error::{Error, ErrorKind};
use crate::model::bounds::ANY;
use crate::model::describe::{CodeList, Field, Path, Record};
use crate::model::{Degrees, Fields, Group, Id, Point, Report, Sink, Source, Value};

/// A profile for whoever has none of their own, of 16 KiB: from UCDP events of Mexico and Syria, and the texts of NGA
/// anti-shipping activity messages.
#[cfg(feature = "general-16")]
pub static GENERAL_16: &[u8] = include_bytes!("../../../profiles/general-16.profile");

/// The same in 64 KiB, with more of its text model.
#[cfg(feature = "general-64")]
pub static GENERAL_64: &[u8] = include_bytes!("../../../profiles/general-64.profile");

/// Marks the first byte of a packed report; the other bits are the profile's tag.
pub const PACKED: u8 = 0x80;

/// How many texts, points and authors of a report are remembered while it is packed.
const REMEMBERED: usize = 16;
/// The same for all reports of a batch.
const IN_BATCH: usize = 128;

/// Packs a report with a profile into `buffer` and gives the part of it that was written. Where postcard is shorter, that is
/// what is written. [`MAX_LEN`](super::MAX_LEN) bytes are always enough.
///
/// ```
/// use increp::model::{Id, Report, Status};
/// use increp::wire::packed::{self, Known, Profile};
/// let report = Report { id: Id::new(17, 42), status: Status::TEST, ..Report::default() };
/// let mut buffer = [0; 32];
/// let bytes = packed::encode(&report, &Profile::EMPTY, &Known::default(), &mut buffer)?;
/// let (mut room, mut again) = ([0; 64], Report::default());
/// packed::decode_into(bytes, &Profile::EMPTY, &Known::default(), &mut again, &mut room)?;
/// assert_eq!(again, report);
/// # Ok::<(), increp::Error>(())
/// ```
///
/// # Errors
/// The first limit or rule that the report breaks, or [`BufferFull`](ErrorKind::BufferFull).
pub fn encode<'b, 'a>(report: &Report<'a>, profile: &Profile<'a>, known: &Known, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
    if let Some(first) = buffer.first_mut().filter(|_| !known.profile) {
        *first = PACKED | profile.tag();
    }
    let start = usize::from(!known.profile);
    let mut decisions = Weighing { weights: profile.weights, coder: Encoder::new(&mut *buffer, start) };
    if known.profile {
        decisions.coder.bit(NOT_POSTCARD, true);
    }
    let mut memory = Memory::<REMEMBERED>::new(known);
    let mut writer = Writer(Packer::new(profile, decisions, &mut memory, known));
    writer.whole(report)?;
    let packed = writer.0.decisions.coder.finish().map(<[u8]>::len);
    // Few reports are long enough for postcard to be shorter, so few are measured.
    if let Some(packed) = packed
        && (packed <= LEAST_POSTCARD || packed <= super::encoded_len(report)? + usize::from(known.profile))
    {
        return Ok(buffer.get(..packed).unwrap_or_default());
    }
    if known.profile {
        let (first, rest) = buffer.split_first_mut().ok_or(BUFFER_FULL)?;
        *first = POSTCARD;
        let postcard = super::encode(report, rest)?.len();
        return Ok(buffer.get(..=postcard).unwrap_or_default());
    }
    super::encode(report, buffer)
}

/// No report takes fewer bytes in postcard: the header, three of the id, and one for each of the other 13 fields.
const LEAST_POSTCARD: usize = 17;

/// Where nothing says the profile, this byte says that postcard's bytes follow; packed bytes never start with it.
const POSTCARD: u8 = 0xff;
/// The decision that keeps them from it.
const NOT_POSTCARD: u16 = 0xff00;

const BUFFER_FULL: Error = Error { kind: ErrorKind::BufferFull, offset: 0, path: Path::ROOT };

/// Unpacks exactly one report in place. New texts are read into `room`; [`bounds::ALL_TEXT`](crate::model::bounds::ALL_TEXT)
/// bytes are always enough. Postcard's bytes are taken too.
///
/// # Errors
/// What the sender did, about at which byte, in which field. [`OtherProfile`](ErrorKind::OtherProfile) if the bytes were
/// written with another profile, or with other knowledge, or are damaged.
pub fn decode_into<'a>(
    bytes: &'a [u8],
    profile: &Profile<'a>,
    known: &Known,
    report: &mut Report<'a>,
    room: &'a mut [u8],
) -> Result<(), Error> {
    decode_traced(bytes, profile, known, report, room, &mut ())
}

/// [`decode_into`] that tells `trace` every value that it reads, also before an error.
///
/// # Errors
/// Those of [`decode_into`].
pub fn decode_traced<'a, T: Trace>(
    bytes: &'a [u8],
    profile: &Profile<'a>,
    known: &Known,
    report: &mut Report<'a>,
    room: &'a mut [u8],
    trace: &mut T,
) -> Result<(), Error> {
    *report = Report::default();
    let postcard = match bytes {
        [POSTCARD, rest @ ..] if known.profile => Some(rest),
        [first, ..] if known.profile || first & PACKED != 0 => None,
        _ => Some(bytes),
    };
    if let Some(bytes) = postcard {
        return super::decode_traced(bytes, report, trace);
    }
    let mut memory = Memory::<REMEMBERED>::new(known);
    let mut decisions = Weighing { weights: profile.weights, coder: Decoder::new(bytes, usize::from(!known.profile)) };
    if known.profile {
        decisions.coder.bit(NOT_POSTCARD, true);
    } else if tag(bytes) != Some(profile.tag()) {
        return Err(Error { kind: ErrorKind::OtherProfile, offset: 0, path: Path::ROOT });
    }
    let packer = Packer::new(profile, decisions, &mut memory, known);
    let mut reader = Reader { packer, start: Position::default(), trace };
    reader.packer.room = room;
    if !known.profile {
        reader.header(PACKED | profile.tag());
    }
    reader.whole(report)?;
    reader.end()
}

/// The tag of the profile that a packed report needs; `None` if it is not packed.
#[must_use]
pub fn tag(bytes: &[u8]) -> Option<u8> {
    bytes.first().filter(|first| *first & PACKED != 0).map(|first| first & !PACKED)
}

/// Takes all decisions of reports, without writing anything: for trainers.
#[derive(Debug)]
pub struct Rehearsal<'a>(Memory<'a, IN_BATCH>);

impl<'a> Rehearsal<'a> {
    /// A message of its own.
    #[must_use]
    pub fn new(known: &Known) -> Self {
        Self(Memory::new(known))
    }

    /// The decisions of one more report of the message.
    ///
    /// # Errors
    /// The first limit or rule that the report breaks.
    pub fn report<D: Decisions>(
        &mut self,
        report: &Report<'a>,
        profile: &Profile<'a>,
        known: &Known,
        decisions: D,
    ) -> Result<(), Error> {
        Writer(Packer::new(profile, decisions, &mut self.0, known)).whole(report)?;
        self.0.later = true;
        Ok(())
    }
}

/// Packs what it is given.
struct Writer<'p, 'a, D, const N: usize>(Packer<'p, 'a, D, N>);

impl<'a, D: Decisions, const N: usize> Writer<'_, 'a, D, N> {
    fn whole(&mut self, report: &Report<'a>) -> Result<(), Error> {
        let form = self.0.profile.forms.find(report, self.0.profile)?;
        let begun = self.0.begin(form);
        self.fail(begun)?;
        report.put(self, &ANY)
    }

    fn fail<T>(&self, result: Result<T, ErrorKind>) -> Result<(), Error> {
        result.map(|_| ()).map_err(|kind| self.0.error(kind, 0))
    }
}

impl<'a, D: Decisions, const N: usize> Sink<'a> for Writer<'_, 'a, D, N> {
    fn path(&mut self) -> &mut Path {
        &mut self.0.path
    }

    fn error(&mut self, kind: ErrorKind) -> Error {
        self.0.error(kind, 0)
    }

    fn field(&mut self, number: u8) {
        self.0.field(number);
    }

    fn variant(&mut self, number: u8, variants: &'static [Field]) {
        self.0.path.enter_field(number);
        self.0.way.variant(number, variants);
    }

    fn item(&mut self, index: u8) {
        self.0.path.enter_item(index);
        self.0.way.item(index);
    }

    fn leave(&mut self) {
        self.0.path.leave();
        self.0.way.leave();
    }

    fn fields(&mut self, record: &'static Record, reported: u32) -> Result<Fields, Error> {
        self.0.fields(record, reported).map_err(|kind| self.0.error(kind, 0))
    }

    fn group(&mut self, group: Group, values: [i64; 3]) -> Result<bool, Error> {
        let result = match group {
            Group::Id => {
                let [author, epoch, seq] = values.map(|value| u32::try_from(value).unwrap_or_default());
                self.0.id(Id { author, epoch, seq }).map(|_| ())
            }
            Group::Point => {
                let [lat, lon, _] = values.map(|value| Degrees(i32::try_from(value).unwrap_or_default()));
                self.0.point(Point { lat, lon }).map(|_| ())
            }
        };
        self.fail(result).map(|()| true)
    }

    fn code(&mut self, code: u8, _: &'static CodeList) -> Result<(), Error> {
        let result = self.0.code(code);
        self.fail(result)
    }

    fn flag(&mut self, flag: bool) -> Result<(), Error> {
        let result = self.0.flag(flag);
        self.fail(result)
    }

    fn case(&mut self, case: u8, of: u8) -> Result<(), Error> {
        let result = self.0.case(case, of);
        self.fail(result)
    }

    fn choice(&mut self, variant: u8, of: u8) -> Result<(), Error> {
        let result = self.0.choice(variant, of);
        self.fail(result)
    }

    fn length(&mut self, items: usize, most: usize) -> Result<(), Error> {
        let result = self.0.length(items, most);
        self.fail(result)
    }

    fn unsigned(&mut self, value: u64, bits: u8) -> Result<(), Error> {
        let result = self.0.unsigned(value, bits);
        self.fail(result)
    }

    fn signed(&mut self, value: i64, bits: u8) -> Result<(), Error> {
        let result = self.0.signed_number(value, bits);
        self.fail(result)
    }

    fn stamp(&mut self, seconds: i64) -> Result<(), Error> {
        let result = self.0.stamp(seconds);
        self.fail(result)
    }

    fn text(&mut self, text: &'a str) -> Result<(), Error> {
        let result = self.0.text(Some(text));
        self.fail(result)
    }

    fn digest(&mut self, digest: &[u8; 32]) -> Result<(), Error> {
        self.0.digest(digest);
        Ok(())
    }
}

/// Unpacks, and tells `trace`.
struct Reader<'p, 'a, 't, D, T, const N: usize> {
    packer: Packer<'p, 'a, D, N>,
    start: Position,
    trace: &'t mut T,
}

impl<'a, 'b, D: Decisions<Coder = Decoder<'b>>, T: Trace, const N: usize> Reader<'_, 'a, '_, D, T, N> {
    fn whole(&mut self, report: &mut Report<'a>) -> Result<(), Error> {
        let start = self.position();
        let form = self.packer.begin(None);
        if !self.packer.profile.forms.is_empty() {
            self.read(start, form, |form| Seen::Form(*form))?;
        }
        report.take(self, &ANY)?;
        let end = self.packer.end();
        end.map_err(|kind| self.packer.error(kind, start.bytes))
    }

    fn position(&mut self) -> Position {
        self.packer.decisions.coder().position()
    }

    fn header(&mut self, header: u8) {
        let end = self.position();
        self.trace.seen(&self.packer.path, 0..end.bytes, Seen::Header(header));
        self.trace.packed(Position { bytes: 0, range: u32::MAX }, end);
    }

    fn end(&mut self) -> Result<(), Error> {
        // What is wrong is wrong with the whole.
        self.packer.path = Path::default();
        self.packer.decisions.coder().end_error().map_or(Ok(()), |(kind, at)| Err(self.packer.error(kind, at)))
    }

    fn read<V>(&mut self, start: Position, value: Result<V, ErrorKind>, seen: impl FnOnce(&V) -> Seen<'_>) -> Result<V, Error> {
        self.start = start;
        let value = value.map_err(|kind| self.packer.error(kind, start.bytes))?;
        let end = self.position();
        self.trace.seen(&self.packer.path, start.bytes..end.bytes, seen(&value));
        self.trace.packed(start, end);
        Ok(value)
    }
}

impl<'a, 'b, D: Decisions<Coder = Decoder<'b>>, T: Trace, const N: usize> Source<'a> for Reader<'_, 'a, '_, D, T, N> {
    fn path(&mut self) -> &mut Path {
        &mut self.packer.path
    }

    fn error(&mut self, kind: ErrorKind) -> Error {
        self.packer.error(kind, self.start.bytes)
    }

    fn field(&mut self, number: u8) {
        self.packer.field(number);
    }

    fn variant(&mut self, number: u8, variants: &'static [Field]) {
        self.packer.path.enter_field(number);
        self.packer.way.variant(number, variants);
    }

    fn item(&mut self, index: u8) {
        self.packer.path.enter_item(index);
        self.packer.way.item(index);
    }

    fn leave(&mut self) {
        self.packer.path.leave();
        self.packer.way.leave();
    }

    fn fields(&mut self, record: &'static Record) -> Result<Fields, Error> {
        let start = self.position();
        let fields = self.packer.fields(record, 0);
        self.read(start, fields, |fields| Seen::Fields(fields.mask()))
    }

    fn group(&mut self, group: Group) -> Result<Option<[i64; 3]>, Error> {
        let start = self.position();
        match group {
            Group::Id => {
                let id = self.packer.id(Id::default());
                let id = self.read(start, id, |id| Seen::Id(*id))?;
                Ok(Some([id.author.into(), id.epoch.into(), id.seq.into()]))
            }
            Group::Point => {
                let point = self.packer.point(Point::default());
                let point = self.read(start, point, |point| Seen::Point(*point))?;
                Ok(Some([point.lat.0.into(), point.lon.0.into(), 0]))
            }
        }
    }

    fn code(&mut self, _: &'static CodeList) -> Result<u8, Error> {
        let start = self.position();
        let code = self.packer.code(0);
        self.read(start, code, |code| Seen::Code(*code))
    }

    fn flag(&mut self) -> Result<bool, Error> {
        let start = self.position();
        let flag = self.packer.flag(false);
        self.read(start, flag, |flag| Seen::Flag(*flag))
    }

    fn case(&mut self, of: u8) -> Result<u8, Error> {
        let start = self.position();
        let case = self.packer.case(0, of);
        self.read(start, case, |case| Seen::Case(*case, of))
    }

    fn choice(&mut self, of: u8) -> Result<u8, Error> {
        let start = self.position();
        let variant = self.packer.choice(0, of);
        self.read(start, variant, |variant| Seen::Case(*variant, of))
    }

    fn length(&mut self, most: usize) -> Result<usize, Error> {
        let start = self.position();
        let items = self.packer.length(0, most);
        self.read(start, items, |items| Seen::Length(*items))
    }

    fn unsigned(&mut self, bits: u8) -> Result<u64, Error> {
        let start = self.position();
        let value = self.packer.unsigned(0, bits);
        self.read(start, value, |value| Seen::Unsigned(*value))
    }

    fn signed(&mut self, bits: u8) -> Result<i64, Error> {
        let start = self.position();
        let value = self.packer.signed_number(0, bits);
        self.read(start, value, |value| Seen::Signed(*value))
    }

    fn stamp(&mut self) -> Result<i64, Error> {
        let start = self.position();
        let seconds = self.packer.stamp(0);
        self.read(start, seconds, |seconds| Seen::Signed(*seconds))
    }

    fn text(&mut self) -> Result<&'a str, Error> {
        let start = self.position();
        let text = self.packer.text(None);
        self.read(start, text, |text| Seen::Text((*text).into()))
    }

    fn digest(&mut self) -> Result<[u8; 32], Error> {
        let start = self.position();
        let digest = self.packer.digest(&[0; 32]);
        self.read(start, Ok(digest), |digest| Seen::Digest(digest))
    }
}

#[cfg(test)]
mod tests {
    use super::LEAST_POSTCARD;
    use crate::model::{Report, Status};

    #[test]
    fn no_report_takes_fewer_bytes_in_postcard() {
        // Each value at its shortest; an absent one is a byte too.
        let least = Report { status: Status::ACTUAL, ..Report::default() };
        assert_eq!(crate::wire::encoded_len(&least), Ok(LEAST_POSTCARD));
    }
}
