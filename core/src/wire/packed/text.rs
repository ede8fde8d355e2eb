//! The text model: short texts, letter by letter, each guessed from those before it.
//!
//! ```text
//! byte 0   deepest     depth of the deepest leaf of the tree of symbols, 1 to 20
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
//!          scales      4 x 8 x 4 u8 in 1/64: by trust; for the 7 contexts and the repetition; at the root, 1, 2, more below
//!          weights     4 bits each, the low ones first
//!          cells       9 bytes a bucket: 4 fingerprints, then 4 times 7 bits of symbol and 3 of strength, low bits first
//! ```
//!
//! All numbers are little endian; logits are in 1/256 natural units. A symbol is a way down the tree, one decision a node:
//! leaves come first at each depth, so that the counts alone give the tree. The logit of a decision is the sum of
//! - the node's bias;
//! - 3 weights: the letters before, hashed together with the node, choose them. Hashes may collide, training knows;
//! - cells: what is likely to follow after the last 3, 4, 5 or 6 letters, or in this word, or after the last words. A
//!   cell speaks as long as the way down agrees with its symbol. Symbol 127 marks a free cell;
//! - what followed when this text last said the same 4 letters or more.
//!
//! How much cells and repetition count depends on the trust that they earned in this text, 0 to 256, 128 at first: after
//! each symbol for which any spoke, an eighth of it goes, and 32 come where the last one of them was right.
//!
//! Cells and words do not know capitals, and all digits are one to them; after a letter, one more decision says its case.

use super::coder::{Coder, fair};
use super::context::mix;
use super::sections::{Bytes, get};
use super::squash::squash;

/// How many contexts have cells.
pub const CELL_CONTEXTS: usize = 7;
/// How many contexts have weights.
pub const WEIGHT_CONTEXTS: usize = 3;
/// The most cells that speak at once, the repetition aside.
pub const MOST_CELLS: usize = 24;
/// Bytes of a bucket.
pub const CELL_BUCKET: usize = 9;
/// Cells of a bucket.
pub const BUCKET_CELLS: usize = 4;
/// The symbol of a free cell, and the most leaves of a tree.
pub const FREE_CELL: u8 = 127;
/// The deepest that a tree may be.
pub const DEEPEST: u8 = 20;
/// How many kinds of voices there are: the contexts and the repetition.
pub const VOICES: usize = CELL_CONTEXTS + 1;
/// How many classes of trust there are.
pub const TRUST_CLASSES: usize = 4;
/// Trust at the start of a text.
pub const FIRST_TRUST: u32 = 128;
/// How many depths have a scale of their own; the last one serves all below.
pub const DEPTH_CLASSES: usize = 4;
/// Stands in the alphabet for what is not a byte: letters there are lower case.
pub const NO_BYTE: u8 = b'A';

/// From how many bytes on a repetition counts, and how many are compared at most.
const REPEATED: usize = 4;
const MOST_REPEATED: usize = 15;

/// What a text model knows of the text so far.
#[derive(Clone, Debug)]
pub struct History {
    /// The last 4 bytes, the newest lowest.
    exact: u32,
    /// The last 8 bytes, lower case, each digit a 0.
    folded: u64,
    /// Hashes of this word so far, of the last one and of the one before that.
    word: u32,
    last_word: u32,
    word_before: u32,
    /// Letters in this word.
    letters: u32,
    /// Of this word so far and of the last one: 0 no capital, 1 the first, 2 later ones; 3 no word yet.
    case: u32,
    last_case: u32,
}

impl History {
    /// Before the first letter of a text of this kind.
    #[must_use]
    pub fn new(start: u8) -> Self {
        let start = u32::from(start);
        let exact = start.wrapping_add(1);
        Self { exact, folded: u64::from(exact), word: 0, last_word: start, word_before: 0, letters: 0, case: 0, last_case: 3 }
    }

