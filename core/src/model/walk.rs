//! The one way through a report, for encoders and decoders alike: [`Walk`] is told every value in wire order and gives one
//! back; out of a report an encoder gives what it was told, into a report a decoder gives what it read.
//!
//! ```text
//! record   its layout and which fields are reported; then each field, in the order that the walk asks for
//! choice   the number of a variant, then that
//! list     how many items, then each
//! leaf     one value, or none; what it is called in `Walk` is what an encoding makes of it
//! ```
//!
//! Nothing here knows the name of a field: an encoder has no names in it.

use super::bounds::Bound;
use super::describe::Path;
use super::id::Id;
use super::place::Point;
use super::walked::Unreported;
use crate::error::{Error, ErrorKind};

/// A walk ended before its end; [`Walk::error`] says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// What goes through a report. Each method is given a value, which means nothing where the report is being read, and gives the
/// value that the report has from then on.
#[allow(clippy::missing_errors_doc)] // all fail where there is no such value, or no room for it
pub trait Walk<'a> {
    /// Where it is kept why the walk stopped.
    fn error(&mut self) -> &mut Error;
    /// The byte that an error with the value at hand is to be told of.
    fn offset(&self) -> usize {
        0
    }
    /// The walk ends here, inside the value at hand.
    #[inline(never)] // called everywhere
    fn fail(&mut self, kind: ErrorKind) -> Stopped {
        let offset = self.offset();
        *self.error() = Error { kind, offset, path: Path::ROOT };
        Stopped
    }
    /// Down into field `number` of the record.
    fn field(&mut self, number: u8) {
        let _ = number;
    }
    /// Down into variant `number` of the choice.
    fn variant(&mut self, number: u8) {
        self.field(number);
    }
    /// Down into item `index` of the list.
    fn item(&mut self, index: u8) {
        let _ = index;
    }
    /// Back up one step.
    fn leave(&mut self) {}
    /// A record begins of whose fields those with a bit in `reported` differ from their default. The answer says which are
    /// walked, in which order.
    fn fields(&mut self, layout: &'static Layout, reported: u32) -> Result<Fields, Stopped> {
        let _ = reported;
        Ok(Fields::all(layout))
    }
    /// A field holds its default, which is a zero whatever the field is; `true` if nothing more is to be told of it.
    fn blank(&mut self) -> Result<bool, Stopped> {
        Ok(false)
    }
    /// A code.
    fn code(&mut self, code: u8) -> Result<u8, Stopped>;
    /// Yes or no.
    fn flag(&mut self, flag: bool) -> Result<bool, Stopped>;
    /// Which of `of` cases follows: presence has 2, what was said 3.
    fn case(&mut self, case: u8, of: u8) -> Result<u8, Stopped>;
    /// Which of `of` variants of a choice follows.
    fn choice(&mut self, variant: u8, of: u8) -> Result<u8, Stopped> {
        self.case(variant, of)
    }
    /// How many of at most `most` items follow.
    fn length(&mut self, items: usize, most: usize) -> Result<usize, Stopped>;
    /// A number of at most `bits` bits.
    fn unsigned(&mut self, value: u32, bits: u8) -> Result<u32, Stopped>;
    /// A signed number of at most `bits` bits.
    fn signed(&mut self, value: i64, bits: u8) -> Result<i64, Stopped>;
    /// An instant in seconds since 1970 UTC.
    fn stamp(&mut self, seconds: i64) -> Result<i64, Stopped> {
        self.signed(seconds, 64)
    }
    /// A text, whose length `bound` limits; none where the report is being read.
    fn text(&mut self, text: Option<&'a str>, bound: &'static Bound) -> Result<&'a str, Stopped>;
    /// A hash.
    fn digest(&mut self, digest: &[u8; 32]) -> Result<[u8; 32], Stopped>;
    /// An id as one value; `None` if its three numbers are to be walked.
    fn id(&mut self, id: Id) -> Option<Result<Id, Stopped>> {
        let _ = id;
        None
    }
    /// A point as one value; `None` if its two coordinates are to be walked.
    fn point(&mut self, point: Point) -> Option<Result<Point, Stopped>> {
        let _ = point;
        None
    }
}

