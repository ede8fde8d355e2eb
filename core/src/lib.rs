//! Incident reports that fit in a radio frame.
//!
//! The layers, in the order in which a report passes through them; each knows only those above it:
//!
//! | module | what it holds |
//! |---|---|
//! | [`model`] | what a report says: claims side by side, four kinds of "not a number", limits and units |
//! | [`wire`] | a report as bytes: [`encode`] and [`decode`] |
//! | `seal` | bytes that nobody else can read or forge: enrolment, epochs, a key a report; with the feature `seal` |
//! | `link` | sealed reports over a lossy medium: frames, answers, what is missing; with the feature `link` |
//! | `store` | reports at rest: a flash journal and a RAM ring; with the feature `store` |
//!
//! ```
//! use increp::model::*;
//!
//! let report = Report {
//!     id: Id { author: 17, epoch: 0, seq: 42 },
//!     status: Status::ACTUAL,
//!     event: Some(Event {
//!         kind: EventType::AIR_DRONE_STRIKE,
//!         counts: list([Count { of: CountOf::KILLED, min: Some(1), ..Count::default() }]),
//!         ..Event::default()
//!     }),
//!     ..Report::default()
//! };
//! let mut buffer = [0; increp::MAX_LEN];
//! let bytes = increp::encode(&report, &mut buffer)?;
//! assert_eq!(increp::decode(bytes)?, report);
//! # Ok::<(), increp::Error>(())
//! ```
//!
//! No heap, no `unsafe`, no panic: whatever the bytes, [`decode`] gives a report or an [`Error`] that says what the
//! sender did and at which byte.
//!
//! | feature | what it adds |
//! |---|---|
//! | `general-16`, `general-64` | profiles for [`wire::packed`], of 16 and 64 KiB |
//! | `store` | the module `store` |
//! | `seal` | the module `seal`, and `store` |
//! | `link` | the module `link`, and `seal` |
//! | `defmt` | `defmt::Format` beside `Debug` |
//! | `arbitrary` | random reports, for tests |

#![no_std]

pub mod error;
pub mod model;
pub mod wire;

#[cfg(feature = "seal")]
pub mod seal;

#[cfg(feature = "link")]
pub mod link;

#[cfg(feature = "store")]
pub mod store;

pub use error::{Error, ErrorKind, Rule};
pub use wire::{MAX_LEN, decode, decode_into, encode, encoded_len};
