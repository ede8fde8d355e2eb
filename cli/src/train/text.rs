//! Trains the text model: which cells there are, and every number in the section that `increp::wire::packed::TextModel` reads.
//!
//! 1. The tree of symbols, from how often each byte was said.
//! 2. Every pair of context and next symbol that at least five different texts hold becomes a cell; all numbers learn
//!    together, text by text, to make what was said likely (AdaGrad on the cost in bits).
//! 3. Again and again the cells without which the least is lost go, half of them at a time, until the rest fits.
//! 4. They move to where the codec finds them. Learning goes on there, so that the numbers know which contexts share a
//!    fingerprint; for the last rounds with numbers of few bits.
//!
//! Nothing is learned from what fewer than five different texts hold: no sentence that only a few said can be read out of
//! the section. The same texts give the same bytes on every machine: the four operations and the square root of IEEE 754
//! are all that is calculated with.

// Numbers of a profile fit their 8, 16 and 32 bits; what is learned is rounded on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod curve;
mod learner;
mod tree;

use std::collections::BTreeMap;

use increp::wire::packed::{BUCKET_CELLS, CELL_BUCKET, CELL_CONTEXTS, FREE_CELL, History, MOST_CELLS, Repeats, cell_place};

use learner::{Learned, Learner, REPETITION, Voice, nearest};
use tree::Tree;

/// What fewer different texts hold is not learned.
const FEW: usize = 5;
/// How fast numbers learn at first.
const RATE: f32 = 0.2;
/// Most cells of a context: before the choice, and after it.
const MOST_OF_CONTEXT: usize = 8;
const MOST_KEPT: usize = 6;
/// Rounds after the choice of cells, and how many of them are learned with numbers of few bits.
const LAST_ROUNDS: usize = 6;
const CODED_ROUNDS: usize = 2;
/// No context, no bucket.
const NONE: u32 = u32::MAX;

/// A text to learn from: what it says, how much it counts, and what kind of text it is.
type Sample<'t> = (&'t str, f32, u8);

/// The pairs of context and symbol that may have a cell.
#[derive(Default)]
struct Pairs {
    /// Each context's hash and row, and where its cells end.
    contexts: Vec<(u32, u8, u32)>,
    symbols: Vec<u8>,
    /// For each row, the context at each place of all texts.
    at: Vec<Vec<u32>>,
}

/// The cells as they lie in the section.
struct Buckets {
    count: u32,
    fingerprints: Vec<u8>,
    symbols: Vec<u8>,
}

/// Trains on `texts`: what each says, how much it counts, and what kind of text it is (the `start` of the codec). Gives a
/// section of at most `size` bytes; fewer where the texts do not fill it. `progress` gets numbers from 0 to 1.
pub fn train(texts: &[(&str, f32, u8)], size: usize, progress: &mut dyn FnMut(f32)) -> Vec<u8> {
    let mut texts: Vec<Sample<'_>> = texts.iter().filter(|text| text.1 > 0.0 && text.1.is_finite()).copied().collect();
    let mean = texts.iter().map(|text| text.1).sum::<f32>() / texts.iter().map(|_| 1.0).sum::<f32>().max(1.0);
    texts.iter_mut().for_each(|text| text.1 /= mean);
    let ids = ids(&texts);
    let firsts = (0_u32..).zip(&ids).map(|(at, &id)| at == id);
    let tree = Tree::new(texts.iter().zip(firsts).map(|(text, first)| (text.0, text.1, first)));
    let places: usize = texts.iter().map(|text| text.0.len() + 1).sum();
    let fixed = 12 + tree.counts.len() + tree.alphabet.len() + 2 * (usize::from(tree.nodes) + 1) + 32 + 16 + 32 + 128;
    let room = size.saturating_sub(fixed);
    let weights = (room * weight_share(size) / 100).min(places);
    let mut learner = Learner::new(tree, u32::try_from(weights * 2).unwrap_or(u32::MAX));
    note(&mut learner, &texts, &ids);
    let mut pairs = Pairs::of(&learner.tree, &texts, &ids);
    let most = (room - weights) / CELL_BUCKET * BUCKET_CELLS;
    // Where cells may lie in two places, a little must stay free.
    let want = most * 965 / 1000;

    let mut course = Course::new(&texts, rounds(pairs.symbols.len(), want), progress);
    learner.cells = vec![Learned::default(); pairs.symbols.len()];
    learner.rate = RATE;
    course.choose(&mut learner, &pairs, false);
    loop {
        let left = learner.cells.len();
        learner.gains = vec![0.0; left];
        course.choose(&mut learner, &pairs, true);
        pairs.keep(&mut learner, want.max(left / 2).min(left));
        if learner.cells.len() <= want {
            break;
        }
    }
    let buckets = Buckets::lay(&pairs, &mut learner, u32::try_from(most / BUCKET_CELLS).unwrap_or(u32::MAX));
    drop(pairs);
    for round in 0..LAST_ROUNDS {
        if round + CODED_ROUNDS == LAST_ROUNDS {
            learner.fix_codes(|cell| buckets.symbols[cell] != FREE_CELL);
        }
        #[allow(clippy::cast_precision_loss)] // small
        let done = (round + 1) as f32 / LAST_ROUNDS as f32;
        learner.rate = RATE * (1.0 - 0.9 * done);
        course.refine(&mut learner, &buckets);
    }
    section(&learner, &buckets)
}

