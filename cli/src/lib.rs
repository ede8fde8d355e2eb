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
    let obeyed = |char: char| is_obeyed(char) && char != '\n' && char != '\t';
    if text.contains(obeyed) { text.replace(obeyed, "\u{fffd}") } else { text }
}

/// What a terminal obeys, or what spoils the line or the order in which it shows a text, or what nobody sees: control characters, what
/// turns the direction of writing, what ends a line or a paragraph, and what has no width. Of the latter, the joiners belong to some scripts.
fn is_obeyed(char: char) -> bool {
    let turns = matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let ends = matches!(char, '\u{2028}' | '\u{2029}');
    let unseen = matches!(char, '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
    char.is_control() || turns || ends || unseen
}

/// A text in quotation marks, as it is: only what a terminal would obey is escaped, for whoever wrote it in his own script shall know it again.
#[doc(hidden)]
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A text as it is, but for what a terminal would obey.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if is_obeyed(char) { escaped.extend(char.escape_default()) } else { escaped.push(char) }
    }
    escaped
}

/// What somebody wrote, in one line, and nothing in it that a terminal would obey.
fn in_one_line(text: &str) -> String {
    text.replace(is_obeyed, " ")
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
            "e\u{301} \u{200c}\u{200d}",
            "a\\b",
        ] {
            assert_eq!(quoted(text), format!("\"{text}\""));
        }
        let obeyed = "a\u{1b}[2J\n\u{9b}\u{7f}\u{202e}\u{2066}\u{2028}\u{2029}\u{200b}\u{feff}\u{e0041}";
        assert_eq!(quoted(obeyed), r#""a\u{1b}[2J\n\u{9b}\u{7f}\u{202e}\u{2066}\u{2028}\u{2029}\u{200b}\u{feff}\u{e0041}""#);
    }
}
