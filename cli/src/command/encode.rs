//! `increp encode`: JSON to bytes.

use std::io::{BufRead, Write};

use anyhow::Result;
use bumpalo::Bump;
use increp::model::Report;
use increp::wire::packed::{self, Known};
use increp::{Error, MAX_LEN};

use super::Rejects;
use super::encoded::Start;
use crate::args::{Encode, Encoding};
use crate::exit::Exit;
use crate::files::{Content, Input, Output};
use crate::fit::batch;
use crate::hex::hex;
use crate::json::{self, Piece, Pieces};
use crate::profiles::{Named, Profiles, short_id};
use crate::stats::Stats;
use crate::stream;

/// How encoded reports are laid out.
enum Layout {
    File(stream::Writer<Output>),
    Hex(Output),
    /// The one message, kept until it is certain that it is the only one.
    Raw(Output, Option<Vec<u8>>),
}

pub(super) fn run(arguments: &Encode) -> Result<Exit> {
    let asked = !arguments.profile.is_empty() || arguments.batch.is_some();
    let encoding = arguments.encoding.unwrap_or(if asked { Encoding::Packed } else { Encoding::Postcard });
    if asked && encoding == Encoding::Postcard {
        say!("increp: --profile and --batch go with --encoding packed: leave them out, or --encoding");
        return Ok(Exit::Usage);
    }
    let profiles = match encoding {
        Encoding::Postcard => Vec::new(),
        Encoding::Packed => Profiles::open(&arguments.profile)?.to_write(),
    };
    if let Some((one, other)) = same_tag(&profiles) {
        say!("increp: the profiles {one} and {other} have the same tag, by which readers tell them apart: leave one out");
        return Ok(Exit::Usage);
    }
    let mut input = Input::open(arguments.input.as_deref())?;
    if Start::of(&mut input)? == Start::File {
        say!("{}: expected JSON, found a file of encoded reports: increp decode and increp roundtrip read it", input.name);
        return Ok(Exit::Findings);
    }
    let content = if arguments.hex { Content::Text } else { Content::Bytes };
    let output = Output::open(&arguments.output, content)?;
    let layout = match (arguments.raw, arguments.hex) {
        (true, _) => Layout::Raw(output, None),
        (_, true) => Layout::Hex(output),
        _ => Layout::File(stream::Writer::new(output, &profiles.iter().map(|named| short_id(&named.profile)).collect::<Vec<_>>())?),
    };
    let rejects = Rejects::open(arguments.rejects.as_ref())?;
    let name = input.name;
    let mut run = Run { name: &name, layout, rejects, stats: Stats::default() };
    let mut pieces = Pieces::new(input.reader);
    let one_too_many = match arguments.batch {
        Some(most) => run.batches(&mut pieces, most.into(), &profiles)?,
        None => run.reports(&mut pieces, &profiles)?,
    };
    // Takes the progress off the terminal before anything is said.
    drop(pieces);
    if let Some(line) = one_too_many {
        let what = if arguments.batch.is_some() { "batch" } else { "report" };
        say!("{name}: line {line}: a second {what}, but --raw writes one: leave --raw out");
        return Ok(Exit::Findings);
    }
    if matches!(&run.layout, Layout::Raw(_, None)) {
        say!("{name}: expected a report, found none");
        return Ok(Exit::Findings);
    }
    run.layout.finish()?;
    let mut stats = run.stats;
    stats.rejected = run.rejects.finish()?;
    match (arguments.stats, arguments.json) {
        (true, true) => say!("{}", stats.json()),
        (true, false) => say!("{stats}"),
        _ => {}
    }
    Ok(Exit::findings(stats.rejected))
}

/// Two profiles that are not the same, but have the same tag.
fn same_tag(profiles: &[Named]) -> Option<(&str, &str)> {
    let pairs = profiles.iter().enumerate().flat_map(|(at, one)| profiles.iter().skip(at + 1).map(move |other| (one, other)));
    let same = |(one, other): &(&Named, &Named)| one.profile.tag() == other.profile.tag() && one.profile.id() != other.profile.id();
    pairs.filter(same).map(|(one, other)| (one.name.as_str(), other.name.as_str())).next()
}

/// What goes on from report to report.
struct Run<'n> {
    name: &'n str,
    layout: Layout,
    rejects: Rejects,
    stats: Stats,
}

