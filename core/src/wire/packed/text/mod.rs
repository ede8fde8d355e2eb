//! The text model: short texts, letter by letter, each guessed from those before it.
//!
//! ```text
//! byte 0   deepest     depth of the deepest leaf of the tree of symbols, 1 to 16
//!      1   end         which leaf is the end of the text
//!      2   escape      which leaf says that 8 raw bits follow
//!      3   0
//!      4   slots       u32: number of weights
//!      8   buckets     u32: number of buckets of cells
//!     12   counts      deepest + 1 bytes: how many leaves there are at each depth
//!          alphabet    1 byte a leaf, at most 127 leaves: a byte, lower case; `A` for the end and for the escape
//!          biases      i16 for each inner node of the tree, and one for the case of a letter
//!          levels      16 i16: what the weights stand for
//!          strengths   8 i16: what the strengths of the cells stand for
//!          repeats     16 i16: strength of a repetition by its length
//!          scales      4 x 4 u8 in 1/64: for the 3 contexts and the repetition; at the root, 1, 2, more below
//!          weights     4 bits each, the low ones first
//!          cells       8 bytes a bucket: 4 fingerprints, then 4 times 5 bits of symbol and 3 of strength
//! ```
//!
//! All numbers are little endian; logits are in 1/256 natural units. A symbol is a way down the tree, one decision a node.
//! The logit of a decision is the sum of
//! - the node's bias;
//! - 3 weights: the letters before, hashed together with the node, choose them. Hashes may collide, training knows;
//! - cells: what is likely to follow after the last 3 letters, in this word, and in this word after the last one. A cell
//!   speaks as long as the way down agrees with its symbol. Symbol 31 marks a free cell;
//! - what followed when this text last said the same 4 letters or more.
//!
//! How much of that sum counts is learned while the text goes on: see [`Confidence`].
//!
//! Cells and words do not know capitals, and all digits are one to them; after a letter, one more decision says its case.

mod confidence;
mod history;
mod tree;
mod voices;

pub use confidence::{CAPITALS_RATE, CONFIDENCE_RATE, CONFIDENCES};
pub use history::{CELL_CONTEXTS, History, Repeats, WEIGHT_CONTEXTS};
pub use tree::{DEEPEST, MOST_LEAVES};
pub use voices::{BUCKET_CELLS, CELL_BUCKET, FREE_CELL, MOST_CELLS, VOICES, cell_place};

use super::coder::{Coder, fair};
use super::context::mix;
use super::sections::{Bytes, get};
use confidence::Confidence;
use tree::{Level, Place};
use voices::{Cells, Voice, Voices, share};

/// How many depths have a scale of their own; the last one serves all below.
pub const DEPTH_CLASSES: usize = 4;
/// Stands in the alphabet for what is not a byte: letters there are lower case.
pub const NO_BYTE: u8 = b'A';

/// Strengths that a cell may have.
const STRENGTHS: u8 = 8;

/// Which of `slots` weights a context has for a node.
#[inline]
#[must_use]
pub const fn weight_slot(context: u32, node: u8, slots: u32) -> usize {
    share(mix(context, node as u32 + 1), slots)
}

/// What one text has said so far.
struct State {
    history: History,
    repeats: Repeats,
    voices: Voices,
    confidence: Confidence,
}

/// A symbol of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Symbol {
    Byte(u8),
    End,
}

/// A trained text model, used where it lies.
#[derive(Clone, Copy, Debug)]
pub struct TextModel<'p> {
    end: u8,
    escape: u8,
    /// The node that the case of a letter is.
    case: u8,
    slots: u32,
    counts: &'p [u8],
    alphabet: &'p [u8],
    biases: &'p [u8],
    levels: &'p [u8],
    /// Those of cells, then of repetitions.
    strengths: &'p [u8],
    scales: &'p [u8],
    weights: &'p [u8],
    cells: Cells<'p>,
}

