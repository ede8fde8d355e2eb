//! From a sum of weights to a probability, in whole numbers.

/// 65536 / (1 + e^-x) for x from -11.25 to 11.25 in steps of a quarter, rounded to the nearest, and kept between 1 and
/// 65535. `python3 -c "from math import exp; print([min(65535, max(1, round(65536 / (1 + exp(-(i - 45) / 4))))) for i in range(91)])"`
/// prints it.
#[rustfmt::skip]
static TABLE: [u16; 91] = [
    1, 1, 1, 2, 2, 3, 4, 5, 6, 8,
    10, 13, 17, 22, 28, 36, 47, 60, 77, 98,
    126, 162, 208, 267, 342, 439, 562, 720, 922, 1179,
    1506, 1921, 2446, 3108, 3938, 4971, 6249, 7812, 9702, 11955,
    14595, 17625, 21025, 24743, 28693, 32768, 36843, 40793, 44511, 47911,
    50941, 53581, 55834, 57724, 59287, 60565, 61598, 62428, 63090, 63615,
    64030, 64357, 64614, 64816, 64974, 65097, 65194, 65269, 65328, 65374,
    65410, 65438, 65459, 65476, 65489, 65500, 65508, 65514, 65519, 65523,
    65526, 65528, 65530, 65531, 65532, 65533, 65534, 65534, 65535, 65535,
    65535,
];

/// The largest sum that counts: 11 natural units.
pub const MOST_LOGIT: i32 = 11 * 256;

/// The probability of `true`, in 1/65536, for a sum of weights in 1/256 of a natural unit: between the two nearest values of
/// the table in a straight line, rounded down.
///
/// ```
/// use increp::wire::packed::squash;
/// assert_eq!(squash(0), 32768);
/// assert_eq!(squash(-5000), squash(-2816));
/// ```
#[must_use]
#[allow(clippy::cast_possible_truncation)] // it lies between two numbers of 16 bits
pub fn squash(logit: i32) -> u16 {
    let at = (logit.clamp(-MOST_LOGIT, MOST_LOGIT) + 45 * 64).unsigned_abs();
    let part = at & 63;
    let Some((&[low, high], _)) = TABLE.get((at >> 6) as usize..).and_then(<[u16]>::split_first_chunk) else { return 1 << 15 };
    let (low, high) = (u32::from(low), u32::from(high));
    // Between the two, neither of which is 0.
    (low + (((high - low) * part) >> 6)) as u16
}

#[cfg(test)]
mod tests {
    use super::{MOST_LOGIT, squash};

    #[test]
    fn probabilities_rise_with_the_sum_and_are_never_certain() {
        let all = (-MOST_LOGIT - 10..=MOST_LOGIT + 10).map(squash);
        assert!(all.clone().zip(all.skip(1)).all(|(one, next)| one <= next));
        assert_eq!((squash(-MOST_LOGIT), squash(0), squash(MOST_LOGIT)), (1, 32768, 65535));
    }
}
