//! A CSV file with a header: a row at a time, its cells asked for by the name of their column.

use std::cell::Cell;
use std::io::{self, Cursor, Read};
use std::rc::Rc;

use anyhow::{Context as _, anyhow, bail};
use csv::{ByteRecord, StringRecord};

use super::Rejected;
use super::cells::{Fault, shown};

/// What a kind of file looks like.
pub(super) struct Layout {
    /// What the file is.
    pub(super) title: &'static str,
    /// The columns that the importer reads.
    pub(super) columns: &'static [&'static str],
    /// Other names of columns, each with the one that stands in `columns`.
    pub(super) aliases: &'static [(&'static str, &'static str)],
    /// Of each of these at least one column must be there.
    pub(super) needed: &'static [&'static [&'static str]],
    /// The column that names a row.
    pub(super) id: &'static str,
}

/// A file that is being read.
pub(super) struct Table<R> {
    reader: csv::Reader<Bounded<Whole<R>>>,
    /// Bytes that the row may still take.
    left: Rc<Cell<usize>>,
    record: StringRecord,
    header: Header,
    ends: LineEnds,
}

/// A file of which the first bytes were looked at.
type Whole<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// Stops a row that never ends, so that memory stays as it is.
struct Bounded<R> {
    inner: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let many = self.inner.read(buffer)?;
        let left = self.left.get().checked_sub(many).ok_or_else(|| io::Error::other(ENDLESS))?;
        self.left.set(left);
        Ok(many)
    }
}

struct Header {
    layout: &'static Layout,
    /// The columns as the file names them.
    names: Vec<String>,
    /// The columns that the importer reads, with their places in the file.
    known: Vec<(&'static str, usize)>,
}

/// A row of data.
#[derive(Clone, Copy)]
pub(super) struct Row<'t> {
    header: &'t Header,
    record: &'t StringRecord,
    /// The line on which it starts.
    line: u64,
}

/// How the lines of the file end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineEnds {
    Lf,
    CrLf,
}

/// First bytes of files that are often taken for CSV, and what to do with them.
const OTHER_FILES: [(&[u8], &str); 4] = [
    (b"\x1f\x8b", "the file is packed with gzip: unpack it first"),
    (b"PK\x03\x04", "the file is a zip archive or a spreadsheet: save the table in it as CSV"),
    (b"\xff\xfe", "the file is in UTF-16: save it as UTF-8"),
    (b"\xfe\xff", "the file is in UTF-16: save it as UTF-8"),
];

/// Where an error cites the file, the most bytes of it.
const MOST_CITED: usize = 200;

/// The longest row, a hundred times what any report holds.
const MOST_ROW: usize = 1 << 20;

const ENDLESS: &str = "a row longer than 1 MiB: a quote that opens in it is never closed; close it, and import the file again";

const UNREADABLE: &str = "the file cannot be read";

/// Where line ends are looked for: more than any header has.
const START: u64 = 1 << 14;

impl<R: Read> Table<R> {
    /// Reads the header.
    pub(super) fn open(mut csv: R, layout: &'static Layout) -> anyhow::Result<Self> {
        let mut start = Vec::new();
        csv.by_ref().take(START).read_to_end(&mut start).context(UNREADABLE)?;
        if let Some((_, what)) = OTHER_FILES.iter().find(|(bytes, _)| start.starts_with(bytes)) {
            bail!("expected a {} as CSV, but {what}", layout.title);
        }
        let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let ends = if line.ends_with(b"\r") { LineEnds::CrLf } else { LineEnds::Lf };
        let left = Rc::new(Cell::new(0));
        let start = Bounded { inner: Cursor::new(start).chain(csv), left: Rc::clone(&left) };
        // Rows of the wrong length are told with their line instead of ending the file.
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(start);
        let header = Header { layout, names: Vec::new(), known: Vec::new() };
        let mut table = Self { reader, left, record: StringRecord::new(), header, ends };
        table.next()?;
        table.header = Header::new(&table.record, layout)?;
        Ok(table)
    }

    /// The next row, or why it cannot be used; `None` at the end of the file.
    pub(super) fn row(&mut self) -> anyhow::Result<Option<Result<Row<'_>, Box<Rejected>>>> {
        let Some(line) = self.next()? else { return Ok(None) };
        let (expected, found) = (self.header.names.len(), self.record.len());
        if expected == found {
            return Ok(Some(Ok(Row { header: &self.header, record: &self.record, line })));
        }
        let lines = 1 + line_feeds(self.record.as_byte_record());
        let open = if lines > 1 { format!(" on {lines} lines: is a quote left open?") } else { String::new() };
        let reason = format!("expected {expected} cells as in the header, found {found}{open}");
        let row = Row { header: &self.header, record: &self.record, line };
        // Which cell names the row is not certain any more.
        Ok(Some(Err(Box::new(Rejected { id: None, ..*row.refused(reason) }))))
    }

    /// Reads the next record and gives the line on which it starts.
    fn next(&mut self) -> anyhow::Result<Option<u64>> {
        let mut bytes = core::mem::take(&mut self.record).into_byte_record();
        let before = self.reader.position().line();
        self.left.set(MOST_ROW);
        match self.reader.read_byte_record(&mut bytes) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => return Err(anyhow::Error::new(error).context(format!("line {before}")).context(UNREADABLE)),
        }
        // The reader stands behind LF, but before the LF of CR LF and before blank lines, which it skips with the next row.
        let after = self.reader.position().line().saturating_sub(u64::from(self.ends == LineEnds::Lf));
        let line = before.max(after.saturating_sub(line_feeds(&bytes)));
        self.record = StringRecord::from_byte_record(bytes).map_err(|error| {
            let (cell, byte) = (error.utf8_error().field(), error.utf8_error().valid_up_to() + 1);
            let column = self.header.names.get(cell).map_or_else(|| (cell + 1).to_string(), Clone::clone);
            anyhow!("line {line}, column {column}: expected UTF-8, but byte {byte} of the cell is none: convert the file first")
        })?;
        Ok(Some(line))
    }

    /// Columns that the importer does not read.
    pub(super) fn others(&self) -> Vec<String> {
        self.header.others().map(|(_, name)| name.to_owned()).collect()
    }
}

