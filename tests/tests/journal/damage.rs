//! Flipped bits, a corrupt page, and words that are worn.

use embedded_storage::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
use increp::store::{ErrorKind, Journal, Layout, Mark, Status, Store, WhenFull};
use increp_tests::flash::{AnyCutFlash, ERASE_STEPS, Off, Torn};

use super::{all, bytes, layout, open};

/// A journal of ten pages, three of them full and a bit of the fourth; what is in it, and in which page each record begins.
fn filled(layout: Layout, lengths: impl Fn(usize) -> usize) -> (AnyCutFlash, Vec<Vec<u8>>, Vec<u32>) {
    filled_up_to(10, 13, layout, lengths)
}

/// The same with so many pages, up to the page of this number.
fn filled_up_to(
    count: usize,
    last: u32,
    layout: Layout,
    lengths: impl Fn(usize) -> usize,
) -> (AnyCutFlash, Vec<Vec<u8>>, Vec<u32>) {
    let mut flash = AnyCutFlash::new(layout, count, 7, Torn::Nothing);
    let (mut journal, _) = open(&mut flash, WhenFull::DropOldest).unwrap();
    let (mut records, mut pages) = (Vec::new(), Vec::new());
    while pages.last().is_none_or(|&page| page < last) {
        let record = bytes(lengths(records.len()), 2, records.len());
        let handle = journal.append(&record).unwrap();
        journal.mark(handle, Mark::Sent).unwrap();
        records.push(record);
        pages.push(handle.parts()[1]);
    }
    (flash, records, pages)
}

fn reported(status: &Status) -> bool {
    status.lost > 0 || status.damaged_pages > 0 || status.unfinished
}

/// Opens what is there: every record found is one that was kept, in order; gives those and the status, and appends once more.
fn open_damaged(flash: &AnyCutFlash, records: &[Vec<u8>]) -> (Vec<usize>, Status) {
    let mut flash = AnyCutFlash::image(flash.layout, &flash.bytes);
    let (mut journal, status) = open(&mut flash, WhenFull::DropOldest).unwrap();
    let mut found = Vec::new();
    for (handle, _, bytes) in all(&mut journal).unwrap() {
        let from = found.last().map_or(0, |last| last + 1);
        let index = (from..records.len()).find(|&index| records[index] == bytes).expect("a record that nobody kept");
        assert_eq!(handle.sequence() as usize, index);
        found.push(index);
    }
    assert_eq!(status.records as usize, found.len());
    journal.append(b"one more").unwrap();
    assert_eq!(all(&mut journal).unwrap().last().unwrap().2, b"one more");
    (found, status)
}

#[test]
fn any_flipped_bit_costs_one_record_and_is_reported() {
    // A journal in its first round, and one in its second.
    for (pages, last) in [(10, 13), (4, 8)] {
        for layout in [layout(4, 256), layout(8, 256), layout(32, 512)] {
            let (flash, records, _) =
                filled_up_to(pages, last, layout, |number| if number == 5 { 300 } else { 20 + number * 3 % 40 });
            let (found, status) = open_damaged(&flash, &records);
            let whole = found.len();
            assert!((whole == records.len()) == (pages == 10) && !reported(&status), "{status:?}");
            for bit in 0..4 * 8 * layout.page as usize {
                let mut damaged = flash.clone();
                damaged.bytes[bit / 8] ^= 1 << (bit % 8);
                let (found, status) = open_damaged(&damaged, &records);
                let lost = whole - found.len();
                assert!(lost <= 1, "bit {bit}: {lost} records lost");
                assert!(lost == 0 || reported(&status), "bit {bit}: {status:?}");
            }
        }
    }
}

