//! What every command needs that reads encoded reports: a file of them, a bare one, or lines of hex.

use std::io::{BufRead, Read};
use std::path::Path;
use std::rc::Rc;

use anyhow::Result;
use increp::wire::packed::{BATCH, PACKED};

use super::hex::{named_profile, unhex};
use crate::files::Input;
use crate::profiles::Profiles;
use crate::stream::{Item, MAGIC, MOST, Reader, ShortId};

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
    /// The bytes of a report or a batch, or of what there is of one.
    pub(super) bytes: Vec<u8>,
    /// Why they are no whole report.
    pub(super) broken: Option<String>,
    /// The profiles with which packed reports were written, if what they stand in says so.
    pub(super) profiles: Option<Rc<[ShortId]>>,
}

/// The encoded reports of an input.
pub(super) struct Encoded<'p> {
    name: String,
    profiles: &'p Profiles,
    /// Those that the file at hand names.
    named: Option<Rc<[ShortId]>>,
    inner: Inner,
    number: u64,
}

type Bytes = std::io::BufReader<crate::files::Progress<Box<dyn Read>>>;

enum Inner {
    File(Reader<Bytes>),
    Raw(Option<Bytes>),
    Hex(Bytes),
}

/// More than the longest line that a message in hex makes, with whatever a log puts in front and between.
const LINE: u64 = 1 << 18;

/// What the start of an input says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// A file of reports.
    File,
    /// A bare report.
    Bare,
    /// Something else: JSON, if it is any.
    Other,
}

impl Start {
    /// Looks at the first bytes.
    ///
    /// # Errors
    /// If the input cannot be read.
    pub(super) fn of(input: &mut Input) -> Result<Self> {
        let start = input.start()?;
        // A packed report may start with the first byte of a file, but hardly with its first four.
        let head = start.get(..4).unwrap_or(start);
        Ok(match start {
            [] => Self::Other,
            _ if MAGIC.starts_with(head) => Self::File,
            // The mark that some editors put before their text; the text goes on.
            [0xef, 0xbb, 0xbf, next, ..] if next.is_ascii() => Self::Other,
            // The mark of UTF-16 before a text that may be JSON, which whoever reads it says.
            [0xff, 0xfe, next, 0, ..] | [0xfe, 0xff, 0, next, ..] if b"{[ \t\r\n".contains(next) => Self::Other,
            [first, ..] if first >> 4 == increp::wire::VERSION || *first >= PACKED => Self::Bare,
            _ => Self::Other,
        })
    }
}

impl<'p> Encoded<'p> {
    pub(super) fn open(path: Option<&Path>, form: Form, profiles: &'p Profiles) -> Result<Self> {
        Self::new(Input::open(path)?, form, profiles)
    }

    pub(super) fn new(mut input: Input, form: Form, profiles: &'p Profiles) -> Result<Self> {
        let inner = match form {
            Form::Hex => Inner::Hex(input.reader),
            Form::Raw => Inner::Raw(Some(input.reader)),
            Form::Any if Start::of(&mut input)? == Start::Bare => Inner::Raw(Some(input.reader)),
            Form::Any => Inner::File(Reader::new(input.reader)),
        };
        Ok(Self { name: input.name, profiles, named: None, inner, number: 0 })
    }

    /// The next report. A file that breaks ends with an error in place of a report.
    pub(super) fn next(&mut self) -> Result<Option<Found>> {
        let Self { name, profiles, named, inner, number } = self;
        *number += 1;
        let found = |profiles: &Option<Rc<[ShortId]>>, place, bytes, broken| {
            Ok(Some(Found { place, bytes, broken, profiles: profiles.clone() }))
        };
        match inner {
            Inner::File(reader) => loop {
                let offset = reader.offset();
                let place = |bytes: &[u8]| {
                    let what = if bytes.first() == Some(&BATCH) { "batch" } else { "report" };
                    format!("{name}: {what} {number}, from byte {offset} of the file")
                };
                return match reader.next_item()? {
                    None => Ok(None),
                    Some(Item::Header(profiles)) => {
                        *named = profiles;
                        continue;
                    }
                    Some(Item::End(_)) => continue,
                    Some(Item::Report(bytes)) => found(named, place(bytes), bytes.to_vec(), None),
                    Some(Item::Cut(bytes, why)) => found(named, place(bytes), bytes.to_vec(), Some(why)),
                    Some(Item::Broken(why)) => found(named, format!("{name}: byte {offset}"), Vec::new(), Some(why)),
                };
            },
            Inner::Raw(input) => {
                let Some(input) = input.take() else { return Ok(None) };
                let mut bytes = Vec::new();
                // One byte more than any message has shows that it is none.
                input.take(MOST as u64 + 1).read_to_end(&mut bytes)?;
                found(named, name.clone(), bytes, None)
            }
            Inner::Hex(input) => loop {
                let mut line = Vec::new();
                if input.by_ref().take(LINE).read_until(b'\n', &mut line)? == 0 {
                    return Ok(None);
                }
                let text = String::from_utf8_lossy(&line);
                if !text.trim().is_empty() {
                    let (text, profile) = named_profile(&text);
                    let (bytes, broken) = match unhex(text, profiles) {
                        Ok(bytes) => (bytes, None),
                        Err(why) => (Vec::new(), Some(why)),
                    };
                    return found(&profile.map(|id| [id].into()), format!("{name}: line {number}"), bytes, broken);
                }
                *number += 1;
            },
        }
    }
}
