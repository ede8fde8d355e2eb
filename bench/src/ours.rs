//! Our own encodings, behind one interface.
//!
//! [`Ours::all`] is the list of rows; an encoding is a variant of [`Encoding`] and an arm in each `match`. The rows that
//! the bars ask for are named here, so that a bar finds its row as soon as there is one.

use anyhow::{Context as _, Result, ensure};
use increp::model::{Id, Report};

use crate::shared::Shared;

/// The row of the packed encoding in every table of the structured part.
pub const PACKED: &str = "increp packed";
/// The row of the packed encoding with the general profile of 64 KiB in the table of whole reports.
pub const GENERAL_64: &str = "increp packed, general-64";

/// What a report may be encoded against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Statistics of another country, and no more.
    General,
    /// A mission's own past reports.
    Mission,
    /// A mission's own past reports, with texts.
    Whole,
}

/// What the receiver knows before a report arrives: from the associated data, and from the report before.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code)] // postcard makes no use of it
pub struct Known {
    pub id: Id,
    /// When the last report was sent, in minutes since 1989-01-01 like everything in [`Shared`].
    pub previous_minutes: i64,
}

/// One of our encodings, trained for one experiment.
pub struct Ours {
    encoding: Encoding,
}

enum Encoding {
    Postcard,
}

impl Ours {
    /// All of our encodings that can be measured on this kind of experiment.
    pub fn all(train: &[Report<'_>], shared: &Shared, kind: Kind) -> Vec<Self> {
        vec![Self::train(train, shared, kind)]
    }

    /// Postcard learns nothing.
    pub fn train(_train: &[Report<'_>], _shared: &Shared, _kind: Kind) -> Self {
        Self { encoding: Encoding::Postcard }
    }

    pub fn name(&self) -> String {
        match self.encoding {
            Encoding::Postcard => "increp postcard".into(),
        }
    }

    /// Whether it makes use of what the receiver knows.
    pub fn uses_known(&self) -> bool {
        match self.encoding {
            Encoding::Postcard => false,
        }
    }

    pub fn encode(&self, report: &Report<'_>, _known: Option<&Known>) -> Result<Vec<u8>> {
        match self.encoding {
            Encoding::Postcard => {
                let mut buffer = vec![0; increp::MAX_LEN];
                Ok(increp::encode(report, &mut buffer)?.to_vec())
            }
        }
    }

    /// Texts that do not stand in the bytes as they are may be put into `texts`, which has room for those of a report.
    pub fn decode<'b>(&self, bytes: &'b [u8], _known: Option<&Known>, _texts: &'b mut [u8]) -> Result<Report<'b>> {
        match self.encoding {
            Encoding::Postcard => Ok(increp::decode(bytes)?),
        }
    }

    /// Several reports in one message.
    pub fn encode_batch(&self, reports: &[Report<'_>]) -> Result<Vec<u8>> {
        match self.encoding {
            Encoding::Postcard => framed(reports.iter().map(|report| self.encode(report, None))),
        }
    }

    /// As [`Ours::decode`]; `texts` has room for those of all reports.
    pub fn decode_batch<'b>(&self, bytes: &'b [u8], _texts: &'b mut [u8]) -> Result<Vec<Report<'b>>> {
        match self.encoding {
            Encoding::Postcard => frames(bytes)?.into_iter().map(|bytes| Ok(increp::decode(bytes)?)).collect(),
        }
    }

    /// For the table of speeds: into a buffer that is there already, as firmware does it.
    pub fn encode_into(&self, report: &Report<'_>, buffer: &mut [u8]) -> Result<usize> {
        match self.encoding {
            Encoding::Postcard => Ok(increp::encode(report, buffer)?.len()),
        }
    }
}

/// A model for texts alone, trained on those of some sources.
pub struct TextModel {
    kib: u32,
}

impl TextModel {
    /// Sizes in KiB that there are.
    pub const SIZES: &[u32] = &[];

    pub fn train(_texts: &[&str], kib: u32) -> Self {
        Self { kib }
    }

    /// The row of a size.
    pub fn row(kib: u32) -> String {
        format!("increp text {kib} KiB")
    }

    pub fn encode(&self, text: &str) -> Result<Vec<u8>> {
        anyhow::bail!("there is no text model of {} KiB for {} bytes", self.kib, text.len())
    }

    pub fn decode(&self, bytes: &[u8]) -> Result<String> {
        anyhow::bail!("there is no text model of {} KiB for {} bytes", self.kib, bytes.len())
    }
}

/// Each with its length in front: 7 bits a byte, the last without the high bit.
fn framed(items: impl Iterator<Item = Result<Vec<u8>>>) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    for item in items {
        let item = item?;
        let mut length = item.len();
        while length > 0x7f {
            all.push(length as u8 | 0x80);
            length >>= 7;
        }
        all.push(length as u8);
        all.extend(item);
    }
    Ok(all)
}

fn frames(mut bytes: &[u8]) -> Result<Vec<&[u8]>> {
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        let (mut length, mut shift) = (0usize, 0);
        loop {
            let (byte, rest) = bytes.split_first().context("the bytes end inside a length")?;
            bytes = rest;
            ensure!(shift < 28, "a length of more than 4 bytes");
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let (frame, rest) = bytes.split_at_checked(length).context("the bytes end inside a report")?;
        frames.push(frame);
        bytes = rest;
    }
    Ok(frames)
}
