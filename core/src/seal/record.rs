//! What everyone can tell of a sealed record, hubs too. The layout is at the head of [`seal`](super).

use super::bytes::Reader;
use super::{Error, ErrorKind, TAG};
use crate::model::Id;

/// The first byte of a sealed record: version 1, encoding 3.
pub(super) const SEALED: u8 = 0x13;

/// Bytes before what is sealed.
pub const HEAD: usize = 5;

/// The last number of an epoch. Then a new epoch begins.
pub const LAST: u8 = 255;

/// Bytes of record 0 of an epoch.
pub const OPENING: usize = HEAD + 32 + 1 + START + TAG;

/// Bytes of what record 0 seals.
pub(super) const START: usize = 13;

/// The most bytes of a sealed record, for buffers.
pub const MAX_RECORD: usize = HEAD + super::Padding::To32.padded(crate::MAX_LEN + 1) + TAG;

/// A sealed record, as whoever cannot open it sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Record<'a> {
    /// The epoch's number, from 1 to 2^24 - 1: a hash of what it begins with.
    pub epoch: u32,
    /// The number in the epoch; 0 is the opening.
    pub seq: u8,
    /// What is sealed, or of an opening all that follows the head but the tag.
    pub body: &'a [u8],
    /// The tag. Two records of one epoch and number with other tags are two reports: the device's state was copied.
    pub tag: [u8; TAG],
}

impl<'a> Record<'a> {
    /// Takes a record apart.
    ///
    /// # Errors
    /// [`OtherKind`](ErrorKind::OtherKind), [`EndsEarly`](ErrorKind::EndsEarly), [`OtherEpoch`](ErrorKind::OtherEpoch) for epoch 0,
    /// which nobody seals in, [`LeftOver`](ErrorKind::LeftOver).
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        reader.kind(SEALED)?;
        let &[low, middle, high] = reader.take()?;
        let seq = reader.byte()?;
        let early = Error::new(ErrorKind::EndsEarly, bytes.len());
        let (body, tag) = reader.rest().split_last_chunk().ok_or(early)?;
        let epoch = u32::from_le_bytes([low, middle, high, 0]);
        if epoch == 0 {
            return Err(Error::new(ErrorKind::OtherEpoch, 1));
        }
        match (seq, bytes.len()) {
            (0, ..OPENING) => Err(early),
            (0, length) if length > OPENING => Err(Error::new(ErrorKind::LeftOver, OPENING)),
            _ => Ok(Self { epoch, seq, body, tag: *tag }),
        }
    }

    /// Puts a record together from what follows its head.
    ///
    /// # Errors
    /// [`EndsEarly`](ErrorKind::EndsEarly), [`LeftOver`](ErrorKind::LeftOver); [`OtherEpoch`](ErrorKind::OtherEpoch) for epoch 0, and for
    /// an opening that is not of this epoch.
    pub fn from_sealed(epoch: u32, seq: u8, sealed: &'a [u8]) -> Result<Self, Error> {
        let early = Error::new(ErrorKind::EndsEarly, sealed.len());
        let (body, tag) = sealed.split_last_chunk().ok_or(early)?;
        let length = sealed.len().saturating_add(HEAD);
        if seq == 0 && length != OPENING {
            return Err(if length < OPENING { early } else { Error::new(ErrorKind::LeftOver, OPENING) });
        }
        let begins = seq != 0 || body.first_chunk().is_some_and(|enc| super::epoch::number(enc) == epoch);
        if epoch == 0 || epoch > 0xff_ffff || !begins {
            return Err(Error::new(ErrorKind::OtherEpoch, 1));
        }
        Ok(Self { epoch, seq, body, tag: *tag })
    }

    /// The whole record, in a buffer that has room for it: [`MAX_RECORD`] bytes are always enough.
    ///
    /// # Errors
    /// [`BufferTooSmall`](ErrorKind::BufferTooSmall).
    pub fn write<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
        let length = HEAD.saturating_add(self.body.len()).saturating_add(TAG);
        let record = buffer.get_mut(..length).ok_or(Error::new(ErrorKind::BufferTooSmall, 0))?;
        let mut writer = super::bytes::Writer::new(record);
        writer.put(&head(self.epoch, self.seq));
        writer.put(self.body);
        writer.put(&self.tag);
        Ok(record)
    }

    /// The id of the pre-shared key of an opening; `None` for any other record.
    #[must_use]
    pub fn psk_id(&self) -> Option<u8> {
        self.body.get(32).copied().filter(|_| self.seq == 0)
    }

    /// The id of the report, if this is the author's.
    #[must_use]
    pub fn id(&self, author: u32) -> Id {
        Id { author, epoch: self.epoch, seq: self.seq.into() }
    }
}

/// The head of a record.
pub(super) fn head(epoch: u32, seq: u8) -> [u8; HEAD] {
    let [low, middle, high, _] = epoch.to_le_bytes();
    [SEALED, low, middle, high, seq]
}

/// What the tag covers beside the text: the head, and whose record it is.
pub(super) fn associated(author: u32, epoch: u32, seq: u8) -> [u8; 9] {
    super::bytes::join(&[&head(epoch, seq), &author.to_le_bytes()])
}
