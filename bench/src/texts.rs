//! Short texts, each compressed alone: what general compressors and ours make of them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use brotli::enc::BrotliEncoderParams;
use brotli::enc::backward_references::BrotliEncoderMode;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use std::hint::black_box;
use std::io::{Read, Write};

use crate::args::Texts;
use crate::data;
use crate::dictionary::{Dictionary, KIB, thinned};
use crate::experiment::Group;
use crate::ours::TextModel;
use crate::speed::median;

/// The row that the bars are measured against.
pub const ZSTD_DICTIONARY: &str = "zstd -19 + 110 KiB dictionary";
/// Shorter ones say nothing.
const LEAST_CHARS: usize = 12;
const QUICK_TEXTS: usize = 200;

/// Bytes of all texts of the tested sources together, by source and pooled.
pub struct Pooled {
    pub group: Group,
    pub sources: Vec<String>,
    /// Texts and their bytes as they are, by source.
    pub raw: Vec<(usize, usize)>,
    pub rows: Vec<TextRow>,
}

pub struct TextRow {
    pub name: String,
    pub sizes: Vec<usize>,
    /// Microseconds a byte of text, encoding and decoding; where it is measured.
    pub speed: Option<[f64; 2]>,
}

impl TextRow {
    pub fn pooled(&self) -> usize {
        self.sizes.iter().sum()
    }
}

/// A source, split by date.
struct Source {
    name: String,
    train: Vec<String>,
    test: Vec<String>,
}

/// The tables of texts; none without sources.
pub fn run(sources: &[Texts], outside: &[(String, PathBuf)], quick: bool) -> Result<Vec<Pooled>> {
    let sources: Vec<Source> = sources.iter().map(|source| read(source, quick)).collect::<Result<_>>()?;
    let others: Vec<Source> = outside.iter().map(|(name, path)| read_prose(name, path)).collect::<Result<_>>()?;
    if sources.is_empty() {
        ensure!(others.is_empty(), "--outside needs --texts to train on");
        return Ok(Vec::new());
    }
    let mut pooled = by_all(&sources, &others)?;
    if sources.len() > 1 {
        pooled.push(by_others(&sources)?);
    }
    Ok(pooled)
}

/// The sentences of a file of prose, each a text to be tested.
fn read_prose(name: &str, path: &Path) -> Result<Source> {
    let prose = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let all = prose.lines().flat_map(sentences);
    let test: Vec<String> = all.filter(|sentence| sentence.chars().count() >= LEAST_CHARS).collect();
    ensure!(!test.is_empty(), "{}: no sentences", path.display());
    Ok(Source { name: name.to_owned(), train: Vec::new(), test })
}

/// A sentence ends in one of `.!?`, perhaps in a closing quote, before a blank and a capital, a digit or an opening quote.
fn sentences(line: &str) -> Vec<String> {
    let mut sentences = vec![String::new()];
    let mut words = line.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if let Some(sentence) = sentences.last_mut() {
            sentence.push_str(if sentence.is_empty() { "" } else { " " });
            sentence.push_str(word);
        }
        let ends = word.trim_end_matches(['"', '”']).ends_with(['.', '!', '?']);
        let begins =
            |word: &&str| word.starts_with(|first: char| first.is_uppercase() || first.is_ascii_digit() || "\"“".contains(first));
        if ends && words.peek().is_some_and(begins) {
            sentences.push(String::new());
        }
    }
    sentences
}

/// Texts with single spaces, each once, in order of date.
fn read(source: &Texts, quick: bool) -> Result<Source> {
    let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(data::open(&source.path)?);
    let headers = table.headers()?.clone();
    let column = |name: &str| {
        let found = headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
        found.with_context(|| format!("{} has no column {name:?}", source.path.display()))
    };
    let (text, date) = (column(&source.text)?, column(&source.date)?);
    let mut dated = Vec::new();
    for row in table.byte_records() {
        let row = row?;
        let cell = |column| String::from_utf8_lossy(row.get(column).unwrap_or_default()).into_owned();
        let date = cell(date);
        // A row of tags, as HXL has it, has no date.
        if date.starts_with(|first: char| first.is_ascii_digit()) {
            dated.push((date, cell(text).split_whitespace().collect::<Vec<_>>().join(" ")));
        }
    }
    dated.sort_by(|one, other| one.0.cmp(&other.0));
    let mut seen = HashSet::new();
    let texts = dated.into_iter().map(|(_, text)| text);
    let mut train: Vec<String> = texts.filter(|text| text.chars().count() >= LEAST_CHARS && seen.insert(text.clone())).collect();
    ensure!(train.len() >= 50, "{}: {} texts are too few", source.path.display(), train.len());
    let mut test = train.split_off(train.len() * 4 / 5);
    if quick {
        test = thinned(&test, QUICK_TEXTS).cloned().collect();
    }
    Ok(Source { name: source.name.clone(), train, test })
}

