//! A value of a report, to be reached by its path, read and set. The values alone are here, and what may stand around one;
//! the records are in `records.rs`.

use increp::model::bounds::SECONDS;
use increp::model::describe::Shape;
use increp::model::{Degrees, Digest, Extra, Integer, Name, Person, Said, Scalar, Stamp, Statement, Text, Value};

use crate::error::Code;

/// What a value is, or is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content<'a> {
    /// Nothing was said of it.
    Unreported,
    /// It was asked, and is not known.
    Unknown,
    /// A record is there, or a list with so many items.
    Here(usize),
    /// A number, a code, 0 or 1, an instant, an angle, or 1 + the number of a variant.
    Number(i64),
    /// A text.
    Text(&'a str),
    /// A hash.
    Digest([u8; 32]),
}

/// A value of the model, to be read.
pub(crate) trait Look<'a> {
    /// The value one step down, if it is there.
    fn look(&self, step: u8) -> Option<&dyn Look<'a>> {
        let _ = step;
        None
    }

    /// What it is.
    fn get(&self) -> Content<'a>;
}

/// A value of the model, to be changed. A trait of its own: who only writes reports does not link what reads them.
pub(crate) trait Reach<'a> {
    /// The value one step down, made if it is not there.
    fn reach(&mut self, step: u8) -> Result<&mut dyn Reach<'a>, Code> {
        let _ = step;
        Err(Code::NoSuchField)
    }

    /// Makes it that.
    fn set(&mut self, content: Content<'a>) -> Result<(), Code>;
}

/// A field's step is its number + 1.
pub(crate) const fn field(step: u8) -> u8 {
    step.wrapping_sub(1)
}

/// An item's step is 0x80 + its index.
fn item(step: u8) -> Option<usize> {
    (step & 0x80 != 0).then_some(usize::from(step & 0x7f))
}

pub(crate) fn other_type<T>() -> Result<T, Code> {
    Err(Code::OtherType)
}

macro_rules! numbers {
    ($($type:ty)+) => {$(
        impl<'a> Look<'a> for $type {
            fn get(&self) -> Content<'a> {
                Content::Number(i64::from(*self))
            }
        }

        impl<'a> Reach<'a> for $type {
            fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
                *self = match content {
                    Content::Unreported => 0,
                    Content::Number(number) => {
                        <$type>::try_from(number).map_err(|_| Code::Limit)?
                    }
                    _ => return other_type(),
                };
                Ok(())
            }
        }
    )+};
}

numbers! { u8 u16 u32 i8 i32 }

impl<'a> Look<'a> for bool {
    fn get(&self) -> Content<'a> {
        Content::Number(i64::from(*self))
    }
}

impl<'a> Reach<'a> for bool {
    fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
        *self = match content {
            Content::Unreported | Content::Number(0) => false,
            Content::Number(1) => true,
            Content::Number(_) => return Err(Code::Limit),
            _ => return other_type(),
        };
        Ok(())
    }
}

impl<'a> Look<'a> for Degrees {
    fn get(&self) -> Content<'a> {
        self.0.get()
    }
}

impl<'a> Reach<'a> for Degrees {
    fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
        self.0.set(content)
    }
}

impl<'a> Look<'a> for Integer {
    fn get(&self) -> Content<'a> {
        Content::Number(Self::get(*self))
    }
}

impl<'a> Reach<'a> for Integer {
    fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
        *self = match content {
            Content::Unreported => Self::default(),
            Content::Number(number) => Self::from(number),
            _ => return other_type(),
        };
        Ok(())
    }
}

impl<'a> Look<'a> for Stamp {
    fn get(&self) -> Content<'a> {
        Content::Number(self.seconds())
    }
}

impl<'a> Reach<'a> for Stamp {
    fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
        *self = match content {
            Content::Unreported => Self::default(),
            // `Stamp` would make it the nearest instant that it can hold.
            Content::Number(seconds) if SECONDS.holds(seconds) => Self::new(seconds),
            Content::Number(_) => return Err(Code::Limit),
            _ => return other_type(),
        };
        Ok(())
    }
}

impl<'a> Look<'a> for Digest {
    fn get(&self) -> Content<'a> {
        Content::Digest(self.0)
    }
}

impl<'a> Reach<'a> for Digest {
    fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
        self.0 = match content {
            Content::Unreported => [0; 32],
            Content::Digest(digest) => digest,
            _ => return other_type(),
        };
        Ok(())
    }
}

/// A text that is there. An empty one says nothing, and of a name it would say that it is unknown.
fn text<'a>(content: Content<'a>) -> Result<&'a str, Code> {
    match content {
        Content::Text("") => Err(Code::Limit),
        Content::Text(text) => Ok(text),
        _ => other_type(),
    }
}

macro_rules! texts {
    ($($type:ident)+) => {$(
        impl<'a> Look<'a> for $type<'a> {
            fn get(&self) -> Content<'a> {
                Content::Text(self.as_str())
            }
        }

        impl<'a> Reach<'a> for $type<'a> {
            fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
                *self = if matches!(content, Content::Unreported) { Self::default() } else { Self::new(text(content)?) };
                Ok(())
            }
        }
    )+};
}

texts! { Text Person }

impl<'a> Look<'a> for Name<'a> {
    fn get(&self) -> Content<'a> {
        match self.said() {
            Said::Unreported => Content::Unreported,
            Said::Unknown => Content::Unknown,
            Said::Known(name) => Content::Text(name),
        }
    }
}

impl<'a> Reach<'a> for Name<'a> {
    fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
        *self = match content {
            Content::Unreported => Self::UNREPORTED,
            Content::Unknown => Self::UNKNOWN,
            other => Self::new(text(other)?),
        };
        Ok(())
    }
}

