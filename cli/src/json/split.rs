//! Cuts input into the texts of single reports, in constant memory: one object, objects one after the other (NDJSON or
//! indented), or one array of them.
//!
//! A text that never ends costs itself alone. Its end is where the next line starts a value in the same column: in
//! NDJSON that is the next line, in an indented array the next item.

use std::io::{self, BufRead};

/// The longest text of one report. The longest that any valid one needs, escaped and indented, is a tenth of it.
const MOST: usize = 1 << 20;

/// The text of one report and where it starts.
#[derive(Debug)]
pub struct Piece<'b> {
    /// The text, from its first byte to its last.
    pub text: &'b [u8],
    /// The line on which it starts, from 1.
    pub line: u64,
    /// The column at which it starts, in bytes from 1.
    pub column: u64,
    /// Why it is no text of a report, if that is plain before it is parsed.
    pub broken: Option<&'static str>,
}

impl Piece<'_> {
    /// Line and column of a byte of the text.
    #[must_use]
    pub fn place(&self, offset: usize) -> (u64, u64) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let lines = before.iter().filter(|byte| **byte == b'\n').count() as u64;
        match before.iter().rposition(|byte| *byte == b'\n') {
            Some(newline) => (self.line + lines, (before.len() - newline) as u64),
            None => (self.line, self.column + before.len() as u64),
        }
    }
}

/// The pieces of an input.
#[derive(Debug)]
pub struct Pieces<R> {
    input: R,
    /// What was read and not yet given out starts at `start`.
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    line: u64,
    column: u64,
    /// Inside the brackets of an array.
    array: bool,
    /// The first bytes were looked at.
    begun: bool,
    /// They say that the text is UTF-16.
    utf_16: bool,
}

/// What a look at the bytes of a value found.
enum End {
    At(usize),
    More,
    /// A line ends inside a text, which JSON does not allow.
    Broken,
}

