//! Rounds of learning: every text once, in another order each time.

// Numbers of a profile fit their 8, 16 and 32 bits; what is learned is rounded on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use increp::wire::packed::{History, Repeats};

use super::buckets::Buckets;
use super::learner::{Learner, REPETITION, Voice};
use super::pairs::Pairs;
use super::{NONE, Sample};

/// The rounds of learning.
pub(super) struct Course<'c> {
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
    pub(super) fn new(texts: &'c [Sample<'c>], rounds: usize, progress: &'c mut dyn FnMut(f32)) -> Self {
        let starts = texts.iter().scan(0, |next, text| Some(std::mem::replace(next, *next + text.0.len() + 1))).collect();
        Self { texts, starts, order: (0..texts.len()).collect(), random: 7, rounds, round: 0, progress }
    }

    /// A round with every pair that is left.
    pub(super) fn choose(&mut self, learner: &mut Learner, pairs: &Pairs, gains: bool) {
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
    pub(super) fn refine(&mut self, learner: &mut Learner, buckets: &Buckets) {
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
