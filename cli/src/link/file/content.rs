//! What a stick file says, once it is open.
//!
//! ```text
//! 0    kind     1                1 from a device to hubs, 2 from a hub to a device, 3 from a hub to a hub
//! 1    author   4                the device, as HQ numbered it, little-endian; 0 between hubs
//! 5    entries:
//!        01  form 1 | epoch 3 | first 1 | many | { length | record }*   records with numbers in a row from `first`
//!        02  epoch 3 | numbers 32                                       of an epoch, a bit for each number: down, what the hub has;
//!                                                                       otherwise what the device keeps without HQ's word
//!        03  length | receipt                                           HQ's word to the device
//!        04  key 32                                                     a hub of the mission; between hubs the first is the writer
//!        05  length | profile                                           at enrolment: the mission's own profile
//!        09  number 4                                                   the message of HQ's that the device waits for
//!        0a  number 4 | length | message                                a message of HQ's for the device
//!      only between hubs:
//!        06  author 4 | hop key 16 | trust 1                            of this device is what follows; of 0 trusted, 1 revoked, 2 revoked
//!                                                                       and to be wiped
//!        07  epoch 3 | numbers 32 | digest 16                           what the writer has, and the digest of all its records
//!        08  epoch 3 | numbers 32                                       numbers under which HQ has no good body
//! then 00       1                the end
//!      count                     records and other entries together
//!      mac      16               HMAC-SHA256(hop key, "increp stick 1" | all before), its first bytes; between hubs under the key
//!                                that the two have in common
//! then zeros
//! ```
//!
//! `many`, `length` and `count` are minimal varints. A record stands here without its first five bytes, which are form, epoch and
//! number.

use std::fmt;

use increp::seal::{HEAD, MAX_DOWN, MAX_RECEIPT, MAX_RECORD, Secret};
use subtle::ConstantTimeEq as _;

use super::sealed::hmac;
use crate::store::Numbers;
use crate::store::hub::{Device, Elsewhere, Trust};

const MAC: usize = 16;
const DOMAIN: &[u8] = b"increp stick 1";

const END: u8 = 0;
const RECORDS: u8 = 1;
const NUMBERS: u8 = 2;
const RECEIPT: u8 = 3;
const HUB: u8 = 4;
const PROFILE: u8 = 5;
const DEVICE: u8 = 6;
const HAVE: u8 = 7;
const REFUSED: u8 = 8;
const NEXT: u8 = 9;
const MESSAGE: u8 = 10;

/// Which way a file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// From a device to hubs.
    Up,
    /// From a hub to a device.
    Down,
    /// From a hub to a hub.
    Between,
}

impl Kind {
    const fn code(self) -> u8 {
        match self {
            Self::Up => 1,
            Self::Down => 2,
            Self::Between => 3,
        }
    }
}

/// One thing that a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A sealed record, whole.
    Record(Vec<u8>),
    /// Numbers of an epoch: down, what the hub has; otherwise what the device keeps without HQ's word.
    Numbers(u32, Numbers),
    /// HQ's word to the device.
    Receipt(Vec<u8>),
    /// A hub of the mission, which may read the device's files.
    Hub([u8; 32]),
    /// The mission's own profile.
    Profile(Vec<u8>),
    /// A device: what follows is of it.
    Device(Device),
    /// What the writer has of an epoch, and the digest of all its records.
    Have(u32, Elsewhere),
    /// Numbers of an epoch under which HQ has no good body.
    Refused(u32, Numbers),
    /// The number of HQ's message that the device waits for.
    Next(u32),
    /// A message of HQ's for the device: its number, and the sealed bytes.
    Message(u32, Vec<u8>),
}

/// All that a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Which way it goes.
    pub kind: Kind,
    /// The device that it is from, or for.
    pub author: u32,
    /// What it says.
    pub entries: Vec<Entry>,
    /// What the code at its end covers, and the code.
    signed: Vec<u8>,
    mac: [u8; MAC],
}

/// Why an open file says nothing: its seal fits, so whoever wrote it wrote it so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The byte of the content.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "says nothing that can be read: expected {} at byte {} of its content", self.expected, self.at)
    }
}

/// Makes the content of a file.
#[derive(Clone, Debug)]
pub struct Writer {
    bytes: Vec<u8>,
    count: u64,
    /// The records that follow each other and are not written yet: form, epoch, first number.
    row: Option<([u8; 4], u8)>,
    records: Vec<Vec<u8>>,
    held: usize,
}

impl Writer {
    /// Begins the content of a file from a device, or for it.
    #[must_use]
    pub fn new(kind: Kind, author: u32) -> Self {
        let mut bytes = vec![kind.code()];
        bytes.extend(author.to_le_bytes());
        Self { bytes, count: 0, row: None, records: Vec::new(), held: 0 }
    }

