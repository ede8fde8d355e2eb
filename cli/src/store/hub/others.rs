//! The other hubs of the mission, and what each of them last said it has.

use std::collections::BTreeMap;

use anyhow::Result;
use rusqlite::{OptionalExtension as _, TransactionBehavior};

use super::super::Numbers;
use super::{Device, Hub, Run, cached};

/// What another hub says it has of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// The numbers.
    pub numbers: Numbers,
    /// Of all its records, as [`Have::digest`](super::Have::digest).
    pub digest: [u8; 16],
}

impl Hub {
    /// The public keys of all hubs of the mission that HQ trusts, this one's among them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn hubs(&self) -> Result<Vec<[u8; 32]>> {
        let mut statement = self.database.prepare_cached("SELECT public FROM hub WHERE revoked = 0 ORDER BY public")?;
        let rows = statement.query_map((), |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The hubs of the mission are these, as HQ says, and those no longer are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_hubs(&mut self, hubs: &[[u8; 32]], revoked: &[[u8; 32]]) -> Result<()> {
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("DELETE FROM hub", ())?;
        for (hub, revoked) in hubs.iter().map(|hub| (hub, false)).chain(revoked.iter().map(|hub| (hub, true))) {
            cached(&transaction, "INSERT OR IGNORE INTO hub VALUES (?1, ?2)")?.execute((hub, revoked))?;
        }
        Ok(transaction.commit()?)
    }

    /// Learns from another hub which devices and hubs there are. It can add some, a further key of a device, and say that a device was
    /// revoked; it cannot change or take away what this hub knows: that is HQ's, in person.
    ///
    /// # Errors
    /// Those of the database.
    pub fn learn(&mut self, devices: &[Device], hubs: &[[u8; 32]]) -> Result<()> {
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for device in devices {
            super::devices::learn(&transaction, device)?;
        }
        for hub in hubs {
            // One that HQ revoked stays so.
            cached(&transaction, "INSERT OR IGNORE INTO hub VALUES (?1, 0)")?.execute((hub,))?;
        }
        Ok(transaction.commit()?)
    }

    /// What another hub last said beside records, over a link, and its number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn letter(&self, hub: &[u8; 32]) -> Result<Option<(u32, Vec<u8>)>> {
        let mut statement = self.database.prepare_cached("SELECT epoch, bytes FROM letter WHERE hub = ?1")?;
        Ok(statement.query_row((hub,), |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// Keeps what another hub said beside records, in place of what it said before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_letter(&mut self, hub: &[u8; 32], epoch: u32, bytes: &[u8]) -> Result<()> {
        self.database.prepare_cached("INSERT OR REPLACE INTO letter VALUES (?1, ?2, ?3)")?.execute((hub, epoch, bytes))?;
        Ok(())
    }

    /// What another hub last said it has.
    ///
    /// # Errors
    /// Those of the database.
    pub fn elsewhere(&self, hub: &[u8; 32]) -> Result<BTreeMap<Run, Elsewhere>> {
        let sql = "SELECT author, epoch, numbers, digest FROM elsewhere WHERE hub = ?1";
        let mut statement = self.database.prepare_cached(sql)?;
        let rows = statement.query_map((hub,), |row| {
            let run = Run { author: row.get(0)?, epoch: row.get(1)? };
            Ok((run, Elsewhere { numbers: Numbers::new(row.get(2)?), digest: row.get(3)? }))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps what another hub says it has, in place of what it said before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_elsewhere(&mut self, hub: &[u8; 32], has: &BTreeMap<Run, Elsewhere>) -> Result<()> {
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("DELETE FROM elsewhere WHERE hub = ?1", (hub,))?;
        for (run, Elsewhere { numbers, digest }) in has {
            let sql = "INSERT INTO elsewhere VALUES (?1, ?2, ?3, ?4, ?5)";
            cached(&transaction, sql)?.execute((hub, run.author, run.epoch, numbers.bits(), digest))?;
        }
        Ok(transaction.commit()?)
    }
}
