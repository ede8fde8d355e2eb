//! Reports a second on one core, everything in the same run.

use std::hint::black_box;
use std::time::Instant;

use anyhow::Result;

use crate::content::{Maker, Schema};
use crate::data::Set;
use crate::ours::{Kind, Ours};
use crate::peers;
use crate::report;
use crate::shared::{Names, Shared};

const LOOPS: usize = 5;

pub struct Speed {
    name: String,
    encode: f64,
    decode: f64,
}

/// The later part of a country with the mission's schema, one report at a time. Peers start from their record's content and
/// end with it, so the making of their own record is in it, as it is where a program keeps reports in a form of its own.
pub fn run(set: &Set) -> Result<Vec<Speed>> {
    eprintln!("speed");
    let (train, test) = set.split();
    let names = Names::new(train, test);
    let tokens = names.tokens();
    let shared = Shared::mission(tokens.clone(), train, test);
    let maker = Maker::new(&shared, &names);
    let contents = maker.all(test, Schema::Mission, 0);
    let learned = maker.all(train, Schema::Mission, 0);
    let mut speeds = Vec::new();
    for peer in peers::all(Schema::Mission, &shared, &learned) {
        let Some((write, read)) = &peer.one else { continue };
        let messages: Vec<Vec<u8>> = contents.iter().map(write).collect();
        let encode = median(contents.len(), || contents.iter().for_each(|content| drop(black_box(write(content)))));
        let decode = median(contents.len(), || messages.iter().for_each(|bytes| drop(black_box(read(bytes)))));
        speeds.push(Speed { name: peer.name.to_owned(), encode, decode });
    }
    let [learned, reports] = [train, test].map(|recs| report::structured(recs, &names, &tokens));
    let mut buffer = vec![0; increp::MAX_LEN];
    for ours in Ours::all(&learned, &shared, Kind::Mission)? {
        let messages = reports.iter().map(|report| ours.encode(report, None)).collect::<Result<Vec<_>>>()?;
        let encode = median(reports.len(), || {
            reports.iter().for_each(|report| drop(black_box(ours.encode_into(report, black_box(&mut buffer)))));
        });
        let mut texts = vec![0; increp::MAX_LEN];
        let decode = median(reports.len(), || {
            messages.iter().for_each(|bytes| drop(black_box(ours.decode(bytes, None, &mut texts, &mut ()))));
        });
        speeds.push(Speed { name: ours.name(), encode, decode });
    }
    Ok(speeds)
}

/// Items a second in the loop that is in the middle.
pub fn median(items: usize, mut run: impl FnMut()) -> f64 {
    let mut seconds = [0.0; LOOPS];
    for second in &mut seconds {
        let start = Instant::now();
        run();
        *second = start.elapsed().as_secs_f64();
    }
    seconds.sort_by(f64::total_cmp);
    items as f64 / seconds[LOOPS / 2]
}

pub fn print(set: &Set, speeds: &[Speed]) {
    println!("\n## Speed: {}, mission profile, one report at a time, one core\n", set.name);
    println!("| reports a second | encode | decode |\n|---|---:|---:|");
    for speed in speeds {
        println!("| {} | {:.0} | {:.0} |", speed.name, speed.encode, speed.decode);
    }
}
