//! Devices and hubs over simulated links. Seeds that fail are named in the failure; `INCREP_SEED=n` runs one alone.

#![allow(clippy::unwrap_used, missing_docs)]

mod bars;
mod duty;
mod faults;
mod hubs;
mod plain;
mod sessions;
mod world;

/// Runs seeds, and those in `tests/tests/link/seeds.txt`, which failed once.
fn seeds(name: &str, many: u64, test: impl Fn(u64)) {
    if let Ok(seed) = std::env::var("INCREP_SEED") {
        return test(seed.parse().unwrap());
    }
    let kept = include_str!("seeds.txt").lines().filter_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    for seed in kept.chain(0..many) {
        let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| test(seed))).is_err();
        assert!(!failed, "{name}: seed {seed} fails: keep it in seeds.txt");
    }
}
