//! Frames in a byte stream that does not wait: a TCP connection or a serial line.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};

use increp::link::cobs;

/// Bytes that wait for a reader who is slow; what does not fit is lost, as on any link, and sent again when the reader asks.
const MOST_OUT: usize = 64 << 10;
/// Bytes that are read at once: a stream that never ends gives way to others.
const AT_ONCE: usize = 4096;

/// Bytes both ways, which do not wait.
pub(super) trait Bytes: Read + Write + AsFd {}

impl<B: Read + Write + AsFd> Bytes for B {}

/// A byte stream with frames in it.
pub(super) struct Stream {
    bytes: Box<dyn Bytes>,
    /// Of the frame that has not ended.
    stuffed: Vec<u8>,
    /// It was too long already.
    lost: bool,
    frame: Vec<u8>,
    out: Vec<u8>,
}

impl Stream {
    /// With frames of at most so many bytes.
    pub(super) fn new(bytes: Box<dyn Bytes>, mtu: u16) -> Self {
        let frame = vec![0; mtu.into()];
        Self { bytes, stuffed: Vec::with_capacity(cobs::max_len(mtu.into())), lost: false, frame, out: Vec::new() }
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.bytes.as_fd()
    }

    /// Whether something waits to be written.
    pub(super) const fn is_full(&self) -> bool {
        !self.out.is_empty()
    }

    /// Reads what has come, and gives the frames in it. False if the other end has closed.
    pub(super) fn read(&mut self, mut take: impl FnMut(&mut [u8])) -> io::Result<bool> {
        let mut bytes = [0; AT_ONCE];
        let many = match self.bytes.read(&mut bytes) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => return Ok(true),
            many => many?,
        };
        for &byte in bytes.get(..many).unwrap_or_default() {
            if byte != 0 {
                self.lost |= self.stuffed.len() == cobs::max_len(self.frame.len());
                if !self.lost {
                    self.stuffed.push(byte);
                }
                continue;
            }
            let mut decoder = cobs::Decoder::new(&mut self.frame);
            let whole = !std::mem::take(&mut self.lost);
            for &byte in &self.stuffed {
                decoder.push(byte);
            }
            if let Some(frame) = decoder.push(0).filter(|_| whole) {
                take(frame);
            }
            self.stuffed.clear();
        }
        Ok(many > 0)
    }

    /// Sends a frame, or as much of it as the other end takes now.
    pub(super) fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        let mut buffer = vec![0; cobs::max_len(frame.len())];
        if self.out.len() < MOST_OUT
            && let Some(bytes) = cobs::encode(frame, &mut buffer)
        {
            self.out.extend_from_slice(bytes);
        }
        self.flush()
    }

    /// Goes on with what waits.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        let mut done = 0;
        let written = loop {
            let left = self.out.get(done..).unwrap_or_default();
            if left.is_empty() {
                break Ok(());
            }
            match self.bytes.write(left) {
                Ok(0) => break Err(ErrorKind::WriteZero.into()),
                Ok(many) => done += many,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        self.out.drain(..done);
        written
    }
}
