//! A mission's own fields: they mean nothing to this crate and survive every hop.

use core::fmt;

use heapless::Vec;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::bounds::{self, Bound};
use super::describe::Shape;
use super::record::{one_of, record};
use super::text::Text;
use super::value::{Fill, Value};
use super::walk::{Stopped, Walk};
use super::walked::{List, ListMut, Record, RecordMut, Slot, View, Walked};
use crate::error::{ErrorKind, Rule};

record! {
    /// A key with its value.
    pub struct Entry<'a> {
        /// The key, with the mission in front: "smm:patrol".
        key: Text<'a> => EXTRA_KEY,
        /// The value.
        value: Scalar<'a>,
    }
}

one_of! {
    /// A value in `extra`.
    pub enum Scalar<'a> {
        /// Yes or no.
        Flag as "flag" (bool),
        /// An integer.
        Integer as "integer" (Integer) => INTEGER,
        /// A text.
        Text as "text" (Text<'a>),
    }
}

/// An `i64` without its alignment, which would cost every report 36 bytes of memory.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Integer([u8; 8]);

impl Integer {
    /// The value.
    #[must_use]
    pub const fn get(self) -> i64 {
        i64::from_le_bytes(self.0)
    }
}

impl From<i64> for Integer {
    fn from(value: i64) -> Self {
        Self(value.to_le_bytes())
    }
}

impl fmt::Debug for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Integer {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.get().format(f);
    }
}

impl Serialize for Integer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.get())
    }
}

impl<'a> Value<'a> for Integer {
    const SHAPE: &'static Shape = <i64 as Value>::SHAPE;
    const MOST: usize = <i64 as Value>::MOST;

    fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        let mut value = 0i64;
        value.fill(deserializer)?;
        *self = value.into();
        Ok(())
    }

    #[cfg(feature = "arbitrary")]
    fn random(u: &mut arbitrary::Unstructured<'a>, bound: &'static Bound) -> arbitrary::Result<Self> {
        <i64 as Value>::random(u, bound).map(Self::from)
    }
}

impl Default for Scalar<'_> {
    fn default() -> Self {
        Self::Flag(false)
    }
}

/// Up to 8 entries in the order in which they were written; each key once. An object in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Extra<'a>(pub Vec<Entry<'a>, { bounds::EXTRA }>);

impl<'a> Extra<'a> {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Scalar<'a>> {
        self.0.iter().find(|entry| entry.key.as_str() == key).map(|entry| &entry.value)
    }

    /// The index of an entry whose key stands in front of it already.
    fn duplicate(&self) -> Option<u8> {
        let before = |index: usize| self.0.iter().take(index);
        let twice = |(index, entry): &(usize, &Entry<'a>)| before(*index).any(|other| other.key == entry.key);
        self.0.iter().enumerate().find(twice).and_then(|(index, _)| u8::try_from(index).ok())
    }

    fn each_key_once(&self, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
        self.duplicate().map_or(Ok(()), |index| {
            let stopped = walk.fail(ErrorKind::Rule(Rule::DuplicateKey));
            walk.error().path.enclose_item(index);
            Err(stopped)
        })
    }
}

impl<'a> Walked<'a> for Extra<'a> {
    fn is_reported(&self) -> bool {
        !self.0.is_empty()
    }

    fn view(&self, _: &'static Bound) -> View<'_, 'a> {
        View::List(self, bounds::EXTRA)
    }

    fn slot(&mut self, _: &'static Bound) -> Slot<'_, 'a> {
        Slot::List(self, bounds::EXTRA)
    }
}

impl<'a> List<'a> for Extra<'a> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn item(&self, index: usize) -> Option<&dyn Record<'a>> {
        List::item(&self.0, index)
    }

    fn consistent(&self, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
        self.each_key_once(walk)
    }
}

impl<'a> ListMut<'a> for Extra<'a> {
    fn push(&mut self) -> bool {
        ListMut::push(&mut self.0)
    }

    fn last(&mut self) -> Option<&mut dyn RecordMut<'a>> {
        ListMut::last(&mut self.0)
    }

    fn consistent(&self, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
        self.each_key_once(walk)
    }
}

impl<'a> Value<'a> for Extra<'a> {
    const SHAPE: &'static Shape = &Shape::Map { of: <Entry<'a> as Value<'a>>::SHAPE, most: bounds::EXTRA };
    const MOST: usize = <Vec<Entry<'a>, { bounds::EXTRA }> as Value<'a>>::MOST;

    fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        struct Members<'v, 'a>(&'v mut Extra<'a>);
        impl<'a> Visitor<'a> for Members<'_, 'a> {
            type Value = ();
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of yes or no, integers and texts")
            }
            fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
                use serde::de::Error as _;
                let mut many = 0;
                let mut key = Text::default();
                while map.next_key_seed(Fill::new(&mut key))?.is_some() {
                    let mut entry = Entry { key, value: Scalar::default() };
                    map.next_value_seed(Alone(&mut entry.value))?;
                    many += 1;
                    if self.0.get(key.as_str()).is_some() {
                        return Err(A::Error::custom(Rule::DuplicateKey.text()));
                    }
                    if self.0.0.push(entry).is_err() {
                        return Err(A::Error::custom(ErrorKind::TooMany { limit: bounds::EXTRA, value: many }));
                    }
                }
                Ok(())
            }
        }
        if deserializer.is_human_readable() { deserializer.deserialize_map(Members(self)) } else { self.0.fill(deserializer) }
    }

    fn write_member<M: SerializeStruct>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        if self.0.is_empty() { Ok(()) } else { map.serialize_field(name, self) }
    }

    #[cfg(feature = "arbitrary")]
    fn random(u: &mut arbitrary::Unstructured<'a>, bound: &'static Bound) -> arbitrary::Result<Self> {
        let mut extra = Self(Value::random(u, bound)?);
        while let Some(index) = extra.duplicate() {
            extra.0.remove(usize::from(index));
        }
        Ok(extra)
    }
}

impl Serialize for Extra<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return self.0.serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for Entry { key, value } in &self.0 {
            match value {
                Scalar::Flag(flag) => map.serialize_entry(key, flag)?,
                Scalar::Integer(integer) => map.serialize_entry(key, integer)?,
                Scalar::Text(text) => map.serialize_entry(key, text)?,
            }
        }
        map.end()
    }
}

/// A scalar as JSON shows it: its type tells the variant.
struct Alone<'v, 'a>(&'v mut Scalar<'a>);

impl<'a> serde::de::DeserializeSeed<'a> for Alone<'_, 'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Alone<'_, 'a> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("yes or no, an integer or a text")
    }
    fn visit_bool<E>(self, flag: bool) -> Result<(), E> {
        *self.0 = Scalar::Flag(flag);
        Ok(())
    }
    fn visit_i64<E>(self, integer: i64) -> Result<(), E> {
        *self.0 = Scalar::Integer(integer.into());
        Ok(())
    }
    fn visit_u64<E: serde::de::Error>(self, integer: u64) -> Result<(), E> {
        let wide = |_| E::invalid_value(serde::de::Unexpected::Unsigned(integer), &"an integer of at most 64 bits with sign");
        *self.0 = Scalar::Integer(i64::try_from(integer).map_err(wide)?.into());
        Ok(())
    }
    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'a str) -> Result<(), E> {
        let mut value = Text::default();
        value.fill(serde::de::value::BorrowedStrDeserializer::new(text))?;
        *self.0 = Scalar::Text(value);
        Ok(())
    }
}
