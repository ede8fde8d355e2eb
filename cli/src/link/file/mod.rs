//! Stick files in a folder that is carried between a device and a hub.
//!
//! A file gets a new random name each time, and nothing on the stick is ever written over. Its bytes are on the stick before its last
//! eight are written, and its name ends in `.part` until all of it is: a stick that is pulled too early, or whose file system loses the
//! end, holds a file that everybody refuses or nobody looks at.
//!
//! What is refused is named and set aside: it stays on the stick, under a name that ends in `.refused`, so that the next sync is not
//! about it again. Nothing depends on it: who wrote it writes what was in it again, until it is said to have arrived. What somebody
//! else may still want, or this one later, stays as it is.

pub(super) mod between;
pub mod content;
pub mod device;
pub mod hub;
pub mod sealed;

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use self::content::Content;
use self::sealed::{BLOCK, Opener, Refused};
use crate::store::sync_folder;

/// How the name of a stick file ends.
pub const EXTENSION: &str = "irs";

/// How the name of a stick file ends that was refused.
pub const REFUSED: &str = "refused";
/// How the name of a stick file ends that is being written.
const PART: &str = "part";

/// The stick files in a folder, in the order of their names.
///
/// # Errors
/// The folder cannot be read.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    files(folder, EXTENSION)
}

fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let context = || format!("{}: cannot be read", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(context)? {
        let path = entry.with_context(context)?.path();
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(ending)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads a stick file that is all there, and no more of it than it should have.
///
/// # Errors
/// The outer one if it cannot be read, the inner one if it is no whole stick file.
pub fn read(file: &Path) -> io::Result<Result<Vec<u8>, Refused>> {
    // Whoever opened a pipe would wait for ever, and a link may lead anywhere.
    if !fs::symlink_metadata(file)?.is_file() {
        return Ok(Err(Refused::Foreign));
    }
    let opened = File::open(file)?;
    let found = opened.metadata()?.len();
    let mut bytes = Vec::new();
    (&opened).take(BLOCK as u64).read_to_end(&mut bytes)?;
    let expected = match sealed::length(&bytes) {
        Ok(expected) => expected as u64,
        Err(refused) => return Ok(Err(refused)),
    };
    if found != expected {
        return Ok(Err(Refused::Length { found, expected }));
    }
    opened.take(expected - bytes.len() as u64).read_to_end(&mut bytes)?;
    Ok(sealed::check(&bytes).map(|()| bytes))
}

/// Writes a stick file under a new name, and waits until all of it is on the stick. Gives its path.
///
/// # Errors
/// The folder cannot be written.
pub fn write(folder: &Path, bytes: &[u8]) -> Result<PathBuf> {
    let (part, mut file) = create(folder)?;
    let path = part.with_extension("");
    let context = || format!("{}: cannot be written", path.display());
    let (body, end) = bytes.split_at(bytes.len().saturating_sub(8));
    let mut write = |bytes: &[u8]| file.write_all(bytes).and_then(|()| file.sync_all());
    let written = write(body).and_then(|()| write(end));
    drop(file);
    let written = written.and_then(|()| fs::rename(&part, &path));
    if written.is_err() {
        // A stick that is full would be fuller with each try.
        let _ = fs::remove_file(&part);
    }
    written.and_then(|()| sync_folder(Some(folder))).with_context(context)?;
    Ok(path)
}

fn create(folder: &Path) -> Result<(PathBuf, File)> {
    loop {
        let name = getrandom::u64().map_err(|error| anyhow::anyhow!("the operating system has no randomness: {error}"))?;
        let path = folder.join(format!("{name:016x}.{EXTENSION}.{PART}"));
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            file => return Ok((path.clone(), file.with_context(|| format!("{}: cannot be written", path.display()))?)),
        }
    }
}

/// Takes a file off the stick that has been dealt with.
///
/// # Errors
/// The folder cannot be written.
pub fn remove(file: &Path) -> Result<()> {
    let context = || format!("{}: cannot be removed", file.display());
    match fs::remove_file(file) {
        // Another process has dealt with it too.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.and_then(|()| sync_folder(file.parent())).with_context(context),
    }
}

/// Gives a file that was refused a name under which nobody looks at it again.
fn set_aside(file: &Path) -> io::Result<PathBuf> {
    let aside = |more: String| {
        let mut name = file.as_os_str().to_owned();
        name.push(format!("{more}.{REFUSED}"));
        PathBuf::from(name)
    };
    // A copy of it may be there already.
    let free =
        (0..).map(|number| aside(if number == 0 { String::new() } else { format!(".{number}") })).find(|path| !path.exists());
    let path = free.unwrap_or_default();
    fs::rename(file, &path)?;
    sync_folder(file.parent())?;
    Ok(path)
}

/// What was found on a stick that was not taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Whole files for somebody else.
    pub others: u64,
    /// Files with which something is wrong. They were named on standard error, and set aside.
    pub refused: u64,
    /// Files that may be good, but cannot be read here yet. They were named, and are where they were.
    pub waiting: u64,
}

/// Why a stick file was not taken that was opened, or could have been.
enum Why {
    /// It is no good to anybody.
    Bad(String),
    /// It may be good later, or elsewhere.
    NotYet(String),
}

/// What is done with a stick file that was opened: its path, what it says, and which key opened it.
type Take<'t> = &'t mut dyn FnMut(&Path, Content, &Opener) -> Result<Result<(), Why>>;

/// Takes what some keys can open of the stick files in a folder, one at a time.
fn each(stick: &Path, openers: &[Opener], take: Take<'_>) -> Result<Left> {
    let (mut left, before) = (Left::default(), files(stick, REFUSED)?.len() + files(stick, PART)?.len());
    for path in list(stick)? {
        let taken = match read(&path) {
            Ok(Ok(file)) => match sealed::open(&file, openers) {
                Err(Refused::Others) => {
                    left.others += 1;
                    Ok(())
                }
                Err(refused) => Err(Why::Bad(refused.to_string())),
                Ok((bytes, by)) => match Content::parse(&bytes) {
                    Ok(content) => take(&path, content, by)?,
                    Err(broken) => Err(Why::Bad(broken.to_string())),
                },
            },
            Ok(Err(refused @ Refused::Version(_))) => Err(Why::NotYet(refused.to_string())),
            Ok(Err(refused)) => Err(Why::Bad(refused.to_string())),
            // Another process has dealt with it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Why::NotYet(format!("cannot be read: {error}"))),
        };
        let name = path.display();
        match taken {
            Ok(()) => {}
            Err(Why::NotYet(why)) => {
                say!("{name}: {why}; it is left where it is");
                left.waiting += 1;
            }
            Err(Why::Bad(why)) => {
                match set_aside(&path) {
                    Ok(aside) => say!("{name}: {why}; it is set aside as {}", aside.display()),
                    Err(error) => say!("{name}: {why}; it cannot be set aside: {error}"),
                }
                left.refused += 1;
            }
        }
    }
    if before > 0 {
        say!(
            "{}: {before} *.{REFUSED} or *.{PART} from before: what was in them is written again until it arrives, so they may be removed",
            stick.display()
        );
    }
    Ok(left)
}
