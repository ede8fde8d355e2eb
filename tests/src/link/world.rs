//! A mission at its worst, from a seed: devices that seal, hubs, HQ, and everything that can go wrong between them.
//!
//! | what happens | what must hold in the end |
//! |---|---|
//! | the air loses, doubles, delays, flips and cuts frames, and plays old ones again | every report that a device showed as saved is at HQ, once |
//! | sessions break off, MTUs change, clocks jump | |
//! | a device is copied, or put back to an older image; its journal is lost | its reports under numbers that exist twice are both there |
//! | a hub is put back to an old backup | |
//! | a seized hub has the hop keys of all devices: it says that it has what it has not, forges numbers, records, openings, receipts and messages, and passes them on | nothing that no device sealed is believed |
//! | hubs meet at random | in the end they have the same records |

use std::collections::{BTreeMap, BTreeSet};

use increp::link::{Answer, Catalogue as _, Duty, Event, Hub, Key, Ledger, Sender, Session, Step, Terms};
use increp::seal::{HqKey, MAX_DOWN, MAX_RECORD, Message, Numbers, Record, Secret, TAG};
use increp::store::Mark;
use rand_core::TryRng as _;

use super::RamShelf;
use super::air::{Hostile, below};
use super::gossip::{Index, Passed, send};
use super::outbox::bytes;
use super::score::Way;
use crate::sealed::{Headquarters, JOURNAL, Read, Replayed, Unit, enrolled};

/// What HQ says to every device.
const ALERT: &str = "leave the north road";

/// A device that HQ enrolled, and its copies.
struct Field {
    hq: Headquarters,
    units: Vec<Unit>,
    /// What each report says that was shown as saved.
    notes: Vec<String>,
    /// What HQ could read, in the order in which it came: the records, and what they say.
    read: Vec<(Vec<u8>, Read)>,
    alert: Vec<u8>,
    is_copied: bool,
}

/// What a seed came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Reports that were saved; all of them are at HQ.
    pub saved: usize,
    /// Bodies that the seized hub forged and an honest one took.
    pub forged: usize,
    /// Numbers of which HQ has two bodies, both sealed.
    pub twice: usize,
}

struct World {
    rng: Replayed,
    air: Hostile,
    fields: Vec<Field>,
    hubs: Vec<RamShelf>,
    backups: Vec<RamShelf>,
    seized: RamShelf,
}