impl<R: BufRead> Pieces<R> {
    /// Reads from `input`.
    pub const fn new(input: R) -> Self {
        Self { input, buffer: Vec::new(), start: 0, ended: false, line: 1, column: 1, array: false, begun: false, utf_16: false }
    }

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    /// Those of the input.
    pub fn next_piece(&mut self) -> io::Result<Option<Piece<'_>>> {
        let Some(first) = self.first()? else {
            let cut = core::mem::take(&mut self.array);
            let Self { line, column, .. } = *self;
            return Ok(cut.then_some(Piece {
                text: &[],
                line,
                column,
                broken: Some("the list is never closed: the file was cut short"),
            }));
        };
        let (line, column) = (self.line, self.column);
        if core::mem::take(&mut self.utf_16) {
            // Its lines cannot be told apart, and each would break for the same reason.
            (self.start, self.ended) = (self.buffer.len(), true);
            let broken =
                Some("expected UTF-8, found UTF-16: save the text as UTF-8, or turn it into that with iconv -f UTF-16 -t UTF-8");
            return Ok(Some(Piece { text: &[], line, column, broken }));
        }
        let (length, broken) = match first {
            b'{' => match self.whole_line()? {
                Some(length) => (length, None),
                None => match self.balanced()? {
                    Some(length) => (length, None),
                    None => self.broken()?,
                },
            },
            // Whatever else stands where a report should is no report.
            _ => {
                let line = self.line_end(0)?;
                let value = self.bytes().iter().take(line).position(|byte| self.array && matches!(byte, b',' | b']'));
                (value.unwrap_or(line).max(1), None)
            }
        };
        let broken = broken.or_else(|| (length > MOST).then_some("longer than 1 MiB: no report is; it is not kept"));
        let start = self.start;
        self.advance(length);
        let text = self.buffer.get(start..start + length.min(MOST)).unwrap_or_default().trim_ascii_end();
        Ok(Some(Piece { text, line, column, broken }))
    }

    /// What is read and not yet given out.
    fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Reads more; false at the end of the input.
    fn fill(&mut self) -> io::Result<bool> {
        if self.start > MOST / 4 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        if self.ended {
            return Ok(false);
        }
        let more = loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        let many = more.len();
        self.buffer.extend_from_slice(more);
        self.input.consume(many);
        self.ended = many == 0;
        Ok(many != 0)
    }

    fn advance(&mut self, many: usize) {
        let end = (self.start + many).min(self.buffer.len());
        let passed = self.buffer.get(self.start..end).unwrap_or_default();
        match memchr::memrchr(b'\n', passed) {
            Some(newline) => {
                self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
                self.column = (passed.len() - newline) as u64;
            }
            None => self.column += passed.len() as u64,
        }
        self.start = end;
    }

    /// Skips to the first byte of the next value.
    fn first(&mut self) -> io::Result<Option<u8>> {
        loop {
            if !self.begun && self.bytes().len() < 3 && !self.ended {
                self.fill()?;
                continue;
            }
            if !self.begun {
                self.begun = true;
                if self.bytes().starts_with(b"\xef\xbb\xbf") {
                    self.start += 3;
                }
                self.utf_16 = self.bytes().starts_with(b"\xff\xfe") || self.bytes().starts_with(b"\xfe\xff");
                continue;
            }
            if !self.blank()? {
                return Ok(None);
            }
            match self.bytes().first() {
                Some(b'[') if !self.array => {
                    self.array = true;
                    self.advance(1);
                }
                Some(b',') if self.array => self.advance(1),
                Some(b']') if self.array => {
                    self.array = false;
                    self.advance(1);
                }
                other => return Ok(other.copied()),
            }
        }
    }

    /// Skips white space; false at the end of the input.
    fn blank(&mut self) -> io::Result<bool> {
        loop {
            let blank = self.bytes().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            self.advance(blank);
            if !self.bytes().is_empty() {
                return Ok(true);
            }
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// The length of the line that starts here, if it is plain without counting brackets that it is one object of NDJSON:
    /// it ends with a brace, and the next line starts one. No object goes on like that in the next line.
    fn whole_line(&mut self) -> io::Result<Option<usize>> {
        if self.array || self.column != 1 {
            return Ok(None);
        }
        let line = self.line_end(0)?;
        let (text, next) = self.bytes().split_at_checked(line).unwrap_or_default();
        let whole = text.trim_ascii_end().ends_with(b"}") && (next.is_empty() && self.ended || next.starts_with(b"{"));
        // Two objects on a line would have one brace after the other.
        let follows = |brace| text.get(..brace).unwrap_or_default().trim_ascii_end().ends_with(b"}");
        Ok((whole && !memchr::memchr_iter(b'{', text).any(follows)).then_some(line))
    }

    /// The length of the value that starts here, or `None` if it never ends.
    fn balanced(&mut self) -> io::Result<Option<usize>> {
        let mut scan = Balance { indent: usize::try_from(self.column - 1).unwrap_or(usize::MAX), ..Balance::default() };
        loop {
            match scan.go_on(self.bytes()) {
                // Over lines that look like values of their own it is one value only if it is JSON; else it was never closed, and
                // a bracket too many further on makes up for it.
                End::At(length) if scan.lines > 0 => {
                    let text = self.bytes().get(..length).unwrap_or_default();
                    return Ok(serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok().then_some(length));
                }
                End::At(length) => return Ok(Some(length)),
                End::Broken => return Ok(None),
                End::More if self.bytes().len() > MOST => return Ok(None),
                End::More => {
                    if !self.fill()? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// The length of a value that never ends: up to the next line that starts a value in the same column.
    fn broken(&mut self) -> io::Result<(usize, Option<&'static str>)> {
        let indent = usize::try_from(self.column - 1).unwrap_or(usize::MAX);
        let mut from = 0;
        loop {
            let line = self.line_end(from)?;
            let next = self.bytes().get(line..).unwrap_or_default();
            let starts = next.get(indent) == Some(&b'{') && next.iter().take(indent).all(|byte| matches!(byte, b' ' | b'\t'));
            if starts || line == from {
                return Ok((line, None));
            }
            if line > MOST {
                // Let go of it bit by bit, so that memory stays as it is.
                self.skip_long(indent)?;
                return Ok((
                    0,
                    Some("longer than 1 MiB: no report is; everything up to the next line that starts one is skipped and not kept"),
                ));
            }
            from = line;
        }
    }

    fn skip_long(&mut self, indent: usize) -> io::Result<()> {
        loop {
            let line = self.line_end(0)?;
            self.advance(line);
            let _ = self.line_end(0)?;
            let next = self.bytes();
            if next.is_empty() || (next.get(indent) == Some(&b'{') && next.iter().take(indent).all(u8::is_ascii_whitespace)) {
                return Ok(());
            }
        }
    }

    /// The end of the line that starts at `from`, its newline included. A line without end is cut at [`MOST`] bytes.
    fn line_end(&mut self, from: usize) -> io::Result<usize> {
        let mut seen = from;
        loop {
            let rest = self.bytes().get(seen..).unwrap_or_default();
            if let Some(newline) = memchr::memchr(b'\n', rest) {
                let end = seen + newline + 1;
                // What starts the next line must be there to be looked at.
                if self.bytes().len() < end + 256 && self.fill()? {
                    continue;
                }
                return Ok(end);
            }
            seen = self.bytes().len();
            if seen > from + MOST || !self.fill()? {
                return Ok(seen);
            }
        }
    }
}

/// Lines inside of a value that start an object in the column of the value itself: without any indent every item of a
/// list does so. A valid report has fewer items than this; beyond it the value was never closed.
const MOST_LINES: usize = 128;

/// Brackets inside one another; serde_json takes no more, and no report has nearly as many.
const MOST_DEPTH: usize = 127;

/// Counts brackets outside of texts; goes on where it stopped when more bytes have come.
#[derive(Default)]
struct Balance {
    /// Blanks in front of the value on its line.
    indent: usize,
    /// Lines that start an object in the same column.
    lines: usize,
    at: usize,
    depth: usize,
    /// Which brackets are open, a bit each, the innermost lowest: 1 for braces.
    open: u128,
    text: bool,
    escape: bool,
}

impl Balance {
    fn go_on(&mut self, bytes: &[u8]) -> End {
        let rest = bytes.get(self.at..).unwrap_or_default();
        for (index, byte) in rest.iter().enumerate() {
            if self.text {
                match byte {
                    _ if self.escape => self.escape = false,
                    b'\\' => self.escape = true,
                    b'"' => self.text = false,
                    b'\n' => return End::Broken,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.text = true,
                b'{' | b'[' => {
                    self.lines += usize::from(*byte == b'{' && self.depth > 0 && self.starts_line(bytes, self.at + index));
                    self.depth += 1;
                    self.open = self.open << 1 | u128::from(*byte == b'{');
                    if self.lines > MOST_LINES || self.depth > MOST_DEPTH {
                        return End::Broken;
                    }
                }
                b'}' | b']' => {
                    if self.open & 1 != u128::from(*byte == b'}') {
                        return End::Broken;
                    }
                    self.depth -= 1;
                    self.open >>= 1;
                    if self.depth == 0 {
                        return End::At(self.at + index + 1);
                    }
                }
                _ => {}
            }
        }
        self.at = bytes.len();
        End::More
    }

    fn starts_line(&self, bytes: &[u8], at: usize) -> bool {
        let line = at.checked_sub(self.indent + 1).and_then(|newline| bytes.get(newline..at));
        line.and_then(<[u8]>::split_first)
            .is_some_and(|(newline, blanks)| *newline == b'\n' && blanks.iter().all(|byte| matches!(byte, b' ' | b'\t')))
    }
}
