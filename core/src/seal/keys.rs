//! The key page: where a device keeps its keys, and where no earlier key is ever left.
//!
//! ```text
//! page                            slot
//! 0     wipe: one word            0    "irk" and the version: 1
//! then  slots                     4    number  4    one more each time; the page stands at number modulo pages
//!       ...                       8    state        `state.rs`
//!                                 ..   check   4    CRC-32 of all before
//! ```
//!
//! A state goes to the next page, is read back, and then the page before is erased: really erased, for what is written over stays
//! readable on most flash. Only then is the new state's last key used. When power fails, so it stands: if two pages can be read, one of
//! them may be only just readable, either because it was being written or because it was being erased. The later one is then written
//! once more into its own page, so that it is sound, before the earlier one is erased. All other pages are
//! erased then, whatever they read as.
//!
//! If the word `wipe` is filled, all pages are to be erased: a wipe that lost its power goes on when it is back.

use core::ops::Range;

use embedded_storage::nor_flash::NorFlash;

use super::bytes::Writer;
use super::state::State;
use super::{Error, ErrorKind, Secret};
use crate::store::flash::Flash;
use crate::store::page::CRC;

const MAGIC: [u8; 3] = *b"irk";
const VERSION: u8 = 1;
/// Fills the word `wipe`.
const WIPE: u8 = 0x5a;
const HEAD: usize = 8;
const CHECK: usize = 4;
const SLOT: usize = HEAD + State::LEN + CHECK;
/// The longest word, and two slots of such words.
const LEAST_PAGE: usize = 32 + 2 * SLOT.next_multiple_of(32);
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

/// The state in a slot and its number, if it is whole.
fn parse_slot(bytes: &[u8; SLOT]) -> Option<(u32, State)> {
    let (body, check) = bytes.split_last_chunk::<CHECK>()?;
    let (&[m0, m1, m2, version, n0, n1, n2, n3], state) = body.split_first_chunk::<HEAD>()?;
    let whole = [m0, m1, m2] == MAGIC && version == VERSION && CRC.checksum(body) == u32::from_le_bytes(*check);
    let state = state.first_chunk().filter(|_| whole)?;
    Some((u32::from_le_bytes([n0, n1, n2, n3]), State::parse(state)))
}

/// The version of a slot that only a later build can read.
fn later_version(bytes: &[u8; SLOT]) -> Option<u8> {
    let &[m0, m1, m2, version, ..] = bytes;
    ([m0, m1, m2] == MAGIC && version > VERSION && version != 0xff).then_some(version)
}

