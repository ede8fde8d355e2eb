//! What reports say often enough to be put into a profile: names, places, sets of fields, time and area.
//!
//! Persons, authors and long texts are never among them, and nothing that fewer than five reports say.

// Numbers of a profile fit their 8, 16 and 32 bits; what is learned is rounded on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use increp::Error;
use increp::model::bounds::{Bound, TEXT};
use increp::model::describe::{Path, Shape};
use increp::model::{Degrees, Fields, Id, Layout, Point, Record as _, Report, Stopped, Walk};
use increp::wire::packed::{Area, ENTRY, Entry, Weight};

/// What was counted.
pub(super) struct Contents<'a> {
    reports: u32,
    /// How many reports must say it.
    least: u32,
    path: Path,
    error: Error,
    /// In how many reports a name stands, and the last of them.
    names: HashMap<&'a str, (u32, u32)>,
    /// Names of persons, in lower case.
    persons: BTreeSet<String>,
    places: HashMap<[i32; 2], Place<'a>>,
    point: Option<Point>,
    masks: BTreeMap<u32, BTreeMap<u32, (u32, u32)>>,
    sent: Vec<i64>,
    /// New texts: what they say, and what kind of text they are.
    texts: Vec<(&'a str, u8)>,
}

/// How a person may be called elsewhere: as in the field, with the office or without it.
fn persons(text: &str) -> impl Iterator<Item = String> {
    /// Less than this may stand in any word.
    const LEAST: usize = 3;
    let name = text.split([',', '(', ';']).next().unwrap_or(text);
    [text, name].into_iter().map(|name| name.trim().to_lowercase()).filter(|name| name.chars().count() >= LEAST)
}

#[derive(Default)]
struct Place<'a> {
    reports: u32,
    last: u32,
    names: BTreeMap<&'a str, u32>,
}

