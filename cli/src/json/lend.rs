//! Stands between serde_json and the model.
//!
//! A report borrows its texts. serde_json can lend those that stand in the input as they are; one with escapes it
//! unescapes into a buffer of its own that is gone at once, so this copies it into an arena that outlives the report. On
//! the way it keeps the path, and words what the model objects to.

use std::cell::{Cell, RefCell};
use std::fmt;

use bumpalo::Bump;
use increp::model::CODE_LISTS;
use serde::de::{DeserializeSeed, Deserializer, Expected, MapAccess, SeqAccess, Unexpected, Visitor};

use super::locate::Step;

/// What the model objected to, and where.
pub(super) struct Fault {
    pub(super) path: Vec<Step>,
    pub(super) message: String,
    /// The name of the member is meant, the last one if it stands there twice.
    pub(super) at_name: bool,
}

#[derive(Clone, Copy)]
enum Here<'a> {
    Member(&'a str),
    Index(usize),
}

/// What all wrappers of one reading share.
pub(super) struct Lend<'a> {
    arena: &'a Bump,
    path: RefCell<Vec<Here<'a>>>,
    key: Cell<&'a str>,
    fault: RefCell<Option<Fault>>,
}

impl<'a> Lend<'a> {
    pub(super) fn new(arena: &'a Bump) -> Self {
        Self { arena, path: RefCell::default(), key: Cell::default(), fault: RefCell::default() }
    }

    pub(super) fn into_fault(self) -> Option<Fault> {
        self.fault.into_inner()
    }

    /// A seed whose deserializer lends.
    pub(super) fn seed<T>(&self, inner: T) -> Wrap<'_, 'a, T> {
        Wrap { inner, lend: self }
    }

    /// Keeps the first objection with the path at which it was raised.
    fn keep(&self, objection: Objection) {
        let mut fault = self.fault.borrow_mut();
        let Objection::Said { message, member, at_name } = objection else { return };
        if fault.is_some() {
            return;
        }
        let mut path: Vec<Step> = self.path.borrow().iter().map(Here::step).collect();
        if member {
            path.push(Step::Member(self.key.get().to_owned()));
        }
        // An angle does not know which of the two it is.
        let latitude = matches!(path.last(), Some(Step::Member(name)) if name == "lat");
        let message = if latitude { message.replacen(ANGLES, "degrees from -90 to 90", 1) } else { message };
        *fault = Some(Fault { path, message, at_name });
    }
}

/// What the model expects of any angle.
const ANGLES: &str = "degrees from -180 to 180";

impl Here<'_> {
    fn step(&self) -> Step {
        match *self {
            Self::Member(name) => Step::Member(name.to_owned()),
            Self::Index(index) => Step::Index(index),
        }
    }
}

/// The error type that the model's visitors see.
#[derive(Debug)]
pub(super) enum Objection {
    /// Said by a visitor of the model.
    Said {
        message: String,
        /// About the member whose key was read last, not about the object.
        member: bool,
        at_name: bool,
    },
    /// Passed up from below: kept already, or the parser's own.
    Passed,
}

impl Objection {
    fn said(message: String) -> Self {
        Self::Said { message, member: false, at_name: false }
    }
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said { message, .. } => f.write_str(message),
            Self::Passed => f.write_str("see below"),
        }
    }
}

impl std::error::Error for Objection {}

impl serde::de::Error for Objection {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::said(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let hint = match found {
            Unexpected::Unit | Unexpected::Option => {
                ": leave the member out where nothing was reported; null (asked, and not known) is for name, value, time, place, time.start and who.party"
            }
            _ => "",
        };
        // A text is cited where a number, date or code should stand; anywhere else it may be somebody's name.
        let expected = expected.to_string();
        let cite =
            ["whole number", "decimal", "one of the", "date", "id such", "hex digits"].iter().any(|word| expected.contains(word));
        let found = if cite || !matches!(found, Unexpected::Str(_)) { shown(found) } else { "a text".to_owned() };
        Self::said(format!("expected {expected}, found {found}{hint}"))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        let list = CODE_LISTS.iter().find(|list| expected.strip_prefix("one of the ") == Some(list.title));
        let hint = match (list, found) {
            (Some(list), Unexpected::Str(slug)) => {
                format!(": {}", hint(slug, &list.codes.iter().map(|(_, slug)| *slug).collect::<Vec<_>>()))
            }
            _ => String::new(),
        };
        let found = shown(found);
        // The model reads whole degrees as it reads others; they were written without decimals.
        let found = if expected == ANGLES { found.trim_end_matches(".0") } else { &found };
        Self::said(format!("expected {expected}, found {found}{hint}"))
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        let hint = hint(name, known);
        Self::Said { message: format!("unknown member: {hint}"), member: true, at_name: true }
    }

