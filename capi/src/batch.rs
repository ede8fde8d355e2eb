//! The functions that write and read batches: several reports in one message.

use increp::wire::packed::{BatchReader, BatchWriter};

use crate::error::{Code, Error};
use crate::memory::{self, BatchReaderMemory, BatchWriterMemory, ProfileMemory, ReportMemory, answer, answer_code};
use crate::report::sound;
use crate::wire::unsound;

type Writer = BatchWriter<'static, 'static, 'static>;
type Reader = BatchReader<'static, 'static, 'static>;

/// Begins a batch in `buffer`. `profile` may be NULL, for the profile that knows nothing. Profile and buffer stay where they are
/// until the batch is finished.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_batch_writer_open(
    writer: *mut BatchWriterMemory,
    profile: *const ProfileMemory,
    buffer: *mut u8,
    size: usize,
    error: *mut Error,
) -> Code {
    // SAFETY: the caller's promise.
    let buffer = unsafe { memory::bytes_mut(buffer, size) };
    // SAFETY: the caller's promise, until the batch is finished.
    let profile = unsafe { memory::profile(profile) };
    let opened = buffer.and_then(|buffer| {
        let profile = profile?;
        // SAFETY: the caller's promise.
        unsafe { memory::make(writer, BatchWriter::new(profile, buffer)) }
    });
    // SAFETY: the caller's promise.
    unsafe { answer_code(opened, error) }
}

/// One more report. The report itself may change from then on; its texts stay where and as they are until the batch is finished, or
/// the reader reads others. After an error it is not in the batch, which can go on.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_batch_writer_push(
    writer: *mut BatchWriterMemory,
    report: *const ReportMemory,
    error: *mut Error,
) -> Code {
    // SAFETY: the caller's promise.
    let report = unsafe { sound(report) };
    // SAFETY: the caller's promise.
    let writer = unsafe { memory::get_mut::<Writer>(writer) };
    let pushed = writer.and_then(|writer| Ok(writer.push(report?)?));
    // SAFETY: the caller's promise.
    unsafe { answer_code(pushed, error) }
}

/// How many bytes the batch has so far, to within a few; more than the buffer has, if it is too small by now. No report can be taken
/// out again: write the batch anew with fewer. 0 if there is no batch.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_batch_writer_length(writer: *const BatchWriterMemory) -> usize {
    // SAFETY: the caller's promise.
    unsafe { memory::get::<Writer>(writer) }.map_or(0, Writer::len)
}

/// Finishes the batch. Gives how many bytes the buffer has of it, 0 for an error: INCREP_ERROR_BUFFER_FULL if they do not fit,
/// and then the batch is lost; its reports are not. The memory is free for another batch.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_batch_writer_finish(writer: *mut BatchWriterMemory, error: *mut Error) -> usize {
    // SAFETY: the caller's promise.
    let writer = unsafe { memory::take::<Writer>(writer) };
    let written = writer.and_then(|writer| Ok(writer.finish()?.len()));
    // SAFETY: the caller's promise.
    unsafe { answer(written, error) }.unwrap_or(0)
}

/// Begins to read a batch. Texts that were packed, of all its reports, are written to `room`, one behind the other; profile, bytes
/// and room stay where they are until the last report is read, and the room as long as any of the reports.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_batch_reader_open(
    reader: *mut BatchReaderMemory,
    profile: *const ProfileMemory,
    bytes: *const u8,
    length: usize,
    room: *mut u8,
    room_size: usize,
    error: *mut Error,
) -> Code {
    // SAFETY: the caller's promise, until the last report is read.
    let bytes = unsafe { memory::bytes(bytes, length) };
    // SAFETY: the caller's promise; texts of earlier reports in the same room are gone.
    let room = unsafe { memory::bytes_mut(room, room_size) };
    // SAFETY: the caller's promise, until the last report is read.
    let profile = unsafe { memory::profile(profile) };
    let opened = bytes.and_then(|bytes| {
        let (profile, room) = (profile?, room?);
        // SAFETY: the caller's promise.
        unsafe { memory::make(reader, BatchReader::new(bytes, profile, room)?) }
    });
    // SAFETY: the caller's promise.
    unsafe { answer_code(opened, error) }
}

/// The next report of a batch: INCREP_OK and a report, or INCREP_END, or an error; then the report is empty or holds a part, and
/// cannot be encoded. Reports are certain only once INCREP_END was given: bytes that were damaged, or written with another profile of
/// the same tag, may read as a few reports that nobody made before an error shows. There are none behind an error.
///
/// # Safety
/// See the head of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn increp_batch_reader_next(
    reader: *mut BatchReaderMemory,
    report: *mut ReportMemory,
    error: *mut Error,
) -> Code {
    // SAFETY: the caller's promise.
    let reader = unsafe { memory::get_mut::<Reader>(reader) };
    // SAFETY: the caller's promise.
    let handle = unsafe { memory::new_report(report) };
    let read = handle.and_then(|handle| {
        let more = reader.and_then(|reader| Ok(reader.next(&mut handle.report)?));
        unsound(handle, more.and_then(|more| if more { Ok(()) } else { Err(Error::new(Code::End)) }))
    });
    // SAFETY: the caller's promise.
    unsafe { answer_code(read, error) }
}