/// The first part of one record, which was cut short, and the last part of another with the same sequence and as many bytes to come, the
/// first part of which is damaged: no record.
#[test]
fn parts_of_two_records_make_none() {
    let mut flash = AnyCutFlash::new(layout(4, 1024), 6, 3, Torn::Nothing);
    let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
    let good = bytes(500, 2, 0);
    journal.append(&good).unwrap();
    // 432 bytes of it fit behind the first. Power fails when the next page is begun: 4 words for the slot, 108 for the bytes, 1 that says that
    // the page is full, 6 for the new head.
    flash.power_on(Some(4 + 108 + 1 + ERASE_STEPS + 6));
    let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
    journal.append(&bytes(432 + 600, 2, 1)).unwrap_err();
    flash.power_on(None);
    let (mut journal, status) = open(&mut flash, WhenFull::Refuse).unwrap();
    assert!(status.unfinished);
    // A page holds 964 bytes of one record.
    let handle = journal.append(&bytes(964 + 600, 3, 2)).unwrap();
    assert_eq!(handle.parts(), [1, 7, 0]);
    flash.bytes[2 * 1024 - 32] ^= 1;
    let (found, status) = open_damaged(&flash, &[good]);
    assert!(found.len() == 1 && status.unfinished, "{status:?}");
}

/// So the first page, too, is not begun anew while it has records.
#[test]
fn the_only_page_is_read_if_its_head_is_damaged() {
    let mut flash = AnyCutFlash::new(layout(8, 1024), 3, 7, Torn::Nothing);
    let (mut journal, _) = open(&mut flash, WhenFull::Refuse).unwrap();
    let records: Vec<Vec<u8>> = (0..5).map(|number| bytes(30, 2, number)).collect();
    for record in &records {
        journal.append(record).unwrap();
    }
    for byte in 0..24 {
        for (flipped, pages) in [(0x10, 0), (0x30, 1)] {
            let mut damaged = flash.clone();
            damaged.bytes[byte] ^= flipped;
            let (found, status) = open_damaged(&damaged, &records);
            assert!(found.len() == 5 && status.damaged_pages == pages && status.lost == 0, "byte {byte}: {status:?}");
        }
    }
}

/// Records of two pages, with one in the oldest page that begins there: if its first slot is damaged, that is a record lost.
#[test]
fn a_long_record_that_a_flipped_bit_takes_is_reported() {
    for last in 8..12 {
        let (flash, records, _) = filled_up_to(4, last, layout(4, 256), |number| if number % 2 == 0 { 196 } else { 300 });
        let whole = open_damaged(&flash, &records).0.len();
        for bit in 0..8 * flash.bytes.len() {
            let mut damaged = flash.clone();
            damaged.bytes[bit / 8] ^= 1 << (bit % 8);
            let (found, status) = open_damaged(&damaged, &records);
            let lost = whole - found.len();
            assert!(lost == 0 || lost == 1 && reported(&status), "page {last}, bit {bit}: {lost} lost, {status:?}");
        }
    }
}

/// One flipped bit in each: the numbers are still known, so nothing is begun over them.
#[test]
fn heads_with_a_flipped_bit_each_are_read() {
    for bit in 0..8 * 24 {
        let (mut flash, records, _) = filled_up_to(2, 7, layout(4, 1024), |_| 60);
        let before = open_damaged(&flash, &records);
        for page in 0..2 {
            flash.bytes[page * 1024 + bit / 8] ^= 1 << (bit % 8);
        }
        let after = open_damaged(&flash, &records);
        assert_eq!((before.0, before.1.next, before.1.erases), (after.0, after.1.next, after.1.erases), "bit {bit}");
    }
}

/// CRC-32 (ISO-HDLC).
fn crc(bytes: &[u8]) -> u32 {
    let bit = |crc: u32| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc)))
}

