//! The postcard encoding, byte for byte what the postcard crate writes for the serde model; a property test says so.
//!
//! ```text
//! code, flag, case        1 byte
//! number of 8 bits        1 byte, two's complement where signed
//! wider number            varint: 7 bits a byte, low bits first, high bit set on all but the last byte
//! wider signed number     zigzag (0, -1, 1, -2 ... become 0, 1, 2, 3 ...), then varint
//! text                    varint of its length in bytes, then UTF-8
//! list                    varint of the number of items, then the items
//! hash                    32 bytes
//! ```
//!
//! The crate itself is not linked: its decoder knows neither offset nor field, takes numbers in more bytes than they
//! need, and builds a report by value on the stack.

use super::{Seen, Trace, VERSION};
use crate::error::{Error, ErrorKind};
use crate::model::bounds::{ALL_TEXT, Bound};
use crate::model::describe::Path;
use crate::model::{Stopped, Walk};

/// Most bytes of all text together.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a constant of the table, checked by a test
const MOST_TEXT: usize = ALL_TEXT.max as usize;

/// Writes into a buffer, or into nothing to check and measure.
pub(super) struct Writer<'b> {
    buffer: Option<&'b mut [u8]>,
    at: usize,
    /// Where the value that is being written starts.
    start: usize,
    text: usize,
    error: Error,
}

impl<'b> Writer<'b> {
    pub(super) fn new(buffer: Option<&'b mut [u8]>) -> Self {
        Self { buffer, at: 0, start: 0, text: 0, error: Error::NONE }
    }

    pub(super) const fn len(&self) -> usize {
        self.at
    }

    pub(super) fn written(self) -> &'b [u8] {
        let at = self.at;
        self.buffer.and_then(|buffer| buffer.get(..at)).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) -> Result<(), Stopped> {
        if let Some(buffer) = &mut self.buffer {
            match buffer.get_mut(self.at) {
                Some(free) => *free = byte,
                None => return Err(self.fail(ErrorKind::BufferFull)),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Stopped> {
        let end = self.at + bytes.len();
        if let Some(buffer) = &mut self.buffer {
            match buffer.get_mut(self.at..end) {
                Some(free) => free.copy_from_slice(bytes),
                None => return Err(self.fail(ErrorKind::BufferFull)),
            }
        }
        self.at = end;
        Ok(())
    }

    pub(super) fn byte(&mut self, byte: u8) -> Result<u8, Stopped> {
        self.start = self.at;
        self.push(byte)?;
        Ok(byte)
    }

    fn varint(&mut self, mut value: u64) -> Result<(), Stopped> {
        self.start = self.at;
        loop {
            let [low, ..] = value.to_le_bytes();
            value >>= 7;
            let more = if value == 0 { 0 } else { 0x80 };
            self.push(low & 0x7f | more)?;
            if value == 0 {
                return Ok(());
            }
        }
    }
}

impl<'a> Walk<'a> for Writer<'_> {
    fn error(&mut self) -> &mut Error {
        &mut self.error
    }

    fn offset(&self) -> usize {
        self.start
    }

    fn blank(&mut self) -> Result<bool, Stopped> {
        self.byte(0).map(|_| true)
    }

    fn code(&mut self, code: u8) -> Result<u8, Stopped> {
        self.byte(code)
    }

    fn flag(&mut self, flag: bool) -> Result<bool, Stopped> {
        self.byte(flag.into())?;
        Ok(flag)
    }

    fn case(&mut self, case: u8, _: u8) -> Result<u8, Stopped> {
        self.byte(case)
    }

    fn length(&mut self, items: usize, _: usize) -> Result<usize, Stopped> {
        self.varint(items as u64)?;
        Ok(items)
    }

    fn unsigned(&mut self, value: u32, bits: u8) -> Result<u32, Stopped> {
        let [low, ..] = value.to_le_bytes();
        if bits == 8 { self.byte(low).map(|_| ()) } else { self.varint(value.into()) }?;
        Ok(value)
    }

    fn signed(&mut self, value: i64, bits: u8) -> Result<i64, Stopped> {
        let [low, ..] = value.to_le_bytes();
        if bits == 8 { self.byte(low).map(|_| ()) } else { self.varint(((value << 1) ^ (value >> 63)).cast_unsigned()) }?;
        Ok(value)
    }

    fn text(&mut self, text: Option<&'a str>, _: &'static Bound) -> Result<&'a str, Stopped> {
        let text = text.unwrap_or_default();
        let start = self.at;
        self.varint(text.len() as u64)?;
        self.start = start;
        self.text += text.len();
        if self.text > MOST_TEXT {
            return Err(self.fail(all_text(self.text)));
        }
        self.bytes(text.as_bytes())?;
        Ok(text)
    }

    fn digest(&mut self, digest: &[u8; 32]) -> Result<[u8; 32], Stopped> {
        self.start = self.at;
        self.bytes(digest)?;
        Ok(*digest)
    }
}

fn all_text(value: usize) -> ErrorKind {
    ErrorKind::Limit { bound: &ALL_TEXT, value: i64::try_from(value).unwrap_or(i64::MAX) }
}

/// Reads from the bytes of one report.
pub(super) struct Reader<'a, 't, T> {
    bytes: &'a [u8],
    at: usize,
    /// Where the value that is being read starts.
    start: usize,
    text: usize,
    error: Error,
    /// The way to it, for the trace alone.
    path: Path,
    trace: &'t mut T,
}

impl<'a, 't, T: Trace> Reader<'a, 't, T> {
    pub(super) fn new(bytes: &'a [u8], trace: &'t mut T) -> Self {
        Self { bytes, at: 0, start: 0, text: 0, error: Error::NONE, path: Path::ROOT, trace }
    }