impl<'a> Contents<'a> {
    /// Of what at least so many reports say.
    pub(super) fn new(least: u32) -> Self {
        Self {
            reports: 0,
            least,
            path: Path::ROOT,
            error: Error::NONE,
            names: HashMap::new(),
            persons: BTreeSet::new(),
            places: HashMap::new(),
            point: None,
            masks: BTreeMap::new(),
            sent: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// Counts what a report says.
    pub(super) fn add(&mut self, report: &Report<'a>) -> Result<(), Error> {
        self.reports += 1;
        self.path = Path::default();
        self.point = None;
        let start = || report.event.as_ref()?.time.known()?.start.known().copied();
        self.sent.extend(report.sent.or_else(start).map(increp::model::Stamp::seconds));
        report.put(self)
    }

    /// Whether a text is a person, or names one.
    fn has_person(&self, text: &str) -> bool {
        if self.persons.is_empty() {
            return false;
        }
        let text = text.to_lowercase();
        self.persons.iter().any(|person| text.contains(person.as_str()))
    }

    /// Names that at least five reports say, and those `given`, the commonest first; of the former at most so many bytes.
    pub(super) fn names<'s>(&'s self, bytes: usize, given: &'s [String]) -> Vec<&'s str> {
        /// As many as a profile can number.
        const MOST: usize = u16::MAX as usize - 1;
        let often = self.names.iter().filter(|(name, (reports, _))| *reports >= self.least && !self.has_person(name));
        let mut names: Vec<(u32, &str)> = often.map(|(name, (reports, _))| (*reports, *name)).collect();
        names.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(other.1)));
        let mut used = 6;
        // 2 bytes in the order, 4 for the start.
        let fits = |(_, name): &(u32, &str)| {
            used += name.len() + 6;
            used <= bytes
        };
        let given = given.iter().map(|name| (self.names.get(name.as_str()).map_or(0, |(reports, _)| *reports), name.as_str()));
        let given: Vec<_> = given.collect();
        names.retain(|(_, name)| given.iter().all(|(_, other)| other != name));
        // Those that are given are there, whatever was learned.
        let left = MOST.saturating_sub(given.len());
        let mut names: Vec<_> = names.into_iter().take_while(fits).take(left).chain(given).collect();
        names.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(other.1)));
        names.into_iter().take(MOST).map(|(_, name)| name).collect()
    }

    /// Places that at least five reports name, the commonest first; at most so many bytes of them.
    pub(super) fn places(&self, bytes: usize) -> Vec<(Point, Option<&'a str>)> {
        let mut places: Vec<_> = self.places.iter().filter(|(_, place)| place.reports >= self.least).collect();
        places.sort_by_key(|(point, place)| (Reverse(place.reports), **point));
        let name = |place: &Place<'a>| {
            // The name that most reports give it, if most do.
            let (name, reports) = place.names.iter().max_by_key(|(name, reports)| (**reports, Reverse(**name)))?;
            (*reports >= self.least && *reports * 2 > place.reports).then_some(*name)
        };
        places
            .into_iter()
            .take(bytes / ENTRY)
            .map(|([lat, lon], place)| (Point { lat: Degrees(*lat), lon: Degrees(*lon) }, name(place)))
            .collect()
    }

    /// Texts that a report spells out, because `names` does not have them.
    pub(super) fn texts<'s>(&'s self, names: &[&str]) -> Vec<(&'s str, f32, u8)> {
        let listed: BTreeSet<&str> = names.iter().copied().collect();
        let new = self.texts.iter().filter(|(text, _)| !listed.contains(text) && !self.has_person(text));
        new.map(|(text, kind)| (*text, 1.0, *kind)).collect()
    }

    /// The section of sets of fields.
    pub(super) fn masks(&self) -> Vec<u8> {
        /// Rarer ones are written as they are.
        const MOST: usize = 24;
        let mut records = Vec::new();
        for (record, masks) in &self.masks {
            let mut masks: Vec<_> = masks.iter().filter(|(_, (reports, _))| *reports >= self.least).collect();
            masks.sort_by_key(|(mask, (reports, _))| (Reverse(*reports), **mask));
            masks.truncate(MOST);
            let reports: u32 = masks.iter().map(|(_, (reports, _))| *reports).sum();
            if reports > 0 {
                records.push((Reverse(reports), *record, masks));
            }
        }
        if records.is_empty() {
            return Vec::new();
        }
        // A device looks through them from the first.
        records.sort();
        let (mut section, mut sets) = (vec![records.len() as u8], Vec::<u32>::new());
        for (_, record, masks) in records {
            section.extend(record.to_le_bytes());
            section.extend([sets.len() as u16, masks.len() as u16].iter().flat_map(|number| number.to_le_bytes()));
            sets.extend(masks.iter().map(|(mask, _)| **mask));
        }
        section.extend(sets.iter().flat_map(|set| set.to_le_bytes()));
        section
    }

    /// When and where reports are to be expected, from when and where they were.
    pub(super) fn area(&self, places: &[(Point, Option<&str>)]) -> Option<Area> {
        const DAY: i64 = 86_400;
        let mut sent = self.sent.clone();
        sent.sort_unstable();
        let last = *sent.last()?;
        // As many reports again as a quarter of these take about as long as the last quarter took.
        let quarter = sent.get(sent.len() - 1 - sent.len() / 4).copied().unwrap_or(last);
        let minutes = ((last - quarter) / 60).max(DAY / 60);
        let minutes = minutes.min(1 << 26) as u32;
        // Limits in whole tenths of a degree, a twentieth of the width further out.
        let limits = |degrees: fn(&Point) -> Degrees, most: i32| {
            let all = || places.iter().map(|(point, _)| degrees(point).0);
            let (low, high) = (all().min().unwrap_or(-most), all().max().unwrap_or(most));
            let margin = (i64::from(high) - i64::from(low)) / 20;
            let outside = |value: i64| value.clamp(-i64::from(most), i64::from(most)) as i32;
            let tenth = 1_000_000;
            [
                outside((i64::from(low) - margin).div_euclid(tenth) * tenth),
                outside(-(-(i64::from(high) + margin)).div_euclid(tenth) * tenth),
            ]
        };
        Some(Area {
            base: last.div_euclid(DAY) * DAY,
            minutes,
            lat: limits(|point| point.lat, 900_000_000),
            lon: limits(|point| point.lon, 1_800_000_000),
        })
    }
}

