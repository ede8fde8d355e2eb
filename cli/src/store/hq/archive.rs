//! HQ's archive: reports that were opened, and which of them were printed.

use anyhow::Result;
use rusqlite::TransactionBehavior;

use super::Hq;
use crate::store::hub::Run;

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
        let revoked = if self.revoked { "" } else { " AND late = 0" };
        format!("record WHERE (postcard IS NOT NULL OR packed <> x''){printed}{revoked}")
    }
}

impl Hq {
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

    /// How many reports were tried to print, and cannot be decoded yet.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unread(&self) -> Result<u64> {
        let rows = Which { printed: true, revoked: false }.rows();
        let sql = format!("SELECT count(*) FROM {rows} AND postcard IS NULL");
        Ok(self.database.query_row(&sql, (), |row| row.get::<_, i64>(0))?.unsigned_abs())
    }

    /// Under how many numbers there is more than one report.
    ///
    /// # Errors
    /// Those of the database.
    pub fn doubled(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM record GROUP BY author, epoch, seq HAVING count(*) > 1)";
        Ok(self.database.query_row(sql, (), |row| row.get::<_, i64>(0))?.unsigned_abs())
    }

    /// The reports of an epoch that are to be printed, in order; and how many cannot be, for the database was damaged: they are named on
    /// standard error.
    ///
    /// # Errors
    /// Those of the database.
    pub fn reports(&self, run: Run, which: Which) -> Result<(Vec<Archived>, u64)> {
        let columns = "author, epoch, seq, tag, packed, postcard";
        let rows = which.rows();
        let sql = format!("SELECT {columns} FROM {rows} AND author = ?1 AND epoch = ?2 ORDER BY seq, came");
        let mut statement = self.database.prepare_cached(&sql)?;
        let rows = statement.query_map((run.author, run.epoch), |row| {
            let run = Run { author: row.get(0)?, epoch: row.get(1)? };
            let key = Key { run, seq: row.get(2)?, tag: row.get(3)? };
            Ok((key, row.get::<_, Vec<u8>>(4)?, row.get::<_, Option<Vec<u8>>>(5)?))
        })?;
        let (mut reports, mut damaged) = (Vec::new(), 0);
        for row in rows {
            let (key, packed, postcard): (Key, Vec<u8>, Option<Vec<u8>>) = row?;
            let opened = || -> Result<Archived> {
                let packed = self.vault.open_any(&packed)?.to_vec();
                let postcard = postcard.map(|sealed| self.vault.open(&sealed)).transpose()?.map(|bytes| bytes.to_vec());
                Ok(Archived { key, packed, postcard })
            };
            match opened() {
                Ok(report) => reports.push(report),
                Err(error) => {
                    say!("increp: report {}-{:x}-{}: HQ's archive: {error:#}", run.author, run.epoch, key.seq);
                    damaged += 1;
                }
            }
        }
        Ok((reports, damaged))
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
        // Another process may have been faster.
        let sql = "UPDATE record SET postcard = ?5, packed = x''
            WHERE author = ?1 AND epoch = ?2 AND seq = ?3 AND tag = ?4 AND postcard IS NULL";
        self.database.prepare_cached(sql)?.execute((run.author, run.epoch, seq, tag, self.vault.seal(postcard)?))?;
        Ok(())
    }
}
