//! The numbers of the model while they are learned, and one decision after the other that teaches them.

// Numbers of a profile fit their 8, 16 and 32 bits; what is learned is rounded on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use increp::wire::packed::{
    CAPITALS_RATE, CELL_CONTEXTS, CONFIDENCE_RATE, CONFIDENCES, DEPTH_CLASSES, VOICES, WEIGHT_CONTEXTS, weight_slot,
};

use super::FEW;
use super::curve::Curve;
use super::tree::{Step, Tree};

/// What keeps the first steps small: as if so much had been learned before.
const CAUTION: f32 = 8.0;
const DEEPEST: usize = increp::wire::packed::DEEPEST as usize;
/// The scales are u8 in 1/64.
pub(super) const MOST_SCALE: f32 = 255.0 / 64.0;

/// Between which two confidence stays.
#[allow(clippy::cast_precision_loss)] // small
const LEAST_CONFIDENCE: f32 = CONFIDENCES.1[0] as f32 / 65536.0;
#[allow(clippy::cast_precision_loss)]
const MOST_CONFIDENCE: f32 = CONFIDENCES.1[1] as f32 / 65536.0;

/// A number that is learned: AdaGrad.
#[derive(Clone, Copy, Default)]
pub(super) struct Learned {
    pub(super) value: f32,
    /// The sum of the squares of its gradients.
    pub(super) squares: f32,
}

impl Learned {
    #[inline]
    fn learn(&mut self, gradient: f32, squares: f32, rate: f32, caution: f32) {
        self.squares += squares;
        self.value -= rate * gradient / (self.squares + caution).sqrt();
    }
}

/// Which of the codes, as many as a power of two and in rising order, is the nearest.
#[inline]
pub(super) fn nearest(codes: &[f32], value: f32) -> u8 {
    let (mut code, mut half) = (0, codes.len() / 2);
    while half > 0 {
        if value > (codes[code + half - 1] + codes[code + half]) / 2.0 {
            code += half;
        }
        half /= 2;
    }
    #[allow(clippy::cast_possible_truncation)] // at most 16 codes
    let code = code as u8;
    code
}

/// A cell or a repetition that speaks, as the codec knows it.
#[derive(Clone, Copy)]
pub(super) struct Voice {
    /// Which cell; for the repetition, its length.
    pub(super) cell: u32,
    pub(super) symbol: u8,
    pub(super) row: u8,
}

/// Which row the repetition has.
#[allow(clippy::cast_possible_truncation)]
pub(super) const REPETITION: u8 = CELL_CONTEXTS as u8;

/// Everything that is learned, but for which cells there are.
pub(super) struct Learner {
    pub(super) tree: Tree,
    curve: Curve,
    pub(super) slots: u32,
    pub(super) weights: Vec<Learned>,
    pub(super) biases: Vec<Learned>,
    pub(super) scales: Vec<Learned>,
    pub(super) repeats: Vec<Learned>,
    pub(super) cells: Vec<Learned>,
    /// The codes of cells and of weights, once they are fixed.
    pub(super) codes: Option<(Vec<f32>, Vec<f32>)>,
    /// What is stored of each weight and of each cell.
    pub(super) weight_codes: Vec<u8>,
    pub(super) cell_codes: Vec<u8>,
    /// How many texts chose each weight, up to [`FEW`], and which was the last; the same for the biases.
    weight_texts: Vec<(u8, u32)>,
    bias_texts: Vec<(u8, u32)>,
    /// What is lost without each cell.
    pub(super) gains: Vec<f32>,
    pub(super) rate: f32,
    /// How much of a sum counts in this text, and what capitals add.
    confidence: f32,
    capitals: f32,
}

impl Learner {
    pub(super) fn new(tree: Tree, slots: u32) -> Self {
        let biases = usize::from(tree.nodes) + 1;
        let of = |value: f32, count: usize| vec![Learned { value, squares: 0.0 }; count];
        Self {
            tree,
            curve: Curve::new(),
            slots,
            weights: of(0.0, slots as usize),
            biases: of(0.0, biases),
            scales: of(1.0, VOICES * DEPTH_CLASSES),
            repeats: of(0.5, 16),
            cells: vec![],
            codes: None,
            weight_codes: vec![],
            cell_codes: vec![],
            weight_texts: vec![(0, u32::MAX); slots as usize],
            bias_texts: vec![(0, u32::MAX); biases],
            gains: vec![],
            rate: 0.0,
            confidence: 1.0,
            capitals: 0.0,
        }
    }

