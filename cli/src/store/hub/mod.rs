//! A hub's folder: sealed records that it cannot open, by author, epoch and number.
//!
//! | file | what it holds |
//! |---|---|
//! | `hub.key` | the hub's secret key, which opens stick files |
//! | `hub.db` | the rest |
//!
//! Nothing that was kept is ever changed or taken away; the tables refuse it. A record that comes again is known; another body
//! under a number that is taken is kept beside the first one, and the number is flagged.
//!
//! | module | what it has |
//! |---|---|
//! | `records.rs` | records, and what there is of each epoch |
//! | `word.rs` | what devices and HQ say of records: what waits, what is refused, receipts |
//! | `devices.rs` | the devices that it knows, and the keys that it shares with them |
//! | `messages.rs` | HQ's messages on their way to devices |
//! | `others.rs` | the other hubs of the mission, and what each of them has |

mod devices;
mod messages;
mod others;
mod records;
mod word;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use increp::seal::Secret;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, TransactionBehavior};

use super::{Kind, application, key, open, own_folder};
use crate::link::file::sealed;

pub use devices::{Device, MOST_KEYS, Trust};
pub use messages::Messages;
pub use others::Elsewhere;
pub use records::{Added, Adding, Have, Kept, Run};

/// The database in a hub's folder.
pub const FILE: &str = "hub.db";
/// The key in a hub's folder.
pub const KEY: &str = "hub.key";
const WHAT: &str = "increp hub key 1";

const KIND: Kind =
    Kind { name: "a hub's store", application: application(b'h'), migrations: &[VERSION_1, VERSION_2, VERSION_3, VERSION_4] };

