//! One key from another: HKDF with SHA-256 (RFC 5869), for at most 32 bytes at a time.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::Secret;

/// HMAC-SHA-256 (RFC 2104) of all parts in a row.
fn hmac<'a>(key: &[u8], parts: impl Iterator<Item = &'a [u8]>) -> Secret<32> {
    // Keys of any length are good.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Secret::default() };
    for part in parts {
        mac.update(part);
    }
    Secret::new(mac.finalize().into_bytes().into())
}

/// A uniform key from what is not uniform.
pub(super) fn extract(salt: &[u8], parts: &[&[u8]]) -> Secret<32> {
    hmac(salt, parts.iter().copied())
}

/// A key from a uniform one: the first `N` bytes, at most 32.
pub(super) fn expand<const N: usize>(key: &Secret<32>, label: &[&[u8]]) -> Secret<N> {
    const { assert!(N <= 32) };
    let block = hmac(key.expose(), label.iter().copied().chain([&[1][..]]));
    let mut derived = Secret::default();
    derived.expose_mut().iter_mut().zip(block.expose()).for_each(|(to, from)| *to = *from);
    derived
}

#[cfg(test)]
mod tests {
    use super::{expand, extract};
    use crate::seal::Secret;

    /// RFC 5869, appendices A.1 to A.3: the key, and the first 32 of the bytes that follow from it.
    #[test]
    fn hkdf_is_that_of_rfc_5869() {
        let rising =
            |from: u8, count: u8| -> [u8; 80] { core::array::from_fn(|at| if at < count.into() { from + at as u8 } else { 0 }) };
        let (ikm, salt, info) = (rising(0, 80), rising(0x60, 80), rising(0xb0, 80));
        let cases: [(&[u8], &[u8], &[u8], [u8; 32], [u8; 32]); 3] = [
            (
                &[0x0b; 22],
                &rising(0, 13)[..13],
                &rising(0xf0, 10)[..10],
                hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"),
                hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"),
            ),
            (
                &ikm,
                &salt,
                &info,
                hex("06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244"),
                hex("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"),
            ),
            (
                &[0x0b; 22],
                &[],
                &[],
                hex("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04"),
                hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"),
            ),
        ];
        for (ikm, salt, info, key, derived) in cases {
            assert_eq!(extract(salt, &[ikm]), Secret::new(key));
            let (start, end) = info.split_at(info.len() / 2);
            assert_eq!(expand(&Secret::new(key), &[start, end]), Secret::new(derived));
        }
    }

    fn hex(text: &str) -> [u8; 32] {
        crate::seal::hex(text)
    }
}
