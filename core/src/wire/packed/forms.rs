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
use crate::model::{Entry, Fields, Leaf, List, Out, Record, Report, View};

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
    #[inline(never)] // what it needs is not for long
    pub(super) fn find(&self, report: &Report<'_>, profile: &Profile<'_>) -> Option<usize> {
        if self.is_empty() {
            return None;
        }
        let mut steps = Vec::<u8, MOST_STEPS>::new();
        // Most reports that are like no form are so from their first steps on.
        let known = walk(report, profile, |step| {
            steps.push(step).is_ok() && (steps.len() != FIRST_STEPS || self.from(&steps).1.starts_with(&steps))
        });
        let (number, form) = self.from(&steps);
        Some(number).filter(|_| known && form == steps.as_slice())
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
/// This is the way that a walk takes, without the values: a test holds one against the other.
pub fn walk(report: &Report<'_>, profile: &Profile<'_>, mut each: impl FnMut(u8) -> bool) -> bool {
    let mut left = Vec::<Left<'_, '_>, MOST_LEFT>::new();
    let mut begins: Option<&dyn Record<'_>> = Some(report);
    loop {
        let [step, next] = if let Some(record) = begins.take() {
            let (layout, reported) = (record.layout(), record.reported());
            let (step, fields) = if layout.choice {
                (reported as usize, Fields::reported(layout, 1u32.checked_shl(reported).unwrap_or(0)))
            } else {
                (Masks::rank(profile.masks.of(layout.id), reported).unwrap_or(UNKNOWN), ordered(layout, reported))
            };
            if left.push(Left::Fields(record, fields)).is_err() {
                return false;
            }
            [step, NONE]
        } else {
            match left.last_mut() {
                None => return true,
                Some(Left::Items(list, next)) => {
                    begins = list.item(*next);
                    *next += 1;
                    if begins.is_none() {
                        left.pop();
                    }
                    continue;
                }
                Some(Left::Fields(record, fields)) => {
                    let Some(number) = fields.next() else {
                        left.pop();
                        continue;
                    };
                    match record.field(number) {
                        Some(View::Leaf(Leaf::Text(text, _))) if record.layout().id == Entry::LAYOUT.id && number == KEY => {
                            profile.names.find(text.as_str()).map_or([UNKNOWN, NONE], |rank| [rank & 0xff, rank >> 8])
                        }
                        Some(View::Leaf(leaf)) => steps(&leaf),
                        Some(View::Record(record)) => {
                            begins = Some(record);
                            continue;
                        }
                        Some(View::Optional(case, _, record)) => {
                            begins = record;
                            [case.into(), NONE]
                        }
                        Some(View::List(list, _)) => {
                            if left.push(Left::Items(list, 0)).is_err() {
                                return false;
                            }
                            [list.len(), NONE]
                        }
                        None => continue,
                    }
                }
            }
        };
        let mut tell = |step| step == NONE || u8::try_from(step).is_ok_and(&mut each);
        if !(tell(step) && tell(next)) {
            return false;
        }
    }
}

/// What is left of a record or a list on the way down to the one at hand.
enum Left<'r, 'a> {
    Fields(&'r dyn Record<'a>, Fields),
    /// The items from this one on.
    Items(&'r dyn List<'a>, usize),
}

/// No record lies deeper in records and lists, with itself; a test says so.
const MOST_LEFT: usize = 7;

/// No step.
const NONE: usize = usize::MAX;
/// A step that the profile does not have.
const UNKNOWN: usize = 0x100;

/// The steps of a value.
fn steps(leaf: &Leaf<'_, '_, Out>) -> [usize; 2] {
    let (case, stamp) = match leaf {
        Leaf::Code(code) | Leaf::Closed(code, ..) => (**code, None),
        Leaf::Flag(flag) => ((**flag).into(), None),
        Leaf::OptionU8(value, _) => (value.is_some().into(), None),
        Leaf::OptionU16(value, _) => (value.is_some().into(), None),
        Leaf::OptionU32(value, _) => (value.is_some().into(), None),
        Leaf::OptionI8(value, _) => (value.is_some().into(), None),
        Leaf::SaidU8(value, _) => (value.case(), None),
        Leaf::SaidU32(value, _) => (value.case(), None),
        Leaf::OptionStamp(value) => (value.is_some().into(), **value),
        Leaf::SaidStamp(value) => (value.case(), value.known().copied()),
        Leaf::OptionText(value, _) => (value.is_some().into(), None),
        Leaf::OptionPerson(value, _) => (value.is_some().into(), None),
        Leaf::Name(value, _) => (value.said().case(), None),
        Leaf::OptionPoint(value) => (value.is_some().into(), None),
        Leaf::Stamp(stamp) => return [unit(stamp.seconds()), NONE],
        Leaf::Integer(_) | Leaf::Text(..) | Leaf::Digest(_) | Leaf::Id(_) | Leaf::Point(_) => return [NONE; 2],
    };
    [case.into(), stamp.map_or(NONE, |stamp| unit(stamp.seconds()))]
}

#[cfg(test)]
mod tests {
    use super::MOST_LEFT;
    use crate::model::describe::Shape;
    use crate::model::report_shape;

    /// How many records and lists lie within each other here.
    fn deepest(shape: &Shape) -> usize {
        match shape {
            Shape::Record(record) | Shape::Date(record) | Shape::Time(record) => {
                1 + record.fields.iter().map(|field| deepest(field.shape)).max().unwrap_or(0)
            }
            Shape::OneOf { variants, .. } => 1 + variants.iter().map(|variant| deepest(variant.shape)).max().unwrap_or(0),
            Shape::List { of, .. } | Shape::Map { of, .. } => 1 + deepest(of),
            Shape::Optional(of) | Shape::Said(of) => deepest(of),
            _ => 0,
        }
    }

    #[test]
    fn nothing_lies_deeper() {
        assert_eq!(deepest(report_shape()), MOST_LEFT);
    }
}
