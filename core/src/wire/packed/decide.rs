//! A decision: its place in the report, the tree that it is a node of, and what is made of it.

use super::coder::{Coder, fair, uniform};
use super::context::{CHAIN, Way, bucket, mix};

/// What a decision is about, so that different ones at one field have weights of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[allow(missing_docs)] // what they decide is said where they are decided
pub enum What {
    Fields = 1,
    Code,
    Flag,
    Case,
    Length,
    Number,
    Rest,
    Same,
    Said,
    SaidBack,
    LaterSaid,
    LaterSaidBack,
    Listed,
    ListedRank,
    AsPlace,
    Known,
    Half,
    Inside,
    Cell,
    LatitudeStep,
    LongitudeStep,
    Unit,
    Start,
    Ago,
    Horizon,
    Author,
    Epoch,
    Seq,
    Form,
    FormNumber,
    Since,
}

/// Values of a profile that reports share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shared {
    /// The name of this rank.
    Name(usize),
    /// The place of this number.
    Place(usize),
    /// The form of this number.
    Form(usize),
}

/// Where a tree of decisions stands: makes the keys of its contexts.
#[derive(Clone, Copy, Debug)]
pub struct At<'w> {
    way: &'w Way,
    /// What it is about.
    pub what: What,
    /// Which tree of those that are about it.
    pub number: u32,
    /// The key of its root.
    key: u32,
}

impl<'w> At<'w> {
    pub(super) fn new(way: &'w Way, what: What, number: u32) -> Self {
        Self { way, what, number, key: mix(way.root(what as u32), number) }
    }

    /// Another tree about the same.
    #[must_use]
    pub fn other(&self, number: u32) -> Self {
        Self::new(self.way, self.what, number)
    }

    /// The number of the report's field in which it stands, and of that field's field.
    #[must_use]
    pub fn fields(&self) -> [Option<u8>; 2] {
        self.way.fields()
    }

    /// The key of the root.
    #[must_use]
    pub const fn key(&self) -> u32 {
        self.key
    }

    /// The keys of a chain, the most general first.
    pub fn chain(&self, chain: usize) -> impl Iterator<Item = u32> {
        let mut key = self.key;
        let steps = CHAIN.get(chain).copied().unwrap_or(0);
        self.way.chain(chain).into_iter().take(steps).map(move |more| {
            key = mix(key, more);
            key
        })
    }
}

/// A node of the gazetteer, which has its weight with it.
#[derive(Clone, Copy, Debug)]
pub struct Half {
    /// Its weight.
    pub weight: super::Weight,
    /// How often the batch decided it before, as false and as true.
    pub before: [u16; 2],
}

/// Who knows what was learned: a coder with weights, or a trainer that learns. What is not learned goes to it as a [`Coder`].
pub trait Ask: Coder {
    /// What was learned of a tree.
    type Tree: Default;

