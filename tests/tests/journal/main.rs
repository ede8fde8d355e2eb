//! The flash journal and the RAM ring.
//!
//! | module | what it asks |
//! |---|---|
//! | `power` | is all that was confirmed there, and nothing else, wherever power fails? |
//! | `damage` | what do flipped bits, a corrupt page and worn words cost? |
//! | `usage` | what is refused, what is counted, what may be dropped? |
//! | `ring` | does the ring do as a list does? |
//! | `expected` | what must be in a store, for all of them |

#![allow(clippy::unwrap_used)] // a test

mod damage;
mod expected;
mod power;
mod ring;
mod usage;

use increp::store::{Error, Handle, Journal, Layout, Mark, Status, Store, WhenFull};
use increp_tests::flash::AnyCutFlash;

const MARKS: [Mark; 4] = [Mark::Saved, Mark::Sent, Mark::AtHub, Mark::AtHq];
const POLICIES: [WhenFull; 3] = [WhenFull::Refuse, WhenFull::DropAtHq, WhenFull::DropOldest];

/// Bytes: many erased and many zero ones among them, and no two records alike whose numbers are below 256.
fn bytes(length: usize, kind: u8, number: usize) -> Vec<u8> {
    let tag = u32::try_from(number).unwrap().to_le_bytes();
    let fill = |at: usize| match kind % 4 {
        0 => 0xff,
        1 => 0,
        _ => u8::try_from((at * 31 + number * 7) % 256).unwrap(),
    };
    (0..length).map(|at| tag.get(at).copied().unwrap_or_else(|| fill(at))).collect()
}

/// All records in their order.
fn all(store: &mut impl Store) -> Result<Vec<(Handle, Mark, Vec<u8>)>, Error> {
    let (mut found, mut after, mut buffer) = (Vec::new(), None, vec![0; 8192]);
    while let Some(record) = store.next(after, &mut buffer)? {
        assert!(after.is_none_or(|after: Handle| after.sequence() < record.handle.sequence()), "out of order");
        found.push((record.handle, record.mark, record.bytes.to_vec()));
        after = Some(record.handle);
        assert!(found.len() < 10_000, "no end");
    }
    Ok(found)
}

fn open(flash: &mut AnyCutFlash, when_full: WhenFull) -> Result<(Journal<&mut AnyCutFlash>, Status), Error> {
    let (layout, range) = (flash.layout, flash.range());
    Journal::open_with(flash, layout, range, when_full)
}

const fn layout(word: u32, page: u32) -> Layout {
    Layout { word, page }
}
