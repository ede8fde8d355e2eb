//! What C passes in. Every pointer is checked for NULL and turned into a reference here; the other modules see
//! references alone.

use core::mem::{MaybeUninit, align_of, size_of};

use increp::model::describe;
use increp::model::{Degrees, Id, Point, Report, Stamp};
use increp::wire::packed;

use crate::error::{Code, Error};

/// The way to a value of a report: up to eight steps, a byte each, the last one lowest. A field is its number + 1, an item
/// of a list is 0x80 + its index; 0 is the report itself.
pub type Path = u64;

/// Words of 8 bytes that a report takes where pointers have 32 bits.
pub(crate) const REPORT_WORDS_32: usize = 328;
/// The same where they have 64.
pub(crate) const REPORT_WORDS_64: usize = 576;
/// Words of 8 bytes that a profile takes.
pub(crate) const INCREP_PROFILE_WORDS: usize = 64;
/// Words of 8 bytes that a store takes.
pub(crate) const INCREP_STORE_WORDS: usize = 16;
/// Words of 8 bytes that the reader or writer of a batch takes where pointers have 32 bits.
pub(crate) const BATCH_WORDS_32: usize = 800;
/// The same where they have 64.
pub(crate) const BATCH_WORDS_64: usize = 936;

const INCREP_REPORT_WORDS: usize = if cfg!(target_pointer_width = "32") { REPORT_WORDS_32 } else { REPORT_WORDS_64 };
const INCREP_BATCH_WORDS: usize = if cfg!(target_pointer_width = "32") { BATCH_WORDS_32 } else { BATCH_WORDS_64 };

/// A report in memory of the caller. Its content is the library's alone.
#[derive(Debug)]
#[repr(C)]
pub struct ReportMemory {
    /// Not to be touched.
    pub reserved: [u64; INCREP_REPORT_WORDS],
}

/// A profile in memory of the caller, checked and ready for use.
#[derive(Debug)]
#[repr(C)]
pub struct ProfileMemory {
    /// Not to be touched.
    pub reserved: [u64; INCREP_PROFILE_WORDS],
}

/// A store in memory of the caller: a journal on flash, or a ring in RAM.
#[derive(Debug)]
#[repr(C)]
pub struct StoreMemory {
    /// Not to be touched.
    pub reserved: [u64; INCREP_STORE_WORDS],
}

/// What writes a batch, in memory of the caller.
#[derive(Debug)]
#[repr(C)]
pub struct BatchWriterMemory {
    /// Not to be touched.
    pub reserved: [u64; INCREP_BATCH_WORDS],
}

/// What reads a batch, in memory of the caller.
#[derive(Debug)]
#[repr(C)]
pub struct BatchReaderMemory {
    /// Not to be touched.
    pub reserved: [u64; INCREP_BATCH_WORDS],
}

/// A text: UTF-8 that somebody else owns, without a NUL at its end.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Bytes {
    /// The first byte; NULL only where there is none.
    pub bytes: *const u8,
    /// How many bytes.
    pub length: usize,
}

/// What the reader of a packed report knows from elsewhere, and its bytes therefore leave out.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Known {
    /// INCREP_KNOWS_ID, _SENT, _POINT, _PROFILE, added up.
    pub knows: u32,
    /// The author in the id of the report.
    pub author: u32,
    /// The epoch in it.
    pub epoch: u32,
    /// The number in it.
    pub seq: u32,
    /// When the last report was sent, in seconds since 1970 UTC.
    pub sent: i64,
    /// Latitude of the last report's point, in 1e-7 degree.
    pub lat: i32,
    /// Longitude of it.
    pub lon: i32,
}

/// `knows`: the id.
pub(crate) const KNOWS_ID: u32 = 1;
/// `knows`: when the last report was sent.
pub(crate) const KNOWS_SENT: u32 = 2;
/// `knows`: where the last report was.
pub(crate) const KNOWS_POINT: u32 = 4;
/// `knows`: which profile the report needs.
pub(crate) const KNOWS_PROFILE: u32 = 8;

/// Something of the library's in memory of C's.
pub(crate) trait InMemory: Sized {
    /// The memory, as C sees it.
    type Memory;
    /// Stands first in it: what has another number was never made.
    const MAGIC: u32;
}

/// What the memory holds.
#[repr(C)]
struct Block<T> {
    magic: u32,
    content: T,
}

