//! A headquarters and its devices, with randomness that replays.

#![allow(clippy::missing_panics_doc)] // a panic here is a failed test

use std::cell::RefCell;
use std::convert::Infallible;
use std::ops::Range;

use increp::model::{Event, EventType, Id, Report, Stamp, Status, Text};
use increp::seal::enrol::{self, Enrolled};
use increp::seal::{Confirmed, Device, Epoch, Error, HqKey, Opened, Padding, Peer, Record, Terms};
use increp::store::{Journal, Mark, Store, WhenFull};
use increp::wire::packed::{self, Profile};
use rand_core::{TryCryptoRng, TryRng};

use crate::flash::{CutFlash, Shared, Torn};

/// A source of randomness that gives the same for the same seed (splitmix64). For tests alone.
#[derive(Clone, Debug)]
pub struct Replayed(pub u64);

impl TryRng for Replayed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| u32::try_from(number >> 32).unwrap())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(mixed ^ (mixed >> 31))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for part in bytes.chunks_mut(8) {
            let random = self.try_next_u64()?.to_le_bytes();
            part.copy_from_slice(&random[..part.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Replayed {}

/// A source that gives the same bytes again and again, as a broken chip does.
#[derive(Clone, Copy, Debug)]
pub struct Stuck(pub u8);

impl TryRng for Stuck {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes([self.0; 4]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes([self.0; 8]))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Stuck {}

/// When the tests take place.
pub const NOW: i64 = 1_790_000_000;

/// The terms of most tests.
#[must_use]
pub fn terms() -> Terms<'static, 'static> {
    static EMPTY: Profile<'static> = Profile::EMPTY;
    Terms { profile: &EMPTY, now: Some(Stamp::new(NOW)), padding: Padding::default() }
}

/// A report that says this.
#[must_use]
pub fn report(note: &str) -> Report<'_> {
    Report {
        status: Status::ACTUAL,
        sent: Some(Stamp::new(NOW + 60)),
        event: Some(Event {
            kind: EventType::AIR_DRONE_STRIKE,
            note: (!note.is_empty()).then_some(Text::new(note)),
            ..Event::default()
        }),
        ..Report::default()
    }
}

/// A device and HQ make themselves known to each other.
pub fn enrolled(author: u32, hq: &HqKey, hq_rng: &mut impl TryCryptoRng, device_rng: &mut impl TryCryptoRng) -> (Peer, Enrolled) {
    let (hq, invitation) = enrol::Hq::invite(author, hq, hq_rng).unwrap();
    let (device, commitment) = enrol::Device::commit(&invitation, device_rng).unwrap();
    let (hq, offer) = hq.offer(&commitment).unwrap();
    let (device, revelation) = device.reveal(&offer).unwrap();
    let hq = hq.check(&revelation).unwrap();
    assert_eq!(hq.digits(), device.digits(), "nobody is in between");
    (hq.confirm(), device.confirm())
}

/// A device with a flash of its own: keys in two pages of 1 KiB, and its journal in eight.
#[derive(Clone, Debug)]
pub struct Unit {
    /// All of its flash.
    pub flash: RefCell<Flash>,
    /// Its source of randomness.
    pub rng: Replayed,
}

/// The flash of a [`Unit`].
pub type Flash = CutFlash<4, 1024>;

/// Where its keys are, and where its journal is.
pub const KEYS: Range<u32> = 0..2048;
/// Where its journal is.
pub const JOURNAL: Range<u32> = 2048..10240;

impl Unit {
    /// A device that was just enrolled.
    #[must_use]
    pub fn new(enrolled: Enrolled, seed: u64) -> Self {
        let flash = RefCell::new(Flash::new(10, seed, Torn::Nothing));
        Device::enrol(Shared(&flash), KEYS, enrolled).unwrap();
        Self { flash, rng: Replayed(seed) }
    }

    /// Power on, something is done, power off.
    ///
    /// # Errors
    /// Those of opening the device, and of what is done.
    pub fn with<T>(
        &mut self,
        job: impl FnOnce(&mut OpenDevice<'_>, &mut OpenJournal<'_>, &mut Replayed, &mut [u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut buffer = vec![0; increp::seal::MAX_RECORD];
        let (mut store, _) = Journal::open(Shared(&self.flash), JOURNAL, WhenFull::DropAtHq).unwrap();
        let mut device = Device::open(Shared(&self.flash), KEYS, &mut store, &mut buffer)?;
        job(&mut device, &mut store, &mut self.rng, &mut buffer)
    }

    /// Saves a report with this note.
    ///
    /// # Errors
    /// Those of [`Device::save`].
    pub fn save(&mut self, note: &str) -> Result<Id, Error> {
        self.with(|device, store, rng, buffer| device.save(&mut report(note), &terms(), rng, store, buffer))
    }

    /// Takes a receipt.
    ///
    /// # Errors
    /// Those of [`Device::confirm`].
    pub fn confirm(&mut self, receipt: &[u8]) -> Result<Confirmed, Error> {
        self.with(|device, store, _, buffer| device.confirm(receipt, store, buffer))
    }

    /// All records in its journal.
    #[must_use]
    pub fn records(&self) -> Vec<(Mark, Vec<u8>)> {
        let (mut store, _) = Journal::open(Shared(&self.flash), JOURNAL, WhenFull::DropAtHq).unwrap();
        records(&mut store)
    }
}

/// The device of a [`Unit`] while it has power.
pub type OpenDevice<'f> = Device<Shared<'f, 4, 1024>>;
/// Its journal.
pub type OpenJournal<'f> = Journal<Shared<'f, 4, 1024>>;

/// A headquarters and a device that it enrolled as author 17.
#[must_use]
pub fn mission() -> (Headquarters, Unit) {
    let key = HqKey::new(&mut Replayed(1)).unwrap();
    let (peer, device) = enrolled(17, &key, &mut Replayed(2), &mut Replayed(3));
    (Headquarters { key, peer, epochs: Vec::new() }, Unit::new(device, 4))
}

/// All records of a store.
pub fn records(store: &mut impl Store) -> Vec<(Mark, Vec<u8>)> {
    let (mut found, mut after, mut buffer) = (Vec::new(), None, vec![0; increp::seal::MAX_RECORD]);
    while let Some(record) = store.next(after, &mut buffer).unwrap() {
        found.push((record.mark, record.bytes.to_vec()));
        after = Some(record.handle);
    }
    found
}

/// HQ as far as these tests need it: everything in memory.
#[derive(Debug)]
pub struct Headquarters {
    /// HQ's key pair.
    pub key: HqKey,
    /// The one device.
    pub peer: Peer,
    /// Its epochs.
    pub epochs: Vec<Epoch>,
}

/// What HQ makes of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Record 0.
    Opening,
    /// A number whose report was lost.
    Void,
    /// The note of the report.
    Report(String),
    /// Nothing: no epoch that HQ knows opens it.
    Refused,
}

impl Headquarters {
    /// A receipt for these records of one epoch.
    #[must_use]
    pub fn receipt(&self, records: &[Vec<u8>]) -> Vec<u8> {
        let mut buffer = [0; increp::seal::MAX_RECEIPT];
        self.peer.receipt(records.iter().map(|bytes| Record::parse(bytes).unwrap()), &mut buffer).unwrap().to_vec()
    }

    /// The record, opened by any epoch of that number.
    pub fn read(&mut self, bytes: &[u8]) -> Read {
        let Ok(record) = Record::parse(bytes) else { return Read::Refused };
        if record.seq == 0 {
            return match self.peer.begin(&self.key, bytes) {
                Ok(epoch) => {
                    if !self.epochs.contains(&epoch) {
                        self.epochs.push(epoch);
                    }
                    Read::Opening
                }
                Err(_) => Read::Refused,
            };
        }
        let mut buffer = vec![0; bytes.len()];
        for epoch in self.epochs.iter().filter(|epoch| epoch.number() == record.epoch) {
            match epoch.open(bytes, &mut buffer) {
                Ok(Opened::Void) => return Read::Void,
                Ok(Opened::Report(packed)) => {
                    let mut room = vec![0; 4096];
                    let mut report = Report::default();
                    packed::decode_into(packed, &Profile::EMPTY, &epoch.known(record.seq), &mut report, &mut room).unwrap();
                    assert_eq!(report.id, record.id(self.peer.author()));
                    return Read::Report(
                        report.event.and_then(|event| event.note).map_or(String::new(), |note| note.as_str().to_owned()),
                    );
                }
                Err(_) => {}
            }
        }
        Read::Refused
    }
}
