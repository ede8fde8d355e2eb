//! `increp check`: every problem of a file, with its place.

mod warnings;

use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use bumpalo::Bump;
use increp::model::Stamp;
use serde_json::{Value, json as object};

use super::encoded::{Encoded, Form, Start};
use super::unpack::Unpacker;
use super::{inputs, many};
use crate::args::Check;
use crate::exit::Exit;
use crate::files::{Input, standard_output};
use crate::json::{self, Piece, Pieces, Problem, Step, locate, path_text, steps};
use crate::profiles::Profiles;
use warnings::warnings;

/// A problem of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// No encoder would take it; else a careful reader would ask about it.
    pub error: bool,
    /// Where in the text, what, and the path to it.
    pub problem: Problem,
}

/// The problems of a report in the order of the text.
pub type Findings = Vec<Finding>;

/// What was found so far.
struct Tally {
    json: bool,
    now: Stamp,
    reports: u64,
    errors: u64,
    warnings: u64,
}

pub(super) fn run(arguments: &Check) -> Result<Exit> {
    let profiles = Profiles::open(&arguments.profiles.profile)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let now = Stamp::new(i64::try_from(now).unwrap_or(i64::MAX));
    let mut tally = Tally { json: arguments.json, now, reports: 0, errors: 0, warnings: 0 };
    let mut unread = false;
    for file in inputs(&arguments.files) {
        let mut input = match Input::open(file.as_deref()) {
            Ok(input) => input,
            Err(error) => {
                say!("increp: {error:#}");
                unread = true;
                continue;
            }
        };
        if file.is_some() && input.start()?.is_empty() {
            say!("{}: expected reports, found nothing", input.name);
            tally.errors += 1;
            continue;
        }
        if Start::of(&mut input)? == Start::Other {
            tally.texts(input)?;
        } else {
            tally.encoded(input, &profiles)?;
        }
    }
    let Tally { reports, errors, warnings, .. } = tally;
    say!("{}, {}, {}", many(reports, "report"), many(errors, "error"), many(warnings, "warning"));
    Ok(if unread { Exit::Files } else { Exit::findings(if arguments.strict { errors + warnings } else { errors }) })
}

impl Tally {
    fn texts(&mut self, input: Input) -> Result<()> {
        let Input { name, reader } = input;
        let mut pieces = Pieces::new(reader);
        while let Some(piece) = pieces.next_piece()? {
            self.reports += 1;
            for Finding { error, problem } in findings(&piece, self.now) {
                let (line, column) = piece.place(problem.offset);
                let place =
                    (format!("{name}: line {line}, column {column}"), object!({ "file": name, "line": line, "column": column }));
                self.tell(place, error, &path_text(&problem.path), &problem.message)?;
            }
        }
        Ok(())
    }

    /// What was encoded broke no limit or rule; but the bytes may be broken, and there may be warnings.
    fn encoded(&mut self, input: Input, profiles: &Profiles) -> Result<()> {
        let name = input.name.clone();
        let mut messages = Encoded::new(input, Form::Any, profiles)?;
        let mut unpacker = Unpacker::new(profiles);
        let mut count = 0u64;
        while let Some(found) = messages.next()? {
            count += 1;
            let record = |number: Option<usize>| {
                let mut object = object!({ "file": name, "record": count });
                if let Some(number) = number {
                    object["report"] = number.into();
                }
                let which = number.map_or(String::new(), |number| format!(", report {number} of the batch"));
                (format!("{}{which}", found.place), object)
            };
            let why = unpacker.found(&found, &mut |number, report| {
                self.reports += 1;
                for (path, message) in warnings(report, self.now) {
                    self.tell(record(number), false, &path, &message)?;
                }
                Ok(())
            })?;
            if let Some(why) = why {
                self.reports += 1;
                self.tell(record(None), true, "", &why)?;
            } else if let Some(doubt) = &unpacker.doubt {
                self.tell(record(None), false, "", doubt)?;
            }
        }
        Ok(())
    }

