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
    /// How a packed report or a batch fits.
    #[must_use]
    pub fn of(bytes: &[u8], profile: &Profile<'_>) -> Self {
        let mut room = vec![0; room(bytes)];
        let mut buffer = vec![0; MAX_LEN.max(bytes.len())];
        let mut report = Report::default();
        let again = if bytes.first() == Some(&BATCH) {
            let Ok(mut reader) = BatchReader::new(bytes, profile, &mut room) else { return Self::Unread };
            let mut reports = Vec::new();
            loop {
                match reader.next(&mut report) {
                    Ok(true) if reports.len() < MOST_REPORTS => reports.push(std::mem::take(&mut report)),
                    Ok(false) => break,
                    Ok(true) | Err(_) => return Self::Unread,
                }
            }
            batch(&reports, profile, &mut buffer)
        } else {
            let known = Known::default();
            if packed::decode_into(bytes, profile, &known, &mut report, &mut room).is_err() {
                return Self::Unread;
            }
            packed::encode(&report, profile, &known, &mut buffer)
        };
        if again == Ok(bytes) { Self::Written } else { Self::Otherwise }
    }
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