/// A report and what went wrong with it.
pub(crate) struct Handle {
    /// The first error of a setter, or that of decoding; encoding gives it back.
    pub(crate) first: Error,
    /// Its texts live as long as C promises: see the head of the header.
    pub(crate) report: Report<'static>,
}

impl InMemory for Handle {
    type Memory = ReportMemory;
    const MAGIC: u32 = 0x6972_7231;
}

impl InMemory for packed::Profile<'static> {
    type Memory = ProfileMemory;
    const MAGIC: u32 = 0x6972_7031;
}

impl InMemory for packed::BatchWriter<'static, 'static, 'static> {
    type Memory = BatchWriterMemory;
    const MAGIC: u32 = 0x6972_7731;
}

impl InMemory for packed::BatchReader<'static, 'static, 'static> {
    type Memory = BatchReaderMemory;
    const MAGIC: u32 = 0x6972_6231;
}

/// Makes it in the memory.
///
/// # Safety
/// `memory` is NULL or may be written.
#[inline(always)]
pub(crate) unsafe fn make<T: InMemory>(memory: *mut T::Memory, content: T) -> Result<(), Error> {
    const { assert!(size_of::<Block<T>>() <= size_of::<T::Memory>() && align_of::<Block<T>>() <= align_of::<T::Memory>()) };
    if memory.is_null() || !memory.is_aligned() {
        return Err(Error::new(Code::Misuse));
    }
    let block = memory.cast::<Block<T>>();
    // One after the other: as a `Block` it would first be put together on the stack.
    // SAFETY: not NULL, and as large as a block, which is asserted above.
    let first = unsafe { &raw mut (*block).content };
    // SAFETY: as before.
    let second = unsafe { &raw mut (*block).magic };
    // SAFETY: writable by the contract; its alignment is asserted above.
    unsafe { first.write(content) };
    // SAFETY: as before.
    unsafe { second.write(T::MAGIC) };
    Ok(())
}

/// # Safety
/// `memory` is NULL or may be read, and nobody writes to it as long as `'m`.
pub(crate) unsafe fn get<'m, T: InMemory>(memory: *const T::Memory) -> Result<&'m T, Error> {
    let magic = memory.cast::<u32>();
    // SAFETY: readable by the contract; the magic number stands first in a `Block`.
    if memory.is_null() || !memory.is_aligned() || unsafe { magic.read() } != T::MAGIC {
        return Err(Error::new(Code::Misuse));
    }
    // SAFETY: the magic number says that `make` wrote it, and nobody else writes to it.
    Ok(unsafe { &(*memory.cast::<Block<T>>()).content })
}

/// # Safety
/// `memory` is NULL or may be read and written, and nobody else uses it as long as `'m`.
pub(crate) unsafe fn get_mut<'m, T: InMemory>(memory: *mut T::Memory) -> Result<&'m mut T, Error> {
    // SAFETY: readable by the contract.
    unsafe { get::<T>(memory) }?;
    // SAFETY: `get` saw that it was made; nobody else uses it, by the contract.
    Ok(unsafe { &mut (*memory.cast::<Block<T>>()).content })
}

/// Takes it out of the memory, where there is none from then on.
///
/// # Safety
/// As for `get_mut`.
#[inline]
pub(crate) unsafe fn take<T: InMemory>(memory: *mut T::Memory) -> Result<T, Error> {
    // SAFETY: the contract.
    let content: *const T = unsafe { get::<T>(memory) }?;
    // SAFETY: `get` gave it, and nobody reads it there again: its magic number goes.
    let content = unsafe { content.read() };
    // SAFETY: writable by the contract.
    unsafe { memory.cast::<u32>().write(0) };
    Ok(content)
}

/// An empty report, to be filled.
///
/// # Safety
/// `memory` is NULL or may be read and written, and nobody else uses it as long as `'r`.
pub(crate) unsafe fn new_report<'r>(memory: *mut ReportMemory) -> Result<&'r mut Handle, Error> {
    // SAFETY: the contract.
    unsafe { make(memory, Handle { first: Error::NONE, report: Report::default() }) }?;
    // SAFETY: the contract.
    unsafe { get_mut(memory) }
}

/// NULL is the profile that knows nothing.
///
/// # Safety
/// `memory` is NULL or may be read, and nobody writes to it as long as `'p`.
pub(crate) unsafe fn profile<'p>(memory: *const ProfileMemory) -> Result<&'p packed::Profile<'static>, Error> {
    if memory.is_null() {
        return Ok(&packed::Profile::EMPTY);
    }
    // SAFETY: the contract.
    unsafe { get(memory) }
}

