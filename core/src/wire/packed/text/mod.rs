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
    /// The ways to the leaves that cells know.
    ways: [u16; FREE_CELL as usize],
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
    strengths: &'p [u8],
    repeats: &'p [u8],
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
        let (Some(levels), Some(strengths), Some(repeats)) = (bytes.many(32), bytes.many(16), bytes.many(32)) else { return None };
        let Some(scales) = bytes.many(VOICES * DEPTH_CLASSES) else { return None };
        let Some(weights) = bytes.many(slots.div_ceil(2) as usize) else { return None };
        let (cells, rest) = bytes.0.as_chunks();
        if cells.len() != buckets as usize || !rest.is_empty() {
            return None;
        }
        let symbols = if leaves < FREE_CELL { leaves } else { FREE_CELL };
        let cells = Cells { buckets, symbols, bytes: cells };
        Some(Self { end, escape, case, slots, counts, alphabet, biases, levels, strengths, repeats, scales, weights, cells })
    }

    /// Codes `text` and its end. `start` is what kind of text it is: its first letters depend on that.
    pub fn encode<C: Coder>(&self, coder: &mut C, text: &[u8], start: u8) {
        let mut state = self.start(start);
        for (at, &byte) in text.iter().enumerate() {
            self.symbol(coder, &mut state, text.get(..at).unwrap_or_default(), Symbol::Byte(byte));
        }
        self.symbol(coder, &mut state, text, Symbol::End);
    }

    /// Reads a text into `buffer` and gives its length; `None` if it is longer than that.
    pub fn decode<C: Coder>(&self, coder: &mut C, buffer: &mut [u8], start: u8) -> Option<usize> {
        let mut state = self.start(start);
        let mut at = 0_usize;
        // What is given to a decoder does not matter.
        while let Symbol::Byte(byte) = self.symbol(coder, &mut state, buffer.get(..at)?, Symbol::End) {
            *buffer.get_mut(at)? = byte;
            at = at.checked_add(1)?;
        }
        Some(at)
    }

    fn start(&self, start: u8) -> State {
        State {
            history: History::new(start),
            repeats: Repeats::new(),
            voices: Voices::default(),
            confidence: Confidence::default(),
            ways: tree::ways(self.counts),
        }
    }

    /// Codes one symbol after `text`.
    fn symbol<C: Coder>(&self, coder: &mut C, state: &mut State, text: &[u8], given: Symbol) -> Symbol {
        let target = match given {
            Symbol::End => self.end,
            Symbol::Byte(byte) => self.leaf(byte.to_ascii_lowercase()),
        };
        self.listen(state, text);
        let leaf = self.walk(coder, state, self.way(state, target));
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
    #[inline]
    fn leaf(&self, lower: u8) -> u8 {
        let at = self.alphabet.iter().position(|&byte| byte == lower);
        at.and_then(|at| u8::try_from(at).ok()).unwrap_or(self.escape)
    }

    /// The way to a leaf.
    #[inline]
    fn way(&self, state: &State, leaf: u8) -> u16 {
        state.ways.get(usize::from(leaf)).copied().unwrap_or_else(|| tree::way(self.counts, leaf))
    }

    /// Collects what speaks after `text`.
    #[inline]
    fn listen(&self, state: &mut State, text: &[u8]) {
        let (voices, ways) = (&mut state.voices, &state.ways);
        voices.clear();
        for (row, context) in (0_u8..).zip(state.history.cell_contexts()) {
            self.cells.of(context, |symbol, strength| {
                let way = ways.get(usize::from(symbol)).copied().unwrap_or_default();
                if voices.room() {
                    voices.speak(Voice { way, strength: number(self.strengths, strength.into()), row });
                }
            });
        }
        if let Some((next, length)) = state.repeats.find(&state.history, text) {
            let leaf = self.leaf(next);
            if leaf != self.escape {
                let way = self.way(state, leaf);
                state.voices.speak(Voice { way, strength: number(self.repeats, length.into()), row: 3 });
            }
        }
    }

    /// Goes down the tree.
    #[inline]
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
                let said = i32::from(voice.strength).wrapping_mul(scale.into()) >> 6;
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
    #[inline]
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
mod tests {
    extern crate std;

    use std::vec;
    use std::vec::Vec;

    use super::*;

    /// What an encoder was told; played back, it is a decoder that checks that it is told the same.
    #[derive(Default)]
    struct Tape {
        decisions: Vec<(u16, bool)>,
        played: Option<usize>,
    }

    impl Coder for Tape {
        fn bit(&mut self, one: u16, bit: bool) -> bool {
            let Some(at) = &mut self.played else {
                self.decisions.push((one, bit));
                return bit;
            };
            // After its end, a decoder reads something.
            let (written, bit) = self.decisions.get(*at).copied().unwrap_or((one, *at % 3 == 0));
            assert_eq!(written, one, "encoder and decoder disagree at decision {at}");
            *at += 1;
            bit
        }

        /// The text model has none but those of a power of two.
        fn part(&mut self, of: u32, value: u32) -> u32 {
            (0..of.ilog2()).rev().fold(0, |read, at| read << 1 | u32::from(self.bit(1 << 15, value >> at & 1 == 1)))
        }
    }

    fn random(state: &mut u32) -> u8 {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    }

    /// 32 leaves at depth 5, and numbers at random.
    fn section(slots: u32, buckets: u32) -> Vec<u8> {
        let mut seed = 1;
        let mut section = vec![5, 30, 31, 0];
        section.extend(slots.to_le_bytes());
        section.extend(buckets.to_le_bytes());
        section.extend([0, 0, 0, 0, 0, 32]);
        section.extend(b"abcdefghijklmnopqrstuvwxyz .,\xd8AA");
        section.extend((0..64 + 32 + 16 + 32).map(|at| if at % 2 == 0 { random(&mut seed) } else { random(&mut seed) % 3 }));
        section.extend((0..16 + slots.div_ceil(2) + 8 * buckets).map(|_| random(&mut seed)));
        section
    }

    const TEXTS: [&str; 9] = [
        "",
        "a",
        "Shelling near the market. Two houses destroyed; three persons injured near the market.",
        "SHELLING NEAR McDONALD'S, 03 MAY 2026: 14-07N 045-12E",
        "Desconocidos atacan el comité de la población en Tláhuac; huyó un niño",
        "قصف مدفعي على أطراف المدينة",
        "Обстрел жилого дома, трое раненых",
        "武装袭击造成三人受伤",
        "\0\u{200b}\u{feff}AAAAAAAAaaaaaaaaAaAaAaAaAaAa",
    ];

    fn round_trip(model: &TextModel, text: &[u8], start: u8) {
        let mut tape = Tape::default();
        model.encode(&mut tape, text, start);
        tape.played = Some(0);
        let mut buffer = vec![0; text.len()];
        assert_eq!(model.decode(&mut tape, &mut buffer, start), Some(text.len()));
        assert_eq!(buffer, text);
        assert_eq!(tape.played, Some(tape.decisions.len()));
        if !text.is_empty() {
            tape.played = Some(0);
            assert_eq!(model.decode(&mut tape, &mut buffer[1..], start), None, "longer than the buffer");
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "takes Miri hours; the coder's own tests run there")]
    fn every_text_comes_back() {
        let mut seed = 2;
        for (slots, buckets) in [(0, 0), (65, 0), (0, 3), (1000, 400)] {
            let section = section(slots, buckets);
            let model = TextModel::new(&section).expect("whole");
            for start in 0..=3 {
                TEXTS.iter().for_each(|text| round_trip(&model, text.as_bytes(), start));
            }
            for length in 0..200 {
                let text: Vec<u8> = (0..length).map(|_| random(&mut seed)).collect();
                round_trip(&model, &text, 0);
            }
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "takes Miri hours; the coder's own tests run there")]
    fn cells_and_repetitions_speak() {
        let section = section(0, 0);
        let model = TextModel::new(&section).expect("whole");
        let mut state = model.start(0);
        let text = b"Hama. hama";
        for (at, &byte) in text.iter().enumerate() {
            model.listen(&mut state, &text[..at]);
            assert!(state.voices.speaking().is_empty());
            state.history.push(byte);
        }
        model.listen(&mut state, text);
        let [voice] = state.voices.speaking() else { panic!("the repetition alone speaks") };
        assert_eq!(voice.way, model.way(&state, model.leaf(b'.')));
        // The section has one cell, for `h` (leaf 7) at the start of a text.
        let mut section = section[..section.len()].to_vec();
        section[8] = 1;
        let context = History::new(0).cell_contexts()[1];
        section.extend([0, 0, cell_place(context, 1).1, 0, 31, 31, 7, 31]);
        let model = TextModel::new(&section).expect("whole");
        let mut state = model.start(0);
        model.listen(&mut state, b"");
        let [voice] = state.voices.speaking() else { panic!("one cell speaks") };
        assert_eq!((voice.way, voice.row), (model.way(&state, 7), 1));
        state.voices.decided(1 << 15, true);
        assert!(state.voices.speaking().is_empty(), "the way to h begins on the other side");
    }

    #[test]
    fn ways_are_those_of_the_tree() {
        // Leaves of depth 1, 3, 3, 3 and 3 but for the last two at depth 4.
        let counts = [0, 1, 0, 3, 2];
        assert_eq!(tree::size(&counts), Some((6, 5)));
        let ways = [0, 0x8000, 0xa000, 0xc000, 0xe000, 0xf000];
        assert_eq!(tree::ways::<6>(&counts), ways);
        for (leaf, way) in (0..).zip(ways) {
            assert_eq!(tree::way(&counts, leaf), way);
        }
        let mut level = Level::ROOT;
        let nodes = [(0, 0x0000), (1, 0x8000), (2, 0x8000), (4, 0xe000)];
        for ((node, way), &count) in nodes.into_iter().zip(&counts) {
            assert_eq!(level.at(way, count), Place::Node(node));
            level = level.below(count);
        }
        assert_eq!(level.at(0xf000, 2), Place::Leaf(5));
        for broken in [&[0, 3][..], &[0, 1], &[0, 1, 1], &[1, 1], &[0, 1, 3]] {
            assert_eq!(tree::size(broken), None);
        }
    }

    /// Counts what was decided, with how much certainty, and remembers the last decision.
    #[test]
    fn confidence_follows_the_text() {
        let mut tape = Tape::default();
        let mut good = Confidence::default();
        (0..50).for_each(|_| _ = good.decide(&mut tape, 300, true));
        let mut bad = Confidence::default();
        (0..50).for_each(|_| _ = bad.decide(&mut tape, 300, false));
        let chances: Vec<u16> = tape.decisions.iter().map(|decision| decision.0).collect();
        assert!(chances[49] > chances[0], "said rightly, the sum counts more");
        assert!(chances[99] < chances[0] && chances[99] > 1 << 15, "said wrongly, it counts less, but not for the opposite");
        let mut capitals = Confidence::default();
        let first = tape.decisions.len();
        (0..50).for_each(|_| _ = capitals.decide_case(&mut tape, -800, true));
        assert!(tape.decisions[first].0 < 1 << 13 && tape.decisions[first + 49].0 > 1 << 15);
    }

    #[test]
    #[cfg_attr(miri, ignore = "takes Miri hours; the coder's own tests run there")]
    fn broken_sections_are_refused_or_harmless() {
        let whole = section(33, 7);
        assert!(TextModel::new(&whole).is_some());
        for length in 0..whole.len() {
            assert!(TextModel::new(&whole[..length]).is_none());
        }
        for at in 0..whole.len() {
            for value in [0, 1, 0x1f, 0x7e, 0x7f, 0x80, 0xff] {
                let mut broken = whole.clone();
                broken[at] = value;
                if let Some(model) = TextModel::new(&broken) {
                    round_trip(&model, TEXTS[2].as_bytes(), 2);
                }
            }
        }
    }
}
