//! Air that doubles, turns round, flips and plays again; devices that were copied, hubs that lie. Nothing is lost, nothing doubled, and nothing
//! is kept that was not sent.

use increp::link::{Key, Sender, Terms};
use increp::seal::Secret;
use increp::store::Mark;
use increp_tests::link::air::{Air, Loss, below};
use increp_tests::link::outbox::{RamBox, bytes, lengths};
use increp_tests::link::score::{AUTHOR, Ends, hop};
use increp_tests::link::{RamShelf, put_record};
use increp_tests::sealed::Replayed;

fn shelf() -> RamShelf {
    RamShelf::new(&[(3, Secret::new([3; 16])), (AUTHOR, hop())])
}

/// Air that does to frames whatever can be done.
struct Hostile {
    air: Air,
    /// Frames that were heard, to be played again.
    heard: Vec<Vec<u8>>,
    /// Frames that are late.
    late: Vec<Vec<u8>>,
}

impl Hostile {
    fn new(seed: u64) -> Self {
        Self { air: Air::new(seed, Loss::Each, 20), heard: Vec::new(), late: Vec::new() }
    }

    fn pass(&mut self, frame: &[u8]) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        if !frame.is_empty() {
            self.heard.push(frame.to_vec());
            let mut frame = frame.to_vec();
            match self.air.below(10) {
                0 => {
                    let bit = self.air.below(u32::try_from(frame.len()).unwrap() * 8) as usize;
                    frame[bit / 8] ^= 1 << (bit % 8);
                    out.push(frame);
                }
                1 => out.extend([frame.clone(), frame]),
                2 => self.late.push(frame),
                3 => frame.truncate(self.air.below(u32::try_from(frame.len()).unwrap()) as usize),
                _ if self.air.carries() => out.push(frame),
                _ => {}
            }
        }
        if self.air.below(4) == 0 && !self.late.is_empty() {
            let at = self.air.below(u32::try_from(self.late.len()).unwrap()) as usize;
            out.push(self.late.swap_remove(at));
        }
        if self.air.below(6) == 0 && !self.heard.is_empty() {
            let at = self.air.below(u32::try_from(self.heard.len()).unwrap()) as usize;
            out.push(self.heard[at].clone());
        }
        out
    }
}

#[test]
fn whatever_the_air_does_all_arrives_once_and_nothing_else() {
    super::seeds("hostile", 150, |seed| {
        let mut rng = Replayed(seed);
        let many = 1 + below(&mut rng, 60) as usize;
        let mut outbox = RamBox::random(seed, &lengths(&mut rng, many));
        let mut shelves = vec![shelf(); 1 + below(&mut rng, 3) as usize];
        let mut hostile = Hostile::new(seed);
        let mut done = false;
        for round in 0..30 {
            let mtu = [51, 140, 222, 340][below(&mut rng, 4) as usize];
            let terms = Terms { copies: 1 + u8::try_from(below(&mut rng, 3)).unwrap(), ..Terms::radio(mtu) };
            // Clocks jump between sessions, and sessions break off.
            let now = u64::from(below(&mut rng, u32::MAX));
            let limit = if below(&mut rng, 3) == 0 { u64::from(below(&mut rng, 20)) } else { u64::MAX };
            let nonce = u16::try_from(below(&mut rng, 60_000)).unwrap();
            let sender = Sender::new(terms, Key::new(&hop()), nonce, 0, None);
            let mut ends = Ends { outbox: &mut outbox, shelves: &mut shelves, terms, now, limit };
            let (outcome, _) = ends.session(sender, &mut |_, frame| hostile.pass(frame));
            assert_eq!(outcome.forked, 0, "there is one body of each number");
            done = outcome.answered && outcome.at_hub == outcome.offered && limit == u64::MAX;
            if done && round > 3 {
                break;
            }
        }
        assert!(done, "it did not end");
        for shelf in &shelves {
            for (at, bodies) in &shelf.records {
                assert_eq!((at.0, bodies.len()), (AUTHOR, 1));
                assert!(outbox.records.iter().any(|(_, record)| *record == bodies[0]), "a record that nobody sent");
            }
        }
        for (mark, record) in &outbox.records {
            assert_eq!(*mark, Mark::AtHub);
            assert!(shelves.iter().any(|shelf| shelf.records.values().any(|bodies| bodies[0] == *record)), "a record is nowhere");
        }
    });
}

