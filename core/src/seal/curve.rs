//! X25519 (RFC 7748).

use curve25519_dalek::montgomery::MontgomeryPoint;
use curve25519_dalek::scalar::clamp_integer;

use super::Secret;

/// The function X25519. The ladder is that of the crate; its own way there has a bounds check that stays in firmware.
fn x25519(secret: &Secret<32>, point: MontgomeryPoint) -> Secret<32> {
    let scalar = Secret::new(clamp_integer(*secret.expose()));
    let bit = |at: u8| scalar.expose().get(usize::from(at / 8)).is_some_and(|byte| byte >> (at % 8) & 1 == 1);
    Secret::new(point.mul_bits_be((0..=u8::MAX).rev().map(bit)).to_bytes())
}

/// The public key of a secret one.
#[inline(never)] // it is called often
pub(super) fn public(secret: &Secret<32>) -> [u8; 32] {
    *x25519(secret, curve25519_dalek::constants::X25519_BASEPOINT).expose()
}

/// What two sides agree on: zero if the public key is a weak one, which gives the same with everyone.
pub(super) fn agree(secret: &Secret<32>, public: &[u8; 32]) -> Secret<32> {
    x25519(secret, MontgomeryPoint(*public))
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::montgomery::MontgomeryPoint;

    use super::{agree, public, x25519};
    use crate::seal::{Secret, hex};

    /// RFC 7748, section 5.2.
    #[test]
    fn x25519_is_that_of_rfc_7748() {
        for (scalar, point, result) in [
            (
                "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
                "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
            ),
            (
                "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
                "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
                "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
            ),
        ] {
            assert_eq!(x25519(&Secret::new(hex(scalar)), MontgomeryPoint(hex(point))), Secret::new(hex(result)));
        }
        let (mut scalar, mut point) = ([0; 32], [0; 32]);
        (scalar[0], point[0]) = (9, 9);
        for round in 1..=1000 {
            let result = x25519(&Secret::new(scalar), MontgomeryPoint(point));
            (scalar, point) = (*result.expose(), scalar);
            if round == 1 {
                assert_eq!(scalar, hex("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"));
            }
        }
        assert_eq!(scalar, hex("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"));
    }

    /// RFC 7748, section 6.1.
    #[test]
    fn two_sides_agree() {
        let alice = Secret::new(hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
        let bob = Secret::new(hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
        assert_eq!(public(&alice), hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
        assert_eq!(public(&bob), hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
        let agreed = Secret::new(hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"));
        assert_eq!([agree(&alice, &public(&bob)), agree(&bob, &public(&alice))], [agreed.clone(), agreed]);
    }

    #[test]
    fn a_weak_key_gives_zero() {
        let secret = Secret::new([7; 32]);
        let order_8 = hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
        for weak in [[0; 32], hex("0100000000000000000000000000000000000000000000000000000000000000"), order_8] {
            assert!(agree(&secret, &weak).is_zero());
        }
    }
}
