//! What a value of a report means to a person.

use std::fmt::Write as _;

use increp::model::describe::{Field, Shape};
use increp::model::{Date, DateForm, Degrees, Stamp};
use increp::wire::{Encoding, Seen};

use crate::hex::hex;

/// What a value means to a person.
pub(super) fn meaning(shape: Option<&'static Shape>, field: Option<&'static Field>, seen: Seen<'_>) -> String {
    let inner = shape.map(Shape::inner);
    let unit = field.map_or("", |field| field.bound.unit);
    match seen {
        Seen::Header(byte) if byte == increp::wire::VERSION << 4 | Encoding::Postcard as u8 => {
            "format version 1, postcard".to_owned()
        }
        Seen::Tag(tag) => format!("packed, profile tag {tag:#x}"),
        Seen::Header(byte) => format!("format version {}, encoding {}", byte >> 4, byte & 0xf),
        Seen::Form(form) => form.map_or("no form of the profile".to_owned(), |form| format!("form {form}")),
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
        Seen::Text(text) => text.as_str().to_owned(),
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

pub(super) fn degrees(value: Degrees) -> String {
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
