//! `increp decode`: bytes to JSON.

use anyhow::Result;

use super::Rejects;
use super::encoded::{Encoded, Form, Found};
use super::unpack::Unpacker;
use crate::args::Decode;
use crate::exit::Exit;
use crate::files::{Content, Output};
use crate::hex::hex;
use crate::json;
use crate::profiles::Profiles;

pub(super) fn run(arguments: &Decode) -> Result<Exit> {
    let profiles = Profiles::open(&arguments.profiles.profile)?;
    let mut unpacker = Unpacker::new(&profiles);
    let mut messages = Encoded::open(arguments.input.as_deref(), Form::of(arguments.raw, arguments.hex), &profiles)?;
    let mut output = Output::open(&arguments.output, Content::Text)?;
    let mut rejects = Rejects::open(arguments.rejects.as_ref())?;
    while let Some(Found { place, bytes, broken }) = messages.next()? {
        let why = unpacker.found(&bytes, broken, &mut |_, report| {
            let written = if arguments.pretty { json::write_pretty(report, &mut output) } else { json::write(report, &mut output) };
            Ok(written?)
        })?;
        if let Some(why) = why {
            rejects.push(&format!("{place}: {why}"), hex(&bytes).as_bytes())?;
        }
    }
    output.finish()?;
    Ok(Exit::findings(rejects.finish()?))
}
