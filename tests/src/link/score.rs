//! A session over air that loses frames, and what it costs beside what it must.

use std::collections::BTreeSet;

use increp::link::{Answer, Duty, Event, Hub, Key, Ledger, Outcome, Sender, Session, Step, Terms};
use increp::seal::{HEAD, MAX_RECORD, Secret, TAG};
use increp::store::Mark;
use rand_core::TryRng as _;

use super::air::{Air, Loss, below};
use super::outbox::{RamBox, lengths};
use super::peers::Cost;
use super::{RamShelf, put_record};
use crate::sealed::Replayed;

/// The device of these tests.
pub const AUTHOR: u32 = 17;

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The link.
    pub terms: Terms,
    /// How it loses frames.
    pub loss: Loss,
    /// How many of a hundred.
    pub percent: u32,
    /// From so many reports to so many.
    pub reports: (u32, u32),
    /// The hub has some of them already, any of them.
    pub resumes: bool,
}

/// What came of one seed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    /// What was sent.
    pub cost: Cost,
    /// What would have to be sent at the least: `sum(body + 8) / (1 - p) + log2 C(N, d) / 8`.
    pub bound: f64,
    /// Frames of the sender's.
    pub frames: u64,
}

/// The hop key of the device.
#[must_use]
pub fn hop() -> Secret<16> {
    Secret::new(*b"hop key of tests")
}

/// A session of this case; checks that everything is at the hub then.
#[must_use]
pub fn run(case: &Case, seed: u64) -> Score {
    let mut rng = Replayed(seed);
    let (least, most) = case.reports;
    // As many of any order of magnitude as of another.
    let spread = (f64::from(most) / f64::from(least)).powf(f64::from(below(&mut rng, 1000)) / 999.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let many = (f64::from(least) * spread).round() as usize;
    let bodies = lengths(&mut rng, many);
    session(case, seed, &bodies)
}

/// The bars: bytes both ways beside the least, at each MTU, for 100 reports and more, and for 10 to 99.
pub const BARS: [(u16, [f64; 2]); 4] = [(51, [1.28, 1.40]), (140, [1.13, 1.20]), (222, [1.10, 1.15]), (340, [1.08, 1.12])];

/// How many reports the two columns of [`BARS`] are of.
pub const REPORTS: [(u32, u32); 2] = [(100, 400), (10, 99)];

/// The bars where somebody waits for it: how frames are lost, 30 of a hundred; the most rounds of 95 of 100 sessions; bytes beside the least.
pub const INTERACTIVE: [(Loss, u64, f64); 2] = [(Loss::Each, 6, 1.38), (Loss::Bursts(4), 14, 1.38)];

/// A session of some twenty datagrams of 51 bytes at a loss of 30 %, where questions and answers are sent twice.
#[must_use]
pub fn interactive(loss: Loss, seed: u64) -> Score {
    let mut all = 60;
    let mut fits = |body: &usize| {
        all += body + 10;
        all <= 20 * 43
    };
    let bodies: Vec<usize> = lengths(&mut Replayed(seed), 40).into_iter().take_while(&mut fits).collect();
    let terms = Terms { copies: 2, ..Terms::radio(51) };
    session(&Case { terms, loss, percent: 30, reports: (1, 1), resumes: false }, seed, &bodies)
}

/// The bars where nobody can answer: copies, how many of a hundred frames are lost, and the share of frames of which one copy arrives.
pub const ONE_WAY: [(u8, u32, f64); 3] = [(2, 10, 0.99), (4, 30, 0.99), (7, 50, 0.99)];

/// What arrived where nobody can answer, and of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OneWay {
    /// Frames of which at least one copy arrived.
    pub frames: (usize, usize),
    /// Records that arrived whole.
    pub records: (usize, usize),
}

