//! Two hubs find out in which epochs they differ.
//!
//! ```text
//! VEC    sealed text | tag 8         AES-SIV (SPEC 4.2) under a key of the two hubs, with "increp vec 1" as associated data
//! text   kind 1 | depth 1 | prefix 4 | ...
//! kind 0 branch    digest 4 * 8      of the epochs under each of the eight prefixes that are three bits longer
//! kind 1 leaf      { author 4 | epoch 3 | digest 4 }*      the epochs under the prefix; in an answer those that are the same on both sides
//! kind 128 and above: an answer, which gets none if it is a leaf, or the same branch
//! ```
//!
//! An epoch stands under the first bits of SHA-256(author, epoch), highest bit first, three for each level. Its digest is the XOR of the first
//! four bytes of SHA-256 of every record that is there, so of every body too where a number has several; that of a prefix is the XOR of
//! SHA-256(author, epoch, digest). Whose branches are equal have the same records. Where they are not, the other one answers with the branch
//! below, and with a leaf where few epochs are left. What differs is then sent both ways, as devices send: by a [`Sender`](super::Sender) over the
//! hub's records of that device.

use sha2::{Digest as _, Sha256};

use super::frame::{Body, Fields};
use super::{Mac, Terms};
use crate::seal::{Secret, TAG, siv};

const BRANCH: u8 = 0;
const LEAF: u8 = 1;
const ANSWER: u8 = 0x80;
const HEAD: usize = 6;
const ITEM: usize = 11;
/// Levels of three bits.
const DEEPEST: u8 = 10;
const ASSOCIATED: &[u8] = b"increp vec 1";

/// The least bytes of a frame between hubs.
pub const MIN_VECTOR_MTU: u16 = 51;

/// An epoch of a device, and what is there of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Item {
    /// The device.
    pub author: u32,
    /// Its epoch.
    pub epoch: u32,
    /// Of its records: see [`Item::add`].
    pub digest: [u8; 4],
}

impl Item {
    /// Of an epoch without records.
    #[must_use]
    pub const fn new(author: u32, epoch: u32) -> Self {
        Self { author, epoch, digest: [0; 4] }
    }

    /// Adds a whole record. In any order; each body once.
    pub fn add(&mut self, record: &[u8]) {
        add(&mut self.digest, Sha256::new().chain_update(record));
    }

    fn place(&self) -> u32 {
        let hash = Sha256::new().chain_update(self.author.to_le_bytes()).chain_update(self.epoch.to_le_bytes());
        first(hash).map_or(0, u32::from_be_bytes)
    }

    fn add_to(&self, digest: &mut [u8; 4]) {
        let hash = Sha256::new().chain_update(self.author.to_le_bytes()).chain_update(self.epoch.to_le_bytes());
        add(digest, hash.chain_update(self.digest));
    }
}

fn first(hash: Sha256) -> Option<[u8; 4]> {
    hash.finalize().first_chunk().copied()
}

fn add(digest: &mut [u8; 4], hash: Sha256) {
    digest.iter_mut().zip(first(hash).unwrap_or_default()).for_each(|(to, from)| *to ^= from);
}

/// The epochs that a hub has.
pub trait Catalogue {
    /// What can go wrong.
    type Error;

    /// All of them, in any order.
    ///
    /// # Errors
    /// What the store did.
    fn each(&mut self, take: &mut dyn FnMut(Item)) -> Result<(), Self::Error>;
}

/// What a frame of the other hub's leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'f> {
    /// This is to be sent back.
    Answer(&'f [u8]),
    /// Of this epoch the other hub has other records than this one, or none: what is here is to be sent to it. Of an epoch that is not here
    /// the other hub finds that out.
    Differs(u32, u32),
    /// Both have the same, everywhere.
    Same,
}

/// One of two hubs that compare what they have. It keeps nothing: every frame stands for itself.
#[derive(Debug)]
pub struct Vector {
    terms: Terms,
    /// Of the frames that are sent, and of those that come.
    own: Secret<32>,
    other: Secret<32>,
}

