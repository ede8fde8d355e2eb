//! HQ's receipts at a device, whatever they came by, and between hubs.

use anyhow::{Context as _, Result};
use increp::seal::ErrorKind;

use crate::store::device::Folder;
use crate::store::hub::{Hub, Run};

/// What a receipt was.
pub(super) enum Taken {
    /// HQ has so many records more.
    Confirmed(u32),
    /// For records that were given up meanwhile.
    Old,
    /// Not as it should be.
    Refused(ErrorKind),
}

/// Takes a receipt of HQ's.
///
/// # Errors
/// The device's files cannot be read or written.
pub(super) fn take(device: &mut Folder, receipt: &[u8]) -> Result<Taken> {
    match device.confirm(receipt) {
        Ok(confirmed) => {
            if confirmed.behind {
                say!(
                    "increp: HQ has reports of this device that are not here: it was put back to an older state; the next report begins a new epoch"
                );
            }
            Ok(Taken::Confirmed(confirmed.marked))
        }
        Err(error) if error.kind == ErrorKind::NotHere => Ok(Taken::Old),
        Err(error) if is_theirs(error.kind) => Ok(Taken::Refused(error.kind)),
        Err(error) => Err(error).context("a receipt"),
    }
}

/// The epoch that a receipt is for.
pub(super) fn epoch_of(receipt: &[u8]) -> Option<u32> {
    let [low, middle, high] = *receipt.get(5..)?.first_chunk()?;
    Some(u32::from_le_bytes([low, middle, high, 0]))
}

/// Keeps a receipt that another hub has, if it is newer than the one here; whether it is.
pub(super) fn keep(hub: &mut Hub, run: Run, receipt: &[u8], now: i64) -> Result<bool> {
    let before = hub.receipts(run.author)?.into_iter().find(|(epoch, _)| *epoch == run.epoch).map(|(_, before)| before);
    let is_new = before.is_none_or(|before| is_newer(receipt, &before));
    if is_new {
        hub.keep_receipt(run, receipt, now)?;
    }
    Ok(is_new)
}

/// Whether a receipt is newer than another one of the same epoch. It speaks of what the device waited for when HQ made it, from a
/// first number on, and HQ takes nothing back: of what both speak of, the newer one has more, or it speaks no longer of what the
/// device knows.
fn is_newer(receipt: &[u8], than: &[u8]) -> bool {
    let Some(new) = numbers(receipt) else { return false };
    let Some(old) = numbers(than) else { return true };
    let from = new.0.max(old.0);
    let age = |(first, numbers): (u32, Vec<u32>)| {
        let told = numbers.iter().filter(|number| **number >= from).count();
        (told, numbers.last().copied(), first)
    };
    age(new) > age(old)
}

/// The first number that a receipt speaks of, and those that HQ has. The layout is at the head of core's `seal/receipt.rs`.
fn numbers(receipt: &[u8]) -> Option<(u32, Vec<u32>)> {
    let [first, run] = receipt.get(10..)?.first_chunk()?.map(u32::from);
    let more = receipt.get(12..receipt.len().checked_sub(12)?)?;
    let bits = more.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1)).zip(first + run..);
    let behind = bits.filter_map(|(is_there, number)| is_there.then_some(number));
    Some((first, (first..first + run).chain(behind).collect()))
}

/// Whether the receipt is wrong, not the device.
const fn is_theirs(kind: ErrorKind) -> bool {
    use ErrorKind as Kind;
    matches!(kind, Kind::Forged | Kind::OtherAuthor | Kind::OtherBodies | Kind::OtherKind(_) | Kind::EndsEarly | Kind::LeftOver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_receipt_that_goes_further_is_newer() {
        // The layout is at the head of core's seal/receipt.rs: a first number, a run of so many, and bits behind it.
        let from =
            |first: u8, run: u8, more: &[u8]| [&[0x15, 1, 0, 0, 0, 9, 8, 7, 0, 0, first, run][..], more, &[0xff; 12]].concat();
        let receipt = |run: u8, more: &[u8]| from(0, run, more);
        for (one, other, newer) in [
            (receipt(3, &[]), receipt(2, &[]), true),
            (receipt(2, &[]), receipt(2, &[]), false),
            (receipt(2, &[0b110]), receipt(3, &[]), true),
            (receipt(2, &[0b100]), receipt(4, &[]), false),
            (receipt(0, &[]), vec![0x15; 3], true),
            (vec![0x15; 3], receipt(0, &[]), false),
            // Of one report more, by a device that no longer asks for those before it.
            (from(2, 1, &[]), receipt(2, &[]), true),
            (receipt(2, &[]), from(2, 1, &[]), false),
            (from(5, 2, &[]), receipt(7, &[]), true),
            (receipt(11, &[]), from(5, 2, &[]), true),
            (from(2, 0, &[0b10]), from(2, 0, &[0b1]), true),
        ] {
            assert_eq!(is_newer(&one, &other), newer, "{one:x?} {other:x?}");
        }
        assert_eq!(epoch_of(&receipt(1, &[])), Some(0x07_0809));
    }
}
