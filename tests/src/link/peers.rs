//! What others would take for the same reports over the same air. Models of their frames; their loss is real.

use super::air::Air;

/// Bytes both ways, and rounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Bytes that the sender sent.
    pub up: u64,
    /// Bytes that came back.
    pub down: u64,
    /// Times that the sender waited for an answer.
    pub rounds: u64,
}

/// A protocol that sends a frame and waits for its acknowledgement.
#[derive(Clone, Copy, Debug)]
pub struct StopAndWait {
    /// Bytes that a frame has beside what it carries.
    pub head: usize,
    /// Bytes of an acknowledgement.
    pub ack: usize,
    /// The most bytes of a frame.
    pub mtu: usize,
}

impl StopAndWait {
    /// CoAP over the link with OSCORE: header, token and path 10 bytes, OSCORE 13; confirmable, blocks (RFC 7959) where a report is too long;
    /// the answer has 5 and 11.
    #[must_use]
    pub const fn coap(mtu: usize) -> Self {
        Self { head: 23, ack: 16, mtu }
    }

    /// A direct message of Meshtastic: header 16, public-key encryption 12, protobuf 4; the acknowledgement 16 and 6. Its frames
    /// have at most 253 bytes; there are no blocks, so a longer report is taken for two messages.
    #[must_use]
    pub const fn meshtastic(mtu: usize) -> Self {
        Self { head: 32, ack: 22, mtu: if mtu < 253 { mtu } else { 253 } }
    }

    /// Sends these reports: sealed texts of their own, and their tags where the protocol's own encryption ends at the hub.
    pub fn send(&self, sealed: &[usize], air: &mut Air) -> Cost {
        let mut cost = Cost::default();
        let room = self.mtu - self.head;
        for length in sealed {
            let mut left = *length;
            while left > 0 {
                let piece = left.min(room);
                loop {
                    cost.up += (self.head + piece) as u64;
                    cost.rounds += 1;
                    let arrived = air.carries();
                    cost.down += if arrived { self.ack as u64 } else { 0 };
                    if arrived && air.carries() {
                        break;
                    }
                    air.pause();
                }
                left -= piece;
            }
        }
        cost
    }
}
