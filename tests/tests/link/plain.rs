//! A device, a hub, and nothing lost.

use increp::link::{Answer, Duty, Event, Hub, Key, Ledger, Outcome, Sender, Session, Step, Terms};
use increp::seal::MAX_RECORD;
use increp::store::Mark;
use increp_tests::link::RamShelf;
use increp_tests::sealed::{self, Unit};

/// A session over a link that loses nothing; with the receipts that came.
fn session(unit: &mut Unit, shelf: &mut RamShelf, terms: Terms) -> (Outcome, Vec<Vec<u8>>) {
    let mut sessions = [Session::FREE; 4];
    let mut hub = Hub::new(terms, &mut sessions);
    let (mut up, mut down) = (Ledger::new(Duty::FREE), Ledger::new(Duty::FREE));
    let mut receipts = Vec::new();
    let outcome = unit
        .with(|device, store, _, room| {
            let mut sender = Sender::new(terms, Key::new(device.hop_key()), 7, 0, device.opening());
            let mut frame = [0; 400];
            let mut now = 0;
            let outcome = loop {
                match sender.poll(now, &mut up, store, room, &mut frame)? {
                    Step::Send(frame) => {
                        let mut frame = frame.to_vec();
                        hub.receive(now, &mut frame, None, shelf, &mut [0; MAX_RECORD]).unwrap().unwrap();
                        now += 10;
                    }
                    Step::Wait(until) => {
                        let mut frame = [0; 400];
                        match hub.poll(now, &mut down, shelf, &mut frame).unwrap() {
                            Answer::Send(author, frame) => {
                                assert_eq!(author, 17);
                                let mut frame = frame.to_vec();
                                match sender.receive(now, &mut frame, store, room)? {
                                    Event::Receipt(receipt) => {
                                        receipts.push(receipt.to_vec());
                                        device.confirm(receipt, store, room)?;
                                    }
                                    event => assert_eq!(event, Event::Answer),
                                }
                                now += 10;
                            }
                            Answer::Wait(due) => now = now.max(due.min(until)),
                        }
                    }
                    Step::Done(outcome) => break outcome,
                }
            };
            Ok(outcome)
        })
        .unwrap();
    (outcome, receipts)
}

#[test]
fn all_reports_reach_the_hub_and_the_receipt_comes_back() {
    for mtu in [32, 51, 140, 222, 340] {
        let (mut hq, mut unit) = sealed::mission();
        let notes: Vec<String> = (0..40_usize).map(|number| "something happened here ".repeat(number % 9)).collect();
        for note in &notes {
            unit.save(note).unwrap();
        }
        let hop = unit.with(|device, _, _, _| Ok(device.hop_key().clone())).unwrap();
        let mut shelf = RamShelf::new(&[(3, increp::seal::Secret::new([9; 16])), (17, hop)]);
        let (outcome, receipts) = session(&mut unit, &mut shelf, Terms::radio(mtu));
        assert_eq!((outcome.offered, outcome.at_hub, outcome.answered, outcome.forked), (41, 41, true, 0), "{mtu}");
        assert!(receipts.is_empty());
        assert!(unit.records().iter().all(|(mark, _)| *mark == Mark::AtHub));
        let kept: Vec<Vec<u8>> = shelf.records.values().map(|bodies| bodies[0].clone()).collect();
        assert_eq!(kept, unit.records().into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>());
        let read: Vec<_> = kept.iter().map(|bytes| hq.read(bytes)).collect();
        assert_eq!(read[0], sealed::Read::Opening);
        assert_eq!(read[1..], notes.iter().map(|note| sealed::Read::Report(note.clone())).collect::<Vec<_>>());

        let epoch = shelf.records.keys().next().unwrap().1;
        shelf.receipts.insert((17, epoch), hq.receipt(&kept));
        let (outcome, receipts) = session(&mut unit, &mut shelf, Terms::radio(mtu));
        assert_eq!((outcome.frames, receipts.len()), (2, 1), "{mtu}: {outcome:?}");
        assert!(unit.records().iter().all(|(mark, _)| *mark == Mark::AtHq));
    }
}

#[test]
fn a_receipt_comes_whatever_its_last_byte_is() {
    for last in [0, 1, 255] {
        let (hq, mut unit) = sealed::mission();
        for _ in 0..10 {
            unit.save("").unwrap();
        }
        let hop = unit.with(|device, _, _, _| Ok(device.hop_key().clone())).unwrap();
        let mut shelf = RamShelf::new(&[(17, hop)]);
        session(&mut unit, &mut shelf, Terms::wire(340));
        let kept: Vec<Vec<u8>> = shelf.records.values().map(|bodies| bodies[0].clone()).collect();
        // For some of the records, until one ends as wanted.
        let some = |mask: usize| (0..kept.len()).filter(|at| mask >> at & 1 == 1).map(|at| kept[at].clone()).collect::<Vec<_>>();
        let receipt = (1..1 << kept.len()).map(|mask| hq.receipt(&some(mask))).find(|receipt| receipt.ends_with(&[last])).unwrap();
        let epoch = shelf.records.keys().next().unwrap().1;
        shelf.receipts.insert((17, epoch), receipt.clone());
        let (outcome, receipts) = session(&mut unit, &mut shelf, Terms::wire(340));
        assert_eq!((outcome.frames, outcome.answered, receipts), (2, true, vec![receipt]), "{last}");
    }
}
