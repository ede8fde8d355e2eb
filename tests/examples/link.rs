//! What reports cost over links that lose frames, beside the least that is possible, and beside other protocols.
//!
//!     cargo run --release -p increp-tests --example link -- [SEEDS] [FIRST]
//!
//! SEEDS (1000) are those of the first table; what takes less time has 1000 at least.
//!
//! Prints the tables, lets a thousand missions happen in which everything goes wrong, and fails where a bar is missed or something is lost. Seeds that
//! fail are kept in `tests/tests/link/seeds.txt`, and replay as the first of one: `-- 1 FIRST`, or `INCREP_SEED=n cargo test --test link`.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::ExitCode;
use std::thread;

use increp::link::{Key, Sender, Terms};
use increp::store::Mark;
use increp_tests::link::air::{Air, Loss, below};
use increp_tests::link::outbox::{RamBox, lengths};
use increp_tests::link::peers::{Cost, StopAndWait};
use increp_tests::link::score::{
    AUTHOR, BARS, Case, Ends, INTERACTIVE, ONE_WAY, OneWay, Pooled, REPORTS, Score, hop, interactive, one_way, run, session,
};
use increp_tests::link::world::{self, Tally};
use increp_tests::link::{RamShelf, put_record};
use increp_tests::sealed::Replayed;
use negentropy::{Id, Negentropy, NegentropyStorageVector};
use sha2::{Digest as _, Sha256};

const PERCENT: [u32; 4] = [0, 10, 30, 50];

/// The seeds of a case, by two threads.
fn pooled(first: u64, seeds: u64, run: impl Fn(u64) -> Score + Copy + Send) -> Pooled {
    let half = first + seeds / 2;
    let scores = thread::scope(|scope| {
        let other = scope.spawn(move || (first..half).map(run).collect::<Vec<_>>());
        let ours: Vec<Score> = (half..first + seeds).map(run).collect();
        [other.join().expect("a seed that fails names itself"), ours].concat()
    });
    Pooled { scores }
}

/// Bytes at each MTU and loss; how many bars are missed.
fn bytes(first: u64, seeds: u64) -> u32 {
    let mut missed = 0;
    println!(
        "bytes both ways / least, and the rounds of 95 of 100 sessions; {seeds} seeds from {first}; at every other one the hub has some already"
    );
    for (loss, name) in [(Loss::Each, "each"), (Loss::Bursts(4), "bursts")] {
        for (mtu, bars) in BARS {
            for (reports, bar) in REPORTS.into_iter().zip(bars) {
                print!("{name:7} MTU {mtu:3}  N {:>3}-{:<3}  bar {bar:.2} ", reports.0, reports.1);
                let mut error = 0_f64;
                for percent in PERCENT {
                    let case = Case { terms: Terms::radio(mtu), loss, percent, reports, resumes: false };
                    let pooled = pooled(first, seeds, |seed| run(&Case { resumes: seed % 2 == 1, ..case }, seed));
                    let (score, rounds) = (pooled.score(), pooled.rounds());
                    error = error.max(pooled.error());
                    missed += u32::from(score > bar);
                    print!(" {percent:2}%: {score:.3}{}({rounds:2})", if score > bar { "!" } else { " " });
                }
                println!("  +- {error:.3}");
            }
        }
    }
    let case = Case { terms: Terms::radio(51), loss: Loss::Each, percent: 50, reports: REPORTS[0], resumes: true };
    let resumed = pooled(first, seeds, |seed| run(&case, seed));
    println!("each    MTU  51  N 100-400  50%, all of them resumed: {:.3}  +- {:.3}", resumed.score(), resumed.error());
    missed
}

/// Rounds where somebody waits, and what that costs; how many bars are missed.
fn rounds(first: u64, seeds: u64) -> u32 {
    let mut missed = 0;
    println!(
        "\n20 datagrams of 51 bytes at a loss of 30 %, questions and answers sent twice: rounds of 95 of 100 sessions, and bytes / least"
    );
    for (loss, most, bar) in INTERACTIVE {
        let pooled = pooled(first, seeds, |seed| interactive(loss, seed));
        let (score, rounds) = (pooled.score(), pooled.rounds());
        let more = pooled.scores.iter().filter(|score| score.cost.rounds > most).count();
        let is_missed = score > bar || rounds > most;
        missed += u32::from(is_missed);
        let name = if loss == Loss::Each { "each" } else { "bursts" };
        println!(
            "{name:7} {rounds} rounds, bar {most} ({more} of {seeds} take more); {score:.3} +- {:.3}, bar {bar}{}",
            pooled.error(),
            if is_missed { " !" } else { "" }
        );
    }
    missed
}