#[inline]
fn number(numbers: &[u8], at: usize) -> i16 {
    i16::from_le_bytes(numbers.as_chunks().0.get(at).copied().unwrap_or_default())
}

impl<'p> TextModel<'p> {
    /// The model in a section of a profile, if it is whole. It can be called before the program runs.
    #[must_use]
    pub const fn new(section: &'p [u8]) -> Option<Self> {
        let mut bytes = Bytes(section);
        let Some([deepest, end, escape, 0]) = bytes.take() else { return None };
        let (Some(slots), Some(buckets)) = (bytes.u32(), bytes.u32()) else { return None };
        if deepest < 1 || deepest > DEEPEST {
            return None;
        }
        let Some(counts) = bytes.many(deepest as usize + 1) else { return None };
        let Some((leaves, case)) = tree::size(counts) else { return None };
        let Some(alphabet) = bytes.many(leaves as usize) else { return None };
        let (mut letters, mut left) = (0, alphabet);
        while let [letter, others @ ..] = left {
            letters += if letter.is_ascii_uppercase() { 0 } else { 1 };
            left = others;
        }
        let (Some(&NO_BYTE), Some(&NO_BYTE)) = (get(alphabet, end as usize), get(alphabet, escape as usize)) else { return None };
        if end == escape || letters + 2 != alphabet.len() {
            return None;
        }
        let Some(biases) = bytes.many((case as usize + 1) * 2) else { return None };
        let (Some(levels), Some(strengths)) = (bytes.many(32), bytes.many(2 * (STRENGTHS as usize + 16))) else { return None };
        let Some(scales) = bytes.many(VOICES * DEPTH_CLASSES) else { return None };
        let Some(weights) = bytes.many(slots.div_ceil(2) as usize) else { return None };
        let (cells, rest) = bytes.0.as_chunks();
        if cells.len() != buckets as usize || !rest.is_empty() {
            return None;
        }
        let symbols = if leaves < FREE_CELL { leaves } else { FREE_CELL };
        let cells = Cells { buckets, symbols, bytes: cells };
        Some(Self { end, escape, case, slots, counts, alphabet, biases, levels, strengths, scales, weights, cells })
    }

    /// Codes `text` and its end. `start` is what kind of text it is: its first letters depend on that.
    pub fn encode<C: Coder>(&self, coder: &mut C, text: &[u8], start: u8) {
        let mut state = Self::start(start);
        for (at, &byte) in text.iter().enumerate() {
            self.symbol(coder, &mut state, text.get(..at).unwrap_or_default(), Symbol::Byte(byte));
        }
        self.symbol(coder, &mut state, text, Symbol::End);
    }

    /// Reads a text into `buffer` and gives its length; `None` if it is longer than that.
    pub fn decode<C: Coder>(&self, coder: &mut C, buffer: &mut [u8], start: u8) -> Option<usize> {
        let mut state = Self::start(start);
        let mut at = 0_usize;
        // What is given to a decoder does not matter.
        while let Symbol::Byte(byte) = self.symbol(coder, &mut state, buffer.get(..at)?, Symbol::End) {
            *buffer.get_mut(at)? = byte;
            at = at.checked_add(1)?;
        }
        Some(at)
    }

    #[inline(always)] // it is made where it is to stand
    fn start(start: u8) -> State {
        State {
            history: History::new(start),
            repeats: Repeats::new(),
            voices: Voices::default(),
            confidence: Confidence::default(),
        }
    }

