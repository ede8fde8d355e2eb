//! Bytes per report and speed: increp beside its peers, on any UCDP GED file.
//!
//! Tables in Markdown go to standard output, progress to standard error. See [`args::HELP`].

mod args;
mod bars;
mod content;
mod data;
mod dictionary;
mod experiment;
mod measure;
mod mistaken;
mod ours;
mod peers;
mod random;
mod report;
mod shared;
mod speed;
mod table;
mod texts;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use args::Args;
use data::Set;
use experiment::Group;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/ucdp_sample.csv");

fn main() -> Result<ExitCode> {
    let Some(args) = args::parse(std::env::args().skip(1))? else {
        println!("{}", args::HELP);
        return Ok(ExitCode::SUCCESS);
    };
    let sets = sets(&args)?;
    if args.speed {
        sets.first().map(|set| speed::run(set).map(|speeds| speed::print(set, &speeds))).transpose()?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.mistaken {
        mistaken::print(&mistaken::run(&sets)?);
        return Ok(ExitCode::SUCCESS);
    }
    let effort = if args.quick { measure::QUICK } else { measure::FULL };
    let effort = measure::Effort { peers: !args.ours, ..effort };
    let mut experiments = experiment::cross(&sets, effort)?;
    for group in [Group::Mission, Group::Known, Group::Whole] {
        experiments.extend(experiment::missions(group, &sets, effort)?);
    }
    let texts = texts::run(&args.texts, &args.outside, args.quick)?;
    experiments.iter().for_each(table::print);
    texts.iter().for_each(table::print_texts);
    // Last of what is measured, when nothing else of this program runs.
    if let Some(set) = sets.first().filter(|_| !args.ours) {
        speed::print(set, &speed::run(set)?);
    }
    if args.ours {
        return Ok(ExitCode::SUCCESS);
    }
    let held = bars::print(&experiments, &texts);
    Ok(ExitCode::from(u8::from(args.strict && !held)))
}

fn sets(args: &Args) -> Result<Vec<Set>> {
    if args.ucdp.is_empty() {
        return data::countries(Path::new(SAMPLE));
    }
    args.ucdp.iter().map(|(name, path)| data::read(name, path)).collect()
}
