//! HQ's side: what it keeps of a device and of an epoch, and how it opens records.

use rand_core::TryCryptoRng;

use super::bytes::{Reader, join};
use super::chain::Chain;
use super::enrol::{self, Agreed};
use super::epoch::{self, Psk, Start};
use super::hpke::Pair;
use super::receipt::{self, Whose};
use super::record::{LAST, Record, START, associated};
use super::{Error, ErrorKind, Secret, curve, padding, siv};
use crate::model::{Id, Stamp};
use crate::wire::packed::Known;

/// How many epochs back HQ takes the beginning of one. It keeps the pre-shared key of the oldest of them, from which the later ones
/// follow: a device that was put back to an older state begins anew with a key that HQ has seen already, and two hubs bring the
/// epochs of a device in any order. The id of a key is a byte: so many back leave as many ahead.
pub const PSKS_KEPT: u32 = 128;

/// HQ's key pair (X25519).
#[derive(Clone, Debug)]
pub struct HqKey {
    secret: Secret<32>,
    public: [u8; 32],
}

impl HqKey {
    /// A new pair.
    ///
    /// # Errors
    /// [`NoSeed`](ErrorKind::NoSeed) if the source of randomness fails.
    pub fn new<R: TryCryptoRng>(rng: &mut R) -> Result<Self, Error> {
        enrol::fresh(rng).map(|secret| Self::from_secret(&secret))
    }

    /// The pair of this secret, as [`HqKey::secret`] gave it.
    #[must_use]
    pub fn from_secret(secret: &Secret<32>) -> Self {
        Self { secret: secret.clone(), public: curve::public(secret) }
    }

    /// What HQ must keep, and nobody else may have.
    #[must_use]
    pub const fn secret(&self) -> &Secret<32> {
        &self.secret
    }

    /// What every device gets.
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.public
    }
}

/// What HQ keeps of a device. Secret: with it and HQ's key, the device's reports can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    author: u32,
    public: [u8; 32],
    receipt: Secret<16>,
    pub(super) hop: Secret<16>,
    /// The oldest that is kept.
    psk: Psk,
    /// The count of the one that the next epoch takes.
    expected: u32,
    /// Of the messages to it.
    pub(super) down: Chain,
}

impl Peer {
    /// Bytes that a peer is kept in.
    pub const LEN: usize = 4 + 32 + 16 + 16 + 32 + 4 + 4 + 4 + 32;

    pub(super) fn new(author: u32, public: [u8; 32], agreed: Agreed) -> Self {
        let Agreed { psk, receipt, hop, down, .. } = agreed;
        Self { author, public, receipt, hop, psk, expected: 0, down }
    }

    /// The number that HQ gave the device: the author of its reports.
    #[must_use]
    pub const fn author(&self) -> u32 {
        self.author
    }

    /// The id of the oldest pre-shared key that is kept. The beginnings of several epochs are opened in the order in which their
    /// [`psk_id`](Record::psk_id) counts on from here: one that is far ahead makes older ones unreadable.
    #[must_use]
    pub fn oldest_psk(&self) -> u8 {
        self.psk.id()
    }

    /// The device's public key (X25519).
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// The key of frames between this device and the hubs that HQ gives it to.
    #[must_use]
    pub const fn hop_key(&self) -> &Secret<16> {
        &self.hop
    }

    /// To be kept as secret as HQ's key, and anew after each [`begin`](Self::begin).
    #[must_use]
    pub fn to_bytes(&self) -> Secret<{ Self::LEN }> {
        Secret::new(join(&[
            &self.author.to_le_bytes(),
            &self.public,
            self.receipt.expose(),
            self.hop.expose(),
            self.psk.key.expose(),
            &self.psk.count.to_le_bytes(),
            &self.expected.to_le_bytes(),
            &self.down.next.to_le_bytes(),
            self.down.key.expose(),
        ]))
    }

    /// What [`to_bytes`](Self::to_bytes) gave.
    ///
    /// # Errors
    /// [`EndsEarly`](ErrorKind::EndsEarly), [`LeftOver`](ErrorKind::LeftOver), [`NoState`](ErrorKind::NoState).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        let (author, public) = (reader.number()?, *reader.take()?);
        let (receipt, hop) = (Secret::new(*reader.take()?), Secret::new(*reader.take()?));
        let psk = Psk { key: Secret::new(*reader.take()?), count: reader.number()? };
        let expected = reader.number()?;
        let down = Chain { next: reader.number()?, key: Secret::new(*reader.take()?) };
        reader.end()?;
        // Keys would be looked for a long way.
        if expected.checked_sub(psk.count).is_none_or(|ahead| ahead > PSKS_KEPT) {
            return Err(Error::new(ErrorKind::NoState, 104));
        }
        Ok(Self { author, public, receipt, hop, psk, expected, down })
    }

    /// Opens record 0 of an epoch. After it the peer must be kept anew: older pre-shared keys are gone.
    ///
    /// # Errors
    /// [`Forged`](ErrorKind::Forged) if this device did not seal it for this HQ, or longer than [`PSKS_KEPT`] epochs ago; or what
    /// [`Record::parse`] says.
    pub fn begin(&mut self, hq: &HqKey, record: &[u8]) -> Result<Epoch, Error> {
        let record = Record::parse(record)?;
        let mut reader = Reader::new(record.body);
        let (enc, id, mut text) = (reader.take::<32>()?, reader.byte()?, *reader.take::<START>()?);
        reader.end()?;
        if epoch::number(enc) != record.epoch || record.seq != 0 {
            return Err(Error::new(ErrorKind::OtherEpoch, 1));
        }
        let mut psk = self.psk.clone();
        psk.advance(psk.to(id));
        let mut chain = epoch::accept(&Pair { secret: &hq.secret, public: hq.public }, &self.public, &psk, self.author, enc)?;
        if !siv::open(&chain.keys(), &associated(self.author, record.epoch, 0), &mut text, record.tag) {
            return Err(Error::new(ErrorKind::Forged, 0));
        }
        chain.advance();
        self.expected = self.expected.max(psk.count.saturating_add(1));
        while self.psk.count.saturating_add(PSKS_KEPT) < self.expected {
            self.psk.advance(1);
        }
        Ok(Epoch { author: self.author, number: record.epoch, start: Start::parse(&text), chain })
    }

    /// Tells the device that HQ has these records, all of one epoch, so that it may erase them: records that were opened, and archived
    /// for good. Written into `buffer`, for which [`MAX_RECEIPT`](super::MAX_RECEIPT) bytes are always enough.
    ///
    /// The device checks a receipt against what it has; so it is for what came from it last, not for what it may have erased by now.
    /// Of a number with two bodies only one goes into a receipt; the other gets one of its own.
    ///
    /// # Errors
    /// [`OtherEpoch`](ErrorKind::OtherEpoch) if they are not of one epoch, [`BufferTooSmall`](ErrorKind::BufferTooSmall).
    pub fn receipt<'b, 'r>(&self, records: impl IntoIterator<Item = Record<'r>>, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
        let [low, high, ..] = self.expected.to_le_bytes();
        let psk = u16::from_le_bytes([low, high]);
        receipt::write(&Whose { key: &self.receipt, author: self.author, psk }, records.into_iter(), buffer)
    }
}

