//! zstd -19 with a trained dictionary, with nothing in a frame that the receiver can do without.

use anyhow::{Context as _, Result, ensure};
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{CParameter, DParameter, FrameFormat};

const LEVEL: i32 = 19;
pub const KIB: usize = 1024;
/// What trains a dictionary: more samples hardly change it.
const MOST_SAMPLES: usize = 30_000;
/// What a decompressed message may have.
const MOST_BYTES: usize = 1 << 20;

/// A dictionary, or none.
pub struct Dictionary {
    encoder: Option<EncoderDictionary<'static>>,
    decoder: Option<DecoderDictionary<'static>>,
}

impl Dictionary {
    pub fn none() -> Self {
        Self { encoder: None, decoder: None }
    }

    /// None where there is too little to train on.
    pub fn train<S: AsRef<[u8]>>(samples: &[S], bytes: usize) -> Option<Self> {
        let samples: Vec<&[u8]> = thinned(samples, MOST_SAMPLES).map(AsRef::as_ref).collect();
        let dictionary = zstd::dict::from_samples(&samples, bytes).ok()?;
        Some(Self {
            encoder: Some(EncoderDictionary::copy(&dictionary, LEVEL)),
            decoder: Some(DecoderDictionary::copy(&dictionary)),
        })
    }

    /// The sizes of messages, each compressed alone, and decompressed again.
    pub fn sizes<S: AsRef<[u8]>>(&self, messages: impl Iterator<Item = S>) -> Result<Vec<usize>> {
        let mut compressor = match &self.encoder {
            Some(dictionary) => Compressor::with_prepared_dictionary(dictionary)?,
            None => Compressor::new(LEVEL)?,
        };
        for parameter in [
            CParameter::Format(FrameFormat::Magicless),
            CParameter::ContentSizeFlag(false),
            CParameter::ChecksumFlag(false),
            CParameter::DictIdFlag(false),
        ] {
            compressor.set_parameter(parameter)?;
        }
        let mut decompressor = match &self.decoder {
            Some(dictionary) => Decompressor::with_prepared_dictionary(dictionary)?,
            None => Decompressor::new()?,
        };
        decompressor.set_parameter(DParameter::Format(FrameFormat::Magicless))?;
        messages
            .map(|message| {
                let message = message.as_ref();
                let packed = compressor.compress(message)?;
                let back = decompressor.decompress(&packed, MOST_BYTES).context("zstd")?;
                ensure!(back == message, "zstd gives back something else");
                Ok(packed.len())
            })
            .collect()
    }
}

/// At most so many, at even distances.
pub fn thinned<T>(all: &[T], most: usize) -> impl Iterator<Item = &T> {
    all.iter().step_by(all.len().div_ceil(most).max(1))
}
