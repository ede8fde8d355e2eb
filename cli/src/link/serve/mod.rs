//! A hub that is always there: one loop over all its links, which waits for nobody.
//!
//! | file | what it does |
//! |---|---|
//! | `mod.rs` | the loop: waits until something can be done, reads all that has come, keeps it, answers |
//! | `streams.rs` | TCP connections and serial lines |
//! | `datagrams.rs` | UDP |
//!
//! All that came in a turn is kept in one transaction before the first answer, so a thousand devices share one wait for the disk. Who
//! is slow, sends garbage or nothing at all costs the others a bounded share: each stream is read a little at a time, has a bounded
//! room for what it does not take, and is closed when it sends nothing good; of what cannot be told from garbage only so many frames
//! a second are looked at. In numbers:
//!
//! | what is bounded | how |
//! |---|---|
//! | codes reckoned for a frame, wrong ones a second | by the engine: 8; 10,000 with 8 bytes of code, 10 with 4 |
//! | frames in a row with a wrong code | 16: then a connection is closed, a UDP source not heard for ten seconds; of who was never good 4, or 32 over UDP |
//! | frames with a wrong code from UDP sources that never sent a good one | 600 a second in all and at once, 5 with codes of 4 bytes |
//! | new connections | 16 a turn |
//! | a connection without any good frame | 30 seconds |
//! | a connection that was good, and is silent | ten minutes |
//! | connections of a link | 2048: then the oldest that never sent anything good makes room, or the one that was not heard for longest |

mod datagrams;
mod streams;

use std::collections::BTreeSet;
use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;

use anyhow::{Context as _, Result};
use increp::link::Session;
use increp::seal::MAX_RECORD;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use self::datagrams::Datagrams;
use self::streams::{CONNECTIONS, SESSIONS, Streams};
use super::airtime::Airtime;
use super::framed::{Carrier, Framed};
use super::progress::Progress;
use super::shelf::Shelf;
use super::{Unusable, uptime};
use crate::store::hub::{Added, Hub};

/// Milliseconds after which the loop looks around even if nothing has come.
const TURN: u64 = 1000;
/// Files that may be open, if the system allows as many.
const FILES: u64 = 8192;
/// Frames with a wrong code in a row, after which nobody listens to who was good before.
const MOST_BAD: u16 = 16;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Devices that were heard.
    pub devices: u64,
    /// What became of their records.
    pub added: Added,
    /// Frames that came.
    pub frames: u64,
    /// Frames that were nobody's: damaged, forged, or of an unknown or revoked device.
    pub bad_frames: u64,
    /// Connections that were made.
    pub connections: u64,
}

/// What all links share.
struct Turn<'t, 'h> {
    now: u64,
    shelf: &'t mut Shelf<'h>,
    heard: &'t mut BTreeSet<u32>,
    outcome: &'t mut Outcome,
    /// Room for a record.
    room: &'t mut [u8],
}

impl Turn<'_, '_> {
    /// Takes a frame, if it is a device's; gives the device.
    fn receive(&mut self, hub: &mut increp::link::Hub<'_>, frame: &mut [u8], from: Option<u32>) -> Result<Option<u32>> {
        self.outcome.frames += 1;
        let author = self.shelf.take(hub, self.now, frame, from, self.room)?;
        match author {
            // The other hubs are no devices.
            Some(author) if !self.shelf.is_other(author) => drop(self.heard.insert(self.shelf.device(author))),
            Some(_) => {}
            None => self.outcome.bad_frames += 1,
        }
        Ok(author)
    }
}

/// One of the hub's links.
struct Port<'s> {
    airtime: Airtime,
    way: Way<'s>,
}

