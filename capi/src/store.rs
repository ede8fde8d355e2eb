//! The functions that keep reports: in a journal on flash, or in a ring in RAM.

use core::ptr::null_mut;

use increp::store::{self, ErrorKind, Handle, Journal, Layout, Ring, Store};

use crate::error::{Code, Error};
use crate::flash::{Driver, Flash};
use crate::memory::{self, InMemory, StoreMemory, answer_code};

/// How far a record came; one of enum increp_mark.
pub type Mark = u32;

/// What makes room for a new record where there is none; one of enum increp_when_full.
pub type WhenFull = u32;

/// A record of a store. Its number, and the next two, say which record is meant until it is dropped; they may be kept and moved.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Record {
    /// Its number: one more with each record that is kept. Numbers that are left out are records that were lost.
    pub sequence: u32,
    /// Where it is. For the store alone.
    pub page: u32,
    /// Where it is. For the store alone.
    pub slot: u32,
    /// How far it came, when it was read.
    pub mark: Mark,
    /// Its bytes.
    pub length: usize,
}

/// What is in a store.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Status {
    /// Records that can be read.
    pub records: u32,
    /// Bytes that fit until a record is dropped or refused. On flash, each record takes 16 bytes and four words for itself beside
    /// its bytes, in each page that it is in, and all three begin at a word; in RAM three bytes.
    pub free: u32,
    /// The number of the oldest record that should be here.
    pub oldest: u32,
    /// The number that the next record will have.
    pub next: u32,
    /// Records that were kept and cannot be read any more, as far as later ones show it: those whose number, from `oldest` up to
    /// `next`, increp_store_next never gives.
    pub lost: u32,
    /// Pages that cannot be read, or whose head cannot.
    pub damaged_pages: u32,
    /// 1 if the last append was cut short, or the newest record or page was damaged, which looks the same; else 0.
    pub unfinished: u32,
    /// Erases of all pages together. An erase that power cut short may be missing.
    pub erases: u32,
    /// Erases of the page that has the most: what wears out first.
    pub most_erases: u32,
}

/// A store in memory of C's.
struct Opened {
    kind: Kind,
    /// Chosen when it was opened: who opens no journal links none.
    reach: Reach,
}

/// The store, by its trait.
type Reach = fn(&mut Kind) -> Option<&mut dyn Store>;

enum Kind {
    Journal(Journal<Driver>),
    Ring(Ring<'static>),
}

impl InMemory for Opened {
    type Memory = StoreMemory;
    const MAGIC: u32 = 0x6972_7331;
}

impl Record {
    fn new(handle: Handle, mark: store::Mark, length: usize) -> Self {
        let [sequence, page, slot] = handle.parts();
        Self { sequence, page, slot, mark: mark as Mark, length }
    }

    const fn handle(&self) -> Handle {
        Handle::from_parts([self.sequence, self.page, self.slot])
    }
}

impl From<store::Status> for Status {
    fn from(status: store::Status) -> Self {
        let store::Status { records, free, oldest, next, lost, damaged_pages, unfinished, erases, most_erases, .. } = status;
        Self { records, free, oldest, next, lost, damaged_pages, unfinished: unfinished.into(), erases, most_erases }
    }
}

/// Opens the journal in some flash, or begins one: reads everything, writes nothing. Whatever power did, all that was kept is
/// there. `flash` is copied. `status` may be NULL.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_journal_open(
    store: *mut StoreMemory,
    flash: *const Flash,
    when_full: WhenFull,
    status: *mut Status,
    error: *mut Error,
) -> Code {
    // SAFETY: the caller's promise.
    let opened = unsafe { flash.as_ref() }.ok_or(Error::new(Code::Misuse)).and_then(|flash| {
        let layout = Layout { word: flash.word_size, page: flash.page_size };
        let end = flash.pages.checked_mul(flash.page_size).and_then(|length| length.checked_add(flash.start));
        let Some(end) = end.filter(|_| flash.is_driven()) else { return Err(Error::new(Code::Misuse)) };
        let (journal, found) = Journal::open_with(Driver(*flash), layout, flash.start..end, policy(when_full)?)?;
        let reach: Reach = |kind| match kind {
            Kind::Journal(journal) => Some(journal),
            Kind::Ring(_) => None,
        };
        // SAFETY: the caller's promise.
        unsafe { memory::make(store, Opened { kind: Kind::Journal(journal), reach }) }?;
        Ok(found.into())
    });
    // SAFETY: the caller's promise.
    unsafe { give(opened, status, error) }
}

/// Begins a ring in `room`, for devices without flash: what it holds is gone with the power. The room stays where it is, and is
/// the ring's alone, as long as the ring is used.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_ring_open(store: *mut StoreMemory, room: *mut u8, size: usize, when_full: WhenFull) -> Code {
    // SAFETY: the caller's promise, as long as the ring is used.
    let opened = unsafe { memory::bytes_mut(room, size) }.and_then(|room| {
        let kind = Kind::Ring(Ring::new(room, policy(when_full)?));
        let reach: Reach = |kind| match kind {
            Kind::Ring(ring) => Some(ring),
            Kind::Journal(_) => None,
        };
        // SAFETY: the caller's promise.
        unsafe { memory::make(store, Opened { kind, reach }) }
    });
    // SAFETY: NULL.
    unsafe { answer_code(opened, null_mut()) }
}

