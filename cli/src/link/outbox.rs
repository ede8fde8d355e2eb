//! What is to be sent: the journal of a device.

use anyhow::{Context as _, Error, Result};
use increp::link::Outbox;
use increp::store::{ErrorKind, Handle, Mark, Record};

use crate::store::device::Folder;

/// The journal of a device's folder.
pub(super) struct Journal<'f>(pub(super) &'f mut Folder);

impl Outbox for Journal<'_> {
    type Error = Error;

    fn next<'b>(&mut self, after: Option<Handle>, buffer: &'b mut [u8]) -> Result<Option<Record<'b>>> {
        let Some(kept) = self.0.next(after)? else { return Ok(None) };
        record(kept.handle, kept.mark, &kept.bytes, buffer).map(Some)
    }

    fn mark(&mut self, handle: Handle, mark: Mark) -> Result<()> {
        match self.0.mark(handle, mark) {
            // It was dropped meanwhile, or has no more place: nothing depends on it.
            Err(error) if is_passing(&error) => Ok(()),
            marked => marked,
        }
    }
}

fn is_passing(error: &Error) -> bool {
    let kind = error.downcast_ref::<increp::store::Error>().map(|error| error.kind);
    matches!(kind, Some(ErrorKind::Gone | ErrorKind::MarkWorn))
}

/// A record that stands in the buffer.
pub(super) fn record<'b>(handle: Handle, mark: Mark, bytes: &[u8], buffer: &'b mut [u8]) -> Result<Record<'b>> {
    let room = buffer.get_mut(..bytes.len()).context("a record is too long")?;
    room.copy_from_slice(bytes);
    Ok(Record { handle, mark, bytes: room })
}
