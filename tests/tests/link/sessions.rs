//! Sessions that break off, go one way, or change their link.

use increp::link::{Key, Outcome, Sender, Terms};
use increp::store::Mark;
use increp_tests::link::outbox::RamBox;
use increp_tests::link::score::{AUTHOR, Ends, hop};
use increp_tests::link::{RamShelf, put_record};

fn shelf() -> RamShelf {
    RamShelf::new(&[(AUTHOR, hop())])
}

fn sender(terms: Terms) -> Sender {
    Sender::new(terms, Key::new(&hop()), 99, 0, None)
}

/// All bodies of all hubs.
fn kept(shelves: &[RamShelf]) -> Vec<Vec<u8>> {
    let mut kept: Vec<Vec<u8>> = shelves.iter().flat_map(|shelf| shelf.records.values().flatten().cloned()).collect();
    kept.sort();
    kept.dedup();
    kept
}

fn sorted(outbox: &RamBox) -> Vec<Vec<u8>> {
    let mut records: Vec<Vec<u8>> = outbox.records.iter().map(|(_, record)| record.clone()).collect();
    records.sort();
    records
}

/// A session that loses nothing, of at most so many frames.
fn plain(outbox: &mut RamBox, shelf: &mut RamShelf, terms: Terms, limit: u64) -> (Outcome, u64) {
    let mut ends = Ends { outbox, shelves: std::slice::from_mut(shelf), terms, now: 0, limit };
    let (outcome, cost) = ends.session(sender(terms), &mut |_, frame| vec![frame.to_vec()]);
    (outcome, cost.up)
}

#[test]
fn a_report_that_was_cut_goes_on_where_it_was_whatever_a_frame_holds_then() {
    let mut outbox = RamBox::random(1, &[390, 400, 395]);
    let whole: usize = outbox.records.iter().map(|(_, record)| record.len()).sum();
    let mut shelf = shelf();
    // The opening, the first record, and a part of the second.
    let (outcome, up) = plain(&mut outbox, &mut shelf, Terms::radio(222), 3);
    assert_eq!((outcome.frames, outcome.at_hub, shelf.records.len(), shelf.partials.len()), (3, 0, 2, 1));
    let (outcome, more) = plain(&mut outbox, &mut shelf, Terms::radio(51), u64::MAX);
    assert_eq!((outcome.offered, outcome.at_hub), (4, 4));
    assert_eq!(kept(&[shelf]), sorted(&outbox));
    let most = whole as u64 * 5 / 4 + 100;
    assert!(up + more < most, "{up} and {more} bytes for {whole}: nothing is sent again");
}

#[test]
fn what_went_one_way_stays_sent_and_is_offered_where_there_is_an_answer() {
    let (mut outbox, mut shelf) = (RamBox::random(4, &[30; 50]), shelf());
    let one_way = Terms { one_way: 2, ..Terms::radio(51) };
    let mut ends = Ends { outbox: &mut outbox, shelves: &mut [], terms: one_way, now: 0, limit: u64::MAX };
    let (outcome, _) = ends.session(sender(one_way), &mut |_, _| Vec::new());
    assert_eq!((outcome.offered, outcome.at_hub, outcome.answered), (51, 0, false));
    assert!(outbox.records.iter().all(|(mark, _)| *mark == Mark::Sent));
    assert_eq!(plain(&mut outbox, &mut shelf, one_way, u64::MAX).0.frames, 0, "it is not sent so again");
    let (outcome, _) = plain(&mut outbox, &mut shelf, Terms::radio(51), u64::MAX);
    assert_eq!((outcome.offered, outcome.at_hub), (51, 51));
    assert_eq!(kept(&[shelf]), sorted(&outbox));
}

