//! Makes a profile out of past reports.

// Numbers of a profile fit their 8, 16 and 32 bits; what is learned is rounded on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod contents;
mod decisions;
mod forms;
mod laid;
pub mod measure;
pub mod text;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use increp::MAX_LEN;
use increp::model::{Handling, Id, LinkRel, Report};
use increp::wire::packed::{
    Area, Cost, Entry, Known, LENGTHS, MAGIC, PROFILE_VERSION, Profile, Rehearsal, SECTION_NAMES, Weighing, order, section,
};
use sha2::{Digest as _, Sha256};

use contents::Contents;
use decisions::{Census, FEWEST, Learned, Learner, Sayings};

/// What the profile is to be.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Bytes that it may have.
    pub size: usize,
    /// Of a mission: with names, places, time and area of its reports. Else what they have in common alone.
    pub mission: bool,
    /// The reports are public: what one of them says may be in it.
    pub public: bool,
    /// Further texts for the text model to learn from, as notes.
    pub texts: Vec<String>,
    /// Names that are to be in it, whoever said them, beside those that the reports say.
    pub names: Vec<String>,
    /// When and where it is for, in place of what the reports say.
    pub area: Option<Area>,
    /// The ids of the profiles at hand: its tag is to be that of none of them.
    pub others: Vec<[u8; 32]>,
}

/// The sections of a profile, in the order of [`SECTION_NAMES`].
pub type Sections = [Vec<u8>; SECTION_NAMES.len()];

/// A profile out of its sections.
#[must_use]
pub fn blob(sections: &Sections) -> Vec<u8> {
    let mut content = Vec::new();
    content.extend(sections.iter().flat_map(|section| (section.len() as u32).to_le_bytes()));
    content.extend(sections.iter().flatten());
    let mut blob = MAGIC.to_vec();
    blob.extend([PROFILE_VERSION, 0, 0, 0]);
    blob.extend(Sha256::digest(&content));
    debug_assert_eq!(blob.len(), LENGTHS);
    blob.extend(content);
    blob
}

/// A profile, and what is in it.
#[derive(Debug)]
pub struct Trained {
    /// The profile.
    pub blob: Vec<u8>,
    /// Every name that is in it.
    pub strings: Vec<String>,
    /// The words that its text model may give away, the commonest first: those that few texts say are not learned.
    pub words: Vec<String>,
    /// Reports that it was trained on.
    pub reports: usize,
    /// Reports that were kept out because of their handling.
    pub kept_out: usize,
    /// Reports that were given twice, or that a later one replaces: what five reports say, they do not say five times.
    pub again: usize,
    /// Weights in the table.
    pub weights: usize,
}

/// Whether a profile may learn from a report.
#[must_use]
pub fn may_be_learned(report: &Report<'_>) -> bool {
    matches!(report.effective_handling(), Handling::CLEAR | Handling::GREEN | Handling::AMBER)
        && report
            .claims
            .iter()
            .all(|claim| matches!(claim.handling, Handling::UNSPECIFIED | Handling::CLEAR | Handling::GREEN | Handling::AMBER))
}

