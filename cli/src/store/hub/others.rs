//! The other hubs of the mission, and what each of them last said it has.

use std::collections::BTreeMap;

use anyhow::Result;
use rusqlite::TransactionBehavior;

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
    /// The public keys of all hubs of the mission, this one's among them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn hubs(&self) -> Result<Vec<[u8; 32]>> {
        let mut statement = self.database.prepare_cached("SELECT public FROM hub ORDER BY public")?;
        let rows = statement.query_map((), |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The hubs of the mission are these, as HQ says.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_hubs(&mut self, hubs: &[[u8; 32]]) -> Result<()> {
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("DELETE FROM hub", ())?;
        for hub in hubs {
            cached(&transaction, "INSERT OR IGNORE INTO hub VALUES (?1)")?.execute((hub,))?;
        }
        Ok(transaction.commit()?)
    }

    /// Learns from another hub which devices and hubs there are. It can add some, and say that a device was revoked; it cannot change
    /// or take away what this hub knows: that is HQ's, in person.
    ///
    /// # Errors
    /// Those of the database.
    pub fn learn(&mut self, devices: &[Device], hubs: &[[u8; 32]]) -> Result<()> {
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for device in devices {
            let sql = "INSERT INTO device VALUES (?1, ?2, ?3)
                ON CONFLICT DO UPDATE SET revoked = max(revoked, excluded.revoked)";
            cached(&transaction, sql)?.execute((device.author, device.hop.expose(), device.revoked))?;
        }
        for hub in hubs {
            cached(&transaction, "INSERT OR IGNORE INTO hub VALUES (?1)")?.execute((hub,))?;
        }
        Ok(transaction.commit()?)
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
