//! An inline function for each field and what may be done with it.

use std::fmt::Write as _;

use increp::model::describe::{Field, Shape};

use super::codes;
use super::model::{Entry, c_type, comment, doc, may_be_unknown, may_be_unreported, record, records, snake, upper};

/// The code lists, the records and the functions of their fields.
pub(super) fn all() -> String {
    let mut text = format!("// ---- The code lists.\n\n{}", codes::lists());
    text += "// ---- The records: each the way to one of its kind, wherever in a report that stands.\n\n";
    let records = records();
    for Entry { record, .. } in &records {
        if record.name != "Report" {
            writeln!(text, "typedef struct increp_{0} {{ increp_path path; }} increp_{0};", snake(record.name)).expect("a string");
        }
    }
    text += "
// The way to an item of a list. An index beyond every list is refused when it is used.
static inline increp_path increp_item(increp_path list, uint8_t index)
{ return list << 8 | 0x80 | (increp_path)(index < 0x7f ? index : 0x7f); }

// A text that ends with a NUL.
static inline increp_text increp_string(const char *string)
{
    increp_text text = { (const uint8_t *)string, 0 };
    while (string && string[text.length] != 0) text.length++;
    return text;
}

";
    for entry in &records {
        text += &functions(entry);
    }
    text
}

/// A record's part of each function.
struct Of {
    /// `increp_count`
    name: String,
    /// `, increp_count way`
    at: String,
    /// `way.path << 8 | `
    path: String,
}

fn functions(entry: &Entry) -> String {
    let record = entry.record;
    let name = format!("increp_{}", snake(record.name));
    let mut text = comment(&format!("---- {}: {}", record.name, record.doc)) + "\n";
    let of = if record.name == "Report" {
        Of { name, at: String::new(), path: String::new() }
    } else {
        Of { at: format!(", {name} way"), name, path: "way.path << 8 | ".into() }
    };
    if entry.whole {
        text += &whole(&of, record.fields);
    }
    for (step, field) in (1..).zip(record.fields) {
        text += &doc(field);
        if let Shape::OneOf { name, variants } = field.shape.inner() {
            text += &choice(&of, field, step, name, variants);
        } else {
            let settable = !entry.whole || may_be_unreported(field.shape);
            text += &one(&of, field, &format!("{}{step}", of.path), settable);
        }
        text.push('\n');
    }
    text
}

/// All fields of a record that are always there, in one call.
fn whole(of: &Of, fields: &[Field]) -> String {
    let name = &of.name;
    let always = || (1..).zip(fields).filter(|(_, field)| !may_be_unreported(field.shape));
    let mut text = format!("static inline increp_code {name}_set(increp_report *report{}", of.at);
    for (_, field) in always() {
        write!(text, ", {} {}", c_type(field.shape).expect("a single value"), field.name).expect("a string");
    }
    text += ")\n{\n    increp_code code = INCREP_OK;\n";
    for (step, field) in always() {
        writeln!(text, "    if (code == INCREP_OK) code = increp_set_number(report, {}{step}, (int64_t){});", of.path, field.name)
            .expect("a string");
    }
    text + "    return code;\n}\n\n"
}

/// The functions of a field.
fn one(of: &Of, field: &Field, path: &str, settable: bool) -> String {
    let (Of { name, at, .. }, member) = (of, field.name);
    let plain_at = at.trim_start_matches(", ");
    let report = format!("increp_report *report{at}");
    let mut text = String::new();
    if let Shape::List { of: item, .. } | Shape::Map { of: item, .. } = field.shape {
        let kind = snake(record(item.inner()).expect("a list of records").name);
        let arguments = if at.is_empty() { "uint8_t index".into() } else { format!("{plain_at}, uint8_t index") };
        write!(
            text,
            "static inline increp_{kind} {name}_{member}({arguments})
{{ increp_{kind} item = {{ increp_item({path}, index) }}; return item; }}
static inline size_t {name}_{member}_length(const {report})
{{ return increp_length(report, {path}); }}
"
        )
        .expect("a string");
    } else if let Some(inner) = record(field.shape.inner()) {
        let kind = snake(inner.name);
        let arguments = if at.is_empty() { "void" } else { plain_at };
        writeln!(
            text,
            "static inline increp_{kind} {name}_{member}({arguments})\n{{ increp_{kind} field = {{ {path} }}; return field; }}"
        )
        .expect("a string");
        if may_be_unreported(field.shape) {
            write!(
                text,
                "static inline increp_reported {name}_has_{member}(const {report})
{{ return increp_get(report, {path}); }}
static inline increp_code {name}_make_{member}({report})
{{ return increp_make(report, {path}); }}
"
            )
            .expect("a string");
        }
    } else {
        text += &single(of, field, path, settable);
    }
    if may_be_unknown(field.shape) {
        writeln!(
            text,
            "static inline increp_code {name}_set_{member}_unknown({report})\n{{ return increp_set_unknown(report, {path}); }}"
        )
        .expect("a string");
    }
    if may_be_unreported(field.shape) || matches!(field.shape, Shape::List { .. } | Shape::Map { .. }) {
        writeln!(text, "static inline increp_code {name}_clear_{member}({report})\n{{ return increp_clear(report, {path}); }}")
            .expect("a string");
    }
    text
}

