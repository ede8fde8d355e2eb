//! Where the memory of each board lies. Shared by the build scripts here.

use std::path::Path;
use std::{fs, io};

/// Writes the linker script and tells cargo to use it; whether the board has RAM for a report by value.
pub fn link(target: &str, out: &Path) -> io::Result<()> {
    fs::write(out.join("memory.x"), memory(target))?;
    println!("cargo:rustc-link-search={}", out.display());
    if target.starts_with("riscv") {
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    for argument in ["--nmagic", "-Tlink.x"] {
        println!("cargo:rustc-link-arg-bins={argument}");
    }
    // A report by value is moved about on the stack, which takes 6 KiB of it.
    println!("cargo:rustc-check-cfg=cfg(large_ram)");
    if !target.starts_with("thumbv6m") {
        println!("cargo:rustc-cfg=large_ram");
    }
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
