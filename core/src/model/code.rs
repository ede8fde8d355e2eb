//! `codes!`: a list of codes is described once, and from that come its type, its slugs, its walk and its serde.

/// A list of codes: `Name "what they say" open|closed { 1 CONSTANT "slug"; ... }`.
macro_rules! codes {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident $title:literal $open:ident $(zero $zero:literal)? $(default $default:ident)? { $($code:literal $constant:ident $slug:literal;)+ }
    )+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(u8);

            impl $name {
                const DEFAULT: Self = codes!(@default $($default)?);
                codes!(@unspecified $open);
                $(
                    #[doc = concat!("`", $slug, "` = ", stringify!($code), ".")]
                    pub const $constant: Self = Self($code);
                )+

                /// The list: slugs, numbers, whether it is open.
                pub const LIST: &'static CodeList = &CodeList {
                    name: stringify!($name),
                    title: $title,
                    open: codes!(@open $open),
                    zero: codes!(@zero $($zero)?),
                    codes: &[$(($code, $slug)),+],
                };

                codes!(@new $open);

                /// The number.
                #[must_use]
                pub const fn code(self) -> u8 {
                    self.0
                }

                /// The slug, if this build knows the code.
                #[must_use]
                pub fn slug(self) -> Option<&'static str> {
                    Self::LIST.slug(self.0)
                }
            }

            impl Default for $name {
                fn default() -> Self {
                    Self::DEFAULT
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    match self.slug() {
                        Some(slug) => f.write_str(slug),
                        None => write!(f, "code:{}", self.0),
                    }
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    if self.0 == 0 { f.write_str("unspecified") } else { fmt::Display::fmt(self, f) }
                }
            }

            #[cfg(feature = "defmt")]
            impl defmt::Format for $name {
                fn format(&self, f: defmt::Formatter<'_>) {
                    match self.slug() {
                        Some(slug) => defmt::write!(f, "{=str}", slug),
                        None => defmt::write!(f, "code:{=u8}", self.0),
                    }
                }
            }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_u8(self.0) }
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    code(deserializer, Self::LIST).map(Self)
                }
            }

            impl<'a> Walked<'a> for $name {
                const UNREPORTED: Unreported = if Self::DEFAULT.0 == 0 { Unreported::Zero } else { Unreported::Other };

                fn is_reported(&self) -> bool {
                    *self != Self::DEFAULT
                }

                fn view(&self, _: &'static Bound) -> View<'_, 'a> {
                    // Whoever made it saw to it that it is one of the list.
                    View::Leaf(Leaf::Code(&self.0))
                }

                fn slot(&mut self, _: &'static Bound) -> Slot<'_, 'a> {
                    Slot::Leaf(codes!(@slot $open &mut self.0))
                }
            }

            impl<'a> Value<'a> for $name {
                const SHAPE: &'static Shape = &Shape::Code(Self::LIST);
                const MOST: usize = 1;
                const REQUIRED: bool = codes!(@required $open);

                fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                    self.0 = code(deserializer, Self::LIST)?;
                    Ok(())
                }

                fn write_member<M: SerializeStruct>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
                    if self.0 == 0 { Ok(()) } else { map.serialize_field(name, self) }
                }

                #[cfg(feature = "arbitrary")]
                fn random(u: &mut arbitrary::Unstructured<'a>, _: &'static Bound) -> arbitrary::Result<Self> {
                    super::random::code(u, Self::LIST).map(Self)
                }
            }
        )+

        /// Every list of codes, for documentation and tools.
        pub const CODE_LISTS: &[&CodeList] = &[$($name::LIST),+];
    };

    (@slot open $code:expr) => { Leaf::Code($code) };
    (@slot $other:ident $code:expr) => { Leaf::Closed($code, Self::LIST, Self::DEFAULT.0) };
    (@open open) => { true };
    (@open unset) => { false };
    (@open closed) => { false };
    (@required closed) => { true };
    (@required $other:ident) => { false };
    (@zero) => { None };
    (@zero $zero:literal) => { Some($zero) };
    (@unspecified closed) => {};
    (@unspecified $other:ident) => {
        /// Nothing was said of it.
        pub const UNSPECIFIED: Self = Self(0);
    };
    (@new open) => {
        /// The code with this number, known or not.
        #[must_use]
        pub const fn new(code: u8) -> Self {
            Self(code)
        }
    };
    (@new $other:ident) => {
        /// The code with this number, if the list has it: every receiver must understand it.
        #[must_use]
        pub fn new(code: u8) -> Option<Self> {
            understood(code, Self::LIST).then_some(Self(code))
        }
    };
    (@default) => { Self(0) };
    (@default $default:ident) => { Self::$default };
}

pub(crate) use codes;

use core::fmt;

use serde::de::{Deserializer, Unexpected, Visitor};

use super::describe::CodeList;
use crate::error::ErrorKind;

/// Whether a code may be there: one of a list that must be understood is known.
pub(super) fn understood(code: u8, list: &'static CodeList) -> bool {
    let unset = code == 0 && list.zero.is_some();
    list.open || unset || list.slug(code).is_some()
}

/// Reads a slug, or "code:137" for one that this build does not know.
pub(super) fn code<'de, D: Deserializer<'de>>(deserializer: D, list: &'static CodeList) -> Result<u8, D::Error> {
    struct Slug(&'static CodeList, bool);
    impl Visitor<'_> for Slug {
        type Value = u8;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "one of the {}", self.0.title)
        }
        fn visit_str<E: serde::de::Error>(self, slug: &str) -> Result<u8, E> {
            if let Some(code) = self.0.code(slug) {
                return Ok(code);
            }
            let code = slug.strip_prefix("code:").filter(|digits| !digits.starts_with(['+', '0']));
            match code.and_then(|digits| digits.parse().ok()) {
                Some(code) if understood(code, self.0) => Ok(code),
                _ => Err(E::invalid_value(Unexpected::Str(slug), &self)),
            }
        }
        fn visit_u64<E: serde::de::Error>(self, code: u64) -> Result<u8, E> {
            // Numbers are for bytes; people write slugs.
            let number = u8::try_from(code).ok().filter(|_| !self.1);
            let code = number.ok_or_else(|| E::invalid_type(Unexpected::Unsigned(code), &self))?;
            let list = self.0;
            if understood(code, list) { Ok(code) } else { Err(E::custom(ErrorKind::MustUnderstand { list, code })) }
        }
    }
    if deserializer.is_human_readable() {
        deserializer.deserialize_str(Slug(list, true))
    } else {
        deserializer.deserialize_u8(Slug(list, false))
    }
}
