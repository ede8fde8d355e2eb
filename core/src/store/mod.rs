//! Records at rest: the flash [`Journal`], and the RAM [`Ring`] for devices without flash, with the same trait.
//!
//! A record is any bytes; here, an encoded report. A record has a [`Mark`] that only rises.
//!
//! ```
//! use increp::store::{Mark, Ring, Store, WhenFull};
//! let mut room = [0; 256];
//! let mut store = Ring::new(&mut room, WhenFull::Refuse);
//! let handle = store.append(b"a report")?;
//! store.mark(handle, Mark::Sent)?;
//!
//! let (mut after, mut buffer) = (None, [0; increp::MAX_LEN]);
//! while let Some(record) = store.next(after, &mut buffer)? {
//!     assert_eq!((record.bytes, record.mark), (&b"a report"[..], Mark::Sent));
//!     after = Some(record.handle);
//! }
//! # Ok::<(), increp::store::Error>(())
//! ```

pub(crate) mod flash;
mod journal;
pub(crate) mod page;
mod ring;

use core::fmt;

use embedded_storage::nor_flash::{NorFlash, NorFlashErrorKind};

/// The traits that a driver of the flash has: of the crate `embedded-storage`.
pub use embedded_storage::nor_flash;
pub use journal::Journal;
pub use ring::Ring;

/// The most bytes of a record.
pub const MOST: usize = 0x7fff;

/// Records in the order in which they came.
pub trait Store {
    /// Keeps a record. What this has confirmed is there from now on, whatever happens to the power.
    ///
    /// # Errors
    /// [`Full`](ErrorKind::Full), [`TooLong`](ErrorKind::TooLong), or what the flash did. The record is not there then, except
    /// where power failed or what was written could not be read back: then it is there whole, or not at all.
    fn append(&mut self, record: &[u8]) -> Result<Handle, Error>;

    /// The first record after the one of the handle, or the oldest there is; read into `buffer`.
    ///
    /// # Errors
    /// [`BufferTooSmall`](ErrorKind::BufferTooSmall), which has the handle to go on after, or what the flash did.
    fn next<'b>(&mut self, after: Option<Handle>, buffer: &'b mut [u8]) -> Result<Option<Record<'b>>, Error>;

    /// Raises the mark of a record. A mark that is there, or a higher one, stays.
    ///
    /// # Errors
    /// [`Gone`](ErrorKind::Gone), [`MarkWorn`](ErrorKind::MarkWorn), or what the flash did.
    fn mark(&mut self, handle: Handle, mark: Mark) -> Result<(), Error>;

    /// Reads everything there is and says what was found.
    ///
    /// # Errors
    /// What the flash did.
    fn status(&mut self) -> Result<Status, Error>;
}

/// Which record is meant. Holds for the store that gave it, until the record is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Handle {
    sequence: u32,
    page: u32,
    slot: u32,
}

impl Handle {
    /// The number of the record: one more with each that is kept. After a power cut the number of the last one may come again, if that
    /// and all others were dropped.
    #[must_use]
    pub const fn sequence(self) -> u32 {
        self.sequence
    }

    /// As plain numbers, the sequence first: for who keeps it where there is no Rust.
    #[must_use]
    pub const fn parts(self) -> [u32; 3] {
        [self.sequence, self.page, self.slot]
    }

    /// Of [`parts`](Self::parts). Numbers that no store gave lead to no record.
    #[must_use]
    pub const fn from_parts([sequence, page, slot]: [u32; 3]) -> Self {
        Self { sequence, page, slot }
    }
}

/// A record, read into the caller's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Record<'b> {
    /// For [`Store::mark`], and for the record after this one.
    pub handle: Handle,
    /// How far it came.
    pub mark: Mark,
    /// What was kept.
    pub bytes: &'b [u8],
}

/// How far a record came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Mark {
    /// Kept here.
    #[default]
    Saved,
    /// Sent, and no more is known.
    Sent,
    /// A hub has it.
    AtHub,
    /// Headquarters have it.
    AtHq,
}

/// What flash writes and erases at once, in bytes.
///
/// ```
/// use increp::store::Layout;
/// // An STM32L4: 64 bits and their check are written together; a page is 2 KiB.
/// let layout = Layout { word: 8, page: 2048 };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Layout {
    /// Written at once, and at most once between two erases: a power of two, at most 32. Below 4 it counts as 4.
    pub word: u32,
    /// Erased at once.
    pub page: u32,
}