/// How many percent of the room are for weights.
fn weight_share(size: usize) -> usize {
    match size {
        0..=24_000 => 50,
        24_001..=100_000 => 40,
        _ => 30,
    }
}

/// How many rounds there will be.
fn rounds(mut cells: usize, want: usize) -> usize {
    let mut rounds = 2 + LAST_ROUNDS;
    while cells / 2 > want {
        cells /= 2;
        rounds += 1;
    }
    rounds
}

/// A number for each text, the same for the same text.
fn ids(texts: &[Sample<'_>]) -> Vec<u32> {
    let mut seen = BTreeMap::new();
    (0_u32..).zip(texts).map(|(at, text)| *seen.entry(text.0).or_insert(at)).collect()
}

/// Tells the learner which texts choose which numbers.
fn note(learner: &mut Learner, texts: &[Sample<'_>], ids: &[u32]) {
    for (&(text, _, start), &id) in texts.iter().zip(ids) {
        let mut history = History::new(start);
        for byte in text.bytes().map(Some).chain([None]) {
            let leaf = learner.tree.leaf(byte);
            let path = learner.tree.paths[usize::from(leaf)].clone();
            learner.note(&path, &history.weight_contexts(), id);
            if let Some(byte) = byte {
                if byte.is_ascii_alphabetic() && leaf != learner.tree.escape {
                    let contexts = history.case_contexts(byte.to_ascii_lowercase());
                    learner.note(&[(learner.tree.nodes, false)], &contexts, id);
                }
                history.push(byte);
            }
        }
    }
}

impl Pairs {
    fn of(tree: &Tree, texts: &[Sample<'_>], ids: &[u32]) -> Self {
        let mut pairs = Self::default();
        let mut hashes: Vec<[u32; CELL_CONTEXTS]> = vec![];
        let mut leaves = vec![];
        for &(text, _, start) in texts {
            let mut history = History::new(start);
            for byte in text.bytes().map(Some).chain([None]) {
                hashes.push(history.cell_contexts());
                leaves.push(tree.leaf(byte));
                byte.into_iter().for_each(|byte| history.push(byte));
            }
        }
        for row in 0..CELL_CONTEXTS {
            let places = texts.iter().zip(ids).flat_map(|(text, &id)| std::iter::repeat_n(id, text.0.len() + 1));
            let said = hashes.iter().zip(&leaves).zip(places);
            // Sorted: context, symbol, text.
            let mut said: Vec<(u32, u8, u32)> = said.map(|((hashes, &leaf), id)| (hashes[row], leaf, id)).collect();
            said.sort_unstable();
            said.dedup();
            let first = pairs.contexts.len();
            #[allow(clippy::cast_possible_truncation)] // 7 rows; fewer cells than bytes of text
            for context in said.chunk_by(|a, b| a.0 == b.0) {
                let symbols = context.chunk_by(|a, b| a.1 == b.1).filter(|texts| texts.len() >= FEW);
                let mut symbols: Vec<(usize, u8)> = symbols.map(|texts| (texts.len(), texts[0].1)).collect();
                if !symbols.is_empty() {
                    symbols.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
                    pairs.symbols.extend(symbols.iter().take(MOST_OF_CONTEXT).map(|symbol| symbol.1));
                    pairs.contexts.push((context[0].0, row as u8, pairs.symbols.len() as u32));
                }
            }
            let known = &pairs.contexts[first..];
            let find = |hash: u32| known.binary_search_by_key(&hash, |context| context.0).map_or(NONE, |at| (first + at) as u32);
            #[allow(clippy::cast_possible_truncation)]
            pairs.at.push(hashes.iter().map(|hashes| find(hashes[row])).collect());
        }
        pairs
    }

    fn range(&self, context: usize) -> std::ops::Range<usize> {
        let start = context.checked_sub(1).map_or(0, |before| self.contexts[before].2);
        start as usize..self.contexts[context].2 as usize
    }

    /// Keeps the `want` cells without which the most is lost.
    #[allow(clippy::cast_possible_truncation)] // fewer cells than bytes of text
    fn keep(&mut self, learner: &mut Learner, want: usize) {
        let mut sorted = learner.gains.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let edge = sorted.len().checked_sub(want).and_then(|at| sorted.get(at)).copied().unwrap_or(f32::MAX).max(1e-6);
        let mut new = vec![NONE; self.contexts.len()];
        let (mut contexts, mut symbols, mut cells, mut gains) = (vec![], vec![], vec![], vec![]);
        for (context, new) in new.iter_mut().enumerate() {
            let before = symbols.len();
            let good = self.range(context).filter(|&cell| learner.gains[cell] >= edge).take(MOST_KEPT);
            for cell in good {
                if symbols.len() < want {
                    symbols.push(self.symbols[cell]);
                    cells.push(learner.cells[cell]);
                    gains.push(learner.gains[cell]);
                }
            }
            if symbols.len() > before {
                *new = contexts.len() as u32;
                contexts.push((self.contexts[context].0, self.contexts[context].1, symbols.len() as u32));
            }
        }
        for context in self.at.iter_mut().flatten().filter(|context| **context != NONE) {
            *context = new[*context as usize];
        }
        (self.contexts, self.symbols, learner.cells, learner.gains) = (contexts, symbols, cells, gains);
    }
}

/// The rounds of learning.
struct Course<'c> {
    texts: &'c [Sample<'c>],
    /// Where each text begins among all places.
    starts: Vec<usize>,
    order: Vec<usize>,
    random: u64,
    rounds: usize,
    round: usize,
    progress: &'c mut dyn FnMut(f32),
}

impl<'c> Course<'c> {
    fn new(texts: &'c [Sample<'c>], rounds: usize, progress: &'c mut dyn FnMut(f32)) -> Self {
        let starts = texts.iter().scan(0, |next, text| Some(std::mem::replace(next, *next + text.0.len() + 1))).collect();
        Self { texts, starts, order: (0..texts.len()).collect(), random: 7, rounds, round: 0, progress }
    }

    /// A round with every pair that is left.
    fn choose(&mut self, learner: &mut Learner, pairs: &Pairs, gains: bool) {
        self.round(learner, gains, |_, _, place, voices| {
            for (row, at) in (0_u8..).zip(&pairs.at) {
                if at[place] != NONE {
                    let cells = pairs.range(at[place] as usize);
                    #[allow(clippy::cast_possible_truncation)]
                    voices.extend(cells.map(|cell| Voice { cell: cell as u32, symbol: pairs.symbols[cell], row }));
                }
            }
        });
    }

    /// A round with the cells where the codec finds them.
    fn refine(&mut self, learner: &mut Learner, buckets: &Buckets) {
        self.round(learner, false, |_, history, _, voices| buckets.find(history, voices));
    }

    fn round(&mut self, learner: &mut Learner, gains: bool, mut listen: impl FnMut(&Learner, &History, usize, &mut Vec<Voice>)) {
        for at in (1..self.order.len()).rev() {
            self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            #[allow(clippy::cast_possible_truncation)] // 31 bits
            self.order.swap(at, (self.random >> 33) as usize % (at + 1));
        }
        let mut voices = vec![];
        for (done, &text) in self.order.iter().enumerate() {
            let (bytes, weight, start) = (self.texts[text].0.as_bytes(), self.texts[text].1, self.texts[text].2);
            let (mut history, mut repeats) = (History::new(start), Repeats::new());
            learner.start();
            for at in 0..=bytes.len() {
                voices.clear();
                listen(learner, &history, self.starts[text] + at, &mut voices);
                if let Some((next, length)) = repeats.find(&history, &bytes[..at]) {
                    let symbol = learner.tree.leaf(Some(next));
                    if symbol != learner.tree.escape {
                        voices.push(Voice { cell: length.into(), symbol, row: REPETITION });
                    }
                }
                let byte = bytes.get(at).copied();
                let leaf = learner.tree.leaf(byte);
                learner.symbol(leaf, &history.weight_contexts(), &voices, weight, gains);
                if let Some(byte) = byte {
                    if byte.is_ascii_alphabetic() && leaf != learner.tree.escape {
                        let contexts = history.case_contexts(byte.to_ascii_lowercase());
                        learner.case(byte.is_ascii_uppercase(), &contexts, weight);
                    }
                    history.push(byte);
                }
            }
            if done % 256 == 0 {
                #[allow(clippy::cast_precision_loss)] // near enough
                let done = (self.round as f32 + done as f32 / self.order.len() as f32) / self.rounds as f32;
                (self.progress)(done.min(1.0));
            }
        }
        self.round += 1;
    }
}

