//! One stick file: whole blocks, of which only its readers see more than the number.
//!
//! ```text
//! 0    89 69 72 73 0d 0a 1a 01   "\x89irs\r\n\x1a", then the version: 1
//! 8    blocks    4               blocks of 4096 bytes in the file, at most 1024; little-endian
//! 12   readers   1               who may read it, from 1 to 32
//! 13   00 00 00
//! 16   { share 32 | key 48 }     for each reader: the file's key, wrapped
//! then sealed                    ChaCha20-Poly1305 (RFC 8439) under the file's key, nonce 0; all before is authenticated with it.
//!                                The content, and zeros up to whole blocks; the tag, 16 bytes
//! -8   digest    8               the first bytes of SHA-256 of all before: written last
//! ```
//!
//! For a hub, `share` and `key` are what HPKE (RFC 9180) in mode Base makes of the file's key: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
//! ChaCha20-Poly1305, info "increp stick 1". So whoever takes the device that wrote the file cannot read it. For a device, `share` is
//! random, and `key` is the file's key under ChaCha20-Poly1305, nonce 0, with HMAC-SHA256(hop key, "increp stick 1" | share). The two
//! look alike. Every file has a key of its own, so that the nonce is used once.

use chacha20poly1305::aead::{Aead as _, AeadInOut as _, KeyInit as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce, Tag};
use getrandom::SysRng;
use getrandom::rand_core::{TryCryptoRng, UnwrapErr};
use hmac::{Hmac, Mac as _};
use hpke::aead::ChaCha20Poly1305 as HpkeAead;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256 as Kem;
use hpke::{Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _};
use increp::seal::Secret;
use sha2::{Digest as _, Sha256};

/// The first bytes of a file.
pub const MAGIC: [u8; 8] = *b"\x89irs\r\n\x1a\x01";
/// Bytes of a block: a file tells no more of its length.
pub const BLOCK: usize = 4096;
/// The most blocks of a file: it is held in memory.
pub const MOST_BLOCKS: usize = 1024;
/// The most readers of a file.
pub const MOST_READERS: usize = 32;

const INFO: &[u8] = b"increp stick 1";
const HEAD: usize = 16;
const WRAPPED: usize = 32 + 48;
const TAG: usize = 16;
const DIGEST: usize = 8;

/// The most bytes of content that a file with the most readers has.
pub const MOST_CONTENT: usize = BLOCK * MOST_BLOCKS - HEAD - WRAPPED * MOST_READERS - TAG - DIGEST;

/// Who may read a file.
#[derive(Clone, Debug)]
pub enum Reader {
    /// A hub, by its public key.
    Hub([u8; 32]),
    /// A device, by the key that it shares with hubs.
    Device(Secret<16>),
}

/// What opens a file.
#[derive(Clone, Debug)]
pub enum Opener {
    /// A hub's secret key.
    Hub(Secret<32>),
    /// The key that a device shares with hubs.
    Device(Secret<16>),
}

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It does not start like a stick file.
    Foreign,
    /// It is of another version.
    Version(u8),
    /// It ends too early, or too late: bytes that it has, and that it says.
    Length {
        /// Bytes that there are.
        found: u64,
        /// Bytes that the file says it has.
        expected: u64,
    },
    /// The digest at its end is not that of its bytes: it was cut short while it was written, or damaged.
    Digest,
    /// It is whole, and for somebody else.
    Others,
    /// It is whole, and its seal does not fit: somebody changed it.
    Tampered,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Foreign => f.write_str("is not a stick file"),
            Self::Version(version) => write!(f, "is a stick file of version {version}, and this build reads version 1"),
            Self::Length { found, expected } if found < expected => write!(f, "was cut short: has {found} of {expected} bytes"),
            Self::Length { found, expected } => write!(f, "is too long: has {found} bytes, and says {expected}"),
            Self::Digest => f.write_str("was cut short or damaged: its digest is not that of its bytes"),
            Self::Others => f.write_str("is for somebody else"),
            Self::Tampered => f.write_str("was changed by somebody: its seal does not fit"),
        }
    }
}

