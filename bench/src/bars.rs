//! What must be reached: ratios of a row of ours to a row of a peer.

use crate::experiment::{Experiment, Group};
use crate::measure::Row;
use crate::ours::{GENERAL_64, PACKED, PROFILE_KNOWN, TextModel};
use crate::peers::{BITCODE, COMPACTLY, COMPACTLY_HINTS, PROTOBUF, UPER, UPER_DELTA};
use crate::texts::{Pooled, ZSTD_DICTIONARY};

/// A column of the tables of reports.
#[derive(Clone, Copy, Debug)]
enum Column {
    Alone,
    Batch100,
    PackedAlone,
    PackedBatch100,
}

/// What is made of the ratios of several experiments.
#[derive(Clone, Copy, PartialEq)]
enum Over {
    /// Each must hold.
    Each,
    /// Their mean must hold.
    Mean,
}

struct Bar {
    name: &'static str,
    group: Group,
    over: Over,
    ours: (&'static str, Column),
    peer: (&'static str, Column),
    limit: f64,
}

const fn bar(
    name: &'static str,
    group: Group,
    over: Over,
    ours: (&'static str, Column),
    peer: (&'static str, Column),
    limit: f64,
) -> Bar {
    Bar { name, group, over, ours, peer, limit }
}

#[rustfmt::skip] // a table
const BARS: &[Bar] = &[
    bar("another country / UPER", Group::Cross, Over::Each, (PACKED, Column::Alone), (UPER, Column::Alone), 0.88),
    bar("another country / protobuf", Group::Cross, Over::Each, (PACKED, Column::Alone), (PROTOBUF, Column::Alone), 0.55),
    bar("mission / UPER", Group::Mission, Over::Mean, (PACKED, Column::Alone), (UPER, Column::Alone), 0.52),
    bar("mission / protobuf", Group::Mission, Over::Mean, (PACKED, Column::Alone), (PROTOBUF, Column::Alone), 0.32),
    bar("mission, without the header that no peer has / UPER", Group::Mission, Over::Mean, (PROFILE_KNOWN, Column::Alone), (UPER, Column::Alone), 0.52),
    bar("mission, without the header that no peer has / protobuf", Group::Mission, Over::Mean, (PROFILE_KNOWN, Column::Alone), (PROTOBUF, Column::Alone), 0.32),
    bar("mission, receiver knows / UPER", Group::Known, Over::Mean, (PACKED, Column::Alone), (UPER, Column::Alone), 0.45),
    bar("batch of 100 / UPER, delta times", Group::Mission, Over::Mean, (PACKED, Column::Batch100), (UPER_DELTA, Column::Batch100), 0.42),
    bar("batch of 100 / bitcode + zstd dictionary", Group::Mission, Over::Mean, (PACKED, Column::Batch100), (BITCODE, Column::PackedBatch100), 0.55),
    bar("batch of 100 / compactly, hints", Group::Mission, Over::Mean, (PACKED, Column::Batch100), (COMPACTLY_HINTS, Column::Batch100), 0.68),
    bar("whole, general-64 / protobuf + zstd dictionary", Group::Whole, Over::Mean, (GENERAL_64, Column::Alone), (PROTOBUF, Column::PackedAlone), 0.60),
    bar("whole, general-64 / compactly", Group::Whole, Over::Mean, (GENERAL_64, Column::Alone), (COMPACTLY, Column::Alone), 1.0),
    bar("whole, general-64 / compactly, hints", Group::Whole, Over::Mean, (GENERAL_64, Column::Alone), (COMPACTLY_HINTS, Column::Alone), 1.0),
];

/// Pooled bytes of the model of so many KiB to those of zstd with its dictionary.
const TEXT_BARS: &[(Group, u32, f64)] = &[
    (Group::TextInside, 16, 0.92),
    (Group::TextInside, 64, 0.62),
    (Group::TextInside, 128, 0.55),
    (Group::TextOutside, 64, 0.66),
    (Group::TextOutside, 128, 0.60),
    (Group::TextOther, 64, 0.66),
    (Group::TextOther, 128, 0.60),
];

/// Prints every bar and tells whether none is missed. What was not measured is not missed.
pub fn print(experiments: &[Experiment], texts: &[Pooled]) -> bool {
    println!("\n## Bars\n\n| bar | ratio | limit | |\n|---|---:|---:|---|");
    let mut held = true;
    for bar in BARS {
        let ratios: Vec<(&str, f64)> = experiments
            .iter()
            .filter(|experiment| experiment.group == bar.group)
            .filter_map(|experiment| ratio(bar, experiment))
            .collect();
        let mean = ratios.iter().map(|(_, ratio)| ratio).sum::<f64>() / ratios.len() as f64;
        match bar.over {
            Over::Each if !ratios.is_empty() => {
                for (title, ratio) in ratios {
                    held &= line(&format!("{}: {title}", bar.name), Some(ratio), bar.limit);
                }
            }
            _ => held &= line(bar.name, Some(mean).filter(|_| !ratios.is_empty()), bar.limit),
        }
    }
    for (group, kib, limit) in TEXT_BARS {
        let ratio = texts.iter().find(|pooled| pooled.group == *group).and_then(|pooled| {
            let bytes = |name: &str| pooled.rows.iter().find(|row| row.name == name).map(|row| row.pooled() as f64);
            Some(bytes(&TextModel::row(*kib))? / bytes(ZSTD_DICTIONARY)?)
        });
        let place = match group {
            Group::TextInside => "in domain",
            Group::TextOther => "prose",
            _ => "trained without the source",
        };
        held &= line(&format!("text {kib} KiB, {place} / {ZSTD_DICTIONARY}"), ratio, *limit);
    }
    let timed = texts.iter().find(|pooled| pooled.group == Group::TextInside);
    let speed = timed.and_then(|pooled| pooled.rows.iter().find(|row| row.name == TextModel::row(64))?.speed);
    for (way, at) in [("encode", 0), ("decode", 1)] {
        held &= line(&format!("text 64 KiB, us a byte, {way}"), speed.map(|speed| speed[at]), 1.0);
    }
    held
}

fn line(name: &str, ratio: Option<f64>, limit: f64) -> bool {
    let (shown, verdict) = match ratio {
        None => (String::new(), "not measured"),
        Some(ratio) if ratio <= limit => (format!("{ratio:.3}"), "pass"),
        Some(ratio) => (format!("{ratio:.3}"), "MISS"),
    };
    println!("| {name} | {shown} | {limit:.2} | {verdict} |");
    verdict != "MISS"
}

fn ratio<'e>(bar: &Bar, experiment: &'e Experiment) -> Option<(&'e str, f64)> {
    let value = |(name, column): (&str, Column)| experiment.rows.iter().find(|row| row.name == name).and_then(|row| column.of(row));
    Some((&experiment.title, value(bar.ours)? / value(bar.peer)?))
}

impl Column {
    fn of(self, row: &Row) -> Option<f64> {
        match self {
            Self::Alone => row.alone.map(|spread| spread.mean),
            Self::Batch100 => row.batches[1],
            Self::PackedAlone => row.packed_alone,
            Self::PackedBatch100 => row.packed_batches[1],
        }
    }
}
