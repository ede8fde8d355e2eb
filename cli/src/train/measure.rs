//! What the fields of reports take with a profile.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::Result;
use increp::MAX_LEN;
use increp::model::describe::Path;
use increp::model::{Report, bounds::ALL_TEXT};
use increp::wire::packed::{self, Known, Position, Profile};
use increp::wire::{Seen, Trace};

/// Bits between two positions of the coder.
#[must_use]
pub fn between(start: Position, end: Position) -> f64 {
    let wide = |position: Position| (f64::from(position.range) + 1.0).log2();
    8.0 * (end.bytes as f64 - start.bytes as f64) + wide(start) - wide(end)
}

/// Bits by field, and bytes of all reports.
#[derive(Clone, Debug, Default)]
pub struct Bits {
    fields: BTreeMap<String, f64>,
    /// Of all reports.
    pub bytes: usize,
    now: String,
}

impl Bits {
    /// The fields of both, those that take the most with the other one first.
    #[must_use]
    pub fn side_by_side(&self, other: &Self) -> Vec<(String, (f64, f64))> {
        let names = self.fields.keys().chain(other.fields.keys());
        let of = |bits: &Self, name: &String| bits.fields.get(name).copied().unwrap_or(0.0);
        let mut all: Vec<_> = names.map(|name| (name.clone(), (of(self, name), of(other, name)))).collect();
        all.sort_by(|one, other| other.1.1.total_cmp(&one.1.1).then_with(|| one.0.cmp(&other.0)));
        all.dedup_by(|one, other| one.0 == other.0);
        all
    }
}

impl Trace for Bits {
    fn seen(&mut self, path: &Path, _: Range<usize>, seen: Seen<'_>) {
        let path = path.to_string();
        // The fields of the report, and those of its event.
        let end = path.match_indices(['.', '[']).nth(usize::from(path.starts_with("event.")));
        let field = end.map_or(path.as_str(), |(end, _)| path.split_at(end).0);
        self.now = match (field, seen) {
            ("", Seen::Header(_)) => "header",
            ("" | "event", _) => "which fields",
            _ => field,
        }
        .to_owned();
    }

    fn packed(&mut self, start: Position, end: Position) {
        *self.fields.entry(std::mem::take(&mut self.now)).or_default() += between(start, end);
    }
}

/// What reports take with a profile; each is decoded again and compared.
///
/// # Errors
/// A report is not valid; or it does not come back, which would be a defect.
pub fn bits(reports: &[Report<'_>], profile: &Profile<'_>) -> Result<Bits> {
    let mut bits = Bits::default();
    for report in reports {
        let mut buffer = [0; MAX_LEN];
        let mut room = vec![0; usize::try_from(ALL_TEXT.max).unwrap_or(0)];
        let bytes = packed::encode(report, profile, &Known::default(), &mut buffer)?;
        bits.bytes += bytes.len();
        let mut again = Report::default();
        packed::decode_traced(bytes, profile, &Known::default(), &mut again, &mut room, &mut bits)?;
        anyhow::ensure!(again == *report, "report {} does not come back", report.id);
    }
    Ok(bits)
}
