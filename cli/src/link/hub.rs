//! A hub that calls another one: each gets what it lacks.

use std::io;
use std::time::Duration;

use anyhow::{Result, bail};
use increp::link::{Answer, Event, Ledger, Sender, Session, Step};
use increp::seal::MAX_RECORD;

use super::airtime::Airtime;
use super::framed::{Carrier, Framed};
use super::line::Line;
use super::pass::{Pass, Passed};
use super::patience::Patience;
use super::progress::Progress;
use super::shelf::Shelf;
use super::{nonce, uptime};
use crate::store::hub::{Added, Hub};

/// Devices that the other hub speaks for at a time, and it for itself.
const SESSIONS: usize = 8;

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What the other hub was sent.
    pub passed: Passed,
    /// What came from it.
    pub added: Added,
    /// Both have said all.
    pub answered: bool,
}

/// Sends what the other hub lacks, and takes what is lacking here, with HQ's receipts. Gives up when nothing was heard for `longest`.
///
/// # Errors
/// The hub knows no other one, or its store cannot be read or written; what was kept stays so.
pub fn sync(hub: &mut Hub, folder: &std::path::Path, link: &Framed, longest: Option<Duration>) -> Result<Outcome> {
    let mut airtime = Airtime::open(folder, link)?;
    let mut patience = Patience::new(link, longest);
    let mut shelf = Shelf::new(hub)?;
    shelf.is_hub = true;
    if shelf.others().is_empty() {
        bail!("the hub knows no other one: increp hq hub makes hubs, and brings them up to date");
    }
    let progress = Progress::new();
    let mut outcome = Outcome::default();
    loop {
        let ended = match Line::open(link) {
            Ok(line) => {
                let mut call = Call {
                    link,
                    line,
                    airtime: &mut airtime,
                    shelf: &mut shelf,
                    patience: &mut patience,
                    room: vec![0; MAX_RECORD],
                };
                call.run(&progress, &mut outcome)?
            }
            Err(error) => Err(error),
        };
        shelf.finish()?;
        outcome.added = shelf.added;
        match ended {
            Err(error) if patience.again(link, &error) => {}
            _ => return Ok(outcome),
        }
    }
}

/// One connection.
struct Call<'c, 'h> {
    link: &'c Framed,
    line: Line,
    airtime: &'c mut Airtime,
    shelf: &'c mut Shelf<'h>,
    patience: &'c mut Patience,
    room: Vec<u8>,
}

/// Nothing to send.
struct Nothing;

impl increp::link::Outbox for Nothing {
    type Error = anyhow::Error;

    fn next<'b>(&mut self, _: Option<increp::store::Handle>, _: &'b mut [u8]) -> Result<Option<increp::store::Record<'b>>> {
        Ok(None)
    }

    fn mark(&mut self, _: increp::store::Handle, _: increp::store::Mark) -> Result<()> {
        Ok(())
    }
}