    /// Bytes so far, with those of the end; a record takes at most its own length more.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() + self.held + 8 + 1 + 10 + MAC
    }

    /// Whether nothing was said yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds a sealed record. Those with numbers in a row take least.
    pub fn record(&mut self, record: &[u8]) {
        let Some((&[form, low, middle, high, seq], body)) = record.split_first_chunk::<HEAD>() else { return };
        let head = [form, low, middle, high];
        let follows =
            self.row.is_some_and(|(row, first)| row == head && usize::from(first) + self.records.len() == usize::from(seq));
        if !follows {
            self.end_row();
            self.row = Some((head, seq));
        }
        self.held += 3 + body.len();
        self.records.push(body.to_vec());
        self.count += 1;
    }

    fn end_row(&mut self) {
        let Some((head, first)) = self.row.take() else { return };
        self.bytes.push(RECORDS);
        self.bytes.extend(head);
        self.bytes.push(first);
        varint(self.records.len(), &mut self.bytes);
        for record in self.records.drain(..) {
            varint(record.len(), &mut self.bytes);
            self.bytes.extend(record);
        }
        self.held = 0;
    }

    /// Says which numbers of an epoch there are.
    pub fn numbers(&mut self, epoch: u32, numbers: &Numbers) {
        self.of_epoch(NUMBERS, epoch, numbers);
    }

    fn of_epoch(&mut self, entry: u8, epoch: u32, numbers: &Numbers) {
        self.end_row();
        let [low, middle, high, _] = epoch.to_le_bytes();
        self.bytes.extend([entry, low, middle, high]);
        self.bytes.extend(numbers.bits());
        self.count += 1;
    }

    /// Names a device: what is said from here on is of it.
    pub fn device(&mut self, device: &Device) {
        self.end_row();
        self.bytes.push(DEVICE);
        self.bytes.extend(device.author.to_le_bytes());
        self.bytes.extend(device.hop.expose());
        self.bytes.push(device.trust.code());
        self.count += 1;
    }

    /// Says which message of HQ's the device waits for.
    pub fn next(&mut self, number: u32) {
        self.end_row();
        self.bytes.push(NEXT);
        self.bytes.extend(number.to_le_bytes());
        self.count += 1;
    }

    /// Passes a message of HQ's on.
    pub fn message(&mut self, number: u32, message: &[u8]) {
        self.end_row();
        self.bytes.push(MESSAGE);
        self.bytes.extend(number.to_le_bytes());
        varint(message.len(), &mut self.bytes);
        self.bytes.extend(message);
        self.count += 1;
    }

    /// Says what the writer has of an epoch.
    pub fn have(&mut self, epoch: u32, has: &Elsewhere) {
        self.of_epoch(HAVE, epoch, &has.numbers);
        self.bytes.extend(has.digest);
    }

    /// Says under which numbers of an epoch HQ has no good body.
    pub fn refused(&mut self, epoch: u32, numbers: &Numbers) {
        self.of_epoch(REFUSED, epoch, numbers);
    }

    /// Passes HQ's word on.
    pub fn receipt(&mut self, receipt: &[u8]) {
        self.long(RECEIPT, receipt);
    }

    /// Names a hub that may read the device's files.
    pub fn hub(&mut self, public: &[u8; 32]) {
        self.end_row();
        self.bytes.push(HUB);
        self.bytes.extend(public);
        self.count += 1;
    }

    /// Gives the mission's own profile.
    pub fn profile(&mut self, profile: &[u8]) {
        self.long(PROFILE, profile);
    }

    fn long(&mut self, entry: u8, bytes: &[u8]) {
        self.end_row();
        self.bytes.push(entry);
        varint(bytes.len(), &mut self.bytes);
        self.bytes.extend(bytes);
        self.count += 1;
    }

    /// Ends the content, with the key that shows who wrote it.
    #[must_use]
    pub fn finish(mut self, hop: &Secret<16>) -> Vec<u8> {
        self.end_row();
        self.bytes.push(END);
        varint(usize::try_from(self.count).unwrap_or(usize::MAX), &mut self.bytes);
        let mac = hmac(hop, &[DOMAIN, &self.bytes]);
        self.bytes.extend(mac.iter().take(MAC));
        self.bytes
    }
}

