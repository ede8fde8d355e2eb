//! The one way through a report: every value knows how to put itself into a [`Sink`], take itself from a [`Source`]
//! and appear in serde, and says what it looks like. Encodings implement sinks and sources; nobody else lists fields.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::bounds::Bound;
use super::describe::{CodeList, Field, Path, Record, Shape};
use crate::error::{Error, ErrorKind};

/// What a report is put into, a value at a time in wire order. Every method fails where the sink cannot take the value.
#[allow(clippy::missing_errors_doc)]
pub trait Sink<'a> {
    /// The way to the value that comes next.
    fn path(&mut self) -> &mut Path;
    /// Down into field `number` of the record whose fields were asked for last.
    fn field(&mut self, number: u8) {
        self.path().enter_field(number);
    }
    /// Down into variant `number` of a choice.
    fn variant(&mut self, number: u8, variants: &'static [Field]) {
        let _ = variants;
        self.path().enter_field(number);
    }
    /// Down into item `index` of a list.
    fn item(&mut self, index: u8) {
        self.path().enter_item(index);
    }
    /// Back up one step.
    fn leave(&mut self) {
        self.path().leave();
    }
    /// A record begins of whose fields those with a bit in `reported` differ from their default. The answer says which
    /// are put, in which order.
    fn fields(&mut self, record: &'static Record, reported: u32) -> Result<Fields, Error> {
        let _ = reported;
        Ok(Fields::all(record))
    }
    /// A record whose numbers belong together; `true` if they are all put with this.
    fn group(&mut self, group: Group, values: [i64; 3]) -> Result<bool, Error> {
        let _ = (group, values);
        Ok(false)
    }
    /// An error at the value that was put last.
    fn error(&mut self, kind: ErrorKind) -> Error;
    /// A code of `list`.
    fn code(&mut self, code: u8, list: &'static CodeList) -> Result<(), Error>;
    /// Yes or no.
    fn flag(&mut self, flag: bool) -> Result<(), Error>;
    /// Which of `of` cases follows: presence has 2, what was said 3.
    fn case(&mut self, case: u8, of: u8) -> Result<(), Error>;
    /// Which of `of` variants of a choice follows.
    fn choice(&mut self, variant: u8, of: u8) -> Result<(), Error> {
        self.case(variant, of)
    }
    /// How many of at most `most` items follow.
    fn length(&mut self, items: usize, most: usize) -> Result<(), Error>;
    /// A number of at most `bits` bits.
    fn unsigned(&mut self, value: u64, bits: u8) -> Result<(), Error>;
    /// A signed number of at most `bits` bits.
    fn signed(&mut self, value: i64, bits: u8) -> Result<(), Error>;
    /// An instant in seconds since 1970 UTC.
    fn stamp(&mut self, seconds: i64) -> Result<(), Error> {
        self.signed(seconds, 64)
    }
    /// A text.
    fn text(&mut self, text: &'a str) -> Result<(), Error>;
    /// A hash.
    fn digest(&mut self, digest: &[u8; 32]) -> Result<(), Error>;
}

/// What a report is taken from, a value at a time in wire order. The methods mirror those of [`Sink`]; every one fails
/// where the source holds no such value.
#[allow(missing_docs, clippy::missing_errors_doc)]
pub trait Source<'a> {
    fn path(&mut self) -> &mut Path;
    fn field(&mut self, number: u8) {
        self.path().enter_field(number);
    }
    fn variant(&mut self, number: u8, variants: &'static [Field]) {
        let _ = variants;
        self.path().enter_field(number);
    }
    fn item(&mut self, index: u8) {
        self.path().enter_item(index);
    }
    fn leave(&mut self) {
        self.path().leave();
    }
    fn fields(&mut self, record: &'static Record) -> Result<Fields, Error> {
        Ok(Fields::all(record))
    }
    fn group(&mut self, group: Group) -> Result<Option<[i64; 3]>, Error> {
        let _ = group;
        Ok(None)
    }
    fn error(&mut self, kind: ErrorKind) -> Error;
    fn code(&mut self, list: &'static CodeList) -> Result<u8, Error>;
    fn flag(&mut self) -> Result<bool, Error>;
    fn case(&mut self, of: u8) -> Result<u8, Error>;
    fn choice(&mut self, of: u8) -> Result<u8, Error> {
        self.case(of)
    }
    fn length(&mut self, most: usize) -> Result<usize, Error>;
    fn unsigned(&mut self, bits: u8) -> Result<u64, Error>;
    fn signed(&mut self, bits: u8) -> Result<i64, Error>;
    fn stamp(&mut self) -> Result<i64, Error> {
        self.signed(64)
    }
    fn text(&mut self) -> Result<&'a str, Error>;
    fn digest(&mut self) -> Result<[u8; 32], Error>;
}

/// Records whose numbers an encoding may take together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Author, epoch, number.
    Id,
    /// Latitude, longitude, nothing.
    Point,
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
    pub fn all(record: &'static Record) -> Self {
        Self { order: DESCRIBED.get(..record.fields.len()).unwrap_or(&DESCRIBED), mask: u32::MAX, sparse: false }
    }

    /// Those with a bit in `mask`, which then must not hold their default; those in `first` before the others.
    #[must_use]
    pub const fn reported(mask: u32, order: &'static [u8]) -> Self {
        Self { order, mask, sparse: true }
    }

    /// As described, for [`Fields::reported`].
    #[must_use]
    pub fn described(record: &'static Record) -> &'static [u8] {
        DESCRIBED.get(..record.fields.len()).unwrap_or(&DESCRIBED)
    }

    /// The fields with a bit are walked.
    #[must_use]
    pub const fn mask(&self) -> u32 {
        self.mask
    }

    /// Whether a field that is walked must differ from its default.
    #[must_use]
    pub const fn is_sparse(&self) -> bool {
        self.sparse
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

/// A value of the model.
pub trait Value<'a>: Default + Serialize {
    /// What it looks like.
    const SHAPE: &'static Shape;
    /// The most bytes that it takes in the postcard encoding; of a text, one byte for its length and nothing more.
    const MOST: usize;
    /// JSON must have it.
    const REQUIRED: bool = false;
    /// It always says something: its default is no value that a report may hold.
    const ALWAYS: bool = false;
    /// Its members, where they stand among those of the record that holds it.
    const FLAT: &'static [&'static str] = &[];

    /// Whether it says anything: differs from its default.
    fn is_reported(&self) -> bool;

    /// Puts the value, checking its limits.
    ///
    /// # Errors
    /// A limit or rule that the value breaks, or a full buffer.
    fn put(&self, sink: &mut dyn Sink<'a>, bound: &'static Bound) -> Result<(), Error>;

    /// Takes the value in place, over a default value, checking its limits.
    ///
    /// # Errors
    /// What the sender did wrong.
    fn take(&mut self, source: &mut dyn Source<'a>, bound: &'static Bound) -> Result<(), Error>;

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
    ($($type:ident $visit:ident $method:ident $wide:ident $bits:literal $most:literal $shape:ident;)+) => {$(
        impl<'a> Value<'a> for $type {
            const SHAPE: &'static Shape = &Shape::$shape { bits: $bits };
            const MOST: usize = $most;

            fn is_reported(&self) -> bool {
                *self != 0
            }

            fn put(&self, sink: &mut dyn Sink<'a>, bound: &'static Bound) -> Result<(), Error> {
                within(i64::from(*self), bound).map_err(|kind| sink.error(kind))?;
                sink.$method($wide::from(*self), $bits)
            }

            fn take(&mut self, source: &mut dyn Source<'a>, bound: &'static Bound) -> Result<(), Error> {
                let value = source.$method($bits)?;
                *self = $type::try_from(value).map_err(|_| source.error(ErrorKind::TooWide { bits: $bits }))?;
                within(i64::from(*self), bound).map_err(|kind| source.error(kind))
            }

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
    u8 deserialize_u8 unsigned u64 8 1 Unsigned;
    u16 deserialize_u16 unsigned u64 16 3 Unsigned;
    u32 deserialize_u32 unsigned u64 32 5 Unsigned;
    i8 deserialize_i8 signed i64 8 1 Signed;
    i64 deserialize_i64 signed i64 64 10 Signed;
}

impl<'a> Value<'a> for bool {
    const SHAPE: &'static Shape = &Shape::Flag;
    const MOST: usize = 1;

    fn is_reported(&self) -> bool {
        *self
    }

    fn put(&self, sink: &mut dyn Sink<'a>, _: &'static Bound) -> Result<(), Error> {
        sink.flag(*self)
    }

    fn take(&mut self, source: &mut dyn Source<'a>, _: &'static Bound) -> Result<(), Error> {
        *self = source.flag()?;
        Ok(())
    }

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

    fn is_reported(&self) -> bool {
        self.is_some()
    }

    fn put(&self, sink: &mut dyn Sink<'a>, bound: &'static Bound) -> Result<(), Error> {
        sink.case(u8::from(self.is_some()), 2)?;
        self.as_ref().map_or(Ok(()), |value| value.put(sink, bound))
    }

    fn take(&mut self, source: &mut dyn Source<'a>, bound: &'static Bound) -> Result<(), Error> {
        if source.case(2)? == 0 { Ok(()) } else { self.insert(V::default()).take(source, bound) }
    }

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

    fn is_reported(&self) -> bool {
        !self.is_empty()
    }

    fn put(&self, sink: &mut dyn Sink<'a>, bound: &'static Bound) -> Result<(), Error> {
        sink.length(self.len(), N)?;
        for (index, value) in (0u8..).zip(self) {
            sink.item(index);
            value.put(sink, bound)?;
            sink.leave();
        }
        Ok(())
    }

    fn take(&mut self, source: &mut dyn Source<'a>, bound: &'static Bound) -> Result<(), Error> {
        let items = source.length(N)?;
        for (index, _) in (0u8..).zip(0..items) {
            source.item(index);
            // `length` gives at most N.
            if self.push(V::default()).is_ok()
                && let Some(value) = self.last_mut()
            {
                value.take(source, bound)?;
            }
            source.leave();
        }
        Ok(())
    }

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

/// What a source says of a value: nothing, that it is not known, or the value.
///
/// In JSON: left out, `null`, the value. Zero is a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Said<T> {
    /// Nothing was said of it.
    #[default]
    Unreported,
    /// It was asked, and is not known.
    Unknown,
    /// The value.
    Known(T),
}

impl<T> Said<T> {
    /// The value, if it is known.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unreported | Self::Unknown => None,
        }
    }
}

impl<T> From<T> for Said<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

pub(crate) const SAID: [&str; 3] = ["unreported", "unknown", "known"];

impl<T: Serialize> Serialize for Said<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let human = serializer.is_human_readable();
        match self {
            Self::Unreported | Self::Unknown if human => serializer.serialize_none(),
            Self::Known(value) if human => value.serialize(serializer),
            Self::Unreported => serializer.serialize_unit_variant("Said", 0, SAID[0]),
            Self::Unknown => serializer.serialize_unit_variant("Said", 1, SAID[1]),
            Self::Known(value) => serializer.serialize_newtype_variant("Said", 2, SAID[2], value),
        }
    }
}

