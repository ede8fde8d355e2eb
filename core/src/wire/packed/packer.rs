//! How the values of a report become decisions. Encoder and decoder run the same walk: an encoder gives the value and gets it
//! back, a decoder gives any value and gets what was read.

#![allow(clippy::cast_possible_truncation)] // what is cut off was masked or bounded before

use super::IN_BATCH;
use super::coder::fair;
use super::context::{Way, bucket, hash, mix};
use super::decide::{Decisions, Shared, What};
use super::memory::{Batch, Known, Memory};
use super::numbers::Figures;
use super::profile::Profile;
use super::sections::Masks;
use crate::error::{Error, ErrorKind};
use crate::model::bounds::{ALL_TEXT, Bound, TEXT};
use crate::model::describe;
use crate::model::report::number as field;
use crate::model::{
    Count, Entry, Event, Fields, Id, Layout, Party, Place, Point, Record as _, RecordMut as _, Report, Stopped, Time, Walk,
};

/// Packed writes these fields of a record before the others, which come as described: what bears on the rest. As
/// [`Fields::beginning`] wants them.
const fn first(record: &describe::Record, names: &[&str]) -> u32 {
    let (mut first, mut at) = (0, names.len());
    while at > 0 {
        at -= 1;
        first = first << 8 | (field(record.fields, names[at]) as u32 + 1);
    }
    first
}

const FIRST_OF_EVENT: u32 = first(Event::RECORD, &["type", "planned", "parties"]);
const FIRST_OF_TIME: u32 = first(Time::RECORD, &["precision", "end", "start"]);
const FIRST_OF_PLACE: u32 = first(Place::RECORD, &["precision", "point"]);
const FIRST_OF_COUNT: u32 = first(Count::RECORD, &["of", "item", "who"]);

/// The fields of a record that differ from their default, in the order in which they are written.
pub(super) fn ordered(record: &Layout, reported: u32) -> Fields {
    let first = if record.id == Event::LAYOUT.id {
        FIRST_OF_EVENT
    } else if record.id == Time::LAYOUT.id {
        FIRST_OF_TIME
    } else if record.id == Place::LAYOUT.id {
        FIRST_OF_PLACE
    } else if record.id == Count::LAYOUT.id {
        FIRST_OF_COUNT
    } else {
        0
    };
    Fields::reported(record, reported).beginning(first)
}

pub(super) const EVENT: u8 = field(Report::RECORD.fields, "event");
const TYPE: u8 = field(Event::RECORD.fields, "type");
const PRECISION: u8 = field(Time::RECORD.fields, "precision");
const PLACE_PRECISION: u8 = field(Place::RECORD.fields, "precision");
pub(super) const PLACE_NAME: u8 = field(Place::RECORD.fields, "name");
const PARTY_NAME: u8 = field(Party::RECORD.fields, "name");
const OF: u8 = field(Count::RECORD.fields, "of");
const VALUE: u8 = field(Count::RECORD.fields, "value");
const MIN: u8 = field(Count::RECORD.fields, "min");
const MAX: u8 = field(Count::RECORD.fields, "max");
pub(super) const KEY: u8 = field(Entry::RECORD.fields, "key");

/// The state of packing or unpacking one report.
pub(super) struct Packer<'p, 'a, const TEXTS: usize, const OTHERS: usize> {
    pub(super) profile: &'p Profile<'a>,
    pub(super) decisions: &'p mut dyn Decisions,
    pub(super) memory: &'p mut Memory<'a, TEXTS, OTHERS>,
    pub(super) batch: Option<&'p mut Batch<IN_BATCH>>,
    pub(super) known: &'p Known,
    pub(super) way: &'p mut Way,
    /// The value that comes next is known to differ from its default.
    given: bool,
    pub(super) figures: Figures,
    /// The last instant that was said.
    pub(super) last: Option<i64>,
    /// The point that the place at hand said.
    pub(super) place: Option<Point>,
    /// Bytes of text so far.
    text: usize,
    /// Bytes that postcard takes at least for what was said so far: one a field, and the texts.
    pub(super) postcard: usize,
    /// What is left of the form that the report has.
    form: Option<&'p [u8]>,
    /// Where texts are read into.
    pub(super) room: &'a mut [u8],
    /// The byte at which the value at hand starts.
    start: usize,
    error: Error,
}

