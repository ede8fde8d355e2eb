//! A file with a secret key: one line that says what it is, and the key in hex. Nobody but its owner may read it, and a passphrase may
//! lock it. HQ's has a line more for each key that it had.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use increp::seal::Secret;
use zeroize::Zeroizing;

use super::passphrase::Lock;
use super::{private_file, replace_file, wipe, write_new};
use crate::hex::{hex, unhex};

/// No key file is longer; one without a lock is half as long.
const MOST: usize = 8192;

/// Writes a key to a new file.
///
/// # Errors
/// There is such a file, or it cannot be written.
pub(super) fn write(path: &Path, what: &str, key: &Secret<32>, lock: Option<&Lock>) -> Result<()> {
    let digits = Zeroizing::new(hex(key.expose()));
    let line = Zeroizing::new(format!("{what} {}\n", *digits));
    match lock {
        Some(lock) => write_new(path, &lock.seal(line.as_bytes())?),
        None => write_new(path, line.as_bytes()),
    }
}

/// Reads a key.
///
/// # Errors
/// The file cannot be read, others may read it too, or it holds something else.
pub(super) fn read(path: &Path, what: &str) -> Result<Secret<32>> {
    match <[Secret<32>; 1]>::try_from(read_all(path, what)?) {
        Ok([key]) => Ok(key),
        Err(keys) => bail!("{}: expected one key, found {}", path.display(), keys.len()),
    }
}

/// Reads all keys of a file, one a line; there is at least one.
///
/// # Errors
/// The file cannot be read, others may read it too, or it holds something else.
pub(super) fn read_all(path: &Path, what: &str) -> Result<Vec<Secret<32>>> {
    let (text, _) = open(path)?;
    parse(&text, what).with_context(|| format!("{}: expected \"{what}\" and 64 hex digits on each line", path.display()))
}

/// The keys in a file, one a line; none if a line is something else, or there is none.
#[must_use]
pub fn parse(text: &[u8], what: &str) -> Option<Vec<Secret<32>>> {
    let line = |line: &str| unhex(line.strip_prefix(what)?.strip_prefix(' ')?.trim_end()).map(Secret::new);
    let keys: Vec<Secret<32>> = std::str::from_utf8(text).ok()?.lines().map(line).collect::<Option<_>>()?;
    (!keys.is_empty()).then_some(keys)
}

/// Adds a key to a file; at any moment the file before it or the one after it is there.
///
/// # Errors
/// The file cannot be read or written, or has as many keys as it may.
pub(super) fn add(path: &Path, what: &str, key: &Secret<32>) -> Result<()> {
    let (mut text, lock) = open(path)?;
    let digits = Zeroizing::new(hex(key.expose()));
    // No room was reserved for what grows: what is copied away is wiped with the rest.
    let mut longer = Zeroizing::new(Vec::with_capacity(text.len() + what.len() + digits.len() + 2));
    longer.append(&mut text);
    longer.extend(format!("{what} {}\n", *digits).bytes());
    if longer.len() > MOST / 2 {
        bail!("{}: is full: it has had as many keys as it may", path.display());
    }
    replace(path, &longer, lock.as_ref())
}

/// Locks a file with another passphrase, or with none.
///
/// # Errors
/// The file cannot be read or written, or is no file of keys.
pub(super) fn relock(path: &Path, what: &str, lock: Option<&Lock>) -> Result<()> {
    drop(read_all(path, what)?);
    replace(path, &open(path)?.0, lock)
}

/// What is in a file, and what locks it.
fn open(path: &Path) -> Result<(Zeroizing<Vec<u8>>, Option<Lock>)> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST));
    let file = private_file(path)?;
    file.take(MOST as u64).read_to_end(&mut bytes).with_context(|| format!("{}: cannot be read", path.display()))?;
    if Lock::is_on(&bytes) {
        let (lock, text) = Lock::open(path, &bytes)?;
        return Ok((text, Some(lock)));
    }
    Ok((bytes, None))
}

fn replace(path: &Path, text: &[u8], lock: Option<&Lock>) -> Result<()> {
    let bytes = lock.map_or_else(|| Ok(text.to_vec()), |lock| lock.seal(text)).map(Zeroizing::new)?;
    let old = private_file(path)?;
    replace_file(path, &bytes).and_then(|_| wipe(&old)).with_context(|| format!("{}: cannot be written", path.display()))
}
