//! What every peer writes: the content of a report as plain numbers and strings.

use std::collections::HashMap;

use crate::data::{MINUTES_A_DAY, Rec};
use crate::shared::{Names, Shared};

/// The first byte, as ours says version and profile.
pub const VERSION: u8 = 1;

/// Which fields there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// A: nobody knows anything but the list of names.
    Plain,
    /// B: places by index, time from a base.
    Mission,
    /// B without author and number, the time as difference to the last report: the receiver knows them.
    Known,
    /// B with names, place name, outlet and headline as they are.
    Whole,
}

#[derive(
    Clone,
    Debug,
    PartialEq,
    serde::Serialize,
    serde::Deserialize,
    bitcode::Encode,
    bitcode::Decode,
    compactly::Encode,
    minicbor::Encode,
    minicbor::Decode,
)]
pub enum Place {
    #[serde(rename = "k")]
    #[n(0)]
    Listed(#[n(0)] u16),
    #[serde(rename = "p")]
    #[n(1)]
    Point(#[n(0)] i32, #[n(1)] i32),
}

#[derive(
    Clone,
    Debug,
    PartialEq,
    serde::Serialize,
    serde::Deserialize,
    bitcode::Encode,
    bitcode::Decode,
    compactly::Encode,
    minicbor::Encode,
    minicbor::Decode,
)]
pub enum Side {
    #[serde(rename = "k")]
    #[n(0)]
    Listed(#[n(0)] u16),
    #[serde(rename = "s")]
    #[n(1)]
    Spelt(#[n(0)] String),
}

impl Default for Place {
    fn default() -> Self {
        Self::Listed(0)
    }
}

impl Default for Side {
    fn default() -> Self {
        Self::Listed(0)
    }
}

/// All fields of all schemas. A schema that lacks one leaves its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    pub version: u8,
    pub author: u16,
    pub seq: u16,
    /// Minutes since 1989, since the base of the mission or since the last report.
    pub time: u32,
    /// Codes count from 0.
    pub kind: u8,
    /// Days from the end of the event to the report.
    pub lag: u32,
    pub date_precision: u8,
    /// In steps of the experiment.
    pub lat: i32,
    pub lon: i32,
    pub place: Place,
    pub place_precision: u8,
    pub side_a: u16,
    pub side_b: u16,
    pub name_a: Side,
    pub name_b: Side,
    pub deaths_a: u32,
    pub deaths_b: u32,
    pub deaths_civilians: u32,
    pub deaths_unknown: u32,
    pub clarity: u8,
    /// One more than there are, 0 where it is not known.
    pub sources: u8,
    /// Days from start to end.
    pub days: u32,
    /// How far best is above the sum of the deaths, low below best, high above best: mostly 0.
    pub best: i32,
    pub low: i32,
    pub high: i32,
    /// Empty where there is none, as the next two.
    pub place_name: String,
    pub office: String,
    pub headline: String,
}

/// Makes contents of recs.
pub struct Maker<'s> {
    shared: &'s Shared,
    names: &'s Names<'s>,
    places: HashMap<(i32, i32), u16>,
    spelt: HashMap<&'s str, u16>,
}

impl<'s> Maker<'s> {
    pub fn new(shared: &'s Shared, names: &'s Names<'s>) -> Self {
        let places = shared.places.iter().copied().zip(0..).collect();
        Self { shared, names, places, spelt: shared.names.iter().map(String::as_str).zip(0..).collect() }
    }

    /// The contents of recs that follow a report sent at minute `before`.
    pub fn all(&self, recs: &[Rec], schema: Schema, before: i64) -> Vec<Content> {
        let previous = std::iter::once(before).chain(recs.iter().map(|rec| rec.sent));
        recs.iter().zip(previous).map(|(rec, previous)| self.content(rec, schema, previous)).collect()
    }

    fn content(&self, rec: &Rec, schema: Schema, previous: i64) -> Content {
        let sum: i64 = rec.deaths.iter().copied().map(i64::from).sum();
        let difference = |from: u32, to: i64| i32::try_from(i64::from(from) - to).unwrap_or(i32::MAX);
        let [deaths_a, deaths_b, deaths_civilians, deaths_unknown] = rec.deaths;
        let mut content = Content {
            version: VERSION,
            author: rec.author,
            seq: rec.seq,
            kind: rec.violence - 1,
            lag: (rec.sent / MINUTES_A_DAY - rec.end) as u32,
            date_precision: rec.date_precision - 1,
            place_precision: rec.place_precision - 1,
            deaths_a,
            deaths_b,
            deaths_civilians,
            deaths_unknown,
            clarity: rec.clarity - 1,
            sources: rec.sources.map_or(0, |sources| sources + 1),
            days: (rec.end - rec.start) as u32,
            best: difference(rec.best, sum),
            low: difference(rec.best, i64::from(rec.low)),
            high: difference(rec.high, i64::from(rec.best)),
            ..Content::default()
        };
        let since = if schema == Schema::Known { previous } else { self.shared.base_minutes };
        // Reports of the training part are older than the base: for what is trained on them they stand somewhere in the mission.
        let time = if rec.sent < since { (rec.sent - since).rem_euclid(self.shared.horizon_minutes) } else { rec.sent - since };
        content.time = u32::try_from(time).unwrap_or_default();
        let (lat, lon) = (rec.lat / self.shared.step, rec.lon / self.shared.step);
        if schema == Schema::Plain {
            (content.lat, content.lon) = (lat, lon);
        } else {
            let listed = self.places.get(&(rec.lat, rec.lon));
            content.place = listed.map_or(Place::Point(lat, lon), |place| Place::Listed(*place));
        }
        if schema == Schema::Known {
            (content.author, content.seq) = (0, 0);
        }
        let [side_a, side_b] = &rec.sides;
        if schema == Schema::Whole {
            let side = |name: &String| self.spelt.get(name.as_str()).map_or(Side::Spelt(name.clone()), |at| Side::Listed(*at));
            (content.name_a, content.name_b) = (side(side_a), side(side_b));
            content.place_name.clone_from(&rec.place);
            content.office.clone_from(&rec.office);
            content.headline.clone_from(&rec.headline);
        } else {
            let index = |name| u16::try_from(self.names.index(name)).unwrap_or(u16::MAX);
            (content.side_a, content.side_b) = (index(side_a), index(side_b));
        }
        content
    }
}
