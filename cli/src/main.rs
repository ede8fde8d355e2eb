//! `increp`: parse, run, exit.

use std::io;
use std::process::ExitCode;

use clap::Parser;
use increp_cli::args::Arguments;
use increp_cli::exit::Exit;

fn main() -> ExitCode {
    match increp_cli::command::run(Arguments::parse()) {
        Ok(exit) => exit.into(),
        // Whoever read the output has seen enough.
        Err(error) if error.chain().any(is_broken_pipe) => Exit::Success.into(),
        Err(error) => {
            use std::io::Write as _;
            let _ = writeln!(io::stderr(), "{}", increp_cli::shown(format!("increp: {error:#}")));
            let is_link = error.downcast_ref::<increp_cli::link::Unusable>().is_some();
            if is_link { Exit::Link } else { Exit::Files }.into()
        }
    }
}

fn is_broken_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
