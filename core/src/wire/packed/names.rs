//! Texts: names that are known, and what must be spelt.

#![allow(clippy::cast_possible_truncation)] // what is cut off was masked or bounded before

use super::coder::{Coder, ReadText, uniform};
use super::decide::{Shared, What};
use super::encoder::Encoder;
use super::packer::{PLACE_NAME, Packer};
use super::text::TextModel;
use crate::error::ErrorKind;
use crate::model::bounds::Bound;
use crate::model::{Place, Stopped, Walk as _};

impl<'a, const TEXTS: usize, const OTHERS: usize> Packer<'_, 'a, TEXTS, OTHERS> {
    /// The key of an extra entry, by the form.
    pub(super) fn key(&mut self, low: u8) -> Result<(&'a str, u32), Stopped> {
        let Some(high) = self.step()? else { return Err(self.other()) };
        let rank = usize::from(u16::from_le_bytes([low, high]));
        let text = self.profile.names.get(rank).ok_or_else(|| self.other())?;
        Ok((text, 0x100 + rank as u32))
    }

    /// Whether something was said before is another question where other reports were said before.
    pub(super) const fn said(&self) -> What {
        if self.memory.later { What::LaterSaid } else { What::Said }
    }

    pub(super) const fn said_back(&self) -> What {
        if self.memory.later { What::LaterSaidBack } else { What::SaidBack }
    }

    /// A name: one that is known, or a new one.
    pub(super) fn name(&mut self, text: Option<&'a str>, bound: &'static Bound) -> Result<(&'a str, u32), Stopped> {
        if let Some(known) = self.known_name(text)? {
            return Ok(known);
        }
        let text = self.new_text(text, 0, bound)?;
        self.memory.texts.say(text, |said| *said == text);
        Ok((text, 0))
    }

    /// The name of the place, one that was said before, or one of the profile's.
    #[inline(never)] // what it needs is not for long
    fn known_name(&mut self, text: Option<&'a str>) -> Result<Option<(&'a str, u32)>, Stopped> {
        let names = self.profile.names;
        let place = self.place.filter(|_| self.way.at(Place::LAYOUT, PLACE_NAME));
        let placed = place.and_then(|point| self.profile.gazetteer.name(point)).and_then(|rank| names.get(rank.into()));
        if let Some(placed) = placed
            && self.decide(What::AsPlace, 0, text == Some(placed))
        {
            return Ok(Some((placed, 1)));
        }
        let rank = text.and_then(|text| names.find(text)).filter(|rank| self.decisions.may_share(Shared::Name(*rank)));
        if !self.memory.texts.is_empty() {
            // The profile knows better who is likely here than how long ago another report said it.
            let told = text.filter(|_| !self.memory.later || rank.is_none());
            let back = told.and_then(|text| self.memory.texts.find(|said| *said == text));
            if self.decide(self.said(), 0, back.is_some()) {
                let back = self.index(self.said_back(), back.unwrap_or(0), 6);
                let text = self.memory.texts.get(back).ok_or_else(|| self.other())?;
                self.memory.texts.say(text, |said| *said == text);
                return Ok(Some((text, 2 + back as u32)));
            }
        }
        if names.len() > 0 {
            let later = self.memory.later.into();
            if self.decide(What::Listed, later, rank.is_some()) {
                let rank = self.one_of(What::ListedRank, names.len() as u32, rank.unwrap_or(0) as u32) as usize;
                let text = names.get(rank).ok_or_else(|| self.other())?;
                self.memory.texts.say(text, |said| *said == text);
                return Ok(Some((text, 0x100 + rank as u32)));
            }
        }
        Ok(None)
    }

    /// A text that no list has: by the text model, or byte by byte where that is shorter.
    pub(super) fn new_text(&mut self, text: Option<&'a str>, start: u8, bound: &'static Bound) -> Result<&'a str, Stopped> {
        let model = self.profile.text.as_ref().map(|model| (model, start));
        let Some(text) = text else {
            let model = model.filter(|_| !self.decisions.bit(RAW, false));
            let room = core::mem::take(&mut self.room);
            let (text, rest) = self.decisions.read_text(model, room, bound).map_err(|kind| self.fail(kind))?;
            self.room = rest;
            return Ok(text);
        };
        self.decisions.write_text(model, text);
        Ok(text)
    }
}