/// Keeps a record: an encoded report, or any other bytes, 1 to 32767 of them; INCREP_ERROR_EMPTY says that there are none, as where
/// an encoding failed. INCREP_OK: it is there from now on, whatever happens to the
/// power. After an error it is not there; where power failed, it is there whole or not at all. `record` may be NULL; if not,
/// it says afterwards which record this is.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_store_append(
    store: *mut StoreMemory,
    bytes: *const u8,
    length: usize,
    record: *mut Record,
    error: *mut Error,
) -> Code {
    // SAFETY: the caller's promise.
    let bytes = unsafe { memory::bytes(bytes, length) };
    // SAFETY: the caller's promise.
    let appended = unsafe { reach(store) }.and_then(|store| {
        if length == 0 {
            return Err(Error::new(Code::Empty));
        }
        let handle = store.append(bytes?).map_err(|error| of_length(error, length))?;
        Ok(Record::new(handle, store::Mark::Saved, length))
    });
    // SAFETY: the caller's promise.
    unsafe { give(appended, record, error) }
}

/// Reads the record after `after`, or the oldest if that is NULL, into `buffer`: INCREP_OK and what it is in `record`, or INCREP_END
/// if there is none. INCREP_ERROR_BUFFER_FULL says in `record` how many bytes it needs: ask again with more, or go on after it.
/// `after` and `record` may be the same.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_store_next(
    store: *mut StoreMemory,
    after: *const Record,
    buffer: *mut u8,
    size: usize,
    record: *mut Record,
    error: *mut Error,
) -> Code {
    // SAFETY: the caller's promise.
    let after = unsafe { after.as_ref() }.map(Record::handle);
    // SAFETY: the caller's promise.
    let buffer = unsafe { memory::bytes_mut(buffer, size) };
    // SAFETY: the caller's promise.
    let found = unsafe { reach(store) }.and_then(|store| Ok(store.next(after, buffer?)));
    let (read, result) = match found {
        Ok(Ok(None)) => (None, Err(Error::new(Code::End))),
        Ok(Ok(Some(found))) => (Some(Record::new(found.handle, found.mark, found.bytes.len())), Ok(())),
        Ok(Err(error)) => {
            let too_long = match error.kind {
                ErrorKind::BufferTooSmall { needed, handle } => {
                    Some(Record::new(handle, store::Mark::Saved, usize::try_from(needed).unwrap_or(usize::MAX)))
                }
                _ => None,
            };
            (too_long, Err(of_length(error, size)))
        }
        Err(error) => (None, Err(error)),
    };
    if let Some(read) = read {
        // SAFETY: the caller's promise.
        unsafe { memory::give(record, read) };
    }
    // SAFETY: the caller's promise.
    unsafe { answer_code(result, error) }
}

/// Raises the mark of a record. A mark that is there, or a higher one, stays.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_store_mark(store: *mut StoreMemory, record: *const Record, mark: Mark, error: *mut Error) -> Code {
    // SAFETY: the caller's promise.
    let record = unsafe { record.as_ref() }.ok_or(Error::new(Code::Misuse));
    // SAFETY: the caller's promise.
    let marked = unsafe { reach(store) }.and_then(|store| {
        let marks = [store::Mark::Saved, store::Mark::Sent, store::Mark::AtHub, store::Mark::AtHq];
        let mark = marks.into_iter().find(|known| *known as Mark == mark).ok_or(Error::new(Code::Misuse))?;
        Ok(store.mark(record?.handle(), mark)?)
    });
    // SAFETY: the caller's promise.
    unsafe { answer_code(marked, error) }
}

/// Reads everything there is and says what was found.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_store_read_status(store: *mut StoreMemory, status: *mut Status, error: *mut Error) -> Code {
    // SAFETY: the caller's promise.
    let found = unsafe { reach(store) }.and_then(|store| Ok(store.status()?.into()));
    // SAFETY: the caller's promise.
    unsafe { give(found, status, error) }
}

/// How often a page of a journal was erased, counted on the page itself; where that cannot be read, how often at least.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_journal_erases(store: *mut StoreMemory, page: u32, erases: *mut u32, error: *mut Error) -> Code {
    // SAFETY: the caller's promise.
    let found = unsafe { memory::get_mut::<Opened>(store) }.and_then(|opened| match &mut opened.kind {
        Kind::Journal(journal) if page < journal.pages() => Ok(journal.erases(page)?),
        _ => Err(Error::new(Code::Misuse)),
    });
    // SAFETY: the caller's promise.
    unsafe { give(found, erases, error) }
}

fn policy(when_full: WhenFull) -> Result<store::WhenFull, Error> {
    match when_full {
        0 => Ok(store::WhenFull::Refuse),
        1 => Ok(store::WhenFull::DropAtHq),
        2 => Ok(store::WhenFull::DropOldest),
        _ => Err(Error::new(Code::Misuse)),
    }
}

/// An error about a length says which it was.
fn of_length(error: store::Error, length: usize) -> Error {
    let error = Error::from(error);
    let found = if error.least != 0 || error.most != 0 { i64::try_from(length).unwrap_or(i64::MAX) } else { error.found };
    Error { found, ..error }
}

/// # Safety
/// `memory` is NULL or may be read and written, and nobody else uses it as long as `'s`.
unsafe fn reach<'s>(memory: *mut StoreMemory) -> Result<&'s mut dyn Store, Error> {
    // SAFETY: the contract.
    let opened = unsafe { memory::get_mut::<Opened>(memory) }?;
    (opened.reach)(&mut opened.kind).ok_or(Error::new(Code::Misuse))
}

/// Writes what was found, if it was, and the error.
///
/// # Safety
/// Both are NULL or may be written.
unsafe fn give<T: Copy>(found: Result<T, Error>, to: *mut T, error: *mut Error) -> Code {
    let result = found.map(|found| {
        // SAFETY: the contract.
        unsafe { memory::give(to, found) };
    });
    // SAFETY: the contract.
    unsafe { answer_code(result, error) }
}