/// What arrives where nobody answers; how many bars are missed.
fn one_ways(first: u64, seeds: u64) -> u32 {
    let mut missed = 0;
    println!("\none way, MTU 51: the share of frames of which a copy arrives, and of records that arrive whole");
    for (copies, percent, bar) in ONE_WAY {
        let all: Vec<OneWay> = (first..first + seeds).map(|seed| one_way(copies, percent, seed)).collect();
        let share = |part: fn(&OneWay) -> (usize, usize)| {
            let (some, of) = all.iter().map(part).fold((0, 0), |(some, of), one| (some + one.0, of + one.1));
            some as f64 / of as f64
        };
        let (frames, records) = (share(|one| one.frames), share(|one| one.records));
        // Two copies at 10 % bring 99 % on average and no more, so half of all seeds are below it: by twice the error of so many, at the most.
        let many = all.iter().map(|one| one.frames.1).sum::<usize>() as f64;
        missed += u32::from(frames < bar - 2.0 * (bar * (1.0 - bar) / many).sqrt());
        println!("{copies} copies at {percent} %: frames {frames:.4}, bar {bar}; records {records:.4}");
    }
    missed
}

/// The same reports over the same losses, by other protocols.
fn peers(first: u64, seeds: u64) {
    println!("\n100 reports, MTU 222, each lost for itself: bytes both ways / least, and rounds on average, over {seeds} seeds");
    for percent in PERCENT {
        let case = Case { terms: Terms::radio(222), loss: Loss::Each, percent, reports: (100, 100), resumes: false };
        let (mut ours, mut rounds, mut bound) = (0, 0, 0.0);
        let mut others = [Cost::default(); 2];
        for seed in first..first + seeds {
            let bodies = lengths(&mut Replayed(seed), 100);
            let score = session(&case, seed, &bodies);
            (ours, rounds, bound) = (ours + score.cost.up + score.cost.down, rounds + score.cost.rounds, bound + score.bound);
            let sealed: Vec<usize> = bodies.iter().map(|body| body + 8).collect();
            for (cost, peer) in others.iter_mut().zip([StopAndWait::coap(222), StopAndWait::meshtastic(222)]) {
                let more = peer.send(&sealed, &mut Air::new(seed, Loss::Each, percent));
                (cost.up, cost.down, cost.rounds) = (cost.up + more.up, cost.down + more.down, cost.rounds + more.rounds);
            }
        }
        print!("{percent:2} %  increp {:.2} {:5.1}", ours as f64 / bound, rounds as f64 / seeds as f64);
        for (name, cost) in ["CoAP with OSCORE", "Meshtastic"].into_iter().zip(others) {
            print!("   {name} {:.2} {:5.1}", (cost.up + cost.down) as f64 / bound, cost.rounds as f64 / seeds as f64);
        }
        println!();
    }
}

