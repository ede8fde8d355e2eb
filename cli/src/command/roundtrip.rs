//! `increp roundtrip`: encode, decode, compare; for anybody's CI.

use std::io::Write as _;

use anyhow::Result;
use bumpalo::Bump;
use increp::MAX_LEN;
use increp::model::Report;
use serde_json::Value;

use super::decode::{Encoded, Form};
use super::{inputs, many};
use crate::args::Roundtrip;
use crate::exit::Exit;
use crate::files::Input;
use crate::json::{self, Pieces};
use crate::stream::HEADER;

/// What was tried and what differed.
#[derive(Default)]
struct Tally {
    reports: u64,
    failed: u64,
}

pub(super) fn run(arguments: &Roundtrip) -> Result<Exit> {
    let mut tally = Tally::default();
    let mut unread = false;
    for file in inputs(&arguments.files) {
        let mut input = match Input::open(file.as_deref()) {
            Ok(input) => input,
            Err(error) => {
                say!("increp: {error:#}");
                unread = true;
                continue;
            }
        };
        let bare = |first: &u8| first >> 4 == increp::wire::VERSION;
        if input.first()?.is_some_and(|first| first == HEADER[0] || bare(&first)) {
            encoded(Encoded::new(input, Form::Any)?, &mut tally)?;
        } else {
            texts(input, &mut tally)?;
        }
    }
    let Tally { reports, failed } = tally;
    // Both choices mean the same while there is one encoding.
    let (crate::args::Encodings::All | crate::args::Encodings::Postcard) = arguments.encoding;
    let mut out = std::io::stdout();
    if arguments.json {
        writeln!(out, "{{\"reports\":{reports},\"failed\":{failed},\"encodings\":[\"postcard\"]}}")?;
    } else {
        writeln!(out, "{}, {failed} failed: postcard", many(reports, "report"))?;
    }
    Ok(if unread { Exit::Files } else { Exit::findings(failed) })
}

fn texts(input: Input, tally: &mut Tally) -> Result<()> {
    let Input { name, reader } = input;
    let mut pieces = Pieces::new(reader);
    let mut arena = Bump::new();
    while let Some(piece) = pieces.next_piece()? {
        tally.reports += 1;
        let outcome = match (piece.broken, json::parse(piece.text, &arena)) {
            (Some(why), _) => Err((0, why.to_owned())),
            (_, Err(problem)) => Err((problem.offset, problem.to_string())),
            (_, Ok(report)) => roundtrip(&report).map_err(|why| (0, why)),
        };
        if let Err((offset, why)) = outcome {
            let (line, column) = piece.place(offset);
            say!("{name}: line {line}, column {column}, {why}");
            tally.failed += 1;
        }
        arena.reset();
    }
    Ok(())
}

fn encoded(mut reports: Encoded, tally: &mut Tally) -> Result<()> {
    while let Some(found) = reports.next()? {
        tally.reports += 1;
        if let Err(why) = found.broken.map_or_else(|| bytes_roundtrip(&found.bytes), Err) {
            say!("{}: {why}", found.place);
            tally.failed += 1;
        }
    }
    Ok(())
}

fn bytes_roundtrip(bytes: &[u8]) -> Result<(), String> {
    let report = increp::decode(bytes).map_err(|error| error.to_string())?;
    let mut buffer = [0; MAX_LEN];
    let again = increp::encode(&report, &mut buffer).map_err(|error| error.to_string())?;
    if again == bytes { roundtrip(&report) } else { Err("encodes to other bytes than it was decoded from".to_owned()) }
}

/// Bytes and back, JSON and back. The error names the first difference.
fn roundtrip(report: &Report<'_>) -> Result<(), String> {
    let mut buffer = [0; MAX_LEN];
    let bytes = increp::encode(report, &mut buffer).map_err(|error| error.to_string())?;
    let decoded = increp::decode(bytes).map_err(|error| format!("what was encoded cannot be decoded: {error}"))?;
    same("postcard", report, &decoded)?;
    let text = serde_json::to_vec(report).map_err(|error| error.to_string())?;
    let arena = Bump::new();
    let parsed = json::parse(&text, &arena).map_err(|problem| format!("canonical JSON cannot be read: {problem}"))?;
    same("JSON", report, &parsed)
}

fn same(encoding: &str, one: &Report<'_>, other: &Report<'_>) -> Result<(), String> {
    if one == other {
        return Ok(());
    }
    let value = |report| serde_json::to_value(report).map_err(|error: serde_json::Error| error.to_string());
    let difference = difference("", &value(one)?, &value(other)?).unwrap_or_else(|| "in memory, not in JSON".to_owned());
    Err(format!("differs after {encoding}: {difference}"))
}

/// The path of the first difference, with both values.
fn difference(path: &str, one: &Value, other: &Value) -> Option<String> {
    let missing = &Value::String("(nothing)".to_owned());
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => a.keys().chain(b.keys()).find_map(|key| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            difference(&path, a.get(key).unwrap_or(missing), b.get(key).unwrap_or(missing))
        }),
        (Value::Array(a), Value::Array(b)) => (0..a.len().max(b.len())).find_map(|index| {
            difference(&format!("{path}[{index}]"), a.get(index).unwrap_or(missing), b.get(index).unwrap_or(missing))
        }),
        _ if one == other => None,
        _ => Some(format!("{path} was {one}, is {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use increp::model::{Count, CountOf, Event, list};

    #[test]
    fn a_difference_is_named_by_its_path() {
        let count = |min| Count { of: CountOf::KILLED, min: Some(min), ..Count::default() };
        let report =
            |min| Report { event: Some(Event { counts: list([count(1), count(min)]), ..Event::default() }), ..Report::default() };
        assert_eq!(same("postcard", &report(2), &report(2)), Ok(()));
        assert_eq!(
            same("postcard", &report(2), &report(3)),
            Err("differs after postcard: event.counts[1].min was 2, is 3".to_owned())
        );
    }
}
