//! Forms: the steps that an encoder looks for are those that a walk through the report takes, whatever the report says.

#![allow(clippy::unwrap_used)] // a test

use std::collections::{BTreeMap, BTreeSet};

use increp::model::bounds::Bound;
use increp::model::describe::Record;
use increp::model::{Count, Entry, Event, Fields, Id, Layout, Place, Point, Record as _, Report, Stopped, Time, Walk};
use increp::wire::packed::{self, Known, MOST_STEPS, Profile, section};
use increp::{Error, MAX_LEN};
use increp_cli::train::{Sections, blob};
use proptest::prelude::*;

/// Goes through a report as packing does, and notes the steps.
#[derive(Default)]
struct Steps {
    error: Option<Error>,
    /// The sets of fields that each record has.
    sets: BTreeMap<u32, BTreeSet<u32>>,
    keys: BTreeSet<String>,
    steps: Vec<Step>,
    /// The records that the walk is in, and which field it is in.
    within: Vec<(u32, u8)>,
}

/// A step, before it is known what stands where in the profile.
enum Step {
    Set(u32, u32),
    Key(String),
    Byte(usize),
}

impl<'a> Walk<'a> for Steps {
    fn error(&mut self) -> &mut Error {
        self.error.get_or_insert_with(|| increp::decode(&[]).unwrap_err())
    }

    fn field(&mut self, number: u8) {
        self.within.push((0, number));
    }

    fn item(&mut self, _: u8) {
        self.within.push((0, 0));
    }

    fn leave(&mut self) {
        self.within.pop();
    }

    fn fields(&mut self, layout: &'static Layout, reported: u32) -> Result<Fields, Stopped> {
        self.sets.entry(layout.id).or_default().insert(reported);
        self.steps.push(Step::Set(layout.id, reported));
        if let Some((record, _)) = self.within.last_mut() {
            *record = layout.id;
        }
        Ok(first(layout, Fields::reported(layout, reported)))
    }

    fn code(&mut self, code: u8) -> Result<u8, Stopped> {
        self.steps.push(Step::Byte(code.into()));
        Ok(code)
    }

    fn flag(&mut self, flag: bool) -> Result<bool, Stopped> {
        self.steps.push(Step::Byte(flag.into()));
        Ok(flag)
    }

    fn case(&mut self, case: u8, _: u8) -> Result<u8, Stopped> {
        self.steps.push(Step::Byte(case.into()));
        Ok(case)
    }

    fn length(&mut self, items: usize, _: usize) -> Result<usize, Stopped> {
        self.steps.push(Step::Byte(items));
        Ok(items)
    }

    fn unsigned(&mut self, value: u32, _: u8) -> Result<u32, Stopped> {
        Ok(value)
    }

    fn signed(&mut self, value: i64, _: u8) -> Result<i64, Stopped> {
        Ok(value)
    }

    fn stamp(&mut self, seconds: i64) -> Result<i64, Stopped> {
        let unit = [86_400, 3600, 60, 1].iter().position(|unit| seconds.rem_euclid(*unit) == 0).unwrap();
        self.steps.push(Step::Byte(unit));
        Ok(seconds)
    }

    fn text(&mut self, text: Option<&'a str>, _: &'static Bound) -> Result<&'a str, Stopped> {
        let text = text.unwrap();
        if matches!(self.within.as_slice(), [.., (record, _), (_, 0)] if *record == Entry::LAYOUT.id) {
            self.keys.insert(text.to_owned());
            self.steps.push(Step::Key(text.to_owned()));
        }
        Ok(text)
    }

    fn digest(&mut self, digest: &[u8; 32]) -> Result<[u8; 32], Stopped> {
        Ok(*digest)
    }

    fn id(&mut self, id: Id) -> Option<Result<Id, Stopped>> {
        Some(Ok(id))
    }

    fn point(&mut self, point: Point) -> Option<Result<Point, Stopped>> {
        Some(Ok(point))
    }
}

