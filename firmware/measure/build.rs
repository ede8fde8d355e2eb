//! Where the memory of each board lies.

use std::path::Path;
use std::{env, io};

#[path = "../build/memory.rs"]
mod memory;

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../build");
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    memory::link(&env::var("TARGET").map_err(io::Error::other)?, Path::new(&out))
}
