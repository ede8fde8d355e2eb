//! `increp profile export`: a profile as source code, to be linked into firmware.

use std::io::{self, Write};

use anyhow::Result;

use crate::args::ProfileExport;
use crate::exit::Exit;
use crate::files::{Content, Output};
use crate::profiles::{Named, id};

pub(super) fn run(arguments: &ProfileExport) -> Result<Exit> {
    let named = Named::open(&arguments.profile)?;
    if named.blob.is_empty() {
        say!("increp: the profile {} has no bytes: the library calls it Profile::EMPTY", named.name);
        return Ok(Exit::Findings);
    }
    let mut output = Output::open(&arguments.output, Content::Text)?;
    if arguments.c {
        c(&named, arguments.name.as_deref().unwrap_or("increp_profile"), &mut output)?;
    } else {
        rust(&named, arguments.name.as_deref().unwrap_or("PROFILE"), &mut output)?;
    }
    output.finish()?;
    Ok(Exit::Success)
}

/// Bytes on a line.
const WIDTH: usize = 20;

fn rust(named: &Named, name: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "// Made by `increp profile export --rust`; do not edit.\n")?;
    writeln!(out, "/// The increp profile {}.", id(&named.profile))?;
    writeln!(out, "#[rustfmt::skip]")?;
    writeln!(out, "#[allow(non_upper_case_globals)]")?;
    writeln!(out, "pub static {name}: [u8; {}] = [", named.blob.len())?;
    bytes(named.blob, out)?;
    writeln!(out, "];")
}

fn c(named: &Named, name: &str, out: &mut impl Write) -> io::Result<()> {
    let many = named.blob.len();
    writeln!(out, "/* Made by `increp profile export --c`; do not edit.")?;
    writeln!(out, " * The increp profile {}. */\n", id(&named.profile))?;
    // Declared before it is defined: some compilers are asked to warn of what is not, and in C++ it would be local.
    writeln!(out, "#ifdef __cplusplus\nextern \"C\"\n#else\nextern\n#endif\nconst unsigned char {name}[{many}];\n")?;
    writeln!(out, "#if defined(__cplusplus) && __cplusplus >= 201103L\nalignas(4)")?;
    writeln!(out, "#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L\n_Alignas(4)")?;
    writeln!(out, "#elif defined(__GNUC__)\n__attribute__((aligned(4)))\n#endif")?;
    writeln!(out, "const unsigned char {name}[{many}] = {{")?;
    bytes(named.blob, out)?;
    writeln!(out, "}};")
}

fn bytes(blob: &[u8], out: &mut impl Write) -> io::Result<()> {
    for line in blob.chunks(WIDTH) {
        let line: Vec<String> = line.iter().map(|byte| format!("{byte},")).collect();
        writeln!(out, "    {}", line.join(" "))?;
    }
    Ok(())
}
