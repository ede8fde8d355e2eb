//! Devices, and what HQ says to them.

use anyhow::{Context as _, Result, bail};
use increp::seal::{MAX_DOWN, Message, Peer, Secret};
use rusqlite::{OptionalExtension as _, TransactionBehavior};
use zeroize::Zeroize as _;

use super::Hq;

/// A device, as HQ knows it.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its keys.
    pub peer: Peer,
    /// When HQ stopped to trust it, in seconds since 1970.
    pub revoked: Option<i64>,
    /// One of HQ's messages to it erases its keys.
    pub wiped: bool,
    /// The number of the message that it waits for, as far as hubs say.
    pub heard: u32,
}

/// A message as it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its number.
    pub number: u32,
    /// Sealed.
    pub bytes: Vec<u8>,
}

impl Hq {
    /// The number that a new device gets if nobody chooses another.
    ///
    /// # Errors
    /// Those of the database.
    pub fn next_author(&self) -> Result<u32> {
        Ok(self.database.query_row("SELECT coalesce(max(author), 0) + 1 FROM device", (), |row| row.get(0))?)
    }

    /// The devices, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn devices(&self) -> Result<Vec<Device>> {
        let sql = "SELECT peer, revoked, wiped, heard FROM device ORDER BY author";
        let mut statement = self.database.prepare_cached(sql)?;
        let rows = statement.query_map((), |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        let device = |row: rusqlite::Result<(Vec<u8>, _, _, _)>| -> Result<Device> {
            let (peer, revoked, wiped, heard) = row?;
            Ok(Device { peer: self.peer(&peer)?, revoked, wiped, heard })
        };
        rows.map(device).collect()
    }

    fn peer(&self, sealed: &[u8]) -> Result<Peer> {
        let peer = self.vault.open(sealed).with_context(|| self.file.display().to_string())?;
        Peer::from_bytes(&peer).with_context(|| self.file.display().to_string())
    }

    /// Takes a device in.
    ///
    /// # Errors
    /// Its number is taken.
    pub fn enrol(&mut self, peer: &Peer, now: i64) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO device (author, peer, enrolled) VALUES (?1, ?2, ?3)";
        if self.database.execute(sql, (peer.author(), self.vault.seal(peer.to_bytes().expose())?, now))? == 0 {
            bail!("{}: there is a device {} already", self.file.display(), peer.author());
        }
        Ok(())
    }

    /// Stops to trust a device; false if it was so before. None if there is no such device.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revoke(&mut self, author: u32, now: i64) -> Result<Option<bool>> {
        let changed =
            self.database.execute("UPDATE device SET revoked = ?2 WHERE author = ?1 AND revoked IS NULL", (author, now))?;
        let sql = "SELECT EXISTS (SELECT 1 FROM device WHERE author = ?1)";
        let known: bool = self.database.query_row(sql, (author,), |row| row.get(0))?;
        Ok(known.then_some(changed > 0))
    }

    /// Says something to a device: the key of the message is gone from here when this returns, and the message is kept.
    ///
    /// # Errors
    /// There is no such device, the message is too long, or those of the database.
    pub fn say(&mut self, author: u32, message: &Message<'_>, now: i64) -> Result<()> {
        self.next(author, now, |peer, room| Ok(Some(peer.say(message, room).context("a message")?.to_vec())))?;
        if matches!(message, Message::Wipe) {
            self.database.execute("UPDATE device SET wiped = 1 WHERE author = ?1", (author,))?;
        }
        Ok(())
    }

    /// Keeps the next message to a device, if there is one.
    fn next(
        &mut self,
        author: u32,
        now: i64,
        message: impl FnOnce(&mut Peer, &mut [u8]) -> Result<Option<Vec<u8>>>,
    ) -> Result<bool> {
        let Self { database, vault, file, .. } = self;
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sealed: Option<Vec<u8>> =
            transaction.query_row("SELECT peer FROM device WHERE author = ?1", (author,), |row| row.get(0)).optional()?;
        let Some(sealed) = sealed else { bail!("{}: there is no device {author}", file.display()) };
        let mut peer = Peer::from_bytes(&vault.open(&sealed)?).with_context(|| file.display().to_string())?;
        let (number, before) = (peer.next_down(), peer.hop_key().clone());
        let mut buffer = [0; MAX_DOWN];
        let bytes = message(&mut peer, &mut buffer)?;
        buffer.zeroize();
        let Some(bytes) = bytes else { return Ok(false) };
        transaction.execute("INSERT INTO message VALUES (?1, ?2, ?3, ?4)", (author, number, &bytes, now))?;
        if *peer.hop_key() != before {
            transaction.execute("INSERT INTO hop VALUES (?1, ?2, ?3)", (author, number, vault.seal(before.expose())?))?;
        }
        let sql = "UPDATE device SET peer = ?2 WHERE author = ?1";
        transaction.execute(sql, (author, vault.seal(peer.to_bytes().expose())?))?;
        transaction.commit()?;
        Ok(true)
    }

    /// Takes messages that HQ has said and does not know of, for it was put back to an older state: as many as are HQ's, and next in their turn.
    /// Gives how many.
    ///
    /// # Errors
    /// Those of the database.
    pub fn take_back(&mut self, author: u32, messages: &[(u32, Vec<u8>)], now: i64) -> Result<u64> {
        let mut taken = 0;
        for (number, bytes) in messages {
            let done = self.next(author, now, |peer, room| {
                let is_next = *number == peer.next_down() && peer.said(bytes, room).is_ok();
                Ok(is_next.then(|| bytes.clone()))
            })?;
            taken += u64::from(done);
        }
        Ok(taken)
    }

    /// What was said to a device, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn told(&self, author: u32) -> Result<Vec<Told>> {
        let mut statement = self.database.prepare_cached("SELECT number, bytes FROM message WHERE author = ?1 ORDER BY number")?;
        let rows = statement.query_map((author,), |row| Ok(Told { number: row.get(0)?, bytes: row.get(1)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The keys that a device shared with hubs before the last one, the oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn earlier_hop_keys(&self, author: u32) -> Result<Vec<Secret<16>>> {
        let mut statement = self.database.prepare_cached("SELECT hop FROM hop WHERE author = ?1 ORDER BY number")?;
        let rows = statement.query_map((author,), |row| row.get::<_, Vec<u8>>(0))?;
        let key = |sealed: rusqlite::Result<Vec<u8>>| -> Result<Secret<16>> {
            let key = self.vault.open(&sealed?)?;
            key.first_chunk().map(|key| Secret::new(*key)).context("HQ's store: a key")
        };
        rows.map(key).collect()
    }

    /// A hub says that a device waits for this message. It is not believed to wait for one that was never said.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_heard(&mut self, author: u32, next: u32) -> Result<()> {
        let sql = "UPDATE device SET heard = ?2 WHERE author = ?1 AND heard < ?2
            AND ?2 <= (SELECT coalesce(max(number) + 1, 0) FROM message WHERE author = ?1)";
        self.database.prepare_cached(sql)?.execute((author, next))?;
        Ok(())
    }
}
