//! Sealed records over the worst links: datagrams from 51 bytes up, byte streams ([`cobs`]), and air that goes one way.
//!
//! ```text
//! up: from a device to hubs                                          down: from a hub to the device
//! RECORDS   first | seq 1 | [offset] | entries | mac                 HAVE      first | bodies 2 | runs | mac
//!  long     first | hint 1 | epoch 3 | seq 1 | [offset] | ...        RECEIPT   first | offset | rest | piece | mac
//! POLL      first | hint 1 | epoch 3 | low 1 | top 1 | nonce 2       DOWN      first | number 1 | offset | rest | piece | mac
//!           | down 1 | receipt 1 | [seq 1 | [offset] | entries] | mac
//! entry     rest | piece        rest, a varint, at least 8: bytes of the record from here to its end, of which the frame may hold less
//!           0 | seq 1 | offset  the next entry is of this number, and begins at this byte
//! first     bits 0-2 kind: 0 RECORDS, 1 POLL, 2 HAVE, 3 RECEIPT, 4 DOWN
//!           bit 3    answer, please      bit 5  the long head                                 bit 7  HAVE: the runs go on
//!           bit 4    an offset follows   bit 6  HAVE: news waits; RECORDS, POLL: the first entry has no rest and fills the frame
//! mac       0, 4 or 8 bytes of CMAC(way 1 | nonce 2 | epoch 3 | frame)    way 1 up, 2 down; the nonce is 0 in RECORDS and POLL
//! mask      the first 6 bytes, or all before the mac, XOR CMAC(mac)
//! ```
//!
//! Keys of mac and mask, and the hint, are CMAC(hop key, "link mac 1" / "link mask 1" / "link hint 1"). A record travels without its first five
//! bytes. Every frame may be lost, doubled, or come late: none depends on another, and what comes twice changes nothing.
//!
//! A device offers all records without HQ's receipt. It sends some, asks (of the first frames some are POLLs), and a hub answers with HAVE: which records are there whole, and which
//! bytes of others. So it goes on until nothing is missing. What a HAVE says counts for this session alone, and only HQ's receipt ends a record's way.
//!
//! | who | type | over |
//! |---|---|---|
//! | who has records | [`Sender`] | [`Outbox`]: any [`Store`](crate::store::Store) |
//! | who keeps them | [`Hub`] | [`Shelf`] |
//! | both | [`Ledger`] | how long the link may transmit |
//!
//! Neither reads a clock nor a radio: they are given frames and the time, and give frames.

pub mod cobs;
mod frame;
mod hub;
mod ledger;
mod partial;
mod runs;
mod sender;
mod vector;

use crate::seal::MAX_RECORD;

pub use frame::Key;
pub use hub::{Answer, Hub, Known, Received, Session, Shelf};
pub use ledger::{Duty, Ledger};
pub use partial::Partial;
pub use sender::{Event, Outbox, Outcome, Sender, Step};
pub use vector::{Catalogue, Found, Item, MIN_VECTOR_MTU, Vector};

/// The most bytes of a record without the head that frames leave out.
pub const MAX_SEALED: usize = MAX_RECORD - crate::seal::HEAD;

/// The most bytes of what a hub has for a device: a receipt, or a message of HQ's.
pub const MAX_NEWS: usize = 256;

/// The most bytes of runs in a HAVE.
const MAX_RUNS: usize = 256;

/// What a device keeps of a session and its link, beside the buffers that it lends.
const _: () = assert!(size_of::<Sender>() + size_of::<Ledger>() <= 1024, "a session takes more than 1 KiB");

/// The least bytes of a frame that a link must carry.
pub const MIN_MTU: u16 = 32;

/// How many bytes of code a frame has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Mac {
    /// None, and no mask: where somebody who is trusted checks every frame and says whose it is, as LoRaWAN's network server does.
    None,
    /// Four bytes, for links of at most ten frames a second: a forgery takes about 13 years.
    Four,
    /// Eight bytes, for all others.
    Eight,
}

impl Mac {
    /// Bytes of the code.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::None => 0,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    /// Codes a second that may be wrong; after that no frame of that second is looked at. With eight bytes it bounds the work alone.
    const fn failures(self) -> u16 {
        match self {
            Self::None => 0,
            Self::Four => 10,
            Self::Eight => 10_000,
        }
    }
}

/// What is agreed of a link: both ends have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Terms {
    /// The most bytes of a frame, at least [`MIN_MTU`].
    pub mtu: u16,
    /// The code of each frame.
    pub mac: Mac,
    /// How often a POLL and a HAVE are sent: 1; 2 or 3 where much is lost and the way down is not scarce.
    pub copies: u8,
    /// How often everything is sent on a link without a way down; 0 where there is one. 2, 4 or 7 bring 99 % of the frames at a loss of
    /// 10, 30 or 50 %.
    pub one_way: u8,
    /// The most frames between two questions.
    pub window: u16,
    /// Milliseconds until a question is asked again; longer each time.
    pub timeout: u32,
    /// Milliseconds without a frame after which a hub answers: the time of two frames where both cannot speak at once.
    pub quiet: u32,
}

impl Terms {
    /// For links of so many bytes a frame: the code, how often questions are sent and how long they wait are those of a slow radio.
    #[must_use]
    pub const fn radio(mtu: u16) -> Self {
        Self { mtu, mac: Mac::Four, copies: 1, one_way: 0, window: 64, timeout: 8_000, quiet: 1_000 }
    }

    /// For serial lines, TCP, and UDP in a network.
    #[must_use]
    pub const fn wire(mtu: u16) -> Self {
        Self { mtu, mac: Mac::Eight, copies: 1, one_way: 0, window: 64, timeout: 1_000, quiet: 0 }
    }
}

/// By what a POLL names the receipt that a device has: its last byte, 1 where that is 0. 0 is none.
fn receipt_name(receipt: &[u8]) -> u8 {
    receipt.last().map_or(0, |&last| last.max(1))
}

/// Frames with a wrong code in the second at hand.
#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    second: u64,
    many: u16,
}

impl Failures {
    /// Whether the link may look at one more frame.
    fn may(&mut self, now: u64, mac: Mac) -> bool {
        let second = now / 1000;
        if self.second != second {
            *self = Self { second, many: 0 };
        }
        mac == Mac::None || self.many < mac.failures()
    }

    fn count(&mut self, many: u16) {
        self.many = self.many.saturating_add(many);
    }
}
