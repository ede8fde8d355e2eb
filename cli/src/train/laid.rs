//! Lays weights into the table of a profile: by their contexts, those of a tree in a row, in buckets of which each context has
//! two.

// Numbers of a table fit their 8 and 16 bits.
#![allow(clippy::cast_possible_truncation)]

use std::collections::HashMap;

use increp::wire::packed::{BUCKET, BUCKET_LEN, SINGLE, Weight, place};

/// A context, and which node of its tree.
pub(super) type Key = (u32, u8);

/// A weight to be laid.
pub(super) struct Cell {
    pub key: Key,
    pub weight: Weight,
}

/// The weights of a context, from some node of its tree on, and which chains go on behind any of them.
struct Run {
    key: u32,
    first: u8,
    weights: Vec<i8>,
    below: u8,
}

/// Cells of which this many in a hundred hold a run are hardly ever too full.
const FILLED: usize = 94;

/// Weights by their contexts. What lies between two of them is 0.
fn runs(mut cells: Vec<Cell>) -> Vec<Run> {
    cells.sort_by_key(|cell| cell.key);
    let mut runs: Vec<Run> = Vec::new();
    for Cell { key: (key, node), weight } in cells {
        match runs.last_mut() {
            Some(run) if run.key == key => {
                run.weights.resize(usize::from(node - run.first), 0);
                run.weights.push(weight.value);
                run.below |= weight.below;
            }
            _ => runs.push(Run { key, first: node, weights: vec![weight.value], below: weight.below }),
        }
    }
    runs
}

/// About how many bytes a table of these weights has.
pub(super) fn length(cells: Vec<Cell>) -> usize {
    let runs = runs(cells);
    // One of a single weight stands in its cell.
    let laid: usize = runs.iter().map(|run| run.weights.len()).filter(|many| *many > 1).map(|many| 2 + many).sum();
    runs.len() * BUCKET_LEN / BUCKET * 100 / FILLED + laid
}

/// What stands in the cell of each run, and the runs that do not fit into theirs, each once.
fn laid(runs: &[Run]) -> (Vec<u16>, Vec<u8>) {
    let (mut starts, mut bytes) = (HashMap::new(), Vec::new());
    let mut cell = |run: &Run| {
        if let [weight] = run.weights[..] {
            return SINGLE | u16::from(run.first) << 8 | u16::from(weight.to_le_bytes()[0]);
        }
        *starts.entry((run.first, run.weights.clone())).or_insert_with(|| {
            let start = bytes.len() as u16;
            bytes.extend([run.first, run.weights.len() as u8]);
            bytes.extend(run.weights.iter().flat_map(|weight| weight.to_le_bytes()));
            start
        })
    };
    let cells = runs.iter().map(&mut cell).collect();
    (cells, bytes)
}

/// Weights in buckets, in a few ways; a full bucket pushes one of its own on to its other bucket.
pub(super) fn lay(cells: Vec<Cell>) -> Vec<Vec<u8>> {
    /// More tables than these are hardly better.
    const TRIES: usize = 16;
    if cells.is_empty() {
        return vec![Vec::new()];
    }
    let runs = runs(cells);
    let least = (runs.len() * 100).div_ceil(FILLED * BUCKET).max(1);
    (least..).filter_map(|buckets| try_lay(&runs, buckets)).take(TRIES).collect()
}

fn try_lay(runs: &[Run], buckets: usize) -> Option<Vec<u8>> {
    let (cells, laid) = laid(runs);
    let mut table: Vec<Vec<(u32, u16, u8)>> = vec![Vec::new(); buckets];
    let mut random = 1u32;
    for (run, cell) in runs.iter().zip(cells) {
        let mut cell = (run.key, cell, run.below);
        let mut settled = false;
        for _ in 0..500 {
            let ([one, other], _) = place(cell.0, buckets as u32);
            let free = [one, other].into_iter().find(|bucket| table[*bucket].len() < BUCKET);
            if let Some(free) = free {
                table[free].push(cell);
                settled = true;
                break;
            }
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let bucket = if (random >> 20) & 1 == 0 { one } else { other };
            let victim = (random >> 24) as usize % BUCKET;
            core::mem::swap(&mut cell, &mut table[bucket][victim]);
        }
        if !settled {
            return None;
        }
    }
    let mut bytes = (buckets as u16).to_le_bytes().to_vec();
    for bucket in &table {
        let tag = |(key, _, below): &(u32, u16, u8)| {
            let (_, check) = place(*key, buckets as u32);
            check << 4 | u16::from(*below)
        };
        let slots = || (0..BUCKET).map(|slot| bucket.get(slot));
        bytes.extend(slots().flat_map(|cell| cell.map_or(0, tag).to_le_bytes()));
        bytes.extend(slots().flat_map(|cell| cell.map_or(0, |(_, run, _)| *run).to_le_bytes()));
    }
    bytes.extend(laid);
    Some(bytes)
}
