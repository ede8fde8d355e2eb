//! How long a link has transmitted in the last hour, kept beside the store: the next run of the tool must know.
//!
//! A line for each frame: when it went, in milliseconds since the machine started, and its bytes. After a restart of the machine nobody
//! knows when it was, so it counts as all that the hour allows. Where a link may transmit as it likes there is no such file.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use increp::link::{Duty, Ledger};
use sha2::{Digest as _, Sha256};

use super::framed::Framed;
use super::uptime;
use crate::hex::hex;

/// Milliseconds after which a frame no longer counts: the hour, and a part of the ledger more.
const OLD: u64 = 3_900_000;

/// What a link has sent.
pub(super) struct Airtime {
    ledger: Ledger,
    file: Option<(PathBuf, File)>,
}

impl Airtime {
    /// Of a link of the store in this folder.
    pub(super) fn open(folder: &Path, link: &Framed) -> Result<Self> {
        if link.duty == Duty::FREE {
            return Ok(Self { ledger: Ledger::new(link.duty), file: None });
        }
        let digest: [u8; 32] = Sha256::digest(link.to_string()).into();
        let name = hex(digest.first_chunk::<4>().unwrap_or(&[0; 4]));
        Self::read(folder.join(format!("airtime-{name}")), link.duty, uptime())
    }

    fn read(path: PathBuf, duty: Duty, now: u64) -> Result<Self> {
        let context = || format!("{}: cannot be read", path.display());
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            text => text.with_context(context)?,
        };
        let (mut ledger, mut kept) = (Ledger::new(duty), String::new());
        for line in text.lines() {
            let numbers = line.split_once(' ').and_then(|(at, length)| Some((at.parse::<u64>().ok()?, length.parse().ok()?)));
            match numbers {
                Some((at, length)) if at <= now => {
                    if at + OLD > now {
                        ledger.spend(at, length);
                        kept += &format!("{line}\n");
                    }
                }
                // The machine was started anew, or the power went while this was written.
                _ => {
                    ledger = Ledger::spent(duty, now);
                    kept = format!("{now} {}\n", u32::MAX);
                    break;
                }
            }
        }
        let context = || format!("{}: cannot be written", path.display());
        fs::write(&path, kept).with_context(context)?;
        let file = File::options().append(true).open(&path).with_context(context)?;
        Ok(Self { ledger, file: Some((path, file)) })
    }

    /// What may be sent now.
    pub(super) const fn ledger(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// A frame of so many bytes is about to go; the ledger knows.
    pub(super) fn sent(&mut self, length: usize) -> Result<()> {
        let Some((path, file)) = &mut self.file else { return Ok(()) };
        file.write_all(format!("{} {length}\n", uptime()).as_bytes())
            .with_context(|| format!("{}: cannot be written", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUTY: Duty = Duty { permille: 10, frame_us: 0, byte_us: 10_000 };

    #[test]
    fn what_was_sent_before_counts() {
        let path = std::env::temp_dir().join(format!("increp-airtime-{}", std::process::id()));
        let at = 10_000_000;
        // 36 seconds of the hour: as many frames of 100 bytes.
        let text: String = (0..36).map(|frame| format!("{} 100\n", at + frame * 1000)).collect();
        let ready = |text: &str, now| {
            fs::write(&path, text).expect("a file");
            Airtime::read(path.clone(), DUTY, now).expect("airtime").ledger().ready(now, 100)
        };
        let now = at + 40_000;
        assert_eq!(ready("", now), now, "nothing was sent");
        assert!(ready(&text, now) > now + 3_000_000, "the hour is used up");
        assert_eq!(ready(&text, now + OLD), now + OLD, "an hour later");
        assert!(ready(&text, at - 1) > at + 3_000_000, "after a restart");
        assert!(ready("1000 10", now) <= now, "long ago");
        assert!(ready("what\n", now) > now + 3_000_000, "a line that nobody can read");
        fs::remove_file(path).expect("a file");
    }
}
