//! Several hubs: what one has and another lacks goes on between them.

use std::collections::BTreeSet;
use std::convert::Infallible;

use increp::link::Answer;
use increp::link::{Catalogue, Duty, Found, Hub, Item, Key, Ledger, Outbox, Sender, Session, Step, Terms, Vector};
use increp::seal::{MAX_RECORD, Secret};
use increp::store::{Handle, Mark, Record};
use increp_tests::link::air::below;
use increp_tests::link::outbox::RamBox;
use increp_tests::link::{RamShelf, put_record};
use increp_tests::sealed::Replayed;

/// What a hub has, to be compared.
struct Index<'s>(&'s RamShelf);

impl Catalogue for Index<'_> {
    type Error = Infallible;

    fn each(&mut self, take: &mut dyn FnMut(Item)) -> Result<(), Infallible> {
        let runs: BTreeSet<(u32, u32)> = self.0.records.keys().map(|at| (at.0, at.1)).collect();
        for (author, epoch) in runs {
            let mut item = Item::new(author, epoch);
            for (_, bodies) in self.0.records.range((author, epoch, 0)..=(author, epoch, 255)) {
                bodies.iter().for_each(|body| item.add(body));
            }
            take(item);
        }
        Ok(())
    }
}

/// A hub's records of some epochs of a device, forks too, as a sender offers them.
struct Passed {
    records: Vec<Vec<u8>>,
}

impl Passed {
    fn of(shelf: &RamShelf, author: u32, epochs: &BTreeSet<u32>) -> Self {
        let records = shelf.records.iter().filter(|(at, _)| at.0 == author && epochs.contains(&at.1));
        Self { records: records.flat_map(|(_, bodies)| bodies.clone()).collect() }
    }
}

impl Outbox for Passed {
    type Error = Infallible;

    fn next<'b>(&mut self, after: Option<Handle>, buffer: &'b mut [u8]) -> Result<Option<Record<'b>>, Infallible> {
        let at = after.map_or(0, |handle| handle.sequence() as usize + 1);
        let Some(record) = self.records.get(at) else { return Ok(None) };
        let bytes = &mut buffer[..record.len()];
        bytes.copy_from_slice(record);
        Ok(Some(Record { handle: Handle::from_parts([u32::try_from(at).unwrap(), 0, 0]), mark: Mark::Sent, bytes }))
    }

    fn mark(&mut self, _: Handle, _: Mark) -> Result<(), Infallible> {
        Ok(())
    }
}

const DEVICES: u32 = 40;

fn hop(author: u32) -> Secret<16> {
    let mut key = [7; 16];
    key[..4].copy_from_slice(&author.to_le_bytes());
    Secret::new(key)
}

fn shelf() -> RamShelf {
    RamShelf::new(&(0..DEVICES).map(|author| (author, hop(author))).collect::<Vec<_>>())
}

/// Two hubs compare: for each, what it has to send; and the bytes that went over the link, which loses some frames.
fn compare(one: &RamShelf, other: &RamShelf, mtu: u16, rng: &mut Replayed, percent: u32) -> ([BTreeSet<(u32, u32)>; 2], usize) {
    let terms = Terms { mtu, ..Terms::wire(mtu) };
    let vector = Vector::new(terms, &Secret::new([5; 32]));
    let (mut differs, mut bytes) = ([BTreeSet::new(), BTreeSet::new()], 0);
    for _ in 0..30 {
        let mut same = false;
        let mut frames = vec![(1, vector.ask(&mut Index(one), &mut [0; 400]).unwrap().to_vec())];
        while let Some((to, mut frame)) = frames.pop() {
            assert!(frame.len() <= mtu.into());
            bytes += frame.len();
            if below(rng, 100) < percent {
                continue;
            }
            let mut index = Index([one, other][to]);
            let known = vector
                .receive(&mut frame, &mut index, &mut [0; 400], &mut |found| match found {
                    Found::Answer(answer) => frames.push((1 - to, answer.to_vec())),
                    Found::Differs(author, epoch) => drop(differs[to].insert((author, epoch))),
                    Found::Same => same |= to == 0,
                })
                .unwrap();
            assert!(known);
        }
        if same || percent == 0 {
            break;
        }
    }
    (differs, bytes)
}

