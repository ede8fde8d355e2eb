//! Everything at once. The example `link` lets a thousand more seeds happen.

use increp_tests::link::world::{Tally, run};
use std::cell::Cell;

#[test]
fn whatever_happens_every_saved_report_is_at_hq_once_and_nothing_else_is() {
    let all = Cell::new(Tally::default());
    super::seeds("world", 60, |seed| {
        let (one, sum) = (run(seed), all.get());
        all.set(Tally { saved: sum.saved + one.saved, forged: sum.forged + one.forged, twice: sum.twice + one.twice });
    });
    let Tally { saved, forged, twice } = all.get();
    println!("{saved} reports, {forged} forged bodies at hubs, {twice} numbers twice");
    assert!(saved > 0 && forged > 0 && (twice > 0 || std::env::var("INCREP_SEED").is_ok()), "it is no test");
}
