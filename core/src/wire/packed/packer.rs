//! How the values of a report become decisions. Encoder and decoder run the same functions: an encoder gives the value
//! and gets it back, a decoder gives any value and gets what was read.

#![allow(clippy::cast_possible_truncation)] // what is cut off was masked or bounded before

use super::coder::{fair, uniform};
use super::context::{Way, bucket, hash, mix};
use super::decide::{At, Decisions, Root, Shared, What};
use super::memory::{Known, Memory};
use super::profile::{Masks, Profile};
use crate::error::{Error, ErrorKind};
use crate::model::bounds::{ALL_TEXT, TEXT};
use crate::model::describe::{Path, Record};
use crate::model::report::number as field;
use crate::model::{Count, Entry, Event, Fields, Id, Party, Place, Point, Report, Time};

/// The order in which packed writes fields: these first, then the others as described. What bears on the rest comes first.
const fn first<const N: usize>(record: &Record, names: &[&str]) -> [u8; N] {
    let mut order = [0; N];
    let (mut at, mut next) = (0, 0);
    while at < names.len() {
        order[at] = field(record.fields, names[at]);
        at += 1;
    }
    while at < N {
        let mut before = 0;
        let mut there = false;
        while before < names.len() {
            there |= order[before] == next;
            before += 1;
        }
        if !there {
            order[at] = next;
            at += 1;
        }
        next += 1;
    }
    order
}

static EVENT_ORDER: [u8; Event::RECORD.fields.len()] = first(Event::RECORD, &["type", "planned", "parties"]);
static TIME_ORDER: [u8; Time::RECORD.fields.len()] = first(Time::RECORD, &["precision", "end", "start"]);
static PLACE_ORDER: [u8; Place::RECORD.fields.len()] = first(Place::RECORD, &["precision", "point"]);
static COUNT_ORDER: [u8; Count::RECORD.fields.len()] = first(Count::RECORD, &["of", "item", "who"]);

pub(super) fn order(record: &'static Record) -> &'static [u8] {
    if record.id == Event::RECORD.id {
        &EVENT_ORDER
    } else if record.id == Time::RECORD.id {
        &TIME_ORDER
    } else if record.id == Place::RECORD.id {
        &PLACE_ORDER
    } else if record.id == Count::RECORD.id {
        &COUNT_ORDER
    } else {
        Fields::described(record)
    }
}

pub(super) const EVENT: u8 = field(Report::RECORD.fields, "event");
const TYPE: u8 = field(Event::RECORD.fields, "type");
const PRECISION: u8 = field(Time::RECORD.fields, "precision");
const PLACE_PRECISION: u8 = field(Place::RECORD.fields, "precision");
const PLACE_NAME: u8 = field(Place::RECORD.fields, "name");
const PARTY_NAME: u8 = field(Party::RECORD.fields, "name");
const OF: u8 = field(Count::RECORD.fields, "of");
const VALUE: u8 = field(Count::RECORD.fields, "value");
const MIN: u8 = field(Count::RECORD.fields, "min");
const MAX: u8 = field(Count::RECORD.fields, "max");
pub(super) const KEY: u8 = field(Entry::RECORD.fields, "key");

/// Figures of a report so far.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    /// What the count at hand counts, and its best figure.
    of: u8,
    best: Option<u32>,
    /// What the event's first count of a kind counts, and how much of it no later one has told.
    total: Option<(u8, u32)>,
}

/// The state of packing one report.
pub(super) struct Packer<'p, 'a, D, const N: usize> {
    pub(super) profile: &'p Profile<'a>,
    pub(super) decisions: D,
    pub(super) memory: &'p mut Memory<'a, N>,
    pub(super) known: Option<Id>,
    pub(super) path: Path,
    pub(super) way: Way,
    /// The value that comes next is known to differ from its default.
    pub(super) given: bool,
    figures: Figures,
    /// The last instant that was said.
    pub(super) last: Option<i64>,
    /// The point that the place at hand said.
    pub(super) place: Option<Point>,
    /// Bytes of text so far.
    pub(super) text: usize,
    /// What is left of the form that the report has.
    form: Option<&'p [u8]>,
    /// Where texts are read into.
    pub(super) room: &'a mut [u8],
}

