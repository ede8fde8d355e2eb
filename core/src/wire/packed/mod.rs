//! The packed encoding: the fewest bytes.
//!
//! ```text
//! one number of any length    what the arithmetic coder of `coder.rs` made of
//!   1 decision                that this is packed: byte 0 is 0x80 at least
//!   one of 16                 the tag: 4 bits of the profile's id
//!   decisions                 the report
//! ```
//!
//! A report becomes decisions between two cases, each with a probability that the [`Profile`] knows from past reports; a
//! decision that was as good as certain takes next to nothing. Whatever the profile, every valid report can be written, and
//! never in more bytes than postcard takes (one more where not even the profile is said): where it would be, postcard's bytes are written instead, and say so.
//!
//! What reports need: [`encode`], [`decode_into`], [`Profile`], [`Known`], [`BatchWriter`], [`BatchReader`], [`tag`]. All else here is
//! what trainers and tools are made of.

mod batch;
mod coder;
mod context;
mod decide;
mod decoder;
mod encoder;
mod forms;
mod gazetteer;
mod general;
mod memory;
mod names;
mod numbers;
mod packer;
mod profile;
mod sections;
mod squash;
mod text;
mod traced;
mod values;
mod weighing;
mod weights;

pub use batch::{BATCH, BatchReader, BatchWriter};
pub use coder::{Coder, Cost, Position, ReadText, fair, uniform};
pub use context::{Way, mix};
pub use decide::{Ask, At, Decisions, Half, Shared, What};
pub use decoder::Decoder;
pub use encoder::{Encoder, Mark};
pub use forms::{Forms, MOST_STEPS, walk};
pub use gazetteer::{ENTRY, Entry, Gazetteer, Node, Tier, order};
#[cfg(feature = "general-16")]
pub use general::GENERAL_16;
#[cfg(feature = "general-64")]
pub use general::GENERAL_64;
pub use memory::Known;
pub use profile::{LENGTHS, MAGIC, PROFILE_VERSION, Profile, ProfileError, SECTION_NAMES, SECTIONS, section};
pub use sections::{Area, Masks};
pub use squash::{MOST_LOGIT, squash};
pub use text::{
    BUCKET_CELLS, CAPITALS_RATE, CELL_BUCKET, CELL_CONTEXTS, CONFIDENCE_RATE, CONFIDENCES, DEEPEST, DEPTH_CLASSES, FREE_CELL,
    History, MOST_CELLS, MOST_LEAVES, NO_BYTE, Repeats, TextModel, VOICES, WEIGHT_CONTEXTS, cell_place, weight_slot,
};
pub use weighing::{Tree, Weighing};
pub use weights::{BUCKET, BUCKET_LEN, SINGLE, Weight, Weights, place};

use memory::{Batch, Memory};
use packer::Packer;
use traced::Traced;

use super::{Seen, Trace};
use crate::error::{Error, ErrorKind};
use crate::model::Report;
use crate::model::describe::Path;

/// The first byte of a packed report is this at least, and that of no other message.
pub const PACKED: u8 = 0x80;
/// The decision that makes it so: whether this is another message.
const OTHER: u16 = 0x8001;
/// There are so many tags of profiles.
const TAGS: u32 = 16;

/// Codes the start of a packed report or of a batch, behind its byte; `None` if this is neither.
fn start<C: Coder>(coder: &mut C, tag: u8) -> Option<u8> {
    if coder.bit(OTHER, false) {
        return None;
    }
    u8::try_from(coder.part(TAGS, tag.into())).ok()
}

/// How many texts of a report are remembered while it is packed, and how many points and authors.
const TEXTS: usize = 8;
const OTHERS: usize = 4;
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
/// The first limit or rule that the report breaks, [`BufferFull`](ErrorKind::BufferFull), or [`OtherId`](ErrorKind::OtherId) if
/// it is not the report that is known.
#[inline(never)] // firmware has one copy
pub fn encode<'b, 'a>(report: &Report<'a>, profile: &Profile<'a>, known: &Known, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
    if known.id.is_some_and(|id| id != report.id) {
        return Err(Error { kind: ErrorKind::OtherId, ..Error::NONE });
    }
    let mut decisions = Weighing { weights: profile.weights, coder: Encoder::new(&mut *buffer, 0) };
    if known.profile {
        decisions.coder.bit(NOT_POSTCARD, true);
    } else {
        start(&mut decisions.coder, profile.tag());
    }
    let mut memory = Memory::<TEXTS, OTHERS>::new(known);
    let mut way = Way::new();
    let mut packer = Packer::new(profile, &mut decisions, &mut memory, &mut way, known);
    packer.put(report)?;
    let least = packer.postcard;
    if let Some(packed) = decisions.coder.finish().map(<[u8]>::len) {
        let shorter = |postcard| packed <= postcard + usize::from(known.profile);
        // Few reports are measured: most take fewer bytes than postcard does at least.
        if shorter(least) || shorter(super::encoded_len(report)?) {
            return Ok(buffer.get(..packed).unwrap_or_default());
        }
    }
    if known.profile {
        let (first, rest) = buffer.split_first_mut().ok_or(BUFFER_FULL)?;
        *first = POSTCARD;
        let postcard = super::encode(report, rest)?.len();
        return Ok(buffer.get(..=postcard).unwrap_or_default());
    }
    super::encode(report, buffer)
}

