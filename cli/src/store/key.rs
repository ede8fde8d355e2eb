//! A file with a secret key: one line that says what it is, and the key in hex. Nobody but its owner may read it, and a passphrase may
//! lock it.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use increp::seal::Secret;
use zeroize::Zeroizing;

use super::passphrase::Lock;
use super::{private_file, write_new};
use crate::hex::{hex, unhex};

/// No key file is longer.
const MOST: u64 = 4096;

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
    let mut bytes = Zeroizing::new(Vec::new());
    let file = private_file(path)?;
    file.take(MOST).read_to_end(&mut bytes).with_context(|| format!("{}: cannot be read", path.display()))?;
    if Lock::is_on(&bytes) {
        bytes = Lock::open(path, &bytes)?.1;
    }
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let digits = text.strip_prefix(what).and_then(|rest| rest.strip_prefix(' ')).map(str::trim_end);
    let key = digits.and_then(unhex).with_context(|| format!("{}: expected \"{what}\" and 64 hex digits", path.display()))?;
    Ok(Secret::new(key))
}
