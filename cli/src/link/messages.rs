//! HQ's messages at a device, whatever they came by.

use std::collections::BTreeMap;

use anyhow::Result;
use increp::model::Stamp;

use crate::store::device::{Folder, Heard};
use crate::store::now;

/// Hears messages in their turn, as far as they are there; gives what they were. Under a number there may be several, of which one is good.
///
/// # Errors
/// The device's files cannot be read or written; what was heard was.
pub(super) fn hear(device: &mut Folder, mut messages: BTreeMap<u32, Vec<Vec<u8>>>) -> Result<Vec<Heard>> {
    let mut all = Vec::new();
    while let Some(bodies) = messages.remove(&device.next_down()) {
        let before = device.next_down();
        for message in bodies {
            match device.hear(&message, Stamp::new(now()))? {
                Heard::Other => {}
                heard => all.push(heard),
            }
            if all.last() == Some(&Heard::Wipe) {
                return Ok(all);
            }
            if device.next_down() != before {
                break;
            }
        }
    }
    Ok(all)
}
