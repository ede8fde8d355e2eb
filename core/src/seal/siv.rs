//! One report under one key: AES-SIV (RFC 5297) with a tag of 8 bytes.
//!
//! ```text
//! keys   32   of CMAC, then of the counter mode
//! tag    8    the first half of S2V(associated data, text)
//! text        AES-128 in counter mode; the first counter block is the tag and 8 zero bytes
//! ```
//!
//! The tag depends on every bit of the text, and the key stream on the tag: the same keys with another text give another
//! stream. A device that was copied, or put back to an older state, uses keys twice; what it then gives away is whether two
//! texts are equal, no more.

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

use super::{Secret, TAG};

type Block = [u8; 16];

fn xor(block: Block, other: &[u8]) -> Block {
    let mut block = block;
    block.iter_mut().zip(other).for_each(|(to, from)| *to ^= from);
    block
}

/// Twice the block, in the field of RFC 4493.
fn double(block: Block) -> Block {
    let number = u128::from_be_bytes(block);
    let overflow = (number >> 127).wrapping_neg() & 0x87;
    (number << 1 ^ overflow).to_be_bytes()
}

/// A block with one bit behind the bytes, as both CMAC and S2V fill up.
fn filled(bytes: &[u8]) -> Block {
    let mut block = [0; 16];
    block.iter_mut().zip(bytes.iter().chain(&[0x80])).for_each(|(to, from)| *to = *from);
    block
}

/// The block cipher under one key.
pub(crate) struct Cipher(Aes128);

impl Cipher {
    pub(crate) fn new(key: &Secret<16>) -> Self {
        Self(Aes128::new(key.expose().into()))
    }

    fn encrypt(&self, block: Block) -> Block {
        let mut block = block.into();
        self.0.encrypt_block(&mut block);
        block.into()
    }

    /// AES-CMAC (RFC 4493) of all parts in a row.
    pub(crate) fn cmac(&self, parts: &[&[u8]]) -> Block {
        let mut state = [0; 16];
        let (mut block, mut length) = ([0; 16], 0);
        // The last block waits until it is known to be the last.
        for &byte in parts.iter().copied().flatten() {
            if length == 16 {
                state = self.encrypt(xor(state, &block));
                length = 0;
            }
            block.iter_mut().skip(length).take(1).for_each(|to| *to = byte);
            length = length.saturating_add(1);
        }
        let subkey = double(self.encrypt([0; 16]));
        let last = match block.get(..length) {
            Some(part) if length < 16 => xor(filled(part), &double(subkey)),
            _ => xor(block, &subkey),
        };
        self.encrypt(xor(state, &last))
    }

    /// The pseudorandom function of RFC 5297 over a vector of strings.
    fn s2v(&self, associated: &[&[u8]], text: &[u8]) -> Block {
        let mut sum = self.cmac(&[&[0; 16]]);
        for string in associated {
            sum = xor(double(sum), &self.cmac(&[string]));
        }
        match text.split_last_chunk::<16>() {
            Some((head, tail)) => self.cmac(&[head, &xor(sum, tail)]),
            None => self.cmac(&[&xor(double(sum), &filled(text))]),
        }
    }

    /// Counter mode (NIST SP 800-38A), in place.
    fn stream(&self, counter: Block, text: &mut [u8]) {
        let mut counter = u128::from_be_bytes(counter);
        for part in text.chunks_mut(16) {
            let stream = self.encrypt(counter.to_be_bytes());
            part.iter_mut().zip(stream).for_each(|(to, from)| *to ^= from);
            counter = counter.wrapping_add(1);
        }
    }
}

/// The two halves of the keys.
fn ciphers(keys: &Secret<32>) -> (Cipher, Cipher) {
    let (mut mac, mut stream) = (Secret::new([0; 16]), Secret::new([0; 16]));
    let to = mac.expose_mut().iter_mut().chain(stream.expose_mut());
    to.zip(keys.expose()).for_each(|(to, from)| *to = *from);
    (Cipher::new(&mac), Cipher::new(&stream))
}

fn tag(mac: &Cipher, associated: &[u8], text: &[u8]) -> [u8; TAG] {
    let [a, b, c, d, e, f, g, h, ..] = mac.s2v(&[associated], text);
    [a, b, c, d, e, f, g, h]
}

