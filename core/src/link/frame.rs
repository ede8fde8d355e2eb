//! What stands in a frame, what is masked of it, and its code. The layouts are at the head of [`link`](super).

use subtle::ConstantTimeEq as _;

use super::Mac;
use crate::seal::Secret;
use crate::seal::siv::Cipher;

/// What a frame is: the low bits of its first byte.
pub(super) const RECORDS: u8 = 0;
pub(super) const POLL: u8 = 1;
pub(super) const HAVE: u8 = 2;
pub(super) const RECEIPT: u8 = 3;
pub(super) const DOWN: u8 = 4;
const KIND: u8 = 0x07;

/// The other bits.
pub(super) const ASK: u8 = 0x08;
pub(super) const OFFSET: u8 = 0x10;
pub(super) const LONG: u8 = 0x20;
pub(super) const NEWS: u8 = 0x40;
/// In RECORDS and POLL.
pub(super) const FILLS: u8 = 0x40;
pub(super) const MORE: u8 = 0x80;

/// The first bytes, which a mask hides: the longest head of all frames.
const MASKED: usize = 6;

/// Keys of the frames between one device and the hubs that HQ gave its hop key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    mac: Secret<16>,
    mask: Secret<16>,
    /// Tells the device's long heads from most others'.
    pub(super) hint: u8,
}

impl Key {
    /// Of the hop key that enrolment made, [`Device::hop_key`](crate::seal::Device::hop_key).
    #[must_use]
    pub fn new(hop: &Secret<16>) -> Self {
        let cipher = Cipher::new(hop);
        let [mac, mask, hint] = [&b"link mac 1"[..], b"link mask 1", b"link hint 1"].map(|label| cipher.cmac(&[label]));
        Self { mac: Secret::new(mac), mask: Secret::new(mask), hint: hint[0] }
    }

    /// The two bytes by which a device tells whether a hub has its bodies: to be summed, without carry, over whole records. Never 0, for then
    /// one body more would change nothing.
    pub(super) fn body(&self, record: &[u8]) -> u16 {
        let [low, high, ..] = Cipher::new(&self.mac).cmac(&[b"body", record]);
        u16::from_le_bytes([low, high]).max(1)
    }

    fn code(&self, context: Context, masked: &[u8], rest: &[u8]) -> [u8; 16] {
        let Context { way, nonce, epoch } = context;
        let ([n, o], [low, middle, high, _]) = (nonce.to_le_bytes(), epoch.to_le_bytes());
        Cipher::new(&self.mac).cmac(&[&[way as u8, n, o, low, middle, high], masked, rest])
    }

    /// What hides the first bytes: it depends on the last ones, which look like chance.
    fn mask(&self, code: &[u8]) -> [u8; 16] {
        Cipher::new(&self.mask).cmac(&[code])
    }
}

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) enum Way {
    /// From a device to a hub, or from a hub that has records to one that may lack them.
    Up = 1,
    /// The answer.
    Down = 2,
}

/// What a code covers beside the frame, and both sides know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub(super) way: Way,
    /// Of the last POLL; 0 in frames that any session may hear.
    pub(super) nonce: u16,
    pub(super) epoch: u32,
}

/// The head of a frame once the mask is off.
pub(super) type Head = [u8; MASKED];

/// Puts the code behind `length` bytes of the frame and masks its first ones; gives the whole length. The frame has room for it.
pub(super) fn close(key: &Key, mac: Mac, context: Context, frame: &mut [u8], length: usize) -> usize {
    let Some((body, rest)) = frame.split_at_mut_checked(length) else { return 0 };
    let code = key.code(context, body, &[]);
    let Some(to) = rest.get_mut(..mac.length()) else { return 0 };
    to.iter_mut().zip(code).for_each(|(to, from)| *to = from);
    if mac != Mac::None {
        let mask = key.mask(to);
        body.iter_mut().take(MASKED).zip(mask).for_each(|(to, mask)| *to ^= mask);
    }
    length.saturating_add(mac.length())
}

