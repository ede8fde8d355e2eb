//! HQ's messages on their way to devices. A hub cannot read them. None of HQ's is ever taken away: a device that was put back from a backup
//! asks for earlier ones.

use anyhow::Result;
use rusqlite::{OptionalExtension as _, TransactionBehavior};

use super::{Device, Hub, Trust, cached};

/// HQ's messages for a device: their numbers, and the bytes.
pub type Messages = Vec<(u32, Vec<u8>)>;

impl Hub {
    /// Keeps messages for a device; of two with a number the one that came first. Gives how many are new.
    ///
    /// # Errors
    /// Those of the database.
    pub fn keep_messages(&mut self, author: u32, messages: &[(u32, Vec<u8>)]) -> Result<u64> {
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut new = 0;
        for (number, bytes) in messages {
            let mut put = cached(&transaction, "INSERT OR IGNORE INTO message VALUES (?1, ?2, ?3)")?;
            new += put.execute((author, number, bytes))? as u64;
        }
        transaction.commit()?;
        Ok(new)
    }

    /// The messages for a device are these, as HQ says in person; another hub may have brought others.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_messages(&mut self, author: u32, messages: &[(u32, Vec<u8>)]) -> Result<()> {
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        cached(&transaction, "DELETE FROM message WHERE author = ?1")?.execute((author,))?;
        for (number, bytes) in messages {
            cached(&transaction, "INSERT INTO message VALUES (?1, ?2, ?3)")?.execute((author, number, bytes))?;
        }
        Ok(transaction.commit()?)
    }

    /// The messages for a device from a number on, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn messages(&self, author: u32, from: u32) -> Result<Messages> {
        let sql = "SELECT number, bytes FROM message WHERE author = ?1 AND number >= ?2 ORDER BY number";
        let mut statement = self.database.prepare_cached(sql)?;
        let rows = statement.query_map((author, from), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The message whose number has this low byte: the first from the one on that the device waits for, as far as it said; or else the last
    /// before it, should the device have been put back.
    ///
    /// # Errors
    /// Those of the database.
    pub fn message(&self, author: u32, low: u8) -> Result<Option<(u32, Vec<u8>)>> {
        let sql = "SELECT number, bytes FROM message WHERE author = ?1 AND number & 255 = ?2
            ORDER BY number < (SELECT heard FROM device WHERE author = ?1),
            CASE WHEN number < (SELECT heard FROM device WHERE author = ?1) THEN -number ELSE number END LIMIT 1";
        let mut statement = self.database.prepare_cached(sql)?;
        Ok(statement.query_row((author, low), |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// Whether there is a message that a device has not heard, as far as it said, and is to hear: one that HQ revoked is told no more than
    /// to erase its keys.
    ///
    /// # Errors
    /// Those of the database.
    pub fn must_hear(&self, device: &Device) -> Result<bool> {
        Ok(device.trust != Trust::Revoked && !self.messages(device.author, self.heard(device.author)?)?.is_empty())
    }

    /// Which message the device waits for, as far as it said.
    ///
    /// # Errors
    /// Those of the database.
    pub fn heard(&self, author: u32) -> Result<u32> {
        let mut statement = self.database.prepare_cached("SELECT heard FROM device WHERE author = ?1")?;
        Ok(statement.query_row((author,), |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// The device says that it waits for this message.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_heard(&mut self, author: u32, next: u32) -> Result<()> {
        let sql = "UPDATE device SET heard = ?2 WHERE author = ?1 AND heard <> ?2";
        self.database.prepare_cached(sql)?.execute((author, next))?;
        Ok(())
    }

    /// The same, of whose number only the low byte is known: the first from the one before on, if there can be such a one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_heard_low(&mut self, author: u32, low: u8) -> Result<()> {
        let before = self.heard(author)?;
        let [from, ..] = before.to_le_bytes();
        let next = before.saturating_add(low.wrapping_sub(from).into());
        let sql = "SELECT coalesce(max(number) + 1, 0) FROM message WHERE author = ?1";
        let end: u32 = self.database.prepare_cached(sql)?.query_row((author,), |row| row.get(0))?;
        if next != before && next <= end { self.has_heard(author, next) } else { Ok(()) }
    }
}
