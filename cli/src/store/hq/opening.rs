//! Records of a device as HQ opens them, in one transaction.

use anyhow::{Context as _, Result};
use increp::seal::{Epoch, Peer};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};
use sha2::{Digest as _, Sha256};

use super::Hq;
use crate::store::hub::{Have, Run};
use crate::store::vault::Vault;

impl Hq {
    /// Whether HQ has seen all that a hub has of an epoch.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_seen(&self, run: Run, state: &Seen) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM seen WHERE author = ?1 AND epoch = ?2 AND digest = ?3)";
        Ok(self.database.prepare_cached(sql)?.query_row((run.author, run.epoch, state.0), |row| row.get(0))?)
    }

    /// Empties the log beside the database, which has what was erased in it, for as long as no other process reads it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget(&self) -> Result<()> {
        Ok(self.database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))?)
    }

    /// Begins to open records of a device. All that comes of it is kept by [`Opening::commit`], or nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub fn opening(&mut self, author: u32) -> Result<Opening<'_>> {
        let Self { database, file, vault, .. } = self;
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = transaction.with_context(|| format!("{}: cannot be written", file.display()))?;
        Ok(Opening { transaction, vault, author })
    }

    /// The state of an epoch, if it has begun for HQ.
    ///
    /// # Errors
    /// Those of the database.
    pub fn epoch(&self, run: Run) -> Result<Option<Epoch>> {
        state(&self.database, &self.vault, run)
    }
}

/// What a hub has of an epoch, as HQ remembers it. Of this hub alone: another one may lie. The hub gives nothing up, so with every record
/// that comes it has more, and whoever makes records whose digests add up to those of others hides none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen([u8; 16]);

impl Seen {
    /// Of the hub with this public key.
    #[must_use]
    pub fn of(hub: &[u8; 32], have: &Have) -> Self {
        let all = Sha256::new().chain_update(hub).chain_update(have.many.to_le_bytes()).chain_update(have.digest).finalize();
        Self(all.first_chunk().copied().unwrap_or_default())
    }
}

/// Records of a device, as they are opened, in one transaction.
#[derive(Debug)]
pub struct Opening<'h> {
    transaction: Transaction<'h>,
    vault: &'h Vault,
    author: u32,
}

impl Opening<'_> {
    /// What HQ keeps of the device, if it knows it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn peer(&self) -> Result<Option<Peer>> {
        let mut statement = self.transaction.prepare_cached("SELECT peer FROM device WHERE author = ?1")?;
        let row: Option<Vec<u8>> = statement.query_row((self.author,), |row| row.get(0)).optional()?;
        row.map(|sealed| Peer::from_bytes(&self.vault.open(&sealed)?).context("HQ's store: a device")).transpose()
    }

    /// The state of an epoch, if it has begun.
    ///
    /// # Errors
    /// Those of the database.
    pub fn epoch(&self, epoch: u32) -> Result<Option<Epoch>> {
        state(&self.transaction, self.vault, Run { author: self.author, epoch })
    }

    /// Keeps what the beginning of an epoch changed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begun(&self, peer: &Peer, epoch: &Epoch) -> Result<()> {
        let sql = "UPDATE device SET peer = ?2 WHERE author = ?1";
        self.transaction.execute(sql, (self.author, self.vault.seal(peer.to_bytes().expose())?))?;
        self.keep(epoch)
    }

    /// Keeps the state of an epoch, in place of the one before: what was erased from it is gone.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep(&self, epoch: &Epoch) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO epoch VALUES (?1, ?2, ?3)";
        self.transaction.execute(sql, (self.author, epoch.number(), self.vault.seal(epoch.to_bytes().expose())?))?;
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

    /// Whether any record of a number is in the archive.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_number(&self, epoch: u32, seq: u8) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM record WHERE author = ?1 AND epoch = ?2 AND seq = ?3)";
        Ok(self.transaction.prepare_cached(sql)?.query_row((self.author, epoch, seq), |row| row.get(0))?)
    }

    /// Archives a record; of a number whose report was lost `packed` is empty, and there is nothing to print.
    ///
    /// # Errors
    /// Those of the database.
    pub fn archive(&self, epoch: u32, seq: u8, tag: &[u8; 8], packed: &[u8], now: i64) -> Result<()> {
        let sql = "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?6, ?7,
            EXISTS (SELECT 1 FROM device WHERE author = ?1 AND revoked IS NOT NULL))";
        let sealed = if packed.is_empty() { Vec::new() } else { self.vault.seal(packed)? };
        let row = (self.author, epoch, seq, tag, sealed, now, packed.is_empty());
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

    /// Remembers that every record that a hub had of an epoch was dealt with.
    ///
    /// # Errors
    /// Those of the database.
    pub fn seen(&self, epoch: u32, state: &Seen) -> Result<()> {
        self.transaction.execute("INSERT OR IGNORE INTO seen VALUES (?1, ?2, ?3)", (self.author, epoch, state.0))?;
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

fn state(database: &Connection, vault: &Vault, run: Run) -> Result<Option<Epoch>> {
    let mut statement = database.prepare_cached("SELECT state FROM epoch WHERE author = ?1 AND epoch = ?2")?;
    let state: Option<Vec<u8>> = statement.query_row((run.author, run.epoch), |row| row.get(0)).optional()?;
    state.map(|sealed| Epoch::from_bytes(&vault.open(&sealed)?).context("HQ's store: an epoch")).transpose()
}
