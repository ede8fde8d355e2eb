//! A hub's folder: sealed records that it cannot open, by author, epoch and number.
//!
//! | file | what it holds |
//! |---|---|
//! | `hub.key` | the hub's secret key, which opens stick files |
//! | `hub.db` | the rest |
//!
//! Nothing that was kept is ever changed or taken away; the tables refuse it. A record that comes again is known; another body
//! under a number that is taken is kept beside the first one, and the number is flagged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use increp::seal::Secret;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior};
use sha2::{Digest as _, Sha256};

use super::{Kind, Numbers, application, key, open, private_folder};
use crate::link::file::sealed;

/// The database in a hub's folder.
pub const FILE: &str = "hub.db";
/// The key in a hub's folder.
pub const KEY: &str = "hub.key";
const WHAT: &str = "increp hub key 1";

const KIND: Kind = Kind { name: "a hub's store", application: application(b'h'), migrations: &[VERSION_1] };

/// `fork` counts the bodies of a number: 0 is the one that came first. `have` has a bit for each number of the epoch, so what a
/// device lacks is told from one row, however much is here. `digest` changes with every record of the epoch, so that HQ need not look
/// at what it has seen: SHA-256 of the one before and the record, its first 16 bytes. `refused` has the numbers
/// under which HQ has no good body. `waits` is what a device last said it keeps without HQ's word.
const VERSION_1: &str = "
    CREATE TABLE record (
        author INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, fork INTEGER NOT NULL,
        bytes BLOB NOT NULL, came INTEGER NOT NULL,
        PRIMARY KEY (author, epoch, seq, fork)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE epoch (
        author INTEGER NOT NULL, epoch INTEGER NOT NULL,
        have BLOB NOT NULL CHECK (length(have) = 32), forked BLOB NOT NULL CHECK (length(forked) = 32),
        digest BLOB NOT NULL CHECK (length(digest) = 16), refused BLOB NOT NULL CHECK (length(refused) = 32),
        PRIMARY KEY (author, epoch)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE device (
        author INTEGER PRIMARY KEY NOT NULL, hop BLOB NOT NULL CHECK (length(hop) = 16), revoked INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE waits (
        author INTEGER NOT NULL, epoch INTEGER NOT NULL, numbers BLOB NOT NULL CHECK (length(numbers) = 32),
        PRIMARY KEY (author, epoch)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE receipt (
        author INTEGER NOT NULL, epoch INTEGER NOT NULL, receipt BLOB NOT NULL, came INTEGER NOT NULL,
        PRIMARY KEY (author, epoch)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER record_stays BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'a record is never changed'); END;
    CREATE TRIGGER record_is_kept BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'a record is never deleted'); END;
";

/// Which run of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Run {
    /// The device, as HQ numbered it.
    pub author: u32,
    /// The device's epoch.
    pub epoch: u32,
}

/// A device, as a hub knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its number, as HQ gave it.
    pub author: u32,
    /// The key that it shares with hubs.
    pub hop: Secret<16>,
    /// HQ no longer trusts it.
    pub revoked: bool,
}

/// What a hub has of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Have {
    /// The numbers.
    pub numbers: Numbers,
    /// Those under which two bodies or more came.
    pub forked: Numbers,
    /// Another one whenever a record was added; all zero before the first.
    pub digest: [u8; 16],
    /// Those under which HQ has no good body, as far as it has looked.
    pub refused: Numbers,
}

/// A record as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its number in the epoch.
    pub seq: u8,
    /// 0, or for another body under the same number how many came before.
    pub fork: u32,
    /// The sealed record.
    pub bytes: Vec<u8>,
}

/// What became of records that were added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Records that were not here.
    pub new: u64,
    /// Records that were.
    pub known: u64,
    /// Of the new ones, those under a number that had another body.
    pub forks: u64,
}

/// A hub's key and store.
#[derive(Debug)]
pub struct Hub {
    database: Connection,
    file: PathBuf,
    key: Secret<32>,
}

