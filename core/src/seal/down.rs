//! What HQ says to one device, beside receipts: a chain of its own, from enrolment on.
//!
//! ```text
//! 0   16
//! 1   author  4
//! 5   number  4    from 0 on
//! 9   sealed       kind 1, content
//! ..  tag     8
//! kind  content
//! 1     HQ's new key, 32 bytes: the next epoch is sealed for it
//! 2     the new hop key, 16 bytes: hubs that do not get it from HQ are no longer believed; then the hub that HQ revoked, 32 bytes, if one was
//! 3     nothing: the device is revoked, and is to erase its keys
//! 4     an alert: a notice
//! 5     a task: a notice
//! 6     a time, seconds since 1970, 8 bytes: it is that late at the least
//! notice   UTF-8 without a byte 0; then, if it has times: 00, when it was said, and until when it counts, each 5 bytes as in an epoch's opening
//! ```
//!
//! Each message takes the next key of the chain, and has its first nine bytes as associated data. They are taken in order, each once; what HQ has
//! said is said again by the hubs until the device asks for the next number. So none is lost, none counts twice, and who takes a device
//! cannot read what was said to it before.

use embedded_storage::nor_flash::NorFlash;

use super::bytes::{Reader, Writer, join};
use super::chain::Chain;
use super::device::Device;
use super::epoch::Start;
use super::{Error, ErrorKind, Peer, Secret, TAG, siv};
use crate::model::Stamp;

const DOWN: u8 = 0x16;
const HEAD: usize = 9;

/// The most bytes of an alert or a task. One with times has [`TIMES`] fewer.
pub const MAX_SAID: usize = 238;

/// Bytes of the times of an alert or a task.
pub const TIMES: usize = 11;

/// The most bytes of a message.
pub const MAX_DOWN: usize = HEAD + 1 + MAX_SAID + TAG;

/// What HQ says to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Message<'a> {
    /// HQ has another key (X25519). The next report begins an epoch that only it opens.
    HqKey([u8; 32]),
    /// The key of frames between the device and hubs is another one: a hub was taken, and must no longer speak for them.
    HopKey {
        /// The new key.
        key: Secret<16>,
        /// The public key of the hub that HQ revoked: no stick file is sealed for it any more.
        revoked: Option<[u8; 32]>,
    },
    /// The device is revoked: [`Device::panic_wipe`].
    Wipe,
    /// Something that its user must know now. May name people: not for a log.
    Alert(Notice<'a>),
    /// Something that its user is asked to do.
    Task(Notice<'a>),
    /// It is as late as this, or later: the message may have waited at a hub.
    Time(Stamp),
}

/// What HQ says to a device's user.
///
/// ```
/// use increp::seal::{Message, Notice};
/// let alert = Message::Alert("shelling on the north road".into());
/// assert_eq!(alert, Message::Alert(Notice { text: "shelling on the north road", said: None, until: None }));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Notice<'a> {
    /// In words, without a character 0.
    pub text: &'a str,
    /// When HQ said it.
    pub said: Option<Stamp>,
    /// It is out of date from then on, and not to be shown. None: it stays true.
    pub until: Option<Stamp>,
}

impl<'a> From<&'a str> for Notice<'a> {
    fn from(text: &'a str) -> Self {
        Self { text, said: None, until: None }
    }
}

impl<'a> Notice<'a> {
    /// Whether there is a time in it.
    const fn has_times(&self) -> bool {
        self.said.is_some() || self.until.is_some()
    }

    /// Bytes that it takes.
    const fn length(&self) -> usize {
        self.text.len().saturating_add(if self.has_times() { TIMES } else { 0 })
    }

    fn times(&self) -> [u8; TIMES] {
        join(&[&[0], &Start::time_bytes(self.said), &Start::time_bytes(self.until)])
    }

    fn read(content: &'a [u8]) -> Option<Self> {
        let (text, said, until) = match content.split_last_chunk::<TIMES>() {
            Some((text, &[0, a, b, c, d, e, f, g, h, i, j])) => {
                (text, Start::time_of([a, b, c, d, e]), Start::time_of([f, g, h, i, j]))
            }
            _ => (content, None, None),
        };
        let text = core::str::from_utf8(text).ok().filter(|text| !has_zero(text))?;
        Some(Self { text, said, until })
    }
}

