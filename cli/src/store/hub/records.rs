//! The records of a hub, and what there is of each epoch.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior};
use sha2::{Digest as _, Sha256};

use super::super::Numbers;
use super::{Hub, cached};

/// Which run of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Run {
    /// The device, as HQ numbered it.
    pub author: u32,
    /// The device's epoch.
    pub epoch: u32,
}

/// What a hub has of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Have {
    /// The numbers.
    pub numbers: Numbers,
    /// Those under which two bodies or more came.
    pub forked: Numbers,
    /// Of all records together, in whatever order they came; all zero before the first.
    pub digest: [u8; 16],
    /// Those under which HQ has no good body, as far as it has looked.
    pub refused: Numbers,
    /// How many records there are, each body for itself. It is never less than before, and more with every one that comes.
    pub many: u64,
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

impl Hub {
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
        let sql = "SELECT author, epoch, have, forked, digest, refused, many FROM epoch WHERE ?1 IS NULL OR author = ?1 ORDER BY author, epoch";
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
        have.many += 1;
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
            let sql = "INSERT INTO epoch VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                ON CONFLICT DO UPDATE SET have = excluded.have, forked = excluded.forked, digest = excluded.digest, many = excluded.many";
            let mut put = cached(&self.transaction, sql)?;
            for (run, (have, _)) in self.epochs.iter().filter(|(_, (_, changed))| *changed) {
                let Have { numbers, forked, digest, refused, many } = have;
                let many = i64::try_from(*many)?;
                put.execute((run.author, run.epoch, numbers.bits(), forked.bits(), digest, refused.bits(), many))?;
            }
        }
        self.transaction.commit()?;
        Ok(self.added)
    }
}

fn have(database: &Connection, run: Run) -> rusqlite::Result<Have> {
    let mut statement = cached(database, "SELECT have, forked, digest, refused, many FROM epoch WHERE author = ?1 AND epoch = ?2")?;
    let have = statement.query_row((run.author, run.epoch), |row| read_have(row, 0)).optional()?;
    Ok(have.unwrap_or_default())
}

fn read_have(row: &Row<'_>, from: usize) -> rusqlite::Result<Have> {
    let numbers = |column| row.get(column).map(Numbers::new);
    let many = row.get::<_, i64>(from + 4)?.unsigned_abs();
    Ok(Have { numbers: numbers(from)?, forked: numbers(from + 1)?, digest: row.get(from + 2)?, refused: numbers(from + 3)?, many })
}

/// Of all records of an epoch, in whatever order they came.
fn digest(before: &[u8; 16], bytes: &[u8]) -> [u8; 16] {
    let mut own = [0; 16];
    own.iter_mut().zip(Sha256::digest(bytes)).for_each(|(to, from)| *to = from);
    u128::from_le_bytes(*before).wrapping_add(u128::from_le_bytes(own)).to_le_bytes()
}

fn bodies(database: &Connection, run: Run, seq: u8) -> rusqlite::Result<Vec<Vec<u8>>> {
    let sql = "SELECT bytes FROM record WHERE author = ?1 AND epoch = ?2 AND seq = ?3 ORDER BY fork";
    let mut statement = cached(database, sql)?;
    statement.query_map((run.author, run.epoch, seq), |row| row.get(0))?.collect()
}
