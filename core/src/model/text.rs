//! Text that is borrowed and never shown by accident: [`Text`], [`Name`], [`Person`].

use core::fmt;

use serde::de::{Deserializer, Error as _, Visitor};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::bounds::{self, Bound};
use super::describe::Shape;
use super::said::Said;
use super::value::Value;
use crate::error::ErrorKind;

/// A text that a report borrows.
///
/// Text may name people, so `Debug` and `defmt` show its length alone. Ask for it by [`Text::as_str`], or for a whole
/// report by `{:+?}`:
///
/// ```
/// let name = increp::model::Text::new("Al-Noor clinic");
/// assert_eq!(format!("{name:?}"), "<14 bytes>");
/// assert_eq!(format!("{name:+?}"), "\"Al-Noor clinic\"");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<'a>(&'a str);

/// The name and office of a person. Nothing prints it, not even `{:+?}`; only [`Person::as_str`] gives it.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person<'a>(&'a str);

/// A name of which nothing may be said, or that it is not known: [`Said`] of a [`Text`] in the space of a `&str`.
///
/// ```
/// use increp::model::{Name, Said};
/// assert_eq!(Name::from("ISIS").said(), Said::Known("ISIS"));
/// assert_eq!(Name::UNKNOWN.said(), Said::Unknown);
/// assert_eq!(Name::default().said(), Said::Unreported);
/// ```
// Empty text is no name anywhere in the model, so it can stand for "unknown" in memory; never on the wire.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name<'a>(Option<&'a str>);

impl<'a> Text<'a> {
    /// Borrows a text. Limits are checked when the report is encoded or by `Report::check`.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

impl<'a> Person<'a> {
    /// Borrows a name and office.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The name and office.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

impl<'a> Name<'a> {
    /// Nothing was said of the name.
    pub const UNREPORTED: Self = Self(None);
    /// It was asked, and is not known; of a source: it is withheld.
    pub const UNKNOWN: Self = Self(Some(""));

    /// A name that is known. Empty text is [`Name::UNKNOWN`].
    #[must_use]
    pub const fn new(name: &'a str) -> Self {
        Self(Some(name))
    }

    /// What is said of it.
    #[must_use]
    pub const fn said(&self) -> Said<&'a str> {
        match self.0 {
            None => Said::Unreported,
            Some(name) if name.is_empty() => Said::Unknown,
            Some(name) => Said::Known(name),
        }
    }

    /// The name, if it is known.
    #[must_use]
    pub fn known(&self) -> Option<&'a str> {
        self.0.filter(|name| !name.is_empty())
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(text)
    }
}

impl<'a> From<&'a str> for Person<'a> {
    fn from(text: &'a str) -> Self {
        Self(text)
    }
}

impl<'a> From<&'a str> for Name<'a> {
    fn from(name: &'a str) -> Self {
        Self(Some(name))
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.sign_plus() { write!(f, "{:?}", self.0) } else { write!(f, "<{} bytes>", self.0.len()) }
    }
}

impl fmt::Debug for Person<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<a person>")
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.said() {
            Said::Unreported => f.write_str("Unreported"),
            Said::Unknown => f.write_str("Unknown"),
            Said::Known(name) => fmt::Debug::fmt(&Text(name), f),
        }
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Text<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "<{=usize} bytes>", self.0.len());
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Person<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "<a person>");
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Name<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self.said() {
            Said::Unreported => defmt::write!(f, "Unreported"),
            Said::Unknown => defmt::write!(f, "Unknown"),
            Said::Known(name) => defmt::write!(f, "<{=usize} bytes>", name.len()),
        }
    }
}

/// A text from outside in an error: not all of a long one, and no control characters for a terminal.
pub(super) struct Cited<'t>(pub(super) &'t str);

impl fmt::Display for Cited<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 60;
        f.write_str("\"")?;
        self.0.chars().take(MOST).try_for_each(|sign| write!(f, "{}", sign.escape_debug()))?;
        f.write_str(if self.0.chars().nth(MOST).is_some() { "...\"" } else { "\"" })
    }
}

/// Text without a limit of its own has that of texts.
pub(super) fn bound_of(bound: &'static Bound) -> &'static Bound {
    if bound.unit.is_empty() { &bounds::TEXT } else { bound }
}

/// Takes a text that outlives the deserializer. A `str` that does not, because it held an escape, cannot be borrowed:
/// the reader must lend one, as the `increp` tool does.
fn borrow<'a, D: Deserializer<'a>>(deserializer: D) -> Result<&'a str, D::Error> {
    struct Borrow;
    impl<'a> Visitor<'a> for Borrow {
        type Value = &'a str;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }
        fn visit_borrowed_str<E>(self, text: &'a str) -> Result<&'a str, E> {
            Ok(text)
        }
        fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<&'a str, E> {
            Err(E::custom("a text with escapes cannot be borrowed: use a reader that lends its texts"))
        }
    }
    let human = deserializer.is_human_readable();
    let text = deserializer.deserialize_str(Borrow)?;
    if human && text.is_empty() {
        return Err(D::Error::custom("expected a text, found an empty one: leave the member out"));
    }
    Ok(text)
}

macro_rules! text {
    ($($name:ident $shape:ident;)+) => {$(
        impl Serialize for $name<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0)
            }
        }

        impl<'de: 'a, 'a> serde::Deserialize<'de> for $name<'a> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                borrow(deserializer).map(Self)
            }
        }

        impl<'a> Value<'a> for $name<'a> {
            const SHAPE: &'static Shape = &Shape::$shape;
            // The length; see `MAX_LEN` for its second byte.
            const MOST: usize = 1;

            fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                self.0 = borrow(deserializer)?;
                Ok(())
            }

            #[cfg(feature = "arbitrary")]
            fn random(u: &mut arbitrary::Unstructured<'a>, bound: &'static Bound) -> arbitrary::Result<Self> {
                super::random::text(u, bound_of(bound)).map(Self)
            }
        }
    )+};
}

text! {
    Text Text;
    Person Person;
}

impl Serialize for Name<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.said() {
            Said::Unreported => Said::<Text<'_>>::Unreported,
            Said::Unknown => Said::Unknown,
            Said::Known(name) => Said::Known(Text(name)),
        }
        .serialize(serializer)
    }
}

impl<'a> From<Said<Text<'a>>> for Name<'a> {
    fn from(said: Said<Text<'a>>) -> Self {
        match said {
            Said::Unreported => Self::UNREPORTED,
            Said::Unknown => Self::UNKNOWN,
            Said::Known(text) => Self::new(text.0),
        }
    }
}

impl<'a> Value<'a> for Name<'a> {
    const SHAPE: &'static Shape = <Said<Text<'a>> as Value>::SHAPE;
    const MOST: usize = <Said<Text<'a>> as Value>::MOST;

    fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        let mut said = Said::<Text<'a>>::default();
        said.fill(deserializer)?;
        if said == Said::Known(Text("")) {
            return Err(D::Error::custom(ErrorKind::Limit { bound: &bounds::TEXT, value: 0 }));
        }
        *self = said.into();
        Ok(())
    }

    fn write_member<M: SerializeStruct>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        if self.0.is_none() { Ok(()) } else { map.serialize_field(name, self) }
    }

    #[cfg(feature = "arbitrary")]
    fn random(u: &mut arbitrary::Unstructured<'a>, bound: &'static Bound) -> arbitrary::Result<Self> {
        Ok(Said::<Text<'a>>::random(u, bound)?.into())
    }
}
