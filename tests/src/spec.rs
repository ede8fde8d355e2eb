//! The tables of SPEC.md, made from the description of the model, so that the two cannot differ.

use std::fmt::Write as _;

use increp::model::describe::{Field, Record, Shape};
use increp::model::{CODE_LISTS, report_shape};

/// The records of the model as Markdown: every field in wire order.
#[must_use]
pub fn records() -> String {
    let mut order = Vec::new();
    collect(report_shape(), &mut order);
    let mut text = String::new();
    for shape in order {
        let (name, doc, fields) = match shape {
            Shape::OneOf { name, variants } => (*name, "A choice: the number of the variant, then its value.", *variants),
            other => record(other).map_or(("", "", &[][..]), |record| (record.name, record.doc, record.fields)),
        };
        let numbered = if matches!(shape, Shape::OneOf { .. }) { "number" } else { "field" };
        let _ = write!(
            text,
            "### {name}\n\n{}\n\n| {numbered} | name | value | range | meaning |\n|---|---|---|---|---|\n",
            doc.trim()
        );
        for (number, field) in fields.iter().enumerate() {
            let meaning = field.doc.trim();
            let _ = writeln!(text, "| {number} | `{}` | {} | {} | {meaning} |", field.name, value(field.shape), range(field));
        }
        text.push('\n');
    }
    text
}

/// The code lists of the model as Markdown.
#[must_use]
pub fn codes() -> String {
    let mut text = String::new();
    for list in CODE_LISTS {
        let kind = match (list.open, list.zero) {
            (true, None) => "open".to_owned(),
            (true, Some(zero)) => format!("open, 0 is `{zero}`"),
            (false, None) => "**must be understood**, 0 is not allowed".to_owned(),
            (false, Some(zero)) => format!("**must be understood**, 0 is `{zero}`"),
        };
        let codes: Vec<String> = list.codes.iter().map(|(code, slug)| format!("{code} `{slug}`")).collect();
        let _ = writeln!(text, "- **{}** ({kind}): {}", list.name, codes.join(", "));
    }
    text
}

fn record(shape: &Shape) -> Option<&'static Record> {
    match shape {
        Shape::Record(record) | Shape::Id(record) | Shape::Date(record) | Shape::Time(record) => Some(record),
        _ => None,
    }
}

fn collect(shape: &'static Shape, order: &mut Vec<&'static Shape>) {
    let name = |shape: &Shape| record(shape).map(|record| record.name);
    match shape.inner() {
        Shape::List { of, .. } | Shape::Map { of, .. } => collect(of, order),
        one @ Shape::OneOf { name, variants } => {
            if !order.iter().any(|other| matches!(other, Shape::OneOf { name: seen, .. } if seen == name)) {
                order.push(one);
                variants.iter().for_each(|field| collect(field.shape, order));
            }
        }
        other => {
            if let Some(record) = record(other)
                && !order.iter().any(|seen| name(seen) == name(other))
            {
                order.push(other);
                record.fields.iter().for_each(|field| collect(field.shape, order));
            }
        }
    }
}

/// A shape in the words of SPEC.md.
fn value(shape: &Shape) -> String {
    match shape {
        Shape::Record(record) | Shape::Id(record) | Shape::Date(record) | Shape::Time(record) => link(record.name),
        Shape::OneOf { name, .. } => link(name),
        Shape::Code(list) => format!("code of {}", list.name),
        Shape::Text => "text".to_owned(),
        Shape::Person => "text (person)".to_owned(),
        Shape::Flag => "flag".to_owned(),
        Shape::Unsigned { bits } => format!("u{bits}"),
        Shape::Signed { bits } => format!("i{bits}"),
        Shape::Degrees => "i32".to_owned(),
        Shape::Stamp => "i64".to_owned(),
        Shape::Digest => "32 bytes".to_owned(),
        Shape::Optional(inner) => format!("optional {}", value(inner)),
        Shape::Said(inner) => format!("said {}", value(inner)),
        Shape::List { of, most } => format!("list of at most {most} {}", value(of)),
        Shape::Map { of, most } => format!("list of at most {most} {}, keys unique", value(of)),
        _ => "?".to_owned(),
    }
}

fn link(name: &str) -> String {
    format!("[{name}](#{})", name.to_lowercase())
}

fn range(field: &Field) -> String {
    let text = matches!(field.shape.inner(), Shape::Text | Shape::Person);
    let bound = if text && field.bound.unit.is_empty() { &increp::model::bounds::TEXT } else { field.bound };
    match field.shape.inner() {
        Shape::Stamp => {
            let bound = &increp::model::bounds::SECONDS;
            format!("{} to {} {}", bound.min, bound.max, bound.unit)
        }
        _ if bound.unit.is_empty() => String::new(),
        _ => format!("{} to {} {}", bound.min, bound.max, bound.unit),
    }
}
