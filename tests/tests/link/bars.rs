//! What a session costs, on few seeds; the whole table is made by the example `link`.
//!
//! The seeds are the same in each run, so nothing depends on chance, and no bar is widened for it.

use increp::link::Terms;
use increp_tests::link::air::Loss;
use increp_tests::link::score::{BARS, Case, INTERACTIVE, ONE_WAY, Pooled, REPORTS, interactive, one_way};

#[test]
fn a_session_costs_no_more_than_the_bars_allow() {
    for (mtu, bars) in BARS {
        for (reports, bar) in REPORTS.into_iter().zip(bars) {
            for loss in [Loss::Each, Loss::Bursts(4)] {
                for (percent, seeds) in [(0, 20), (10, 20), (30, 40), (50, 40)] {
                    let case = Case { terms: Terms::radio(mtu), loss, percent, reports, resumes: false };
                    let pooled = Pooled::of(&case, 0..seeds);
                    println!("{:.3} +- {:.3}, bar {bar}: {case:?}", pooled.score(), pooled.error());
                    assert!(pooled.score() <= bar, "{} where {bar} is allowed: {case:?}", pooled.score());
                }
            }
        }
    }
}

#[test]
fn who_waits_waits_for_few_rounds_and_few_bytes() {
    for (loss, most, bar) in INTERACTIVE {
        let pooled = Pooled { scores: (0..1_000).map(|seed| interactive(loss, seed)).collect() };
        let (rounds, score) = (pooled.rounds(), pooled.score());
        println!("{loss:?}: {rounds} rounds, bar {most}; {score:.3} +- {:.3}, bar {bar}", pooled.error());
        assert!(rounds <= most && score <= bar, "{loss:?}: {rounds} rounds where {most} are allowed, {score} where {bar} is");
    }
}

#[test]
fn where_nobody_answers_99_of_100_arrive() {
    for (copies, percent, bar) in ONE_WAY {
        let all: Vec<_> = (0..200).map(|seed| one_way(copies, percent, seed)).collect();
        let add = |(some, of): (usize, usize), one: (usize, usize)| (some + one.0, of + one.1);
        let frames = all.iter().map(|one| one.frames).fold((0, 0), add);
        let records = all.iter().map(|one| one.records).fold((0, 0), add);
        for (name, (some, of)) in [("frames", frames), ("records", records)] {
            #[allow(clippy::cast_precision_loss)]
            let (share, error) = (some as f64 / of as f64, (bar * (1.0 - bar) / of as f64).sqrt());
            println!("{copies} copies at {percent} %: {name} {share:.4} of {of}");
            // Two copies at 10 % bring 99 % on average and no more, so half of all seeds are below it: by twice the error of so many, at the most.
            assert!(share >= bar - 2.0 * error, "{name}, {copies} copies at {percent} %: {share}");
        }
    }
}
