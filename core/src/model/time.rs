//! When: a [`Stamp`] is an instant, a [`Date`] an instant known to the year, month, day or second, a [`Period`] two of
//! them, a [`Time`] the time of an event with its precision and the words in which it was given.

use core::fmt;
use core::str::FromStr;

use serde::ser::{Serialize, Serializer};

use super::bounds;
#[cfg(feature = "arbitrary")]
use super::bounds::Bound;
use super::calendar::Civil;
#[cfg(feature = "arbitrary")]
use super::calendar::{DAY, split};
use super::codes::{DateForm, TimePrecision};
use super::describe::Shape;
use super::record::record;
use super::said::Said;
use super::text::Text;
use super::value::{Value, within};
use crate::error::Rule;

/// Seconds since 1970-01-01 UTC, years 0001 to 9999.
///
/// ```
/// let stamp = increp::model::Stamp::new(1_474_233_000);
/// assert_eq!(stamp.to_string(), "2016-09-18T21:10:00+00:00");
/// assert_eq!("2016-09-18T23:10:00+02:00".parse(), Ok(stamp));
/// ```
// 40 bits hold the range; bytes keep the report small and unpadded.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Stamp([u8; 5]);

impl Stamp {
    /// The instant. Seconds outside the years 0001 to 9999 become the nearest inside.
    #[must_use]
    pub const fn new(seconds: i64) -> Self {
        let seconds = if seconds < bounds::SECONDS.min {
            bounds::SECONDS.min
        } else if seconds > bounds::SECONDS.max {
            bounds::SECONDS.max
        } else {
            seconds
        };
        let [a, b, c, d, e, ..] = seconds.to_le_bytes();
        Self([a, b, c, d, e])
    }

    /// Seconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        let [a, b, c, d, e] = self.0;
        let sign = if e & 0x80 == 0 { 0 } else { 0xff };
        i64::from_le_bytes([a, b, c, d, e, sign, sign, sign])
    }
}

impl PartialOrd for Stamp {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Stamp {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.seconds().cmp(&other.seconds())
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Stamp {
    fn format(&self, f: defmt::Formatter<'_>) {
        match u64::try_from(self.seconds()) {
            Ok(seconds) => defmt::write!(f, "{=u64:iso8601s}", seconds),
            Err(_) => defmt::write!(f, "{=i64} s", self.seconds()),
        }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Date { at: *self, form: DateForm::SECOND, utc_offset: Some(0) }.fmt(f)
    }
}

impl FromStr for Stamp {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        let date: Date = text.parse()?;
        if date.form == DateForm::SECOND { Ok(date.at) } else { Err(ParseDateError::NoTimeOfDay) }
    }
}

impl<'a> Value<'a> for Stamp {
    const SHAPE: &'static Shape = &Shape::Stamp;
    const MOST: usize = 6;

    fn fill<D: serde::Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        if deserializer.is_human_readable() {
            let mut text = StampText::default();
            text.fill(deserializer)?;
            *self = text.0;
        } else {
            let mut seconds = 0i64;
            seconds.fill(deserializer)?;
            within(seconds, &bounds::SECONDS).map_err(<D::Error as serde::de::Error>::custom)?;
            *self = Self::new(seconds);
        }
        Ok(())
    }

    #[cfg(feature = "arbitrary")]
    fn random(u: &mut arbitrary::Unstructured<'a>, _: &'static Bound) -> arbitrary::Result<Self> {
        // Mostly our own years, some of any.
        let own = 631_152_000..=1_893_456_000;
        let range = if u.ratio(7, 8u8)? { own } else { bounds::SECONDS.min..=bounds::SECONDS.max };
        let seconds = u.int_in_range(range)?;
        Ok(Self::new(if u.arbitrary()? { seconds - i64::from(split(seconds, DAY).1) } else { seconds }))
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i64(self.seconds()) }
    }
}