    fn missing_field(name: &'static str) -> Self {
        Self::said(format!("the member \"{name}\" is missing"))
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self::Said { message: "the member stands here a second time".to_owned(), member: true, at_name: true }
    }
}

/// A value as a person would write it, not too long.
fn shown(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Str(text) if text.chars().count() > 60 => format!("{:?}...", text.chars().take(60).collect::<String>()),
        Unexpected::Str(text) => format!("{text:?}"),
        Unexpected::Bool(flag) => flag.to_string(),
        Unexpected::Unsigned(number) => number.to_string(),
        Unexpected::Signed(number) => number.to_string(),
        Unexpected::Float(number) => format!("{number:?}"),
        Unexpected::Unit | Unexpected::Option => "null".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "an object".to_owned(),
        other => other.to_string(),
    }
}

/// What may have been meant by a name that is not known.
fn hint(name: &str, known: &[&str]) -> String {
    // Longer lists are no help in a message.
    const MOST: usize = 20;
    match nearest(name, known.iter().copied()) {
        Some(other) => format!("did you mean \"{other}\"?"),
        None if known.len() > MOST => "`increp schema` lists them".to_owned(),
        None => format!("known are {}", known.join(", ")),
    }
}

/// The known name that a slip of the pen away from `name` is, or that shares the most words with it.
pub(crate) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str> + Clone) -> Option<&'k str> {
    // No slip of the pen is as long as that.
    let most = if name.len() > 64 { return None } else { name.len().div_ceil(3) };
    let slip =
        known.clone().map(|other| (distance(name, other), other)).filter(|(far, _)| *far <= most).min_by_key(|(far, _)| *far);
    let shared =
        |other: &str| name.split('_').filter(|word| word.len() > 2 && other.split('_').any(|known| known == *word)).count();
    let word = || known.map(|other| (shared(other), other)).filter(|(many, _)| *many > 0).max_by_key(|(many, _)| *many);
    slip.or_else(word).map(|(_, other)| other)
}

/// Letters to change, add or remove (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (line, a) in one.chars().take(64).enumerate() {
        let mut diagonal = line;
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
        for (column, b) in other.chars().enumerate() {
            let above = row.get(column + 1).copied().unwrap_or_default();
            let left = row.get(column).copied().unwrap_or_default();
            let cost = if a.eq_ignore_ascii_case(&b) { diagonal } else { diagonal + 1 };
            diagonal = above;
            if let Some(cell) = row.get_mut(column + 1) {
                *cell = cost.min(above + 1).min(left + 1);
            }
        }
    }
    row.last().copied().unwrap_or_default()
}

/// A seed, deserializer, visitor or access of serde's with the lending around it.
pub(super) struct Wrap<'l, 'a, T> {
    inner: T,
    lend: &'l Lend<'a>,
}

impl<'a, T: DeserializeSeed<'a>> DeserializeSeed<'a> for Wrap<'_, 'a, T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        let lend = self.lend;
        // An objection that no visitor kept, such as to an empty text, is kept here.
        self.inner.deserialize(Down { inner: deserializer, lend }).map_err(|objection| raise(lend, objection))
    }
}

/// Turns the model's objection into an error of the layer above.
fn raise<E: serde::de::Error>(lend: &Lend<'_>, objection: Objection) -> E {
    lend.keep(objection);
    E::custom("see the fault that was kept")
}

/// The deserializer that the model sees.
struct Down<'l, 'a, D> {
    inner: D,
    lend: &'l Lend<'a>,
}