/// Trains a profile on reports, the oldest first.
///
/// # Errors
/// A report is not valid, or the profile that came out is none, which would be a defect.
pub fn train(reports: &[Report<'_>], options: &Options, progress: &mut dyn FnMut(&str, f32)) -> anyhow::Result<Trained> {
    let may: Vec<&Report<'_>> = reports.iter().filter(|report| may_be_learned(report)).collect();
    let kept_out = reports.len() - may.len();
    // Of public reports nothing depends on how many say it.
    let learned_from = if options.public { may } else { each_once(&may)? };
    let least = if options.public { 1 } else { FEWEST };
    let mut contents = Contents::new(least);
    for report in &learned_from {
        contents.add(report)?;
    }
    let mut sections = Sections::default();
    let names = contents.names(if options.mission { options.size / 4 } else { options.size / 16 }, &options.names);
    let places = if options.mission { contents.places(options.size / 2 - options.size / 8) } else { Vec::new() };
    let area = options.area.or_else(|| contents.area(&places).filter(|_| options.mission));
    sections[section::AREA] = area.map(|area| area.to_bytes().to_vec()).unwrap_or_default();
    let mut first: Vec<Entry> = places.iter().map(|(point, name)| contents::entry(*point, *name, &names)).collect();
    first.sort_by_key(|entry| order(entry.point));
    sections[section::MASKS] = contents.masks();
    sections[section::NAMES] = contents::names_section(&names);
    sections[section::GAZETTEER] = contents::gazetteer_section(&first, &[]);
    if options.mission {
        // Elsewhere, reports look otherwise.
        sections[section::FORMS] = forms::section(&learned_from, &Profile::new(&blob(&sections))?, options.size / 8);
    }
    let strings = names.iter().map(|name| (*name).to_owned()).collect();

    let learned = learn(&learned_from, &blob(&sections), options, progress)?;
    let weighed = |(number, entry): (usize, &Entry)| {
        let weight = learned.nodes.get(&(number as u32)).copied().unwrap_or_default();
        Entry { weight, ..*entry }
    };
    let first: Vec<Entry> = first.iter().enumerate().map(weighed).collect();
    sections[section::GAZETTEER] = contents::gazetteer_section(&first, &[]);
    sections[section::WEIGHTS] = best_table(&learned_from, &sections, learned.tables)?;
    // One more byte may tell it from other profiles.
    let room = options.size.saturating_sub(blob(&sections).len() + usize::from(!options.others.is_empty()));
    let mut words = Vec::new();
    if room >= TEXT_LEAST {
        let mut texts = contents.texts(&names);
        let own = text::source_weight(texts.iter().map(|text| text.0.len()).sum());
        texts.iter_mut().for_each(|text| text.1 = own);
        let further = text::source_weight(options.texts.iter().map(String::len).sum());
        texts.extend(options.texts.iter().map(|text| (text.as_str(), further, 1)));
        words = words::common(texts.iter().map(|text| text.0));
        sections[section::TEXT] = text::train(&texts, room, &mut |done| progress("texts", done));
    }
    let blob = told_apart(sections, &options.others)?;
    Ok(Trained {
        blob,
        strings,
        words,
        reports: learned_from.len(),
        kept_out,
        again: reports.len() - kept_out - learned_from.len(),
        weights: learned.weights,
    })
}

/// The profile, with a byte behind its weights that nothing refers to where it would else have the tag of another one. Reports
/// that were packed with one of them might be read with the other.
fn told_apart(mut sections: Sections, others: &[[u8; 32]]) -> anyhow::Result<Vec<u8>> {
    let plain = blob(&sections);
    let tag = |id: &[u8; 32]| id[0] & 0xf;
    let alone = |blob: &[u8]| -> anyhow::Result<bool> {
        let id = *Profile::new(blob)?.id();
        Ok(!others.iter().any(|other| *other != id && tag(other) == tag(&id)))
    };
    if alone(&plain)? {
        return Ok(plain);
    }
    let weights = &mut sections[section::WEIGHTS];
    // How many buckets there are stands before everything else.
    weights.resize(weights.len().max(2), 0);
    let end = weights.len();
    weights.push(0);
    for byte in 0..=u8::MAX {
        sections[section::WEIGHTS][end] = byte;
        let blob = blob(&sections);
        if alone(&blob)? {
            return Ok(blob);
        }
    }
    // All tags are taken.
    Ok(plain)
}

/// Each report once, without those that another one replaces.
fn each_once<'r, 'a>(reports: &[&'r Report<'a>]) -> Result<Vec<&'r Report<'a>>, increp::Error> {
    let key = |id: Id| (id.author, id.epoch, id.seq);
    let replaced: BTreeSet<_> = reports
        .iter()
        .flat_map(|report| report.links.iter().filter(|link| link.rel == LinkRel::REPLACES && link.id != report.id))
        .map(|link| key(link.id))
        .collect();
    let (mut seen, mut buffer) = (HashSet::new(), [0; MAX_LEN]);
    let mut once = Vec::new();
    for report in reports.iter().copied().filter(|report| !replaced.contains(&key(report.id))) {
        if seen.insert(increp::encode(report, &mut buffer)?.to_vec()) {
            once.push(report);
        }
    }
    Ok(once)
}

/// Bytes of weights that a profile has at most: runs lie within 32 KiB.
const MOST_WEIGHTS: usize = 1 << 15;

/// Bits that a weight must save over all reports, to be worth its bytes.
const LEAST_SAVED: f32 = 6.0;

/// A text model of fewer bytes is worse than none.
const TEXT_LEAST: usize = 1024;

/// One report of so many is rehearsed without its form.
const FORMLESS: usize = 4;

/// Reports of a batch while the trainer rehearses.
const BATCH: usize = 100;

/// Takes a report of a message, what its receiver knows, how it is sent, and its number.
type Each<'e, 'a> = dyn FnMut(&Report<'a>, &mut Rehearsal<'a>, &Known, Way, usize) -> Result<(), increp::Error> + 'e;

/// The numbers of the reports to come: each author's go on from the last, for a quarter of as many reports again.
struct Numbers(BTreeMap<(u32, u32), Run>);

#[derive(Clone, Copy, Default)]
struct Run {
    last: u32,
    reports: u32,
    /// How many of them were renumbered.
    renumbered: u32,
}

impl Numbers {
    fn new(reports: &[&Report<'_>]) -> Self {
        let mut runs = BTreeMap::<_, Run>::new();
        for Id { author, epoch, seq } in reports.iter().map(|report| report.id) {
            let run = runs.entry((author, epoch)).or_default();
            (run.last, run.reports) = (run.last.max(seq), run.reports + 1);
        }
        Self(runs)
    }

    /// The reports of a message with the numbers that they would have in the time to come.
    fn renumbered<'a>(&mut self, message: &[&Report<'a>]) -> Vec<Report<'a>> {
        let mut ahead = BTreeMap::new();
        let renumber = |report: &&Report<'a>| {
            let mut report = (*report).clone();
            let key = (report.id.author, report.id.epoch);
            let run = self.0.entry(key).or_default();
            let ahead = *ahead.entry(key).or_insert_with(|| {
                run.renumbered += 1;
                (run.last - report.id.seq).saturating_add(1 + run.renumbered % (run.reports / 4 + 1))
            });
            report.id.seq = report.id.seq.saturating_add(ahead);
            report
        };
        message.iter().map(renumber).collect()
    }
}

