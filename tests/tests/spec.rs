//! What is written down agrees with what is built: the tables of SPEC.md, the schema in the tree.
//!
//! `INCREP_UPDATE=1 cargo test -p increp-tests --test spec` writes both anew.

#![allow(clippy::unwrap_used)] // a test

use std::fs;
use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Holds the file against what it should be, or writes it.
fn assert_file(path: &PathBuf, expected: &str) {
    if std::env::var_os("INCREP_UPDATE").is_some() {
        fs::write(path, expected).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(found == expected, "{} is not up to date: INCREP_UPDATE=1 cargo test -p increp-tests --test spec", path.display());
}

/// `text` with what stands between the marks of `name` replaced.
fn between(text: &str, name: &str, new: &str) -> String {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("SPEC.md has no {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("SPEC.md has no {end}"));
    format!("{before}{begin}\n{new}\n{end}{after}")
}

#[test]
fn the_tables_of_the_spec_are_those_of_the_model() {
    let path = root().join("SPEC.md");
    let text = fs::read_to_string(&path).unwrap();
    let text = between(&text, "records", increp_tests::spec::records().trim_end());
    let text = between(&text, "codes", increp_tests::spec::codes().trim_end());
    assert_file(&path, &text);
}

#[test]
fn the_schema_in_the_tree_is_that_of_the_model() {
    let schema = serde_json::to_string_pretty(&increp_cli::command::schema()).unwrap() + "\n";
    assert_file(&root().join("report.schema.json"), &schema);
}

/// Every test that the threat model names is there, and every test of `threats.rs` is named.
#[test]
fn every_line_of_the_threat_model_has_its_tests() {
    let text = fs::read_to_string(root().join("SPEC.md")).unwrap();
    let (_, rest) = text.split_once("\n| who | can | cannot | held by |\n|---|---|---|---|\n").expect("the table of threats");
    let (table, _) = rest.split_once("\n\n").unwrap();
    // A test target: a file, or a folder of them; with its folder where that is another one.
    let source = |target: &str| {
        let path = if target.contains('/') { root().join(target) } else { root().join("tests/tests").join(target) };
        let files = fs::read_dir(&path).map_or_else(|_| vec![path], |files| files.map(|file| file.unwrap().path()).collect());
        files.iter().map(|file| fs::read_to_string(file).unwrap_or_else(|_| panic!("no {target}"))).collect::<String>()
    };
    // Also those of proptest, which have arguments.
    let is_test = |source: &str, name: &str| source.contains(&format!("fn {name}("));
    let mut named = Vec::new();
    for line in table.lines() {
        let held = line.trim_end_matches(" |").rsplit_once(" | ").unwrap().1;
        for one in held.split(", ") {
            let (name, file) = one.split_once(" (").map_or((one, "threats.rs"), |(name, file)| (name, file.trim_end_matches(')')));
            let name = name.trim_matches('`');
            assert!(is_test(&source(file), name), "SPEC.md 4.11 names {name} in {file}, and it is not there");
            named.push(name.to_owned());
        }
    }
    assert!(named.len() >= 20, "{named:?}");
    let threats = source("threats.rs");
    for part in threats.split("#[test]\nfn ").skip(1) {
        let name = part.split('(').next().unwrap();
        assert!(named.iter().any(|one| one == name), "{name} holds no line of SPEC.md 4.11");
    }
}
