//! The hubs of the mission, as HQ knows them.

use anyhow::Result;

use super::Hq;

/// A hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hub {
    /// The name of its folder when HQ made it known.
    pub name: String,
    /// Its public key.
    pub public: [u8; 32],
    /// When HQ stopped to trust it, in seconds since 1970.
    pub revoked: Option<i64>,
}

impl Hq {
    /// Makes a hub known, so that devices seal stick files for it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_hub(&mut self, public: &[u8; 32], name: &str) -> Result<()> {
        let sql = "INSERT INTO hub (public, name) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET name = excluded.name";
        self.database.execute(sql, (public, name))?;
        Ok(())
    }

    /// All hubs that there ever were.
    ///
    /// # Errors
    /// Those of the database.
    pub fn all_hubs(&self) -> Result<Vec<Hub>> {
        let mut statement = self.database.prepare_cached("SELECT name, public, revoked FROM hub ORDER BY public")?;
        let rows = statement.query_map((), |row| Ok(Hub { name: row.get(0)?, public: row.get(1)?, revoked: row.get(2)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The public keys of the hubs that HQ trusts.
    ///
    /// # Errors
    /// Those of the database.
    pub fn hubs(&self) -> Result<Vec<[u8; 32]>> {
        Ok(self.all_hubs()?.into_iter().filter(|hub| hub.revoked.is_none()).map(|hub| hub.public).collect())
    }

    /// Stops to trust a hub; false if it was so before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revoke_hub(&mut self, public: &[u8; 32], now: i64) -> Result<bool> {
        let sql = "UPDATE hub SET revoked = ?2 WHERE public = ?1 AND revoked IS NULL";
        Ok(self.database.execute(sql, (public, now))? > 0)
    }
}
