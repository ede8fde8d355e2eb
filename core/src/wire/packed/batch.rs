//! Several reports in one message: what one of them said, the others need not say again.
//!
//! ```text
//! byte 0        0x12: version 1, encoding 2
//! from byte 1   the arithmetic coder: the start of a packed report; for each report a decision "one more" at 63/64, then the
//!               report; at last "no more"
//! ```

use super::coder::Coder as _;
use super::context::Way;
use super::decoder::Decoder;
use super::encoder::Encoder;
use super::memory::{Batch, Known, Memory};
use super::packer::Packer;
use super::profile::Profile;
use super::weighing::Weighing;
use super::{IN_BATCH, start, take};
use crate::error::{Error, ErrorKind};
use crate::model::Report;
use crate::model::describe::Path;
use crate::wire::{Trace, VERSION};

/// The first byte of a batch.
pub const BATCH: u8 = VERSION << 4 | 2;

/// That the batch ends here, before each report.
const END: u16 = 1 << 10;

/// Packs reports into one message.
///
/// ```
/// use increp::model::{Id, Report, Status};
/// use increp::wire::packed::{BatchReader, BatchWriter, Profile};
/// let report = |seq| Report { id: Id::new(17, seq), status: Status::ACTUAL, ..Report::default() };
/// let mut buffer = [0; 64];
/// let mut writer = BatchWriter::new(&Profile::EMPTY, &mut buffer);
/// writer.push(&report(1))?;
/// writer.push(&report(2))?;
/// let bytes = writer.finish()?;
///
/// let mut room = [0; 64];
/// let mut reader = BatchReader::new(bytes, &Profile::EMPTY, &mut room)?;
/// let mut read = Report::default();
/// assert!(reader.next(&mut read)?);
/// assert_eq!(read, report(1));
/// assert!(reader.next(&mut read)?);
/// assert_eq!(read, report(2));
/// assert!(!reader.next(&mut read)?);
/// # Ok::<(), increp::Error>(())
/// ```
#[derive(Debug)]
pub struct BatchWriter<'p, 'a, 'b> {
    profile: &'p Profile<'a>,
    memory: Memory<'a, IN_BATCH, IN_BATCH>,
    batch: Batch<IN_BATCH>,
    decisions: Weighing<'a, Encoder<'b>>,
}

fn error(kind: ErrorKind, offset: usize) -> Error {
    Error { kind, offset, path: Path::default() }
}

impl<'p, 'a, 'b> BatchWriter<'p, 'a, 'b> {
    /// Writes into `buffer`.
    #[inline(always)] // Made where it is to stand, not moved there.
    pub fn new(profile: &'p Profile<'a>, buffer: &'b mut [u8]) -> Self {
        if let Some(first) = buffer.first_mut() {
            *first = BATCH;
        }
        let mut decisions = Weighing { weights: profile.weights, coder: Encoder::new(buffer, 1) };
        start(&mut decisions.coder, profile.tag());
        Self { profile, memory: Memory::empty(), batch: Batch::new(), decisions }
    }

    /// One more report.
    ///
    /// # Errors
    /// The first limit or rule that the report breaks; then it is not in the batch, which can go on.
    pub fn push(&mut self, report: &Report<'a>) -> Result<(), Error> {
        report.check()?;
        self.decisions.coder.bit(END, false);
        let (mut way, nothing) = (Way::new(), Known::default());
        let mut packer = Packer::new(self.profile, &mut self.decisions, &mut self.memory, &mut way, &nothing);
        packer.batch = Some(&mut self.batch);
        let put = packer.put(report);
        self.memory.later = true;
        put
    }

    /// How many bytes the reports take so far, to within a few.
    #[must_use]
    pub fn len(&self) -> usize {
        self.decisions.coder.position().bytes
    }

    /// Whether there is no report yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.memory.authors.len() == 0
    }

    /// The message.
    ///
    /// # Errors
    /// [`BufferFull`](ErrorKind::BufferFull).
    pub fn finish(self) -> Result<&'b [u8], Error> {
        // The rest of it, a few KiB, is not moved.
        let mut coder = self.decisions.coder;
        coder.bit(END, true);
        coder.finish().ok_or(error(ErrorKind::BufferFull, 0))
    }
}

/// Unpacks the reports of a batch, one after another.
#[derive(Debug)]
pub struct BatchReader<'p, 'a, 'b> {
    profile: &'p Profile<'a>,
    memory: Memory<'a, IN_BATCH, IN_BATCH>,
    batch: Batch<IN_BATCH>,
    decisions: Weighing<'a, Decoder<'b>>,
    room: &'a mut [u8],
    ended: bool,
}

impl<'p, 'a, 'b> BatchReader<'p, 'a, 'b> {
    /// Reads `bytes`. New texts of all reports go into `room`.
    ///
    /// # Errors
    /// The bytes are no batch, or need another profile.
    #[inline(always)] // As for the writer.
    pub fn new(bytes: &'b [u8], profile: &'p Profile<'a>, room: &'a mut [u8]) -> Result<Self, Error> {
        match bytes {
            [] => Err(error(ErrorKind::Empty, 0)),
            [BATCH] => Err(error(ErrorKind::EndsEarly, 1)),
            [BATCH, ..] => {
                let mut decisions = Weighing { weights: profile.weights, coder: Decoder::new(bytes, 1) };
                if start(&mut decisions.coder, 0) != Some(profile.tag()) {
                    return Err(error(ErrorKind::OtherProfile, 1));
                }
                Ok(Self { profile, memory: Memory::empty(), batch: Batch::new(), decisions, room, ended: false })
            }
            [first, ..] if first >> 4 != VERSION => Err(error(ErrorKind::UnknownVersion(first >> 4), 0)),
            [first, ..] => Err(error(ErrorKind::UnknownEncoding(first & 0xf), 0)),
        }
    }

    /// The next report, in place; `false` after the last one.
    ///
    /// # Errors
    /// What the sender did. There are no reports behind it, and those before it are certain only once `false` was given: bytes that were
    /// damaged, or written with another profile of the same tag, may read as a few reports that nobody made before it shows.
    pub fn next(&mut self, report: &mut Report<'a>) -> Result<bool, Error> {
        self.next_traced(report, &mut ())
    }

    /// [`next`](Self::next) that tells `trace` every value that it reads.
    ///
    /// # Errors
    /// Those of `next`.
    pub fn next_traced<T: Trace>(&mut self, report: &mut Report<'a>, trace: &mut T) -> Result<bool, Error> {
        *report = Report::default();
        if self.ended {
            return Ok(false);
        }
        // The zeros behind the bytes decide `true` for ever, so no batch goes on behind its end.
        self.ended = self.decisions.coder.bit(END, false);
        if self.ended {
            return self.decisions.coder.end().map(|()| false);
        }
        let (mut way, nothing) = (Way::new(), Known::default());
        let mut packer = Packer::new(self.profile, &mut self.decisions, &mut self.memory, &mut way, &nothing);
        packer.batch = Some(&mut self.batch);
        packer.room = core::mem::take(&mut self.room);
        let read = take(packer, report, trace);
        self.memory.later = true;
        let read = read.and_then(|room| {
            self.room = room;
            self.decisions.coder.not_past_end()
        });
        self.ended = read.is_err();
        read.map(|()| true)
    }
}
