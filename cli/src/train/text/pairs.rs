//! The pairs of context and next symbol that may have a cell, and which of them stay.

// Numbers of a profile fit their 8, 16 and 32 bits; what is learned is rounded on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use increp::wire::packed::{CELL_CONTEXTS, FREE_CELL, History};

use super::learner::Learner;
use super::tree::Tree;
use super::{FEW, NONE, Sample};

/// Most cells of a context: before the choice, and after it.
const MOST_OF_CONTEXT: usize = 8;
const MOST_KEPT: usize = 6;

/// The pairs of context and symbol that may have a cell.
#[derive(Default)]
pub(super) struct Pairs {
    /// Each context's hash and row, and where its cells end.
    pub(super) contexts: Vec<(u32, u8, u32)>,
    pub(super) symbols: Vec<u8>,
    /// For each row, the context at each place of all texts.
    pub(super) at: Vec<Vec<u32>>,
}

impl Pairs {
    pub(super) fn of(tree: &Tree, texts: &[Sample<'_>], ids: &[u32]) -> Self {
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
            #[allow(clippy::cast_possible_truncation)] // few rows; fewer cells than bytes of text
            for context in said.chunk_by(|a, b| a.0 == b.0) {
                let symbols = context.chunk_by(|a, b| a.1 == b.1).filter(|texts| texts[0].1 < FREE_CELL && texts.len() >= FEW);
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

    pub(super) fn range(&self, context: usize) -> std::ops::Range<usize> {
        let start = context.checked_sub(1).map_or(0, |before| self.contexts[before].2);
        start as usize..self.contexts[context].2 as usize
    }

    /// Keeps the `want` cells without which the most is lost.
    #[allow(clippy::cast_possible_truncation)] // fewer cells than bytes of text
    pub(super) fn keep(&mut self, learner: &mut Learner, want: usize) {
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
