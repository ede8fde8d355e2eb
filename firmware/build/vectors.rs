//! The reports that are in both lists of vectors. Shared by the build scripts here.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// A report in both encodings.
pub struct Vector {
    pub name: String,
    pub postcard: Vec<u8>,
    pub packed: Vec<u8>,
}

/// The stories: each is packed with `general-16`, for a receiver that knows nothing.
pub fn vectors(folder: &Path) -> Result<Vec<Vector>, Box<dyn Error>> {
    let packed: PathBuf = folder.join("packed-v6/vectors.json");
    println!("cargo:rerun-if-changed={}", packed.display());
    let mut vectors = Vec::new();
    for line in fs::read_to_string(packed)?.lines() {
        let start = "-general-16\",\"profile\":\"general-16.profile\",\"known\":null,";
        let Some(name) = between(line, "{\"name\":\"", start) else { continue };
        let Ok(postcard) = fs::read_to_string(folder.join(format!("v1/story-{name}.hex"))) else { continue };
        let packed = between(line, "\"hex\":\"", "\"").ok_or("a vector without bytes")?;
        vectors.push(Vector { name: name.to_owned(), postcard: bytes(postcard.trim())?, packed: bytes(packed)? });
    }
    if vectors.len() < 20 {
        return Err(format!("only {} vectors of stories", vectors.len()).into());
    }
    Ok(vectors)
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let byte = |at| hex.get(at..at + 2).map(|pair| u8::from_str_radix(pair, 16)).ok_or("half a byte");
    (0..hex.len()).step_by(2).map(|at| Ok(byte(at)??)).collect()
}
