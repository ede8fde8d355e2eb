//! The one-way chain of keys: what is done with is erased, and cannot be reckoned back.

use super::Secret;
use super::kdf::expand;

/// A place in the chain of an epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Chain {
    /// The number that takes the next key: from 0 to 256, where there are no more.
    pub(super) next: u32,
    pub(super) key: Secret<32>,
}

impl Chain {
    /// The keys of the next number, for [`siv`](super::siv).
    pub(super) fn keys(&self) -> Secret<32> {
        expand(&self.key, &[b"increp record"], &[])
    }

    pub(super) fn advance(&mut self) {
        self.key = expand(&self.key, &[b"increp chain"], &[]);
        self.next = self.next.saturating_add(1);
    }
}
