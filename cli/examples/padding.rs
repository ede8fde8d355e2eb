//! What the length of a sealed report gives away about its event, and what it costs to hide it, as SPEC.md 4.6 has it:
//!
//! ```text
//! cargo run --release -p increp-cli --example padding -- ucdp_ged_mexico.csv ucdp_ged_syria.csv
//! ```
//!
//! The files are UCDP GED (CC BY 4.0, Sundberg & Melander 2013). A profile is trained on the earlier four fifths of the reports that
//! the importer makes of each; the rest are packed with it, once as they are and once without their texts, and filled up each way.
//!
//! The bits are the mutual information of length and event type, as the counts have it, of those that a type has. Few reports with many
//! lengths show bits where there are none; those that come out when types are dealt out by chance are taken off. Evenly: the same if
//! all types with 30 reports or more were as frequent, which a listener does not know. Guessed: how often, evenly, whoever has every
//! other report, and sees the lengths of the rest, guesses their types.

#![allow(clippy::cast_precision_loss)] // of counts

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use increp::model::{Event, EventType, Extra, Id, Report, Stamp, Text};
use increp::wire::packed::{Known, Profile, encode};
use increp_cli::train::{Options, train};

/// Multiples that a text is filled up to; 1 is the byte that every record has.
const STEPS: [usize; 6] = [1, 4, 8, 16, 32, 64];
const DEALS: u64 = 50;
/// The least reports of a type that counts where types are weighed evenly.
const LEAST: usize = 30;
/// The size of a mission's profile.
const PROFILE: usize = 64 * 1024;

fn main() -> Result<()> {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    ensure!(!files.is_empty(), "usage: padding FILE.csv...");
    println!("| reports | filled up to | bits of the type | evenly | guessed | bytes a report | more |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for file in &files {
        let bytes = reports(file)?;
        let all: Vec<Report<'_>> = bytes.iter().map(|bytes| increp::decode(bytes)).collect::<Result<_, _>>()?;
        let (earlier, later) = all.split_at(all.len() * 4 / 5);
        let options = Options { size: PROFILE, mission: true, public: true, ..Options::default() };
        let blob = train(earlier, &options, &mut |_, _| {})?.blob;
        let profile = Profile::new(&blob).context("the profile that was trained")?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        table(&format!("{name}, {} as they are", later.len()), later, &profile)?;
        let bare: Vec<Report<'_>> = later.iter().map(without_texts).collect();
        table(&format!("{name}, {} without note and headline", later.len()), &bare, &profile)?;
    }
    Ok(())
}

/// The reports of a UCDP file in postcard, in the order in which things happened.
fn reports(path: &Path) -> Result<Vec<Vec<u8>>> {
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    let mut reports = Vec::new();
    let mut keep = |report: &Report<'_>| {
        let time = report.event.as_ref().and_then(|event| event.time.known());
        let start = time.and_then(|time| time.start.known().copied());
        let mut buffer = vec![0; increp::MAX_LEN];
        reports.push((start.map(Stamp::seconds), increp::encode(report, &mut buffer)?.to_vec()));
        Ok(())
    };
    increp_cli::import::ucdp::import(file, &increp_cli::import::Options::default(), &mut keep, &mut |row| eprintln!("{row}"))?;
    reports.sort_by_key(|(start, _)| *start);
    Ok(reports.into_iter().map(|(_, bytes)| bytes).collect())
}

fn without_texts<'a>(report: &Report<'a>) -> Report<'a> {
    let mut bare = report.clone();
    if let Some(event) = &mut bare.event {
        event.note = None::<Text<'a>>;
    }
    bare.extra = Extra::default();
    bare
}