/// The pages.
#[derive(Debug)]
pub(super) struct KeyPage<F> {
    flash: Flash<F>,
    /// Of the state that holds.
    number: u32,
    /// Is that state, and no other, in flash?
    pub(super) sound: bool,
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
            self.erase_all()?;
            return Err(Error::new(ErrorKind::NotEnrolled, 0));
        }
        let (mut newest, mut pages, mut other) = (None, 0_u32, None);
        for page in 0..self.pages() {
            let mut here = false;
            for slot in 0..self.slots() {
                let bytes = self.read(page, slot)?;
                other = later_version(bytes.expose()).or(other);
                if let Some((number, state)) = parse_slot(bytes.expose()).filter(|(number, _)| self.page(*number) == page) {
                    here = true;
                    if newest.as_ref().is_none_or(|(newest, _)| number > *newest) {
                        newest = Some((number, state));
                    }
                }
            }
            pages = pages.saturating_add(here.into());
        }
        let Some((number, state)) = newest else {
            return Err(Error::new(other.map_or(ErrorKind::NotEnrolled, ErrorKind::OtherVersion), 0));
        };
        self.number = number;
        if pages > 1 {
            self.write_again(&state)?;
        }
        let own = self.page(number);
        for page in (0..self.pages()).filter(|&page| page != own) {
            self.erase(page)?;
        }
        self.sound = true;
        Ok(state)
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
        let number = self.number.wrapping_add(1);
        let page = self.page(number);
        let mut tries = 0_u32;
        while !self.write(page, 0, number, state)? {
            self.erase(page)?;
            tries = tries.saturating_add(1);
            if tries == TRIES {
                return Err(Error::new(ErrorKind::NotKept, self.address(page, 0)));
            }
        }
        self.erase(old)?;
        (self.number, self.sound) = (number, true);
        Ok(())
    }

    /// Erases everything, beginning with what holds.
    pub(super) fn wipe(mut self) -> Result<(), Error> {
        let own = self.page(self.number);
        let word = usize::try_from(self.flash.geometry.word).unwrap_or(0);
        let at = self.flash.at(own, 0);
        // Whatever comes of it: the erase comes next.
        let _ = self.flash.write(at, [WIPE; 32].get(..word).unwrap_or_default());
        let erased = self.erase(own);
        self.erase_all().and(erased)
    }

    fn pages(&self) -> u32 {
        self.flash.geometry.pages
    }

    fn page(&self, number: u32) -> u32 {
        number.checked_rem(self.pages()).unwrap_or(0)
    }

    fn slot_length(&self) -> u32 {
        self.flash.geometry.align(u32::try_from(SLOT).unwrap_or(0))
    }

    fn slots(&self) -> u32 {
        let geometry = self.flash.geometry;
        geometry.page.saturating_sub(geometry.word).checked_div(self.slot_length()).unwrap_or(0)
    }

    fn offset(&self, slot: u32) -> u32 {
        self.flash.geometry.word.saturating_add(slot.saturating_mul(self.slot_length()))
    }

    fn address(&self, page: u32, slot: u32) -> usize {
        usize::try_from(self.flash.at(page, self.offset(slot))).unwrap_or(0)
    }

    fn read(&mut self, page: u32, slot: u32) -> Result<Secret<SLOT>, Error> {
        let at = self.flash.at(page, self.offset(slot));
        let mut bytes = Secret::new([0; SLOT]);
        let mut room = bytes.expose_mut().iter_mut();
        let length = u32::try_from(SLOT).unwrap_or(0);
        self.flash.read(at, length, |part| room.by_ref().zip(part).for_each(|(to, from)| *to = *from)).map_err(flash)?;
        Ok(bytes)
    }

    /// Writes a state, and says whether it reads back.
    fn write(&mut self, page: u32, slot: u32, number: u32, state: &State) -> Result<bool, Error> {
        let bytes = slot_bytes(number, state);
        let at = self.flash.at(page, self.offset(slot));
        self.flash.write(at, bytes.expose()).map_err(flash)?;
        self.read(page, slot).map(|read| read == bytes)
    }

    /// Writes the state that holds once more into its own page: the earlier one is there still, but perhaps not for long.
    fn write_again(&mut self, state: &State) -> Result<(), Error> {
        let (number, page) = (self.number, self.page(self.number));
        for slot in 0..self.slots() {
            let blank = self.is_filled(page, self.offset(slot), self.slot_length(), 0xff)?;
            if blank && self.write(page, slot, number, state)? {
                return Ok(());
            }
        }
        // Power failed here often, and no slot is free. What reads the same each time will do.
        for slot in 0..self.slots() {
            let mut good = 0;
            while good < READS && parse_slot(self.read(page, slot)?.expose()).is_some_and(|(found, _)| found == number) {
                good = good.saturating_add(1);
            }
            if good == READS {
                return Ok(());
            }
        }
        Err(Error::new(ErrorKind::NotKept, self.address(page, 0)))
    }

    fn wipe_begun(&mut self) -> Result<bool, Error> {
        for page in 0..self.pages() {
            if self.is_filled(page, 0, self.flash.geometry.word, WIPE)? {
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
        if self.is_filled(page, 0, self.flash.geometry.page, 0xff)? {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::NotErased, self.address(page, 0)))
        }
    }

    /// All of them, also if some cannot be.
    fn erase_all(&mut self) -> Result<(), Error> {
        (0..self.pages()).map(|page| self.erase(page)).fold(Ok(()), Result::and)
    }
}

fn flash(error: crate::store::Error) -> Error {
    let kind = match error.kind {
        crate::store::ErrorKind::Flash(kind) => ErrorKind::Flash(kind),
        _ => ErrorKind::Unsupported,
    };
    Error { kind, at: error.at }
}
