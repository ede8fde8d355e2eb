//! Stick files in a folder that is carried between a device and a hub.
//!
//! A file gets a new random name each time, and nothing on the stick is ever written over. Its bytes are on the stick before its last
//! eight are written: a stick that is pulled too early, or whose file system loses the end, holds a file that everybody refuses. What
//! is refused stays where it is.

pub mod content;
pub mod sealed;

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::store::sync_folder;
use sealed::{BLOCK, Refused};

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
