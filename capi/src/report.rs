//! The functions that make, fill and read a report.

use increp::model::{Report, Said, Statement};

use crate::error::{Code, Error, write_text};
use crate::memory::{self, Bytes, Handle, Path, ReportMemory, steps};
use crate::node::{Content, Look, Reach};

/// Whether something was said of a value: four different things, with a known zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Reported {
    /// Nothing was said of it.
    Unreported = 0,
    /// It was asked, and is not known.
    Unknown = 1,
    /// It is known, and was given.
    Known = 2,
}

/// Makes an empty report: a new draft without id. First of all, and again for each further report in the same memory.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_init(report: *mut ReportMemory) -> Code {
    // SAFETY: the caller's promise.
    unsafe { memory::new_report(report) }.map_or(Code::Misuse, |_| Code::Ok)
}

/// Sets a number, a code, a flag (0 or 1), an instant (seconds since 1970 UTC) or an angle (1e-7 degree). What lies on the
/// path is made if it is not there. Limits are checked by increp_check and on encoding.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_set_number(report: *mut ReportMemory, path: Path, number: i64) -> Code {
    // SAFETY: the caller's promise.
    unsafe { set(report, path, Content::Number(number)) }
}

/// Sets a text. Its bytes are not copied: they must stay as they are until the report is initialised again.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_set_text(report: *mut ReportMemory, path: Path, text: Bytes) -> Code {
    // SAFETY: the caller's promise, for the text and for as long as the report refers to it.
    let content = unsafe { memory::bytes(text.bytes, text.length) }
        .map_err(|_| Code::Misuse)
        .and_then(|bytes| str::from_utf8(bytes).map_err(|_| Code::NotUtf8))
        .map(Content::Text);
    // SAFETY: the caller's promise.
    unsafe { set_or_fail(report, path, content) }
}

/// Sets a hash of 32 bytes, which are copied.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_set_digest(report: *mut ReportMemory, path: Path, digest: *const u8) -> Code {
    // SAFETY: the caller's promise.
    let content = unsafe { memory::bytes(digest, 32) }
        .map_err(|_| Code::Misuse)
        .and_then(|bytes| bytes.try_into().map_err(|_| Code::Misuse))
        .map(Content::Digest);
    // SAFETY: the caller's promise.
    unsafe { set_or_fail(report, path, content) }
}

/// Says that a value was asked for and is not known.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_set_unknown(report: *mut ReportMemory, path: Path) -> Code {
    // SAFETY: the caller's promise.
    unsafe { set(report, path, Content::Unknown) }
}

/// Makes a record or an item of a list, empty if it is not there. Setting a field in it does the same.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_make(report: *mut ReportMemory, path: Path) -> Code {
    // SAFETY: the caller's promise.
    unsafe { set(report, path, Content::Here(1)) }
}

/// Takes a value back: nothing was said of it. A list loses all its items; one item alone, and the id, cannot be taken back.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_clear(report: *mut ReportMemory, path: Path) -> Code {
    // SAFETY: the caller's promise.
    unsafe { set(report, path, Content::Unreported) }
}

/// Whether a value was said, and whether it is known.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_get(report: *const ReportMemory, path: Path) -> Reported {
    // SAFETY: the caller's promise.
    match unsafe { get(report, path) } {
        Content::Unreported => Reported::Unreported,
        Content::Unknown => Reported::Unknown,
        _ => Reported::Known,
    }
}

/// Gives what increp_set_number sets. `number` is written to where it is known only.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_get_number(report: *const ReportMemory, path: Path, number: *mut i64) -> Reported {
    // SAFETY: the caller's promise.
    match unsafe { get(report, path) } {
        Content::Number(value) => {
            // SAFETY: the caller's promise.
            unsafe { memory::give(number, value) };
            Reported::Known
        }
        Content::Unknown => Reported::Unknown,
        _ => Reported::Unreported,
    }
}

/// Gives a text, which lies where it came from: in the bytes that were decoded, in their room, in a profile, or where it was
/// set from. `text` is written to where it is known only.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_get_text(report: *const ReportMemory, path: Path, text: *mut Bytes) -> Reported {
    // SAFETY: the caller's promise.
    match unsafe { get(report, path) } {
        Content::Text(value) => {
            // SAFETY: the caller's promise.
            unsafe { memory::give(text, Bytes { bytes: value.as_ptr(), length: value.len() }) };
            Reported::Known
        }
        Content::Unknown => Reported::Unknown,
        _ => Reported::Unreported,
    }
}

/// Copies a hash to `digest`, 32 bytes.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_get_digest(report: *const ReportMemory, path: Path, digest: *mut u8) -> Reported {
    // SAFETY: the caller's promise.
    match unsafe { get(report, path) } {
        Content::Digest(value) => {
            // SAFETY: the caller's promise.
            unsafe { memory::give(digest.cast::<[u8; 32]>(), value) };
            Reported::Known
        }
        _ => Reported::Unreported,
    }
}

/// How many items a list has.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_length(report: *const ReportMemory, path: Path) -> usize {
    // SAFETY: the caller's promise.
    match unsafe { get(report, path) } {
        Content::Here(items) => items,
        _ => 0,
    }
}

