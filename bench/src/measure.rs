//! Sizes of messages, each of them decoded again and compared.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use increp::model::Report;
use increp_cli::train::measure::Groups;

use crate::content::Content;
use crate::dictionary::{Dictionary, KIB, thinned};
use crate::ours::{Known, Ours};
use crate::peers::Peer;

/// Reports in the batches that are measured.
pub const BATCHES: [usize; 2] = [10, 100];
/// Room for the texts of a report and what a decoder needs beside them.
const TEXTS: usize = 8192;

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Messages that zstd compresses with each dictionary.
    pub compressed: usize,
    /// Sizes of dictionaries in KiB; the best counts.
    pub dictionaries: &'static [usize],
    /// Whether the peers are measured at all.
    pub peers: bool,
}

pub const FULL: Effort = Effort { compressed: 2000, dictionaries: &[4, 32, 110], peers: true };
pub const QUICK: Effort = Effort { compressed: 200, dictionaries: &[32], peers: true };

/// Sizes in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub mean: f64,
    pub median: usize,
    pub p90: usize,
    pub most: usize,
}

/// A row of a table: bytes per report, where that can be had.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub name: String,
    pub alone: Option<Spread>,
    pub batches: [Option<f64>; 2],
    /// The same with zstd and the best dictionary.
    pub packed_alone: Option<f64>,
    pub packed_batches: [Option<f64>; 2],
    /// Of ours, the bits of a report by groups of fields: alone, and in the larger batches.
    pub bits: [BTreeMap<String, f64>; 2],
}

/// What a format makes of the reports of an experiment.
#[derive(Default)]
struct Messages {
    alone: Vec<Vec<u8>>,
    batches: [Vec<Vec<u8>>; 2],
}

/// A peer on the test part; with dictionaries trained on the training part if any effort is to be made.
pub fn peer(peer: &Peer, train: &[Content], test: &[Content], effort: Option<Effort>) -> Result<Row> {
    let named = || format!("{} does not give back what it was given", peer.name);
    let messages = messages_of(peer, test, true).with_context(named)?;
    let mut row = row(peer.name.to_owned(), &messages);
    if let Some(effort) = effort {
        pack(&mut row, &messages, &messages_of(peer, train, false)?, effort)?;
    }
    Ok(row)
}

fn messages_of(peer: &Peer, contents: &[Content], check: bool) -> Result<Messages> {
    let mut messages = Messages::default();
    if let Some((write, read)) = &peer.one {
        for content in contents {
            let bytes = write(content);
            ensure!(!check || read(&bytes)? == *content, "{content:?}");
            messages.alone.push(bytes);
        }
    }
    if let Some((write, read)) = &peer.many {
        for (size, batch) in BATCHES.into_iter().zip(&mut messages.batches) {
            for contents in contents.chunks_exact(size) {
                let bytes = write(contents);
                ensure!(!check || read(&bytes)? == contents, "a batch of {size}");
                batch.push(bytes);
            }
        }
    }
    Ok(messages)
}

/// One of our encodings on the test part. What the receiver knows stands for each report, if it is to know anything.
pub fn ours(ours: &Ours, test: &[Report<'_>], known: Option<&[Known]>) -> Result<Row> {
    let mut messages = Messages::default();
    let mut texts = vec![0; TEXTS * BATCHES[1]];
    let [mut alone, mut batched] = [Groups::default(), Groups::default()];
    for (at, report) in test.iter().enumerate() {
        let known = known.map(|known| &known[at]);
        let bytes = ours.encode(report, known)?;
        let same = ours.decode(&bytes, known, &mut texts[..TEXTS], &mut alone)? == *report;
        ensure!(same, "{} does not give back {}", ours.name(), report.id);
        messages.alone.push(bytes);
    }
    if known.is_none() {
        for (size, batch) in BATCHES.into_iter().zip(&mut messages.batches) {
            for reports in test.chunks_exact(size) {
                let bytes = ours.encode_batch(reports)?;
                // Those of the largest batches are kept.
                batched = if size == BATCHES[1] { batched } else { Groups::default() };
                let same = ours.decode_batch(&bytes, &mut texts, &mut batched)? == reports;
                ensure!(same, "{} does not give back a batch of {size} from {} on", ours.name(), reports[0].id);
                batch.push(bytes);
            }
        }
    }
    let many = test.len() as f64;
    let in_batches = (messages.batches[1].len() * BATCHES[1]) as f64;
    let each = |groups: Groups, many: f64| groups.bits().into_iter().map(|(group, bits)| (group, bits / many)).collect();
    Ok(Row { bits: [each(alone, many), each(batched, in_batches)], ..row(ours.name(), &messages) })
}

fn row(name: String, messages: &Messages) -> Row {
    let sizes: Vec<usize> = messages.alone.iter().map(Vec::len).collect();
    let batch = |at: usize| {
        let sizes: Vec<usize> = messages.batches[at].iter().map(Vec::len).collect();
        mean(&sizes).map(|mean| mean / BATCHES[at] as f64)
    };
    Row { name, alone: spread(sizes), batches: [batch(0), batch(1)], ..Row::default() }
}

/// Adds what zstd makes of the messages. Dictionaries for single reports are trained on single reports, those for batches
/// on batches of ten; the best of all counts for each.
fn pack(row: &mut Row, messages: &Messages, train: &Messages, effort: Effort) -> Result<()> {
    let samples = [&train.alone, &train.batches[0]];
    for dictionary in samples.iter().flat_map(|samples| effort.dictionaries.iter().map(move |kib| (samples, *kib))) {
        let Some(dictionary) = Dictionary::train(dictionary.0, dictionary.1 * KIB) else { continue };
        let packed = |messages: &[Vec<u8>], reports: usize| {
            let sizes = dictionary.sizes(thinned(messages, effort.compressed))?;
            anyhow::Ok(mean(&sizes).map(|mean| mean / reports as f64))
        };
        keep_least(&mut row.packed_alone, packed(&messages.alone, 1)?);
        for ((least, messages), size) in row.packed_batches.iter_mut().zip(&messages.batches).zip(BATCHES) {
            keep_least(least, packed(messages, size)?);
        }
    }
    Ok(())
}

fn keep_least(least: &mut Option<f64>, other: Option<f64>) {
    *least = [*least, other].into_iter().flatten().reduce(f64::min);
}

pub fn mean(sizes: &[usize]) -> Option<f64> {
    (!sizes.is_empty()).then(|| sizes.iter().sum::<usize>() as f64 / sizes.len() as f64)
}

fn spread(mut sizes: Vec<usize>) -> Option<Spread> {
    sizes.sort_unstable();
    let at = |part: f64| sizes[((sizes.len() - 1) as f64 * part).round() as usize];
    mean(&sizes).map(|mean| Spread { mean, median: at(0.5), p90: at(0.9), most: at(1.0) })
}
