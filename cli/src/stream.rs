//! A file of reports: a header that says what it is, reports with their lengths, and an end that says how many.
//!
//! ```text
//! 89 69 72 70 0d 0a 1a 02      "\x89irp\r\n\x1a", then the version of the file format: 2
//! many | { id }*               how many profiles the packed reports were written with, 0 to 16; of each the first 8 bytes of its id
//! { length | report }*         length a minimal varint, 1 to 2^20; a report in any encoding, or a batch of reports
//! 00 | count                   the end, and the number of reports as a minimal varint; a batch counts as one
//! ```
//!
//! Version 1 does not name profiles. A packed report says 4 bits of its profile's id, and may read as another report with another
//! profile that has them: the names rule that out. The first bytes show a transfer that changed line ends or dropped the eighth bit; a file without its end was cut
//! short. Files may stand one after the other in one.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Read as _, Write};
use std::rc::Rc;

/// The first bytes of a file, before the version.
pub const MAGIC: [u8; 7] = *b"\x89irp\r\n\x1a";
/// The version of the file format.
const VERSION: u8 = 2;
/// The version that did not name profiles.
const NAMELESS: u8 = 1;
/// No two profiles of a file have the same tag, of which there are so many.
const MOST_PROFILES: u8 = 16;

/// The first bytes of a profile's id.
pub type ShortId = [u8; 8];

/// More than the longest report in any encoding, or a batch of them; a length beyond it is no length.
pub const MOST: usize = 1 << 20;

/// The tag of the profile whose id starts so.
#[must_use]
pub const fn tag([first, ..]: &ShortId) -> u8 {
    *first & 0xf
}

/// Writes a file of reports.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    reports: u64,
}

impl<W: Write> Writer<W> {
    /// Starts a file of reports of which the packed ones are written with these profiles, no two of which have the same tag.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(mut out: W, profiles: &[ShortId]) -> io::Result<Self> {
        out.write_all(&MAGIC)?;
        let many = u8::try_from(profiles.len()).unwrap_or(MOST_PROFILES).min(MOST_PROFILES);
        out.write_all(&[VERSION, many])?;
        for id in profiles.iter().take(many.into()) {
            out.write_all(id)?;
        }
        Ok(Self { out, reports: 0 })
    }

    /// Adds a report.
    ///
    /// # Errors
    /// Those of the output.
    pub fn push(&mut self, report: &[u8]) -> io::Result<()> {
        self.reports += 1;
        varint(report.len() as u64, &mut self.out)?;
        self.out.write_all(report)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&[0])?;
        varint(self.reports, &mut self.out)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn varint(mut value: u64, out: &mut impl Write) -> io::Result<()> {
    while value >= 0x80 {
        out.write_all(&[value.to_le_bytes()[0] | 0x80])?;
        value >>= 7;
    }
    out.write_all(&[value.to_le_bytes()[0]])
}