/// 50 reports of 30 bytes, sent so often in frames of 51 bytes, of which so many of a hundred are lost, each for itself.
#[must_use]
pub fn one_way(copies: u8, percent: u32, seed: u64) -> OneWay {
    let (mut outbox, mut shelf) = (RamBox::random(seed, &[30; 50]), RamShelf::new(&[(AUTHOR, hop())]));
    let terms = Terms { one_way: copies, ..Terms::radio(51) };
    let mut air = Air::new(seed, Loss::Each, percent);
    let (mut sent, mut arrived) = (BTreeSet::new(), BTreeSet::new());
    let mut ends = Ends { outbox: &mut outbox, shelves: std::slice::from_mut(&mut shelf), terms, now: 0, limit: u64::MAX };
    let (outcome, cost) = ends.session(Sender::new(terms, Key::new(&hop()), 99, 0, None), &mut |way, frame| {
        assert!(way != Some(Way::Down), "nobody answers");
        sent.insert(frame.to_vec());
        if !air.carries() {
            return Vec::new();
        }
        arrived.insert(frame.to_vec());
        vec![frame.to_vec()]
    });
    assert_eq!((outcome.at_hub, outcome.answered, cost.down), (0, false, 0));
    assert!(outbox.records.iter().all(|(mark, _)| *mark == Mark::Sent), "what nobody answered stays sent");
    for body in shelf.records.values().flatten() {
        assert!(outbox.records.iter().any(|(_, record)| record == body), "a record that nobody sent");
    }
    OneWay { frames: (arrived.len(), sent.len()), records: (shelf.records.len(), outbox.records.len()) }
}

/// Many sessions together.
#[derive(Clone, Debug, Default)]
pub struct Pooled {
    /// Each of them.
    pub scores: Vec<Score>,
}

#[allow(clippy::cast_precision_loss)]
impl Pooled {
    /// Of the seeds of a case, of which every other one resumes.
    #[must_use]
    pub fn of(case: &Case, seeds: impl Iterator<Item = u64>) -> Self {
        Self { scores: seeds.map(|seed| run(&Case { resumes: seed % 2 == 1, ..*case }, seed)).collect() }
    }

    /// Bytes both ways beside the least.
    #[must_use]
    pub fn score(&self) -> f64 {
        let bytes: u64 = self.scores.iter().map(|score| score.cost.up + score.cost.down).sum();
        bytes as f64 / self.scores.iter().map(|score| score.bound).sum::<f64>()
    }

    /// How far the score may be off by chance: its standard error over the seeds.
    #[must_use]
    pub fn error(&self) -> f64 {
        let ratio = self.score();
        let off = |score: &Score| ((score.cost.up + score.cost.down) as f64 - ratio * score.bound).powi(2);
        let (off, bound): (f64, f64) = (self.scores.iter().map(off).sum(), self.scores.iter().map(|score| score.bound).sum());
        off.sqrt() / bound
    }

    /// The rounds of 95 of 100 sessions.
    #[must_use]
    pub fn rounds(&self) -> u64 {
        let mut rounds: Vec<u64> = self.scores.iter().map(|score| score.cost.rounds).collect();
        rounds.sort_unstable();
        rounds[rounds.len() * 95 / 100]
    }
}

/// A session of reports of these lengths.
#[must_use]
pub fn session(case: &Case, seed: u64, bodies: &[usize]) -> Score {
    let mut rng = Replayed(seed ^ 0x5e5510);
    let mut outbox = RamBox::random(seed, bodies);
    let mut shelf = RamShelf::new(&[(3, Secret::new([3; 16])), (AUTHOR, hop())]);
    if case.resumes {
        let share = below(&mut rng, 100);
        for (mark, record) in &mut outbox.records {
            *mark = Mark::Sent;
            if below(&mut rng, 100) < share {
                put_record(&mut shelf, AUTHOR, record);
            }
        }
    }
    let missing: Vec<usize> = {
        let there: BTreeSet<&[u8]> = shelf.records.values().map(|bodies| bodies[0].as_slice()).collect();
        outbox
            .records
            .iter()
            .filter(|(_, record)| !there.contains(record.as_slice()))
            .map(|(_, record)| record.len() - HEAD)
            .collect()
    };
    let mut air = Air::new(seed, case.loss, case.percent);
    let (mut outcome, mut cost, mut frames) = (Outcome::default(), Cost::default(), 0);
    // A session that gave up is taken up again.
    for _ in 0..50 {
        let nonce = rng.try_next_u32().unwrap_or(0);
        let more;
        (outcome, more) = over(&mut outbox, &mut shelf, case.terms, nonce, &mut air);
        (cost.up, cost.down, cost.rounds) = (cost.up + more.up, cost.down + more.down, cost.rounds + more.rounds);
        frames += u64::from(outcome.frames);
        if outcome.answered && outcome.offered == outcome.at_hub {
            break;
        }
    }
    let many = u32::try_from(outbox.records.len()).unwrap();
    assert_eq!((outcome.offered, outcome.at_hub, outcome.answered), (many, many, true), "seed {seed}: {case:?}");
    let there: Vec<&[u8]> = shelf.records.values().map(|bodies| bodies[0].as_slice()).collect();
    let sent: BTreeSet<&[u8]> = outbox.records.iter().map(|(_, record)| record.as_slice()).collect();
    assert!(shelf.records.values().all(|bodies| bodies.len() == 1), "seed {seed}: doubled");
    assert_eq!(there.into_iter().collect::<BTreeSet<_>>(), sent, "seed {seed}: lost");
    assert!(outbox.records.iter().all(|(mark, _)| *mark == Mark::AtHub));
    let bytes: usize = missing.iter().sum();
    #[allow(clippy::cast_precision_loss)]
    let bound = bytes as f64 / (1.0 - f64::from(case.percent) / 100.0) + log2_choose(outbox.records.len(), missing.len()) / 8.0;
    debug_assert!(missing.iter().all(|length| *length >= TAG));
    Score { cost, bound, frames }
}