impl Buckets {
    /// Lays the cells, the best first, each into one of its two buckets; where both are full, cells that lie there move on.
    fn lay(pairs: &Pairs, learner: &mut Learner, most: u32) -> Self {
        let needed = pairs.symbols.len() * 1000 / 965 / BUCKET_CELLS + usize::from(!pairs.symbols.is_empty());
        let count = most.min(u32::try_from(needed).unwrap_or(most));
        let cells = count as usize * BUCKET_CELLS;
        let mut list: Vec<(usize, u32)> = (0..pairs.contexts.len())
            .flat_map(|context| {
                let (hash, _, _) = pairs.contexts[context];
                pairs.range(context).map(move |cell| (cell, hash))
            })
            .collect();
        list.sort_by(|a, b| learner.gains[b.0].total_cmp(&learner.gains[a.0]).then(a.0.cmp(&b.0)));
        let mut lying: Vec<Option<(usize, u32)>> = vec![None; cells];
        let mut random = 1_u32;
        for cell in list {
            let mut homeless = cell;
            let mut bucket = cell_place(homeless.1, count).0[0];
            for step in 0..500 {
                let places = if step == 0 { cell_place(homeless.1, count).0 } else { [bucket, bucket] };
                let slots = places.into_iter().flat_map(|bucket| bucket * BUCKET_CELLS..(bucket + 1) * BUCKET_CELLS);
                if let Some(free) = slots.clone().find(|&slot| lying[slot].is_none()) {
                    lying[free] = Some(homeless);
                    break;
                }
                if step == 499 {
                    // One must go: the worst of those that met here.
                    let value = |slot: usize| lying[slot].map_or(f32::MAX, |(cell, _)| learner.gains[cell]);
                    let worst = slots.min_by(|&a, &b| value(a).total_cmp(&value(b)));
                    if let Some(worst) = worst.filter(|&worst| value(worst) < learner.gains[homeless.0]) {
                        lying[worst] = Some(homeless);
                    }
                    break;
                }
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let slot = bucket * BUCKET_CELLS + (random >> 30) as usize;
                if let Some(moved) = lying[slot].replace(homeless) {
                    homeless = moved;
                }
                let [first, second] = cell_place(homeless.1, count).0;
                bucket = if first == bucket { second } else { first };
            }
        }
        let fingerprints = lying.iter().map(|cell| cell.map_or(0, |(_, hash)| cell_place(hash, count).1)).collect();
        let symbols = lying.iter().map(|cell| cell.map_or(FREE_CELL, |(cell, _)| pairs.symbols[cell])).collect();
        learner.cells = lying.iter().map(|cell| cell.map_or(Learned::default(), |(cell, _)| learner.cells[cell])).collect();
        Self { count, fingerprints, symbols }
    }

