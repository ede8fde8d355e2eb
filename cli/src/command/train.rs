//! `increp train`: past reports to a profile.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use bumpalo::Bump;
use increp::MAX_LEN;
use increp::model::bounds::TEXT;
use increp::model::{Handling, Report};
use increp::wire::packed::Profile;
use indicatif::{ProgressBar, ProgressStyle};

use super::encoded::{Encoded, Form, Start};
use super::unpack::Unpacker;
use super::{inputs, many};
use crate::args::Train;
use crate::exit::Exit;
use crate::files::{Content, Input, Output};
use crate::json::{self, Pieces};
use crate::profiles::{Profiles, id};
use crate::train::measure::{self, when};
use crate::train::{Options, Trained, may_be_learned, train};

/// With fewer reports than these, chance decides much of what a profile says.
const FEW: usize = 200;

pub(super) fn run(arguments: &Train) -> Result<Exit> {
    let profiles = Profiles::open(&arguments.profiles.profile)?;
    let options = Options {
        size: arguments.size,
        mission: !arguments.general,
        public: arguments.public,
        names: names(arguments.names.as_deref())?,
        texts: lines(arguments.texts.as_deref())?,
        others: profiles.known().map(|known| *known.profile.id()).collect(),
        ..Options::default()
    };
    // Before the work, so that nothing is lost to a name that is taken.
    let mut output = Output::create(Some(&arguments.output), arguments.force, Content::Bytes)?;
    let mut strings = match &arguments.strings {
        Some(file) => Some(Output::create(Some(file), arguments.force, Content::Text)?),
        // Standard output is the profile's.
        None if arguments.output == Path::new("-") => None,
        None => Some(Output::create(None, false, Content::Text)?),
    };
    let arena = Bump::new();
    let mut read = Read { reports: Vec::new(), wrong: 0, unread: false };
    for file in inputs(&arguments.files) {
        match Input::open(file.as_deref()) {
            Ok(input) => read.input(input, &profiles, &arena)?,
            Err(error) => {
                say!("increp: {error:#}");
                read.unread = true;
            }
        }
    }
    let Read { mut reports, wrong, unread } = read;
    if unread {
        // A profile that lacks a file's reports looks like one that has them.
        return Ok(Exit::Files);
    }
    // Stable: reports of the same second stay in the order in which they were given.
    reports.sort_by_key(when);
    let learned = reports.iter().filter(|report| may_be_learned(report)).count();
    if learned == 0 {
        say!("increp: expected reports that a profile may learn from, found none{}", kept_out(&reports));
        return Ok(Exit::Findings);
    }
    let (trained, table) = work(&reports, &options, &profiles, !arguments.no_table)?;
    for string in trained.strings.iter().chain(&trained.words) {
        let line = crate::escaped(string);
        match &mut strings {
            Some(strings) => writeln!(strings, "{line}")?,
            None => say!("{line}"),
        }
    }
    output.write_all(&trained.blob)?;
    output.finish()?;
    if let Some(strings) = strings {
        strings.finish()?;
    }
    summary(&trained, options.size, &reports, &profiles, table.as_deref())?;
    Ok(Exit::findings(wrong))
}

