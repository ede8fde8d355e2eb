//! What the model looks like, as data: the JSON Schema, `inspect`, error paths and the tables of SPEC.md read it.

use core::fmt;

use super::bounds::Bound;

/// A list of codes: one byte on the wire, a slug in JSON.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeList {
    /// Name of the Rust type.
    pub name: &'static str,
    /// What the codes say, in the plural, for messages.
    pub title: &'static str,
    /// Open lists keep a code that they do not know; a closed one is must-understand.
    pub open: bool,
    /// The slug that JSON may spell for code 0, which is left out on writing.
    pub zero: Option<&'static str>,
    /// Codes with their slugs, ascending.
    pub codes: &'static [(u8, &'static str)],
}

impl CodeList {
    /// The slug of a code, if the list has it.
    #[must_use]
    pub fn slug(&self, code: u8) -> Option<&'static str> {
        let at = self.codes.binary_search_by_key(&code, |entry| entry.0).ok()?;
        self.codes.get(at).map(|entry| entry.1)
    }

    /// The code of a slug, if the list has it.
    #[must_use]
    pub fn code(&self, slug: &str) -> Option<u8> {
        if self.zero == Some(slug) {
            return Some(0);
        }
        self.codes.iter().find(|entry| entry.1 == slug).map(|entry| entry.0)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for CodeList {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str}", self.name);
    }
}

