//! Bits written or read by the same walk, so that both sides of the schema are one text.

use anyhow::{Context as _, Result, bail, ensure};

/// A number of the schema.
pub(super) trait Number: Copy + TryFrom<i64> + TryInto<i64> {}

impl<N: Copy + TryFrom<i64> + TryInto<i64>> Number for N {}

/// Where bits go to or come from.
pub(super) struct Bits<'b> {
    /// What is read; none while writing.
    from: Option<&'b [u8]>,
    to: Vec<u8>,
    /// Bits so far.
    at: usize,
}

impl<'b> Bits<'b> {
    pub(super) fn write() -> Self {
        Self { from: None, to: Vec::new(), at: 0 }
    }

    pub(super) fn read(bytes: &'b [u8]) -> Self {
        Self { from: Some(bytes), to: Vec::new(), at: 0 }
    }

    pub(super) fn reads(&self) -> bool {
        self.from.is_some()
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.to
    }

    /// Nothing is left but the padding of the last byte.
    pub(super) fn end(&self) -> Result<()> {
        ensure!(self.from.is_none_or(|bytes| bytes.len() == self.at.div_ceil(8)), "bytes are left over");
        Ok(())
    }

    fn bits(&mut self, value: u64, many: u32) -> Result<u64> {
        let mut read = 0;
        for place in (0..many).rev() {
            let (byte, bit) = (self.at / 8, 7 - self.at % 8);
            match self.from {
                Some(bytes) => read = read << 1 | u64::from(bytes.get(byte).context("the bytes end early")? >> bit & 1),
                None => {
                    if bit == 7 {
                        self.to.push(0);
                    }
                    self.to[byte] |= ((value >> place & 1) as u8) << bit;
                }
            }
            self.at += 1;
        }
        Ok(if self.reads() { read } else { value })
    }

    pub(super) fn flag(&mut self, flag: &mut bool) -> Result<()> {
        *flag = self.bits(u64::from(*flag), 1)? == 1;
        Ok(())
    }

    /// INTEGER (low..high).
    pub(super) fn whole<N: Number>(&mut self, number: &mut N, low: i64, high: i64) -> Result<()> {
        let value = as_wide(*number)?;
        ensure!(self.reads() || (low..=high).contains(&value), "{value} is not from {low} to {high}");
        let range = (high - low) as u64;
        let many = u64::BITS - range.leading_zeros();
        let read = self.bits(if self.reads() { 0 } else { (value - low) as u64 }, many)?;
        *number = as_narrow(low + read as i64)?;
        Ok(())
    }

    /// INTEGER (low..high, ...).
    pub(super) fn open<N: Number>(&mut self, number: &mut N, low: i64, high: i64) -> Result<()> {
        let mut beyond = !(low..=high).contains(&as_wide(*number)?);
        self.flag(&mut beyond)?;
        if beyond { self.unconstrained(number) } else { self.whole(number, low, high) }
    }

    /// INTEGER (low..high, ...) OPTIONAL, whose presence is known.
    pub(super) fn optional<N: Number>(&mut self, there: bool, number: &mut N, low: i64, high: i64) -> Result<()> {
        if there { self.open(number, low, high) } else { Ok(()) }
    }

    /// ENUMERATED { ..., ... } with so many values in its root.
    pub(super) fn code(&mut self, code: &mut u8, many: i64) -> Result<()> {
        let mut beyond = i64::from(*code) >= many;
        self.flag(&mut beyond)?;
        ensure!(!beyond, "a code that the schema does not have");
        self.whole(code, 0, many - 1)
    }

    /// A length, then as many octets of two's complement as are needed.
    fn unconstrained<N: Number>(&mut self, number: &mut N) -> Result<()> {
        let value = as_wide(*number)?;
        let used = i64::BITS + 1 - if value < 0 { value.leading_ones() } else { value.leading_zeros() };
        let octets = self.bits(u64::from(used.div_ceil(8)), 8)? as u32;
        ensure!((1..=8).contains(&octets), "a number of {octets} octets");
        let bits = octets * 8;
        let read = self.bits(if bits == 64 { value as u64 } else { value as u64 & ((1 << bits) - 1) }, bits)?;
        let unused = 64 - bits;
        *number = as_narrow((read << unused) as i64 >> unused)?;
        Ok(())
    }

    /// UTF8String.
    pub(super) fn text(&mut self, text: &mut String) -> Result<()> {
        let mut long = text.len() > 127;
        self.flag(&mut long)?;
        if long {
            let mut longer = text.len() > 16383;
            self.flag(&mut longer)?;
            if longer {
                bail!("texts of 16 KiB and more would have to be in fragments");
            }
        }
        let length = self.bits(text.len() as u64, if long { 14 } else { 7 })?;
        let mut octets = std::mem::take(text).into_bytes();
        octets.resize(length as usize, 0);
        for octet in &mut octets {
            *octet = self.bits(u64::from(*octet), 8)? as u8;
        }
        *text = String::from_utf8(octets)?;
        Ok(())
    }
}

fn as_wide<N: Number>(number: N) -> Result<i64> {
    number.try_into().ok().context("a number of more than 64 bits")
}

fn as_narrow<N: Number>(value: i64) -> Result<N> {
    N::try_from(value).ok().with_context(|| format!("{value} does not fit its field"))
}