    /// The text goes on with `byte`.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        let folded = if byte.is_ascii_digit() { b'0' } else { byte.to_ascii_lowercase() };
        self.exact = self.exact << 8 | u32::from(byte);
        self.folded = self.folded << 8 | u64::from(folded);
        if byte.is_ascii_alphanumeric() || !byte.is_ascii() {
            self.word = mix(self.word.wrapping_add(1), u32::from(folded));
            self.case = match (self.letters, byte.is_ascii_uppercase()) {
                (0, upper) => u32::from(upper),
                (_, true) => 2,
                (_, false) => self.case.min(1),
            };
            self.letters = self.letters.wrapping_add(1);
        } else if self.letters > 0 {
            (self.word_before, self.last_word, self.word) = (self.last_word, self.word, 0);
            (self.last_case, self.case) = (self.case, 0);
            self.letters = 0;
        }
    }

    /// The last `count` bytes, 1 to 8, folded.
    #[inline]
    fn order(&self, count: u32) -> u32 {
        let bytes = self.folded & u64::MAX >> 64_u32.wrapping_sub(count.wrapping_mul(8));
        #[allow(clippy::cast_possible_truncation)] // both halves are taken
        let (low, high) = (bytes as u32, (bytes >> 32) as u32);
        mix(mix(count, low), high)
    }

    /// Hashes of the contexts that have cells.
    #[inline]
    #[must_use]
    pub fn cell_contexts(&self) -> [u32; CELL_CONTEXTS] {
        let newest = self.exact & 0xff;
        // Which digit it was matters to the shortest context alone.
        let digit = if (0x30..0x3a).contains(&newest) { newest } else { 0 };
        let (word, two, three) = if self.letters == 0 {
            (mix(mix(9, self.last_word), self.order(2)), self.word_before, 0)
        } else {
            // A capital says much of the next letter, but little of those after it.
            (mix(self.word, 10 + u32::from(self.letters <= 2 && self.case == 1)), self.last_word, self.word_before)
        };
        let two = mix(mix(word, 12), two);
        let three = mix(mix(two, 13), three);
        [mix(self.order(3), digit), self.order(4), self.order(5), self.order(6), word, two, three]
    }

    /// Hashes of the contexts that have weights, for the next symbol.
    #[inline]
    #[must_use]
    pub fn weight_contexts(&self) -> [u32; WEIGHT_CONTEXTS] {
        let word = if self.letters == 0 { mix(self.last_word, self.exact & 0xff) } else { self.word };
        [mix(20, self.exact & 0xff), mix(mix(21, self.exact & 0xffff), self.last_case), mix(22, word)]
    }

    /// The same for the case of the next letter.
    #[inline]
    #[must_use]
    pub fn case_contexts(&self, letter: u8) -> [u32; WEIGHT_CONTEXTS] {
        let letter = u32::from(letter);
        let place = if self.letters == 0 { 16 | self.last_case } else { self.case << 2 | self.letters.min(3) };
        let word = mix(if self.letters == 0 { self.last_word } else { self.word }, letter);
        [mix(mix(23, self.exact & 0xff), place), mix(mix(24, self.exact & 0xff_ffff), letter), mix(mix(25, word), place)]
    }
}

/// Where this text said the same before.
#[derive(Clone, Debug)]
pub struct Repeats([u16; 128]);

impl Repeats {
    /// For the start of a text.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; 128])
    }

    /// What followed, in lower case, when `text`, all so far, last said what it ends in, and how many bytes agreed, 4 to 15.
    #[inline]
    pub fn find(&mut self, history: &History, text: &[u8]) -> Option<(u8, u8)> {
        let entry = self.0.get_mut((history.order(4) >> 25) as usize)?;
        let earlier = text.get(..usize::from(*entry)).filter(|earlier| !earlier.is_empty());
        *entry = u16::try_from(text.len()).unwrap_or(0);
        let earlier = earlier?;
        let pairs = earlier.iter().rev().zip(text.iter().rev()).take(MOST_REPEATED);
        let agreed = pairs.take_while(|(earlier, now)| earlier.eq_ignore_ascii_case(now)).count();
        let next = text.get(earlier.len())?.to_ascii_lowercase();
        Some((next, u8::try_from(agreed).ok()?)).filter(|_| agreed >= REPEATED)
    }
}

impl Default for Repeats {
    fn default() -> Self {
        Self::new()
    }
}

/// Of `count` things, the one that a hash stands for.
#[inline]
const fn share(hash: u32, count: u32) -> usize {
    ((hash as u64 * count as u64) >> 32) as usize
}

/// Which of `slots` weights a context has for a node.
#[inline]
#[must_use]
pub const fn weight_slot(context: u32, node: u8, slots: u32) -> usize {
    share(mix(context, node as u32 + 1), slots)
}

