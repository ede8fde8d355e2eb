//! Enrolment, in person: over a cable or as codes on two screens, four messages and a check of six digits.
//!
//! ```text
//! HQ -> device   invitation  11 | seed 32                              for a device whose randomness is weak or missing
//! device -> HQ   commitment  12 | SHA-256("increp enrol", revelation)
//! HQ -> device   offer       13 | author 4 | HQ's key 32 | share 32
//! device -> HQ   revelation  14 | device's key 32 | share 32
//! both show      the six digits, and somebody says that they are the same
//! ```
//!
//! The two shares are X25519 keys of this enrolment alone. Of what they agree on and of all four messages come the first pre-shared key,
//! the keys for receipts and for hops, and the digits; nothing of it is ever sent. The device is bound to its keys before it sees
//! HQ's, and HQ shows its own before it sees the device's, so neither side, nor anyone between, can try keys until the digits fit: one
//! try, which goes unnoticed once in a million.
//!
//! ```
//! use increp::seal::{HqKey, NoTrng, enrol};
//! # let mut rng = enrol_rng();
//! # fn enrol_rng() -> impl rand_core::CryptoRng { struct R(u64); impl rand_core::TryRng for R { type Error = core::convert::Infallible;
//! # fn try_next_u32(&mut self) -> Result<u32, Self::Error> { Ok(0) } fn try_next_u64(&mut self) -> Result<u64, Self::Error> { Ok(0) }
//! # fn try_fill_bytes(&mut self, b: &mut [u8]) -> Result<(), Self::Error> { for x in b { self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(99); *x = (self.0 >> 33) as u8; } Ok(()) } }
//! # impl rand_core::TryCryptoRng for R {} R(1) }
//! let hq_key = HqKey::new(&mut rng)?;
//! let (hq, invitation) = enrol::Hq::invite(17, &hq_key, &mut rng)?;
//! let (device, commitment) = enrol::Device::commit(&invitation, &mut NoTrng)?;
//! let (hq, offer) = hq.offer(&commitment)?;
//! let (device, revelation) = device.reveal(&offer)?;
//! let hq = hq.check(&revelation)?;
//! assert_eq!(hq.digits(), device.digits());
//! let (peer, enrolled) = (hq.confirm(), device.confirm());
//! assert_eq!((peer.author(), enrolled.author()), (17, 17));
//! # Ok::<(), increp::seal::Error>(())
//! ```

use rand_core::TryCryptoRng;

use super::bytes::{Reader, join};
use super::chain::Chain;
use super::curve::{agree, public};
use super::epoch::Psk;
use super::hq::{HqKey, Peer};
use super::kdf::{expand, extract, sha256};
use super::random::Seed;
use super::state::State;
use super::{Error, ErrorKind, Secret};

const INVITATION: u8 = 0x11;
const COMMITMENT: u8 = 0x12;
const OFFER: u8 = 0x13;
const REVELATION: u8 = 0x14;

/// HQ's first message.
pub type Invitation = [u8; 33];
/// The device's first message.
pub type Commitment = [u8; 33];
/// HQ's second message.
pub type Offer = [u8; 69];
/// The device's second message.
pub type Revelation = [u8; 65];

/// HQ, waiting for the commitment.
#[derive(Debug)]
pub struct Hq {
    author: u32,
    key: [u8; 32],
    share: Secret<32>,
    /// It has the device's seed.
    invitation: Secret<33>,
}

/// HQ, waiting for the revelation.
#[derive(Debug)]
pub struct HqOffered {
    hq: Hq,
    commitment: Commitment,
    offer: Offer,
}

/// HQ, showing the digits.
#[derive(Debug)]
pub struct HqChecked {
    digits: u32,
    peer: Peer,
}

/// A device, waiting for the offer.
#[derive(Debug)]
pub struct Device {
    key: Secret<32>,
    share: Secret<32>,
    seed: Seed,
    invitation: Secret<33>,
    commitment: Commitment,
    revelation: Revelation,
}

/// A device, showing the digits.
#[derive(Debug)]
pub struct DeviceChecked {
    digits: u32,
    state: State,
}

/// All that a device keeps, for [`Device::enrol`](super::Device::enrol).
#[derive(Debug)]
pub struct Enrolled(pub(super) State);

impl Enrolled {
    /// The number that HQ gave the device: the author of its reports.
    #[must_use]
    pub const fn author(&self) -> u32 {
        self.0.author
    }

    /// The key of frames between this device and hubs.
    #[must_use]
    pub const fn hop_key(&self) -> &Secret<16> {
        &self.0.hop
    }
}

impl Hq {
    /// Invites a device, whose number this is to be.
    ///
    /// # Errors
    /// [`NoSeed`](ErrorKind::NoSeed) if the source of randomness fails.
    pub fn invite<R: TryCryptoRng>(author: u32, hq: &HqKey, rng: &mut R) -> Result<(Self, Invitation), Error> {
        let (share, seed) = (fresh(rng)?, fresh(rng)?);
        let invitation = join(&[&[INVITATION], seed.expose()]);
        Ok((Self { author, key: *hq.public(), share, invitation: Secret::new(invitation) }, invitation))
    }

    /// Answers the commitment.
    ///
    /// # Errors
    /// [`OtherKind`](ErrorKind::OtherKind), [`EndsEarly`](ErrorKind::EndsEarly), [`LeftOver`](ErrorKind::LeftOver).
    pub fn offer(self, commitment: &[u8]) -> Result<(HqOffered, Offer), Error> {
        let mut reader = Reader::new(commitment);
        reader.kind(COMMITMENT)?;
        let commitment = join(&[&[COMMITMENT], reader.take::<32>()?]);
        reader.end()?;
        let offer = join(&[&[OFFER], &self.author.to_le_bytes(), &self.key, &public(&self.share)]);
        Ok((HqOffered { hq: self, commitment, offer }, offer))
    }
}

