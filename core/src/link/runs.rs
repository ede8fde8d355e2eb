//! What a hub has of an epoch, as runs of bits.
//!
//! ```text
//! runs     { whole | absent | part 1 bit | [turns | there 1 bit | length * turns] }*      zero bits to the end of the byte
//! whole    order 0   records that are there whole
//! absent   order 0   records behind them of which nothing is there
//! part               whether the record behind those is there in part; if not, the next group follows
//! turns    order 0   less 1: how often bytes that are there and bytes that are missing take turns in it
//! there              whether its first bytes are there
//! length   order 6   less 1: bytes up to the next turn; behind the last one comes the rest of the record
//! ```
//!
//! The records are number 0, and then those from the POLL's lowest number on. Numbers are in exponential Golomb codes; that of order k for n is n + 2^k in binary, behind as many zeros as
//! it has bits more than k + 1. Bits go from the highest of a byte to the lowest.

/// Writes runs into bytes.
pub(super) struct Writer<'a> {
    bytes: &'a mut [u8],
    bits: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(bytes: &'a mut [u8]) -> Self {
        bytes.fill(0);
        Self { bytes, bits: 0 }
    }

    /// What `write` writes, or nothing of it if it does not fit.
    pub(super) fn all(&mut self, write: impl FnOnce(&mut Self)) -> bool {
        let before = self.bits;
        write(self);
        let fits = self.bits <= self.bytes.len().saturating_mul(8);
        if !fits {
            let (at, kept) = (before / 8, !(0xff_u8 >> (before % 8)));
            self.bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte &= kept);
            self.bytes.iter_mut().skip(at).skip(1).for_each(|byte| *byte = 0);
            self.bits = before;
        }
        fits
    }

    #[inline(never)] // it is called often
    pub(super) fn number(&mut self, number: u16, order: u32) {
        let value = u32::from(number).saturating_add(1 << order);
        let length = 32_u32.saturating_sub(value.leading_zeros());
        let zeros = length.saturating_sub(order).saturating_sub(1);
        let total = zeros.saturating_add(length);
        for bit in (0..total).rev() {
            self.bit(value.checked_shr(bit).unwrap_or(0) & 1 == 1);
        }
    }

    pub(super) fn bit(&mut self, bit: bool) {
        if let Some(byte) = self.bytes.get_mut(self.bits / 8)
            && bit
        {
            *byte |= 0x80 >> (self.bits % 8);
        }
        self.bits = self.bits.saturating_add(1);
    }

    /// The bytes that were begun.
    pub(super) const fn length(&self) -> usize {
        self.bits.div_ceil(8)
    }
}

/// Reads them.
#[derive(Clone, Copy)]
struct Reader<'a> {
    bytes: &'a [u8],
    bits: usize,
}

impl Reader<'_> {
    fn bit(&mut self) -> Option<u32> {
        let byte = self.bytes.get(self.bits / 8)?;
        let bit = byte >> (7 - self.bits % 8) & 1;
        self.bits = self.bits.saturating_add(1);
        Some(bit.into())
    }

    fn number(&mut self, order: u32) -> Option<u16> {
        let mut more = order;
        while self.bit()? == 0 {
            more = more.checked_add(1).filter(|&more| more < 16)?;
        }
        let mut value = 1_u32;
        for _ in 0..more {
            value = value << 1 | self.bit()?;
        }
        u16::try_from(value.checked_sub(1 << order)?).ok()
    }
}

/// What is said of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum There {
    Whole,
    /// The first bytes from an offset on that are not there; the end is the record's where nothing is behind it.
    Missing {
        from: u16,
        to: Option<u16>,
    },
    /// The runs end before it.
    Unsaid,
}

/// What is there of the record of this index, from a byte on; `length` is the record's.
pub(super) fn look(bytes: &[u8], index: u16, offset: u16, length: u16) -> There {
    let mut reader = Reader { bytes, bits: 0 };
    search(&mut reader, index, offset, length).unwrap_or(There::Unsaid)
}

fn search(reader: &mut Reader<'_>, index: u16, offset: u16, length: u16) -> Option<There> {
    let mut at = 0_u16;
    loop {
        at = at.saturating_add(reader.number(0)?);
        if index < at {
            return Some(There::Whole);
        }
        at = at.saturating_add(reader.number(0)?);
        if index < at {
            return Some(There::Missing { from: offset, to: None });
        }
        if reader.bit()? == 0 {
            continue;
        }
        let turns = reader.number(0)?.saturating_add(1);
        let (mut is_there, mut end, mut from, mut found) = (reader.bit()? == 1, 0_u16, offset, None);
        for _ in 0..turns {
            end = end.saturating_add(reader.number(6)?).saturating_add(1);
            if is_there {
                from = from.max(end);
            } else if from < end && found.is_none() {
                found = Some(There::Missing { from, to: Some(end) });
            }
            is_there = !is_there;
        }
        if at == index {
            let rest = There::Missing { from, to: None };
            return Some(found.unwrap_or(if is_there || from >= length { There::Whole } else { rest }));
        }
        at = at.saturating_add(1);
    }
}
