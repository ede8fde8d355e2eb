//! [`Said`]: what a source says of a value.

use core::fmt;

use serde::de::{Deserializer, EnumAccess, VariantAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct, Serializer};

#[cfg(feature = "arbitrary")]
use super::bounds::Bound;
use super::describe::Shape;
use super::value::{Fill, Value, VariantIndex};

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

    pub(super) const fn is_reported(&self) -> bool {
        !matches!(self, Self::Unreported)
    }

    /// The number of the case: 0 not reported, 1 unknown, 2 known.
    pub(crate) const fn case(&self) -> u8 {
        match self {
            Self::Unreported => 0,
            Self::Unknown => 1,
            Self::Known(_) => 2,
        }
    }

    pub(super) fn map<U>(self, of: impl FnOnce(T) -> U) -> Said<U> {
        match self {
            Self::Unreported => Said::Unreported,
            Self::Unknown => Said::Unknown,
            Self::Known(value) => Said::Known(of(value)),
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
