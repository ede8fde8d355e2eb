//! A file with a secret key: one line that says what it is, and the key in hex. Nobody but its owner may read it.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use increp::seal::Secret;
use zeroize::Zeroizing;

use super::{private_file, write_new};
use crate::hex::{hex, unhex};

/// Writes a key to a new file.
///
/// # Errors
/// There is such a file, or it cannot be written.
pub(super) fn write(path: &Path, what: &str, key: &Secret<32>) -> Result<()> {
    let digits = Zeroizing::new(hex(key.expose()));
    write_new(path, Zeroizing::new(format!("{what} {}\n", *digits)).as_bytes())
}

/// Reads a key.
///
/// # Errors
/// The file cannot be read, others may read it too, or it holds something else.
pub(super) fn read(path: &Path, what: &str) -> Result<Secret<32>> {
    let mut text = Zeroizing::new(String::new());
    let mut file = private_file(path)?;
    file.read_to_string(&mut text).with_context(|| format!("{}: cannot be read", path.display()))?;
    let digits = text.strip_prefix(what).and_then(|rest| rest.strip_prefix(' ')).map(str::trim_end);
    let key = digits.and_then(unhex).with_context(|| format!("{}: expected \"{what}\" and 64 hex digits", path.display()))?;
    Ok(Secret::new(key))
}
