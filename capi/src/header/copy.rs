//! A test in C that copies a report field by field, through the functions of the header: each is used, and none may be
//! missing.

use std::fmt::Write as _;

use increp::model::describe::{Field, Shape};

use super::model::{Entry, may_be_unknown, may_be_unreported, record, records, snake, upper};

pub(super) fn all() -> String {
    let mut text = String::from(
        "// Copies a report through the functions of increp.h, every field of every record. Written by capi/src/header/copy.rs.\n\n",
    );
    let records = records();
    // The report comes first in the header; here, what a record holds comes before it.
    for Entry { record, .. } in &records {
        if record.name != "Report" {
            writeln!(
                text,
                "static void copy_{0}(increp_report *to, const increp_report *from, increp_{0} way);",
                snake(record.name)
            )
            .expect("a string");
        }
    }
    for entry in &records {
        text += &function(entry);
    }
    text
}

fn function(entry: &Entry) -> String {
    let name = snake(entry.record.name);
    let report = entry.record.name == "Report";
    let at = if report { "" } else { ", way" };
    let mut text = if report {
        "\nstatic void copy_report(increp_report *to, const increp_report *from)\n{\n".into()
    } else {
        format!("\nstatic void copy_{name}(increp_report *to, const increp_report *from, increp_{name} way)\n{{\n")
    };
    if entry.whole {
        text += &whole(&name, at, entry.record.fields);
    }
    for field in entry.record.fields {
        if entry.whole && !may_be_unreported(field.shape) {
            continue;
        }
        if let Shape::OneOf { name: choice, variants } = field.shape.inner() {
            writeln!(text, "    switch (increp_{name}_get_{}(from{at})) {{", field.name).expect("a string");
            for variant in *variants {
                writeln!(text, "    case INCREP_{}_{}:", upper(choice), variant.name.to_uppercase()).expect("a string");
                writeln!(
                    text,
                    "        increp_{name}_make_{}(to{at}, INCREP_{}_{});",
                    field.name,
                    upper(choice),
                    variant.name.to_uppercase()
                )
                .expect("a string");
                text += &one(&name, at, variant).replace("    ", "        ");
                text += "        break;\n";
            }
            text += "    default: break;\n    }\n";
        } else {
            text += &one(&name, at, field);
        }
    }
    text + "}\n"
}

/// Values that are always there, set in one call.
fn whole(name: &str, at: &str, fields: &[Field]) -> String {
    let (mut text, mut call) = (String::new(), format!("    increp_{name}_set(to{at}"));
    for field in fields.iter().filter(|field| !may_be_unreported(field.shape)) {
        let (member, shape) = (field.name, field.shape);
        match shape {
            Shape::Code(_) => call += &format!(", increp_{name}_get_{member}(from{at})"),
            _ => {
                let kind = super::model::c_type(shape).expect("a single value");
                writeln!(text, "    {kind} {member} = 0; increp_{name}_get_{member}(from{at}, &{member});").expect("a string");
                call += &format!(", {member}");
            }
        }
    }
    text + &call + ");\n"
}

fn one(name: &str, at: &str, field: &Field) -> String {
    let (member, shape) = (field.name, field.shape);
    let first = at.trim_start_matches(", ");
    let mut text = String::new();
    if let Shape::List { of, .. } | Shape::Map { of, .. } = shape {
        let kind = snake(record(of.inner()).expect("a record").name);
        let index = if first.is_empty() { "index".into() } else { format!("{first}, index") };
        write!(
            text,
            "    for (uint8_t index = 0; index < increp_{name}_{member}_length(from{at}); index++) {{
        increp_make(to, increp_{name}_{member}({index}).path);
        copy_{kind}(to, from, increp_{name}_{member}({index}));
    }}
"
        )
        .expect("a string");
    } else if let Some(inner) = record(shape.inner()) {
        let copy = format!("copy_{}(to, from, increp_{name}_{member}({first}));", snake(inner.name));
        if may_be_unreported(shape) {
            writeln!(
                text,
                "    if (increp_{name}_has_{member}(from{at}) == INCREP_KNOWN) {{ increp_{name}_make_{member}(to{at}); {copy} }}"
            )
            .expect("a string");
        } else {
            writeln!(text, "    {copy}").expect("a string");
        }
        if may_be_unknown(shape) {
            writeln!(
                text,
                "    if (increp_{name}_has_{member}(from{at}) == INCREP_UNKNOWN) increp_{name}_set_{member}_unknown(to{at});"
            )
            .expect("a string");
        }
    } else {
        match shape.inner() {
            Shape::Code(_) | Shape::Flag => {
                writeln!(text, "    increp_{name}_set_{member}(to{at}, increp_{name}_get_{member}(from{at}));").expect("a string");
            }
            _ => {
                let declare = match shape.inner() {
                    Shape::Digest => "uint8_t value[32];".into(),
                    other => format!("{} value;", super::model::c_type(other).expect("a single value")),
                };
                let out = if matches!(shape.inner(), Shape::Digest) { "value" } else { "&value" };
                text += "    {\n";
                writeln!(text, "        {declare}").expect("a string");
                writeln!(text, "        increp_reported reported = increp_{name}_get_{member}(from{at}, {out});")
                    .expect("a string");
                writeln!(text, "        if (reported == INCREP_KNOWN) increp_{name}_set_{member}(to{at}, value);")
                    .expect("a string");
                if may_be_unknown(shape) {
                    writeln!(text, "        if (reported == INCREP_UNKNOWN) increp_{name}_set_{member}_unknown(to{at});")
                        .expect("a string");
                }
                text += "    }\n";
            }
        }
    }
    text
}
