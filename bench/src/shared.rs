//! What sender and receiver both know before the first report: the same for every peer and for us.

use std::collections::HashMap;
use std::hash::Hash;

use crate::data::{MINUTES_A_DAY, Rec};

/// UCDP is public: what one report of it says may be in a profile. Of a mission's own reports a profile has what at least
/// five say.
const LEAST: usize = 1;
/// 1e-7 degree.
const WORLD: [i32; 4] = [-900_000_000, 900_000_000, -1_800_000_000, 1_800_000_000];
/// 63 years of minutes from 1989 on.
const CENTURY: i64 = 1 << 25;

/// Shared knowledge. Minutes count from 1989-01-01, coordinates are in 1e-7 degree.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Names of sides, the most frequent first.
    pub names: Vec<String>,
    /// Places as latitude and longitude, the most frequent first.
    pub places: Vec<(i32, i32)>,
    pub base_minutes: i64,
    /// A power of two.
    pub horizon_minutes: i64,
    /// Least and greatest latitude, least and greatest longitude.
    pub bbox: [i32; 4],
    /// Of these units of coordinates, every coordinate of the experiment is a multiple.
    pub step: i32,
}

/// The names of all recs and their indices: in the structured part a name is such an index.
pub struct Names<'r> {
    index: HashMap<&'r str, usize>,
}

impl<'r> Names<'r> {
    /// The names of the training part by frequency, then those of the other.
    pub fn new(train: &'r [Rec], test: &'r [Rec]) -> Self {
        let mut index = HashMap::new();
        for name in frequent(sides(train), 1).into_iter().chain(frequent(sides(test), 1)) {
            let next = index.len();
            index.entry(name).or_insert(next);
        }
        Self { index }
    }

    pub fn index(&self, name: &str) -> usize {
        self.index.get(name).copied().unwrap_or_default()
    }

    /// What stands for each name in our reports.
    pub fn tokens(&self) -> Vec<String> {
        (0..self.index.len()).map(|index| index.to_string()).collect()
    }
}

impl Shared {
    /// No mission: names alone.
    pub fn general(names: Vec<String>, train: &[Rec], test: &[Rec]) -> Self {
        let step = step(train.iter().chain(test));
        Self { names, places: Vec::new(), base_minutes: 0, horizon_minutes: CENTURY, bbox: WORLD, step }
    }

    /// A mission that starts after the last report of its training part and ends with the other part.
    pub fn mission(names: Vec<String>, train: &[Rec], test: &[Rec]) -> Self {
        let base = train.last().map_or(0, |rec| rec.sent / MINUTES_A_DAY * MINUTES_A_DAY);
        let span = test.last().map_or(1, |rec| rec.sent + 1 - base);
        let bounds = |degrees: fn(&Rec) -> i32, [least, most]: [i32; 2]| {
            let low = i64::from(train.iter().map(degrees).min().unwrap_or(least));
            let high = i64::from(train.iter().map(degrees).max().unwrap_or(most));
            let margin = (high - low) / 20;
            let inside = |value: i64| value.clamp(i64::from(least), i64::from(most)) as i32;
            (inside(low - margin), inside(high + margin))
        };
        let [south, north, west, east] = WORLD;
        let (south, north) = bounds(|rec| rec.lat, [south, north]);
        let (west, east) = bounds(|rec| rec.lon, [west, east]);
        Self {
            names,
            places: frequent(train.iter().map(|rec| (rec.lat, rec.lon)), LEAST),
            base_minutes: base,
            horizon_minutes: (span as u64).next_power_of_two() as i64,
            bbox: [south, north, west, east],
            step: step(train.iter().chain(test)),
        }
    }
}

/// The names that may stand in a profile.
pub fn profile_names(train: &[Rec]) -> Vec<String> {
    frequent(sides(train), LEAST).into_iter().map(str::to_owned).collect()
}

fn sides(recs: &[Rec]) -> impl Iterator<Item = &str> {
    recs.iter().flat_map(|rec| &rec.sides).map(String::as_str)
}

/// What is said at least so many times, the most frequent first, the earlier first among equals.
fn frequent<T: Copy + Eq + Hash>(said: impl Iterator<Item = T>, least: usize) -> Vec<T> {
    let mut counts: HashMap<T, (usize, usize)> = HashMap::new();
    for (at, thing) in said.enumerate() {
        counts.entry(thing).or_insert((0, at)).0 += 1;
    }
    let mut all: Vec<_> = counts.into_iter().filter(|(_, (count, _))| *count >= least).collect();
    all.sort_by_key(|(_, (count, first))| (usize::MAX - count, *first));
    all.into_iter().map(|(thing, _)| thing).collect()
}

/// The coarsest of 1e-5, 1e-6 and 1e-7 degree that loses nothing.
fn step<'r>(recs: impl Iterator<Item = &'r Rec>) -> i32 {
    recs.flat_map(|rec| [rec.lat, rec.lon]).fold(100, |step, value| {
        [100, 10, 1].into_iter().find(|candidate| *candidate <= step && value % candidate == 0).unwrap_or(1)
    })
}