impl<'a> Message<'a> {
    /// The kind, and up to which byte of the buffer its content goes.
    fn write(&self, content: &mut [u8]) -> Option<(u8, usize)> {
        let (seconds, times);
        let (kind, bytes, more): (u8, &[u8], &[u8]) = match self {
            Self::HqKey(key) => (1, key, &[]),
            Self::HopKey { key, revoked } => (2, key.expose(), revoked.as_ref().map_or(&[], |hub| hub)),
            Self::Wipe => (3, &[], &[]),
            Self::Alert(notice) | Self::Task(notice) => {
                times = notice.times();
                let kind = if matches!(self, Self::Alert(_)) { 4 } else { 5 };
                (kind, notice.text.as_bytes(), if notice.has_times() { &times } else { &[] })
            }
            Self::Time(at) => {
                seconds = at.seconds().to_le_bytes();
                (6, &seconds, &[])
            }
        };
        let length = bytes.len().checked_add(more.len()).filter(|length| *length <= MAX_SAID)?;
        let to = content.get_mut(..length)?;
        to.iter_mut().zip(bytes.iter().chain(more)).for_each(|(to, from)| *to = *from);
        Some((kind, length))
    }

    fn read(kind: u8, content: &'a [u8]) -> Option<Self> {
        match kind {
            1 => content.try_into().ok().map(Self::HqKey),
            2 => {
                let (key, hub) = content.split_first_chunk()?;
                let revoked = if hub.is_empty() { None } else { Some(hub.try_into().ok()?) };
                Some(Self::HopKey { key: Secret::new(*key), revoked })
            }
            3 => content.is_empty().then_some(Self::Wipe),
            4 => Notice::read(content).map(Self::Alert),
            5 => Notice::read(content).map(Self::Task),
            6 => content.try_into().ok().map(|bytes| Self::Time(Stamp::new(i64::from_le_bytes(bytes)))),
            _ => None,
        }
    }
}

/// Whether a text has a character 0, behind which its times would begin.
fn has_zero(text: &str) -> bool {
    text.bytes().any(|byte| byte == 0)
}

fn head(author: u32, number: u32) -> [u8; HEAD] {
    join(&[&[DOWN], &author.to_le_bytes(), &number.to_le_bytes()])
}

impl Peer {
    /// Seals a message for the device, in `buffer`: [`MAX_DOWN`] bytes are always enough. After it the peer must be kept anew, and the message too,
    /// until the device asks for a later one. After a new hop key the hubs need it beside the old one, until then.
    ///
    /// # Errors
    /// [`BufferTooSmall`](ErrorKind::BufferTooSmall); [`TooLong`](ErrorKind::TooLong) for a notice of more than [`MAX_SAID`] bytes, its times
    /// among them; [`UnknownMessage`](ErrorKind::UnknownMessage) for one with a character 0.
    pub fn say<'b>(&mut self, message: &Message<'_>, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
        let small = Error::new(ErrorKind::BufferTooSmall, 0);
        if let Message::Alert(notice) | Message::Task(notice) = message {
            if notice.length() > MAX_SAID {
                return Err(Error::new(ErrorKind::TooLong, 0));
            }
            if has_zero(notice.text) {
                return Err(Error::new(ErrorKind::UnknownMessage, 0));
            }
        }
        let head = head(self.author(), self.down.next);
        let (to_head, rest) = buffer.split_first_chunk_mut::<HEAD>().ok_or(small)?;
        *to_head = head;
        let (to_kind, content) = rest.split_first_mut().ok_or(small)?;
        let (kind, length) = message.write(content).ok_or(small)?;
        *to_kind = kind;
        let (text, rest) = rest.split_at_mut_checked(length.saturating_add(1)).ok_or(small)?;
        *rest.first_chunk_mut().ok_or(small)? = siv::seal(&self.down.keys(), &head, text);
        self.down.advance();
        if let Message::HopKey { key, .. } = message {
            self.hop = key.clone();
        }
        buffer.get(..HEAD.saturating_add(1).saturating_add(length).saturating_add(TAG)).ok_or(small)
    }

    /// Takes a message that HQ has said and does not know of, for it was put back to an older state: the device that waits for it is to hear all
    /// that is said after it. After it the peer must be kept anew. `buffer`: [`MAX_DOWN`] bytes are always enough.
    ///
    /// # Errors
    /// As [`Device::open_down`], but the unknown message: it is not the next one; nothing changes.
    pub fn said(&mut self, message: &[u8], buffer: &mut [u8]) -> Result<(), Error> {
        let text = open(message, self.author(), &self.down, buffer)?;
        if let Some((2, content)) = text.split_first()
            && let Some((key, _)) = content.split_first_chunk()
        {
            self.hop = Secret::new(*key);
        }
        self.down.advance();
        Ok(())
    }

    /// The number of the next message.
    #[must_use]
    pub const fn next_down(&self) -> u32 {
        self.down.next
    }
}