/// What an encoding needs to know of a record.
#[derive(Debug)]
pub struct Layout {
    /// The FNV-1a hash of the record's name: what the packed encoding knows it by.
    pub id: u32,
    /// How many fields, or variants.
    pub fields: u8,
    /// Bit `n`: the default of field `n` is no value that a report may hold.
    pub always: u32,
    /// Bit `n`: the default of field `n` is a zero and nothing more: no code, no number, no item, nothing reported.
    pub blank: u32,
    /// It is a choice between variants.
    pub choice: bool,
}

impl Layout {
    #[allow(clippy::indexing_slicing, clippy::cast_possible_truncation)] // const: within the length
    pub(super) const fn record(name: &str, defaults: &[Unreported]) -> Self {
        assert!(defaults.len() <= MOST_FIELDS);
        let (mut always, mut blank, mut at) = (0, 0, 0);
        while at < defaults.len() {
            always |= (matches!(defaults[at], Unreported::Never) as u32) << at;
            blank |= (matches!(defaults[at], Unreported::Zero) as u32) << at;
            at += 1;
        }
        Self { id: Self::hash(name), fields: defaults.len() as u8, always, blank, choice: false }
    }

    pub(super) const fn choice(variants: u8) -> Self {
        Self { id: 0, fields: variants, always: 0, blank: 0, choice: true }
    }

    /// What a record with this name is known by: its FNV-1a hash, 32 bits.
    #[must_use]
    #[allow(clippy::indexing_slicing)] // const: within the length
    pub const fn hash(name: &str) -> u32 {
        let name = name.as_bytes();
        let (mut hash, mut at) = (0x811c_9dc5u32, 0);
        while at < name.len() {
            hash = (hash ^ name[at] as u32).wrapping_mul(0x0100_0193);
            at += 1;
        }
        hash
    }
}

/// Which fields of a record are walked, in which order. It fits two registers.
#[derive(Clone, Debug)]
pub struct Fields {
    /// Bit `n`: field `n` is still to be walked. Bit 31: none that is walked may hold its default.
    mask: u32,
    /// Those that come before all others, the next one in the lowest byte: its number and 1.
    first: u32,
}

/// No record has more fields.
const MOST_FIELDS: usize = 31;
const SPARSE: u32 = 1 << MOST_FIELDS;

impl Fields {
    /// All of them, as described.
    #[must_use]
    pub const fn all(layout: &Layout) -> Self {
        Self { mask: (1 << layout.fields) - 1, first: 0 }
    }

    /// Those with a bit in `mask`, which then must not hold their default, as described.
    #[must_use]
    pub const fn reported(layout: &Layout, mask: u32) -> Self {
        Self { mask: mask & ((1 << layout.fields) - 1) | SPARSE, first: 0 }
    }

    /// One variant, which may hold its default.
    pub(super) const fn variant(layout: &Layout, number: u8) -> Self {
        Self { mask: 1 << (number & 31) & ((1 << layout.fields) - 1), first: 0 }
    }

    /// The same, but these fields before all others: at most 4, each a number and 1, the first one in the lowest byte.
    #[must_use]
    pub const fn beginning(self, first: u32) -> Self {
        Self { first, ..self }
    }

    /// The fields with a bit are still to be walked.
    #[must_use]
    pub const fn mask(&self) -> u32 {
        self.mask & !SPARSE
    }

    /// Whether a field that is walked must differ from its default.
    pub(super) const fn is_sparse(&self) -> bool {
        self.mask & SPARSE != 0
    }
}

impl Iterator for Fields {
    type Item = u8;

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // a byte, and at most 31
    fn next(&mut self) -> Option<u8> {
        loop {
            let number = match self.first as u8 {
                0 if self.mask() == 0 => return None,
                0 => self.mask.trailing_zeros() as u8,
                first => first - 1,
            };
            self.first >>= 8;
            let bit = 1 << (number & 31);
            if self.mask & bit != 0 {
                self.mask &= !bit;
                return Some(number);
            }
        }
    }
}