/// An erase that power cut short leaves anything. A slot that its 16 bits let pass, which happens once in some thousand such pages, must
/// not make the old page the newest: the next append would then drop the page behind it.
#[test]
fn a_page_that_is_half_erased_is_not_taken_for_the_next() {
    let mut flash = AnyCutFlash::new(layout(4, 1024), 3, 7, Torn::Nothing);
    let (mut journal, _) = open(&mut flash, WhenFull::DropAtHq).unwrap();
    let mut records = Vec::new();
    loop {
        let record = bytes(60, 2, records.len());
        let Ok(handle) = journal.append(&record) else { break };
        if handle.parts()[1] == 3 {
            journal.mark(handle, Mark::AtHq).unwrap();
        }
        records.push((handle, record));
        if handle.parts()[1] == 5 && records.iter().filter(|(handle, _)| handle.parts()[1] == 5).count() == 10 {
            break;
        }
    }
    // Page 5 says that page 6 is begun where page 3 was; of that one's old bytes some are left.
    flash.bytes[2 * 1024 + 24..][..4].fill(0x5a);
    flash.bytes[..1024].iter_mut().enumerate().for_each(|(at, byte)| *byte |= u8::try_from(at * 89 % 256).unwrap());
    let slot: Vec<u8> = [2u32.to_le_bytes(), [7, 0, 20, 0], [0, 0x80, 9, 9]].concat().into_iter().chain([9, 9]).collect();
    let check = crc(&[&6u32.to_le_bytes(), &0u32.to_le_bytes(), slot.as_slice()].concat());
    flash.bytes[1024 - 32..][..14].copy_from_slice(&slot);
    flash.bytes[1024 - 18..][..2].copy_from_slice(&check.to_le_bytes()[..2]);

    let kept: Vec<_> = records.iter().filter(|(handle, _)| handle.parts()[1] > 3).map(|(_, record)| record.clone()).collect();
    let (mut journal, status) = open(&mut flash, WhenFull::DropAtHq).unwrap();
    assert!(status.unfinished && status.records as usize == kept.len(), "{status:?}");
    let handle = journal.append(b"one more").unwrap();
    assert_eq!(handle.parts(), [status.next, 6, 0]);
    let found: Vec<_> = all(&mut journal).unwrap().into_iter().map(|(_, _, bytes)| bytes).collect();
    assert_eq!(found, [kept, vec![b"one more".to_vec()]].concat());
}

#[test]
fn numbers_that_no_flash_endures_are_damage() {
    for number in [1 << 31, u32::MAX - 1, u32::MAX] {
        let (flash, ..) = filled_up_to(2, 7, layout(4, 1024), |_| 60);
        for first in [0, u32::MAX] {
            let mut flash = AnyCutFlash::image(flash.layout, &flash.bytes);
            let page = number as usize % 2 * 1024;
            flash.bytes[page + 4..][..4].copy_from_slice(&number.to_le_bytes());
            flash.bytes[page + 8..][..4].copy_from_slice(&u32::to_le_bytes(first));
            let check = crc(&flash.bytes[page..][..20]);
            flash.bytes[page + 20..][..4].copy_from_slice(&check.to_le_bytes());
            let (mut journal, status) = open(&mut flash, WhenFull::DropOldest).unwrap();
            assert_eq!(status.damaged_pages, 1, "{status:?}");
            (0..40).for_each(|_| _ = journal.append(b"a report").unwrap());
            assert!(all(&mut journal).unwrap().len() >= 20);
        }
    }
}

#[test]
fn a_corrupt_page_costs_only_its_own_records_and_is_reported() {
    let (flash, records, pages) = filled(layout(8, 1024), |number| if number == 9 { 1200 } else { 20 + number * 3 % 40 });
    for (page, fill) in [(0, 0x00), (0, 0xa5), (1, 0xa5), (1, 0xff), (2, 0x00), (2, 0xff), (3, 0x11)] {
        let mut damaged = flash.clone();
        damaged.bytes[page as usize * 1024..][..1024].fill(fill);
        let (found, status) = open_damaged(&damaged, &records);
        // Its own: those that begin in it, and a long one that reaches into it.
        for (index, &begins) in pages.iter().enumerate() {
            let reaches = index == 9 && begins <= 10 + page && 10 + page <= pages[index + 1];
            let own = begins == 10 + page;
            assert!(found.contains(&index) != own || reaches, "page {page}: record {index}");
        }
        let gone = records.len() - found.len();
        if page < 3 {
            assert_eq!(status.damaged_pages, u32::from(fill != 0xff), "page {page}: {status:?}");
        } else {
            assert!(status.unfinished, "{status:?}");
        }
        // All of them are counted, but those behind the last that can be read.
        assert_eq!(status.lost as usize, if page < 3 { gone } else { 0 }, "page {page}");
        assert_eq!((status.oldest, status.next - status.oldest), (0, status.records + status.lost));
    }
}

