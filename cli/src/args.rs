//! The command line. The doc comments are the help, the completions and the man page.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod profiles;
mod sealed;

pub use profiles::{ProfileArguments, ProfileCommand, ProfileExport, ProfileShow, Train};
pub use sealed::{
    HqCommand, HqEnrol, HqHub, HqInit, HqRekey, HqRevoke, HqRevokeHub, HqSay, HqTime, Passphrase, Save, Serve, Status, Sync, To,
    Unseal, Until,
};

/// Incident reports that fit in a radio frame: between JSON and bytes, checked, inspected, imported.
///
/// Results go to standard output, everything else to standard error. A file name of "-", or none, is standard input or
/// output.
#[derive(Debug, Parser)]
#[command(name = "increp", version, max_term_width = 100, after_long_help = EXIT_CODES)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The exit codes, for the end of the help.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  something in the data is wrong: it was named, and everything else was done
  2  the command line is wrong
  3  a file could not be read or written
  4  nobody answered on a link, or not up to the end: what is left goes the next time";

/// What to do.
#[derive(Debug, Subcommand)]
#[allow(missing_docs)] // the help of each is in its arguments
pub enum Command {
    Encode(Encode),
    Decode(Decode),
    Roundtrip(Roundtrip),
    Inspect(Inspect),
    Check(Check),
    Schema(Schema),
    Example(Example),
    Train(Train),
    #[command(subcommand)]
    Profile(ProfileCommand),
    #[command(subcommand)]
    Import(Import),
    #[command(subcommand)]
    Hq(HqCommand),
    Save(Save),
    Sync(Sync),
    Serve(Serve),
    Unseal(Unseal),
    Status(Status),
    Passphrase(Passphrase),
    Completions(Completions),
    Man(Man),
}

/// Where results go.
#[derive(Debug, Default, Args)]
pub struct OutputArguments {
    /// Write to OUT instead of standard output; an existing file is left alone. A run that is broken off may leave a file OUT.N.part,
    /// with N a number, which can be removed.
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// Replace OUT if it exists.
    #[arg(short, long)]
    pub force: bool,
}

/// How reports are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Encoding {
    /// What the postcard crate writes for the serde model: read by anybody, for ever.
    Postcard,
    /// The fewest bytes, by what a profile knows of such reports; read by whoever has the profile.
    Packed,
}

/// Reads JSON, writes bytes.
///
/// The input is one report as a JSON object, several one after the other (NDJSON), or an array of them. A report that is
/// not valid is named and left out; the others are encoded all the same.
#[derive(Debug, Args)]
pub struct Encode {
    /// The encoding to write; postcard if left out, or packed where --profile or --batch asks for it.
    #[arg(long, value_enum)]
    pub encoding: Option<Encoding>,
    /// Pack with this profile: a file, or the name of one that is built in: general-64, general-16, none. Of several, each
    /// report is packed with the one that makes it shortest. If left out, the largest that is built in.
    #[arg(long, value_name = "FILE")]
    pub profile: Vec<PathBuf>,
    /// Pack up to N reports into one message, in which what one of them said takes few bytes in the others; fewer where they
    /// would take more than 64 KiB.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub batch: Option<u16>,
    /// Write a single bare report, as it would go over a radio, not a file of reports; or with --batch a single bare batch.
    #[arg(long, conflicts_with = "hex")]
    pub raw: bool,
    /// Write each report, or each batch, as a line of hex.
    #[arg(long)]
    pub hex: bool,
    /// Print how many reports and bytes there were, and bytes per report: mean, p50, p90, max.
    #[arg(long)]
    pub stats: bool,
    /// Print the statistics as JSON.
    #[arg(long, requires = "stats")]
    pub json: bool,
    /// Keep the text of each report that is not valid in this file.
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: OutputArguments,
    /// JSON to read.
    #[arg(value_name = "IN")]
    pub input: Option<PathBuf>,
}

/// Reads bytes, writes JSON: a report a line (NDJSON), always spelt the same way.
///
/// Reports in any encoding are read, alone or in batches. A packed report says which profile it needs; it is looked for among
/// those given with --profile, those that are built in, and the files *.profile in the folder that the environment variable
/// INCREP_PROFILES names. A file that encode wrote names the profiles of its reports. A bare report says 4 bits of its profile's id
/// alone: where several known profiles have them, the one counts that would write the report in just these bytes; if several would, one
/// that was given with --profile, which is told, and else none. Of a broken batch none is written, for what stands before the error
/// may be wrong; of one that the end of a file cuts off which names its profile, the reports before the cut are.
#[derive(Debug, Args)]
pub struct Decode {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: ProfileArguments,
    /// Write indented JSON for people.
    #[arg(long)]
    pub pretty: bool,
    /// Read a single bare report. It is recognised by itself where it does not start like a file.
    #[arg(long, conflicts_with = "hex")]
    pub raw: bool,
    /// Read hex: a bare report on each line, with whatever a log puts around it.
    #[arg(long)]
    pub hex: bool,
    /// Keep each report that cannot be decoded in this file, as a line of hex, with the profile that its file names.
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: OutputArguments,
    /// Bytes to read.
    #[arg(value_name = "IN")]
    pub input: Option<PathBuf>,
}

