//! `increp sync`: sealed reports from a device to a hub, and receipts back.

mod device;
mod hub;

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::args::Sync;
use crate::exit::Exit;
use crate::link::Link;
use crate::link::file::content::Content;
use crate::link::file::sealed::{self, Opener, Refused};
use crate::link::file::{list, read};

pub(super) fn run(arguments: &Sync) -> Result<Exit> {
    let Link::File(stick) = &arguments.link;
    match (&arguments.device, &arguments.hub) {
        (Some(folder), _) => device::run(folder, stick, arguments.json),
        (None, Some(folder)) => hub::run(folder, stick, arguments.json),
        (None, None) => Ok(Exit::Usage),
    }
}

/// A stick file that was opened.
struct Opened<'o> {
    path: PathBuf,
    content: Content,
    by: &'o Opener,
}

/// What was found on a stick.
#[derive(Default)]
struct Found<'o> {
    opened: Vec<Opened<'o>>,
    /// Whole files for somebody else.
    others: u64,
    /// Files that stay where they are, since something is wrong with them.
    refused: u64,
}

impl Found<'_> {
    /// Names a file that is refused.
    fn refuse(&mut self, path: &Path, why: &dyn std::fmt::Display) {
        say!("{}: {why}; it is left where it is", path.display());
        self.refused += 1;
    }
}

/// Opens what some keys can open of the stick files in a folder.
fn open<'o>(stick: &Path, openers: &'o [Opener]) -> Result<Found<'o>> {
    let mut found = Found::default();
    for path in list(stick)? {
        let file = match read(&path) {
            Ok(Ok(file)) => file,
            Ok(Err(refused)) => {
                found.refuse(&path, &refused);
                continue;
            }
            Err(error) => {
                found.refuse(&path, &format!("cannot be read: {error}"));
                continue;
            }
        };
        match sealed::open(&file, openers) {
            Err(Refused::Others) => found.others += 1,
            Err(refused) => found.refuse(&path, &refused),
            Ok((bytes, by)) => match Content::parse(&bytes) {
                Ok(content) => found.opened.push(Opened { path, content, by }),
                Err(broken) => found.refuse(&path, &broken),
            },
        }
    }
    Ok(found)
}