impl<'a, V: Look<'a>> Look<'a> for Option<V> {
    fn look(&self, step: u8) -> Option<&dyn Look<'a>> {
        self.as_ref()?.look(step)
    }

    fn get(&self) -> Content<'a> {
        self.as_ref().map_or(Content::Unreported, Look::get)
    }
}

impl<'a, V: Reach<'a> + Default> Reach<'a> for Option<V> {
    fn reach(&mut self, step: u8) -> Result<&mut dyn Reach<'a>, Code> {
        self.get_or_insert_with(V::default).reach(step)
    }

    fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
        if matches!(content, Content::Unreported) {
            *self = None;
            return Ok(());
        }
        let was = self.is_some();
        let set = self.get_or_insert_with(V::default).set(content);
        if set.is_err() && !was {
            *self = None;
        }
        set
    }
}

impl<'a, V: Look<'a>> Look<'a> for Said<V> {
    fn look(&self, step: u8) -> Option<&dyn Look<'a>> {
        self.known()?.look(step)
    }

    fn get(&self) -> Content<'a> {
        match self {
            Self::Unreported => Content::Unreported,
            Self::Unknown => Content::Unknown,
            Self::Known(value) => value.get(),
        }
    }
}

impl<'a, V: Reach<'a> + Default> Reach<'a> for Said<V> {
    fn reach(&mut self, step: u8) -> Result<&mut dyn Reach<'a>, Code> {
        if !matches!(self, Self::Known(_)) {
            *self = Self::Known(V::default());
        }
        match self {
            Self::Known(value) => value.reach(step),
            _ => other_type(),
        }
    }

    fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
        match (content, &mut *self) {
            (Content::Unreported, _) => *self = Self::Unreported,
            (Content::Unknown, _) => *self = Self::Unknown,
            (content, Self::Known(value)) => return value.set(content),
            (content, _) => {
                let mut value = V::default();
                value.set(content)?;
                *self = Self::Known(value);
            }
        }
        Ok(())
    }
}

impl<'a, V: Look<'a>, const N: usize> Look<'a> for heapless::Vec<V, N> {
    fn look(&self, step: u8) -> Option<&dyn Look<'a>> {
        let item: &dyn Look<'a> = self.as_slice().get(item(step)?)?;
        Some(item)
    }

    fn get(&self) -> Content<'a> {
        Content::Here(self.len())
    }
}

impl<'a, V: Reach<'a> + Default, const N: usize> Reach<'a> for heapless::Vec<V, N> {
    fn reach(&mut self, step: u8) -> Result<&mut dyn Reach<'a>, Code> {
        let index = item(step).ok_or(Code::NoSuchField)?;
        if index >= N {
            return Err(Code::TooMany);
        }
        if index == self.len() {
            // There is room: the index is less than N.
            let _ = self.push(V::default());
        }
        let item: &mut dyn Reach<'a> = self.as_mut_slice().get_mut(index).ok_or(Code::NoSuchItem)?;
        Ok(item)
    }

    fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
        match content {
            Content::Unreported => self.clear(),
            Content::Here(_) => {}
            _ => return other_type(),
        }
        Ok(())
    }
}

impl<'a> Look<'a> for Extra<'a> {
    fn look(&self, step: u8) -> Option<&dyn Look<'a>> {
        self.0.look(step)
    }

    fn get(&self) -> Content<'a> {
        self.0.get()
    }
}

impl<'a> Reach<'a> for Extra<'a> {
    fn reach(&mut self, step: u8) -> Result<&mut dyn Reach<'a>, Code> {
        self.0.reach(step)
    }

    fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
        self.0.set(content)
    }
}

/// A choice between variants. Its content is 1 + the number of the variant; into another than that which was said leads no
/// way, so that nothing said is lost unnoticed.
macro_rules! choice {
    ($name:ident: $($variant:ident)+) => {
        impl<'a> Look<'a> for $name<'a> {
            #[allow(unused_assignments)]
            fn look(&self, step: u8) -> Option<&dyn Look<'a>> {
                match self {
                    $( Self::$variant(value) if self.number() == field(step) => Some(value), )+
                    _ => None,
                }
            }

            fn get(&self) -> Content<'a> {
                Content::Number(i64::from(self.number()) + 1)
            }
        }

        impl<'a> Reach<'a> for $name<'a> {
            fn reach(&mut self, step: u8) -> Result<&mut dyn Reach<'a>, Code> {
                if self.number() != field(step) {
                    if *self != Self::default() {
                        return Err(Code::SaysOther);
                    }
                    self.set(Content::Number(step.into()))?;
                }
                match self { $( Self::$variant(value) => Ok(value), )+ }
            }

            #[allow(unused_assignments)]
            fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
                let number = match content {
                    Content::Number(number) => number,
                    Content::Here(_) => return Ok(()),
                    _ => return other_type(),
                };
                let mut variant = 1;
                $(
                    if number == variant {
                        *self = Self::$variant(Default::default());
                        return Ok(());
                    }
                    variant += 1;
                )+
                Err(Code::Limit)
            }
        }

        const _: () = assert!(same_variants(<$name<'static> as Value<'static>>::SHAPE, 0 $( + { let _ = $name::$variant; 1 } )+));
    };
}

const fn same_variants(shape: &Shape, many: usize) -> bool {
    matches!(shape, Shape::OneOf { variants, .. } if variants.len() == many)
}

choice! { Statement: Count Party Object Intent Control Notice Access Truce Place Time Text }
choice! { Scalar: Flag Integer Text }
