//! The vectors of `tests/vectors/`: reports with their bytes, and bytes that must be refused. They are never changed, only
//! added to.

use std::fs;
use std::path::{Path, PathBuf};

use increp::MAX_LEN;
use serde_json::{Value, json};

/// A report as JSON with its bytes.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The name of its files.
    pub name: String,
    /// Canonical JSON.
    pub json: Value,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Bytes that a decoder must refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// What is wrong with them.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The kind of the error.
    pub error: String,
    /// The path in the error.
    pub path: String,
    /// The offset in the error.
    pub offset: usize,
}

/// The vectors of a version of the format.
#[derive(Clone, Debug, Default)]
pub struct Vectors {
    /// Reports with their bytes.
    pub accepted: Vec<Accepted>,
    /// Bytes that must be refused.
    pub rejected: Vec<Rejected>,
}

/// The folder of a version.
#[must_use]
pub fn folder(version: u8) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("vectors/v{version}"))
}

/// Reads the vectors of a version from `vectors.json`.
///
/// # Panics
/// If the file is not as SPEC.md says.
#[must_use]
pub fn load(version: u8) -> Vectors {
    let text =
        fs::read_to_string(folder(version).join("vectors.json")).unwrap_or_else(|_| "{\"accepted\":[],\"rejected\":[]}".to_owned());
    let all: Value = serde_json::from_str(&text).expect("vectors.json is JSON");
    let list = |name: &str| all[name].as_array().cloned().expect("vectors.json has both lists");
    let text = |value: &Value, name: &str| value[name].as_str().expect("a member is a text").to_owned();
    Vectors {
        accepted: list("accepted")
            .iter()
            .map(|vector| Accepted { name: text(vector, "name"), json: vector["json"].clone(), bytes: unhex(&text(vector, "hex")) })
            .collect(),
        rejected: list("rejected")
            .iter()
            .map(|vector| Rejected {
                name: text(vector, "name"),
                bytes: unhex(&text(vector, "hex")),
                error: text(vector, "error"),
                path: text(vector, "path"),
                offset: usize::try_from(vector["offset"].as_u64().expect("offset is a number")).expect("offset is small"),
            })
            .collect(),
    }
}

/// Writes the vectors: `vectors.json`, and a pair of files for each report that has none yet.
///
/// # Panics
/// If a file cannot be written.
pub fn store(version: u8, vectors: &Vectors) {
    let folder = folder(version);
    fs::create_dir_all(&folder).expect("the folder can be made");
    let line = |value: Value| format!("  {value}");
    let accepted: Vec<String> =
        vectors.accepted.iter().map(|it| line(json!({ "name": it.name, "json": it.json, "hex": hex(&it.bytes) }))).collect();
    let rejected: Vec<String> = vectors
        .rejected
        .iter()
        .map(|it| line(json!({ "name": it.name, "hex": hex(&it.bytes), "error": it.error, "path": it.path, "offset": it.offset })))
        .collect();
    let text = format!(
        "{{ \"format\": {version},\n \"accepted\": [\n{}\n ],\n \"rejected\": [\n{}\n ] }}\n",
        accepted.join(",\n"),
        rejected.join(",\n")
    );
    fs::write(folder.join("vectors.json"), text).expect("vectors.json can be written");
    for it in &vectors.accepted {
        let (json, bytes) = (folder.join(format!("{}.json", it.name)), folder.join(format!("{}.hex", it.name)));
        if !json.exists() {
            fs::write(json, serde_json::to_string_pretty(&it.json).expect("JSON can be written") + "\n")
                .expect("a vector can be written");
            fs::write(bytes, hex(&it.bytes) + "\n").expect("a vector can be written");
        }
    }
}

/// What the decoder says of bytes: the kind, path and offset of its error.
#[must_use]
pub fn refusal(bytes: &[u8]) -> Option<(String, String, usize)> {
    increp::decode(bytes).err().map(|error| (error.kind.name().to_owned(), error.path.to_string(), error.offset))
}

/// The bytes of a report as JSON.
///
/// # Panics
/// If it is not valid.
#[must_use]
pub fn encoded(json: &Value) -> Vec<u8> {
    let text = json.to_string();
    let arena = bumpalo::Bump::new();
    let report = increp_cli::json::parse(text.as_bytes(), &arena).unwrap_or_else(|problem| panic!("{problem}: {text}"));
    let mut buffer = [0; MAX_LEN];
    increp::encode(&report, &mut buffer).expect("what was parsed is valid").to_vec()
}

/// Bytes as hex digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hex digits as bytes.
///
/// # Panics
/// If they are none.
#[must_use]
pub fn unhex(digits: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex digits");
    (0..digits.len()).step_by(2).map(byte).collect()
}
