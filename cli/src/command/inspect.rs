//! `increp inspect`: every byte of a report with its field and meaning, also of a broken one up to where it breaks.

use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::Range;

use anyhow::Result;
use increp::model::describe::{Field, Path, Shape};
use increp::model::{Date, DateForm, Degrees, Report, Stamp};
use increp::wire::packed::{self, BATCH, BatchReader, Known, Position, Profile};
use increp::wire::{Encoding, Seen, Trace};
use serde_json::json;

use super::decode::{Encoded, Form};
use super::encode::hex;
use crate::args::Inspect;
use crate::exit::Exit;
use crate::profiles::Profiles;
use crate::train::measure::between;

/// Some bytes of a report and what they mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Where they stand.
    pub bytes: Range<usize>,
    /// The field; empty for the report as a whole.
    pub path: String,
    /// What they mean.
    pub meaning: String,
    /// They are a person's name and office: but for their length they are not shown.
    pub person: bool,
    /// What it takes in bits, if it is packed.
    pub bits: Option<f64>,
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
    let profiles = Profiles::load(&arguments.profiles.profile)?;
    let mut reports = Encoded::open(arguments.input.as_deref(), Form::of(false, arguments.hex))?;
    let mut out = std::io::stdout();
    let (mut broken, mut number) = (0, 0u64);
    while let Some(found) = reports.next()? {
        number += 1;
        let bytes = found.bytes;
        let (rows, error) = match profiles.of(&bytes) {
            _ if found.broken.is_some() => rows(&bytes),
            Ok(Some(named)) => packed_rows(&bytes, &named.profile),
            Ok(None) => rows(&bytes),
            Err(why) => {
                say!("{}: {why}", found.place);
                broken += 1;
                continue;
            }
        };
        if !arguments.json && !bytes.is_empty() {
            writeln!(out, "{}: {} bytes", found.place, bytes.len())?;
        }
        for row in &rows {
            if arguments.json {
                let (start, end) = (row.bytes.start, row.bytes.end);
                let digits = digits(&bytes, row).concat();
                let mut all = json!({ "report": number, "start": start, "end": end, "hex": digits, "path": row.path, "meaning": row.meaning });
                if let (Some(bits), Some(members)) = (row.bits, all.as_object_mut()) {
                    members.shift_remove("hex");
                    members.insert("bits".to_owned(), json!((bits * 1000.0).round() / 1000.0));
                }
                writeln!(out, "{all}")?;
            } else if let Some(bits) = row.bits {
                writeln!(out, "{}", format!("{bits:8.2} bits  {:32}  {}", row.path, row.meaning).trim_end())?;
            } else {
                show(&mut out, &bytes, row)?;
            }
        }
        // Why the file breaks says more than where the report does.
        if let Some(why) = found.broken.or_else(|| error.map(|error| error.to_string())) {
            say!("{}: {why}", found.place);
            broken += 1;
        }
    }
    Ok(Exit::findings(broken))
}

/// Bytes on a line.
const WIDTH: usize = 8;

fn show(out: &mut impl std::io::Write, bytes: &[u8], row: &Row) -> std::io::Result<()> {
    for (line, chunk) in digits(bytes, row).chunks(WIDTH).enumerate() {
        let start = row.bytes.start + line * WIDTH;
        let (path, meaning) = if line == 0 { (row.path.as_str(), row.meaning.as_str()) } else { ("", "") };
        writeln!(out, "{}", format!("{start:5}  {:23}  {path:32}  {meaning}", chunk.join(" ")).trim_end())?;
    }
    Ok(())
}

/// The rows of a report, and the error at which they end.
#[must_use]
pub fn rows(bytes: &[u8]) -> (Vec<Row>, Option<increp::Error>) {
    let mut rows = Rows::default();
    let error = increp::wire::decode_traced(bytes, &mut Report::default(), &mut rows).err();
    let Rows { mut rows, .. } = rows;
    if let Some(error) = error {
        // What could not be read, in one piece; a value that was read and refused is a row already.
        let end = rows.last().map_or(0, |row| row.bytes.end);
        if end < bytes.len() {
            let here = end == error.offset;
            let path = if here { error.path.to_string() } else { String::new() };
            let meaning = if here { format!("broken here: {}", error.kind) } else { "not read".to_owned() };
            rows.push(Row { bytes: end..bytes.len(), path, meaning, person: false, bits: None });
        }
    }
    (rows, error)
}

/// The rows of a packed report or of a batch, and the error at which they end.
#[must_use]
pub(super) fn packed_rows(bytes: &[u8], profile: &Profile<'static>) -> (Vec<Row>, Option<increp::Error>) {
    let mut rows = Rows::default();
    let mut room = vec![0; 1 << 22];
    let mut report = Report::default();
    let error = if bytes.first() == Some(&BATCH) {
        BatchReader::new(bytes, profile, &mut room)
            .and_then(|mut reader| {
                while reader.next_traced(&mut report, &mut rows)? {}
                Ok(())
            })
            .err()
    } else {
        packed::decode_traced(bytes, profile, &Known::default(), &mut report, &mut room, &mut rows).err()
    };
    (rows.rows, error)
}

