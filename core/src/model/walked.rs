//! What can be walked: records as objects, which give their fields one by one, to be looked at or to be filled.

use heapless::Vec;

use super::bounds::{ANY, Bound};
use super::describe::CodeList;
use super::extra::Integer;
use super::id::Id;
use super::place::Point;
use super::report::Digest;
use super::said::Said;
use super::text::{Name, Person, Text};
use super::time::Stamp;
use super::walk::{Layout, Stopped, Walk, put, take};
use crate::error::Error;

/// Which way values go: [`Out`] of a report, or [`In`]to one.
pub trait Direction {
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

impl Direction for Out {
    const IN: bool = false;
    type Of<'r, T: 'r> = &'r T;
}

impl Direction for In {
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
pub enum Leaf<'r, 'a: 'r, D: Direction> {
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

/// A value of a report that is walked out of.
#[allow(missing_debug_implementations)]
pub enum View<'r, 'a> {
    /// A value without parts.
    Leaf(Leaf<'r, 'a, Out>),
    /// A record or a choice.
    Record(&'r dyn Record<'a>),
    /// Which of so many cases it is, and what follows.
    Optional(u8, u8, Option<&'r dyn Record<'a>>),
    /// A list, and the most items that it may have.
    List(&'r dyn List<'a>, usize),
}

/// A value of a report that is walked into.
#[allow(missing_debug_implementations)]
pub enum Slot<'r, 'a> {
    /// A value without parts.
    Leaf(Leaf<'r, 'a, In>),
    /// A record or a choice.
    Record(&'r mut dyn RecordMut<'a>),
    /// One of so many cases.
    Optional(u8, &'r mut dyn OptionalMut<'a>),
    /// A list, and the most items that it may have.
    List(&'r mut dyn ListMut<'a>, usize),
}

/// A record or a choice, to be looked at.
pub trait Record<'a> {
    /// What an encoding needs to know of it.
    fn layout(&self) -> &'static Layout;
    /// Bit `n`: field `n` differs from its default. Of a choice the number of its variant.
    fn reported(&self) -> u32;
    /// Field `number`; of a choice its variant. None if there is no such field.
    fn field(&self, number: u8) -> Option<View<'_, 'a>>;
    /// Stops the walk if fields contradict each other.
    ///
    /// # Errors
    /// They do.
    fn consistent(&self, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
        let _ = walk;
        Ok(())
    }
}

/// A record or a choice, to be filled.
#[allow(missing_docs, clippy::missing_errors_doc)] // as in `Record`
pub trait RecordMut<'a> {
    fn layout(&self) -> &'static Layout;
    /// The choice becomes the default of this variant.
    fn choose(&mut self, variant: u8) {
        let _ = variant;
    }
    fn field_mut(&mut self, number: u8) -> Option<Slot<'_, 'a>>;
    fn consistent(&self, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
        let _ = walk;
        Ok(())
    }
}

/// A record that may not be there, to be filled.
pub trait OptionalMut<'a> {
    /// It becomes the default of this case: 0 is not reported, the last one a record.
    fn set(&mut self, case: u8) -> Option<&mut dyn RecordMut<'a>>;
}

/// A list, to be looked at.
#[allow(clippy::len_without_is_empty)]
pub trait List<'a> {
    /// How many items.
    fn len(&self) -> usize;
    /// Item `index`.
    fn item(&self, index: usize) -> Option<&dyn Record<'a>>;
    /// Stops the walk if items contradict each other.
    ///
    /// # Errors
    /// They do.
    fn consistent(&self, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
        let _ = walk;
        Ok(())
    }
}

/// A list, to be filled.
#[allow(clippy::missing_errors_doc)] // as in `List`
pub trait ListMut<'a> {
    /// One more item, a default one, if there is room.
    fn push(&mut self) -> Option<&mut dyn RecordMut<'a>>;
    /// As in [`List`].
    fn consistent(&self, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
        let _ = walk;
        Ok(())
    }
}

