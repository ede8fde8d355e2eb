//! What can be walked: records as objects, which give their fields one by one, to be looked at or to be filled.

use heapless::Vec;

use super::bounds::Bound;
use super::leaf::{In, Leaf, Out};
use super::levels::{put, take};
use super::said::Said;
use super::walk::{Layout, Stopped, Walk};
use crate::error::Error;

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

    /// Walks out of the record, checking its limits and rules.
    ///
    /// # Errors
    /// A limit or rule that it breaks, or the walk's own.
    fn put(&self, walk: &mut dyn Walk<'a>) -> Result<(), Error>
    where
        Self: Sized,
    {
        put(self, walk).map_err(|Stopped| *walk.error())
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

    /// Walks into the record, over its default, checking its limits and rules.
    ///
    /// # Errors
    /// What the sender did wrong.
    fn take(&mut self, walk: &mut dyn Walk<'a>) -> Result<(), Error>
    where
        Self: Sized,
    {
        take(self, walk).map_err(|Stopped| *walk.error())
    }
}

/// A record that may not be there, to be filled.
pub trait OptionalMut<'a> {
    /// It becomes the default of this case: 0 is not reported, the last one a record.
    fn set(&mut self, case: u8);
    /// The record, if it is one.
    fn record(&mut self) -> Option<&mut dyn RecordMut<'a>>;
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
    /// One more item, a default one; `false` if there is no room.
    fn push(&mut self) -> bool;
    /// The last item.
    fn last(&mut self) -> Option<&mut dyn RecordMut<'a>>;
    /// As in [`List`].
    fn consistent(&self, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
        let _ = walk;
        Ok(())
    }
}

/// What a value is that is not reported: its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreported {
    /// A zero, and nothing more: no code, no number, no item, nothing said.
    Zero,
    /// Another value.
    Other,
    /// No value that a report may hold.
    Never,
}

/// A value that a walk can go through.
pub trait Walked<'a> {
    /// What its default is.
    const UNREPORTED: Unreported = Unreported::Zero;

    /// Whether it says anything: differs from its default.
    fn is_reported(&self) -> bool;

    /// The value, within `bound`, to be looked at.
    fn view(&self, bound: &'static Bound) -> View<'_, 'a>;

    /// The same to be filled, over a default value.
    fn slot(&mut self, bound: &'static Bound) -> Slot<'_, 'a>;
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
    fn set(&mut self, case: u8) {
        *self = (case != 0).then(V::default);
    }

    fn record(&mut self) -> Option<&mut dyn RecordMut<'a>> {
        self.as_mut().map(|record| -> &mut dyn RecordMut<'a> { record })
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
    fn set(&mut self, case: u8) {
        *self = match case {
            0 => Self::Unreported,
            1 => Self::Unknown,
            _ => Self::Known(V::default()),
        };
    }

    fn record(&mut self) -> Option<&mut dyn RecordMut<'a>> {
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
    fn push(&mut self) -> bool {
        Self::push(self, V::default()).is_ok()
    }

    fn last(&mut self) -> Option<&mut dyn RecordMut<'a>> {
        self.last_mut().map(|item| -> &mut dyn RecordMut<'a> { item })
    }
}