/// Makes a file of some content.
///
/// # Errors
/// The content is too long, there are no readers or too many, or one's key is none.
pub fn seal(content: &[u8], readers: &[Reader]) -> anyhow::Result<Vec<u8>> {
    seal_with(content, readers, &mut SysRng)
}

/// [`seal`] with another source of randomness: the file's key is drawn from it, then 32 bytes for each reader. For vectors alone.
///
/// # Errors
/// As [`seal`].
pub fn seal_with(content: &[u8], readers: &[Reader], rng: &mut impl TryCryptoRng) -> anyhow::Result<Vec<u8>> {
    anyhow::ensure!((1..=MOST_READERS).contains(&readers.len()), "expected 1 to {MOST_READERS} readers, found {}", readers.len());
    let around = HEAD + WRAPPED * readers.len() + TAG + DIGEST;
    let blocks = (around + content.len()).div_ceil(BLOCK);
    anyhow::ensure!(blocks <= MOST_BLOCKS, "expected at most {MOST_CONTENT} bytes for a stick file, found {}", content.len());
    let key = Secret::new(draw(rng)?);
    let mut file = Vec::with_capacity(blocks * BLOCK);
    file.extend(MAGIC);
    file.extend(u32::try_from(blocks)?.to_le_bytes());
    file.extend([u8::try_from(readers.len())?, 0, 0, 0]);
    for reader in readers {
        file.extend(wrap(&key, reader, rng)?);
    }
    let sealed_at = file.len();
    file.extend(content);
    file.resize(blocks * BLOCK - TAG - DIGEST, 0);
    let (head, text) = file.split_at_mut(sealed_at);
    let tag = ChaCha20Poly1305::new(&(*key.expose()).into()).encrypt_inout_detached(&Nonce::default(), head, text.into());
    file.extend(tag.map_err(|_| anyhow::anyhow!("the content cannot be sealed"))?);
    file.extend(digest(&file));
    Ok(file)
}

/// How many bytes a file says it has, from its first 16; for whoever reads only what there should be.
///
/// # Errors
/// [`Refused::Foreign`], [`Refused::Version`].
pub fn length(head: &[u8]) -> Result<usize, Refused> {
    let [magic @ .., version] = MAGIC;
    let Some((found, rest)) = head.split_first_chunk::<8>() else { return Err(Refused::Foreign) };
    match found {
        [start @ .., _] if *start != magic => return Err(Refused::Foreign),
        [.., other] if *other != version => return Err(Refused::Version(*other)),
        _ => {}
    }
    let blocks = rest.first_chunk().map_or(0, |blocks| u32::from_le_bytes(*blocks) as usize);
    if (1..=MOST_BLOCKS).contains(&blocks) { Ok(blocks * BLOCK) } else { Err(Refused::Foreign) }
}

/// Whether a file is all there, as anybody can tell.
///
/// # Errors
/// All but [`Refused::Others`] and [`Refused::Tampered`].
pub fn check(file: &[u8]) -> Result<(), Refused> {
    let expected = length(file)?;
    if file.len() != expected {
        return Err(Refused::Length { found: file.len() as u64, expected: expected as u64 });
    }
    match file.split_last_chunk::<DIGEST>() {
        Some((body, found)) if digest(body) == *found => Ok(()),
        _ => Err(Refused::Digest),
    }
}

