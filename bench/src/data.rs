//! Events of UCDP GED files as reports that a mission's observers could have sent.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use crate::random::Random;

/// Observers of a mission, numbered from 1 as HQ enrols them.
const AUTHORS: u32 = 24;
/// Days from 1970-01-01 to 1989-01-01, before which UCDP GED holds nothing.
pub const EPOCH_DAY: i64 = 6940;
pub const MINUTES_A_DAY: i64 = 1440;
/// The least rows of a country that are worth a table of its own.
const LEAST: usize = 100;

/// One event and its report. Days and minutes count from 1989-01-01.
#[derive(Clone, Debug)]
pub struct Rec {
    pub author: u16,
    pub seq: u16,
    /// When the report was written, in minutes.
    pub sent: i64,
    pub start: i64,
    pub end: i64,
    /// UCDP's codes, from 1 on.
    pub violence: u8,
    pub date_precision: u8,
    pub place_precision: u8,
    pub clarity: u8,
    /// Left out where UCDP says -1.
    pub sources: Option<u8>,
    /// In 1e-7 degree.
    pub lat: i32,
    pub lon: i32,
    pub sides: [String; 2],
    /// Of side a, of side b, civilians, unknown.
    pub deaths: [u32; 4],
    pub low: u32,
    pub best: u32,
    pub high: u32,
    pub place: String,
    pub office: String,
    pub headline: String,
}

/// The reports of one country in the order in which they were sent.
pub struct Set {
    pub name: String,
    pub recs: Vec<Rec>,
}

impl Set {
    /// The earlier 80 %, and the rest.
    pub fn split(&self) -> (&[Rec], &[Rec]) {
        self.recs.split_at(self.recs.len() * 4 / 5)
    }
}

/// A file, unpacked where its name ends in gz.
pub fn open(path: &Path) -> Result<Box<dyn Read>> {
    let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    let packed = path.extension().is_some_and(|extension| extension == "gz");
    Ok(if packed { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) })
}

/// Reads a file as one set.
pub fn read(name: &str, path: &Path) -> Result<Set> {
    let events = events(path)?.into_iter().map(|(_, event)| event).collect();
    Ok(Set { name: name.to_owned(), recs: sent(events) })
}

/// Reads a file as a set for each of its countries.
pub fn countries(path: &Path) -> Result<Vec<Set>> {
    let mut sets: Vec<(String, Vec<Rec>)> = Vec::new();
    for (country, event) in events(path)? {
        match sets.iter_mut().find(|(name, _)| *name == country) {
            Some((_, events)) => events.push(event),
            None => sets.push((country, vec![event])),
        }
    }
    sets.retain(|(_, events)| events.len() >= LEAST);
    Ok(sets.into_iter().map(|(name, events)| Set { name, recs: sent(events) }).collect())
}

/// The events of a file with their countries. Rows that cannot be read are told of and left out.
fn events(path: &Path) -> Result<Vec<(String, Rec)>> {
    let mut table = csv::Reader::from_reader(open(path)?);
    let columns = table.headers()?.clone();
    let mut events = Vec::new();
    let (mut left_out, mut why) = (0, None);
    for row in table.records() {
        let row = Row { columns: &columns, cells: &row? };
        match event(&row) {
            Ok(event) => events.push((row.text(&["country"]).to_owned(), event)),
            Err(error) => {
                left_out += 1;
                why.get_or_insert(error);
            }
        }
    }
    if let Some(why) = why {
        eprintln!("{}: {left_out} rows left out, the first because {why:#}", path.display());
    }
    ensure!(events.len() >= 50, "{}: {} events are too few to train on and to measure", path.display(), events.len());
    Ok(events)
}

struct Row<'r> {
    columns: &'r csv::StringRecord,
    cells: &'r csv::StringRecord,
}

impl Row<'_> {
    /// The cell of the first of these columns that there is; older releases name some differently.
    fn text(&self, names: &[&str]) -> &str {
        let column = names.iter().find_map(|name| self.columns.iter().position(|column| column == *name));
        column.and_then(|column| self.cells.get(column)).unwrap_or_default().trim()
    }

    fn number<T: TryFrom<i64>>(&self, names: &[&str]) -> Result<T> {
        let text = self.text(names);
        let number = text.strip_suffix(".0").unwrap_or(text).parse::<i64>().ok().and_then(|number| T::try_from(number).ok());
        number.with_context(|| format!("{} is {text:?}", names.join("/")))
    }

    fn code(&self, name: &str, most: u8) -> Result<u8> {
        let code = self.number(&[name])?;
        ensure!((1..=most).contains(&code), "{name} is {code}");
        Ok(code)
    }

    fn day(&self, name: &str) -> Result<i64> {
        let text = self.text(&[name]);
        day(text).with_context(|| format!("{name} is {text:?}"))
    }

    fn degrees(&self, names: &[&str]) -> Result<i32> {
        let text = self.text(names);
        degrees(text).with_context(|| format!("{} is {text:?}", names.join("/")))
    }
}

