//! What a cell says: numbers, codes, angles, dates; and what to answer where it says none.

use increp::model::bounds::Bound;
use increp::model::{Date, DateForm, Degrees, ParseDateError, Stamp};

use super::table::Row;

/// What is wrong with a cell.
pub(super) struct Fault {
    /// The column, as the layout calls it.
    pub(super) column: &'static str,
    /// What was expected and what was found.
    pub(super) reason: String,
}

/// Where an error cites a cell, the most bytes of it.
const MOST_CITED: usize = 60;

impl Row<'_> {
    /// A whole number; also as spreadsheets write it, "12.0".
    pub(super) fn whole(&self, column: &'static str, bound: &Bound) -> Result<Option<u32>, Fault> {
        let expected = || format!("a whole number from {} to {}", bound.min, bound.max);
        self.parsed(column, expected, |text| whole(text).filter(|number| bound.holds(i64::from(*number))))
    }

    /// The item of a list that a number from 1 on stands for.
    pub(super) fn coded<T: Copy>(&self, column: &'static str, list: &[T]) -> Result<Option<T>, Fault> {
        let item = |number: u32| list.get(usize::try_from(number).ok()?.checked_sub(1)?).copied();
        self.parsed(column, || format!("a code from 1 to {}", list.len()), |text| item(whole(text)?))
    }

    /// An angle, and whether it was rounded.
    pub(super) fn degrees(&self, column: &'static str, bound: &Bound) -> Result<Option<(Degrees, bool)>, Fault> {
        let expected = || format!("decimal degrees from {} to {}", bound.min / UNITS, bound.max / UNITS);
        self.parsed(column, expected, |text| degrees(text).filter(|(angle, _)| bound.holds(i64::from(angle.0))))
    }

    /// The instant at which a day starts. Midnight beside it is no time of day, any other time is not expected.
    pub(super) fn day(&self, column: &'static str) -> Result<Option<Stamp>, Fault> {
        let Some(text) = self.cell(column) else { return Ok(None) };
        let why = match day(text.trim()) {
            Ok(day) => return Ok(Some(day)),
            Err(ParseDateError::NoSuchTime) => ": there is no such day",
            Err(_) => "",
        };
        let reason = format!("expected a day such as 2016-01-31, found {}{why}", shown(text, MOST_CITED));
        Err(Fault { column, reason })
    }

    fn parsed<T>(
        &self,
        column: &'static str,
        expected: impl Fn() -> String,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.cell(column) else { return Ok(None) };
        match parse(text.trim()) {
            Some(value) => Ok(Some(value)),
            None => Err(Fault { column, reason: format!("expected {}, found {}", expected(), shown(text, MOST_CITED)) }),
        }
    }
}

impl Fault {
    /// A cell that must not be blank.
    pub(super) fn blank(column: &'static str, expected: &str) -> Self {
        Self { column, reason: format!("expected {expected}, found a blank cell") }
    }
}

/// A text in an error: quoted, with escapes for what cannot be seen, and no longer than it has to be.
pub(super) fn shown(text: &str, most: usize) -> String {
    if text.len() <= most {
        return format!("{text:?}");
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    format!("{:?}... ({} bytes)", text.get(..end).unwrap_or_default(), text.len())
}

fn whole(text: &str) -> Option<u32> {
    let (digits, zeros) = text.split_once('.').unwrap_or((text, "0"));
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0');
    digits.parse().ok().filter(|_| plain)
}

fn day(text: &str) -> Result<Stamp, ParseDateError> {
    const MIDNIGHT: &str = "00:00:00";
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, MIDNIGHT));
    let fraction = time.strip_prefix(MIDNIGHT).map(|rest| rest.strip_prefix('.').unwrap_or(rest));
    let midnight = fraction.is_some_and(|digits| digits.bytes().all(|byte| byte == b'0'));
    match date.parse()? {
        Date { at, form: DateForm::DAY, .. } if midnight => Ok(at),
        _ => Err(ParseDateError::Form),
    }
}

/// 1e-7 degree in a degree.
const UNITS: i64 = 10_000_000;
/// Decimals of a degree that are kept.
const DECIMALS: usize = 7;

/// An angle in decimal degrees, exactly where it has at most 7 decimals, else rounded to the nearest (5 mm at most): data
/// sets hold what floating point made of shorter numbers. No float is used here, so nothing else is lost.
fn degrees(text: &str) -> Option<(Degrees, bool)> {
    let (negative, number) = text.strip_prefix('-').map_or((false, text), |number| (true, number));
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    // Three digits before the point hold 180; more cannot overflow what follows.
    if !digits(whole) || !digits(decimals) || whole.len() > 3 {
        return None;
    }
    let (kept, rest) = decimals.split_at_checked(DECIMALS).unwrap_or((decimals, ""));
    let units = whole.parse::<i64>().ok()? * UNITS + format!("{kept:0<DECIMALS$}").parse::<i64>().ok()?;
    let up = i64::from(rest.starts_with(['5', '6', '7', '8', '9']));
    let units = i32::try_from((units + up) * if negative { -1 } else { 1 }).ok()?;
    Some((Degrees(units), rest.bytes().any(|byte| byte != b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_are_exact_to_seven_decimals_and_rounded_beyond() {
        for (text, units, rounded) in [
            ("0", 0, false),
            ("-0.0000000", 0, false),
            ("36.20124", 362_012_400, false),
            ("-117.0037100", -1_170_037_100, false),
            ("180", 1_800_000_000, false),
            ("36.201240000000001", 362_012_400, true),
            ("36.201239999999998", 362_012_400, true),
            ("-0.00000005", -1, true),
            ("-0.000000049", 0, true),
            ("35.30000000000000", 353_000_000, false),
        ] {
            assert_eq!(degrees(text), Some((Degrees(units), rounded)), "{text}");
        }
        for text in ["", "-", ".5", "5.", "1e2", "+5", "35,5", "35.1 N", "NaN", "1000", "- 5", "--5"] {
            assert_eq!(degrees(text), None, "{text}");
        }
    }

    #[test]
    fn days_have_no_time_of_day() {
        for text in ["2016-01-31", "2016-01-31 00:00:00", "2016-01-31 00:00:00.000", "2016-01-31T00:00:00"] {
            assert_eq!(day(text), Ok(Stamp::new(1_454_198_400)), "{text}");
        }
        for text in ["2016", "2016-01", "2016-01-31 12:00:00", "31/01/2016", "2016-1-31", "2016-01-31T00:00:00Z", ""] {
            assert_eq!(day(text), Err(ParseDateError::Form), "{text}");
        }
        assert_eq!(day("2016-02-30"), Err(ParseDateError::NoSuchTime));
    }

    #[test]
    fn whole_numbers_have_no_sign_and_no_fraction() {
        assert_eq!(["0", "007", "12.0", "4294967295"].map(whole), [Some(0), Some(7), Some(12), Some(u32::MAX)]);
        for text in ["", "-1", "+1", "1.5", "1.", ".0", "1,000", "1e3", "4294967296", "ten"] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn citations_are_short_and_show_what_cannot_be_seen() {
        assert_eq!(shown("a\u{200b}\"\n", 60), "\"a\\u{200b}\\\"\\n\"");
        assert_eq!(shown("éééé", 3), "\"é\"... (8 bytes)");
    }
}