    /// A problem: its place for people and for programs, the path, and what it is.
    fn tell(&mut self, (place, mut object): (String, Value), error: bool, path: &str, message: &str) -> Result<()> {
        let severity = if error { "error" } else { "warning" };
        *(if error { &mut self.errors } else { &mut self.warnings }) += 1;
        let mut out = standard_output();
        if self.json {
            for (key, value) in [("path", path), ("severity", severity), ("message", message)] {
                object[key] = value.into();
            }
            writeln!(out, "{object}")?;
        } else {
            let gap = if path.is_empty() { "" } else { ": " };
            writeln!(out, "{place}, {severity}: {path}{gap}{message}")?;
        }
        Ok(())
    }
}

/// More problems than this in one report are not worth listing.
const MOST: usize = 100;

/// Every problem of a piece. A value to which the model objects is struck out of the text, and the rest read again, so
/// that one error does not hide the next.
#[must_use]
pub fn findings(piece: &Piece<'_>, now: Stamp) -> Findings {
    if let Some(why) = piece.broken {
        return vec![error(Problem { path: Vec::new(), offset: 0, message: why.to_owned(), syntax: true })];
    }
    let mut text = piece.text.to_vec();
    let mut found = Findings::new();
    // Where something was struck out, what is missing now was not missing before.
    let mut struck: Vec<Vec<Step>> = Vec::new();
    let mut edits = Edits::default();
    loop {
        let arena = Bump::new();
        let problem = match json::parse(&text, &arena) {
            Ok(report) => {
                for (path, message) in warnings(&report, now) {
                    let path = steps(&path);
                    if !struck.iter().any(|gone| holder(gone) == path) {
                        let offset = locate(&text, &path).map_or(0, |value| edits.original(value.start));
                        found.push(Finding { error: false, problem: Problem { path, offset, message, syntax: false } });
                    }
                }
                break;
            }
            Err(problem) => problem,
        };
        // A member that was struck out is missing now, and its object may lack its other half.
        let halved = problem.message.starts_with(TOGETHER) && struck.iter().any(|path| holder(path) == problem.path);
        if !halved && missing(&problem).is_none_or(|path| !struck.contains(&path)) {
            found.push(error(Problem { offset: edits.original(problem.offset), ..problem.clone() }));
        }
        let go_on = !problem.syntax && struck.len() < MOST && strike(&mut text, &problem, &mut edits);
        if !go_on {
            break;
        }
        struck.push(problem.path);
    }
    found.sort_by_key(|finding| finding.problem.offset);
    found
}

const fn error(problem: Problem) -> Finding {
    Finding { error: true, problem }
}

/// How the objection to half of a flat record starts.
const TOGETHER: &str = "these members stand together";

/// Where the text was made longer or shorter, and by how much.
#[derive(Default)]
struct Edits(Vec<(usize, usize, usize)>);

impl Edits {
    /// Puts `new` in the place of a part of the text.
    fn replace(&mut self, text: &mut Vec<u8>, range: core::ops::Range<usize>, new: &[u8]) {
        self.0.push((range.start, range.len(), new.len()));
        text.splice(range, new.iter().copied());
    }

    /// The byte of the text as it was at first.
    fn original(&self, offset: usize) -> usize {
        self.0.iter().rev().fold(
            offset,
            |offset, (start, old, new)| {
                if offset <= *start { offset } else { (offset + old).saturating_sub(*new).max(*start) }
            },
        )
    }
}

/// The path without its last step.
fn holder(path: &[Step]) -> &[Step] {
    path.split_last().map_or(path, |(_, holder)| holder)
}

/// The path of the member that the problem says is missing.
fn missing(problem: &Problem) -> Option<Vec<Step>> {
    let name = problem.message.strip_prefix("the member \"")?.strip_suffix("\" is missing")?;
    Some([&problem.path[..], &[Step::Member(name.to_owned())]].concat())
}

