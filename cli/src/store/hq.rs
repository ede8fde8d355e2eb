//! HQ's folder: its key, what it keeps of each device and epoch, and the archive of reports.
//!
//! | file | what it holds |
//! |---|---|
//! | `hq.key` | HQ's secret key |
//! | `hq.db` | the rest |
//!
//! What a report's opening changes, and the report, are kept in one transaction: no key is gone before the report is in the archive.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use getrandom::SysRng;
use increp::seal::{Epoch, HqKey, Peer};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};
use sha2::{Digest as _, Sha256};

use super::hub::Run;
use super::{Kind, application, key, open, private_folder};

/// The database in HQ's folder.
pub const FILE: &str = "hq.db";
/// The key in HQ's folder.
pub const KEY: &str = "hq.key";
const WHAT: &str = "increp hq key 1";

const KIND: Kind = Kind { name: "HQ's store", application: application(b'q'), migrations: &[VERSION_1] };

/// A report's `packed` is what was sealed; `postcard` is the report, once it could be decoded, and then `packed` is empty. `printed`
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
}

/// A device, as HQ knows it.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its keys.
    pub peer: Peer,
    /// When HQ stopped to trust it, in seconds since 1970.
    pub revoked: Option<i64>,
}

/// Which record of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Whose it is, and its epoch.
    pub run: Run,
    /// Its number in the epoch.
    pub seq: u8,
    /// The tag of its seal, which tells it from another one with the same number.
    pub tag: [u8; 8],
}

/// A report in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// Which one.
    pub key: Key,
    /// What was sealed; empty once it could be decoded.
    pub packed: Vec<u8>,
    /// The report in postcard, if it could be decoded.
    pub postcard: Option<Vec<u8>>,
}

/// Which reports of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Which {
    /// Also those that were printed before.
    pub printed: bool,
    /// Also what came from a device after it was revoked.
    pub revoked: bool,
}

impl Which {
    /// The rows, for SQL. A number whose report was lost has neither bytes.
    fn rows(self) -> String {
        let printed = if self.printed { "" } else { " AND printed = 0" };
        let revoked = if self.revoked { "" } else { " AND (revoked IS NULL OR came < revoked)" };
        format!("record JOIN device USING (author) WHERE (postcard IS NOT NULL OR packed <> x''){printed}{revoked}")
    }
}

impl Hq {
    /// Makes HQ's folder, with a new key.
    ///
    /// # Errors
    /// There is one already, or it cannot be written.
    pub fn create(folder: &Path) -> Result<()> {
        private_folder(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
        let (file, path) = (folder.join(FILE), folder.join(KEY));
        if path.exists() {
            bail!("{}: exists already: this is an HQ, and its key is not replaced", path.display());
        }
        let new = HqKey::new(&mut SysRng).context("the operating system has no randomness")?;
        // The key comes last: a folder without it is no HQ yet.
        drop(open(&file, &KIND)?);
        key::write(&path, WHAT, new.secret())
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
        Ok(Self { database: open(&file, &KIND)?, file, key })
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
            Ok(Device { peer: Peer::from_bytes(&peer).with_context(|| self.file.display().to_string())?, revoked })
        };
        rows.map(device).collect()
    }

    /// Takes a device in.
    ///
    /// # Errors
    /// Its number is taken.
    pub fn enrol(&mut self, peer: &Peer, now: i64) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO device VALUES (?1, ?2, ?3, NULL)";
        if self.database.execute(sql, (peer.author(), peer.to_bytes().expose().as_slice(), now))? == 0 {
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

    /// Whether HQ has seen all that stands behind a digest of an epoch.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_seen(&self, run: Run, digest: &[u8; 16]) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM seen WHERE author = ?1 AND epoch = ?2 AND digest = ?3)";
        Ok(self.database.prepare_cached(sql)?.query_row((run.author, run.epoch, digest), |row| row.get(0))?)
    }

