//! The devices that a hub knows, and the keys that it shares with them.
//!
//! After HQ has revoked a hub every device gets another key, with a message; until a device has heard it, it uses the one before. So a hub
//! may know several keys of a device. What HQ says in person counts: the keys before the last one go as soon as the device uses the last
//! one. Of what another hub says nothing is taken away, for that one may lie.

use std::collections::BTreeMap;

use anyhow::Result;
use increp::seal::Secret;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::{Hub, cached};

/// Keys of a device that other hubs told of, at most.
pub const MOST_KEYS: usize = 4;

/// Whether HQ trusts a device. The later ones count more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// It does.
    Trusted,
    /// No longer.
    Revoked,
    /// No longer, and the device is to hear HQ's messages nevertheless: one of them erases its keys.
    Wiped,
}

impl Trust {
    /// As it is written.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Trusted => 0,
            Self::Revoked => 1,
            Self::Wiped => 2,
        }
    }

    /// What was written.
    #[must_use]
    pub const fn of(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Trusted),
            1 => Some(Self::Revoked),
            2 => Some(Self::Wiped),
            _ => None,
        }
    }
}

/// A device, as a hub knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its number, as HQ gave it.
    pub author: u32,
    /// The key that it shares with hubs; the latest, as far as is known.
    pub hop: Secret<16>,
    /// Further keys that it may use.
    pub others: Vec<Secret<16>>,
    /// Whether HQ trusts it.
    pub trust: Trust,
}

impl Device {
    /// All keys that it may use, the latest first.
    pub fn keys(&self) -> impl Iterator<Item = &Secret<16>> {
        std::iter::once(&self.hop).chain(&self.others)
    }
}

impl Hub {
    /// Makes devices known, or known anew, as HQ says. Of each the further keys are those before the last one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_devices(&mut self, devices: &[Device]) -> Result<()> {
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for Device { author, hop, others, trust } in devices {
            let before: Option<[u8; 16]> = cached(&transaction, "SELECT hop FROM device WHERE author = ?1")?
                .query_row((author,), |row| row.get(0))
                .optional()?;
            let sql = "INSERT INTO device (author, hop, revoked) VALUES (?1, ?2, ?3)
                ON CONFLICT DO UPDATE SET hop = excluded.hop, revoked = excluded.revoked";
            cached(&transaction, sql)?.execute((author, hop.expose(), trust.code()))?;
            // What only another hub told of counts no longer.
            cached(&transaction, "DELETE FROM hop WHERE author = ?1 AND before = 0")?.execute((author,))?;
            // Those that are gone do not come back.
            let earlier: Vec<&[u8; 16]> = match &before {
                Some(before) if before == hop.expose() => Vec::new(),
                Some(before) if others.iter().any(|other| other.expose() == before) => vec![before],
                _ => others.iter().map(Secret::expose).collect(),
            };
            for other in earlier {
                cached(&transaction, "INSERT OR IGNORE INTO hop VALUES (?1, ?2, 1)")?.execute((author, other))?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// The devices that are known.
    ///
    /// # Errors
    /// Those of the database.
    pub fn devices(&self) -> Result<Vec<Device>> {
        let mut others: BTreeMap<u32, Vec<Secret<16>>> = BTreeMap::new();
        let mut statement = self.database.prepare_cached("SELECT author, hop FROM hop WHERE before < 2 ORDER BY author, hop")?;
        for row in statement.query_map((), |row| Ok((row.get(0)?, Secret::new(row.get(1)?))))? {
            let (author, key) = row?;
            others.entry(author).or_default().push(key);
        }
        let mut statement = self.database.prepare_cached("SELECT author, hop, revoked FROM device ORDER BY author")?;
        let rows = statement.query_map((), |row| {
            let author = row.get(0)?;
            // What is no code was written by nobody; it is not trusted.
            let trust = Trust::of(row.get(2)?).unwrap_or(Trust::Revoked);
            Ok(Device { author, hop: Secret::new(row.get(1)?), others: others.remove(&author).unwrap_or_default(), trust })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The device has used this key: if it is the last one that HQ gave it, those before it no longer count.
    ///
    /// # Errors
    /// Those of the database.
    pub fn used(&mut self, author: u32, key: &Secret<16>) -> Result<()> {
        let sql = "UPDATE hop SET before = 2 WHERE author = ?1 AND before = 1
            AND EXISTS (SELECT 1 FROM device WHERE author = ?1 AND hop = ?2)";
        self.database.prepare_cached(sql)?.execute((author, key.expose()))?;
        Ok(())
    }
}

/// Learns of a device from another hub: that it is there, another key, that it was revoked; nothing else.
pub(super) fn learn(database: &Connection, device: &Device) -> Result<()> {
    let Device { author, hop, trust, .. } = device;
    let sql = "INSERT INTO device (author, hop, revoked) VALUES (?1, ?2, ?3)
        ON CONFLICT DO UPDATE SET revoked = max(revoked, excluded.revoked)";
    cached(database, sql)?.execute((author, hop.expose(), trust.code()))?;
    let sql = "INSERT OR IGNORE INTO hop SELECT ?1, ?2, 0
        WHERE NOT EXISTS (SELECT 1 FROM device WHERE author = ?1 AND hop = ?2)
        AND (SELECT count(*) FROM hop WHERE author = ?1 AND before = 0) < ?3";
    cached(database, sql)?.execute((author, hop.expose(), i64::try_from(MOST_KEYS)?))?;
    Ok(())
}
