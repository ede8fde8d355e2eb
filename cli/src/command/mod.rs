//! The commands, a file each. Each takes its arguments and gives how it ended; results go to standard output, talk to
//! standard error.

mod check;
mod decode;
mod encode;
mod encoded;
mod example;
mod export;
mod generate;
mod heard;
mod hex;
mod hq;
mod import;
mod inspect;
mod meaning;
mod passphrase;
mod profile;
mod roundtrip;
mod save;
mod schema;
#[cfg(unix)]
mod serve;
mod status;
mod sync;
mod train;
mod unpack;
mod unseal;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;

use crate::args::{Arguments, Command, HqCommand, Import, ProfileCommand};
use crate::exit::Exit;
use crate::files::{Content, Output};

pub use check::{Finding, Findings, findings};
pub use example::example;
pub use schema::schema;

/// Runs a command.
///
/// # Errors
/// If a file cannot be read or written.
pub fn run(arguments: Arguments) -> Result<Exit> {
    match arguments.command {
        Command::Encode(arguments) => encode::run(&arguments),
        Command::Decode(arguments) => decode::run(&arguments),
        Command::Roundtrip(arguments) => roundtrip::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Example(arguments) => example::run(&arguments),
        Command::Train(arguments) => train::run(&arguments),
        Command::Profile(ProfileCommand::Show(arguments)) => profile::show(&arguments),
        Command::Profile(ProfileCommand::Export(arguments)) => export::run(&arguments),
        Command::Import(Import::Ucdp(arguments)) => import::ucdp(&arguments),
        Command::Hq(HqCommand::Init(arguments)) => hq::init(&arguments),
        Command::Hq(HqCommand::Hub(arguments)) => hq::hub(&arguments),
        Command::Hq(HqCommand::Enrol(arguments)) => hq::enrol(&arguments),
        Command::Hq(HqCommand::Revoke(arguments)) => hq::revoke(&arguments),
        Command::Hq(HqCommand::RevokeHub(arguments)) => hq::revoke_hub(&arguments),
        Command::Hq(HqCommand::Alert(arguments)) => hq::alert(&arguments),
        Command::Hq(HqCommand::Task(arguments)) => hq::task(&arguments),
        Command::Hq(HqCommand::Time(arguments)) => hq::time(&arguments),
        Command::Hq(HqCommand::Rekey(arguments)) => hq::rekey(&arguments),
        Command::Save(arguments) => save::run(&arguments),
        Command::Sync(arguments) => sync::run(&arguments),
        #[cfg(unix)]
        Command::Serve(arguments) => serve::run(&arguments),
        #[cfg(not(unix))]
        Command::Serve(_) => anyhow::bail!("this system has no links but file:"),
        Command::Unseal(arguments) => unseal::run(&arguments),
        Command::Status(arguments) => status::run(&arguments),
        Command::Passphrase(arguments) => passphrase::run(&arguments),
        Command::Completions(arguments) => generate::completions(&arguments),
        Command::Man(arguments) => generate::man(&arguments),
    }
}

/// Files to read one after the other; standard input for none.
fn inputs(files: &[PathBuf]) -> Vec<Option<PathBuf>> {
    if files.is_empty() { vec![None] } else { files.iter().cloned().map(Some).collect() }
}

/// So many of something, in words.
fn many(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// What was rejected, kept in a file if one was asked for.
struct Rejects {
    kept: Option<Output>,
    many: u64,
}

impl Rejects {
    fn open(path: Option<&PathBuf>) -> Result<Self> {
        let kept = path.map(|path| Output::create(Some(path), false, Content::Text)).transpose()?;
        Ok(Self { kept, many: 0 })
    }

    /// Names what is wrong on standard error and keeps the line.
    fn push(&mut self, message: &str, line: &[u8]) -> Result<()> {
        say!("{message}");
        self.many += 1;
        if let Some(kept) = &mut self.kept {
            kept.write_all(line)?;
            kept.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(self) -> Result<u64> {
        if let Some(kept) = self.kept {
            kept.finish()?;
        }
        Ok(self.many)
    }
}