/// Goes through all reports as they will be sent: alone, to a receiver who knows the last one, and in batches.
fn rehearse<'a>(reports: &[&Report<'a>], each: &mut Each<'_, 'a>) -> Result<(), increp::Error> {
    let mut numbers = Numbers::new(reports);
    let nothing = Known::default();
    let mut message = |message: &[&Report<'a>], way, first, each: &mut Each<'_, 'a>| {
        let mut rehearsal = Rehearsal::new(&nothing);
        let mut renumbered = numbers.renumbered(message).into_iter().zip(first..);
        renumbered.try_for_each(|(report, number)| each(&report, &mut rehearsal, &nothing, way, number))
    };
    for (number, report) in reports.iter().enumerate() {
        message(&[report], Way::Alone, number, each)?;
    }
    // Now and then without a form, for those that will have none.
    for (number, report) in reports.iter().enumerate().step_by(FORMLESS) {
        message(&[report], Way::Formless, number, each)?;
    }
    let mut last: Option<&Report<'_>> = None;
    for (number, report) in reports.iter().enumerate() {
        // Numbers are known with all the rest.
        let known = last.map_or(Known::default(), |last| known(last, report));
        each(report, &mut Rehearsal::new(&known), &known, Way::Known, number)?;
        last = Some(report);
    }
    for (batch, chunk) in reports.chunks(BATCH).enumerate() {
        message(chunk, Way::Batch, batch * BATCH, each)?;
    }
    Ok(())
}

