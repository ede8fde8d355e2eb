//! A decision: its place in the report, its number, and what is made of it.

use super::coder::{Coder, Cost};
use super::context::{CHAIN, Way, mix};
use super::squash::squash;
use super::text::TextModel;
use super::weights::{Weight, Weights};

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
    /// At the node of the gazetteer with this number.
    Node(Weight),
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

/// Who takes the decisions: a coder, or a trainer that learns from them.
pub trait Decisions {
    /// Takes what is not learned decision by decision.
    type Coder: Coder;

    /// The coder.
    fn coder(&mut self) -> &mut Self::Coder;

    /// Decides `bit`, number `number` of `what` at the place `at`. An encoder gives it back, a decoder what it read.
    fn decide(&mut self, at: &At<'_>, number: u32, bit: bool) -> bool;

    /// Whether a value of the profile may be used: a trainer says no as long as few reports said it.
    fn admits(&mut self, shared: Shared) -> bool {
        let _ = shared;
        true
    }

    /// Whether a text takes fewer bytes as it is than by the model.
    fn prefers_raw(&mut self, model: &TextModel<'_>, text: &str, start: u8) -> bool {
        let mut cost = Cost::default();
        model.encode(&mut cost, text.as_bytes(), start);
        cost.0 >> 16 > 8 * text.len() as u64 + 8
    }
}

impl<D: Decisions> Decisions for &mut D {
    type Coder = D::Coder;

    fn coder(&mut self) -> &mut D::Coder {
        (**self).coder()
    }

    fn decide(&mut self, at: &At<'_>, number: u32, bit: bool) -> bool {
        (**self).decide(at, number, bit)
    }

    fn admits(&mut self, shared: Shared) -> bool {
        (**self).admits(shared)
    }

    fn prefers_raw(&mut self, model: &TextModel<'_>, text: &str, start: u8) -> bool {
        (**self).prefers_raw(model, text, start)
    }
}

/// Where a decision stands: makes the keys of its contexts.
#[derive(Debug)]
pub struct At<'w> {
    pub(super) way: &'w Way,
    /// What it is about.
    pub what: What,
    /// Where its first weight is.
    pub root: Root,
    /// How often the message decided it before, as false and as true.
    pub seen: [u16; 2],
}

impl At<'_> {
    /// The number of the report's field in which it stands, and of that field's field.
    #[must_use]
    pub fn fields(&self) -> [Option<u8>; 2] {
        self.way.fields()
    }

    /// The key of the root in the table.
    #[must_use]
    pub fn root_key(&self, number: u32) -> u32 {
        mix(self.way.root(self.what as u32), number)
    }

    /// The sum of the weights of a decision, in 1/16 of a natural unit.
    #[must_use]
    pub fn sum(&self, weights: &Weights<'_>, number: u32) -> i32 {
        let root = match self.root {
            Root::Table => weights.get(self.root_key(number)).unwrap_or_default(),
            Root::Node(weight) => weight,
        };
        let mut sum = i32::from(root.value);
        for chain in 0..CHAIN.len() {
            if root.below >> chain & 1 == 0 {
                continue;
            }
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
        let mut key = self.way.root(self.what as u32);
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

/// The profile counts as much as so many reports of the message itself.
const PROFILE: u32 = 32;

/// The probability of `true`, in 1/65536: what the profile says, and how often the message decided it before.
fn blend(one: u16, [not, yes]: [u16; 2]) -> u16 {
    if not == 0 && yes == 0 {
        return one;
    }
    let (not, yes) = (u32::from(not), u32::from(yes));
    let blended = (u32::from(one) * PROFILE + yes * 0xffff).checked_div(PROFILE + not + yes).unwrap_or(0);
    u16::try_from(blended).unwrap_or(u16::MAX).max(1)
}

/// 1/256 of a natural unit in a weight's 1/16.
const WEIGHT: i32 = 16;

impl<C: Coder> Decisions for Weighing<'_, C> {
    type Coder = C;

    fn coder(&mut self) -> &mut C {
        &mut self.coder
    }

    fn decide(&mut self, at: &At<'_>, number: u32, bit: bool) -> bool {
        let sum = at.sum(&self.weights, number);
        self.coder.bit(blend(squash(sum * WEIGHT), at.seen), bit)
    }
}
