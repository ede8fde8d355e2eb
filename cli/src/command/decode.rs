//! `increp decode`: bytes to JSON.

use anyhow::Result;

use super::Rejects;
use super::encoded::{Encoded, Form};
use super::hex::rejected;
use super::unpack::Unpacker;
use crate::args::Decode;
use crate::exit::Exit;
use crate::files::{Content, Output};
use crate::json;
use crate::profiles::Profiles;

pub(super) fn run(arguments: &Decode) -> Result<Exit> {
    let profiles = Profiles::open(&arguments.profiles.profile)?;
    let mut unpacker = Unpacker::new(&profiles);
    let mut messages = Encoded::open(arguments.input.as_deref(), Form::of(arguments.raw, arguments.hex), &profiles)?;
    let mut output = Output::open(&arguments.output, Content::Text)?;
    let mut rejects = Rejects::open(arguments.rejects.as_ref())?;
    let mut doubts = 0;
    while let Some(found) = messages.next()? {
        let why = unpacker.found(&found, &mut |_, report| {
            let written = if arguments.pretty { json::write_pretty(report, &mut output) } else { json::write(report, &mut output) };
            Ok(written?)
        })?;
        if let Some(why) = why {
            rejects.push(&format!("{}: {why}", found.place), rejected(&found.bytes, found.profiles.as_deref()).as_bytes())?;
        } else if let Some(doubt) = &unpacker.doubt {
            say!("{}: {doubt}", found.place);
            doubts += 1;
        }
    }
    output.finish()?;
    Ok(Exit::findings(rejects.finish()? + doubts))
}