    /// What the codec finds.
    fn find(&self, history: &History, voices: &mut Vec<Voice>) {
        if self.count == 0 {
            return;
        }
        for (row, context) in (0_u8..).zip(history.cell_contexts()) {
            let ([first, second], fingerprint) = cell_place(context, self.count);
            for bucket in [first, second].into_iter().take(1 + usize::from(first != second)) {
                for cell in bucket * BUCKET_CELLS..(bucket + 1) * BUCKET_CELLS {
                    let symbol = self.symbols[cell];
                    if self.fingerprints[cell] == fingerprint && symbol != FREE_CELL && voices.len() < MOST_CELLS {
                        #[allow(clippy::cast_possible_truncation)] // at most 2^18
                        voices.push(Voice { cell: cell as u32, symbol, row });
                    }
                }
            }
        }
    }
}

/// A logit in 1/256 units.
#[allow(clippy::cast_possible_truncation)] // saturates
fn fixed(value: f32) -> [u8; 2] {
    ((value * 256.0).round() as i16).to_le_bytes()
}

/// The section as the codec reads it.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the layout's own widths; clamped
fn section(learner: &Learner, buckets: &Buckets) -> Vec<u8> {
    let tree = &learner.tree;
    let (cell_codes, levels) = learner.codes.clone().unwrap_or_default();
    let mut bytes = vec![(tree.counts.len() - 1) as u8, tree.end, tree.escape, 0];
    bytes.extend(learner.slots.to_le_bytes());
    bytes.extend(buckets.count.to_le_bytes());
    bytes.extend(&tree.counts);
    bytes.extend(&tree.alphabet);
    bytes.extend(learner.biases.iter().flat_map(|bias| fixed(bias.value)));
    bytes.extend(levels.iter().flat_map(|&level| fixed(level)));
    bytes.extend(cell_codes.iter().flat_map(|&code| fixed(code)));
    bytes.extend(learner.repeats.iter().flat_map(|repeat| fixed(repeat.value)));
    bytes.extend(learner.scales.iter().map(|scale| (scale.value * 64.0).round() as u8));
    let none = nearest(&levels, 0.0);
    let code = |weight: usize| learner.weight_codes.get(weight).copied().unwrap_or(none);
    bytes.extend((0..learner.slots as usize).step_by(2).map(|weight| code(weight) | code(weight + 1) << 4));
    for bucket in 0..buckets.count as usize {
        let cells = bucket * BUCKET_CELLS..(bucket + 1) * BUCKET_CELLS;
        bytes.extend(&buckets.fingerprints[cells.clone()]);
        let pack =
            |bits: u64, cell: usize| bits << 10 | u64::from(learner.cell_codes[cell]) << 7 | u64::from(buckets.symbols[cell]);
        bytes.extend(&cells.rev().fold(0, pack).to_le_bytes()[..CELL_BUCKET - BUCKET_CELLS]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use increp::wire::packed::{Coder, TextModel};

    use super::*;

    /// Adds up the bits that an encoder would write.
    struct Sum(f64);

    impl Coder for Sum {
        fn bit(&mut self, one: u16, bit: bool) -> bool {
            let one = f64::from(one) / 65536.0;
            self.0 -= if bit { one.log2() } else { (1.0 - one).log2() };
            bit
        }

        fn part(&mut self, of: u32, value: u32) -> u32 {
            self.0 += f64::from(of).log2();
            value
        }
    }

    fn bits(section: &[u8], text: &str) -> f64 {
        let mut sum = Sum(0.0);
        TextModel::new(section).expect("a whole section").encode(&mut sum, text.as_bytes(), 2);
        sum.0
    }

    fn reports(count: usize) -> Vec<String> {
        (0..count).map(|at| format!("Armed men stopped {} trucks near the bridge on the {}th.", at % 7 + 2, at % 30 + 1)).collect()
    }

    fn section(texts: &[String], size: usize) -> Vec<u8> {
        let texts: Vec<Sample<'_>> = texts.iter().map(|text| (text.as_str(), 1.0, 2)).collect();
        train(&texts, size, &mut |_| {})
    }

    #[test]
    fn sections_fit_and_are_the_same_each_time() {
        let texts = reports(300);
        for size in [0, 600, 1024, 4096, 65536] {
            let trained = section(&texts, size);
            assert!(TextModel::new(&trained).is_some());
            assert!(trained.len() <= size.max(600), "{} of {size}", trained.len());
            assert_eq!(trained, section(&texts, size));
        }
    }

    #[test]
    fn few_texts_do_no_harm() {
        let text = "Shelling near the market, 3 injured.";
        let none = section(&[], 16384);
        assert!(bits(&none, text) < 8.0 * text.len() as f64);
        assert!(none.len() < 1024);
        let few = section(&reports(10), 16384);
        assert!(bits(&few, text) < 1.05 * bits(&none, text));
        assert!(bits(&few, &reports(1)[0]) < bits(&none, &reports(1)[0]));
    }

    #[test]
    fn learns_what_many_said() {
        let trained = section(&reports(300), 16384);
        assert!(bits(&trained, "Armed men stopped 5 trucks near the bridge on the 9th.") < 40.0);
    }

    #[test]
    fn keeps_what_few_said() {
        let secret = "zxq vwkj qpf";
        let said = |times: usize| {
            let mut texts = reports(300);
            texts.iter_mut().take(times).for_each(|text| text.push_str(secret));
            // The same text again and again is one text.
            texts.extend(std::iter::repeat_n(secret.to_owned(), 20));
            bits(&section(&texts, 16384), secret)
        };
        let (never, few, many) = (said(0), said(FEW - 2), said(40));
        assert!(many < 0.5 * never, "{many} {never}");
        assert!(few > 0.6 * never, "{few} {never}");
    }
}
