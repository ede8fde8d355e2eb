//! Bytes that are never shown, and overwritten when they are done with.

use core::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

/// A key, or what keys are made of. Debug and defmt show no byte of it; dropping overwrites it.
///
/// Comparing takes the same time wherever the bytes differ.
///
/// ```
/// use increp::seal::Secret;
/// let key = Secret::new([7; 32]);
/// assert_eq!(format!("{key:?}"), "<secret>");
/// ```
#[derive(Clone)]
pub struct Secret<const N: usize>([u8; N]);

impl<const N: usize> Secret<N> {
    /// Takes the bytes. Whoever made them overwrites their own copy.
    #[must_use]
    pub const fn new(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    /// The bytes, for whoever must store them. They do not belong in a log.
    #[must_use]
    pub const fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// In a time that does not tell where a byte is set.
    pub(super) fn is_zero(&self) -> bool {
        self.0.iter().fold(0, |all, byte| all | byte) == 0
    }

    pub(super) const fn expose_mut(&mut self) -> &mut [u8; N] {
        &mut self.0
    }
}

impl<const N: usize> Default for Secret<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> Drop for Secret<N> {
    #[inline(never)] // there are many
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

#[cfg(feature = "defmt")]
impl<const N: usize> defmt::Format for Secret<N> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "<secret>");
    }
}
