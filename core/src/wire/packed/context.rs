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

use crate::model::Layout;

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
}

/// A step of the way through the report.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// Hash of the field numbers on the way.
    site: u32,
    /// Record and field, wherever it stands.
    generic: u32,
    /// What the record said before.
    before: u32,
    hint: u32,
    /// What the record is known by that the fields below are of.
    record: u32,
    /// Place in the innermost list.
    index: u8,
    /// Number of the field in its record.
    number: u8,
    /// A value without parts.
    leaf: bool,
}

impl Frame {
    /// Becomes field or variant `number`.
    const fn step(&mut self, number: u8, above: u32, of: u32) {
        self.site = mix(above, number as u32 + 1);
        self.generic = mix(of, number as u32);
        self.number = number;
    }

    const REPORT: Self = Self { site: 0, generic: 0, before: 0, hint: 0, record: 0, index: 0, number: 0, leaf: true };
}

/// The deepest way through a report has [`Path::DEPTH`](crate::model::describe::Path::DEPTH) steps.
const STEPS: usize = crate::model::describe::Path::DEPTH + 1;

/// The way from the report to the value that comes next.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// The report, and a step behind another up to the value.
    frames: [Frame; STEPS],
    depth: usize,
    pub(super) event: Event,
}

impl Way {
    pub(super) fn new() -> Self {
        Self { frames: [Frame::REPORT; STEPS], depth: 0, event: Event::default() }
    }

    fn top(&self) -> &Frame {
        self.frames.get(self.depth).unwrap_or(&Frame::REPORT)
    }

    /// Changes the top.
    fn change(&mut self, change: impl FnOnce(&mut Frame)) {
        if let Some(top) = self.frames.get_mut(self.depth) {
            change(top);
        }
    }

    pub(super) fn record(&mut self, record: u32) {
        self.change(|top| {
            top.generic = mix(record, 0xff);
            top.record = record;
            top.leaf = false;
        });
    }

    /// The fields of the record at the top that are reported are known.
    pub(super) fn reported(&mut self, mask: u32) {
        self.change(|top| top.before = mix(top.generic, mask));
    }

    /// Down into field `number` of the record at the top.
    pub(super) fn field(&mut self, number: u8) {
        self.enter(|above, top| top.step(number, above.site, above.record));
    }

    /// Down into variant `number` of the choice at the top.
    pub(super) fn variant(&mut self, number: u8) {
        self.enter(|above, top| {
            above.leaf = false;
            top.step(number | 0x40, above.site, above.generic);
        });
    }

    pub(super) fn item(&mut self, index: u8) {
        self.enter(|above, top| {
            above.leaf = false;
            top.index = index;
        });
    }

    /// Down one step, to what is at first like the one above.
    fn enter(&mut self, change: impl FnOnce(&mut Frame, &mut Frame)) {
        // No way is deeper.
        if let Some([above, top]) = self.frames.get_mut(self.depth..).and_then(<[Frame]>::first_chunk_mut) {
            top.site = above.site;
            top.generic = above.generic;
            top.before = above.before;
            top.hint = above.hint;
            top.record = above.record;
            top.index = above.index;
            top.number = above.number;
            top.leaf = true;
            change(above, top);
            self.depth += 1;
        }
    }

    pub(super) fn leave(&mut self) {
        let Some(depth) = self.depth.checked_sub(1) else { return };
        self.depth = depth;
        if let Some([above, below]) = self.frames.get_mut(depth..).and_then(<[Frame]>::first_chunk_mut)
            && below.leaf
        {
            above.before = below.before;
            above.hint = below.hint;
        }
    }

    /// What was said bears on what the record says next.
    pub(super) fn said(&mut self, what: u32) {
        self.change(|top| top.before = mix(top.before, what));
    }

    pub(super) fn hint(&mut self, hint: u32) {
        self.change(|top| top.hint = hint);
    }

    /// The frame so many steps below the report, if the way is that long.
    fn frame(&self, step: usize) -> Option<&Frame> {
        self.frames.get(step).filter(|_| step <= self.depth)
    }

    /// The record and the field that the top stands in.
    pub(super) fn at(&self, record: &Layout, number: u8) -> bool {
        let above = self.depth.checked_sub(1).and_then(|above| self.frames.get(above));
        self.top().number == number && above.is_some_and(|above| above.record == record.id)
    }

    /// The first two steps.
    pub(super) fn fields(&self) -> [Option<u8>; 2] {
        [1, 2].map(|step| self.frame(step).map(|frame| frame.number))
    }

    /// Whether the way leads through this field of the report.
    pub(super) fn through(&self, number: u8) -> bool {
        self.frame(1).is_some_and(|frame| frame.number == number)
    }

    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn root(&self, kind: u32) -> u32 {
        mix(self.top().generic, kind)
    }

    /// What each key of a chain adds to the one before it; the first adds it to [`root`](Self::root).
    #[inline]
    pub(super) fn chain(&self, chain: usize) -> [u32; 3] {
        let &Frame { site, before, hint, index, .. } = self.top();
        let Event { kind, who, time, place, .. } = self.event;
        let field = site.wrapping_add(index.into());
        match chain {
            0 => [field ^ 0x0a00_0000, kind, who],
            1 => [before ^ 0x0b00_0000, field, kind],
            2 => [field ^ mix(hint, 0x0c00_0000), kind, before],
            _ => [field ^ mix(hint, 0x0d00_0000 | time << 8 | place), kind, 0],
        }
    }
}