/// Lets a seed happen; panics where something is lost, doubled or believed that no device sealed.
#[must_use]
pub fn run(seed: u64) -> Tally {
    let mut world = World::new(seed);
    for _ in 0..24 {
        world.step();
    }
    world.end();
    world.tally(seed)
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = Replayed(seed);
        let author = |at: u32| 17 + at;
        let mut fields = Vec::new();
        for at in 0..1 + below(&mut rng, 3) {
            let key = HqKey::new(&mut Replayed(1)).unwrap();
            let random = |salt| Replayed(seed << 16 | u64::from(at) << 8 | salt);
            let (peer, device) = enrolled(author(at), &key, &mut random(1), &mut random(2));
            let mut hq = Headquarters { key, peer, epochs: Vec::new() };
            let alert = hq.peer.say(&Message::Alert(ALERT.into()), &mut [0; MAX_DOWN]).unwrap().to_vec();
            let units = vec![Unit::new(device, seed ^ u64::from(at) << 32)];
            fields.push(Field { hq, units, notes: Vec::new(), read: Vec::new(), alert, is_copied: false });
        }
        let keys: Vec<(u32, Secret<16>)> =
            fields.iter().map(|field| (field.hq.peer.author(), field.hq.peer.hop_key().clone())).collect();
        let mut honest = RamShelf::new(&keys);
        honest.downs = fields.iter().map(|field| ((field.hq.peer.author(), 0), field.alert.clone())).collect();
        let hubs = vec![honest; 1 + below(&mut rng, 3) as usize];
        Self { rng, air: Hostile::new(seed), fields, backups: hubs.clone(), hubs, seized: RamShelf::new(&keys) }
    }

    fn below(&mut self, most: usize) -> usize {
        below(&mut self.rng, u32::try_from(most).unwrap()) as usize
    }

    fn step(&mut self) {
        let (field, hub) = (self.below(self.fields.len()), self.below(self.hubs.len()));
        let unit = self.below(self.fields[field].units.len());
        match self.below(20) {
            0..=6 => self.save(field, unit),
            7..=10 => self.hostile(field, unit, hub),
            11 => self.lies(field, unit),
            12 | 13 => self.forges(field, hub),
            14 => {
                let other = self.below(self.hubs.len());
                self.gossip(hub, other);
            }
            15 => self.backups[hub] = self.hubs[hub].clone(),
            16 => {
                self.hubs[hub] = self.backups[hub].clone();
            }
            17 => self.collect(hub),
            18 => self.copies(field, unit),
            _ => self.loses_its_journal(field, unit),
        }
    }

    fn save(&mut self, field: usize, unit: usize) {
        let field = &mut self.fields[field];
        let note = format!("report {} of {}", field.notes.len(), field.hq.peer.author());
        // Its epoch may have to begin, for which there is always room here.
        field.units[unit].save(&note).unwrap();
        field.notes.push(note);
    }

    /// A session over air that does whatever can be done, which may break off.
    fn hostile(&mut self, field: usize, unit: usize, hub: usize) {
        let mtu = [51, 140, 222, 340][self.below(4)];
        let copies = 1 + u8::try_from(self.below(3)).unwrap();
        let terms = Terms { copies, ..Terms::radio(mtu) };
        let limit = if self.below(3) == 0 { self.below(12) } else { 200 };
        let (now, nonce) = (u64::from(below(&mut self.rng, u32::MAX)), self.rng.try_next_u32().unwrap().to_le_bytes()[0].into());
        let Self { air, fields, hubs, .. } = self;
        session(&mut fields[field].units[unit], &mut hubs[hub], terms, nonce, now, limit, &mut |_, frame| air.pass(frame));
    }

    /// The seized hub speaks with a device: it has nothing, or forged bodies under any numbers; its receipts and messages are its own.
    fn lies(&mut self, field: usize, unit: usize) {
        let author = self.fields[field].hq.peer.author();
        let forged = self.forged(field);
        let key = self.key(field);
        Passed { records: forged }.send(key, &mut self.seized);
        let epochs: BTreeSet<u32> = self.seized.records.keys().map(|at| at.1).collect();
        for epoch in epochs {
            self.seized.receipts.insert((author, epoch), bytes(&mut self.rng, 29));
        }
        let mut message = self.fields[field].alert.clone();
        let at = self.below(message.len());
        message[at] ^= 1 << self.below(8);
        self.seized.downs.insert((author, 0), message);
        let terms = Terms::radio(140);
        session(&mut self.fields[field].units[unit], &mut self.seized, terms, 3, 0, 200, &mut |_, frame| vec![frame.to_vec()]);
        if self.below(2) == 0 {
            self.seized.records.clear();
        }
    }

    fn key(&self, field: usize) -> Key {
        Key::new(self.fields[field].hq.peer.hop_key())
    }

    /// Records that nobody sealed: under numbers that exist, or do not yet, of epochs that exist or do not; changed copies too.
    fn forged(&mut self, field: usize) -> Vec<Vec<u8>> {
        let author = self.fields[field].hq.peer.author();
        let known: Vec<Vec<u8>> = self
            .hubs
            .iter()
            .flat_map(|hub| hub.records.iter())
            .filter(|(at, _)| at.0 == author)
            .flat_map(|(_, b)| b.clone())
            .collect();
        let mut records = BTreeMap::new();
        for _ in 0..1 + self.below(4) {
            let length = TAG + self.below(60);
            let mut record = vec![0x13];
            record.extend(&bytes(&mut self.rng, 3));
            record.push(1 + u8::try_from(self.below(12)).unwrap());
            record.extend(bytes(&mut self.rng, length));
            if !known.is_empty() {
                let model = &known[self.below(known.len())];
                record[1..4].copy_from_slice(&model[1..4]);
                if self.below(2) == 0 && model[4] > 0 {
                    record.clone_from(model);
                    let at = 5 + self.below(record.len() - 5);
                    record[at] ^= 1 << self.below(8);
                }
            }
            records.insert(record[1..5].to_vec(), record);
        }
        records.into_values().collect()
    }

    /// The seized hub passes forged records on to an honest one, as the device or as a hub.
    fn forges(&mut self, field: usize, hub: usize) {
        let (records, key) = (self.forged(field), self.key(field));
        Passed { records }.send(key, &mut self.hubs[hub]);
    }

    /// Two hubs meet, and send each other what differs.
    fn gossip(&mut self, one: usize, other: usize) {
        if one == other {
            return;
        }
        let (first, second) = (self.hubs[one].clone(), self.hubs[other].clone());
        let items = |shelf: &RamShelf| {
            let mut items = BTreeMap::new();
            let Ok(()) = Index(shelf).each(&mut |item| {
                items.insert((item.author, item.epoch), item.digest);
            });
            items
        };
        let (ours, theirs) = (items(&first), items(&second));
        let differs = ours.keys().chain(theirs.keys()).filter(|run| ours.get(run) != theirs.get(run)).copied().collect();
        send(&first, &mut self.hubs[other], &differs);
        send(&second, &mut self.hubs[one], &differs);
    }

    /// HQ reads what a hub has, and leaves its receipts there, and which numbers have no good body.
    fn collect(&mut self, hub: usize) {
        let hub = &mut self.hubs[hub];
        for field in &mut self.fields {
            let author = field.hq.peer.author();
            let there: Vec<_> =
                hub.records.range((author, 0, 0)..=(author, u32::MAX, 255)).map(|(at, b)| (*at, b.clone())).collect();
            for body in there.iter().flat_map(|(_, bodies)| bodies) {
                if !field.read.iter().any(|(read, _)| read == body) {
                    let read = field.hq.read(body);
                    if read != Read::Refused {
                        field.read.push((body.clone(), read));
                    }
                }
            }
            let epochs: BTreeSet<u32> = there.iter().map(|(at, _)| at.1).collect();
            for epoch in epochs {
                let mut good: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
                for (body, _) in &field.read {
                    let record = Record::parse(body).unwrap();
                    if record.epoch == epoch {
                        good.entry(record.seq).or_insert_with(|| body.clone());
                    }
                }
                let mut refused = Numbers::default();
                for (at, _) in there.iter().filter(|(at, _)| at.1 == epoch && !good.contains_key(&at.2)) {
                    refused.add(at.2);
                }
                hub.refused.insert((author, epoch), refused);
                if !good.is_empty() {
                    let good: Vec<Vec<u8>> = good.into_values().collect();
                    hub.receipts.insert((author, epoch), field.hq.receipt(&good));
                }
            }
        }
    }

    /// The device is copied: two go on from here, or one that was put back to what it was.
    fn copies(&mut self, field: usize, unit: usize) {
        let seed = self.rng.try_next_u64().unwrap();
        let field = &mut self.fields[field];
        if field.units.len() < 3 {
            let mut copy = field.units[unit].clone();
            copy.rng = Replayed(seed);
            field.units.push(copy);
            field.is_copied = true;
        }
    }

    /// A device's journal is lost, its keys are not. What it had not sent is lost with it, so it sends all first.
    fn loses_its_journal(&mut self, field: usize, unit: usize) {
        let hub = self.below(self.hubs.len());
        self.plain(field, unit, hub);
        self.collect(hub);
        // The number that was saved last becomes a void, which is another body under it than HQ has.
        self.fields[field].is_copied = true;
        let unit = &mut self.fields[field].units[unit];
        let range = JOURNAL.start as usize..JOURNAL.end as usize;
        unit.flash.get_mut().bytes[range].fill(0xff);
    }

    fn plain(&mut self, field: usize, unit: usize, hub: usize) {
        let unit = &mut self.fields[field].units[unit];
        session(unit, &mut self.hubs[hub], Terms::radio(222), 9, 0, 10_000, &mut |_, frame| vec![frame.to_vec()]);
    }

    /// The seized hub is gone. Every device meets a hub, and hubs meet each other.
    fn end(&mut self) {
        for _ in 0..4 {
            for field in 0..self.fields.len() {
                for unit in 0..self.fields[field].units.len() {
                    self.plain(field, unit, 0);
                    self.collect(0);
                    self.plain(field, unit, 0);
                }
            }
        }
        for _ in 0..2 {
            for one in 0..self.hubs.len() {
                for other in 0..one {
                    self.gossip(one, other);
                }
            }
        }
    }

    /// Checks it all.
    fn tally(&mut self, seed: u64) -> Tally {
        self.collect(0);
        let mut tally = Tally::default();
        for field in &self.fields {
            let mut said: Vec<&str> = Vec::new();
            for (_, read) in &field.read {
                said.extend(if let Read::Report(note) = read { Some(note.as_str()) } else { None });
            }
            said.sort_unstable();
            let mut saved: Vec<&str> = field.notes.iter().map(String::as_str).collect();
            saved.sort_unstable();
            assert_eq!(said, saved, "seed {seed}: what HQ has of {}, and what was saved", field.hq.peer.author());
            tally.saved += saved.len();
            let numbers: BTreeSet<&[u8]> = field.read.iter().map(|(body, _)| &body[..5]).collect();
            tally.twice += field.read.len() - numbers.len();
            if !field.is_copied {
                let marks = field.units[0].records();
                assert!(marks.iter().all(|(mark, _)| *mark == Mark::AtHq), "seed {seed}: a report without HQ's receipt");
            }
        }
        let sorted = |hub: &RamShelf| hub.records.values().flatten().cloned().collect::<BTreeSet<_>>();
        let first = sorted(&self.hubs[0]);
        assert!(self.hubs.iter().all(|hub| sorted(hub) == first), "seed {seed}: hubs that met have other records");
        let sealed: BTreeSet<&Vec<u8>> = self.fields.iter().flat_map(|field| field.read.iter().map(|(body, _)| body)).collect();
        tally.forged = first.iter().filter(|body| !sealed.contains(body)).count();
        tally
    }
}