/// The first bytes of a frame as they are if the frame is of this key; zeros behind its end. None if it is too short.
pub(super) fn head(key: &Key, mac: Mac, frame: &[u8]) -> Option<Head> {
    let (body, code) = frame.split_at_checked(frame.len().checked_sub(mac.length())?)?;
    let mut head = [0; MASKED];
    head.iter_mut().zip(body).for_each(|(to, from)| *to = *from);
    if mac != Mac::None {
        head.iter_mut().zip(key.mask(code)).take(body.len()).for_each(|(to, mask)| *to ^= mask);
    }
    Some(head)
}

/// Whether the frame's code fits.
pub(super) fn is_good(key: &Key, mac: Mac, context: Context, head: Head, frame: &[u8]) -> bool {
    let body = frame.len().saturating_sub(mac.length());
    let masked = head.get(..body.min(MASKED)).unwrap_or_default();
    let rest = frame.get(masked.len()..body).unwrap_or_default();
    let code = key.code(context, masked, rest);
    let (Some(fits), Some(found)) = (code.get(..mac.length()), frame.get(body..)) else { return false };
    fits.ct_eq(found).into()
}

/// Takes the mask off a frame whose code is good; gives what is before the code.
pub(super) fn unmask(head: Head, mac: Mac, frame: &mut [u8]) -> &[u8] {
    let body = frame.len().saturating_sub(mac.length());
    let body = frame.get_mut(..body).unwrap_or_default();
    body.iter_mut().zip(head).for_each(|(to, from)| *to = from);
    body
}

/// What is in the low bits of a first byte.
pub(super) const fn kind(first: u8) -> u8 {
    first & KIND
}

/// Takes fields from the front of a frame.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// Two bytes, little-endian.
    pub(super) fn pair(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    /// A number below 16,384 in one byte or two, as short as it can be.
    pub(super) fn varint(&mut self) -> Option<u16> {
        let low = self.byte()?;
        if low < 0x80 {
            return Some(low.into());
        }
        let high = self.byte().filter(|high| (1..0x80).contains(high))?;
        Some(u16::from(high) << 7 | u16::from(low & 0x7f))
    }

    /// So many bytes, or what there is.
    pub(super) fn most(&mut self, length: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at_checked(length).unwrap_or((self.0, &[]));
        self.0 = rest;
        bytes
    }
}

/// Puts fields into a frame, up to what fits before the code.
pub(super) struct Body<'a> {
    bytes: &'a mut [u8],
    length: usize,
}

impl<'a> Body<'a> {
    /// A frame of at most so many bytes with its code.
    pub(super) fn new(frame: &'a mut [u8], mtu: u16, mac: Mac) -> Self {
        let most = frame.len().min(mtu.into()).saturating_sub(mac.length());
        Self { bytes: frame.get_mut(..most).unwrap_or_default(), length: 0 }
    }

    pub(super) fn room(&self) -> usize {
        self.bytes.len().saturating_sub(self.length)
    }

    pub(super) const fn len(&self) -> usize {
        self.length
    }

    #[inline(never)] // it is called often
    pub(super) fn put(&mut self, bytes: &[u8]) {
        let to = self.bytes.get_mut(self.length..).unwrap_or_default();
        to.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        self.length = self.length.saturating_add(bytes.len()).min(self.bytes.len());
    }

    pub(super) fn epoch(&mut self, epoch: u32) {
        let [low, middle, high, _] = epoch.to_le_bytes();
        self.put(&[low, middle, high]);
    }

    pub(super) fn varint(&mut self, number: u16) {
        let [low, ..] = number.to_le_bytes();
        let [high, ..] = (number >> 7).to_le_bytes();
        if number < 0x80 { self.put(&[low]) } else { self.put(&[low | 0x80, high & 0x7f]) }
    }

    /// Sets bits of the first byte.
    pub(super) fn flag(&mut self, bits: u8) {
        if let Some(first) = self.bytes.first_mut() {
            *first |= bits;
        }
    }
}

/// Bytes that [`Body::varint`] takes.
pub(super) const fn varint_length(number: u16) -> usize {
    if number < 0x80 { 1 } else { 2 }
}
