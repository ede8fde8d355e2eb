//! ASN.1, unaligned packed encoding rules (X.691). A bit packer of our own writes what UPER does for this schema, so that
//! its constraints can come from shared knowledge at run time; a test holds it against the crate rasn.
//!
//! ```asn1
//! Increp DEFINITIONS AUTOMATIC TAGS ::= BEGIN
//! Violence ::= ENUMERATED { state, nonState, oneSided, ... }
//! DatePrecision ::= ENUMERATED { day, days, week, month, year, ... }
//! PlacePrecision ::= ENUMERATED { exact, near, adm2, adm1, area, country, international, ... }
//! Clarity ::= ENUMERATED { clear, unclear, ... }
//! Deaths ::= INTEGER (1..4, ...)
//! Place ::= CHOICE { listed INTEGER (0..PLACES-1), point SEQUENCE { lat INTEGER (SOUTH..NORTH, ...), lon INTEGER (WEST..EAST, ...) } }
//! Name ::= INTEGER (0..NAMES-1)                                                 -- in whole reports:
//! Name ::= CHOICE { listed INTEGER (0..NAMES-1), spelt UTF8String }
//! Report ::= SEQUENCE {
//!   version  INTEGER (0..255),
//!   author   INTEGER (0..255, ...),         -- mission: (0..31, ...); left out where the receiver knows it
//!   seq      INTEGER (0..2047, ...),        -- likewise
//!   time     INTEGER (0..33554431),         -- minutes since 1989; mission: (0..HORIZON-1, ...) since its base
//!                                           -- since the last report: (0..1023, ...); mission: (0..511, ...)
//!   kind     Violence,
//!   place    Place,                         -- A: lat INTEGER (-90..90 degrees), lon INTEGER (-180..180 degrees)
//!   a Name, b Name,
//!   lag      INTEGER (0..1, ...), dp DatePrecision, wp PlacePrecision,
//!   da Deaths OPTIONAL, db Deaths OPTIONAL, dc Deaths OPTIONAL, du Deaths OPTIONAL,
//!   clarity  Clarity, sources INTEGER (0..3, ...),
//!   days     INTEGER (1..32, ...) OPTIONAL,
//!   best     INTEGER (-8..7, ...) OPTIONAL, low INTEGER (-8..7, ...) OPTIONAL, high INTEGER (-8..7, ...) OPTIONAL
//!   -- whole reports: placeName UTF8String OPTIONAL, office UTF8String OPTIONAL, headline UTF8String OPTIONAL
//! }
//! Reports ::= SEQUENCE (SIZE (1..128)) OF Report
//! -- or, with delta times: a first Report, then up to 127 whose time is since the one before and whose number is
//! Seq ::= CHOICE { next INTEGER (1..1, ...), number INTEGER (0..2047, ...) }     -- the first if the author is in the batch
//! Batch ::= SEQUENCE { first Report, rest SEQUENCE (SIZE (0..127)) OF Report }
//! END
//! ```

mod bits;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use anyhow::{Result, ensure};

use self::bits::Bits;
use super::{Peer, UPER, UPER_DELTA};
use crate::content::{Content, Place, Schema, Side};
use crate::shared::Shared;

/// Degrees in steps of 1e-7.
const DEGREE: i64 = 10_000_000;
const MOST_ITEMS: usize = 128;

/// What shared knowledge makes of the constraints.
#[derive(Clone, Debug)]
struct Constraints {
    schema: Schema,
    lat: [i64; 2],
    lon: [i64; 2],
    places: i64,
    names: i64,
    horizon: i64,
}

/// What a batch has told before.
#[derive(Default)]
struct Batch {
    /// The time of the last report.
    time: i64,
    /// The last number of each author.
    last: HashMap<u16, u16>,
}

pub(super) fn peers(schema: Schema, shared: &Shared) -> Vec<Peer> {
    let constraints = Constraints::new(schema, shared);
    let mut peers = vec![plain(constraints.clone())];
    if schema != Schema::Known {
        peers.push(delta(constraints));
    }
    peers
}

