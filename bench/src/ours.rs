//! Our own encodings, behind one interface.
//!
//! [`Ours::all`] is the list of rows. Those that the bars ask for are named here.

use anyhow::{Context as _, Result, ensure};
use increp::model::{Id, Report};
use increp::wire::Trace;
use increp::wire::packed::{self, Area, BatchReader, BatchWriter, Profile};
use increp_cli::train::Options;
use increp_cli::train::text::source_weight;

use crate::report::stamp;
use crate::shared::Shared;

/// The row of the packed encoding in every table of the structured part.
pub const PACKED: &str = "increp packed";
/// The same where the receiver knows which profile it is from elsewhere, as the receivers of all peers do.
pub const PROFILE_KNOWN: &str = "increp packed, profile known";
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
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    pub id: Option<Id>,
    /// When the last report was sent, in minutes since 1989-01-01 like everything in [`Shared`].
    pub previous_minutes: Option<i64>,
}

impl Known {
    fn packed(&self) -> packed::Known {
        packed::Known { id: self.id, sent: self.previous_minutes.map(stamp), profile: true, ..packed::Known::default() }
    }
}

/// One of our encodings, trained for one experiment.
pub struct Ours {
    name: &'static str,
    /// The profile, if it needs one; postcard does not.
    profile: Option<Profile<'static>>,
}

/// Bytes of profiles of missions and of the general one.
const SIZE: usize = 64 * 1024;

impl Ours {
    /// All of our encodings that can be measured on this kind of experiment.
    pub fn all(train: &[Report<'_>], shared: &Shared, kind: Kind) -> Result<Vec<Self>> {
        let postcard = Self { name: "increp postcard", profile: None };
        let options = |mission| Options { size: SIZE, mission, public: true, ..Options::default() };
        let area = Area {
            base: stamp(shared.base_minutes).seconds(),
            minutes: u32::try_from(shared.horizon_minutes)?,
            lat: [shared.bbox[0], shared.bbox[1]],
            lon: [shared.bbox[2], shared.bbox[3]],
        };
        let given = |mission| Options { names: shared.names.clone(), area: Some(area), ..options(mission) };
        let mut all = match kind {
            Kind::General => vec![Self::packed(PACKED, train, &given(false))?],
            Kind::Mission => vec![Self::packed(PACKED, train, &given(true))?],
            Kind::Whole => vec![
                Self::packed(GENERAL_64, train, &options(false))?,
                Self::packed("increp packed, mission's own", train, &options(true))?,
            ],
        };
        all.push(postcard);
        Ok(all)
    }

    fn packed(name: &'static str, train: &[Report<'_>], options: &Options) -> Result<Self> {
        eprintln!("  training {name}");
        let trained = increp_cli::train::train(train, options, &mut |_, _| {})?;
        // A handful of profiles, as long as the program runs.
        let blob: &'static [u8] = Box::leak(trained.blob.into_boxed_slice());
        Ok(Self { name, profile: Some(Profile::new(blob)?) })
    }

    pub fn name(&self) -> String {
        self.name.into()
    }

    /// Whether it makes use of what the receiver knows.
    pub fn uses_known(&self) -> bool {
        self.profile.is_some()
    }

    pub fn encode(&self, report: &Report<'_>, known: Option<&Known>) -> Result<Vec<u8>> {
        let mut buffer = vec![0; increp::MAX_LEN];
        let known = known.map(Known::packed).unwrap_or_default();
        Ok(match &self.profile {
            None => increp::encode(report, &mut buffer)?.to_vec(),
            Some(profile) => packed::encode(report, profile, &known, &mut buffer)?.to_vec(),
        })
    }

    /// Texts that do not stand in the bytes as they are may be put into `texts`, which has room for those of a report.
    /// `trace` is told what each value takes.
    pub fn decode<'b, T: Trace>(
        &self,
        bytes: &'b [u8],
        known: Option<&Known>,
        texts: &'b mut [u8],
        trace: &mut T,
    ) -> Result<Report<'b>> {
        let mut report = Report::default();
        let known = known.map(Known::packed).unwrap_or_default();
        match &self.profile {
            None => increp::wire::decode_traced(bytes, &mut report, trace)?,
            Some(profile) => packed::decode_traced(bytes, profile, &known, &mut report, texts, trace)?,
        }
        Ok(report)
    }

    /// Several reports in one message.
    pub fn encode_batch(&self, reports: &[Report<'_>]) -> Result<Vec<u8>> {
        let Some(profile) = &self.profile else { return framed(reports.iter().map(|report| self.encode(report, None))) };
        let mut buffer = vec![0; increp::MAX_LEN * reports.len()];
        let mut writer = BatchWriter::new(profile, &mut buffer);
        for report in reports {
            writer.push(report)?;
        }
        Ok(writer.finish()?.to_vec())
    }

    /// As [`Ours::decode`]; `texts` has room for those of all reports.
    pub fn decode_batch<'b, T: Trace>(&self, bytes: &'b [u8], texts: &'b mut [u8], trace: &mut T) -> Result<Vec<Report<'b>>> {
        let Some(profile) = &self.profile else {
            return frames(bytes)?.into_iter().map(|bytes| Ok(increp::decode(bytes)?)).collect();
        };
        let mut reader = BatchReader::new(bytes, profile, texts)?;
        let mut reports = Vec::new();
        let mut report = Report::default();
        while reader.next_traced(&mut report, trace)? {
            reports.push(std::mem::take(&mut report));
        }
        Ok(reports)
    }

    /// For the table of speeds: into a buffer that is there already, as firmware does it.
    pub fn encode_into(&self, report: &Report<'_>, buffer: &mut [u8]) -> Result<usize> {
        Ok(match &self.profile {
            None => increp::encode(report, buffer)?.len(),
            Some(profile) => packed::encode(report, profile, &packed::Known::default(), buffer)?.len(),
        })
    }
}

/// A model for texts alone, trained on those of some sources.
pub struct TextModel {
    section: Vec<u8>,
}

impl TextModel {
    /// Sizes in KiB that there are.
    pub const SIZES: &[u32] = &[16, 64, 128];

    pub fn train(sources: &[&[String]], kib: u32) -> Self {
        eprintln!("    training a text model of {kib} KiB");
        let of_source = |source: &'_ &[String]| source_weight(source.iter().map(String::len).sum());
        let texts = sources.iter().flat_map(|source| source.iter().map(|text| (text.as_str(), of_source(source), 1)));
        let texts: Vec<(&str, f32, u8)> = texts.collect();
        Self { section: increp_cli::train::text::train(&texts, kib as usize * 1024, &mut |_| {}) }
    }

    /// The row of a size.
    pub fn row(kib: u32) -> String {
        format!("increp text {kib} KiB")
    }

    fn model(&self) -> Result<packed::TextModel<'_>> {
        packed::TextModel::new(&self.section).context("the trainer made no text model")
    }

    pub fn encode(&self, text: &str) -> Result<Vec<u8>> {
        let mut buffer = vec![0; 2 * text.len() + 64];
        let mut encoder = packed::Encoder::new(&mut buffer, 0);
        self.model()?.encode(&mut encoder, text.as_bytes(), 1);
        Ok(encoder.finish().context("no room for a text")?.to_vec())
    }

    pub fn decode(&self, bytes: &[u8]) -> Result<String> {
        let mut buffer = vec![0; 64 * 1024];
        let length = self.model()?.decode(&mut packed::Decoder::new(bytes, 0), &mut buffer, 1).context("a text without end")?;
        Ok(String::from_utf8(buffer[..length].to_vec())?)
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
