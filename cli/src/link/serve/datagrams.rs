//! UDP: all devices over one socket, each known by the address that its last good frame came from.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd as _;

use anyhow::Result;
use increp::link::{Answer, Hub, Mac, Session, Step, Terms};
use rustix::event::{PollFd, PollFlags};
use rustix::net::sockopt::set_socket_recv_buffer_size;

use super::{MOST_BAD, Turn};
use crate::link::airtime::Airtime;
use crate::link::framed::Framed;
use crate::link::pass::Other;
use crate::link::udp;

/// Datagrams that are read in one turn.
const AT_ONCE: usize = 512;
/// Bytes that the system keeps until they are read, if it allows as many.
const BUFFER: usize = 4 << 20;
/// Sources that are remembered.
const SOURCES: usize = 8192;
/// The same of who was never good: more than a device sends before it waits for an answer, for the first ones may be lost.
const MOST_BAD_OF_STRANGERS: u16 = 32;
/// Milliseconds: in which nobody listens to a source; after which one is forgotten if there are many.
const DEAF: u64 = 10_000;
const OLD: u64 = 600_000;

/// Where datagrams come from.
struct Source {
    /// Who was last heard from there.
    author: Option<u32>,
    /// When it was last heard at all.
    heard: u64,
    /// Bad frames since the last good one.
    bad: u16,
    /// Nobody listens until then.
    deaf: u64,
}

/// Bad frames of strangers that may be looked at: so many a second, and so many at once where none came for long or the hub was busy.
struct Allowance {
    a_second: u64,
    /// Thousandths of a frame, and when that was so.
    left: u64,
    at: u64,
}

impl Allowance {
    const fn new(a_second: u64) -> Self {
        Self { a_second, left: 1000 * a_second, at: 0 }
    }

    fn may(&mut self, now: u64) -> bool {
        let more = now.saturating_sub(self.at).min(1000) * self.a_second;
        (self.left, self.at) = ((self.left + more).min(1000 * self.a_second), now);
        self.left >= 1000
    }

    const fn spend(&mut self) {
        self.left = self.left.saturating_sub(1000);
    }
}

/// A socket.
pub(super) struct Datagrams<'s> {
    socket: UdpSocket,
    hub: Hub<'s>,
    device: Option<u32>,
    sources: HashMap<SocketAddr, Source>,
    addresses: HashMap<u32, SocketAddr>,
    /// Other hubs that have called.
    others: HashMap<SocketAddr, Other>,
    terms: Terms,
    strangers: Allowance,
    frame: Vec<u8>,
    due: u64,
}

impl<'s> Datagrams<'s> {
    /// Waits for datagrams; gives the port too.
    pub(super) fn open(link: &Framed, target: &str, sessions: &'s mut [Session]) -> io::Result<(Self, u16)> {
        let socket = udp::listen(target)?;
        // With less room more is lost, and sent again.
        let _ = set_socket_recv_buffer_size(&socket, BUFFER);
        let port = socket.local_addr()?.port();
        // The engine allows more in all, so strangers do not take it from those that are known.
        let strangers = Allowance::new(if link.terms.mac == Mac::Four { 5 } else { 600 });
        let datagrams = Self {
            socket,
            hub: Hub::new(link.terms, sessions),
            device: link.device,
            sources: HashMap::new(),
            addresses: HashMap::new(),
            others: HashMap::new(),
            terms: link.terms,
            strangers,
            // One byte more shows what is too long.
            frame: vec![0; usize::from(link.terms.mtu) + 1],
            due: u64::MAX,
        };
        Ok((datagrams, port))
    }