record! {
    /// A date of which only the year, month or day may be known, in one string: "2011", "2016-09", "2016-09-12" or RFC 3339.
    [rule]
    [json DateText Date]
    pub struct Date {
        /// The instant at which the year, month, day or second starts.
        at: Stamp,
        /// How much of it is known.
        form: DateForm,
        /// The local time that was stated, in quarter hours east of UTC; left out ("Z") where only UTC is known.
        utc_offset: Option<i8> => UTC_OFFSET,
    }
}

impl Copy for Date {}

impl Date {
    fn local(self) -> Civil {
        let offset = i64::from(self.utc_offset.unwrap_or_default()) * 900;
        Civil::from_seconds(self.at.seconds().saturating_add(offset))
    }

    /// What is cut off by a form must not be there, nor a time of day be needed for the offset.
    fn rule(self) -> Result<(), Rule> {
        let Civil { month, day, second, year } = self.local();
        let starts = match self.form {
            DateForm::YEAR => month == 1 && day == 1 && second == 0,
            DateForm::MONTH => day == 1 && second == 0,
            DateForm::DAY => second == 0,
            _ => true,
        };
        let whole = self.form == DateForm::SECOND || self.utc_offset.is_none();
        let writable = (1..=9999).contains(&year);
        if starts && whole && writable { Ok(()) } else { Err(Rule::DateNotAtStart) }
    }

    #[cfg(feature = "arbitrary")]
    fn repaired(mut self, _: &mut arbitrary::Unstructured<'_>) -> arbitrary::Result<Self> {
        if self.form != DateForm::SECOND {
            self.utc_offset = None;
        }
        let mut civil = self.local();
        if (2..=9998).contains(&civil.year) {
            let mask = |keep: bool, value: u32, start: u32| if keep { value } else { start };
            civil.second = mask(self.form == DateForm::SECOND, civil.second, 0);
            civil.day = mask(!matches!(self.form, DateForm::MONTH | DateForm::YEAR), civil.day, 1);
            civil.month = mask(self.form != DateForm::YEAR, civil.month, 1);
            let offset = i64::from(self.utc_offset.unwrap_or_default()) * 900;
            self.at = Stamp::new(civil.seconds().unwrap_or_default() - offset);
            Ok(self)
        } else {
            Ok(Self::default())
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, second } = self.local();
        write!(f, "{year:04}")?;
        if self.form == DateForm::YEAR {
            return Ok(());
        }
        write!(f, "-{month:02}")?;
        if self.form == DateForm::MONTH {
            return Ok(());
        }
        write!(f, "-{day:02}")?;
        if self.form == DateForm::DAY {
            return Ok(());
        }
        write!(f, "T{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)?;
        match self.utc_offset {
            // RFC 3339 section 4.3 as amended by RFC 9557: the time in UTC is known, the local offset is not.
            None => f.write_str("Z"),
            Some(quarters) => {
                let sign = if quarters < 0 { '-' } else { '+' };
                let minutes = u16::from(quarters.unsigned_abs()) * 15;
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

/// A string is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ParseDateError {
    /// Neither RFC 3339 nor one of the shorter forms.
    Form,
    /// There is no such day or time of day.
    NoSuchTime,
    /// The offset from UTC is no multiple of a quarter of an hour between -12:00 and +14:00.
    Offset,
    /// Fractions of a second are not kept.
    Fraction,
    /// A full RFC 3339 date and time is needed here.
    NoTimeOfDay,
    /// The precision is finer than the date that is given; a time of day would have to be invented.
    Finer,
    /// Start and end are in different offsets from UTC.
    Offsets,
}

impl fmt::Display for ParseDateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => {
                "expected a date such as \"2016-09-18T21:10:00+03:00\" (RFC 3339), or the shorter \"2016-09-18\", \"2016-09\" or \"2016\""
            }
            Self::NoSuchTime => "there is no such day or time of day",
            Self::Offset => "expected an offset from UTC between -12:00 and +14:00 in quarter hours",
            Self::Fraction => "fractions of a second are not kept: write whole seconds",
            Self::NoTimeOfDay => "expected a date with a time of day and an offset, such as \"2016-09-18T21:10:00+00:00\" (RFC 3339)",
            Self::Finer => "the precision is finer than the date: give the time of day, or a precision such as \"day\"",
            Self::Offsets => "start and end need the same offset from UTC",
        })
    }
}