/// A row for each way to fill up.
fn table(name: &str, reports: &[Report<'_>], profile: &Profile<'_>) -> Result<()> {
    let packed: Vec<(u8, usize)> =
        reports.iter().enumerate().map(|(at, report)| length(at, report, profile)).collect::<Result<_>>()?;
    let plain = packed.iter().map(|(_, length)| length).sum::<usize>() as f64 / packed.len() as f64;
    let even: Vec<(u8, usize)> = packed.iter().filter(|(kind, _)| many(&packed, *kind) >= LEAST).copied().collect();
    let (has, has_evenly) = (bits(&itself(&packed), false), bits(&itself(&even), true));
    for step in STEPS {
        let padded = |pairs: &[(u8, usize)]| -> Vec<(u8, usize)> {
            pairs.iter().map(|(kind, length)| (*kind, (length + 1).next_multiple_of(step))).collect()
        };
        let (all, even) = (padded(&packed), padded(&even));
        let mean = all.iter().map(|(_, length)| length).sum::<usize>() as f64 / all.len() as f64;
        println!(
            "| {name} | {step} | {:.3} of {has:.2} | {:.3} of {has_evenly:.2} | {:.0} of {:.0} % | {mean:.1} | {:.1} |",
            told(&all, false),
            told(&even, true),
            100.0 * guessed(&even),
            100.0 / has_evenly.exp2(),
            mean - plain
        );
    }
    Ok(())
}

fn many(pairs: &[(u8, usize)], kind: u8) -> usize {
    pairs.iter().filter(|pair| pair.0 == kind).count()
}

/// What a type has if it is told whole.
fn itself(pairs: &[(u8, usize)]) -> Vec<(u8, usize)> {
    pairs.iter().map(|(kind, _)| (*kind, usize::from(*kind))).collect()
}

/// The type of the event, and the bytes of the report as it is sealed, before it is filled up.
fn length(at: usize, report: &Report<'_>, profile: &Profile<'_>) -> Result<(u8, usize)> {
    let mut report = report.clone();
    // As saved on a device: the id is the seal's, and epochs begin once in 255 reports.
    report.id = Id { author: 1, epoch: 1, seq: u32::try_from(at % 255 + 1)? };
    let known = Known { id: Some(report.id), sent: None, point: None, profile: true };
    let mut buffer = vec![0; increp::MAX_LEN + 1];
    let length = encode(&report, profile, &known, &mut buffer)?.len();
    let kind = report.event.as_ref().map_or(EventType::UNSPECIFIED, |event: &Event<'_>| event.kind);
    Ok((kind.code(), length))
}

/// What is told beyond what chance shows.
fn told(pairs: &[(u8, usize)], evenly: bool) -> f64 {
    let by_chance = (1..=DEALS).map(|deal| bits(&dealt(pairs, deal), evenly)).sum::<f64>() / DEALS as f64;
    (bits(pairs, evenly) - by_chance).max(0.0)
}

/// Mutual information in bits, as the counts have it, or with all types as frequent.
fn bits(pairs: &[(u8, usize)], evenly: bool) -> f64 {
    let (mut kinds, mut lengths, mut both) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    pairs.iter().for_each(|pair| *kinds.entry(pair.0).or_insert(0.0) += 1.0);
    let weight = |kind: u8| if evenly { 1.0 / kinds[&kind] / kinds.len() as f64 } else { 1.0 / pairs.len() as f64 };
    for pair in pairs {
        *lengths.entry(pair.1).or_insert(0.0) += weight(pair.0);
        *both.entry(*pair).or_insert(0.0) += weight(pair.0);
    }
    let share =
        |((kind, length), both): (&(u8, usize), &f64)| both * (both / (kinds[kind] * weight(*kind) * lengths[length])).log2();
    both.iter().map(share).sum()
}

/// The types dealt out to the lengths by chance (splitmix64, Fisher-Yates).
fn dealt(pairs: &[(u8, usize)], mut seed: u64) -> Vec<(u8, usize)> {
    let mut random = move |below: usize| {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % below as u64).unwrap_or(0)
    };
    let mut dealt = pairs.to_vec();
    for last in (1..dealt.len()).rev() {
        let other = random(last + 1);
        let kind = dealt[last].0;
        dealt[last].0 = dealt[other].0;
        dealt[other].0 = kind;
    }
    dealt
}

/// How often the likeliest type of a length is right, all types being as frequent: learned from every other report, asked of the rest.
fn guessed(pairs: &[(u8, usize)]) -> f64 {
    let mut learned: BTreeMap<usize, BTreeMap<u8, f64>> = BTreeMap::new();
    let (mut asked, mut right): (BTreeMap<u8, f64>, f64) = (BTreeMap::new(), 0.0);
    for (kind, length) in pairs.iter().step_by(2) {
        *learned.entry(*length).or_default().entry(*kind).or_insert(0.0) += 1.0 / many(pairs, *kind) as f64;
    }
    let rest: Vec<(u8, usize)> = pairs.iter().skip(1).step_by(2).copied().collect();
    rest.iter().for_each(|(kind, _)| *asked.entry(*kind).or_insert(0.0) += 1.0);
    for (kind, length) in &rest {
        let likeliest = learned.get(length).and_then(|kinds| kinds.iter().max_by(|one, other| one.1.total_cmp(other.1)));
        if likeliest.is_some_and(|(likeliest, _)| likeliest == kind) {
            right += 1.0 / asked[kind] / asked.len() as f64;
        }
    }
    right
}