/// The shape of a value: on the wire and in JSON.
#[derive(Debug)]
#[non_exhaustive]
pub enum Shape {
    /// Fields in order.
    Record(&'static Record),
    /// One byte from a list.
    Code(&'static CodeList),
    /// Length and UTF-8.
    Text,
    /// Length and UTF-8 of a person's name and office, never shown in a log.
    Person,
    /// One byte, 0 or 1; in JSON left out when false.
    Flag,
    /// A number of at most `bits` bits; 8 bits are one raw byte, more are a varint.
    Unsigned {
        /// 8, 16, 32 or 64.
        bits: u8,
    },
    /// A signed number of at most `bits` bits; 8 bits are one raw byte, more a zigzag varint.
    Signed {
        /// 8, 32 or 64.
        bits: u8,
    },
    /// A signed 32-bit number in 1e-7 degree; decimal degrees in JSON.
    Degrees,
    /// Seconds since 1970 UTC, signed 64 bits; an RFC 3339 string in JSON.
    Stamp,
    /// A record on the wire, one string in JSON: "17-42" or "17-5e6f70-42".
    Id(&'static Record),
    /// A record on the wire, one string in JSON: "2016", "2016-09", "2016-09-12" or RFC 3339.
    Date(&'static Record),
    /// A record on the wire; in JSON `start` and `end` are strings that show `utc_offset`.
    Time(&'static Record),
    /// 32 raw bytes; 64 hex digits in JSON.
    Digest,
    /// One byte 0 or 1, then the value if 1; left out of JSON if 0.
    Optional(&'static Shape),
    /// One byte: 0 not reported, 1 asked and unknown, 2 and then the value; left out, null, value in JSON.
    Said(&'static Shape),
    /// The number of items, then the items.
    List {
        /// Each item.
        of: &'static Shape,
        /// The most items.
        most: usize,
    },
    /// The number of a variant, then its value; in JSON a member named after the variant.
    OneOf {
        /// Name of the Rust type.
        name: &'static str,
        /// The variants, in the order of their numbers.
        variants: &'static [Field],
    },
    /// A list of key and value on the wire, an object in JSON.
    Map {
        /// A record of key and value.
        of: &'static Shape,
        /// The most entries.
        most: usize,
    },
}

/// A record: fields in wire order.
#[derive(Debug)]
pub struct Record {
    /// Name of the Rust type.
    pub name: &'static str,
    /// What it says.
    pub doc: &'static str,
    /// The fields.
    pub fields: &'static [Field],
    /// In JSON its fields stand among those of the record that holds it.
    pub flat: bool,
}

/// A field of a record.
#[derive(Debug)]
pub struct Field {
    /// Its member in JSON.
    pub name: &'static str,
    /// What it says.
    pub doc: &'static str,
    /// Its shape.
    pub shape: &'static Shape,
    /// The range of the number, or of the length of the text, in it.
    pub bound: &'static Bound,
    /// JSON must have it.
    pub required: bool,
}

impl Shape {
    /// The shape without the wrappers that say whether there is a value.
    #[must_use]
    pub fn inner(&self) -> &Self {
        match self {
            Self::Optional(inner) | Self::Said(inner) => inner.inner(),
            other => other,
        }
    }

    /// The fields that a step may lead to.
    fn fields(&self) -> Option<&'static [Field]> {
        match self.inner() {
            Self::Record(record) | Self::Id(record) | Self::Date(record) | Self::Time(record) => Some(record.fields),
            Self::OneOf { variants, .. } => Some(variants),
            _ => None,
        }
    }

    /// Whether its members stand among those of the record that holds it.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        match self.inner() {
            Self::Record(record) => record.flat,
            Self::OneOf { .. } => true,
            _ => false,
        }
    }
}

/// The way from the report to a value: field numbers and list indices, resolved to names when shown.
///
/// ```
/// use increp::model::{Report, list, Event, Count};
/// let mut report = Report { event: Some(Event { counts: list([Count::default()]), ..Event::default() }), ..Report::default() };
/// report.event.as_mut().unwrap().counts[0].item = Some("".into());
/// let error = report.check().unwrap_err();
/// assert_eq!(error.path.to_string(), "event.counts[0].item");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Path {
    steps: [u8; Self::DEPTH],
    len: u8,
}

/// Marks a step as an index into a list.
const INDEX: u8 = 0x80;

impl Path {
    /// The report itself.
    pub const ROOT: Self = Self { steps: [0; Self::DEPTH], len: 0 };

    /// No value of the model lies deeper than this; a test walks the shapes and says so.
    pub const DEPTH: usize = 8;

    /// What it leads to lies in field `number` of something.
    pub fn enclose_field(&mut self, number: u8) {
        self.enclose(number);
    }

    /// What it leads to lies in item `index` of a list.
    pub fn enclose_item(&mut self, index: u8) {
        self.enclose(INDEX | index);
    }

    #[inline(never)]
    fn enclose(&mut self, step: u8) {
        let mut step = step;
        for slot in &mut self.steps {
            core::mem::swap(slot, &mut step);
        }
        if usize::from(self.len) < Self::DEPTH {
            self.len += 1;
        }
    }

    /// Down into field `number`.
    pub fn enter_field(&mut self, number: u8) {
        self.enter(number);
    }

    /// Down into item `index` of a list.
    pub fn enter_item(&mut self, index: u8) {
        self.enter(INDEX | index);
    }

    fn enter(&mut self, step: u8) {
        if let Some(slot) = self.steps.get_mut(usize::from(self.len)) {
            *slot = step;
            self.len += 1;
        }
    }

    /// Back up one step.
    pub const fn leave(&mut self) {
        self.len = self.len.saturating_sub(1);
    }

    /// Whether this is the report itself.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The steps from the report down: the number of a field, or 0x80 and the index of an item.
    pub fn steps(&self) -> impl Iterator<Item = u8> + '_ {
        self.steps.iter().copied().take(usize::from(self.len))
    }

    /// The shape and the field description of what it leads to; `None` if it leads nowhere.
    #[must_use]
    pub fn resolve(&self) -> Option<(&'static Shape, Option<&'static Field>)> {
        let mut shape = super::report_shape();
        let mut field = None;
        for step in self.steps() {
            if step & INDEX == 0 {
                let next = shape.fields()?.get(usize::from(step))?;
                (shape, field) = (next.shape, Some(next));
            } else {
                shape = match shape.inner() {
                    Shape::List { of, .. } | Shape::Map { of, .. } => of,
                    _ => return None,
                };
            }
        }
        Some((shape, field))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shape = super::report_shape();
        let mut first = true;
        for step in self.steps() {
            if step & INDEX != 0 {
                write!(f, "[{}]", step & !INDEX)?;
                shape = match shape.inner() {
                    Shape::List { of, .. } | Shape::Map { of, .. } => of,
                    other => other,
                };
                continue;
            }
            let Some(field) = shape.fields().and_then(|fields| fields.get(usize::from(step))) else {
                return write!(f, ".?{step}");
            };
            shape = field.shape;
            if shape.is_flat() {
                continue;
            }
            if !first {
                f.write_str(".")?;
            }
            f.write_str(field.name)?;
            first = false;
        }
        Ok(())
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
