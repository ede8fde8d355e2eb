//! `increp profile`: what is in a profile, and a profile as source text.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::{Result, bail};
use increp::model::{Degrees, Stamp};
use increp::wire::packed::{LENGTHS, SECTION_NAMES, SECTIONS};
use serde_json::{Value, json};

use super::encode::hex;
use crate::args::{ProfileExport, ProfileShow};
use crate::exit::Exit;
use crate::files::{Content, Output};
use crate::profiles::{Named, open};

/// The bytes of each section.
pub(super) fn sections(blob: &[u8]) -> Vec<(&'static str, usize)> {
    let lengths = blob.get(LENGTHS..SECTIONS).unwrap_or_default().as_chunks().0;
    SECTION_NAMES.iter().copied().zip(lengths.iter().map(|length| u32::from_le_bytes(*length) as usize)).collect()
}

pub(super) fn show(arguments: &ProfileShow) -> Result<Exit> {
    let named = open(&arguments.profile)?;
    let Named { name, profile, blob } = &named;
    let (first, second) = (profile.gazetteer().first, profile.gazetteer().second);
    let degrees = |limits: [i32; 2]| limits.map(|limit| serde_json::to_value(Degrees(limit)).unwrap_or_default());
    let area = profile.area().map(|area| {
        json!({
            "base": Stamp::new(area.base).to_string(), "minutes": area.minutes,
            "latitude": degrees(area.lat), "longitude": degrees(area.lon),
        })
    });
    let sections: serde_json::Map<String, Value> =
        sections(blob).into_iter().map(|(section, bytes)| (section.to_owned(), bytes.into())).collect();
    let mut all = json!({
        "name": name, "id": hex(profile.id()), "tag": profile.tag(), "bytes": blob.len(), "sections": sections,
        "mission": area, "names": profile.names().count(), "places": [first.len(), second.len()],
    });
    if arguments.strings {
        all["strings"] = profile.names().collect();
    }
    let mut out = std::io::stdout();
    if arguments.json {
        writeln!(out, "{all}")?;
        return Ok(Exit::Success);
    }
    writeln!(out, "{name}: {} bytes, version {}", blob.len(), blob.get(4).unwrap_or(&0))?;
    writeln!(out, "id        {}", hex(profile.id()))?;
    writeln!(out, "tag       {:#04x}", profile.tag())?;
    for (section, bytes) in &sections {
        let what = match section.as_str() {
            "area" => "when and where the mission is".to_owned(),
            "masks" => "which fields reports have together".to_owned(),
            "weights" => "what makes which value likely".to_owned(),
            "names" => format!("{} names", profile.names().count()),
            "gazetteer" => format!("{} places, and {} of a public list", first.len(), second.len()),
            _ => "which letters follow which".to_owned(),
        };
        writeln!(out, "{section:9} {bytes:6} bytes, {what}")?;
    }
    if let Some(area) = profile.area() {
        let [south, north] = degrees(area.lat);
        let [west, east] = degrees(area.lon);
        writeln!(out, "from      {}, for {} days", Stamp::new(area.base), area.minutes / 1440)?;
        writeln!(out, "within    {south} to {north} north, {west} to {east} east")?;
    }
    for string in profile.names().filter(|_| arguments.strings) {
        writeln!(out, "{string:?}")?;
    }
    Ok(Exit::Success)
}

pub(super) fn export(arguments: &ProfileExport) -> Result<Exit> {
    let Named { name, profile, blob } = open(&arguments.profile)?;
    let constant = &arguments.name;
    let good = constant.starts_with(|first: char| first.is_ascii_alphabetic())
        && constant.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !good {
        bail!("expected a name of letters, digits and \"_\", found {constant:?}");
    }
    let id = hex(profile.id());
    let mut text = if arguments.c {
        format!(
            "/* Profile {name}, id {id}. */\n#include <stdint.h>\n\nconst uint32_t {constant}_LEN = {};\n_Alignas(4) const uint8_t {constant}[{}] = {{\n",
            blob.len(),
            blob.len()
        )
    } else {
        format!("/// Profile {name}, id {id}.\n#[rustfmt::skip]\npub static {constant}: [u8; {}] = [\n", blob.len())
    };
    for line in blob.chunks(24) {
        let bytes: Vec<String> = line.iter().map(u8::to_string).collect();
        // Writing to a string does not fail.
        let _ = writeln!(text, "    {},", bytes.join(", "));
    }
    text.push_str(if arguments.c { "};\n" } else { "];\n" });
    let mut output = Output::open(&arguments.output, Content::Text)?;
    output.write_all(text.as_bytes())?;
    output.finish()?;
    Ok(Exit::Success)
}