impl core::error::Error for ParseDateError {}

impl FromStr for Date {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        let mut scan = Scan(text.as_bytes());
        let year = scan.digits(4)?;
        let mut civil = Civil { year, month: 1, day: 1, second: 0 };
        let mut date = Self { at: Stamp::default(), form: DateForm::YEAR, utc_offset: None };
        if scan.skip(b'-') {
            civil.month = scan.digits(2)?;
            date.form = DateForm::MONTH;
            if scan.skip(b'-') {
                civil.day = scan.digits(2)?;
                date.form = DateForm::DAY;
                if scan.skip(b'T') || scan.skip(b't') || scan.skip(b' ') {
                    civil.second = scan.time_of_day()?;
                    date.utc_offset = scan.offset()?;
                    date.form = DateForm::SECOND;
                }
            }
        }
        if !scan.0.is_empty() {
            return Err(ParseDateError::Form);
        }
        let local = civil.seconds().ok_or(ParseDateError::NoSuchTime)?;
        let seconds = local - i64::from(date.utc_offset.unwrap_or_default()) * 900;
        if !bounds::SECONDS.holds(seconds) {
            return Err(ParseDateError::NoSuchTime);
        }
        date.at = Stamp::new(seconds);
        Ok(date)
    }
}

/// What is left of a string.
struct Scan<'t>(&'t [u8]);

impl Scan<'_> {
    fn skip(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn digits(&mut self, many: usize) -> Result<u32, ParseDateError> {
        let (digits, rest) = self.0.split_at_checked(many).ok_or(ParseDateError::Form)?;
        self.0 = rest;
        digits.iter().try_fold(0, |number, digit| match digit {
            b'0'..=b'9' => Ok(number * 10 + u32::from(digit - b'0')),
            _ => Err(ParseDateError::Form),
        })
    }

    fn colon(&mut self) -> Result<(), ParseDateError> {
        if self.skip(b':') { Ok(()) } else { Err(ParseDateError::Form) }
    }

    fn time_of_day(&mut self) -> Result<u32, ParseDateError> {
        let hour = self.digits(2)?;
        self.colon()?;
        let minute = self.digits(2)?;
        self.colon()?;
        let second = self.digits(2)?;
        if hour > 23 || minute > 59 || second > 59 {
            return Err(ParseDateError::NoSuchTime);
        }
        if self.skip(b'.') {
            let zeros = self.0.iter().take_while(|byte| **byte == b'0').count();
            self.0 = self.0.get(zeros..).unwrap_or_default();
            if zeros == 0 || self.0.first().is_some_and(u8::is_ascii_digit) {
                return Err(ParseDateError::Fraction);
            }
        }
        Ok(hour * 3600 + minute * 60 + second)
    }

    fn offset(&mut self) -> Result<Option<i8>, ParseDateError> {
        if self.skip(b'Z') || self.skip(b'z') {
            return Ok(None);
        }
        let negative = self.skip(b'-');
        if !negative && !self.skip(b'+') {
            return Err(ParseDateError::Form);
        }
        let hours = self.digits(2)?;
        self.colon()?;
        let minutes = self.digits(2)?;
        if negative && hours == 0 && minutes == 0 {
            return Ok(None);
        }
        let quarters = i64::from(hours * 4 + minutes / 15) * if negative { -1 } else { 1 };
        if minutes % 15 != 0 || minutes > 59 || !bounds::UTC_OFFSET.holds(quarters) {
            return Err(ParseDateError::Offset);
        }
        i8::try_from(quarters).map(Some).map_err(|_| ParseDateError::Offset)
    }
}

