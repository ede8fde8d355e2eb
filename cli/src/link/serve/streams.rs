//! TCP connections, and a serial line as if it were one that is always there.

use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use increp::link::{Answer, Hub, Session, Step, Terms};
use rustix::event::{PollFd, PollFlags};

use super::{MOST_BAD, Turn};
use crate::link::airtime::Airtime;
use crate::link::framed::Framed;
use crate::link::pass::Other;
use crate::link::stream::{Bytes, Stream};
use crate::link::{serial, tcp};

/// Connections at a time.
pub(super) const CONNECTIONS: usize = 2048;
/// Devices that speak over one connection at a time: a radio's gateway brings several.
pub(super) const SESSIONS: usize = 8;
/// Connections that are accepted in one turn.
const AT_ONCE: usize = 16;
/// Bad frames in a row of who was never good.
const MOST_BAD_OF_STRANGERS: u16 = 4;
/// Milliseconds: without a good frame, without another one, and before a line or a listener is tried again.
const STRANGER: u64 = 30_000;
const SILENT: u64 = 600_000;
const AGAIN: u64 = 1000;

/// Somebody at the other end of a stream.
struct Connection<'s> {
    stream: Stream,
    hub: Hub<'s>,
    /// Who was last heard.
    author: Option<u32>,
    /// When it was made, and when something good last came.
    began: u64,
    heard: Option<u64>,
    /// Bad frames since then.
    bad: u16,
    /// When something is to be sent.
    due: u64,
    /// It is another hub.
    other: Option<Other>,
    is_closed: bool,
}

/// Where streams come from.
enum Source {
    Listener(TcpListener),
    Line { path: PathBuf, baud: u32, said: bool },
}

/// All streams of a link.
pub(super) struct Streams<'s> {
    link: Framed,
    source: Source,
    connections: Vec<Connection<'s>>,
    /// For the next ones.
    free: Vec<Hub<'s>>,
    /// When the source may be tried again.
    next: u64,
    frame: Vec<u8>,
}

impl<'s> Streams<'s> {
    /// Waits for connections; gives the port too.
    pub(super) fn listen(link: &Framed, target: &str, sessions: &'s mut [Session]) -> io::Result<(Self, u16)> {
        let listener = tcp::listen(target)?;
        let port = listener.local_addr()?.port();
        Ok((Self::new(link, Source::Listener(listener), sessions.chunks_mut(SESSIONS)), port))
    }

    /// A serial line, which is opened when it is there.
    pub(super) fn line(link: &Framed, path: &Path, baud: u32, sessions: &'s mut [Session]) -> Self {
        Self::new(link, Source::Line { path: path.to_owned(), baud, said: false }, std::iter::once(sessions))
    }

    fn new(link: &Framed, source: Source, sessions: impl Iterator<Item = &'s mut [Session]>) -> Self {
        let free = sessions.map(|sessions| Hub::new(link.terms, sessions)).collect();
        Self { link: link.clone(), source, connections: Vec::new(), free, next: 0, frame: vec![0; link.terms.mtu.into()] }
    }

    /// What is to be waited for, in an order that [`Streams::read`] knows.
    pub(super) fn wants<'f>(&'f self, fds: &mut Vec<PollFd<'f>>) {
        if let Source::Listener(listener) = &self.source {
            let what = if self.next == 0 { PollFlags::IN } else { PollFlags::empty() };
            fds.push(PollFd::from_borrowed_fd(listener.as_fd(), what));
        }
        for connection in &self.connections {
            let out = if connection.stream.is_full() { PollFlags::OUT } else { PollFlags::empty() };
            fds.push(PollFd::from_borrowed_fd(connection.stream.fd(), PollFlags::IN | out));
        }
    }

    /// Reads what has come, a little of each.
    pub(super) fn read(&mut self, flags: &mut impl Iterator<Item = PollFlags>, turn: &mut Turn<'_, '_>) -> Result<()> {
        let is_listener = matches!(self.source, Source::Listener(_));
        let accepts = is_listener && flags.next().is_some_and(|flags| !flags.is_empty());
        for connection in &mut self.connections {
            let flags = flags.next().unwrap_or(PollFlags::empty());
            if flags.contains(PollFlags::OUT) {
                connection.is_closed |= connection.stream.flush().is_err();
            }
            if !flags.difference(PollFlags::OUT).is_empty() {
                connection.read(&self.link.terms, is_listener, turn)?;
            }
        }
        if accepts {
            self.accept(turn);
        }
        Ok(())
    }

    /// Takes new connections, as many as there is room for.
    fn accept(&mut self, turn: &mut Turn<'_, '_>) {
        for _ in 0..AT_ONCE {
            let Source::Listener(listener) = &self.source else { return };
            match listener.accept().and_then(|(stream, _)| tcp::prepare(stream)) {
                Ok(stream) => {
                    turn.outcome.connections += 1;
                    self.begin(Box::new(stream), turn.now);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // It was broken off already.
                Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted) => {}
                // No more files may be open: later there may.
                Err(_) => {
                    self.next = turn.now + AGAIN;
                    return;
                }
            }
        }
    }

    fn begin(&mut self, bytes: Box<dyn Bytes>, now: u64) {
        if self.free.is_empty() {
            // The stranger that is here for longest, or who was not heard for longest: whoever is alive comes again.
            let age = |connection: &Connection<'_>| (connection.heard.unwrap_or(0), connection.began);
            let oldest = self.connections.iter().enumerate().min_by_key(|(_, connection)| age(connection));
            let Some((oldest, _)) = oldest else { return };
            self.end(oldest);
        }
        let Some(hub) = self.free.pop() else { return };
        let (stream, author) = (Stream::new(bytes, self.link.terms.mtu), self.link.device);
        self.connections.push(Connection {
            stream,
            hub,
            author,
            began: now,
            heard: None,
            bad: 0,
            due: u64::MAX,
            other: None,
            is_closed: false,
        });
    }

    fn end(&mut self, at: usize) {
        let mut hub = self.connections.swap_remove(at).hub;
        hub.forget();
        self.free.push(hub);
    }

    /// Sends what is due; gives when there will be more.
    pub(super) fn answer(&mut self, airtime: &mut Airtime, turn: &mut Turn<'_, '_>) -> Result<u64> {
        let is_listener = matches!(self.source, Source::Listener(_));
        let mut due = u64::MAX;
        for connection in &mut self.connections {
            connection.is_closed |= is_listener && connection.is_over(turn.now);
            if !connection.is_closed && connection.due <= turn.now {
                connection.answer(&mut self.frame, airtime, turn)?;
            }
            due = due.min(connection.due);
        }
        for at in (0..self.connections.len()).rev() {
            if self.connections.get(at).is_some_and(|connection| connection.is_closed) {
                self.end(at);
            }
        }
        if self.next <= turn.now {
            self.next = 0;
            self.open(turn.now);
        }
        Ok(due.min(if self.next == 0 { u64::MAX } else { self.next }))
    }

    /// Opens the line, if it is one and is not open.
    fn open(&mut self, now: u64) {
        let Source::Line { path, baud, said } = &mut self.source else { return };
        if !self.connections.is_empty() {
            return;
        }
        match serial::open(path, *baud) {
            Ok(line) => {
                if *said {
                    say!("increp: {}: is there again", self.link);
                    *said = false;
                }
                self.begin(Box::<File>::new(line), now);
            }
            Err(error) => {
                if !*said {
                    say!("increp: {}: {error}; trying again each second", self.link);
                    *said = true;
                }
                self.next = now + AGAIN;
            }
        }
    }
}