/// A value that a walk can go through.
pub trait Walked<'a> {
    /// Its default is no value that a report may hold.
    const ALWAYS: bool = false;

    /// Whether it says anything: differs from its default.
    fn is_reported(&self) -> bool;

    /// The value, within `bound`, to be looked at.
    fn view(&self, bound: &'static Bound) -> View<'_, 'a>;

    /// The same to be filled, over a default value.
    fn slot(&mut self, bound: &'static Bound) -> Slot<'_, 'a>;

    /// Walks out of the value, checking its limits and rules.
    ///
    /// # Errors
    /// A limit or rule that the value breaks, or the walk's own.
    fn put(&self, walk: &mut dyn Walk<'a>) -> Result<(), Error> {
        put(self.view(&ANY), walk).map_err(|Stopped| *walk.error())
    }

    /// Walks into the value, over its default, checking its limits and rules.
    ///
    /// # Errors
    /// What the sender did wrong.
    fn take(&mut self, walk: &mut dyn Walk<'a>) -> Result<(), Error> {
        match take(self.slot(&ANY), walk) {
            Ok(_) => Ok(()),
            Err(Stopped) => Err(*walk.error()),
        }
    }
}

/// Leaves: type, its variant of [`Leaf`], whether that has the bound.
macro_rules! leaf {
    ($($type:ty => $variant:ident $(($bound:ident))?, $reported:expr $(, $always:literal)?;)+) => {$(
        impl<'a> Walked<'a> for $type {
            $(const ALWAYS: bool = $always;)?

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
    Text<'a> => Text(bound), |text: &Text<'_>| !text.as_str().is_empty(), true;
    Option<Text<'a>> => OptionText(bound), Self::is_some;
    Option<Person<'a>> => OptionPerson(bound), Self::is_some;
    Name<'a> => Name(bound), |name: &Name<'_>| *name != Name::UNREPORTED;
    Digest => Digest, |digest: &Digest| digest.0 != [0; 32];
    Id => Id, |id: &Id| *id != Id::default();
    Point => Point, |point: &Point| *point != Point::default();
    Option<Point> => OptionPoint, Self::is_some;
}

impl<'a, V: Record<'a> + RecordMut<'a> + Default> Walked<'a> for Option<V> {
    fn is_reported(&self) -> bool {
        self.is_some()
    }

    fn view(&self, _: &'static Bound) -> View<'_, 'a> {
        let record = self.as_ref();
        View::Optional(record.is_some().into(), 2, record.map(|record| -> &dyn Record<'a> { record }))
    }

    fn slot(&mut self, _: &'static Bound) -> Slot<'_, 'a> {
        Slot::Optional(2, self)
    }
}

impl<'a, V: RecordMut<'a> + Default> OptionalMut<'a> for Option<V> {
    fn set(&mut self, case: u8) -> Option<&mut dyn RecordMut<'a>> {
        if case == 0 { None } else { Some(self.insert(V::default())) }
    }
}

impl<'a, V: Record<'a> + RecordMut<'a> + Default> Walked<'a> for Said<V> {
    fn is_reported(&self) -> bool {
        Self::is_reported(self)
    }

    fn view(&self, _: &'static Bound) -> View<'_, 'a> {
        View::Optional(self.case(), 3, self.known().map(|record| -> &dyn Record<'a> { record }))
    }

    fn slot(&mut self, _: &'static Bound) -> Slot<'_, 'a> {
        Slot::Optional(3, self)
    }
}

impl<'a, V: RecordMut<'a> + Default> OptionalMut<'a> for Said<V> {
    fn set(&mut self, case: u8) -> Option<&mut dyn RecordMut<'a>> {
        *self = match case {
            0 => Self::Unreported,
            1 => Self::Unknown,
            _ => Self::Known(V::default()),
        };
        if let Self::Known(record) = self { Some(record) } else { None }
    }
}

impl<'a, V: Record<'a> + RecordMut<'a> + Default, const N: usize> Walked<'a> for Vec<V, N> {
    fn is_reported(&self) -> bool {
        !self.is_empty()
    }

    fn view(&self, _: &'static Bound) -> View<'_, 'a> {
        View::List(self, N)
    }

    fn slot(&mut self, _: &'static Bound) -> Slot<'_, 'a> {
        Slot::List(self, N)
    }
}

impl<'a, V: Record<'a>, const N: usize> List<'a> for Vec<V, N> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn item(&self, index: usize) -> Option<&dyn Record<'a>> {
        self.get(index).map(|item| -> &dyn Record<'a> { item })
    }
}

impl<'a, V: RecordMut<'a> + Default, const N: usize> ListMut<'a> for Vec<V, N> {
    fn push(&mut self) -> Option<&mut dyn RecordMut<'a>> {
        // `Vec` would write "it is full" as well.
        Self::push(self, V::default()).ok()?;
        self.last_mut().map(|item| -> &mut dyn RecordMut<'a> { item })
    }
}
