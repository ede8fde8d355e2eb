//! Finds the place of a path in JSON text. The text has been parsed up to there, so this only skips.

use std::fmt::Write as _;
use std::ops::Range;

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into the member of an object.
    Member(String),
    /// Into the item of a list, or the member of an object with that number.
    Index(usize),
}

/// A path as people write it: `event.counts[0].min`, `extra["smm:patrol"]`.
#[must_use]
pub fn path_text(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        // Writing to a string does not fail.
        let _ = match step {
            Step::Member(name) if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => {
                write!(text, "[{name:?}]")
            }
            Step::Member(name) if text.is_empty() => write!(text, "{name}"),
            Step::Member(name) => write!(text, ".{name}"),
            Step::Index(index) => write!(text, "[{index}]"),
        };
    }
    text
}

/// The steps of a path that the model shows.
#[must_use]
pub fn steps(path: &str) -> Vec<Step> {
    let step = |part: &str| {
        part.strip_suffix(']').and_then(|index| index.parse().ok()).map_or_else(|| Step::Member(part.to_owned()), Step::Index)
    };
    // An entry of `extra` is a member in JSON, and its key and value have no member of their own.
    let path = if path.starts_with("extra[") { path.split_inclusive(']').next().unwrap_or(path) } else { path };
    path.split(['.', '[']).filter(|part| !part.is_empty()).map(step).collect()
}

/// Where the value at `path` stands; for a path whose last member is not there, the object that lacks it.
#[must_use]
pub fn locate(text: &[u8], path: &[Step]) -> Option<Range<usize>> {
    walk(text, path, false)
}

/// Where the name of the last member of `path` stands for the last time.
pub(super) fn last_member(text: &[u8], path: &[Step]) -> Option<Range<usize>> {
    walk(text, path, true)
}

fn walk(text: &[u8], path: &[Step], last: bool) -> Option<Range<usize>> {
    let mut scan = Scan { text, at: 0 };
    scan.space();
    for (depth, step) in path.iter().enumerate() {
        let open = scan.at;
        let repeated = last && depth + 1 == path.len();
        let mut found = None;
        if scan.skip(b'{') {
            let mut number = 0;
            while let Some(name) = scan.name() {
                let here = scan.at;
                if match step {
                    Step::Member(wanted) => unescaped(text.get(name.clone())?) == *wanted,
                    Step::Index(wanted) => number == *wanted,
                } {
                    found = Some(if repeated { name.start } else { here });
                    if !repeated {
                        break;
                    }
                }
                number += 1;
                scan.value()?;
                scan.comma();
            }
        } else if scan.skip(b'[') {
            let Step::Index(wanted) = step else { return Some(open..open) };
            for _ in 0..*wanted {
                scan.space();
                scan.value()?;
                scan.comma();
            }
            scan.space();
            found = Some(scan.at);
        }
        match found {
            Some(at) => scan.at = at,
            None => return Some(open..open),
        }
    }
    let start = scan.at;
    scan.value();
    Some(start..scan.at)
}

fn unescaped(name: &[u8]) -> String {
    serde_json::from_slice(name).unwrap_or_default()
}

/// The byte at a line and column, both counted from 1 as serde_json does.
pub(super) fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    (start + column.saturating_sub(1)).min(text.len())
}

struct Scan<'t> {
    text: &'t [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn skip(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn comma(&mut self) {
        self.space();
        self.skip(b',');
    }

    /// A member name with its quotes, and past its colon.
    fn name(&mut self) -> Option<Range<usize>> {
        self.space();
        let start = self.at;
        if self.peek() != Some(b'"') {
            return None;
        }
        self.string();
        let end = self.at;
        self.space();
        self.skip(b':');
        self.space();
        Some(start..end)
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'"' => return,
                _ => {}
            }
        }
    }

    /// Past one value.
    fn value(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            match self.peek()? {
                b'"' => self.string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' if depth == 0 => return Some(()),
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                byte if byte.is_ascii_whitespace() && depth == 0 => return Some(()),
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}
