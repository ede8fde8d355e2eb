//! How an epoch begins: HPKE (RFC 9180) in mode AuthPSK, of which only an exported secret is used.
//!
//! ```text
//! suite     DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, export-only
//! info      "increp seal 1", author (4 bytes, little-endian)
//! psk       the pre-shared key, one for each epoch: the next is HKDF-Expand(psk, "increp psk")
//! psk_id    1 byte: how many there were before, modulo 256
//! exported  32 bytes for "increp chain": the first key of the chain
//! number    1 + (first 4 bytes of SHA-256(enc), little-endian) modulo (2^24 - 1)
//! ```

use super::bytes::join;
use super::chain::Chain;
use super::hpke::{self, Pair, Preshared};
use super::kdf::{expand, sha256};
use super::record::START;
use super::{Error, Secret};
use crate::model::Stamp;

/// Seconds after which an epoch ends, where there is a clock: a week.
pub const EPOCH_SECONDS: u32 = 7 * 86_400;

/// A pre-shared key, one of a one-way row of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Psk {
    pub(super) key: Secret<32>,
    /// How many there were before.
    pub(super) count: u32,
}

impl Psk {
    pub(super) fn id(&self) -> u8 {
        let [id, ..] = self.count.to_le_bytes();
        id
    }

    pub(super) fn advance(&mut self, by: u8) {
        for _ in 0..by {
            self.key = expand(&self.key, &[b"increp psk"], &[]);
            self.count = self.count.saturating_add(1);
        }
    }

    /// How far the first one from this on is that has the id.
    pub(super) fn to(&self, id: u8) -> u8 {
        id.wrapping_sub(self.id())
    }

    /// How far behind a count this is, of which the low bytes are given; 0 if it is not, or further than HQ could follow.
    pub(super) fn behind(&self, count: u16) -> u8 {
        let [low, high, ..] = self.count.to_le_bytes();
        u8::try_from(count.wrapping_sub(u16::from_le_bytes([low, high]))).unwrap_or(0)
    }
}

/// What an epoch's record 0 says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Start {
    /// When the epoch began; none where there is no clock.
    pub(super) at: Option<Stamp>,
    /// The first bytes of the id of the profile that its reports are packed with.
    pub(super) profile: [u8; 8],
}

impl Start {
    /// No time is as early.
    const NO_CLOCK: [u8; 5] = [0, 0, 0, 0, 0x80];

    pub(super) fn bytes(&self) -> [u8; START] {
        join(&[&Self::time_bytes(self.at), &self.profile])
    }

    /// A time, or none.
    pub(super) fn time_bytes(at: Option<Stamp>) -> [u8; 5] {
        at.map_or(Self::NO_CLOCK, |at| {
            let [a, b, c, d, e, ..] = at.seconds().to_le_bytes();
            [a, b, c, d, e]
        })
    }

    pub(super) fn time_of([a, b, c, d, e]: [u8; 5]) -> Option<Stamp> {
        // The sign is in the last of the five.
        let seconds = i64::from_le_bytes([0, 0, 0, a, b, c, d, e]) >> 24;
        ([a, b, c, d, e] != Self::NO_CLOCK).then(|| Stamp::new(seconds))
    }

    #[inline(never)] // it is called often
    pub(super) fn parse(bytes: &[u8; START]) -> Self {
        let &[a, b, c, d, e, ref profile @ ..] = bytes;
        Self { at: Self::time_of([a, b, c, d, e]), profile: *profile }
    }
}

/// The number of the epoch that begins with these bytes.
pub(super) fn number(enc: &[u8; 32]) -> u32 {
    let &[a, b, c, d, ..] = sha256(&[&[enc]]).expose();
    1 + u32::from_le_bytes([a, b, c, d]) % 0xff_ffff
}

fn info(author: u32) -> [u8; 17] {
    join(&[b"increp seal 1", &author.to_le_bytes()])
}

fn chain(exporter: &hpke::Exporter) -> Chain {
    Chain { next: 0, key: exporter.export(b"increp chain") }
}

/// Begins an epoch on the device: what HQ needs to know, and the chain.
pub(super) fn begin(
    own: &Secret<32>,
    hq: &[u8; 32],
    psk: &Psk,
    author: u32,
    random: &Secret<32>,
) -> Result<([u8; 32], Chain), Error> {
    let key = hpke::derive_key(random);
    let ephemeral = Pair::of(&key);
    let psk = Preshared { key: &psk.key, id: &[psk.id()] };
    let exporter = hpke::send(&Pair::of(own), hq, &ephemeral, &info(author), &psk)?;
    Ok((ephemeral.public, chain(&exporter)))
}

/// The same chain at HQ.
pub(super) fn accept(hq: &Pair<'_>, device: &[u8; 32], psk: &Psk, author: u32, enc: &[u8; 32]) -> Result<Chain, Error> {
    let psk = Preshared { key: &psk.key, id: &[psk.id()] };
    hpke::receive(hq, device, enc, &info(author), &psk).map(|exporter| chain(&exporter))
}
