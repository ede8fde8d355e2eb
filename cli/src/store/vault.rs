//! What is secret in HQ's database, sealed with a key that comes of HQ's own: without `hq.key` nobody reads it.
//!
//! ```text
//! 0   nonce   24   random
//! 24  sealed       XChaCha20-Poly1305 under HMAC-SHA256(HQ's key, "increp hq store 1")
//! ..  tag     16
//! ```

use anyhow::{Result, anyhow};
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use increp::seal::Secret;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of a nonce.
pub(super) const NONCE: usize = 24;

/// Seals what stands in HQ's database.
pub struct Vault(XChaCha20Poly1305);

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<secret>")
    }
}

impl Vault {
    /// Of HQ's secret key.
    #[must_use]
    pub fn new(key: &Secret<32>) -> Self {
        // A key that is shorter than a block of the hash is filled up with zeros.
        let mut block = Zeroizing::new([0; 64]);
        block.iter_mut().zip(key.expose()).for_each(|(to, from)| *to = *from);
        let mut mac = Hmac::<Sha256>::new(&(*block).into());
        mac.update(b"increp hq store 1");
        Self(XChaCha20Poly1305::new(&mac.finalize().into_bytes()))
    }

    /// Seals some bytes.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn seal(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        let nonce = nonce()?;
        let sealed = self.0.encrypt(&XNonce::from(nonce), bytes).map_err(|_| anyhow!("HQ's store: cannot be sealed"))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed.
    ///
    /// # Errors
    /// It was damaged, or sealed with another key.
    pub fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let other = || anyhow!("was damaged, or hq.key is the key of another HQ");
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or_else(other)?;
        self.0.decrypt(&XNonce::from(*nonce), sealed).map(Zeroizing::new).map_err(|_| other())
    }

    /// The same, of what may be nothing.
    pub(super) fn open_any(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        if sealed.is_empty() { Ok(Zeroizing::default()) } else { self.open(sealed) }
    }
}

/// A nonce that nobody used before.
pub(super) fn nonce() -> Result<[u8; NONCE]> {
    super::random()
}