    /// Codes one symbol after `text`.
    fn symbol<C: Coder>(&self, coder: &mut C, state: &mut State, text: &[u8], given: Symbol) -> Symbol {
        let target = match given {
            Symbol::End => self.end,
            Symbol::Byte(byte) => self.leaf(byte.to_ascii_lowercase()),
        };
        self.listen(state, text);
        let leaf = self.walk(coder, state, tree::way(self.counts, target));
        let symbol = if leaf == self.end {
            return Symbol::End;
        } else if leaf == self.escape {
            let raw = if let Symbol::Byte(byte) = given { byte } else { 0 };
            fair(coder, 8, raw.into()).to_le_bytes()[0]
        } else {
            let byte = self.alphabet.get(usize::from(leaf)).copied().unwrap_or_default();
            let upper = matches!(given, Symbol::Byte(byte) if byte.is_ascii_uppercase());
            if byte.is_ascii_lowercase() && self.is_upper(coder, state, byte, upper) { byte.to_ascii_uppercase() } else { byte }
        };
        state.history.push(symbol);
        Symbol::Byte(symbol)
    }

    /// The leaf of a byte that is no capital.
    #[inline(never)] // called twice
    fn leaf(&self, lower: u8) -> u8 {
        let at = self.alphabet.iter().position(|&byte| byte == lower);
        at.and_then(|at| u8::try_from(at).ok()).unwrap_or(self.escape)
    }

    /// Collects what speaks after `text`.
    #[inline(never)] // what it needs is not for long
    fn listen(&self, state: &mut State, text: &[u8]) {
        let voices = &mut state.voices;
        voices.clear();
        for (row, context) in (0_u8..).zip(state.history.cell_contexts()) {
            self.cells.of(context, |symbol, strength| {
                let way = tree::way(self.counts, symbol);
                if voices.room() {
                    voices.speak(Voice { way, strength, row });
                }
            });
        }
        if let Some((next, length)) = state.repeats.find(&state.history, text) {
            let leaf = self.leaf(next);
            if leaf != self.escape {
                let way = tree::way(self.counts, leaf);
                state.voices.speak(Voice { way, strength: length.wrapping_add(STRENGTHS), row: 3 });
            }
        }
    }

    /// Goes down the tree.
    #[inline(never)] // what it needs is not for long
    fn walk<C: Coder>(&self, coder: &mut C, state: &mut State, target: u16) -> u8 {
        let contexts = state.history.weight_contexts();
        let (mut level, mut way) = (Level::ROOT, 0_u16);
        for (depth, &count) in self.counts.iter().enumerate() {
            let node = match level.at(way, count) {
                Place::Leaf(leaf) => return leaf,
                Place::Node(node) => node,
            };
            let mask = level.mask();
            let scales = depth.min(DEPTH_CLASSES - 1);
            let mut sum = self.plain(&contexts, node);
            for voice in state.voices.speaking() {
                let scale = self.scales.get(usize::from(voice.row) * DEPTH_CLASSES + scales).copied().unwrap_or_default();
                let said = i32::from(number(self.strengths, voice.strength.into())).wrapping_mul(scale.into()) >> 6;
                sum = sum.wrapping_add(if voice.way & mask == 0 { said.wrapping_neg() } else { said });
            }
            let bit = state.confidence.decide(coder, sum, target & mask != 0);
            if bit {
                way |= mask;
            }
            state.voices.decided(mask, bit);
            level = level.below(count);
        }
        // The tree was checked: there is no deeper leaf.
        self.end
    }

    /// Codes whether a letter is a capital.
    #[inline(never)] // what it needs is not for long
    fn is_upper<C: Coder>(&self, coder: &mut C, state: &mut State, letter: u8, upper: bool) -> bool {
        let sum = self.plain(&state.history.case_contexts(letter), self.case);
        state.confidence.decide_case(coder, sum, upper)
    }

    /// Bias and weights of a node.
    #[inline]
    fn plain(&self, contexts: &[u32; WEIGHT_CONTEXTS], node: u8) -> i32 {
        contexts.iter().fold(number(self.biases, node.into()).into(), |sum: i32, &context| {
            let slot = weight_slot(context, node, self.slots);
            let level = self.weights.get(slot / 2).map_or(0, |pair| number(self.levels, usize::from(pair >> (slot % 2 * 4) & 15)));
            sum.wrapping_add(level.into())
        })
    }
}

#[cfg(test)]
mod tests;
