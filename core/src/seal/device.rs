//! A device: seals reports as it saves them.

use core::ops::Range;

use embedded_storage::nor_flash::NorFlash;
use rand_core::TryCryptoRng;
use zeroize::Zeroize as _;

use super::bytes::{Writer, join};
use super::enrol::Enrolled;
use super::epoch::{self, Start};
use super::keys::KeyPage;
use super::receipt::{Bodies, Numbers, Receipt};
use super::record::{HEAD, LAST, OPENING, Record, SEALED, associated, head};
use super::state::State;
use super::{EPOCH_SECONDS, Error, ErrorKind, Padding, Secret, TAG, siv};
use crate::model::{Id, Report, Stamp};
use crate::store::{Handle, Mark, Store};
use crate::wire::packed::{self, Known, Profile};

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
    page: KeyPage<F>,
    pub(super) state: State,
    /// The last number may be missing in the store.
    pub(super) unsure: bool,
}

impl<F: NorFlash> Device<F> {
    /// Writes the keys of an enrolment to the key page, which is then the device's.
    ///
    /// # Errors
    /// [`Enrolled`](ErrorKind::Enrolled), [`OtherVersion`](ErrorKind::OtherVersion), [`Unsupported`](ErrorKind::Unsupported), or what
    /// the flash did.
    pub fn enrol(flash: F, range: Range<u32>, enrolled: Enrolled) -> Result<Self, Error> {
        let mut page = KeyPage::new(flash, &range)?;
        match page.load() {
            Ok(_) => return Err(Error::new(ErrorKind::Enrolled, 0)),
            Err(Error { kind: ErrorKind::NotEnrolled, .. }) => page.begin(&enrolled.0)?,
            Err(error) => return Err(error),
        }
        Ok(Self { page, state: enrolled.0, unsure: false })
    }

    /// Reads the keys, erases what a power cut left of earlier ones, and makes the store whole: a number that power took becomes a void
    /// record. If the store is full that waits. `buffer` has room for a record: [`MAX_RECORD`](super::MAX_RECORD) bytes are always enough.
    ///
    /// # Errors
    /// [`NotEnrolled`](ErrorKind::NotEnrolled), [`OtherVersion`](ErrorKind::OtherVersion), [`Unsupported`](ErrorKind::Unsupported),
    /// [`NotSealed`](ErrorKind::NotSealed), or what flash and store did.
    pub fn open<S: Store>(flash: F, range: Range<u32>, store: &mut S, buffer: &mut [u8]) -> Result<Self, Error> {
        let mut page = KeyPage::new(flash, &range)?;
        let state = page.load()?;
        let mut device = Self { page, state, unsure: true };
        device.mend_if_room(store, buffer)?;
        Ok(device)
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
        (self.state.epoch != 0).then(|| join(&[&head(self.state.epoch, 0), &self.state.opening]))
    }

