//! The air between two ends: what it loses.

use crate::sealed::Replayed;

/// How frames are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Each for itself.
    Each,
    /// In bursts (Gilbert and Elliott): nothing gets through in a bad spell, which lasts for so many frames on average, and all in a good one.
    Bursts(u32),
}

/// The air, from a seed.
#[derive(Clone, Debug)]
pub struct Air {
    rng: Replayed,
    loss: Loss,
    percent: u32,
    is_bad: bool,
}

impl Air {
    /// That loses so many frames of a hundred.
    #[must_use]
    pub fn new(seed: u64, loss: Loss, percent: u32) -> Self {
        let mut air = Self { rng: Replayed(seed ^ 0xa1f0_0d5e_ed00), loss, percent, is_bad: false };
        air.pause();
        air
    }

    /// A number below this one.
    pub fn below(&mut self, most: u32) -> u32 {
        below(&mut self.rng, most)
    }

    /// Whether the next frame gets through.
    pub fn carries(&mut self) -> bool {
        match self.loss {
            Loss::Each => self.below(100) >= self.percent,
            Loss::Bursts(length) => {
                let carries = !self.is_bad;
                let (percent, million) = (u64::from(self.percent), 1_000_000);
                // Bad spells end once in their length, and begin as often as makes the share of bad frames right.
                let ends = million / u64::from(length);
                let begins = ends * percent / (100 - percent);
                let change = if self.is_bad { ends } else { begins };
                self.is_bad ^= u64::from(self.below(1_000_000)) < change;
                carries
            }
        }
    }

    /// Nothing is sent for a while: the spell is another one.
    pub fn pause(&mut self) {
        self.is_bad = self.below(100) < self.percent;
    }
}

/// Air that does to frames whatever can be done: loses, doubles, cuts, flips and delays them, and plays old ones again.
#[derive(Clone, Debug)]
pub struct Hostile {
    air: Air,
    /// Frames that were heard, to be played again.
    heard: Vec<Vec<u8>>,
    /// Frames that are late.
    late: Vec<Vec<u8>>,
}

impl Hostile {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { air: Air::new(seed, Loss::Each, 20), heard: Vec::new(), late: Vec::new() }
    }

    /// What arrives when this frame is sent; or when nothing is, if it is empty.
    #[must_use]
    pub fn pass(&mut self, frame: &[u8]) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        if !frame.is_empty() {
            self.heard.push(frame.to_vec());
            let mut frame = frame.to_vec();
            match self.air.below(10) {
                0 => {
                    let bit = self.air.below(u32::try_from(frame.len()).unwrap() * 8) as usize;
                    frame[bit / 8] ^= 1 << (bit % 8);
                    out.push(frame);
                }
                1 => out.extend([frame.clone(), frame]),
                2 => self.late.push(frame),
                3 => frame.truncate(self.air.below(u32::try_from(frame.len()).unwrap()) as usize),
                _ if self.air.carries() => out.push(frame),
                _ => {}
            }
        }
        if self.air.below(4) == 0 && !self.late.is_empty() {
            let at = self.air.below(u32::try_from(self.late.len()).unwrap()) as usize;
            out.push(self.late.swap_remove(at));
        }
        if self.air.below(6) == 0 && !self.heard.is_empty() {
            let at = self.air.below(u32::try_from(self.heard.len()).unwrap()) as usize;
            out.push(self.heard[at].clone());
        }
        out
    }
}

/// A number below this one.
pub fn below(rng: &mut Replayed, most: u32) -> u32 {
    use rand_core::TryRng as _;
    let Ok(number) = rng.try_next_u64();
    u32::try_from((u128::from(number) * u128::from(most)) >> 64).unwrap()
}