    /// A text begins. It is one of those that the numbers are made for: all of a sum counts.
    pub(super) const fn start(&mut self) {
        self.confidence = 1.0;
        self.capitals = 0.0;
    }

    /// Notes that a text takes this way: what fewer than [`FEW`] texts choose is never learned.
    pub(super) fn note(&mut self, path: &[Step], contexts: &[u32; WEIGHT_CONTEXTS], text: u32) {
        let note = |(count, last): &mut (u8, u32)| {
            if *last != text && usize::from(*count) < FEW {
                (*count, *last) = (*count + 1, text);
            }
        };
        for &(node, _) in path {
            note(&mut self.bias_texts[usize::from(node)]);
            for &context in contexts {
                self.weight_texts.get_mut(weight_slot(context, node, self.slots)).into_iter().for_each(note);
            }
        }
    }

    #[inline]
    fn strength(&self, voice: Voice) -> f32 {
        match &self.codes {
            _ if voice.row == REPETITION => self.repeats[voice.cell as usize].value,
            Some((cells, _)) => cells[usize::from(self.cell_codes[voice.cell as usize])],
            None => self.cells[voice.cell as usize].value,
        }
    }

    /// The case of a letter.
    pub(super) fn case(&mut self, upper: bool, contexts: &[u32; WEIGHT_CONTEXTS], weight: f32) {
        let path = [(self.tree.nodes, upper)];
        let [error, ..] = self.steps(&path, contexts, &[], 0, weight, false, self.capitals);
        self.capitals -= error / f32::from(1_u8 << CAPITALS_RATE);
    }

    /// A symbol of a text.
    pub(super) fn symbol(&mut self, leaf: u8, contexts: &[u32; WEIGHT_CONTEXTS], voices: &[Voice], weight: f32, gains: bool) {
        // The path is lent to the steps, and put back.
        let path = std::mem::take(&mut self.tree.paths[usize::from(leaf)]);
        let mut ways = [(0_u8, false); DEEPEST];
        ways[..path.len()].copy_from_slice(&path);
        let length = path.len();
        self.tree.paths[usize::from(leaf)] = path;
        self.steps(&ways[..length], contexts, voices, leaf, weight, gains, 0.0);
    }

