//! Whether a message is one that a profile writes.

use increp::model::Report;
use increp::wire::packed::{self, BATCH, BatchReader, BatchWriter, Known, Profile};
use increp::{Error, MAX_LEN};

/// The most reports that one message has.
pub const MOST_REPORTS: usize = 1000;

/// Room for the texts of a message.
#[must_use]
pub fn room(bytes: &[u8]) -> usize {
    let one = usize::try_from(increp::model::bounds::ALL_TEXT.max).unwrap_or(0);
    if bytes.first() == Some(&BATCH) { one * MOST_REPORTS } else { one }
}

/// How well a message fits a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It cannot be read with it.
    Unread,
    /// It can be read, but this encoder would write what was read in other bytes.
    Otherwise,
    /// What is read is written in the same bytes.
    Written,
}

impl Fit {
    /// How a packed report or a batch fits, and what it says: its reports in postcard, one behind another.
    #[must_use]
    pub fn of(bytes: &[u8], profile: &Profile<'_>) -> (Self, Vec<u8>) {
        let mut room = vec![0; room(bytes)];
        let Some(reports) = reports(bytes, profile, &mut room) else { return (Self::Unread, Vec::new()) };
        let mut buffer = vec![0; MAX_LEN.max(bytes.len())];
        let mut said = Vec::new();
        for report in &reports {
            said.extend(increp::encode(report, &mut buffer).unwrap_or_default());
        }
        let again = match reports.as_slice() {
            [report] if bytes.first() != Some(&BATCH) => packed::encode(report, profile, &Known::default(), &mut buffer),
            reports => batch(reports, profile, &mut buffer),
        };
        (if again == Ok(bytes) { Self::Written } else { Self::Otherwise }, said)
    }
}

/// The reports of a message; none if it cannot be read whole.
fn reports<'a>(bytes: &'a [u8], profile: &Profile<'a>, room: &'a mut [u8]) -> Option<Vec<Report<'a>>> {
    let mut report = Report::default();
    if bytes.first() != Some(&BATCH) {
        packed::decode_into(bytes, profile, &Known::default(), &mut report, room).ok()?;
        return Some(vec![report]);
    }
    let mut reader = BatchReader::new(bytes, profile, room).ok()?;
    let mut reports = Vec::new();
    while reader.next(&mut report).ok()? {
        if reports.len() == MOST_REPORTS {
            return None;
        }
        reports.push(std::mem::take(&mut report));
    }
    Some(reports)
}

/// All reports in one message.
///
/// # Errors
/// A report is not valid, or they do not fit.
pub fn batch<'b>(reports: &[Report<'_>], profile: &Profile<'_>, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
    let mut writer = BatchWriter::new(profile, buffer);
    for report in reports {
        writer.push(report)?;
    }
    writer.finish()
}
