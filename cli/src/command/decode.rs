//! `increp decode`: bytes to JSON. And what every command needs that reads encoded reports.

use std::io::{BufRead, Read};
use std::path::Path;

use anyhow::Result;
use increp::model::Report;

use super::Rejects;
use super::encode::hex;
use crate::args::Decode;
use crate::exit::Exit;
use crate::files::{Content, Input, Output};
use crate::json;
use crate::profiles::{Profiles, tag};
use crate::stream::{HEADER as FILE, Item, MOST, Reader};

pub(super) fn run(arguments: &Decode) -> Result<Exit> {
    let profiles = Profiles::load(&arguments.profiles.profile)?;
    let mut reports = Encoded::open(arguments.input.as_deref(), Form::of(arguments.raw, arguments.hex))?;
    let mut output = Output::open(&arguments.output, Content::Text)?;
    let mut rejects = Rejects::open(arguments.rejects.as_ref())?;
    while let Some(Found { place, bytes, broken }) = reports.next()? {
        let mut write = |report: &Report<'_>| {
            let written = if arguments.pretty { json::write_pretty(report, &mut output) } else { json::write(report, &mut output) };
            written.map_err(Into::into)
        };
        let decoded = match broken {
            Some(why) => Err(why),
            None => profiles.reports(&bytes, &mut write)?,
        };
        if let Err(why) = decoded {
            rejects.push(&format!("{place}: {why}"), hex(&bytes).as_bytes())?;
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

/// What was found in the input.
pub(super) struct Found {
    /// The name of the file and the place in it, for messages.
    pub(super) place: String,
    /// The bytes of a report, or of what there is of one.
    pub(super) bytes: Vec<u8>,
    /// Why they are no whole report.
    pub(super) broken: Option<String>,
}

impl Found {
    fn new(place: String, bytes: Vec<u8>) -> Self {
        Self { place, bytes, broken: None }
    }
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
        Self::new(Input::open(path)?, form)
    }

    pub(super) fn new(mut input: Input, form: Form) -> Result<Self> {
        let report = input.first()?.is_some_and(is_bare);
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
                let place = format!("{name}: report {number}, from byte {offset} of the file");
                return Ok(match reader.next_item()? {
                    None => None,
                    Some(Item::Header | Item::End(_)) => continue,
                    Some(Item::Report(bytes)) => Some(Found::new(place, bytes.to_vec())),
                    Some(Item::Cut(bytes, why)) => Some(Found { broken: Some(why), ..Found::new(place, bytes.to_vec()) }),
                    Some(Item::Broken(why)) => {
                        Some(Found { broken: Some(why), ..Found::new(format!("{name}: byte {offset}"), Vec::new()) })
                    }
                });
            },
            Inner::Raw(input) => {
                let Some(input) = input.take() else { return Ok(None) };
                let mut bytes = Vec::new();
                // More than any report or batch has shows that it is none.
                input.take(MOST as u64 + 1).read_to_end(&mut bytes)?;
                Ok(Some(Found::new(name.clone(), bytes)))
            }
            Inner::Hex(input) => loop {
                let mut line = Vec::new();
                if input.by_ref().take(LINE).read_until(b'\n', &mut line)? == 0 {
                    return Ok(None);
                }
                let text = String::from_utf8_lossy(&line);
                if !text.trim().is_empty() {
                    let (bytes, broken) = match unhex(&text) {
                        Ok(bytes) => (bytes, None),
                        Err(why) => (Vec::new(), Some(why)),
                    };
                    return Ok(Some(Found { place: format!("{name}: line {number}"), bytes, broken }));
                }
                *number += 1;
            },
        }
    }
}

/// Whether what starts so is a bare report: its first byte holds its version, or says that it is packed. A file of reports
/// starts with a byte that only one profile in 128 has for a tag; then `--raw` says what it is.
pub(super) const fn is_bare(first: u8) -> bool {
    first >> 4 == increp::wire::VERSION || (first & increp::wire::packed::PACKED != 0 && first != FILE[0])
}

/// How a report in postcard starts.
const HEADER: u8 = increp::wire::VERSION << 4 | increp::wire::Encoding::Postcard as u8;