/// What arrives of a frame.
type Air<'a> = dyn FnMut(Way, &[u8]) -> Vec<Vec<u8>> + 'a;

/// A session of a device with a hub, of at most so many frames.
fn session(unit: &mut Unit, shelf: &mut RamShelf, terms: Terms, nonce: u16, mut now: u64, limit: usize, network: &mut Air<'_>) {
    let mut sessions = [Session::FREE; 2];
    let mut hub = Hub::new(terms, &mut sessions);
    let (mut up, mut down) = (Ledger::new(Duty::FREE), Ledger::new(Duty::FREE));
    let (mut there, mut frame, mut text) = (vec![0; MAX_RECORD], vec![0; terms.mtu.into()], [0; MAX_DOWN]);
    let job = unit.with(|device, store, _, room| {
        let number = device.next_down().to_le_bytes()[0];
        let mut sender = Sender::new(terms, Key::new(device.hop_key()), nonce << 8, number, device.opening());
        for _ in 0..limit {
            let until = match sender.poll(now, &mut up, store, room, &mut frame)? {
                Step::Send(bytes) => {
                    for mut arrived in network(Way::Up, bytes) {
                        let Ok(_) = hub.receive(now, &mut arrived, None, shelf, &mut there);
                    }
                    now += 10;
                    continue;
                }
                Step::Wait(until) => until,
                Step::Done(_) => break,
            };
            now += u64::from(terms.quiet);
            let mut heard = false;
            while let Ok(Answer::Send(_, bytes)) = hub.poll(now, &mut down, shelf, &mut frame) {
                for mut arrived in network(Way::Down, bytes) {
                    match sender.receive(now, &mut arrived, store, room)? {
                        Event::Nothing => continue,
                        Event::Answer => {}
                        // Whether it is HQ's, and for what is here, is for the device to say.
                        Event::Receipt(receipt) => drop(device.confirm(receipt, store, room)),
                        Event::Down(message) => {
                            let is_hqs = device
                                .open_down(message, &mut text)
                                .map(|message| assert_eq!(message, Message::Alert(ALERT.into())));
                            if is_hqs.is_ok() {
                                device.heard(message, &mut text)?;
                            }
                        }
                    }
                    heard = true;
                }
            }
            if !heard {
                now = now.max(until);
            }
        }
        Ok(())
    });
    job.unwrap();
}
