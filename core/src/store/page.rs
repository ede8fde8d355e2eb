//! What stands where in a page. A word is what the flash writes or reads at once, 4 bytes at least. Numbers are little-endian.
//!
//! ```text
//! page                                                slot, at the end of the page, the first one last
//! 0           head, 24 bytes                          0   sequence   4   of the record
//! then        full: a word, written when the          4   start      2   of the part's bytes, in words from the page's start
//!             next page may be erased                 6   length     2   of the part
//! then        bytes of the records, upwards           8   after      2   bytes of the record in later parts; top bit: a first part
//!             ...                                     10  check      4   CRC-32 of the part and of all before it
//! to the end  slots, downwards                        14  check      2   of the slot: low half of a CRC-32
//!                                                     16  marks          4 words
//! head
//! 0  "irj" and the version: 1
//! 4  number     4   one more for each page that is begun; the page stands at number modulo pages
//! 8  first      4   sequence that the next record had when the page was begun
//! 12 erases     4   how often this page was erased
//! 16 pages      2
//! 18 word       1   as a power of two
//! 19 page       1   the power of two in its length
//! 20 check      4   CRC-32 of the 20 bytes
//! ```
//!
//! No word is written twice between two erases of its page. A slot is written before its bytes, so what is free is known from slots alone,
//! and nothing inside a record is taken for a slot as long as the record's own can be read.

use crc::{CRC_32_ISO_HDLC, Crc, Table};

use super::{Layout, Mark};

/// Without a table: 1 KiB less flash, and a record is short.
pub(crate) static CRC: Crc<u32, Table<0>> = Crc::<u32, Table<0>>::new(&CRC_32_ISO_HDLC);

pub(super) const HEAD: u32 = 24;
const MAGIC: [u8; 3] = *b"irj";
pub(super) const VERSION: u8 = 1;
pub(super) const SLOT: u32 = 16;
pub(super) const MARKS: u32 = 4;

/// A mark that is cut short, or a flipped bit, shows itself where a word has many bits. Flash that writes 1 or 2 bytes at once writes
/// a word of the journal's in pieces.
const LEAST_WORD: u32 = 4;

const FIRST: u16 = 0x8000;

/// Numbers of pages and of records stay below this, more than any flash endures: what says more was not written here.
pub(super) const MOST_NUMBER: u32 = 1 << 31;

/// What fills the word `full`. Like the codes of marks, at least 4 bits from erased and from each other; and no part of the bits that
/// one clears makes another, so that a word that was cut short says nothing.
pub(super) const FULL: u8 = 0x5a;

