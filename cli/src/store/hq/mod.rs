//! HQ's folder: its key, what it keeps of each device and epoch, and the archive of reports.
//!
//! | file | what it holds |
//! |---|---|
//! | `hq.key` | HQ's secret key |
//! | `hq.db` | the rest |
//!
//! What a report's opening changes, and the report, are kept in one transaction: no key is gone before the report is in the archive, and
//! none is left after it. Reports and keys in the database are sealed with a key that comes of HQ's (`vault.rs`), so that the folder
//! tells no more than numbers and times to whoever has it without the passphrase of `hq.key`.
//!
//! | module | what it has |
//! |---|---|
//! | `opening.rs` | records as they are opened, and the states of epochs |
//! | `archive.rs` | reports that were opened, and which of them were printed |

mod archive;
mod opening;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use getrandom::SysRng;
use increp::seal::{HqKey, Peer};
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::vault::Vault;
use super::{Kind, application, key, open, passphrase, private_folder};

pub use archive::{Archived, Key, Which};
pub use opening::Opening;

/// The database in HQ's folder.
pub const FILE: &str = "hq.db";
/// The key in HQ's folder.
pub const KEY: &str = "hq.key";
const WHAT: &str = "increp hq key 1";

const KIND: Kind = Kind { name: "HQ's store", application: application(b'q'), migrations: &[VERSION_1] };