fn plain(constraints: Constraints) -> Peer {
    let [one, one_back, many, many_back] = [(); 4].map(|()| constraints.clone());
    Peer {
        name: UPER,
        one: Some((
            Box::new(move |content| write(|bits| one.report(bits, &mut content.clone(), None))),
            Box::new(move |bytes| read(bytes, |bits, content| one_back.report(bits, content, None), 1).map(only)),
        )),
        many: Some((
            Box::new(move |contents| {
                write(|bits| {
                    bits.whole(&mut contents.len(), 1, MOST_ITEMS as i64)?;
                    contents.iter().try_for_each(|content| many.report(bits, &mut content.clone(), None))
                })
            }),
            Box::new(move |bytes| {
                let mut bits = Bits::read(bytes);
                let mut items = 0usize;
                bits.whole(&mut items, 1, MOST_ITEMS as i64)?;
                let mut contents = vec![Content::default(); items];
                contents.iter_mut().try_for_each(|content| many_back.report(&mut bits, content, None))?;
                bits.end()?;
                Ok(contents)
            }),
        )),
    }
}

fn delta(constraints: Constraints) -> Peer {
    let back = constraints.clone();
    Peer {
        name: UPER_DELTA,
        one: None,
        many: Some((
            Box::new(move |contents| write(|bits| constraints.batch(bits, &mut contents.to_vec()))),
            Box::new(move |bytes| {
                let mut bits = Bits::read(bytes);
                let mut contents = Vec::new();
                back.batch(&mut bits, &mut contents)?;
                bits.end()?;
                Ok(contents)
            }),
        )),
    }
}

