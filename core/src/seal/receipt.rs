//! What HQ says it has, to the device alone.
//!
//! ```text
//! 0   15
//! 1   author  4
//! 5   epoch   3
//! 8   psk     2    low bytes of the number of the pre-shared key that HQ expects next
//! 10  first   1    the first number that this speaks of
//! 11  run     1    HQ has this many numbers from there on
//! 12  more         bits for the numbers behind the run, lowest bit first: HQ has those whose bit is 1; at most 32 bytes
//! ..  bodies  4    of what HQ has: the XOR of CMAC("body", number, tag) of each
//! ..  mac     8    CMAC("receipt", all before)
//! ```
//!
//! Both under the receipt key, cut to their first bytes. The bodies tell a device whose state was copied that HQ has a report of the same
//! number from the other copy, and not this one.

use subtle::ConstantTimeEq as _;

use super::bytes::{Reader, Writer};
use super::siv::Cipher;
use super::{Error, ErrorKind, Record, Secret, TAG};

const RECEIPT: u8 = 0x15;
const HEAD: usize = 12;
const BODIES: usize = 4;

/// The most bytes of a receipt.
pub const MAX_RECEIPT: usize = HEAD + 32 + BODIES + TAG;

/// Numbers of an epoch: a bit for each, number 0 the lowest of the first byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Numbers(pub [u8; 32]);

impl Numbers {
    /// Whether the number is among them.
    #[must_use]
    pub fn has(&self, number: u8) -> bool {
        self.0.get(usize::from(number / 8)).is_some_and(|byte| byte >> (number % 8) & 1 == 1)
    }

    /// One more than the last of them; 0 if there are none.
    pub(super) fn end(&self) -> u32 {
        let last = (0..=u8::MAX).rev().find(|&number| self.has(number));
        last.map_or(0, |last| u32::from(last).saturating_add(1))
    }

    /// # Errors
    /// [`LeftOver`](ErrorKind::LeftOver) for a number that no epoch has.
    #[inline(never)]
    fn add_wide(&mut self, number: u16) -> Result<(), Error> {
        self.add(u8::try_from(number).map_err(|_| Error::new(ErrorKind::LeftOver, HEAD))?);
        Ok(())
    }

    /// Adds a number; false if it was there.
    pub fn add(&mut self, number: u8) -> bool {
        let bit = 1 << (number % 8);
        match self.0.get_mut(usize::from(number / 8)) {
            Some(byte) if *byte & bit == 0 => {
                *byte |= bit;
                true
            }
            _ => false,
        }
    }
}

/// The sum over bodies.
pub(super) struct Bodies(Cipher, [u8; BODIES]);

impl Bodies {
    pub(super) fn new(key: &Secret<16>) -> Self {
        Self(Cipher::new(key), [0; BODIES])
    }

    pub(super) fn add(&mut self, number: u8, tag: [u8; TAG]) {
        let mac = self.0.cmac(&[b"body", &[number], &tag]);
        self.1.iter_mut().zip(mac).for_each(|(to, from)| *to ^= from);
    }

    pub(super) fn are(&self, bodies: [u8; BODIES]) -> bool {
        self.1 == bodies
    }
}

/// A receipt whose code is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Receipt {
    pub(super) epoch: u32,
    pub(super) psk: u16,
    pub(super) numbers: Numbers,
    pub(super) bodies: [u8; BODIES],
}