impl<'p, 'a, const TEXTS: usize, const OTHERS: usize> Packer<'p, 'a, TEXTS, OTHERS> {
    pub(super) fn new(
        profile: &'p Profile<'a>,
        decisions: &'p mut dyn Decisions,
        memory: &'p mut Memory<'a, TEXTS, OTHERS>,
        way: &'p mut Way,
        known: &'p Known,
    ) -> Self {
        Self {
            profile,
            decisions,
            memory,
            batch: None,
            known,
            way,
            given: false,
            figures: Figures::default(),
            last: None,
            place: None,
            text: 0,
            postcard: 1,
            form: None,
            room: &mut [],
            start: 0,
            error: Error::NONE,
        }
    }

    /// A value starts here: what is wrong with it is said to be here.
    fn begin_value(&mut self) {
        self.start = self.decisions.position().bytes;
    }

    /// Packs a report.
    pub(super) fn put(&mut self, report: &Report<'a>) -> Result<(), Error> {
        let form = self.profile.forms.find(report, self.profile);
        match self.begin(form) {
            Ok(_) => report.put(self),
            Err(Stopped) => Err(self.error),
        }
    }

    /// Unpacks a report over a default one.
    pub(super) fn take(&mut self, report: &mut Report<'a>) -> Result<(), Error> {
        self.begin_value();
        let start = self.start;
        if self.begin(None).is_err() {
            return Err(self.error);
        }
        report.take(self)?;
        self.end(start)
    }

    /// The first decision of a report: which form it has.
    pub(super) fn begin(&mut self, form: Option<usize>) -> Result<Option<usize>, Stopped> {
        let forms = self.profile.forms;
        if forms.is_empty() {
            return Ok(None);
        }
        self.way.hint(self.memory.form.map_or(0, |form| 1 + form as u32));
        let form = form.filter(|form| self.decisions.may_share(Shared::Form(*form)));
        let has = self.decide(What::Form, 0, form.is_some());
        self.memory.form = None;
        if has {
            let form = self.one_of(What::FormNumber, forms.len() as u32, form.unwrap_or(0) as u32) as usize;
            self.form = Some(forms.get(form).ok_or_else(|| self.other())?);
            self.memory.form = Some(form);
            self.way.event.form = 1 + form as u32;
        }
        self.way.hint(0);
        Ok(self.memory.form)
    }

    /// The report that began at byte `start` is through: so must its form be.
    pub(super) fn end(&self, start: usize) -> Result<(), Error> {
        if self.form.is_none_or(<[u8]>::is_empty) {
            return Ok(());
        }
        Err(Error { kind: ErrorKind::OtherProfile, offset: start, ..Error::NONE })
    }

    /// The next step of the form; `None` if the report has none.
    pub(super) fn step(&mut self) -> Result<Option<u8>, Stopped> {
        let Some(steps) = self.form else { return Ok(None) };
        let Some((step, rest)) = steps.split_first() else { return Err(self.other()) };
        self.form = Some(rest);
        Ok(Some(*step))
    }

    pub(super) fn given(&mut self) -> bool {
        core::mem::take(&mut self.given)
    }

    pub(super) fn decide(&mut self, what: What, number: u32, bit: bool) -> bool {
        self.decisions.decide(self.way, what, number, bit)
    }

    /// The bytes are not what the profile writes.
    #[inline(never)] // called everywhere
    pub(super) fn other(&mut self) -> Stopped {
        self.fail(ErrorKind::OtherProfile)
    }
}