/// Bad frames in a row after which nobody listens any more.
fn most_bad(heard: Option<u64>) -> u16 {
    heard.map_or(MOST_BAD_OF_STRANGERS, |_| MOST_BAD)
}

impl Connection<'_> {
    fn read(&mut self, terms: &Terms, is_listener: bool, turn: &mut Turn<'_, '_>) -> Result<()> {
        let Self { stream, hub, author, heard, bad, due, other, .. } = self;
        let mut failed = Ok(());
        turn.shelf.is_hub = other.is_some();
        let goes_on = stream.read(|frame| {
            // Nobody listens any more.
            if (is_listener && *bad >= most_bad(*heard)) || failed.is_err() {
                return;
            }
            let answered = other.as_mut().map_or(Ok(false), |other| other.receive(turn.now, frame, turn.shelf, turn.room));
            if let Ok(true) = answered {
                (*heard, *bad, *due) = (Some(turn.now), 0, 0);
                return;
            }
            match answered.and_then(|_| turn.receive(hub, frame, *author)) {
                Ok(Some(from)) => {
                    (*author, *heard, *bad, *due) = (Some(from), Some(turn.now), 0, 0);
                    if let Some(pair) = turn.shelf.pair(from) {
                        turn.shelf.is_hub = true;
                        *other = Some(Other::new(from, *terms, pair, !is_listener));
                    }
                    other.iter_mut().for_each(|other| other.heard(turn.now));
                }
                Ok(None) => *bad = bad.saturating_add(1),
                Err(error) => failed = Err(error),
            }
        });
        self.is_closed |= !goes_on.unwrap_or(false) || (is_listener && self.bad >= most_bad(self.heard));
        failed
    }

    fn answer(&mut self, frame: &mut [u8], airtime: &mut Airtime, turn: &mut Turn<'_, '_>) -> Result<()> {
        turn.shelf.is_hub = self.other.is_some();
        let due = self.pass(frame, airtime, turn)?;
        loop {
            match self.hub.poll(turn.now, airtime.ledger(), turn.shelf, frame)? {
                Answer::Send(_, bytes) => {
                    airtime.sent(bytes.len())?;
                    self.is_closed |= self.stream.send(bytes).is_err();
                }
                Answer::Wait(until) => {
                    self.due = due.min(until);
                    return Ok(());
                }
            }
        }
    }

    /// Sends another hub what it lacks, as far as it takes it; gives when there will be more.
    fn pass(&mut self, frame: &mut [u8], airtime: &mut Airtime, turn: &mut Turn<'_, '_>) -> Result<u64> {
        let Some(other) = &mut self.other else { return Ok(u64::MAX) };
        while !self.stream.is_full() {
            match other.poll(turn.now, airtime.ledger(), turn.shelf, turn.room, frame)? {
                Step::Send(bytes) => {
                    airtime.sent(bytes.len())?;
                    self.is_closed |= self.stream.send(bytes).is_err();
                    if self.is_closed {
                        break;
                    }
                }
                Step::Wait(until) => return Ok(until),
                Step::Done(_) => return Ok(u64::MAX),
            }
        }
        // As soon as there is room.
        Ok(turn.now + 10)
    }

    /// Whether nothing good is to be expected.
    fn is_over(&self, now: u64) -> bool {
        match self.heard {
            None => now > self.began + STRANGER,
            Some(heard) => now > heard + SILENT,
        }
    }
}
