//! What one hub says to another over a link, beside records: as records of its own, so that they are fragmented, acknowledged and resumed as
//! all others are.
//!
//! ```text
//! author   the other hub        epoch   1 + (first 4 bytes of SHA-256(letter), little-endian) modulo (2^24 - 1)
//! seq      from 1 on            sealed  of 1: how many there are, 1 byte; then up to 1000 bytes of the letter, of the last one with zeros up to
//!                               8 bytes at least
//! letter   the content of a stick file between hubs (kind 3), with its mac
//! ```
//!
//! A letter that the other one has is known by its epoch, and is not sent again.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use increp::seal::Record;
use sha2::{Digest as _, Sha256};

/// Bytes of a letter in a record.
const PART: usize = 1000;
/// Parts of a letter, at most.
const MOST: usize = 255;
/// No record is shorter.
const LEAST: usize = 8;

/// The number of a letter.
pub(super) fn epoch(letter: &[u8]) -> u32 {
    let hash: [u8; 32] = Sha256::digest(letter).into();
    1 + hash.first_chunk().map_or(0, |first| u32::from_le_bytes(*first)) % 0xff_ffff
}

/// A letter's parts, as what is sealed of records 1 and on.
///
/// # Errors
/// It is too long.
pub(super) fn parts(letter: &[u8]) -> Result<Vec<Vec<u8>>> {
    let many = letter.len().div_ceil(PART).max(1);
    if many > MOST {
        bail!("there is too much to say to another hub over a link, {} bytes: take a stick", letter.len());
    }
    let mut parts: Vec<Vec<u8>> = letter.chunks(PART).map(<[u8]>::to_vec).collect();
    if let Some(first) = parts.first_mut() {
        first.insert(0, u8::try_from(many)?);
    }
    if let Some(last) = parts.last_mut() {
        last.resize(last.len().max(LEAST), 0);
    }
    Ok(parts)
}

/// A letter that is coming.
#[derive(Debug, Default)]
pub(super) struct Letter {
    pub(super) epoch: u32,
    parts: BTreeMap<u8, Vec<u8>>,
}

impl Letter {
    pub(super) fn new(epoch: u32) -> Self {
        Self { epoch, parts: BTreeMap::new() }
    }

    /// One that is whole.
    pub(super) fn of(epoch: u32, letter: &[u8]) -> Self {
        let parts = parts(letter).unwrap_or_else(|error| {
            say!("increp: {error:#}");
            Vec::new()
        });
        Self { epoch, parts: (1..=u8::MAX).zip(parts).collect() }
    }

    /// Adds a part.
    pub(super) fn add(&mut self, record: &Record<'_>) {
        let sealed = [record.body, &record.tag].concat();
        if record.seq != 0 && sealed.len() <= PART + 1 {
            self.parts.insert(record.seq, sealed);
        }
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = u8> {
        self.parts.keys().copied()
    }

    /// The parts as records.
    pub(super) fn records(&self) -> impl Iterator<Item = (u8, Vec<u8>)> {
        self.parts.iter().filter_map(|(seq, sealed)| Some((*seq, record(self.epoch, *seq, sealed)?)))
    }

    /// The letter, once it is whole.
    pub(super) fn whole(&self) -> Option<Vec<u8>> {
        let many = *self.parts.get(&1)?.first()?;
        let mut letter = Vec::new();
        for seq in 1..=many {
            let part = self.parts.get(&seq)?;
            letter.extend(part.get(usize::from(seq == 1)..)?);
        }
        // What fills up the last part does not count.
        (0..LEAST).find_map(|zeros| {
            let letter = letter.get(..letter.len().checked_sub(zeros)?)?;
            (epoch(letter) == self.epoch).then(|| letter.to_vec())
        })
    }
}

/// A part as a record.
pub(super) fn record(epoch: u32, seq: u8, sealed: &[u8]) -> Option<Vec<u8>> {
    let record = Record::from_sealed(epoch, seq, sealed).ok()?;
    let mut room = [0; PART + 64];
    record.write(&mut room).ok().map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_whole_when_all_its_parts_are_there_in_any_order() {
        for length in [0, 1, 6, 7, 8, 999, 1000, 1001, 1003, 2000, 5555, 255_000] {
            let letter: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let number = epoch(&letter);
            let parts = parts(&letter).unwrap();
            if length == 0 {
                continue;
            }
            let mut coming = Letter::new(number);
            for (seq, sealed) in (1..=u8::MAX).zip(&parts).collect::<Vec<_>>().into_iter().rev() {
                assert_eq!(coming.whole(), None, "{length} at {seq}");
                let bytes = record(number, seq, sealed).unwrap();
                coming.add(&Record::parse(&bytes).unwrap());
            }
            assert_eq!(coming.whole(), Some(letter.clone()), "{length}");
            assert!(coming.records().eq(Letter::of(number, &letter).records()));
        }
        assert!(parts(&vec![0; 255_001]).is_err());
    }
}
