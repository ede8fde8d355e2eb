//! Randomness where the source may be weak, repeat itself, or not be there: every draw also takes from a seed, which moves on.

use core::fmt;

use rand_core::{TryCryptoRng, TryRng};

use super::kdf::{expand, extract};
use super::{Error, ErrorKind, Secret};

/// For devices without a source of randomness: all comes from the seed that HQ gave at enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NoTrng;

impl fmt::Display for NoTrng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no source of randomness")
    }
}

impl core::error::Error for NoTrng {}

impl TryRng for NoTrng {
    type Error = Self;

    fn try_next_u32(&mut self) -> Result<u32, Self> {
        Err(Self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self> {
        Err(Self)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self> {
        Err(Self)
    }
}

impl TryCryptoRng for NoTrng {}

/// What every draw takes from beside the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Seed {
    pub(super) key: Secret<32>,
    /// Draws so far.
    pub(super) draws: u32,
}

impl Seed {
    /// # Errors
    /// [`NoSeed`](ErrorKind::NoSeed) if the seed is all zero.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.key.is_zero() { Err(Error::new(ErrorKind::NoSeed, 0)) } else { Ok(()) }
    }

    /// 32 bytes that nobody can tell who lacks either the seed or what the source gave. The seed moves on, and must be kept before
    /// the bytes are used.
    pub(super) fn draw<R: TryCryptoRng>(&mut self, source: &mut R) -> Secret<32> {
        let mut noise = Secret::new([0; 32]);
        if source.try_fill_bytes(noise.expose_mut()).is_err() {
            noise = Secret::default();
        }
        let mixed = extract(self.key.expose(), &[noise.expose(), &self.draws.to_le_bytes()], &[]);
        self.key = expand(&mixed, &[b"increp seed"], &[]);
        self.draws = self.draws.saturating_add(1);
        expand(&mixed, &[b"increp draw"], &[])
    }
}
