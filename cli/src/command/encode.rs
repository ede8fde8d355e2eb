//! `increp encode`: JSON to bytes.

use std::io::Write;

use anyhow::Result;
use bumpalo::Bump;
use increp::MAX_LEN;
use increp::model::Report;
use increp::wire::packed::{self, BatchWriter, Known, Profile};

use super::Rejects;
use crate::args::{Encode, Encoding};
use crate::exit::Exit;
use crate::files::{Content, Input, Output};
use crate::json::{self, Piece, Pieces};
use crate::profiles::Profiles;
use crate::stats::Stats;
use crate::stream;

/// How encoded reports are laid out.
enum Layout {
    File(stream::Writer<Output>),
    Hex(Output),
    /// The one report, kept until it is certain that it is the only one.
    Raw(Output, Option<Vec<u8>>),
}

pub(super) fn run(arguments: &Encode) -> Result<Exit> {
    let profiles = Profiles::load(&arguments.profiles.profile)?;
    let input = Input::open(arguments.input.as_deref())?;
    let content = if arguments.hex { Content::Text } else { Content::Bytes };
    let output = Output::open(&arguments.output, content)?;
    let mut layout = match (arguments.raw, arguments.hex) {
        (true, _) => Layout::Raw(output, None),
        (_, true) => Layout::Hex(output),
        _ => Layout::File(stream::Writer::new(output)?),
    };
    let mut rejects = Rejects::open(arguments.rejects.as_ref())?;
    let mut stats = Stats::default();
    let name = input.name;
    let mut pieces = Pieces::new(input.reader);
    let mut arena = Bump::new();
    let mut buffer = [0; MAX_LEN];
    let profile = match arguments.encoding {
        Encoding::Postcard if arguments.batch.is_some() => {
            anyhow::bail!("a batch is packed: add --encoding packed")
        }
        Encoding::Postcard => None,
        Encoding::Packed => Some(&profiles.packing()?.profile),
    };
    let mut batch: Vec<Vec<u8>> = Vec::new();
    while let Some(piece) = pieces.next_piece()? {
        let packing = profile.filter(|_| arguments.batch.is_none());
        match encode(&piece, &arena, &mut buffer, packing) {
            Ok(bytes) if arguments.batch.is_some() => {
                stats.bytes_in += piece.text.len() as u64;
                batch.push(bytes.to_vec());
                if batch.len() == usize::from(arguments.batch.unwrap_or(1)) {
                    push_batch(&mut layout, &mut batch, profile, &mut stats)?;
                }
            }
            Ok(bytes) if !layout.push(bytes)? => {
                say!("{name}: line {}: a second report, but --raw writes one: leave --raw out", piece.line);
                return Ok(Exit::Findings);
            }
            Ok(bytes) => {
                stats.bytes_in += piece.text.len() as u64;
                stats.lengths.add(bytes.len());
            }
            Err(message) => rejects.push(&format!("{name}: {message}"), piece.text)?,
        }
        arena.reset();
    }
    push_batch(&mut layout, &mut batch, profile, &mut stats)?;
    // Takes the progress off the terminal before anything is said.
    drop(pieces);
    let empty = matches!(&layout, Layout::Raw(_, None));
    if empty {
        say!("{name}: expected a report, found none");
        return Ok(Exit::Findings);
    }
    layout.finish()?;
    stats.rejected = rejects.finish()?;
    match (arguments.stats, arguments.json) {
        (true, true) => say!("{}", stats.json()),
        (true, false) => say!("{stats}"),
        _ => {}
    }
    Ok(Exit::findings(stats.rejected))
}

/// Encodes the report of a piece; the error is a whole message but for the name of the file.
pub(super) fn encode<'b>(
    piece: &Piece<'_>,
    arena: &Bump,
    buffer: &'b mut [u8],
    profile: Option<&Profile<'static>>,
) -> Result<&'b [u8], String> {
    let mut report = Report::default();
    if let Some(why) = piece.broken {
        return Err(format!("line {}, column {}: {why}", piece.line, piece.column));
    }
    let read = json::read_into(piece.text, arena, &mut report);
    let encoded = read.and_then(|()| pack(&report, profile, buffer).map_err(|error| json::refused(piece.text, &error)));
    encoded.map_err(|problem| {
        let (line, column) = piece.place(problem.offset);
        format!("line {line}, column {column}, {problem}")
    })
}

/// Packs with a profile; postcard without.
fn pack<'b>(report: &Report<'_>, profile: Option<&Profile<'static>>, buffer: &'b mut [u8]) -> Result<&'b [u8], increp::Error> {
    match profile {
        Some(profile) => packed::encode(report, profile, &Known::default(), buffer),
        None => increp::encode(report, buffer),
    }
}

/// Writes the reports of a batch, which are in postcard so far.
fn push_batch(layout: &mut Layout, batch: &mut Vec<Vec<u8>>, profile: Option<&Profile<'static>>, stats: &mut Stats) -> Result<()> {
    let batch = std::mem::take(batch);
    let Some(profile) = profile.filter(|_| !batch.is_empty()) else { return Ok(()) };
    // No report is longer than in postcard but for a byte.
    let mut buffer = vec![0; batch.iter().map(|bytes| bytes.len() + 1).sum::<usize>() + 8];
    let mut writer = BatchWriter::new(profile, &mut buffer);
    let mut report = Report::default();
    for bytes in &batch {
        increp::decode_into(bytes, &mut report)?;
        writer.push(&report)?;
    }
    let bytes = writer.finish()?;
    layout.push(bytes)?;
    stats.batch(bytes.len(), batch.len());
    Ok(())
}

impl Layout {
    /// Adds a report; false if there is no room for another.
    fn push(&mut self, report: &[u8]) -> Result<bool> {
        match self {
            Self::File(writer) => writer.push(report)?,
            Self::Hex(output) => writeln!(output, "{}", hex(report))?,
            Self::Raw(_, Some(_)) => return Ok(false),
            Self::Raw(_, one) => *one = Some(report.to_vec()),
        }
        Ok(true)
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::File(writer) => writer.finish()?.finish(),
            Self::Hex(output) => output.finish(),
            Self::Raw(mut output, one) => {
                output.write_all(&one.unwrap_or_default())?;
                output.finish()
            }
        }
    }
}

/// Bytes as hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
