//! Values that have more to them than a number: instants, ids, points.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // what is cut off was masked or bounded before

use core::num::NonZeroU32;

use super::coder::fair;
use super::decide::{Half, Shared, What};
use super::gazetteer::{Entry, Tier, order};
use super::packer::{Packer, same_point};
use super::sections::Area;
use crate::error::ErrorKind;
use crate::model::bounds::{LATITUDE, LONGITUDE};
use crate::model::calendar::{Civil, DAY, split};
use crate::model::report::number as field;
use crate::model::{Degrees, Id, Point, Report, Stopped, Walk as _};

const ID: u8 = field(Report::RECORD.fields, "id");
const SENT: u8 = field(Report::RECORD.fields, "sent");

/// How often each axis is halved to find the cell of a point.
const HALVINGS: usize = 8;

/// Seconds in a day, an hour, a minute, a second.
const UNITS: [i64; 4] = [86_400, 3600, 60, 1];

/// The largest unit of which an instant is a whole number.
pub(super) fn unit(seconds: i64) -> usize {
    match split(seconds, DAY).1 {
        0 => 0,
        second if second % 3600 == 0 => 1,
        second if second % 60 == 0 => 2,
        _ => 3,
    }
}

impl<const TEXTS: usize, const OTHERS: usize> Packer<'_, '_, TEXTS, OTHERS> {
    /// An instant: the largest unit of which it is a whole number, and how many of them lie between it and what was said
    /// last. A day may also be the first of the month or of the year of what was said last.
    pub(super) fn instant(&mut self, seconds: i64) -> Result<i64, Stopped> {
        let sent = self.way.at(Report::LAYOUT, SENT);
        let unit = match self.step()? {
            Some(step) => usize::from(step),
            None => self.index(What::Unit, unit(seconds), 4),
        };
        let length = *UNITS.get(unit).ok_or_else(|| self.other())?;
        self.way.said(unit as u32);
        let said = if sent { self.memory.sent } else { self.last };
        let area = self.profile.area.filter(|_| said.is_none());
        let seconds = match area {
            Some(area) if sent => match self.horizon(area, seconds, length)? {
                Some(seconds) => seconds,
                None => self.ago(area.base, seconds, length)?,
            },
            _ => {
                let reference = said.or(area.map(|area| area.base)).unwrap_or(0);
                match self.start(reference, seconds, unit) {
                    Some(start) => start,
                    None => match self.batch.as_ref().and_then(|batch| batch.gap()).filter(|_| sent) {
                        Some(gap) => self.since(reference, seconds, gap, length)?,
                        None => self.ago(reference, seconds, length)?,
                    },
                }
            }
        };
        self.last = Some(seconds);
        if sent {
            let before = self.memory.sent.replace(seconds);
            if let (Some(before), Some(batch)) = (before, &mut self.batch) {
                batch.sent(seconds.saturating_sub(before));
            }
        }
        Ok(seconds)
    }

    /// Within the time that the profile is good for, all instants are as likely.
    fn horizon(&mut self, area: Area, seconds: i64, length: i64) -> Result<Option<i64>, Stopped> {
        let many = whole(60 * i64::from(area.minutes), length);
        let base = whole(area.base, length);
        let past = whole(seconds, length) - base;
        let Some(many) = u32::try_from(many).ok().filter(|many| *many > 0) else { return Ok(None) };
        let inside = self.decide(What::Horizon, 0, (0..i64::from(many)).contains(&past));
        let past = u32::try_from(past).unwrap_or(0).min(many - 1);
        if !inside {
            return Ok(None);
        }
        Ok(Some((base + i64::from(self.uniform(many, past)?)) * length))
    }

    /// The first day of the month or of the year of the reference.
    fn start(&mut self, reference: i64, seconds: i64, unit: usize) -> Option<i64> {
        if unit != 0 {
            return None;
        }
        let civil = Civil::from_seconds(reference);
        let month = Civil { day: 1, second: 0, ..civil };
        let starts = [month, Civil { month: 1, ..month }].map(|civil| civil.seconds().unwrap_or(0));
        let which = starts.iter().position(|start| *start == seconds).map_or(0, |which| which + 1);
        match self.number(What::Start, which as u64, 2) {
            0 => None,
            which => starts.get(usize::try_from(which - 1).unwrap_or(2)).copied(),
        }
    }

    /// How long before the reference, in units.
    fn ago(&mut self, reference: i64, seconds: i64, length: i64) -> Result<i64, Stopped> {
        let reference = whole(reference, length);
        let ago = self.signed_number(What::Ago, reference - whole(seconds, length), 4);
        let units = ago.and_then(|ago| reference.checked_sub(ago)).ok_or_else(|| self.fail(ErrorKind::TooWide { bits: 64 }))?;
        units.checked_mul(length).ok_or_else(|| self.fail(ErrorKind::TooWide { bits: 64 }))
    }

