//! `increp save`: JSON to sealed reports on the device.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use bumpalo::Bump;
use increp::model::{Clock, Id, Report, Stamp};
use increp::seal::ErrorKind;

use crate::args::Save;
use crate::exit::Exit;
use crate::files::{Input, standard_output};
use crate::json::{self, Piece, Pieces};
use crate::profiles::{Named, built_in};
use crate::store::device::{Folder, How};
use crate::store::now;

pub(super) fn run(arguments: &Save) -> Result<Exit> {
    let mut device = Folder::open(&arguments.device)?;
    let own = arguments.profile.clone().or_else(|| device.profile());
    let named = match own {
        Some(path) => Named::open(&path)?,
        None => built_in().into_iter().next().unwrap_or_else(Named::none),
    };
    let input = Input::open(arguments.input.as_deref())?;
    let name = input.name;
    let mut pieces = Pieces::new(input.reader);
    let mut out = standard_output();
    let (mut saved, mut rejected) = (0, 0);
    while let Some(piece) = pieces.next_piece()? {
        let arena = Bump::new();
        let mut report = Report::default();
        let read = read(&piece, &arena, arguments.new_id, &mut report)
            .and_then(|()| report.check().map_err(|error| at(&piece, &json::refused(piece.text, &error))));
        if let Err(message) = read {
            say!("{name}: {message}");
            rejected += 1;
            continue;
        }
        let now = Stamp::new(now());
        if report.sent.is_none() {
            report.sent = Some(now);
            report.clock = Clock::NETWORK;
        }
        let id = match device.save(&mut report, &How { profile: &named.profile, now }) {
            Ok(id) => id,
            Err(error) => {
                let line = piece.line;
                let left =
                    if error.kind == ErrorKind::Full { ": sync with a hub, and again when HQ's receipts are back" } else { "" };
                device.sync()?;
                return Err(error)
                    .with_context(|| format!("{name}: the report at line {line} and those after it are not saved{left}"));
            }
        };
        // Said only when it is so: what is printed survives the power.
        device.sync()?;
        saved += 1;
        let sent = report.sent.map_or(now, |sent| sent);
        let line = if arguments.json {
            serde_json::json!({ "id": id.to_string(), "sent": sent.to_string(), "state": "saved" }).to_string()
        } else {
            id.to_string()
        };
        let line_number = piece.line;
        writeln!(out, "{line}").with_context(|| {
            format!(
                "{name}: the report at line {line_number} is saved as {id}, which cannot be printed; those after it are not saved"
            )
        })?;
    }
    if saved + rejected == 0 {
        say!("increp: {name}: there is no report in it: nothing was saved");
        return Ok(Exit::Findings);
    }
    Ok(Exit::findings(rejected))
}

/// Reads a report that has no id, or one that is to get another. The error is a whole message but for the name of the file.
fn read<'a>(piece: &Piece<'_>, arena: &'a Bump, new_id: bool, report: &mut Report<'a>) -> Result<(), String> {
    if let Some(why) = piece.broken {
        return Err(format!("line {}, column {}: {why}", piece.line, piece.column));
    }
    // The model wants an id: what lacks one gets one here, which the device replaces.
    let (text, added) = match first_member(piece.text) {
        Some(place) if !has_id(piece.text) => (insert(piece.text, place), ID.len()),
        _ => (piece.text.to_vec(), 0),
    };
    let place = first_member(piece.text).unwrap_or(0);
    let text = arena.alloc_slice_copy(&text);
    json::read_into(text, arena, report).map_err(|mut problem| {
        if problem.offset >= place + added {
            problem.offset -= added;
        }
        at(piece, &problem)
    })?;
    if added == 0 && !new_id {
        let id = report.id;
        return Err(format!(
            "line {}, column {}, id: the report has an id already, {id}, and the device gives it one: leave the member out, or --new-id replaces it",
            piece.line, piece.column
        ));
    }
    report.id = Id::default();
    Ok(())
}

const ID: &[u8] = b"\"id\":\"0-0\",";

/// Where the first member of an object may stand.
fn first_member(text: &[u8]) -> Option<usize> {
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace())?;
    (text.get(start) == Some(&b'{')).then_some(start + 1)
}

fn has_id(text: &[u8]) -> bool {
    // What is no JSON says so by itself.
    serde_json::from_slice::<serde_json::Value>(text).map_or(true, |value| value.get("id").is_some())
}

fn insert(text: &[u8], place: usize) -> Vec<u8> {
    let (before, after) = text.split_at(place);
    // An object without any member has no comma.
    let empty = after.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'}');
    let id = if empty { &ID[..ID.len() - 1] } else { ID };
    [before, id, after].concat()
}

fn at(piece: &Piece<'_>, problem: &json::Problem) -> String {
    let (line, column) = piece.place(problem.offset);
    format!("line {line}, column {column}, {problem}")
}