/// What stands at a place of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Item<'b> {
    /// A file starts, whose packed reports were written with these profiles; a file of version 1 does not say.
    Header(Option<Rc<[ShortId]>>),
    /// The bytes of a report.
    Report(&'b [u8]),
    /// A file ends, after so many reports.
    End(u64),
    /// The input ends inside a report: what there is of it, and why it is no whole one.
    Cut(&'b [u8], String),
    /// Nothing that follows can be read, and why.
    Broken(String),
}

/// Reads files of reports.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    buffer: Vec<u8>,
    /// Bytes read so far.
    offset: u64,
    /// Reports since the last header; `None` between files.
    reports: Option<u64>,
    broken: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads from `input`.
    pub const fn new(input: R) -> Self {
        Self { input, buffer: Vec::new(), offset: 0, reports: None, broken: false }
    }

    /// Where in the input the next item starts.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The next item, or `None` at the end of the input.
    ///
    /// # Errors
    /// Those of the input.
    pub fn next_item(&mut self) -> io::Result<Option<Item<'_>>> {
        if self.broken || (self.reports.is_none() && self.input.fill_buf()?.is_empty()) {
            if self.offset == 0 && !self.broken {
                return Ok(Some(
                    self.stop("expected a file of reports, found nothing: a file without any has a header and an end".to_owned()),
                ));
            }
            return Ok(None);
        }
        let Some(reports) = self.reports else { return self.header().map(Some) };
        let length = match self.varint()? {
            Ok(length) => length,
            Err(why) if reports == 0 => {
                return Ok(Some(self.stop(format!("{why}: the file was cut short or damaged before its first report"))));
            }
            Err(why) => return Ok(Some(self.stop(format!("{why}: the file was cut short or damaged after report {reports}")))),
        };
        if length == 0 {
            self.reports = None;
            return Ok(Some(match self.varint()? {
                Ok(count) if count == reports => Item::End(count),
                Ok(count) => self.stop(format!("the end of the file says {count} reports, found {reports}")),
                Err(why) => {
                    self.stop(format!("expected the number of reports at the end of the file, but {why}: it was cut short"))
                }
            }));
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > MOST {
            return Ok(Some(self.stop(format!("expected the length of a report, found {length}: the file is damaged"))));
        }
        if !self.read(length)? {
            self.broken = true;
            let found = self.buffer.len();
            return Ok(Some(Item::Cut(
                &self.buffer,
                format!("expected a report of {length} bytes, found {found}: the file was cut short"),
            )));
        }
        self.reports = Some(reports + 1);
        Ok(Some(Item::Report(&self.buffer)))
    }

    fn header(&mut self) -> io::Result<Item<'_>> {
        let whole = self.read(MAGIC.len() + 1)?;
        let cut = "the input ends inside the header: the file was cut short".to_owned();
        let version = match self.buffer.as_slice() {
            [start @ .., version] if whole && start == MAGIC => *version,
            start if !whole && MAGIC.starts_with(start) => return Ok(self.stop(cut)),
            [b'i' | 0x89, b'i' | b'r', ..] => {
                return Ok(self.stop("the header is damaged: the file was carried as text, send it as binary".to_owned()));
            }
            [b'{' | b'[', ..] => {
                return Ok(self.stop("expected a file of reports, found JSON: encode turns it into one".to_owned()));
            }
            _ => {
                let what = "expected a file of reports, found something else: --raw reads a bare report, --hex reads hex";
                return Ok(self.stop(what.to_owned()));
            }
        };
        let many = match version {
            NAMELESS => {
                self.reports = Some(0);
                return Ok(Item::Header(None));
            }
            VERSION if self.read(1)? => self.buffer.first().copied().unwrap_or_default(),
            VERSION => return Ok(self.stop(cut)),
            _ => return Ok(self.stop(format!("version {version} of the file format is not known here: a newer increp wrote it"))),
        };
        if many > MOST_PROFILES {
            return Ok(self.stop(format!("expected at most {MOST_PROFILES} profiles in the header, found {many}: it is damaged")));
        }
        if !self.read(usize::from(many) * size_of::<ShortId>())? {
            return Ok(self.stop(cut));
        }
        let profiles: Rc<[ShortId]> = self.buffer.as_chunks().0.into();
        let tags: BTreeSet<u8> = profiles.iter().map(tag).collect();
        if tags.len() < profiles.len() {
            return Ok(
                self.stop("expected profiles with different tags in the header, found two with the same: it is damaged".to_owned())
            );
        }
        self.reports = Some(0);
        Ok(Item::Header(Some(profiles)))
    }

    fn stop(&mut self, why: String) -> Item<'_> {
        self.broken = true;
        Item::Broken(why)
    }

    /// Fills the buffer with so many bytes, or with what is left; whether all were there.
    fn read(&mut self, many: usize) -> io::Result<bool> {
        self.buffer.clear();
        let read = (&mut self.input).take(many as u64).read_to_end(&mut self.buffer)?;
        self.offset += read as u64;
        Ok(read == many)
    }

    fn varint(&mut self) -> io::Result<Result<u64, &'static str>> {
        let mut value = 0u64;
        for shift in (0..63).step_by(7) {
            let Some(byte) = self.input.fill_buf()?.first().copied() else { return Ok(Err("the input ends")) };
            self.input.consume(1);
            self.offset += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(if byte == 0 && shift > 0 { Err("a length in more bytes than it needs") } else { Ok(value) });
            }
        }
        Ok(Err("a length of more than 63 bits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<String> {
        let mut reader = Reader::new(bytes);
        let mut items = Vec::new();
        while let Some(item) = reader.next_item().expect("a slice can be read") {
            items.push(format!("{item:?}"));
        }
        items
    }

    fn written(profiles: &[ShortId]) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), profiles).expect("a vector takes all");
        writer.push(&[0x11, 7]).expect("a vector takes all");
        writer.finish().expect("a vector takes all")
    }

    #[test]
    fn a_file_names_its_profiles_and_one_of_version_1_none() {
        assert_eq!(all(&written(&[])), ["Header(Some([]))", "Report([17, 7])", "End(1)"]);
        let named = all(&written(&[[1; 8], [2; 8]]));
        assert_eq!(named.first().map(String::as_str), Some("Header(Some([[1, 1, 1, 1, 1, 1, 1, 1], [2, 2, 2, 2, 2, 2, 2, 2]]))"));
        assert_eq!(all(b"\x89irp\r\n\x1a\x01\x02\x11\x07\x00\x01"), ["Header(None)", "Report([17, 7])", "End(1)"]);
    }

    #[test]
    fn a_file_that_was_cut_anywhere_says_so() {
        let file = written(&[[1; 8]]);
        for length in 0..file.len() {
            let items = all(&file[..length]);
            let last = items.last().expect("something is said");
            let why = if length == 0 { "found nothing" } else { "cut short" };
            assert!((last.starts_with("Broken") || last.starts_with("Cut")) && last.contains(why), "{length}: {last}");
        }
    }

    #[test]
    fn a_header_that_cannot_be_is_told() {
        for (bytes, why) in [
            (&b"\x89irp\r\n\x1a\x03\x00"[..], "a newer increp wrote it"),
            (b"\x89irp\r\n\x1a\x02\x11", "found 17"),
            (b"\x89irp\r\n\x1a\x02\x02\x11abcdefg\x21abcdefg\x00\x00", "found two with the same"),
            (b"\x89irp\n\x1a\x02\x00\x00", "carried as text"),
            (b"irp\r\n\x1a\x02\x00\x00", "carried as text"),
            (b"{\"id\":\"1-2\"}", "found JSON"),
            (b"something else", "found something else"),
        ] {
            let items = all(bytes);
            assert!(items.len() == 1 && items.iter().all(|item| item.contains(why)), "{items:?}");
        }
    }
}