    /// Begins to open records of a device. All that comes of it is kept by [`Opening::commit`], or nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub fn opening(&mut self, author: u32) -> Result<Opening<'_>> {
        let Self { database, file, .. } = self;
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = transaction.with_context(|| format!("{}: cannot be written", file.display()))?;
        Ok(Opening { transaction, author })
    }

    /// Numbers and tags of what is in the archive of an epoch, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tags(&self, run: Run) -> Result<Vec<(u8, [u8; 8])>> {
        let sql = "SELECT seq, tag FROM record WHERE author = ?1 AND epoch = ?2 ORDER BY seq";
        let mut statement = self.database.prepare_cached(sql)?;
        let rows = statement.query_map((run.author, run.epoch), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The epochs of which there are reports to print, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn runs(&self, which: Which) -> Result<Vec<Run>> {
        let sql = format!("SELECT DISTINCT author, epoch FROM {} ORDER BY author, epoch", which.rows());
        let mut statement = self.database.prepare_cached(&sql)?;
        let rows = statement.query_map((), |row| Ok(Run { author: row.get(0)?, epoch: row.get(1)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many reports there are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn many(&self, which: Which) -> Result<u64> {
        let many: i64 = self.database.query_row(&format!("SELECT count(*) FROM {}", which.rows()), (), |row| row.get(0))?;
        Ok(many.unsigned_abs())
    }

    /// The reports of an epoch that are to be printed, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn reports(&self, run: Run, which: Which) -> Result<Vec<Archived>> {
        let columns = "author, epoch, seq, tag, packed, postcard";
        let rows = which.rows();
        let sql = format!("SELECT {columns} FROM {rows} AND author = ?1 AND epoch = ?2 ORDER BY seq, came");
        let mut statement = self.database.prepare_cached(&sql)?;
        let rows = statement.query_map((run.author, run.epoch), |row| {
            let run = Run { author: row.get(0)?, epoch: row.get(1)? };
            let key = Key { run, seq: row.get(2)?, tag: row.get(3)? };
            Ok(Archived { key, packed: row.get(4)?, postcard: row.get(5)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Remembers that a report was handed out.
    ///
    /// # Errors
    /// Those of the database.
    pub fn printed(&mut self, records: &[Key]) -> Result<()> {
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for Key { run, seq, tag } in records {
            let sql = "UPDATE record SET printed = 1 WHERE author = ?1 AND epoch = ?2 AND seq = ?3 AND tag = ?4";
            transaction.prepare_cached(sql)?.execute((run.author, run.epoch, seq, tag))?;
        }
        Ok(transaction.commit()?)
    }

    /// Keeps the report that a record turned out to be, once its profile is known.
    ///
    /// # Errors
    /// Those of the database.
    pub fn decoded(&mut self, record: &Archived, postcard: &[u8]) -> Result<()> {
        let Key { run, seq, tag } = record.key;
        let sql = "UPDATE record SET postcard = ?5, packed = x'' WHERE author = ?1 AND epoch = ?2 AND seq = ?3 AND tag = ?4";
        self.database.prepare_cached(sql)?.execute((run.author, run.epoch, seq, tag, postcard))?;
        Ok(())
    }

    /// The state of an epoch, if it has begun for HQ.
    ///
    /// # Errors
    /// Those of the database.
    pub fn epoch(&self, run: Run) -> Result<Option<Epoch>> {
        state(&self.database, run)
    }
}

/// Records of a device, as they are opened, in one transaction.
#[derive(Debug)]
pub struct Opening<'h> {
    transaction: Transaction<'h>,
    author: u32,
}

impl Opening<'_> {
    /// What HQ keeps of the device, if it knows it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn device(&self) -> Result<Option<Device>> {
        let mut statement = self.transaction.prepare_cached("SELECT peer, revoked FROM device WHERE author = ?1")?;
        let row = statement.query_row((self.author,), |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?))).optional()?;
        row.map(|(peer, revoked)| Ok(Device { peer: Peer::from_bytes(&peer).context("HQ's store: a device")?, revoked }))
            .transpose()
    }

    /// The state of an epoch, if it has begun.
    ///
    /// # Errors
    /// Those of the database.
    pub fn epoch(&self, epoch: u32) -> Result<Option<Epoch>> {
        state(&self.transaction, Run { author: self.author, epoch })
    }

    /// Keeps what the beginning of an epoch changed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begun(&self, peer: &Peer, epoch: &Epoch) -> Result<()> {
        let sql = "UPDATE device SET peer = ?2 WHERE author = ?1";
        self.transaction.execute(sql, (self.author, peer.to_bytes().expose().as_slice()))?;
        let sql = "INSERT OR REPLACE INTO epoch VALUES (?1, ?2, ?3)";
        self.transaction.execute(sql, (self.author, epoch.number(), epoch.to_bytes().expose().as_slice()))?;
        Ok(())
    }

    /// Whether a record is in the archive.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has(&self, epoch: u32, seq: u8, tag: &[u8; 8]) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM record WHERE author = ?1 AND epoch = ?2 AND seq = ?3 AND tag = ?4)";
        Ok(self.transaction.prepare_cached(sql)?.query_row((self.author, epoch, seq, tag), |row| row.get(0))?)
    }

    /// Archives a record; of a number whose report was lost `packed` is empty, and there is nothing to print.
    ///
    /// # Errors
    /// Those of the database.
    pub fn archive(&self, epoch: u32, seq: u8, tag: &[u8; 8], packed: &[u8], now: i64) -> Result<()> {
        let sql = "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?6, ?7)";
        let row = (self.author, epoch, seq, tag, packed, now, packed.is_empty());
        self.transaction.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Remembers a record that no key opens; false if it was known.
    ///
    /// # Errors
    /// Those of the database.
    pub fn refuse(&self, epoch: u32, seq: u8, bytes: &[u8]) -> Result<bool> {
        let hash: [u8; 32] = Sha256::digest(bytes).into();
        let sql = "INSERT OR IGNORE INTO refused VALUES (?1, ?2, ?3, ?4)";
        Ok(self.transaction.prepare_cached(sql)?.execute((self.author, epoch, seq, hash))? > 0)
    }

    /// Remembers that every record behind this digest of an epoch was dealt with.
    ///
    /// # Errors
    /// Those of the database.
    pub fn seen(&self, epoch: u32, digest: &[u8; 16]) -> Result<()> {
        self.transaction.execute("INSERT OR IGNORE INTO seen VALUES (?1, ?2, ?3)", (self.author, epoch, digest))?;
        Ok(())
    }

    /// Makes it last.
    ///
    /// # Errors
    /// Those of the database; nothing was kept then.
    pub fn commit(self) -> Result<()> {
        Ok(self.transaction.commit()?)
    }
}

fn state(database: &Connection, run: Run) -> Result<Option<Epoch>> {
    let mut statement = database.prepare_cached("SELECT state FROM epoch WHERE author = ?1 AND epoch = ?2")?;
    let state: Option<Vec<u8>> = statement.query_row((run.author, run.epoch), |row| row.get(0)).optional()?;
    state.map(|state| Epoch::from_bytes(&state).context("HQ's store: an epoch")).transpose()
}
