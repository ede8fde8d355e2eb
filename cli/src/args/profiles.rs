//! The arguments that are about profiles.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::OutputArguments;

/// Profiles to read packed reports with.
#[derive(Debug, Default, Args)]
pub struct ProfileArguments {
    /// A profile that packed reports may need: a file, or the name of one that is built in. May be given several times.
    #[arg(long, value_name = "FILE")]
    pub profile: Vec<PathBuf>,
}

/// Makes a profile out of past reports, so that further ones like them take fewer bytes.
///
/// The reports are read from JSON or encoded files in any order and sorted by the time at which they were sent, or else that of
/// their event. Whoever has the profile can read what is in it: reports above amber, authors and persons are kept out of it, and so
/// are names and places that fewer than five reports say, unless --public, and words of notes that fewer than five notes say. Every
/// name that it holds is printed, one a line, and then every word that its text model may give away: look for those of people. What
/// five notes or more say word for word may come out of it whole, and whoever has it can test a guess at a rarer note, which takes
/// fewer bits than one that nobody wrote.
///
/// A report is above amber by its mark or that of a claim in it, amber_strict or red; or, where it has no mark, by what it is about:
/// sexual violence, abduction, arrests, detention and counts of children are red. How many are kept out, and the ids of the first five
/// for each reason, is said at the end. A report that is given twice, or that a later one replaces, counts once. A name or note in which
/// the name of a person stands is left out; of authors, it is learned how long their numbers are, where there are five or more.
///
/// The table at the end shows what the profile is worth: bits and bytes per report of the later fifth, with a profile made of the
/// earlier four fifths, against the first one that is given with --profile, or else general-64.
///
/// Its tag, the 4 bits of its id that a packed report says, is that of no profile that is known already: keep those of the mission
/// in the folder that INCREP_PROFILES names. The same reports in the same order, beside the same profiles, make the same profile, on
/// every machine.
#[derive(Debug, Args)]
pub struct Train {
    /// Write the profile to OUT, such as mission.profile; an existing file is left alone. A run that is broken off may leave a file
    /// OUT.N.part, with N a number, which can be removed.
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
    /// Replace OUT if it exists.
    #[arg(short, long)]
    pub force: bool,
    /// Bytes that the profile may have, such as 16K or 64K.
    #[arg(long, value_name = "BYTES", default_value = "64K", value_parser = size)]
    pub size: usize,
    /// The reports are public: names and places that a single one of them says may be in the profile.
    #[arg(long)]
    pub public: bool,
    /// Learn what reports have in common, not the names, places, time and area of these.
    #[arg(long)]
    pub general: bool,
    /// Names that are to be in the profile, whoever said them, one a line, each at most 160 bytes of UTF-8.
    #[arg(long, value_name = "FILE")]
    pub names: Option<PathBuf>,
    /// Further texts to learn the language of notes from, one a line.
    #[arg(long, value_name = "FILE")]
    pub texts: Option<PathBuf>,
    /// Write the names and words to FILE instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub strings: Option<PathBuf>,
    /// Do not measure what the profile is worth; takes half the work.
    #[arg(long)]
    pub no_table: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: ProfileArguments,
    /// Files of JSON, or of encoded reports.
    #[arg(value_name = "REPORTS")]
    pub files: Vec<PathBuf>,
}

/// Explains a profile, or makes source code of it.
#[derive(Debug, Subcommand)]
#[allow(missing_docs)]
pub enum ProfileCommand {
    Show(ProfileShow),
    Export(ProfileExport),
}

/// Shows what a profile is: its id, what each section holds, time and area.
#[derive(Debug, Args)]
pub struct ProfileShow {
    /// List every name and place that it holds, as whoever seizes it may.
    #[arg(long)]
    pub strings: bool,
    /// Print it as JSON.
    #[arg(long)]
    pub json: bool,
    /// A file, or the name of a profile that is built in: general-64, general-16, none.
    #[arg(value_name = "PROFILE")]
    pub profile: PathBuf,
}

/// Writes a profile as source code, to be linked into firmware.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("language"))]
pub struct ProfileExport {
    /// Write Rust; so it does if nothing is said.
    #[arg(long, group = "language")]
    pub rust: bool,
    /// Write C, aligned to 4 bytes.
    #[arg(long, group = "language")]
    pub c: bool,
    /// What it is called there; PROFILE in Rust, increp_profile in C if left out.
    #[arg(long, value_name = "NAME", value_parser = identifier)]
    pub name: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: OutputArguments,
    /// A file, or the name of a profile that is built in: general-64, general-16, none.
    #[arg(value_name = "PROFILE")]
    pub profile: PathBuf,
}

/// The least and the most that a profile may have.
const SIZES: std::ops::RangeInclusive<usize> = 1 << 10..=1 << 20;

fn size(text: &str) -> Result<usize, String> {
    let (digits, unit) = match text.strip_suffix(['K', 'k']) {
        Some(digits) => (digits, 1 << 10),
        None => text.strip_suffix(['M', 'm']).map_or((text, 1), |digits| (digits, 1 << 20)),
    };
    let bytes = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
    bytes.filter(|bytes| SIZES.contains(bytes)).ok_or_else(|| "expected 1K to 1M, such as 16K or 65536".to_owned())
}

fn identifier(text: &str) -> Result<String, String> {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let good = text.bytes().next().is_some_and(letter) && text.bytes().all(|byte| letter(byte) || byte.is_ascii_digit());
    if good { Ok(text.to_owned()) } else { Err("expected a name of letters, digits and _".to_owned()) }
}
