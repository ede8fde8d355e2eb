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
//! | `devices.rs` | devices, and what HQ says to them |
//! | `hubs.rs` | hubs |
//! | `archive.rs` | reports that were opened, and which of them were printed |

mod archive;
mod devices;
mod hubs;
mod opening;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use getrandom::SysRng;
use increp::seal::HqKey;
use rusqlite::{Connection, TransactionBehavior};
use sha2::{Digest as _, Sha256};

use super::vault::Vault;
use super::{Kind, application, key, open, own_folder, passphrase};

pub use archive::{Archived, Key, Which};
pub use devices::{Device, Told};
pub use hubs::Hub;
pub use opening::{Opening, Seen};

/// The database in HQ's folder.
pub const FILE: &str = "hq.db";
/// The key in HQ's folder.
pub const KEY: &str = "hq.key";
const WHAT: &str = "increp hq key 1";

const KIND: Kind = Kind { name: "HQ's store", application: application(b'q'), migrations: &[VERSION_1, VERSION_2, VERSION_3] };

/// What is secret in it (`peer`, `state`, `packed`, `postcard`) is sealed. A report's `packed` is what was sealed; `postcard` is the report, once it could be decoded, and then `packed` is empty. `printed`
/// tells whether it was handed out. `refused` has the records that no key opened, so that each is named once. `seen` has what
/// hubs had of epochs when HQ had seen every record.
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

/// Messages to devices, as they were sealed. `hop` has a device's keys before the last one, each with the message that ended it (secret).
/// `device.wiped` says that one of the messages erases its keys; `heard` the number of the one that it waits for, as hubs say. A hub has a
/// name, which people know it by.
const VERSION_2: &str = "
    CREATE TABLE message (
        author INTEGER NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, said INTEGER NOT NULL,
        PRIMARY KEY (author, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE hop (
        author INTEGER NOT NULL, number INTEGER NOT NULL, hop BLOB NOT NULL,
        PRIMARY KEY (author, number)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE device ADD COLUMN wiped INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE device ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE hub ADD COLUMN name TEXT NOT NULL DEFAULT '';
    ALTER TABLE hub ADD COLUMN revoked INTEGER;
";

/// `record.late` says that the device was revoked when the record came.
const VERSION_3: &str = "
    ALTER TABLE record ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
    UPDATE record SET late = 1 WHERE EXISTS (
        SELECT 1 FROM device WHERE device.author = record.author AND device.revoked IS NOT NULL AND record.came >= device.revoked);
";

/// HQ's key and store.
#[derive(Debug)]
pub struct Hq {
    database: Connection,
    file: PathBuf,
    key: HqKey,
    /// Those before, the latest first.
    earlier: Vec<HqKey>,
    vault: Vault,
}

impl Hq {
    /// Makes HQ's folder, with a new key, which a passphrase locks if there is one.
    ///
    /// # Errors
    /// There is one already, or it cannot be written.
    pub fn create(folder: &Path, lock: Option<&passphrase::Lock>) -> Result<()> {
        own_folder(folder, KEY)?;
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
        let secrets = key::read_all(&path, WHAT)?;
        // It holds keys too.
        drop(super::private_file(&file)?);
        let (Some(first), Some((last, earlier))) = (secrets.first(), secrets.split_last()) else {
            bail!("{}: has no key", path.display());
        };
        // What is secret in the database stays under the first one.
        let vault = Vault::new(first);
        let earlier = earlier.iter().rev().map(HqKey::from_secret).collect();
        Ok(Self { database: open(&file, &KIND)?, file, key: HqKey::from_secret(last), earlier, vault })
    }

    /// Makes a new key, which is HQ's from now on. What was sealed for those before is opened with them as before.
    ///
    /// # Errors
    /// The file of keys cannot be written, or is full.
    pub fn renew(&mut self, folder: &Path) -> Result<()> {
        let new = HqKey::new(&mut SysRng).context("the operating system has no randomness")?;
        // One at a time: who writes the file of keys must have read the last one.
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        key::add(&folder.join(KEY), WHAT, new.secret())?;
        transaction.commit()?;
        self.earlier.insert(0, std::mem::replace(&mut self.key, new));
        Ok(())
    }

    /// Locks HQ's keys with a passphrase, or with none.
    ///
    /// # Errors
    /// The file of keys cannot be read or written.
    pub fn relock(folder: &Path, lock: Option<&passphrase::Lock>) -> Result<()> {
        let path = folder.join(KEY);
        if !path.exists() {
            bail!("{}: there is no HQ: increp hq init makes one", folder.display());
        }
        let mut database = open(&folder.join(FILE), &KIND)?;
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        key::relock(&path, WHAT, lock)?;
        Ok(transaction.commit()?)
    }

    /// HQ's key, the latest.
    #[must_use]
    pub const fn key(&self) -> &HqKey {
        &self.key
    }

    /// What hubs know the mission by: the SHA-256 of the first public key that HQ ever had.
    #[must_use]
    pub fn mission(&self) -> [u8; 32] {
        Sha256::digest(self.earlier.last().unwrap_or(&self.key).public()).into()
    }

    /// All keys that HQ ever had, the latest first.
    #[must_use]
    pub fn keys(&self) -> Vec<HqKey> {
        std::iter::once(&self.key).chain(&self.earlier).cloned().collect()
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
