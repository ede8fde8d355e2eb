//! The ledger: no hour ever holds more than the link may send.

use increp::link::{Duty, Ledger};
use increp_tests::link::air::below;
use increp_tests::sealed::Replayed;

const HOUR: u64 = 3_600_000;

/// The most microseconds of air in any sixty minutes.
fn most(sent: &[(u64, u64)]) -> u64 {
    let within = |from: u64| sent.iter().filter(|(at, _)| (from..from + HOUR).contains(at)).map(|(_, airtime)| airtime).sum();
    sent.iter().map(|(at, _)| within(*at)).max().unwrap_or(0)
}

#[test]
fn no_sixty_minutes_hold_more_than_the_link_may_send() {
    super::seeds("duty", 200, |seed| {
        let mut rng = Replayed(seed);
        let permille = [1, 10, 100, 999][below(&mut rng, 4) as usize];
        let duty = Duty { permille, frame_us: below(&mut rng, 100_000), byte_us: 100 + below(&mut rng, 6_000) };
        let (mut ledger, mut now, mut sent) = (Ledger::new(duty), u64::from(below(&mut rng, 10_000_000)), Vec::new());
        for _ in 0..600 {
            // Now and then the clock stands still, and the next frame comes as soon as it may.
            now += u64::from(below(&mut rng, 3) * below(&mut rng, 200_000));
            let length = 20 + below(&mut rng, 200) as usize;
            let ready = ledger.ready(now, length);
            if ready == u64::MAX {
                continue;
            }
            assert_eq!(ledger.ready(ready, length), ready, "what it said holds");
            now = ready;
            ledger.spend(now, length);
            sent.push((now, duty.airtime(length)));
        }
        assert!(most(&sent) <= u64::from(permille) * HOUR, "{} of {}", most(&sent), u64::from(permille) * HOUR);
    });
}

#[test]
fn no_sixty_minutes_hold_more_even_if_power_fails_in_them() {
    super::seeds("resets", 200, |seed| {
        let mut rng = Replayed(seed);
        let duty = Duty { permille: 10, frame_us: below(&mut rng, 100_000), byte_us: 1_000 + below(&mut rng, 6_000) };
        let (mut ledger, mut began, mut now, mut sent, mut resets) = (Ledger::new(duty), 0, 0, Vec::new(), 0);
        while sent.len() < 400 {
            now += u64::from(below(&mut rng, 3) * below(&mut rng, 60_000));
            if below(&mut rng, 60) == 0 {
                // The clock of the device begins anew, at 0 or a little after, and nobody knows what was sent.
                began = now - u64::from(below(&mut rng, 2_000)).min(now);
                ledger = Ledger::spent(duty, now - began);
                resets += 1;
            }
            let length = 20 + below(&mut rng, 200) as usize;
            let ready = ledger.ready(now - began, length);
            // Patience ends, too.
            now = (began + ready).min(now + HOUR / 2);
            if began + ready == now {
                ledger.spend(now - began, length);
                sent.push((now, duty.airtime(length)));
            }
        }
        assert!(resets > 0 && most(&sent) <= 10 * HOUR, "{} of {}", most(&sent), 10 * HOUR);
    });
}

#[test]
fn a_clock_that_goes_back_lets_nothing_more_through() {
    let duty = Duty { permille: 10, frame_us: 0, byte_us: 10_000 };
    let mut ledger = Ledger::new(duty);
    for _ in 0..36 {
        ledger.spend(7_200_000, 100);
    }
    for now in [7_200_000, 3_600_000, 0] {
        assert!(ledger.ready(now, 100) > 7_200_000 + HOUR - 1, "{now}");
    }
}

#[test]
fn who_does_not_know_what_was_sent_waits_an_hour() {
    let duty = Duty { permille: 10, frame_us: 0, byte_us: 10_000 };
    assert!(Ledger::spent(duty, 5).ready(5, 10) >= HOUR);
    assert_eq!(Ledger::spent(Duty::FREE, 5).ready(5, 10), 5);
    assert_eq!(Ledger::new(Duty { byte_us: 360_000_000, ..duty }).ready(0, 101), u64::MAX, "no frame of that length ever goes");
}