    pub(super) fn wants<'f>(&'f self, fds: &mut Vec<PollFd<'f>>) {
        fds.push(PollFd::from_borrowed_fd(self.socket.as_fd(), PollFlags::IN));
    }

    /// Reads what has come.
    pub(super) fn read(&mut self, flags: &mut impl Iterator<Item = PollFlags>, turn: &mut Turn<'_, '_>) -> Result<()> {
        if flags.next().is_none_or(|flags| flags.is_empty()) {
            return Ok(());
        }
        for _ in 0..AT_ONCE {
            let mut frame = std::mem::take(&mut self.frame);
            let received = self.socket.recv_from(&mut frame);
            let taken = match received {
                Ok((length, from)) if length < frame.len() => {
                    self.take(from, frame.get_mut(..length).unwrap_or_default(), turn).map(|()| true)
                }
                Ok(_) => Ok(true),
                // An answer that did not arrive.
                Err(error) if error.kind() != io::ErrorKind::WouldBlock && udp::is_lost(&error) => Ok(true),
                Err(_) => Ok(false),
            };
            self.frame = frame;
            if !taken? {
                break;
            }
        }
        Ok(())
    }

    fn take(&mut self, from: SocketAddr, frame: &mut [u8], turn: &mut Turn<'_, '_>) -> Result<()> {
        let source = self.sources.get(&from);
        let known = source.and_then(|source| source.author);
        if source.is_some_and(|source| turn.now < source.deaf) || (known.is_none() && !self.strangers.may(turn.now)) {
            turn.outcome.frames += 1;
            turn.outcome.bad_frames += 1;
            return Ok(());
        }
        turn.shelf.is_hub = false;
        if let Some(other) = self.others.get_mut(&from) {
            turn.shelf.is_hub = true;
            if other.receive(turn.now, frame, turn.shelf, turn.room)? {
                self.due = 0;
                return Ok(());
            }
        }
        let author = turn.receive(&mut self.hub, frame, known.or(self.device))?;
        match author {
            Some(author) => {
                self.addresses.insert(author, from);
                self.due = 0;
                if let Some(pair) = turn.shelf.pair(author) {
                    // One place at a time.
                    self.others.retain(|_, other| other.author != author);
                    self.others.insert(from, Other::new(author, self.terms, pair, true));
                }
                if let Some(other) = self.others.get_mut(&from) {
                    other.heard(turn.now);
                }
            }
            None if known.is_none() => self.strangers.spend(),
            None => {}
        }
        if self.sources.len() >= SOURCES && !self.sources.contains_key(&from) {
            self.sources.retain(|_, source| source.author.is_some() && turn.now < source.heard + OLD);
        }
        if self.sources.len() < SOURCES || self.sources.contains_key(&from) {
            let source = self.sources.entry(from).or_insert(Source { author: None, heard: 0, bad: 0, deaf: 0 });
            source.author = author.or(source.author);
            source.heard = turn.now;
            source.bad = if author.is_some() { 0 } else { source.bad.saturating_add(1) };
            if source.bad >= source.author.map_or(MOST_BAD_OF_STRANGERS, |_| MOST_BAD) {
                (source.bad, source.deaf) = (0, turn.now + DEAF);
            }
        }
        Ok(())
    }

    /// Sends what is due; gives when there will be more.
    pub(super) fn answer(&mut self, airtime: &mut Airtime, turn: &mut Turn<'_, '_>) -> Result<u64> {
        if self.due > turn.now {
            return Ok(self.due);
        }
        let mut due = u64::MAX;
        turn.shelf.is_hub = true;
        for (address, other) in &mut self.others {
            loop {
                match other.poll(turn.now, airtime.ledger(), turn.shelf, turn.room, &mut self.frame)? {
                    Step::Send(bytes) => {
                        airtime.sent(bytes.len())?;
                        let _ = self.socket.send_to(bytes, address);
                    }
                    Step::Wait(until) => {
                        due = due.min(until);
                        break;
                    }
                    Step::Done(_) => break,
                }
            }
        }
        loop {
            match self.hub.poll(turn.now, airtime.ledger(), turn.shelf, &mut self.frame)? {
                Answer::Send(author, bytes) => {
                    airtime.sent(bytes.len())?;
                    if let Some(address) = self.addresses.get(&author) {
                        // What does not go is lost, as any datagram may be.
                        let _ = self.socket.send_to(bytes, address);
                    }
                }
                Answer::Wait(until) => {
                    self.due = due.min(until);
                    return Ok(self.due);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Allowance;

    #[test]
    fn so_many_a_second_and_no_more_at_once_however_busy_the_hub_was() {
        let mut allowance = Allowance::new(5);
        let mut spend = |now| {
            let mut many = 0;
            while allowance.may(now) {
                allowance.spend();
                many += 1;
            }
            many
        };
        for (now, expected) in
            [(7_000, 5), (7_000, 0), (7_199, 0), (7_200, 1), (7_300, 0), (7_400, 1), (60_000, 5), (60_999, 4), (61_000, 1)]
        {
            assert_eq!(spend(now), expected, "at {now}");
        }
    }
}
