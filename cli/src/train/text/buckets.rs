//! The cells where the codec finds them.

// Numbers of a profile fit their 8, 16 and 32 bits; what is learned is rounded on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use increp::wire::packed::{BUCKET_CELLS, FREE_CELL, History, MOST_CELLS, cell_place};

use super::learner::{Learned, Learner, Voice};
use super::pairs::Pairs;

/// The cells as they lie in the section.
pub(super) struct Buckets {
    pub(super) count: u32,
    pub(super) fingerprints: Vec<u8>,
    pub(super) symbols: Vec<u8>,
}

impl Buckets {
    /// Lays the cells, the best first, each into one of its two buckets; where both are full, cells that lie there move on.
    pub(super) fn lay(pairs: &Pairs, learner: &mut Learner, most: u32) -> Self {
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
    pub(super) fn find(&self, history: &History, voices: &mut Vec<Voice>) {
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
