//! The key page: where a device keeps its keys, and where no earlier key is ever left.
//!
//! ```text
//! page, at least 736 bytes        slot, every 352 bytes
//! 0     wipe   32                 0    "irk" and the version: 1
//! 32    slots                     4    number  4    one more each time; the page stands at number modulo pages
//!       ...                       8    state        `state.rs`
//!                                 331  check   4    CRC-32 of all before
//! ```
//!
//! Whatever the flash writes at once, at most 32 bytes, no word is written twice between two erases.
//!
//! A state goes to the next page, is read back, and then the page before is erased: really erased, for what is written over stays
//! readable on most flash. Only then is the new state's last key used. When power fails, so it stands: if two pages can be read, one of
//! them may be only just readable, either because it was being written or because it was being erased. The later one is then written
//! once more into its own page, so that it is sound, before the earlier one is erased. All other pages are
//! erased then, whatever they read as.
//!
//! A wipe first fills the word `wipe` of the empty page after the one with the state, then erases that one, and its own last of all. So a
//! wipe that lost its power goes on when it is back.

use core::fmt;
use core::ops::Range;

use embedded_storage::nor_flash::NorFlash;

use super::bytes::Writer;
use super::state::State;
use super::{Error, ErrorKind, Secret};
use crate::store::flash::Flash;
use crate::store::page::CRC;

const MAGIC: [u8; 3] = *b"irk";
const VERSION: u8 = 1;
/// What fills `wipe`, and how long it is.
const WIPE: u8 = 0x5a;
const WIPE_LENGTH: u32 = 32;
const HEAD: usize = 8;
const CHECK: usize = 4;
const SLOT: usize = HEAD + State::LEN + CHECK;
/// From one slot to the next.
const SLOT_LENGTH: u32 = 352;
const LEAST_PAGE: u32 = WIPE_LENGTH + 2 * SLOT_LENGTH;
const _: () = assert!(SLOT.next_multiple_of(32) == SLOT_LENGTH as usize && WIPE_LENGTH == 32);
/// How often is tried to write a state, and how often a state that may be unsound is read.
const TRIES: u32 = 3;
const READS: u32 = 8;

fn slot_bytes(number: u32, state: &State) -> Secret<SLOT> {
    let [m0, m1, m2] = MAGIC;
    let mut bytes = Secret::default();
    if let Some((body, check)) = bytes.expose_mut().split_last_chunk_mut::<CHECK>() {
        let mut writer = Writer::new(body);
        writer.put(&[m0, m1, m2, VERSION]);
        writer.put(&number.to_le_bytes());
        state.write(writer);
        *check = CRC.checksum(body).to_le_bytes();
    }
    bytes
}

/// The number of a slot, if it is whole.
fn slot_number(bytes: &[u8; SLOT]) -> Option<u32> {
    let (body, check) = bytes.split_last_chunk::<CHECK>()?;
    let &[m0, m1, m2, version, n0, n1, n2, n3, ..] = bytes;
    let whole = [m0, m1, m2] == MAGIC && version == VERSION && CRC.checksum(body) == u32::from_le_bytes(*check);
    whole.then_some(u32::from_le_bytes([n0, n1, n2, n3]))
}

/// The version of a slot that only a later build can read.
fn later_version(bytes: &[u8; SLOT]) -> Option<u8> {
    let &[m0, m1, m2, version, ..] = bytes;
    ([m0, m1, m2] == MAGIC && version > VERSION && version != 0xff).then_some(version)
}

/// The pages.
pub(super) struct KeyPage<F> {
    flash: Flash<F>,
    /// Of the state that holds.
    number: u32,
    /// Is that state, and no other, in flash?
    pub(super) sound: bool,
}

impl<F> fmt::Debug for KeyPage<F> {
    /// Without the driver, which may show what is in flash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPage").field("number", &self.number).field("sound", &self.sound).finish_non_exhaustive()
    }
}

