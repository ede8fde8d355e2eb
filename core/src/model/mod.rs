//! What a report says.
//!
//! Three rules make the model:
//! 1. The unit is the claim: rival figures stand side by side, each with its chain of sources.
//! 2. Not reported, asked but unknown, zero and "at least n" are four different things: [`Said`], [`Count`].
//! 3. An encoding changes size, never meaning.
//!
//! A [`Report`] borrows its text and keeps its lists in itself, so nothing is allocated and nothing is copied. Limits
//! are in [`bounds`]; they hold however a report came to be: [`Report::check`], [`crate::encode`], [`crate::decode`] and
//! serde all check them. In serde, a format for people (JSON) shows slugs, dates and left-out members; a binary format
//! sees every field in order.

pub mod bounds;
pub mod describe;

pub(crate) mod calendar;
mod code;
mod record;
#[macro_use]
mod codes;
mod value;
mod walk;
mod walked;

mod claim;
mod event;
mod extra;
mod id;
mod leaf;
mod levels;
mod parties;
mod place;
#[cfg(feature = "arbitrary")]
mod random;
pub(crate) mod report;
mod said;
mod text;
mod time;

pub use claim::{About, Claim, Hop, Statement};
pub use codes::*;
pub use event::{Access, Control, Distance, Event, Notice, Observer, Truce};
pub use extra::{Entry, Extra, Integer, Scalar};
pub use id::{Id, ParseIdError};
pub use leaf::{Flow, In, Leaf, Out, Spot};
pub use parties::{Count, Object, Party, Who};
pub use place::{Degrees, Place, Point};
pub use report::{Digest, Evidence, Link, Report, list};
pub use said::Said;
pub use text::{Name, Person, Text};
pub use time::{Date, ParseDateError, Period, Stamp, Time};
pub use value::{Fill, Value};
pub use walk::{Fields, Layout, Stopped, Walk};
pub use walked::{List, ListMut, OptionalMut, Record, RecordMut, Slot, Unreported, View, Walked};

/// The shape of a report, the root of every [`describe::Path`].
#[must_use]
pub const fn report_shape() -> &'static describe::Shape {
    <Report<'static> as Value<'static>>::SHAPE
}