/// Seals the text in place and gives its tag.
pub(crate) fn seal(keys: &Secret<32>, associated: &[u8], text: &mut [u8]) -> [u8; TAG] {
    let (mac, stream) = ciphers(keys);
    let tag = tag(&mac, associated, text);
    stream.stream(xor([0; 16], &tag), text);
    tag
}

/// Opens the text in place; false if it is not what was sealed, and then it is all zero.
#[must_use]
pub(crate) fn open(keys: &Secret<32>, associated: &[u8], text: &mut [u8], sealed: [u8; TAG]) -> bool {
    let (mac, stream) = ciphers(keys);
    stream.stream(xor([0; 16], &sealed), text);
    let good: bool = tag(&mac, associated, text).ct_eq(&sealed).into();
    if !good {
        text.zeroize();
    }
    good
}

#[cfg(test)]
mod tests {
    use super::{Block, Cipher, ciphers, open, seal};
    use crate::seal::{Secret, hex};

    /// RFC 4493, section 4.
    #[test]
    fn cmac_is_that_of_rfc_4493() {
        let cipher = Cipher::new(&Secret::new(hex("2b7e151628aed2a6abf7158809cf4f3c")));
        let text: [u8; 64] = hex(concat!(
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
            "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
        ));
        for (length, mac) in [
            (0, "bb1d6929e95937287fa37d129b756746"),
            (16, "070a16b46b4d4144f79bdd9dd04a287c"),
            (40, "dfa66747de9ae63030ca32611497c827"),
            (64, "51f0bebf7e3b9d92fc49741779363cfe"),
        ] {
            let (one, two) = text[..length].split_at(length / 3);
            assert_eq!(cipher.cmac(&[one, two]), hex::<16>(mac), "{length} bytes");
        }
    }

    /// RFC 5297, appendix A, with its tag of 16 bytes; the counter there has two bits cleared.
    #[test]
    fn siv_is_that_of_rfc_5297() {
        let counter = |tag: Block| (u128::from_be_bytes(tag) & !(1 << 63 | 1 << 31)).to_be_bytes();
        let (mac, stream) = ciphers(&Secret::new(hex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")));
        let associated: [u8; 24] = hex("101112131415161718191a1b1c1d1e1f2021222324252627");
        let mut text: [u8; 14] = hex("112233445566778899aabbccddee");
        let tag = mac.s2v(&[&associated], &text);
        assert_eq!(tag, hex::<16>("85632d07c6e8f37f950acd320a2ecc93"));
        stream.stream(counter(tag), &mut text);
        assert_eq!(text, hex::<14>("40c02b9690c4dc04daef7f6afe5c"));

        let (mac, stream) = ciphers(&Secret::new(hex("7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f")));
        let one: [u8; 40] = hex("00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100");
        let (two, nonce): ([u8; 10], Block) = (hex("102030405060708090a0"), hex("09f911029d74e35bd84156c5635688c0"));
        let mut text: [u8; 47] =
            hex("7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d414553");
        let tag = mac.s2v(&[&one, &two, &nonce], &text);
        assert_eq!(tag, hex::<16>("7bdb6e3b432667eb06f4d14bff2fbd0f"));
        stream.stream(counter(tag), &mut text);
        assert_eq!(
            text,
            hex::<47>("cb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d")
        );
    }

    #[test]
    fn what_was_sealed_opens_and_nothing_else_does() {
        let keys = Secret::new([7; 32]);
        for length in [0, 1, 15, 16, 17, 40, 100] {
            let text: [u8; 100] = core::array::from_fn(|at| at.to_le_bytes()[0]);
            let mut bytes = text;
            let bytes = &mut bytes[..length];
            let tag = seal(&keys, b"to whom", bytes);
            let mut opened = [0; 100];
            opened[..length].copy_from_slice(bytes);
            assert!(open(&keys, b"to whom", &mut opened[..length], tag) && opened[..length] == text[..length]);
            for bit in 0..length * 8 + 64 {
                let (mut opened, mut tag) = ([0; 100], tag);
                opened[..length].copy_from_slice(bytes);
                match opened[..length].get_mut(bit / 8) {
                    Some(byte) => *byte ^= 1 << (bit % 8),
                    None => tag[bit / 8 - length] ^= 1 << (bit % 8),
                }
                assert!(!open(&keys, b"to whom", &mut opened[..length], tag) && opened == [0; 100]);
            }
            assert!(!open(&keys, b"to whon", &mut [0; 100][..length], tag));
        }
    }
}