impl<'p, 'a, D: Decisions, const N: usize> Packer<'p, 'a, D, N> {
    pub(super) fn new(profile: &'p Profile<'a>, decisions: D, memory: &'p mut Memory<'a, N>, known: &Known) -> Self {
        Self {
            profile,
            decisions,
            memory,
            known: known.id,
            path: Path::default(),
            way: Way::new(),
            given: false,
            figures: Figures::default(),
            last: None,
            place: None,
            text: 0,
            form: None,
            room: &mut [],
        }
    }

    /// The first decision of a report: which form it has.
    pub(super) fn begin(&mut self, form: Option<usize>) -> Result<Option<usize>, ErrorKind> {
        let forms = self.profile.forms;
        if forms.is_empty() {
            return Ok(None);
        }
        self.way.hint(self.memory.form.map_or(0, |form| 1 + form as u32));
        let form = form.filter(|form| self.decisions.admits(Shared::Form(*form)));
        let has = self.decide(What::Form, 0, form.is_some());
        self.memory.form = None;
        if has {
            let form = self.one_of(What::FormNumber, forms.len() as u32, form.unwrap_or(0) as u32) as usize;
            self.form = Some(forms.get(form).ok_or(ErrorKind::OtherProfile)?);
            self.memory.form = Some(form);
            self.way.event.form = 1 + form as u32;
        }
        self.way.hint(0);
        Ok(self.memory.form)
    }

    /// The report is through: so must its form be.
    pub(super) fn end(&self) -> Result<(), ErrorKind> {
        if self.form.is_none_or(<[u8]>::is_empty) { Ok(()) } else { Err(ErrorKind::OtherProfile) }
    }

    /// The next step of the form; `None` if the report has none.
    pub(super) fn step(&mut self) -> Option<Result<u8, ErrorKind>> {
        let steps = self.form?;
        let Some((step, rest)) = steps.split_first() else { return Some(Err(ErrorKind::OtherProfile)) };
        self.form = Some(rest);
        Some(Ok(*step))
    }

    pub(super) fn given(&mut self) -> bool {
        core::mem::take(&mut self.given)
    }

    pub(super) fn decide(&mut self, what: What, number: u32, bit: bool) -> bool {
        self.decide_at(what, Root::Table, [0, 0], number, bit)
    }

    pub(super) fn decide_at(&mut self, what: What, root: Root, seen: [u16; 2], number: u32, bit: bool) -> bool {
        self.decisions.decide(&At { way: &self.way, what, root, seen }, number, bit)
    }

    /// A number of any size: how many bits it has above 1, one by one, then the bits below its first, of which the first
    /// `learned` are decisions and the others as likely as not.
    pub(super) fn number(&mut self, what: What, value: u64, learned: u8) -> u64 {
        let above = value.saturating_add(1);
        let width = 63 - above.leading_zeros();
        let mut bits = 0;
        while bits < 63 && self.decide(what, bits, bits < width) {
            bits += 1;
        }
        let mut read = 1u64;
        for at in (0..bits).rev() {
            if bits - at > u32::from(learned) {
                let rest = at + 1;
                let high = rest.saturating_sub(32);
                let [low_value, high_value] = [above, above >> 32].map(|part| part as u32);
                let mask = |value: u32, bits: u32| value & (u32::MAX >> (32 - bits.clamp(1, 32)));
                if high > 0 {
                    read = read << high | u64::from(fair(self.decisions.coder(), high as u8, mask(high_value, high)));
                }
                let low = rest.min(32);
                read = read << low | u64::from(fair(self.decisions.coder(), low as u8, mask(low_value, low)));
                break;
            }
            let number = mix(0x40 + bits, read as u32);
            read = read << 1 | u64::from(self.decide(what, number, above >> at & 1 == 1));
        }
        read - 1
    }

