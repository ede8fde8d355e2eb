//! How long to try.

use std::io;
use std::time::Duration;

use super::framed::Framed;
use super::uptime;

/// How long to wait before a link is opened once more.
const AGAIN: Duration = Duration::from_millis(500);
/// How long to try where nobody says so: so many of the link's timeouts.
const TIMEOUTS: u32 = 60;

/// How long it has been since anything was heard, and how long that may be.
pub(super) struct Patience {
    longest: Duration,
    heard: u64,
    said: bool,
}

impl Patience {
    pub(super) fn new(link: &Framed, longest: Option<Duration>) -> Self {
        let longest = longest.unwrap_or(Duration::from_millis(link.terms.timeout.into()) * TIMEOUTS);
        Self { longest, heard: uptime(), said: false }
    }

    /// Something was heard now.
    pub(super) fn heard(&mut self) {
        self.heard = uptime();
    }

    /// When it is over.
    pub(super) fn until(&self) -> u64 {
        self.heard.saturating_add(self.longest.as_millis().try_into().unwrap_or(u64::MAX))
    }

    /// Whether to try once more after the link has failed; waits a little, and says so the first time.
    pub(super) fn again(&mut self, link: &Framed, error: &io::Error) -> bool {
        if uptime() >= self.until() {
            say!("increp: {link}: {error}");
            return false;
        }
        if !self.said {
            say!("increp: {link}: {error}; trying again, for {} s at most", self.longest.as_secs());
            self.said = true;
        }
        std::thread::sleep(AGAIN);
        true
    }
}