fn write(walk: impl FnOnce(&mut Bits<'_>) -> Result<()>) -> Vec<u8> {
    let mut bits = Bits::write();
    walk(&mut bits).expect("every content keeps to the schema");
    bits.finish()
}

fn read(bytes: &[u8], walk: impl Fn(&mut Bits<'_>, &mut Content) -> Result<()>, items: usize) -> Result<Vec<Content>> {
    let mut bits = Bits::read(bytes);
    let mut contents = vec![Content::default(); items];
    contents.iter_mut().try_for_each(|content| walk(&mut bits, content))?;
    bits.end()?;
    Ok(contents)
}

fn only(mut contents: Vec<Content>) -> Content {
    contents.swap_remove(0)
}

impl Constraints {
    fn new(schema: Schema, shared: &Shared) -> Self {
        let step = i64::from(shared.step);
        let [south, north, west, east] = shared.bbox.map(i64::from);
        let [south, west] = [south, west].map(|low| low.div_euclid(step));
        let [north, east] = [north, east].map(|high| -(-high).div_euclid(step));
        debug_assert!(schema != Schema::Plain || east == 180 * DEGREE / step);
        Self {
            schema,
            lat: [south, north],
            lon: [west, east],
            places: shared.places.len() as i64,
            names: shared.names.len() as i64,
            horizon: shared.horizon_minutes,
        }
    }

    /// A batch in which times and numbers are differences.
    fn batch(&self, bits: &mut Bits<'_>, contents: &mut Vec<Content>) -> Result<()> {
        let mut batch = Batch::default();
        if bits.reads() {
            contents.push(Content::default());
        }
        let mut rest = contents.len() - 1;
        self.report(bits, &mut contents[0], None)?;
        batch.note(&contents[0]);
        bits.whole(&mut rest, 0, MOST_ITEMS as i64 - 1)?;
        contents.resize(rest + 1, Content::default());
        for content in &mut contents[1..] {
            self.report(bits, content, Some(&batch))?;
            batch.note(content);
        }
        Ok(())
    }

    /// Writes or reads a report.
    fn report(&self, bits: &mut Bits<'_>, content: &mut Content, batch: Option<&Batch>) -> Result<()> {
        let mission = self.schema != Schema::Plain;
        let mut optional = [
            content.deaths_a != 0,
            content.deaths_b != 0,
            content.deaths_civilians != 0,
            content.deaths_unknown != 0,
            content.days != 0,
            content.best != 0,
            content.low != 0,
            content.high != 0,
        ];
        optional.iter_mut().try_for_each(|there| bits.flag(there))?;
        let mut texts = [&content.place_name, &content.office, &content.headline].map(|text| !text.is_empty());
        if self.schema == Schema::Whole {
            texts.iter_mut().try_for_each(|there| bits.flag(there))?;
        }
        let [deaths_a, deaths_b, deaths_civilians, deaths_unknown, days, best, low, high] = optional;

        if self.schema == Schema::Known {
            // The receiver knows that too, as ours does.
            content.version = crate::content::VERSION;
        } else {
            bits.whole(&mut content.version, 0, 255)?;
        }
        if self.schema != Schema::Known {
            bits.open(&mut content.author, 0, if mission { 31 } else { 255 })?;
        }
        match batch {
            Some(batch) => self.difference(bits, content, batch)?,
            None if self.schema == Schema::Known => bits.open(&mut content.time, 0, 511)?,
            None => {
                bits.open(&mut content.seq, 0, 2047)?;
                if mission {
                    bits.open(&mut content.time, 0, self.horizon - 1)?;
                } else {
                    bits.whole(&mut content.time, 0, self.horizon - 1)?;
                }
            }
        }
        bits.code(&mut content.kind, 3)?;
        self.place(bits, content)?;
        if self.schema == Schema::Whole {
            self.name(bits, &mut content.name_a)?;
            self.name(bits, &mut content.name_b)?;
        } else {
            bits.whole(&mut content.side_a, 0, self.names - 1)?;
            bits.whole(&mut content.side_b, 0, self.names - 1)?;
        }
        bits.open(&mut content.lag, 0, 1)?;
        bits.code(&mut content.date_precision, 5)?;
        bits.code(&mut content.place_precision, 7)?;
        bits.optional(deaths_a, &mut content.deaths_a, 1, 4)?;
        bits.optional(deaths_b, &mut content.deaths_b, 1, 4)?;
        bits.optional(deaths_civilians, &mut content.deaths_civilians, 1, 4)?;
        bits.optional(deaths_unknown, &mut content.deaths_unknown, 1, 4)?;
        bits.code(&mut content.clarity, 2)?;
        bits.open(&mut content.sources, 0, 3)?;
        bits.optional(days, &mut content.days, 1, 32)?;
        bits.optional(best, &mut content.best, -8, 7)?;
        bits.optional(low, &mut content.low, -8, 7)?;
        bits.optional(high, &mut content.high, -8, 7)?;
        for (there, text) in texts.into_iter().zip([&mut content.place_name, &mut content.office, &mut content.headline]) {
            if there {
                bits.text(text)?;
            }
        }
        Ok(())
    }

    fn difference(&self, bits: &mut Bits<'_>, content: &mut Content, batch: &Batch) -> Result<()> {
        let last = batch.last.get(&content.author).copied();
        let mut next = last.is_some();
        let mut number = !next;
        bits.flag(&mut number)?;
        next &= !number;
        if let (true, Some(last)) = (next, last) {
            let mut step = i64::from(content.seq) - i64::from(last);
            bits.open(&mut step, 1, 1)?;
            content.seq = u16::try_from(i64::from(last) + step)?;
        } else {
            ensure!(number, "the first report of an author has a number");
            bits.open(&mut content.seq, 0, 2047)?;
        }
        let mut since = i64::from(content.time) - batch.time;
        bits.open(&mut since, 0, if self.schema == Schema::Plain { 1023 } else { 511 })?;
        content.time = u32::try_from(batch.time + since)?;
        Ok(())
    }

    fn place(&self, bits: &mut Bits<'_>, content: &mut Content) -> Result<()> {
        let ([south, north], [west, east]) = (self.lat, self.lon);
        if self.schema == Schema::Plain {
            bits.whole(&mut content.lat, south, north)?;
            return bits.whole(&mut content.lon, west, east);
        }
        let mut novel = matches!(content.place, Place::Point(..));
        bits.flag(&mut novel)?;
        if novel {
            let (mut lat, mut lon) = if let Place::Point(lat, lon) = content.place { (lat, lon) } else { (0, 0) };
            bits.open(&mut lat, south, north)?;
            bits.open(&mut lon, west, east)?;
            content.place = Place::Point(lat, lon);
        } else {
            let mut listed = if let Place::Listed(listed) = content.place { listed } else { 0 };
            bits.whole(&mut listed, 0, self.places - 1)?;
            content.place = Place::Listed(listed);
        }
        Ok(())
    }

    fn name(&self, bits: &mut Bits<'_>, side: &mut Side) -> Result<()> {
        let mut spelt = matches!(side, Side::Spelt(_));
        bits.flag(&mut spelt)?;
        if spelt {
            let mut name = if let Side::Spelt(name) = side { std::mem::take(name) } else { String::new() };
            bits.text(&mut name)?;
            *side = Side::Spelt(name);
        } else {
            let mut listed = if let Side::Listed(listed) = side { *listed } else { 0 };
            bits.whole(&mut listed, 0, self.names - 1)?;
            *side = Side::Listed(listed);
        }
        Ok(())
    }
}

impl Batch {
    fn note(&mut self, content: &Content) {
        self.time = i64::from(content.time);
        self.last.insert(content.author, content.seq);
    }
}
