//! A CSV file with a header: a row at a time, its cells asked for by the name of their column.

use std::io::{Cursor, Read};

use anyhow::{Context as _, anyhow, bail};
use csv::StringRecord;

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
    reader: csv::Reader<Whole<R>>,
    record: StringRecord,
    header: Header,
}

/// A file of which the first bytes were looked at.
type Whole<R> = std::io::Chain<Cursor<Vec<u8>>, R>;

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

const UNREADABLE: &str = "the file cannot be read";

impl<R: Read> Table<R> {
    /// Reads the header.
    pub(super) fn open(mut csv: R, layout: &'static Layout) -> anyhow::Result<Self> {
        let mut start = Vec::new();
        csv.by_ref().take(4).read_to_end(&mut start).context(UNREADABLE)?;
        if let Some((_, what)) = OTHER_FILES.iter().find(|(bytes, _)| start.starts_with(bytes)) {
            bail!("expected {} as CSV, but {what}", layout.title);
        }
        // Rows of the wrong length are told with their line instead of ending the file.
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(Cursor::new(start).chain(csv));
        let mut record = StringRecord::new();
        reader.read_record(&mut record).map_err(|error| failure(error, &[]))?;
        if record.iter().all(|name| name.trim().is_empty()) {
            bail!("the file is empty: expected {} as CSV with a header", layout.title);
        }
        let header = Header::new(&record, layout)?;
        Ok(Self { reader, record, header })
    }

    /// The next row, or why it cannot be used; `None` at the end of the file.
    pub(super) fn row(&mut self) -> anyhow::Result<Option<Result<Row<'_>, Rejected>>> {
        if !self.reader.read_record(&mut self.record).map_err(|error| failure(error, &self.header.names))? {
            return Ok(None);
        }
        let row = Row { header: &self.header, record: &self.record };
        let (expected, found) = (self.header.names.len(), self.record.len());
        if expected == found {
            return Ok(Some(Ok(row)));
        }
        let lines = self.record.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
        let open = if lines > 0 { format!(" on {} lines: is a quote left open?", lines + 1) } else { String::new() };
        let reason = format!("expected {expected} cells as in the header, found {found}{open}");
        Ok(Some(Err(Rejected { line: row.line(), id: None, column: None, reason })))
    }

    /// Columns that the importer does not read.
    pub(super) fn others(&self) -> Vec<String> {
        self.header.others().map(|(_, name)| name.to_owned()).collect()
    }
}

impl Header {
    fn new(record: &StringRecord, layout: &'static Layout) -> anyhow::Result<Self> {
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
    /// The line on which the row starts.
    fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

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
    pub(super) fn rejected(&self, fault: Fault) -> Rejected {
        let place = self.header.place(fault.column);
        let name = place.and_then(|place| self.header.names.get(place)).map_or(fault.column, String::as_str);
        Rejected { column: Some(name.to_owned()), ..self.refused(fault.reason) }
    }

    /// The row cannot be used as a whole.
    pub(super) fn refused(&self, reason: String) -> Rejected {
        Rejected { line: self.line(), id: self.cell(self.header.layout.id).map(str::to_owned), column: None, reason }
    }
}

fn blank(cell: &str) -> bool {
    cell.trim().is_empty()
}

/// Why nothing can be read any more.
fn failure(error: csv::Error, names: &[String]) -> anyhow::Error {
    let text = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => anyhow!(error).context(UNREADABLE),
        csv::ErrorKind::Utf8 { pos, err } => {
            let line = pos.map_or(1, |at| at.line());
            let column = names.get(err.field()).map_or_else(|| format!("column {}", err.field() + 1), |name| format!("column {name}"));
            let byte = err.valid_up_to() + 1;
            anyhow!("line {line}, {column}: expected text in UTF-8, but byte {byte} of the cell is none: convert the file first")
        }
        _ => anyhow!(text),
    }
}