    #[inline]
    #[allow(clippy::too_many_arguments)] // one place calls it for symbols, one for case
    fn steps(
        &mut self,
        path: &[Step],
        contexts: &[u32; WEIGHT_CONTEXTS],
        voices: &[Voice],
        leaf: u8,
        weight: f32,
        gains: bool,
        more: f32,
    ) -> [f32; DEEPEST] {
        let mut logits = [0_f32; DEEPEST];
        let mut slots = [[0_usize; WEIGHT_CONTEXTS]; DEEPEST];
        for ((&(node, _), logit), slots) in path.iter().zip(&mut logits).zip(&mut slots) {
            *logit = self.biases[usize::from(node)].value;
            for (slot, &context) in slots.iter_mut().zip(contexts) {
                *slot = weight_slot(context, node, self.slots);
                *logit += match &self.codes {
                    Some((_, levels)) => self.weight_codes.get(*slot).map_or(0.0, |&code| levels[usize::from(code)]),
                    None => self.weights.get(*slot).map_or(0.0, |weight| weight.value),
                };
            }
        }
        let row = |voice: &Voice| usize::from(voice.row) * DEPTH_CLASSES;
        for voice in voices {
            let strength = self.strength(*voice);
            let steps = usize::from(self.tree.shared(voice.symbol, leaf)) + 1;
            let own = &self.tree.paths[usize::from(voice.symbol)];
            for (depth, (&(_, way), logit)) in own.iter().zip(&mut logits[..path.len()]).enumerate().take(steps) {
                let said = strength * self.scales[row(voice) + depth.min(DEPTH_CLASSES - 1)].value;
                *logit += if way { said } else { -said };
            }
        }
        let confidence = self.confidence;
        let (mut errors, mut slopes) = ([0_f32; DEEPEST], [0_f32; DEEPEST]);
        for (depth, &(_, way)) in path.iter().enumerate() {
            let sum = logits[depth];
            // As the codec does it; in one go for all steps, it differs a little.
            logits[depth] = (sum * confidence + more).clamp(-11.0, 11.0);
            errors[depth] = self.curve.sigmoid(logits[depth]) - f32::from(u8::from(way));
            slopes[depth] = errors[depth] * weight;
            self.confidence = (self.confidence - errors[depth] * sum / f32::from(1_u8 << CONFIDENCE_RATE))
                .clamp(LEAST_CONFIDENCE, MOST_CONFIDENCE);
        }
        let rate = self.rate;
        for ((&(node, _), &slope), slots) in path.iter().zip(&slopes).zip(&slots) {
            let bias = usize::from(node);
            if usize::from(self.bias_texts[bias].0) >= FEW {
                self.biases[bias].learn(slope, slope * slope, rate, 0.5);
            }
            for &slot in slots {
                if self.weight_texts.get(slot).is_some_and(|texts| usize::from(texts.0) >= FEW) {
                    let number = &mut self.weights[slot];
                    number.learn(slope, slope * slope, rate, CAUTION);
                    if let Some((_, levels)) = &self.codes {
                        self.weight_codes[slot] = nearest(levels, number.value);
                    }
                }
            }
        }
        for voice in voices {
            let strength = self.strength(*voice);
            let steps = usize::from(self.tree.shared(voice.symbol, leaf)) + 1;
            let own = &self.tree.paths[usize::from(voice.symbol)];
            let (mut gradient, mut squares, mut gain) = (0.0, 0.0, 0.0);
            for (depth, &(_, way)) in own.iter().enumerate().take(steps.min(path.len())) {
                let scale = &mut self.scales[row(voice) + depth.min(DEPTH_CLASSES - 1)];
                let sign = if way { 1.0 } else { -1.0 };
                let slope = slopes[depth] * sign;
                let here = slope * scale.value;
                gradient += here;
                squares += here * here;
                if gains && voice.row != REPETITION {
                    let bit = path[depth].1;
                    let without = logits[depth] - sign * strength * scale.value * confidence;
                    gain += self.curve.loss(without, bit) - self.curve.loss(logits[depth], bit);
                }
                let slope = slope * strength;
                scale.learn(slope, slope * slope, rate * 0.1, 10.0);
                scale.value = scale.value.clamp(0.0, MOST_SCALE);
            }
            let cell = voice.cell as usize;
            if voice.row == REPETITION {
                self.repeats[cell].learn(gradient, squares, rate, 0.5);
            } else {
                self.cells[cell].learn(gradient, squares, rate, CAUTION);
                if gains {
                    self.gains[cell] += gain * weight;
                }
                if let Some((codes, _)) = &self.codes {
                    self.cell_codes[cell] = nearest(codes, self.cells[cell].value);
                }
            }
        }
        errors
    }

    /// Fixes what the codes stand for.
    pub(super) fn fix_codes(&mut self, used: impl Fn(usize) -> bool) {
        let cells: Vec<Learned> = self.cells.iter().enumerate().filter(|(at, _)| used(*at)).map(|(_, cell)| *cell).collect();
        let cell_codes = codes(&cells, 8);
        let weights: Vec<Learned> = self.weights.iter().filter(|weight| weight.squares > 0.0).copied().collect();
        let mut levels = codes(&weights, 16);
        // What was never learned stays without a say.
        let zero = usize::from(nearest(&levels, 0.0));
        levels[zero] = 0.0;
        self.cell_codes = self.cells.iter().map(|cell| nearest(&cell_codes, cell.value)).collect();
        self.weight_codes = self.weights.iter().map(|weight| nearest(&levels, weight.value)).collect();
        self.codes = Some((cell_codes, levels));
    }
}

/// `count` codes for many numbers: k-means, where those that matter more weigh more.
fn codes(numbers: &[Learned], count: usize) -> Vec<f32> {
    let mut sorted: Vec<(f64, f64)> =
        numbers.iter().map(|number| (f64::from(number.value), f64::from(number.squares).sqrt() + 0.01)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    if sorted.is_empty() {
        return vec![0.0; count];
    }
    let mut codes: Vec<f64> = (0..count).map(|at| sorted[(2 * at + 1) * sorted.len() / (2 * count)].0).collect();
    for _ in 0..30 {
        let mut sums = vec![(0.0, 0.0); count];
        let mut at = 0;
        for &(value, weight) in &sorted {
            while at + 1 < count && (codes[at + 1] - value).abs() <= (codes[at] - value).abs() {
                at += 1;
            }
            sums[at] = (sums[at].0 + value * weight, sums[at].1 + weight);
        }
        for (code, (sum, weight)) in codes.iter_mut().zip(sums) {
            if weight > 0.0 {
                *code = sum / weight;
            }
        }
        codes.sort_by(f64::total_cmp);
    }
    #[allow(clippy::cast_possible_truncation)] // rounded on purpose
    let codes = codes.into_iter().map(|code| code as f32).collect();
    codes
}