#[test]
fn a_damaged_mark_says_less_and_not_more() {
    let (flash, records, _) = filled(layout(4, 1024), |_| 20);
    let slot = 4 * 1024 - 32;
    for bit in (slot + 16) * 8..(slot + 20) * 8 {
        let mut damaged = AnyCutFlash::image(flash.layout, &flash.bytes);
        damaged.bytes[bit / 8] ^= 1 << (bit % 8);
        let (mut journal, _) = open(&mut damaged, WhenFull::Refuse).unwrap();
        let found = all(&mut journal).unwrap();
        assert_eq!((found.len(), found.last().unwrap().1), (records.len(), Mark::Saved), "bit {bit}");
        journal.mark(found.last().unwrap().0, Mark::AtHub).unwrap();
        assert_eq!(all(&mut journal).unwrap().last().unwrap().1, Mark::AtHub);
    }
}

/// The fourth word is only ever written for what HQ has: cut short, it says so. Else its page could never be dropped.
#[test]
fn the_last_word_for_marks_says_at_hq_even_if_it_is_cut_short() {
    let (flash, records, _) = filled(layout(4, 1024), |_| 20);
    let words = 4 * 1024 - 32 + 16;
    for (last, mark) in [(0xff, Mark::Saved), (0xfe, Mark::Saved), (0xfc, Mark::AtHq), (0x57, Mark::AtHq)] {
        let mut torn = AnyCutFlash::image(flash.layout, &flash.bytes);
        torn.bytes[words..][..12].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff].repeat(3));
        torn.bytes[words + 12] = last;
        let (mut journal, _) = open(&mut torn, WhenFull::DropAtHq).unwrap();
        let found = all(&mut journal).unwrap();
        assert_eq!((found.len(), found.last().unwrap().1), (records.len(), mark), "{last:x}");
        let raised = journal.mark(found.last().unwrap().0, Mark::AtHq);
        assert_eq!(raised.is_ok(), last != 0xfe, "{last:x}: {raised:?}");
    }
}

/// Flash of which some words keep no bit, and one page cannot be erased, or with `u32::MAX` no page.
struct Worn<'a> {
    flash: &'a mut AnyCutFlash,
    words: &'a [usize],
    page: Option<u32>,
}

impl ErrorType for Worn<'_> {
    type Error = Off;
}

impl ReadNorFlash for Worn<'_> {
    const READ_SIZE: usize = 4;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Off> {
        self.flash.read(offset, bytes)
    }

    fn capacity(&self) -> usize {
        self.flash.capacity()
    }
}

impl NorFlash for Worn<'_> {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 1024;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Off> {
        if self.page == Some(from / 1024) || self.page == Some(u32::MAX) { Err(Off) } else { self.flash.erase(from, to) }
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Off> {
        for (at, word) in (offset..).step_by(4).zip(bytes.chunks(4)) {
            if !self.words.contains(&(at as usize)) {
                self.flash.write(at, word)?;
            }
        }
        Ok(())
    }
}

