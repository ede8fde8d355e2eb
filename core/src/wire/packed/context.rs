//! Where in a report a decision stands, and what was said before it that bears on it.
//!
//! ```text
//! root      what kind of value of which field of which record, wherever that record stands
//! chain 0   + this way through the report and this place of its list; + type of the event; + who is in it
//! chain 1   + what this record said before; + this way and place; + type
//! chain 2   + hint, and this way and place; + type; + what this record said before
//! chain 3   + hint, and this way and place, and the form, or without one how exactly time and place are known; + type
//! ```
//!
//! What stands under a key says which chains go on behind it, so most trees look up their root alone.

use heapless::Vec;

use crate::model::Layout;
use crate::model::describe::Path;

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
struct Frame {
    /// Hash of the field numbers on the way.
    site: u32,
    /// Record and field, wherever it stands; at a record whose fields are known, the record.
    generic: u32,
    /// What the record said before.
    before: u32,
    hint: u32,
    /// Place in the innermost list.
    index: u8,
    /// Number of the field in its record.
    number: u8,
}

/// The way from the report to the value that comes next.
#[derive(Clone, Debug)]
pub struct Way {
    top: Frame,
    /// The value at the top has no parts.
    leaf: bool,
    /// The report, and what lies between it and the top.
    above: Vec<Frame, { Path::DEPTH }>,
    pub(super) event: Event,
}

impl Way {
    pub(super) fn new() -> Self {
        Self { top: Frame::default(), leaf: true, above: Vec::new(), event: Event::default() }
    }

    /// The top is a record.
    pub(super) fn record(&mut self, record: &Layout) {
        self.top.generic = mix(record.id, 0xff);
        self.leaf = false;
    }

    /// The fields of the record at the top that are reported are known.
    pub(super) fn reported(&mut self, record: &Layout, mask: u32) {
        self.top.before = mix(self.top.generic, mask);
        self.top.generic = record.id;
    }

    /// Down into field `number` of the record at the top.
    pub(super) fn field(&mut self, number: u8) {
        self.enter();
        self.step(number);
    }

    /// Down into variant `number` of the choice at the top.
    pub(super) fn variant(&mut self, number: u8) {
        self.enter();
        self.step(number | 0x40);
    }

    /// Down into item `index` of the list at the top.
    pub(super) fn item(&mut self, index: u8) {
        self.enter();
        self.top.index = index;
    }

    fn step(&mut self, number: u8) {
        self.top.site = mix(self.top.site, u32::from(number) + 1);
        self.top.generic = mix(self.top.generic, number.into());
        self.top.number = number;
    }

    /// Down one step, to what is at first like the one above.
    fn enter(&mut self) {
        // No way is deeper.
        let _ = self.above.push(self.top);
        self.leaf = true;
    }

    /// Up one step. What a value without parts said bears on what its record says next; what parts said, on one another.
    pub(super) fn leave(&mut self) {
        let Some(above) = self.above.pop() else { return };
        self.top.site = above.site;
        self.top.generic = above.generic;
        self.top.index = above.index;
        self.top.number = above.number;
        if !self.leaf {
            self.top.before = above.before;
            self.top.hint = above.hint;
        }
        self.leaf = false;
    }

    /// What was said bears on what the record says next.
    #[inline(never)]
    pub(super) fn said(&mut self, what: u32) {
        self.top.before = mix(self.top.before, what);
    }

    pub(super) const fn hint(&mut self, hint: u32) {
        self.top.hint = hint;
    }

    /// Whether the top is this field of this record. No two have the same hash: a test says so.
    #[inline]
    pub(super) const fn at(&self, record: &Layout, number: u8) -> bool {
        self.top.generic == mix(record.id, number as u32)
    }

    /// The number of the field so many steps below the report, if the way is that long.
    fn number(&self, step: u8) -> Option<u8> {
        let step = usize::from(step);
        if step == self.above.len() { Some(self.top.number) } else { self.above.get(step).map(|frame| frame.number) }
    }

    /// The first two steps.
    pub(super) fn fields(&self) -> [Option<u8>; 2] {
        [self.number(1), self.number(2)]
    }

    /// Whether the way leads through this field of the report.
    #[inline(never)]
    pub(super) fn through(&self, number: u8) -> bool {
        self.number(1) == Some(number)
    }

    pub(super) fn depth(&self) -> usize {
        self.above.len()
    }

    pub(super) const fn root(&self, kind: u32) -> u32 {
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

#[cfg(test)]
mod tests {
    extern crate std;

    use std::collections::BTreeMap;

    use super::mix;
    use crate::model::describe::{Record, Shape};
    use crate::model::{Layout, report_shape};

    fn each_record(shape: &'static Shape, records: &mut BTreeMap<&str, &'static Record>) {
        match shape {
            Shape::Record(record) | Shape::Id(record) | Shape::Date(record) | Shape::Time(record) => {
                records.insert(record.name, record);
                record.fields.iter().for_each(|field| each_record(field.shape, records));
            }
            Shape::Optional(of) | Shape::Said(of) | Shape::List { of, .. } | Shape::Map { of, .. } => each_record(of, records),
            Shape::OneOf { variants, .. } => variants.iter().for_each(|variant| each_record(variant.shape, records)),
            _ => {}
        }
    }

    #[test]
    fn no_two_fields_have_the_same_hash() {
        let mut records = BTreeMap::new();
        each_record(report_shape(), &mut records);
        assert!(records.contains_key("Report") && records.contains_key("Who") && records.len() > 20, "{:?}", records.keys());
        let mut fields = BTreeMap::new();
        for (name, record) in records {
            let id = Layout::hash(name);
            let own = (0u32..).zip(record.fields).map(|(number, field)| (mix(id, number), field.name));
            // A record whose fields are not known yet, and the variants of a choice in a field.
            let variants = (0u32..64).flat_map(|field| (0x40u32..0x80).map(move |variant| (mix(mix(id, field), variant), "")));
            for (hash, field) in own.chain([(id, ""), (mix(id, 0xff), "")]).chain(variants) {
                let before = fields.insert(hash, (name, field));
                assert!(before.is_none_or(|(_, other)| field.is_empty() && other.is_empty()), "{name}.{field} and {before:?}");
            }
        }
    }
}