/// Encodes, decodes and compares every report of some files; for your own CI.
///
/// Prints the first difference of each report by its path, and how many bytes the reports take in each encoding. Packed is
/// tried with each profile that was given, or else with those that are built in.
#[derive(Debug, Args)]
pub struct Roundtrip {
    /// The encodings to try.
    #[arg(long, value_enum, default_value_t)]
    pub encoding: Encodings,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: ProfileArguments,
    /// Print the outcome as JSON.
    #[arg(long)]
    pub json: bool,
    /// Files of JSON, or of encoded reports.
    #[arg(value_name = "FILES")]
    pub files: Vec<PathBuf>,
}

/// Some encodings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Encodings {
    /// Every encoding that this build knows.
    #[default]
    All,
    /// What the postcard crate writes for the serde model.
    Postcard,
    /// The fewest bytes, by what a profile knows of such reports.
    Packed,
}

/// Shows every byte of encoded reports: where it stands, which field it is, what it means.
///
/// Of a packed report it shows what each value takes, in bits: these share their bytes. Of a broken report it shows everything
/// up to where it breaks. Profiles are found as by decode.
#[derive(Debug, Args)]
pub struct Inspect {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: ProfileArguments,
    /// Read hex: a bare report on each line.
    #[arg(long)]
    pub hex: bool,
    /// Print a JSON object for each value.
    #[arg(long)]
    pub json: bool,
    /// Bytes to read: a file of reports or a bare report.
    #[arg(value_name = "IN")]
    pub input: Option<PathBuf>,
}

/// Names every problem in files of JSON, with line, column and path, and in encoded reports.
///
/// Errors are what no encoder would take. Warnings are what a careful reader would ask about: a value below its minimum, a
/// point without precision, a date in the future. Profiles of packed reports are found as by decode.
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub profiles: ProfileArguments,
    /// Print a JSON object for each problem.
    #[arg(long)]
    pub json: bool,
    /// Count warnings as errors.
    #[arg(long)]
    pub strict: bool,
    /// JSON to read, or encoded reports.
    #[arg(value_name = "FILES")]
    pub files: Vec<PathBuf>,
}

/// Prints the JSON Schema (draft 2020-12) of a report.
#[derive(Debug, Args)]
pub struct Schema {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: OutputArguments,
}

/// Prints a good first report of an event type, to be filled in.
#[derive(Debug, Args)]
pub struct Example {
    /// The event type, such as air_drone_strike.
    #[arg(value_name = "TYPE", required_unless_present = "list")]
    pub kind: Option<String>,
    /// List the event types.
    #[arg(long)]
    pub list: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: OutputArguments,
}

/// Turns other data sets into reports.
#[derive(Debug, Subcommand)]
#[allow(missing_docs)]
pub enum Import {
    Ucdp(ImportUcdp),
}

/// Turns UCDP GED rows (CSV) into reports (NDJSON).
///
/// Figures, dates, precision codes, sides, sources and headlines each go to their place; what has none goes into `extra` or
/// the note. A note that is too long goes on in a further report, which is linked to the first as `part_of` it.
///
/// type_of_violence 1 and 2 become armed_clash with side_a and side_b as participants, 3 becomes attack with side_a as
/// perpetrator and side_b as victim. low, best and high become the first count; deaths_a, deaths_b, deaths_civilians and
/// deaths_unknown one each, zeros too; but for type 3, where UCDP counts no deaths of the sides, so that their 0 is not
/// reported. date_prec and where_prec become precisions, where_coordinates the name of the place, source_original and
/// source_office a claim's chain of sources, source_headline the note. The ids, event_clarity, number_of_sources, adm_1,
/// adm_2 and the country go into `extra` under ucdp: keys.
#[derive(Debug, Args)]
pub struct ImportUcdp {
    /// The author number of the reports.
    #[arg(long, default_value_t = 1)]
    pub author: u32,
    /// The number of the first report.
    #[arg(long, default_value_t = 1)]
    pub first: u32,
    /// The handling mark of every report; amber if left out.
    #[arg(long, value_enum)]
    pub handling: Option<Handling>,
    /// Put columns for which there is no place into the note, instead of leaving them out.
    #[arg(long)]
    pub other_columns: bool,
    /// Keep the rows that were rejected in this file, as CSV with their header.
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Print the counts as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub output: OutputArguments,
    /// The CSV file.
    #[arg(value_name = "FILE.csv")]
    pub input: Option<PathBuf>,
}

/// Traffic Light Protocol 2.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Handling {
    Clear,
    Green,
    Amber,
    AmberStrict,
    Red,
}

impl From<Handling> for increp::model::Handling {
    fn from(handling: Handling) -> Self {
        match handling {
            Handling::Clear => Self::CLEAR,
            Handling::Green => Self::GREEN,
            Handling::Amber => Self::AMBER,
            Handling::AmberStrict => Self::AMBER_STRICT,
            Handling::Red => Self::RED,
        }
    }
}

/// Prints completions for a shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell.
    pub shell: clap_complete::Shell,
}

/// Prints the man page.
#[derive(Debug, Args)]
pub struct Man {
    /// Write one page for the tool and one for each command into this folder.
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}
