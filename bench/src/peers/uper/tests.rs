//! The same schema by the crate rasn, with constraints fixed, on contents inside and outside of every range.

use rasn::prelude::*;

use super::{Constraints, delta, plain};
use crate::content::{Content, Place, Schema, Side};
use crate::peers::Peer;
use crate::random::Random;

const NAMES: i64 = 74;
const PLACES: i64 = 300;
const HORIZON: i64 = 1 << 20;

macro_rules! enumerated {
    ($name:ident { $($value:ident = $number:literal),* }) => {
        #[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
        #[rasn(enumerated, automatic_tags)]
        #[non_exhaustive]
        enum $name { $($value = $number),* }

        impl From<u8> for $name {
            fn from(code: u8) -> Self {
                [$(Self::$value),*][usize::from(code)]
            }
        }
    };
}

enumerated! { Violence { State = 0, NonState = 1, OneSided = 2 } }
enumerated! { DatePrecision { Day = 0, Days = 1, Week = 2, Month = 3, Year = 4 } }
enumerated! { PlacePrecision { Exact = 0, Near = 1, Adm2 = 2, Adm1 = 3, Area = 4, Country = 5, International = 6 } }
enumerated! { Clarity { Clear = 0, Unclear = 1 } }

#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq)]
#[rasn(automatic_tags)]
struct Located {
    #[rasn(value("1400000..=3300000", extensible))]
    lat: Integer,
    #[rasn(value("-11800000..=-8600000", extensible))]
    lon: Integer,
}

#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq)]
#[rasn(choice, automatic_tags)]
enum Placed {
    #[rasn(value("0..=299"))]
    Listed(Integer),
    Point(Located),
}

#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq)]
#[rasn(choice, automatic_tags)]
enum Named {
    #[rasn(value("0..=73"))]
    Listed(Integer),
    Spelt(Utf8String),
}

#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq)]
#[rasn(choice, automatic_tags)]
enum Numbered {
    #[rasn(value("1", extensible))]
    Next(Integer),
    #[rasn(value("0..=2047", extensible))]
    Number(Integer),
}

/// A report; fields that differ between schemas are given, and the texts behind all others.
macro_rules! report {
    ($name:ident { $($front:tt)* } { $($middle:tt)* } { $($back:tt)* }) => {
        #[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq)]
        #[rasn(automatic_tags)]
        struct $name {
            #[rasn(value("0..=255"))]
            version: Integer,
            $($front)*
            kind: Violence,
            $($middle)*
            #[rasn(value("0..=1", extensible))]
            lag: Integer,
            date_precision: DatePrecision,
            place_precision: PlacePrecision,
            #[rasn(value("1..=4", extensible))]
            deaths_a: Option<Integer>,
            #[rasn(value("1..=4", extensible))]
            deaths_b: Option<Integer>,
            #[rasn(value("1..=4", extensible))]
            deaths_civilians: Option<Integer>,
            #[rasn(value("1..=4", extensible))]
            deaths_unknown: Option<Integer>,
            clarity: Clarity,
            #[rasn(value("0..=3", extensible))]
            sources: Integer,
            #[rasn(value("1..=32", extensible))]
            days: Option<Integer>,
            #[rasn(value("-8..=7", extensible))]
            best: Option<Integer>,
            #[rasn(value("-8..=7", extensible))]
            low: Option<Integer>,
            #[rasn(value("-8..=7", extensible))]
            high: Option<Integer>,
            $($back)*
        }
    };
}

report! { PlainReport {
    #[rasn(value("0..=255", extensible))]
    author: Integer,
    #[rasn(value("0..=2047", extensible))]
    seq: Integer,
    #[rasn(value("0..=33554431"))]
    time: Integer,
} {
    #[rasn(value("-9000000..=9000000"))]
    lat: Integer,
    #[rasn(value("-18000000..=18000000"))]
    lon: Integer,
    #[rasn(value("0..=73"))]
    side_a: Integer,
    #[rasn(value("0..=73"))]
    side_b: Integer,
} {} }

report! { MissionReport {
    #[rasn(value("0..=31", extensible))]
    author: Integer,
    #[rasn(value("0..=2047", extensible))]
    seq: Integer,
    #[rasn(value("0..=1048575", extensible))]
    time: Integer,
} {
    place: Placed,
    #[rasn(value("0..=73"))]
    side_a: Integer,
    #[rasn(value("0..=73"))]
    side_b: Integer,
} {} }