/// The fields that packing writes before the others, as SPEC.md 3.7 has them.
fn first(layout: &Layout, fields: Fields) -> Fields {
    let orders: [(&Layout, &Record, &[&str]); 4] = [
        (Event::LAYOUT, Event::RECORD, &["type", "planned", "parties"]),
        (Time::LAYOUT, Time::RECORD, &["precision", "end", "start"]),
        (Place::LAYOUT, Place::RECORD, &["precision", "point"]),
        (Count::LAYOUT, Count::RECORD, &["of", "item", "who"]),
    ];
    let Some((_, record, names)) = orders.into_iter().find(|(record, ..)| record.id == layout.id) else { return fields };
    let number = |name: &&str| 1 + u32::try_from(record.fields.iter().position(|field| field.name == *name).unwrap()).unwrap();
    fields.beginning(names.iter().rev().map(number).fold(0, |first, number| first << 8 | number))
}

/// A profile of these sets and names, and of no form or one.
fn profile(sets: &BTreeMap<u32, BTreeSet<u32>>, keys: &BTreeSet<String>, form: Option<&[u8]>) -> Vec<u8> {
    let short = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
    let mut sections = Sections::default();
    let (mut records, mut all) = (vec![u8::try_from(sets.len()).unwrap()], Vec::new());
    for (record, sets) in sets {
        records.extend(record.to_le_bytes());
        records.extend([short(all.len()), short(sets.len())].concat());
        all.extend(sets.iter().copied());
    }
    records.extend(all.into_iter().flat_map(u32::to_le_bytes));
    sections[section::MASKS] = records;
    let (mut names, mut start) = (short(keys.len()).to_vec(), 0u32);
    names.extend((0..keys.len()).flat_map(short));
    for key in keys {
        names.extend(start.to_le_bytes());
        start += u32::try_from(key.len()).unwrap();
    }
    names.extend(start.to_le_bytes());
    names.extend(keys.iter().flat_map(|key| key.bytes()));
    sections[section::NAMES] = names;
    if let Some(form) = form {
        sections[section::FORMS] = [&short(1), &short(0), &short(form.len()), form].concat();
    }
    blob(&sections)
}

proptest! {
    #[test]
    fn a_report_of_a_form_is_found_whatever_it_says_and_comes_back(seed in increp_tests::reports()) {
        let report = seed.report();
        let mut walk = Steps::default();
        prop_assert!(report.put(&mut walk).is_ok());
        // So many names that some ranks take two bytes.
        walk.keys.extend((0..400).map(|name| format!("m{name:03}")));
        let place = |step: &Step| match step {
            Step::Set(record, set) => vec![walk.sets[record].iter().position(|other| other == set).unwrap()],
            Step::Key(key) => {
                let rank = walk.keys.iter().position(|other| other == key).unwrap();
                vec![rank & 0xff, rank >> 8]
            }
            Step::Byte(byte) => vec![*byte],
        };
        let form: Vec<u8> = walk.steps.iter().flat_map(place).map(|step| u8::try_from(step).unwrap()).collect();

        let blob = profile(&walk.sets, &walk.keys, None);
        let mut found = Vec::new();
        let known = packed::walk(&report, &Profile::new(&blob).unwrap(), |step| {
            found.push(step);
            true
        });
        prop_assert!(known);
        prop_assert_eq!(&found, &form);

        let blob = profile(&walk.sets, &walk.keys, Some(&form));
        let profile = Profile::new(&blob).unwrap();
        let (mut buffer, mut room, mut read) = (vec![0; MAX_LEN], vec![0; MAX_LEN], Report::default());
        let bytes = packed::encode(&report, &profile, &Known::default(), &mut buffer).unwrap();
        packed::decode_into(bytes, &profile, &Known::default(), &mut read, &mut room).unwrap();
        prop_assert_eq!(&read, &report);

        // Of another form the report is none: it has one step less.
        let blob = self::profile(&walk.sets, &walk.keys, form.split_last().map(|(_, form)| form));
        let other = Profile::new(&blob).unwrap();
        let mut buffer = vec![0; MAX_LEN];
        let without = packed::encode(&report, &other, &Known::default(), &mut buffer).unwrap();
        let packs = |bytes: &[u8]| bytes[0] >= packed::PACKED;
        if form.len() <= MOST_STEPS && packs(bytes) && packs(without) {
            prop_assert!(bytes.len() <= without.len());
        }
    }
}