record! {
    /// From when to when, where it is not the time of the event. Without an end it runs to `sent`.
    pub struct Period {
        /// The first year, month, day or second in it.
        start: Option<Date>,
        /// The last year, month, day or second in it.
        end: Option<Date>,
    }
}

impl Copy for Period {}

record! {
    /// When an event was.
    [rule]
    [json TimeText Time]
    pub struct Time<'a> {
        /// When it started; null where it was asked and nobody knows.
        start: Said<Stamp>,
        /// When it ended: the last second, day or month in it.
        end: Option<Stamp>,
        /// How exactly start and end are known.
        precision: TimePrecision,
        /// The local time in which it was stated; left out where only UTC is known.
        utc_offset: Option<i8> => UTC_OFFSET,
        /// The words in which the time was given, such as "saturday".
        stated: Option<Text<'a>>,
    }
}

impl Time<'_> {
    fn instants(&self) -> impl Iterator<Item = Stamp> {
        [self.start.known().copied(), self.end].into_iter().flatten()
    }

    /// An offset belongs to a time, and RFC 3339 can write the local time.
    fn rule(&self) -> Result<(), Rule> {
        let offset = i64::from(self.utc_offset.unwrap_or_default()) * 900;
        if self.utc_offset.is_some() && self.instants().next().is_none() {
            return Err(Rule::OffsetAlone);
        }
        if self.instants().all(|at| bounds::SECONDS.holds(at.seconds() + offset)) { Ok(()) } else { Err(Rule::LocalYear) }
    }

    #[cfg(feature = "arbitrary")]
    fn repaired(mut self, _: &mut arbitrary::Unstructured<'_>) -> arbitrary::Result<Self> {
        if self.rule().is_err() {
            self.utc_offset = None;
        }
        Ok(self)
    }
}

record! {
    /// A [`Time`] as JSON shows it: the offset is part of the strings.
    [json_only]
    pub(super) struct TimeText<'a> {
        /// When it started.
        start: Said<DateText>,
        /// When it ended.
        end: Option<DateText>,
        /// How exactly start and end are known.
        precision: TimePrecision,
        /// The words in which the time was given.
        stated: Option<Text<'a>>,
    }
}

/// The shortest form that says no less than the precision, and loses nothing.
fn date_text(at: Stamp, precision: TimePrecision, utc_offset: Option<i8>) -> DateText {
    let form = match precision {
        TimePrecision::YEAR => DateForm::YEAR,
        TimePrecision::MONTH => DateForm::MONTH,
        TimePrecision::PART_OF_DAY | TimePrecision::DAY | TimePrecision::DAYS | TimePrecision::WEEK => DateForm::DAY,
        _ => DateForm::SECOND,
    };
    let forms = [form, DateForm::DAY].into_iter().filter(|_| form != DateForm::SECOND);
    let fits = |form| Some(Date { at, form, utc_offset }).filter(|date| date.rule().is_ok());
    let date = forms.into_iter().find_map(fits);
    DateText(date.unwrap_or(Date { at, form: DateForm::SECOND, utc_offset }))
}

impl<'a> From<&Time<'a>> for TimeText<'a> {
    fn from(time: &Time<'a>) -> Self {
        let text = |at| date_text(at, time.precision, time.utc_offset);
        Self {
            start: match time.start {
                Said::Unreported => Said::Unreported,
                Said::Unknown => Said::Unknown,
                Said::Known(start) => Said::Known(text(start)),
            },
            end: time.end.map(text),
            precision: time.precision,
            stated: time.stated,
        }
    }
}