/// The section of names.
pub(super) fn names_section(names: &[&str]) -> Vec<u8> {
    if names.is_empty() {
        return Vec::new();
    }
    let mut sorted: Vec<u16> = (0..names.len() as u16).collect();
    sorted.sort_by_key(|rank| names[usize::from(*rank)]);
    let mut section = (names.len() as u16).to_le_bytes().to_vec();
    section.extend(sorted.into_iter().flat_map(u16::to_le_bytes));
    let mut start = 0u32;
    for name in names {
        section.extend(start.to_le_bytes());
        start += name.len() as u32;
    }
    section.extend(start.to_le_bytes());
    section.extend(names.iter().flat_map(|name| name.bytes()));
    section
}

/// The section of the gazetteer.
pub(super) fn gazetteer_section(first: &[Entry], second: &[Entry]) -> Vec<u8> {
    if first.is_empty() && second.is_empty() {
        return Vec::new();
    }
    let mut section = (first.len() as u16).to_le_bytes().to_vec();
    section.extend(first.iter().chain(second).flat_map(Entry::to_bytes));
    section
}

/// The entry of a place that nothing is learned of yet.
pub(super) fn entry(point: Point, name: Option<&str>, names: &[&str]) -> Entry {
    let rank = name.and_then(|name| names.iter().position(|known| *known == name));
    Entry { point, name: rank.map(|rank| rank as u16), weight: Weight::default() }
}

impl<'a> Walk<'a> for Contents<'a> {
    fn error(&mut self) -> &mut Error {
        &mut self.error
    }
    fn field(&mut self, number: u8) {
        self.path.enter_field(number);
    }
    fn item(&mut self, index: u8) {
        self.path.enter_item(index);
    }
    fn leave(&mut self) {
        self.path.leave();
    }
    fn fields(&mut self, layout: &'static Layout, reported: u32) -> Result<Fields, Stopped> {
        let this = self.reports;
        let (reports, last) = self.masks.entry(layout.id).or_default().entry(reported).or_default();
        if *last != this {
            (*reports, *last) = (*reports + 1, this);
        }
        Ok(Fields::reported(layout, reported))
    }
    fn point(&mut self, point: Point) -> Option<Result<Point, Stopped>> {
        let place = self.places.entry([point.lat.0, point.lon.0]).or_default();
        if place.last != self.reports {
            (place.reports, place.last) = (place.reports + 1, self.reports);
        }
        self.point = Some(point);
        Some(Ok(point))
    }
    fn id(&mut self, id: Id) -> Option<Result<Id, Stopped>> {
        Some(Ok(id))
    }
    fn text(&mut self, text: Option<&'a str>, bound: &'static Bound) -> Result<&'a str, Stopped> {
        let text = text.unwrap_or_default();
        let (shape, field) = self.path.resolve().unzip();
        let Some(field) = field.flatten() else { return Ok(text) };
        if matches!(shape.map(Shape::inner), Some(Shape::Person)) {
            self.persons.extend(persons(text));
            return Ok(text);
        }
        if bound.max > TEXT.max {
            self.texts.push((text, 1));
            return Ok(text);
        }
        self.texts.push((text, 0));
        let this = self.reports;
        let (reports, last) = self.names.entry(text).or_default();
        if *last != this {
            (*reports, *last) = (*reports + 1, this);
        }
        // The point of a place comes before its name.
        let named = field.name == "name" && self.path.to_string().ends_with("place.name");
        if let Some(place) = self.point.take_if(|_| named).and_then(|point| self.places.get_mut(&[point.lat.0, point.lon.0])) {
            *place.names.entry(text).or_default() += 1;
        }
        Ok(text)
    }
    fn code(&mut self, code: u8) -> Result<u8, Stopped> {
        Ok(code)
    }
    fn flag(&mut self, flag: bool) -> Result<bool, Stopped> {
        Ok(flag)
    }
    fn case(&mut self, case: u8, _: u8) -> Result<u8, Stopped> {
        Ok(case)
    }
    fn length(&mut self, items: usize, _: usize) -> Result<usize, Stopped> {
        Ok(items)
    }
    fn unsigned(&mut self, value: u32, _: u8) -> Result<u32, Stopped> {
        Ok(value)
    }
    fn signed(&mut self, value: i64, _: u8) -> Result<i64, Stopped> {
        Ok(value)
    }
    fn digest(&mut self, digest: &[u8; 32]) -> Result<[u8; 32], Stopped> {
        Ok(*digest)
    }
}