/// One session over the air.
pub fn over(outbox: &mut RamBox, shelf: &mut RamShelf, terms: Terms, nonce: u32, air: &mut Air) -> (Outcome, Cost) {
    let sender = Sender::new(terms, Key::new(&hop()), nonce.to_le_bytes()[0].into(), 0, None);
    let mut ends = Ends { outbox, shelves: std::slice::from_mut(shelf), terms, now: 0, limit: u64::MAX };
    ends.session(sender, &mut |way, frame| match way {
        Some(_) if air.carries() => vec![frame.to_vec()],
        Some(_) => Vec::new(),
        None => {
            air.pause();
            Vec::new()
        }
    })
}

/// A sender and hubs that all hear it.
#[derive(Debug)]
pub struct Ends<'a> {
    /// Of the sender.
    pub outbox: &'a mut RamBox,
    /// Of the hubs.
    pub shelves: &'a mut [RamShelf],
    /// Of the link.
    pub terms: Terms,
    /// The time at which it begins, and ends.
    pub now: u64,
    /// After so many frames of the sender's it breaks off.
    pub limit: u64,
}

/// What becomes of a frame, up or down: the frames that arrive. None when nothing was heard and time passes.
pub type Network<'a> = dyn FnMut(Option<Way>, &[u8]) -> Vec<Vec<u8>> + 'a;

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the sender.
    Up,
    /// To it.
    Down,
}

impl Ends<'_> {
    /// A session until its end.
    pub fn session(&mut self, mut sender: Sender, network: &mut Network<'_>) -> (Outcome, Cost) {
        let terms = self.terms;
        let mut sessions = vec![[Session::FREE; 2]; self.shelves.len()];
        let mut hubs: Vec<Hub<'_>> = sessions.iter_mut().map(|sessions| Hub::new(terms, sessions)).collect();
        let (mut up, mut down) = (Ledger::new(Duty::FREE), Ledger::new(Duty::FREE));
        let (mut room, mut frame) = (vec![0; MAX_RECORD], vec![0; terms.mtu.into()]);
        let mut cost = Cost::default();
        loop {
            let until = match sender.poll(self.now, &mut up, self.outbox, &mut room, &mut frame).unwrap() {
                Step::Send(bytes) => {
                    assert!(bytes.len() <= terms.mtu.into());
                    cost.up += bytes.len() as u64;
                    for arrived in network(Some(Way::Up), bytes) {
                        for (hub, shelf) in hubs.iter_mut().zip(&mut *self.shelves) {
                            hub.receive(self.now, &mut arrived.clone(), Some(AUTHOR), shelf, &mut room).unwrap();
                        }
                    }
                    self.now += 10;
                    if u64::from(sender.outcome().frames) >= self.limit {
                        return (sender.outcome(), cost);
                    }
                    continue;
                }
                Step::Wait(until) => until,
                Step::Done(outcome) => return (outcome, cost),
            };
            cost.rounds += 1;
            let mut heard = false;
            self.now += u64::from(terms.quiet);
            for (hub, shelf) in hubs.iter_mut().zip(&mut *self.shelves) {
                while let Answer::Send(_, bytes) = hub.poll(self.now, &mut down, shelf, &mut frame).unwrap() {
                    assert!(bytes.len() <= terms.mtu.into());
                    cost.down += bytes.len() as u64;
                    for mut arrived in network(Some(Way::Down), bytes) {
                        heard |= sender.receive(self.now, &mut arrived, self.outbox, &mut room).unwrap() != Event::Nothing;
                    }
                }
            }
            if !heard {
                network(None, &[]);
                self.now = self.now.max(until);
            }
        }
    }
}

fn log2_choose(many: usize, of: usize) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    (1..=of).map(|at| ((many - of + at) as f64 / at as f64).log2()).sum()
}
