//! `increp profile show`: what a profile holds.

use std::io::Write as _;

use anyhow::Result;
use increp::model::Stamp;
use increp::wire::packed::{Area, Entry, PROFILE_VERSION, SECTION_NAMES};
use serde_json::{Value, json};

use super::many;
use super::meaning::degrees;
use crate::args::ProfileShow;
use crate::escaped;
use crate::exit::Exit;
use crate::files::standard_output;
use crate::profiles::{Named, id, sections};

pub(super) fn show(arguments: &ProfileShow) -> Result<Exit> {
    let named = Named::open(&arguments.profile)?;
    let mut out = standard_output();
    if arguments.json {
        writeln!(out, "{}", as_json(&named, arguments.strings))?;
        return Ok(Exit::Success);
    }
    let Named { name, blob, profile } = &named;
    writeln!(out, "{name}")?;
    writeln!(out, "id       {}", id(profile))?;
    writeln!(out, "tag      {:#x}", profile.tag())?;
    writeln!(out, "version  {PROFILE_VERSION}")?;
    writeln!(out, "size     {}", many(blob.len() as u64, "byte"))?;
    if let Some(area) = profile.area() {
        let Area { lat: [south, north], lon: [west, east], .. } = area;
        let [south, north, west, east] = [south, north, west, east].map(|units| degrees(increp::model::Degrees(units)));
        let [from, to] = time(&area);
        writeln!(out, "time     {from} to {to}")?;
        writeln!(out, "area     latitude {south} to {north}, longitude {west} to {east}")?;
    }
    writeln!(out)?;
    writeln!(out, "section       bytes")?;
    for (section, what) in SECTION_NAMES.iter().zip(sections(blob)).zip(contents(&named)) {
        let (name, bytes) = section;
        writeln!(out, "{}", format!("{name:10} {:>8}  {what}", bytes.len()).trim_end())?;
    }
    if arguments.strings {
        writeln!(out)?;
        for name in profile.names() {
            writeln!(out, "name   {}", escaped(name))?;
        }
        for entry in places(&named) {
            let (point, name) = place(&named, &entry);
            writeln!(out, "{}", format!("place  {point}  {}", escaped(name.unwrap_or_default())).trim_end())?;
        }
    }
    Ok(Exit::Success)
}

fn as_json(named: &Named, strings: bool) -> Value {
    let Named { name, blob, profile } = named;
    let lengths = SECTION_NAMES.iter().zip(sections(blob)).map(|(name, bytes)| ((*name).to_owned(), bytes.len().into()));
    let [records, sets] = profile.masks().many();
    let (text, gazetteer) = (profile.text().is_some(), profile.gazetteer());
    let mut object = json!({
        "profile": name, "id": id(profile), "tag": profile.tag(), "version": PROFILE_VERSION, "size": blob.len(),
        "sections": Value::Object(lengths.collect()),
        "sets": sets, "records": records, "forms": profile.forms().len(), "weights": profile.weights().many(), "names": profile.names().count(),
        "places": gazetteer.first.len(), "further_places": gazetteer.second.len(), "text": text,
    });
    if let Some(area) = profile.area() {
        let Area { lat, lon, .. } = area;
        let [lat, lon] = [lat, lon].map(|limits| limits.map(increp::model::Degrees));
        let [from, to] = time(&area);
        object["area"] = json!({ "from": from, "to": to, "lat": lat, "lon": lon });
    }
    if strings {
        object["strings"] = profile.names().collect();
        let listed = places(named).into_iter().map(|entry| {
            let mut object = json!({ "lat": entry.point.lat, "lon": entry.point.lon });
            if let (_, Some(name)) = place(named, &entry) {
                object["name"] = name.into();
            }
            object
        });
        object["listed"] = listed.collect();
    }
    object
}

/// When an area's reports are sent.
fn time(area: &Area) -> [String; 2] {
    [area.base, area.base + 60 * i64::from(area.minutes)].map(|seconds| Stamp::new(seconds).to_string())
}

/// What each section holds, in words.
fn contents(named: &Named) -> [String; SECTION_NAMES.len()] {
    let [records, sets] = named.profile.masks().many().map(|many| many as u64);
    let weights = named.profile.weights().many() as u64;
    let (gazetteer, forms) = (named.profile.gazetteer(), named.profile.forms());
    let further = gazetteer.second.len() as u64;
    let further = if further == 0 { String::new() } else { format!(" and {further} further ones") };
    let said = |there: bool, what: String| if there { what } else { String::new() };
    [
        said(named.profile.area().is_some(), "when and where reports are".to_owned()),
        said(sets > 0, format!("{} of fields of {}", many(sets, "set"), many(records, "record"))),
        said(!forms.is_empty(), many(forms.len() as u64, "form")),
        said(weights > 0, many(weights, "weight")),
        said(named.profile.names().next().is_some(), many(named.profile.names().count() as u64, "name")),
        said(!gazetteer.first.is_empty(), format!("{}{further}", many(gazetteer.first.len() as u64, "place"))),
        said(named.profile.text().is_some(), "a text model".to_owned()),
    ]
}

fn places(named: &Named) -> Vec<Entry> {
    let gazetteer = named.profile.gazetteer();
    gazetteer.first.iter().chain(gazetteer.second.iter()).collect()
}

/// Point and name of a place.
fn place(named: &Named, entry: &Entry) -> (String, Option<&'static str>) {
    let name = entry.name.and_then(|rank| named.profile.names().nth(rank.into()));
    (format!("{}, {}", degrees(entry.point.lat), degrees(entry.point.lon)), name)
}
