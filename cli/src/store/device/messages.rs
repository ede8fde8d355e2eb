//! What HQ said to the user of a laptop that is a device. The seal lets nobody read a message once it was heard, so it is kept here until it
//! is out of date or the user is done with it: a JSON object a line.

use std::path::Path;
use std::{fs, io};

use anyhow::{Context as _, Result, anyhow};
use increp::model::Stamp;
use increp::seal::{ErrorKind, MAX_DOWN, Message, Notice};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Folder, KEYS, sync_file};
use crate::in_one_line;
use crate::store::passphrase::Lock;
use crate::store::{private_file, replace_file};

const FILE: &str = "messages";

/// What kind of word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something to know now.
    Alert,
    /// Something to do.
    Task,
}

impl Kind {
    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Task => "task",
        }
    }
}

/// What HQ said to the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The number of the message.
    pub number: u32,
    /// What kind of word it is.
    pub kind: Kind,
    /// In words.
    pub text: String,
    /// When HQ said it.
    pub said: Option<Stamp>,
    /// It is out of date from then on.
    pub until: Option<Stamp>,
}

impl Said {
    /// Whether it is out of date. A clock that is behind what HQ said is wrong: then it is as late as that.
    #[must_use]
    pub fn is_over(&self, now: Stamp) -> bool {
        let now = self.said.map_or(now.seconds(), |said| said.seconds().max(now.seconds()));
        self.until.is_some_and(|until| until.seconds() <= now)
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let time = |at: Option<Stamp>| at.map(|at| at.to_string());
        json!({ "number": self.number, "kind": self.kind.name(), "text": self.text, "said": time(self.said), "until": time(self.until) })
    }

    /// What [`Said::json`] wrote.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let time = |name: &str| match value.get(name)? {
            Value::Null => Some(None),
            at => Some(Some(at.as_str()?.parse().ok()?)),
        };
        let kind = match value.get("kind")?.as_str()? {
            "alert" => Kind::Alert,
            "task" => Kind::Task,
            _ => return None,
        };
        let number = u32::try_from(value.get("number")?.as_u64()?).ok()?;
        Some(Self { number, kind, text: value.get("text")?.as_str()?.to_owned(), said: time("said")?, until: time("until")? })
    }
}

/// For people: in one line, and nothing in it that a terminal would obey.
impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.kind.name())?;
        if let Some(said) = self.said {
            write!(f, " of {said}")?;
        }
        if let Some(until) = self.until {
            write!(f, ", until {until}")?;
        }
        write!(f, ": {}", in_one_line(&self.text))
    }
}

/// What a message was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// For the user.
    Said(Said),
    /// For the user, and out of date when it came.
    Over,
    /// It is as late as this, or later.
    Time(Stamp),
    /// HQ has another key.
    HqKey,
    /// Hubs have another key.
    HopKey,
    /// HQ has revoked the device, and [`Folder::wipe`](super::Folder::wipe) is to be done at once.
    Wipe,
    /// Something that this version does not know.
    Unknown,
    /// It cannot be kept: the device's files cannot be written. It comes again.
    NotKept,
    /// Another message than the next: it was heard before, or its turn comes later.
    Other,
    /// It is not HQ's, or damaged.
    Refused(ErrorKind),
}

impl Heard {
    pub(super) fn said(number: u32, kind: Kind, notice: Notice<'_>, now: Stamp) -> Self {
        let Notice { text, said, until } = notice;
        let said = Said { number, kind, text: text.to_owned(), said, until };
        if said.is_over(now) { Self::Over } else { Self::Said(said) }
    }
}

impl Folder {
    /// The number of HQ's message that comes next.
    #[must_use]
    pub const fn next_down(&self) -> u32 {
        self.device.next_down()
    }

    /// Hears a message of HQ's: it is done or kept for the user, and only then is its key erased. None if it is another one than the next.
    ///
    /// # Errors
    /// The device's files cannot be read or written: the message comes again.
    pub fn hear(&mut self, message: &[u8], now: Stamp) -> Result<Heard> {
        let mut room = Zeroizing::new([0; MAX_DOWN]);
        let number = self.device.next_down();
        let heard = match self.device.open_down(message, room.as_mut_slice()) {
            Ok(Message::Alert(notice)) => Heard::said(number, Kind::Alert, notice, now),
            Ok(Message::Task(notice)) => Heard::said(number, Kind::Task, notice, now),
            Ok(Message::Time(at)) => Heard::Time(at),
            Ok(Message::HqKey(_)) => Heard::HqKey,
            Ok(Message::HopKey { revoked, .. }) => {
                revoked.iter().try_for_each(|hub| self.revoke_hub(hub))?;
                Heard::HopKey
            }
            // It comes again until it is done.
            Ok(Message::Wipe) => return Ok(Heard::Wipe),
            Ok(_) => Heard::Unknown,
            Err(error) if error.kind == ErrorKind::UnknownMessage => Heard::Unknown,
            Err(error) if error.kind == ErrorKind::OutOfTurn => return Ok(Heard::Other),
            Err(error) => return Ok(Heard::Refused(error.kind)),
        };
        if let Heard::Said(said) = &heard {
            self.keep_said(said)?;
        }
        self.device.heard(message, room.as_mut_slice()).context("HQ's message")?;
        self.sync()?;
        Ok(heard)
    }

