//! Values that have more to them than a number: instants, ids, points.

#![allow(clippy::cast_possible_truncation)] // what is cut off was masked or bounded before

use heapless::Vec;

use super::coder::{fair, uniform};
use super::decide::{Decisions, Root, Shared, What};
use super::gazetteer::{Entry, Tier, order};
use super::packer::{Packer, same_point};
use super::profile::Area;
use crate::error::ErrorKind;
use crate::model::bounds::{LATITUDE, LONGITUDE};
use crate::model::calendar::Civil;
use crate::model::report::number as field;
use crate::model::{Degrees, Id, Point, Report};

const ID: u8 = field(Report::RECORD.fields, "id");
const SENT: u8 = field(Report::RECORD.fields, "sent");

/// How often each axis is halved to find the cell of a point.
const HALVINGS: u32 = 8;

/// Seconds in a day, an hour, a minute, a second.
const UNITS: [i64; 4] = [86_400, 3600, 60, 1];

/// The largest unit of which an instant is a whole number.
pub(super) fn unit(seconds: i64) -> usize {
    UNITS.iter().position(|unit| seconds.checked_rem_euclid(*unit) == Some(0)).unwrap_or(UNITS.len() - 1)
}

impl<'a, D: Decisions, const N: usize> Packer<'_, 'a, D, N> {
    /// An instant: the largest unit of which it is a whole number, and how many of them lie between it and what was said
    /// last. A day may also be the first of the month or of the year of what was said last.
    pub(super) fn stamp(&mut self, seconds: i64) -> Result<i64, ErrorKind> {
        self.given();
        let sent = self.way.at(Report::RECORD, SENT);
        let unit = match self.step() {
            Some(step) => usize::from(step?),
            None => self.number(What::Unit, unit(seconds) as u64, 4) as usize,
        };
        let length = *UNITS.get(unit).ok_or(ErrorKind::OtherProfile)?;
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
                    None if sent => self.since(reference, seconds, length)?,
                    None => self.ago(reference, seconds, length)?,
                }
            }
        };
        self.last = Some(seconds);
        if sent {
            self.memory.send(seconds);
        }
        Ok(seconds)
    }

    /// Within the time that the profile is good for, all instants are as likely.
    fn horizon(&mut self, area: Area, seconds: i64, length: i64) -> Result<Option<i64>, ErrorKind> {
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

    /// One of the numbers below `of`, all as likely.
    fn uniform(&mut self, of: u32, value: u32) -> Result<u32, ErrorKind> {
        let value = uniform(self.decisions.coder(), of, value);
        if value < of { Ok(value) } else { Err(ErrorKind::OtherProfile) }
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
    fn ago(&mut self, reference: i64, seconds: i64, length: i64) -> Result<i64, ErrorKind> {
        let reference = whole(reference, length);
        let ago = self.signed(What::Ago, reference - whole(seconds, length), 4);
        let units = ago.and_then(|ago| reference.checked_sub(ago)).ok_or(ErrorKind::TooWide { bits: 64 })?;
        units.checked_mul(length).ok_or(ErrorKind::TooWide { bits: 64 })
    }

    /// How long after the last report of the message, in units: as far apart as they were, they will be. So what is learned
    /// is how many times an eighth of that.
    fn since(&mut self, reference: i64, seconds: i64, length: i64) -> Result<i64, ErrorKind> {
        let (gap, of) = self.memory.gap;
        let usual = if of == 0 { 0 } else { whole(gap, length).unsigned_abs() };
        if of == 0 {
            return self.ago(reference, seconds, length);
        }
        let rest = usual.checked_ilog2().unwrap_or(0).saturating_sub(3).min(16) as u8;
        let reference = whole(reference, length);
        let since = whole(seconds, length) - reference;
        let size = since.unsigned_abs();
        let high = self.number(What::Since, size >> rest, 4);
        let low = fair(self.decisions.coder(), rest, (size & ((1 << rest) - 1)) as u32);
        let size = high << rest | u64::from(low);
        let back = size != 0 && self.decide(What::Since, 0x80, since < 0);
        let since = if back { 0i64.checked_sub_unsigned(size) } else { 0i64.checked_add_unsigned(size) };
        let units = since.and_then(|since| reference.checked_add(since)).ok_or(ErrorKind::TooWide { bits: 64 })?;
        units.checked_mul(length).ok_or(ErrorKind::TooWide { bits: 64 })
    }

    /// An id: an author who was said before, and how far on from their last number; or all of it.
    pub(super) fn id(&mut self, id: Id) -> Result<Id, ErrorKind> {
        self.given();
        let own = self.way.depth() == 1 && self.way.at(Report::RECORD, ID);
        let id = match self.known.filter(|_| own) {
            Some(known) => known,
            None => self.new_id(id)?,
        };
        self.memory.hear(id);
        Ok(id)
    }

    fn new_id(&mut self, id: Id) -> Result<Id, ErrorKind> {
        let wide = |value: u64| u32::try_from(value).map_err(|_| ErrorKind::TooWide { bits: 32 });
        if !self.memory.ids.is_empty() {
            let back = self.memory.ids.iter().position(|(said, _)| said.author == id.author);
            // The more authors were heard, the fewer are new.
            self.way.hint(1 + self.memory.ids.len() as u32);
            if self.decide(self.said(), 0, back.is_some()) {
                let back = self.number(self.said_back(), back.unwrap_or(0) as u64, 6) as usize;
                let (said, _) = *self.memory.ids.get(back).ok_or(ErrorKind::OtherProfile)?;
                let same = self.decide(What::Epoch, 0x100, id.epoch == said.epoch);
                let epoch = if same { said.epoch } else { wide(self.number(What::Epoch, id.epoch.into(), 0))? };
                let on = self.signed(What::Seq, i64::from(id.seq) - i64::from(said.seq) - 1, 3);
                let seq = on.and_then(|on| u32::try_from(on.checked_add(1 + i64::from(said.seq))?).ok());
                return Ok(Id { author: said.author, epoch, seq: seq.ok_or(ErrorKind::TooWide { bits: 32 })? });
            }
        }
        let author = wide(self.number(What::Author, id.author.into(), 0))?;
        // Whoever is often heard of has a small number and a long count; who it is, is not learned.
        self.way.said(author.saturating_add(1).ilog2());
        let epoch = wide(self.number(What::Epoch, id.epoch.into(), 0))?;
        let seq = wide(self.number(What::Number, id.seq.into(), 3))?;
        Ok(Id { author, epoch, seq })
    }

    /// A point: one that was said before, one of the gazetteer's, or one of a grid inside the mission's area or the world.
    pub(super) fn point(&mut self, point: Point) -> Result<Point, ErrorKind> {
        self.given();
        let point = self.new_point(point)?;
        self.memory.points.say(point, |said| same_point(*said, point));
        self.place = Some(point);
        Ok(point)
    }

    fn new_point(&mut self, point: Point) -> Result<Point, ErrorKind> {
        let gazetteer = self.profile.gazetteer;
        let place = gazetteer.first.find(point).map(|(number, _)| number);
        let place = place.filter(|number| self.decisions.admits(Shared::Place(*number)));
        if !self.memory.points.is_empty() {
            // The profile knows better which place is likely than how long ago another report said it.
            let told = !self.memory.later || place.is_none();
            let back = self.memory.points.find(|said| told && same_point(*said, point));
            if self.decide(self.said(), 0, back.is_some()) {
                let back = self.number(self.said_back(), back.unwrap_or(0) as u64, 6) as usize;
                return self.memory.points.get(back).ok_or(ErrorKind::OtherProfile);
            }
        }
        if !gazetteer.first.is_empty() && self.decide(What::Known, 0, place.is_some()) {
            let number = self.halve(gazetteer.first, point);
            return gazetteer.first.get(number).map(|entry| entry.point).ok_or(ErrorKind::OtherProfile);
        }
        if !gazetteer.second.is_empty() {
            let place = gazetteer.second.find(point);
            if self.decide(What::Known, 1, place.is_some()) {
                let number = place.map_or(0, |(number, _)| u32::try_from(number).unwrap_or(0));
                let many = u32::try_from(gazetteer.second.len()).unwrap_or(1);
                let number = self.uniform(many, number)? as usize;
                return gazetteer.second.get(number).map(|entry| entry.point).ok_or(ErrorKind::OtherProfile);
            }
        }
        self.cell(point)
    }

    /// Down the tree of a tier to one place, a decision at each node.
    fn halve(&mut self, tier: Tier<'_>, point: Point) -> usize {
        let mut node = tier.root();
        // Where the same sides met before.
        let who = self.way.event.who;
        let mut near: Vec<u64, N> = self.memory.places.iter().filter(|(same, _)| *same == who).map(|(_, point)| order(*point)).collect();
        while node.many() > 1 {
            let Some(Entry { point: middle, weight, .. }) = tier.get(node.middle()) else { break };
            let number = u32::try_from(node.middle()).unwrap_or(0);
            let upper = near.iter().filter(|place| **place >= order(middle)).count() as u16;
            let seen = [near.len() as u16 - upper, upper];
            let upper = self.decide_at(What::Half, Root::Node(weight), seen, number, order(point) >= order(middle));
            near.retain(|place| (*place >= order(middle)) == upper);
            node = node.half(upper);
        }
        if let Some(entry) = tier.get(node.first()) {
            self.memory.places.say((who, entry.point), |_| false);
        }
        node.first()
    }

    /// A point that no list has: in the mission's area or anywhere; then in which half of that, and of that, for places are
    /// dense in some and rare in others; at last on a grid as fine as the point's own decimals.
    fn cell(&mut self, point: Point) -> Result<Point, ErrorKind> {
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
        for _ in 0..HALVINGS {
            for (limits, degrees) in limits.iter_mut().zip(degrees) {
                let [from, to] = limits;
                let middle = i64::midpoint(i64::from(*from), i64::from(*to)) as i32;
                let upper = self.decide(What::Cell, number + world, degrees > middle);
                if upper {
                    *from = middle + 1
                } else {
                    *to = middle
                }
                number = number << 1 | u32::from(upper);
            }
        }
        let [lat, lon] = limits;
        let step = self.number(What::LatitudeStep, step(point.lat), 4);
        self.way.said(u32::try_from(step).unwrap_or(u32::MAX));
        let lat = self.on_grid(lat, point.lat, step)?;
        let step = self.number(What::LongitudeStep, self::step(point.lon), 4);
        let lon = self.on_grid(lon, point.lon, step)?;
        Ok(Point { lat, lon })
    }

    fn on_grid(&mut self, [from, to]: [i32; 2], degrees: Degrees, step: u64) -> Result<Degrees, ErrorKind> {
        let step = i64::from(*STEPS.get(usize::try_from(step).unwrap_or(usize::MAX)).ok_or(ErrorKind::OtherProfile)?);
        let first = whole(i64::from(from) + step - 1, step);
        let many = whole(to.into(), step) - first + 1;
        let many = u32::try_from(many).ok().filter(|many| *many > 0).ok_or(ErrorKind::OtherProfile)?;
        let number = u32::try_from(whole(degrees.0.into(), step) - first).unwrap_or(0);
        let number = self.uniform(many, number.min(many - 1))?;
        i32::try_from((first + i64::from(number)) * step).map(Degrees).map_err(|_| ErrorKind::OtherProfile)
    }
}

/// Decimals of a degree from the seventh to none.
const STEPS: [i32; 8] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

/// The coarsest grid that a coordinate lies on.
fn step(degrees: Degrees) -> u64 {
    STEPS.iter().rposition(|step| degrees.0.checked_rem(*step) == Some(0)).unwrap_or(0) as u64
}

/// How many whole units lie below a number. No unit here is zero, but the compiler does not see it and would keep a panic.
fn whole(number: i64, unit: i64) -> i64 {
    number.checked_div_euclid(unit).unwrap_or(0)
}

/// A limit of a coordinate.
fn limit(degrees: i64) -> i32 {
    i32::try_from(degrees).unwrap_or(0)
}
