//! What stands on disk: a hub's store, HQ's store, and a file as the flash of a device.
//!
//! | file | what it holds |
//! |---|---|
//! | `device.rs` | the folder of a laptop that is a device |
//! | `flash.rs` | a file as flash, for the journal and the key page of a device |
//! | `hub/` | sealed records of all devices, as a hub keeps them; receipts on their way back |
//! | `hq/` | HQ's keys, what it keeps of devices, and the archive of reports |
//! | `key.rs` | a file with a secret key |
//! | `passphrase.rs` | files that a passphrase locks |
//! | `vault.rs` | what is secret in HQ's database |
//! | `numbers.rs` | which numbers of an epoch there are |

pub mod device;
pub mod flash;
pub mod hq;
pub mod hub;
pub mod key;
mod numbers;
pub mod passphrase;
pub mod vault;

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

pub use numbers::Numbers;

/// What a database is, in SQLite's own head of the file: "irp" and a letter for the role.
const fn application(role: u8) -> i32 {
    i32::from_be_bytes([b'i', b'r', b'p', role])
}

/// How long to wait for another process that writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Memory that a database may take, at most.
const CACHE_KIB: i32 = 64 << 10;

/// Pages of 4 KiB in the log before they are moved into the database.
const LOG_PAGES: i32 = 16 << 10;

/// A kind of database: what it is, and what made each version of its tables out of the one before.
struct Kind {
    /// In words, for messages.
    name: &'static str,
    application: i32,
    /// The first makes version 1 out of nothing.
    migrations: &'static [&'static str],
}

/// Opens a database, or begins one. What a commit has confirmed is there from then on, whatever happens to the power.
///
/// # Errors
/// The file cannot be opened, is no such database, or is one of a later version.
fn open(file: &Path, kind: &Kind) -> Result<Connection> {
    let context = || format!("{}: cannot be opened", file.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if !file.exists() {
        // SQLite gives its helper files the mode of the database.
        private(file).and_then(|file| file.sync_all()).with_context(context)?;
        sync_folder(file.parent()).with_context(context)?;
    }
    let mut database = Connection::open_with_flags(file, flags).with_context(context)?;
    database.busy_timeout(PATIENCE).with_context(context)?;
    migrate(&mut database, kind).with_context(|| file.display().to_string())?;
    Ok(database)
}

fn migrate(database: &mut Connection, kind: &Kind) -> Result<()> {
    let number = |name: &str| database.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let version = usize::try_from(number("user_version")?).unwrap_or(usize::MAX);
    if number("application_id")? != kind.application && (version > 0 || has_tables(database)?) {
        bail!("is not {}", kind.name);
    }
    if version > kind.migrations.len() {
        bail!(
            "was written by a later version of increp: its tables are of version {version}, this build knows {}",
            kind.migrations.len()
        );
    }
    // The log beside the database lets readers go on while one writes; FULL makes every commit wait for the disk.
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    // Records come in no order, so each touches a page of its own: with less memory, or less log, most of the work would be moving pages.
    database.pragma_update(None, "cache_size", -CACHE_KIB)?;
    database.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    // What is deleted is overwritten.
    database.pragma_update(None, "secure_delete", true)?;
    // Two processes may find the same old version: the second one finds nothing left to do.
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = transaction.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))?;
    for (number, migration) in (1_u32..).zip(kind.migrations).skip(usize::try_from(version)?) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.pragma_update(None, "application_id", kind.application)?;
    }
    transaction.commit()?;
    Ok(())
}

fn has_tables(database: &Connection) -> rusqlite::Result<bool> {
    database.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema)", (), |row| row.get(0))
}

/// A new file that nobody else may read.
pub(crate) fn private(file: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

/// Writes a new file that nobody else may read, and waits until it is on the disk.
///
/// # Errors
/// There is such a file, or it cannot be written.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let context = || format!("{}: cannot be written", path.display());
    let mut file = private(path).with_context(context)?;
    io::Write::write_all(&mut file, bytes).and_then(|()| file.sync_all()).with_context(context)?;
    sync_folder(path.parent()).with_context(context)
}

/// Another file, which nobody else may read, takes the place of one: killed at any moment, one of the two is there. Gives the new one.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut name = path.to_path_buf().into_os_string();
    name.push(".new");
    let new = std::path::PathBuf::from(name);
    // What was left when the power went.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private(&new)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    sync_folder(path.parent())?;
    Ok(file)
}

/// Overwrites what a file has that is no longer in its folder, as far as the disk does what it is told.
pub(crate) fn wipe(mut file: &File) -> io::Result<()> {
    let length = file.metadata()?.len();
    io::Seek::seek(&mut file, io::SeekFrom::Start(0))?;
    io::copy(&mut io::Read::take(io::repeat(0), length), &mut file)?;
    file.sync_all()
}

/// Opens a file that nobody else may read.
///
/// # Errors
/// The file cannot be opened, or others may read it too.
pub(crate) fn private_file(file: &Path) -> Result<File> {
    let context = || format!("{}: cannot be opened", file.display());
    let opened = File::options().read(true).write(true).open(file).with_context(context)?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&opened.metadata().with_context(context)?.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            let name = file.display();
            bail!(
                "{name}: expected a file that only you may use, mode 0600, found {mode:04o}: who could read it may have its keys; chmod 600 {name} if nobody did"
            );
        }
    }
    Ok(opened)
}

/// A folder that nobody else may look into, if there is none yet.
fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    sync_folder(folder.parent())
}

/// HQ, a hub and a device, of one of which `own` is the key file, each have a folder of their own.
///
/// # Errors
/// The folder is another one's.
fn no_others(folder: &Path, own: &str) -> Result<()> {
    for (what, file) in [("HQ's", hq::KEY), ("a hub's", hub::KEY), ("a device's", device::KEYS)] {
        if file != own && folder.join(file).exists() {
            bail!("{}: is {what} folder already: give each a folder of its own", folder.display());
        }
    }
    Ok(())
}

/// Makes a folder for the one of whom `own` is the key file.
///
/// # Errors
/// It is another one's, or cannot be made.
fn own_folder(folder: &Path, own: &str) -> Result<()> {
    no_others(folder, own)?;
    private_folder(folder).with_context(|| format!("{}: cannot be made", folder.display()))
}

/// Waits until what a folder lists is on the disk.
pub(crate) fn sync_folder(folder: Option<&Path>) -> io::Result<()> {
    // A relative path of one name has an empty parent.
    let folder = folder.filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    // Only Unix can open a folder.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Bytes that nobody can foretell.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("the operating system has no randomness: {error}"))?;
    Ok(bytes)
}

/// Seconds since 1970, as the machine's clock says.
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