impl<'a, const TEXTS: usize, const OTHERS: usize> Walk<'a> for Packer<'_, 'a, TEXTS, OTHERS> {
    fn error(&mut self) -> &mut Error {
        &mut self.error
    }

    fn offset(&self) -> usize {
        self.start
    }

    fn field(&mut self, number: u8) {
        self.begin_value();
        self.way.field(number);
        self.given = true;
    }

    fn variant(&mut self, number: u8) {
        self.begin_value();
        self.way.variant(number);
    }

    fn item(&mut self, index: u8) {
        self.begin_value();
        self.way.item(index);
    }

    fn leave(&mut self) {
        self.way.leave();
    }

    fn fields(&mut self, layout: &'static Layout, reported: u32) -> Result<Fields, Stopped> {
        self.given = false;
        self.postcard += usize::from(layout.fields);
        if layout.id == Count::LAYOUT.id {
            (self.figures.of, self.figures.best) = (0, None);
        } else if layout.id == Place::LAYOUT.id {
            self.place = None;
        }
        self.way.record(layout);
        let sets = self.profile.masks.of(layout.id);
        let rank = match self.step()? {
            Some(step) => Some(usize::from(step)),
            None if sets.is_empty() => None,
            None => {
                // The commonest set first, then that it is none of them.
                let said = match Masks::rank(sets, reported) {
                    Some(0) => 0,
                    None => 1,
                    Some(rank) => rank + 1,
                };
                match self.index(What::Fields, said, 8) {
                    0 => Some(0),
                    said => said.checked_sub(1).filter(|rank| *rank > 0),
                }
            }
        };
        let reported = match rank {
            Some(rank) => u32::from_le_bytes(*sets.get(rank).ok_or_else(|| self.other())?),
            None => fair(self.decisions, layout.fields, reported),
        };
        self.way.reported(layout, reported);
        Ok(ordered(layout, reported))
    }

    fn code(&mut self, code: u8) -> Result<u8, Stopped> {
        self.given();
        let code = match self.step()? {
            Some(step) => step,
            None => {
                let code = self.number(What::Code, code.into(), 8);
                u8::try_from(code).map_err(|_| self.fail(ErrorKind::TooWide { bits: 8 }))?
            }
        };
        if self.way.at(Event::LAYOUT, TYPE) {
            self.way.event.kind = 1 + u32::from(code);
        } else if self.way.at(Time::LAYOUT, PRECISION) {
            self.way.event.time = code.into();
        } else if self.way.at(Place::LAYOUT, PLACE_PRECISION) {
            self.way.event.place = code.into();
        } else if self.way.at(Count::LAYOUT, OF) {
            self.figures.of = code;
        }
        self.way.said(code.into());
        Ok(code)
    }

    fn flag(&mut self, flag: bool) -> Result<bool, Stopped> {
        let given = self.given();
        let flag = match self.step()? {
            Some(step @ 0..=1) => step == 1,
            Some(_) => return Err(self.other()),
            None => given || self.decide(What::Flag, 0, flag),
        };
        self.way.said(flag.into());
        Ok(flag)
    }

    fn case(&mut self, case: u8, of: u8) -> Result<u8, Stopped> {
        let given = self.given();
        if let Some(case) = self.step()? {
            if case >= of {
                return Err(self.other());
            }
            if of > 2 {
                self.way.said(case.into());
            }
            return Ok(case);
        }
        match (of, given) {
            (2, true) => Ok(1),
            (2, false) => Ok(self.decide(What::Case, 0, case == 1).into()),
            (_, true) => {
                let case = 1 + u8::from(self.decide(What::Case, 0, case == 2));
                self.way.said(case.into());
                Ok(case)
            }
            (_, false) => self.choice(case, of),
        }
    }