impl<F: NorFlash> Device<F> {
    /// The number of the message that comes next; links say its low byte.
    #[must_use]
    pub const fn next_down(&self) -> u32 {
        self.state.down.next
    }

    /// Opens HQ's next message, in `buffer`: [`MAX_DOWN`] bytes are always enough. Nothing changes: when the message was shown, or done, say so with
    /// [`heard`](Self::heard). If power fails before that, the message comes again.
    ///
    /// # Errors
    /// [`OutOfTurn`](ErrorKind::OutOfTurn) for another number, an earlier one too; [`Forged`](ErrorKind::Forged),
    /// [`OtherAuthor`](ErrorKind::OtherAuthor), [`OtherKind`](ErrorKind::OtherKind), [`EndsEarly`](ErrorKind::EndsEarly),
    /// [`LeftOver`](ErrorKind::LeftOver), [`BufferTooSmall`](ErrorKind::BufferTooSmall); [`UnknownMessage`](ErrorKind::UnknownMessage) for a
    /// kind of a later version: it is good, and is passed over by [`heard`](Self::heard).
    pub fn open_down<'b>(&self, message: &[u8], buffer: &'b mut [u8]) -> Result<Message<'b>, Error> {
        let down = &self.state.down;
        let text = open(message, self.state.author, down, buffer)?;
        let (kind, content) = text.split_first().ok_or(Error::new(ErrorKind::EndsEarly, HEAD))?;
        Message::read(*kind, content).ok_or(Error::new(ErrorKind::UnknownMessage, HEAD))
    }

    /// HQ's next message is done with: its key is erased, and a new key in it holds from now on.
    ///
    /// # Errors
    /// Those of [`open_down`](Self::open_down) but the unknown message, and what the flash did.
    pub fn heard(&mut self, message: &[u8], buffer: &mut [u8]) -> Result<(), Error> {
        let text = open(message, self.state.author, &self.state.down, buffer)?;
        let mut next = self.state.clone();
        next.down.advance();
        match text.split_first().and_then(|(kind, content)| Message::read(*kind, content)) {
            Some(Message::HqKey(key)) => (next.hq, next.epoch) = (key, 0),
            Some(Message::HopKey { key, .. }) => next.hop = key,
            _ => {}
        }
        let unsure = self.unsure;
        self.commit(next)?;
        self.unsure = unsure;
        Ok(())
    }
}

fn open<'b>(message: &[u8], author: u32, down: &Chain, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
    let mut reader = Reader::new(message);
    reader.kind(DOWN)?;
    if reader.number()? != author {
        return Err(Error::new(ErrorKind::OtherAuthor, 1));
    }
    if reader.number()? != down.next {
        return Err(Error::new(ErrorKind::OutOfTurn, 5));
    }
    let (sealed, tag) = reader.rest().split_last_chunk().ok_or(Error::new(ErrorKind::EndsEarly, message.len()))?;
    if sealed.len() > MAX_SAID.saturating_add(1) {
        return Err(Error::new(ErrorKind::LeftOver, MAX_DOWN));
    }
    let text = buffer.get_mut(..sealed.len()).ok_or(Error::new(ErrorKind::BufferTooSmall, 0))?;
    let mut writer = Writer::new(text);
    writer.put(sealed);
    if siv::open(&down.keys(), &head(author, down.next), text, *tag) { Ok(text) } else { Err(Error::new(ErrorKind::Forged, HEAD)) }
}
