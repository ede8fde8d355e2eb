//! Where the memory of each board lies, and what the self-test expects: the bytes that this crate makes on the host of the
//! same report, and the vectors.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use increp::wire::packed::{self, GENERAL_16, Known, Profile};

#[path = "src/incident.rs"]
mod incident;
#[path = "src/sensor.rs"]
mod sensor;

const VECTORS: &str = "../tests/vectors";

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    let target = env::var("TARGET")?;
    fs::write(out.join("memory.x"), memory(&target))?;
    println!("cargo:rustc-link-search={}", out.display());
    if target.starts_with("riscv") {
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    for argument in ["--nmagic", "-Tlink.x", "-Tdefmt.x"] {
        println!("cargo:rustc-link-arg-bins={argument}");
    }
    fs::write(out.join("expected.rs"), expected(out)?)?;
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed={VECTORS}");
    Ok(())
}

/// The linker script with the memory of the board that QEMU plays.
fn memory(target: &str) -> String {
    let (flash, flash_length, ram, ram_length) = match target {
        // micro:bit: Cortex-M0
        "thumbv6m-none-eabi" => (0, "256K", 0x2000_0000, "16K"),
        // LM3S6965: Cortex-M3
        "thumbv7m-none-eabi" => (0, "256K", 0x2000_0000, "64K"),
        // MPS2 AN386: Cortex-M4F
        "thumbv7em-none-eabihf" => (0, "4M", 0x2000_0000, "64K"),
        // ESP32-C3, as its engineers' own package would say it: built, not run
        _ => (0x4200_0000, "4M", 0x3fc8_0000, "320K"),
    };
    let mut script = format!(
        "MEMORY {{\n  FLASH : ORIGIN = {flash:#x}, LENGTH = {flash_length}\n  RAM : ORIGIN = {ram:#x}, LENGTH = {ram_length}\n}}\n"
    );
    if target.starts_with("riscv") {
        for (region, memory) in
            [("TEXT", "FLASH"), ("RODATA", "FLASH"), ("DATA", "RAM"), ("BSS", "RAM"), ("HEAP", "RAM"), ("STACK", "RAM")]
        {
            script += &format!("REGION_ALIAS(\"REGION_{region}\", {memory});\n");
        }
    }
    script
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
    let vectors = fs::read_to_string(Path::new(VECTORS).join("packed-v1/vectors.json"))?;
    let mut many = 0;
    for line in vectors.lines() {
        let Some(name) = between(line, "{\"name\":\"", "-general-16\",\"profile\":\"general-16.profile\",\"known\":null,") else {
            continue;
        };
        let Ok(postcard) = fs::read_to_string(Path::new(VECTORS).join(format!("v1/story-{name}.hex"))) else { continue };
        let packed = between(line, "\"hex\":\"", "\"").ok_or("a vector without bytes")?;
        let (postcard, packed) = (bytes(postcard.trim())?, bytes(packed)?);
        writeln!(source, "Vector {{ name: {name:?}, postcard: &{postcard:?}, packed: &{packed:?} }},")?;
        if name == "clinic-attack" {
            fs::write(out.join("received"), packed)?;
        }
        many += 1;
    }
    if many < 20 {
        return Err(format!("only {many} vectors of stories").into());
    }
    writeln!(source, "];")?;
    Ok(source)
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let byte = |at| hex.get(at..at + 2).map(|pair| u8::from_str_radix(pair, 16)).ok_or("half a byte");
    (0..hex.len()).step_by(2).map(|at| Ok(byte(at)??)).collect()
}