/// What is secret in it (`peer`, `state`, `packed`, `postcard`) is sealed. A report's `packed` is what was sealed; `postcard` is the report, once it could be decoded, and then `packed` is empty. `printed`
/// tells whether it was handed out. `refused` has the records that no key opened, so that each is named once. `seen` has the digests
/// of a hub's epochs of which HQ has seen every record.
const VERSION_1: &str = "
    CREATE TABLE device (
        author INTEGER PRIMARY KEY NOT NULL, peer BLOB NOT NULL, enrolled INTEGER NOT NULL, revoked INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE hub (public BLOB PRIMARY KEY NOT NULL CHECK (length(public) = 32)) STRICT, WITHOUT ROWID;
    CREATE TABLE epoch (
        author INTEGER NOT NULL, epoch INTEGER NOT NULL, state BLOB NOT NULL,
        PRIMARY KEY (author, epoch)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE record (
        author INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, tag BLOB NOT NULL CHECK (length(tag) = 8),
        packed BLOB NOT NULL, postcard BLOB, came INTEGER NOT NULL, printed INTEGER NOT NULL,
        PRIMARY KEY (author, epoch, seq, tag)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE refused (
        author INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, sha256 BLOB NOT NULL,
        PRIMARY KEY (author, epoch, seq, sha256)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE seen (
        author INTEGER NOT NULL, epoch INTEGER NOT NULL, digest BLOB NOT NULL,
        PRIMARY KEY (author, epoch, digest)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE profile (
        sha256 BLOB PRIMARY KEY NOT NULL CHECK (length(sha256) = 32), profile BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER record_is_kept BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'a report is never deleted'); END;
    CREATE TRIGGER postcard_stays BEFORE UPDATE OF postcard ON record WHEN OLD.postcard IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a report is never changed'); END;
    CREATE TRIGGER profile_stays BEFORE UPDATE ON profile BEGIN SELECT RAISE(ABORT, 'a profile is never changed'); END;
    CREATE TRIGGER profile_is_kept BEFORE DELETE ON profile BEGIN SELECT RAISE(ABORT, 'a profile is never deleted'); END;
    CREATE INDEX record_left ON record (printed) WHERE printed = 0;
";

/// HQ's key and store.
#[derive(Debug)]
pub struct Hq {
    database: Connection,
    file: PathBuf,
    key: HqKey,
    vault: Vault,
}

/// A device, as HQ knows it.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its keys.
    pub peer: Peer,
    /// When HQ stopped to trust it, in seconds since 1970.
    pub revoked: Option<i64>,
}

impl Hq {
    /// Makes HQ's folder, with a new key, which a passphrase locks if there is one.
    ///
    /// # Errors
    /// There is one already, or it cannot be written.
    pub fn create(folder: &Path, lock: Option<&passphrase::Lock>) -> Result<()> {
        private_folder(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
        let (file, path) = (folder.join(FILE), folder.join(KEY));
        if path.exists() {
            bail!("{}: exists already: this is an HQ, and its key is not replaced", path.display());
        }
        let new = HqKey::new(&mut SysRng).context("the operating system has no randomness")?;
        // The key comes last: a folder without it is no HQ yet.
        drop(open(&file, &KIND)?);
        key::write(&path, WHAT, new.secret(), lock)
    }

    /// Opens HQ's folder.
    ///
    /// # Errors
    /// There is none, or others may read its key.
    pub fn open(folder: &Path) -> Result<Self> {
        let (file, path) = (folder.join(FILE), folder.join(KEY));
        if !path.exists() {
            bail!("{}: there is no HQ: increp hq init makes one", folder.display());
        }
        let key = HqKey::from_secret(&key::read(&path, WHAT)?);
        // It holds keys too.
        drop(super::private_file(&file)?);
        let vault = Vault::new(key.secret());
        Ok(Self { database: open(&file, &KIND)?, file, key, vault })
    }

    /// HQ's key.
    #[must_use]
    pub const fn key(&self) -> &HqKey {
        &self.key
    }

    /// The number that a new device gets if nobody chooses another.
    ///
    /// # Errors
    /// Those of the database.
    pub fn next_author(&self) -> Result<u32> {
        Ok(self.database.query_row("SELECT coalesce(max(author), 0) + 1 FROM device", (), |row| row.get(0))?)
    }

    /// The devices, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn devices(&self) -> Result<Vec<Device>> {
        let mut statement = self.database.prepare_cached("SELECT peer, revoked FROM device ORDER BY author")?;
        let rows = statement.query_map((), |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))?;
        let device = |row: rusqlite::Result<(Vec<u8>, _)>| -> Result<Device> {
            let (peer, revoked) = row?;
            Ok(Device { peer: self.peer(&peer)?, revoked })
        };
        rows.map(device).collect()
    }

    fn peer(&self, sealed: &[u8]) -> Result<Peer> {
        let peer = self.vault.open(sealed).with_context(|| self.file.display().to_string())?;
        Peer::from_bytes(&peer).with_context(|| self.file.display().to_string())
    }

    /// Takes a device in.
    ///
    /// # Errors
    /// Its number is taken.
    pub fn enrol(&mut self, peer: &Peer, now: i64) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO device VALUES (?1, ?2, ?3, NULL)";
        if self.database.execute(sql, (peer.author(), self.vault.seal(peer.to_bytes().expose())?, now))? == 0 {
            bail!("{}: there is a device {} already", self.file.display(), peer.author());
        }
        Ok(())
    }

    /// Stops to trust a device; false if it was so before. None if there is no such device.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revoke(&mut self, author: u32, now: i64) -> Result<Option<bool>> {
        let changed =
            self.database.execute("UPDATE device SET revoked = ?2 WHERE author = ?1 AND revoked IS NULL", (author, now))?;
        let sql = "SELECT EXISTS (SELECT 1 FROM device WHERE author = ?1)";
        let known: bool = self.database.query_row(sql, (author,), |row| row.get(0))?;
        Ok(known.then_some(changed > 0))
    }

    /// Makes a hub known, so that devices seal stick files for it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_hub(&mut self, public: &[u8; 32]) -> Result<()> {
        self.database.execute("INSERT OR IGNORE INTO hub VALUES (?1)", (public,))?;
        Ok(())
    }

    /// The public keys of all hubs.
    ///
    /// # Errors
    /// Those of the database.
    pub fn hubs(&self) -> Result<Vec<[u8; 32]>> {
        let mut statement = self.database.prepare_cached("SELECT public FROM hub ORDER BY public")?;
        let rows = statement.query_map((), |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps a profile under its full hash.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_profile(&mut self, profile: &[u8]) -> Result<()> {
        let hash: [u8; 32] = Sha256::digest(profile).into();
        self.database.execute("INSERT OR IGNORE INTO profile VALUES (?1, ?2)", (hash, profile))?;
        Ok(())
    }

    /// All profiles that were kept.
    ///
    /// # Errors
    /// Those of the database.
    pub fn profiles(&self) -> Result<Vec<Vec<u8>>> {
        let mut statement = self.database.prepare_cached("SELECT profile FROM profile ORDER BY sha256")?;
        let rows = statement.query_map((), |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
