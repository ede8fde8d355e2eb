//! Links that lose, and what stands at their ends: a hub and a device in memory.

#![allow(clippy::missing_panics_doc)] // a panic here is a failed test

pub mod air;
pub mod gossip;
pub mod outbox;
pub mod peers;
pub mod score;
pub mod world;

use std::collections::BTreeMap;
use std::convert::Infallible;

use increp::link::{Key, Known, MAX_SEALED, Partial, Shelf};
use increp::seal::{Numbers, Record, Secret};

/// Author, epoch and number.
pub type At = (u32, u32, u8);

/// A hub's store in memory.
#[derive(Clone, Debug, Default)]
pub struct RamShelf {
    /// The devices it knows.
    pub devices: Vec<Known>,
    /// Every body under a number, the first one first: whole sealed records.
    pub records: BTreeMap<At, Vec<Vec<u8>>>,
    /// Records that are not whole.
    pub partials: BTreeMap<At, Box<Partial<MAX_SEALED>>>,
    /// HQ's receipts by author and epoch.
    pub receipts: BTreeMap<(u32, u32), Vec<u8>>,
    /// HQ's messages by author and the low byte of their number.
    pub downs: BTreeMap<(u32, u8), Vec<u8>>,
    /// Numbers without a good body.
    pub refused: BTreeMap<(u32, u32), Numbers>,
}

impl RamShelf {
    /// That knows these devices by their hop keys.
    #[must_use]
    pub fn new(devices: &[(u32, Secret<16>)]) -> Self {
        let known = |(author, hop): &(u32, Secret<16>)| Known { author: *author, key: Key::new(hop) };
        Self { devices: devices.iter().map(known).collect(), ..Self::default() }
    }

    /// The bodies under a number.
    #[must_use]
    pub fn bodies(&self, at: At) -> &[Vec<u8>] {
        self.records.get(&at).map_or(&[], Vec::as_slice)
    }
}

impl Shelf for RamShelf {
    type Error = Infallible;

    fn devices(&self) -> &[Known] {
        &self.devices
    }

    fn have(&mut self, author: u32, epoch: u32) -> Result<Numbers, Infallible> {
        let mut numbers = Numbers::default();
        let refused = self.refused.get(&(author, epoch)).copied().unwrap_or_default();
        for (at, _) in self.records.range((author, epoch, 0)..=(author, epoch, 255)) {
            if !refused.has(at.2) {
                numbers.add(at.2);
            }
        }
        Ok(numbers)
    }

    fn bodies(&mut self, author: u32, epoch: u32, low: u8, take: &mut dyn FnMut(u8, &[u8])) -> Result<(), Infallible> {
        for (at, bodies) in self.records.range((author, epoch, low)..=(author, epoch, 255)) {
            take(at.2, bodies.last().expect("no number without a body"));
        }
        Ok(())
    }

    fn keep(&mut self, author: u32, record: &Record<'_>) -> Result<(), Infallible> {
        let at = (author, record.epoch, record.seq);
        let mut room = [0; increp::seal::MAX_RECORD];
        let bytes = record.write(&mut room).expect("there is room");
        let bodies = self.records.entry(at).or_default();
        if !bodies.iter().any(|body| body == bytes) {
            bodies.push(bytes.to_vec());
        }
        self.partials.remove(&at);
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn partial(&mut self, author: u32, epoch: u32, seq: u8, begin: bool) -> Option<&mut Partial<MAX_SEALED>> {
        if begin {
            self.partials.entry((author, epoch, seq)).or_default();
        }
        self.partials.get_mut(&(author, epoch, seq)).map(AsMut::as_mut)
    }

    fn receipt(&mut self, author: u32, epoch: u32, buffer: &mut [u8]) -> Result<usize, Infallible> {
        Ok(put(self.receipts.get(&(author, epoch)), buffer))
    }

    fn down(&mut self, author: u32, number: u8, buffer: &mut [u8]) -> Result<usize, Infallible> {
        Ok(put(self.downs.get(&(author, number)), buffer))
    }
}

fn put(bytes: Option<&Vec<u8>>, buffer: &mut [u8]) -> usize {
    let bytes = bytes.map_or(&[][..], Vec::as_slice);
    buffer[..bytes.len()].copy_from_slice(bytes);
    bytes.len()
}

/// Keeps a whole record.
pub fn put_record(shelf: &mut RamShelf, author: u32, bytes: &[u8]) {
    let Ok(()) = shelf.keep(author, &Record::parse(bytes).expect("a record"));
}
