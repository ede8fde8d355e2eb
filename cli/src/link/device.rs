//! The device's side of a link that carries frames: what waits for HQ's word goes to a hub, and receipts come back.

use std::io;
use std::time::Duration;

use anyhow::{Context as _, Result};
use increp::link::{Event, Key, Sender, Step};
use increp::seal::{MAX_RECORD, Record};
use increp::store::Mark;

use super::airtime::Airtime;
use super::framed::Framed;
use super::line::Line;
use super::messages;
use super::outbox::Journal;
use super::patience::Patience;
use super::progress::Progress;
use super::receipt::{self, Taken};
use super::{nonce, uptime};
use crate::store::device::{Folder, Heard};

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Somebody answered, up to the end; or nobody can on this link.
    pub answered: bool,
    /// Frames that were sent.
    pub frames: u64,
    /// Receipts that came, and the records that they were for, and that HQ has.
    pub receipts: u64,
    /// Records that are at HQ now.
    pub confirmed: u64,
    /// Receipts that are not as they should be; they were named on standard error.
    pub refused: u64,
    /// Epochs in which the hub has other bodies under the device's numbers.
    pub forked: u64,
    /// Reports without HQ's word.
    pub waiting: u64,
    /// Those of them that a hub has.
    pub at_hub: u64,
    /// What HQ said, in its order.
    pub heard: Vec<Heard>,
}

/// Sends what no hub has, and takes HQ's receipts. Gives up when nothing was heard for `longest`.
///
/// # Errors
/// The device's files cannot be read or written; what was saved stays so.
pub fn sync(device: &mut Folder, link: &Framed, longest: Option<Duration>) -> Result<Outcome> {
    let mut airtime = Airtime::open(device.path(), link)?;
    let (outcome, patience) = (Outcome::default(), Patience::new(link, longest));
    let mut run = Run { device, link, airtime: &mut airtime, outcome, patience, progress: Progress::new() };
    loop {
        let ended = match Line::open(link) {
            Ok(line) => run.session(line)?,
            Err(error) => Err(error),
        };
        match ended {
            Err(error) if run.patience.again(link, &error) => {}
            _ => break,
        }
    }
    let mut outcome = run.outcome;
    if outcome.heard.contains(&Heard::Wipe) {
        return Ok(outcome);
    }
    device.sync()?;
    count(device, &mut outcome)?;
    Ok(outcome)
}

struct Run<'r> {
    device: &'r mut Folder,
    link: &'r Framed,
    airtime: &'r mut Airtime,
    outcome: Outcome,
    patience: Patience,
    progress: Progress,
}

impl Run<'_> {
    /// One session. The inner error is the link's.
    fn session(&mut self, mut line: Line) -> Result<io::Result<()>> {
        let Framed { terms, .. } = *self.link;
        let [down, ..] = self.device.next_down().to_le_bytes();
        let mut sender = Sender::new(terms, Key::new(self.device.hop_key()), nonce()?, down, self.device.opening());
        let (mut room, mut frame) = (vec![0; MAX_RECORD], vec![0; terms.mtu.into()]);
        loop {
            let step = sender.poll(uptime(), self.airtime.ledger(), &mut Journal(self.device), &mut room, &mut frame)?;
            match step {
                Step::Send(bytes) => {
                    self.airtime.sent(bytes.len())?;
                    self.outcome.frames += 1;
                    if let Err(error) = line.send(bytes) {
                        return Ok(Err(error));
                    }
                }
                Step::Wait(until) => {
                    let (outcome, before) = (sender.outcome(), self.outcome.receipts);
                    self.progress.say(|| format!("{} of {} at the hub, {before} receipts", outcome.at_hub, outcome.offered));
                    if uptime() >= self.patience.until() {
                        return Ok(Ok(()));
                    }
                    let wait = Duration::from_millis(until.min(self.patience.until()).saturating_sub(uptime()));
                    match line.receive(wait) {
                        Ok(Some(mut frame)) => {
                            self.receive(&mut sender, &mut frame, &mut room)?;
                            if self.outcome.heard.last() == Some(&Heard::Wipe) {
                                return Ok(Ok(()));
                            }
                        }
                        Ok(None) => {}
                        Err(error) => return Ok(Err(error)),
                    }
                }
                Step::Done(outcome) => {
                    self.outcome.answered = outcome.answered || terms.one_way > 0;
                    self.outcome.forked += u64::from(outcome.forked);
                    return Ok(Ok(()));
                }
            }
        }
    }

    fn receive(&mut self, sender: &mut Sender, frame: &mut [u8], room: &mut [u8]) -> Result<()> {
        match sender.receive(uptime(), frame, &mut Journal(self.device), room)? {
            Event::Nothing => {}
            Event::Down(message) => {
                self.patience.heard();
                let message = message.to_vec();
                let (before, heard) = (self.device.next_down(), messages::hear_one(self.device, &message));
                // Once.
                if matches!(heard, Heard::Wipe | Heard::NotKept) || before != self.device.next_down() {
                    self.outcome.heard.push(heard);
                }
            }
            Event::Answer => self.patience.heard(),
            Event::Receipt(receipt) => {
                self.patience.heard();
                let receipt = receipt.to_vec();
                self.confirm(&receipt)?;
            }
        }
        Ok(())
    }

    fn confirm(&mut self, receipt: &[u8]) -> Result<()> {
        self.outcome.receipts += 1;
        match receipt::take(self.device, receipt)? {
            Taken::Confirmed(marked) => self.outcome.confirmed += u64::from(marked),
            Taken::Old => {}
            Taken::Refused(kind) => {
                say!("increp: {}: a receipt is refused: {kind}", self.link);
                self.outcome.refused += 1;
            }
        }
        Ok(())
    }
}

/// Counts what is left.
fn count(device: &mut Folder, outcome: &mut Outcome) -> Result<()> {
    let mut after = None;
    while let Some(kept) = device.next(after)? {
        after = Some(kept.handle);
        let record = Record::parse(&kept.bytes).context("the journal")?;
        if record.seq != 0 && !record.body.is_empty() && kept.mark < Mark::AtHq {
            outcome.waiting += 1;
            outcome.at_hub += u64::from(kept.mark == Mark::AtHub);
        }
    }
    Ok(())
}
