//! How records travel: a link is named on the command line, as `file:/media/stick` or `tcp://hub:4870`.
//!
//! | file | what it does |
//! |---|---|
//! | `file/mod.rs` | stick files in a folder: found, written so that a pulled stick harms nothing |
//! | `file/sealed.rs` | one stick file: who can read it, and what shows that it is whole |
//! | `file/device.rs`, `file/hub.rs` | what a device and a hub do with a stick |
//! | `file/between.rs` | what two hubs write for each other |
//! | `file/content.rs` | what a stick file says: records, what a hub has, receipts |
//! | `framed.rs` | the links that carry frames, as they are named, and what is agreed of them |
//! | `tcp.rs`, `udp.rs`, `serial.rs` | how each is opened |
//! | `stream.rs` | frames in a byte stream |
//! | `line.rs` | a link as whoever begins sees it |
//! | `device.rs` | a device's side of it, over `outbox.rs`, its journal |
//! | `hub.rs` | what a hub sends to another one, over `pass.rs` |
//! | `compare.rs` | in which epochs two hubs differ |
//! | `letter.rs` | what hubs say to each other beside records |
//! | `serve/` | a hub's side of it, over `shelf.rs`, its store |
//! | `airtime.rs` | how long a link has transmitted |
//! | `patience.rs` | how long to try |
//! | `receipt.rs` | what a device does with HQ's receipts, and one hub with another's |
//! | `messages.rs` | what a device does with HQ's messages |
//! | `progress.rs` | how it goes, on a terminal |
//!
//! Links that carry frames need a Unix system; sticks do not.

#[cfg(unix)]
mod airtime;
#[cfg(unix)]
mod compare;
#[cfg(unix)]
pub mod device;
pub mod file;
pub mod framed;
#[cfg(unix)]
pub mod hub;
#[cfg(unix)]
mod letter;
#[cfg(unix)]
mod line;
mod messages;
#[cfg(unix)]
mod outbox;
#[cfg(unix)]
pub mod pass;
#[cfg(unix)]
mod patience;
#[cfg(unix)]
mod progress;
mod receipt;
#[cfg(unix)]
mod serial;
#[cfg(unix)]
pub mod serve;
#[cfg(unix)]
mod shelf;
#[cfg(unix)]
mod stream;
#[cfg(unix)]
mod tcp;
#[cfg(unix)]
mod udp;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use framed::Framed;
#[cfg(unix)]
use rustix::time::{ClockId, clock_gettime};

/// Where records travel to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A folder that is carried: a stick, a card, a share.
    File(PathBuf),
    /// A link that carries frames.
    Framed(Framed),
}

impl FromStr for Link {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => text.parse().map(Self::Framed),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Framed(link) => link.fmt(f),
        }
    }
}

/// Why a link cannot be used.
#[derive(Debug)]
pub struct Unusable(String);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

/// Milliseconds of a clock that only runs on, while the machine sleeps too.
#[cfg(unix)]
fn uptime() -> u64 {
    #[cfg(target_os = "linux")]
    let clock = ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    let clock = ClockId::Monotonic;
    let time = clock_gettime(clock);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1000 + u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000
}

/// The number of a session.
#[cfg(unix)]
fn nonce() -> anyhow::Result<u16> {
    crate::store::random().map(u16::from_le_bytes)
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