/// A prefix of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Prefix {
    depth: u8,
    bits: u32,
}

impl Prefix {
    const ROOT: Self = Self { depth: 0, bits: 0 };

    fn holds(self, place: u32) -> bool {
        let shift = 32_u32.saturating_sub(u32::from(self.depth).saturating_mul(3));
        place.checked_shr(shift).unwrap_or(0) == self.bits
    }

    const fn child(self, at: u8) -> Self {
        Self { depth: self.depth.saturating_add(1), bits: self.bits << 3 | at as u32 }
    }
}

/// What a hub has under a prefix.
#[derive(Default)]
struct Under {
    digest: [u8; 4],
    many: u32,
}

impl Vector {
    /// Over a link of these terms, under a key that these two hubs share, or all hubs of a mission.
    #[must_use]
    pub fn new(terms: Terms, key: &Secret<32>) -> Self {
        Self::with(terms, key, key)
    }

    /// Under a key for each way, so that nobody answers a hub with its own frames.
    #[must_use]
    pub fn with(terms: Terms, own: &Secret<32>, other: &Secret<32>) -> Self {
        Self { terms, own: own.clone(), other: other.clone() }
    }

    /// The question whether all is the same; to be asked again until the answer is [`Found::Same`].
    ///
    /// # Errors
    /// What the catalogue did.
    pub fn ask<'f, C: Catalogue>(&self, catalogue: &mut C, frame: &'f mut [u8]) -> Result<&'f [u8], C::Error> {
        self.branch(BRANCH, Prefix::ROOT, catalogue, frame)
    }

    /// Takes a frame and tells what follows from it, one after the other. False if it is none of the other hub's.
    ///
    /// # Errors
    /// What the catalogue did.
    pub fn receive<C: Catalogue>(
        &self,
        frame: &mut [u8],
        catalogue: &mut C,
        buffer: &mut [u8],
        found: &mut dyn FnMut(Found<'_>),
    ) -> Result<bool, C::Error> {
        let Some((text, tag)) = frame.split_last_chunk_mut::<TAG>() else { return Ok(false) };
        if !siv::open(&self.other, ASSOCIATED, text, *tag) {
            return Ok(false);
        }
        let mut fields = Fields(text);
        let (Some(kind), Some(depth), Some(low), Some(high)) = (fields.byte(), fields.byte(), fields.pair(), fields.pair()) else {
            return Ok(false);
        };
        let prefix = Prefix { depth: depth.min(DEEPEST), bits: u32::from(high) << 16 | u32::from(low) };
        match kind & !ANSWER {
            BRANCH => self.compare(kind & ANSWER != 0, prefix, fields, catalogue, buffer, found)?,
            LEAF => self.differ(kind & ANSWER != 0, prefix, fields.0, catalogue, buffer, found)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn under<C: Catalogue>(prefix: Prefix, catalogue: &mut C) -> Result<Under, C::Error> {
        let mut under = Under::default();
        catalogue.each(&mut |item| {
            if prefix.holds(item.place()) {
                item.add_to(&mut under.digest);
                under.many = under.many.saturating_add(1);
            }
        })?;
        Ok(under)
    }

    /// A branch of the other hub's: what is under it there and here.
    fn compare<C: Catalogue>(
        &self,
        is_answer: bool,
        prefix: Prefix,
        mut fields: Fields<'_>,
        catalogue: &mut C,
        buffer: &mut [u8],
        found: &mut dyn FnMut(Found<'_>),
    ) -> Result<(), C::Error> {
        let mut same = true;
        for at in 0..8 {
            let theirs = fields.most(4);
            let child = prefix.child(at);
            let ours = Self::under(child, catalogue)?;
            if ours.digest == theirs {
                continue;
            }
            same = false;
            let fits = ours.many <= self.items() || child.depth >= DEEPEST;
            let answer = if fits || theirs == [0; 4] {
                self.leaf(LEAF, child, catalogue, buffer, &|_| true)?
            } else {
                self.branch(BRANCH, child, catalogue, buffer)?
            };
            found(Found::Answer(answer));
        }
        if same && prefix == Prefix::ROOT {
            if !is_answer {
                found(Found::Answer(self.branch(BRANCH | ANSWER, prefix, catalogue, buffer)?));
            }
            found(Found::Same);
        }
        Ok(())
    }

    /// A leaf of the other hub's: what is in one and not in the other.
    fn differ<C: Catalogue>(
        &self,
        is_answer: bool,
        prefix: Prefix,
        items: &[u8],
        catalogue: &mut C,
        buffer: &mut [u8],
        found: &mut dyn FnMut(Found<'_>),
    ) -> Result<(), C::Error> {
        let is_same = |item: &Item| items.chunks_exact(ITEM).any(|theirs| theirs == bytes(item));
        catalogue.each(&mut |item| {
            if prefix.holds(item.place()) && !is_same(&item) {
                found(Found::Differs(item.author, item.epoch));
            }
        })?;
        if !is_answer {
            // Not all that is here, which may be more than a frame holds.
            found(Found::Answer(self.leaf(LEAF | ANSWER, prefix, catalogue, buffer, &is_same)?));
        }
        Ok(())
    }

    /// Epochs that a leaf holds.
    fn items(&self) -> u32 {
        u32::from(self.terms.mtu).saturating_sub(14) / 11
    }

    fn branch<'f, C: Catalogue>(
        &self,
        kind: u8,
        prefix: Prefix,
        catalogue: &mut C,
        frame: &'f mut [u8],
    ) -> Result<&'f [u8], C::Error> {
        let mut digests = [[0; 4]; 8];
        for (at, digest) in (0..8).zip(&mut digests) {
            *digest = Self::under(prefix.child(at), catalogue)?.digest;
        }
        let mut body = self.begin(kind, prefix, frame);
        digests.iter().for_each(|digest| body.put(digest));
        let length = body.len();
        Ok(self.close(frame, length))
    }

    fn leaf<'f, C: Catalogue>(
        &self,
        kind: u8,
        prefix: Prefix,
        catalogue: &mut C,
        frame: &'f mut [u8],
        is_told: &dyn Fn(&Item) -> bool,
    ) -> Result<&'f [u8], C::Error> {
        let mut body = self.begin(kind, prefix, frame);
        catalogue.each(&mut |item| {
            if prefix.holds(item.place()) && is_told(&item) && body.room() >= ITEM {
                body.put(&bytes(&item));
            }
        })?;
        let length = body.len();
        Ok(self.close(frame, length))
    }

    fn begin<'f>(&self, kind: u8, prefix: Prefix, frame: &'f mut [u8]) -> Body<'f> {
        let mut body = Body::new(frame, self.terms.mtu, Mac::Eight);
        body.put(&[kind, prefix.depth]);
        body.put(&prefix.bits.to_le_bytes());
        debug_assert!(body.len() == HEAD, "no room for a head");
        body
    }

    fn close<'f>(&self, frame: &'f mut [u8], length: usize) -> &'f [u8] {
        let Some((text, rest)) = frame.split_at_mut_checked(length) else { return &[] };
        let tag = siv::seal(&self.own, ASSOCIATED, text);
        let Some(to) = rest.first_chunk_mut() else { return &[] };
        *to = tag;
        frame.get(..length.saturating_add(TAG)).unwrap_or_default()
    }
}

fn bytes(item: &Item) -> [u8; ITEM] {
    let ([a, b, c, d], [low, middle, high, _], [e, f, g, h]) = (item.author.to_le_bytes(), item.epoch.to_le_bytes(), item.digest);
    [a, b, c, d, low, middle, high, e, f, g, h]
}
