//! What every value of the model has: a shape, and its way into and out of serde.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::ser::{Serialize, SerializeStruct};

use super::bounds::Bound;
use super::describe::Shape;
use crate::error::ErrorKind;

/// A value of the model.
pub trait Value<'a>: Default + Serialize {
    /// What it looks like.
    const SHAPE: &'static Shape;
    /// The most bytes that it takes in the postcard encoding; of a text, one byte for its length and nothing more.
    const MOST: usize;
    /// JSON must have it.
    const REQUIRED: bool = false;
    /// Its members, where they stand among those of the record that holds it.
    const FLAT: &'static [&'static str] = &[];

    /// Fills the value from serde, over a default value.
    ///
    /// # Errors
    /// The deserializer's own.
    fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error>;

    /// Fills it from the member of a JSON object; `flat` is the number of the member in [`Value::FLAT`].
    #[doc(hidden)]
    fn fill_member<A: MapAccess<'a>>(&mut self, flat: usize, map: &mut A) -> Result<(), A::Error> {
        let _ = flat;
        map.next_value_seed(Fill::new(self))
    }

    /// Whether the members that were seen, as bits in the order of [`Value::FLAT`], are enough. The error is the name
    /// of one that is missing.
    #[doc(hidden)]
    fn finish_members(seen: u64) -> Result<(), &'static str> {
        let _ = seen;
        Ok(())
    }

    /// Writes it as member `name` of a JSON object, or leaves it out.
    #[doc(hidden)]
    fn write_member<M: SerializeStruct>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_field(name, self)
    }

    /// A valid value out of random bytes.
    #[cfg(feature = "arbitrary")]
    #[doc(hidden)]
    fn random(u: &mut arbitrary::Unstructured<'a>, bound: &'static Bound) -> arbitrary::Result<Self>;
}

/// Fills a value in place: a deserializer seed for any [`Value`].
#[derive(Debug)]
pub struct Fill<'v, 'a, V>(&'v mut V, PhantomData<&'a ()>);

impl<'v, V> Fill<'v, '_, V> {
    /// A seed that fills `value`.
    pub const fn new(value: &'v mut V) -> Self {
        Self(value, PhantomData)
    }
}

impl<'a, V: Value<'a>> DeserializeSeed<'a> for Fill<'_, 'a, V> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.fill(deserializer)
    }
}

/// Range-checks a number or a length.
pub(crate) fn within(value: i64, bound: &'static Bound) -> Result<(), ErrorKind> {
    if bound.holds(value) { Ok(()) } else { Err(ErrorKind::Limit { bound, value }) }
}

macro_rules! number {
    ($($type:ident $visit:ident $bits:literal $most:literal $shape:ident;)+) => {$(
        impl<'a> Value<'a> for $type {
            const SHAPE: &'static Shape = &Shape::$shape { bits: $bits };
            const MOST: usize = $most;

            fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                struct Number;
                impl Visitor<'_> for Number {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        write!(f, "a whole number from {} to {}", $type::MIN, $type::MAX)
                    }
                    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<$type, E> {
                        $type::try_from(value).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
                    }
                    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<$type, E> {
                        $type::try_from(value).map_err(|_| E::invalid_value(Unexpected::Signed(value), &self))
                    }
                }
                *self = deserializer.$visit(Number)?;
                Ok(())
            }

            #[cfg(feature = "arbitrary")]
            fn random(u: &mut arbitrary::Unstructured<'a>, bound: &'static Bound) -> arbitrary::Result<Self> {
                let (min, max) = (bound.min.max(i64::from($type::MIN)), bound.max.min(i64::from($type::MAX)));
                let max = match u.int_in_range(0..=3u8)? {
                    0 => min.saturating_add(10).min(max),
                    1 => min.saturating_add(200).min(max),
                    _ => max,
                };
                Ok($type::try_from(u.int_in_range(min..=max)?).unwrap_or_default())
            }
        }
    )+};
}

number! {
    u8 deserialize_u8 8 1 Unsigned;
    u16 deserialize_u16 16 3 Unsigned;
    u32 deserialize_u32 32 5 Unsigned;
    i8 deserialize_i8 8 1 Signed;
    i64 deserialize_i64 64 10 Signed;
}

impl<'a> Value<'a> for bool {
    const SHAPE: &'static Shape = &Shape::Flag;
    const MOST: usize = 1;

    fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        *self = serde::Deserialize::deserialize(deserializer)?;
        Ok(())
    }

    fn write_member<M: SerializeStruct>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        if *self { map.serialize_field(name, self) } else { Ok(()) }
    }

    #[cfg(feature = "arbitrary")]
    fn random(u: &mut arbitrary::Unstructured<'a>, _: &'static Bound) -> arbitrary::Result<Self> {
        u.arbitrary()
    }
}

impl<'a, V: Value<'a>> Value<'a> for Option<V> {
    const SHAPE: &'static Shape = &Shape::Optional(V::SHAPE);
    const MOST: usize = 1 + V::MOST;
    const FLAT: &'static [&'static str] = V::FLAT;

    fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        struct Binary<'v, V>(&'v mut Option<V>);
        impl<'a, V: Value<'a>> Visitor<'a> for Binary<'_, V> {
            type Value = ();
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an optional value")
            }
            fn visit_none<E>(self) -> Result<(), E> {
                Ok(())
            }
            fn visit_some<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
                self.0.insert(V::default()).fill(deserializer)
            }
        }
        if deserializer.is_human_readable() {
            // JSON leaves out what is not reported; null means something else, and only where `Said` allows it.
            self.insert(V::default()).fill(deserializer)
        } else {
            deserializer.deserialize_option(Binary(self))
        }
    }

    fn fill_member<A: MapAccess<'a>>(&mut self, flat: usize, map: &mut A) -> Result<(), A::Error> {
        self.get_or_insert_with(V::default).fill_member(flat, map)
    }

    fn finish_members(seen: u64) -> Result<(), &'static str> {
        V::finish_members(seen)
    }

    fn write_member<M: SerializeStruct>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        self.as_ref().map_or(Ok(()), |value| value.write_member(name, map))
    }

    #[cfg(feature = "arbitrary")]
    fn random(u: &mut arbitrary::Unstructured<'a>, bound: &'static Bound) -> arbitrary::Result<Self> {
        if !u.is_empty() && u.arbitrary()? { Ok(Some(V::random(u, bound)?)) } else { Ok(None) }
    }
}

impl<'a, V: Value<'a>, const N: usize> Value<'a> for heapless::Vec<V, N> {
    const SHAPE: &'static Shape = &Shape::List { of: V::SHAPE, most: N };
    const MOST: usize = 1 + N * V::MOST;

    fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        struct Items<'v, V, const N: usize>(&'v mut heapless::Vec<V, N>);
        impl<'a, V: Value<'a>, const N: usize> Visitor<'a> for Items<'_, V, N> {
            type Value = ();
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {N} items")
            }
            fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<(), A::Error> {
                loop {
                    let mut item = V::default();
                    if seq.next_element_seed(Fill::new(&mut item))?.is_none() {
                        return Ok(());
                    }
                    if self.0.push(item).is_err() {
                        let more = core::iter::from_fn(|| seq.next_element::<serde::de::IgnoredAny>().ok().flatten());
                        return Err(A::Error::custom(ErrorKind::TooMany { limit: N, value: N + 1 + more.count() }));
                    }
                }
            }
        }
        deserializer.deserialize_seq(Items(self))
    }

    fn write_member<M: SerializeStruct>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        if self.is_empty() { Ok(()) } else { map.serialize_field(name, self) }
    }

    #[cfg(feature = "arbitrary")]
    fn random(u: &mut arbitrary::Unstructured<'a>, bound: &'static Bound) -> arbitrary::Result<Self> {
        let mut items = Self::new();
        // Mostly short lists, now and then a full one.
        let most = if u.ratio(1, 6u8)? { N } else { N.min(2) };
        for _ in 0..u.int_in_range(0..=most)? {
            if u.is_empty() || items.push(V::random(u, bound)?).is_err() {
                break;
            }
        }
        Ok(items)
    }
}

/// Reads which member of an object or variant of a choice comes next, as its number.
#[derive(Debug)]
pub(crate) struct VariantIndex(pub(crate) &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for VariantIndex {
    type Value = usize;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for VariantIndex {
    type Value = usize;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }
    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<usize, E> {
        self.0.iter().position(|known| *known == name).ok_or_else(|| E::unknown_field(name, self.0))
    }
    fn visit_u64<E: serde::de::Error>(self, index: u64) -> Result<usize, E> {
        usize::try_from(index)
            .ok()
            .filter(|index| *index < self.0.len())
            .ok_or_else(|| E::invalid_value(Unexpected::Unsigned(index), &"the number of a variant"))
    }
}
