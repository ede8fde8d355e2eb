//! Learns the weights of decisions: a logistic regression over the contexts that at least five reports have, trained with
//! AdaGrad, pruned to what saves more than it costs, and laid into the table.
//!
//! Only additions, multiplications, divisions and square roots of IEEE 754 are used, each rounded once, and nothing depends on
//! the order of a hash table: the same reports give the same bytes on every machine.

// Numbers of a profile fit their 8, 16 and 32 bits; what is learned is rounded on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use increp::wire::packed::{Ask, At, Coder, Half, Shared, Weight, What, mix, squash};

use super::laid::{Cell, Key, lay, length};

/// A context that fewer reports have is not learned: it could be told whose they are.
pub(super) const FEWEST: u32 = 5;

/// Chains of a decision.
const CHAINS: usize = 4;
/// The number of the report's field `extra`.
const EXTRA: u8 = 13;
/// The number of the report's field `id`.
const ID: u8 = 0;
/// The number of the report's field `sent`.
const SENT: u8 = 3;
/// Says that a key is that of a node of the gazetteer.
const NODE: u32 = 0x6e6f_6465;

/// Keys are hashes already.
#[derive(Default)]
struct Plain(u64);

impl Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0 << 8 | u64::from(*byte);
        }
    }
    fn write_u32(&mut self, key: u32) {
        self.0 = u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    fn write_u8(&mut self, node: u8) {
        self.0 = (self.0 ^ u64::from(node)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

type Keys<V> = HashMap<Key, V, BuildHasherDefault<Plain>>;

/// What is not decided by weights is not learned.
macro_rules! learns_nothing {
    ($name:ident) => {
        impl Coder for $name {
            fn bit(&mut self, _: u16, bit: bool) -> bool {
                bit
            }
            fn part(&mut self, _: u32, value: u32) -> u32 {
                value
            }
        }
    };
}

learns_nothing!(Census);
learns_nothing!(Learner);

/// Which value of the profile was said by how many reports so far. One that few have said is new to its first reporters.
#[derive(Debug, Default)]
pub(super) struct Sayings {
    pub said: HashMap<Shared, u32>,
    /// How many reports must have said it.
    pub least: u32,
    /// The report at hand is to do without a form.
    pub formless: bool,
    /// Nothing was sent before the report at hand.
    pub first: bool,
}

impl Sayings {
    fn admits(&mut self, shared: Shared) -> bool {
        if self.formless && matches!(shared, Shared::Form(_)) {
            return false;
        }
        let said = self.said.entry(shared).or_default();
        *said += 1;
        *said >= self.least
    }
}

/// Counts in how many reports each context occurs.
#[derive(Default)]
pub(super) struct Census {
    reports: Keys<(u32, u32)>,
    report: u32,
    pub sayings: Sayings,
}

impl Census {
    /// The next report begins.
    pub(super) fn begin(&mut self, report: usize) {
        self.report = 1 + report as u32;
    }

    fn count(&mut self, key: Key) {
        let report = self.report;
        let (many, last) = self.reports.entry(key).or_insert((0, 0));
        // A report is rehearsed more than once; the second time it is not new.
        if *last < report {
            (*many, *last) = (*many + 1, report);
        }
    }
}

/// The keys of a tree: of its root, and of each chain.
#[derive(Clone, Debug, Default)]
pub(super) struct Contexts {
    root: u32,
    chains: [Vec<u32>; CHAINS],
    /// The node above it: without that, it is not asked.
    above: Option<Key>,
    /// Its first weight stands in the gazetteer.
    half: bool,
    /// What is decided here is not learned.
    skipped: bool,
}

impl Contexts {
    fn new(at: &At<'_>, above: Option<Key>) -> Self {
        let chains = std::array::from_fn(|chain| at.chain(chain).collect());
        Self { root: at.key(), chains, above, half: false, skipped: false }
    }

    /// Those of a node of the gazetteer.
    fn half(at: &At<'_>) -> Self {
        Self { root: mix(NODE, at.number), half: true, ..Self::new(at, None) }
    }
}

impl Census {
    fn decide(&mut self, contexts: &Contexts, node: u8) {
        self.count((contexts.root, node));
        for key in contexts.chains.iter().flatten() {
            self.count((*key, node));
        }
    }
}

impl Ask for Census {
    type Tree = Contexts;
    fn open(&mut self, contexts: &mut Contexts, at: &At<'_>, above: Option<Key>) -> bool {
        *contexts = Contexts::new(at, above);
        true
    }
    fn ask(&mut self, contexts: &Contexts, node: u8, bit: bool) -> Option<bool> {
        self.decide(contexts, node);
        Some(bit)
    }
    fn halve(&mut self, at: &At<'_>, _: &Half, bit: bool) -> bool {
        self.decide(&Contexts::half(at), 0);
        bit
    }
    fn admits(&mut self, shared: Shared) -> bool {
        self.sayings.admits(shared)
    }
}

/// A decision that was taken: which contexts it had.
#[derive(Clone, Copy, Debug)]
struct Taken {
    start: u32,
    /// How many contexts each chain has of it; the root stands before them.
    chains: [u8; CHAINS],
    bit: bool,
    /// How much its report counts.
    weight: f32,
}

/// Learns.
pub(super) struct Learner {
    ids: Keys<u32>,
    keys: Vec<Key>,
    nodes: Vec<bool>,
    /// The root of the decision above this one, or itself: without that, this one is not asked.
    above: Vec<u32>,
    taken: Vec<Taken>,
    contexts: Vec<u32>,
    /// How much the report at hand counts.
    pub weight: f32,
    pub sayings: Sayings,
    /// What holds for one mission alone is not learned.
    general: bool,
    /// Names were given, whose ranks mean nothing.
    given: bool,
    /// How large the numbers of so few authors are would tell who they are.
    few_authors: bool,
    fixed: Vec<(u32, i8)>,
    // Learned.
    value: Vec<f32>,
    slope: Vec<f32>,
    kept: Vec<bool>,
}

impl Learner {
    pub(super) fn new(census: &Census, general: bool, given: bool, few_authors: bool) -> Self {
        let mut keys: Vec<Key> = census.reports.iter().filter(|(_, (many, _))| *many >= FEWEST).map(|(key, _)| *key).collect();
        keys.sort_unstable();
        let ids = keys.iter().zip(0..).map(|(key, id)| (*key, id)).collect();
        let many = keys.len();
        Self {
            ids,
            keys,
            nodes: vec![false; many],
            above: (0..many as u32).collect(),
            taken: Vec::new(),
            contexts: Vec::new(),
            weight: 1.0,
            sayings: Sayings::default(),
            general,
            given,
            few_authors,
            fixed: Vec::new(),
            value: vec![0.0; many],
            slope: vec![0.0; many],
            kept: vec![true; many],
        }
    }
}

impl Learner {
    /// Whether what is decided here is not learned.
    fn skips(&mut self, at: &At<'_>) -> bool {
        if at.what == What::Form && self.sayings.formless || at.what == What::Author && self.few_authors {
            return true;
        }
        if at.what == What::Horizon {
            // Past reports lie before the time that the profile is for.
            if self.fixed.iter().all(|(fixed, _)| *fixed != at.key()) {
                self.fixed.push((at.key(), 4 * 16));
            }
            return true;
        }
        if at.what == What::Ago && at.fields() == [Some(SENT), None] && !self.general && self.sayings.first {
            // Nor will it be told by how far before that time it is.
            return true;
        }
        // Nor is it common to missions at which numbers they are: only how many digits those have.
        if self.general && at.what == What::Number && at.fields() == [Some(ID), None] && at.number != 0 {
            return true;
        }
        // Of names, what keys a report has is common to many missions.
        let names = self.given && at.what == What::ListedRank && at.fields()[0] != Some(EXTRA);
        self.general && (names || at.what == What::Cell)
    }

    fn decide(&mut self, contexts: &Contexts, node: u8, bit: bool) {
        if contexts.skipped {
            return;
        }
        let Some(id) = self.ids.get(&(contexts.root, node)) else { return };
        self.nodes[*id as usize] = contexts.half;
        // A tree is asked from its first node on.
        let above = if node == 0 { contexts.above } else { Some((contexts.root, 0)) };
        if let Some(above) = above.and_then(|above| self.ids.get(&above)) {
            self.above[*id as usize] = *above;
        }
        let mut taken = Taken { start: self.contexts.len() as u32, chains: [0; CHAINS], bit, weight: self.weight };
        self.contexts.push(*id);
        for (keys, many_taken) in contexts.chains.iter().zip(&mut taken.chains) {
            for key in keys {
                let Some(id) = self.ids.get(&(*key, node)) else { break };
                self.contexts.push(*id);
                *many_taken += 1;
            }
        }
        self.taken.push(taken);
    }
}

impl Ask for Learner {
    type Tree = Contexts;
    fn open(&mut self, contexts: &mut Contexts, at: &At<'_>, above: Option<Key>) -> bool {
        *contexts = Contexts { skipped: self.skips(at), ..Contexts::new(at, above) };
        true
    }
    fn ask(&mut self, contexts: &Contexts, node: u8, bit: bool) -> Option<bool> {
        self.decide(contexts, node, bit);
        Some(bit)
    }
    fn halve(&mut self, at: &At<'_>, _: &Half, bit: bool) -> bool {
        self.decide(&Contexts::half(at), 0, bit);
        bit
    }
    fn admits(&mut self, shared: Shared) -> bool {
        self.sayings.admits(shared)
    }
}

/// The least that a weight can be off, as a share of a natural unit.
const STEP: f32 = 16.0;

fn chance(sum: f32) -> f32 {
    f32::from(squash((sum * 256.0) as i32)) / 65536.0
}

/// Bits that a decision costs which had this chance: the logarithm by a table of 1/1024.
struct Bits(Vec<f32>);

impl Bits {
    fn new() -> Self {
        // By squaring: the logarithm of a number between 1 and 2 has the next binary digit 1 if its square is 2 or more.
        let logarithm = |part: u32| {
            let (mut mantissa, mut bits, mut digit) = (1.0 + f64::from(part) / 1024.0, 0.0, 0.5);
            for _ in 0..24 {
                mantissa *= mantissa;
                if mantissa >= 2.0 {
                    mantissa /= 2.0;
                    bits += digit;
                }
                digit /= 2.0;
            }
            bits as f32
        };
        Self((0..1024).map(logarithm).collect())
    }

    fn of(&self, chance: f32) -> f32 {
        let whole = ((chance * 65536.0) as u32).clamp(1, 65536);
        let power = whole.ilog2();
        16.0 - power as f32 - self.0[((whole << 10 >> power) - 1024) as usize]
    }

    /// Bits of a decision with this sum of weights.
    fn of_decision(&self, sum: f32, bit: bool) -> f32 {
        let chance = chance(sum);
        self.of(if bit { chance } else { 1.0 - chance })
    }
}

/// What was learned: the table, the nodes of the gazetteer, and what it costs.
#[derive(Debug, Default)]
pub(super) struct Learned {
    /// The section of weights, laid in several ways: in each, some questions find the weight of another key.
    pub tables: Vec<Vec<u8>>,
    /// Weights of the gazetteer's nodes by number.
    pub nodes: HashMap<u32, Weight>,
    /// Weights in the table.
    pub weights: usize,
}

impl Learner {
    fn pass(&mut self, rate: f32) {
        // What is special is kept nearer to nothing than what is general; the more so what is to hold elsewhere too.
        let [general, special] = if self.general { [0.0018, 0.06] } else { [0.0003, 0.001] };
        for at in 0..self.taken.len() {
            let taken = self.taken[at];
            let (root, chains) = self.chains(&taken);
            if !self.kept[root] {
                continue;
            }
            let mut sum = 0.0;
            let mut used = [0u32; 16];
            let mut many = 0;
            for id in core::iter::once(&(root as u32)).chain(chains.into_iter().flatten()) {
                sum += self.value[*id as usize];
                used[many] = *id;
                many += 1;
            }
            let slope = (chance(sum) - f32::from(u8::from(taken.bit))) * taken.weight;
            for (place, id) in used[..many].iter().enumerate() {
                let id = *id as usize;
                let pull = if place == 0 { general } else { special };
                let slope = slope + pull * taken.weight * self.value[id];
                self.slope[id] += slope * slope;
                self.value[id] -= rate * slope / (self.slope[id] + 0.3).sqrt();
            }
        }
    }

    /// What each weight saves, in bits; of a chain also what stands behind it.
    fn savings(&self, bits: &Bits) -> Vec<f32> {
        // A weight that is asked for often must save a little every time: asking takes time.
        let asked = 0.004;
        let mut saved = vec![0f32; self.keys.len()];
        for taken in &self.taken {
            let (root, chains) = self.chains(taken);
            if !self.kept[root] {
                continue;
            }
            let mut sum = self.value[root];
            for live in chains {
                sum += live.iter().map(|id| self.value[*id as usize]).sum::<f32>();
            }
            let cost = |sum: f32| bits.of_decision(sum, taken.bit);
            let now = cost(sum);
            saved[root] += (1.0 - now) * taken.weight;
            for live in chains {
                // Without this one and those behind it.
                let mut tail = 0.0;
                for id in live.iter().rev() {
                    tail += self.value[*id as usize];
                    saved[*id as usize] += (cost(sum - tail) - now - asked) * taken.weight;
                }
            }
        }
        saved
    }

    /// Gives up what stands behind a weight in a chain where asking for it saves too little: all decisions that have the weight
    /// ask, those too for which there is nothing.
    fn stop_asking(&mut self, bits: &Bits) {
        // Bits that a question must save: what is to hold elsewhere saves less here.
        let least = if self.general { 0.004 } else { 0.02 };
        let mut asked = vec![0f32; self.keys.len()];
        let mut saved = vec![[0f32; CHAINS]; self.keys.len()];
        // Which weight of which chain stands before each.
        let mut before = vec![(0u32, CHAINS as u8); self.keys.len()];
        for taken in &self.taken {
            let (root, chains) = self.chains(taken);
            if !self.kept[root] {
                continue;
            }
            let sum = self.value[root] + chains.iter().flat_map(|live| live.iter()).map(|id| self.value[*id as usize]).sum::<f32>();
            let cost = |sum: f32| bits.of_decision(sum, taken.bit);
            let now = cost(sum);
            asked[root] += taken.weight;
            for (chain, live) in chains.into_iter().enumerate() {
                let mut tail = live.iter().map(|id| self.value[*id as usize]).sum::<f32>();
                let mut parent = root;
                for id in live {
                    let id = *id as usize;
                    asked[id] += taken.weight;
                    saved[parent][chain] += (cost(sum - tail) - now) * taken.weight;
                    before[id] = (parent as u32, chain as u8);
                    tail -= self.value[id];
                    parent = id;
                }
            }
        }
        for (id, (parent, chain)) in before.into_iter().enumerate() {
            let parent = parent as usize;
            if usize::from(chain) < CHAINS && saved[parent][usize::from(chain)] < least * asked[parent] {
                self.kept[id] = false;
            }
        }
    }

    /// The root of a decision, and of each chain the contexts that are kept up to the first that is not.
    fn chains(&self, taken: &Taken) -> (usize, [&[u32]; CHAINS]) {
        let mut at = taken.start as usize + 1;
        let chains = taken.chains.map(|many| {
            let all = &self.contexts[at..at + usize::from(many)];
            at += usize::from(many);
            &all[..all.iter().take_while(|id| self.kept[**id as usize]).count()]
        });
        (self.contexts[taken.start as usize] as usize, chains)
    }

    /// Learns weights, each of which saves more than `least` bits, and lays them into a table of about `most` bytes at most.
    pub(super) fn learn(&mut self, most: usize, least: f32, progress: &mut dyn FnMut(f32)) -> Learned {
        let bits = Bits::new();
        let all = 22.0;
        let mut done = 0.0;
        let mut pass = |learner: &mut Self, rate: f32| {
            learner.pass(rate);
            done += 1.0;
            progress(done / all);
        };
        for rate in [0.5, 0.4, 0.3, 0.2, 0.15, 0.1] {
            pass(self, rate);
        }
        for (share, threshold) in [(4, 0.35), (2, 0.7), (1, 1.0)] {
            let saved = self.savings(&bits);
            let mut order: Vec<usize> = (0..self.keys.len()).filter(|id| self.kept[*id]).collect();
            // The gazetteer holds the weights of its own nodes.
            order.retain(|id| self.nodes[*id] || saved[*id] > least * threshold);
            order.sort_by(|one, other| saved[*other].total_cmp(&saved[*one]).then(one.cmp(other)));
            self.keep(&order, most * share);
            self.slope.fill(0.0);
            for rate in [0.3, 0.2, 0.12, 0.06] {
                pass(self, rate);
            }
        }
        self.stop_asking(&bits);
        for rate in [0.2, 0.1, 0.04, 0.02] {
            pass(self, rate);
        }
        self.table()
    }

    /// Keeps the first of these weights, and those above them: as many as fit into so many bytes.
    fn keep(&mut self, order: &[usize], bytes: usize) {
        let first = |many: usize| {
            let mut kept = vec![false; self.keys.len()];
            let mut table = 0;
            for id in order {
                table += usize::from(!self.nodes[*id]);
                kept[*id] = self.nodes[*id] || table <= many;
            }
            self.with_those_above(&mut kept);
            kept
        };
        let fits = |kept: &[bool]| {
            let cells = (0..kept.len()).filter(|id| kept[*id] && !self.nodes[*id]);
            length(cells.map(|id| Cell { key: self.keys[id], weight: Weight::default() }).collect()) <= bytes
        };
        let (mut low, mut high) = (0, order.len());
        while low < high {
            let middle = (low + high).div_ceil(2);
            if fits(&first(middle)) { low = middle } else { high = middle - 1 }
        }
        self.kept = first(low);
    }

    /// Adds those that stand above, all the way up.
    fn with_those_above(&self, set: &mut [bool]) {
        for mut id in 0..set.len() {
            while set[id] && !set[self.above[id] as usize] {
                id = self.above[id] as usize;
                set[id] = true;
            }
        }
    }

    fn table(&mut self) -> Learned {
        // Which weights have others behind them, in which chain.
        let mut below = vec![0u8; self.keys.len()];
        // A weight that no chain leads to is out of reach.
        let mut reached = vec![false; self.keys.len()];
        for taken in &self.taken {
            let (root, chains) = self.chains(taken);
            if !self.kept[root] {
                continue;
            }
            reached[root] = true;
            for (chain, live) in chains.into_iter().enumerate() {
                let mut before = root;
                for id in live {
                    below[before] |= 1 << chain;
                    before = *id as usize;
                    reached[before] = true;
                }
            }
        }
        // What others are asked for behind is there even if it says nothing.
        let mut asked = vec![false; self.keys.len()];
        for (id, above) in self.above.iter().enumerate() {
            asked[*above as usize] |= id != *above as usize && self.kept[id] && reached[id];
        }
        self.with_those_above(&mut asked);
        let quantised = |value: f32| (value * STEP).round().clamp(-127.0, 127.0) as i8;
        let mut learned = Learned::default();
        let mut cells: Vec<Cell> = Vec::new();
        for id in 0..self.keys.len() {
            let weight = Weight { value: quantised(self.value[id]), below: below[id] };
            if !self.kept[id] || !reached[id] || weight == Weight::default() && !asked[id] {
                continue;
            }
            if !self.nodes[id] {
                cells.push(Cell { key: self.keys[id], weight });
            }
        }
        cells.extend(self.fixed.iter().map(|(key, value)| Cell { key: (*key, 0), weight: Weight { value: *value, below: 0 } }));
        for (number, id) in (0..=u32::from(u16::MAX)).filter_map(|number| Some((number, *self.ids.get(&(mix(NODE, number), 0))?))) {
            let id = id as usize;
            if self.nodes[id] && self.kept[id] {
                learned.nodes.insert(number, Weight { value: quantised(self.value[id]), below: below[id] });
            }
        }
        learned.weights = cells.len();
        learned.tables = lay(cells);
        learned
    }
}
