//! Stick files in a folder that is carried between a device and a hub.
//!
//! A file gets a new random name each time, and nothing on the stick is ever written over. Its bytes are on the stick before its last
//! eight are written: a stick that is pulled too early, or whose file system loses the end, holds a file that everybody refuses. What
//! is refused stays where it is.

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

/// The stick files in a folder, in the order of their names.
///
/// # Errors
/// The folder cannot be read.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let context = || format!("{}: cannot be read", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(context)? {
        let path = entry.with_context(context)?.path();
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(EXTENSION)) {
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
    let (path, mut file) = create(folder)?;
    let context = || format!("{}: cannot be written", path.display());
    let (body, end) = bytes.split_at(bytes.len().saturating_sub(8));
    file.write_all(body).and_then(|()| file.sync_all()).with_context(context)?;
    file.write_all(end).and_then(|()| file.sync_all()).with_context(context)?;
    drop(file);
    sync_folder(Some(folder)).with_context(context)?;
    Ok(path)
}

fn create(folder: &Path) -> Result<(PathBuf, File)> {
    loop {
        let name = getrandom::u64().map_err(|error| anyhow::anyhow!("the operating system has no randomness: {error}"))?;
        let path = folder.join(format!("{name:016x}.{EXTENSION}"));
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
    fs::remove_file(file).with_context(context)?;
    sync_folder(file.parent()).with_context(context)
}

/// What was found on a stick that was not taken.
#[derive(Clone, Copy, Default)]
struct Left {
    /// Whole files for somebody else.
    others: u64,
    /// Files with which something is wrong. They were named, and are where they were.
    refused: u64,
}

/// What is done with a stick file that was opened: its path, what it says, and which key opened it. The inner error says why it is
/// refused.
type Take<'t> = &'t mut dyn FnMut(&Path, Content, &Opener) -> Result<Result<(), String>>;

/// Takes what some keys can open of the stick files in a folder, one at a time.
fn each(stick: &Path, openers: &[Opener], take: Take<'_>) -> Result<Left> {
    let mut left = Left::default();
    for path in list(stick)? {
        let taken = match read(&path) {
            Ok(Ok(file)) => match sealed::open(&file, openers) {
                Err(Refused::Others) => {
                    left.others += 1;
                    Ok(())
                }
                Err(refused) => Err(refused.to_string()),
                Ok((bytes, by)) => match Content::parse(&bytes) {
                    Ok(content) => take(&path, content, by)?,
                    Err(broken) => Err(broken.to_string()),
                },
            },
            Ok(Err(refused)) => Err(refused.to_string()),
            Err(error) => Err(format!("cannot be read: {error}")),
        };
        if let Err(why) = taken {
            say!("{}: {why}; it is left where it is", path.display());
            left.refused += 1;
        }
    }
    Ok(left)
}
