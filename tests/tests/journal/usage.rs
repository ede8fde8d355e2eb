//! What is refused, what is counted, and what may be dropped.

use increp::store::{ErrorKind, Handle, Journal, Mark, Store, WhenFull};
use increp_tests::flash::{AnyCutFlash, Torn};

use super::{MARKS, POLICIES, all, bytes, layout, open};

#[test]
fn wear_is_counted_reported_and_even() {
    let mut flash = AnyCutFlash::new(layout(8, 1024), 4, 3, Torn::Nothing);
    for number in 0..300 {
        let (mut journal, _) = open(&mut flash, WhenFull::DropOldest).unwrap();
        journal.append(&bytes(50, 2, number)).unwrap();
    }
    let (mut journal, status) = open(&mut flash, WhenFull::DropOldest).unwrap();
    let counted: Vec<u32> = (0..4).map(|page| journal.erases(page).unwrap()).collect();
    assert_eq!(counted, flash.erases);
    assert_eq!(status.erases, flash.erases.iter().sum::<u32>());
    assert_eq!(Some(&status.most_erases), flash.erases.iter().max());
    let (least, most) = (flash.erases.iter().min().unwrap(), flash.erases.iter().max().unwrap());
    assert!(*least > 4 && most - least <= 1);
}

/// The count of a page whose head is gone is not begun anew.
#[test]
fn wear_is_not_forgotten_with_a_head() {
    let mut flash = AnyCutFlash::new(layout(8, 1024), 4, 3, Torn::Nothing);
    let (mut journal, _) = open(&mut flash, WhenFull::DropOldest).unwrap();
    for number in 0..300 {
        journal.append(&bytes(50, 2, number)).unwrap();
    }
    for (page, &erases) in (0..).zip(&flash.erases) {
        let mut damaged = AnyCutFlash::image(flash.layout, &flash.bytes);
        damaged.bytes[page as usize * 1024 + 8] ^= 1;
        let (mut journal, _) = open(&mut damaged, WhenFull::DropOldest).unwrap();
        let counted = journal.erases(page).unwrap();
        assert!(counted <= erases && counted + 1 >= erases, "page {page}: {counted} of {erases}");
        for number in 0..60 {
            journal.append(&bytes(50, 2, number)).unwrap();
        }
        assert!(journal.erases(page).unwrap() > counted);
    }
}

#[test]
fn what_is_refused() {
    let mut flash = AnyCutFlash::new(layout(4, 1024), 4, 3, Torn::Nothing);
    let mut kind = |word, page, range| {
        Journal::open_with(&mut flash, layout(word, page), range, WhenFull::Refuse).map(|_| ()).unwrap_err().kind
    };
    for range in [0..1024, 0..2000, 4..4096, 0..5120, 0..0, core::ops::Range { start: 2048, end: 0 }] {
        assert_eq!(kind(4, 1024, range), ErrorKind::Unsupported);
    }
    for (word, page) in [(0, 1024), (3, 1024), (12, 1024), (64, 1024), (4, 0), (4, 64), (32, 256), (16, 1000)] {
        assert_eq!(kind(word, page, 0..4000 / page.max(1) * page), ErrorKind::Unsupported, "{word}, {page}");
    }
    let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
    let handle = journal.append(&[7; 40]).unwrap();
    assert!(matches!(journal.append(&[0; 4000]).unwrap_err().kind, ErrorKind::TooLong { most } if most < 4000));
    let error = journal.next(None, &mut [0; 39]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::BufferTooSmall { needed: 40, handle });
    let before = flash.bytes.clone();
    let mut kind = |word, page, end| {
        Journal::open_with(&mut flash, layout(word, page), 0..end, WhenFull::Refuse).map(|_| ()).unwrap_err().kind
    };
    for (word, page, end) in [(4, 1024, 2048), (4, 1024, 3072), (8, 1024, 4096), (4, 2048, 4096)] {
        assert_eq!(kind(word, page, end), ErrorKind::OtherGeometry, "{word}, {page}, {end}");
    }
    // The same pages from another one on.
    let mut moved = AnyCutFlash::image(flash.layout, &[&[0xff; 1024][..], &before].concat());
    let error = Journal::open_with(&mut moved, layout(4, 1024), 0..4096, WhenFull::Refuse).unwrap_err();
    assert_eq!((error.kind, error.at), (ErrorKind::OtherGeometry, 1024));
    assert!(flash.bytes == before, "it was changed");
}