/// Trained on the earlier part of every source: tested on the later parts, and on the `others`.
fn by_all(sources: &[Source], others: &[Source]) -> Result<Vec<Pooled>> {
    eprintln!("texts");
    let tests: Vec<&[String]> = sources.iter().chain(others).map(|source| source.test.as_slice()).collect();
    let all = || tests.iter().map(|texts| texts.iter().map(String::as_bytes));
    let mut rows = Vec::new();
    let mut row = |name: &str, sizes: Vec<usize>| rows.push(TextRow { name: name.into(), sizes, speed: None });
    row("deflate", all().map(|texts| texts.map(deflate).sum()).collect::<Result<_>>()?);
    eprintln!("  brotli");
    row("brotli 11", all().map(|texts| texts.map(brotli).sum()).collect::<Result<_>>()?);
    eprintln!("  zstd");
    let sum = |dictionary: &Dictionary, texts: &[String]| Ok(dictionary.sizes(texts.iter())?.iter().sum());
    let none = Dictionary::none();
    row("zstd -19", tests.iter().map(|texts| sum(&none, texts)).collect::<Result<_>>()?);
    let train: Vec<&str> = sources.iter().flat_map(|source| &source.train).map(String::as_str).collect();
    let dictionary = Dictionary::train(&train, 110 * KIB).context("too few texts for a dictionary")?;
    row(ZSTD_DICTIONARY, tests.iter().map(|texts| sum(&dictionary, texts)).collect::<Result<_>>()?);
    let train: Vec<&[String]> = sources.iter().map(|source| source.train.as_slice()).collect();
    for kib in TextModel::SIZES {
        let model = TextModel::train(&train, *kib);
        let sizes = tests.iter().map(|texts| ours(&model, texts)).collect::<Result<_>>()?;
        let texts: Vec<&String> = sources.iter().flat_map(|source| &source.test).collect();
        let speed = Some(speed(&model, &texts)?);
        rows.push(TextRow { name: TextModel::row(*kib), sizes, speed });
    }
    let split = |row: &mut TextRow| TextRow { name: row.name.clone(), sizes: row.sizes.split_off(sources.len()), speed: None };
    let of_others = rows.iter_mut().map(split).collect();
    let mut all = vec![pooled(Group::TextInside, sources, rows)];
    if !others.is_empty() {
        all.push(pooled(Group::TextOther, others, of_others));
    }
    Ok(all)
}

/// Trained on all sources but one, tested on that one.
fn by_others(sources: &[Source]) -> Result<Pooled> {
    eprintln!("texts of sources that were not trained on");
    let mut rows: Vec<TextRow> = [ZSTD_DICTIONARY.to_owned()]
        .into_iter()
        .chain(TextModel::SIZES.iter().map(|kib| TextModel::row(*kib)))
        .map(|name| TextRow { name, sizes: Vec::new(), speed: None })
        .collect();
    for tested in sources {
        eprintln!("  {}", tested.name);
        let others = sources.iter().filter(|source| source.name != tested.name);
        let known: Vec<&[String]> = others.map(|source| source.train.as_slice()).collect();
        let train: Vec<&str> = known.iter().copied().flatten().map(String::as_str).collect();
        let dictionary = Dictionary::train(&train, 110 * KIB).context("too few texts for a dictionary")?;
        let mut sizes = vec![dictionary.sizes(tested.test.iter())?.iter().sum()];
        for kib in TextModel::SIZES {
            sizes.push(ours(&TextModel::train(&known, *kib), &tested.test)?);
        }
        rows.iter_mut().zip(sizes).for_each(|(row, size)| row.sizes.push(size));
    }
    Ok(pooled(Group::TextOutside, sources, rows))
}

fn pooled(group: Group, sources: &[Source], rows: Vec<TextRow>) -> Pooled {
    Pooled {
        group,
        sources: sources.iter().map(|source| source.name.clone()).collect(),
        raw: sources.iter().map(|source| (source.test.len(), source.test.iter().map(String::len).sum())).collect(),
        rows,
    }
}

fn ours(model: &TextModel, texts: &[String]) -> Result<usize> {
    texts
        .iter()
        .map(|text| {
            let bytes = model.encode(text)?;
            ensure!(model.decode(&bytes)? == *text, "our model does not give back {text:?}");
            Ok(bytes.len())
        })
        .sum()
}

fn speed(model: &TextModel, texts: &[&String]) -> Result<[f64; 2]> {
    let bytes = texts.iter().map(|text| text.len()).sum();
    let messages = texts.iter().map(|text| model.encode(text)).collect::<Result<Vec<_>>>()?;
    let encode = median(bytes, || texts.iter().for_each(|text| drop(black_box(model.encode(text)))));
    let decode = median(bytes, || messages.iter().for_each(|message| drop(black_box(model.decode(message)))));
    Ok([encode, decode].map(|a_second| 1e6 / a_second))
}

fn deflate(text: &[u8]) -> Result<usize> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text)?;
    let packed = encoder.finish()?;
    let mut back = Vec::new();
    DeflateDecoder::new(packed.as_slice()).read_to_end(&mut back)?;
    ensure!(back == text, "deflate gives back something else");
    Ok(packed.len())
}

/// The better of two modes; a small window shortens the header.
fn brotli(text: &[u8]) -> Result<usize> {
    let mut least = usize::MAX;
    for mode in [BrotliEncoderMode::BROTLI_MODE_GENERIC, BrotliEncoderMode::BROTLI_MODE_TEXT] {
        let parameters = BrotliEncoderParams { quality: 11, lgwin: 10, size_hint: text.len(), mode, ..Default::default() };
        let (mut packed, mut back) = (Vec::new(), Vec::new());
        brotli::BrotliCompress(&mut &text[..], &mut packed, &parameters)?;
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut back)?;
        ensure!(back == text, "brotli gives back something else");
        least = least.min(packed.len());
    }
    Ok(least)
}

#[cfg(test)]
mod tests {
    use super::sentences;

    #[test]
    fn prose_is_cut_where_sentences_end() {
        let line = "He said  \"no.\" Then he left. At 3 p.m. in the U.S. it rained; 62 died! \u{201c}Why?\u{201d} 12 asked";
        let cut =
            ["He said \"no.\"", "Then he left.", "At 3 p.m. in the U.S. it rained; 62 died!", "\u{201c}Why?\u{201d}", "12 asked"];
        assert_eq!(sentences(line), cut);
    }
}
