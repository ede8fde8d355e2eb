//! The logistic curve and its loss, the same on every machine: the four operations alone make the tables.

// Numbers of a profile fit their 8, 16 and 32 bits; what is learned is rounded on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

/// How far the tables go, and in how many steps a unit.
const REACH: i32 = 12;
const STEPS: i32 = 64;

/// Tables of the logistic function and of the loss at a logit, in natural units.
pub(super) struct Curve {
    sigmoid: Vec<f32>,
    loss: Vec<f32>,
}

/// e^x by its series, for |x| <= 13.
fn exp(x: f64) -> f64 {
    let small = x / 1024.0;
    let (mut sum, mut term) = (1.0, 1.0);
    for at in 1..12 {
        term *= small / f64::from(at);
        sum += term;
    }
    (0..10).fold(sum, |power, _| power * power)
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

impl Curve {
    #[allow(clippy::cast_possible_truncation)] // rounded on purpose
    pub(super) fn new() -> Self {
        let step = 1.0 / f64::from(STEPS);
        let points = (0..=2 * REACH * STEPS + 1).map(|at| f64::from(at) * step - f64::from(REACH));
        let sigmoid = points.clone().map(|x| logistic(x) as f32).collect();
        // ln(1 + e^x) is the area under the logistic function: Simpson's rule.
        let mut area = exp(-f64::from(REACH));
        let loss = points
            .map(|x| {
                let here = area as f32;
                area += step / 6.0 * (logistic(x) + 4.0 * logistic(x + step / 2.0) + logistic(x + step));
                here
            })
            .collect();
        Self { sigmoid, loss }
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // clamped
    fn at(table: &[f32], x: f32) -> f32 {
        let place = (x.clamp(-11.9, 11.9) + REACH as f32) * STEPS as f32;
        let (index, part) = (place as usize, place - (place as usize) as f32);
        table[index] + (table[index + 1] - table[index]) * part
    }

    /// The probability of `true` at a logit.
    #[inline]
    pub(super) fn sigmoid(&self, logit: f32) -> f32 {
        Self::at(&self.sigmoid, logit)
    }

    /// What it costs, in natural units, to code `bit` at a logit.
    #[inline]
    pub(super) fn loss(&self, logit: f32, bit: bool) -> f32 {
        Self::at(&self.loss, if bit { -logit } else { logit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::cast_possible_truncation)]
    fn tables_match_the_functions() {
        let curve = Curve::new();
        for at in -110..=110_i16 {
            let x = f64::from(at) / 10.0 + 0.003;
            let (p, loss) = (1.0 / (1.0 + (-x).exp()), (1.0 + x.exp()).ln());
            assert!((f64::from(curve.sigmoid(x as f32)) - p).abs() < 1e-4);
            assert!((f64::from(curve.loss(x as f32, false)) - loss).abs() < 1e-4);
        }
    }
}