/// Where nothing says the profile, this byte says that postcard's bytes follow; packed bytes never start with it.
const POSTCARD: u8 = 0xff;
/// The decision that keeps them from it.
const NOT_POSTCARD: u16 = 0xff00;

const BUFFER_FULL: Error = Error { kind: ErrorKind::BufferFull, ..Error::NONE };
const OTHER_PROFILE: Error = Error { kind: ErrorKind::OtherProfile, ..Error::NONE };

/// Unpacks exactly one report in place. New texts are read into `room`; [`bounds::ALL_TEXT`](crate::model::bounds::ALL_TEXT)
/// bytes are always enough. Postcard's bytes are taken too.
///
/// The report borrows `bytes` and `room`: declare them before it. A loop that receives into one buffer has a new report each time.
///
/// ```
/// use increp::model::Report;
/// use increp::wire::packed::{self, Known, Profile};
/// # let mut reports = [0x11, 17, 0, 42, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0].chunks(17);
/// # let mut receive = |frame: &mut [u8]| { let report = reports.next()?; frame[..report.len()].copy_from_slice(report); Some(report.len()) };
/// let (mut frame, mut room) = ([0; 256], [0; 512]);
/// while let Some(length) = receive(&mut frame) {
///     let mut report = Report::default();
///     packed::decode_into(&frame[..length], &Profile::EMPTY, &Known::default(), &mut report, &mut room)?;
///     assert_eq!(report.id.seq, 42);
/// }
/// # Ok::<(), increp::Error>(())
/// ```
///
/// # Errors
/// What the sender did, about at which byte, in which field. [`OtherProfile`](ErrorKind::OtherProfile) if the bytes were
/// written with another profile, or with other knowledge, or are damaged; [`BufferFull`](ErrorKind::BufferFull) if `room` is too small.
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
        _ if known.profile => None,
        [first, ..] if first & PACKED != 0 => None,
        _ => Some(bytes),
    };
    match postcard {
        Some(bytes) => super::decode_traced(bytes, report, trace)?,
        None => unpack(bytes, profile, known, report, room, trace)?,
    }
    // Else whoever seals a report could say that another one did.
    if known.id.is_some_and(|id| id != report.id) { Err(OTHER_PROFILE) } else { Ok(()) }
}

fn unpack<'a, T: Trace>(
    bytes: &'a [u8],
    profile: &Profile<'a>,
    known: &Known,
    report: &mut Report<'a>,
    room: &'a mut [u8],
    trace: &mut T,
) -> Result<(), Error> {
    let mut memory = Memory::<TEXTS, OTHERS>::new(known);
    let mut decisions = Weighing { weights: profile.weights, coder: Decoder::new(bytes, 0) };
    let right =
        if known.profile { decisions.coder.bit(NOT_POSTCARD, true) } else { start(&mut decisions.coder, 0) == Some(profile.tag()) };
    if !right {
        return Err(OTHER_PROFILE);
    }
    if T::LISTENS && !known.profile {
        trace.seen(&Path::ROOT, 0..1, Seen::Tag(profile.tag()));
        trace.packed(Position { bytes: 0, range: u32::MAX }, decisions.coder.position());
    }
    let mut way = Way::new();
    let mut packer = Packer::new(profile, &mut decisions, &mut memory, &mut way, known);
    packer.room = room;
    take(packer, report, trace)?;
    decisions.coder.end()
}

/// Unpacks a report over a default one. Gives back the room that is left.
fn take<'a, T: Trace, const TEXTS: usize, const OTHERS: usize>(
    mut packer: Packer<'_, 'a, TEXTS, OTHERS>,
    report: &mut Report<'a>,
    trace: &mut T,
) -> Result<&'a mut [u8], Error> {
    if T::LISTENS {
        let mut traced = Traced::new(packer, trace);
        traced.take(report)?;
        packer = traced.packer;
    } else {
        packer.take(report)?;
    }
    Ok(packer.room)
}

/// The tag of the profile that a packed report or a batch needs; `None` if it is neither.
#[must_use]
pub fn tag(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [PACKED..=0xff, ..] => start(&mut Decoder::new(bytes, 0), 0),
        [BATCH, _, ..] => start(&mut Decoder::new(bytes, 1), 0),
        _ => None,
    }
}

/// Takes all decisions of reports, without writing anything: for trainers.
#[derive(Debug)]
pub struct Rehearsal<'a> {
    memory: Memory<'a, IN_BATCH, IN_BATCH>,
    batch: Batch<IN_BATCH>,
}

impl<'a> Rehearsal<'a> {
    /// A message of its own.
    #[must_use]
    pub fn new(known: &Known) -> Self {
        Self { memory: Memory::new(known), batch: Batch::new() }
    }

    /// The decisions of one more report of the message.
    ///
    /// # Errors
    /// The first limit or rule that the report breaks.
    pub fn report(
        &mut self,
        report: &Report<'a>,
        profile: &Profile<'a>,
        known: &Known,
        decisions: &mut dyn Decisions,
    ) -> Result<(), Error> {
        let mut way = Way::new();
        let mut packer = Packer::new(profile, decisions, &mut self.memory, &mut way, known);
        packer.batch = Some(&mut self.batch);
        packer.put(report)?;
        self.memory.later = true;
        Ok(())
    }
}
