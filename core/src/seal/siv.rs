//! One report under one key: AES-SIV (RFC 5297) with a tag of 8 bytes.
//!
//! ```text
//! keys   32   CMAC's, then the cipher's
//! tag    8    the first half of S2V(associated data, text)
//! text        AES-128-CTR; the counter block is the tag and 8 zero bytes
//! ```
//!
//! The tag depends on every bit of the text, and the key stream on the tag: the same keys with another text give another
//! stream. A device that was copied, or put back to an older state, uses keys twice; what it then gives away is whether two
//! texts are equal, no more.

use aes::Aes128;
use cmac::{Cmac, KeyInit as _, Mac as _};
use ctr::Ctr64BE;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _};
use subtle::ConstantTimeEq as _;

use super::{Secret, TAG};

type Block = [u8; 16];

/// AES-CMAC (RFC 4493) of all parts in a row.
pub(super) fn cmac(key: &Block, parts: &[&[u8]]) -> Block {
    let mut mac = Cmac::<Aes128>::new(&(*key).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Twice the block, in the field of RFC 4493.
fn double(block: Block) -> Block {
    let number = u128::from_be_bytes(block);
    let overflow = (number >> 127).wrapping_neg() & 0x87;
    (number << 1 ^ overflow).to_be_bytes()
}

fn xor(block: Block, other: &[u8]) -> Block {
    let mut block = block;
    block.iter_mut().zip(other).for_each(|(to, from)| *to ^= from);
    block
}

/// The pseudorandom function of RFC 5297 over a vector of strings.
fn s2v(key: &Block, associated: &[&[u8]], text: &[u8]) -> Block {
    let mut sum = cmac(key, &[&[0; 16]]);
    for string in associated {
        sum = xor(double(sum), &cmac(key, &[string]));
    }
    match text.split_last_chunk::<16>() {
        Some((head, tail)) => cmac(key, &[head, &xor(sum, tail)]),
        None => {
            let padded = text.iter().chain(&[0x80]);
            let mut last = double(sum);
            last.iter_mut().zip(padded).for_each(|(to, from)| *to ^= from);
            cmac(key, &[&last])
        }
    }
}

fn stream(key: &Block, counter: &Block, text: &mut [u8]) {
    let mut cipher = Ctr64BE::<Aes128>::new(&(*key).into(), &(*counter).into());
    // It would take 2^64 blocks to run out.
    let _ = cipher.try_apply_keystream(text);
}

fn halves(keys: &Secret<32>) -> (Block, Block) {
    let mut halves = ([0; 16], [0; 16]);
    let bytes = keys.expose().iter();
    halves.0.iter_mut().chain(&mut halves.1).zip(bytes).for_each(|(to, from)| *to = *from);
    halves
}

fn counter(tag: [u8; TAG]) -> Block {
    xor([0; 16], &tag)
}

/// Seals the text in place and gives its tag.
pub(super) fn seal(keys: &Secret<32>, associated: &[u8], text: &mut [u8]) -> [u8; TAG] {
    let (mac, cipher) = halves(keys);
    let mut tag = [0; TAG];
    tag.iter_mut().zip(s2v(&mac, &[associated], text)).for_each(|(to, from)| *to = from);
    stream(&cipher, &counter(tag), text);
    tag
}

/// Opens the text in place; false if it is not what was sealed, and then it is all zero.
#[must_use]
pub(super) fn open(keys: &Secret<32>, associated: &[u8], text: &mut [u8], tag: [u8; TAG]) -> bool {
    let (mac, cipher) = halves(keys);
    stream(&cipher, &counter(tag), text);
    let [a, b, c, d, e, f, g, h, ..] = s2v(&mac, &[associated], text);
    let good: bool = [a, b, c, d, e, f, g, h].ct_eq(&tag).into();
    if !good {
        text.fill(0);
    }
    good
}