    /// Gives the report its id, seals it and keeps it in the store; begins an epoch first where one is due. What this has confirmed is
    /// saved, whatever happens to the power, and its key is gone. `buffer` has room for a record.
    ///
    /// # Errors
    /// [`Report`](ErrorKind::Report), [`BufferTooSmall`](ErrorKind::BufferTooSmall), [`NoSeed`](ErrorKind::NoSeed); or what flash and
    /// store did, [`Full`](ErrorKind::Full) too. The report is not saved then.
    pub fn save<'a, S: Store, R: TryCryptoRng>(
        &mut self,
        report: &mut Report<'a>,
        terms: &Terms<'_, 'a>,
        rng: &mut R,
        store: &mut S,
        buffer: &mut [u8],
    ) -> Result<Id, Error> {
        let saved = self.try_save(report, terms, rng, store, buffer);
        // The report was in there.
        buffer.zeroize();
        saved
    }

    fn try_save<'a, S: Store, R: TryCryptoRng>(
        &mut self,
        report: &mut Report<'a>,
        terms: &Terms<'_, 'a>,
        rng: &mut R,
        store: &mut S,
        buffer: &mut [u8],
    ) -> Result<Id, Error> {
        self.mend(store, buffer)?;
        if self.is_over(terms) {
            self.begin(terms, rng, store, buffer)?;
        }
        let number = u8::try_from(self.state.chain.next).unwrap_or(LAST);
        let (author, epoch) = (self.state.author, self.state.epoch);
        report.id = Id { author, epoch, seq: number.into() };
        let start = Start::parse(&self.state.start);
        let known = Known { id: Some(report.id), sent: start.at, point: None, profile: true };
        let full = Error::new(ErrorKind::BufferTooSmall, 0);
        let (to_head, rest) = buffer.split_first_chunk_mut::<HEAD>().ok_or(full)?;
        *to_head = head(epoch, number);
        // A report that cannot be written takes no number.
        let packed = packed::encode(report, terms.profile, &known, rest)?.len();
        let length = terms.padding.pad(rest, packed).ok_or(full)?.len();
        let (text, rest) = rest.split_at_mut_checked(length).ok_or(full)?;
        let to_tag = rest.first_chunk_mut::<TAG>().ok_or(full)?;

        let keys = self.state.chain.keys();
        let mut next = self.state.clone();
        next.chain.advance();
        next.void = Secret::new(siv::seal(&keys, &associated(author, epoch, number), &mut []));
        self.commit(next)?;
        // No earlier key is left in flash: now this one may be used.
        *to_tag = siv::seal(&keys, &associated(author, epoch, number), text);
        let length = HEAD.saturating_add(length).saturating_add(TAG);
        store.append(buffer.get(..length).unwrap_or_default())?;
        self.unsure = false;
        Ok(report.id)
    }

    /// The next report begins a new epoch. For whoever knows that the state may have been copied or put back.
    ///
    /// # Errors
    /// What flash and store did.
    pub fn end_epoch<S: Store>(&mut self, store: &mut S, buffer: &mut [u8]) -> Result<(), Error> {
        self.mend_if_room(store, buffer)?;
        self.end(0)
    }

    /// Takes a receipt of HQ's and marks the records in the store that HQ has. Nothing else permits to erase them.
    ///
    /// # Errors
    /// [`Forged`](ErrorKind::Forged), [`OtherAuthor`](ErrorKind::OtherAuthor), [`OtherBodies`](ErrorKind::OtherBodies),
    /// [`NotHere`](ErrorKind::NotHere), or what flash and store did.
    pub fn confirm<S: Store>(&mut self, receipt: &[u8], store: &mut S, buffer: &mut [u8]) -> Result<Confirmed, Error> {
        let receipt = Receipt::parse(receipt, &self.state.receipt, self.state.author)?;
        // In a full store there is no room for a void, until this makes some.
        self.mend_if_room(store, buffer)?;
        let behind = self.catch_up(&receipt)?;
        let (mut seen, mut bodies, mut marked) = (Numbers::default(), Bodies::new(&self.state.receipt), 0_u32);
        // All of them are looked at before one is marked.
        for marking in [false, true] {
            each(store, buffer, &mut |store, record, handle| {
                if record.epoch != receipt.epoch || !receipt.numbers.has(record.seq) {
                    return Ok(());
                }
                if marking {
                    store.mark(handle, Mark::AtHq)?;
                    marked = marked.saturating_add(1);
                } else if seen.add(record.seq) {
                    bodies.add(record.seq, record.tag);
                }
                Ok(())
            })?;
            if seen != receipt.numbers {
                return Err(Error::new(ErrorKind::NotHere, 0));
            }
            if !bodies.are(receipt.bodies) {
                if receipt.epoch == self.state.epoch {
                    self.end_epoch(store, buffer)?;
                }
                return Err(Error::new(ErrorKind::OtherBodies, 0));
            }
        }
        Ok(Confirmed { marked, behind })
    }

    /// Erases all keys, at once. What was saved stays sealed in the store, and HQ can open it; the device can seal no more.
    ///
    /// # Errors
    /// What the flash did: then keys may still be there.
    pub fn panic_wipe(self) -> Result<(), Error> {
        self.page.wipe()
    }

    /// If the epoch must end: there is none, its numbers or its time are used up, or its reports would be packed otherwise.
    fn is_over(&self, terms: &Terms<'_, '_>) -> bool {
        let State { epoch, chain, .. } = &self.state;
        let start = Start::parse(&self.state.start);
        let old = match (start.at, terms.now) {
            (Some(start), Some(now)) => now.seconds().saturating_sub(start.seconds()) >= EPOCH_SECONDS.into(),
            // The clock was set.
            (None, Some(_)) => true,
            (_, None) => false,
        };
        *epoch == 0 || chain.next > LAST.into() || start.profile != name(terms.profile) || old
    }

    fn begin<R: TryCryptoRng, S: Store>(
        &mut self,
        terms: &Terms<'_, '_>,
        rng: &mut R,
        store: &mut S,
        buffer: &mut [u8],
    ) -> Result<(), Error> {
        let mut next = self.state.clone();
        next.seed.check()?;
        let random = next.seed.draw(rng);
        let (enc, chain) = epoch::begin(&next.own, &next.hq, &next.psk, next.author, &random)?;
        next.epoch = epoch::number(&enc);
        next.start = Start { at: terms.now, profile: name(terms.profile) }.bytes();
        let mut text = next.start;
        let tag = siv::seal(&chain.keys(), &associated(next.author, next.epoch, 0), &mut text);
        next.opening = join(&[&enc, &[next.psk.id()], &text, &tag]);
        next.chain = chain;
        next.chain.advance();
        next.psk.advance(1);
        self.commit(next)?;
        append(store, buffer, self.state.epoch, 0, &self.state.opening)?;
        self.unsure = false;
        Ok(())
    }

    /// The state goes on. Until the store has what it is for, the last number may be missing there.
    pub(super) fn commit(&mut self, next: State) -> Result<(), Error> {
        self.unsure = true;
        self.page.commit(&next)?;
        self.state = next;
        Ok(())
    }

    /// HQ may know more than this device: then it was put back to an older state, and goes on behind all that HQ has seen.
    fn catch_up(&mut self, receipt: &Receipt) -> Result<bool, Error> {
        let psk = self.state.psk.behind(receipt.psk);
        let newer = receipt.epoch == self.state.epoch && receipt.numbers.end() > self.state.chain.next;
        let behind = newer || psk > 0;
        if behind {
            self.end(psk)?;
        }
        Ok(behind)
    }

    /// Ends the epoch; the next one takes the pre-shared key that is so many further on.
    fn end(&mut self, psks: u8) -> Result<(), Error> {
        let mut next = self.state.clone();
        next.epoch = 0;
        next.psk.advance(psks);
        self.commit(next)?;
        self.unsure = false;
        Ok(())
    }

    fn mend_if_room<S: Store>(&mut self, store: &mut S, buffer: &mut [u8]) -> Result<(), Error> {
        match self.mend(store, buffer) {
            Err(Error { kind: ErrorKind::Full, .. }) => Ok(()),
            result => result,
        }
    }

    /// After a power cut, or when something failed: the state is that of the flash, and the store has the last number, or a void in its place.
    fn mend<S: Store>(&mut self, store: &mut S, buffer: &mut [u8]) -> Result<(), Error> {
        if !self.page.sound {
            self.state = self.page.load()?;
            self.unsure = true;
        }
        if !self.unsure {
            return Ok(());
        }
        let last = self.state.last();
        let (mut has_any, mut has_last) = (false, last.is_none());
        each(store, buffer, &mut |_, record, _| {
            has_any |= record.epoch == self.state.epoch;
            has_last |= record.epoch == self.state.epoch && Some(record.seq) == last;
            Ok(())
        })?;
        // All before it were in the store before this one got its number. What the store gave up since does not come back; but of a
        // store that lost all of the epoch, HQ needs the opening.
        if let Some(last) = last.filter(|_| !has_last) {
            if !has_any {
                append(store, buffer, self.state.epoch, 0, &self.state.opening)?;
            }
            if last != 0 {
                append(store, buffer, self.state.epoch, last, self.state.void.expose())?;
            }
        }
        self.unsure = false;
        Ok(())
    }
}

