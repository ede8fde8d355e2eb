//! How often a report can be read with another profile that has the tag of its own: as a report that nobody made.

use anyhow::Result;
use increp::model::Report;
use increp::wire::packed::{self, GENERAL_64, Known, Profile};
use increp_cli::fit::Fit;
use increp_cli::train::{Options, train};

use crate::data::{Rec, Set};
use crate::report;
use crate::shared::Names;

/// So many of the later reports tell.
const MOST: usize = 2000;
const SIZE: usize = 64 * 1024;

pub struct Mistaken {
    set: String,
    other: String,
    reports: usize,
    /// Read with the other profile.
    read: usize,
    /// Of these, those that an encoder would write in the same bytes with it.
    written: usize,
}

/// The later reports of each set, packed with a profile of its earlier ones, and read with an earlier version of that profile, with
/// the other sets' profiles, and with general-64, whose tag all of them are given: the structured part, and whole reports.
pub fn run(sets: &[Set]) -> Result<Vec<Mistaken>> {
    let names: Vec<Names<'_>> = sets.iter().map(|set| Names::new(&set.recs, &[])).collect();
    let tokens: Vec<Vec<String>> = names.iter().map(Names::tokens).collect();
    let structured =
        sets.iter().zip(&names).zip(&tokens).map(|((set, names), tokens)| report::structured(&set.recs, names, tokens));
    let mut all = counted("structured part", sets, structured.collect())?;
    let fit: Vec<Vec<Rec>> = sets.iter().map(|set| set.recs.iter().filter(|rec| report::fits(rec)).cloned().collect()).collect();
    all.extend(counted("whole", sets, fit.iter().map(|recs| report::whole(recs)).collect())?);
    Ok(all)
}

fn counted(what: &str, sets: &[Set], reports: Vec<Vec<Report<'_>>>) -> Result<Vec<Mistaken>> {
    let general = Profile::new(GENERAL_64)?;
    let mut trained = Vec::new();
    for (set, reports) in sets.iter().zip(reports) {
        eprintln!("profiles of {}, {what}", set.name);
        let [own, earlier] = [4, 3].map(|fifths| of_tag(&reports[..reports.len() * fifths / 5], general.tag()));
        trained.push((set.name.as_str(), reports, own?, earlier?));
    }
    let mut all = Vec::new();
    for (name, reports, own, earlier) in &trained {
        let messages = messages(&reports[reports.len() * 4 / 5..], &Profile::new(own)?)?;
        let mut count = |other: String, profile: &Profile<'_>| all.push(read(format!("{name}, {what}"), other, &messages, profile));
        count("its own, of 3/5 of the reports, not 4/5".to_owned(), &Profile::new(earlier)?);
        for (other, _, profile, _) in trained.iter().filter(|(other, ..)| other != name) {
            count(format!("that of {other}"), &Profile::new(profile)?);
        }
        count("general-64".to_owned(), &general);
    }
    Ok(all)
}

/// A mission's profile with this tag.
fn of_tag(reports: &[Report<'_>], tag: u8) -> Result<Vec<u8>> {
    let others = (0..16).filter(|other| *other != tag).map(|other| [other; 32]).collect();
    let options = Options { size: SIZE, mission: true, public: true, others, ..Options::default() };
    Ok(train(reports, &options, &mut |_, _| {})?.blob)
}

fn messages(reports: &[Report<'_>], profile: &Profile<'_>) -> Result<Vec<Vec<u8>>> {
    let mut buffer = vec![0; increp::MAX_LEN];
    let step = reports.len().div_ceil(MOST).max(1);
    let packed = |report| Ok(packed::encode(report, profile, &Known::default(), &mut buffer)?.to_vec());
    reports.iter().step_by(step).map(packed).collect()
}

fn read(set: String, other: String, messages: &[Vec<u8>], profile: &Profile<'_>) -> Mistaken {
    let fits = messages.iter().filter(|bytes| packed::tag(bytes).is_some()).map(|bytes| Fit::of(bytes, profile).0);
    let (mut read, mut written) = (0, 0);
    for fit in fits {
        read += usize::from(fit != Fit::Unread);
        written += usize::from(fit == Fit::Written);
    }
    Mistaken { set, other, reports: messages.len(), read, written }
}

pub fn print(all: &[Mistaken]) {
    println!("\n## Read with another profile that has the same tag\n");
    println!(
        "| reports of | profile | reports | read as others | of these, written again in the same bytes |\n|---|---|--:|--:|--:|"
    );
    for Mistaken { set, other, reports, read, written } in all {
        println!("| {set} | {other} | {reports} | {read} | {written} |");
    }
}
