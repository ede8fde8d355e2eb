//! `increp inspect`: every byte of a report with its field and meaning, also of a broken one up to where it breaks. Of a packed
//! report, whose values share their bytes, what each takes in bits.

use std::io::Write as _;
use std::ops::Range;

use anyhow::Result;
use increp::model::Report;
use increp::model::describe::{Path, Shape};
use increp::wire::packed::{self, BATCH, Position};
use increp::wire::{Seen, Trace};
use serde_json::{Value, json as object};

use super::encoded::{Encoded, Form, Found};
use super::many;
use super::meaning::meaning;
use super::unpack::Unpacker;
use crate::args::Inspect;
use crate::exit::Exit;
use crate::files::standard_output;
use crate::json::Step;
use crate::profiles::{Choice, Profiles};
use crate::stats::bits;
use crate::{json, quoted};

/// Some bytes of a report and what they mean.
#[derive(Clone, Debug, Default, PartialEq)]
struct Row {
    /// Where they stand.
    bytes: Range<usize>,
    /// What the value takes of them; nothing if it has them for itself.
    bits: Option<f64>,
    /// The field; empty for the report as a whole.
    path: String,
    /// What they mean.
    meaning: String,
    /// They are a person's name and office: but for their length they are not shown.
    person: bool,
    /// The meaning is what somebody wrote, as it is.
    written: bool,
    /// It is an instant; the values beside it say how much of it was reported.
    instant: bool,
}

impl Row {
    fn new(bytes: Range<usize>, meaning: String) -> Self {
        Self { bytes, meaning, ..Self::default() }
    }
}

/// The bytes of a row as pairs of hex digits.
fn digits(bytes: &[u8], row: &Row) -> Vec<String> {
    let bytes = bytes.get(row.bytes.clone()).unwrap_or_default();
    // Of a text the length comes first, and that of a person is at most 160: two bytes.
    let length = if bytes.first().is_some_and(|first| *first >= 0x80) { 2 } else { 1 };
    let hidden = |at: usize| row.person && at >= length;
    bytes.iter().enumerate().map(|(at, byte)| if hidden(at) { "..".to_owned() } else { format!("{byte:02x}") }).collect()
}

pub(super) fn run(arguments: &Inspect) -> Result<Exit> {
    let profiles = Profiles::open(&arguments.profiles.profile)?;
    let mut unpacker = Unpacker::new(&profiles);
    let mut messages = Encoded::open(arguments.input.as_deref(), Form::of(false, arguments.hex), &profiles)?;
    let mut view = View { json: arguments.json, number: 0, bits: 0.0 };
    let mut wrong = 0;
    while let Some(found) = messages.next()? {
        let Found { place, bytes, broken, .. } = &found;
        if !bytes.is_empty() {
            view.line(&format!("{place}: {}", many(bytes.len() as u64, "byte")))?;
        }
        let inside =
            if bytes.is_empty() && broken.is_some() { None } else { message(&found, &profiles, &mut unpacker, &mut view)? };
        // Why the file breaks says more than where the report does.
        if let Some(why) = broken.as_ref().or(inside.as_ref()) {
            say!("{place}: {why}");
            wrong += 1;
        }
    }
    Ok(Exit::findings(wrong))
}

/// Shows all of a message; gives what is wrong with it.
fn message(found: &Found, profiles: &Profiles, unpacker: &mut Unpacker<'_>, view: &mut View) -> Result<Option<String>> {
    let bytes = found.bytes.as_slice();
    view.bits = 0.0;
    let Choice { named, doubt } = match profiles.choose(bytes, found.profiles.as_deref()) {
        Ok(choice) => choice,
        Err(why) => {
            view.number += 1;
            let start = if bytes.first() == Some(&BATCH) { 2 } else { 1 };
            let rest = Row::new(start..bytes.len(), "not read".to_owned());
            view.rows(bytes, &[Row::new(0..start, start_meaning(bytes, None)), rest])?;
            return Ok(Some(why));
        }
    };
    let batch = bytes.first() == Some(&BATCH);
    let mut rows = Rows(Vec::new());
    if batch {
        let head = bytes.len().min(2);
        view.rows(bytes, &[Row { bits: Some(13.0), ..Row::new(0..head, start_meaning(bytes, Some(&named.name))) }])?;
    }
    let read = unpacker.traced(bytes, &named, &mut rows, &mut |number, report, rows| {
        as_reported(report, &mut rows.0)?;
        if packed::tag(bytes).is_some()
            && !batch
            && let Some(head) = rows.0.first_mut()
        {
            head.meaning = start_meaning(bytes, Some(&named.name));
        }
        view.report(bytes, number, &rows.0)?;
        rows.0.clear();
        Ok(())
    })?;
    let why = read.err().map(|wrong| {
        if let Some(error) = wrong.error {
            broken_off(bytes, &mut rows.0, &error, batch);
        }
        wrong.message(bytes, &named)
    });
    if !rows.0.is_empty() {
        view.report(bytes, None, &rows.0)?;
    }
    if view.bits > 0.0 && why.is_none() {
        let total = format!("{:>8.1} bits", view.bits);
        view.line(&format!("total  {total:23}  {:32}  {}", "", many(bytes.len() as u64, "byte")))?;
    }
    Ok(why.or(doubt))
}

