//! Forms: which fields, lists, cases and codes reports have, as whole reports often have them.
//!
//! ```text
//! section   u16 how many; one more x u16 where each starts; then the forms, in the order of their bytes, none twice
//! form      a byte for each step of the walk through a report, two for the key of an extra entry
//!   fields  the rank of the set among the masks of its record
//!   case, choice, length, code, flag    itself
//!   instant which unit it is a whole number of
//!   key     u16 rank among the profile's names
//! ```
//!
//! A report whose steps are those of a form says the form's number, and then nothing of all that any more: what is left are
//! its numbers, names, texts and places. A report like none of them says its steps one by one.

use heapless::Vec;

use super::packer::{KEY, ordered};
use super::profile::Profile;
use super::sections::{Bytes, Masks, before, get};
use super::values::unit;
use crate::error::Error;
use crate::model::bounds::Bound;
use crate::model::{Entry, Fields, Id, Layout, Point, Record as _, Report, Stopped, Walk};

/// The section, in place.
#[derive(Clone, Copy, Debug)]
pub struct Forms<'p> {
    starts: &'p [[u8; 2]],
    steps: &'p [u8],
}

impl<'p> Forms<'p> {
    pub(super) const EMPTY: Forms<'static> = Forms { starts: &[], steps: &[] };

    pub(super) const fn new(section: &'p [u8]) -> Option<Self> {
        if section.is_empty() {
            return Some(Self::EMPTY);
        }
        let mut bytes = Bytes(section);
        let Some(many) = bytes.u16() else { return None };
        let Some(starts) = bytes.many(2 * (many as usize + 1)) else { return None };
        let forms = Self { starts: starts.as_chunks().0, steps: bytes.0 };
        let (mut number, mut last): (_, &[u8]) = (0, &[]);
        while number < many as usize {
            let Some(form) = forms.get(number) else { return None };
            // The first one may be empty.
            if number > 0 && !before(last, form) {
                return None;
            }
            (number, last) = (number + 1, form);
        }
        Some(forms)
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The steps of a form.
    #[must_use]
    pub const fn get(&self, number: usize) -> Option<&'p [u8]> {
        let (Some(start), Some(end)) = (get(self.starts, number), get(self.starts, number + 1)) else { return None };
        let (start, end) = (u16::from_le_bytes(*start) as usize, u16::from_le_bytes(*end) as usize);
        let Some((upto, _)) = self.steps.split_at_checked(end) else { return None };
        match upto.split_at_checked(start) {
            Some((_, form)) => Some(form),
            None => None,
        }
    }

    /// The form of a report, if it has one of these.
    ///
    /// # Errors
    /// The first limit or rule that the report breaks.
    #[inline(never)] // its walk is over when packing begins
    pub(super) fn find(&self, report: &Report<'_>, profile: &Profile<'_>) -> Result<Option<usize>, Error> {
        if self.is_empty() {
            return Ok(None);
        }
        let mut steps = Vec::<u8, MOST_STEPS>::new();
        // Most reports that are like no form are so from their first steps on.
        let known = walk(report, profile, |step| {
            steps.push(step).is_ok() && (steps.len() != FIRST_STEPS || self.from(&steps).1.starts_with(&steps))
        })?;
        let (number, form) = self.from(&steps);
        Ok(Some(number).filter(|_| known && form == steps.as_slice()))
    }

    /// The first form that does not stand before these steps, and its number; one without steps if there is none.
    fn from(&self, steps: &[u8]) -> (usize, &'p [u8]) {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.get(middle).is_some_and(|form| form < steps) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low, self.get(low).unwrap_or_default())
    }
}

/// A report with more steps has no form, as far as an encoder looks.
pub const MOST_STEPS: usize = 128;
/// Whether any form starts like the report is looked up once on the way, after so many steps.
const FIRST_STEPS: usize = 8;

/// Tells `each` the steps of a report, as long as it wants to know more, and whether they make a form: whether the profile
/// knows all that they need.
///
/// # Errors
/// The first limit or rule that a report breaks of which all was told.
pub fn walk(report: &Report<'_>, profile: &Profile<'_>, each: impl FnMut(u8) -> bool) -> Result<bool, Error> {
    let mut walker = Walker { profile, each, error: Error::NONE, known: true, entry: false, key: false };
    let walked = report.put(&mut walker);
    if walker.known { walked.map(|()| true) } else { Ok(false) }
}

struct Walker<'w, 'p, E> {
    profile: &'w Profile<'p>,
    each: E,
    error: Error,
    known: bool,
    /// The record that began last is an extra entry.
    entry: bool,
    /// The value that comes next is its key.
    key: bool,
}

impl<E: FnMut(u8) -> bool> Walker<'_, '_, E> {
    #[inline(never)] // called everywhere
    fn step(&mut self, step: Option<usize>) -> Result<(), Stopped> {
        self.known = step.and_then(|step| u8::try_from(step).ok()).is_some_and(|step| (self.each)(step));
        if self.known { Ok(()) } else { Err(Stopped) }
    }
}

impl<'a, E: FnMut(u8) -> bool> Walk<'a> for Walker<'_, '_, E> {
    fn error(&mut self) -> &mut Error {
        &mut self.error
    }

    fn field(&mut self, number: u8) {
        self.key = self.entry && number == KEY;
    }

    fn fields(&mut self, layout: &'static Layout, reported: u32) -> Result<Fields, Stopped> {
        self.entry = layout.id == Entry::LAYOUT.id;
        self.step(Masks::rank(self.profile.masks.of(layout.id), reported))?;
        Ok(ordered(layout, reported))
    }

    fn code(&mut self, code: u8) -> Result<u8, Stopped> {
        self.step(Some(code.into()))?;
        Ok(code)
    }

    fn flag(&mut self, flag: bool) -> Result<bool, Stopped> {
        self.step(Some(flag.into()))?;
        Ok(flag)
    }

    fn case(&mut self, case: u8, _: u8) -> Result<u8, Stopped> {
        self.step(Some(case.into()))?;
        Ok(case)
    }

    fn length(&mut self, items: usize, _: usize) -> Result<usize, Stopped> {
        self.step(Some(items))?;
        Ok(items)
    }

    fn unsigned(&mut self, value: u32, _: u8) -> Result<u32, Stopped> {
        Ok(value)
    }

    fn signed(&mut self, value: i64, _: u8) -> Result<i64, Stopped> {
        Ok(value)
    }

    fn stamp(&mut self, seconds: i64) -> Result<i64, Stopped> {
        self.step(Some(unit(seconds)))?;
        Ok(seconds)
    }

    fn text(&mut self, text: Option<&'a str>, _: &'static Bound) -> Result<&'a str, Stopped> {
        let text = text.unwrap_or_default();
        if self.key {
            let rank = self.profile.names.find(text);
            self.step(rank.map(|rank| rank & 0xff))?;
            self.step(rank.map(|rank| rank >> 8))?;
        }
        Ok(text)
    }

    fn digest(&mut self, digest: &[u8; 32]) -> Result<[u8; 32], Stopped> {
        Ok(*digest)
    }

    fn id(&mut self, id: Id) -> Option<Result<Id, Stopped>> {
        Some(Ok(id))
    }

    fn point(&mut self, point: Point) -> Option<Result<Point, Stopped>> {
        Some(Ok(point))
    }
}
