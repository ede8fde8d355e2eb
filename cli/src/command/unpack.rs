//! Messages to reports: one of a bare report, several of a batch, with the profile that they need.

use std::ops::Range;

use anyhow::Result;
use increp::MAX_LEN;
use increp::model::Report;
use increp::model::describe::Path;
use increp::wire::packed::{self, BATCH, BatchReader, Known, Position};
use increp::wire::{Seen, Trace};

use crate::profiles::{MOST_REPORTS, Named, Profiles, room};

/// Reads the reports of one message after another.
pub(super) struct Unpacker<'p> {
    profiles: &'p Profiles,
    room: Vec<u8>,
}

/// What is done with each report: its number in its batch, if it is of one, and the report.
pub(super) type Each<'e> = &'e mut dyn FnMut(Option<usize>, &Report<'_>) -> Result<()>;

/// [`Each`], with what was told of the report before.
pub(super) type EachTraced<'e, T> = &'e mut dyn FnMut(Option<usize>, &Report<'_>, &mut T) -> Result<()>;

impl<'p> Unpacker<'p> {
    pub(super) const fn new(profiles: &'p Profiles) -> Self {
        Self { profiles, room: Vec::new() }
    }

    /// [`Unpacker::each`] for what was found in an input; gives what is wrong with it. Of a batch that is cut off, the reports
    /// before the cut are there.
    ///
    /// # Errors
    /// Those of `each`.
    pub(super) fn found(&mut self, bytes: &[u8], broken: Option<String>, each: Each<'_>) -> Result<Option<String>> {
        if broken.is_some() && bytes.first() != Some(&BATCH) {
            return Ok(broken);
        }
        // Why the file breaks says more than where the report does.
        Ok(self.each(bytes, each)?.err().map(|why| broken.unwrap_or(why)))
    }

    /// Gives every report of a message away, also those of a batch before an error; the inner error says what is wrong
    /// with the message.
    ///
    /// # Errors
    /// Those of `each`.
    pub(super) fn each(&mut self, bytes: &[u8], each: Each<'_>) -> Result<Result<(), String>> {
        let named = match self.profiles.choose(bytes) {
            Ok(named) => named,
            Err(why) => return Ok(Err(why)),
        };
        // Behind its end a message reads as zeros, which may look like reports. One for which these were looked at is held
        // back until it is certain that the message ends well.
        let mut held: Vec<(usize, Vec<u8>)> = Vec::new();
        let read = self.traced(bytes, &named, &mut Reach(0), &mut |number, report, reach| match number {
            Some(number) if reach.0 > bytes.len() => {
                let mut buffer = [0; MAX_LEN];
                held.push((number, increp::encode(report, &mut buffer)?.to_vec()));
                Ok(())
            }
            _ => each(number, report),
        })?;
        if let Err(broken) = read {
            let number = held.first().map(|(number, _)| *number).or(broken.number);
            return Ok(Err(Broken { number, ..broken }.message(bytes, &named)));
        }
        for (number, report) in held {
            each(Some(number), &increp::decode(&report)?)?;
        }
        Ok(Ok(()))
    }

    /// [`Unpacker::each`] with a chosen profile, that tells `trace` every value.
    ///
    /// # Errors
    /// Those of `each`.
    pub(super) fn traced<T: Trace>(
        &mut self,
        bytes: &[u8],
        named: &Named,
        trace: &mut T,
        each: EachTraced<'_, T>,
    ) -> Result<Result<(), Broken>> {
        let needed = room(bytes);
        if self.room.len() < needed {
            self.room = vec![0; needed];
        }
        let mut report = Report::default();
        if bytes.first() != Some(&BATCH) {
            return match packed::decode_traced(bytes, &named.profile, &Known::default(), &mut report, &mut self.room, trace) {
                Ok(()) => each(None, &report, trace).map(Ok),
                Err(error) => Ok(Err(Broken { number: None, error: Some(error) })),
            };
        }
        let mut reader = match BatchReader::new(bytes, &named.profile, &mut self.room) {
            Ok(reader) => reader,
            Err(error) => return Ok(Err(Broken { number: None, error: Some(error) })),
        };
        for number in 1..=MOST_REPORTS + 1 {
            match reader.next_traced(&mut report, trace) {
                Ok(true) if number <= MOST_REPORTS => each(Some(number), &report, trace)?,
                Ok(true) => break,
                Ok(false) => return Ok(Ok(())),
                Err(error) => return Ok(Err(Broken { number: Some(number), error: Some(error) })),
            }
        }
        Ok(Err(Broken { number: None, error: None }))
    }
}

/// The end of the bytes that were looked at so far.
struct Reach(usize);

impl Trace for Reach {
    fn seen(&mut self, _: &Path, _: Range<usize>, _: Seen<'_>) {}

    fn packed(&mut self, _: Position, end: Position) {
        // The decoder looks four bytes ahead.
        self.0 = end.bytes + 4;
    }
}

/// Why a message cannot be read, or not to its end.
pub(super) struct Broken {
    /// Which report of a batch is broken.
    number: Option<usize>,
    /// What is wrong with it; nothing if there are too many reports.
    pub(super) error: Option<increp::Error>,
}

impl Broken {
    /// What to tell people.
    pub(super) fn message(&self, bytes: &[u8], named: &Named) -> String {
        let Some(error) = &self.error else {
            return format!("expected at most {MOST_REPORTS} reports in a batch, found more");
        };
        let what = self.number.map_or(String::new(), |number| format!("report {number} of the batch: "));
        let packed = packed::tag(bytes).is_some();
        let with = if packed { format!("; read with the profile {}", named.name) } else { String::new() };
        format!("{what}{error}{with}")
    }
}