/// Opens a file with the first of some keys that fits; gives its content, with the zeros behind it, and which key it was.
///
/// # Errors
/// Why it cannot be read.
pub fn open<'o>(file: &[u8], openers: impl IntoIterator<Item = &'o Opener> + Clone) -> Result<(Vec<u8>, &'o Opener), Refused> {
    check(file)?;
    let readers = file.get(12).copied().map_or(0, usize::from);
    let body = file.get(..file.len() - DIGEST).unwrap_or_default();
    let sealed_at = HEAD + WRAPPED * readers;
    let (Some(wrapped), Some(sealed)) = (body.get(HEAD..sealed_at), body.get(sealed_at..)) else { return Err(Refused::Tampered) };
    let Some((text, tag)) = sealed.split_last_chunk::<TAG>().filter(|_| (1..=MOST_READERS).contains(&readers)) else {
        return Err(Refused::Tampered);
    };
    for opener in openers {
        for wrapped in wrapped.as_chunks::<WRAPPED>().0 {
            let Some(key) = unwrap(wrapped, opener) else { continue };
            let mut content = text.to_vec();
            let head = body.get(..sealed_at).unwrap_or_default();
            let cipher = ChaCha20Poly1305::new(&(*key.expose()).into());
            let opened = cipher.decrypt_inout_detached(&Nonce::default(), head, content.as_mut_slice().into(), &Tag::from(*tag));
            return opened.map(|()| (content, opener)).map_err(|_| Refused::Tampered);
        }
    }
    Err(Refused::Others)
}

/// A new pair of keys for a hub: secret and public.
///
/// # Errors
/// The operating system has no randomness.
pub fn hub_key() -> anyhow::Result<(Secret<32>, [u8; 32])> {
    let seed = Secret::new(draw(&mut SysRng)?);
    let (secret, public) = Kem::derive_keypair(seed.expose());
    Ok((Secret::new(secret.to_bytes().into()), public.to_bytes().into()))
}

/// The public key of a hub's secret one.
///
/// # Errors
/// It is no key.
pub fn hub_public(secret: &Secret<32>) -> anyhow::Result<[u8; 32]> {
    let secret = <Kem as hpke::Kem>::PrivateKey::from_bytes(secret.expose()).map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(Kem::sk_to_pk(&secret).to_bytes().into())
}

/// Whether something can be a hub's public key: with a few points nobody agrees on a secret.
#[must_use]
pub fn is_hub_key(public: &[u8; 32]) -> bool {
    x25519_dalek::StaticSecret::from([1; 32]).diffie_hellman(&(*public).into()).was_contributory()
}

/// The key that two hubs have in common: of one's secret key, its public one, and that of the other.
#[must_use]
pub fn common(secret: &Secret<32>, own: &[u8; 32], other: &[u8; 32]) -> Secret<16> {
    let agreed = x25519_dalek::StaticSecret::from(*secret.expose()).diffie_hellman(&(*other).into());
    let half = |hash: [u8; 32]| {
        let hash = zeroize::Zeroizing::new(hash);
        Secret::new(hash.first_chunk().copied().unwrap_or_default())
    };
    let key = half(Sha256::digest(agreed.as_bytes()).into());
    half(hmac(&key, &[b"increp hubs 1", own.min(other), own.max(other)]))
}

fn draw(rng: &mut impl TryCryptoRng) -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    rng.try_fill_bytes(&mut bytes).map_err(|error| anyhow::anyhow!("the operating system has no randomness: {error}"))?;
    Ok(bytes)
}

fn digest(bytes: &[u8]) -> [u8; DIGEST] {
    let mut digest = [0; DIGEST];
    digest.iter_mut().zip(Sha256::digest(bytes)).for_each(|(to, from)| *to = from);
    digest
}

/// The key that wraps the key of a file for a device.
fn wrapping(hop: &Secret<16>, share: &[u8]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&hmac(hop, &[INFO, share]).into())
}