/// Of an instant that stands for a day, month or year, shows no more than was reported: what JSON shows of it. Its values may come in any
/// order, so that this is known when the report has been read.
fn as_reported(report: &Report<'_>, rows: &mut [Row]) -> Result<()> {
    if !rows.iter().any(|row| row.instant) {
        return Ok(());
    }
    let report = serde_json::to_value(report)?;
    for row in rows.iter_mut().filter(|row| row.instant) {
        // A date is one string in JSON: what holds its instant.
        let path = row.path.strip_suffix(".at").unwrap_or(&row.path);
        let value = json::steps(path).iter().try_fold(&report, |value, step| match step {
            Step::Member(name) => value.get(name),
            Step::Index(index) => value.get(index),
        });
        if let Some(date) = value.and_then(Value::as_str).filter(|date| !date.contains('T')) {
            date.clone_into(&mut row.meaning);
        }
    }
    Ok(())
}

/// What the first bytes of a packed message say, and which profile that is.
fn start_meaning(bytes: &[u8], name: Option<&str>) -> String {
    let what = if bytes.first() == Some(&BATCH) { "batch" } else { "packed" };
    let tag = packed::tag(bytes).map_or(String::new(), |tag| format!(", profile tag {tag:#x}"));
    format!("{what}{tag}{}", name.map_or(String::new(), |name| format!(": {name}")))
}

/// What could not be read, in one piece; a value that was read and refused is a row already.
fn broken_off(bytes: &[u8], rows: &mut Vec<Row>, error: &increp::Error, batch: bool) {
    let end = rows.last().map_or(if batch { error.offset } else { 0 }, |row| row.bytes.end);
    if end < bytes.len() {
        let here = end == error.offset;
        let path = if here { error.path.to_string() } else { String::new() };
        let meaning = if here { format!("broken here: {}", error.kind) } else { "not read".to_owned() };
        rows.push(Row { path, ..Row::new(end..bytes.len(), meaning) });
    }
}

/// Bytes on a line.
const WIDTH: usize = 8;

/// Where rows go.
struct View {
    json: bool,
    /// Reports so far.
    number: u64,
    /// What the values of the message took so far.
    bits: f64,
}

impl View {
    /// Something for people.
    fn line(&self, text: &str) -> Result<()> {
        if !self.json {
            writeln!(standard_output(), "{}", text.trim_end())?;
        }
        Ok(())
    }

    /// One report, or what there is of it, with its number in its batch.
    fn report(&mut self, bytes: &[u8], number: Option<usize>, rows: &[Row]) -> Result<()> {
        self.number += 1;
        if let Some(number) = number {
            let bits: f64 = rows.iter().filter_map(|row| row.bits).sum();
            self.line(&format!("       {:23}  {:32}  report {number} of the batch", format!("{bits:>8.1} bits"), ""))?;
        }
        self.rows(bytes, rows)
    }

    fn rows(&mut self, bytes: &[u8], rows: &[Row]) -> Result<()> {
        let mut out = standard_output();
        for row in rows {
            let Row { bytes: Range { start, end }, path, meaning, .. } = row;
            self.bits += row.bits.unwrap_or(0.0);
            if self.json {
                let mut object = object!({ "report": self.number, "start": start, "end": end });
                match row.bits {
                    Some(bits) => object["bits"] = ((bits * 100.0).round() / 100.0).into(),
                    None => object["hex"] = digits(bytes, row).concat().into(),
                }
                (object["path"], object["meaning"]) = (path.as_str().into(), meaning.as_str().into());
                writeln!(out, "{}", json::shown(object.to_string()))?;
                continue;
            }
            let meaning = if row.written { quoted(meaning) } else { meaning.clone() };
            if let Some(bits) = row.bits {
                let taken = format!("{bits:>8.1} bits");
                writeln!(out, "{}", format!("{start:5}  {taken:23}  {path:32}  {meaning}").trim_end())?;
            } else {
                for (line, chunk) in digits(bytes, row).chunks(WIDTH).enumerate() {
                    let start = start + line * WIDTH;
                    let (path, meaning) = if line == 0 { (path.as_str(), meaning.as_str()) } else { ("", "") };
                    writeln!(out, "{}", format!("{start:5}  {:23}  {path:32}  {meaning}", chunk.join(" ")).trim_end())?;
                }
            }
        }
        Ok(())
    }
}

struct Rows(Vec<Row>);

impl Trace for Rows {
    fn seen(&mut self, path: &Path, bytes: Range<usize>, seen: Seen<'_>) {
        let (shape, field) = path.resolve().unzip();
        let person = matches!((shape.map(Shape::inner), seen), (Some(Shape::Person), Seen::Text(_)));
        let written = matches!(seen, Seen::Text(_)) && !person;
        let instant = matches!((shape.map(Shape::inner), seen), (Some(Shape::Stamp), Seen::Signed(_)));
        let meaning = meaning(shape, field.flatten(), seen);
        self.0.push(Row { path: path.to_string(), person, written, instant, ..Row::new(bytes, meaning) });
    }

    fn packed(&mut self, start: Position, end: Position) {
        if let Some(row) = self.0.last_mut() {
            row.bits = Some(bits(start, end));
        }
    }
}