impl Content {
    /// Reads all of it, or nothing.
    ///
    /// # Errors
    /// The first byte that is not as it should be.
    pub fn parse(bytes: &[u8]) -> Result<Self, Broken> {
        let mut reader = Bytes { bytes, at: 0 };
        let kind = match reader.byte("a kind")? {
            1 => Kind::Up,
            2 => Kind::Down,
            3 => Kind::Between,
            _ => return Err(Broken { at: 0, expected: "a kind, 1 to 3" }),
        };
        let author = u32::from_le_bytes(reader.array("an author")?);
        let mut entries = Vec::new();
        loop {
            match reader.byte("an entry or the end")? {
                END => break,
                RECORDS => reader.records(&mut entries)?,
                NUMBERS => {
                    let (epoch, numbers) = reader.of_epoch()?;
                    entries.push(Entry::Numbers(epoch, numbers));
                }
                RECEIPT => {
                    let length = reader.length(MAX_RECEIPT, "the length of a receipt")?;
                    entries.push(Entry::Receipt(reader.take(length, "a receipt")?.to_vec()));
                }
                HUB => entries.push(Entry::Hub(reader.array("a hub's key")?)),
                PROFILE => {
                    let length = reader.varint("the length of a profile")?;
                    entries.push(Entry::Profile(reader.take(length, "a profile")?.to_vec()));
                }
                NEXT => entries.push(Entry::Next(reader.number("the number of a message")?)),
                MESSAGE => {
                    let number = reader.number("the number of a message")?;
                    if number == u32::MAX {
                        return Err(Broken { at: reader.at - 4, expected: "the number of a message" });
                    }
                    let length = reader.length(MAX_DOWN, "the length of a message")?;
                    entries.push(Entry::Message(number, reader.take(length, "a message")?.to_vec()));
                }
                DEVICE if kind == Kind::Between => entries.push(Entry::Device(reader.device()?)),
                HAVE if kind == Kind::Between => {
                    let (epoch, numbers) = reader.of_epoch()?;
                    entries.push(Entry::Have(epoch, Elsewhere { numbers, digest: reader.array("a digest")? }));
                }
                REFUSED if kind == Kind::Between => {
                    let (epoch, numbers) = reader.of_epoch()?;
                    entries.push(Entry::Refused(epoch, numbers));
                }
                _ => return Err(Broken { at: reader.at - 1, expected: "an entry or the end" }),
            }
        }
        let at = reader.at;
        if reader.varint("the number of entries")? != entries.len() {
            return Err(Broken { at, expected: "the number of entries that there are" });
        }
        let signed = bytes.get(..reader.at).unwrap_or_default().to_vec();
        let mac = reader.array("a code")?;
        let rest = bytes.get(reader.at..).unwrap_or_default();
        match rest.iter().position(|byte| *byte != 0) {
            Some(more) => Err(Broken { at: reader.at + more, expected: "zeros" }),
            None => Ok(Self { kind, author, entries, signed, mac }),
        }
    }

    /// Whether somebody wrote it who has this key: the device itself, HQ, or a hub.
    #[must_use]
    pub fn is_by(&self, hop: &Secret<16>) -> bool {
        let mac = hmac(hop, &[DOMAIN, &self.signed]);
        mac.get(..MAC).is_some_and(|mac| mac.ct_eq(&self.mac).into())
    }
}

/// The bytes of a content, and how far they are read.
struct Bytes<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Bytes<'b> {
    fn take(&mut self, length: usize, expected: &'static str) -> Result<&'b [u8], Broken> {
        let broken = Broken { at: self.at, expected };
        let taken = self.at.checked_add(length).and_then(|end| self.bytes.get(self.at..end)).ok_or(broken)?;
        self.at += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, expected: &'static str) -> Result<[u8; N], Broken> {
        let broken = Broken { at: self.at, expected };
        self.take(N, expected)?.try_into().map_err(|_| broken)
    }

    fn byte(&mut self, expected: &'static str) -> Result<u8, Broken> {
        self.array(expected).map(|[byte]| byte)
    }

    /// A minimal varint below 2^28: there are no more bytes in a file.
    fn varint(&mut self, expected: &'static str) -> Result<usize, Broken> {
        let broken = Broken { at: self.at, expected };
        let mut value = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte(expected)?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return if byte == 0 && shift > 0 { Err(broken) } else { Ok(value) };
            }
        }
        Err(broken)
    }

    fn length(&mut self, most: usize, expected: &'static str) -> Result<usize, Broken> {
        let at = self.at;
        let length = self.varint(expected)?;
        if length <= most { Ok(length) } else { Err(Broken { at, expected }) }
    }

    fn of_epoch(&mut self) -> Result<(u32, Numbers), Broken> {
        let [low, middle, high] = self.array("an epoch")?;
        let numbers = Numbers::new(self.array("the numbers of an epoch")?);
        Ok((u32::from_le_bytes([low, middle, high, 0]), numbers))
    }

    fn device(&mut self) -> Result<Device, Broken> {
        let author = self.number("a device")?;
        let hop = Secret::new(self.array("a device's key")?);
        let trust = Trust::of(self.byte("whether the device is trusted")?);
        let trust = trust.ok_or(Broken { at: self.at - 1, expected: "0, 1 or 2" })?;
        Ok(Device { author, hop, others: Vec::new(), trust })
    }

    fn number(&mut self, expected: &'static str) -> Result<u32, Broken> {
        self.array(expected).map(u32::from_le_bytes)
    }

    fn records(&mut self, entries: &mut Vec<Entry>) -> Result<(), Broken> {
        let head: [u8; HEAD] = self.array("form, epoch and number of a record")?;
        let [form, low, middle, high, first] = head;
        let at = self.at;
        let many = self.varint("a number of records")?;
        if many == 0 || usize::from(first) + many > 256 {
            return Err(Broken { at, expected: "numbers up to 255" });
        }
        for seq in (first..=255).take(many) {
            let length = self.length(MAX_RECORD - HEAD, "the length of a record")?;
            let mut record = vec![form, low, middle, high, seq];
            record.extend(self.take(length, "a record")?);
            entries.push(Entry::Record(record));
        }
        Ok(())
    }
}

fn varint(mut value: usize, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}