/// The two of `buckets` buckets where the cells of a context may lie, and its fingerprint.
#[inline]
#[must_use]
pub fn cell_place(context: u32, buckets: u32) -> ([usize; 2], u8) {
    let other = mix(context, 30);
    let [fingerprint, ..] = mix(other, 31).to_le_bytes();
    ([share(context, buckets), share(other, buckets)], fingerprint)
}

/// Trust after a symbol that the last voice guessed, or did not.
#[inline]
#[must_use]
pub const fn trust_after(trust: u32, guessed: bool) -> u32 {
    trust.wrapping_sub(trust / 8).wrapping_add(if guessed { 32 } else { 0 })
}

/// Which class of trust.
#[inline]
#[must_use]
pub const fn trust_class(trust: u32) -> usize {
    if trust < 192 { (trust / 64) as usize } else { TRUST_CLASSES - 1 }
}

/// One depth of the tree on the way down: codes and indices of what lies there.
#[derive(Clone, Copy, Debug)]
struct Level {
    /// The code of its first leaf.
    first: u32,
    /// Leaves and inner nodes above it.
    leaves: u32,
    nodes: u32,
    /// Leaves and inner nodes on it.
    width: u32,
}

impl Level {
    const ROOT: Self = Self { first: 0, leaves: 0, nodes: 0, width: 1 };

    /// The next one, where this one has `count` leaves.
    #[inline]
    const fn below(self, count: u32) -> Self {
        Self {
            first: self.first.wrapping_add(count) << 1,
            leaves: self.leaves.wrapping_add(count),
            nodes: self.nodes.wrapping_add(self.width.wrapping_sub(count)),
            width: self.width.wrapping_sub(count) << 1,
        }
    }
}

/// A cell or a repetition that speaks.
#[derive(Clone, Copy, Debug, Default)]
struct Voice {
    /// The way to its symbol, the first decision in the highest bit.
    code: u32,
    strength: i16,
    /// Which row of the scales.
    row: u8,
}

