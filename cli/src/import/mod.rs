//! Data sets of others as reports: what each importer takes, tells and never does.
//!
//! An importer reads one row at a time and writes one report for it, or more where the texts of the row are too long
//! for one. It makes nothing up: a cell that is blank is not reported, a cell that cannot be read rejects its row and
//! no other, a text that is too long for its field goes whole into the note. [`Summary`] counts all of it.

mod cells;
mod parts;
mod table;
pub mod ucdp;

use core::fmt;

use increp::model::Handling;

/// How the reports are numbered and marked, and what goes into them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The author in the id of every report.
    pub author: u32,
    /// The number in the id of the first report; each further report has the next one.
    pub first_seq: u32,
    /// The handling mark of every report; `None` leaves it out, which is read as amber.
    pub handling: Option<Handling>,
    /// Columns that the importer has no place for go into the note, a line each, instead of being left out.
    pub other_columns: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { author: 1, first_seq: 1, handling: None, other_columns: false }
    }
}

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows of data that were read.
    pub rows: u64,
    /// Rows that name the columns in HXL tags ("#event+id"), which are no data.
    pub tag_rows: u64,
    /// Rows of which no report was written; each was told by line, column and reason.
    pub rejected: u64,
    /// Reports that were written, continuations among them.
    pub reports: u64,
    /// Reports that only go on with the note of an earlier one, linked to it as part of it.
    pub continued: u64,
    /// Texts that were too long for their field, or did not fit its form, and stand whole in the note.
    pub moved: u64,
    /// Rows whose coordinates had more than 7 decimals and were rounded to the nearest, which is 5 mm at most.
    pub rounded: u64,
    /// Columns of the file that are in no report.
    pub left_out: Vec<String>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, tag_rows, rejected, reports, continued, moved, rounded, left_out } = self;
        write!(f, "{rows} rows, {rejected} rejected; {reports} reports, {continued} of them go on with a long note")?;
        write!(f, "; {moved} texts moved into the note; {rounded} points rounded")?;
        if *tag_rows > 0 {
            write!(f, "; {tag_rows} row of HXL tags skipped")?;
        }
        if !left_out.is_empty() {
            write!(f, "; columns left out: {}", left_out.join(", "))?;
        }
        Ok(())
    }
}

/// A row of which no report was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The line on which the row starts; the header is on line 1.
    pub line: u64,
    /// What the file calls the row, if it does.
    pub id: Option<String>,
    /// The column that is wrong, as the file calls it; `None` where the whole row is.
    pub column: Option<String>,
    /// What was expected and what was found.
    pub reason: String,
    /// The row as a line of CSV, without its end: below `header` it is a file that can be mended and imported.
    pub row: String,
    /// The header of the file as a line of CSV, without its end.
    pub header: String,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(id) = &self.id {
            write!(f, ", id {id}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.reason)
    }
}
