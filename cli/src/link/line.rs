//! One end of a link that was named on the command line, as whoever begins sees it: frames go, and come until a time.

use std::io;
use std::net::UdpSocket;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::framed::{Carrier, Framed};
use super::stream::Stream;
use super::{serial, tcp, udp, uptime};

/// The longest that a connection is waited for.
const CONNECT: Duration = Duration::from_secs(10);

/// An open link.
pub(super) enum Line {
    Stream(Stream, Vec<Vec<u8>>),
    Datagrams(UdpSocket, Vec<u8>),
}

impl Line {
    /// Opens it.
    pub(super) fn open(link: &Framed) -> io::Result<Self> {
        let mtu = link.terms.mtu;
        Ok(match &link.carrier {
            Carrier::Tcp(target) => Self::Stream(Stream::new(Box::new(tcp::connect(target, CONNECT)?), mtu), Vec::new()),
            Carrier::Serial { path, baud } => Self::Stream(Stream::new(Box::new(serial::open(path, *baud)?), mtu), Vec::new()),
            Carrier::Udp(target) => Self::Datagrams(udp::connect(target)?, vec![0; usize::from(mtu) + 1]),
        })
    }

    /// Sends a frame.
    pub(super) fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        match self {
            Self::Stream(stream, _) => {
                stream.send(frame)?;
                // Whoever begins has nothing else to do: what is read meanwhile is kept by the system.
                while stream.is_full() {
                    if !wait(stream.fd(), PollFlags::OUT, CONNECT)? {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                    stream.flush()?;
                }
                Ok(())
            }
            Self::Datagrams(socket, _) => match socket.send(frame) {
                Err(error) if !udp::is_lost(&error) => Err(error),
                _ => Ok(()),
            },
        }
    }

    /// The next frame, if one comes before so much time is over.
    pub(super) fn receive(&mut self, longest: Duration) -> io::Result<Option<Vec<u8>>> {
        let until = uptime().saturating_add(longest.as_millis().try_into().unwrap_or(u64::MAX));
        loop {
            let left = Duration::from_millis(until.saturating_sub(uptime()));
            match self {
                Self::Stream(stream, frames) => {
                    if !frames.is_empty() {
                        return Ok(Some(frames.remove(0)));
                    }
                    if !wait(stream.fd(), PollFlags::IN, left)? {
                        return Ok(None);
                    }
                    if !stream.read(|frame| frames.push(frame.to_vec()))? {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Self::Datagrams(socket, buffer) => {
                    if !wait(socket.as_fd(), PollFlags::IN, left)? {
                        return Ok(None);
                    }
                    match socket.recv(buffer) {
                        Ok(length) if length < buffer.len() => return Ok(buffer.get(..length).map(<[u8]>::to_vec)),
                        // Longer than any frame.
                        Ok(_) => {}
                        Err(error) if udp::is_lost(&error) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
    }
}

/// Waits until something can be done; false if the time is over, or a signal came.
fn wait(fd: BorrowedFd<'_>, what: PollFlags, longest: Duration) -> io::Result<bool> {
    let longest = Timespec::try_from(longest).ok();
    match poll(&mut [PollFd::from_borrowed_fd(fd, what)], longest.as_ref()) {
        Err(Errno::INTR) => Ok(false),
        many => Ok(many? > 0),
    }
}
