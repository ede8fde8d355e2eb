//! What a profile is worth: reports that it was not trained on, with it and without.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use anyhow::{Result, ensure};
use increp::model::describe::Path;
use increp::model::{Report, Stamp};
use increp::wire::packed::{self, Entry, Gazetteer, Known, Position, Profile, SECTION_NAMES, section};
use increp::wire::{Seen, Trace};
use increp::{Error, MAX_LEN};

use super::{Sections, Trained, blob};
use crate::fit::room;
use crate::profiles::{Named, sections};
use crate::stats::bits;

/// The reports that the measured profile is trained on: the earlier four fifths.
#[must_use]
pub fn earlier<'r, 'a>(reports: &'r [Report<'a>]) -> &'r [Report<'a>] {
    let (earlier, _) = reports.split_at(reports.len() - reports.len() / 5);
    earlier
}

/// Bits that values take, by groups of fields: a trace of decoders.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    bits: BTreeMap<String, f64>,
    /// The group and the bits of the value that was read last.
    last: (String, f64),
}

impl Groups {
    fn settle(&mut self) {
        let (group, bits) = std::mem::take(&mut self.last);
        *self.bits.entry(group).or_default() += bits;
    }

    /// The bits of each group.
    #[must_use]
    pub fn bits(mut self) -> BTreeMap<String, f64> {
        self.settle();
        self.bits.remove("");
        self.bits
    }
}

impl Trace for Groups {
    fn seen(&mut self, path: &Path, bytes: Range<usize>, seen: Seen<'_>) {
        self.settle();
        // Where postcard was shorter, it was taken, and a value has its bytes for itself.
        #[allow(clippy::cast_precision_loss)] // a few kilobytes at most
        let bits = 8.0 * bytes.len() as f64;
        self.last = (group(path, seen), bits);
    }

    fn packed(&mut self, start: Position, end: Position) {
        self.last.1 = bits(start, end);
    }
}

/// The group of fields that a value belongs to.
fn group(path: &Path, seen: Seen<'_>) -> String {
    let path = path.to_string();
    let mut steps = path.split('.').map(|step| step.split('[').next().unwrap_or(step));
    let first = steps.next().unwrap_or_default();
    let group = match (first, steps.next()) {
        ("", _) if matches!(seen, Seen::Header(_) | Seen::Tag(_)) => "header".to_owned(),
        ("", _) => "which fields".to_owned(),
        ("event", Some(field)) => format!("event.{field}"),
        ("event", None) => "event: which fields".to_owned(),
        (field, _) => field.to_owned(),
    };
    if matches!(seen, Seen::Text(_)) { format!("{group}, text") } else { group }
}

/// What reports take with a profile, each alone.
struct Taken {
    bytes: usize,
    groups: BTreeMap<String, f64>,
}

