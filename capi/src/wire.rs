//! The functions that encode and decode.

use increp::wire::packed;

use crate::error::{Code, Error};
use crate::memory::{self, Handle, Known, ProfileMemory, ReportMemory};
use crate::memory::{answer, answer_code};
use crate::report::{code_of, sound};

/// Encodes with postcard: readable without any profile, in more bytes than packed. Gives how many bytes were written, 0 for
/// an error. INCREP_MAX_LEN bytes are always enough.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_encode_postcard(
    report: *const ReportMemory,
    buffer: *mut u8,
    size: usize,
    error: *mut Error,
) -> usize {
    // SAFETY: the caller's promise.
    let buffer = unsafe { memory::bytes_mut(buffer, size) };
    // SAFETY: the caller's promise.
    let report = unsafe { sound(report) };
    let written = report.and_then(|report| Ok(increp::encode(report, buffer?)?.len()));
    // SAFETY: the caller's promise.
    unsafe { answer(written, error) }.unwrap_or(0)
}

/// Encodes with a profile, in the fewest bytes. Gives how many bytes were written, 0 for an error. INCREP_MAX_LEN bytes are
/// always enough. `profile` may be NULL, for the profile that knows nothing; `known` may be NULL, for nothing known.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_encode_packed(
    report: *const ReportMemory,
    profile: *const ProfileMemory,
    known: *const Known,
    buffer: *mut u8,
    size: usize,
    error: *mut Error,
) -> usize {
    // SAFETY: the caller's promise.
    let buffer = unsafe { memory::bytes_mut(buffer, size) };
    // SAFETY: the caller's promise.
    let profile = unsafe { memory::profile(profile) };
    // SAFETY: the caller's promise.
    let known = unsafe { memory::known(known) };
    // SAFETY: the caller's promise.
    let report = unsafe { sound(report) };
    let written = report.and_then(|report| Ok(packed::encode(report, profile?, &known?, buffer?)?.len()));
    // SAFETY: the caller's promise.
    unsafe { answer(written, error) }.unwrap_or(0)
}

/// Decodes exactly one report of postcard's. Its texts stay in `bytes`. After an error the report is empty or holds a part,
/// and cannot be encoded; what it held before is gone in any case.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_decode_postcard(
    report: *mut ReportMemory,
    bytes: *const u8,
    length: usize,
    error: *mut Error,
) -> Code {
    // SAFETY: the caller's promise.
    let bytes = unsafe { memory::bytes(bytes, length) };
    // SAFETY: the caller's promise.
    let handle = unsafe { memory::new_report(report) };
    let decoded = handle.and_then(|handle| {
        let decoded = bytes.and_then(|bytes| Ok(increp::decode_into(bytes, &mut handle.report)?));
        unsound(handle, decoded)
    });
    // SAFETY: the caller's promise.
    unsafe { answer_code(decoded, error) }
}

/// Decodes exactly one report of either encoding. Its texts stay in `bytes`, in the profile and in `room`, to which texts
/// that were packed are written: INCREP_MAX_TEXT bytes are always enough; less may be, and INCREP_ERROR_BUFFER_FULL says where it is
/// not. Otherwise as increp_decode_postcard.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_decode_packed(
    report: *mut ReportMemory,
    profile: *const ProfileMemory,
    known: *const Known,
    bytes: *const u8,
    length: usize,
    room: *mut u8,
    room_size: usize,
    error: *mut Error,
) -> Code {
    // SAFETY: the caller's promise.
    let handle = unsafe { memory::new_report(report) };
    // SAFETY: the caller's promise.
    let bytes = unsafe { memory::bytes(bytes, length) };
    // SAFETY: the caller's promise; texts of an earlier report in the same room are gone.
    let room = unsafe { memory::bytes_mut(room, room_size) };
    // SAFETY: the caller's promise.
    let profile = unsafe { memory::profile(profile) };
    // SAFETY: the caller's promise.
    let known = unsafe { memory::known(known) };
    let decoded = handle.and_then(|handle| {
        let all = bytes.and_then(|bytes| Ok((bytes, profile?, known?, room?)));
        let decoded = all
            .and_then(|(bytes, profile, known, room)| Ok(packed::decode_into(bytes, profile, &known, &mut handle.report, room)?));
        unsound(handle, decoded)
    });
    // SAFETY: the caller's promise.
    unsafe { answer_code(decoded, error) }
}

/// Checks a profile whole, once. It stays where it is, on a device in flash, for as long as the profile is used and any report
/// that was decoded with it.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_profile_open(
    profile: *mut ProfileMemory,
    bytes: *const u8,
    length: usize,
    error: *mut Error,
) -> Code {
    // SAFETY: the caller's promise.
    let bytes = unsafe { memory::bytes(bytes, length) };
    // SAFETY: the caller's promise.
    let opened = bytes.and_then(|bytes| unsafe { open(profile, bytes) });
    // SAFETY: the caller's promise.
    unsafe { answer_code(opened, error) }
}

/// Opens the profile general-16 of this library: 16 KiB of flash, only where this is called.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_profile_general_16(profile: *mut ProfileMemory) -> Code {
    // SAFETY: the caller's promise.
    unsafe { open(profile, packed::GENERAL_16) }.map_or_else(|error| code_of(&error), |()| Code::Ok)
}

/// Opens the profile general-64 of this library: 64 KiB of flash, only where this is called.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_profile_general_64(profile: *mut ProfileMemory) -> Code {
    // SAFETY: the caller's promise.
    unsafe { open(profile, packed::GENERAL_64) }.map_or_else(|error| code_of(&error), |()| Code::Ok)
}

/// # Safety
/// `profile` is NULL or may be written.
unsafe fn open(profile: *mut ProfileMemory, bytes: &'static [u8]) -> Result<(), Error> {
    // SAFETY: the contract.
    unsafe { memory::make(profile, packed::Profile::new(bytes)?) }
}

/// Whoever overlooks the error must not pass on a part of a report as if it were one.
pub(crate) fn unsound(handle: &mut Handle, decoded: Result<(), Error>) -> Result<(), Error> {
    decoded.inspect_err(|error| handle.first = *error)
}
