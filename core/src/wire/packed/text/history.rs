//! What the text so far says of the next letter: the contexts, and what followed when it last said the same.

use crate::wire::packed::context::mix;

/// How many contexts have cells.
pub const CELL_CONTEXTS: usize = 3;
/// How many contexts have weights.
pub const WEIGHT_CONTEXTS: usize = 3;

/// From how many bytes on a repetition counts, and how many are compared at most.
const REPEATED: usize = 4;
const MOST_REPEATED: usize = 15;

/// What a text model knows of the text so far.
#[derive(Clone, Debug)]
pub struct History {
    /// The last 4 bytes, the newest lowest; the same in lower case, each digit a 0.
    exact: u32,
    folded: u32,
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
        let first = start.wrapping_add(1);
        Self { exact: first, folded: first, word: 0, last_word: start, word_before: 0, letters: 0, case: 0, last_case: 3 }
    }

    /// The text goes on with `byte`.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        let folded = if byte.is_ascii_digit() { b'0' } else { byte.to_ascii_lowercase() };
        self.exact = self.exact << 8 | u32::from(byte);
        self.folded = self.folded << 8 | u32::from(folded);
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

    /// Hashes of the contexts that have cells.
    #[inline]
    #[must_use]
    pub fn cell_contexts(&self) -> [u32; CELL_CONTEXTS] {
        let newest = self.exact & 0xff;
        // Which digit it was matters to the shortest context alone.
        let digit = if (0x30..0x3a).contains(&newest) { newest } else { 0 };
        let (word, before) = if self.letters == 0 {
            (mix(mix(9, self.last_word), self.folded & 0xffff), self.word_before)
        } else {
            // A capital says much of the next letter, but little of those after it.
            (mix(self.word, 10 + u32::from(self.letters <= 2 && self.case == 1)), self.last_word)
        };
        [mix(mix(word, 12), before), word, mix(mix(3, self.folded & 0xff_ffff), digit)]
    }

    /// Hashes of the contexts that have weights, for the next symbol.
    #[inline]
    #[must_use]
    pub const fn weight_contexts(&self) -> [u32; WEIGHT_CONTEXTS] {
        let word = if self.letters == 0 { mix(self.last_word, self.exact & 0xff) } else { self.word };
        [mix(20, self.exact & 0xff), mix(21, self.exact & 0xffff), mix(22, word)]
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

/// Where this text said the same before: the low 8 bits of how long it was when it last ended in 4 such bytes.
#[derive(Clone, Debug)]
pub struct Repeats([u8; 64]);

impl Repeats {
    /// For the start of a text.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; 64])
    }

    /// What followed, in lower case, when `text`, all so far, said what it ends in no more than 256 bytes ago, and how many
    /// bytes agreed, 4 to 15.
    #[inline]
    pub fn find(&mut self, history: &History, text: &[u8]) -> Option<(u8, u8)> {
        let entry = self.0.get_mut((mix(4, history.folded) >> 26) as usize)?;
        let [length, ..] = text.len().to_le_bytes();
        let back = usize::from(length.wrapping_sub(*entry).wrapping_sub(1)).wrapping_add(1);
        *entry = length;
        let earlier = text.get(..text.len().checked_sub(back)?)?;
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