/// # Safety
/// `memory` is NULL or may be read.
pub(crate) unsafe fn known(memory: *const Known) -> Result<packed::Known, Error> {
    // SAFETY: readable by the contract; any bytes are a `Known`.
    let Some(known) = (unsafe { memory.as_ref() }) else { return Ok(packed::Known::default()) };
    if known.knows & !(KNOWS_ID | KNOWS_SENT | KNOWS_POINT | KNOWS_PROFILE) != 0 {
        return Err(Error::new(Code::Misuse));
    }
    let knows = |what| known.knows & what != 0;
    Ok(packed::Known {
        id: knows(KNOWS_ID).then_some(Id { author: known.author, epoch: known.epoch, seq: known.seq }),
        sent: knows(KNOWS_SENT).then(|| Stamp::new(known.sent)),
        point: knows(KNOWS_POINT).then_some(Point { lat: Degrees(known.lat), lon: Degrees(known.lon) }),
        profile: knows(KNOWS_PROFILE),
    })
}

/// # Safety
/// `bytes` is NULL with a length of 0, or may be read for `length` bytes as long as `'b`.
pub(crate) unsafe fn bytes<'b>(bytes: *const u8, length: usize) -> Result<&'b [u8], Error> {
    match (bytes.is_null(), length) {
        (_, 0) => Ok(&[]),
        (false, 1..=LONGEST) => {
            // SAFETY: readable by the contract, and no longer than a slice may be.
            Ok(unsafe { core::slice::from_raw_parts(bytes, length) })
        }
        _ => Err(Error::new(Code::Misuse)),
    }
}

/// # Safety
/// `bytes` is NULL with a length of 0, or may be written for `length` bytes, and nobody else uses it as long as `'b`.
pub(crate) unsafe fn bytes_mut<'b>(bytes: *mut u8, length: usize) -> Result<&'b mut [u8], Error> {
    match (bytes.is_null(), length) {
        (_, 0) => Ok(&mut []),
        (false, 1..=LONGEST) => {
            // SAFETY: writable by the contract, no longer than a slice may be; only bytes are ever written.
            Ok(unsafe { core::slice::from_raw_parts_mut(bytes, length) })
        }
        _ => Err(Error::new(Code::Misuse)),
    }
}

/// What a slice may have at most.
const LONGEST: usize = isize::MAX.unsigned_abs();

/// Writes to where C wants a result, if it wants one.
///
/// # Safety
/// `out` is NULL or may be written.
pub(crate) unsafe fn give<T: Copy>(out: *mut T, value: T) {
    // SAFETY: writable by the contract; memory that C did not initialise is fine for plain values.
    if let Some(out) = unsafe { out.cast::<MaybeUninit<T>>().as_mut() } {
        out.write(value);
    }
}

/// Writes the error to where C wants it, zeros if there is none.
///
/// # Safety
/// `error` is NULL or may be written.
pub(crate) unsafe fn answer<T>(result: Result<T, Error>, error: *mut Error) -> Result<T, Code> {
    let found = result.as_ref().err().copied().unwrap_or(Error::NONE);
    // SAFETY: the contract.
    unsafe { give(error, found) };
    result.map_err(|error| Code::of(error.code))
}

/// The same, where the code is all that C gets besides.
///
/// # Safety
/// As for `answer`.
pub(crate) unsafe fn answer_code(result: Result<(), Error>, error: *mut Error) -> Code {
    // SAFETY: the contract.
    match unsafe { answer(result, error) } {
        Ok(()) => Code::Ok,
        Err(code) => code,
    }
}

/// A path of increp as C sees it.
pub(crate) fn path_of(path: &describe::Path) -> Path {
    path.steps().fold(0, |path, step| path << 8 | Path::from(if step & 0x80 == 0 { step.wrapping_add(1) } else { step }))
}

/// The steps of a path, the first one first.
pub(crate) fn steps(path: Path) -> impl Iterator<Item = u8> {
    path.to_be_bytes().into_iter().skip_while(|step| *step == 0)
}

/// A path of C as increp sees it.
pub(crate) fn steps_of(path: Path) -> describe::Path {
    let mut all = describe::Path::default();
    for step in steps(path) {
        if step & 0x80 == 0 { all.enter_field(step.wrapping_sub(1) & 0x7f) } else { all.enter_item(step & 0x7f) }
    }
    all
}