/// Takes what the problem is about out of the text; false if that cannot be done.
fn strike(text: &mut Vec<u8>, problem: &Problem, edits: &mut Edits) -> bool {
    if let (Some(path), true) = (missing(problem), problem.path.is_empty()) {
        return add_member(text, &path, edits);
    }
    match problem.path.last() {
        Some(Step::Member(_)) => blank_member(text, problem.offset),
        Some(Step::Index(_)) => replace_item(text, problem, edits),
        None => false,
    }
}

/// Puts a member that every report has at the end of the text.
fn add_member(text: &mut Vec<u8>, path: &[Step], edits: &mut Edits) -> bool {
    let member: &[u8] = match path {
        [Step::Member(name)] if name == "id" => b"\"id\":\"0-0\"",
        [Step::Member(name)] if name == "kind" => b"\"kind\":\"new\"",
        [Step::Member(name)] if name == "status" => b"\"status\":\"test\"",
        _ => return false,
    };
    let Some(before) = text.trim_ascii_end().strip_suffix(b"}").map(<[u8]>::trim_ascii_end) else { return false };
    let comma: &[u8] = if before.ends_with(b"{") || before.ends_with(b",") { b"" } else { b"," };
    let end = before.len();
    edits.replace(text, end..end, &[comma, member].concat());
    true
}

/// Puts the least that its list takes in the place of an item; false if it is that already.
fn replace_item(text: &mut Vec<u8>, problem: &Problem, edits: &mut Edits) -> bool {
    let list = problem.path.iter().rev().find_map(|step| if let Step::Member(name) = step { Some(name.as_str()) } else { None });
    let hash = format!("{{\"sha256\":\"{}\"}}", "0".repeat(64));
    let least: &[u8] = match list {
        Some("links") => b"{\"id\":\"0-0\"}",
        Some("claims") => b"{\"sources\":[{}]}",
        Some("evidence") => hash.as_bytes(),
        _ => b"{}",
    };
    let Some(item) = locate(text, &problem.path) else { return false };
    if text.get(item.clone()).is_none_or(|item| item == least) {
        return false;
    }
    // As long as before, where that is possible, and with its lines: what follows stays in its place.
    let rest = text.get(item.clone()).unwrap_or_default().iter().skip(least.len());
    let padding: Vec<u8> = rest.map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }).collect();
    edits.replace(text, item, &[least, &padding].concat());
    true
}

/// Blanks the member whose name or value starts at `offset`, its comma included.
fn blank_member(text: &mut [u8], offset: usize) -> bool {
    let Some(mut range) = member(text, offset) else { return false };
    let after = text.get(range.end..).unwrap_or_default();
    let space = after.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    if after.get(space) == Some(&b',') {
        range.end += space + 1;
    } else {
        let before = text.get(..range.start).unwrap_or_default();
        let last = before.iter().rposition(|byte| !byte.is_ascii_whitespace());
        range.start = last.filter(|at| before.get(*at) == Some(&b',')).unwrap_or(range.start);
    }
    // Line ends stay, for the places of what follows.
    text.get_mut(range).unwrap_or_default().iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    true
}

/// The member whose name or value starts at `offset`, from its name to the end of its value.
fn member(text: &[u8], offset: usize) -> Option<std::ops::Range<usize>> {
    let value_at = |at: usize| locate(text.get(at..)?, &[]).map(|value| at..at + value.end);
    let first = value_at(offset)?;
    let rest = text.get(first.end..)?;
    let colon = rest.iter().position(|byte| !byte.is_ascii_whitespace()).filter(|at| rest.get(*at) == Some(&b':'));
    if let Some(colon) = colon {
        // `offset` is that of the name.
        let start = first.end + colon + 1;
        let space = text.get(start..)?.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        return Some(offset..value_at(start + space)?.end);
    }
    let before = text.get(..offset)?.trim_ascii_end();
    let name = before.strip_suffix(b":")?.trim_ascii_end().strip_suffix(b"\"")?;
    // The quote that opens the name: the last one that no backslash stands before.
    let quotes = (0..name.len()).rev().filter(|at| name.get(*at) == Some(&b'"'));
    let open = quotes
        .into_iter()
        .find(|at| name.get(..*at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0)?;
    Some(open..first.end)
}