report! { NextReport {
    #[rasn(value("0..=31", extensible))]
    author: Integer,
    seq: Numbered,
    #[rasn(value("0..=511", extensible))]
    time: Integer,
} {
    place: Placed,
    #[rasn(value("0..=73"))]
    side_a: Integer,
    #[rasn(value("0..=73"))]
    side_b: Integer,
} {} }

report! { WholeReport {
    #[rasn(value("0..=31", extensible))]
    author: Integer,
    #[rasn(value("0..=2047", extensible))]
    seq: Integer,
    #[rasn(value("0..=1048575", extensible))]
    time: Integer,
} {
    place: Placed,
    name_a: Named,
    name_b: Named,
} {
    place_name: Option<Utf8String>,
    office: Option<Utf8String>,
    headline: Option<Utf8String>,
} }

#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq)]
#[rasn(automatic_tags)]
struct Batch {
    first: MissionReport,
    #[rasn(size("0..=127"))]
    rest: SequenceOf<NextReport>,
}

#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq)]
#[rasn(delegate, size("1..=128"))]
struct Reports(SequenceOf<PlainReport>);

fn there<N: Into<Integer> + Default + PartialEq>(value: N) -> Option<Integer> {
    (value != N::default()).then(|| value.into())
}

/// The report of a content: fields that differ between schemas are given.
macro_rules! from_content {
    ($report:ident, $content:expr, { $($own:tt)* }) => {{
        let content = $content;
        $report {
            version: content.version.into(),
            author: content.author.into(),
            kind: content.kind.into(),
            lag: content.lag.into(),
            date_precision: content.date_precision.into(),
            place_precision: content.place_precision.into(),
            deaths_a: there(content.deaths_a),
            deaths_b: there(content.deaths_b),
            deaths_civilians: there(content.deaths_civilians),
            deaths_unknown: there(content.deaths_unknown),
            clarity: content.clarity.into(),
            sources: content.sources.into(),
            days: there(content.days),
            best: there(content.best),
            low: there(content.low),
            high: there(content.high),
            $($own)*
        }
    }};
}

fn plain_report(c: &Content) -> PlainReport {
    let [lat, lon] = [c.lat, c.lon].map(Integer::from);
    let [side_a, side_b] = [c.side_a, c.side_b].map(Integer::from);
    from_content!(PlainReport, c, { seq: c.seq.into(), time: c.time.into(), lat, lon, side_a, side_b, })
}

fn mission_report(c: &Content) -> MissionReport {
    let [side_a, side_b] = [c.side_a, c.side_b].map(Integer::from);
    from_content!(MissionReport, c, { seq: c.seq.into(), time: c.time.into(), place: placed(&c.place), side_a, side_b, })
}

fn whole_report(c: &Content) -> WholeReport {
    let name = |side: &Side| match side {
        Side::Listed(index) => Named::Listed((*index).into()),
        Side::Spelt(name) => Named::Spelt(name.clone()),
    };
    let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    from_content!(WholeReport, c, {
        seq: c.seq.into(), time: c.time.into(), place: placed(&c.place), name_a: name(&c.name_a), name_b: name(&c.name_b),
        place_name: text(&c.place_name), office: text(&c.office), headline: text(&c.headline),
    })
}

fn placed(place: &Place) -> Placed {
    match place {
        Place::Listed(index) => Placed::Listed((*index).into()),
        Place::Point(lat, lon) => Placed::Point(Located { lat: (*lat).into(), lon: (*lon).into() }),
    }
}

