//! How fast is NDJSON -> postcard, beside serde_json parsing the same lines into the model?
//!
//! `cargo bench -p increp-cli`, on the sample in the tree; `INCREP_BENCH=FILE.ndjson` for lines of your own. Both sides
//! read the same lines from memory, in turns, and the median of the rounds counts. The bar is 0.7 of serde_json's speed.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bumpalo::Bump;
use increp::model::Report;
use increp_cli::json::{Pieces, read_into};

const ROUNDS: usize = 21;
const BAR: f64 = 0.7;

fn main() {
    let text = match std::env::var("INCREP_BENCH") {
        Ok(file) => std::fs::read(file).expect("the file of INCREP_BENCH can be read"),
        Err(_) => sample(),
    };
    // serde_json alone cannot lend a text with escapes to the model; those lines would stop it.
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    let plain: Vec<&[u8]> = lines.iter().copied().filter(|line| !line.contains(&b'\\')).collect();
    let joined = plain.join(&b'\n');
    println!("{} lines of {}, those without escapes; {} bytes", plain.len(), lines.len(), joined.len());
    let escaped = lines.iter().copied().filter(|line| line.contains(&b'\\')).collect::<Vec<_>>().join(&b'\n');
    let (mut parse, mut encode, mut escapes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        parse.push(time(|| serde_json_alone(&plain)));
        encode.push(time(|| ndjson_to_postcard(&joined)));
        escapes.push(time(|| ndjson_to_postcard(&escaped)));
    }
    let rate = |times: &mut Vec<Duration>, bytes: usize| {
        times.sort();
        bytes as f64 / 1e6 / times[ROUNDS / 2].as_secs_f64()
    };
    let (parse, encode) = (rate(&mut parse, joined.len()), rate(&mut encode, joined.len()));
    let ratio = encode / parse;
    println!("serde_json into the model  {parse:7.1} MB/s");
    println!("NDJSON -> postcard         {encode:7.1} MB/s");
    if !escaped.is_empty() {
        println!("  of lines with escapes    {:7.1} MB/s", rate(&mut escapes, escaped.len()));
    }
    println!("ratio {ratio:.2}, bar {BAR}: {}", if ratio >= BAR { "pass" } else { "miss" });
}

fn time(run: impl Fn() -> usize) -> Duration {
    let start = Instant::now();
    black_box(run());
    start.elapsed()
}

/// What any program could do: each line, cut already, straight into the model.
fn serde_json_alone(lines: &[&[u8]]) -> usize {
    lines
        .iter()
        .map(|line| serde_json::from_slice::<Report<'_>>(line).expect("a valid report").event.map_or(0, |event| event.counts.len()))
        .sum()
}

/// What `increp encode` does: finds the lines, reads, checks, encodes.
fn ndjson_to_postcard(text: &[u8]) -> usize {
    let mut pieces = Pieces::new(text);
    let mut arena = Bump::new();
    let mut buffer = [0; increp::MAX_LEN];
    let mut bytes = 0;
    while let Some(piece) = pieces.next_piece().expect("memory can be read") {
        {
            let mut report = Report::default();
            read_into(piece.text, &arena, &mut report).expect("a valid report");
            bytes += increp::encode(&report, &mut buffer).expect("a valid report").len();
        }
        arena.reset();
    }
    bytes
}

/// The example of every event type, and the stories of tests/reports.
fn sample() -> Vec<u8> {
    let mut text = Vec::new();
    for (code, _) in increp::model::EventType::LIST.codes {
        let report = increp_cli::command::example(increp::model::EventType::new(*code));
        increp_cli::json::write(&report, &mut text).expect("memory can be written");
    }
    text
}