/// The bytes of a report in a line of a log: whatever stands before and behind it, it is a run of words of hex such as
/// "1111002a", "11 11", "11:11", "0x11,". A time or a number may look like hex too; what decodes is the report, or else
/// what starts like one.
fn unhex(line: &str) -> Result<Vec<u8>, String> {
    let words = line.split(|sign: char| sign.is_whitespace() || "=\"'`,;|<>[](){}".contains(sign)).filter(|word| !word.is_empty());
    let mut runs: Vec<Vec<Vec<u8>>> = vec![Vec::new()];
    let mut odd = None;
    for word in words {
        match (word_bytes(word), runs.last_mut()) {
            (Some(bytes), Some(run)) => run.push(bytes),
            _ => runs.push(Vec::new()),
        }
        let digits = word.len() > 8 && word.bytes().all(|digit| digit.is_ascii_hexdigit());
        odd = odd.or(Some(word).filter(|word| digits && word.len() % 2 == 1));
    }
    // Only what starts like a report is put together and tried.
    let suffixes = || runs.iter().flat_map(|run| (0..run.len()).filter_map(|from| run.get(from..)));
    let reports = || suffixes().filter(|words| words.first().and_then(|word| word.first()) == Some(&HEADER)).map(<[_]>::concat);
    // What is packed does not show whether it is whole: one word of a line.
    let packed = || runs.iter().flatten().filter(|word| tag(word).is_some()).max_by_key(|word| word.len()).cloned();
    let found = reports().find(|bytes| increp::decode(bytes).is_ok()).or_else(packed);
    let found = found.or_else(|| reports().max_by_key(Vec::len));
    let longest = || runs.iter().map(|run| run.concat()).filter(|bytes| !bytes.is_empty()).max_by_key(Vec::len);
    found.or_else(longest).ok_or_else(|| match odd {
        Some(word) => format!("expected a report in hex, found an odd number of digits, {}", word.len()),
        None => "expected a report in hex, found none on this line".to_owned(),
    })
}

fn word_bytes(word: &str) -> Option<Vec<u8>> {
    let word = word.strip_prefix("0x").unwrap_or(word);
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    let whole =
        |part: &str| !part.is_empty() && part.len().is_multiple_of(2) && part.bytes().all(|digit| digit.is_ascii_hexdigit());
    let bytes = |part: &str| if whole(part) { part.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>() } else { None };
    word.split([':', '-']).map(bytes).collect::<Option<Vec<_>>>().map(|parts| parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_found_in_a_line_of_a_log() {
        let report = "1111002a0103000000000000000000000000".get(..34).unwrap_or_default();
        let spaced: Vec<&str> = (0..17).map(|at| report.get(2 * at..2 * at + 2).unwrap_or_default()).collect();
        let expected: Vec<u8> = spaced.iter().filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect();
        for line in [
            report.to_owned(),
            spaced.join(" "),
            spaced.join(":"),
            spaced.join(", 0x"),
            format!("12:01:33 RX rssi -91: {report}"),
            format!("12:00:03 {report}"),
            format!("2026-01-01 12:00:03 {}", spaced.join(" ")),
            format!("RX 17 {report}"),
            format!("addr 0x11 {report}"),
            format!("#4 {report}"),
            format!("AA:BB:CC:DD:EE:FF {report} rssi=-97"),
            format!("\u{feff}data=\"{report}\""),
            format!("{{\"port\":17,\"payload\":\"{}\"}}", report.to_uppercase()),
        ] {
            assert_eq!(unhex(&line).as_ref(), Ok(&expected), "{line}");
        }
        for (line, why) in [("111111111", "odd number"), ("nothing here", "found none"), ("11111111z", "found none")] {
            assert!(unhex(line).is_err_and(|error| error.contains(why)), "{line}");
        }
        let packed = "8a77aabbccddeeff00112233445566778899";
        assert_eq!(unhex(&format!("12:00:03 RX {packed} rssi -91")).map(|bytes| (bytes.len(), bytes[0])), Ok((18, 0x8a)));
        // Broken, but it starts like a report.
        assert_eq!(unhex("12:00:03 1111002a0109"), Ok(vec![0x11, 0x11, 0, 0x2a, 1, 9]));
    }
}
