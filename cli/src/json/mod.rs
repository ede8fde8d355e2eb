//! JSON text to the model and back, with the place of every error.
//!
//! | file | what it does |
//! |---|---|
//! | `split.rs` | cuts an object, an array or NDJSON of any size into the texts of single reports |
//! | `lend.rs` | stands between serde_json and the model: lends unescaped texts, keeps the path, words the errors |
//! | `locate.rs` | finds the line and column of a path |

mod lend;
mod locate;
mod split;

use std::fmt;

use bumpalo::Bump;
use increp::ErrorKind;
use increp::model::{Fill, Report, bounds};

pub(crate) use lend::nearest;
use lend::{Fault, Lend};
pub use locate::{Step, locate, path_text, steps};
use serde::de::DeserializeSeed as _;
pub use split::{Piece, Pieces};

/// What is wrong with the JSON text of a report, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path to the value, empty for the report as a whole.
    pub path: Vec<Step>,
    /// The byte of the text at which the value starts, or at which the text stops being JSON.
    pub offset: usize,
    /// What was expected, what was found, what to do.
    pub message: String,
    /// The text is not JSON at all from there on.
    pub syntax: bool,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", path_text(&self.path), self.message) }
    }
}

/// Reads one report. Its texts are borrowed from `text`, or from `arena` where they held escapes.
///
/// ```
/// let arena = bumpalo::Bump::new();
/// let text = br#"{"id": "17-42", "kind": "new", "status": "test", "event": {"note": "\"quoted\""}}"#;
/// let report = increp_cli::json::parse(text, &arena)?;
/// assert_eq!(report.event.unwrap().note.unwrap().as_str(), "\"quoted\"");
/// # Ok::<(), increp_cli::json::Problem>(())
/// ```
///
/// # Errors
/// The first problem in the text.
pub fn parse<'a>(text: &'a [u8], arena: &'a Bump) -> Result<Report<'a>, Problem> {
    let mut report = Report::default();
    parse_into(text, arena, &mut report)?;
    Ok(report)
}

/// [`parse`] in place, over a default report.
///
/// # Errors
/// The first problem in the text.
pub fn parse_into<'a>(text: &'a [u8], arena: &'a Bump, report: &mut Report<'a>) -> Result<(), Problem> {
    read_into(text, arena, report)?;
    report.check().map_err(|error| refused(text, &error))
}

/// [`parse_into`] without the limits and rules of the report, for callers that encode it, which checks them.
///
/// # Errors
/// The first problem in the text.
pub fn read_into<'a>(text: &'a [u8], arena: &'a Bump, report: &mut Report<'a>) -> Result<(), Problem> {
    let text = str::from_utf8(text).map_err(|error| Problem {
        path: Vec::new(),
        offset: error.valid_up_to(),
        message: "the text is not UTF-8 from here on".to_owned(),
        syntax: true,
    })?;
    // A text without escapes needs nobody to lend; and only one with an error needs the path kept.
    if !text.contains('\\') {
        let mut json = serde_json::Deserializer::from_str(text);
        if Fill::new(&mut *report).deserialize(&mut json).and_then(|()| json.end()).is_ok() {
            return Ok(());
        }
        *report = Report::default();
    }
    let lend = Lend::new(arena);
    let mut json = serde_json::Deserializer::from_str(text);
    let read = lend.seed(Fill::new(report)).deserialize(&mut json).and_then(|()| json.end());
    read.map_err(|error| problem(text, lend.into_fault(), &error))
}

/// The problem of a text whose report breaks a limit or rule.
#[must_use]
pub fn refused(text: &[u8], error: &increp::Error) -> Problem {
    let path = steps(&error.path.to_string());
    let offset = locate(text, &path).map_or(0, |found| found.start);
    let message = match error.kind {
        // The model counts in 1e-7 degree; whoever wrote the JSON did not.
        ErrorKind::Limit { bound, value } if *bound == bounds::LATITUDE || *bound == bounds::LONGITUDE => {
            let [min, max, found] = [bound.min, bound.max, value].map(decimal_degrees);
            format!("expected degrees from {min} to {max}, found {found}")
        }
        kind => kind.to_string(),
    };
    Problem { path, offset, message, syntax: false }
}