/// What it takes to find out which of 200 records are missing: a POLL and a HAVE, or messages of negentropy over ids of 32 bytes.
fn missing() {
    println!("\nto find d of 200 that are missing, scattered: bytes both ways, and messages");
    for many in [0_usize, 1, 10, 50] {
        let seed = many as u64;
        let outbox = RamBox::random(seed, &[20; 199]);
        let (mut shelf, mut rng) = (RamShelf::new(&[(AUTHOR, hop())]), Replayed(seed));
        let mut order: Vec<usize> = (0..200).collect();
        for at in 0..many {
            order.swap(at, at + below(&mut rng, u32::try_from(200 - at).unwrap_or(1)) as usize);
        }
        let lacks: BTreeSet<usize> = order[..many].iter().copied().collect();
        let (mut theirs, mut ours) = (NegentropyStorageVector::new(), NegentropyStorageVector::new());
        for (at, (_, record)) in outbox.records.iter().enumerate() {
            let id = Id::from_byte_array(Sha256::digest(record).into());
            ours.insert(at as u64, id).expect("a new id");
            if !lacks.contains(&at) {
                put_record(&mut shelf, AUTHOR, record);
                theirs.insert(at as u64, id).expect("a new id");
            }
        }
        ours.seal().and_then(|()| theirs.seal()).expect("they were open");
        let mut outbox =
            RamBox { records: outbox.records.into_iter().map(|(_, record)| (Mark::Sent, record)).collect(), dropped: 0 };
        let mut bytes = Vec::new();
        let terms = Terms::radio(340);
        let mut ends = Ends { outbox: &mut outbox, shelves: std::slice::from_mut(&mut shelf), terms, now: 0, limit: 2 };
        let sender = Sender::new(terms, Key::new(&hop()), 1, 0, None);
        ends.session(sender, &mut |_, frame| {
            bytes.push(frame.len());
            vec![frame.to_vec()]
        });
        let mut client = Negentropy::borrowed(&ours, 0).expect("it is sealed");
        let mut relay = Negentropy::borrowed(&theirs, 0).expect("it is sealed");
        let (mut message, mut sum, mut messages) = (client.initiate().expect("once"), 0, 0);
        let (mut have, mut need) = (Vec::new(), Vec::new());
        loop {
            let answer = relay.reconcile(&message).expect("a good message");
            (sum, messages) = (sum + message.len() + answer.len(), messages + 2);
            match client.reconcile_with_ids(&answer, &mut have, &mut need).expect("a good message") {
                Some(more) => message = more,
                None => break,
            }
        }
        assert_eq!((have.len(), need.len()), (many, 0));
        let first: usize = bytes.iter().take(2).sum();
        println!("d = {many:2}: increp {first} 2   negentropy {sum} {messages}");
    }
}

/// Missions in which everything goes wrong; how many seeds failed. They are kept, and tests begin with them from then on.
fn worlds(first: u64, seeds: u64) -> u32 {
    let half = first + seeds / 2;
    let run = |seeds: std::ops::Range<u64>| -> Vec<(u64, Option<Tally>)> {
        seeds.map(|seed| (seed, std::panic::catch_unwind(|| world::run(seed)).ok())).collect()
    };
    let all = thread::scope(|scope| {
        let other = scope.spawn(|| run(first..half));
        [run(half..first + seeds), other.join().expect("panics are caught")].concat()
    });
    let sum = |part: fn(&Tally) -> usize| -> usize { all.iter().filter_map(|(_, tally)| tally.as_ref()).map(part).sum() };
    let failed: Vec<u64> = all.iter().filter(|(_, tally)| tally.is_none()).map(|(seed, _)| *seed).collect();
    println!(
        "\n{seeds} missions of devices that are copied and put back, hubs that are, one that is seized, and air that does what it likes:\n\
         {} reports saved, each once at HQ; {} forged bodies that hubs took and HQ did not; {} numbers with two sealed bodies; seeds that fail: {failed:?}",
        sum(|tally| tally.saved),
        sum(|tally| tally.forged),
        sum(|tally| tally.twice),
    );
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/link/seeds.txt");
    if !failed.is_empty() {
        let lines: String = failed.iter().map(|seed| format!("world {seed}\n")).collect();
        let mut file = std::fs::OpenOptions::new().append(true).open(path).expect("the file of seeds");
        file.write_all(lines.as_bytes()).expect("room for a seed");
    }
    u32::try_from(failed.len()).unwrap_or(u32::MAX)
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("SEEDS and FIRST are numbers"));
    let (seeds, first) = (arguments.next().unwrap_or(1000), arguments.next().unwrap_or(0));
    let missed = bytes(first, seeds) + rounds(first, seeds.max(1000)) + one_ways(first, seeds.max(1000));
    peers(first, seeds.min(200));
    missing();
    let failed = worlds(first, 1000);
    println!("\n{missed} bars missed, {failed} seeds failed");
    ExitCode::from(u8::from(missed + failed > 0))
}