fn event(row: &Row<'_>) -> Result<Rec> {
    let start = row.day("date_start")?;
    let sources = row.number::<i64>(&["number_of_sources"]).unwrap_or(-1);
    let side = |name| {
        let side = row.text(&[name]);
        if side.is_empty() { bail!("{name} is blank") } else { Ok(side.to_owned()) }
    };
    Ok(Rec {
        author: 0,
        seq: 0,
        sent: 0,
        start,
        end: row.day("date_end")?.max(start),
        violence: row.code("type_of_violence", 3)?,
        date_precision: row.code("date_prec", 5)?,
        place_precision: row.code("where_prec", 7)?,
        clarity: row.code("event_clarity", 2)?,
        // One below the largest: peers write one more, and 0 for what is unknown.
        sources: if sources < 0 { None } else { Some(u8::try_from(sources + 1).context("number_of_sources is too large")? - 1) },
        lat: row.degrees(&["latitude", "lat_g"])?,
        lon: row.degrees(&["longitude", "lon_g"])?,
        sides: [side("side_a")?, side("side_b")?],
        deaths: [
            row.number(&["deaths_a"])?,
            row.number(&["deaths_b"])?,
            row.number(&["deaths_civilians"])?,
            row.number(&["deaths_unknown"])?,
        ],
        low: row.number(&["low", "low_est"])?,
        best: row.number(&["best", "best_est"])?,
        high: row.number(&["high", "high_est"])?,
        place: row.text(&["where_coordinates"]).to_owned(),
        office: row.text(&["source_office"]).to_owned(),
        headline: row.text(&["source_headline"]).to_owned(),
    })
}

/// Who sent each and when: after a minute of the last day of the event, soon or late; some observers far more often than others.
fn sent(mut recs: Vec<Rec>) -> Vec<Rec> {
    let mut random = Random::new(7);
    for rec in &mut recs {
        let minute = i64::from(random.below(1440));
        rec.sent = rec.end * MINUTES_A_DAY + minute + random.exponential(360.0);
    }
    recs.sort_by_key(|rec| rec.sent);
    let weights: Vec<f64> = (1..=AUTHORS).map(|rank| f64::from(rank).powf(-0.7)).collect();
    let mut next: Vec<u16> = weights.iter().map(|_| 1 + random.below(19) as u16).collect();
    for (author, seq) in recs.iter_mut().map(|rec| (&mut rec.author, &mut rec.seq)) {
        let index = random.weighted(&weights);
        *author = index as u16 + 1;
        *seq = next[index];
        next[index] += 1;
    }
    recs
}

/// "2016-01-31", and midnight behind it where a release has that.
fn day(text: &str) -> Option<i64> {
    let mut parts = text.get(..10)?.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    // Years start in March, so that the leap day ends them: Hinnant's days_from_civil.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(days - EPOCH_DAY).filter(|days| *days >= 0)
}

/// Decimal degrees in 1e-7 degree, exactly; further decimals are what floating point made of shorter numbers.
fn degrees(text: &str) -> Option<i32> {
    let (negative, number) = text.strip_prefix('-').map_or((false, text), |number| (true, number));
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let kept: String = decimals.chars().chain("0000000".chars()).take(7).collect();
    let up = i64::from(decimals.as_bytes().get(7).is_some_and(|digit| *digit >= b'5'));
    let units = whole.parse::<i64>().ok()?.checked_mul(10_000_000)? + kept.parse::<i64>().ok()? + up;
    i32::try_from(if negative { -units } else { units }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_1989() {
        assert_eq!(day("1989-01-01"), Some(0));
        assert_eq!(day("1992-02-29 00:00:00.000"), Some(3 * 365 + 59));
        assert_eq!(day("2016-01-31"), Some(16_831 - EPOCH_DAY));
        assert_eq!(day("1988-12-31"), None);
        assert_eq!(day("2016"), None);
    }

    #[test]
    fn degrees_are_exact() {
        assert_eq!(degrees("-99.12766"), Some(-991_276_600));
        assert_eq!(degrees("35"), Some(350_000_000));
        assert_eq!(degrees("36.201239999999998"), Some(362_012_400));
        assert_eq!(degrees("north"), None);
    }
}
