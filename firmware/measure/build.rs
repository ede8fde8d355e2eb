//! Where the memory of each board lies, and the vectors.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "../build/memory.rs"]
mod memory;
#[path = "../build/vectors.rs"]
mod vectors;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../build");
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    memory::link(&env::var("TARGET")?, out)?;
    let mut source = "const VECTORS: &[Vector] = &[".to_owned();
    for vectors::Vector { name, postcard, packed } in vectors::vectors(Path::new("../../tests/vectors"))? {
        writeln!(source, "// {name}\nVector {{ postcard: &{postcard:?}, packed: &{packed:?} }},")?;
    }
    fs::write(out.join("vectors.rs"), source + "];")?;
    Ok(())
}