impl<'a> TryFrom<TimeText<'a>> for Time<'a> {
    type Error = ParseDateError;

    fn try_from(text: TimeText<'a>) -> Result<Self, ParseDateError> {
        let (start, end) = (text.start.known().map(|date| date.0), text.end.map(|date| date.0));
        let dates = || [start, end].into_iter().flatten();
        // A short date says by itself how exact it is; the shortest says what is known of both.
        let implied = dates().map(|date| precision_of(date.form)).max();
        let precision = match (text.precision, implied) {
            (TimePrecision::UNSPECIFIED, Some(TimePrecision::SECOND)) | (_, None) => text.precision,
            (TimePrecision::UNSPECIFIED, Some(implied)) => implied,
            // Which part of the day, the stated words say: "late on saturday".
            (TimePrecision::PART_OF_DAY, Some(TimePrecision::DAY)) => TimePrecision::PART_OF_DAY,
            (stated, Some(implied)) if stated < implied && implied != TimePrecision::SECOND => return Err(ParseDateError::Finer),
            (stated, Some(_)) => stated,
        };
        let offsets = || dates().filter(|date| date.form == DateForm::SECOND).map(|date| date.utc_offset);
        let utc_offset = offsets().next().flatten();
        // A short date beside a full one is a day in UTC.
        if dates().any(|date| date.utc_offset != utc_offset) {
            return Err(ParseDateError::Offsets);
        }
        Ok(Self {
            start: match text.start {
                Said::Unreported => Said::Unreported,
                Said::Unknown => Said::Unknown,
                Said::Known(start) => Said::Known(start.0.at),
            },
            end: end.map(|date| date.at),
            precision,
            utc_offset,
            stated: text.stated,
        })
    }
}

const fn precision_of(form: DateForm) -> TimePrecision {
    match form {
        DateForm::YEAR => TimePrecision::YEAR,
        DateForm::MONTH => TimePrecision::MONTH,
        DateForm::DAY => TimePrecision::DAY,
        _ => TimePrecision::SECOND,
    }
}

/// A value that is one string in JSON.
macro_rules! string {
    ($(#[doc = $doc:literal])+ $vis:vis $name:ident($inner:ty) $expecting:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        $vis struct $name(pub(super) $inner);

        const _: () = {
            use core::fmt;
            use serde::de::{Deserializer, Visitor};
            use serde::ser::{Serialize, Serializer};
            #[cfg(feature = "arbitrary")]
            use $crate::model::bounds::Bound;
            use $crate::model::describe::Shape;
            use $crate::model::value::Value;

            impl From<&$inner> for $name {
                fn from(value: &$inner) -> Self {
                    Self(*value)
                }
            }

            impl From<$name> for $inner {
                fn from(value: $name) -> Self {
                    value.0
                }
            }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(&self.0)
                }
            }

            impl<'a> Value<'a> for $name {
                const SHAPE: &'static Shape = <$inner as Value>::SHAPE;
                const MOST: usize = <$inner as Value>::MOST;

                fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                    struct Parse<'v>(&'v mut $inner);
                    impl Visitor<'_> for Parse<'_> {
                        type Value = ();
                        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                            f.write_str($expecting)
                        }
                        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
                            *self.0 = text.parse().map_err(|error| E::custom(format_args!("{error}, found {}", $crate::model::text::Cited(text))))?;
                            Ok(())
                        }
                    }
                    deserializer.deserialize_str(Parse(&mut self.0))
                }

                #[cfg(feature = "arbitrary")]
                fn random(u: &mut arbitrary::Unstructured<'a>, bound: &'static Bound) -> arbitrary::Result<Self> {
                    Value::random(u, bound).map(Self)
                }
            }
        };
    };
}

pub(super) use string;

string! {
    /// A date as JSON shows it.
    pub(super) DateText(Date) "a date such as \"2016-09-18T21:10:00+03:00\" or \"2016-09-18\""
}

string! {
    /// An instant as JSON shows it.
    pub(super) StampText(Stamp) "a date and time such as \"2016-09-18T21:10:00+00:00\""
}
