//! The functions as C calls them, for Miri: it sees what the sanitizers of C do not.
#![allow(clippy::multiple_unsafe_ops_per_block)]

use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};

use crate::batch::{
    increp_batch_reader_next, increp_batch_reader_open, increp_batch_writer_finish, increp_batch_writer_length,
    increp_batch_writer_open, increp_batch_writer_push,
};
use crate::error::{Code, Error};
use crate::flash::Flash;
use crate::memory::{BatchReaderMemory, Bytes, Path, ReportMemory};
use crate::report::{Reported, increp_get_number, increp_get_text, increp_init, increp_set_number, increp_set_text};
use crate::store::{
    Record, Status, increp_journal_erases, increp_journal_open, increp_ring_open, increp_store_append, increp_store_mark,
    increp_store_next, increp_store_read_status,
};
use crate::wire::{increp_decode_packed, increp_encode_packed};

/// event.observer.post
const POST: Path = 0x0b_0f_01;
/// id.seq
const SEQ: Path = 0x01_03;

/// A draft from a post.
///
/// # Safety
/// The report may be written, and the text stays as long as it is used.
unsafe fn fill(report: *mut ReportMemory, seq: i64, text: &str) {
    // SAFETY: the contract.
    unsafe {
        assert_eq!(increp_init(report), Code::Ok);
        assert_eq!(increp_set_number(report, 3, 1), Code::Ok);
        assert_eq!(increp_set_number(report, 0x01_01, 17), Code::Ok);
        assert_eq!(increp_set_number(report, SEQ, seq), Code::Ok);
        assert_eq!(increp_set_text(report, POST, Bytes { bytes: text.as_ptr(), length: text.len() }), Code::Ok);
    }
}

/// The text that is read at the post.
///
/// # Safety
/// The report was made.
unsafe fn post<'t>(report: *const ReportMemory) -> &'t [u8] {
    let mut found = Bytes { bytes: null(), length: 0 };
    // SAFETY: the contract.
    unsafe {
        assert_eq!(increp_get_text(report, POST, &raw mut found), Reported::Known);
        core::slice::from_raw_parts(found.bytes, found.length)
    }
}

#[test]
fn the_functions_of_c_keep_to_their_memory() {
    let (mut memory, mut room, mut frame) = (MaybeUninit::uninit(), [0; 64], [0; 128]);
    let (report, mut error) = (memory.as_mut_ptr(), Error::NONE);
    // SAFETY: all of it is there, and nothing overlaps.
    let length = unsafe {
        fill(report, 1, "OP-3");
        increp_encode_packed(report, null(), null(), frame.as_mut_ptr(), frame.len(), &raw mut error)
    };
    assert_eq!(error, Error::NONE);
    // Twice into the same room, the second time over the texts of the first.
    for _ in 0..2 {
        // SAFETY: all of it is there, and nothing overlaps; the text lies in the room.
        unsafe {
            let (room, size) = (room.as_mut_ptr(), room.len());
            let code = increp_decode_packed(report, null(), null(), frame.as_ptr(), length, room, size, null_mut());
            assert_eq!(code, Code::Ok);
            assert_eq!(post(report), b"OP-3");
        }
    }
}

#[test]
fn the_functions_of_c_keep_batches_to_their_memory() {
    let (mut memory, mut writer, mut reader) = (MaybeUninit::uninit(), MaybeUninit::uninit(), MaybeUninit::uninit());
    let (mut room, mut message, mut error) = ([0; 64], [0; 128], Error::NONE);
    let report = memory.as_mut_ptr();
    let texts = ["OP-3", "OP-4", "OP-3"];
    // SAFETY: all of it is there, and nothing overlaps.
    let length = unsafe {
        let writer = writer.as_mut_ptr();
        assert_eq!(increp_batch_writer_open(writer, null(), message.as_mut_ptr(), message.len(), &raw mut error), Code::Ok);
        for (seq, text) in (1..).zip(texts) {
            fill(report, seq, text);
            assert_eq!(increp_batch_writer_push(writer, report, &raw mut error), Code::Ok);
        }
        assert!(increp_batch_writer_length(writer) > 10);
        increp_batch_writer_finish(writer, &raw mut error)
    };
    assert!(length > 0 && error == Error::NONE);
    for _ in 0..2 {
        // SAFETY: all of it is there, and nothing overlaps; the texts lie in the room.
        unsafe {
            let (mut reader, (room, size)) = (reader.as_mut_ptr(), (room.as_mut_ptr(), room.len()));
            assert_eq!(increp_batch_reader_open(reader, null(), message.as_ptr(), length, room, size, null_mut()), Code::Ok);
            let mut moved = MaybeUninit::<BatchReaderMemory>::uninit();
            for (seq, text) in (1..).zip(texts) {
                let mut found = 0;
                assert_eq!(increp_batch_reader_next(reader, report, &raw mut error), Code::Ok);
                assert_eq!(post(report), text.as_bytes());
                assert_eq!(increp_get_number(report, SEQ, &raw mut found), Reported::Known);
                assert_eq!(found, seq);
                // C may move it.
                if seq == 1 {
                    moved.as_mut_ptr().copy_from_nonoverlapping(reader, 1);
                    reader = moved.as_mut_ptr();
                }
            }
            assert_eq!(increp_batch_reader_next(reader, report, &raw mut error), Code::End);
        }
    }
}