    /// Erases all keys, and what HQ has said. What was saved stays sealed.
    ///
    /// # Errors
    /// The files cannot be written: then keys may still be there.
    pub fn wipe(self) -> Result<()> {
        let keys = self.folder.join(KEYS);
        self.device.panic_wipe().with_context(|| keys.display().to_string())?;
        sync_file(&keys)?;
        Messages::write(&self.folder, None, &[])
    }

    fn keep_said(&self, said: &Said) -> Result<()> {
        // Where it is damaged, what is new is not lost too.
        let mut all = self.said().unwrap_or_else(|error| {
            say!("increp: {error:#}");
            Vec::new()
        });
        // It may have been kept when the power went.
        all.retain(|other| other.number != said.number);
        all.push(said.clone());
        Messages::write(&self.folder, self.lock.as_ref(), &all)
    }

    /// What HQ has said, and the user is not done with, the oldest first.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub fn said(&self) -> Result<Vec<Said>> {
        Messages::read(&self.folder, self.lock.as_ref())
    }

    /// The same, without what is out of date now, which is forgotten.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn said_at(&self, now: Stamp) -> Result<Vec<Said>> {
        let all = self.said()?;
        let left: Vec<Said> = all.iter().filter(|said| !said.is_over(now)).cloned().collect();
        if left.len() < all.len() {
            Messages::write(&self.folder, self.lock.as_ref(), &left)?;
        }
        Ok(left)
    }

    /// The user is done with what HQ has said: it is erased.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn forget(&self) -> Result<()> {
        Messages::write(&self.folder, self.lock.as_ref(), &[])
    }
}

/// The file.
pub(super) struct Messages;

impl Messages {
    pub(super) fn read(folder: &Path, lock: Option<&Lock>) -> Result<Vec<Said>> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(Vec::new());
        }
        let mut bytes = Zeroizing::new(Vec::new());
        io::Read::read_to_end(&mut private_file(&path)?, &mut bytes)
            .with_context(|| format!("{}: cannot be read", path.display()))?;
        if let Some(lock) = lock {
            bytes = lock.open_again(&path, &bytes)?;
        }
        let damaged = || anyhow!("{}: is damaged: it is no list of HQ's messages; remove it if nobody needs them", path.display());
        let text = std::str::from_utf8(&bytes).map_err(|_| damaged())?;
        text.lines().map(|line| Said::parse(line).ok_or_else(damaged)).collect()
    }

    pub(super) fn write(folder: &Path, lock: Option<&Lock>, all: &[Said]) -> Result<()> {
        let path = folder.join(FILE);
        let context = || format!("{}: cannot be written", path.display());
        let old = if path.exists() { Some(private_file(&path)?) } else { None };
        if all.is_empty() {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).with_context(context),
                _ => {}
            }
        } else {
            let text: Zeroizing<String> = Zeroizing::new(all.iter().map(|said| said.json().to_string() + "\n").collect());
            let bytes = match lock {
                Some(lock) => lock.seal(text.as_bytes())?,
                None => text.as_bytes().to_vec(),
            };
            replace_file(&path, &bytes).with_context(context)?;
        }
        old.map_or(Ok(()), |old| crate::store::wipe(&old)).with_context(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_shown_in_one_line() {
        let (said, until) = (Some(Stamp::new(1_700_000_000)), Some(Stamp::new(1_700_003_600)));
        let one = Said { number: 7, kind: Kind::Alert, text: "leave \"now\"\u{1b}[2J\nat once".to_owned(), said, until };
        let other = Said { kind: Kind::Task, said: None, until: None, ..one.clone() };
        for said in [&one, &other] {
            assert_eq!(Said::parse(&said.json().to_string()), Some(said.clone()));
        }
        assert_eq!(other.to_string(), "task: leave \"now\" [2J at once");
        assert!(one.to_string().starts_with("alert of 2023-11-14T22:13:20+00:00, until 2023-11-14T23:13:20+00:00: leave"), "{one}");
        for line in ["", "{}", "[]", r#"{"number":1,"kind":"order","text":"","said":null,"until":null}"#] {
            assert_eq!(Said::parse(line), None, "{line}");
        }
    }

    #[test]
    fn a_clock_that_is_behind_keeps_nothing_alive() {
        let at = |seconds| Some(Stamp::new(seconds));
        for (said, until, now, over) in [
            (None, None, 9_000, false),
            (at(100), at(200), 150, false),
            (at(100), at(200), 200, true),
            (at(100), at(200), 0, false),
            (at(300), at(200), 0, true),
            (None, at(200), 199, false),
        ] {
            let text = String::new();
            let one = Said { number: 0, kind: Kind::Alert, text, said, until };
            assert_eq!(one.is_over(Stamp::new(now)), over, "{one:?} at {now}");
        }
    }
}
