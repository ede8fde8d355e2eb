//! Codes that fit, so that what stands behind them is reached: other crates make them.

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use cmac::{Cmac, Mac as _};
use hkdf::Hkdf;
use increp::seal::{Epoch, Peer};
use sha2::Sha256;

/// The code of a receipt for this device, whose last 8 bytes it is to be.
pub fn mac(peer: &Peer, receipt: &[u8]) -> [u8; 8] {
    let body = &receipt[..receipt.len().saturating_sub(8)];
    let mut mac = Cmac::<Aes128>::new_from_slice(&peer.to_bytes().expose()[36..52]).expect("16 bytes");
    mac.update(b"receipt");
    mac.update(body);
    mac.finalize().into_bytes()[..8].try_into().expect("8 bytes")
}

/// A record of a text, sealed with the keys of its number in an epoch.
pub fn seal(epoch: &Epoch, author: u32, seq: u8, text: &[u8]) -> Vec<u8> {
    let kept = epoch.to_bytes();
    let first: [u8; 32] = kept.expose()[25..].try_into().expect("32 bytes");
    let chain = (1..seq).fold(first, |chain, _| expand(&chain, b"increp chain"));
    let head = [&[0x13][..], &epoch.number().to_le_bytes()[..3], &[seq]].concat();
    let associated = [&head[..], &author.to_le_bytes()].concat();
    [head, siv(&expand(&chain, b"increp record"), &associated, text)].concat()
}

/// HQ's first message to this device, whatever it says.
pub fn message(peer: &Peer, text: &[u8]) -> Vec<u8> {
    let head = [&[0x16][..], &peer.author().to_le_bytes(), &[0; 4]].concat();
    let keys = expand(&peer.to_bytes().expose()[112..144], b"increp record");
    let sealed = siv(&keys, &head, text);
    [head, sealed].concat()
}

fn expand(key: &[u8], label: &[u8]) -> [u8; 32] {
    let mut derived = [0; 32];
    Hkdf::<Sha256>::from_prk(key).expect("32 bytes").expand(label, &mut derived).expect("32 bytes");
    derived
}

/// A text under its keys, as SPEC.md 4.2 says: the text sealed, and the tag.
pub fn siv(keys: &[u8; 32], associated: &[u8], text: &[u8]) -> Vec<u8> {
    let mut whole = aes_siv::siv::Aes128Siv::new(&(*keys).into());
    let tag: [u8; 8] = whole.encrypt([associated], text).expect("sealed")[..8].try_into().expect("8 bytes");
    let cipher = Aes128::new_from_slice(&keys[16..]).expect("16 bytes");
    let mut sealed = Vec::with_capacity(text.len() + tag.len());
    for (number, part) in (0_u64..).zip(text.chunks(16)) {
        let block: [u8; 16] = [tag, number.to_be_bytes()].concat().try_into().expect("16 bytes");
        let mut stream = block.into();
        cipher.encrypt_block(&mut stream);
        sealed.extend(part.iter().zip(stream).map(|(text, stream)| text ^ stream));
    }
    sealed.extend(tag);
    sealed
}

/// CRC-32 (ISO-HDLC), little-endian.
pub fn crc(bytes: &[u8]) -> [u8; 4] {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    (!bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))).to_le_bytes()
}
