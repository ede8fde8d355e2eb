//! `increp schema`: the JSON Schema of a report, made from the description of the model.

use std::io::Write as _;

use anyhow::Result;
use increp::model::bounds::TEXT;
use increp::model::describe::{CodeList, Field, Record, Shape};
use increp::model::{Entry, report_shape};
use serde_json::{Map, Value, json};

use crate::args::Schema;
use crate::exit::Exit;
use crate::files::{Content, Output};

pub(super) fn run(arguments: &Schema) -> Result<Exit> {
    let mut output = Output::open(&arguments.output, Content::Text)?;
    serde_json::to_writer_pretty(&mut output, &schema())?;
    output.write_all(b"\n")?;
    output.finish()?;
    Ok(Exit::Success)
}

/// The schema (draft 2020-12). Lengths of texts are limited in bytes, which a schema cannot say: `maxLength` counts
/// characters, so it lets through some texts that `increp check` refuses, and refuses none that is valid. So it is with the numbers of
/// an id, whose pattern would be hard to read. Descriptions say both.
#[must_use]
pub fn schema() -> Value {
    let mut definitions = Definitions(Map::new());
    let any = &increp::model::bounds::ANY;
    let report = definitions.value(report_shape(), any);
    let Definitions(definitions) = definitions;
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "increp report, format version 1",
        "$ref": report["$ref"],
        "$defs": definitions,
    })
}

/// Records and code lists by name.
struct Definitions(Map<String, Value>);

impl Definitions {
    fn value(&mut self, shape: &'static Shape, bound: &'static increp::model::bounds::Bound) -> Value {
        match shape {
            Shape::Record(record) | Shape::Time(record) => self.record(record, shape),
            Shape::Code(list) => self.codes(list),
            Shape::Text | Shape::Person => {
                // Text without a limit of its own has that of texts.
                let bound = if bound.unit.is_empty() { &TEXT } else { bound };
                json!({ "type": "string", "minLength": bound.min, "maxLength": bound.max })
            }
            Shape::Flag => json!({ "type": "boolean" }),
            Shape::Unsigned { .. } | Shape::Signed { .. } => {
                json!({ "type": "integer", "minimum": bound.min, "maximum": bound.max })
            }
            // Seven decimals; as `multipleOf` validators disagree on rounding.
            Shape::Degrees => json!({ "type": "number", "minimum": bound.min / 10_000_000, "maximum": bound.max / 10_000_000 }),
            Shape::Stamp => json!({ "type": "string", "format": "date-time", "pattern": date_time() }),
            Shape::Date(_) => {
                json!({ "type": "string", "pattern": date() })
            }
            Shape::Id(_) => {
                json!({ "type": "string", "pattern": "^(0|[1-9][0-9]{0,9})(-[1-9a-f][0-9a-f]{0,7})?-(0|[1-9][0-9]{0,9})$" })
            }
            Shape::Digest => json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
            Shape::Optional(inner) => self.value(inner, bound),
            Shape::Said(inner) => json!({ "anyOf": [self.value(inner, bound), { "type": "null" }] }),
            Shape::List { of, most } => json!({ "type": "array", "items": self.value(of, bound), "maxItems": most }),
            Shape::Map { most, .. } => {
                let key = Entry::RECORD.fields.first().map_or(32, |key| key.bound.max);
                json!({
                    "type": "object",
                    "maxProperties": most,
                    "propertyNames": { "minLength": 1, "maxLength": key, "description": bytes(key) },
                    "additionalProperties": { "anyOf": [
                        { "type": "boolean" },
                        { "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX },
                        { "type": "string", "minLength": 1, "maxLength": TEXT.max, "description": bytes(TEXT.max) },
                    ] },
                })
            }
            _ => Value::Bool(true),
        }
    }

    fn record(&mut self, record: &'static Record, shape: &'static Shape) -> Value {
        if !self.0.contains_key(record.name) {
            self.0.insert(record.name.to_owned(), Value::Null);
            let object = self.object(record, shape);
            self.0.insert(record.name.to_owned(), object);
        }
        reference(record.name)
    }

    fn object(&mut self, record: &'static Record, shape: &'static Shape) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        let mut rules = Vec::new();
        for field in record.fields {
            let time = matches!(shape, Shape::Time(_));
            match field.shape.inner() {
                // The offset of a time is part of its strings.
                _ if time && field.name == "utc_offset" => continue,
                Shape::Stamp if time => {
                    let date = self.time_text(field);
                    properties.insert(field.name.to_owned(), date);
                    continue;
                }
                Shape::Record(flat) if flat.flat => {
                    let names: Vec<&str> = flat.fields.iter().map(|field| field.name).collect();
                    for field in flat.fields {
                        properties.insert(field.name.to_owned(), self.described(field));
                    }
                    rules.push(json!({ "dependentRequired": names.iter().map(|name| ((*name).to_owned(), json!(names))).collect::<Map<_, _>>() }));
                    continue;
                }
                Shape::OneOf { variants, .. } => {
                    for variant in *variants {
                        properties.insert(variant.name.to_owned(), self.described(variant));
                    }
                    rules.push(at_most_one(variants));
                    continue;
                }
                _ => {}
            }
            properties.insert(field.name.to_owned(), self.described(field));
            if field.required {
                required.push(field.name);
            }
        }
        if record.name == "Claim" {
            required.push("sources");
            if let Some(sources) = properties.get_mut("sources") {
                sources["minItems"] = json!(1);
            }
        }
        rules.extend(rules_of(record.name));
        let mut object =
            json!({ "type": "object", "description": record.doc.trim(), "properties": properties, "additionalProperties": false });
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        if !rules.is_empty() {
            object["allOf"] = json!(rules);
        }
        object
    }