impl<F: NorFlash> KeyPage<F> {
    /// # Errors
    /// [`Unsupported`](ErrorKind::Unsupported).
    pub(super) fn new(flash: F, range: &Range<u32>) -> Result<Self, Error> {
        let flash = Flash::with_pages(flash, range, LEAST_PAGE).map_err(|_| Error::new(ErrorKind::Unsupported, 0))?;
        Ok(Self { flash, number: 0, sound: false })
    }

    /// Reads the state, and erases what there is of earlier ones.
    ///
    /// # Errors
    /// [`NotEnrolled`](ErrorKind::NotEnrolled), [`OtherVersion`](ErrorKind::OtherVersion), or what the flash did.
    pub(super) fn load(&mut self) -> Result<State, Error> {
        if self.wipe_begun()? {
            return Err(self.erase_all().err().unwrap_or(Error::new(ErrorKind::NotEnrolled, 0)));
        }
        // The state, what it is found in, and how many pages have one.
        let (mut newest, mut number, mut pages) = (Secret::default(), None, 0_u32);
        let mut bytes = Secret::default();
        for page in 0..self.pages() {
            let found = self.find(page, &mut bytes)?;
            pages = pages.saturating_add(found.is_some().into());
            if found > number {
                number = found;
                core::mem::swap(&mut newest, &mut bytes);
            }
        }
        let Some(number) = number else { return Err(self.nothing()) };
        self.number = number;
        if pages > 1 {
            self.write_again(&newest)?;
        }
        let own = self.page(self.number);
        for page in (0..self.pages()).filter(|&page| page != own) {
            self.erase(page)?;
        }
        self.sound = true;
        Ok(State::parse(newest.expose().get(HEAD..).unwrap_or_default()))
    }

    /// Writes the first state. All pages are erased for it.
    pub(super) fn begin(&mut self, state: &State) -> Result<(), Error> {
        self.erase_all()?;
        self.commit(state)
    }

    /// Puts the state into the place of the one that holds, of which nothing is left then.
    pub(super) fn commit(&mut self, state: &State) -> Result<(), Error> {
        self.sound = false;
        let old = self.page(self.number);
        let number = self.number.saturating_add(1);
        let page = self.page(number);
        let bytes = slot_bytes(number, state);
        let mut tries = 0_u32;
        while !self.write(page, 0, &bytes)? {
            self.erase(page)?;
            tries = tries.saturating_add(1);
            if tries == TRIES {
                return Err(self.error(ErrorKind::NotKept, page));
            }
        }
        self.erase(old)?;
        (self.number, self.sound) = (number, true);
        Ok(())
    }

    /// Erases everything, beginning with what holds.
    pub(super) fn wipe(mut self) -> Result<(), Error> {
        let next = self.number.saturating_add(1);
        if !self.sound {
            self.erase(self.page(next))?;
        }
        // Whatever comes of it: the erase comes next.
        let _ = self.flash.write(self.flash.at(next, 0), &[WIPE; WIPE_LENGTH as usize]);
        self.erase_all()
    }

    fn pages(&self) -> u32 {
        self.flash.geometry.pages
    }

    fn page(&self, number: u32) -> u32 {
        number.checked_rem(self.pages()).unwrap_or(0)
    }

    fn slots(&self) -> u32 {
        self.flash.geometry.page.saturating_sub(WIPE_LENGTH).checked_div(SLOT_LENGTH).unwrap_or(0)
    }

    /// Why there is no state: if there is not one of a later version.
    fn nothing(&mut self) -> Error {
        let mut bytes = Secret::default();
        for page in 0..self.pages() {
            let read = self.read(page, 0, &mut bytes);
            if let Some(version) = read.ok().and_then(|()| later_version(bytes.expose())) {
                return self.error(ErrorKind::OtherVersion(version), page);
            }
        }
        Error::new(ErrorKind::NotEnrolled, 0)
    }