impl HqOffered {
    /// Takes the device's keys.
    ///
    /// # Errors
    /// [`BrokenCommitment`](ErrorKind::BrokenCommitment), [`WeakKey`](ErrorKind::WeakKey); and what [`Hq::offer`] may say.
    pub fn check(self, revelation: &[u8]) -> Result<HqChecked, Error> {
        let mut reader = Reader::new(revelation);
        reader.kind(REVELATION)?;
        let (public, share) = (*reader.take::<32>()?, *reader.take::<32>()?);
        reader.end()?;
        if committed(revelation) != self.commitment {
            return Err(Error::new(ErrorKind::BrokenCommitment, 0));
        }
        let transcript: [&[u8]; 4] = [self.hq.invitation.expose(), &self.commitment, &self.offer, revelation];
        let agreed = Agreed::new(&self.hq.share, &share, &transcript)?;
        Ok(HqChecked { digits: agreed.digits, peer: Peer::new(self.hq.author, public, agreed) })
    }
}

impl HqChecked {
    /// The six digits, as a number below a million: to be shown with its leading zeros.
    #[must_use]
    pub const fn digits(&self) -> u32 {
        self.digits
    }

    /// The digits are the same: what HQ keeps of the device.
    #[must_use]
    pub fn confirm(self) -> Peer {
        self.peer
    }
}

impl Device {
    /// Makes the device's keys and binds it to them. The source of randomness may be weak or missing: the seed helps it out.
    /// Then whoever listens to this enrolment can know the device's keys.
    ///
    /// # Errors
    /// [`NoSeed`](ErrorKind::NoSeed) if the invitation has none; and what [`Hq::offer`] may say.
    pub fn commit<R: TryCryptoRng>(invitation: &[u8], rng: &mut R) -> Result<(Self, Commitment), Error> {
        let mut reader = Reader::new(invitation);
        reader.kind(INVITATION)?;
        let given = *reader.take::<32>()?;
        reader.end()?;
        let mut seed = Seed { key: Secret::new(given), draws: 0 };
        seed.check()?;
        let (key, share) = (seed.draw(rng), seed.draw(rng));
        let revelation: Revelation = join(&[&[REVELATION], &public(&key), &public(&share)]);
        let commitment = committed(&revelation);
        let invitation = Secret::new(join(&[&[INVITATION], &given]));
        Ok((Self { key, share, seed, invitation, commitment, revelation }, commitment))
    }

    /// Takes HQ's keys and shows the device's.
    ///
    /// # Errors
    /// [`WeakKey`](ErrorKind::WeakKey); and what [`Hq::offer`] may say.
    pub fn reveal(self, offer: &[u8]) -> Result<(DeviceChecked, Revelation), Error> {
        let mut reader = Reader::new(offer);
        reader.kind(OFFER)?;
        let author = reader.number()?;
        let (hq, share) = (*reader.take::<32>()?, *reader.take::<32>()?);
        reader.end()?;
        let transcript: [&[u8]; 4] = [self.invitation.expose(), &self.commitment, offer, &self.revelation];
        let agreed = Agreed::new(&self.share, &share, &transcript)?;
        let revelation = self.revelation;
        let digits = agreed.digits;
        let state = State::enrolled(author, hq, self.key, self.seed, agreed);
        Ok((DeviceChecked { digits, state }, revelation))
    }
}

impl DeviceChecked {
    /// The six digits, as a number below a million: to be shown with its leading zeros.
    #[must_use]
    pub const fn digits(&self) -> u32 {
        self.digits
    }

    /// The digits are the same: what the device keeps.
    #[must_use]
    pub fn confirm(self) -> Enrolled {
        Enrolled(self.state)
    }
}

/// What both sides know in the end, and nobody else.
pub(super) struct Agreed {
    pub(super) psk: Psk,
    pub(super) receipt: Secret<16>,
    pub(super) hop: Secret<16>,
    pub(super) down: Chain,
    digits: u32,
}

impl Agreed {
    fn new(own: &Secret<32>, other: &[u8; 32], transcript: &[&[u8]]) -> Result<Self, Error> {
        let agreed = agree(own, other);
        if agreed.is_zero() {
            return Err(Error::new(ErrorKind::WeakKey, 0));
        }
        let key = extract(sha256(&[transcript]).expose(), &[agreed.expose()], &[]);
        Ok(Self {
            psk: Psk { key: expand(&key, &[b"increp psk 0"], &[]), count: 0 },
            receipt: expand(&key, &[b"increp receipt"], &[]),
            hop: expand(&key, &[b"increp hop"], &[]),
            down: Chain { next: 0, key: expand(&key, &[b"increp down"], &[]) },
            digits: digits(&expand(&key, &[b"increp digits"], &[])),
        })
    }
}

fn digits(key: &Secret<32>) -> u32 {
    let &[a, b, c, d, ..] = key.expose();
    u32::from_le_bytes([a, b, c, d]) % 1_000_000
}

fn committed(revelation: &[u8]) -> Commitment {
    join(&[&[COMMITMENT], sha256(&[&[b"increp enrol", revelation]]).expose()])
}

/// A key of HQ's own.
pub(super) fn fresh<R: TryCryptoRng>(rng: &mut R) -> Result<Secret<32>, Error> {
    let mut key = Secret::new([0; 32]);
    rng.try_fill_bytes(key.expose_mut()).map_err(|_| Error::new(ErrorKind::NoSeed, 0))?;
    if key.is_zero() { Err(Error::new(ErrorKind::NoSeed, 0)) } else { Ok(key) }
}