    /// One of the numbers below `of`, high bits first; all are as likely as long as nothing is learned.
    pub(super) fn one_of(&mut self, what: What, of: u32, value: u32) -> u32 {
        let most = of.saturating_sub(1);
        let mut read = 0;
        // The bits so far with a 1 before them: the number of the decision.
        let mut node = 1;
        let mut edge = true;
        for at in (0..u32::BITS - most.leading_zeros()).rev() {
            let possible = !edge || most >> at & 1 == 1;
            let bit = possible && self.decide(what, node, value >> at & 1 == 1);
            edge &= bit == (most >> at & 1 == 1);
            node = node << 1 | u32::from(bit);
            read = read << 1 | u32::from(bit);
        }
        read
    }

    /// Whether a number that is not zero is negative, after its size.
    pub(super) fn signed(&mut self, what: What, value: i64, learned: u8) -> Option<i64> {
        let size = self.number(what, value.unsigned_abs(), learned);
        if size == 0 {
            return Some(0);
        }
        let negative = self.decide(what, 0x80 + bucket(size).min(8), value < 0);
        if negative { 0i64.checked_sub_unsigned(size) } else { 0i64.checked_add_unsigned(size) }
    }

    pub(super) fn fields(&mut self, record: &'static Record, reported: u32) -> Result<Fields, ErrorKind> {
        self.given = false;
        if record.id == Count::RECORD.id {
            (self.figures.of, self.figures.best) = (0, None);
        } else if record.id == Place::RECORD.id {
            self.place = None;
        }
        self.way.record(record);
        let sets = self.profile.masks.of(record.id);
        let rank = match self.step() {
            Some(step) => usize::from(step?),
            None => {
                let rank = Masks::rank(sets, reported).unwrap_or(sets.len());
                self.number(What::Fields, rank as u64, 8) as usize
            }
        };
        let reported = match sets.get(rank) {
            Some(set) => u32::from_le_bytes(*set),
            None if rank == sets.len() => (0u8..).zip(record.fields).fold(0, |mask, (number, _)| {
                let bit = self.decide(What::Fields, 0x100 + u32::from(number), reported >> number & 1 == 1);
                mask | u32::from(bit) << number
            }),
            None => return Err(ErrorKind::OtherProfile),
        };
        self.way.reported(reported);
        Ok(Fields::reported(reported, order(record)))
    }

    pub(super) fn field(&mut self, number: u8) {
        self.path.enter_field(number);
        self.way.field(number);
        self.given = true;
    }

    pub(super) fn code(&mut self, code: u8) -> Result<u8, ErrorKind> {
        self.given();
        let code = match self.step() {
            Some(step) => step?,
            None => u8::try_from(self.number(What::Code, code.into(), 8)).map_err(|_| ErrorKind::TooWide { bits: 8 })?,
        };
        if self.way.at(Event::RECORD, TYPE) {
            self.way.event.kind = 1 + u32::from(code);
        } else if self.way.at(Time::RECORD, PRECISION) {
            self.way.event.time = code.into();
        } else if self.way.at(Place::RECORD, PLACE_PRECISION) {
            self.way.event.place = code.into();
        } else if self.way.at(Count::RECORD, OF) {
            self.figures.of = code;
        }
        self.way.said(code.into());
        Ok(code)
    }

    pub(super) fn flag(&mut self, flag: bool) -> Result<bool, ErrorKind> {
        let given = self.given();
        let flag = match self.step() {
            Some(step) => step? != 0,
            None => given || self.decide(What::Flag, 0, flag),
        };
        self.way.said(flag.into());
        Ok(flag)
    }

