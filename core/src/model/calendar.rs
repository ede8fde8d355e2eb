//! Days and seconds of the Gregorian calendar, extended backwards as RFC 3339 does.
//!
//! The year is taken to start in March, so that the leap day is its last: then months have a fixed pattern of 153 days
//! in five, and 400 years are 146,097 days.

/// A civil date and time without a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
    /// Seconds since midnight.
    pub(crate) second: i64,
}

pub(crate) const DAY: i64 = 86_400;

impl Civil {
    /// Seconds since 1970-01-01 00:00:00, or `None` if there is no such day or time of day.
    pub(crate) fn seconds(self) -> Option<i64> {
        let Self { year, month, day, second } = self;
        let inside = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && (0..DAY).contains(&second);
        if !inside {
            return None;
        }
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * month + 2) / 5 + day - 1;
        let day_of_era = 365 * year_of_era + year_of_era / 4 - year_of_era / 100 + day_of_year;
        // 719,468 days lie between 0000-03-01 and 1970-01-01.
        Some((146_097 * era + day_of_era - 719_468) * DAY + second)
    }

    /// The civil date and time of `seconds` since 1970-01-01 00:00:00.
    pub(crate) fn from_seconds(seconds: i64) -> Self {
        let days = seconds.div_euclid(DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let (year, month) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
        Self { year: year + year_of_era + 400 * era, month, day, second: seconds.rem_euclid(DAY) }
    }
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
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
        let mut days = 0i64;
        while expected.year <= 9999 {
            if days % step == 0 {
                assert_eq!(Civil::from_seconds(seconds), expected);
                assert_eq!(expected.seconds(), Some(seconds));
            }
            days += 1;
            seconds += DAY;
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
}