/// Setter and getter of a single value.
fn single(Of { name, at, .. }: &Of, field: &Field, path: &str, settable: bool) -> String {
    let member = field.name;
    let kind = c_type(field.shape).unwrap_or_else(|| panic!("{}: a single value", field.name));
    let (method, cast) = match field.shape.inner() {
        Shape::Text | Shape::Person => ("text", ""),
        Shape::Digest => ("digest", ""),
        _ => ("number", "(int64_t)"),
    };
    let space = if kind.ends_with('*') { "" } else { " " };
    let mut text = String::new();
    if settable {
        text += &format!(
            "static inline increp_code {name}_set_{member}(increp_report *report{at}, {kind}{space}value)
{{ return increp_set_{method}(report, {path}, {cast}value); }}
"
        );
    }
    let get = match field.shape.inner() {
        Shape::Code(_) | Shape::Flag => {
            let zero = if kind == "bool" { "value != 0" } else { &format!("({kind})value") };
            format!(
                "static inline {kind} {name}_get_{member}(const increp_report *report{at})
{{ int64_t value = 0; increp_get_number(report, {path}, &value); return {zero}; }}
"
            )
        }
        Shape::Text | Shape::Person => format!(
            "static inline increp_reported {name}_get_{member}(const increp_report *report{at}, increp_text *value)
{{ return increp_get_text(report, {path}, value); }}
"
        ),
        Shape::Digest => format!(
            "static inline increp_reported {name}_get_{member}(const increp_report *report{at}, uint8_t *value)
{{ return increp_get_digest(report, {path}, value); }}
"
        ),
        _ if kind == "int64_t" => format!(
            "static inline increp_reported {name}_get_{member}(const increp_report *report{at}, int64_t *value)
{{ return increp_get_number(report, {path}, value); }}
"
        ),
        _ => format!(
            "static inline increp_reported {name}_get_{member}(const increp_report *report{at}, {kind} *value)
{{
    int64_t number;
    increp_reported reported = increp_get_number(report, {path}, &number);
    if (reported == INCREP_KNOWN) *value = ({kind})number;
    return reported;
}}
"
        ),
    };
    text + &get
}

/// Which variant a choice is, and the functions of each.
fn choice(of: &Of, field: &Field, step: usize, choice: &str, variants: &[Field]) -> String {
    let (Of { name, at, path }, member) = (of, field.name);
    let (kind, prefix) = (snake(choice), upper(choice));
    let mut text = format!("typedef enum increp_{kind} {{\n    INCREP_{prefix}_NOTHING = 0,\n");
    for (number, variant) in (1..).zip(variants) {
        writeln!(text, "    INCREP_{prefix}_{} = {number},", variant.name.to_uppercase()).expect("a string");
    }
    write!(
        text,
        "    INCREP_{prefix}_LARGEST = 255
}} increp_{kind};
static inline increp_{kind} {name}_get_{member}(const increp_report *report{at})
{{ int64_t value = 0; increp_get_number(report, {path}{step}, &value); return (increp_{kind})value; }}
static inline increp_code {name}_make_{member}(increp_report *report{at}, increp_{kind} value)
{{ return increp_set_number(report, {path}{step}, (int64_t)value); }}
static inline increp_code {name}_clear_{member}(increp_report *report{at})
{{ return increp_clear(report, {path}{step}); }}
"
    )
    .expect("a string");
    for (number, variant) in (1..).zip(variants) {
        text += &doc(variant);
        let path = path.replace("<< 8 | ", &format!("<< 16 | {step} << 8 | {number}"));
        text += &one(of, variant, &path, true);
    }
    text
}