fn taken(reports: &[Report<'_>], profile: &Profile<'_>) -> Result<Taken> {
    let (mut taken, mut all) = (Groups::default(), 0);
    let (mut buffer, mut room) = ([0; MAX_LEN], vec![0; room(&[])]);
    for report in reports {
        let bytes = packed::encode(report, profile, &Known::default(), &mut buffer)?;
        let mut again = Report::default();
        packed::decode_traced(bytes, profile, &Known::default(), &mut again, &mut room, &mut taken)?;
        ensure!(again == *report, "report {} does not come back: this is a defect of increp", report.id);
        all += bytes.len();
    }
    Ok(Taken { bytes: all, groups: taken.bits() })
}

/// Bytes that reports take with a profile, each alone.
fn length(reports: &[Report<'_>], profile: &Profile<'_>) -> Result<usize, Error> {
    let mut buffer = [0; MAX_LEN];
    reports.iter().map(|report| packed::encode(report, profile, &Known::default(), &mut buffer).map(<[u8]>::len)).sum()
}

/// The same profile without one of its sections.
fn without(profile: &[u8], section: usize) -> Vec<u8> {
    let mut left: Sections = sections(profile).map(<[u8]>::to_vec);
    if let Some(section) = left.get_mut(section) {
        section.clear();
    }
    // Without names, places have none.
    if SECTION_NAMES.get(section) == Some(&"names")
        && let Ok(profile) = Profile::new(profile)
    {
        let Gazetteer { first, second } = profile.gazetteer();
        if let (Some(section), Ok(many)) =
            (left.get_mut(section::GAZETTEER).filter(|section| !section.is_empty()), u16::try_from(first.len()))
        {
            *section = many.to_le_bytes().to_vec();
            section.extend(first.iter().chain(second.iter()).flat_map(|entry| Entry { name: None, ..entry }.to_bytes()));
        }
    }
    blob(&left)
}

/// When a report was sent, or else its event began. Without either it stands before all others.
#[must_use]
pub fn when(report: &Report<'_>) -> Option<i64> {
    let start = || report.event.as_ref()?.time.known()?.start.known().copied();
    report.sent.or_else(start).map(Stamp::seconds)
}

/// What stands above the table of sections.
const SECTIONS_MEAN: &str = "\
the one that was written is made of all of them, and its sections have other sizes.

What each section is worth: the bytes that a report takes more without it. One makes up for another that
is missing, and some help only together: these do not add up to what all of them save.
";

/// What stands above the table of members.
const ROWS_MEAN: &str = "\
\", text\" are the words in a member, its name alone is all else in it; \"which fields\" is what says which members
are there, \"header\" which profile it is.
";

/// The closing table: what `tried`, trained on the earlier reports, does for the later ones; nothing if there are none.
///
/// # Errors
/// A report is not valid, or does not come back, which would be a defect.
pub fn table(tried: &Trained, reports: &[Report<'_>], before: &Named) -> Result<Option<String>> {
    let later = reports.get(earlier(reports).len()..).unwrap_or_default();
    let Some(first) = later.first() else { return Ok(None) };
    let profile = Profile::new(&tried.blob)?;
    let (old, new) = (taken(later, &before.profile)?, taken(later, &profile)?);
    #[allow(clippy::cast_precision_loss)] // reports are counted in thousands
    let many = later.len() as f64;
    #[allow(clippy::cast_precision_loss)]
    let each = |bytes: usize| bytes as f64 / many;
    let mut text = String::new();
    let from = when(first).map_or(String::new(), |seconds| format!(" from {}", Stamp::new(seconds)));
    let name = &before.name;
    let plural = if later.len() == 1 { "" } else { "s" };
    writeln!(text, "Measured on the later fifth, {} report{plural}{from}, with a profile made of the earlier ones;", later.len())?;
    text += SECTIONS_MEAN;
    writeln!(text, "\n{:10} {:>8}  {:>8}", "section", "bytes", "worth")?;
    for (number, (name, section)) in SECTION_NAMES.iter().zip(sections(&tried.blob)).enumerate() {
        if !section.is_empty() {
            let without = without(&tried.blob, number);
            let saved = each(length(later, &Profile::new(&without)?)?) - each(new.bytes);
            writeln!(text, "{name:10} {:>8}  {saved:8.1}", section.len())?;
        }
    }
    writeln!(
        text,
        "\nWhat a report takes, \"before\" with the profile {name}, \"after\" with the one made of the earlier reports:"
    )?;
    text += ROWS_MEAN;
    writeln!(text, "\n{:28} {:>8} {:>8}", "bits per report", "before", "after")?;
    let mut groups: Vec<(&String, f64, f64)> = Vec::new();
    for group in old.groups.keys().chain(new.groups.keys().filter(|group| !old.groups.contains_key(*group))) {
        let bits = |taken: &Taken| taken.groups.get(group).copied().unwrap_or(0.0) / many;
        groups.push((group, bits(&old), bits(&new)));
    }
    // The largest remainder first.
    groups.sort_by(|one, other| other.2.total_cmp(&one.2).then(one.0.cmp(other.0)));
    for (group, old, new) in &groups {
        writeln!(text, "{group:28} {old:8.1} {new:8.1}")?;
    }
    let sum = |of: fn(&(&String, f64, f64)) -> f64| groups.iter().map(of).sum::<f64>();
    writeln!(text, "{:28} {:8.1} {:8.1}", "all", sum(|group| group.1), sum(|group| group.2))?;
    writeln!(text, "{:28} {:8.1} {:8.1}", "bytes per report", each(old.bytes), each(new.bytes))?;
    if new.bytes > old.bytes {
        writeln!(
            text,
            "\nReports take fewer bytes with {name} than with this profile: give it more room (--size) or more reports."
        )?;
    }
    Ok(Some(text))
}