#[test]
fn a_journal_of_another_version_is_left_alone() {
    let mut flash = AnyCutFlash::new(layout(4, 1024), 4, 3, Torn::Nothing);
    let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
    journal.append(&[7; 40]).unwrap();
    let mut other = AnyCutFlash::image(flash.layout, &flash.bytes);
    other.bytes[3] = 2;
    let check = crc_32(&other.bytes[..20]).to_le_bytes();
    other.bytes[20..24].copy_from_slice(&check);
    let before = other.bytes.clone();
    assert_eq!(open(&mut other, WhenFull::DropOldest).unwrap_err().kind, ErrorKind::OtherVersion(2));
    assert!(other.bytes == before, "it was changed");
    // The check is the one that SPEC names.
    assert_eq!(crc_32(&flash.bytes[..20]).to_le_bytes(), flash.bytes[20..24]);
}

/// CRC-32 (ISO-HDLC), bit by bit.
fn crc_32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |check, &byte| {
        (0..8).fold(check ^ u32::from(byte), |check, _| check >> 1 ^ if check & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}

/// Whether there is room for all of a record is known before its first word is written.
#[test]
fn what_does_not_fit_changes_nothing() {
    for (word, length) in [(4, 40), (4, 1500), (32, 90), (32, 1500)] {
        let mut flash = AnyCutFlash::new(layout(word, 1024), 3, 3, Torn::Nothing);
        let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
        let mut number = 0;
        while journal.append(&bytes(70, 2, number)).is_ok() {
            number += 1;
        }
        let done = flash.done;
        let (mut journal, status) = open(&mut flash, WhenFull::Refuse).unwrap();
        if (status.free as usize) < length {
            let error = journal.append(&bytes(length, 2, 0)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Full);
            assert_eq!(all(&mut journal).unwrap().len(), number);
            assert_eq!(flash.done, done, "something was written");
        }
    }
}

/// A long record needs several pages: if the second may not be dropped, the first is not either.
#[test]
fn half_of_the_room_is_not_taken() {
    let mut flash = AnyCutFlash::new(layout(4, 1024), 3, 3, Torn::Nothing);
    let (mut journal, _) = open(&mut flash, WhenFull::DropAtHq).unwrap();
    let mut handles = Vec::new();
    while let Ok(handle) = journal.append(&bytes(70, 2, handles.len())) {
        handles.push(handle);
    }
    let first = handles[0].parts()[1];
    for &handle in handles.iter().filter(|handle| handle.parts()[1] == first) {
        journal.mark(handle, Mark::AtHq).unwrap();
    }
    assert_eq!(journal.append(&bytes(1500, 2, 99)).unwrap_err().kind, ErrorKind::Full);
    assert_eq!(all(&mut journal).unwrap().len(), handles.len());
    // One page is enough for a short one.
    journal.append(&bytes(70, 2, 99)).unwrap();
    assert!(all(&mut journal).unwrap().iter().all(|(handle, ..)| handle.parts()[1] != first));
}

#[test]
fn only_what_may_be_dropped_is_dropped() {
    for when_full in POLICIES {
        for marked in [Mark::Saved, Mark::AtHub, Mark::AtHq] {
            let mut flash = AnyCutFlash::new(layout(4, 1024), 3, 3, Torn::Nothing);
            let (mut journal, _) = open(&mut flash, when_full).unwrap();
            let mut full = false;
            for number in 0..200 {
                match journal.append(&bytes(30, 2, number)) {
                    Ok(handle) => journal.mark(handle, marked).unwrap(),
                    Err(error) => {
                        assert_eq!(error.kind, ErrorKind::Full);
                        full = true;
                    }
                }
            }
            let may = when_full == WhenFull::DropOldest || when_full == WhenFull::DropAtHq && marked == Mark::AtHq;
            assert_eq!(full, !may, "{when_full:?}, {marked:?}");
            assert_eq!(all(&mut journal).unwrap()[0].0.sequence() == 0, !may);
        }
    }
}

#[test]
fn marks_only_rise() {
    let mut flash = AnyCutFlash::new(layout(4, 1024), 3, 3, Torn::Nothing);
    let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
    for first in MARKS {
        for second in MARKS {
            let handle = journal.append(b"a report").unwrap();
            journal.mark(handle, first).unwrap();
            journal.mark(handle, second).unwrap();
            journal.mark(handle, first).unwrap();
            assert_eq!(all(&mut journal).unwrap().last().unwrap().1, first.max(second));
        }
    }
}

/// However often power fails while a record is marked as sent, there is a place for the higher marks.
#[test]
fn lower_marks_leave_words_to_the_higher_ones() {
    let mut flash = AnyCutFlash::new(layout(4, 1024), 3, 3, Torn::Anything);
    let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
    let handle = journal.append(b"a report").unwrap();
    for _ in 0..5 {
        flash.power_on(Some(0));
        let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
        let kind = journal.mark(handle, Mark::Sent).unwrap_err().kind;
        flash.power_on(None);
        if kind == ErrorKind::MarkWorn {
            break;
        }
    }
    let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
    assert_eq!(journal.mark(handle, Mark::Sent).unwrap_err().kind, ErrorKind::MarkWorn);
    for mark in [Mark::AtHub, Mark::AtHq] {
        journal.mark(handle, mark).unwrap();
        assert_eq!(all(&mut journal).unwrap()[0].1, mark);
    }
}

#[test]
fn a_record_that_fits_into_a_page_is_in_one() {
    let mut flash = AnyCutFlash::new(layout(4, 1024), 6, 3, Torn::Nothing);
    let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
    let places = [500, 964, 600, 965, 40].map(|length| {
        let [_, page, slot] = journal.append(&bytes(length, 2, 0)).unwrap().parts();
        (page, slot)
    });
    // The one of 965 bytes begins behind that of 600 and ends in the next page.
    assert_eq!(places, [(6, 0), (7, 0), (8, 0), (8, 1), (9, 1)]);
}

/// An append that was cut short costs its place, and not the rest of the page.
#[test]
fn a_cut_takes_no_more_than_its_place() {
    for cut in 0..10 {
        let mut flash = AnyCutFlash::new(layout(4, 1024), 3, 3, Torn::All);
        let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
        journal.append(&[7; 40]).unwrap();
        flash.power_on(Some(cut));
        let (mut journal, before) = open(&mut flash, WhenFull::Refuse).unwrap();
        journal.append(&[8; 40]).unwrap_err();
        flash.power_on(None);
        let (mut journal, after) = open(&mut flash, WhenFull::Refuse).unwrap();
        // The slot at least, and its bytes too if the slot says so.
        assert!((32..=72).contains(&(before.free - after.free)), "{} bytes", before.free - after.free);
        journal.append(&[9; 40]).unwrap();
        assert_eq!(flash.begun, 1, "a page was begun");
    }
}

/// A handle of a record that was dropped marks none of those that came to its place.
#[test]
fn a_dropped_record_cannot_be_marked() {
    let mut flash = AnyCutFlash::new(layout(4, 1024), 3, 3, Torn::Nothing);
    let (mut journal, _) = open(&mut flash, WhenFull::DropOldest).unwrap();
    let old = journal.append(b"a report").unwrap();
    for number in 0..100 {
        journal.append(&bytes(40, 2, number)).unwrap();
    }
    assert_eq!(journal.mark(old, Mark::Sent).unwrap_err().kind, ErrorKind::Gone);
    assert!(all(&mut journal).unwrap().iter().all(|(_, mark, _)| *mark == Mark::Saved));
    // Nor does one that names another record at the place of this one, or a later part of a long record.
    let [sequence, page, slot] = all(&mut journal).unwrap()[0].0.parts();
    let error = journal.mark(Handle::from_parts([sequence + 1, page, slot]), Mark::Sent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Gone);
    let [sequence, page, _] = journal.append(&bytes(1500, 2, 0)).unwrap().parts();
    let error = journal.mark(Handle::from_parts([sequence, page + 1, 0]), Mark::Sent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Gone);
    // Reading after it goes on with the oldest there is.
    let oldest = all(&mut journal).unwrap()[0].0;
    assert_eq!(journal.next(Some(old), &mut [0; 40]).unwrap().unwrap().handle, oldest);
}

#[test]
fn the_state_is_small() {
    let most = size_of::<Journal<()>>();
    println!("a journal takes {most} bytes of RAM beside the driver");
    assert!(most <= 48, "{most} bytes");
}

#[test]
fn the_longest_report_fits_in_pages_of_1_kib() {
    let mut flash = AnyCutFlash::new(layout(4, 1024), 8, 3, Torn::Nothing);
    let (mut journal, _) = open(&mut flash, WhenFull::DropOldest).unwrap();
    for number in 0..5 {
        journal.append(&bytes(increp::MAX_LEN, 2, number)).unwrap();
        assert_eq!(all(&mut journal).unwrap().last().unwrap().2, bytes(increp::MAX_LEN, 2, number));
    }
}

/// Keeps the seed of the fuzz target `journal` as what this build writes.
#[test]
fn the_seeds_of_the_fuzzer_are_journals() {
    let mut flash = AnyCutFlash::new(layout(8, 1024), 4, 7, Torn::Nothing);
    let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
    for number in 0..20 {
        let handle = journal.append(&bytes(if number == 9 { 1200 } else { 20 + number }, 2, number)).unwrap();
        journal.mark(handle, MARKS[number % 4]).unwrap();
    }
    let seed = [&[0x80][..], &flash.bytes].concat();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds/journal/three_pages");
    if std::env::var_os("INCREP_WRITE_SEEDS").is_some() {
        std::fs::write(path, &seed).unwrap();
    }
    assert!(std::fs::read(path).unwrap() == seed, "write it again with INCREP_WRITE_SEEDS=1");
}
