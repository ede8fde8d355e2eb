//! Decides by the weights of a profile.

use heapless::Vec;

use super::coder::{Coder, Position, ReadText};
use super::context::CHAIN;
use super::decide::{Ask, At, Half};
use super::squash::squash;
use super::text::TextModel;
use super::weights::{Run, Weights};
use crate::error::ErrorKind;
use crate::model::bounds::Bound;

/// Decides by the weights of a profile.
#[derive(Debug)]
pub struct Weighing<'p, C> {
    /// The table of weights.
    pub weights: Weights<'p>,
    /// What codes the decisions, or only counts what they cost.
    pub coder: C,
}

/// Contexts that all chains of a tree have.
const CONTEXTS: usize = {
    let [zero, one, two, three] = CHAIN;
    zero + one + two + three
};

/// What the weights know of a tree.
#[derive(Debug, Default)]
pub struct Tree {
    root: Run,
    chains: Vec<Run, CONTEXTS>,
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

    fn bits(&mut self, bits: u8, value: u32) -> u32 {
        self.coder.bits(bits, value)
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

impl<C> Weighing<'_, C> {
    /// The runs of the chains that go on behind a root.
    #[inline(never)] // most trees have none
    fn chains(&self, at: &At<'_>, mut below: u8, runs: &mut Vec<Run, CONTEXTS>) {
        while below != 0 {
            let chain = below.trailing_zeros() as usize;
            below &= below - 1;
            for key in at.chain(chain) {
                let run = self.weights.find(key);
                // There is room for all.
                if run.is_none() || runs.push(run).is_err() || run.below() >> chain & 1 == 0 {
                    break;
                }
            }
        }
    }

    /// What the runs of chains add at a node.
    #[inline(never)] // most trees have none
    fn sum(&self, runs: &[Run], node: u8) -> i32 {
        runs.iter().map(|run| self.weights.get(*run, node).map_or(0, i32::from)).sum()
    }
}

impl<C: Coder> Ask for Weighing<'_, C> {
    type Tree = Tree;

    fn open(&mut self, tree: &mut Tree, at: &At<'_>, _: Option<(u32, u8)>) -> bool {
        tree.root = self.weights.find(at.key());
        tree.chains.clear();
        if tree.root.below() != 0 {
            self.chains(at, tree.root.below(), &mut tree.chains);
        }
        !tree.root.is_none()
    }

    #[inline(always)] // in the widths of numbers
    fn ask(&mut self, tree: &Tree, node: u8, bit: bool) -> Option<bool> {
        let mut sum = i32::from(self.weights.get(tree.root, node)?);
        if !tree.chains.is_empty() {
            sum += self.sum(&tree.chains, node);
        }
        Some(self.coder.bit(squash(sum * WEIGHT), bit))
    }

    fn halve(&mut self, at: &At<'_>, half: &Half, bit: bool) -> bool {
        let mut runs = Vec::new();
        self.chains(at, half.weight.below, &mut runs);
        let sum = i32::from(half.weight.value) + self.sum(&runs, 0);
        self.coder.bit(blend(squash(sum * WEIGHT), half.before), bit)
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