    /// How long after the last report of the batch, in units. As far apart as they were, they will be: what is learned is how
    /// many times about an eighth of that.
    fn since(&mut self, reference: i64, seconds: i64, gap: i64, length: i64) -> Result<i64, Stopped> {
        let usual = whole(gap, length).unsigned_abs();
        let rest = usual.checked_ilog2().unwrap_or(0).saturating_sub(3).min(16) as u8;
        let reference = whole(reference, length);
        let since = whole(seconds, length) - reference;
        let size = since.unsigned_abs();
        let high = self.number(What::Since, size >> rest, 4);
        let low = fair(self.decisions, rest, (size & ((1 << rest) - 1)) as u32);
        let high = high.checked_mul(1 << rest).ok_or_else(|| self.fail(ErrorKind::TooWide { bits: 64 }))?;
        let size = high | u64::from(low);
        let back = size != 0 && self.decide(What::Since, 0x80, since < 0);
        let since = if back { 0i64.checked_sub_unsigned(size) } else { 0i64.checked_add_unsigned(size) };
        let units = since.and_then(|since| reference.checked_add(since));
        units.and_then(|units| units.checked_mul(length)).ok_or_else(|| self.fail(ErrorKind::TooWide { bits: 64 }))
    }

    /// An id: an author who was said before, and how far on from their last number; or all of it.
    pub(super) fn any_id(&mut self, id: Id) -> Result<Id, Stopped> {
        let own = self.way.depth() == 1 && self.way.at(Report::LAYOUT, ID);
        let id = match self.known.id.filter(|_| own) {
            Some(known) => known,
            None => self.new_id(id)?,
        };
        self.memory.authors.hear(id);
        Ok(id)
    }

    fn new_id(&mut self, id: Id) -> Result<Id, Stopped> {
        let heard = self.memory.authors.len();
        if heard > 0 {
            let rank = self.memory.authors.rank(id.author);
            // The more authors were heard, the fewer are new.
            self.way.hint(1 + heard as u32);
            if self.decide(self.said(), 0, rank.is_some()) {
                let rank = self.index(self.said_back(), rank.unwrap_or(0), 6);
                let said = self.memory.authors.get(rank).ok_or_else(|| self.other())?;
                let same = self.decide(What::Epoch, 0x100, id.epoch == said.epoch);
                let epoch = if same { said.epoch } else { self.part(What::Epoch, id.epoch, 0)? };
                let on = self.signed_number(What::Seq, i64::from(id.seq) - i64::from(said.seq) - 1, 3);
                let seq = on.and_then(|on| u32::try_from(on.checked_add(1 + i64::from(said.seq))?).ok());
                return Ok(Id { author: said.author, epoch, seq: seq.ok_or_else(|| self.fail(ErrorKind::TooWide { bits: 32 }))? });
            }
        }
        let author = self.part(What::Author, id.author, 0)?;
        // Whoever is often heard of has a small number and a long count; who it is, is not learned.
        self.way.said(author.saturating_add(1).ilog2());
        let epoch = self.part(What::Epoch, id.epoch, 0)?;
        let seq = self.part(What::Number, id.seq, 3)?;
        Ok(Id { author, epoch, seq })
    }

    /// A part of an id.
    fn part(&mut self, what: What, value: u32, learned: u8) -> Result<u32, Stopped> {
        let value = self.number(what, value.into(), learned);
        self.wide(value)
    }

    /// A point: one that was said before, one of the gazetteer's, or one of a grid inside the mission's area or the world.
    pub(super) fn any_point(&mut self, point: Point) -> Result<Point, Stopped> {
        let point = self.new_point(point)?;
        self.memory.points.say(point, |said| same_point(*said, point));
        self.place = Some(point);
        Ok(point)
    }

    fn new_point(&mut self, point: Point) -> Result<Point, Stopped> {
        let gazetteer = self.profile.gazetteer;
        let place = gazetteer.first.find(point).map(|(number, _)| number);
        let place = place.filter(|number| self.decisions.may_share(Shared::Place(*number)));
        if !self.memory.points.is_empty() {
            // The profile knows better which place is likely than how long ago another report said it.
            let told = !self.memory.later || place.is_none();
            let back = self.memory.points.find(|said| told && same_point(*said, point));
            if self.decide(self.said(), 0, back.is_some()) {
                let back = self.index(self.said_back(), back.unwrap_or(0), 6);
                return self.memory.points.get(back).ok_or_else(|| self.other());
            }
        }
        if !gazetteer.first.is_empty() && self.decide(What::Known, 0, place.is_some()) {
            let number = self.halve(gazetteer.first, point);
            return gazetteer.first.get(number).map(|entry| entry.point).ok_or_else(|| self.other());
        }
        if !gazetteer.second.is_empty() {
            let place = gazetteer.second.find(point);
            if self.decide(What::Known, 1, place.is_some()) {
                let number = place.map_or(0, |(number, _)| u32::try_from(number).unwrap_or(0));
                let many = u32::try_from(gazetteer.second.len()).unwrap_or(1);
                let number = self.uniform(many, number)? as usize;
                return gazetteer.second.get(number).map(|entry| entry.point).ok_or_else(|| self.other());
            }
        }
        self.cell(point)
    }

