//! Any bytes as frames of a link, at both ends; and air that does to good frames what the bytes say.
#![no_main]

use increp::link::{Answer, Duty, Event, Hub, Key, Ledger, Mac, Sender, Session, Step, Terms, cobs};
use increp::seal::MAX_RECORD;
use increp_tests::link::RamShelf;
use increp_tests::link::outbox::RamBox;
use increp_tests::link::score::{AUTHOR, hop};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    match which % 3 {
        0 => frames(bytes),
        1 => air(*which, bytes),
        _ => stream(bytes),
    }
});

/// Without codes every byte is believed: each length and then a frame, up and down in turn.
fn frames(mut bytes: &[u8]) {
    let terms = Terms { mac: Mac::None, ..Terms::radio(222) };
    let (mut outbox, mut shelf) = (RamBox::random(1, &[10, 300, 50, 400]), RamShelf::new(&[(AUTHOR, hop())]));
    let mut sessions = [Session::FREE; 1];
    let mut hub = Hub::new(terms, &mut sessions);
    let mut sender = Sender::new(terms, Key::new(&hop()), 1, 0, None);
    let (mut room, mut frame, mut ledger) = ([0; MAX_RECORD], [0; 222], Ledger::new(Duty::FREE));
    let mut now = 0;
    while let Some((length, rest)) = bytes.split_first() {
        let (one, rest) = rest.split_at(rest.len().min((*length).into()));
        bytes = rest;
        now += 9_000;
        hub.receive(now, &mut one.to_vec(), Some(AUTHOR), &mut shelf, &mut room).expect("memory does not fail");
        for _ in 0..20 {
            let Ok(Answer::Send(_, answer)) = hub.poll(now, &mut ledger, &mut shelf, &mut frame) else { break };
            assert!(answer.len() <= 222);
        }
        let Ok(step) = sender.poll(now, &mut ledger, &mut outbox, &mut room, &mut frame);
        assert!(!matches!(step, Step::Send(sent) if sent.len() > 222));
        let Ok(_) = sender.receive(now, &mut one.to_vec(), &mut outbox, &mut room);
    }
    for ((_, epoch, seq), bodies) in &shelf.records {
        assert!(*epoch > 0 && bodies.iter().all(|body| body[4] == *seq));
    }
}

/// A session whose every frame has the fate that a byte says; then one that loses nothing: all is there, once.
fn air(seed: u8, fates: &[u8]) {
    let terms = Terms { copies: 1 + seed % 2, ..Terms::radio(if seed & 64 == 0 { 51 } else { 140 }) };
    let (mut outbox, mut shelf) = (RamBox::random(seed.into(), &[10, 300, 50, 400, 20, 20]), RamShelf::new(&[(AUTHOR, hop())]));
    let mut fates = fates.iter();
    let mut old: Vec<Vec<u8>> = Vec::new();
    for pass in 0..2_u16 {
        let mut network = |frame: &[u8]| -> Vec<Vec<u8>> {
            if pass > 0 {
                return vec![frame.to_vec()];
            }
            let fate = fates.next().copied().unwrap_or(7);
            let mut changed = frame.to_vec();
            old.push(changed.clone());
            match fate % 8 {
                0 => vec![],
                1 => vec![changed.clone(), changed],
                2 => {
                    let at = usize::from(fate / 8) % changed.len();
                    changed[at] ^= fate | 1;
                    vec![changed]
                }
                3 => vec![old[usize::from(fate / 8) % old.len()].clone(), changed],
                4 => vec![changed[..usize::from(fate / 8) % changed.len()].to_vec()],
                _ => vec![changed],
            }
        };
        session(terms, pass, &mut outbox, &mut shelf, &mut network);
    }
    assert_eq!(shelf.records.len(), outbox.records.len());
    for (kept, (_, sent)) in shelf.records.values().zip(&outbox.records) {
        assert_eq!(kept, std::slice::from_ref(sent));
    }
}

fn session(terms: Terms, nonce: u16, outbox: &mut RamBox, shelf: &mut RamShelf, network: &mut dyn FnMut(&[u8]) -> Vec<Vec<u8>>) {
    let mut sessions = [Session::FREE; 1];
    let mut hub = Hub::new(terms, &mut sessions);
    let mut sender = Sender::new(terms, Key::new(&hop()), nonce << 8, 0, None);
    let (mut room, mut frame, mut now) = ([0; MAX_RECORD], [0; 140], 0);
    let (mut up, mut down) = (Ledger::new(Duty::FREE), Ledger::new(Duty::FREE));
    loop {
        now += 10;
        let Ok(step) = sender.poll(now, &mut up, outbox, &mut room, &mut frame);
        let until = match step {
            Step::Send(sent) => {
                for mut arrived in network(sent) {
                    let Ok(_) = hub.receive(now, &mut arrived, None, shelf, &mut room);
                }
                continue;
            }
            Step::Wait(until) => until,
            Step::Done(_) => return,
        };
        now += u64::from(terms.quiet);
        let mut heard = false;
        while let Ok(Answer::Send(_, answer)) = hub.poll(now, &mut down, shelf, &mut frame) {
            for mut arrived in network(answer) {
                let Ok(event) = sender.receive(now, &mut arrived, outbox, &mut room);
                heard |= event != Event::Nothing;
            }
        }
        if !heard {
            now = now.max(until);
        }
    }
}

/// What was stuffed comes out again; any bytes are passed over.
fn stream(bytes: &[u8]) {
    let mut buffer = [0; 300];
    let mut decoder = cobs::Decoder::new(&mut buffer);
    bytes.iter().for_each(|byte| drop(decoder.push(*byte).map(|frame| frame.to_vec())));
    decoder.push(0);
    let frame = &bytes[..bytes.len().min(300)];
    let mut room = [0; cobs::max_len(300)];
    let stuffed = cobs::encode(frame, &mut room).expect("there is room");
    let found: Vec<Vec<u8>> = stuffed.iter().filter_map(|byte| decoder.push(*byte).map(|frame| frame.to_vec())).collect();
    assert_eq!(found, if frame.is_empty() { vec![] } else { vec![frame.to_vec()] });
}
