//! HQ's messages at a device, whatever they came by.

use std::collections::BTreeMap;

use increp::model::Stamp;

use crate::store::device::{Folder, Heard};
use crate::store::now;

/// Hears messages in their turn, as far as they are there; gives what they were. Under a number there may be several, of which one is good.
pub(super) fn hear(device: &mut Folder, mut messages: BTreeMap<u32, Vec<Vec<u8>>>) -> Vec<Heard> {
    let mut all = Vec::new();
    while let Some(bodies) = messages.remove(&device.next_down()) {
        let before = device.next_down();
        for message in bodies {
            match hear_one(device, &message) {
                Heard::Other => {}
                Heard::NotKept => {
                    all.push(Heard::NotKept);
                    return all;
                }
                heard => all.push(heard),
            }
            if all.last() == Some(&Heard::Wipe) {
                return all;
            }
            if device.next_down() != before {
                break;
            }
        }
    }
    all
}

/// Hears one. Where it cannot be kept, on a disk that is full, that is said, and it comes again: reports go their way nevertheless.
pub(super) fn hear_one(device: &mut Folder, message: &[u8]) -> Heard {
    device.hear(message, Stamp::new(now())).unwrap_or_else(|error| {
        say!("increp: {error:#}: what HQ says cannot be kept, and comes again");
        Heard::NotKept
    })
}
