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

/// What a terminal obeys, or what spoils the line or the order in which it shows a text: control characters, what turns the direction of
/// writing, and what ends a line or a paragraph.
fn is_obeyed(char: char) -> bool {
    char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// A text in quotation marks, as it is: only what a terminal would obey is escaped, for whoever wrote it in his own script shall know it again.
#[doc(hidden)]
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        if is_obeyed(char) { quoted.extend(char.escape_default()) } else { quoted.push(char) }
    }
    quoted.push('"');
    quoted
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

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_text_is_quoted_as_it_is_but_for_what_a_terminal_obeys() {
        for text in [
            "\u{1019}\u{103c}\u{1014}\u{103a}\u{1019}\u{102c}",
            "\u{633}\u{648}\u{642}\u{627}\u{64b}",
            "e\u{301} \u{200d}\u{200f}",
            "a\\b",
        ] {
            assert_eq!(quoted(text), format!("\"{text}\""));
        }
        let obeyed = "a\u{1b}[2J\n\u{9b}\u{7f}\u{202e}\u{2066}\u{2028}\u{2029}";
        assert_eq!(quoted(obeyed), r#""a\u{1b}[2J\n\u{9b}\u{7f}\u{202e}\u{2066}\u{2028}\u{2029}""#);
    }
}
