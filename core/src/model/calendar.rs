//! Days and seconds of the Gregorian calendar, extended backwards as RFC 3339 does.
//!
//! The year is taken to start in March, so that the leap day is its last: then months have a fixed pattern of 153 days
//! in five, and 400 years are 146,097 days.

use core::num::NonZeroU32;

/// A civil date and time without a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: u32,
    pub(crate) month: u32,
    pub(crate) day: u32,
    /// Seconds since midnight.
    pub(crate) second: u32,
}

/// Seconds in a day.
pub(crate) const DAY: NonZeroU32 = NonZeroU32::new(86_400).unwrap();

/// Days between 0000-03-01 and 1970-01-01.
const BEFORE_1970: u32 = 719_468;

impl Civil {
    /// Seconds since 1970-01-01 00:00:00, or `None` if there is no such day or time of day.
    pub(crate) fn seconds(self) -> Option<i64> {
        let Self { year, month, day, second } = self;
        let inside = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && second < DAY.get();
        if !inside {
            return None;
        }
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let day_of_year = (153 * month + 2) / 5 + day - 1;
        let days = 365 * year + year / 4 - year / 100 + year / 400 + day_of_year;
        Some((i64::from(days) - i64::from(BEFORE_1970)) * i64::from(DAY.get()) + i64::from(second))
    }

    /// The civil date and time of `seconds` since 1970-01-01 00:00:00, of the years 0000, from March on, to 9999 and some more.
    pub(crate) fn from_seconds(seconds: i64) -> Self {
        let (days, second) = split(seconds, DAY);
        let days = u32::try_from(days + i64::from(BEFORE_1970)).unwrap_or_default();
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let (year, month) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
        Self { year: year + year_of_era + 400 * era, month, day, second }
    }
}

/// How many whole units lie below a number, and what is left of it. No unit has more than 24 bits.
///
/// Small processors do not divide 64 bits, and what a compiler brings for it takes a kilobyte.
pub(crate) fn split(number: i64, unit: NonZeroU32) -> (i64, u32) {
    debug_assert!(unit.get() < 1 << 24, "a unit of {unit}");
    let size = if number < 0 { !number } else { number }.unsigned_abs();
    let (units, rest) = match u32::try_from(size) {
        Ok(size) => ((size / unit).into(), size % unit),
        // As on paper, in digits of 8 bits.
        Err(_) => size.to_be_bytes().into_iter().fold((0, 0), |(units, rest): (i64, u32), digit| {
            let part = rest << 8 | u32::from(digit);
            (units << 8 | i64::from(part / unit), part % unit)
        }),
    };
    if number < 0 { (!units, unit.get() - 1 - rest) } else { (units, rest) }
}

const fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years_is_its_own_inverse() {
        let mut expected = Civil { year: 1, month: 1, day: 1, second: 0 };
        let mut seconds = expected.seconds().unwrap();
        let step = if cfg!(miri) { 97 } else { 1 };
        let mut days = 0u32;
        while expected.year <= 9999 {
            if days.is_multiple_of(step) {
                assert_eq!(Civil::from_seconds(seconds), expected);
                assert_eq!(expected.seconds(), Some(seconds));
            }
            days += 1;
            seconds += i64::from(DAY.get());
            expected.day += 1;
            if expected.day > days_in_month(expected.year, expected.month) {
                (expected.day, expected.month) = (1, expected.month + 1);
            }
            if expected.month > 12 {
                (expected.month, expected.year) = (1, expected.year + 1);
            }
        }
    }

    #[test]
    fn days_that_do_not_exist_have_no_seconds() {
        for (year, month, day) in [(2023, 2, 29), (1900, 2, 29), (2016, 4, 31), (2016, 13, 1), (2016, 0, 1), (0, 1, 1)] {
            assert_eq!(Civil { year, month, day, second: 0 }.seconds(), None, "{year}-{month}-{day}");
        }
        assert_eq!(Civil { year: 2016, month: 9, day: 18, second: 76_200 }.seconds(), Some(1_474_233_000));
    }

    #[test]
    fn numbers_are_split_as_by_division() {
        let numbers = [0, 1, 59, 60, 86_399, 86_400, u32::MAX.into(), 1 << 32, 253_402_300_799, 62_135_596_800, i64::MAX];
        for number in numbers.into_iter().flat_map(|number| [number, -number, !number, number / 7]) {
            for unit in [1, 60, 3600, 86_400, 10_000_000, (1 << 24) - 1] {
                let (units, rest) = split(number, NonZeroU32::new(unit).unwrap());
                let unit = i64::from(unit);
                assert_eq!((units, i64::from(rest)), (number.div_euclid(unit), number.rem_euclid(unit)), "{number} by {unit}");
            }
        }
    }
}
