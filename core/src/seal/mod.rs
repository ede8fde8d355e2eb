//! Bytes that nobody else can read or forge: sealed on the device as they are saved, opened at headquarters (HQ).
//!
//! ```text
//! sealed record                           opening: record 0 of an epoch
//! 0  0x13       version 1, encoding 3     5   enc       32   what HPKE made for HQ's key
//! 1  epoch  3   little-endian             37  psk       1    low byte of the number of its pre-shared key
//! 4  seq    1   0: the opening            38  sealed    13   start, profile
//! 5  sealed     the report, padded        51  tag       8
//! .. tag    8
//! ```
//!
//! A device is [enrolled](enrol) once, in person. Then each *epoch* begins with HPKE (RFC 9180), which gives the first key of a one-way
//! chain; each report takes the next key, and the device erases it before it says "saved". So whoever takes the device reads nothing
//! that was saved before, not even what was not sent yet.
//!
//! | who | type | what it does |
//! |---|---|---|
//! | a device | [`Device`] | seals and saves a report, mends what a power cut left, takes receipts |
//! | HQ | [`Peer`], [`Epoch`] | opens records of a device, makes receipts |
//! | both | [`enrol`] | make them known to each other |
//! | anyone, a hub too | [`Record`] | tells epoch, number and tag of a record, and no more |
//!
//! What is sealed is the packed report without what the record says already: [`Known`](crate::wire::packed::Known) has the id, the
//! start of the epoch and the profile.

mod bytes;
mod chain;
mod curve;
mod device;
mod down;
pub mod enrol;
mod epoch;
mod hpke;
mod hq;
mod kdf;
mod keys;
mod padding;
mod random;
mod receipt;
mod record;
mod secret;
pub(crate) mod siv;
mod state;

use core::fmt;

use embedded_storage::nor_flash::NorFlashErrorKind;

use crate::store;

pub use device::{Confirmed, Device, Terms};
pub use down::{MAX_DOWN, MAX_SAID, Message, Notice, TIMES};
pub use epoch::EPOCH_SECONDS;
pub use hq::{Epoch, HqKey, Opened, PSKS_KEPT, Peer};
pub use padding::Padding;
pub use random::NoTrng;
pub use receipt::{MAX_RECEIPT, Numbers};
pub use record::{HEAD, LAST, MAX_RECORD, OPENING, Record};
pub use secret::Secret;

/// Bytes of a tag: a forgery passes once in 2^64 tries.
pub const TAG: usize = 8;

/// What went wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The byte of what was read, or the address in flash; 0 where there is none.
    pub at: u32,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ErrorKind {
    /// The driver of the key page's flash says so.
    Flash(NorFlashErrorKind),
    /// The key page cannot be laid out: it needs two whole pages at least, words of at most 32 bytes, and pages that hold the state twice.
    Unsupported,
    /// A key page of another version of the layout is here; nothing was changed.
    OtherVersion(u8),
    /// There are no keys here: the device was never enrolled, was wiped, or the flash lost them.
    NotEnrolled,
    /// Keys are here already; nothing was changed.
    Enrolled,
    /// What was written to the key page reads back as something else.
    NotKept,
    /// What is said to be erased is still there: an earlier key can be read from flash.
    NotErased,
    /// The driver of the store's flash says so. What was saved before is not touched by it.
    StoreFlash(NorFlashErrorKind),
    /// The store of the records is full, and nothing may be dropped.
    Full,
    /// The record would never fit into the store.
    TooLong,
    /// The store does not keep what is written to it.
    StoreNotKept,
    /// The store has no more place for marks of this record.
    MarkWorn,
    /// The store says something that stores do not say when records are appended, read or marked.
    Store,
    /// The report breaks a limit or a rule: [`Report::check`](crate::model::Report::check) says which.
    Report,
    /// The caller's buffer is too small.
    BufferTooSmall,
    /// There is neither a source of randomness nor a seed.
    NoSeed,
    /// The bytes end too early.
    EndsEarly,
    /// More bytes than there should be.
    LeftOver,
    /// The first byte says that these are other bytes than were asked for.
    OtherKind(u8),
    /// The tag does not fit: damaged, forged, or sealed with other keys.
    Forged,
    /// Another epoch than the one that was asked.
    OtherEpoch,
    /// The keys of this number were erased.
    Erased,
    /// A message of HQ's that is not the next one.
    OutOfTurn,
    /// A message of HQ's of a kind that is not known here.
    UnknownMessage,
    /// What HQ is said to have kept of a device or an epoch is nothing that it keeps.
    NoState,
    /// A public key that gives every peer the same secret.
    WeakKey,
    /// The other side does not say now what it committed itself to.
    BrokenCommitment,
    /// A receipt for another device.
    OtherAuthor,
    /// HQ's receipt is for bodies of these numbers that are not the ones here: the device's state was copied. Nothing was marked.
    OtherBodies,
    /// HQ's receipt is for numbers that are no longer here, or not yet, so it cannot be checked. Nothing was marked.
    NotHere,
    /// The store has a record that is not sealed: send it and erase the store before it is used for sealed ones.
    NotSealed,
}