    /// Down the tree of a tier to one place, a decision at each node.
    fn halve(&mut self, tier: Tier<'_>, point: Point) -> usize {
        let mut node = tier.root();
        let who = self.way.event.who;
        // What of the order is in the node.
        let (mut from, mut to) = (0, u64::MAX);
        while node.many() > 1 {
            let Some(Entry { point: middle, weight, .. }) = tier.get(node.middle()) else { break };
            let number = u32::try_from(node.middle()).unwrap_or(0);
            let middle = order(middle);
            // Where the same sides met before in the batch.
            let mut before = [0, 0];
            for (_, place) in self.batch.iter().flat_map(|batch| batch.places.iter()).filter(|(other, _)| *other == who) {
                if (from..to).contains(place) {
                    before[usize::from(*place >= middle)] += 1;
                }
            }
            let upper = self.decisions.half(self.way, number, &Half { weight, before }, order(point) >= middle);
            if upper {
                from = middle
            } else {
                to = middle
            }
            node = node.half(upper);
        }
        if let (Some(entry), Some(batch)) = (tier.get(node.first()), &mut self.batch) {
            batch.places.say((who, order(entry.point)), |_| false);
        }
        node.first()
    }

    /// A point that no list has: in the mission's area or anywhere; then in which half of that, and of that, for places are
    /// dense in some and rare in others; at last on a grid as fine as the point's own decimals.
    fn cell(&mut self, point: Point) -> Result<Point, Stopped> {
        let mut limits = [[LATITUDE.min, LATITUDE.max], [LONGITUDE.min, LONGITUDE.max]].map(|limits| limits.map(limit));
        let degrees = [point.lat.0, point.lon.0];
        // Cells of the world have other numbers than those of the area.
        let (mut number, mut world) = (1, 1 << 20);
        if let Some(area) = self.profile.area {
            let inside = |([from, to], degrees): (&[i32; 2], &i32)| (*from..=*to).contains(degrees);
            let area = [area.lat, area.lon];
            if self.decide(What::Inside, 0, area.iter().zip(&degrees).all(inside)) {
                (limits, world) = (area, 0);
            }
        }
        let mut last = None;
        // Down to a cell of whose halves nothing is known: all of its grid is as likely.
        for axis in [0, 1].into_iter().cycle().take(2 * HALVINGS) {
            let (Some([from, to]), Some(degrees)) = (limits.get_mut(axis), degrees.get(axis)) else { break };
            let middle = i64::midpoint(i64::from(*from), i64::from(*to)) as i32;
            let upper = self.decisions.perhaps(self.way, What::Cell, number + world, last, *degrees > middle);
            let Some(upper) = upper else { break };
            if upper {
                *from = middle + 1
            } else {
                *to = middle
            }
            last = Some(number + world);
            number = number << 1 | u32::from(upper);
        }
        let [lat, lon] = limits;
        let step = self.number(What::LatitudeStep, step(point.lat), 4);
        self.way.said(u32::try_from(step).unwrap_or(u32::MAX));
        let lat = self.on_grid(lat, point.lat, step)?;
        let step = self.number(What::LongitudeStep, self::step(point.lon), 4);
        let lon = self.on_grid(lon, point.lon, step)?;
        Ok(Point { lat, lon })
    }

    fn on_grid(&mut self, [from, to]: [i32; 2], degrees: Degrees, step: u64) -> Result<Degrees, Stopped> {
        let step = i64::from(*STEPS.get(usize::try_from(step).unwrap_or(usize::MAX)).ok_or_else(|| self.other())?);
        let first = whole(i64::from(from) + step - 1, step);
        let many = whole(to.into(), step) - first + 1;
        let many = u32::try_from(many).ok().filter(|many| *many > 0).ok_or_else(|| self.other())?;
        let number = u32::try_from(whole(degrees.0.into(), step) - first).unwrap_or(0);
        let number = self.uniform(many, number.min(many - 1))?;
        i32::try_from((first + i64::from(number)) * step).map(Degrees).map_err(|_| self.other())
    }
}

/// Decimals of a degree from the seventh to none.
const STEPS: [i32; 8] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

/// The coarsest grid that a coordinate lies on.
fn step(degrees: Degrees) -> u64 {
    STEPS.iter().rposition(|step| degrees.0.checked_rem(*step) == Some(0)).unwrap_or(0) as u64
}

/// How many whole units lie below a number. No unit here is zero.
fn whole(number: i64, unit: i64) -> i64 {
    NonZeroU32::new(unit as u32).map_or(0, |unit| split(number, unit).0)
}

/// A limit of a coordinate.
fn limit(degrees: i64) -> i32 {
    i32::try_from(degrees).unwrap_or(0)
}
