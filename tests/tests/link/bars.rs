//! What a session costs; the whole table is made by the example `link`.

use increp::link::Terms;
use increp_tests::link::air::Loss;
use increp_tests::link::score::{Case, Score, run};

/// Pooled over seeds, of which every other one resumes.
fn pooled(case: Case, seeds: u64) -> (f64, Vec<Score>) {
    let scores: Vec<Score> = (0..seeds).map(|seed| run(&Case { resumes: seed % 2 == 1, ..case }, seed)).collect();
    let bytes: u64 = scores.iter().map(|score| score.cost.up + score.cost.down).sum();
    #[allow(clippy::cast_precision_loss)]
    (bytes as f64 / scores.iter().map(|score| score.bound).sum::<f64>(), scores)
}

#[test]
fn a_session_costs_no_more_than_the_bars_allow() {
    for (mtu, bars) in [(51, [1.28, 1.40]), (140, [1.13, 1.20]), (222, [1.10, 1.15]), (340, [1.08, 1.12])] {
        for (reports, bar) in [(100, 400), (10, 99)].into_iter().zip(bars) {
            for loss in [Loss::Each, Loss::Bursts(4)] {
                for percent in [0, 10, 30] {
                    let case = Case { terms: Terms::radio(mtu), loss, percent, reports, resumes: false };
                    let (score, _) = pooled(case, 12);
                    // With so few seeds chance weighs more.
                    assert!(score <= bar + 0.03, "{score} where {bar} is allowed: {case:?}");
                }
            }
        }
    }
}
