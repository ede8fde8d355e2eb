//! Bytes per report: how many reports of which length, in constant memory.

use std::fmt;

/// Lengths of encoded reports.
#[derive(Clone, Debug, Default)]
pub struct Lengths {
    /// How many reports have the length that is the index.
    many: Vec<u64>,
    reports: u64,
    bytes: u64,
}

impl Lengths {
    /// Adds a report. Its length is at most that of the longest report, so this grows no further than that.
    pub fn add(&mut self, length: usize) {
        if self.many.len() <= length {
            self.many.resize(length + 1, 0);
        }
        if let Some(many) = self.many.get_mut(length) {
            *many += 1;
        }
        self.reports += 1;
        self.bytes += length as u64;
    }

    /// The least length that so many hundredths of the reports do not exceed; 0 without reports.
    #[must_use]
    pub fn percentile(&self, hundredths: u64) -> usize {
        let rank = (self.reports * hundredths).div_ceil(100).max(1);
        let mut seen = 0;
        self.many
            .iter()
            .position(|many| {
                seen += many;
                seen >= rank
            })
            .unwrap_or(0)
    }

    /// Tenths of a byte per report, rounded.
    fn mean_tenths(&self) -> u64 {
        (self.bytes * 10 + self.reports / 2).checked_div(self.reports).unwrap_or(0)
    }

    fn mean(&self) -> String {
        format!("{}.{}", self.mean_tenths() / 10, self.mean_tenths() % 10)
    }
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
    /// Adds the reports of a message together: its bytes, shared out among them.
    pub fn batch(&mut self, bytes: usize, reports: usize) {
        for report in 0..reports {
            self.lengths.add(bytes / reports + usize::from(report < bytes % reports));
        }
    }

    /// As JSON, for programs.
    #[must_use]
    pub fn json(&self) -> String {
        let Self { rejected, bytes_in, lengths } = self;
        format!(
            "{{\"reports\":{},\"rejected\":{rejected},\"bytes_in\":{bytes_in},\"bytes_out\":{},\"bytes_per_report\":{{\"mean\":{},\"p50\":{},\"p90\":{},\"max\":{}}}}}",
            lengths.reports,
            lengths.bytes,
            lengths.mean(),
            lengths.percentile(50),
            lengths.percentile(90),
            lengths.percentile(100),
        )
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rejected, bytes_in, lengths } = self;
        writeln!(f, "reports           {}", lengths.reports)?;
        writeln!(f, "rejected          {rejected}")?;
        writeln!(f, "bytes in          {bytes_in}")?;
        writeln!(f, "bytes out         {}", lengths.bytes)?;
        write!(
            f,
            "bytes per report  mean {}  p50 {}  p90 {}  max {}",
            lengths.mean(),
            lengths.percentile(50),
            lengths.percentile(90),
            lengths.percentile(100),
        )
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
    }
}
