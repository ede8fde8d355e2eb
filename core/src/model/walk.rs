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

use super::bounds::{Bound, LATITUDE, LONGITUDE, SECONDS};
use super::code::understood;
use super::describe::Path;
use super::id::Id;
use super::place::Point;
use super::report::Digest;
use super::said::Said;
use super::text::{Name, Person, Text, bound_of};
use super::time::Stamp;
use super::walked::{Direction, Leaf, Record, RecordMut, Slot, Spot as _, View, Walked as _};
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
    /// An id: by itself its three numbers.
    fn id(&mut self, id: Id) -> Result<Id, Stopped> {
        let mut parts = [id.author, id.epoch, id.seq];
        for (number, part) in (0u8..).zip(&mut parts) {
            self.field(number);
            *part = self.unsigned(*part, 32).inspect_err(|_| self.error().path.enclose_field(number))?;
            self.leave();
        }
        let [author, epoch, seq] = parts;
        Ok(Id { author, epoch, seq })
    }
    /// A point: by itself its two coordinates.
    fn point(&mut self, point: Point) -> Result<Point, Stopped> {
        let mut point = point;
        for (number, degrees, bound) in [(0, &mut point.lat, &LATITUDE), (1, &mut point.lon, &LONGITUDE)] {
            self.field(number);
            let read = match self.signed(degrees.0.into(), 32) {
                Ok(value) if !bound.holds(value) => Err(self.fail(ErrorKind::Limit { bound, value })),
                read => read,
            };
            let read = read.inspect_err(|_| self.error().path.enclose_field(number))?;
            degrees.0 = i32::try_from(read).unwrap_or_default();
            self.leave();
        }
        Ok(point)
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
    /// It is a choice between variants.
    pub choice: bool,
}

impl Layout {
    #[allow(clippy::indexing_slicing, clippy::cast_possible_truncation)] // const: within the length
    pub(super) const fn record(name: &str, always: &[bool]) -> Self {
        let (mut mask, mut at) = (0, 0);
        while at < always.len() {
            mask |= (always[at] as u32) << at;
            at += 1;
        }
        Self { id: Self::hash(name), fields: always.len() as u8, always: mask, choice: false }
    }

    pub(super) const fn choice(variants: u8) -> Self {
        Self { id: 0, fields: variants, always: 0, choice: true }
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

/// Which fields of a record are walked, in which order.
#[derive(Clone, Debug)]
pub struct Fields {
    order: &'static [u8],
    mask: u32,
    sparse: bool,
}

/// The order in which the fields are described. No record has more.
static DESCRIBED: [u8; 24] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23];

impl Fields {
    /// All of them, as described.
    #[must_use]
    pub fn all(layout: &Layout) -> Self {
        Self { order: Self::described(layout), mask: u32::MAX, sparse: false }
    }

    /// Those with a bit in `mask`, which then must not hold their default, in the given order.
    #[must_use]
    pub const fn reported(mask: u32, order: &'static [u8]) -> Self {
        Self { order, mask, sparse: true }
    }

    /// As described, for [`Fields::reported`].
    #[must_use]
    pub fn described(layout: &Layout) -> &'static [u8] {
        DESCRIBED.get(..usize::from(layout.fields)).unwrap_or(&DESCRIBED)
    }

    /// The fields with a bit are walked.
    #[must_use]
    pub const fn mask(&self) -> u32 {
        self.mask
    }
}

impl Iterator for Fields {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        while let Some((number, rest)) = self.order.split_first() {
            self.order = rest;
            if self.mask >> (number & 31) & 1 == 1 {
                return Some(*number);
            }
        }
        None
    }
}

pub(super) fn put<'a>(view: View<'_, 'a>, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
    match view {
        View::Leaf(value) => leaf(value, walk).map(|_| ()),
        View::Record(record) => put_record(record, walk),
        View::Optional(case, of, record) => {
            walk.case(case, of)?;
            record.map_or(Ok(()), |record| put_record(record, walk))
        }
        View::List(list, most) => {
            walk.length(list.len(), most)?;
            let items = (0..list.len()).map_while(|index| list.item(index));
            for (index, item) in (0u8..).zip(items) {
                walk.item(index);
                put_record(item, walk).inspect_err(|_| walk.error().path.enclose_item(index))?;
                walk.leave();
            }
            list.consistent(walk)
        }
    }
}

fn put_record<'a>(record: &dyn Record<'a>, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
    let (layout, reported) = (record.layout(), record.reported());
    let fields = if layout.choice {
        // A choice has fewer than 256 variants.
        let [variant, ..] = reported.to_le_bytes();
        walk.choice(variant, layout.fields)?;
        Fields::reported(1 << variant, Fields::described(layout))
    } else {
        walk.fields(layout, reported)?
    };
    for number in fields {
        enter(number, layout, walk);
        record.field(number).map_or(Ok(()), |view| put(view, walk)).inspect_err(|_| walk.error().path.enclose_field(number))?;
        walk.leave();
    }
    record.consistent(walk)
}

