//! Which numbers of an epoch there are.

use std::fmt;

/// Which of an epoch's 256 numbers there are.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers([u8; 32]);

impl Numbers {
    /// From the bits: number 0 is the lowest bit of the first byte.
    #[must_use]
    pub const fn new(bits: [u8; 32]) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn bits(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether a number is there.
    #[must_use]
    pub fn has(&self, number: u8) -> bool {
        self.0[usize::from(number / 8)] & 1 << (number % 8) != 0
    }

    /// Adds a number; false if it was there.
    pub fn add(&mut self, number: u8) -> bool {
        let added = !self.has(number);
        self.0[usize::from(number / 8)] |= 1 << (number % 8);
        added
    }

    /// How many there are.
    #[must_use]
    pub fn many(&self) -> u32 {
        self.0.iter().map(|byte| byte.count_ones()).sum()
    }

    /// The first number that is not there: all before it are.
    #[must_use]
    pub fn frontier(&self) -> u16 {
        (0..=255).find(|number| !self.has(*number)).map_or(256, u16::from)
    }

    /// The numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = u8> {
        let bits = *self;
        (0..=255).filter(move |number| bits.has(*number))
    }

    /// Adds those of the other one.
    pub fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(bits, other)| *bits |= other);
    }

    /// Those that the other one lacks.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut left = *self;
        left.0.iter_mut().zip(other.0).for_each(|(bits, other)| *bits &= !other);
        left
    }
}

impl FromIterator<u8> for Numbers {
    fn from_iter<I: IntoIterator<Item = u8>>(numbers: I) -> Self {
        let mut all = Self::default();
        for number in numbers {
            all.add(number);
        }
        all
    }
}

impl fmt::Debug for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frontier_is_the_first_that_is_not_there() {
        for (numbers, frontier, many) in [
            (vec![], 0, 0),
            (vec![1], 0, 1),
            (vec![0, 1, 2, 9], 3, 4),
            ((0..=254).collect(), 255, 255),
            ((0..=255).collect(), 256, 256),
        ] {
            let all: Numbers = numbers.iter().copied().collect();
            assert_eq!((all.frontier(), all.many()), (frontier, many), "{numbers:?}");
            assert!(all.iter().eq(numbers.iter().copied()), "{numbers:?}");
        }
    }

    #[test]
    fn without_leaves_what_the_other_one_lacks() {
        let (one, other): (Numbers, Numbers) = ([0, 1, 200].into_iter().collect(), [1, 7].into_iter().collect());
        assert!(one.without(&other).iter().eq([0, 200]));
        assert!(one.without(&one).iter().next().is_none());
        let mut both = one;
        both.join(&other);
        assert!(both.iter().eq([0, 1, 7, 200]));
    }
}