#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
}

impl Trace for Rows {
    fn seen(&mut self, path: &Path, bytes: Range<usize>, seen: Seen<'_>) {
        let (shape, field) = path.resolve().unzip();
        let person = matches!((shape.map(Shape::inner), seen), (Some(Shape::Person), Seen::Text(_)));
        self.rows.push(Row { bytes, path: path.to_string(), meaning: meaning(shape, field.flatten(), seen), person, bits: None });
    }

    fn packed(&mut self, start: Position, end: Position) {
        if let Some(row) = self.rows.last_mut() {
            row.bits = Some(between(start, end));
        }
    }
}

/// What a value means to a person.
fn meaning(shape: Option<&'static Shape>, field: Option<&'static Field>, seen: Seen<'_>) -> String {
    let inner = shape.map(Shape::inner);
    let unit = field.map_or("", |field| field.bound.unit);
    match seen {
        Seen::Header(byte) if byte == increp::wire::VERSION << 4 | Encoding::Postcard as u8 => {
            "format version 1, postcard".to_owned()
        }
        Seen::Header(byte) if byte & packed::PACKED != 0 => {
            format!("packed, profile tag {:#04x}", byte & !packed::PACKED)
        }
        Seen::Header(byte) => format!("format version {}, encoding {}", byte >> 4, byte & 0xf),
        Seen::Code(code) => match inner {
            Some(Shape::Code(list)) => match list.slug(code) {
                Some(slug) => slug.to_owned(),
                None if code == 0 => list.zero.unwrap_or("unspecified").to_owned(),
                None => format!("code:{code}, unknown here"),
            },
            _ => format!("code:{code}"),
        },
        Seen::Flag(flag) => if flag { "yes" } else { "no" }.to_owned(),
        Seen::Case(case, of) => match field.filter(|field| field.shape.is_flat()) {
            // Its path is that of the record which holds it.
            Some(field) if of == 2 => format!("{} {}", field.name, case_name(shape, case, of)),
            _ => case_name(shape, case, of),
        },
        Seen::Length(1) => "1 item".to_owned(),
        Seen::Length(items) => format!("{items} items"),
        Seen::Unsigned(number) => plain(&number.to_string(), unit),
        Seen::Signed(number) => match inner {
            Some(Shape::Stamp) => Stamp::new(number).to_string(),
            Some(Shape::Degrees) => i32::try_from(number).map_or_else(|_| number.to_string(), |units| degrees(Degrees(units))),
            Some(Shape::Signed { bits: 8 }) => offset(number),
            _ => plain(&number.to_string(), unit),
        },
        Seen::Text(_) if matches!(inner, Some(Shape::Person)) => "(a person, not shown)".to_owned(),
        Seen::Text(text) => format!("{:?}", text.as_str()),
        Seen::Digest(digest) => hex(digest),
        Seen::Fields(mask) => reported(inner, mask),
        Seen::Id(id) => id.to_string(),
        Seen::Point(point) => format!("{}, {}", degrees(point.lat), degrees(point.lon)),
    }
}

/// The fields that a record reports.
fn reported(record: Option<&'static Shape>, mask: u32) -> String {
    let fields = match record {
        Some(Shape::Record(record) | Shape::Id(record) | Shape::Date(record) | Shape::Time(record)) => record.fields,
        _ => &[],
    };
    let names: Vec<_> =
        fields.iter().enumerate().filter(|(number, _)| mask >> number & 1 == 1).map(|(_, field)| field.name).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

fn case_name(shape: Option<&'static Shape>, case: u8, of: u8) -> String {
    match (shape, of) {
        (Some(Shape::OneOf { variants, .. }), _) => {
            variants.get(usize::from(case)).map_or_else(|| case.to_string(), |variant| variant.name.to_owned())
        }
        (Some(Shape::Optional(inner)), _) if of != 2 => case_name(Some(inner), case, of),
        (_, 2) => if case == 0 { "not reported" } else { "reported" }.to_owned(),
        (_, 3) => match case {
            0 => "not reported",
            1 => "asked, not known",
            _ => "known",
        }
        .to_owned(),
        _ => case.to_string(),
    }
}

fn plain(number: &str, unit: &str) -> String {
    // "of them" and the like read well in a message about a limit, not here.
    if unit.is_empty() || unit.starts_with("of ") || unit.starts_with("as ") {
        number.to_owned()
    } else {
        format!("{number} {unit}")
    }
}

fn degrees(value: Degrees) -> String {
    serde_json::to_string(&value).unwrap_or_default()
}

/// An offset in quarter hours as a date shows it.
fn offset(quarters: i64) -> String {
    let utc_offset = i8::try_from(quarters).ok();
    let date = Date { at: Stamp::default(), form: DateForm::SECOND, utc_offset }.to_string();
    let mut text = String::new();
    let _ = write!(text, "UTC{}", date.get(19..).unwrap_or_default());
    text
}
