//! Values without parts: where they stand, and how a walk goes through them, out of a report or into it.

#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // walks give what fits

use super::bounds::{Bound, LATITUDE, LONGITUDE, SECONDS};
use super::code::understood;
use super::describe::CodeList;
use super::extra::Integer;
use super::id::Id;
use super::place::{Degrees, Point};
use super::report::Digest;
use super::said::Said;
use super::text::{Name, Person, Text, bound_of};
use super::time::Stamp;
use super::walk::{Stopped, Walk};
use super::walked::{Slot, Unreported, View, Walked};
use crate::error::ErrorKind;

/// Which way values go: [`Out`] of a report, or [`In`]to one.
pub trait Flow {
    /// Into a report, over its default.
    const IN: bool;
    /// Where a value stands.
    type Of<'r, T: 'r>: Spot<T>;
}

/// Where a value stands.
pub trait Spot<T>: core::ops::Deref<Target = T> {
    /// Puts the value there, if values go into the report.
    fn set(self, value: T);
}

/// Out of a report.
#[derive(Debug)]
pub enum Out {}

/// Into a report.
#[derive(Debug)]
pub enum In {}

impl Flow for Out {
    const IN: bool = false;
    type Of<'r, T: 'r> = &'r T;
}

impl Flow for In {
    const IN: bool = true;
    type Of<'r, T: 'r> = &'r mut T;
}

impl<T> Spot<T> for &T {
    fn set(self, _: T) {}
}

impl<T> Spot<T> for &mut T {
    fn set(self, value: T) {
        *self = value;
    }
}