impl Layout {
    /// What the driver says of itself.
    #[must_use]
    pub fn of<F: NorFlash>() -> Self {
        let [word, page] = [F::WRITE_SIZE.max(F::READ_SIZE), F::ERASE_SIZE].map(|bytes| u32::try_from(bytes).unwrap_or(0));
        Self { word, page }
    }
}

/// What makes room for a new record where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum WhenFull {
    /// Nothing: [`ErrorKind::Full`].
    Refuse,
    /// The oldest records, a page's worth, if all that would go are marked [`Mark::AtHq`]; else [`ErrorKind::Full`].
    DropAtHq,
    /// The oldest records, a page's worth.
    DropOldest,
}

/// What is in a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Status {
    /// Records that can be read.
    pub records: u32,
    /// Bytes that fit until a record is dropped or refused. Each record takes some for itself beside its bytes.
    pub free: u32,
    /// The sequence of the oldest record that should be here.
    pub oldest: u32,
    /// The sequence that the next record will have.
    pub next: u32,
    /// Records that were confirmed and cannot be read, as far as later ones show it: those whose sequence, from `oldest` up to `next`,
    /// none of the records has.
    pub lost: u32,
    /// Pages that cannot be read, or whose head cannot.
    pub damaged_pages: u32,
    /// The last append was cut short; or the newest record or page was damaged, which looks the same.
    pub unfinished: bool,
    /// Erases of all pages together. An erase that power cut short may be missing.
    pub erases: u32,
    /// Erases of the page that has the most: what wears out first.
    pub most_erases: u32,
}

/// What went wrong, and where in flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The address in flash, where the kind is about one: `Flash`, `NotKept`, `MarkWorn`.
    pub at: u32,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ErrorKind {
    /// The driver of the flash says so.
    Flash(NorFlashErrorKind),
    /// The journal cannot be laid out: it needs whole pages, two at least, whose length is a power of two and holds a record, and a
    /// word of at most 32 bytes, a power of two.
    Unsupported,
    /// A journal of another version of the layout is here; nothing was changed.
    OtherVersion(u8),
    /// A journal of another number or size of pages, or words, or with another beginning, is here; nothing was changed.
    OtherGeometry,
    /// The record would never fit.
    TooLong {
        /// The most bytes that would.
        most: u32,
    },
    /// There is no room, and nothing may be dropped.
    Full,
    /// What was written reads back as something else, three times in different places.
    NotKept,
    /// The caller's buffer is too small for the record.
    BufferTooSmall {
        /// The bytes that it has.
        needed: u32,
        /// The record, to go on after it.
        handle: Handle,
    },
    /// The record is no longer there.
    Gone,
    /// Power failed so often while this record was marked that there is no more place for marks.
    MarkWorn,
}

impl Error {
    pub(crate) const fn new(kind: ErrorKind, at: u32) -> Self {
        Self { kind, at }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flash(kind) => write!(f, "the flash: {kind}"),
            Self::Unsupported => f.write_str(
                "no journal fits here: it needs two whole pages at least, all of them in the flash, each with room for a record, \
                 and words of at most 32 bytes; the lengths of both are powers of two",
            ),
            Self::OtherVersion(version) => write!(f, "a journal of layout version {version} is here"),
            Self::OtherGeometry => f.write_str("a journal with other pages, other words or another beginning is here"),
            Self::TooLong { most } => write!(f, "the record is longer than {most} bytes"),
            Self::Full => f.write_str("there is no room, and nothing may be dropped"),
            Self::NotKept => f.write_str("the flash does not keep what is written"),
            Self::BufferTooSmall { needed, .. } => write!(f, "the record needs a buffer of {needed} bytes"),
            Self::Gone => f.write_str("the record is no longer there"),
            Self::MarkWorn => f.write_str("there is no more place for marks of this record"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if matches!(self.kind, ErrorKind::Flash(_) | ErrorKind::NotKept | ErrorKind::MarkWorn) {
            write!(f, "at address {:#x}: ", self.at)?;
        }
        write!(f, "{}", self.kind)
    }
}

impl core::error::Error for Error {}
