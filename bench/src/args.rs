//! What is measured, from the command line.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

pub const HELP: &str = "\
increp-bench [--ucdp NAME=FILE.csv[.gz]]... [--texts NAME=FILE.csv[.gz]:TEXT_COLUMN:DATE_COLUMN]...
             [--outside NAME=FILE.txt]... [--quick] [--ours] [--speed] [--mistaken] [--strict]

  --ucdp    a UCDP GED file, for the tables of reports; without any, each country of tests/data/ucdp_sample.csv
  --texts   a column of texts and one of dates, for the tables of texts
  --outside prose of which nothing is trained; its sentences are tested with models of all texts
  --quick   one size of dictionary, fewer messages
  --ours    without the peers, and so without bars: to see at once what a change of ours does
  --speed   nothing but how fast the encodings are, the first file's later reports one by one
  --mistaken nothing but how often a report can be read with another profile that has the tag of its own
  --strict  exit with 1 if a bar is missed";

#[derive(Debug, Default)]
pub struct Args {
    pub ucdp: Vec<(String, PathBuf)>,
    pub texts: Vec<Texts>,
    pub outside: Vec<(String, PathBuf)>,
    pub quick: bool,
    pub ours: bool,
    pub speed: bool,
    pub mistaken: bool,
    pub strict: bool,
}

/// A source of texts.
#[derive(Debug)]
pub struct Texts {
    pub name: String,
    pub path: PathBuf,
    pub text: String,
    pub date: String,
}

/// None where help is asked for.
pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Option<Args>> {
    let mut args = Args::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => args.quick = true,
            "--ours" => args.ours = true,
            "--speed" => args.speed = true,
            "--mistaken" => args.mistaken = true,
            "--strict" => args.strict = true,
            "--help" | "-h" => return Ok(None),
            "--ucdp" => {
                let (name, path) = named(&words.next().unwrap_or_default())?;
                args.ucdp.push((name, path.into()));
            }
            "--outside" => {
                let (name, path) = named(&words.next().unwrap_or_default())?;
                args.outside.push((name, path.into()));
            }
            "--texts" => {
                let (name, rest) = named(&words.next().unwrap_or_default())?;
                let mut parts = rest.rsplitn(3, ':').map(str::to_owned);
                let (date, text, path) = (parts.next(), parts.next(), parts.next());
                let (Some(date), Some(text), Some(path)) = (date, text, path) else {
                    bail!("expected NAME=FILE:TEXT_COLUMN:DATE_COLUMN, found {name}={rest}");
                };
                args.texts.push(Texts { name, path: path.into(), text, date });
            }
            other => bail!("{other} means nothing here\n{HELP}"),
        }
    }
    Ok(Some(args))
}

fn named(word: &str) -> Result<(String, String)> {
    let (name, rest) = word.split_once('=').with_context(|| format!("expected NAME=FILE, found {word:?}"))?;
    Ok((name.to_owned(), rest.to_owned()))
}