    pub(super) fn header(&mut self) -> Result<(), Stopped> {
        if self.bytes.is_empty() {
            return Err(self.fail(ErrorKind::Empty));
        }
        let header = self.byte()?;
        self.seen(Seen::Header(header));
        match (header >> 4, header & 0xf) {
            (VERSION, 1) => Ok(()),
            (VERSION, encoding) => Err(self.fail(ErrorKind::UnknownEncoding(encoding))),
            (version, _) => Err(self.fail(ErrorKind::UnknownVersion(version))),
        }
    }

    /// Leftover bytes are an error.
    pub(super) fn end(&mut self) -> Result<(), Stopped> {
        self.start = self.at;
        match self.bytes.len() - self.at {
            0 => Ok(()),
            left => Err(self.fail(ErrorKind::LeftOver(left))),
        }
    }

    fn seen(&mut self, seen: Seen<'_>) {
        self.trace.seen(&self.path, self.start..self.at, seen);
    }

    fn chunk(&mut self, many: usize) -> Result<&'a [u8], Stopped> {
        let chunk = self.bytes.get(self.at..).and_then(|rest| rest.get(..many));
        let chunk = chunk.ok_or_else(|| self.fail(ErrorKind::EndsEarly))?;
        self.at += many;
        Ok(chunk)
    }

    fn byte(&mut self) -> Result<u8, Stopped> {
        self.start = self.at;
        let byte = self.bytes.get(self.at).copied().ok_or_else(|| self.fail(ErrorKind::EndsEarly))?;
        self.at += 1;
        Ok(byte)
    }

    /// A byte of which 0 to `most` mean something.
    fn tag(&mut self, most: u8) -> Result<u8, Stopped> {
        let tag = self.byte()?;
        if tag <= most { Ok(tag) } else { Err(self.fail(ErrorKind::UnknownTag { found: tag.into(), most })) }
    }

    fn varint(&mut self, bits: u8) -> Result<u64, Stopped> {
        self.start = self.at;
        let mut value = 0u64;
        let mut shift = 0u32;
        loop {
            let byte = self.bytes.get(self.at).copied().ok_or_else(|| self.fail(ErrorKind::EndsEarly))?;
            let low = u64::from(byte & 0x7f);
            // What the shift would push out of the field.
            if shift >= u32::from(bits) || (low << shift) >> shift != low || (u32::from(bits) < 64 && (low << shift) >> bits != 0) {
                return Err(self.fail(ErrorKind::TooWide { bits }));
            }
            self.at += 1;
            value |= low << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return if byte == 0 && shift > 7 { Err(self.fail(ErrorKind::NotMinimal)) } else { Ok(value) };
            }
        }
    }
}

impl<'a, T: Trace> Walk<'a> for Reader<'a, '_, T> {
    fn error(&mut self) -> &mut Error {
        &mut self.error
    }

    fn offset(&self) -> usize {
        self.start
    }

    fn field(&mut self, number: u8) {
        if T::LISTENS {
            self.path.enter_field(number);
        }
    }

    fn item(&mut self, index: u8) {
        if T::LISTENS {
            self.path.enter_item(index);
        }
    }

    fn leave(&mut self) {
        if T::LISTENS {
            self.path.leave();
        }
    }

    fn code(&mut self, _: u8) -> Result<u8, Stopped> {
        let code = self.byte()?;
        self.seen(Seen::Code(code));
        Ok(code)
    }

    fn flag(&mut self, _: bool) -> Result<bool, Stopped> {
        let flag = self.tag(1)? == 1;
        self.seen(Seen::Flag(flag));
        Ok(flag)
    }

    fn case(&mut self, _: u8, of: u8) -> Result<u8, Stopped> {
        let case = self.tag(of - 1)?;
        self.seen(Seen::Case(case, of));
        Ok(case)
    }

    fn length(&mut self, _: usize, most: usize) -> Result<usize, Stopped> {
        let value = usize::try_from(self.varint(32)?).unwrap_or(usize::MAX);
        if value > most {
            return Err(self.fail(ErrorKind::TooMany { limit: most, value }));
        }
        self.seen(Seen::Length(value));
        Ok(value)
    }

    fn unsigned(&mut self, _: u32, bits: u8) -> Result<u32, Stopped> {
        let value = if bits == 8 { self.byte()?.into() } else { self.varint(bits)? };
        self.seen(Seen::Unsigned(value));
        // No number without sign has more bits.
        Ok(u32::try_from(value).unwrap_or_default())
    }

    fn signed(&mut self, _: i64, bits: u8) -> Result<i64, Stopped> {
        let value = if bits == 8 {
            self.byte()?.cast_signed().into()
        } else {
            let zigzag = self.varint(bits)?;
            (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed()
        };
        self.seen(Seen::Signed(value));
        Ok(value)
    }

    fn text(&mut self, _: Option<&'a str>, _: &'static Bound) -> Result<&'a str, Stopped> {
        let length = usize::try_from(self.varint(32)?).unwrap_or(usize::MAX);
        if length > MOST_TEXT - self.text {
            return Err(self.fail(all_text(self.text.saturating_add(length))));
        }
        self.text += length;
        let bytes = self.chunk(length)?;
        let text = str::from_utf8(bytes).map_err(|_| self.fail(ErrorKind::NotUtf8))?;
        self.seen(Seen::Text(text.into()));
        Ok(text)
    }

    fn digest(&mut self, _: &[u8; 32]) -> Result<[u8; 32], Stopped> {
        self.start = self.at;
        let chunk = self.chunk(32)?;
        let digest: &[u8; 32] = chunk.try_into().map_err(|_| self.fail(ErrorKind::EndsEarly))?;
        self.seen(Seen::Digest(digest));
        Ok(*digest)
    }
}
