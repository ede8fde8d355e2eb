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

mod buckets;
mod course;
mod curve;
mod learner;
mod pairs;
mod tree;

use std::collections::BTreeMap;

use increp::wire::packed::{BUCKET_CELLS, CELL_BUCKET, DEPTH_CLASSES, FREE_CELL, History, VOICES};

use buckets::Buckets;
use course::Course;
use learner::{Learned, Learner, nearest};
use pairs::Pairs;
use tree::Tree;

/// What fewer different texts hold is not learned.
const FEW: usize = 5;
/// How fast numbers learn at first.
const RATE: f32 = 0.2;
/// Rounds after the choice of cells, and how many of them are learned with numbers of few bits.
const LAST_ROUNDS: usize = 8;
const CODED_ROUNDS: usize = 2;
/// No context, no bucket.
const NONE: u32 = u32::MAX;

/// A text to learn from: what it says, how much it counts, and what kind of text it is.
type Sample<'t> = (&'t str, f32, u8);

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
    let fixed =
        12 + tree.counts.len() + tree.alphabet.len() + 2 * (usize::from(tree.nodes) + 1) + 32 + 16 + 32 + VOICES * DEPTH_CLASSES;
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

/// How much each text of a source counts that has so many bytes in all, beside the texts of other sources: one of four times as
/// many bytes counts twice as much altogether. A model that is to fit texts of sources that nobody has seen must not be that
/// of the longest source.
#[must_use]
pub fn source_weight(bytes: usize) -> f32 {
    #[allow(clippy::cast_precision_loss)] // near enough
    let bytes = bytes.max(1) as f32;
    1.0 / bytes.sqrt()
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
        bytes.extend(cells.map(|cell| learner.cell_codes[cell] << 5 | buckets.symbols[cell]));
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
