//! What devices and HQ say of records: what waits, what is refused, receipts on their way back.

use anyhow::Result;

use super::super::Numbers;
use super::{Hub, Run};

impl Hub {
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

    /// The same, as another hub says it, perhaps before it passes any record of the epoch.
    ///
    /// # Errors
    /// Those of the database.
    pub fn refuse_early(&mut self, run: Run, numbers: &Numbers) -> Result<()> {
        let sql = "INSERT INTO epoch VALUES (?1, ?2, zeroblob(32), zeroblob(32), zeroblob(16), ?3, 0)
            ON CONFLICT DO UPDATE SET refused = excluded.refused WHERE refused <> excluded.refused";
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
