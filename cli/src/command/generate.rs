//! `increp completions` and `increp man`: from the same definitions as the arguments.

use std::fs;
use std::io::Write as _;

use anyhow::{Context as _, Result};
use clap::CommandFactory as _;

use crate::args::{Arguments, Completions, Man};
use crate::exit::Exit;
use crate::files::standard_output;

pub(super) fn completions(arguments: &Completions) -> Result<Exit> {
    // Into memory first: the generator takes any failing write, such as a closed pipe, for a bug.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "increp", &mut script);
    standard_output().write_all(&script)?;
    Ok(Exit::Success)
}

pub(super) fn man(arguments: &Man) -> Result<Exit> {
    let mut command = Arguments::command();
    command.build();
    if let Some(folder) = &arguments.folder {
        fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
        clap_mangen::generate_to(command, folder).with_context(|| format!("{}: cannot be written", folder.display()))?;
    } else {
        clap_mangen::Man::new(command).render(&mut standard_output())?;
    }
    Ok(Exit::Success)
}