const PAGE: u32 = 256;

unsafe extern "C" fn read(flash: *mut c_void, address: u32, bytes: *mut u8, length: usize) -> c_int {
    // SAFETY: it is as large as the journal was told.
    unsafe { bytes.copy_from_nonoverlapping(flash.cast::<u8>().add(address as usize), length) };
    0
}

unsafe extern "C" fn write(flash: *mut c_void, address: u32, bytes: *const u8, length: usize) -> c_int {
    // SAFETY: it is as large as the journal was told.
    unsafe { flash.cast::<u8>().add(address as usize).copy_from_nonoverlapping(bytes, length) };
    0
}

unsafe extern "C" fn erase(flash: *mut c_void, address: u32) -> c_int {
    // SAFETY: it is as large as the journal was told.
    unsafe { flash.cast::<u8>().add(address as usize).write_bytes(0xff, PAGE as usize) };
    0
}

#[test]
fn the_functions_of_c_keep_stores_to_their_memory() {
    let (mut bytes, mut room, mut store) = ([0xff_u8; 3 * PAGE as usize], [0_u8; 200], MaybeUninit::uninit());
    let (mut error, mut status, mut record, mut erases) = (Error::NONE, Status::default(), Record::default(), 0);
    let store = store.as_mut_ptr();
    for is_ring in [false, true] {
        // SAFETY: all of it is there, and nothing overlaps.
        unsafe {
            if is_ring {
                assert_eq!(increp_ring_open(store, room.as_mut_ptr(), room.len(), 2), Code::Ok);
            } else {
                let context = bytes.as_mut_ptr().cast();
                let flash = Flash {
                    context,
                    read: Some(read),
                    write: Some(write),
                    erase: Some(erase),
                    start: 0,
                    pages: 3,
                    page_size: PAGE,
                    word_size: 4,
                };
                assert_eq!(increp_journal_open(store, &raw const flash, 2, &raw mut status, &raw mut error), Code::Ok);
            }
            let mut buffer = [0; 40];
            for number in 0..20_u8 {
                let report = [number; 40];
                let code = increp_store_append(store, report.as_ptr(), report.len(), &raw mut record, &raw mut error);
                assert_eq!(code, Code::Ok, "{error}");
                assert_eq!(increp_store_mark(store, &raw const record, 1 + u32::from(number % 3), &raw mut error), Code::Ok);
            }
            let (mut after, mut many) = (null(), 0);
            while increp_store_next(store, after, buffer.as_mut_ptr(), 40, &raw mut record, &raw mut error) == Code::Ok {
                assert_eq!(u32::from(buffer[39]), record.sequence);
                (after, many) = (&raw const record, many + 1);
            }
            assert_eq!(error.code, Code::End as u32);
            assert_eq!(
                increp_store_next(store, null(), buffer.as_mut_ptr(), 39, &raw mut record, &raw mut error),
                Code::BufferFull
            );
            assert_eq!(increp_store_read_status(store, &raw mut status, &raw mut error), Code::Ok);
            assert_eq!((status.records, status.next, status.lost), (many, 20, 0));
            let code = increp_journal_erases(store, 0, &raw mut erases, &raw mut error);
            assert_eq!(code, if is_ring { Code::Misuse } else { Code::Ok });
        }
    }
    assert!(erases > 1);
}