/// What a receiver knows of a report who has the one before, and the profile.
#[must_use]
pub fn known(last: &Report<'_>, report: &Report<'_>) -> Known {
    let point = last.event.as_ref().and_then(|event| event.place.known()?.point);
    Known { id: Some(report.id), sent: last.sent, point, profile: true }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Alone,
    Formless,
    Known,
    Batch,
}

fn learn<'a>(
    reports: &[&Report<'a>],
    blob: &'a [u8],
    options: &Options,
    progress: &mut dyn FnMut(&str, f32),
) -> anyhow::Result<Learned> {
    let profile = Profile::new(blob)?;
    // Names and places that one report says are still new to whoever says them first.
    let least = if options.public { 2 } else { FEWEST };
    let mut census = Census::default();
    let mut way = None;
    rehearse(reports, &mut |report, rehearsal, known, now, number| {
        if way.replace(now) != Some(now) {
            census.sayings = Sayings { least, ..Sayings::default() };
        }
        census.begin(number);
        census.sayings.formless = now == Way::Formless;
        rehearsal.report(report, &profile, known, &mut census)
    })?;
    let authors: BTreeSet<u32> = reports.iter().map(|report| report.id.author).collect();
    let few_authors = !options.public && authors.len() < FEWEST as usize;
    let mut learner = Learner::new(&census, !options.mission, !options.names.is_empty(), few_authors);
    drop(census);
    let mut way = None;
    let many = reports.len();
    rehearse(reports, &mut |report, rehearsal, known, now, number| {
        if way.replace(now) != Some(now) {
            learner.sayings = Sayings { least, ..Sayings::default() };
        }
        let share = match now {
            Way::Alone | Way::Formless => 1.0,
            Way::Known | Way::Batch => 0.5,
        };
        learner.sayings.formless = now == Way::Formless;
        learner.sayings.first = matches!(now, Way::Alone | Way::Formless);
        learner.weight = if options.mission { share * recent(many - number, many) } else { share };
        rehearsal.report(report, &profile, known, &mut learner)
    })?;
    let most = (options.size / 5).min(MOST_WEIGHTS);
    Ok(learner.learn(most, LEAST_SAVED, &mut |done| progress("decisions", done)))
}

/// The table with which reports take the least.
fn best_table(reports: &[&Report<'_>], sections: &Sections, tables: Vec<Vec<u8>>) -> anyhow::Result<Vec<u8>> {
    /// As many tell them apart well enough.
    const ENOUGH: usize = 2000;
    let some: Vec<&Report<'_>> = reports.iter().step_by(reports.len().div_ceil(ENOUGH).max(1)).copied().collect();
    let mut best = None;
    for table in tables {
        let mut sections = sections.clone();
        sections[section::WEIGHTS] = table;
        let blob = blob(&sections);
        let profile = Profile::new(&blob)?;
        let mut weighing = Weighing { weights: profile.weights(), coder: Cost::default() };
        rehearse(&some, &mut |report, rehearsal, known, _, _| rehearsal.report(report, &profile, known, &mut weighing))?;
        let cost = weighing.coder.0;
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, std::mem::take(&mut sections[section::WEIGHTS])));
        }
    }
    Ok(best.map(|(_, table)| table).unwrap_or_default())
}

/// What is old bears less on what comes: half as much every third of all reports.
fn recent(age: usize, many: usize) -> f32 {
    let halvings = age * 3 * 16 / many.max(1);
    // 2^-(1/16), sixteen of which halve.
    (0..halvings).fold(1.0, |weight: f32, _| weight * 0.957_603_3)
}