impl Hub {
    /// Makes a hub's folder, with a new key.
    ///
    /// # Errors
    /// There is one already, or it cannot be written.
    pub fn create(folder: &Path) -> Result<()> {
        private_folder(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
        // The key comes last: a folder without it is no hub yet.
        drop(open(&folder.join(FILE), &KIND)?);
        let (secret, _) = sealed::hub_key()?;
        key::write(&folder.join(KEY), WHAT, &secret)
    }

    /// Whether a folder is that of a hub.
    #[must_use]
    pub fn is_at(folder: &Path) -> bool {
        folder.join(KEY).exists()
    }

    /// Opens a hub's folder.
    ///
    /// # Errors
    /// There is none, or others may read its keys.
    pub fn open(folder: &Path) -> Result<Self> {
        let file = folder.join(FILE);
        if !Self::is_at(folder) {
            bail!("{}: there is no hub: increp hq hub makes one", folder.display());
        }
        let key = key::read(&folder.join(KEY), WHAT)?;
        // It holds the keys that hubs share with devices.
        drop(super::private_file(&file)?);
        Ok(Self { database: open(&file, &KIND)?, file, key })
    }

    /// The secret key, which opens stick files.
    #[must_use]
    pub const fn key(&self) -> &Secret<32> {
        &self.key
    }

    /// The public key, for which devices seal stick files.
    ///
    /// # Errors
    /// The secret one is none.
    pub fn public(&self) -> Result<[u8; 32]> {
        sealed::hub_public(&self.key)
    }

    /// Begins to add records. What was added is there when [`Adding::commit`] says so; all of it or none.
    ///
    /// # Errors
    /// The database is in use for too long.
    pub fn adding(&mut self) -> Result<Adding<'_>> {
        let file = &self.file;
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = transaction.with_context(|| format!("{}: cannot be written", file.display()))?;
        Ok(Adding { transaction, epochs: BTreeMap::new(), added: Added::default() })
    }

    /// What there is of an epoch, in the time that one row takes.
    ///
    /// # Errors
    /// Those of the database.
    pub fn have(&self, run: Run) -> Result<Have> {
        Ok(have(&self.database, run)?)
    }

