//! Where in a report a decision stands, and what was said before it that bears on it.
//!
//! ```text
//! root      what kind of value of which field of which record, wherever that record stands
//! chain 0   + this way through the report and this place of its list; + type of the event; + who is in it
//! chain 1   + what this record said before; + this way and place; + type
//! chain 2   + hint, and this way and place; + type; + what this record said before
//! chain 3   + hint, and this way and place, and how exactly time and place are known; + type
//! ```
//!
//! A weight says which chains go on behind it, so most decisions look up their root alone.

use heapless::Vec;

use crate::model::bounds::Bound;
use crate::model::describe::{Field, Record};

/// Mixes a number into a hash.
#[must_use]
pub const fn mix(hash: u32, number: u32) -> u32 {
    let mixed = (hash ^ number).wrapping_mul(0x9e37_79b1);
    mixed ^ mixed >> 15
}

/// The hash of a text.
#[must_use]
pub(super) fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A number as a context: itself up to 4, then its bits, and whether the second is set.
#[must_use]
#[allow(clippy::cast_possible_truncation)] // at most 4, and 128
pub(super) const fn bucket(value: u64) -> u32 {
    match value {
        0..=4 => value as u32,
        _ => {
            let bits = 63 - value.leading_zeros();
            bits * 2 + (value >> (bits - 1) & 1) as u32
        }
    }
}

/// How many keys each chain has.
pub(super) const CHAIN: [usize; 4] = [3, 3, 3, 2];

/// What the report said of its event as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Event {
    pub(super) kind: u32,
    /// Who is in it: the first two parties by name.
    pub(super) who: u32,
    pub(super) parties: u8,
    /// Precision of time and place.
    pub(super) time: u32,
    pub(super) place: u32,
    /// The form of the report and 1, or 0.
    pub(super) form: u32,
}

/// A step of the way through the report.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Frame {
    /// Hash of the field numbers on the way.
    pub(super) site: u32,
    /// Record and field, wherever it stands.
    pub(super) generic: u32,
    /// What the record said before.
    pub(super) before: u32,
    pub(super) hint: u32,
    /// Place in the innermost list.
    pub(super) index: u8,
    /// Number of the field in its record.
    pub(super) number: u8,
    /// A value without parts.
    pub(super) leaf: bool,
    /// The record that the fields below are of.
    pub(super) record: Option<&'static Record>,
    pub(super) bound: Option<&'static Bound>,
}

/// The deepest way through a report has [`Path::DEPTH`] steps.
const DEPTH: usize = crate::model::describe::Path::DEPTH;

/// The way from the report to the value that comes next.
#[derive(Clone, Debug)]
pub(super) struct Way {
    top: Frame,
    above: Vec<Frame, DEPTH>,
    pub(super) event: Event,
}

impl Way {
    pub(super) fn new() -> Self {
        Self { top: Frame { leaf: true, ..Frame::default() }, above: Vec::new(), event: Event::default() }
    }

    fn enter(&mut self, frame: Frame) {
        // No way is deeper.
        let _ = self.above.push(core::mem::replace(&mut self.top, frame));
    }

    pub(super) fn record(&mut self, record: &'static Record) {
        self.top.generic = mix(record.id, 0xff);
        self.top.record = Some(record);
        self.top.leaf = false;
    }

    /// The fields of the record at the top that are reported are known.
    pub(super) fn reported(&mut self, mask: u32) {
        self.top.before = mix(self.top.generic, mask);
    }

    pub(super) fn field(&mut self, number: u8) {
        let above = self.top;
        let field = above.record.and_then(|record| record.fields.get(usize::from(number)));
        self.step(above, number, above.record.map_or(0, |record| record.id), field);
    }

    pub(super) fn variant(&mut self, number: u8, variants: &'static [Field]) {
        self.top.leaf = false;
        let above = self.top;
        self.step(above, number | 0x40, above.generic, variants.get(usize::from(number)));
    }

    fn step(&mut self, above: Frame, number: u8, of: u32, field: Option<&'static Field>) {
        self.enter(Frame {
            site: mix(above.site, u32::from(number) + 1),
            generic: mix(of, u32::from(number)),
            number,
            leaf: true,
            bound: field.map(|field| field.bound),
            ..above
        });
    }

    pub(super) fn item(&mut self, index: u8) {
        self.top.leaf = false;
        let above = self.top;
        self.enter(Frame { index, leaf: true, ..above });
    }

    pub(super) fn leave(&mut self) {
        let Some(above) = self.above.pop() else { return };
        let below = core::mem::replace(&mut self.top, above);
        if below.leaf {
            (self.top.before, self.top.hint) = (below.before, below.hint);
        }
    }

    /// What was said bears on what the record says next.
    pub(super) fn said(&mut self, what: u32) {
        self.top.before = mix(self.top.before, what);
    }

    pub(super) fn hint(&mut self, hint: u32) {
        self.top.hint = hint;
    }

    /// The record and the field that the top stands in.
    pub(super) fn at(&self, record: &Record, number: u8) -> bool {
        self.top.number == number && self.above.last().and_then(|above| above.record).is_some_and(|above| above.id == record.id)
    }

    /// The first two steps.
    pub(super) fn fields(&self) -> [Option<u8>; 2] {
        let frame = |step: usize| match self.above.len().cmp(&step) {
            core::cmp::Ordering::Less => None,
            core::cmp::Ordering::Equal => Some(self.top.number),
            core::cmp::Ordering::Greater => self.above.get(step).map(|frame| frame.number),
        };
        [frame(1), frame(2)]
    }

    /// Whether the way leads through this field of the report.
    pub(super) fn through(&self, number: u8) -> bool {
        self.above.get(1).unwrap_or(&self.top).number == number && !self.above.is_empty()
    }

    pub(super) fn depth(&self) -> usize {
        self.above.len()
    }

    pub(super) fn bound(&self) -> Option<&'static Bound> {
        self.top.bound
    }

    pub(super) fn root(&self, kind: u32) -> u32 {
        mix(self.top.generic, kind)
    }

    /// What each key of a chain adds to the one before it; the first adds it to [`root`](Self::root).
    #[inline]
    pub(super) const fn chain(&self, chain: usize) -> [u32; 3] {
        let Frame { site, before, hint, index, .. } = self.top;
        let Event { kind, who, time, place, form, .. } = self.event;
        let field = site.wrapping_add(index as u32);
        match chain {
            0 => [field ^ 0x0a00_0000, kind, who],
            1 => [before ^ 0x0b00_0000, field, kind],
            2 => [field ^ mix(hint, 0x0c00_0000), kind, before],
            _ => [field ^ mix(hint, 0x0d00_0000 | if form == 0 { time << 8 | place } else { form << 16 }), kind, 0],
        }
    }
}
