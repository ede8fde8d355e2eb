//! What reports cost over links that lose frames, beside the least that is possible, and beside other protocols.
//!
//!     cargo run --release -p increp-tests --example link -- [SEEDS] [FIRST]
//!
//! Prints the tables and fails where a bar is missed. Seeds that fail are named; they replay as the first of one.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::thread;

use increp::link::{Key, Sender, Terms};
use increp::store::Mark;
use increp_tests::link::air::{Air, Loss, below};
use increp_tests::link::outbox::{RamBox, lengths};
use increp_tests::link::peers::{Cost, StopAndWait};
use increp_tests::link::score::{AUTHOR, Case, Ends, Score, hop, run, session};
use increp_tests::link::{RamShelf, put_record};
use increp_tests::sealed::Replayed;
use negentropy::{Id, Negentropy, NegentropyStorageVector};
use sha2::{Digest as _, Sha256};

/// The bars: at each MTU, for 100 reports and more, and for 10 to 99.
const BARS: [(u16, [f64; 2]); 4] = [(51, [1.28, 1.40]), (140, [1.13, 1.20]), (222, [1.10, 1.15]), (340, [1.08, 1.12])];
const REPORTS: [(u32, u32); 2] = [(100, 400), (10, 99)];
const PERCENT: [u32; 4] = [0, 10, 30, 50];

/// Pooled over seeds, of which every other one resumes.
fn pooled(case: Case, first: u64, seeds: u64) -> (f64, Vec<Score>) {
    let half = seeds / 2;
    let run = |case: &Case, seed: u64| run(&Case { resumes: seed % 2 == 1, ..*case }, seed);
    let scores: Vec<Score> = thread::scope(|scope| {
        let other = scope.spawn(move || (first..first + half).map(|seed| run(&case, seed)).collect::<Vec<_>>());
        let mut scores: Vec<Score> = (first + half..first + seeds).map(|seed| run(&case, seed)).collect();
        scores.extend(other.join().expect("a seed that fails names itself"));
        scores
    });
    let bytes: u64 = scores.iter().map(|score| score.cost.up + score.cost.down).sum();
    (bytes as f64 / scores.iter().map(|score| score.bound).sum::<f64>(), scores)
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

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("SEEDS and FIRST are numbers"));
    let (seeds, first) = (arguments.next().unwrap_or(1000), arguments.next().unwrap_or(0));
    let mut missed = 0;
    println!(
        "bytes both ways / least, and the rounds of 95 of 100 sessions; {seeds} seeds from {first}; at every other one the hub has some already"
    );
    for (loss, name) in [(Loss::Each, "each"), (Loss::Bursts(4), "bursts")] {
        for (mtu, bars) in BARS {
            for (reports, bar) in REPORTS.into_iter().zip(bars) {
                print!("{name:7} MTU {mtu:3}  N {:>3}-{:<3}  bar {bar:.2} ", reports.0, reports.1);
                for percent in PERCENT {
                    let case = Case { terms: Terms::radio(mtu), loss, percent, reports, resumes: false };
                    let (score, scores) = pooled(case, first, seeds);
                    let mut rounds: Vec<u64> = scores.iter().map(|score| score.cost.rounds).collect();
                    rounds.sort_unstable();
                    let miss = if score > bar { "!" } else { " " };
                    missed += u32::from(score > bar);
                    print!(" {percent:2}%: {score:.3}{miss}({:2})", rounds[rounds.len() * 95 / 100]);
                }
                println!();
            }
        }
    }
    peers(first, seeds.min(200));
    missing();
    println!("\n{missed} bars missed");
    ExitCode::from(u8::from(missed > 0))
}
