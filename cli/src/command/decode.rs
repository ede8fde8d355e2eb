//! `increp decode`: bytes to JSON. And what every command needs that reads encoded reports.

use std::io::{BufRead, Read};
use std::path::Path;

use anyhow::Result;

use super::Rejects;
use super::encode::hex;
use crate::args::Decode;
use crate::exit::Exit;
use crate::files::{Content, Input, Output};
use crate::json;
use crate::stream::{Item, Reader};

pub(super) fn run(arguments: &Decode) -> Result<Exit> {
    let mut reports = Encoded::open(arguments.input.as_deref(), Form::of(arguments.raw, arguments.hex))?;
    let mut output = Output::open(&arguments.output, Content::Text)?;
    let mut rejects = Rejects::open(arguments.rejects.as_ref(), arguments.output.force)?;
    while let Some(found) = reports.next()? {
        let Found { place, bytes } = found;
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(why) => {
                rejects.push(&format!("{place}: {why}"), b"")?;
                continue;
            }
        };
        match increp::decode(&bytes) {
            Ok(decoded) => {
                if arguments.pretty {
                    json::write_pretty(&decoded, &mut output)?
                } else {
                    json::write(&decoded, &mut output)?
                }
            }
            Err(error) => rejects.push(&format!("{place}: {error}"), hex(&bytes).as_bytes())?,
        }
    }
    output.finish()?;
    Ok(Exit::findings(rejects.finish()?))
}

/// How encoded reports come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A file of reports, or else a bare report.
    Any,
    /// A bare report.
    Raw,
    /// A bare report in hex on each line.
    Hex,
}

impl Form {
    pub(super) const fn of(raw: bool, hex: bool) -> Self {
        match (raw, hex) {
            (_, true) => Self::Hex,
            (true, _) => Self::Raw,
            _ => Self::Any,
        }
    }
}

/// A report that was found in the input, or why none could be.
pub(super) struct Found {
    /// The name of the file and the place in it, for messages.
    pub(super) place: String,
    /// The bytes of a report.
    pub(super) bytes: Result<Vec<u8>, String>,
}

/// The encoded reports of an input.
pub(super) struct Encoded {
    name: String,
    inner: Inner,
    number: u64,
}

type Bytes = std::io::BufReader<crate::files::Progress<Box<dyn Read>>>;

enum Inner {
    File(Reader<Bytes>),
    Raw(Option<Bytes>),
    Hex(Bytes),
}

/// More than the longest line that a report in hex makes, with whatever a log puts in front.
const LINE: u64 = 1 << 16;

impl Encoded {
    pub(super) fn open(path: Option<&Path>, form: Form) -> Result<Self> {
        let mut input = Input::open(path)?;
        // The first byte of a report holds its version; no file of reports starts with one.
        let report = input.reader.fill_buf()?.first().is_some_and(|first| first >> 4 == increp::wire::VERSION);
        let inner = match form {
            Form::Hex => Inner::Hex(input.reader),
            Form::Raw => Inner::Raw(Some(input.reader)),
            Form::Any if report => Inner::Raw(Some(input.reader)),
            Form::Any => Inner::File(Reader::new(input.reader)),
        };
        Ok(Self { name: input.name, inner, number: 0 })
    }

    /// The next report. A file that breaks ends with an error in place of a report.
    pub(super) fn next(&mut self) -> Result<Option<Found>> {
        let Self { name, inner, number } = self;
        *number += 1;
        match inner {
            Inner::File(reader) => loop {
                let offset = reader.offset();
                return Ok(match reader.next_item()? {
                    None => None,
                    Some(Item::Header | Item::End(_)) => continue,
                    Some(Item::Report(bytes)) => Some(Found {
                        place: format!("{name}: report {number}, from byte {offset} of the file"),
                        bytes: Ok(bytes.to_vec()),
                    }),
                    Some(Item::Broken(why)) => Some(Found { place: format!("{name}: byte {offset}"), bytes: Err(why) }),
                });
            },
            Inner::Raw(input) => {
                let Some(input) = input.take() else { return Ok(None) };
                let mut bytes = Vec::new();
                // One byte more than any report has shows that it is none.
                input.take(increp::MAX_LEN as u64 + 1).read_to_end(&mut bytes)?;
                Ok(Some(Found { place: name.clone(), bytes: Ok(bytes) }))
            }
            Inner::Hex(input) => loop {
                let mut line = Vec::new();
                if input.by_ref().take(LINE).read_until(b'\n', &mut line)? == 0 {
                    return Ok(None);
                }
                let text = String::from_utf8_lossy(&line);
                let text = text.trim();
                if !text.is_empty() && !text.starts_with('#') {
                    return Ok(Some(Found { place: format!("{name}: line {number}"), bytes: unhex(text) }));
                }
                *number += 1;
            },
        }
    }
}

/// The bytes of the hex at the end of a line, in words of whole bytes: "1111002a", "11 11", "11:11", "0x11,".
fn unhex(line: &str) -> Result<Vec<u8>, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut tail: Vec<Vec<u8>> = words.iter().rev().map_while(|word| word_bytes(word)).collect();
    tail.reverse();
    let bytes = tail.concat();
    match words.last() {
        _ if !bytes.is_empty() => Ok(bytes),
        Some(word) => Err(format!("expected a report in hex at the end of the line, found \"{word}\"")),
        None => Err("expected a report in hex, found an empty line".to_owned()),
    }
}

fn word_bytes(word: &str) -> Option<Vec<u8>> {
    let word = word.strip_prefix("0x").unwrap_or(word);
    let word = word.strip_suffix(',').unwrap_or(word);
    let parts = word.split([':', '-']);
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    let whole =
        |part: &str| !part.is_empty() && part.len().is_multiple_of(2) && part.bytes().all(|digit| digit.is_ascii_hexdigit());
    let bytes = |part: &str| if whole(part) { part.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>() } else { None };
    parts.map(bytes).collect::<Option<Vec<_>>>().map(|parts| parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_from_the_end_of_a_line() {
        for (line, expected) in [
            ("1111002a", Some(&[0x11, 0x11, 0, 0x2a][..])),
            ("11 11 00 2A", Some(&[0x11, 0x11, 0, 0x2a])),
            ("12:01:33 RX rssi -91: 11:11:00:2a", Some(&[0x11, 0x11, 0, 0x2a])),
            ("[17] <- 0x11, 0x11, 0x00, 0x2a", Some(&[0x11, 0x11, 0, 0x2a])),
            ("len 4 = 1111002a", Some(&[0x11, 0x11, 0, 0x2a])),
            ("111", None),
            ("1111002a crc ok", None),
            ("11:", None),
        ] {
            assert_eq!(unhex(line).ok().as_deref(), expected, "{line}");
        }
    }
}
