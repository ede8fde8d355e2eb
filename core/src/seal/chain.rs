//! The one-way chain of keys: what is done with is erased, and cannot be reckoned back.

use hkdf::Hkdf;
use sha2::Sha256;

use super::Secret;

/// One key from another, by HKDF's second half (RFC 5869): 32 bytes or fewer.
pub(super) fn expand<const N: usize>(key: &Secret<32>, label: &[u8]) -> Secret<N> {
    let mut derived = Secret::new([0; N]);
    if let Ok(hkdf) = Hkdf::<Sha256>::from_prk(key.expose()) {
        // Fails for more than 255 hashes only.
        let _ = hkdf.expand(label, derived.expose_mut());
    }
    derived
}

/// A uniform key from what is not uniform, by HKDF's first half.
pub(super) fn extract(salt: &[u8; 32], parts: &[&[u8]]) -> Secret<32> {
    let mut hkdf = hkdf::HkdfExtract::<Sha256>::new(Some(salt));
    for part in parts {
        hkdf.input_ikm(part);
    }
    Secret::new(hkdf.finalize().0.into())
}

/// A place in the chain of an epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Chain {
    /// The number that takes the next key: from 0 to 256, where there are no more.
    pub(super) next: u16,
    pub(super) key: Secret<32>,
}

impl Chain {
    /// The keys of the next number, for [`siv`](super::siv).
    pub(super) fn keys(&self) -> Secret<32> {
        expand(&self.key, b"increp record")
    }

    pub(super) fn advance(&mut self) {
        self.key = expand(&self.key, b"increp chain");
        self.next = self.next.saturating_add(1);
    }
}