impl Run<'_> {
    /// Writes each report for itself; gives the line of one for which there is no room.
    fn reports(&mut self, pieces: &mut Pieces<impl BufRead>, profiles: &[Named]) -> Result<Option<u64>> {
        let mut arena = Bump::new();
        let mut buffer = [0; MAX_LEN];
        while let Some(piece) = pieces.next_piece()? {
            match encode(&piece, &arena, &mut buffer, profiles) {
                Ok(bytes) if !self.layout.push(bytes)? => return Ok(Some(piece.line)),
                Ok(bytes) => {
                    self.stats.bytes_in += piece.text.len() as u64;
                    self.stats.lengths.add(bytes.len());
                }
                Err(message) => self.rejects.push(&format!("{}: {message}", self.name), piece.text)?,
            }
            arena.reset();
        }
        Ok(None)
    }

    /// Writes up to `most` reports into one message; gives the line up to which there was room.
    fn batches(&mut self, pieces: &mut Pieces<impl BufRead>, most: usize, profiles: &[Named]) -> Result<Option<u64>> {
        let mut arena = Bump::new();
        loop {
            // A batch needs the texts of all its reports until it is complete.
            let mut reports = Vec::new();
            let mut line = 0;
            while reports.len() < most {
                let Some(piece) = pieces.next_piece()? else { break };
                line = piece.line;
                match keep(&piece, &arena) {
                    Ok(report) => {
                        self.stats.bytes_in += piece.text.len() as u64;
                        reports.push(report);
                    }
                    Err(message) => self.rejects.push(&format!("{}: {message}", self.name), piece.text)?,
                }
            }
            if reports.is_empty() {
                return Ok(None);
            }
            let mut fits = true;
            pack_batch(&reports, profiles, &mut |bytes, many| {
                self.stats.lengths.add_batch(bytes.len(), many);
                fits = fits && self.layout.push(bytes)?;
                Ok(())
            })?;
            if !fits {
                return Ok(Some(line));
            }
            drop(reports);
            arena.reset();
        }
    }
}

/// Encodes the report of a piece; the error is a whole message but for the name of the file.
fn encode<'b>(piece: &Piece<'_>, arena: &Bump, buffer: &'b mut [u8], profiles: &[Named]) -> Result<&'b [u8], String> {
    let mut report = Report::default();
    let read =
        unbroken(piece).and_then(|()| json::read_into(piece.text, arena, &mut report).map_err(|problem| at(piece, &problem)));
    read.and_then(|()| pack(&report, profiles, buffer).map_err(|error| at(piece, &json::refused(piece.text, &error))))
}

/// A report whose texts stay in the arena.
fn keep<'a>(piece: &Piece<'_>, arena: &'a Bump) -> Result<Report<'a>, String> {
    unbroken(piece)?;
    json::parse(arena.alloc_slice_copy(piece.text), arena).map_err(|problem| at(piece, &problem))
}

fn unbroken(piece: &Piece<'_>) -> Result<(), String> {
    piece.broken.map_or(Ok(()), |why| Err(format!("line {}, column {}: {why}", piece.line, piece.column)))
}

fn at(piece: &Piece<'_>, problem: &json::Problem) -> String {
    let (line, column) = piece.place(problem.offset);
    format!("line {line}, column {column}, {problem}")
}

/// Packs a report with the profile that makes it shortest; in postcard without any.
pub(super) fn pack<'b>(report: &Report<'_>, profiles: &[Named], buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
    let known = Known::default();
    let best = match profiles {
        [] => return increp::encode(report, buffer),
        [one] => one,
        several => {
            let mut best = None;
            for named in several {
                let length = packed::encode(report, &named.profile, &known, buffer)?.len();
                if best.is_none_or(|(least, _)| length < least) {
                    best = Some((length, named));
                }
            }
            match best {
                Some((_, named)) => named,
                None => return increp::encode(report, buffer),
            }
        }
    };
    packed::encode(report, &best.profile, &known, buffer)
}

/// No batch that is written is longer; longer ones would hardly take fewer bytes for each report.
const LONGEST: usize = 1 << 16;

/// Packs reports into one message, with the profile that makes it shortest, or into several where it would be too long. A
/// report alone is no batch.
fn pack_batch(reports: &[Report<'_>], profiles: &[Named], push: &mut dyn FnMut(&[u8], usize) -> Result<()>) -> Result<()> {
    let mut buffer = vec![0; LONGEST];
    if let [report] = reports {
        return push(pack(report, profiles, &mut buffer)?, 1);
    }
    let mut best: Option<Vec<u8>> = None;
    for named in profiles {
        if let Ok(bytes) = batch(reports, &named.profile, &mut buffer)
            && best.as_ref().is_none_or(|best| bytes.len() < best.len())
        {
            best = Some(bytes.to_vec());
        }
    }
    if let Some(bytes) = best {
        return push(&bytes, reports.len());
    }
    let (first, second) = reports.split_at(reports.len() / 2);
    pack_batch(first, profiles, push)?;
    pack_batch(second, profiles, push)
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
