//! Any text as a frame of another hub's, sealed as it must be; and two hubs that find out what they have, over air that does what the bytes say.
#![no_main]

use std::collections::BTreeSet;
use std::convert::Infallible;

use increp::link::{Catalogue, Found, Item, MIN_VECTOR_MTU, Terms, Vector};
use increp::seal::Secret;
use increp_fuzz::seal::siv;
use libfuzzer_sys::fuzz_target;

const KEY: [u8; 32] = [5; 32];

fuzz_target!(|data: &[u8]| {
    let [which, mtu, bytes @ ..] = data else { return };
    let terms = Terms::wire(MIN_VECTOR_MTU + u16::from(*mtu));
    let vector = Vector::new(terms, &Secret::new(KEY));
    if which % 2 == 0 { frame(&vector, terms, bytes) } else { meet(&vector, terms, bytes) }
});

/// What a hub has.
struct Hub(Vec<Item>);

impl Hub {
    /// An epoch for each bit; of every third another record than elsewhere.
    fn new(bits: &[u8], salt: u8) -> Self {
        let epochs = (0..bits.len() * 8).filter(|at| bits[at / 8] >> (at % 8) & 1 == 1);
        let item = |at: usize| {
            let at = u8::try_from(at).expect("few bits");
            let mut item = Item::new(u32::from(at % 5), 1 + u32::from(at));
            item.add(&[at, if at % 3 == 0 { salt } else { 0 }]);
            item
        };
        Self(epochs.map(item).collect())
    }
}

impl Catalogue for &Hub {
    type Error = Infallible;

    fn each(&mut self, take: &mut dyn FnMut(Item)) -> Result<(), Infallible> {
        self.0.iter().for_each(|item| take(*item));
        Ok(())
    }
}

/// What each side is told, and what it answers; an answer is one that the other side takes.
fn frame(vector: &Vector, terms: Terms, text: &[u8]) {
    let hub = Hub::new(&[0x5a; 8], 0);
    let mut frame = siv(&KEY, b"increp vec 1", text);
    let mut answers = Vec::new();
    let Ok(_) = vector.receive(&mut frame, &mut &hub, &mut [0; 400], &mut |found| match found {
        Found::Answer(answer) => answers.push(answer.to_vec()),
        Found::Differs(author, epoch) => {
            assert!(hub.0.iter().any(|item| (item.author, item.epoch) == (author, epoch)), "it is not here")
        }
        Found::Same => {}
    });
    for mut answer in answers {
        assert!(answer.len() <= terms.mtu.into());
        let Ok(is_known) = vector.receive(&mut answer, &mut &hub, &mut [0; 400], &mut |_| {});
        assert!(is_known, "an answer that nobody reads");
    }
}

/// Two hubs, of which the bytes say what they have, and then which frames are lost or changed. In the end both know in what they differ.
fn meet(vector: &Vector, terms: Terms, bytes: &[u8]) {
    let (ours, rest) = bytes.split_at(bytes.len().min(5));
    let (theirs, mut fates) = rest.split_at(rest.len().min(5));
    let hubs = [Hub::new(ours, 1), Hub::new(theirs, 2)];
    let mut differs = [BTreeSet::new(), BTreeSet::new()];
    let (mut is_same, mut rounds) = (false, 0);
    while !fates.is_empty() || rounds == 0 {
        rounds += 1;
        let mut frames = vec![(1, vector.ask(&mut &hubs[0], &mut [0; 400]).expect("memory").to_vec())];
        let mut many = 0;
        while let Some((to, mut frame)) = frames.pop() {
            many += 1;
            assert!(frame.len() <= terms.mtu.into());
            if many > 500 {
                return; // so often doubled that it takes too long
            }
            let fate = fates.split_first().map_or(1, |(fate, rest)| {
                fates = rest;
                *fate
            });
            match fate % 4 {
                0 => continue,
                2 => {
                    let at = usize::from(fate) % frame.len();
                    frame[at] ^= fate | 1;
                }
                3 => frames.push((to, frame.clone())),
                _ => {}
            }
            let Ok(is_known) = vector.receive(&mut frame, &mut &hubs[to], &mut [0; 400], &mut |found| match found {
                Found::Answer(answer) => frames.push((1 - to, answer.to_vec())),
                Found::Differs(author, epoch) => drop(differs[to].insert((author, epoch))),
                Found::Same => is_same = true,
            });
            assert_eq!(is_known, fate % 4 != 2, "a frame is known if it is whole");
        }
        if fates.is_empty() {
            break;
        }
    }
    let [ours, theirs] = &hubs;
    for (differs, (here, there)) in differs.iter().zip([(ours, theirs), (theirs, ours)]) {
        let must: BTreeSet<(u32, u32)> =
            here.0.iter().filter(|item| !there.0.contains(item)).map(|item| (item.author, item.epoch)).collect();
        assert!(differs.is_subset(&must), "it is the same");
        // The last round may have lost something; without losses nothing is missing.
        if bytes.len() <= 10 {
            assert_eq!(*differs, must);
            assert_eq!(is_same, ours.0 == theirs.0);
        }
    }
}
