//! `increp train`: past reports to a profile.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use bumpalo::Bump;
use increp::MAX_LEN;
use increp::model::Report;
use increp::wire::packed::Profile;
use indicatif::{ProgressBar, ProgressStyle};

use super::decode::{Encoded, Form, is_bare};
use super::inputs;
use super::profile::sections;
use crate::args::Train;
use crate::exit::Exit;
use crate::files::{Content, Input, Output};
use crate::json::{self, Pieces};
use crate::profiles::Profiles;
use crate::stream::HEADER;
use crate::train::measure::{Bits, bits};
use crate::train::{Options, Trained, train};

/// With fewer reports a profile knows little.
const FEW: usize = 200;

pub(super) fn run(arguments: &Train) -> Result<Exit> {
    let profiles = Profiles::load(&arguments.profiles.profile)?;
    let output = Output::create(Some(&arguments.output), arguments.force, Content::Bytes)?;
    let mut encoded = Vec::new();
    let mut rejected = 0;
    for file in inputs(&arguments.files) {
        rejected += read(file.as_deref(), &profiles, &mut encoded)?;
    }
    let mut reports: Vec<Report<'_>> = encoded.iter().map(|bytes| increp::decode(bytes)).collect::<Result<_, _>>()?;
    // The oldest first; those of one moment as they came.
    let start = |report: &Report<'_>| report.event.as_ref()?.time.known()?.start.known().copied();
    reports.sort_by_key(|report| report.sent.or_else(|| start(report)));
    if reports.is_empty() {
        bail!("expected reports to learn from, found none");
    }
    if reports.len() < FEW {
        say!(
            "increp: {} reports are few: a profile of less than {FEW} knows little, and says what it does not know",
            reports.len()
        );
    }
    let texts = arguments.texts.as_deref().map(lines).transpose()?.unwrap_or_default();
    let (public, mission) = (arguments.public, !arguments.general);
    let options = Options { size: arguments.size, mission, public, texts, ..Options::default() };

    // What it is worth: learned from the earlier part, held against the later, which it has not seen.
    let (earlier, later) = reports.split_at(reports.len() * 4 / 5);
    let trial = shown("trial on the earlier four fifths", |progress| train(earlier, &options, progress))?;
    let before = bits(later, &Profile::EMPTY)?;
    let after = bits(later, &Profile::new(&trial.blob)?)?;
    let trained = shown("profile", |progress| train(&reports, &options, progress))?;
    let mut output = output;
    output.write_all(&trained.blob)?;
    output.finish()?;

    let mut out = std::io::stdout();
    for string in &trained.strings {
        writeln!(out, "{string}")?;
    }
    table(&trained, later.len(), &before, &after);
    Ok(Exit::findings(rejected))
}

/// The reports of a file in postcard; how many could not be read.
fn read(file: Option<&Path>, profiles: &Profiles, encoded: &mut Vec<Vec<u8>>) -> Result<u64> {
    let mut input = Input::open(file)?;
    let mut rejected = 0;
    let mut keep = |report: &Report<'_>| {
        let mut buffer = [0; MAX_LEN];
        encoded.push(increp::encode(report, &mut buffer)?.to_vec());
        Ok(())
    };
    if input.first()?.is_some_and(|first| first == HEADER[0] || is_bare(first)) {
        let mut reports = Encoded::new(input, Form::Any)?;
        while let Some(found) = reports.next()? {
            let read = match found.broken {
                Some(why) => Err(why),
                None => profiles.reports(&found.bytes, &mut keep)?,
            };
            if let Err(why) = read {
                say!("{}: {why}", found.place);
                rejected += 1;
            }
        }
        return Ok(rejected);
    }
    let Input { name, reader } = input;
    let mut pieces = Pieces::new(reader);
    let mut arena = Bump::new();
    while let Some(piece) = pieces.next_piece()? {
        let problem = match (piece.broken, json::parse(piece.text, &arena)) {
            (Some(why), _) => Some((0, why.to_owned())),
            (_, Err(problem)) => Some((problem.offset, problem.to_string())),
            (_, Ok(report)) => {
                keep(&report)?;
                None
            }
        };
        if let Some((offset, why)) = problem {
            let (line, column) = piece.place(offset);
            say!("{name}: line {line}, column {column}, {why}");
            rejected += 1;
        }
        arena.reset();
    }
    Ok(rejected)
}

fn lines(path: &Path) -> Result<Vec<String>> {
    let lines = Input::open(Some(path))?.reader.lines().collect::<Result<Vec<_>, _>>();
    lines.with_context(|| format!("{}: cannot be read as lines of UTF-8", path.display()))
}

/// Shows progress on a terminal.
fn shown<T>(what: &str, work: impl FnOnce(&mut dyn FnMut(&str, f32)) -> Result<T>) -> Result<T> {
    if !std::io::stderr().is_terminal() {
        return work(&mut |_, _| {});
    }
    let bar = ProgressBar::new(100);
    bar.set_style(ProgressStyle::with_template("{bar:40} {percent}% {msg}").unwrap_or_else(|_| ProgressStyle::default_bar()));
    let done = work(&mut |part, done| {
        bar.set_message(format!("{what}: {part}"));
        bar.set_position((1..=100u8).take_while(|hundredth| f32::from(*hundredth) <= done * 100.0).count() as u64);
    });
    bar.finish_and_clear();
    done
}

/// What the profile holds, and what it saves.
fn table(trained: &Trained, held_out: usize, before: &Bits, after: &Bits) {
    say!("learned from {} reports; {} were kept out: they are above amber", trained.reports, trained.kept_out);
    say!("{} bytes, {} strings (on standard output), {} weights", trained.blob.len(), trained.strings.len(), trained.weights);
    for (section, bytes) in sections(&trained.blob) {
        say!("  {section:9} {bytes:7} bytes");
    }
    if held_out == 0 {
        return;
    }
    let mean = |bits: f64| bits / held_out as f64;
    say!("bits of a report, on the later fifth, which a profile of the earlier reports has not seen:");
    say!("  {:24} {:>9} {:>9}", "", "none", "profile");
    for (field, (none, profile)) in before.side_by_side(after) {
        say!("  {field:24} {:9.1} {:9.1}", mean(none), mean(profile));
    }
    let bytes = |bits: &Bits| bits.bytes as f64 / held_out as f64;
    say!("  {:24} {:9.1} {:9.1}", "bytes of a report", bytes(before), bytes(after));
}