/// `fork` counts the bodies of a number: 0 is the one that came first. `have` has a bit for each number of the epoch, so what a
/// device lacks is told from one row, however much is here. `digest` changes with every record of the epoch, so that HQ need not look
/// at what it has seen, and two hubs see whether they have the same: the sum of the records' own, each the first 16 bytes of its
/// SHA-256. `refused` has the numbers
/// under which HQ has no good body. `waits` is what a device last said it keeps without HQ's word.
const VERSION_1: &str = "
    CREATE TABLE record (
        author INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, fork INTEGER NOT NULL,
        bytes BLOB NOT NULL, came INTEGER NOT NULL,
        PRIMARY KEY (author, epoch, seq, fork)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE epoch (
        author INTEGER NOT NULL, epoch INTEGER NOT NULL,
        have BLOB NOT NULL CHECK (length(have) = 32), forked BLOB NOT NULL CHECK (length(forked) = 32),
        digest BLOB NOT NULL CHECK (length(digest) = 16), refused BLOB NOT NULL CHECK (length(refused) = 32),
        PRIMARY KEY (author, epoch)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE device (
        author INTEGER PRIMARY KEY NOT NULL, hop BLOB NOT NULL CHECK (length(hop) = 16), revoked INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE waits (
        author INTEGER NOT NULL, epoch INTEGER NOT NULL, numbers BLOB NOT NULL CHECK (length(numbers) = 32),
        PRIMARY KEY (author, epoch)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE receipt (
        author INTEGER NOT NULL, epoch INTEGER NOT NULL, receipt BLOB NOT NULL, came INTEGER NOT NULL,
        PRIMARY KEY (author, epoch)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER record_stays BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'a record is never changed'); END;
    CREATE TRIGGER record_is_kept BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'a record is never deleted'); END;
";

/// The hubs of the mission, and what each of them last said it has.
const VERSION_2: &str = "
    CREATE TABLE hub (public BLOB PRIMARY KEY NOT NULL CHECK (length(public) = 32)) STRICT, WITHOUT ROWID;
    CREATE TABLE elsewhere (
        hub BLOB NOT NULL CHECK (length(hub) = 32), author INTEGER NOT NULL, epoch INTEGER NOT NULL,
        numbers BLOB NOT NULL CHECK (length(numbers) = 32), digest BLOB NOT NULL CHECK (length(digest) = 16),
        PRIMARY KEY (hub, author, epoch)
    ) STRICT, WITHOUT ROWID;
";

/// HQ's messages, as they were sealed. `heard` is the number of the one that a device waits for, as far as it said. `hop` are keys that a
/// device may use beside the one in its row: `before` is 1 for those before it, 2 as soon as that one was used, for then they count no longer
/// and do not come back; 0 for such as only another hub told of. `letter` is what another hub last said beside records, over a link. A device whose `revoked` is 2 is to hear HQ's messages nevertheless, for one of them wipes it. `hub.revoked` are hubs that HQ revoked.
const VERSION_3: &str = "
    CREATE TABLE message (
        author INTEGER NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL,
        PRIMARY KEY (author, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE hop (
        author INTEGER NOT NULL, hop BLOB NOT NULL CHECK (length(hop) = 16), before INTEGER NOT NULL,
        PRIMARY KEY (author, hop)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE letter (
        hub BLOB PRIMARY KEY NOT NULL CHECK (length(hub) = 32), epoch INTEGER NOT NULL, bytes BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE device ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE hub ADD COLUMN revoked INTEGER NOT NULL DEFAULT 0;
";

/// Whose hub it is: the SHA-256 of the first key that its HQ ever had. How many records there are of an epoch, each body for itself: with
/// every one that comes it is more.
const VERSION_4: &str = "
    ALTER TABLE epoch ADD COLUMN many INTEGER NOT NULL DEFAULT 0;
    UPDATE epoch SET many = (SELECT count(*) FROM record WHERE record.author = epoch.author AND record.epoch = epoch.epoch);
    CREATE TABLE mission (hq BLOB PRIMARY KEY NOT NULL CHECK (length(hq) = 32)) STRICT, WITHOUT ROWID;
    CREATE TRIGGER one_mission BEFORE INSERT ON mission WHEN EXISTS (SELECT 1 FROM mission)
        BEGIN SELECT RAISE(ABORT, 'a hub is of one mission'); END;
";

/// A hub's key and store.
#[derive(Debug)]
pub struct Hub {
    database: Connection,
    file: PathBuf,
    key: Secret<32>,
}

impl Hub {
    /// Makes a hub's folder, with a new key.
    ///
    /// # Errors
    /// There is one already, or it cannot be written.
    pub fn create(folder: &Path) -> Result<()> {
        own_folder(folder, KEY)?;
        // The key comes last: a folder without it is no hub yet.
        drop(open(&folder.join(FILE), &KIND)?);
        let (secret, _) = sealed::hub_key()?;
        key::write(&folder.join(KEY), WHAT, &secret, None)
    }

    /// Whether a folder is that of a hub.
    #[must_use]
    pub fn is_at(folder: &Path) -> bool {
        folder.join(KEY).exists()
    }

    /// Opens a hub's folder.
    ///
    /// # Errors
    /// There is none, or others may read its keys.
    pub fn open(folder: &Path) -> Result<Self> {
        let file = folder.join(FILE);
        if !Self::is_at(folder) {
            bail!("{}: there is no hub: increp hq hub makes one", folder.display());
        }
        let key = key::read(&folder.join(KEY), WHAT)?;
        // It holds the keys that hubs share with devices.
        drop(super::private_file(&file)?);
        Ok(Self { database: open(&file, &KIND)?, file, key })
    }

    /// The secret key, which opens stick files.
    #[must_use]
    pub const fn key(&self) -> &Secret<32> {
        &self.key
    }

    /// The hub is of this HQ's mission, if it was of none before; or else whether it was.
    ///
    /// # Errors
    /// Those of the database.
    pub fn belongs_to(&mut self, hq: &[u8; 32]) -> Result<bool> {
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let known: Option<[u8; 32]> = transaction.query_row("SELECT hq FROM mission", (), |row| row.get(0)).optional()?;
        if known.is_none() {
            transaction.execute("INSERT INTO mission VALUES (?1)", (hq,))?;
        }
        transaction.commit()?;
        Ok(known.is_none_or(|known| known == *hq))
    }

    /// The public key, for which devices seal stick files.
    ///
    /// # Errors
    /// The secret one is none.
    pub fn public(&self) -> Result<[u8; 32]> {
        sealed::hub_public(&self.key)
    }
}

fn cached<'c>(database: &'c Connection, sql: &str) -> rusqlite::Result<CachedStatement<'c>> {
    database.prepare_cached(sql)
}
