//! A decision: its place in the report, its number, and what is made of it.

use super::coder::{Coder, Position, ReadText};
use super::context::{CHAIN, Way, mix};
use super::squash::squash;
use super::text::TextModel;
use super::weights::{Weight, Weights};
use crate::error::ErrorKind;
use crate::model::bounds::Bound;

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

/// Where the root of a decision has its weight.
#[derive(Clone, Copy, Debug)]
pub enum Root {
    /// In the table, under what it is about.
    Table,
    /// At a node of the gazetteer.
    Node {
        /// Its weight.
        weight: Weight,
        /// How often the batch decided it before, as false and as true.
        before: [u16; 2],
    },
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

/// Who takes the decisions: a coder, or a trainer that learns from them. What is not learned goes to it as a [`Coder`].
pub trait Decisions: Coder {
    /// Decides `bit`, number `number` of `what` at the place `at`. An encoder gives it back, a decoder what it read.
    fn decide(&mut self, at: &At<'_>, number: u32, bit: bool) -> bool;

    /// Decides like [`decide`](Self::decide), but only if anything was learned of this decision: `None` if not. It is one of a
    /// tree, below decision `above`, or the first of it.
    fn ask(&mut self, at: &At<'_>, above: u32, number: u32, bit: bool) -> Option<bool> {
        let _ = above;
        Some(self.decide(at, number, bit))
    }

    /// Whether a value of the profile may be used: a trainer says no as long as few reports said it.
    fn admits(&mut self, shared: Shared) -> bool {
        let _ = shared;
        true
    }
}

/// Where a decision stands: makes the keys of its contexts.
#[derive(Debug)]
pub struct At<'w> {
    way: &'w Way,
    /// What it is about.
    pub what: What,
    /// Where its first weight is.
    pub root: Root,
    /// The key of the root but for the number.
    key: u32,
}

impl<'w> At<'w> {
    pub(super) fn new(way: &'w Way, what: What) -> Self {
        Self { way, what, root: Root::Table, key: way.root(what as u32) }
    }

    pub(super) fn with(&self, root: Root) -> Self {
        Self { root, ..*self }
    }

    /// The number of the report's field in which it stands, and of that field's field.
    #[must_use]
    pub fn fields(&self) -> [Option<u8>; 2] {
        self.way.fields()
    }

    /// The key of the root in the table.
    #[must_use]
    pub const fn root_key(&self, number: u32) -> u32 {
        mix(self.key, number)
    }

    /// What the chains add that go on behind the root.
    #[inline(never)] // most decisions have none
    fn chains(&self, weights: &Weights<'_>, number: u32, below: u8) -> i32 {
        let mut sum = 0;
        for chain in (0..CHAIN.len()).filter(|chain| below >> chain & 1 == 1) {
            for key in self.chain(chain, number) {
                let Some(weight) = weights.get(key) else { break };
                sum += i32::from(weight.value);
                if weight.below >> chain & 1 == 0 {
                    break;
                }
            }
        }
        sum
    }

    /// The keys of a chain, the most general first.
    pub fn chain(&self, chain: usize, number: u32) -> impl Iterator<Item = u32> {
        let mut key = self.key;
        let steps = CHAIN.get(chain).copied().unwrap_or(0);
        self.way.chain(chain).into_iter().take(steps).map(move |more| {
            key = mix(key, more);
            mix(key, number)
        })
    }
}

/// Decides by the weights of a profile.
#[derive(Debug)]
pub struct Weighing<'p, C> {
    /// The table of weights.
    pub weights: Weights<'p>,
    /// What codes the decisions, or only counts what they cost.
    pub coder: C,
}

/// 1/256 of a natural unit in a weight's 1/16.
const WEIGHT: i32 = 16;

impl<C: Coder> Coder for Weighing<'_, C> {
    fn bit(&mut self, one: u16, bit: bool) -> bool {
        self.coder.bit(one, bit)
    }

    fn part(&mut self, of: u32, value: u32) -> u32 {
        self.coder.part(of, value)
    }

    fn position(&self) -> Position {
        self.coder.position()
    }

    fn read_text<'r>(
        &mut self,
        model: Option<(&TextModel<'_>, u8)>,
        room: &'r mut [u8],
        bound: &'static Bound,
    ) -> Result<ReadText<'r>, ErrorKind> {
        self.coder.read_text(model, room, bound)
    }

    fn write_text(&mut self, model: Option<(&TextModel<'_>, u8)>, text: &str) {
        self.coder.write_text(model, text);
    }
}

impl<C: Coder> Weighing<'_, C> {
    /// Codes a decision whose root has this weight.
    fn weigh(&mut self, at: &At<'_>, root: Weight, number: u32, bit: bool) -> bool {
        let chains = if root.below == 0 { 0 } else { at.chains(&self.weights, number, root.below) };
        let one = squash((i32::from(root.value) + chains) * WEIGHT);
        let one = match at.root {
            Root::Node { before, .. } => blend(one, before),
            Root::Table => one,
        };
        self.coder.bit(one, bit)
    }
}

impl<C: Coder> Decisions for Weighing<'_, C> {
    fn decide(&mut self, at: &At<'_>, number: u32, bit: bool) -> bool {
        let root = match at.root {
            Root::Table => self.weights.get(at.root_key(number)).unwrap_or_default(),
            Root::Node { weight, .. } => weight,
        };
        self.weigh(at, root, number, bit)
    }

    fn ask(&mut self, at: &At<'_>, _: u32, number: u32, bit: bool) -> Option<bool> {
        let root = self.weights.get(at.root_key(number))?;
        Some(self.weigh(at, root, number, bit))
    }
}

/// The profile counts as much as so many reports of the batch itself.
const PROFILE: u32 = 32;

/// The probability of `true`, in 1/65536: what the profile says, and how often the batch decided it before.
fn blend(one: u16, [not, yes]: [u16; 2]) -> u16 {
    let (not, yes) = (u32::from(not), u32::from(yes));
    let blended = (u32::from(one) * PROFILE + yes * 0xffff).checked_div(PROFILE + not + yes).unwrap_or(0);
    u16::try_from(blended).unwrap_or(u16::MAX).max(1)
}