impl Call<'_, '_> {
    /// The inner error is the link's.
    fn run(&mut self, progress: &Progress, outcome: &mut Outcome) -> Result<io::Result<()>> {
        let (terms, loses) = (self.link.terms, !matches!(self.link.carrier, Carrier::Tcp(_)));
        let other = match self.hello()? {
            Ok(Some(other)) => other,
            Ok(None) => return Ok(Ok(())),
            Err(error) => return Ok(Err(error)),
        };
        let Some(pair) = self.shelf.pair(other) else { return Ok(Ok(())) };
        let mut pass = Pass::new(terms, pair, loses, false);
        let mut sessions = [Session::FREE; SESSIONS];
        let mut engine = increp::link::Hub::new(terms, &mut sessions);
        let mut frame = vec![0; terms.mtu.into()];
        let (mut is_sent, mut is_told, mut is_checked) = (false, false, false);
        loop {
            let (now, mut due) = (uptime(), self.patience.until());
            match pass.poll(now, self.airtime.ledger(), self.shelf, &mut self.room, &mut frame)? {
                Step::Send(bytes) => {
                    self.airtime.sent(bytes.len())?;
                    if let Err(error) = self.line.send(bytes) {
                        return Ok(Err(error));
                    }
                    due = now;
                }
                Step::Wait(until) => due = due.min(until),
                Step::Done(_) => is_sent = true,
            }
            match engine.poll(now, self.airtime.ledger(), self.shelf, &mut frame)? {
                Answer::Send(_, bytes) => {
                    self.airtime.sent(bytes.len())?;
                    if let Err(error) = self.line.send(bytes) {
                        return Ok(Err(error));
                    }
                    due = now;
                }
                Answer::Wait(u64::MAX) if is_told && is_sent && !is_checked => {
                    (is_sent, is_checked, due) = (false, true, now);
                    pass.check();
                }
                Answer::Wait(u64::MAX) if is_told && is_sent => {
                    outcome.passed = pass.passed;
                    outcome.answered = pass.passed.answered;
                    return Ok(Ok(()));
                }
                Answer::Wait(until) => due = due.min(until),
            }
            outcome.passed = pass.passed;
            progress.say(|| {
                let (Passed { there, offered, .. }, new) = (pass.passed, self.shelf.added.new);
                format!("{there} of {offered} records there, {new} new ones here")
            });
            if now >= self.patience.until() {
                return Ok(Ok(()));
            }
            let mut bytes = match self.line.receive(Duration::from_millis(due.saturating_sub(now))) {
                Ok(Some(bytes)) => bytes,
                Ok(None) => continue,
                Err(error) => return Ok(Err(error)),
            };
            let now = uptime();
            if pass.receive(now, &mut bytes, self.shelf, &mut self.room)? {
                self.patience.heard();
            } else if let Some(author) = self.shelf.take(&mut engine, now, &mut bytes, None, &mut self.room)? {
                self.patience.heard();
                is_told |= author == other && self.shelf.is_end;
            }
        }
    }

    /// Says who this is, until the other hub answers; gives which one it is. None if nobody does.
    fn hello(&mut self) -> Result<io::Result<Option<u32>>> {
        let terms = self.link.terms;
        let mut hellos = Vec::new();
        for other in self.shelf.others() {
            hellos.push((other.author, Sender::new(terms, other.key.clone(), nonce()?, 0, None)));
        }
        let mut frame = vec![0; terms.mtu.into()];
        // Each for itself: which one is at the other end is not known.
        let mut free = Ledger::new(increp::link::Duty::FREE);
        while !hellos.is_empty() && uptime() < self.patience.until() {
            let mut due = self.patience.until();
            let mut left = Vec::new();
            for (author, mut sender) in hellos {
                let now = uptime();
                let ready = self.airtime.ledger().ready(now, terms.mtu.into());
                if ready > now {
                    due = due.min(ready);
                    left.push((author, sender));
                    continue;
                }
                match sender.poll(now, &mut free, &mut Nothing, &mut self.room, &mut frame)? {
                    Step::Send(bytes) => {
                        self.airtime.ledger().spend(now, bytes.len());
                        self.airtime.sent(bytes.len())?;
                        if let Err(error) = self.line.send(bytes) {
                            return Ok(Err(error));
                        }
                        due = now;
                    }
                    Step::Wait(until) => due = due.min(until),
                    Step::Done(_) => continue,
                }
                left.push((author, sender));
            }
            hellos = left;
            match self.line.receive(Duration::from_millis(due.saturating_sub(uptime()))) {
                Ok(Some(bytes)) => {
                    for (author, sender) in &mut hellos {
                        let event = sender.receive(uptime(), &mut bytes.clone(), &mut Nothing, &mut self.room)?;
                        if event == Event::Answer {
                            self.patience.heard();
                            return Ok(Ok(Some(*author)));
                        }
                    }
                }
                Ok(None) => {}
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(None))
    }
}