enum Way<'s> {
    Streams(Streams<'s>),
    Datagrams(Datagrams<'s>),
}

/// Keeps what comes over some links, and answers, until there is something to read from `stop`. `listening` is told the links as they are once they
/// are open, with the ports that the system chose.
///
/// # Errors
/// A link cannot be opened, or the hub's store cannot be read or written; what was said to be here is.
pub fn serve(
    hub: &mut Hub,
    folder: &Path,
    links: &[Framed],
    stop: BorrowedFd<'_>,
    mut listening: impl FnMut(&[String]) -> Result<()>,
) -> Result<Outcome> {
    allow_files();
    let mut sessions = vec![Session::FREE; links.len() * CONNECTIONS * SESSIONS];
    let (mut ports, mut names) = (Vec::new(), Vec::new());
    for (link, sessions) in links.iter().zip(sessions.chunks_mut(CONNECTIONS * SESSIONS)) {
        let opened = match &link.carrier {
            Carrier::Udp(target) => Datagrams::open(link, target, sessions).map(|(way, port)| (Way::Datagrams(way), link.at(port))),
            Carrier::Tcp(target) => Streams::listen(link, target, sessions).map(|(way, port)| (Way::Streams(way), link.at(port))),
            Carrier::Serial { path, baud } => Ok((Way::Streams(Streams::line(link, path, *baud, sessions)), link.to_string())),
        };
        let (way, name) = opened.map_err(|error| Unusable(format!("{link}: cannot be opened: {error}")))?;
        ports.push(Port { airtime: Airtime::open(folder, link)?, way });
        names.push(name);
    }
    let mut shelf = Shelf::new(hub)?;
    listening(&names)?;
    let (mut heard, mut outcome, mut room) = (BTreeSet::new(), Outcome::default(), vec![0; MAX_RECORD]);
    let progress = Progress::new();
    let mut due = 0;
    loop {
        let flags = wait(&ports, stop, due).context("waiting for links")?;
        let mut flags = flags.into_iter();
        let is_over = flags.next().is_some_and(|flags| !flags.is_empty());
        shelf.look()?;
        let mut turn =
            Turn { now: uptime(), shelf: &mut shelf, heard: &mut heard, outcome: &mut outcome, room: room.as_mut_slice() };
        for port in &mut ports {
            match &mut port.way {
                Way::Streams(streams) => streams.read(&mut flags, &mut turn)?,
                Way::Datagrams(datagrams) => datagrams.read(&mut flags, &mut turn)?,
            }
        }
        due = turn.now + TURN;
        for port in &mut ports {
            due = due.min(match &mut port.way {
                Way::Streams(streams) => streams.answer(&mut port.airtime, &mut turn)?,
                Way::Datagrams(datagrams) => datagrams.answer(&mut port.airtime, &mut turn)?,
            });
        }
        if is_over {
            break;
        }
        progress.say(|| format!("{} devices heard, {} new records", heard.len(), shelf.added.new));
    }
    shelf.finish()?;
    Ok(Outcome { devices: heard.len() as u64, added: shelf.added, ..outcome })
}

/// Waits until something can be read or written, or until then; says what, of `stop` first.
fn wait(ports: &[Port<'_>], stop: BorrowedFd<'_>, until: u64) -> io::Result<Vec<PollFlags>> {
    let mut fds = vec![PollFd::from_borrowed_fd(stop, PollFlags::IN)];
    for port in ports {
        match &port.way {
            Way::Streams(streams) => streams.wants(&mut fds),
            Way::Datagrams(datagrams) => datagrams.wants(&mut fds),
        }
    }
    let left = until.saturating_sub(uptime()).min(TURN);
    let left = Timespec { tv_sec: 0, tv_nsec: 1_000_000 * i64::try_from(left.min(999)).unwrap_or(0) };
    match poll(&mut fds, Some(&left)) {
        Ok(_) => Ok(fds.iter().map(PollFd::revents).collect()),
        // A signal: what is to be done about it is in `stop`.
        Err(Errno::INTR) => Ok(vec![PollFlags::empty(); fds.len()]),
        Err(error) => Err(error.into()),
    }
}

/// Each connection is a file.
fn allow_files() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = FILES.min(maximum.unwrap_or(u64::MAX));
    if current.is_some_and(|current| current < wanted) {
        // With fewer there are fewer connections at a time.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
    }
}
