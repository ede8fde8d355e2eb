//! The tree of symbols: Huffman's, in the canonical order that the section holds.

// Numbers of a profile fit their 8, 16 and 32 bits; what is learned is rounded on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use increp::wire::packed::{DEEPEST, MOST_LEAVES, NO_BYTE};

use super::FEW;

/// The rarest symbol counts as one in so many: keeps the tree flat where texts say nothing.
const RAREST: f64 = 8192.0;

/// A step down the tree: an inner node and which way to go.
pub(super) type Step = (u8, bool);

/// The tree of symbols.
pub(super) struct Tree {
    /// How many leaves there are at each depth.
    pub(super) counts: Vec<u8>,
    /// What each leaf stands for.
    pub(super) alphabet: Vec<u8>,
    pub(super) end: u8,
    pub(super) escape: u8,
    /// The way to each leaf.
    pub(super) paths: Vec<Vec<Step>>,
    /// How many inner nodes there are.
    pub(super) nodes: u8,
    leaf_of: [u8; 256],
    /// For each two leaves, how many steps they share.
    shared: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Symbol {
    Byte(u8),
    End,
    Escape,
}

impl Tree {
    /// The tree for these texts: what each says, how much it counts, and whether it is the first that says so. Bytes that
    /// few texts hold have no leaf, except for those of plain English.
    pub(super) fn new<'t>(texts: impl Iterator<Item = (&'t str, f32, bool)>) -> Self {
        let (mut holders, mut counts, mut ends) = ([0_usize; 256], [0_f64; 256], 1.0);
        for (text, weight, first) in texts {
            let mut held = [false; 256];
            for byte in text.bytes().map(|byte| byte.to_ascii_lowercase()) {
                held[usize::from(byte)] = true;
                counts[usize::from(byte)] += f64::from(weight);
            }
            holders.iter_mut().zip(held).for_each(|(holders, held)| *holders += usize::from(held && first));
            ends += f64::from(weight);
        }
        let plain = |byte: u8| (b' '..=b'~').contains(&byte) && !byte.is_ascii_uppercase();
        let mut symbols: Vec<(Symbol, f64)> = (0..=u8::MAX)
            .filter(|&byte| plain(byte) || holders[usize::from(byte)] >= FEW)
            .map(|byte| (Symbol::Byte(byte), if holders[usize::from(byte)] >= FEW { counts[usize::from(byte)] } else { 0.0 }))
            .collect();
        symbols.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        symbols.truncate(usize::from(MOST_LEAVES) - 2);
        symbols.extend([(Symbol::End, ends), (Symbol::Escape, 0.0)]);
        Self::from_symbols(&symbols)
    }

    #[allow(clippy::cast_possible_truncation)] // at most 127 leaves and 20 levels
    fn from_symbols(symbols: &[(Symbol, f64)]) -> Self {
        let lengths = lengths(&symbols.iter().map(|symbol| symbol.1).collect::<Vec<_>>());
        let mut order: Vec<usize> = (0..symbols.len()).collect();
        order.sort_by_key(|&at| (lengths[at], symbols[at].0));
        let deepest = lengths.iter().copied().max().unwrap_or(1);
        let mut counts = vec![0_u8; deepest + 1];
        lengths.iter().for_each(|&length| counts[length] += 1);
        // Inner nodes above each depth.
        let (mut above, mut width) = (vec![0_usize], 1_usize);
        for &count in &counts {
            let inner = width - usize::from(count);
            above.push(above[above.len() - 1] + inner);
            width = inner * 2;
        }
        let (mut alphabet, mut paths, mut leaf_of, mut end, mut escape) = (vec![], vec![], [u8::MAX; 256], 0, 0);
        let mut before = 0;
        for (leaf, &at) in order.iter().enumerate() {
            let length = lengths[at];
            if leaf > 0 && length > lengths[order[leaf - 1]] {
                before = leaf;
            }
            let mut place = leaf - before;
            let mut path: Vec<Step> = (0..length)
                .rev()
                .map(|depth| {
                    let step = ((above[depth] + place / 2) as u8, place % 2 == 1);
                    place = place / 2 + usize::from(counts[depth]);
                    step
                })
                .collect();
            path.reverse();
            paths.push(path);
            let leaf = leaf as u8;
            alphabet.push(match symbols[at].0 {
                Symbol::Byte(byte) => byte,
                Symbol::End | Symbol::Escape => NO_BYTE,
            });
            match symbols[at].0 {
                Symbol::Byte(byte) => leaf_of[usize::from(byte)] = leaf,
                Symbol::End => end = leaf,
                Symbol::Escape => escape = leaf,
            }
        }
        let shared = |a: &Vec<Step>, b: &Vec<Step>| a.iter().zip(b).take_while(|(a, b)| a == b).count() as u8;
        let shared = paths.iter().flat_map(|a| paths.iter().map(move |b| shared(a, b))).collect();
        Self { counts, alphabet, end, escape, nodes: (paths.len() - 1) as u8, paths, leaf_of, shared }
    }

    /// The leaf of a byte, or of the end, whatever its case.
    #[inline]
    pub(super) fn leaf(&self, byte: Option<u8>) -> u8 {
        let Some(byte) = byte else { return self.end };
        match self.leaf_of[usize::from(byte.to_ascii_lowercase())] {
            u8::MAX => self.escape,
            leaf => leaf,
        }
    }

    /// How many steps two leaves share.
    #[inline]
    pub(super) fn shared(&self, one: u8, other: u8) -> u8 {
        self.shared[usize::from(one) * self.paths.len() + usize::from(other)]
    }
}

/// Depths of the leaves by Huffman's method, none below [`DEEPEST`].
fn lengths(counts: &[f64]) -> Vec<usize> {
    let mut rarest = RAREST;
    loop {
        let lengths = lengths_at(counts, counts.iter().sum::<f64>() / rarest);
        if lengths.iter().all(|&length| length <= usize::from(DEEPEST)) {
            return lengths;
        }
        rarest /= 2.0;
    }
}

/// The same where each counts at least so much.
fn lengths_at(counts: &[f64], least: f64) -> Vec<usize> {
    let mut open: Vec<(f64, usize)> = counts.iter().enumerate().map(|(at, count)| (count.max(least), at)).collect();
    let mut pairs = vec![];
    while open.len() > 1 {
        // The rarest last; of equals, the older one.
        open.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        if let (Some(a), Some(b)) = (open.pop(), open.pop()) {
            open.push((a.0 + b.0, counts.len() + pairs.len()));
            pairs.push((a.1, b.1));
        }
    }
    let mut depths = vec![0; counts.len() + pairs.len()];
    for (at, &(a, b)) in pairs.iter().enumerate().rev() {
        depths[a] = depths[counts.len() + at] + 1;
        depths[b] = depths[a];
    }
    depths.truncate(counts.len());
    depths
}