impl Error {
    pub(crate) const fn new(kind: ErrorKind, at: usize) -> Self {
        // No bytes here are as long.
        #[allow(clippy::cast_possible_truncation)]
        Self { kind, at: at as u32 }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        let kind = match error.kind {
            store::ErrorKind::Flash(kind) => ErrorKind::StoreFlash(kind),
            store::ErrorKind::Full => ErrorKind::Full,
            store::ErrorKind::TooLong { .. } => ErrorKind::TooLong,
            store::ErrorKind::NotKept => ErrorKind::StoreNotKept,
            store::ErrorKind::MarkWorn => ErrorKind::MarkWorn,
            store::ErrorKind::BufferTooSmall { .. } => ErrorKind::BufferTooSmall,
            store::ErrorKind::Gone => ErrorKind::NotHere,
            _ => ErrorKind::Store,
        };
        Self { kind, at: error.at }
    }
}

impl From<crate::Error> for Error {
    fn from(error: crate::Error) -> Self {
        let kind = match error.kind {
            crate::ErrorKind::BufferFull => ErrorKind::BufferTooSmall,
            _ => ErrorKind::Report,
        };
        Self::new(kind, error.offset)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flash(kind) => write!(f, "the flash: {kind}"),
            Self::Unsupported => f.write_str("no key page fits here: it needs two whole pages, and words of at most 32 bytes"),
            Self::OtherVersion(version) => write!(f, "a key page of layout version {version} is here"),
            Self::NotEnrolled => f.write_str("there are no keys here: enrol the device"),
            Self::Enrolled => f.write_str("the device is enrolled already"),
            Self::NotKept => f.write_str("the flash does not keep what is written"),
            Self::NotErased => f.write_str("the flash does not erase: an earlier key is still there"),
            Self::StoreFlash(kind) => write!(f, "the store's flash: {kind}"),
            Self::Full => f.write_str("the store is full, and nothing may be dropped"),
            Self::TooLong => f.write_str("the record would never fit into the store"),
            Self::StoreNotKept => f.write_str("the store does not keep what is written"),
            Self::MarkWorn => f.write_str("the store has no more place for marks of this record"),
            Self::Store => f.write_str("the store does not do what stores do"),
            Self::Report => f.write_str("the report breaks a limit or a rule: check it"),
            Self::BufferTooSmall => f.write_str("the buffer is too small"),
            Self::NoSeed => f.write_str("there is no randomness and no seed"),
            Self::EndsEarly => f.write_str("the bytes end too early"),
            Self::LeftOver => f.write_str("more bytes than there should be"),
            Self::OtherKind(first) => write!(f, "these are other bytes, which begin with {first:#04x}"),
            Self::Forged => f.write_str("the tag does not fit: damaged, forged, or for other keys"),
            Self::OtherEpoch => f.write_str("the record is of another epoch"),
            Self::Erased => f.write_str("the keys of this number were erased"),
            Self::OutOfTurn => f.write_str("another message of HQ's comes next"),
            Self::UnknownMessage => f.write_str("HQ says something that is not known here"),
            Self::NoState => f.write_str("this is nothing that HQ keeps of a device or an epoch"),
            Self::WeakKey => f.write_str("the public key is a weak one"),
            Self::BrokenCommitment => f.write_str("the other side does not say what it committed itself to"),
            Self::OtherAuthor => f.write_str("the receipt is for another device"),
            Self::NotHere => f.write_str("the receipt is for reports that are not here"),
            Self::NotSealed => f.write_str("the store has a record that is not sealed"),
            Self::OtherBodies => {
                f.write_str("the receipt is for other reports with the same numbers: this device's state was copied")
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {:#x}: {}", self.at, self.kind)
    }
}

impl core::error::Error for Error {}

/// The bytes that a test says in hex.
#[cfg(test)]
fn hex<const N: usize>(text: &str) -> [u8; N] {
    assert_eq!(text.len(), 2 * N);
    core::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
}
