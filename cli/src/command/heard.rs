//! What HQ said to a device, as it is told its user.

use std::io::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use crate::files::standard_output;
use crate::store::device::{Folder, Heard};
use crate::store::now;

/// What was heard, for programs.
pub(super) fn json(heard: &[Heard]) -> Value {
    let one = |heard: &Heard| match heard {
        Heard::Said(said) => Some(said.json()),
        Heard::Over => Some(json!({ "kind": "out_of_date" })),
        Heard::Time(at) => Some(json!({ "kind": "time", "at": at.to_string() })),
        Heard::HqKey => Some(json!({ "kind": "hq_key" })),
        Heard::HopKey => Some(json!({ "kind": "hub_key" })),
        Heard::Wipe => Some(json!({ "kind": "wipe" })),
        Heard::Unknown => Some(json!({ "kind": "unknown" })),
        Heard::NotKept => Some(json!({ "kind": "not_kept" })),
        Heard::Other | Heard::Refused(_) => None,
    };
    heard.iter().filter_map(one).collect()
}

/// What was heard, for people: what HQ says to the user on standard output, the rest beside.
pub(super) fn tell(heard: &[Heard]) -> Result<()> {
    for one in heard {
        match one {
            Heard::Said(said) => writeln!(standard_output(), "{said}")?,
            _ => tell_rest(one),
        }
    }
    Ok(())
}

/// What is told beside.
pub(super) fn tell_rest(heard: &Heard) {
    match heard {
        Heard::Over => say!("increp: HQ has said something that is out of date; it is not shown"),
        Heard::Time(at) if at.seconds() > now() => {
            say!("increp: HQ says that it is {at}, or later: the clock of this machine is behind; set it");
        }
        Heard::HqKey => say!("increp: HQ has a new key: the next report begins an epoch for it"),
        Heard::HopKey => say!("increp: HQ has revoked a hub: the device deals with the others alone, under a new key"),
        Heard::Unknown => say!("increp: HQ has said something that this version does not know: take a later one"),
        Heard::Refused(kind) => say!("increp: a message is refused: {kind}"),
        Heard::Said(_) | Heard::Time(_) | Heard::Other | Heard::NotKept | Heard::Wipe => {}
    }
}

/// How many messages are to come again.
pub(super) fn not_kept(heard: &[Heard]) -> u64 {
    heard.iter().filter(|heard| **heard == Heard::NotKept).count() as u64
}

/// HQ has revoked the device: its keys are erased, if that is what was said. True if so.
pub(super) fn wipe(device: Folder, heard: &[Heard]) -> Result<bool> {
    if !heard.contains(&Heard::Wipe) {
        return Ok(false);
    }
    device.wipe()?;
    say!("increp: HQ has revoked this device: its keys are erased; what was saved stays sealed, and HQ can open what reached it");
    Ok(true)
}
