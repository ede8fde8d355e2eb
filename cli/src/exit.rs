//! Exit codes.

use std::process::ExitCode;

/// How a run ended. `args::EXIT_CODES` tells people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All is well.
    Success = 0,
    /// Something in the data is wrong; it was named, and the rest was done.
    Findings = 1,
    /// The command line is wrong.
    Usage = 2,
    /// A file could not be read or written.
    Files = 3,
    /// A link could not be used, or nobody answered up to the end.
    Link = 4,
}

impl Exit {
    /// [`Exit::Success`] if there is nothing, else [`Exit::Findings`].
    #[must_use]
    pub const fn findings(many: u64) -> Self {
        if many == 0 { Self::Success } else { Self::Findings }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
