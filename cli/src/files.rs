//! Where bytes come from and go to: files, standard input and output, with progress on a terminal.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::OutputArguments;

/// An input with a name for messages.
pub(crate) struct Input {
    /// The name of the file, or "standard input".
    pub(crate) name: String,
    /// What to read.
    pub(crate) reader: BufReader<Progress<Box<dyn Read>>>,
}

impl Input {
    /// Opens a file, or standard input for none or "-".
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self> {
        let (name, reader, size): (_, Box<dyn Read>, _) = match path.filter(|path| *path != Path::new("-")) {
            None => {
                let input = io::stdin();
                if input.is_terminal() {
                    say!("increp: reading from the terminal; Ctrl-D ends the input");
                }
                ("standard input".to_owned(), Box::new(input), None)
            }
            Some(path) => {
                let file = File::open(path).with_context(|| format!("{}: cannot be read", path.display()))?;
                if path.is_dir() {
                    bail!("{}: is a folder; give the files in it", path.display());
                }
                let size = file.metadata().ok().filter(fs::Metadata::is_file).map(|data| data.len());
                (crate::escaped(&path.display().to_string()), Box::new(file), size)
            }
        };
        Ok(Self { name, reader: BufReader::with_capacity(1 << 16, Progress::new(reader, size)) })
    }

    /// The first bytes; as many as could be had at once.
    ///
    /// # Errors
    /// If the input cannot be read.
    pub(crate) fn start(&mut self) -> Result<&[u8]> {
        self.reader.fill_buf().with_context(|| format!("{}: cannot be read", self.name))
    }
}

/// Shows on a terminal how far the reading is, once it takes longer than a second.
pub(crate) struct Progress<R> {
    inner: R,
    size: Option<u64>,
    read: u64,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl<R> Progress<R> {
    fn new(inner: R, size: Option<u64>) -> Self {
        Self { inner, size, read: 0, started: Instant::now(), bar: None }
    }

    fn show(&mut self) {
        if self.bar.is_none() && self.started.elapsed() > Duration::from_secs(1) && io::stderr().is_terminal() {
            let (bar, template) = match self.size {
                Some(size) => (ProgressBar::new(size), "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left"),
                None => (ProgressBar::no_length(), "{spinner} {bytes}, {bytes_per_sec}"),
            };
            // The template is a constant; were it wrong, the bar would keep its default look.
            bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
            // The rate is that since the start, not since the bar was first shown.
            self.bar = Some(bar.with_elapsed(self.started.elapsed()).with_position(self.read));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.read);
        }
    }
}

impl<R: Read> Read for Progress<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let many = self.inner.read(buffer)?;
        self.read += many as u64;
        self.show();
        Ok(many)
    }
}

impl<R> Drop for Progress<R> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// What goes to the output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Text, welcome on a terminal.
    Text,
    /// Bytes, not welcome there.
    Bytes,
}

/// What messages call it.
const STANDARD_OUTPUT: &str = "standard output";

/// Something that is written to, whose errors say what it is.
pub(crate) struct Named<W> {
    name: String,
    inner: W,
}

impl<W> Named<W> {
    fn named<T>(&self, done: io::Result<T>) -> io::Result<T> {
        // Its kind stays what it is: some of them are no errors to whoever writes.
        done.map_err(|error| io::Error::new(error.kind(), format!("{}: cannot be written: {error}", self.name)))
    }
}

impl<W: Write> Write for Named<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes);
        self.named(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.inner.flush();
        self.named(flushed)
    }
}

/// Standard output, for what is printed line by line.
pub(crate) fn standard_output() -> Named<io::Stdout> {
    Named { name: STANDARD_OUTPUT.to_owned(), inner: io::stdout() }
}

fn buffered(name: &str, out: impl Write + 'static) -> BufWriter<Named<Box<dyn Write>>> {
    BufWriter::with_capacity(1 << 16, Named { name: name.to_owned(), inner: Box::new(out) })
}

/// An output that appears under its name when it is complete.
pub(crate) struct Output {
    writer: BufWriter<Named<Box<dyn Write>>>,
    /// The file that is being written, and its name when it is complete.
    file: Option<(PathBuf, PathBuf)>,
    force: bool,
}

impl Output {
    /// Opens a file, or standard output for none or "-".
    ///
    /// # Errors
    /// If the file exists and was not to be replaced, or cannot be created; if bytes would go to a terminal.
    pub(crate) fn open(arguments: &OutputArguments, content: Content) -> Result<Self> {
        Self::create(arguments.output.as_deref(), arguments.force, content)
    }

    /// [`Output::open`] for a path.
    ///
    /// # Errors
    /// As for [`Output::open`].
    pub(crate) fn create(path: Option<&Path>, force: bool, content: Content) -> Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            let out = io::stdout();
            if content == Content::Bytes && out.is_terminal() {
                bail!("bytes do not go to a terminal: give a file with -o, pipe them on, or ask for --hex");
            }
            return Ok(Self { writer: buffered(STANDARD_OUTPUT, out), file: None, force });
        };
        let name = path.display().to_string();
        // A device or a pipe is written as it is; only a file can appear whole.
        if path.metadata().is_ok_and(|data| !data.is_file() && !data.is_dir()) {
            let file = File::options().write(true).open(path).with_context(|| format!("{}: cannot be written", path.display()))?;
            return Ok(Self { writer: buffered(&name, file), file: None, force });
        }
        if path.is_dir() {
            bail!("{}: expected the name of a file to write, found a folder: give a name in it", path.display());
        }
        if !force && path.exists() {
            bail!("{}: exists already; --force replaces it", path.display());
        }
        let mut part = path.as_os_str().to_owned();
        part.push(format!(".{}.part", std::process::id()));
        let part = PathBuf::from(part);
        let file = File::create_new(&part).with_context(|| format!("{}: cannot be written", path.display()))?;
        // Who may read the file that is replaced may read the new one, and nobody else.
        if let Ok(data) = path.metadata() {
            file.set_permissions(data.permissions()).with_context(|| format!("{}: cannot be written", path.display()))?;
        }
        Ok(Self { writer: buffered(&name, file), file: Some((part, path.to_owned())), force })
    }

    /// Completes the output.
    ///
    /// # Errors
    /// If it cannot be written, or a file of its name has appeared meanwhile.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.writer.flush()?;
        if let Some((part, path)) = self.file.take() {
            let put = if self.force {
                fs::rename(&part, &path)
            } else {
                fs::hard_link(&part, &path).and_then(|()| fs::remove_file(&part))
            };
            put.or_else(|error| {
                // No hard links on this file system: the check was made when the output was opened.
                if error.kind() == io::ErrorKind::AlreadyExists { Err(error) } else { fs::rename(&part, &path) }
            })
            .with_context(|| format!("{}: cannot be put in its place; the result is in {}", path.display(), part.display()))?;
        }
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // Not finished: nothing that looks like a result stays behind.
        if let Some((part, _)) = self.file.take() {
            let _ = fs::remove_file(part);
        }
    }
}
