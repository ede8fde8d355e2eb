//! `increp check`: every problem of a file, with its place.

use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use bumpalo::Bump;
use increp::model::describe::Path;
use increp::model::{
    AccessState, Act, Claim, CountOf, EventType, LinkRel, Period, Place, PlacePrecision, Report, Said, Stamp, Statement, Term,
    Time, TimePrecision,
};
use serde_json::json as object;

use super::{inputs, many};
use crate::args::Check;
use crate::exit::Exit;
use crate::files::Input;
use crate::json::{self, Piece, Pieces, Problem, Step, locate, path_text, steps};

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

pub(super) fn run(arguments: &Check) -> Result<Exit> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let now = Stamp::new(i64::try_from(now).unwrap_or(i64::MAX));
    let mut out = std::io::stdout();
    let (mut reports, mut errors, mut warnings) = (0u64, 0u64, 0u64);
    let mut unread = false;
    for file in inputs(&arguments.files) {
        let Input { name, reader } = match Input::open(file.as_deref()) {
            Ok(input) => input,
            Err(error) => {
                say!("increp: {error:#}");
                unread = true;
                continue;
            }
        };
        let mut pieces = Pieces::new(reader);
        while let Some(piece) = pieces.next_piece()? {
            reports += 1;
            for Finding { error, problem } in findings(&piece, now) {
                let (line, column) = piece.place(problem.offset);
                let severity = if error { "error" } else { "warning" };
                *(if error { &mut errors } else { &mut warnings }) += 1;
                let path = path_text(&problem.path);
                if arguments.json {
                    let object = object!({
                        "file": name, "line": line, "column": column, "path": path, "severity": severity, "message": problem.message,
                    });
                    writeln!(out, "{object}")?;
                } else {
                    let gap = if path.is_empty() { "" } else { ": " };
                    writeln!(out, "{name}: line {line}, column {column}, {severity}: {path}{gap}{}", problem.message)?;
                }
            }
        }
    }
    say!("{}, {}, {}", many(reports, "report"), many(errors, "error"), many(warnings, "warning"));
    Ok(if unread { Exit::Files } else { Exit::findings(if arguments.strict { errors + warnings } else { errors }) })
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

/// What a careful reader would ask about: paths and questions.
fn warnings(report: &Report<'_>, now: Stamp) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let mut warn = |path: String, message: &str| list.push((path, message.to_owned()));
    if report.sent.is_some_and(|sent| sent > now) {
        warn("sent".to_owned(), "is in the future: is the clock right?");
    }
    for (index, link) in report.links.iter().enumerate() {
        if link.id == report.id {
            warn(format!("links[{index}].id"), "is this report itself");
        }
        if link.rel == LinkRel::UNSPECIFIED {
            warn(format!("links[{index}]"), "says no relation");
        }
    }
    for (path, count) in report.counts() {
        let path = path.to_string();
        let value = count.value.known().copied();
        if let (Some(value), Some(min)) = (value, count.min)
            && value < min
        {
            warn(format!("{path}.value"), "is below min");
        }
        if let (Some(value), Some(max)) = (value, count.max)
            && value > max
        {
            warn(format!("{path}.value"), "is above max");
        }
        if let (Some(min), Some(max)) = (count.min, count.max)
            && min > max
        {
            warn(format!("{path}.min"), "is above max");
        }
        let figure =
            count.value != Said::Unreported || count.min.is_some() || count.max.is_some() || count.term != Term::UNSPECIFIED;
        if !figure {
            warn(path.clone(), "gives no figure: null as value says that it was asked and is not known");
        }
        if count.of == CountOf::UNSPECIFIED {
            warn(path.clone(), "does not say what is counted");
        }
        if count.of == CountOf::ITEMS && count.item.is_none() {
            warn(path.clone(), "does not say in `item` which items are counted");
        }
        if count.period.is_some_and(backwards) {
            warn(format!("{path}.period"), "ends before it starts");
        }
    }
    if let Some(event) = &report.event {
        if let Said::Known(time) = &event.time {
            when("event.time", time, event.planned, report.sent, now, &mut warn);
        }
        if let Said::Known(place) = &event.place {
            location("event.place", place, &mut warn);
        }
        if let Some(observer) = &event.observer {
            let point = event.place.known().is_some_and(|place| place.point.is_some());
            if point && observer.bearing_deg.is_some() && observer.distance_m.is_some() {
                warn("event.observer".to_owned(), "bearing and distance together with the event's point give the observer away");
            }
            if observer.distance_m.is_some_and(|far| far.min.zip(far.max).is_some_and(|(min, max)| min > max)) {
                warn("event.observer.distance_m.min".to_owned(), "is above max");
            }
        }
        if event.kind == EventType::ACCESS_CONSTRAINT
            && event.access.as_ref().is_none_or(|access| access.state == AccessState::UNSPECIFIED)
        {
            warn("event".to_owned(), "is an access constraint, but `access` does not say what became of the access");
        }
    }
    for (index, claim) in report.claims.iter().enumerate() {
        says(&format!("claims[{index}]"), claim, report, now, &mut warn);
    }
    if report.mission.is_none() {
        mission_codes(report, &mut warn);
    }
    list
}