#[test]
fn what_is_urgent_goes_first_and_its_opening_before_it() {
    let mut outbox = RamBox::random(3, &[20; 600]);
    let urgent = outbox.records.iter().map(|(_, record)| record.clone()).filter(|record| record[4] == 77).nth(2).unwrap();
    let epoch = u32::from_le_bytes([urgent[1], urgent[2], urgent[3], 0]);
    let mut shelf = shelf();
    let terms = Terms::radio(222);
    let mut sender = sender(terms);
    assert!(sender.urgent(epoch, 77));
    let mut ends = Ends { outbox: &mut outbox, shelves: std::slice::from_mut(&mut shelf), terms, now: 0, limit: 1 };
    ends.session(sender, &mut |_, frame| vec![frame.to_vec()]);
    let numbers: Vec<_> = shelf.records.keys().copied().collect();
    assert_eq!(numbers, [(AUTHOR, epoch, 0), (AUTHOR, epoch, 77)]);
    plain(&mut outbox, &mut shelf, terms, u64::MAX);
    assert_eq!(kept(&[shelf]), sorted(&outbox));
}

#[test]
fn more_than_256_epochs_and_two_with_one_low_byte_reach_the_hub() {
    let mut outbox = RamBox::default();
    for epoch in 0..300 {
        outbox.records.extend(RamBox::random(epoch, &[15, 60]).records);
    }
    let mut shelf = shelf();
    let (outcome, _) = plain(&mut outbox, &mut shelf, Terms::radio(140), u64::MAX);
    assert_eq!((outcome.offered, outcome.at_hub), (900, 900));
    assert_eq!(kept(&[shelf]), sorted(&outbox));
}

#[test]
fn a_sync_ends_where_the_oldest_were_dropped_or_a_number_was_lost() {
    for dropped in [1, 2, 40, 49] {
        let mut outbox = RamBox::random(5, &[25; 50]);
        outbox.dropped = dropped;
        outbox.records.remove(45.max(dropped + 1));
        let mut shelf = shelf();
        let (outcome, _) = plain(&mut outbox, &mut shelf, Terms::radio(51), u64::MAX);
        let left = u32::try_from(outbox.records.len() - dropped).unwrap();
        assert_eq!((outcome.offered, outcome.at_hub, outcome.answered), (left, left, true), "{dropped}");
        assert_eq!(kept(&[shelf]).len(), outbox.records.len() - dropped);
    }
}

#[test]
fn record_0_comes_from_the_keys_where_the_store_has_dropped_it() {
    let mut outbox = RamBox::random(5, &[25; 10]);
    outbox.dropped = 3;
    let opening = outbox.records[0].1.clone().try_into().unwrap();
    let (mut shelf, terms) = (shelf(), Terms::radio(51));
    let sender = Sender::new(terms, Key::new(&hop()), 1, 0, Some(opening));
    let mut ends = Ends { outbox: &mut outbox, shelves: std::slice::from_mut(&mut shelf), terms, now: 0, limit: u64::MAX };
    let (outcome, _) = ends.session(sender, &mut |_, frame| vec![frame.to_vec()]);
    assert_eq!((outcome.offered, outcome.at_hub), (8, 8));
    assert_eq!(shelf.records.len(), 9);
    assert_eq!(shelf.records.values().next().unwrap()[0], opening);
}

#[test]
fn a_session_without_anybody_ends_and_says_so() {
    let mut outbox = RamBox::random(5, &[25; 10]);
    let terms = Terms::radio(51);
    let mut ends = Ends { outbox: &mut outbox, shelves: &mut [], terms, now: 0, limit: u64::MAX };
    let (outcome, cost) = ends.session(sender(terms), &mut |_, _| Vec::new());
    let now = ends.now;
    assert_eq!((outcome.answered, outcome.at_hub), (false, 0));
    assert!(cost.up < 24 * 51 && now < 600_000, "{} bytes in {now} ms", cost.up);
}

#[test]
fn the_state_of_a_hub_that_has_less_than_it_had_is_not_believed_from_before() {
    let mut outbox = RamBox::random(8, &[30; 60]);
    let (mut old, mut shelf) = (shelf(), shelf());
    plain(&mut outbox, &mut shelf, Terms::radio(140), u64::MAX);
    outbox.records[..20].iter().for_each(|(_, record)| put_record(&mut old, AUTHOR, record));
    // The hub was put back to an old backup: all without HQ's receipt is offered to it again.
    let (outcome, _) = plain(&mut outbox, &mut old, Terms::radio(140), u64::MAX);
    assert_eq!(outcome.at_hub, 61);
    assert_eq!(kept(&[old]), sorted(&outbox));
}
