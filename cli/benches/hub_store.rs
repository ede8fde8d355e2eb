//! How fast does a hub keep records, and how long does it take to say what a device lacks?
//!
//! `cargo bench -p increp-cli --bench hub_store` does it with 100,000, `cargo bench -p increp-cli --bench hub_store -- 1000000` with a
//! million, which takes 200 MB of disk; `INCREP_BENCH_DIR` is the folder to do it in, if not the system's for temporary
//! files. Records of 48 bytes from 500 devices, in the order in which a careless world brings them: a thousand a transaction,
//! each on the disk before the next one begins. The bar is 20,000 a second, all the way.

use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{env, fs};

use increp_cli::store::hub::{FILE, Hub, Run};

const RECORDS: u32 = 100_000;
const DEVICES: u32 = 500;
const AT_ONCE: u32 = 1000;
const BAR: f64 = 20_000.0;

fn main() {
    // Cargo adds an argument of its own.
    let records = env::args().find_map(|argument| argument.parse().ok()).unwrap_or(RECORDS).next_multiple_of(AT_ONCE);
    let folder = env::var_os("INCREP_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let folder = folder.join(format!("increp-hub-store-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder can be made");
    Hub::create(&folder).expect("a new hub");
    let mut hub = Hub::open(&folder).expect("the new hub");
    let mut slowest = f64::INFINITY;
    println!("{:>9} {:>12} {:>22}", "records", "inserts/s", "what a device lacks");
    let mut kept = 0;
    for part in [1, 10, 25, 50, 75, 100] {
        let up_to = (records / 100 * part).next_multiple_of(AT_ONCE);
        let started = Instant::now();
        let before = kept;
        while kept < up_to {
            let mut adding = hub.adding().expect("nobody else writes");
            for number in kept..kept + AT_ONCE {
                let (run, seq) = place(number);
                adding.add(run, seq, &body(number), i64::from(number)).expect("a record");
            }
            let added = adding.commit().expect("a commit");
            assert_eq!(added.new, u64::from(AT_ONCE));
            kept += AT_ONCE;
        }
        let rate = f64::from(kept - before) / started.elapsed().as_secs_f64();
        slowest = slowest.min(rate);
        println!("{kept:>9} {rate:>12.0} {:>19.1} us", lacks(&hub, kept).as_secs_f64() * 1e6);
    }
    let size = fs::metadata(folder.join(FILE)).expect("a file").len();
    println!("{} bytes of database a record of {} bytes", size / u64::from(records), body(0).len());
    println!("slowest {slowest:.0}/s, bar {BAR:.0}: {}", if slowest >= BAR { "pass" } else { "miss" });
    drop(hub);
    fs::remove_dir_all(folder).expect("the folder goes");
}

/// Which record is the next to come: devices in turn that no order follows, each record of a device once.
fn place(number: u32) -> (Run, u8) {
    let author = (number % DEVICES).wrapping_mul(2_654_435_761);
    let of_device = number / DEVICES;
    let epoch = 1 + (author ^ (of_device / 256)).wrapping_mul(0x9e37_79b1) % 0x00ff_fffe;
    (Run { author, epoch }, u8::try_from(of_device % 256).expect("below 256"))
}

/// Bytes as no other record has them.
fn body(number: u32) -> [u8; 48] {
    let mut state = u64::from(number) + 1;
    [0; 48].map(|_: u8| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_le_bytes()[7]
    })
}

/// The median time to say what there is of an epoch.
fn lacks(hub: &Hub, kept: u32) -> Duration {
    let mut times: Vec<Duration> = (0..1001)
        .map(|round: u32| {
            let (run, seq) = place(round.wrapping_mul(2_654_435_761) % kept);
            let started = Instant::now();
            let have = hub.have(run).expect("an epoch");
            assert!(have.numbers.has(seq));
            started.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}
