//! Bytes per report: how many reports of which length, in constant memory; bits of a value.

use std::fmt;

use increp::wire::packed::Position;

/// Bits that the packed values between two positions take.
#[must_use]
pub fn bits(start: Position, end: Position) -> f64 {
    let width = |position: Position| f64::from(position.range).log2();
    // Messages are short: no number here comes near what a float cannot hold.
    #[allow(clippy::cast_precision_loss)]
    let bytes = end.bytes as f64 - start.bytes as f64;
    8.0f64.mul_add(bytes, width(start) - width(end))
}

/// Lengths of encoded reports, or of batches of them.
#[derive(Clone, Debug, Default)]
pub struct Lengths {
    /// How many messages have the length that is the index.
    many: Vec<u64>,
    messages: u64,
    reports: u64,
    bytes: u64,
}

impl Lengths {
    /// Adds a report.
    pub fn add(&mut self, length: usize) {
        self.add_batch(length, 1);
    }

    /// Adds a message of so many reports. Its length is at most that of the longest message, so this grows no further than
    /// that.
    pub fn add_batch(&mut self, length: usize, reports: usize) {
        if self.many.len() <= length {
            self.many.resize(length + 1, 0);
        }
        if let Some(many) = self.many.get_mut(length) {
            *many += 1;
        }
        self.messages += 1;
        self.reports += reports as u64;
        self.bytes += length as u64;
    }

    /// Bytes of all reports.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Some messages hold several reports.
    const fn batched(&self) -> bool {
        self.messages != self.reports
    }

    /// The least length that so many hundredths of the messages do not exceed; 0 without messages.
    #[must_use]
    pub fn percentile(&self, hundredths: u64) -> usize {
        let rank = (self.messages * hundredths).div_ceil(100).max(1);
        let mut seen = 0;
        self.many
            .iter()
            .position(|many| {
                seen += many;
                seen >= rank
            })
            .unwrap_or(0)
    }

    /// Bytes per report.
    #[must_use]
    pub fn mean(&self) -> String {
        mean(self.bytes, self.reports)
    }
}

/// Bytes for each, to the tenth.
fn mean(bytes: u64, many: u64) -> String {
    let tenths = (bytes * 10 + many / 2).checked_div(many).unwrap_or(0);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// What an encoding run did.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Reports that were not valid.
    pub rejected: u64,
    /// Bytes of JSON, of valid reports alone.
    pub bytes_in: u64,
    /// The reports.
    pub lengths: Lengths,
}

impl Stats {
    /// As JSON, for programs.
    #[must_use]
    pub fn json(&self) -> String {
        let Self { rejected, bytes_in, lengths } = self;
        let Lengths { messages, reports, bytes, .. } = lengths;
        let [p50, p90, max] = [50, 90, 100].map(|hundredths| lengths.percentile(hundredths));
        let sizes = format!("\"p50\":{p50},\"p90\":{p90},\"max\":{max}}}");
        let head = format!("{{\"reports\":{reports},\"rejected\":{rejected},");
        let tail = format!("\"bytes_in\":{bytes_in},\"bytes_out\":{bytes},\"bytes_per_report\":{{\"mean\":{}", lengths.mean());
        if lengths.batched() {
            let per_batch = mean(*bytes, *messages);
            format!("{head}\"batches\":{messages},{tail}}},\"bytes_per_batch\":{{\"mean\":{per_batch},{sizes}}}")
        } else {
            format!("{head}{tail},{sizes}}}")
        }
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rejected, bytes_in, lengths } = self;
        let Lengths { messages, reports, bytes, .. } = lengths;
        let [p50, p90, max] = [50, 90, 100].map(|hundredths| lengths.percentile(hundredths));
        let sizes = format!("p50 {p50}  p90 {p90}  max {max}");
        writeln!(f, "reports           {reports}")?;
        writeln!(f, "rejected          {rejected}")?;
        if lengths.batched() {
            writeln!(f, "batches           {messages}")?;
        }
        writeln!(f, "bytes in          {bytes_in}")?;
        writeln!(f, "bytes out         {bytes}")?;
        write!(f, "bytes per report  mean {}", lengths.mean())?;
        if lengths.batched() {
            write!(f, "\nbytes per batch   mean {}", mean(*bytes, *messages))?;
        }
        write!(f, "  {sizes}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_lengths_that_occur() {
        let mut lengths = Lengths::default();
        assert_eq!((lengths.percentile(50), lengths.mean()), (0, "0.0".to_owned()));
        for length in [10, 20, 20, 30, 90] {
            lengths.add(length);
        }
        assert_eq!([50, 90, 100].map(|hundredths| lengths.percentile(hundredths)), [20, 90, 90]);
        assert_eq!(lengths.mean(), "34.0");
        lengths.add_batch(130, 5);
        assert_eq!((lengths.percentile(100), lengths.mean()), (130, "30.0".to_owned()));
    }
}
