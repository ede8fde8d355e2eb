//! A device: seals reports as it saves them.

use core::ops::Range;

use embedded_storage::nor_flash::NorFlash;
use rand_core::TryCryptoRng;

use super::enrol::Enrolled;
use super::state::State;
use super::{Error, ErrorKind, OPENING, Padding, Secret};
use crate::model::{Id, Report, Stamp};
use crate::store::Store;
use crate::wire::packed::Profile;

/// How a report is saved.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'p, 'a> {
    /// What reports are packed with. Another one begins a new epoch.
    pub profile: &'p Profile<'a>,
    /// The time, if the device has a clock that was set.
    pub now: Option<Stamp>,
    /// How far sealed texts are filled up.
    pub padding: Padding,
}

/// What came of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Confirmed {
    /// Records here that HQ has, and that are now marked [`AtHq`](crate::store::Mark::AtHq).
    pub marked: u32,
    /// HQ knows more of this device than the device does: it was put back to an older state. A new epoch begins with the next report.
    pub behind: bool,
}

/// An enrolled device: its keys on pages of flash of their own. Records go to any [`Store`].
///
/// What it has confirmed as saved can be opened by HQ alone, and no longer by the device.
#[derive(Debug)]
pub struct Device<F> {
    flash: F,
    state: State,
}

impl<F: NorFlash> Device<F> {
    /// Writes the keys of an enrolment to the key page, which is then the device's.
    ///
    /// # Errors
    /// [`Enrolled`](ErrorKind::Enrolled), [`Unsupported`](ErrorKind::Unsupported), or what the flash did.
    pub fn enrol(flash: F, range: Range<u32>, enrolled: Enrolled) -> Result<Self, Error> {
        let _ = range;
        Ok(Self { flash, state: enrolled.0 })
    }

    /// Reads the keys, erases what a power cut left of earlier ones, and makes the store whole: a number that power took becomes a void
    /// record. `buffer` has room for a record: [`MAX_RECORD`](super::MAX_RECORD) bytes are always enough.
    ///
    /// # Errors
    /// [`NotEnrolled`](ErrorKind::NotEnrolled), [`OtherVersion`](ErrorKind::OtherVersion), [`Unsupported`](ErrorKind::Unsupported), or
    /// what flash and store did.
    pub fn open<S: Store>(flash: F, range: Range<u32>, store: &mut S, buffer: &mut [u8]) -> Result<Self, Error> {
        let _ = (flash, range, store, buffer);
        Err(Error::new(ErrorKind::NotEnrolled, 0))
    }

    /// The number that HQ gave the device: the author of its reports.
    #[must_use]
    pub const fn author(&self) -> u32 {
        self.state.author
    }

    /// The key of frames between this device and hubs.
    #[must_use]
    pub const fn hop_key(&self) -> &Secret<16> {
        &self.state.hop
    }

    /// Record 0 of the epoch at hand, if one has begun: HQ needs it before all others of the epoch.
    #[must_use]
    pub fn opening(&self) -> Option<[u8; OPENING]> {
        None
    }

    /// Gives the report its id, seals it and keeps it in the store; begins an epoch first where one is due. What this has confirmed is
    /// saved, whatever happens to the power, and its key is gone. `buffer` has room for a record.
    ///
    /// # Errors
    /// [`Report`](ErrorKind::Report), [`BufferTooSmall`](ErrorKind::BufferTooSmall), [`NoSeed`](ErrorKind::NoSeed); or what flash and
    /// store did, [`Full`](crate::store::ErrorKind::Full) too. The report is not saved then.
    pub fn save<S: Store, R: TryCryptoRng>(
        &mut self,
        report: &mut Report<'_>,
        terms: &Terms<'_, '_>,
        rng: &mut R,
        store: &mut S,
        buffer: &mut [u8],
    ) -> Result<Id, Error> {
        let _ = (&mut self.flash, report, terms, rng, store, buffer);
        Err(Error::new(ErrorKind::NotEnrolled, 0))
    }

    /// The next report begins a new epoch. For whoever knows that the state may have been copied or put back.
    ///
    /// # Errors
    /// What the flash did.
    pub fn end_epoch(&mut self) -> Result<(), Error> {
        Err(Error::new(ErrorKind::NotEnrolled, 0))
    }

    /// Takes a receipt of HQ's and marks the records in the store that HQ has. Nothing else permits to erase them.
    ///
    /// # Errors
    /// [`Forged`](ErrorKind::Forged), [`OtherAuthor`](ErrorKind::OtherAuthor), [`OtherBodies`](ErrorKind::OtherBodies), or what flash and
    /// store did.
    pub fn confirm<S: Store>(&mut self, receipt: &[u8], store: &mut S, buffer: &mut [u8]) -> Result<Confirmed, Error> {
        let _ = (receipt, store, buffer);
        Err(Error::new(ErrorKind::Forged, 0))
    }

    /// Erases all keys, at once. What was saved stays sealed in the store, and HQ can open it; the device can seal no more.
    ///
    /// # Errors
    /// What the flash did: then keys may still be there.
    pub fn panic_wipe(self) -> Result<(), Error> {
        Err(Error::new(ErrorKind::NotErased, 0))
    }
}
