//! The hubs that a device knows, as its file has them.

use std::{fmt, fs};

use anyhow::{Context as _, Result, anyhow};

use super::{Folder, HUBS};
use crate::hex::{hex, unhex};
use crate::link::file::sealed::{MOST_READERS, is_hub_key};
use crate::store::replace_file;

/// The hubs that a device knows, by their public keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hubs {
    /// Those that may read its stick files, and that HQ named when the device was enrolled.
    pub trusted: Vec<[u8; 32]>,
    /// Those that other hubs named.
    pub learned: Vec<[u8; 32]>,
    /// Those that HQ revoked.
    pub revoked: Vec<[u8; 32]>,
}

impl Hubs {
    /// Reads a key a line; behind a `+` one that a hub named, behind a `-` one that HQ revoked.
    ///
    /// # Errors
    /// The number of the first line that is neither.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut hubs = Self::default();
        for (number, line) in (1_usize..).zip(text.lines()) {
            let (digits, keys) = match line.split_at_checked(1) {
                Some(("-", digits)) => (digits, &mut hubs.revoked),
                Some(("+", digits)) => (digits, &mut hubs.learned),
                _ => (line, &mut hubs.trusted),
            };
            keys.push(unhex(digits).ok_or(number)?);
        }
        Ok(hubs)
    }
}

impl fmt::Display for Hubs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.trusted.iter().try_for_each(|hub| writeln!(f, "{}", hex(hub)))?;
        self.learned.iter().try_for_each(|hub| writeln!(f, "+{}", hex(hub)))?;
        self.revoked.iter().try_for_each(|hub| writeln!(f, "-{}", hex(hub)))
    }
}

impl Folder {
    /// The hubs that may read its stick files.
    ///
    /// # Errors
    /// The file cannot be read, or a line is no key.
    pub fn hubs(&self) -> Result<Vec<[u8; 32]>> {
        let Hubs { trusted, learned, .. } = self.known_hubs()?;
        Ok(trusted.into_iter().chain(learned).filter(is_hub_key).take(MOST_READERS).collect())
    }

    fn known_hubs(&self) -> Result<Hubs> {
        let path = self.folder.join(HUBS);
        let text = fs::read_to_string(&path).with_context(|| format!("{}: cannot be read", path.display()))?;
        Hubs::parse(&text).map_err(|line| anyhow!("{}: line {line}: expected a key of 64 hex digits", path.display()))
    }

    /// Seals stick files for these hubs too from now on; gives how many are new. None is ever taken away but by HQ: a hub that lies could
    /// keep the device from all others.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn keep_hubs(&self, hubs: &[[u8; 32]]) -> Result<usize> {
        let mut known = self.known_hubs()?;
        let before = known.learned.len();
        for hub in hubs.iter().filter(|hub| is_hub_key(hub)) {
            let is_new = ![&known.trusted, &known.learned, &known.revoked].iter().any(|hubs| hubs.contains(hub));
            if is_new && known.trusted.len() + known.learned.len() < MOST_READERS {
                known.learned.push(*hub);
            }
        }
        let new = known.learned.len() - before;
        if new > 0 {
            self.write_hubs(&known)?;
        }
        Ok(new)
    }

    /// HQ has revoked a hub: nothing is sealed for it any more, whoever names it, nor for those that other hubs named, for it may have named
    /// itself by another key; the hubs that HQ trusts name them again. Where no other is left they stay.
    pub(super) fn revoke_hub(&self, hub: &[u8; 32]) -> Result<()> {
        let mut known = self.known_hubs()?;
        known.trusted.retain(|other| other != hub);
        known.learned.retain(|other| other != hub);
        if !known.trusted.is_empty() {
            known.learned.clear();
        }
        if !known.revoked.contains(hub) {
            known.revoked.push(*hub);
        }
        self.write_hubs(&known)
    }

    fn write_hubs(&self, hubs: &Hubs) -> Result<()> {
        let path = self.folder.join(HUBS);
        replace_file(&path, hubs.to_string().as_bytes()).with_context(|| format!("{}: cannot be written", path.display()))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let hubs = Hubs { trusted: vec![[1; 32], [2; 32]], learned: vec![[4; 32]], revoked: vec![[3; 32]] };
        assert_eq!(Hubs::parse(&hubs.to_string()), Ok(hubs));
        assert_eq!(Hubs::parse(""), Ok(Hubs::default()));
        for (text, line) in [("x", 1), ("--", 1), (&format!("{}\n{}0", "1".repeat(64), "1".repeat(64)), 2), ("\n", 1)] {
            assert_eq!(Hubs::parse(text), Err(line), "{text:?}");
        }
    }
}