    /// The state in a page: its slot and its number. All slots of a page have the same.
    fn find(&mut self, page: u32, bytes: &mut Secret<SLOT>) -> Result<Option<u32>, Error> {
        for slot in 0..self.slots() {
            self.read(page, slot, bytes)?;
            let number = slot_number(bytes.expose()).filter(|&number| self.page(number) == page);
            if number.is_some() {
                return Ok(number);
            }
        }
        Ok(None)
    }

    fn read(&mut self, page: u32, slot: u32, bytes: &mut Secret<SLOT>) -> Result<(), Error> {
        let at = self.flash.at(page, offset(slot));
        let mut room = bytes.expose_mut().iter_mut();
        let length = u32::try_from(SLOT).unwrap_or(0);
        self.flash.read(at, length, &mut |part| room.by_ref().zip(part).for_each(|(to, from)| *to = *from)).map_err(flash)
    }

    /// Writes a state, and says whether it reads back.
    fn write(&mut self, page: u32, slot: u32, bytes: &Secret<SLOT>) -> Result<bool, Error> {
        let at = self.flash.at(page, offset(slot));
        self.flash.write(at, bytes.expose()).map_err(flash)?;
        let mut read = Secret::default();
        self.read(page, slot, &mut read)?;
        Ok(read == *bytes)
    }

    /// Writes the state that holds once more into its own page: the earlier one is there still, but perhaps not for long.
    fn write_again(&mut self, bytes: &Secret<SLOT>) -> Result<(), Error> {
        let page = self.page(self.number);
        for slot in 0..self.slots() {
            let blank = self.is_filled(page, offset(slot), SLOT_LENGTH, 0xff)?;
            // What was cut short may read as erased and refuse to be written.
            if blank && self.write(page, slot, bytes) == Ok(true) {
                return Ok(());
            }
        }
        // Power failed here often, and no slot is free. What reads the same each time will do.
        let mut read = Secret::default();
        for _ in 0..READS {
            if self.find(page, &mut read)? != Some(self.number) {
                return Err(self.error(ErrorKind::NotKept, page));
            }
        }
        Ok(())
    }

    /// Does a page say that all others are to be erased? From then on it counts as the one after the state.
    fn wipe_begun(&mut self) -> Result<bool, Error> {
        for page in 0..self.pages() {
            if self.is_filled(page, 0, WIPE_LENGTH, WIPE)? {
                self.number = page.saturating_add(self.pages()).saturating_sub(1);
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[inline(never)] // it is called often
    fn is_filled(&mut self, page: u32, offset: u32, length: u32, value: u8) -> Result<bool, Error> {
        self.flash.is_filled(self.flash.at(page, offset), length, value).map_err(flash)
    }

    /// Erases a page, and looks.
    fn erase(&mut self, page: u32) -> Result<(), Error> {
        self.flash.erase(page).map_err(flash)?;
        if self.is_filled(page, 0, self.flash.geometry.page, 0xff)? { Ok(()) } else { Err(self.error(ErrorKind::NotErased, page)) }
    }

    /// All of them, also if some cannot be: that of the state first, the one after it last, and only if nothing else is left.
    fn erase_all(&mut self) -> Result<(), Error> {
        let (pages, mut erased) = (self.pages(), Ok(()));
        for back in 0..pages.saturating_sub(1) {
            let page = self.page(self.number.saturating_add(pages).saturating_sub(back));
            erased = erased.and(self.erase(page));
        }
        erased?;
        self.erase(self.page(self.number.saturating_add(1)))
    }

    #[inline(never)] // it is called often
    fn error(&self, kind: ErrorKind, page: u32) -> Error {
        Error { kind, at: self.flash.at(page, 0) }
    }
}

/// Where a slot begins in its page.
fn offset(slot: u32) -> u32 {
    slot.saturating_mul(SLOT_LENGTH).saturating_add(WIPE_LENGTH)
}

fn flash(error: crate::store::Error) -> Error {
    let kind = match error.kind {
        crate::store::ErrorKind::Flash(kind) => ErrorKind::Flash(kind),
        _ => ErrorKind::Unsupported,
    };
    Error { kind, at: error.at }
}
