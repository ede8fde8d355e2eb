//! The parts of the `increp` tool, for its own tests and fuzz targets. Not a stable interface: use the tool, or the
//! `increp` crate.

/// Says something on standard error; whether anybody listens does not matter.
macro_rules! say {
    ($($argument:tt)*) => {{
        use std::io::Write as _;
        // In one piece, so that it does not mix with what others write.
        let _ = std::io::stderr().write_all(($crate::shown(format!($($argument)*)) + "\n").as_bytes());
    }};
}

/// What a terminal would obey, as in the name of a file that somebody else put on a stick, is shown as a character that says nothing.
#[doc(hidden)]
#[must_use]
pub fn shown(text: String) -> String {
    let obeyed = |char: char| char.is_control() && char != '\n' && char != '\t';
    if text.contains(obeyed) { text.replace(obeyed, "\u{fffd}") } else { text }
}

/// What somebody wrote, in one line, and nothing in it that a terminal would obey.
fn in_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

pub mod args;
pub mod command;
pub mod exit;
mod files;
pub mod fit;
mod hex;
pub mod import;
pub mod json;
pub mod link;
pub mod profiles;
pub mod stats;
pub mod store;
pub mod stream;
pub mod train;