/// Whether the value now differs from its default.
pub(super) fn take<'a>(slot: Slot<'_, 'a>, walk: &mut dyn Walk<'a>) -> Result<bool, Stopped> {
    match slot {
        Slot::Leaf(value) => leaf(value, walk),
        Slot::Record(record) => take_record(record, walk),
        Slot::Optional(of, optional) => {
            let case = walk.case(0, of)?;
            optional.set(case).map_or(Ok(false), |record| take_record(record, walk))?;
            Ok(case != 0)
        }
        Slot::List(list, most) => {
            let items = walk.length(0, most)?;
            for (index, _) in (0u8..).zip(0..items) {
                walk.item(index);
                // `length` gives at most `most`.
                let Some(item) = list.push() else { break };
                take_record(item, walk).inspect_err(|_| walk.error().path.enclose_item(index))?;
                walk.leave();
            }
            list.consistent(walk)?;
            Ok(items != 0)
        }
    }
}

fn take_record<'a>(record: &mut dyn RecordMut<'a>, walk: &mut dyn Walk<'a>) -> Result<bool, Stopped> {
    let layout = record.layout();
    let fields = if layout.choice {
        let variant = walk.choice(0, layout.fields)?;
        record.choose(variant);
        Fields { sparse: false, ..Fields::reported(1 << variant, Fields::described(layout)) }
    } else {
        walk.fields(layout, 0)?
    };
    let (mask, sparse) = (fields.mask, fields.sparse);
    for number in fields {
        enter(number, layout, walk);
        let taken = match record.field_mut(number).map_or(Ok(true), |slot| take(slot, walk)) {
            // It should have been left out.
            Ok(false) if sparse => Err(walk.fail(ErrorKind::NotMinimal)),
            taken => taken,
        };
        taken.inspect_err(|_| walk.error().path.enclose_field(number))?;
        walk.leave();
    }
    if layout.always & !mask != 0 {
        return Err(walk.fail(ErrorKind::NotMinimal));
    }
    record.consistent(walk)?;
    Ok(mask != 0)
}

fn enter<'a>(number: u8, layout: &Layout, walk: &mut dyn Walk<'a>) {
    if layout.choice { walk.variant(number) } else { walk.field(number) }
}

/// Walks one value, either way. Whether it now differs from its default.
fn leaf<'a, D: Direction>(leaf: Leaf<'_, 'a, D>, walk: &mut dyn Walk<'a>) -> Result<bool, Stopped> {
    #![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // `number` and `signed` give what fits
    Ok(match leaf {
        Leaf::Code(code) => {
            let read = walk.code(*code)?;
            code.set(read);
            read != 0
        }
        Leaf::Closed(code, list, default) => {
            let read = walk.code(*code)?;
            if D::IN && !understood(read, list) {
                return Err(walk.fail(ErrorKind::MustUnderstand { list, code: read }));
            }
            code.set(read);
            read != default
        }
        Leaf::Flag(flag) => {
            let read = walk.flag(*flag)?;
            flag.set(read);
            read
        }
        Leaf::OptionU8(value, bound) => {
            let read = optional::<D>(walk, value.map(u32::from), 8, bound)?;
            value.set(read.map(|read| read as u8));
            read.is_some()
        }
        Leaf::OptionU16(value, bound) => {
            let read = optional::<D>(walk, value.map(u32::from), 16, bound)?;
            value.set(read.map(|read| read as u16));
            read.is_some()
        }
        Leaf::OptionU32(value, bound) => {
            let read = optional::<D>(walk, *value, 32, bound)?;
            value.set(read);
            read.is_some()
        }
        Leaf::OptionI8(value, bound) => {
            let read = if walk.case(value.is_some().into(), 2)? == 0 {
                None
            } else {
                let number = value.map_or(0, i64::from);
                within(number, bound, !D::IN, walk)?;
                let number = walk.signed(number, 8)?;
                within(number, bound, D::IN, walk)?;
                Some(number as i8)
            };
            value.set(read);
            read.is_some()
        }
        Leaf::SaidU8(value, bound) => {
            let read = said::<D>(walk, value.map(u32::from), 8, bound)?;
            value.set(read.map(|read| read as u8));
            read != Said::Unreported
        }
        Leaf::SaidU32(value, bound) => {
            let read = said::<D>(walk, *value, 32, bound)?;
            value.set(read);
            read != Said::Unreported
        }
        Leaf::Integer(value) => {
            let read = walk.signed(value.get(), 64)?;
            value.set(read.into());
            read != 0
        }
        Leaf::Stamp(value) => {
            let read = stamp(walk, *value)?;
            value.set(read);
            read.is_reported()
        }
        Leaf::OptionStamp(value) => {
            let read = match walk.case(value.is_some().into(), 2)? {
                0 => None,
                _ => Some(stamp(walk, value.unwrap_or_default())?),
            };
            value.set(read);
            read.is_some()
        }
        Leaf::SaidStamp(value) => {
            let read = match walk.case(value.case(), 3)? {
                0 => Said::Unreported,
                1 => Said::Unknown,
                _ => Said::Known(stamp(walk, value.known().copied().unwrap_or_default())?),
            };
            value.set(read);
            read != Said::Unreported
        }
        Leaf::Text(value, bound) => {
            let read = text::<D>(walk, value.as_str(), bound)?;
            value.set(Text::new(read));
            true
        }
        Leaf::OptionText(value, bound) => {
            let read = optional_text::<D>(walk, value.map(|text| text.as_str()), bound)?;
            value.set(read.map(Text::new));
            read.is_some()
        }
        Leaf::OptionPerson(value, bound) => {
            let read = optional_text::<D>(walk, value.map(|text| text.as_str()), bound)?;
            value.set(read.map(Person::new));
            read.is_some()
        }
        Leaf::Name(value, bound) => {
            let said = value.said();
            let read = match walk.case(said.case(), 3)? {
                0 => Name::UNREPORTED,
                1 => Name::UNKNOWN,
                _ => Name::new(text::<D>(walk, said.known().copied().unwrap_or_default(), bound)?),
            };
            value.set(read);
            read != Name::UNREPORTED
        }
        Leaf::Digest(digest) => {
            let read = walk.digest(&digest.0)?;
            digest.set(Digest(read));
            read != [0; 32]
        }
        Leaf::Id(id) => {
            let read = walk.id(*id)?;
            id.set(read);
            read != Id::default()
        }
        Leaf::Point(value) => {
            let read = point::<D>(walk, *value)?;
            value.set(read);
            read != Point::default()
        }
        Leaf::OptionPoint(value) => {
            let read = match walk.case(value.is_some().into(), 2)? {
                0 => None,
                _ => Some(point::<D>(walk, value.unwrap_or_default())?),
            };
            value.set(read);
            read.is_some()
        }
    })
}

