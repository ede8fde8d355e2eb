//! Files that a passphrase locks: HQ's key, and the key page of a laptop that is a device.
//!
//! ```text
//! 0   89 69 72 6b 0d 0a 1a 01   "\x89irk\r\n\x1a", then the version: 1
//! 8   salt    16                random, once for a file
//! 24  nonce   24                random, each time the file is written
//! 48  sealed                    XChaCha20-Poly1305 under Argon2id(passphrase, salt), the first 24 bytes as associated data
//! ..  tag     16
//! ```
//!
//! Argon2id is version 19 with 64 MiB, 3 passes and 4 lanes, the second choice that RFC 9106 recommends: each guess costs whoever has
//! taken the file as much. The passphrase is the first line of the file that `INCREP_PASSPHRASE_FILE` names, or else is asked on the
//! terminal.

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;
use std::{env, fs, io};

use anyhow::{Context as _, Result, anyhow, bail};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use increp::seal::Secret;
use zeroize::Zeroizing;

use super::vault::{NONCE, nonce};

/// The environment variable that names the file with the passphrase.
pub const FILE: &str = "INCREP_PASSPHRASE_FILE";

/// The one that names the file with the passphrase that takes its place.
pub const NEW_FILE: &str = "INCREP_NEW_PASSPHRASE_FILE";

const MAGIC: [u8; 8] = *b"\x89irk\r\n\x1a\x01";
const SALT: usize = 16;
const HEAD: usize = MAGIC.len() + SALT;
const KIB: u32 = 64 << 10;
const PASSES: u32 = 3;
const LANES: u32 = 4;
/// No passphrase is longer.
const MOST: u64 = 4096;

/// Locks a file, and writes it anew as often as it changes.
#[derive(Clone, Debug)]
pub struct Lock {
    salt: [u8; SALT],
    key: Secret<32>,
}

impl Lock {
    /// A lock for a new file: the passphrase is asked twice, or read from the file that [`FILE`] names.
    ///
    /// # Errors
    /// There is neither a file nor a terminal, or what was typed differs.
    pub fn ask(what: &str) -> Result<Self> {
        Self::ask_from(what, FILE)
    }

    /// A lock that takes the place of another one: as [`Lock::ask`], and the file is that which [`NEW_FILE`] names.
    ///
    /// # Errors
    /// As [`Lock::ask`].
    pub fn ask_new(what: &str) -> Result<Self> {
        Self::ask_from(what, NEW_FILE)
    }

    fn ask_from(what: &str, variable: &str) -> Result<Self> {
        let salt = super::random::<SALT>()?;
        if let Some(passphrase) = from_file(variable)? {
            return Self::new(salt, &passphrase);
        }
        let passphrase = type_in(&format!("new passphrase for {what}"), what, variable)?;
        if passphrase.is_empty() {
            bail!("{what}: an empty passphrase locks nothing: leave --passphrase out, or type one");
        }
        if *type_in("the same once more", what, variable)? != *passphrase {
            bail!("{what}: the two passphrases differ; nothing was made");
        }
        Self::new(salt, &passphrase)
    }

    fn new(salt: [u8; SALT], passphrase: &str) -> Result<Self> {
        let mut key = Zeroizing::new([0; 32]);
        let params = Params::new(KIB, PASSES, LANES, Some(key.len())).map_err(|error| anyhow!("Argon2id: {error}"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2
            .hash_password_into(passphrase.as_bytes(), &salt, key.as_mut_slice())
            .map_err(|error| anyhow!("Argon2id: {error}"))?;
        Ok(Self { salt, key: Secret::new(*key) })
    }

    /// Whether a file is locked.
    #[must_use]
    pub fn is_on(file: &[u8]) -> bool {
        file.starts_with(&MAGIC)
    }

    /// Opens a locked file; gives its lock and what is in it.
    ///
    /// # Errors
    /// There is no passphrase to be had, it is wrong, or the file is damaged.
    pub fn open(path: &Path, file: &[u8]) -> Result<(Self, Zeroizing<Vec<u8>>)> {
        let name = path.display().to_string();
        let passphrase = match from_file(FILE)? {
            Some(passphrase) => passphrase,
            None => type_in(&format!("passphrase for {name}"), &name, FILE)?,
        };
        let locked = Locked::parse(file).ok_or_else(|| anyhow!("{name}: was cut short"))?;
        let lock = Self::new(*locked.salt, &passphrase)?;
        let bytes = lock.decrypt(&locked).ok_or_else(|| anyhow!("{name}: the passphrase is wrong, or the file is damaged"))?;
        Ok((lock, bytes))
    }

    /// Opens another file of this lock.
    ///
    /// # Errors
    /// It is of another one, or damaged.
    pub fn open_again(&self, path: &Path, file: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let opened = Locked::parse(file).and_then(|locked| self.decrypt(&locked));
        opened.with_context(|| format!("{}: is damaged, or locked with another passphrase", path.display()))
    }

    fn decrypt(&self, locked: &Locked<'_>) -> Option<Zeroizing<Vec<u8>>> {
        let payload = Payload { msg: locked.sealed, aad: locked.head };
        self.cipher().decrypt(&XNonce::from(*locked.nonce), payload).ok().map(Zeroizing::new)
    }

    /// The locked file of some bytes.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn seal(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        let (head, nonce) = ([&MAGIC[..], &self.salt].concat(), nonce()?);
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), Payload { msg: bytes, aad: &head });
        Ok([&head, &nonce[..], &sealed.map_err(|_| anyhow!("cannot be sealed"))?].concat())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.key.expose()).into())
    }
}

/// The parts of a locked file.
#[derive(Clone, Copy, Debug)]
pub struct Locked<'f> {
    head: &'f [u8],
    salt: &'f [u8; SALT],
    nonce: &'f [u8; NONCE],
    sealed: &'f [u8],
}

impl<'f> Locked<'f> {
    /// Takes a file apart; none if it is no such file, or was cut short.
    #[must_use]
    pub fn parse(file: &'f [u8]) -> Option<Self> {
        let (head, rest) = file.split_at_checked(HEAD)?;
        let (nonce, sealed) = rest.split_first_chunk()?;
        Some(Self { head, salt: head.strip_prefix(&MAGIC)?.try_into().ok()?, nonce, sealed })
    }
}

fn from_file(variable: &str) -> Result<Option<Zeroizing<String>>> {
    let Some(path) = env::var_os(variable).filter(|path| !path.is_empty()) else { return Ok(None) };
    let name = format!("{}, which {variable} names", Path::new(&path).display());
    let mut text = Zeroizing::new(String::new());
    let read = fs::File::open(&path).and_then(|file| file.take(MOST).read_to_string(&mut text));
    read.with_context(|| format!("{name}: cannot be read"))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        bail!("{name}: expected a passphrase as its first line, found nothing");
    }
    Ok(Some(Zeroizing::new(line.to_owned())))
}

fn type_in(question: &str, what: &str, variable: &str) -> Result<Zeroizing<String>> {
    if !io::stdin().is_terminal() {
        bail!("{what}: needs a passphrase, and there is no terminal to ask on: put it into a file, and its name into {variable}");
    }
    let typed = rpassword::prompt_password(format!("{question}: ")).context("the terminal: cannot be read")?;
    Ok(Zeroizing::new(typed))
}
