//! Every vector that was ever released, decoded and encoded again; and every field, code and error has one.
//!
//! `INCREP_ADD_VECTORS=1 cargo test -p increp-tests --test vectors` adds those of `new_vectors` that are not there yet.

#![allow(clippy::unwrap_used)] // a test

mod new_vectors;

use std::collections::BTreeSet;
use std::fs;

use increp::model::describe::Shape;
use increp::model::{CODE_LISTS, report_shape};
use increp_tests::vectors::{Vectors, encoded, folder, hex, load, refusal, store};
use serde_json::Value;

fn vectors() -> Vectors {
    static ADD: std::sync::Once = std::sync::Once::new();
    ADD.call_once(|| {
        if std::env::var_os("INCREP_ADD_VECTORS").is_some() {
            let mut vectors = load(1);
            let names: BTreeSet<String> = vectors.accepted.iter().map(|it| it.name.clone()).collect();
            vectors.accepted.extend(new_vectors::accepted().into_iter().filter(|it| !names.contains(&it.name)));
            let names: BTreeSet<String> = vectors.rejected.iter().map(|it| it.name.clone()).collect();
            vectors.rejected.extend(new_vectors::rejected().into_iter().filter(|it| !names.contains(&it.name)));
            store(1, &vectors);
        }
    });
    load(1)
}

#[test]
fn every_report_decodes_from_its_bytes_and_encodes_to_them() {
    let vectors = vectors();
    assert!(vectors.accepted.len() >= 60, "{} vectors", vectors.accepted.len());
    for it in &vectors.accepted {
        let report = increp::decode(&it.bytes).unwrap_or_else(|error| panic!("{}: {error}", it.name));
        assert_eq!(serde_json::to_string(&report).unwrap(), it.json.to_string(), "{}", it.name);
        assert_eq!(hex(&encoded(&it.json)), hex(&it.bytes), "{}", it.name);
    }
}

#[test]
fn all_that_must_be_refused_is_refused_for_its_reason() {
    for it in &vectors().rejected {
        assert_eq!(refusal(&it.bytes), Some((it.error.clone(), it.path.clone(), it.offset)), "{}", it.name);
    }
}

#[test]
fn the_pairs_of_files_are_those_of_the_one_file() {
    let vectors = vectors();
    for it in &vectors.accepted {
        let read = |ending: &str| fs::read_to_string(folder(1).join(format!("{}.{ending}", it.name))).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&read("json")).unwrap(), it.json, "{}", it.name);
        assert_eq!(read("hex").trim_end(), hex(&it.bytes), "{}", it.name);
    }
    let files = fs::read_dir(folder(1)).unwrap().count();
    assert_eq!(files, 2 * vectors.accepted.len() + 1, "a pair of files for each report, and vectors.json");
}

#[test]
fn the_readme_counts_them() {
    let vectors = vectors();
    let readme = fs::read_to_string(folder(1).join("../../../README.md")).unwrap();
    let counts = format!("{} reports with their bytes and {} that must be", vectors.accepted.len(), vectors.rejected.len());
    assert!(readme.contains(&counts), "README.md should say: {counts}");
}

#[test]
fn every_field_has_a_vector() {
    let mut seen = BTreeSet::new();
    vectors().accepted.iter().for_each(|it| touched(report_shape(), &it.json, "", &mut seen));
    let mut all = BTreeSet::new();
    fields(report_shape(), "", &mut all);
    assert_eq!(all.difference(&seen).collect::<Vec<_>>(), Vec::<&String>::new(), "fields without a vector");
}

#[test]
fn every_code_has_a_vector() {
    let reports: Vec<String> = vectors().accepted.iter().map(|it| it.json.to_string()).collect();
    let has = |slug: &str| reports.iter().any(|report| report.contains(&format!("\"{slug}\"")));
    // The form of a date is the length of its string; the fields test sees to dates.
    let lists = CODE_LISTS.iter().filter(|list| list.name != "DateForm");
    let missing: Vec<String> = lists
        .flat_map(|list| list.codes.iter().map(move |(_, slug)| (list.name, *slug)))
        .filter(|(_, slug)| !has(slug))
        .map(|(list, slug)| format!("{list} {slug}"))
        .collect();
    assert_eq!(missing, Vec::<String>::new(), "codes without a vector");
}

#[test]
fn every_error_of_a_decoder_has_a_vector() {
    let mut seen: BTreeSet<String> = vectors().rejected.into_iter().map(|it| it.error).collect();
    // Packed has vectors of its own.
    let packed: Value = serde_json::from_str(&fs::read_to_string(folder(1).join("../packed-v6/vectors.json")).unwrap()).unwrap();
    seen.extend(packed["rejected"].as_array().unwrap().iter().map(|it| it["error"].as_str().unwrap().to_owned()));
    // SPEC.md lists them: sections 1.4 and 3.3.
    let spec = fs::read_to_string(folder(1).join("../../../SPEC.md")).unwrap();
    let section = |from: &str, to: &str| spec.split_once(from).unwrap().1.split_once(to).unwrap().0.to_owned();
    let tables = section("### 1.4", "## 2") + &section("### 3.3", "### 3.4");
    let named = tables.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name.to_owned()));
    let missing: Vec<String> = named.filter(|name| !seen.contains(name)).collect();
    assert_eq!(missing, Vec::<String>::new(), "errors without a vector");
}

/// The paths of all fields, "[]" for items.
fn fields(shape: &'static Shape, path: &str, all: &mut BTreeSet<String>) {
    let mut each = |list: &'static [increp::model::describe::Field]| {
        for field in list {
            let at = if field.shape.is_flat() { path.to_owned() } else { format!("{path}.{}", field.name) };
            all.insert(at.clone());
            fields(field.shape, &at, all);
        }
    };
    match shape.inner() {
        Shape::Record(record) => each(record.fields),
        Shape::Time(record) => each(&record.fields[..3]),
        Shape::OneOf { variants, .. } => each(variants),
        Shape::List { of, .. } => fields(of, &format!("{path}[]"), all),
        _ => {}
    }
}

/// The paths of fields that a report has.
fn touched(shape: &'static Shape, json: &Value, path: &str, seen: &mut BTreeSet<String>) {
    let mut each = |list: &'static [increp::model::describe::Field]| {
        for field in list {
            if field.shape.is_flat() {
                seen.insert(path.to_owned());
                touched(field.shape, json, path, seen);
            } else if let Some(value) = json.get(field.name) {
                let at = format!("{path}.{}", field.name);
                seen.insert(at.clone());
                touched(field.shape, value, &at, seen);
            }
        }
    };
    match shape.inner() {
        Shape::Record(record) | Shape::Time(record) => each(record.fields),
        Shape::OneOf { variants, .. } => each(variants),
        Shape::List { of, .. } => json.as_array().unwrap().iter().for_each(|item| touched(of, item, &format!("{path}[]"), seen)),
        _ => {}
    }
}
