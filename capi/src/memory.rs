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

const INCREP_REPORT_WORDS: usize = if cfg!(target_pointer_width = "32") { REPORT_WORDS_32 } else { REPORT_WORDS_64 };

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

/// What `ReportMemory` holds.
#[repr(C)]
pub(crate) struct Handle {
    magic: u32,
    /// The first error of a setter, or that of decoding; encoding gives it back.
    pub(crate) first: Error,
    /// Its texts live as long as C promises: see the head of the header.
    pub(crate) report: Report<'static>,
}

/// What `ProfileMemory` holds.
#[repr(C)]
struct Opened {
    magic: u32,
    profile: packed::Profile<'static>,
}

const REPORT_MAGIC: u32 = 0x6972_7231;
const PROFILE_MAGIC: u32 = 0x6972_7031;

const _: () = assert!(size_of::<Handle>() <= size_of::<ReportMemory>());
const _: () = assert!(align_of::<Handle>() <= align_of::<ReportMemory>());
const _: () = assert!(size_of::<Opened>() <= size_of::<ProfileMemory>());
const _: () = assert!(align_of::<Opened>() <= align_of::<ProfileMemory>());

/// Makes an empty report.
///
/// # Safety
/// `memory` is NULL or may be written.
pub(crate) unsafe fn init_report(memory: *mut ReportMemory) -> Result<(), Error> {
    if memory.is_null() || !memory.is_aligned() {
        return Err(Error::new(Code::Misuse));
    }
    let handle = Handle { magic: REPORT_MAGIC, first: Error::NONE, report: Report::default() };
    // SAFETY: not NULL, writable by the contract; size and alignment are asserted above.
    unsafe { memory.cast::<Handle>().write(handle) };
    Ok(())
}

/// # Safety
/// `memory` is NULL or may be read, and nobody writes to it meanwhile.
pub(crate) unsafe fn report<'r>(memory: *const ReportMemory) -> Result<&'r Handle, Error> {
    let magic = memory.cast::<u32>();
    // SAFETY: readable by the contract; the magic number stands first in a `Handle`.
    if memory.is_null() || !memory.is_aligned() || unsafe { magic.read() } != REPORT_MAGIC {
        return Err(Error::new(Code::Misuse));
    }
    // SAFETY: the magic number says that `init_report` wrote it, and nobody else writes to it.
    Ok(unsafe { &*memory.cast::<Handle>() })
}

/// # Safety
/// `memory` is NULL or may be read and written, and nobody else uses it meanwhile.
pub(crate) unsafe fn report_mut<'r>(memory: *mut ReportMemory) -> Result<&'r mut Handle, Error> {
    // SAFETY: readable by the contract.
    unsafe { report(memory) }?;
    // SAFETY: `report` saw that it is initialised; nobody else uses it, by the contract.
    Ok(unsafe { &mut *memory.cast::<Handle>() })
}

/// # Safety
/// `memory` is NULL or may be written.
pub(crate) unsafe fn init_profile(memory: *mut ProfileMemory, blob: &'static [u8]) -> Result<(), Error> {
    if memory.is_null() || !memory.is_aligned() {
        return Err(Error::new(Code::Misuse));
    }
    let opened = Opened { magic: PROFILE_MAGIC, profile: packed::Profile::new(blob)? };
    // SAFETY: not NULL, writable by the contract; size and alignment are asserted above.
    unsafe { memory.cast::<Opened>().write(opened) };
    Ok(())
}

/// NULL is the profile that knows nothing.
///
/// # Safety
/// `memory` is NULL or may be read.
pub(crate) unsafe fn profile<'p>(memory: *const ProfileMemory) -> Result<&'p packed::Profile<'static>, Error> {
    if memory.is_null() {
        return Ok(&packed::Profile::EMPTY);
    }
    let magic = memory.cast::<u32>();
    // SAFETY: readable by the contract; the magic number stands first in `Opened`.
    if !memory.is_aligned() || unsafe { magic.read() } != PROFILE_MAGIC {
        return Err(Error::new(Code::Misuse));
    }
    // SAFETY: the magic number says that `init_profile` wrote it.
    let opened = unsafe { &*memory.cast::<Opened>() };
    Ok(&opened.profile)
}

/// # Safety
/// `memory` is NULL or may be read.
pub(crate) unsafe fn known(memory: *const Known) -> packed::Known {
    // SAFETY: readable by the contract; any bytes are a `Known`.
    let Some(known) = (unsafe { memory.as_ref() }) else { return packed::Known::default() };
    let knows = |what| known.knows & what != 0;
    packed::Known {
        id: knows(KNOWS_ID).then_some(Id { author: known.author, epoch: known.epoch, seq: known.seq }),
        sent: knows(KNOWS_SENT).then(|| Stamp::new(known.sent)),
        point: knows(KNOWS_POINT).then_some(Point { lat: Degrees(known.lat), lon: Degrees(known.lon) }),
        profile: knows(KNOWS_PROFILE),
    }
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