/// What came of it, for people.
fn summary(trained: &Trained, size: usize, reports: &[Report<'_>], profiles: &Profiles, table: Option<&str>) -> Result<()> {
    let profile = Profile::new(&trained.blob)?;
    say!("profile {}, tag {:#x}, {}", id(&profile), profile.tag(), many(trained.blob.len() as u64, "byte"));
    let alike = profiles.known().find(|known| known.profile.tag() == profile.tag() && known.profile.id() != profile.id());
    if let Some(alike) = alike {
        say!("increp: {} has the same tag, and all 16 are taken: a report may be read with the wrong one of the two", alike.name);
    }
    let places = profile.gazetteer().first.len() + profile.gazetteer().second.len();
    let (names, places) = (many(trained.strings.len() as u64, "name"), many(places as u64, "place"));
    let words = match trained.words.len() as u64 {
        0 => String::new(),
        words => format!(", and its text model {} that five notes or more say", many(words, "word")),
    };
    if trained.blob.len() > size {
        say!("increp: that is more than --size {size}: what --names lists, and the least that a text model takes, have no budget");
    }
    say!("learned from {}; holds {names} and {places}{words}{}", many(trained.reports as u64, "report"), kept_out(reports));
    if trained.again > 0 {
        say!("{} that stood there twice, or that a later one replaces, counted once", many(trained.again as u64, "report"));
    }
    if trained.reports < FEW {
        say!("increp: these are few reports, less than {FEW}: much of the profile is chance; train it again when there are more");
    }
    if let Some(table) = table {
        say!("\n{}", table.trim_end());
    }
    Ok(())
}

/// How many reports are kept out; then for each reason how many, and which.
fn kept_out(reports: &[Report<'_>]) -> String {
    /// More than these are counted alone.
    const NAMED: usize = 5;
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for report in reports.iter().filter(|report| !may_be_learned(report)) {
        reasons.entry(reason(report)).or_default().push(report.id.to_string());
    }
    let all = reasons.values().map(|ids| ids.len() as u64).sum();
    let mut text = if all == 0 { String::new() } else { format!("; {} kept out:", many(all, "report")) };
    for (reason, ids) in &reasons {
        let more = ids.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let named = ids.get(..NAMED).unwrap_or(ids).join(", ");
        text += &format!("\n  {} {reason}: {named}{more}", ids.len());
    }
    text
}

/// Why a report is kept out.
fn reason(report: &Report<'_>) -> &'static str {
    match report.effective_handling() {
        Handling::RED if report.handling == Handling::UNSPECIFIED => "red without a mark, by what they are about",
        Handling::RED => "marked red",
        Handling::AMBER_STRICT => "marked amber_strict",
        _ => "with a claim above amber, or an unknown mark",
    }
}

/// The names in a file, each once, without the blanks around them.
fn names(file: Option<&Path>) -> Result<Vec<String>> {
    /// A profile counts them in 16 bits.
    const MOST: usize = 60_000;
    let Some(file) = file else { return Ok(Vec::new()) };
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    for (number, line) in (1..).zip(text(file)?.lines()) {
        let name = line.trim();
        if !TEXT.holds(i64::try_from(name.len())?.max(TEXT.min)) {
            let (file, most, found) = (file.display(), TEXT.max, name.len());
            bail!(
                "{file}: line {number}: expected a name of at most {most} bytes of UTF-8, as a report holds it, found {found}: shorten it, or leave it out"
            );
        }
        if !name.is_empty() && seen.insert(name.to_owned()) {
            names.push(name.to_owned());
        }
    }
    if names.len() > MOST {
        bail!("{}: expected at most {MOST} names, found {}", file.display(), names.len());
    }
    Ok(names)
}

/// The lines of a file that say something; none without a file.
fn lines(file: Option<&Path>) -> Result<Vec<String>> {
    let Some(file) = file else { return Ok(Vec::new()) };
    Ok(text(file)?.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect())
}

/// The text in a file, without the mark that some editors put before it.
fn text(file: &Path) -> Result<String> {
    let text = fs::read_to_string(file).with_context(|| format!("{}: cannot be read", file.display()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The profile, and what it is worth.
fn work(reports: &[Report<'_>], options: &Options, profiles: &Profiles, measured: bool) -> Result<(Trained, Option<String>)> {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(1000) } else { ProgressBar::hidden() };
    // The template is a constant; were it wrong, the bar would keep its default look.
    let style = ProgressStyle::with_template("{msg:10} {bar:40} {percent} %, {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut progress = |stage: &str, done: f32| {
        bar.set_message(stage.to_owned());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and 1000
        bar.set_position((done.clamp(0.0, 1.0) * 1000.0) as u64);
    };
    let earlier = measure::earlier(reports);
    // The profile that ships is made of all reports, the one that is measured of the earlier ones: two cores, two profiles.
    let (trained, tried) = std::thread::scope(|scope| {
        let tried = measured.then(|| scope.spawn(|| train(earlier, options, &mut |_, _| {})));
        let trained = train(reports, options, &mut progress);
        (trained, tried.map(|tried| tried.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the second training broke off")))))
    });
    bar.finish_and_clear();
    let trained = trained?;
    let table = match (tried.transpose()?, profiles.to_write().first()) {
        (Some(tried), Some(before)) => measure::table(&tried, reports, before)?,
        _ => None,
    };
    Ok((trained, table))
}

/// The reports of all inputs.
struct Read<'a> {
    reports: Vec<Report<'a>>,
    wrong: u64,
    unread: bool,
}

impl<'a> Read<'a> {
    fn input(&mut self, mut input: Input, profiles: &Profiles, arena: &'a Bump) -> Result<()> {
        if Start::of(&mut input)? == Start::Other { self.texts(input, arena) } else { self.encoded(input, profiles, arena) }
    }

    fn texts(&mut self, input: Input, arena: &'a Bump) -> Result<()> {
        let Input { name, reader } = input;
        let mut pieces = Pieces::new(reader);
        let mut scratch = Bump::new();
        while let Some(piece) = pieces.next_piece()? {
            let wrong = match (piece.broken, json::parse(piece.text, &scratch)) {
                (Some(why), _) => Some((0, why.to_owned())),
                (_, Err(problem)) => Some((problem.offset, problem.to_string())),
                (_, Ok(report)) => {
                    self.keep(&report, arena)?;
                    None
                }
            };
            if let Some((offset, why)) = wrong {
                let (line, column) = piece.place(offset);
                say!("{name}: line {line}, column {column}, {why}");
                self.wrong += 1;
            }
            scratch.reset();
        }
        Ok(())
    }

    fn encoded(&mut self, input: Input, profiles: &Profiles, arena: &'a Bump) -> Result<()> {
        let mut messages = Encoded::new(input, Form::Any, profiles)?;
        let mut unpacker = Unpacker::new(profiles);
        while let Some(found) = messages.next()? {
            let why = unpacker.found(&found, &mut |_, report| self.keep(report, arena))?;
            if let Some(why) = why.as_ref().or(unpacker.doubt.as_ref()) {
                say!("{}: {why}", found.place);
                self.wrong += 1;
            }
        }
        Ok(())
    }

    /// Keeps a report in the arena: its bytes in postcard, from which its texts are lent.
    fn keep(&mut self, report: &Report<'_>, arena: &'a Bump) -> Result<()> {
        let mut buffer = [0; MAX_LEN];
        let bytes = increp::encode(report, &mut buffer)?;
        self.reports.push(increp::decode(arena.alloc_slice_copy(bytes))?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_once_and_not_cut() {
        let file = std::env::temp_dir().join(format!("increp-names-{}", std::process::id()));
        let read = |text: &str| {
            fs::write(&file, text).expect("a file");
            names(Some(&file))
        };
        assert_eq!(read("Red Cross\n\nMSF\nRed Cross\n").expect("names"), ["Red Cross", "MSF"]);
        // As an editor on Windows saves it, and with blanks that nobody sees.
        assert_eq!(read("\u{feff}Red Cross\r\n  MSF\t\n \nMSF\n").expect("names"), ["Red Cross", "MSF"]);
        let longest = "\u{1019}".repeat(53);
        assert_eq!(read(&format!("{longest}x\n")).expect("160 bytes"), [format!("{longest}x")]);
        let error = read(&format!("MSF\n\n{longest}xy\n")).expect_err("161 bytes").to_string();
        let expected = "line 3: expected a name of at most 160 bytes of UTF-8, as a report holds it, found 161";
        assert!(error.starts_with(&format!("{}: {expected}", file.display())), "{error}");
        let many: String = (0..=60_000).map(|name| format!("{name}\n")).collect();
        let error = read(&many).expect_err("too many").to_string();
        assert!(error.ends_with("expected at most 60000 names, found 60001"), "{error}");
        fs::remove_file(&file).expect("its file");
    }
}
