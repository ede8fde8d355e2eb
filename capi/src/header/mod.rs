//! Makes `include/increp.h`: a head in prose, the prototypes out of the Rust functions (cbindgen), the code lists and an
//! inline function for each field out of the description of the model. The test fails where the file is another.

mod codes;
mod copy;
mod fields;
mod model;

use std::path::PathBuf;

use crate::memory;

/// Writes the files where the tests find them different.
const WRITE: &str = "INCREP_WRITE_HEADER";

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn assert_file(name: &str, content: &str) {
    let path = path(name);
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, content).expect("a file that can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let line = content.lines().zip(found.lines()).position(|(one, other)| one != other);
    assert!(
        found == content,
        "{name} is not up to date from line {}: {WRITE}=1 cargo test writes it",
        line.map_or(0, |line| line + 1)
    );
}

#[test]
fn the_header_is_what_the_library_is() {
    assert_file("include/increp.h", &header());
}

#[test]
fn the_copying_test_has_every_field() {
    assert_file("tests/copy.h", &copy::all());
}

fn header() -> String {
    let mut config = cbindgen::Config {
        language: cbindgen::Language::C,
        // cbindgen's own guard would leave out the trailer.
        header: Some(format!("{}\n\n#ifndef INCREP_H\n#define INCREP_H", include_str!("head.h").trim_end())),
        no_includes: true,
        cpp_compat: true,
        after_includes: Some(before()),
        trailer: Some(format!(
            "#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n{}\n#ifdef __cplusplus\n}}\n#endif\n\n#endif // INCREP_H",
            fields::all()
        )),
        style: cbindgen::Style::Type,
        usize_is_size_t: true,
        tab_width: 4,
        documentation_style: cbindgen::DocumentationStyle::C99,
        line_length: 120,
        ..cbindgen::Config::default()
    };
    let names = [
        ("ReportMemory", "increp_report"),
        ("ProfileMemory", "increp_profile"),
        ("Bytes", "increp_text"),
        ("Known", "increp_known"),
        ("Error", "increp_error"),
        ("Path", "increp_path"),
        ("Code", "increp_code"),
        ("Reported", "increp_reported"),
        ("StoreMemory", "increp_store"),
        ("BatchWriterMemory", "increp_batch_writer"),
        ("BatchReaderMemory", "increp_batch_reader"),
        ("Flash", "increp_flash"),
        ("Record", "increp_record"),
        ("Status", "increp_store_status"),
        ("Mark", "increp_mark"),
        ("WhenFull", "increp_when_full"),
    ];
    config.export.rename = names.iter().map(|(rust, c)| ((*rust).into(), (*c).into())).collect();
    // Enums have no fixed size in C: these are written out, with a member that makes them 32 bits everywhere.
    config.export.exclude = ["Code", "Reported", "Mark", "WhenFull"].map(Into::into).into();
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in ["src/error.rs", "src/memory.rs", "src/report.rs", "src/wire.rs", "src/batch.rs", "src/flash.rs", "src/store.rs"]
    {
        builder = builder.with_src(path(source));
    }
    let mut text = Vec::new();
    builder.generate().expect("bindings").write(&mut text);
    let text = String::from_utf8(text).expect("UTF-8");
    // That is for Rust; C finds it at the head.
    text.replace("//\n// # Safety\n// See the head of the header.\n", "")
}

/// What stands before the prototypes.
fn before() -> String {
    let (report_32, report_64) = (memory::REPORT_WORDS_32, memory::REPORT_WORDS_64);
    let (batch_32, batch_64) = (memory::BATCH_WORDS_32, memory::BATCH_WORDS_64);
    let (profile, store) = (memory::INCREP_PROFILE_WORDS, memory::INCREP_STORE_WORDS);
    format!(
        "#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// An encoded report never has more bytes.
#define INCREP_MAX_LEN {max_len}
// All texts of a report together never have more bytes.
#define INCREP_MAX_TEXT {max_text}

// Sizes in words of 8 bytes. A report takes {report_32_bytes} bytes where pointers have 32 bits, {report_64_bytes} where they have 64;
// what reads or writes a batch takes {batch_32_bytes} and {batch_64_bytes}.
#if UINTPTR_MAX > 0xffffffffu
#define INCREP_REPORT_WORDS {report_64}
#define INCREP_BATCH_WORDS {batch_64}
#else
#define INCREP_REPORT_WORDS {report_32}
#define INCREP_BATCH_WORDS {batch_32}
#endif
// A profile takes {profile_bytes} bytes, a store {store_bytes}.
#define INCREP_PROFILE_WORDS {profile}
#define INCREP_STORE_WORDS {store}

// increp_known.knows, added up.
#define INCREP_KNOWS_ID {id}u
#define INCREP_KNOWS_SENT {sent}u
#define INCREP_KNOWS_POINT {point}u
#define INCREP_KNOWS_PROFILE {known_profile}u

{codes}",
        max_len = increp::MAX_LEN,
        max_text = increp::model::bounds::ALL_TEXT.max,
        report_32_bytes = report_32 * 8,
        report_64_bytes = report_64 * 8,
        batch_32_bytes = batch_32 * 8,
        batch_64_bytes = batch_64 * 8,
        profile_bytes = profile * 8,
        store_bytes = store * 8,
        id = memory::KNOWS_ID,
        sent = memory::KNOWS_SENT,
        point = memory::KNOWS_POINT,
        known_profile = memory::KNOWS_PROFILE,
        codes = codes::fixed(),
    )
}