/// What one text has said so far.
struct State {
    history: History,
    repeats: Repeats,
    voices: [Voice; MOST_CELLS + 1],
    speaking: usize,
    trust: u32,
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
    slots: u32,
    buckets: u32,
    counts: &'p [u8],
    alphabet: &'p [u8],
    biases: &'p [u8],
    levels: &'p [u8],
    strengths: &'p [u8],
    repeats: &'p [u8],
    scales: &'p [u8],
    weights: &'p [u8],
    cells: &'p [u8],
    /// The node that the case of a letter is.
    case: u8,
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
        let (mut level, mut left) = (Level::ROOT, counts);
        while let [count, others @ ..] = left {
            let count = *count as u32;
            if count > level.width || level.width > FREE_CELL as u32 {
                return None;
            }
            (level, left) = (level.below(count), others);
        }
        if level.width != 0 || level.leaves > FREE_CELL as u32 {
            return None;
        }
        let [leaves, ..] = level.leaves.to_le_bytes();
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
        // A tree has one inner node less than leaves.
        let [case, ..] = level.nodes.to_le_bytes();
        let Some(biases) = bytes.many((case as usize + 1) * 2) else { return None };
        let (Some(levels), Some(strengths), Some(repeats)) = (bytes.many(32), bytes.many(16), bytes.many(32)) else { return None };
        let Some(scales) = bytes.many(TRUST_CLASSES * VOICES * DEPTH_CLASSES) else { return None };
        let Some(weights) = bytes.many(slots.div_ceil(2) as usize) else { return None };
        let Some(length) = (buckets as usize).checked_mul(CELL_BUCKET) else { return None };
        let cells = bytes.0;
        if cells.len() != length {
            return None;
        }
        let (mut left, _) = cells.as_chunks::<CELL_BUCKET>();
        while let [bucket, others @ ..] = left {
            let mut cells: &[(u8, u8, u8)] = &unpack(bucket);
            while let [(_, symbol, _), more @ ..] = cells {
                if *symbol >= leaves && *symbol != FREE_CELL {
                    return None;
                }
                cells = more;
            }
            left = others;
        }
        Some(Self {
            end,
            escape,
            slots,
            buckets,
            counts,
            alphabet,
            biases,
            levels,
            strengths,
            repeats,
            scales,
            weights,
            cells,
            case,
        })
    }

    /// Codes `text` and its end. `start` is what kind of text it is: its first letters depend on that.
    pub fn encode<C: Coder>(&self, coder: &mut C, text: &[u8], start: u8) {
        let mut state = State::new(start);
        for (at, &byte) in text.iter().enumerate() {
            self.symbol(coder, &mut state, text.get(..at).unwrap_or_default(), Symbol::Byte(byte));
        }
        self.symbol(coder, &mut state, text, Symbol::End);
    }

    /// Reads a text into `buffer` and gives its length; `None` if it is longer than that.
    pub fn decode<C: Coder>(&self, coder: &mut C, buffer: &mut [u8], start: u8) -> Option<usize> {
        let mut state = State::new(start);
        let mut at = 0_usize;
        // What is given to a decoder does not matter.
        while let Symbol::Byte(byte) = self.symbol(coder, &mut state, buffer.get(..at)?, Symbol::End) {
            *buffer.get_mut(at)? = byte;
            at = at.checked_add(1)?;
        }
        Some(at)
    }

    /// Codes one symbol after `text`.
    fn symbol<C: Coder>(&self, coder: &mut C, state: &mut State, text: &[u8], given: Symbol) -> Symbol {
        let lower = match given {
            Symbol::Byte(byte) => byte.to_ascii_lowercase(),
            Symbol::End => NO_BYTE,
        };
        let target = match given {
            Symbol::End => self.end,
            Symbol::Byte(_) => self.leaf(lower),
        };
        self.listen(state, text);
        let leaf = self.walk(coder, state, self.code(target));
        let symbol = if leaf == self.end {
            return Symbol::End;
        } else if leaf == self.escape {
            let raw = if let Symbol::Byte(byte) = given { byte } else { 0 };
            fair(coder, 8, raw.into()).to_le_bytes()[0]
        } else {
            let byte = self.alphabet.get(usize::from(leaf)).copied().unwrap_or_default();
            let upper = matches!(given, Symbol::Byte(byte) if byte.is_ascii_uppercase());
            if byte.is_ascii_lowercase() && self.letter_case(coder, state, byte, upper) { byte.to_ascii_uppercase() } else { byte }
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

    /// The way to a leaf, the first decision in the highest bit.
    #[inline]
    fn code(&self, leaf: u8) -> u32 {
        let mut level = Level::ROOT;
        for (depth, &count) in (0_u32..).zip(self.counts) {
            let at = u32::from(leaf).wrapping_sub(level.leaves);
            if at < count.into() {
                return level.first.wrapping_add(at).wrapping_shl(32_u32.wrapping_sub(depth));
            }
            level = level.below(count.into());
        }
        0
    }

    /// Collects what speaks after `text`.
    #[inline]
    fn listen(&self, state: &mut State, text: &[u8]) {
        state.speaking = 0;
        let contexts = state.history.cell_contexts();
        let cells = self.cells.as_chunks::<CELL_BUCKET>().0;
        for (row, context) in (0_u8..).zip(contexts) {
            let ([first, second], fingerprint) = cell_place(context, self.buckets);
            self.listen_to(state, cells, first, fingerprint, row);
            if second != first {
                self.listen_to(state, cells, second, fingerprint, row);
            }
        }
        if let Some((next, length)) = state.repeats.find(&state.history, text) {
            let leaf = self.leaf(next);
            if leaf != self.escape {
                state.speak(Voice { code: self.code(leaf), strength: number(self.repeats, length.into()), row: 7 });
            }
        }
    }

    /// Lets the cells of a bucket speak that have this fingerprint.
    #[inline]
    fn listen_to(&self, state: &mut State, cells: &[[u8; CELL_BUCKET]], place: usize, fingerprint: u8, row: u8) {
        let Some(bucket) = cells.get(place) else { return };
        let &[a, b, c, d, ..] = bucket;
        // Most have none: all four at once, a byte that agrees becomes 0.
        let differ = u32::from_le_bytes([a, b, c, d]) ^ u32::from(fingerprint).wrapping_mul(0x0101_0101);
        if differ.wrapping_sub(0x0101_0101) & !differ & 0x8080_8080 == 0 {
            return;
        }
        for (own, symbol, strength) in unpack(bucket) {
            if own == fingerprint && symbol != FREE_CELL && state.speaking < MOST_CELLS {
                state.speak(Voice { code: self.code(symbol), strength: number(self.strengths, strength.into()), row });
            }
        }
    }

    /// Goes down the tree.
    #[inline]
    fn walk<C: Coder>(&self, coder: &mut C, state: &mut State, target: u32) -> u8 {
        let contexts = state.history.weight_contexts();
        let scales = self.scales.get(trust_class(state.trust) * VOICES * DEPTH_CLASSES..).unwrap_or_default();
        let last = state.speaking.checked_sub(1).and_then(|last| state.voices.get(last)).map(|last| last.code);
        let mut level = Level::ROOT;
        // The code of the node, and the way to it with the first decision in the highest bit.
        let (mut code, mut way, mut above) = (0_u32, 0_u32, 0_u32);
        for (depth, &count) in (0_u32..).zip(self.counts) {
            let at = code.wrapping_sub(level.first);
            let Some(inner) = at.checked_sub(count.into()) else {
                if let Some(last) = last {
                    state.trust = trust_after(state.trust, last == way);
                }
                return u8::try_from(level.leaves.wrapping_add(at)).unwrap_or_default();
            };
            let [node, ..] = level.nodes.wrapping_add(inner).to_le_bytes();
            let mask = 0x8000_0000_u32 >> depth;
            let class = (depth as usize).min(DEPTH_CLASSES - 1);
            let mut logit = self.plain(&contexts, node);
            for voice in state.voices.iter().take(state.speaking) {
                // Silent are those that said something else on the way here.
                if (voice.code ^ way) & above == 0 {
                    let scale = scales.get(usize::from(voice.row) * DEPTH_CLASSES + class).copied().unwrap_or_default();
                    let said = i32::from(voice.strength).wrapping_mul(scale.into()) >> 6;
                    logit = logit.wrapping_add(if voice.code & mask == 0 { said.wrapping_neg() } else { said });
                }
            }
            let bit = coder.bit(squash(logit), target & mask != 0);
            code = code << 1 | u32::from(bit);
            way |= if bit { mask } else { 0 };
            above |= mask;
            level = level.below(count.into());
        }
        // The tree was checked: there is no deeper leaf.
        self.end
    }

    /// Codes whether a letter is a capital.
    #[inline]
    fn letter_case<C: Coder>(&self, coder: &mut C, state: &State, letter: u8, upper: bool) -> bool {
        let logit = self.plain(&state.history.case_contexts(letter), self.case);
        coder.bit(squash(logit), upper)
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

/// Fingerprint, symbol and strength of the cells of a bucket.
#[inline]
const fn unpack(bucket: &[u8; CELL_BUCKET]) -> [(u8, u8, u8); BUCKET_CELLS] {
    #[inline]
    const fn cell(fingerprint: u8, low: u8, high: u8, shift: u8) -> (u8, u8, u8) {
        let bits = u16::from_le_bytes([low, high]) >> shift;
        (fingerprint, bits.to_le_bytes()[0] & 0x7f, (bits >> 7).to_le_bytes()[0] & 7)
    }
    let &[a, b, c, d, e, f, g, h, i] = bucket;
    [cell(a, e, f, 0), cell(b, f, g, 2), cell(c, g, h, 4), cell(d, h, i, 6)]
}

impl State {
    fn new(start: u8) -> Self {
        let voices = [Voice::default(); MOST_CELLS + 1];
        Self { history: History::new(start), repeats: Repeats::new(), voices, speaking: 0, trust: FIRST_TRUST }
    }

    #[inline]
    fn speak(&mut self, voice: Voice) {
        if let Some(free) = self.voices.get_mut(self.speaking) {
            *free = voice;
            self.speaking = self.speaking.wrapping_add(1);
        }
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
        section.extend((0..128 + slots.div_ceil(2)).map(|_| random(&mut seed)));
        for _ in 0..buckets {
            section.extend((0..4).map(|_| random(&mut seed)));
            let cell = |bits: u64, _| bits << 10 | u64::from(random(&mut seed) & 7) << 7 | u64::from(random(&mut seed) & 31);
            section.extend_from_slice(&(0..4).fold(0_u64, cell).to_le_bytes()[..5]);
        }
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
        let mut state = State::new(0);
        let text = b"Hama. hama";
        for (at, &byte) in text.iter().enumerate() {
            model.listen(&mut state, &text[..at]);
            assert_eq!(state.speaking, 0);
            state.history.push(byte);
        }
        model.listen(&mut state, text);
        assert_eq!(state.voices[0].code, model.code(model.leaf(b'.')));
        assert_eq!(model.code(1), 1 << 27);
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
