//! `increp roundtrip`: encode, decode, compare; for anybody's CI.

use std::io::Write as _;

use anyhow::Result;
use bumpalo::Bump;
use increp::MAX_LEN;
use increp::model::Report;
use increp::model::bounds::ALL_TEXT;
use increp::wire::packed::{self, Known};
use serde_json::Value;

use super::decode::{Encoded, Form, is_bare};
use super::{inputs, many};
use crate::args::{Encodings, Roundtrip};
use crate::exit::Exit;
use crate::files::Input;
use crate::json::{self, Pieces};
use crate::profiles::{Named, Profiles, tag};
use crate::stream::HEADER;

/// What was tried and what differed.
struct Tally<'p> {
    reports: u64,
    failed: u64,
    /// Whether postcard is tried.
    postcard: bool,
    /// Profiles with which reports are packed.
    tried: &'p [Named],
    /// Those with which what is packed already is read.
    profiles: &'p Profiles,
    /// Bytes in postcard, then with each profile.
    sizes: Vec<u64>,
}

pub(super) fn run(arguments: &Roundtrip) -> Result<Exit> {
    let profiles = Profiles::load(&arguments.profiles.profile)?;
    let tried = if arguments.encoding == Encodings::Postcard { &[] } else { profiles.tried() };
    let postcard = arguments.encoding != Encodings::Packed;
    let mut tally = Tally { reports: 0, failed: 0, postcard, tried, profiles: &profiles, sizes: vec![0; tried.len() + 1] };
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
        if input.first()?.is_some_and(|first| first == HEADER[0] || is_bare(first)) {
            encoded(Encoded::new(input, Form::Any)?, &mut tally)?;
        } else {
            texts(input, &mut tally)?;
        }
    }
    let Tally { reports, failed, sizes, .. } = tally;
    let names = std::iter::once("postcard".to_owned()).chain(tried.iter().map(|named| format!("packed, {}", named.name)));
    let tried: Vec<(String, u64)> = names.zip(sizes).skip(usize::from(!postcard)).collect();
    let mut out = std::io::stdout();
    if arguments.json {
        let encodings: Vec<_> = tried.iter().map(|(name, bytes)| serde_json::json!({ "name": name, "bytes": bytes })).collect();
        writeln!(out, "{}", serde_json::json!({ "reports": reports, "failed": failed, "encodings": encodings }))?;
    } else {
        writeln!(out, "{}, {failed} failed", many(reports, "report"))?;
        for (name, bytes) in tried {
            writeln!(out, "{bytes:9} bytes  {name}")?;
        }
    }
    Ok(if unread { Exit::Files } else { Exit::findings(failed) })
}

fn texts(input: Input, tally: &mut Tally<'_>) -> Result<()> {
    let Input { name, reader } = input;
    let mut pieces = Pieces::new(reader);
    let mut arena = Bump::new();
    while let Some(piece) = pieces.next_piece()? {
        tally.reports += 1;
        let outcome = match (piece.broken, json::parse(piece.text, &arena)) {
            (Some(why), _) => Err((0, why.to_owned())),
            (_, Err(problem)) => Err((problem.offset, problem.to_string())),
            (_, Ok(report)) => tally.roundtrip(&report).map_err(|why| (0, why)),
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

fn encoded(mut reports: Encoded, tally: &mut Tally<'_>) -> Result<()> {
    while let Some(found) = reports.next()? {
        let outcome = match found.broken {
            Some(why) => Err(why),
            None => tally.bytes(&found.bytes)?,
        };
        if let Err(why) = outcome {
            say!("{}: {why}", found.place);
            tally.reports += 1;
            tally.failed += 1;
        }
    }
    Ok(())
}

impl Tally<'_> {
    /// The reports of a record. The inner error is why it has none, or no more.
    fn bytes(&mut self, bytes: &[u8]) -> Result<Result<(), String>> {
        let profiles = self.profiles;
        let mut wrong = Ok(());
        let read = profiles.reports(bytes, &mut |report| {
            self.reports += 1;
            let mut buffer = [0; MAX_LEN];
            // What is not packed has one encoding alone.
            let again = if tag(bytes).is_some() { Ok(bytes) } else { increp::encode(report, &mut buffer) };
            let outcome = match again {
                Ok(again) if again != bytes => Err("encodes to other bytes than it was decoded from".to_owned()),
                Ok(_) => self.roundtrip(report),
                Err(error) => Err(error.to_string()),
            };
            if let Err(why) = outcome {
                self.failed += 1;
                say!("{}: {why}", report.id);
            }
            Ok(())
        })?;
        if let Err(why) = read {
            wrong = Err(why);
        }
        Ok(wrong)
    }

    /// Bytes and back in every encoding, JSON and back. The error names the first difference.
    fn roundtrip(&mut self, report: &Report<'_>) -> Result<(), String> {
        let mut buffer = [0; MAX_LEN];
        if self.postcard {
            let bytes = increp::encode(report, &mut buffer).map_err(|error| error.to_string())?;
            self.add(0, bytes.len());
            let decoded = increp::decode(bytes).map_err(|error| format!("what was encoded cannot be decoded: {error}"))?;
            same("postcard", report, &decoded)?;
        }
        for (number, named) in (1..).zip(self.tried) {
            let known = Known::default();
            let bytes = packed::encode(report, &named.profile, &known, &mut buffer).map_err(|error| error.to_string())?;
            self.add(number, bytes.len());
            let mut room = vec![0; usize::try_from(ALL_TEXT.max).unwrap_or(0)];
            let mut decoded = Report::default();
            packed::decode_into(bytes, &named.profile, &known, &mut decoded, &mut room)
                .map_err(|error| format!("what was packed with {} cannot be decoded: {error}", named.name))?;
            same(&format!("packed with {}", named.name), report, &decoded)?;
        }
        through_json(report)
    }

    fn add(&mut self, encoding: usize, bytes: usize) {
        if let Some(size) = self.sizes.get_mut(encoding) {
            *size += bytes as u64;
        }
    }
}

fn through_json(report: &Report<'_>) -> Result<(), String> {
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