/// Stops the walk if the value is outside, where that is to be `checked` yet.
fn within<'a>(value: i64, bound: &'static Bound, checked: bool, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
    if checked && !bound.holds(value) { Err(walk.fail(ErrorKind::Limit { bound, value })) } else { Ok(()) }
}

fn point<'a, D: Direction>(walk: &mut dyn Walk<'a>, point: Point) -> Result<Point, Stopped> {
    on_earth(point, !D::IN, walk)?;
    let point = walk.point(point)?;
    on_earth(point, D::IN, walk)?;
    Ok(point)
}

fn on_earth<'a>(point: Point, checked: bool, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
    for (number, degrees, bound) in [(0, point.lat, &LATITUDE), (1, point.lon, &LONGITUDE)] {
        within(degrees.0.into(), bound, checked, walk).inspect_err(|_| walk.error().path.enclose_field(number))?;
    }
    Ok(())
}

fn number<'a, D: Direction>(walk: &mut dyn Walk<'a>, value: u32, bits: u8, bound: &'static Bound) -> Result<u32, Stopped> {
    within(value.into(), bound, !D::IN, walk)?;
    let value = walk.unsigned(value, bits)?;
    within(value.into(), bound, D::IN, walk)?;
    Ok(value)
}

fn optional<'a, D: Direction>(
    walk: &mut dyn Walk<'a>,
    value: Option<u32>,
    bits: u8,
    bound: &'static Bound,
) -> Result<Option<u32>, Stopped> {
    if walk.case(value.is_some().into(), 2)? == 0 {
        return Ok(None);
    }
    number::<D>(walk, value.unwrap_or_default(), bits, bound).map(Some)
}

fn said<'a, D: Direction>(
    walk: &mut dyn Walk<'a>,
    value: Said<u32>,
    bits: u8,
    bound: &'static Bound,
) -> Result<Said<u32>, Stopped> {
    Ok(match walk.case(value.case(), 3)? {
        0 => Said::Unreported,
        1 => Said::Unknown,
        _ => Said::Known(number::<D>(walk, value.known().copied().unwrap_or_default(), bits, bound)?),
    })
}

fn stamp<'a>(walk: &mut dyn Walk<'a>, value: Stamp) -> Result<Stamp, Stopped> {
    let seconds = walk.stamp(value.seconds())?;
    within(seconds, &SECONDS, true, walk)?;
    Ok(Stamp::new(seconds))
}

fn text<'a, D: Direction>(walk: &mut dyn Walk<'a>, text: &'a str, bound: &'static Bound) -> Result<&'a str, Stopped> {
    let bound = bound_of(bound);
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    within(length(text), bound, !D::IN, walk)?;
    let text = walk.text(if D::IN { None } else { Some(text) }, bound)?;
    within(length(text), bound, D::IN, walk)?;
    Ok(text)
}

fn optional_text<'a, D: Direction>(
    walk: &mut dyn Walk<'a>,
    value: Option<&'a str>,
    bound: &'static Bound,
) -> Result<Option<&'a str>, Stopped> {
    if walk.case(value.is_some().into(), 2)? == 0 {
        return Ok(None);
    }
    text::<D>(walk, value.unwrap_or_default(), bound).map(Some)
}