impl<'a, V: Value<'a>> Value<'a> for Said<V> {
    const SHAPE: &'static Shape = &Shape::Said(V::SHAPE);
    const MOST: usize = 1 + V::MOST;

    fn is_reported(&self) -> bool {
        !matches!(self, Self::Unreported)
    }

    fn put(&self, sink: &mut dyn Sink<'a>, bound: &'static Bound) -> Result<(), Error> {
        match self {
            Self::Unreported => sink.case(0, 3),
            Self::Unknown => sink.case(1, 3),
            Self::Known(value) => {
                sink.case(2, 3)?;
                value.put(sink, bound)
            }
        }
    }

    fn take(&mut self, source: &mut dyn Source<'a>, bound: &'static Bound) -> Result<(), Error> {
        match source.case(3)? {
            0 => Ok(()),
            1 => {
                *self = Self::Unknown;
                Ok(())
            }
            _ => {
                let mut value = V::default();
                value.take(source, bound)?;
                *self = Self::Known(value);
                Ok(())
            }
        }
    }

    fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        struct Human<'v, V>(&'v mut Said<V>);
        impl<'a, V: Value<'a>> Visitor<'a> for Human<'_, V> {
            type Value = ();
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value or null")
            }
            fn visit_none<E>(self) -> Result<(), E> {
                *self.0 = Said::Unknown;
                Ok(())
            }
            fn visit_unit<E>(self) -> Result<(), E> {
                *self.0 = Said::Unknown;
                Ok(())
            }
            fn visit_some<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
                let mut value = V::default();
                value.fill(deserializer)?;
                *self.0 = Said::Known(value);
                Ok(())
            }
        }
        struct Binary<'v, V>(&'v mut Said<V>);
        impl<'a, V: Value<'a>> Visitor<'a> for Binary<'_, V> {
            type Value = ();
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("unreported, unknown or a value")
            }
            fn visit_enum<A: EnumAccess<'a>>(self, access: A) -> Result<(), A::Error> {
                match access.variant_seed(VariantIndex(&SAID))? {
                    (0, rest) => rest.unit_variant(),
                    (1, rest) => {
                        *self.0 = Said::Unknown;
                        rest.unit_variant()
                    }
                    (_, rest) => {
                        let mut value = V::default();
                        rest.newtype_variant_seed(Fill::new(&mut value))?;
                        *self.0 = Said::Known(value);
                        Ok(())
                    }
                }
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_option(Human(self))
        } else {
            deserializer.deserialize_enum("Said", &SAID, Binary(self))
        }
    }

    fn write_member<M: SerializeStruct>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        if matches!(self, Self::Unreported) { Ok(()) } else { map.serialize_field(name, self) }
    }

    #[cfg(feature = "arbitrary")]
    fn random(u: &mut arbitrary::Unstructured<'a>, bound: &'static Bound) -> arbitrary::Result<Self> {
        Ok(match u.int_in_range(0..=3u8)? {
            0 => Self::Unreported,
            1 => Self::Unknown,
            _ => Self::Known(V::random(u, bound)?),
        })
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