/// An angle in 1e-7 degree as JSON writes it.
fn decimal_degrees(units: i64) -> String {
    const PER_DEGREE: u64 = 10_000_000;
    let sign = if units < 0 { "-" } else { "" };
    let (whole, decimals) = (units.unsigned_abs() / PER_DEGREE, units.unsigned_abs() % PER_DEGREE);
    let text = format!("{sign}{whole}.{decimals:07}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn problem(text: &str, fault: Option<Fault>, error: &serde_json::Error) -> Problem {
    let Some(fault) = fault else {
        // Not the model's objection but the parser's: the text is no JSON. Reading it without the model says where.
        let plain = serde_json::from_str::<serde_json::Value>(text).err();
        let error = plain.as_ref().unwrap_or(error);
        let offset = locate::offset(text.as_bytes(), error.line(), error.column());
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
        return Problem { path: Vec::new(), offset, message: format!("not JSON: {message}"), syntax: true };
    };
    let found =
        if fault.at_name { locate::last_member(text.as_bytes(), &fault.path) } else { locate(text.as_bytes(), &fault.path) };
    let offset = found.map_or_else(|| locate::offset(text.as_bytes(), error.line(), error.column()), |found| found.start);
    Problem { path: fault.path, offset, message: fault.message, syntax: false }
}

/// Writes a report as one line of canonical JSON.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report<'_>, out: &mut impl std::io::Write) -> std::io::Result<()> {
    out.write_all(shown(serde_json::to_string(report)?).as_bytes())?;
    out.write_all(b"\n")
}

/// Writes a report as indented JSON for people.
///
/// # Errors
/// Those of `out`.
pub fn write_pretty(report: &Report<'_>, out: &mut impl std::io::Write) -> std::io::Result<()> {
    out.write_all(shown(serde_json::to_string_pretty(report)?).as_bytes())?;
    out.write_all(b"\n")
}

/// JSON in which a terminal obeys nothing, and shows all in its order: what JSON leaves as it is, the C1 codes and what turns the direction of
/// writing, is escaped. It means the same.
pub(crate) fn shown(json: String) -> String {
    let is_obeyed = |char: char| matches!(char, '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !json.contains(is_obeyed) {
        return json;
    }
    json.chars().fold(String::with_capacity(json.len()), |mut shown, char| {
        if is_obeyed(char) {
            shown.push_str(&format!("\\u{:04x}", u32::from(char)));
        } else {
            shown.push(char);
        }
        shown
    })
}

#[cfg(test)]
mod tests {
    use super::{decimal_degrees, parse, shown};

    #[test]
    fn an_angle_that_is_too_large_is_told_in_degrees_with_its_own_limits() {
        for (member, value, expected) in [
            ("lat", "95", "degrees from -90 to 90, found 95"),
            ("lat", "-90.0000001", "degrees from -90 to 90, found -90.0000001"),
            ("lat", "200", "degrees from -90 to 90, found 200"),
            ("lat", "-1e300", "degrees from -90 to 90, found -1e300"),
            ("lat", "5000000000", "degrees from -90 to 90, found 5000000000"),
            ("lat", "1.23456789", "degrees with at most 7 decimals, found 1.23456789"),
            ("lon", "181", "degrees from -180 to 180, found 181"),
        ] {
            let other = if member == "lat" { "lon" } else { "lat" };
            let text =
                format!(r#"{{"id":"1-2","kind":"new","status":"test","event":{{"place":{{"{member}":{value},"{other}":1}}}}}}"#);
            let problem = parse(text.as_bytes(), &bumpalo::Bump::new()).unwrap_err();
            assert_eq!(problem.to_string(), format!("event.place.{member}: expected {expected}"));
        }
        assert_eq!([0, 1, -5_000_000, 1_800_000_000].map(decimal_degrees), ["0", "0.0000001", "-0.5", "180"]);
    }

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_means_the_same() {
        let text = "a\u{9b}2Jb\u{202e}c\u{2069}\u{200f}\u{e9}";
        let json = serde_json::to_string(text).unwrap();
        assert_eq!(shown(json.clone()), "\"a\\u009b2Jb\\u202ec\\u2069\u{200f}\u{e9}\"");
        assert_eq!(serde_json::from_str::<String>(&shown(json)).unwrap(), text);
    }
}
