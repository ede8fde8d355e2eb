//! Where the memory of each board lies, and what the self-test expects: the bytes that this crate makes on the host of the
//! same report, and the vectors.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use increp::wire::packed::{self, GENERAL_16, Known, Profile};

#[path = "build/memory.rs"]
mod memory;
#[path = "build/vectors.rs"]
mod vectors;

use memory::link;
use vectors::{Vector, vectors};

// What the firmware is made of, on the host.
#[path = "src/incident.rs"]
mod incident;
#[path = "src/sensor.rs"]
mod sensor;

const VECTORS: &str = "../tests/vectors";

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    link(&env::var("TARGET")?, out)?;
    println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
    fs::write(out.join("expected.rs"), expected(out)?)?;
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=src");
    Ok(())
}

/// What the self-test expects, as source code.
fn expected(out: &Path) -> Result<String, Box<dyn Error>> {
    let report = incident::report(&sensor::listen(), &sensor::buttons());
    let profile = Profile::new(GENERAL_16).map_err(|error| error.to_string())?;
    let mut buffer = [0; increp::MAX_LEN];
    let mut host = increp::encode(&report, &mut buffer)?.to_vec();
    if env::var_os("CARGO_FEATURE_BROKEN").is_some() {
        *host.last_mut().ok_or("no bytes")? ^= 1;
    }
    let mut source = String::new();
    writeln!(source, "/// What the host makes of the sensor's report, postcard.\nconst HOST_POSTCARD: &[u8] = &{host:?};")?;
    let host = packed::encode(&report, &profile, &Known::default(), &mut buffer)?;
    writeln!(source, "/// What the host makes of the sensor's report, packed.\nconst HOST_PACKED: &[u8] = &{host:?};")?;
    writeln!(source, "/// The reports that are in both lists of vectors.\nconst VECTORS: &[Vector] = &[")?;
    for Vector { name, postcard, packed } in vectors(Path::new(VECTORS))? {
        writeln!(source, "Vector {{ name: {name:?}, postcard: &{postcard:?}, packed: &{packed:?} }},")?;
        if name == "clinic-attack" {
            fs::write(out.join("received"), packed)?;
        }
    }
    writeln!(source, "];")?;
    Ok(source)
}
