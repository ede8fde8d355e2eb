//! The hubs that a device knows, as its file has them.

use std::fmt;

use crate::hex::{hex, unhex};

/// The hubs that a device knows, by their public keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hubs {
    /// Those that may read its stick files.
    pub trusted: Vec<[u8; 32]>,
    /// Those that HQ revoked.
    pub revoked: Vec<[u8; 32]>,
}

impl Hubs {
    /// Reads a key a line; behind a `-` one that HQ revoked.
    ///
    /// # Errors
    /// The number of the first line that is neither.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut hubs = Self::default();
        for (number, line) in (1_usize..).zip(text.lines()) {
            let (digits, keys) = match line.strip_prefix('-') {
                Some(digits) => (digits, &mut hubs.revoked),
                None => (line, &mut hubs.trusted),
            };
            keys.push(unhex(digits).ok_or(number)?);
        }
        Ok(hubs)
    }
}

impl fmt::Display for Hubs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.trusted.iter().try_for_each(|hub| writeln!(f, "{}", hex(hub)))?;
        self.revoked.iter().try_for_each(|hub| writeln!(f, "-{}", hex(hub)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let hubs = Hubs { trusted: vec![[1; 32], [2; 32]], revoked: vec![[3; 32]] };
        assert_eq!(Hubs::parse(&hubs.to_string()), Ok(hubs));
        assert_eq!(Hubs::parse(""), Ok(Hubs::default()));
        for (text, line) in [("x", 1), ("--", 1), (&format!("{}\n{}0", "1".repeat(64), "1".repeat(64)), 2), ("\n", 1)] {
            assert_eq!(Hubs::parse(text), Err(line), "{text:?}");
        }
    }
}
