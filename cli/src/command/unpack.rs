//! Messages to reports: one of a bare report, several of a batch, with the profile that they need.

use std::ops::Range;

use anyhow::Result;
use increp::model::Report;
use increp::model::describe::Path;
use increp::wire::packed::{self, BATCH, BatchReader, Known, Position};
use increp::wire::{Seen, Trace};

use super::encoded::Found;
use crate::fit::{MOST_REPORTS, room};
use crate::profiles::{Choice, Named, Profiles};
use crate::stream::ShortId;

/// Reads the reports of one message after another.
pub(super) struct Unpacker<'p> {
    profiles: &'p Profiles,
    room: Vec<u8>,
    /// Why the last message that was found may need another profile, to be told.
    pub(super) doubt: Option<String>,
}

/// What is done with each report: its number in its batch, if it is of one, and the report.
pub(super) type Each<'e> = &'e mut dyn FnMut(Option<usize>, &Report<'_>) -> Result<()>;

/// [`Each`], with what was told of the report before.
pub(super) type EachTraced<'e, T> = &'e mut dyn FnMut(Option<usize>, &Report<'_>, &mut T) -> Result<()>;

impl<'p> Unpacker<'p> {
    pub(super) const fn new(profiles: &'p Profiles) -> Self {
        Self { profiles, room: Vec::new(), doubt: None }
    }

    /// [`Unpacker::each`] for what was found in an input; gives what is wrong with it. Of a batch that is cut off in a file which names
    /// its profile, the reports before the cut are there.
    ///
    /// # Errors
    /// Those of `each`.
    pub(super) fn found(&mut self, found: &Found, each: Each<'_>) -> Result<Option<String>> {
        let Found { bytes, broken, profiles, .. } = found;
        self.doubt = None;
        if broken.is_none() {
            return Ok(self.each(bytes, profiles.as_deref(), each)?.err());
        }
        // Why the file breaks says more than where the report does.
        let mut why = broken.clone().unwrap_or_default();
        // What another profile may have written has no end here that would show it.
        if let (Some(&BATCH), Some(profiles)) = (bytes.first(), profiles) {
            self.before_cut(bytes, profiles, each)?;
            why += "; the reports before the cut are given, and cannot be held against an end";
        }
        Ok(Some(why))
    }

    /// Gives every report of a message away; the inner error says what is wrong with the message, of which then none is given.
    ///
    /// # Errors
    /// Those of `each`.
    fn each(&mut self, bytes: &[u8], profiles: Option<&[ShortId]>, each: Each<'_>) -> Result<Result<(), String>> {
        let named = match self.profiles.choose(bytes, profiles) {
            Ok(choice) => {
                self.doubt = choice.doubt;
                choice.named
            }
            Err(why) => return Ok(Err(why)),
        };
        // A batch that is damaged, or needs another profile with the same tag, reads as reports that nobody made until that shows:
        // it is read to its end before any is given.
        if bytes.first() == Some(&BATCH)
            && let Err(broken) = self.traced(bytes, &named, &mut (), &mut |_, _, ()| Ok(()))?
        {
            let why = broken.message(bytes, &named);
            return Ok(Err(format!(
                "{why}; none of the batch is given, for what stands before may be wrong: increp inspect shows it"
            )));
        }
        let read = self.traced(bytes, &named, &mut (), &mut |number, report, ()| each(number, report))?;
        Ok(read.map_err(|broken| broken.message(bytes, &named)))
    }

    /// Gives those reports of a batch away that stand before the cut. Behind its end a message reads as zeros, which may look like
    /// reports: one for which these were looked at is not given.
    fn before_cut(&mut self, bytes: &[u8], profiles: &[ShortId], each: Each<'_>) -> Result<()> {
        let Ok(Choice { named, .. }) = self.profiles.choose(bytes, Some(profiles)) else { return Ok(()) };
        // That it breaks is known.
        let _ = self.traced(bytes, &named, &mut Reach(0), &mut |number, report, reach| {
            if reach.0 > bytes.len() { Ok(()) } else { each(number, report) }
        })?;
        Ok(())
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
        let with = packed::tag(bytes).map_or_else(String::new, |tag| {
            format!("; read with the profile {}: it is damaged, or needs another profile with tag {tag:#x}", named.name)
        });
        format!("{what}{error}{with}")
    }
}

#[cfg(test)]
mod tests {
    use increp::model::{Count, CountOf, Event, EventType, Id, Said, list};
    use increp::wire::packed::BatchWriter;

    use super::*;

    /// How many reports are given away of these bytes, and whether they end well.
    fn given(profiles: &Profiles, bytes: &[u8]) -> (usize, bool) {
        let mut many = 0;
        let read = Unpacker::new(profiles).each(bytes, None, &mut |_, _| {
            many += 1;
            Ok(())
        });
        (many, read.expect("nothing of it fails").is_ok())
    }

    #[test]
    fn of_a_batch_that_does_not_end_well_no_report_is_given() {
        let profiles = Profiles::open(&[]).expect("those that are built in");
        let named = profiles.to_write().into_iter().next().expect("one of them");
        let mut buffer = [0; 4096];
        let mut writer = BatchWriter::new(&named.profile, &mut buffer);
        for number in 1..=6 {
            let counts = list([Count { of: CountOf::KILLED, value: Said::Known(3 * number), ..Count::default() }]);
            let event = Event { kind: EventType::EXPLOSION, counts, ..Event::default() };
            writer.push(&Report { id: Id::new(number, 7), event: Some(event), ..Report::default() }).expect("room");
        }
        let batch = writer.finish().expect("room").to_vec();
        assert_eq!(given(&profiles, &batch), (6, true));
        let flipped = (8..8 * batch.len()).map(|bit| {
            let mut other = batch.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            other
        });
        let cut = (1..batch.len()).map(|length| batch[..length].to_vec());
        let mut refused = 0;
        for bytes in flipped.chain(cut) {
            let (many, whole) = given(&profiles, &bytes);
            assert!(whole || many == 0, "{many} reports of {bytes:x?}");
            refused += usize::from(!whole);
        }
        assert!(refused > 9 * batch.len() / 10 * 8, "{refused}");
    }
}