/// The probability that a text is raw, 1/64: one that the model does not fit pays 6 bits for it.
const RAW: u16 = 1 << 10;
const RAW_BITS: usize = 6;

/// What [`Coder::write_text`] is for encoders: by the model, and once more byte by byte where that is shorter. Most texts fit
/// the model, so they go through it once.
pub(super) fn write_text(encoder: &mut Encoder<'_>, model: Option<(&TextModel<'_>, u8)>, text: &str) {
    if let Some((model, start)) = model {
        let mark = encoder.mark();
        encoder.bit(RAW, false);
        // As an object, like the decoder's: that is one copy of the model's code.
        let mut coder: &mut dyn Coder = encoder;
        model.encode(&mut coder, text.as_bytes(), start);
        if encoder.position().bits_since(mark.position()) <= raw_bits(text) + RAW_BITS {
            return;
        }
        encoder.rewind(mark);
        encoder.bit(RAW, true);
    }
    encode_raw(encoder, text.as_bytes());
}

/// What [`Coder::read_text`] is for decoders.
pub(super) fn read_text<'r>(
    mut coder: &mut dyn Coder,
    model: Option<(&TextModel<'_>, u8)>,
    room: &'r mut [u8],
    bound: &'static Bound,
) -> Result<ReadText<'r>, ErrorKind> {
    let most = usize::try_from(bound.max).unwrap_or(0);
    let full = room.len() < most;
    let free = room.get_mut(..most.min(room.len())).unwrap_or_default();
    let length = match model {
        Some((model, start)) => model.decode(&mut coder, free, start),
        None => decode_raw(coder, free),
    };
    let too_long = || match i64::try_from(most + 1) {
        Ok(value) if !full => ErrorKind::Limit { bound, value },
        _ => ErrorKind::BufferFull,
    };
    let (text, rest) = length.and_then(|length| room.split_at_mut_checked(length)).ok_or_else(too_long)?;
    Ok((str::from_utf8(text).map_err(|_| ErrorKind::NotUtf8)?, rest))
}

/// First bytes that characters of UTF-8 can have, and the end: 180 symbols, all as likely. 0 is the end, then 0x00 to 0x7f,
/// then 0xc2 to 0xf4. Each further byte of a character has 6 bits.
const SYMBOLS: u32 = 180;

/// Whether a byte is not the first of its character.
const fn is_further(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// Bits that a text takes byte by byte, its end too.
fn raw_bits(text: &str) -> usize {
    let further = text.bytes().filter(|byte| is_further(*byte)).count();
    // Seven and a half a symbol.
    6 * further + (15 * (text.len() - further) + 16) / 2
}

/// Codes bytes and their end.
fn encode_raw(coder: &mut dyn Coder, text: &[u8]) {
    for byte in text {
        let code = u32::from(*byte);
        if is_further(*byte) {
            coder.bits(6, code);
        } else {
            uniform(coder, SYMBOLS, if code > 0x7f { code - 0x41 } else { code + 1 });
        }
    }
    uniform(coder, SYMBOLS, 0);
}

/// Reads bytes up to their end, and gives their number; `None` if there are more than `room` takes.
fn decode_raw(coder: &mut dyn Coder, room: &mut [u8]) -> Option<usize> {
    let (mut at, mut further) = (0, 0);
    loop {
        let byte = if further > 0 {
            further -= 1;
            0x80 | coder.bits(6, 0)
        } else {
            match uniform(coder, SYMBOLS, 0) {
                0 => return Some(at),
                symbol @ 1..=0x80 => symbol - 1,
                symbol => {
                    let first = symbol + 0x41;
                    further = 1 + u8::from(first > 0xdf) + u8::from(first > 0xef);
                    first
                }
            }
        };
        *room.get_mut(at)? = byte as u8;
        at += 1;
    }
}
