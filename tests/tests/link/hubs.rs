//! Several hubs: what one has and another lacks goes on between them.

use std::collections::BTreeSet;

use increp::link::{Found, Terms, Vector};
use increp::seal::Secret;
use increp_tests::link::air::below;
use increp_tests::link::gossip::{Index, send};
use increp_tests::link::outbox::RamBox;
use increp_tests::link::{RamShelf, put_record};
use increp_tests::sealed::Replayed;

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
fn what_both_have_is_not_sent_where_one_has_far_more_than_a_frame_holds() {
    let (mut one, mut other) = (shelf(), shelf());
    for author in 0..DEVICES {
        for epoch in 0..10 {
            let outbox = RamBox::random(u64::from(author) << 8 | epoch, &[30; 3]);
            for (_, record) in outbox.records {
                put_record(&mut one, author, &record);
                if author % 9 == 1 && epoch == 4 {
                    put_record(&mut other, author, &record);
                }
            }
        }
    }
    for mtu in [51, 222] {
        let ([first, second], _) = compare(&one, &other, mtu, &mut Replayed(1), 0);
        assert_eq!((first.len(), second.len()), (395, 0), "MTU {mtu}");
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

/// A frame that comes back to the hub that sent it says nothing, or it would seem that the other one has the same.
#[test]
fn a_hub_is_not_answered_with_its_own_frames() {
    let hub = RamShelf::new(&[]);
    let [own, other] = [1, 2].map(|key| Secret::new([key; 32]));
    let vector = Vector::with(Terms::wire(222), &own, &other);
    let mut question = vector.ask(&mut Index(&hub), &mut [0; 222]).unwrap().to_vec();
    let mut buffer = [0; 222];
    let mut found = |_: Found<'_>| panic!("it was believed");
    assert_eq!(vector.receive(&mut question.clone(), &mut Index(&hub), &mut buffer, &mut found), Ok(false));
    let theirs = Vector::with(Terms::wire(222), &other, &own);
    let mut same = false;
    let mut found = |found: Found<'_>| same |= found == Found::Same;
    assert_eq!(theirs.receive(&mut question, &mut Index(&hub), &mut buffer, &mut found), Ok(true));
    assert!(same);
}
