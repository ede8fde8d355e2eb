//! Two hubs: what one has and the other lacks goes over.

use std::collections::BTreeSet;
use std::convert::Infallible;

use increp::link::{Answer, Catalogue, Duty, Hub, Item, Key, Ledger, Outbox, Sender, Session, Step, Terms};
use increp::seal::MAX_RECORD;
use increp::store::{Handle, Mark, Record};

use super::RamShelf;

/// What a hub has, to be compared.
#[derive(Debug)]
pub struct Index<'s>(pub &'s RamShelf);

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

/// Whole records that somebody passes on, as a sender offers them.
#[derive(Clone, Debug, Default)]
pub struct Passed {
    /// In the order in which they go.
    pub records: Vec<Vec<u8>>,
}

impl Passed {
    /// A hub's records of some epochs of a device, forks too.
    #[must_use]
    pub fn of(shelf: &RamShelf, author: u32, epochs: &BTreeSet<u32>) -> Self {
        let records = shelf.records.iter().filter(|(at, _)| at.0 == author && epochs.contains(&at.1));
        Self { records: records.flat_map(|(_, bodies)| bodies.clone()).collect() }
    }

    /// Sends them to a hub over a link that loses nothing.
    pub fn send(&mut self, key: Key, to: &mut RamShelf) {
        let terms = Terms::wire(222);
        let mut sender = Sender::new(terms, key, 1, 0, None);
        let mut sessions = [Session::FREE; 1];
        let mut hub = Hub::new(terms, &mut sessions);
        let (mut room, mut frame, mut ledger, mut now) = ([0; MAX_RECORD], [0; 222], Ledger::new(Duty::FREE), 0);
        loop {
            now += 1;
            match sender.poll(now, &mut ledger, self, &mut room, &mut frame).unwrap() {
                Step::Send(bytes) => drop(hub.receive(now, &mut bytes.to_vec(), None, to, &mut room).unwrap()),
                Step::Wait(_) => {
                    while let Answer::Send(_, bytes) = hub.poll(now, &mut Ledger::new(Duty::FREE), to, &mut frame).unwrap() {
                        sender.receive(now, &mut bytes.to_vec(), self, &mut room).unwrap();
                    }
                }
                Step::Done(_) => break,
            }
        }
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

/// Sends what is here of these epochs, device by device.
pub fn send(from: &RamShelf, to: &mut RamShelf, differs: &BTreeSet<(u32, u32)>) {
    for known in &from.devices {
        let epochs: BTreeSet<u32> = differs.iter().filter(|run| run.0 == known.author).map(|run| run.1).collect();
        if !epochs.is_empty() {
            Passed::of(from, known.author, &epochs).send(known.key.clone(), to);
        }
    }
}
