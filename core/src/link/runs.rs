//! What a hub has of an epoch, as runs of bits.
//!
//! ```text
//! runs     { whole | absent | pieces | piece* }*      numbers in exponential Golomb codes; zero bits to the end of the byte
//! whole    order 1   records that are there whole
//! absent   order 1   records behind them of which nothing is there
//! pieces   order 0   pieces of the record behind those: 0 says that it is the beginning of the next group
//! piece    gap | length less 1, order 5: bytes that are missing before it, and that are there
//! ```
//!
//! The records are number 0, and then those from the POLL's lowest number on. A code of order k for n: n + 2^k in binary, behind as many zeros as
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
            if let Some(byte) = self.bytes.get_mut(self.bits / 8)
                && value.checked_shr(bit).unwrap_or(0) & 1 == 1
            {
                *byte |= 0x80 >> (self.bits % 8);
            }
            self.bits = self.bits.saturating_add(1);
        }
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
        at = at.saturating_add(reader.number(1)?);
        if index < at {
            return Some(There::Whole);
        }
        at = at.saturating_add(reader.number(1)?);
        if index < at {
            return Some(There::Missing { from: offset, to: None });
        }
        let pieces = reader.number(0)?;
        if pieces == 0 {
            continue;
        }
        let (mut from, mut end, mut found) = (offset, 0_u16, None);
        for _ in 0..pieces {
            let start = end.saturating_add(reader.number(5)?);
            end = start.saturating_add(reader.number(5)?).saturating_add(1);
            if found.is_none() && from < start {
                found = Some(There::Missing { from, to: Some(start) });
            }
            from = from.max(end);
        }
        if at == index {
            let rest = There::Missing { from, to: None };
            return Some(found.unwrap_or(if from < length { rest } else { There::Whole }));
        }
        at = at.saturating_add(1);
    }
}