/// Sends what differs, author by author.
fn send(from: &RamShelf, to: &mut RamShelf, differs: &BTreeSet<(u32, u32)>) {
    let authors: BTreeSet<u32> = differs.iter().map(|(author, _)| *author).collect();
    for author in authors {
        let epochs = differs.iter().filter(|run| run.0 == author).map(|run| run.1).collect();
        let terms = Terms::wire(222);
        let mut sender = Sender::new(terms, Key::new(&hop(author)), 1, 0, None);
        let mut outbox = Passed::of(from, author, &epochs);
        let mut sessions = [Session::FREE; 1];
        let mut hub = Hub::new(terms, &mut sessions);
        let (mut room, mut frame, mut ledger, mut now) = ([0; MAX_RECORD], [0; 222], Ledger::new(Duty::FREE), 0);
        loop {
            now += 1;
            match sender.poll(now, &mut ledger, &mut outbox, &mut room, &mut frame).unwrap() {
                Step::Send(bytes) => drop(hub.receive(now, &mut bytes.to_vec(), None, to, &mut room).unwrap()),
                Step::Wait(_) => {
                    while let Answer::Send(_, bytes) = hub.poll(now, &mut Ledger::new(Duty::FREE), to, &mut frame).unwrap() {
                        sender.receive(now, &mut bytes.to_vec(), &mut outbox, &mut room).unwrap();
                    }
                }
                Step::Done(_) => break,
            }
        }
    }
}

fn gossip(hubs: &mut [RamShelf], one: usize, other: usize, rng: &mut Replayed, percent: u32) {
    let ([first, second], _) = compare(&hubs[one], &hubs[other], 222, rng, percent);
    let (before_one, before_other) = (hubs[one].clone(), hubs[other].clone());
    send(&before_one, &mut hubs[other], &first);
    send(&before_other, &mut hubs[one], &second);
}

fn sorted(shelf: &RamShelf) -> BTreeSet<Vec<u8>> {
    shelf.records.values().flatten().cloned().collect()
}

#[test]
fn hubs_that_meet_at_random_end_with_the_same_records_forks_included() {
    super::seeds("gossip", 25, |seed| {
        let mut rng = Replayed(seed);
        let mut hubs = [shelf(), shelf(), shelf()];
        let mut all = BTreeSet::new();
        for author in 0..DEVICES {
            for epoch in 0..1 + below(&mut rng, 3) {
                let outbox = RamBox::random(seed << 20 | u64::from(author) << 8 | u64::from(epoch), &[30; 6]);
                for (_, record) in outbox.records {
                    let at = below(&mut rng, 3) as usize;
                    put_record(&mut hubs[at], author, &record);
                    if record[4] == 5 && below(&mut rng, 4) == 0 {
                        let mut fork = record.clone();
                        fork[12] ^= 0x40;
                        put_record(&mut hubs[below(&mut rng, 3) as usize], author, &fork);
                        all.insert(fork);
                    }
                    all.insert(record);
                }
            }
        }
        // Some meetings by chance, over links that lose frames; and in the end everyone has met everyone twice.
        for _ in 0..3 {
            let one = below(&mut rng, 3) as usize;
            gossip(&mut hubs, one, (one + 1) % 3, &mut rng, 30);
        }
        for _ in 0..2 {
            [(0, 1), (1, 2), (2, 0)].into_iter().for_each(|(one, other)| gossip(&mut hubs, one, other, &mut rng, 0));
        }
        for hub in &hubs {
            assert!(sorted(hub) == all, "seed {seed}: not all is everywhere");
        }
        let ([one, other], bytes) = compare(&hubs[0], &hubs[1], 51, &mut rng, 0);
        assert_eq!((one.len(), other.len(), bytes), (0, 0, 92), "equal hubs take two frames");
    });
}

#[test]
fn what_one_hub_has_more_costs_little_to_find() {
    let mut rng = Replayed(1);
    let mut one = shelf();
    for author in 0..DEVICES {
        for epoch in 0..10 {
            let outbox = RamBox::random(u64::from(author) << 8 | epoch, &[30; 3]);
            outbox.records.iter().for_each(|(_, record)| put_record(&mut one, author, record));
        }
    }
    let mut other = one.clone();
    for author in [3, 17, 29] {
        let outbox = RamBox::random(u64::from(author) << 8 | 99, &[30; 3]);
        outbox.records.iter().for_each(|(_, record)| put_record(&mut one, author, record));
    }
    other.records.pop_last();
    for mtu in [51, 222, 340] {
        let ([first, second], bytes) = compare(&one, &other, mtu, &mut rng, 0);
        println!("400 epochs, 4 differ, MTU {mtu}: {bytes} bytes");
        assert_eq!((first.len(), second.len()), (4, 1));
        assert!(bytes < 1_500, "{bytes}");
    }
}

#[test]
fn a_frame_that_another_made_is_none() {
    let vector = Vector::new(Terms::wire(222), &Secret::new([5; 32]));
    let stranger = Vector::new(Terms::wire(222), &Secret::new([6; 32]));
    let hub = shelf();
    let good = vector.ask(&mut Index(&hub), &mut [0; 222]).unwrap().to_vec();
    let mut never = |_: Found<'_>| panic!("it led to something");
    for bit in 0..good.len() * 8 {
        let mut frame = good.clone();
        frame[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(vector.receive(&mut frame, &mut Index(&hub), &mut [0; 222], &mut never), Ok(false), "bit {bit}");
    }
    assert_eq!(stranger.receive(&mut good.clone(), &mut Index(&hub), &mut [0; 222], &mut never), Ok(false));
}
