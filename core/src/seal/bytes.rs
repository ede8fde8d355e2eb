//! Fixed-length fields of bytes, in and out.

use super::{Error, ErrorKind};

/// Takes fields from the front.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, at: 0 }
    }

    pub(super) fn take<const N: usize>(&mut self) -> Result<&'a [u8; N], Error> {
        let (field, rest) = self.rest.split_first_chunk::<N>().ok_or(Error::new(ErrorKind::EndsEarly, self.at))?;
        self.rest = rest;
        self.at = self.at.saturating_add(N);
        Ok(field)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Error> {
        self.take::<1>().map(|[byte]| *byte)
    }

    pub(super) fn number(&mut self) -> Result<u32, Error> {
        self.take().map(|field| u32::from_le_bytes(*field))
    }

    /// The first byte, which says what the bytes are.
    pub(super) fn kind(&mut self, kind: u8) -> Result<(), Error> {
        match self.byte()? {
            found if found == kind => Ok(()),
            found => Err(Error::new(ErrorKind::OtherKind(found), 0)),
        }
    }

    pub(super) const fn rest(self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn end(self) -> Result<(), Error> {
        if self.rest.is_empty() { Ok(()) } else { Err(Error::new(ErrorKind::LeftOver, self.at)) }
    }
}

/// Puts fields one after the other into bytes that have room for all of them.
pub(super) struct Writer<'a> {
    rest: &'a mut [u8],
}

impl<'a> Writer<'a> {
    pub(super) const fn new(bytes: &'a mut [u8]) -> Self {
        Self { rest: bytes }
    }

    #[inline(never)] // it is called often
    pub(super) fn put(&mut self, field: &[u8]) {
        debug_assert!(field.len() <= self.rest.len(), "no room for a field");
        if let Some((to, rest)) = core::mem::take(&mut self.rest).split_at_mut_checked(field.len()) {
            to.copy_from_slice(field);
            self.rest = rest;
        }
    }
}

/// All fields in a row.
pub(super) fn join<const N: usize>(fields: &[&[u8]]) -> [u8; N] {
    let mut bytes = [0; N];
    let mut writer = Writer::new(&mut bytes);
    for field in fields {
        writer.put(field);
    }
    bytes
}