    /// Opens a tree in place of the one that `tree` was, below a node of another, by key and node: without that one it is
    /// never asked. Whether anything was learned of it.
    fn open(&mut self, tree: &mut Self::Tree, at: &At<'_>, above: Option<(u32, u8)>) -> bool;

    /// Decides `bit` at a node of a tree; `None` if nothing was learned of it. An encoder gives `bit` back, a decoder what it
    /// read.
    fn ask(&mut self, tree: &Self::Tree, node: u8, bit: bool) -> Option<bool>;

    /// Decides at a node of the gazetteer.
    fn halve(&mut self, at: &At<'_>, half: &Half, bit: bool) -> bool;

    /// Whether a value of the profile may be used: a trainer says no as long as few reports said it.
    fn admits(&mut self, shared: Shared) -> bool {
        let _ = shared;
        true
    }
}

/// Takes the decisions of values, each at the end of `way`.
pub trait Decisions: Coder {
    /// A decision by itself; one of which nothing is learned is as likely as not.
    fn decide(&mut self, way: &Way, what: What, number: u32, bit: bool) -> bool;

    /// A decision of which nothing may be learned, and which then is not taken; and `above` it the one before.
    fn perhaps(&mut self, way: &Way, what: What, number: u32, above: Option<u32>, bit: bool) -> Option<bool>;

    /// A number of any size: how many bits the number and 1 has below its first, one by one, then those bits, of which the first
    /// `learned` are decisions. What comes behind a decision of which nothing is learned is all as likely.
    fn number(&mut self, way: &Way, value: u64, what: What, learned: u8) -> u64;

    /// One of the numbers up to `most`, high bits first; behind a bit of which nothing is learned, all that are left are as
    /// likely. A decoder of bytes that nobody wrote may read a larger one.
    fn one_of(&mut self, way: &Way, what: What, most: u32, value: u32) -> u32;

    /// In which half of a node of the gazetteer.
    fn half(&mut self, way: &Way, number: u32, half: &Half, bit: bool) -> bool;

    /// See [`Ask::admits`].
    fn may_share(&mut self, shared: Shared) -> bool;
}

/// The tree of the bits below the first of a number that has so many.
const LOW: u32 = 0x40;
/// The tree of the sign of a number, by its size.
const SIGN: u32 = 0x80;
/// A tree of a value has so many levels; those below are in trees of their own.
const LEVELS: u32 = 4;
/// Of a number that has more bits below its first, none is learned.
const MOST_LOW: u8 = 31;

/// Where nothing is known of a number, two bits say that it has fewer bits than this behind its first, and four more that it
/// has fewer than the other.
const FEW: u8 = 3;
const MORE: u8 = 18;

impl<D: Ask> Decisions for D {
    #[inline(never)] // called everywhere
    fn decide(&mut self, way: &Way, what: What, number: u32, bit: bool) -> bool {
        match self.perhaps(way, what, number, None, bit) {
            Some(bit) => bit,
            None => self.bit(1 << 15, bit),
        }
    }

    fn perhaps(&mut self, way: &Way, what: What, number: u32, above: Option<u32>, bit: bool) -> Option<bool> {
        let at = At::new(way, what, number);
        let mut tree = D::Tree::default();
        if self.open(&mut tree, &at, above.map(|above| (at.other(above).key(), 0))) { ask(self, &tree, 0, bit) } else { None }
    }

    #[allow(clippy::cast_possible_truncation)] // at most 63, and the low bits
    fn number(&mut self, way: &Way, value: u64, what: What, learned: u8) -> u64 {
        // No value is so large that nothing is above it.
        let above = value.wrapping_add(1);
        let width = (63 ^ above.leading_zeros()) as u8 & 63;
        let at = At::new(way, what, 0);
        let mut tree = D::Tree::default();
        let mut known = self.open(&mut tree, &at, None);
        let mut bits = 0;
        while known && bits < 63 {
            match self.ask(&tree, bits, bits < width) {
                Some(true) => bits += 1,
                Some(false) => break,
                None => known = false,
            }
        }
        if !known {
            bits = unknown_width(self, bits, width);
        }
        if !known || learned == 0 || bits > MOST_LOW || bits == 0 {
            return low(self, bits, above) - 1;
        }
        let most = u32::MAX >> (32 - bits);
        let below = At::new(way, what, LOW + u32::from(bits));
        let low = branch(self, &mut tree, &below, Some((at.key(), bits)), most, above as u32 & most, learned);
        u64::from((1 << bits | low) - 1)
    }

    fn one_of(&mut self, way: &Way, what: What, most: u32, value: u32) -> u32 {
        branch(self, &mut D::Tree::default(), &At::new(way, what, 1), None, most, value, u8::MAX)
    }

    fn half(&mut self, way: &Way, number: u32, half: &Half, bit: bool) -> bool {
        self.halve(&At::new(way, What::Half, number), half, bit)
    }

    fn may_share(&mut self, shared: Shared) -> bool {
        self.admits(shared)
    }
}

/// [`Ask::ask`], once for all but how many bits numbers have, which is most of what is asked.
#[inline(never)]
fn ask<D: Ask>(decisions: &mut D, tree: &D::Tree, node: u8, bit: bool) -> Option<bool> {
    decisions.ask(tree, node, bit)
}

/// One of the numbers up to `most`: down a binary tree, so many `learned` bits at most; what is left is as likely.
fn branch<D: Ask>(
    decisions: &mut D,
    tree: &mut D::Tree,
    at: &At<'_>,
    above: Option<(u32, u8)>,
    most: u32,
    value: u32,
    learned: u8,
) -> u32 {
    let mut left = u32::BITS - most.leading_zeros();
    let least = left.saturating_sub(learned.into());
    let mut known = decisions.open(tree, at, above);
    let mut key = at.key();
    // The bits so far with a 1 before them; and of the tree at hand.
    let (mut read, mut node) = (1u32, 1u8);
    let mut edge = true;
    while known && left > least {
        if node >> LEVELS != 0 {
            let below = at.other(mix(at.number, read));
            known = decisions.open(tree, &below, Some((key, (node >> 1) - 1)));
            (key, node) = (below.key(), 1);
        }
        let limit = most >> (left - 1) & 1 == 1;
        let mut bit = false;
        if !edge || limit {
            let Some(asked) = ask(decisions, tree, node - 1, value >> (left - 1) & 1 == 1) else { break };
            bit = asked;
        }
        left -= 1;
        edge &= bit == limit;
        node = node << 1 | u8::from(bit);
        read = read << 1 | u32::from(bit);
    }
    if left > 0 {
        let low = u32::MAX >> (32 - left);
        let rest = if edge { most & low } else { low };
        read = read << left | uniform(decisions, rest.saturating_add(1), value & low);
    }
    // Without the 1 before them.
    read & u32::MAX.checked_shr(most.leading_zeros()).unwrap_or(0)
}

/// How many bits a number has, of which nothing is known but that it has so many at least: how many more, in up to three
/// steps.
fn unknown_width<D: Coder>(coder: &mut D, least: u8, width: u8) -> u8 {
    let more = width.saturating_sub(least);
    let mut read = coder.bits(2, more.min(FEW).into());
    if read == FEW.into() {
        read += coder.bits(4, (more.clamp(FEW, MORE) - FEW).into());
    }
    if read == MORE.into() {
        read = coder.bits(6, more.into());
    }
    #[allow(clippy::cast_possible_truncation)] // 6 bits
    (least + read as u8).min(63)
}

/// A number that has so many bits below its first, each as likely as not.
#[allow(clippy::cast_possible_truncation)] // half by half
fn low<D: Coder>(coder: &mut D, bits: u8, above: u64) -> u64 {
    if bits <= MOST_LOW {
        return (1 << bits | fair(coder, bits, above as u32 & ((1 << bits) - 1))).into();
    }
    let high = fair(coder, bits - 32, (above >> 32) as u32 & ((1 << (bits - 32)) - 1));
    u64::from(1 << (bits - 32) | high) << 32 | u64::from(fair(coder, 32, above as u32))
}

/// The tree of the sign of a number of this size.
pub(super) fn sign(size: u64) -> u32 {
    SIGN + bucket(size).min(8)
}