/// Checks every limit and rule, as encoding does. Gives the first error of a setter too, if there was one.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_check(report: *const ReportMemory, error: *mut Error) -> Code {
    // SAFETY: the caller's promise.
    let checked = unsafe { sound(report) }.and_then(|report| Ok(report.check()?));
    let (code, found) = checked.map_or_else(|error| (code_of(&error), error), |()| (Code::Ok, Error::NONE));
    // SAFETY: the caller's promise.
    unsafe { memory::give(error, found) };
    code
}

/// Who may see it, one of enum increp_handling: what the report says, or red for sexual violence, detention and children, or
/// else amber. Red too where there is no report.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_effective_handling(report: *const ReportMemory) -> u8 {
    // SAFETY: the caller's promise.
    unsafe { memory::get::<Handle>(report) }
        .map_or(increp::model::Handling::RED, |handle| handle.report.effective_handling())
        .code()
}

/// Hides where exactly: makes every place of the report, of the event and of the claims, one cell of a grid with a mesh of
/// about so many metres. Drops the names and codes of the places, which may say more than the cell does. 0 changes nothing.
/// The observer's post, bearing and distance, and words in notes, stay: clear them where they tell too much.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_coarsen(report: *mut ReportMemory, metres: u32) -> Code {
    // SAFETY: the caller's promise.
    let Ok(handle) = (unsafe { memory::get_mut::<Handle>(report) }) else { return Code::Misuse };
    let event = handle.report.event.iter_mut().filter_map(|event| match &mut event.place {
        Said::Known(place) => Some(place),
        _ => None,
    });
    let claims = handle.report.claims.iter_mut().filter_map(|claim| match &mut claim.said {
        Some(Statement::Place(place)) => Some(place),
        _ => None,
    });
    for place in event.chain(claims) {
        *place = place.coarsen(metres);
    }
    Code::Ok
}

/// Writes an error in words for people, with its field and byte: as much as fits in `size` bytes, the NUL at the end
/// included. Gives the length of all of it, without the NUL. No text of the report is in it.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_error_text(error: *const Error, buffer: *mut u8, size: usize) -> usize {
    // SAFETY: the caller's promise.
    let error = unsafe { error.as_ref() }.copied().unwrap_or(Error::new(Code::Misuse));
    // SAFETY: the caller's promise.
    unsafe { memory::bytes_mut(buffer, size) }.map_or(0, |buffer| write_text(&error, buffer))
}

/// Writes the name of a field, such as "event.counts[0].value", as increp_error_text does.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_path_text(path: Path, buffer: *mut u8, size: usize) -> usize {
    // SAFETY: the caller's promise.
    unsafe { memory::bytes_mut(buffer, size) }.map_or(0, |buffer| write_text(&memory::steps_of(path), buffer))
}

/// # Safety
/// As for every function.
unsafe fn set(report: *mut ReportMemory, path: Path, content: Content<'static>) -> Code {
    // SAFETY: the caller's promise.
    unsafe { set_or_fail(report, path, Ok(content)) }
}

/// # Safety
/// As for every function.
unsafe fn set_or_fail(report: *mut ReportMemory, path: Path, content: Result<Content<'static>, Code>) -> Code {
    // SAFETY: the caller's promise.
    let Ok(handle) = (unsafe { memory::get_mut::<Handle>(report) }) else { return Code::Misuse };
    let set = content.and_then(|content| put(&mut handle.report, path, content));
    if let Err(code) = set
        && handle.first == Error::NONE
    {
        handle.first = Error::of_setter(code, path, content);
    }
    set.err().unwrap_or(Code::Ok)
}

/// Sets the value that a path leads to.
pub(crate) fn put(report: &mut Report<'static>, path: Path, content: Content<'static>) -> Result<(), Code> {
    let mut node: &mut dyn Reach<'static> = report;
    for step in steps(path) {
        node = node.reach(step)?;
    }
    node.set(content)
}

/// The value that a path leads to.
pub(crate) fn look<'a>(report: &Report<'a>, path: Path) -> Content<'a> {
    let mut node: &dyn Look<'a> = report;
    for step in steps(path) {
        let Some(next) = node.look(step) else { return Content::Unreported };
        node = next;
    }
    node.get()
}

/// # Safety
/// As for every function.
unsafe fn get(report: *const ReportMemory, path: Path) -> Content<'static> {
    // SAFETY: the caller's promise.
    unsafe { memory::get::<Handle>(report) }.map_or(Content::Unreported, |handle| look(&handle.report, path))
}

/// The report, if every setter did what it was asked to.
///
/// # Safety
/// As for every function.
pub(crate) unsafe fn sound<'r>(report: *const ReportMemory) -> Result<&'r Report<'static>, Error> {
    // SAFETY: the caller's promise.
    let Handle { first, report, .. } = unsafe { memory::get::<Handle>(report) }?;
    if *first == Error::NONE { Ok(report) } else { Err(*first) }
}

/// The code of an error that was made here.
pub(crate) fn code_of(error: &Error) -> Code {
    Code::of(error.code)
}