/// The part of a profile's id that an epoch's start says.
fn name(profile: &Profile<'_>) -> [u8; 8] {
    profile.id().first_chunk().copied().unwrap_or_default()
}

/// Keeps a record that is made of its head and this.
#[inline(never)] // it is called often
fn append<S: Store>(store: &mut S, buffer: &mut [u8], epoch: u32, seq: u8, rest: &[u8]) -> Result<(), Error> {
    let record = buffer.get_mut(..HEAD.saturating_add(rest.len())).ok_or(Error::new(ErrorKind::BufferTooSmall, 0))?;
    let mut writer = Writer::new(record);
    writer.put(&head(epoch, seq));
    writer.put(rest);
    store.append(record)?;
    Ok(())
}

/// All records of the store.
fn each<S: Store>(
    store: &mut S,
    buffer: &mut [u8],
    take: &mut dyn FnMut(&mut S, Record<'_>, Handle) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut after = None;
    loop {
        let Some(record) = store.next(after, buffer)? else { return Ok(()) };
        if record.bytes.first() != Some(&SEALED) {
            return Err(Error::new(ErrorKind::NotSealed, 0));
        }
        let handle = record.handle;
        after = Some(handle);
        if let Ok(record) = Record::parse(record.bytes) {
            take(store, record, handle)?;
        }
    }
}