/// The code of a mark.
pub(super) const fn code(mark: Mark) -> u8 {
    match mark {
        Mark::Saved => 0xff,
        Mark::Sent => 0x0f,
        Mark::AtHub => 0x33,
        Mark::AtHq => 0x55,
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Geometry {
    /// A power of two from 4 to 32.
    pub(crate) word: u32,
    /// Bytes in a page.
    pub(crate) page: u32,
    /// How many, at least 2.
    pub(crate) pages: u32,
}

impl Geometry {
    pub(super) fn new(layout: Layout, length: u32) -> Option<Self> {
        let (word, page) = (layout.word.max(LEAST_WORD), layout.page);
        let geometry = Self { word, page, pages: length.checked_div(page)? };
        let fits = layout.word.is_power_of_two()
            && word <= 32
            && page.checked_rem(word) == Some(0)
            && page.checked_div(word)? <= 0xffff
            && (2..=0xffff).contains(&geometry.pages)
            && geometry.capacity() > geometry.slot_length();
        fits.then_some(geometry)
    }

    /// The length, up to the end of its last word.
    pub(crate) const fn align(self, length: u32) -> u32 {
        let most = self.word.saturating_sub(1);
        length.saturating_add(most) & !most
    }

    /// Where the word `full` is.
    pub(super) const fn full(self) -> u32 {
        self.align(HEAD)
    }

    /// Where the bytes of the records begin.
    pub(super) const fn data(self) -> u32 {
        self.full().saturating_add(self.word)
    }

    pub(super) const fn slot_length(self) -> u32 {
        self.align(SLOT).saturating_add(self.word.saturating_mul(MARKS))
    }

    /// Where a slot is, if the page has so many.
    pub(super) fn slot(self, index: u32) -> Option<u32> {
        let offset = self.page.checked_sub(index.checked_add(1)?.checked_mul(self.slot_length())?)?;
        (offset >= self.data()).then_some(offset)
    }

    /// The bytes of a record that a page of its own holds.
    pub(super) const fn capacity(self) -> u32 {
        self.page.saturating_sub(self.data()).saturating_sub(self.slot_length())
    }

    fn bytes(self) -> [u8; 4] {
        let [low, high, ..] = self.pages.to_le_bytes();
        let power = |number: u32| u8::try_from(number.trailing_zeros()).unwrap_or(0);
        [low, high, power(self.word), power(self.page)]
    }
}

/// A CRC-32 of bytes in several pieces.
pub(super) struct Check(crc::Digest<'static, u32, Table<0>>);

impl Check {
    pub(super) fn new(number: u32) -> Self {
        let mut check = Self(CRC.digest());
        check.add(&number.to_le_bytes());
        check
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(super) fn end(self) -> u32 {
        self.0.finalize()
    }
}

/// What stands where a page's head should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    Blank,
    Damaged,
    OtherVersion(u8),
    OtherGeometry,
    Known { number: u32, first: u32, erases: u32 },
}

impl Head {
    pub(super) fn bytes(geometry: Geometry, number: u32, first: u32, erases: u32) -> [u8; 24] {
        let ([m0, m1, m2], [n0, n1, n2, n3]) = (MAGIC, number.to_le_bytes());
        let ([f0, f1, f2, f3], [e0, e1, e2, e3]) = (first.to_le_bytes(), erases.to_le_bytes());
        let [g0, g1, g2, g3] = geometry.bytes();
        let body = [m0, m1, m2, VERSION, n0, n1, n2, n3, f0, f1, f2, f3, e0, e1, e2, e3, g0, g1, g2, g3];
        let mut bytes = [0; 24];
        bytes.iter_mut().zip(body.into_iter().chain(CRC.checksum(&body).to_le_bytes())).for_each(|(to, from)| *to = from);
        bytes
    }

    /// A head with one flipped bit is read as what it was.
    pub(super) fn parse(bytes: &[u8; 24], geometry: Geometry) -> Self {
        if bytes.iter().all(|&byte| byte == 0xff) {
            return Self::Blank;
        }
        let mut head = Self::parse_once(bytes, geometry);
        for bit in 0..8 * HEAD {
            if head != Self::Damaged {
                break;
            }
            let mut bytes = *bytes;
            bytes.iter_mut().skip((bit / 8) as usize).take(1).for_each(|byte| *byte ^= 1 << (bit % 8));
            head = Self::parse_once(&bytes, geometry);
        }
        head
    }

    fn parse_once(bytes: &[u8; 24], geometry: Geometry) -> Self {
        let &[m0, m1, m2, version, n0, n1, n2, n3, f0, f1, f2, f3, e0, e1, e2, e3, g0, g1, g2, g3, c0, c1, c2, c3] = bytes;
        let (body, _) = bytes.split_at(20);
        if [m0, m1, m2] != MAGIC || CRC.checksum(body) != u32::from_le_bytes([c0, c1, c2, c3]) {
            return Self::Damaged;
        }
        if version != VERSION {
            return Self::OtherVersion(version);
        }
        if [g0, g1, g2, g3] != geometry.bytes() {
            return Self::OtherGeometry;
        }
        let number = u32::from_le_bytes([n0, n1, n2, n3]);
        let [first, erases] = [[f0, f1, f2, f3], [e0, e1, e2, e3]].map(u32::from_le_bytes);
        if number < MOST_NUMBER && first < MOST_NUMBER { Self::Known { number, first, erases } } else { Self::Damaged }
    }
}

/// A part of a record, as its slot says it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) sequence: u32,
    /// Where its bytes are in the page.
    pub(super) start: u32,
    pub(super) length: u16,
    /// Bytes of the record in later parts.
    pub(super) after: u16,
    pub(super) first: bool,
    pub(super) check: u32,
}

impl Slot {
    /// What the check of the part begins with: the check of the part before, 0 for none, the page, and what the slot says.
    pub(super) fn begin(&self, number: u32, before: u32) -> Check {
        let mut check = Check::new(number);
        check.add(&before.to_le_bytes());
        check.add(&self.sequence.to_le_bytes());
        check.add(&self.start.to_le_bytes());
        check.add(&self.length.to_le_bytes());
        check.add(&self.after.to_le_bytes());
        check
    }

    fn end(bytes: &[u8], number: u32, index: u32) -> [u8; 2] {
        let mut check = Check::new(number);
        check.add(&index.to_le_bytes());
        check.add(bytes);
        let [low, high, ..] = check.end().to_le_bytes();
        [low, high]
    }

    pub(super) fn bytes(&self, geometry: Geometry, number: u32, index: u32) -> [u8; 16] {
        let start = u16::try_from(self.start.checked_div(geometry.word).unwrap_or(0)).unwrap_or(0);
        let after = self.after | if self.first { FIRST } else { 0 };
        let ([s0, s1, s2, s3], [b0, b1], [l0, l1]) = (self.sequence.to_le_bytes(), start.to_le_bytes(), self.length.to_le_bytes());
        let ([a0, a1], [c0, c1, c2, c3]) = (after.to_le_bytes(), self.check.to_le_bytes());
        let body = [s0, s1, s2, s3, b0, b1, l0, l1, a0, a1, c0, c1, c2, c3];
        let [e0, e1] = Self::end(&body, number, index);
        [s0, s1, s2, s3, b0, b1, l0, l1, a0, a1, c0, c1, c2, c3, e0, e1]
    }

    /// None for what is erased, damaged, or of another page.
    pub(super) fn parse(bytes: &[u8; 16], geometry: Geometry, number: u32, index: u32) -> Option<Self> {
        let &[s0, s1, s2, s3, b0, b1, l0, l1, a0, a1, c0, c1, c2, c3, e0, e1] = bytes;
        let (body, _) = bytes.split_at(14);
        let blank = bytes.iter().all(|&byte| byte == 0xff);
        if blank || Self::end(body, number, index) != [e0, e1] {
            return None;
        }
        let (length, after) = (u16::from_le_bytes([l0, l1]), u16::from_le_bytes([a0, a1]));
        let slot = Self {
            sequence: u32::from_le_bytes([s0, s1, s2, s3]),
            start: u32::from(u16::from_le_bytes([b0, b1])).saturating_mul(geometry.word),
            length,
            after: after & !FIRST,
            first: after & FIRST != 0,
            check: u32::from_le_bytes([c0, c1, c2, c3]),
        };
        let inside = slot.sequence < MOST_NUMBER && slot.start >= geometry.data() && slot.stop(geometry) <= geometry.slot(index)?;
        inside.then_some(slot)
    }

    /// Bytes of the record in this part and later ones.
    pub(super) fn bytes_left(&self) -> u32 {
        u32::from(self.length).saturating_add(u32::from(self.after))
    }

    /// Where the next part may begin.
    pub(super) fn stop(&self, geometry: Geometry) -> u32 {
        self.start.saturating_add(geometry.align(u32::from(self.length)))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;

    /// So that no flipped bits, and no word that was cut short, make a code of another.
    #[test]
    fn codes_are_far_apart_and_none_is_on_the_way_to_another() {
        let codes = [code(Mark::Saved), code(Mark::Sent), code(Mark::AtHub), code(Mark::AtHq), FULL];
        for (at, one) in codes.into_iter().enumerate() {
            for other in codes.into_iter().skip(at + 1) {
                assert!((one ^ other).count_ones() >= 4, "{one:02x} and {other:02x}");
                // All that is cleared in one is cleared in the other too: only what is erased.
                assert!(one == 0xff || (one | other != one && one | other != other), "{one:02x} and {other:02x}");
            }
        }
    }

    /// Whoever can write to the flash can make a slot's check; it leads nowhere outside its page all the same.
    #[test]
    fn a_slot_that_leads_out_of_its_page_is_none() {
        let geometry = Geometry::new(Layout { word: 8, page: 1024 }, 4096).unwrap();
        let good = Slot { sequence: 7, start: 40, length: 16, after: 9, first: true, check: 3 };
        let bounds =
            [(32, 16, true), (24, 16, false), (0, 16, false), (40, 936, true), (40, 937, false), (0xffff * 8, 0xffff, false)];
        for (start, length, is_one) in bounds {
            let slot = Slot { start, length, ..good };
            let read = Slot::parse(&slot.bytes(geometry, 5, 0), geometry, 5, 0);
            assert_eq!(read.is_some(), is_one, "{slot:?}");
        }
        let bytes = good.bytes(geometry, 5, 0);
        assert!(Slot::parse(&bytes, geometry, 5, 1).is_none() && Slot::parse(&bytes, geometry, 6, 0).is_none());
        for bit in 0..128 {
            let mut bytes = bytes;
            *bytes.get_mut(bit / 8).unwrap() ^= 1 << (bit % 8);
            assert!(Slot::parse(&bytes, geometry, 5, 0).is_none(), "bit {bit}");
        }
    }
    /// 16 bits of a slot's check let one of 65,536 damaged ones pass: the 32 of the part cover what it says once more.
    #[test]
    fn the_check_of_a_part_covers_its_slot_its_page_and_the_parts_before() {
        let slot = Slot { sequence: 7, start: 40, length: 16, after: 9, first: true, check: 0 };
        let others = [
            slot.begin(5, 0),
            slot.begin(6, 0),
            slot.begin(5, 1),
            Slot { sequence: 8, ..slot }.begin(5, 0),
            Slot { start: 48, ..slot }.begin(5, 0),
            Slot { length: 17, ..slot }.begin(5, 0),
            Slot { after: 10, ..slot }.begin(5, 0),
        ];
        let mut checks: Vec<u32> = others.into_iter().map(Check::end).collect();
        checks.sort_unstable();
        checks.dedup();
        assert_eq!(checks.len(), 7);
    }
}