impl Receipt {
    /// # Errors
    /// [`Forged`](ErrorKind::Forged), [`OtherAuthor`](ErrorKind::OtherAuthor), [`OtherKind`](ErrorKind::OtherKind),
    /// [`EndsEarly`](ErrorKind::EndsEarly), [`LeftOver`](ErrorKind::LeftOver).
    #[inline] // firmware calls it once
    pub(super) fn parse(bytes: &[u8], key: &Secret<16>, author: u32) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        reader.kind(RECEIPT)?;
        if reader.number()? != author {
            return Err(Error::new(ErrorKind::OtherAuthor, 1));
        }
        let &[low, middle, high] = reader.take()?;
        let psk = u16::from_le_bytes(*reader.take()?);
        let (first, run) = (reader.byte()?, reader.byte()?);
        let early = Error::new(ErrorKind::EndsEarly, bytes.len());
        let (body, mac) = bytes.split_last_chunk::<TAG>().ok_or(early)?;
        let good: bool = code(key, body).ct_eq(mac).into();
        if !good {
            return Err(Error::new(ErrorKind::Forged, 0));
        }
        let (more, bodies) = body.get(HEAD..).and_then(<[u8]>::split_last_chunk).ok_or(early)?;
        let mut numbers = Numbers::default();
        let (mut number, end) = (u16::from(first), u16::from(first).saturating_add(run.into()));
        while number < end {
            numbers.add_wide(number)?;
            number = number.saturating_add(1);
        }
        for byte in more {
            for at in 0..8 {
                if byte >> at & 1 == 1 {
                    numbers.add_wide(number)?;
                }
                number = number.saturating_add(1);
            }
        }
        Ok(Self { epoch: u32::from_le_bytes([low, middle, high, 0]), psk, numbers, bodies: *bodies })
    }
}

fn code(key: &Secret<16>, body: &[u8]) -> [u8; TAG] {
    let [a, b, c, d, e, f, g, h, ..] = Cipher::new(key).cmac(&[b"receipt", body]);
    [a, b, c, d, e, f, g, h]
}

/// Whose receipt it is.
pub(super) struct Whose<'k> {
    pub(super) key: &'k Secret<16>,
    pub(super) author: u32,
    pub(super) psk: u16,
}

/// Writes a receipt for these records, all of one epoch and none of two bodies.
pub(super) fn write<'b, 'r>(
    whose: &Whose<'_>,
    records: impl Iterator<Item = Record<'r>>,
    buffer: &'b mut [u8],
) -> Result<&'b [u8], Error> {
    let (mut numbers, mut bodies, mut epoch) = (Numbers::default(), Bodies::new(whose.key), None);
    for record in records {
        if *epoch.get_or_insert(record.epoch) != record.epoch {
            return Err(Error::new(ErrorKind::OtherEpoch, 0));
        }
        if numbers.add(record.seq) {
            bodies.add(record.seq, record.tag);
        }
    }
    let mut has = (0..=u8::MAX).filter(|&number| numbers.has(number));
    let first = has.next().unwrap_or(0);
    let last = has.next_back().unwrap_or(first);
    let run = (first..=last).take_while(|&number| numbers.has(number)).count().min(255);
    let behind = usize::from(first).saturating_add(run);
    let more = usize::try_from(numbers.end()).unwrap_or(0).saturating_sub(behind).div_ceil(8);
    let length = HEAD.saturating_add(more).saturating_add(BODIES).saturating_add(TAG);
    let receipt = buffer.get_mut(..length).ok_or(Error::new(ErrorKind::BufferTooSmall, 0))?;
    let [low, middle, high, _] = epoch.unwrap_or(0).to_le_bytes();
    let mut writer = Writer::new(receipt);
    writer.put(&[RECEIPT]);
    writer.put(&whose.author.to_le_bytes());
    writer.put(&[low, middle, high]);
    writer.put(&whose.psk.to_le_bytes());
    writer.put(&[first, u8::try_from(run).unwrap_or(u8::MAX)]);
    for byte in 0..more {
        let number = |bit: usize| u8::try_from(behind.saturating_add(byte.saturating_mul(8)).saturating_add(bit));
        let bits = (0..8).filter(|&bit| number(bit).is_ok_and(|number| numbers.has(number)));
        writer.put(&[bits.fold(0, |bits, bit| bits | 1 << bit)]);
    }
    writer.put(&bodies.1);
    let Some((body, mac)) = receipt.split_last_chunk_mut() else { return Ok(&[]) };
    *mac = code(whose.key, body);
    Ok(receipt)
}
