//! Records in memory, of a device that seals nothing: the link does not look into what is sealed.

use std::convert::Infallible;

use increp::link::Outbox;
use increp::seal::{HEAD, OPENING, TAG};
use increp::store::{self, Handle, Mark};
use sha2::{Digest as _, Sha256};

use super::air::below;
use crate::sealed::Replayed;

/// Records and their marks.
#[derive(Clone, Debug, Default)]
pub struct RamBox {
    /// The oldest first.
    pub records: Vec<(Mark, Vec<u8>)>,
    /// Those before it were dropped.
    pub dropped: usize,
}

impl RamBox {
    /// So many records of these lengths, in epochs of at most 255 with their openings.
    #[must_use]
    pub fn random(seed: u64, bodies: &[usize]) -> Self {
        let mut rng = Replayed(seed);
        let mut records = Vec::new();
        for bodies in bodies.chunks(255) {
            let enc: [u8; 32] = bytes(&mut rng, 32).try_into().unwrap();
            let epoch = epoch_of(&enc).to_le_bytes();
            let mut opening = vec![0x13, epoch[0], epoch[1], epoch[2], 0];
            opening.extend(enc);
            opening.extend(bytes(&mut rng, OPENING - HEAD - 32));
            records.push((Mark::Saved, opening));
            for (seq, length) in (1..=255).zip(bodies) {
                let mut record = vec![0x13, epoch[0], epoch[1], epoch[2], seq];
                record.extend(bytes(&mut rng, length + TAG));
                records.push((Mark::Saved, record));
            }
        }
        Self { records, dropped: 0 }
    }
}

/// The number of the epoch that begins so.
#[must_use]
pub fn epoch_of(enc: &[u8; 32]) -> u32 {
    let hash = Sha256::digest(enc);
    1 + u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]) % 0xff_ffff
}

/// Bytes by chance.
pub fn bytes(rng: &mut Replayed, length: usize) -> Vec<u8> {
    use rand_core::TryRng as _;
    let mut bytes = vec![0; length];
    let Ok(()) = rng.try_fill_bytes(&mut bytes);
    bytes
}

/// Lengths between 10 and 400 bytes, as many of any order of magnitude as of another.
pub fn lengths(rng: &mut Replayed, many: usize) -> Vec<usize> {
    let length = |_| (10.0 * 40_f64.powf(f64::from(below(rng, 1_000_000)) / 1e6)).round();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 10 and 400
    (0..many).map(length).map(|length| length as usize).collect()
}

impl Outbox for RamBox {
    type Error = Infallible;

    fn next<'b>(&mut self, after: Option<Handle>, buffer: &'b mut [u8]) -> Result<Option<store::Record<'b>>, Infallible> {
        let at = after.map_or(0, |handle| handle.sequence() as usize + 1).max(self.dropped);
        let Some((mark, record)) = self.records.get(at) else { return Ok(None) };
        let bytes = &mut buffer[..record.len()];
        bytes.copy_from_slice(record);
        Ok(Some(store::Record { handle: Handle::from_parts([u32::try_from(at).unwrap(), 0, 0]), mark: *mark, bytes }))
    }

    fn mark(&mut self, handle: Handle, mark: Mark) -> Result<(), Infallible> {
        let old = &mut self.records[handle.sequence() as usize].0;
        *old = mark.max(*old);
        Ok(())
    }
}
