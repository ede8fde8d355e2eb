//! Air that doubles, turns round, flips and plays again; devices that were copied, hubs that lie. Nothing is lost, nothing doubled, and nothing
//! is kept that was not sent.

use increp::link::{Duty, Hub, Key, Ledger, Sender, Session, Step, Terms};
use increp::seal::{MAX_RECORD, Secret};
use increp::store::Mark;
use increp_tests::link::air::{Hostile, below};
use increp_tests::link::outbox::{RamBox, bytes, lengths};
use increp_tests::link::score::{AUTHOR, Ends, Way, hop};
use increp_tests::link::{RamShelf, put_record};
use increp_tests::sealed::Replayed;

fn shelf() -> RamShelf {
    RamShelf::new(&[(3, Secret::new([3; 16])), (AUTHOR, hop())])
}

#[test]
fn whatever_the_air_does_all_arrives_once_and_nothing_else() {
    super::seeds("hostile", 150, |seed| {
        let mut rng = Replayed(seed);
        let many = 1 + below(&mut rng, 60) as usize;
        let mut outbox = RamBox::random(seed, &lengths(&mut rng, many));
        for epoch in 0..below(&mut rng, 4) {
            outbox.records.extend(RamBox::random(seed + u64::from(epoch) + 1_000, &lengths(&mut rng, 9)).records);
        }
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

/// Nothing in a frame says whose it is, and any frame looks to some of many keys as if it were of their sessions.
#[test]
fn a_device_is_heard_among_six_hundred_that_are_in_session() {
    let key = |author: u32| Secret::new(std::array::from_fn(|at| author.to_le_bytes()[at % 4] ^ 0x5a));
    let keys: Vec<(u32, Secret<16>)> = (1..=600).map(|author| (author, key(author))).collect();
    let mut shelf = RamShelf::new(&keys);
    let (terms, mut sessions) = (Terms::wire(140), [Session::FREE; 600]);
    let mut hub = Hub::new(terms, &mut sessions);
    let mut hear = |author: u32, from: Option<u32>, nonce: u16| {
        let mut outbox = RamBox::random(author.into(), &[20]);
        let (mut room, mut frame) = ([0; MAX_RECORD], [0; 140]);
        let mut sender = Sender::new(terms, Key::new(&key(author)), nonce, 0, None);
        let mut ledger = Ledger::new(Duty::FREE);
        let Step::Send(frame) = sender.poll(0, &mut ledger, &mut outbox, &mut room, &mut frame).unwrap() else { panic!("a POLL") };
        hub.receive(1, &mut frame.to_vec(), from, &mut shelf, &mut room).unwrap().map(|received| received.author)
    };
    for author in 1..=600 {
        assert_eq!(hear(author, Some(author), 1), Some(author));
    }
    for author in 1..=600 {
        assert_eq!(hear(author, None, 2), Some(author), "from where nobody was heard");
    }
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

#[test]
fn an_answer_of_an_earlier_session_is_not_believed() {
    let (mut outbox, terms) = (RamBox::random(1, &[40; 30]), Terms::radio(140));
    let mut answers = Vec::new();
    let mut first = shelf();
    let mut ends = Ends { outbox: &mut outbox, shelves: std::slice::from_mut(&mut first), terms, now: 0, limit: u64::MAX };
    ends.session(Sender::new(terms, Key::new(&hop()), 5, 0, None), &mut |way, frame| {
        answers.extend((way == Some(Way::Down)).then(|| frame.to_vec()));
        vec![frame.to_vec()]
    });
    // Another hub, that has nothing: whatever it says, the air says what the first one said.
    let mut second = shelf();
    let mut ends = Ends { outbox: &mut outbox, shelves: std::slice::from_mut(&mut second), terms, now: 0, limit: u64::MAX };
    let (outcome, _) = ends.session(Sender::new(terms, Key::new(&hop()), 700, 0, None), &mut |way, frame| {
        let mut frames = vec![frame.to_vec()];
        if way == Some(Way::Down) {
            frames.splice(0..0, answers.iter().rev().cloned());
        }
        frames
    });
    assert_eq!((outcome.at_hub, second.records.len()), (31, 31));
}

#[test]
fn a_second_has_no_more_than_ten_bad_frames_and_a_good_one_waits_for_the_next() {
    let (mut shelf, mut outbox, terms) = (shelf(), RamBox::random(1, &[40; 3]), Terms::radio(140));
    let mut frames = Vec::new();
    let mut ends = Ends { outbox: &mut outbox, shelves: &mut [], terms, now: 0, limit: 1 };
    ends.session(Sender::new(terms, Key::new(&hop()), 5, 0, None), &mut |_, frame| {
        frames.push(frame.to_vec());
        Vec::new()
    });
    let mut sessions = [Session::FREE; 1];
    let (mut hub, mut room, mut rng) = (Hub::new(terms, &mut sessions), [0; MAX_RECORD], Replayed(1));
    for (many, is_heard) in [(9, true), (10, false)] {
        let now = 1_000 * many;
        for _ in 0..many {
            assert_eq!(hub.receive(now, &mut bytes(&mut rng, 60), None, &mut shelf, &mut room), Ok(None));
        }
        let good = hub.receive(now + 999, &mut frames[0].clone(), None, &mut shelf, &mut room).unwrap();
        assert_eq!(good.is_some(), is_heard, "after {many} bad ones");
        let later = hub.receive(now + 1_000, &mut frames[0].clone(), None, &mut shelf, &mut room).unwrap();
        assert!(later.is_some_and(|received| received.author == AUTHOR));
    }
}

#[test]
fn nothing_in_two_frames_of_a_device_is_the_same() {
    let (mut outbox, terms) = (RamBox::random(1, &[0; 40]), Terms::radio(51));
    let mut firsts = [[0_u32; 256]; 4];
    for nonce in 0..200 {
        outbox.records.iter_mut().for_each(|(mark, _)| *mark = Mark::Saved);
        let mut ends =
            Ends { outbox: &mut outbox, shelves: &mut [], terms: Terms { one_way: 1, ..terms }, now: 0, limit: u64::MAX };
        let fresh = RamBox::random(nonce, &[8; 20]);
        *ends.outbox = fresh;
        ends.session(Sender::new(ends.terms, Key::new(&hop()), 5, 0, None), &mut |_, frame| {
            for (at, counts) in firsts.iter_mut().enumerate() {
                counts[usize::from(frame[at])] += 1;
            }
            Vec::new()
        });
    }
    for (at, counts) in firsts.iter().enumerate() {
        let (all, most) = (counts.iter().sum::<u32>(), *counts.iter().max().unwrap());
        assert!(most < all / 256 * 3, "byte {at} is one value in {most} of {all} frames");
    }
}

#[test]
fn an_opening_is_kept_in_its_own_epoch_alone() {
    let (mut outbox, mut shelf) = (RamBox::random(1, &[40; 3]), shelf());
    // Whoever has the hop key may say this too.
    outbox.records.iter_mut().for_each(|(_, record)| record[1] ^= 1);
    plain(&mut outbox, &mut shelf);
    assert!(!shelf.records.is_empty() && shelf.records.keys().all(|at| at.2 != 0));
}