/// A value without parts.
#[allow(missing_docs, missing_debug_implementations)] // named like their types
pub enum Leaf<'r, 'a: 'r, D: Flow> {
    /// Of an open list.
    Code(D::Of<'r, u8>),
    /// Of a list that every receiver must understand, with the code of the default.
    Closed(D::Of<'r, u8>, &'static CodeList, u8),
    Flag(D::Of<'r, bool>),
    OptionU8(D::Of<'r, Option<u8>>, &'static Bound),
    OptionU16(D::Of<'r, Option<u16>>, &'static Bound),
    OptionU32(D::Of<'r, Option<u32>>, &'static Bound),
    OptionI8(D::Of<'r, Option<i8>>, &'static Bound),
    SaidU8(D::Of<'r, Said<u8>>, &'static Bound),
    SaidU32(D::Of<'r, Said<u32>>, &'static Bound),
    Integer(D::Of<'r, Integer>),
    Stamp(D::Of<'r, Stamp>),
    OptionStamp(D::Of<'r, Option<Stamp>>),
    SaidStamp(D::Of<'r, Said<Stamp>>),
    Text(D::Of<'r, Text<'a>>, &'static Bound),
    OptionText(D::Of<'r, Option<Text<'a>>>, &'static Bound),
    OptionPerson(D::Of<'r, Option<Person<'a>>>, &'static Bound),
    Name(D::Of<'r, Name<'a>>, &'static Bound),
    Digest(D::Of<'r, Digest>),
    Id(D::Of<'r, Id>),
    Point(D::Of<'r, Point>),
    OptionPoint(D::Of<'r, Option<Point>>),
}

/// Leaves: type, its variant of [`Leaf`], whether that has the bound.
macro_rules! leaf {
    ($($type:ty => $variant:ident $(($bound:ident))?, $reported:expr $(, $unreported:ident)?;)+) => {$(
        impl<'a> Walked<'a> for $type {
            $(const UNREPORTED: Unreported = Unreported::$unreported;)?

            fn is_reported(&self) -> bool {
                $reported(self)
            }

            fn view(&self, _bound: &'static Bound) -> View<'_, 'a> {
                $(let $bound = _bound;)?
                View::Leaf(Leaf::$variant(self $(, $bound)?))
            }

            fn slot(&mut self, _bound: &'static Bound) -> Slot<'_, 'a> {
                $(let $bound = _bound;)?
                Slot::Leaf(Leaf::$variant(self $(, $bound)?))
            }
        }
    )+};
}

leaf! {
    bool => Flag, bool::clone;
    Option<u8> => OptionU8(bound), Self::is_some;
    Option<u16> => OptionU16(bound), Self::is_some;
    Option<u32> => OptionU32(bound), Self::is_some;
    Option<i8> => OptionI8(bound), Self::is_some;
    Said<u8> => SaidU8(bound), Self::is_reported;
    Said<u32> => SaidU32(bound), Self::is_reported;
    Integer => Integer, |integer: &Integer| integer.get() != 0;
    Stamp => Stamp, |stamp: &Stamp| stamp.seconds() != 0;
    Option<Stamp> => OptionStamp, Self::is_some;
    Said<Stamp> => SaidStamp, Self::is_reported;
    Text<'a> => Text(bound), |text: &Text<'_>| !text.as_str().is_empty(), Never;
    Option<Text<'a>> => OptionText(bound), Self::is_some;
    Option<Person<'a>> => OptionPerson(bound), Self::is_some;
    Name<'a> => Name(bound), |name: &Name<'_>| *name != Name::UNREPORTED;
    Digest => Digest, |digest: &Digest| digest.0 != [0; 32], Other;
    Id => Id, |id: &Id| *id != Id::default(), Other;
    Point => Point, |point: &Point| *point != Point::default(), Other;
    Option<Point> => OptionPoint, Self::is_some;
}

/// Walks one value, either way. Whether it now differs from its default.
#[inline(never)]
pub(super) fn walk<'a, D: Flow>(leaf: Leaf<'_, 'a, D>, walk: &mut dyn Walk<'a>) -> Result<bool, Stopped> {
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
        Leaf::Digest(value) => digest::<D>(value, walk)?,
        Leaf::Id(id) => {
            let read = self::id(walk, *id)?;
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

fn id<'a>(walk: &mut dyn Walk<'a>, id: Id) -> Result<Id, Stopped> {
    if let Some(read) = walk.id(id) {
        return read;
    }
    let mut part = |number, part| {
        walk.field(number);
        let read = walk.unsigned(part, 32).map_err(|_| in_field(number, walk))?;
        walk.leave();
        Ok(read)
    };
    Ok(Id { author: part(0, id.author)?, epoch: part(1, id.epoch)?, seq: part(2, id.seq)? })
}

fn point<'a, D: Flow>(walk: &mut dyn Walk<'a>, point: Point) -> Result<Point, Stopped> {
    if !D::IN {
        on_earth(point, walk)?;
    }
    if let Some(read) = walk.point(point) {
        let read = read?;
        return if D::IN { on_earth(read, walk).map(|()| read) } else { Ok(read) };
    }
    let mut part = |number, degrees: Degrees, bound| {
        walk.field(number);
        let read = walk.signed(degrees.0.into(), 32).and_then(|read| within(read, bound, D::IN, walk).map(|()| read));
        let read = read.map_err(|_| in_field(number, walk))?;
        walk.leave();
        Ok(Degrees(read as i32))
    };
    Ok(Point { lat: part(0, point.lat, &LATITUDE)?, lon: part(1, point.lon, &LONGITUDE)? })
}

fn on_earth<'a>(point: Point, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
    within(point.lat.0.into(), &LATITUDE, true, walk).map_err(|_| in_field(0, walk))?;
    within(point.lon.0.into(), &LONGITUDE, true, walk).map_err(|_| in_field(1, walk))
}

fn number<'a, D: Flow>(walk: &mut dyn Walk<'a>, value: u32, bits: u8, bound: &'static Bound) -> Result<u32, Stopped> {
    within(value.into(), bound, !D::IN, walk)?;
    let value = walk.unsigned(value, bits)?;
    within(value.into(), bound, D::IN, walk)?;
    Ok(value)
}

#[inline(never)] // it takes a lot of stack
fn digest<'a, D: Flow>(digest: D::Of<'_, Digest>, walk: &mut dyn Walk<'a>) -> Result<bool, Stopped> {
    let read = walk.digest(&digest.0)?;
    digest.set(Digest(read));
    Ok(read != [0; 32])
}

fn optional<'a, D: Flow>(
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

fn said<'a, D: Flow>(walk: &mut dyn Walk<'a>, value: Said<u32>, bits: u8, bound: &'static Bound) -> Result<Said<u32>, Stopped> {
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

fn text<'a, D: Flow>(walk: &mut dyn Walk<'a>, text: &'a str, bound: &'static Bound) -> Result<&'a str, Stopped> {
    let bound = bound_of(bound);
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    within(length(text), bound, !D::IN, walk)?;
    let text = walk.text(if D::IN { None } else { Some(text) }, bound)?;
    within(length(text), bound, D::IN, walk)?;
    Ok(text)
}

fn optional_text<'a, D: Flow>(
    walk: &mut dyn Walk<'a>,
    value: Option<&'a str>,
    bound: &'static Bound,
) -> Result<Option<&'a str>, Stopped> {
    if walk.case(value.is_some().into(), 2)? == 0 {
        return Ok(None);
    }
    text::<D>(walk, value.unwrap_or_default(), bound).map(Some)
}

/// The value that went wrong lies in this field.
#[inline(never)] // called everywhere
fn in_field<'a>(number: u8, walk: &mut dyn Walk<'a>) -> Stopped {
    walk.error().path.enclose_field(number);
    Stopped
}