/// A session that loses nothing.
fn plain(outbox: &mut RamBox, shelf: &mut RamShelf) -> increp::link::Outcome {
    let terms = Terms::radio(140);
    let sender = Sender::new(terms, Key::new(&hop()), 5, 0, None);
    let mut ends = Ends { outbox, shelves: std::slice::from_mut(shelf), terms, now: 0, limit: u64::MAX };
    ends.session(sender, &mut |_, frame| vec![frame.to_vec()]).0
}

#[test]
fn both_bodies_of_a_device_that_was_copied_reach_the_hub() {
    super::seeds("copied", 40, |seed| {
        let (mut one, mut shelf) = (RamBox::random(seed, &[40; 30]), shelf());
        let mut other = one.clone();
        for (_, record) in &mut other.records[20..] {
            let length = record.len();
            record.truncate(5);
            record.extend(bytes(&mut Replayed(seed + 1), length - 5));
        }
        let outcome = plain(&mut one, &mut shelf);
        assert_eq!((outcome.forked, outcome.at_hub), (0, 31));
        // Whether it has sent some already, or none.
        let sent = seed % 2 == 0;
        other.records.iter_mut().filter(|_| sent).for_each(|(mark, _)| *mark = Mark::Sent);
        let outcome = plain(&mut other, &mut shelf);
        assert_eq!((outcome.forked, outcome.at_hub), (u32::from(sent), 31));
        for (_, record) in one.records.iter().chain(&other.records) {
            assert!(shelf.records.values().flatten().any(|body| body == record), "a report of one of them is lost");
        }
        // What is said to be there is there, and this body of it.
        assert!(other.records.iter().all(|(mark, _)| *mark == Mark::AtHub));
    });
}

#[test]
fn a_forged_number_does_not_keep_the_true_one_away() {
    let (mut outbox, mut shelf) = (RamBox::random(1, &[40; 10]), shelf());
    // Somebody who has the hop key, as a hub that was taken.
    let mut forged = outbox.records[4].1.clone();
    forged[20] ^= 1;
    put_record(&mut shelf, AUTHOR, &forged);
    outbox.records.iter_mut().for_each(|(mark, _)| *mark = Mark::Sent);
    let outcome = plain(&mut outbox, &mut shelf);
    assert_eq!((outcome.at_hub, outcome.forked), (11, 1));
    assert!(shelf.records.values().flatten().any(|body| *body == outbox.records[4].1));
}

#[test]
fn what_another_device_or_a_stranger_sends_is_kept_under_no_other_name() {
    let (mut outbox, mut shelf) = (RamBox::random(1, &[40; 10]), shelf());
    for key in [Secret::new([3; 16]), Secret::new([4; 16])] {
        let terms = Terms::radio(140);
        let sender = Sender::new(terms, Key::new(&key), 5, 0, None);
        let mut ends = Ends { outbox: &mut outbox, shelves: std::slice::from_mut(&mut shelf), terms, now: 0, limit: 100 };
        ends.session(sender, &mut |_, frame| vec![frame.to_vec()]);
    }
    assert!(shelf.records.keys().all(|at| at.0 == 3), "a device that knows its own key speaks for itself alone");
    assert!(!shelf.records.is_empty());
}

#[test]
fn a_hub_that_lies_stops_what_it_hears_and_no_more() {
    // A hub that was taken says that it has everything. The next honest one is offered all of it.
    let mut outbox = RamBox::random(1, &[40; 30]);
    let (mut liar, mut honest) = (shelf(), shelf());
    plain(&mut outbox, &mut liar);
    assert!(outbox.records.iter().all(|(mark, _)| *mark == Mark::AtHub));
    liar.records.clear();
    assert_eq!(plain(&mut outbox, &mut honest).at_hub, 31);
    assert_eq!(honest.records.len(), 31);
}