    fn described(&mut self, field: &'static Field) -> Value {
        let mut value = self.value(field.shape, field.bound);
        let doc = field.doc.trim();
        value["description"] = match field.shape.inner() {
            Shape::Text | Shape::Person => {
                let bound = if field.bound.unit.is_empty() { &TEXT } else { field.bound };
                json!(format!("{doc} {}", bytes(bound.max)))
            }
            Shape::Id(_) => json!(format!("{doc} Author and number, in decimal, are each at most {}.", u32::MAX)),
            _ => json!(doc),
        };
        value
    }

    fn time_text(&self, field: &'static Field) -> Value {
        let text = json!({ "type": "string", "pattern": date() });
        let mut value = if matches!(field.shape, Shape::Said(_)) { json!({ "anyOf": [text, { "type": "null" }] }) } else { text };
        value["description"] = json!(field.doc.trim());
        value
    }

    fn codes(&mut self, list: &'static CodeList) -> Value {
        let mut slugs: Vec<&str> = list.zero.into_iter().collect();
        slugs.extend(list.codes.iter().map(|(_, slug)| *slug));
        // A code that has a slug may also be given by its number.
        let numbers = list.codes.iter().map(|(code, _)| format!("code:{code}"));
        let known: Vec<String> = slugs.iter().map(|slug| (*slug).to_owned()).chain(numbers.filter(|_| !list.open)).collect();
        let known = json!({ "enum": known });
        let number = "^code:([1-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])$";
        let value = if list.open { json!({ "anyOf": [known, { "type": "string", "pattern": number }] }) } else { known };
        self.0.entry(list.name).or_insert(value);
        reference(list.name)
    }
}

/// A year, month, day, time of day; whether there is such a day a pattern cannot say.
const YEAR: &str = "(?!0000)[0-9]{4}";
const MONTH: &str = "-(0[1-9]|1[0-2])";
const DAY: &str = "-(0[1-9]|[12][0-9]|3[01])";
const TIME: &str = "[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.0+)?([Zz]|[+-](0[0-9]|1[0-4]):(00|15|30|45))";

fn date_time() -> String {
    format!("^{YEAR}{MONTH}{DAY}{TIME}$")
}

fn date() -> String {
    format!("^{YEAR}({MONTH}({DAY}({TIME})?)?)?$")
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// What `maxLength` does not say of a text.
fn bytes(most: i64) -> String {
    format!("At most {most} bytes of UTF-8.")
}

fn at_most_one(variants: &[Field]) -> Value {
    let said: Vec<Value> = variants.iter().map(|variant| json!({ "required": [variant.name] })).collect();
    let mut choices = vec![json!({ "not": { "anyOf": said } })];
    choices.extend(said);
    json!({ "oneOf": choices })
}

/// The rules between fields: `increp::Rule` as far as a schema can say them.
fn rules_of(record: &str) -> Vec<Value> {
    match record {
        "Report" => {
            let replaces = json!({
                "required": ["links"],
                "properties": { "links": { "contains": { "required": ["rel"], "properties": { "rel": { "enum": ["replaces", "code:1"] } } } } },
            });
            let kind = |kinds: Value| json!({ "required": ["kind"], "properties": { "kind": { "enum": kinds } } });
            vec![
                json!({ "if": kind(json!(["update", "cancel"])), "then": replaces }),
                json!({ "if": kind(json!(["cancel"])), "then": { "properties": { "event": false, "claims": { "maxItems": 0 } } } }),
            ]
        }
        "Count" => vec![json!({
            "if": { "required": ["term"] },
            "then": { "not": { "anyOf": [{ "required": ["value"] }, { "required": ["min"] }, { "required": ["max"] }] } },
        })],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every string with a length or a pattern of ids, with the description of its field or its own.
    fn strings<'v>(value: &'v Value, described: &'v str, found: &mut Vec<(&'v Value, &'v str)>) {
        let described = value["description"].as_str().unwrap_or(described);
        match value {
            Value::Object(members) => {
                if members.contains_key("maxLength") || members.contains_key("pattern") {
                    found.push((value, described));
                }
                members.values().for_each(|value| strings(value, described, found));
            }
            Value::Array(items) => items.iter().for_each(|value| strings(value, described, found)),
            _ => {}
        }
    }

    #[test]
    fn what_the_schema_cannot_count_its_descriptions_say() {
        let schema = schema();
        let mut found = Vec::new();
        strings(&schema, "", &mut found);
        let texts: Vec<_> =
            found.iter().filter_map(|(value, described)| Some((value["maxLength"].as_i64()?, *described))).collect();
        assert!(texts.len() > 20, "{}", texts.len());
        for (most, described) in texts {
            assert!(described.ends_with(&format!("At most {most} bytes of UTF-8.")), "{most}: {described}");
        }
        let ids: Vec<_> =
            found.iter().filter(|(value, _)| value["pattern"].as_str().is_some_and(|text| text.contains("{0,9}"))).collect();
        assert!(ids.len() >= 3 && ids.iter().all(|(_, described)| described.contains("at most 4294967295")), "{ids:?}");
    }
}
