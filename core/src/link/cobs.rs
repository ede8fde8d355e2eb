//! Frames in a byte stream: consistent overhead byte stuffing (COBS, Cheshire and Baker 1997), each frame with a zero behind it.
//!
//! Two bytes more a frame of up to 254. A reader that comes late, or meets a damaged byte, is right again at the next zero.

/// The most bytes that a frame of so many becomes, with the zero.
#[must_use]
pub const fn max_len(frame: usize) -> usize {
    frame.saturating_add(frame / 254).saturating_add(2)
}

/// Stuffs a frame; gives what goes into the stream, with the zero. None if the buffer is too small: [`max_len`] is always enough.
///
/// ```
/// use increp::link::cobs;
/// let mut buffer = [0; 8];
/// assert_eq!(cobs::encode(&[1, 0, 2], &mut buffer), Some(&[2, 1, 2, 2, 0][..]));
/// ```
#[must_use]
pub fn encode<'b>(frame: &[u8], buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let (mut mark, mut at, mut run) = (0_usize, 1_usize, 1_u8);
    for &byte in frame {
        // A full block that ends where the frame ends needs no other behind it.
        if run == 0xff {
            *buffer.get_mut(mark)? = run;
            (mark, at, run) = (at, at.checked_add(1)?, 1);
        }
        if byte == 0 {
            *buffer.get_mut(mark)? = run;
            (mark, at, run) = (at, at.checked_add(1)?, 1);
        } else {
            *buffer.get_mut(at)? = byte;
            (at, run) = (at.checked_add(1)?, run.saturating_add(1));
        }
    }
    *buffer.get_mut(mark)? = run;
    *buffer.get_mut(at)? = 0;
    buffer.get(..at.checked_add(1)?)
}

/// Finds frames in a stream, byte by byte, in a buffer that has room for the longest.
///
/// ```
/// use increp::link::cobs;
/// let mut buffer = [0; 51];
/// let mut decoder = cobs::Decoder::new(&mut buffer);
/// let mut frames = 0;
/// for byte in [9, 9, 0, 2, 1, 2, 2, 0] {
///     if let Some(frame) = decoder.push(byte) {
///         assert_eq!(frame, [1, 0, 2]);
///         frames += 1;
///     }
/// }
/// assert_eq!(frames, 1);
/// ```
#[derive(Debug)]
pub struct Decoder<'b> {
    buffer: &'b mut [u8],
    length: usize,
    /// Bytes of the block that are to come.
    left: u8,
    /// A zero stands before the next block.
    zero: bool,
    /// What comes up to the next zero is no frame.
    lost: bool,
}

impl<'b> Decoder<'b> {
    /// At the beginning of a frame.
    #[must_use]
    pub const fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, length: 0, left: 0, zero: false, lost: false }
    }

    /// Takes a byte; gives the frame that it ends. Frames that are damaged, too long or empty are passed over.
    pub fn push(&mut self, byte: u8) -> Option<&mut [u8]> {
        if byte == 0 {
            let whole = !self.lost && self.left == 0;
            let length = core::mem::take(&mut self.length);
            (self.left, self.zero, self.lost) = (0, false, false);
            return self.buffer.get_mut(..length).filter(|frame| whole && !frame.is_empty());
        }
        if self.left > 0 {
            self.left = self.left.saturating_sub(1);
            self.put(byte);
        } else {
            if self.zero {
                self.put(0);
            }
            self.zero = byte != 0xff;
            self.left = byte.saturating_sub(1);
        }
        None
    }

    fn put(&mut self, byte: u8) {
        match self.buffer.get_mut(self.length) {
            Some(to) => *to = byte,
            None => self.lost = true,
        }
        self.length = self.length.saturating_add(1);
    }
}
