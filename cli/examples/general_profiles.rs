//! Makes the profiles that ship in the crate, `general-16` and `general-64`, again from their sources:
//!
//! ```text
//! cargo run --release -p increp-cli --example general_profiles -- DATA core/profiles
//! ```
//!
//! DATA holds `ucdp_ged_mexico.csv`, `ucdp_ged_syria.csv` (UCDP GED, CC BY 4.0, Sundberg & Melander 2013) and `nga_asam.csv`
//! (NGA anti-shipping activity messages, a work of the US government). The same data give the same bytes.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use increp::model::Report;
use increp::wire::packed::Area;
use increp_cli::train::{Options, train};

/// Eight years from 2026-01-01 on, the whole world.
const YEARS_TO_COME: Area =
    Area { base: 1_767_225_600, minutes: 1 << 22, lat: [-900_000_000, 900_000_000], lon: [-1_800_000_000, 1_800_000_000] };

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let usage = "usage: general_profiles DATA OUT";
    let (data, out) = (arguments.next().context(usage)?, arguments.next().context(usage)?);
    let reports = [ucdp(&data.join("ucdp_ged_mexico.csv"))?, ucdp(&data.join("ucdp_ged_syria.csv"))?].concat();
    let reports: Vec<Report<'_>> = reports.iter().map(|bytes| increp::decode(bytes)).collect::<Result<_, _>>()?;
    let texts = descriptions(&data.join("nga_asam.csv"))?;
    // With the encoders, the smaller one is to fit into 48 KiB of flash.
    let one = |(kib, size): (u32, usize)| -> Result<()> {
        let options = Options { size, texts: texts.clone(), ..Options::default() };
        let mut trained = train(&reports, &options, &mut |_, _| {})?;
        // UCDP does not say when a report was sent. Whoever has no profile of their own sends in the years to come, anywhere.
        let mut sections = increp_cli::profiles::sections(&trained.blob).map(<[u8]>::to_vec);
        sections[increp::wire::packed::section::AREA] = YEARS_TO_COME.to_bytes().to_vec();
        trained.blob = increp_cli::train::blob(&sections);
        let path = out.join(format!("general-{kib}.profile"));
        std::fs::write(&path, &trained.blob).with_context(|| path.display().to_string())?;
        println!("{}: {} bytes, {} weights, {} names", path.display(), trained.blob.len(), trained.weights, trained.strings.len());
        Ok(())
    };
    std::thread::scope(|scope| {
        let smaller = scope.spawn(|| one((16, 15_500)));
        one((64, 1 << 16))?;
        smaller.join().map_err(|_| anyhow!("a trainer panicked"))?
    })
}

/// The reports of a UCDP file in postcard.
fn ucdp(path: &Path) -> Result<Vec<Vec<u8>>> {
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    let mut reports = Vec::new();
    let mut keep = |report: &Report<'_>| {
        let mut buffer = vec![0; increp::MAX_LEN];
        reports.push(increp::encode(report, &mut buffer)?.to_vec());
        Ok(())
    };
    increp_cli::import::ucdp::import(file, &increp_cli::import::Options::default(), &mut keep, &mut |row| eprintln!("{row}"))?;
    Ok(reports)
}

/// What the messages of a file say, each once.
fn descriptions(path: &Path) -> Result<Vec<String>> {
    let mut table = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    let column = table.headers()?.iter().position(|name| name == "description").context("no column description")?;
    let mut texts = Vec::new();
    for row in table.records() {
        let text = row?.get(column).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        texts.extend(Some(text).filter(|text| !text.is_empty()));
    }
    texts.sort();
    texts.dedup();
    Ok(texts)
}
