//! The description of the model, as the header needs it.

use increp::model::bounds;
use increp::model::describe::{Field, Record, Shape};
use increp::model::report_shape;

/// `PlacePrecision` as `place_precision`.
pub(super) fn snake(name: &str) -> String {
    let mut text = String::new();
    for sign in name.chars() {
        if sign.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(sign.to_lowercase());
    }
    text
}

/// `PlacePrecision` as `PLACE_PRECISION`.
pub(super) fn upper(name: &str) -> String {
    snake(name).to_uppercase()
}

/// A record whose fields are set in one call, those that may be left out excepted: half of an id, a date or a point would
/// be another one.
pub(super) fn is_whole(shape: &Shape) -> bool {
    matches!(shape.inner(), Shape::Id(_) | Shape::Date(_)) || matches!(shape.inner(), Shape::Record(record) if record.flat)
}

/// A record and whether it is set whole.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) record: &'static Record,
    pub(super) whole: bool,
}

/// All records, each once, the report first.
pub(super) fn records() -> Vec<Entry> {
    let mut all = Vec::new();
    visit(report_shape(), &mut all);
    all
}

fn visit(shape: &'static Shape, all: &mut Vec<Entry>) {
    let fields = match shape.inner() {
        Shape::List { of, .. } | Shape::Map { of, .. } => return visit(of, all),
        Shape::OneOf { variants, .. } => *variants,
        other => match record(other) {
            Some(record) if all.iter().all(|entry| entry.record.name != record.name) => {
                all.push(Entry { record, whole: is_whole(shape) });
                record.fields
            }
            _ => return,
        },
    };
    for field in fields {
        visit(field.shape, all);
    }
}

/// The record that a shape is.
pub(super) fn record(shape: &Shape) -> Option<&'static Record> {
    match shape {
        Shape::Record(record) | Shape::Id(record) | Shape::Date(record) | Shape::Time(record) => Some(record),
        _ => None,
    }
}

/// What may stand around a value.
pub(super) fn may_be_unreported(shape: &Shape) -> bool {
    matches!(shape, Shape::Optional(_) | Shape::Said(_))
}

pub(super) fn may_be_unknown(shape: &Shape) -> bool {
    matches!(shape, Shape::Said(_))
}

/// The type of a single value in C.
pub(super) fn c_type(shape: &Shape) -> Option<String> {
    Some(match shape.inner() {
        Shape::Code(list) => format!("increp_{}", snake(list.name)),
        Shape::Text | Shape::Person => "increp_text".into(),
        Shape::Flag => "bool".into(),
        Shape::Unsigned { bits } => format!("uint{bits}_t"),
        Shape::Signed { bits } => format!("int{bits}_t"),
        Shape::Degrees => "int32_t".into(),
        Shape::Stamp => "int64_t".into(),
        Shape::Digest => "const uint8_t *".into(),
        _ => return None,
    })
}

/// What a field says, with its limit.
pub(super) fn doc(field: &Field) -> String {
    let mut text = field.doc.split_whitespace().collect::<Vec<_>>().join(" ");
    let bound = match field.shape.inner() {
        Shape::Text | Shape::Person if field.bound.unit.is_empty() => &bounds::TEXT,
        Shape::Stamp => &bounds::SECONDS,
        _ => field.bound,
    };
    if !bound.unit.is_empty() {
        text += &format!(" {} to {} {}.", bound.min, bound.max, bound.unit);
    }
    match field.shape {
        Shape::List { most, .. } | Shape::Map { most, .. } => text += &format!(" At most {most}."),
        _ => {}
    }
    comment(&text)
}

/// A comment of a line or more.
pub(super) fn comment(text: &str) -> String {
    let (mut all, mut line) = (String::new(), String::from("//"));
    for word in text.replace('`', "").split_whitespace() {
        if line.len() + word.len() >= 120 {
            all += &line;
            all.push('\n');
            line = "//".into();
        }
        line.push(' ');
        line += word;
    }
    all + &line + "\n"
}
