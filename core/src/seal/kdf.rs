//! One key from another: HKDF with SHA-256 (RFC 5869), for at most 32 bytes at a time.

use sha2::{Digest as _, Sha256};

use super::Secret;

/// SHA-256 of all parts in a row.
#[inline(never)] // it is called often, and long
pub(super) fn sha256(parts: &[&[&[u8]]]) -> Secret<32> {
    let mut hash = Sha256::new();
    for part in parts.iter().copied().flatten() {
        hash.update(part);
    }
    Secret::new(hash.finalize().into())
}

/// HMAC-SHA-256 (RFC 2104) of all parts in a row. The key is at most as long as a block.
#[inline(never)]
fn hmac(key: &[u8], [one, two, three]: [&[&[u8]]; 3]) -> Secret<32> {
    let (mut inner, mut outer) = (Secret::new([0x36; 64]), Secret::new([0x5c; 64]));
    for pad in [&mut inner, &mut outer] {
        pad.expose_mut().iter_mut().zip(key).for_each(|(to, from)| *to ^= from);
    }
    let hash = sha256(&[&[inner.expose()], one, two, three]);
    sha256(&[&[outer.expose(), hash.expose()]])
}

/// A uniform key from what is not uniform, of two groups of parts in a row. The salt has at most 64 bytes.
pub(super) fn extract(salt: &[u8], one: &[&[u8]], two: &[&[u8]]) -> Secret<32> {
    hmac(salt, [one, two, &[]])
}

/// A key from a uniform one: the first `N` bytes, at most 32, for a label of two groups of parts.
pub(super) fn expand<const N: usize>(key: &Secret<32>, one: &[&[u8]], two: &[&[u8]]) -> Secret<N> {
    const { assert!(N <= 32) };
    let block = hmac(key.expose(), [one, two, &[&[1]]]);
    let mut derived = Secret::default();
    derived.expose_mut().iter_mut().zip(block.expose()).for_each(|(to, from)| *to = *from);
    derived
}

#[cfg(test)]
mod tests {
    use super::{expand, extract, sha256};
    use crate::seal::{Secret, hex};

    /// RFC 5869, appendices A.1 to A.3: the key, and the first 32 of the bytes that follow from it.
    #[test]
    fn hkdf_is_that_of_rfc_5869() {
        let rising = |from: u8| core::array::from_fn::<u8, 80, _>(|at| from.wrapping_add(u8::try_from(at).unwrap()));
        let holds = |ikm: &[u8], salt: &[u8], info: &[u8], key: &str, derived: &str| {
            assert_eq!(extract(salt, &[ikm], &[]), Secret::new(hex(key)));
            let (start, end) = info.split_at(info.len() / 2);
            assert_eq!(expand(&Secret::new(hex(key)), &[start], &[end]), Secret::<32>::new(hex(derived)));
        };
        holds(
            &[0x0b; 22],
            &rising(0)[..13],
            &rising(0xf0)[..10],
            "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
        );
        holds(
            &rising(0),
            // RFC 2104: a key that is longer than a block stands for its hash.
            sha256(&[&[&rising(0x60)]]).expose(),
            &rising(0xb0),
            "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c",
        );
        holds(
            &[0x0b; 22],
            &[],
            &[],
            "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d",
        );
    }
}
