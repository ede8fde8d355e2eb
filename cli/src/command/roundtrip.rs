//! `increp roundtrip`: encode, decode, compare; for anybody's CI.

use std::io::Write as _;

use anyhow::Result;
use bumpalo::Bump;
use increp::MAX_LEN;
use increp::model::Report;
use increp::wire::packed::{self, Known};
use serde_json::{Value, json as object};

use super::encode::pack;
use super::encoded::{Encoded, Form, Found, Start};
use super::unpack::Unpacker;
use super::{inputs, many};
use crate::args::{Encodings, Roundtrip};
use crate::exit::Exit;
use crate::files::{Input, standard_output};
use crate::fit::{Fit, room};
use crate::json::{self, Pieces};
use crate::profiles::{Named, Profiles, built_in};
use crate::stats::Lengths;

/// An encoding that is tried, and what the reports take in it.
struct Way {
    /// Packed with it; postcard without.
    profile: Option<Named>,
    lengths: Lengths,
}

impl Way {
    fn name(&self) -> String {
        self.profile.as_ref().map_or("postcard".to_owned(), |named| format!("packed with {}", named.name))
    }
}

/// What was tried and what differed.
struct Tally {
    ways: Vec<Way>,
    reports: u64,
    failed: u64,
    buffer: Vec<u8>,
    room: Vec<u8>,
}

/// The encodings to try.
fn ways(arguments: &Roundtrip, profiles: &Profiles) -> Vec<Way> {
    let way = |profile| Way { profile, lengths: Lengths::default() };
    let postcard = || way(None);
    let packed = || {
        let given = profiles.given().to_vec();
        let all = if given.is_empty() { built_in().into_iter().chain([Named::none()]).collect() } else { given };
        all.into_iter().map(|named| way(Some(named)))
    };
    match arguments.encoding {
        Encodings::All => [postcard()].into_iter().chain(packed()).collect(),
        Encodings::Postcard => vec![postcard()],
        Encodings::Packed => packed().collect(),
    }
}

pub(super) fn run(arguments: &Roundtrip) -> Result<Exit> {
    let profiles = Profiles::open(&arguments.profiles.profile)?;
    let mut tally =
        Tally { ways: ways(arguments, &profiles), reports: 0, failed: 0, buffer: vec![0; MAX_LEN], room: vec![0; room(&[])] };
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
        if file.is_some() && input.start()?.is_empty() {
            say!("{}: expected reports, found nothing", input.name);
            tally.failed += 1;
            continue;
        }
        if Start::of(&mut input)? == Start::Other {
            texts(input, &mut tally)?;
        } else {
            encoded(Encoded::new(input, Form::Any, &profiles)?, &profiles, &mut tally)?;
        }
    }
    show(&tally, arguments.json)?;
    Ok(if unread { Exit::Files } else { Exit::findings(tally.failed) })
}

fn show(tally: &Tally, as_json: bool) -> Result<()> {
    let Tally { ways, reports, failed, .. } = tally;
    let mut out = standard_output();
    let names: Vec<String> = ways.iter().map(Way::name).collect();
    if as_json {
        let sizes: Vec<Value> = ways
            .iter()
            .map(|way| {
                let encoding = if way.profile.is_some() { "packed" } else { "postcard" };
                let mut object = object!({ "encoding": encoding });
                if let Some(named) = &way.profile {
                    object["profile"] = named.name.as_str().into();
                }
                object["bytes"] = way.lengths.bytes().into();
                object
            })
            .collect();
        let mut encodings: Vec<&Value> = sizes.iter().filter_map(|size| size.get("encoding")).collect();
        encodings.dedup();
        writeln!(out, "{}", object!({ "reports": reports, "failed": failed, "encodings": encodings, "sizes": sizes }))?;
        return Ok(());
    }
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for (way, name) in ways.iter().zip(&names) {
        writeln!(out, "{name:width$}  {:>10} bytes, {:>7} a report", way.lengths.bytes(), way.lengths.mean())?;
    }
    writeln!(out, "{}, {failed} failed: {}", many(*reports, "report"), names.join(", "))?;
    Ok(())
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

fn encoded(mut messages: Encoded<'_>, profiles: &Profiles, tally: &mut Tally) -> Result<()> {
    let mut unpacker = Unpacker::new(profiles);
    while let Some(found) = messages.next()? {
        let place = &found.place;
        let wrong = unpacker.found(&found, &mut |number, report| {
            tally.reports += 1;
            if let Err(why) = tally.roundtrip(report) {
                let which = number.map_or(String::new(), |number| format!("report {number} of the batch: "));
                say!("{place}: {which}{why}");
                tally.failed += 1;
            }
            Ok(())
        })?;
        // A report that cannot be read is one as well.
        let unread = u64::from(wrong.is_some());
        if let Some(why) = wrong.or_else(|| unpacker.doubt.take()).or_else(|| written_otherwise(&found, profiles)) {
            say!("{place}: {why}");
            tally.reports += unread;
            tally.failed += 1;
        }
    }
    Ok(())
}

/// What a message says has one encoding for this encoder: its own bytes.
fn written_otherwise(found: &Found, profiles: &Profiles) -> Option<String> {
    let same = match profiles.choose(&found.bytes, found.profiles.as_deref()) {
        Ok(choice) if packed::tag(&found.bytes).is_some() => Fit::of(&found.bytes, &choice.named.profile).0 == Fit::Written,
        _ => {
            let mut buffer = [0; MAX_LEN];
            increp::decode(&found.bytes).and_then(|report| increp::encode(&report, &mut buffer)) == Ok(&found.bytes[..])
        }
    };
    (!same).then(|| "encodes to other bytes than it was decoded from".to_owned())
}

impl Tally {
    /// Bytes and back, JSON and back. The error names the first difference.
    fn roundtrip(&mut self, report: &Report<'_>) -> Result<(), String> {
        for way in &mut self.ways {
            let profile = way.profile.as_ref();
            let bytes =
                pack(report, profile.map_or(&[], std::slice::from_ref), &mut self.buffer).map_err(|error| error.to_string())?;
            let mut decoded = Report::default();
            let read = match profile {
                Some(named) => packed::decode_into(bytes, &named.profile, &Known::default(), &mut decoded, &mut self.room),
                None => increp::decode_into(bytes, &mut decoded),
            };
            let name = profile.map_or("postcard", |_| "packed");
            read.map_err(|error| format!("what was encoded in {name} cannot be decoded: {error}"))?;
            same(name, report, &decoded)?;
            way.lengths.add(bytes.len());
        }
        let text = serde_json::to_vec(report).map_err(|error| error.to_string())?;
        let arena = Bump::new();
        let parsed = json::parse(&text, &arena).map_err(|problem| format!("canonical JSON cannot be read: {problem}"))?;
        same("JSON", report, &parsed)
    }
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