    fn choice(&mut self, variant: u8, of: u8) -> Result<u8, Stopped> {
        self.given();
        let variant = match self.step()? {
            Some(step) => step.into(),
            None => self.number(What::Case, variant.into(), 8),
        };
        if variant >= of.into() {
            let found = u32::try_from(variant).unwrap_or(u32::MAX);
            return Err(self.fail(ErrorKind::UnknownTag { found, most: of - 1 }));
        }
        self.way.said(variant as u32);
        Ok(variant as u8)
    }

    fn length(&mut self, items: usize, most: usize) -> Result<usize, Stopped> {
        let least = usize::from(self.given());
        let items = match self.step()? {
            Some(step) => usize::from(step),
            None => {
                let more = self.number(What::Length, items.saturating_sub(least) as u64, 8);
                usize::try_from(more).unwrap_or(usize::MAX).saturating_add(least)
            }
        };
        if items > most {
            return Err(self.fail(ErrorKind::TooMany { limit: most, value: items }));
        }
        Ok(items)
    }

    fn unsigned(&mut self, value: u32, bits: u8) -> Result<u32, Stopped> {
        self.given();
        let value = if self.way.at(Count::LAYOUT, VALUE) {
            self.best(value)?.into()
        } else if self.way.at(Count::LAYOUT, MIN) || self.way.at(Count::LAYOUT, MAX) {
            self.limit(value)?.into()
        } else {
            self.number(What::Number, value.into(), 3)
        };
        if value >> bits != 0 {
            return Err(self.fail(ErrorKind::TooWide { bits }));
        }
        self.way.said(bucket(value));
        Ok(value as u32)
    }

    fn signed(&mut self, value: i64, bits: u8) -> Result<i64, Stopped> {
        self.given();
        let value = self.signed_number(What::Number, value, 3).ok_or_else(|| self.fail(ErrorKind::TooWide { bits }))?;
        if bits < 64 && !(-(1i64 << (bits - 1))..1 << (bits - 1)).contains(&value) {
            return Err(self.fail(ErrorKind::TooWide { bits }));
        }
        self.way.said(bucket(value.unsigned_abs()));
        Ok(value)
    }

    fn stamp(&mut self, seconds: i64) -> Result<i64, Stopped> {
        self.given();
        self.instant(seconds)
    }

    fn text(&mut self, text: Option<&'a str>, bound: &'static Bound) -> Result<&'a str, Stopped> {
        self.given();
        let long = bound.max > TEXT.max;
        let key = self.way.at(Entry::LAYOUT, KEY);
        let low = if key { self.step()? } else { None };
        let (text, what) = match low {
            Some(low) => self.key(low)?,
            None if long => (self.new_text(text, 1, bound)?, 0),
            None => self.name(text, bound)?,
        };
        self.text += text.len();
        self.postcard += text.len();
        if self.text > usize::try_from(ALL_TEXT.max).unwrap_or(0) {
            let value = i64::try_from(self.text).unwrap_or(i64::MAX);
            return Err(self.fail(ErrorKind::Limit { bound: &ALL_TEXT, value }));
        }
        self.way.said(what);
        if key {
            self.way.hint(hash(text));
        } else if self.way.at(Party::LAYOUT, PARTY_NAME) && self.way.through(EVENT) && self.way.event.parties < 2 {
            self.way.event.parties += 1;
            self.way.event.who = mix(self.way.event.who, hash(text));
        }
        Ok(text)
    }

    fn digest(&mut self, digest: &[u8; 32]) -> Result<[u8; 32], Stopped> {
        self.given();
        Ok(digest.map(|byte| fair(self.decisions, 8, byte.into()) as u8))
    }

    fn id(&mut self, id: Id) -> Option<Result<Id, Stopped>> {
        self.given();
        Some(self.any_id(id))
    }

    fn point(&mut self, point: Point) -> Option<Result<Point, Stopped>> {
        self.given();
        Some(self.any_point(point))
    }
}

/// A point is a value that a report says.
pub(super) const fn same_point(one: Point, other: Point) -> bool {
    one.lat.0 == other.lat.0 && one.lon.0 == other.lon.0
}