/// What HQ keeps of an epoch of a device. Secret: it opens the epoch's records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    author: u32,
    number: u32,
    start: Start,
    chain: Chain,
}

/// What a record is when it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened<'b> {
    /// A report, packed with what [`Epoch::known`] says.
    Report(&'b [u8]),
    /// A number whose report was lost when power failed before it was saved.
    Void,
}

impl Epoch {
    /// Bytes that an epoch is kept in.
    pub const LEN: usize = 4 + 4 + START + 4 + 32;

    /// The epoch's number, from 1 to 2^24 - 1.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// When it began; none if the device had no clock.
    #[must_use]
    pub const fn start(&self) -> Option<Stamp> {
        self.start.at
    }

    /// The first 8 bytes of the id of the profile that its reports are packed with; all zero without a profile.
    #[must_use]
    pub const fn profile(&self) -> [u8; 8] {
        self.start.profile
    }

    /// What the reader of its packed reports knows.
    #[must_use]
    pub fn known(&self, seq: u8) -> Known {
        let id = Id { author: self.author, epoch: self.number, seq: seq.into() };
        Known { id: Some(id), sent: self.start.at, point: None, profile: true }
    }

    /// Opens a record, in `buffer`. The keys stay: the same number can come a second time, from a copy of the device.
    ///
    /// # Errors
    /// [`OtherEpoch`](ErrorKind::OtherEpoch), [`Erased`](ErrorKind::Erased), [`BufferTooSmall`](ErrorKind::BufferTooSmall),
    /// [`Forged`](ErrorKind::Forged); or what [`Record::parse`] says.
    pub fn open<'b>(&self, record: &[u8], buffer: &'b mut [u8]) -> Result<Opened<'b>, Error> {
        let record = Record::parse(record)?;
        if record.epoch != self.number {
            return Err(Error::new(ErrorKind::OtherEpoch, 1));
        }
        if u32::from(record.seq) < self.chain.next {
            return Err(Error::new(ErrorKind::Erased, 4));
        }
        let mut chain = self.chain.clone();
        while chain.next < record.seq.into() {
            chain.advance();
        }
        let text = buffer.get_mut(..record.body.len()).ok_or(Error::new(ErrorKind::BufferTooSmall, 0))?;
        text.copy_from_slice(record.body);
        let forged = Error::new(ErrorKind::Forged, 0);
        if !siv::open(&chain.keys(), &associated(self.author, self.number, record.seq), text, record.tag) {
            return Err(forged);
        }
        if text.is_empty() {
            return Ok(Opened::Void);
        }
        padding::unpadded(text).map(Opened::Report).ok_or(forged)
    }

    /// Erases the keys of all numbers below this one; above [`LAST`], of all. What is erased does not come back: only after all of
    /// them are opened and archived.
    pub fn erase_below(&mut self, seq: u32) {
        while self.chain.next < seq.min(u32::from(LAST) + 1) {
            self.chain.advance();
        }
    }

    /// To be kept as secret as HQ's key.
    #[must_use]
    pub fn to_bytes(&self) -> Secret<{ Self::LEN }> {
        Secret::new(join(&[
            &self.author.to_le_bytes(),
            &self.number.to_le_bytes(),
            &self.start.bytes(),
            &self.chain.next.to_le_bytes(),
            self.chain.key.expose(),
        ]))
    }

    /// What [`to_bytes`](Self::to_bytes) gave.
    ///
    /// # Errors
    /// [`EndsEarly`](ErrorKind::EndsEarly), [`LeftOver`](ErrorKind::LeftOver), [`NoState`](ErrorKind::NoState).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        let (author, number, kept) = (reader.number()?, reader.number()?, reader.take()?);
        let start = Start::parse(kept);
        let chain = Chain { next: reader.number()?, key: Secret::new(*reader.take()?) };
        reader.end()?;
        // A time beyond all that a report may say is none that was kept.
        if !(1..1 << 24).contains(&number) || chain.next > u32::from(LAST) + 1 || start.bytes() != *kept {
            return Err(Error::new(ErrorKind::NoState, 4));
        }
        Ok(Self { author, number, start, chain })
    }
}