impl<'a, D: Deserializer<'a>> Deserializer<'a> for Down<'_, 'a, D> {
    type Error = Objection;

    // Whatever stands in the text is shown to the visitor, so that the model words the objection to it.
    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Objection> {
        self.inner.deserialize_any(Wrap { inner: visitor, lend: self.lend }).map_err(|_| Objection::Passed)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Objection> {
        self.inner.deserialize_option(Wrap { inner: visitor, lend: self.lend }).map_err(|_| Objection::Passed)
    }

    serde::forward_to_deserialize_any! {
        <W: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

macro_rules! visit {
    ($($method:ident: $type:ty;)+) => {$(
        fn $method<E: serde::de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.inner.$method(value).map_err(|objection| raise(self.lend, objection))
        }
    )+};
}

impl<'a, V: Visitor<'a>> Visitor<'a> for Wrap<'_, 'a, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit! {
        visit_bool: bool;
        visit_i64: i64;
        visit_u64: u64;
        visit_f64: f64;
        visit_borrowed_str: &'a str;
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<V::Value, E> {
        let text = self.lend.arena.alloc_str(text);
        self.visit_borrowed_str(text)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none().map_err(|objection| raise(self.lend, objection))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit().map_err(|objection| raise(self.lend, objection))
    }

    fn visit_some<D: Deserializer<'a>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let down = Down { inner: deserializer, lend: self.lend };
        self.inner.visit_some(down).map_err(|objection| raise(self.lend, objection))
    }

    fn visit_seq<A: SeqAccess<'a>>(self, access: A) -> Result<V::Value, A::Error> {
        self.lend.path.borrow_mut().push(Here::Index(0));
        let value = self.inner.visit_seq(Items { access, lend: self.lend, index: 0 });
        self.lend.path.borrow_mut().pop();
        value.map_err(|objection| raise(self.lend, objection))
    }

    fn visit_map<A: MapAccess<'a>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Members { access, lend: self.lend }).map_err(|objection| raise(self.lend, objection))
    }
}

struct Items<'l, 'a, A> {
    access: A,
    lend: &'l Lend<'a>,
    index: usize,
}

impl<'a, A: SeqAccess<'a>> SeqAccess<'a> for Items<'_, 'a, A> {
    type Error = Objection;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Objection> {
        if let Some(last) = self.lend.path.borrow_mut().last_mut() {
            *last = Here::Index(self.index);
        }
        self.index += 1;
        self.access.next_element_seed(self.lend.seed(seed)).map_err(|_| Objection::Passed)
    }
}

struct Members<'l, 'a, A> {
    access: A,
    lend: &'l Lend<'a>,
}

impl<'a, A: MapAccess<'a>> MapAccess<'a> for Members<'_, 'a, A> {
    type Error = Objection;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Objection> {
        self.access.next_key_seed(Key { seed, lend: self.lend }).map_err(|_| Objection::Passed)
    }

    fn next_value_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<T::Value, Objection> {
        self.lend.path.borrow_mut().push(Here::Member(self.lend.key.get()));
        let value = self.access.next_value_seed(self.lend.seed(seed)).map_err(|_| Objection::Passed);
        if let Some(Here::Member(key)) = self.lend.path.borrow_mut().pop() {
            self.lend.key.set(key);
        }
        value
    }
}

/// Reads a key as the model wants it, and notes it for the path.
struct Key<'l, 'a, T> {
    seed: T,
    lend: &'l Lend<'a>,
}

impl<'a, T: DeserializeSeed<'a>> DeserializeSeed<'a> for Key<'_, 'a, T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        let text = deserializer.deserialize_str(Note(self.lend))?;
        let text = serde::de::value::BorrowedStrDeserializer::new(text);
        self.seed.deserialize(text).map_err(|objection| raise(self.lend, objection))
    }
}

struct Note<'l, 'a>(&'l Lend<'a>);

impl<'a> Visitor<'a> for Note<'_, 'a> {
    type Value = &'a str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<&'a str, E> {
        let key = self.0.arena.alloc_str(key);
        self.visit_borrowed_str(key)
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, key: &'a str) -> Result<&'a str, E> {
        self.0.key.set(key);
        Ok(key)
    }
}