/// HMAC-SHA256 (RFC 2104) of all parts in a row.
pub(in crate::link) fn hmac(key: &Secret<16>, parts: &[&[u8]]) -> [u8; 32] {
    // A key that is shorter than a block of the hash is filled up with zeros.
    let mut block = zeroize::Zeroizing::new([0; 64]);
    block.iter_mut().zip(key.expose()).for_each(|(to, from)| *to = *from);
    let mut mac = Hmac::<Sha256>::new(&(*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn wrap(key: &Secret<32>, reader: &Reader, rng: &mut impl TryCryptoRng) -> anyhow::Result<[u8; WRAPPED]> {
    let mut wrapped = [0; WRAPPED];
    let (share, under) = wrapped.split_at_mut(32);
    match reader {
        Reader::Hub(public) => {
            let public =
                <Kem as hpke::Kem>::PublicKey::from_bytes(public).map_err(|error| anyhow::anyhow!("a hub's key: {error}"))?;
            // It gave the file's key a moment ago.
            let rng = &mut UnwrapErr(rng);
            let (made, text) =
                hpke::single_shot_seal_with_rng::<HpkeAead, HkdfSha256, Kem>(&OpModeS::Base, &public, INFO, key.expose(), &[], rng)
                    .map_err(|error| anyhow::anyhow!("a hub's key: {error}"))?;
            share.copy_from_slice(&made.to_bytes());
            under.copy_from_slice(&text);
        }
        Reader::Device(hop) => {
            share.copy_from_slice(&draw(rng)?);
            let text = wrapping(hop, share).encrypt(&Nonce::default(), Payload::from(key.expose().as_slice()));
            under.copy_from_slice(&text.map_err(|_| anyhow::anyhow!("the key cannot be wrapped"))?);
        }
    }
    Ok(wrapped)
}

fn unwrap(wrapped: &[u8; WRAPPED], opener: &Opener) -> Option<Secret<32>> {
    let (share, under) = wrapped.split_at(32);
    let key = match opener {
        Opener::Hub(secret) => {
            let secret = <Kem as hpke::Kem>::PrivateKey::from_bytes(secret.expose()).ok()?;
            let share = <Kem as hpke::Kem>::EncappedKey::from_bytes(share).ok()?;
            hpke::single_shot_open::<HpkeAead, HkdfSha256, Kem>(&OpModeR::Base, &secret, &share, INFO, under, &[]).ok()?
        }
        Opener::Device(hop) => wrapping(hop, share).decrypt(&Nonce::default(), under).ok()?,
    };
    let key = zeroize::Zeroizing::new(key);
    key.first_chunk().map(|key| Secret::new(*key))
}

/// The crates that stick files are made of, held against their RFCs.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::{hex, unhex};

    fn bytes<const N: usize>(digits: &str) -> [u8; N] {
        unhex(digits).unwrap()
    }

    /// RFC 8439, section 2.8.2.
    #[test]
    fn chacha20_poly1305_is_that_of_rfc_8439() {
        let key: [u8; 32] = std::array::from_fn(|at| 0x80 + u8::try_from(at).unwrap());
        let nonce = Nonce::from(bytes::<12>("070000004041424344454647"));
        let aad = bytes::<12>("50515253c0c1c2c3c4c5c6c7");
        let text =
            b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let sealed = ChaCha20Poly1305::new(&key.into()).encrypt(&nonce, Payload { msg: text, aad: &aad }).unwrap();
        let expected = concat!(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b29",
            "05d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b",
            "61161ae10b594f09e26a7e902ecbd0600691",
        );
        assert_eq!(hex(&sealed), expected);
    }

    /// RFC 9180, appendix A.2.1.
    #[test]
    fn hpke_is_that_of_rfc_9180() {
        let secret = bytes::<32>("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
        let enc = bytes::<32>("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a");
        let sealed =
            bytes::<45>(concat!("1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db", "21993c62ce81883d2dd1b51a28"));
        let secret = <Kem as hpke::Kem>::PrivateKey::from_bytes(&secret).unwrap();
        let enc = <Kem as hpke::Kem>::EncappedKey::from_bytes(&enc).unwrap();
        let info = b"Ode on a Grecian Urn";
        let opened =
            hpke::single_shot_open::<HpkeAead, HkdfSha256, Kem>(&OpModeR::Base, &secret, &enc, info, &sealed, b"Count-0").unwrap();
        assert_eq!(opened, b"Beauty is truth, truth beauty");
    }

    /// RFC 4231, test case 4, with its key of 25 bytes as our keys of 16 are filled up.
    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let mut block = [0; 64];
        block.iter_mut().zip(1..=25).for_each(|(to, from)| *to = from);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(&[0xcd; 50]);
        assert_eq!(hex(&mac.finalize().into_bytes()), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    }
}