fn backwards(period: Period) -> bool {
    // The end is the last year, month or day in it: a shorter date ends later than it starts.
    period.start.zip(period.end).is_some_and(|(start, end)| end.form >= start.form && end.at < start.at)
}

fn when(path: &str, time: &Time<'_>, planned: bool, sent: Option<Stamp>, now: Stamp, warn: &mut impl FnMut(String, &str)) {
    let start = time.start.known().copied();
    // The end is the last year, month or day in it.
    let span = match time.precision {
        TimePrecision::YEAR => 366 * 86_400,
        TimePrecision::MONTH => 31 * 86_400,
        precision if precision >= TimePrecision::PART_OF_DAY => 86_400,
        _ => 0,
    };
    if let (Some(start), Some(end)) = (start, time.end)
        && end.seconds() + span < start.seconds()
    {
        warn(format!("{path}.end"), "is before start");
    }
    // A day of precision may have begun east of UTC.
    let slack = if time.precision >= TimePrecision::PART_OF_DAY { 14 * 3600 } else { 0 };
    let known = sent.unwrap_or(now).min(now);
    if !planned && start.is_some_and(|start| start.seconds() > known.seconds() + slack) {
        warn(format!("{path}.start"), "is in the future: an event that is expected is `planned`");
    }
    if start.is_some() && time.precision == TimePrecision::UNSPECIFIED {
        warn(format!("{path}.start"), "is given without `precision`");
    }
}

fn location(path: &str, place: &Place<'_>, warn: &mut impl FnMut(String, &str)) {
    let Some(point) = place.point else { return };
    if place.precision == PlacePrecision::UNSPECIFIED {
        warn(format!("{path}.lat"), "is given without `precision`: is the point exact, near, or the middle of a district?");
    }
    if point.lat.0 == 0 && point.lon.0 == 0 {
        warn(format!("{path}.lat"), "and lon are 0, off the coast of Africa: leave both out where no point is known");
    }
}

fn says(path: &str, claim: &Claim<'_>, report: &Report<'_>, now: Stamp, warn: &mut impl FnMut(String, &str)) {
    if claim.act == Act::UNSPECIFIED {
        warn(path.to_owned(), "does not say in `act` what the source does: assert, deny, accuse ...");
    }
    match &claim.said {
        Some(Statement::Place(place)) => location(&format!("{path}.place"), place, warn),
        Some(Statement::Time(time)) => when(&format!("{path}.time"), time, true, report.sent, now, warn),
        _ => {}
    }
}

/// Codes that mean nothing without a mission. The bytes hold every code, so they are walked.
fn mission_codes(report: &Report<'_>, warn: &mut impl FnMut(String, &str)) {
    struct Codes(Vec<(String, u8)>);
    impl increp::wire::Trace for Codes {
        fn seen(&mut self, path: &Path, _: std::ops::Range<usize>, seen: increp::wire::Seen<'_>) {
            if let increp::wire::Seen::Code(code @ 128..) = seen {
                self.0.push((path.to_string(), code));
            }
        }
    }
    let mut buffer = [0; increp::MAX_LEN];
    let mut codes = Codes(Vec::new());
    let Ok(bytes) = increp::encode(report, &mut buffer) else { return };
    // What was just encoded decodes.
    let _ = increp::wire::decode_traced(bytes, &mut Report::default(), &mut codes);
    for (path, code) in codes.0 {
        warn(path, &format!("code {code} means nothing without `mission`"));
    }
}