/// Mostly small numbers, some that are beyond every range.
fn contents(schema: Schema) -> Vec<Content> {
    let mut random = Random::new(3);
    let mut time = 0;
    (0..1000u16)
        .map(|at| {
            let mut wide = |most: u32| {
                let most = if random.below(4) == 0 { most } else { 6 };
                random.below(most)
            };
            time += wide(3000);
            let mut content = Content {
                version: wide(256) as u8,
                author: wide(300) as u16,
                seq: at * 13,
                time,
                kind: wide(3).min(2) as u8,
                lag: wide(70_000),
                date_precision: wide(5).min(4) as u8,
                place_precision: wide(7) as u8,
                deaths_a: wide(100_000),
                deaths_b: wide(200),
                deaths_civilians: wide(40_000),
                deaths_unknown: wide(9),
                clarity: wide(2).min(1) as u8,
                sources: wide(255) as u8,
                days: wide(400),
                best: wide(600) as i32 - 300,
                low: wide(70_000) as i32 - 35_000,
                high: wide(256) as i32 - 128,
                ..Content::default()
            };
            let point = (wide(18_000_001) as i32 - 9_000_000, wide(36_000_001) as i32 - 18_000_000);
            if schema == Schema::Plain {
                (content.lat, content.lon) = point;
            } else if wide(2) == 0 {
                content.place = Place::Point(point.0, point.1);
            } else {
                content.place = Place::Listed(wide(300) as u16);
            }
            if schema == Schema::Whole {
                content.name_a = Side::Listed(wide(74) as u16);
                content.name_b = if wide(2) == 0 { Side::Spelt("é".repeat(wide(80) as usize + 1)) } else { Side::Listed(5) };
                content.headline = "x".repeat(wide(3000) as usize);
                content.office = "SOHR".repeat(wide(2) as usize);
            } else {
                (content.side_a, content.side_b) = (wide(74) as u16, wide(74) as u16);
            }
            content
        })
        .collect()
}

fn constraints(schema: Schema) -> Constraints {
    let (lat, lon, horizon) = match schema {
        Schema::Plain => ([-9_000_000, 9_000_000], [-18_000_000, 18_000_000], 1 << 25),
        _ => ([1_400_000, 3_300_000], [-11_800_000, -8_600_000], HORIZON),
    };
    Constraints { schema, lat, lon, places: PLACES, names: NAMES, horizon }
}

/// Our bytes, after they were read back.
fn one(peer: &Peer, content: &Content) -> Vec<u8> {
    let (write, read) = peer.one.as_ref().expect("a format for single reports");
    let bytes = write(content);
    assert_eq!(&read(&bytes).expect("own bytes"), content);
    bytes
}

#[test]
fn plain_is_what_rasn_writes() {
    let peer = plain(constraints(Schema::Plain));
    let contents = contents(Schema::Plain);
    for content in &contents {
        assert_eq!(one(&peer, content), rasn::uper::encode(&plain_report(content)).unwrap(), "{content:?}");
    }
    let (write, read) = peer.many.as_ref().unwrap();
    for contents in contents.chunks(100) {
        let bytes = write(contents);
        assert_eq!(read(&bytes).unwrap(), contents);
        assert_eq!(bytes, rasn::uper::encode(&Reports(contents.iter().map(plain_report).collect())).unwrap());
    }
}

#[test]
fn mission_is_what_rasn_writes() {
    let peer = plain(constraints(Schema::Mission));
    for content in &contents(Schema::Mission) {
        assert_eq!(one(&peer, content), rasn::uper::encode(&mission_report(content)).unwrap(), "{content:?}");
    }
}

#[test]
fn whole_is_what_rasn_writes() {
    let peer = plain(constraints(Schema::Whole));
    for content in &contents(Schema::Whole) {
        assert_eq!(one(&peer, content), rasn::uper::encode(&whole_report(content)).unwrap(), "{content:?}");
    }
}

#[test]
fn delta_is_what_rasn_writes() {
    let peer = delta(constraints(Schema::Mission));
    let (write, read) = peer.many.as_ref().unwrap();
    for contents in contents(Schema::Mission).chunks(100) {
        let bytes = write(contents);
        assert_eq!(read(&bytes).unwrap(), contents);
        let rest = (1..contents.len()).map(|at| {
            let c = &contents[at];
            let last = contents[..at].iter().rev().find(|before| before.author == c.author);
            let seq = match last {
                Some(last) => Numbered::Next((i64::from(c.seq) - i64::from(last.seq)).into()),
                None => Numbered::Number(c.seq.into()),
            };
            let time = Integer::from(c.time - contents[at - 1].time);
            let [side_a, side_b] = [c.side_a, c.side_b].map(Integer::from);
            from_content!(NextReport, c, { seq, time, place: placed(&c.place), side_a, side_b, })
        });
        let batch = Batch { first: mission_report(&contents[0]), rest: rest.collect() };
        assert_eq!(bytes, rasn::uper::encode(&batch).unwrap());
    }
}