    /// The epochs of a device, or of all, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn epochs(&self, author: Option<u32>) -> Result<Vec<(Run, Have)>> {
        let sql =
            "SELECT author, epoch, have, forked, digest, refused FROM epoch WHERE ?1 IS NULL OR author = ?1 ORDER BY author, epoch";
        let mut statement = self.database.prepare_cached(sql)?;
        let rows = statement.query_map((author,), |row| {
            let run = Run { author: row.get(0)?, epoch: row.get(1)? };
            Ok((run, read_have(row, 2)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every record of an epoch, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn records(&self, run: Run) -> Result<Vec<Kept>> {
        let sql = "SELECT seq, fork, bytes FROM record WHERE author = ?1 AND epoch = ?2 ORDER BY seq, fork";
        let mut statement = self.database.prepare_cached(sql)?;
        let rows = statement
            .query_map((run.author, run.epoch), |row| Ok(Kept { seq: row.get(0)?, fork: row.get(1)?, bytes: row.get(2)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every body that came under a number, the first one first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn bodies(&self, run: Run, seq: u8) -> Result<Vec<Vec<u8>>> {
        Ok(bodies(&self.database, run, seq)?)
    }

    /// How many records there are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn many(&self) -> Result<u64> {
        let many: i64 = self.database.query_row("SELECT count(*) FROM record", (), |row| row.get(0))?;
        Ok(many.unsigned_abs())
    }

    /// Makes devices known, or known anew.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_devices(&mut self, devices: &[Device]) -> Result<()> {
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = "INSERT INTO device VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET hop = excluded.hop, revoked = excluded.revoked";
        for device in devices {
            cached(&transaction, sql)?.execute((device.author, device.hop.expose(), device.revoked))?;
        }
        Ok(transaction.commit()?)
    }

    /// The devices that are known.
    ///
    /// # Errors
    /// Those of the database.
    pub fn devices(&self) -> Result<Vec<Device>> {
        let mut statement = self.database.prepare_cached("SELECT author, hop, revoked FROM device ORDER BY author")?;
        let rows = statement
            .query_map((), |row| Ok(Device { author: row.get(0)?, hop: Secret::new(row.get(1)?), revoked: row.get(2)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What devices last said they keep without HQ's word: those of one device, or of all, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn waits(&self, author: Option<u32>) -> Result<Vec<(Run, Numbers)>> {
        let sql = "SELECT author, epoch, numbers FROM waits WHERE ?1 IS NULL OR author = ?1 ORDER BY author, epoch";
        let mut statement = self.database.prepare_cached(sql)?;
        let rows = statement
            .query_map((author,), |row| Ok((Run { author: row.get(0)?, epoch: row.get(1)? }, row.get(2).map(Numbers::new)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps under which numbers of an epoch HQ has no good body: a device that has one must send it again.
    ///
    /// # Errors
    /// Those of the database.
    pub fn refuse(&mut self, run: Run, numbers: &Numbers) -> Result<()> {
        let sql = "UPDATE epoch SET refused = ?3 WHERE author = ?1 AND epoch = ?2 AND refused <> ?3";
        self.database.prepare_cached(sql)?.execute((run.author, run.epoch, numbers.bits()))?;
        Ok(())
    }

    /// Keeps HQ's receipt for an epoch, in place of the one before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_receipt(&mut self, run: Run, receipt: &[u8], now: i64) -> Result<()> {
        let sql = "INSERT INTO receipt VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET receipt = excluded.receipt, came = excluded.came WHERE receipt <> excluded.receipt";
        self.database.execute(sql, (run.author, run.epoch, receipt, now))?;
        Ok(())
    }

    /// HQ's receipts for a device, the latest of each epoch.
    ///
    /// # Errors
    /// Those of the database.
    pub fn receipts(&self, author: u32) -> Result<Vec<(u32, Vec<u8>)>> {
        let mut statement = self.database.prepare_cached("SELECT epoch, receipt FROM receipt WHERE author = ?1 ORDER BY epoch")?;
        let rows = statement.query_map((author,), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// Records that are being added, in one transaction.
#[derive(Debug)]
pub struct Adding<'h> {
    transaction: Transaction<'h>,
    /// The epochs that were touched; `true` where they have changed.
    epochs: BTreeMap<Run, (Have, bool)>,
    added: Added,
}

impl Adding<'_> {
    /// Adds a record, unless it is known.
    ///
    /// # Errors
    /// Those of the database; nothing of the whole transaction is kept then.
    pub fn add(&mut self, run: Run, seq: u8, bytes: &[u8], now: i64) -> Result<()> {
        let (have, changed) = match self.epochs.entry(run) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => entry.insert((have(&self.transaction, run)?, false)),
        };
        let mut fork = 0;
        if have.numbers.has(seq) {
            let bodies = bodies(&self.transaction, run, seq)?;
            if bodies.iter().any(|body| body == bytes) {
                self.added.known += 1;
                return Ok(());
            }
            fork = bodies.len() as u64;
            have.forked.add(seq);
            self.added.forks += 1;
        }
        have.numbers.add(seq);
        have.digest = digest(&have.digest, bytes);
        *changed = true;
        self.added.new += 1;
        let mut insert = cached(&self.transaction, "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        insert.execute((run.author, run.epoch, seq, i64::try_from(fork)?, bytes, now))?;
        Ok(())
    }

    /// Keeps what a device says it keeps without HQ's word, in place of what it said before.
    ///
    /// # Errors
    /// Those of the database; nothing of the whole transaction is kept then.
    pub fn waits(&mut self, author: u32, waits: impl IntoIterator<Item = (u32, Numbers)>) -> Result<()> {
        cached(&self.transaction, "DELETE FROM waits WHERE author = ?1")?.execute((author,))?;
        for (epoch, numbers) in waits {
            let mut put = cached(&self.transaction, "INSERT OR REPLACE INTO waits VALUES (?1, ?2, ?3)")?;
            put.execute((author, epoch, numbers.bits()))?;
        }
        Ok(())
    }

    /// Makes it last: when this returns, all records are on the disk.
    ///
    /// # Errors
    /// Those of the database; nothing was kept then.
    pub fn commit(self) -> Result<Added> {
        {
            let sql = "INSERT INTO epoch VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT DO UPDATE SET have = excluded.have, forked = excluded.forked, digest = excluded.digest";
            let mut put = cached(&self.transaction, sql)?;
            for (run, (have, _)) in self.epochs.iter().filter(|(_, (_, changed))| *changed) {
                put.execute((run.author, run.epoch, have.numbers.bits(), have.forked.bits(), have.digest, have.refused.bits()))?;
            }
        }
        self.transaction.commit()?;
        Ok(self.added)
    }
}

fn cached<'c>(database: &'c Connection, sql: &str) -> rusqlite::Result<CachedStatement<'c>> {
    database.prepare_cached(sql)
}

fn have(database: &Connection, run: Run) -> rusqlite::Result<Have> {
    let mut statement = cached(database, "SELECT have, forked, digest, refused FROM epoch WHERE author = ?1 AND epoch = ?2")?;
    let have = statement.query_row((run.author, run.epoch), |row| read_have(row, 0)).optional()?;
    Ok(have.unwrap_or_default())
}

fn read_have(row: &Row<'_>, from: usize) -> rusqlite::Result<Have> {
    let numbers = |column| row.get(column).map(Numbers::new);
    Ok(Have { numbers: numbers(from)?, forked: numbers(from + 1)?, digest: row.get(from + 2)?, refused: numbers(from + 3)? })
}

fn digest(before: &[u8; 16], bytes: &[u8]) -> [u8; 16] {
    let hash = Sha256::new().chain_update(before).chain_update(bytes).finalize();
    let mut digest = [0; 16];
    digest.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    digest
}

fn bodies(database: &Connection, run: Run, seq: u8) -> rusqlite::Result<Vec<Vec<u8>>> {
    let sql = "SELECT bytes FROM record WHERE author = ?1 AND epoch = ?2 AND seq = ?3 ORDER BY fork";
    let mut statement = cached(database, sql)?;
    statement.query_map((run.author, run.epoch, seq), |row| row.get(0))?.collect()
}
