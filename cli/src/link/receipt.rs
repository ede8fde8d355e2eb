//! HQ's receipts at a device, whatever they came by.

use anyhow::{Context as _, Result};
use increp::seal::ErrorKind;

use crate::store::device::Folder;

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

/// Whether the receipt is wrong, not the device.
const fn is_theirs(kind: ErrorKind) -> bool {
    use ErrorKind as Kind;
    matches!(kind, Kind::Forged | Kind::OtherAuthor | Kind::OtherBodies | Kind::OtherKind(_) | Kind::EndsEarly | Kind::LeftOver)
}