    pub(super) fn case(&mut self, case: u8, of: u8) -> Result<u8, ErrorKind> {
        let given = self.given();
        if let Some(step) = self.step() {
            let case = step?;
            if case >= of {
                return Err(ErrorKind::OtherProfile);
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

    pub(super) fn choice(&mut self, variant: u8, of: u8) -> Result<u8, ErrorKind> {
        self.given();
        let variant = match self.step() {
            Some(step) => step?.into(),
            None => self.number(What::Case, variant.into(), 8),
        };
        match variant {
            variant if variant < of.into() => {
                self.way.said(variant as u32);
                Ok(variant as u8)
            }
            found => Err(ErrorKind::UnknownTag { found: u32::try_from(found).unwrap_or(u32::MAX), most: of - 1 }),
        }
    }

    pub(super) fn length(&mut self, items: usize, most: usize) -> Result<usize, ErrorKind> {
        let least = usize::from(self.given());
        let items = match self.step() {
            Some(step) => usize::from(step?),
            None => {
                let more = self.number(What::Length, items.saturating_sub(least) as u64, 8);
                usize::try_from(more).unwrap_or(usize::MAX).saturating_add(least)
            }
        };
        if items > most {
            return Err(ErrorKind::TooMany { limit: most, value: items });
        }
        Ok(items)
    }

    pub(super) fn unsigned(&mut self, value: u64, bits: u8) -> Result<u64, ErrorKind> {
        self.given();
        let figure = u32::try_from(value).unwrap_or(u32::MAX);
        let value = if self.way.at(Count::RECORD, VALUE) {
            self.best(figure)?.into()
        } else if self.way.at(Count::RECORD, MIN) || self.way.at(Count::RECORD, MAX) {
            self.limit(figure)?.into()
        } else {
            self.number(What::Number, value, 3)
        };
        if bits < 64 && value >> bits != 0 {
            return Err(ErrorKind::TooWide { bits });
        }
        self.way.said(bucket(value));
        Ok(value)
    }

    pub(super) fn signed_number(&mut self, value: i64, bits: u8) -> Result<i64, ErrorKind> {
        self.given();
        let value = self.signed(What::Number, value, 3).ok_or(ErrorKind::TooWide { bits })?;
        if bits < 64 && !(-(1i64 << (bits - 1))..1 << (bits - 1)).contains(&value) {
            return Err(ErrorKind::TooWide { bits });
        }
        self.way.said(bucket(value.unsigned_abs()));
        Ok(value)
    }

    /// The best figure of a count. Of the event's counts of the same, the first is often the sum of the others.
    fn best(&mut self, value: u32) -> Result<u32, ErrorKind> {
        let Figures { of, total, .. } = self.figures;
        let rest = total.filter(|(other, _)| *other == of && self.way.through(EVENT)).map(|(_, rest)| rest);
        self.way.hint(rest.map_or(1, |rest| 2 + bucket(rest.into())));
        let value = match rest {
            Some(rest) if self.decide(What::Rest, 0, value == rest) => rest,
            _ => wide(self.number(What::Number, value.into(), 7))?,
        };
        self.figures.best = Some(value);
        if let Some(rest) = rest {
            self.figures.total = Some((of, rest.saturating_sub(value)));
        } else if total.is_none() && self.way.through(EVENT) {
            self.figures.total = Some((of, value));
        }
        Ok(value)
    }

    /// The least or the most of a count: often the best figure, or none at all.
    fn limit(&mut self, value: u32) -> Result<u32, ErrorKind> {
        let Some(best) = self.figures.best else {
            self.way.hint(1);
            return wide(self.number(What::Number, value.into(), 7));
        };
        self.way.hint(2 + bucket(best.into()));
        if self.decide(What::Same, 0, value == best) {
            return Ok(best);
        }
        if best != 0 && self.decide(What::Same, 1, value == 0) {
            return Ok(0);
        }
        let off = self.signed(What::Number, i64::from(value) - i64::from(best), 5);
        off.and_then(|off| u32::try_from(off.checked_add(best.into())?).ok()).ok_or(ErrorKind::TooWide { bits: 32 })
    }

    pub(super) fn text(&mut self, text: Option<&'a str>) -> Result<&'a str, ErrorKind> {
        self.given();
        let bound = self.way.bound().filter(|bound| !bound.unit.is_empty()).unwrap_or(&TEXT);
        let most = usize::try_from(bound.max).unwrap_or(0);
        let long = bound.max > TEXT.max;
        let key = self.way.at(Entry::RECORD, KEY);
        let low = if key { self.step() } else { None };
        let (text, what) = match low {
            Some(low) => self.key(low?)?,
            None if long => (self.new_text(text, 1, most)?, 0),
            None => self.name(text, most)?,
        };
        self.text += text.len();
        if self.text > usize::try_from(ALL_TEXT.max).unwrap_or(0) {
            return Err(ErrorKind::Limit { bound: &ALL_TEXT, value: i64::try_from(self.text).unwrap_or(i64::MAX) });
        }
        self.way.said(what);
        if key {
            self.way.hint(hash(text));
        } else if self.way.at(Party::RECORD, PARTY_NAME) && self.way.through(EVENT) && self.way.event.parties < 2 {
            self.way.event.parties += 1;
            self.way.event.who = mix(self.way.event.who, hash(text));
        }
        Ok(text)
    }

    /// The key of an extra entry, by the form.
    fn key(&mut self, low: u8) -> Result<(&'a str, u32), ErrorKind> {
        let high = self.step().unwrap_or(Err(ErrorKind::OtherProfile))?;
        let rank = usize::from(u16::from_le_bytes([low, high]));
        let text = self.profile.names.get(rank).ok_or(ErrorKind::OtherProfile)?;
        Ok((text, 0x100 + rank as u32))
    }

    /// Whether something was said before is another question where other reports were said before.
    pub(super) const fn said(&self) -> What {
        if self.memory.later { What::LaterSaid } else { What::Said }
    }

    pub(super) const fn said_back(&self) -> What {
        if self.memory.later { What::LaterSaidBack } else { What::SaidBack }
    }

    /// A name: the one of the place, one that was said before, one of the profile's, or a new one.
    fn name(&mut self, text: Option<&'a str>, most: usize) -> Result<(&'a str, u32), ErrorKind> {
        let names = self.profile.names;
        let place = self.place.filter(|_| self.way.at(Place::RECORD, PLACE_NAME));
        let placed = place.and_then(|point| self.profile.gazetteer.name(point)).and_then(|rank| names.get(rank.into()));
        if let Some(placed) = placed
            && self.decide(What::AsPlace, 0, text == Some(placed))
        {
            return Ok((placed, 1));
        }
        let rank = text.and_then(|text| names.find(text)).filter(|rank| self.decisions.admits(Shared::Name(*rank)));
        if !self.memory.texts.is_empty() {
            // The profile knows better who is likely here than how long ago another report said it.
            let told = text.filter(|_| !self.memory.later || rank.is_none());
            let back = told.and_then(|text| self.memory.texts.find(|said| *said == text));
            if self.decide(self.said(), 0, back.is_some()) {
                let back = self.number(self.said_back(), back.unwrap_or(0) as u64, 6) as usize;
                let text = self.memory.texts.get(back).ok_or(ErrorKind::OtherProfile)?;
                self.memory.texts.say(text, |said| *said == text);
                return Ok((text, 2 + back as u32));
            }
        }
        if names.len() > 0 {
            let later = self.memory.later.into();
            if self.decide(What::Listed, later, rank.is_some()) {
                let rank = self.one_of(What::ListedRank, names.len() as u32, rank.unwrap_or(0) as u32) as usize;
                let text = names.get(rank).ok_or(ErrorKind::OtherProfile)?;
                self.memory.texts.say(text, |said| *said == text);
                return Ok((text, 0x100 + rank as u32));
            }
        }
        let text = self.new_text(text, 0, most)?;
        self.memory.texts.say(text, |said| *said == text);
        Ok((text, 0))
    }

    /// A text that no list has: by the text model, or byte by byte where that is shorter.
    fn new_text(&mut self, text: Option<&'a str>, start: u8, most: usize) -> Result<&'a str, ErrorKind> {
        /// 1/64: a text that the model does not fit pays 6 bits for it.
        const RAW: u16 = 1 << 10;
        let model = self.profile.text;
        let raw = model.as_ref().is_none_or(|model| {
            let raw = text.is_some_and(|text| self.decisions.prefers_raw(model, text, start));
            use super::coder::Coder;
            self.decisions.coder().bit(RAW, raw)
        });
        let model = model.filter(|_| !raw);
        let coder = self.decisions.coder();
        if let Some(text) = text {
            match model {
                Some(model) => model.encode(coder, text.as_bytes(), start),
                None => raw_text(coder, &mut text.bytes().map(Some).chain([None]), &mut |_| Some(())).unwrap_or(()),
            }
            return Ok(text);
        }
        let room = core::mem::take(&mut self.room);
        let full = room.len() < most;
        let end = room.len().min(most);
        let free = room.get_mut(..end).unwrap_or_default();
        let length = match model {
            Some(model) => model.decode(coder, free, start),
            None => {
                let mut at = 0;
                let read = raw_text(coder, &mut core::iter::repeat(None), &mut |byte| {
                    *free.get_mut(at)? = byte;
                    at += 1;
                    Some(())
                });
                read.map(|()| at)
            }
        };
        let Some(length) = length else {
            let value = i64::try_from(most + 1).unwrap_or(i64::MAX);
            let bound = self.way.bound().filter(|bound| !bound.unit.is_empty()).unwrap_or(&TEXT);
            return Err(if full { ErrorKind::BufferFull } else { ErrorKind::Limit { bound, value } });
        };
        let (text, rest) = room.split_at_mut_checked(length).ok_or(ErrorKind::BufferFull)?;
        self.room = rest;
        str::from_utf8(text).map_err(|_| ErrorKind::NotUtf8)
    }

    pub(super) fn digest(&mut self, digest: &[u8; 32]) -> [u8; 32] {
        self.given();
        digest.map(|byte| fair(self.decisions.coder(), 8, byte.into()) as u8)
    }

    pub(super) fn error(&self, kind: ErrorKind, offset: usize) -> Error {
        Error { kind, offset, path: self.path }
    }
}

fn wide(value: u64) -> Result<u32, ErrorKind> {
    u32::try_from(value).map_err(|_| ErrorKind::TooWide { bits: 32 })
}

/// Bytes that UTF-8 can have, and the end: 244 symbols, all as likely. 0 is the end, then 0x00 to 0xbf, then 0xc2 to 0xf4.
const SYMBOLS: u32 = 244;

/// Codes bytes up to the end; `put` may refuse one.
fn raw_text<C: super::coder::Coder>(
    coder: &mut C,
    bytes: &mut dyn Iterator<Item = Option<u8>>,
    put: &mut dyn FnMut(u8) -> Option<()>,
) -> Option<()> {
    loop {
        let symbol = match bytes.next().flatten() {
            None => 0,
            Some(byte @ ..=0xbf) => u32::from(byte) + 1,
            Some(byte) => u32::from(byte) - 1,
        };
        match uniform(coder, SYMBOLS, symbol) {
            0 => return Some(()),
            symbol @ 1..=0xc0 => put((symbol - 1) as u8)?,
            symbol => put((symbol + 1) as u8)?,
        }
    }
}

/// A point is a value that a report says.
pub(super) const fn same_point(one: Point, other: Point) -> bool {
    one.lat.0 == other.lat.0 && one.lon.0 == other.lon.0
}