/// What is appended and marked on such flash is there when it is opened again.
fn passed_by(words: &[usize], page: Option<u32>) {
    let mut flash = AnyCutFlash::new(layout(4, 1024), 5, 3, Torn::Nothing);
    let mut driver = Worn { flash: &mut flash, words, page };
    let (mut journal, _) = Journal::open(&mut driver, 0..5120, WhenFull::Refuse).unwrap();
    let records: Vec<Vec<u8>> = (0..28).map(|number| bytes(40, 2, number)).collect();
    for record in &records {
        let handle = journal.append(record).unwrap();
        journal.mark(handle, Mark::Sent).unwrap();
        journal.mark(handle, Mark::AtHub).unwrap();
    }
    let (mut journal, status) = Journal::open(&mut driver, 0..5120, WhenFull::Refuse).unwrap();
    let found = all(&mut journal).unwrap();
    assert!(found.iter().map(|(_, _, bytes)| bytes).eq(&records), "word {words:?}: {} records", found.len());
    assert!(found.iter().all(|(_, mark, _)| *mark == Mark::AtHub), "word {words:?}");
    assert_eq!(status.lost, 0, "word {words:?}");
}

/// Each word of the first pages once: of heads, `full`, records, slots and marks.
#[test]
fn any_worn_word_is_passed_by() {
    (0..2048).step_by(4).for_each(|word| passed_by(&[word], None));
}

#[test]
fn a_worn_head_is_passed_by() {
    for page in [0, 1024] {
        let head: Vec<usize> = (page..page + 24).step_by(4).collect();
        passed_by(&head, None);
    }
}

#[test]
fn a_page_that_cannot_be_erased_is_passed_by() {
    (0..2).for_each(|page| passed_by(&[], Some(page)));
}

/// Heads are not kept, or pages not erased, while something is appended: the old records stay but for half of the pages, also those of
/// pages that were passed by; and once the flash works again, so does the journal.
#[test]
fn pages_that_cannot_be_begun_cost_no_more_than_half() {
    for (pages, left) in [(2, 1), (3, 2), (4, 2), (6, 3)] {
        let range = 0..u32::try_from(pages).unwrap() * 1024;
        let (full, ..) = filled_up_to(pages, 3 * range.end / 1024, layout(4, 1024), |_| 60);
        let heads: Vec<usize> = (0..pages).map(|page| page * 1024).collect();
        for refused in [None, Some(heads.as_slice())] {
            let mut flash = full.clone();
            let mut driver = Worn { flash: &mut flash, words: &[], page: None };
            let (mut journal, _) = Journal::open(&mut driver, range.clone(), WhenFull::DropOldest).unwrap();
            while journal.status().unwrap().free > 100 {
                journal.append(&bytes(60, 2, 200)).unwrap();
            }
            let before = all(&mut journal).unwrap();
            // 10 records a page; what every page refuses.
            let mut driver =
                Worn { flash: &mut flash, words: refused.unwrap_or_default(), page: refused.map_or(Some(u32::MAX), |_| None) };
            let (mut journal, _) = Journal::open(&mut driver, range.clone(), WhenFull::DropOldest).unwrap();
            journal.append(&bytes(100, 2, 201)).unwrap_err();
            let after = all(&mut journal).unwrap();
            assert!(before.ends_with(&after) && after.len() >= 10 * left, "{pages} pages: {} of {}", after.len(), before.len());
            let mut driver = Worn { flash: &mut flash, words: &[], page: None };
            let (mut journal, _) = Journal::open(&mut driver, range.clone(), WhenFull::DropOldest).unwrap();
            assert_eq!(all(&mut journal).unwrap(), after);
            journal.append(&bytes(100, 2, 202)).unwrap();
        }
    }
}

#[test]
fn flash_that_keeps_nothing_is_refused() {
    let mut flash = AnyCutFlash::new(layout(4, 1024), 3, 3, Torn::Nothing);
    let words: Vec<usize> = (0..3072).step_by(4).collect();
    let mut driver = Worn { flash: &mut flash, words: &words, page: None };
    let (mut journal, _) = Journal::open(&mut driver, 0..3072, WhenFull::Refuse).unwrap();
    assert_eq!(journal.append(b"a report").unwrap_err().kind, ErrorKind::NotKept);
    assert!(all(&mut journal).unwrap().is_empty());
}
