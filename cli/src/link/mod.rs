//! How records travel: a link is named on the command line, as `file:/media/stick`.
//!
//! | file | what it does |
//! |---|---|
//! | `file/mod.rs` | stick files in a folder: found, written so that a pulled stick harms nothing |
//! | `file/sealed.rs` | one stick file: who can read it, and what shows that it is whole |
//! | `file/device.rs`, `file/hub.rs` | what a device and a hub do with a stick |
//! | `file/content.rs` | what a stick file says: records, what a hub has, receipts |

pub mod file;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where records travel to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A folder that is carried: a stick, a card, a share.
    File(PathBuf),
}

impl FromStr for Link {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Err(format!("expected file:FOLDER, such as file:/media/stick, found {text:?}")),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_what_it_is_first() {
        assert_eq!("file:/media/stick".parse(), Ok(Link::File("/media/stick".into())));
        assert_eq!("file:a:b".parse::<Link>().map(|link| link.to_string()), Ok("file:a:b".to_owned()));
        for text in ["", "file", "file:", "/media/stick", "http://hub", "C:\\stick"] {
            assert!(text.parse::<Link>().is_err(), "{text}");
        }
    }
}