impl Header {
    fn new(record: &StringRecord, layout: &'static Layout) -> anyhow::Result<Self> {
        if record.iter().all(blank) {
            bail!("the file is empty: expected a {} as CSV with a header", layout.title);
        }
        let names: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
        let mut known = Vec::new();
        for column in layout.columns {
            let others = layout.aliases.iter().filter(|(_, of)| of == column).map(|(alias, _)| alias);
            let places = |name: &&str| {
                let same = |(_, there): &(usize, &String)| there.eq_ignore_ascii_case(name);
                names.iter().enumerate().filter(same).map(|(place, _)| place).collect::<Vec<_>>()
            };
            let places = core::iter::once(column).chain(others).map(places).find(|places| !places.is_empty());
            match places.as_deref() {
                None => {}
                Some([place]) => known.push((*column, *place)),
                Some(places) => {
                    bail!("column {column} stands in the header {} times: which of them counts is not said", places.len())
                }
            }
        }
        let header = Self { layout, names, known };
        header.check()?;
        Ok(header)
    }

    fn check(&self) -> anyhow::Result<()> {
        let there = |column: &&str| self.place(column).is_some();
        let missing = self.layout.needed.iter().filter(|columns| !columns.iter().any(there));
        let missing: Vec<String> = missing
            .map(|columns| match columns {
                [column] => (*column).to_owned(),
                columns => format!("one of {}", columns.join(", ")),
            })
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let found = shown(&self.names.join(","), MOST_CITED);
        bail!("this is no {}: the header has no {}; found {found}", self.layout.title, missing.join(" and no "))
    }

    fn place(&self, column: &str) -> Option<usize> {
        self.known.iter().find(|(name, _)| *name == column).map(|(_, place)| *place)
    }

    fn others(&self) -> impl Iterator<Item = (usize, &str)> {
        let other = |(place, _): &(usize, &str)| self.known.iter().all(|(_, known)| known != place);
        self.names.iter().map(String::as_str).enumerate().filter(other)
    }
}

impl<'t> Row<'t> {
    /// The cell as it stands; `None` where it is blank or the file has no such column.
    pub(super) fn cell(&self, column: &str) -> Option<&'t str> {
        debug_assert!(self.header.layout.columns.contains(&column), "{column} is not in the layout");
        self.record.get(self.header.place(column)?).filter(|cell| !blank(cell))
    }

    /// Cells of columns that the importer does not read, with the names of the columns.
    pub(super) fn others(&self) -> impl Iterator<Item = (&'t str, &'t str)> {
        let record = self.record;
        self.header.others().filter_map(|(place, name)| Some((name, record.get(place)?))).filter(|(_, cell)| !blank(cell))
    }

    /// Whether the row names the columns in HXL tags, as files of the Humanitarian Data Exchange do below the header.
    pub(super) fn is_tags(&self) -> bool {
        let mut cells = self.record.iter().filter(|cell| !blank(cell)).peekable();
        cells.peek().is_some() && cells.all(|cell| cell.starts_with('#'))
    }

    /// The row cannot be used because of one cell.
    pub(super) fn rejected(&self, fault: Fault) -> Box<Rejected> {
        let place = self.header.place(fault.column);
        let name = place.and_then(|place| self.header.names.get(place)).map_or(fault.column, String::as_str);
        Box::new(Rejected { column: Some(name.to_owned()), ..*self.refused(fault.reason) })
    }

    /// The row cannot be used as a whole.
    pub(super) fn refused(&self, reason: String) -> Box<Rejected> {
        let cited =
            |id: &str| if id.contains(char::is_control) || id.len() > MOST_CITED { shown(id, MOST_CITED) } else { id.to_owned() };
        Box::new(Rejected {
            line: self.line,
            id: self.cell(self.header.layout.id).map(cited),
            column: None,
            reason,
            row: csv_line(self.record),
            header: csv_line(&self.header.names.iter().map(String::as_str).collect()),
        })
    }
}

fn blank(cell: &str) -> bool {
    cell.trim().is_empty()
}

fn csv_line(record: &StringRecord) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Writing to memory cannot fail.
    let line = writer.write_record(record).ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8_lossy(&line).trim_end_matches('\n').to_owned()
}

fn line_feeds(record: &ByteRecord) -> u64 {
    record.as_slice().iter().map(|byte| u64::from(*byte == b'\n')).sum()
}
