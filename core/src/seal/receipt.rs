//! What HQ says it has, to the device alone.
//!
//! ```text
//! 0   15
//! 1   author  4
//! 5   epoch   3
//! 8   psk     1    low byte of the number of the pre-shared key that HQ expects next
//! 9   first   1    the first number that this speaks of
//! 10  run     1    HQ has this many numbers from there
//! 11  more         bits from the number behind the run, lowest bit first: HQ has those whose bit is 1; at most 32 bytes
//! ..  bodies  4    CMAC over the tags of all that HQ has of these, in order
//! ..  mac     8    CMAC over all before
//! ```
//!
//! Both under the receipt key, with "bodies" and "receipt" before what they cover.

/// The most bytes of a receipt.
pub(super) const MOST: usize = 11 + 32 + 4 + super::TAG;
