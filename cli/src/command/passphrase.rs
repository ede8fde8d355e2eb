//! `increp passphrase`: keys locked with another passphrase, or with none.

use anyhow::Result;

use crate::args::Passphrase;
use crate::exit::Exit;
use crate::store::device::Folder;
use crate::store::hq::Hq;
use crate::store::passphrase::Lock;

pub(super) fn run(arguments: &Passphrase) -> Result<Exit> {
    let Some(folder) = arguments.hq.as_ref().or(arguments.device.as_ref()) else { return Ok(Exit::Usage) };
    let name = folder.display().to_string();
    let lock = if arguments.remove { None } else { Some(Lock::ask_new(&name)?) };
    let how = match lock {
        Some(_) => "the passphrase is needed from now on; nobody reads it without, you neither",
        None => "no passphrase is needed from now on: keep the folder on an encrypted disk",
    };
    if arguments.hq.is_some() {
        Hq::relock(folder, lock.as_ref())?
    } else {
        Folder::relock(folder, lock)?
    }
    say!("{name}: {how}");
    Ok(Exit::Success)
}
