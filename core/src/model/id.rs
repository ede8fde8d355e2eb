//! The id of a report: assigned, never derived from content.

use core::fmt;
use core::str::FromStr;

use super::record::record;
use crate::error::ErrorKind;

record! {
    /// Who wrote a report, in which run of numbers, and its number. (author, epoch) is one unbroken run; a device starts
    /// a new epoch after any doubt about its state. In JSON "17-42" where epoch is 0, else "17-5e6f70-42" with the epoch in hex.
    [required]
    [json IdText Id]
    [leaf]
    pub struct Id {
        /// The author, as HQ numbered it.
        author: u32 => ID,
        /// The run of numbers; 0 where nobody seals.
        epoch: u32 => ID,
        /// The number in the run.
        seq: u32 => ID,
    }
}

impl Copy for Id {}

impl Id {
    #[allow(clippy::unnecessary_wraps, clippy::unused_self)] // as for other leaves
    pub(super) const fn check(self) -> Result<(), ErrorKind> {
        Ok(())
    }

    /// An id outside any epoch.
    #[must_use]
    pub const fn new(author: u32, seq: u32) -> Self {
        Self { author, epoch: 0, seq }
    }
}

/// A string is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ParseIdError;

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected an id such as \"17-42\", or \"17-5e6f70-42\" with the epoch in hex: numbers up to 4294967295 without leading zeros",
        )
    }
}

impl core::error::Error for ParseIdError {}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.epoch {
            0 => write!(f, "{}-{}", self.author, self.seq),
            epoch => write!(f, "{}-{epoch:x}-{}", self.author, self.seq),
        }
    }
}

impl FromStr for Id {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let mut parts = text.split('-');
        let (first, second, third) = (parts.next(), parts.next(), parts.next());
        let (author, epoch, seq) = match (first, second, third, parts.next()) {
            (Some(author), Some(seq), None, None) => (author, None, seq),
            (Some(author), Some(epoch), Some(seq), None) => (author, Some(epoch), seq),
            _ => return Err(ParseIdError),
        };
        let id =
            Self { author: number(author, 10)?, epoch: epoch.map_or(Ok(0), |epoch| number(epoch, 16))?, seq: number(seq, 10)? };
        // Epoch 0 is written by leaving it out.
        if epoch.is_some() && id.epoch == 0 { Err(ParseIdError) } else { Ok(id) }
    }
}

/// One spelling a number: digits and lower-case hex digits, no sign, no leading zero.
fn number(digits: &str, radix: u32) -> Result<u32, ParseIdError> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    if !plain || (digits.len() > 1 && digits.starts_with('0')) {
        return Err(ParseIdError);
    }
    u32::from_str_radix(digits, radix).map_err(|_| ParseIdError)
}

super::time::string! {
    /// An id as JSON shows it.
    pub(super) IdText(Id) "an id such as \"17-42\""
}
