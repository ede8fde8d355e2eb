//! Random texts and codes for fuzzers and property tests, weighted towards what goes wrong.

use arbitrary::{Result, Unstructured};

use super::bounds::Bound;
use super::describe::CodeList;

/// What a report may hold: scripts of one to four bytes a character, direction marks, zero width, quotes, controls.
const SAMPLE: &str = concat!(
    "two shells fell near the \"old\" bridge, 3 wounded\n",
    "Cuernavaca; Ciudad Juárez, Nuñez, 14 vehículos. ",
    "قصف مدفعي على أطراف حلب ",
    "обстріл околиць Харкова, двоє поранених ",
    "မြို့နယ်တွင် တိုက်ပွဲ ",
    "\u{200b}\u{202e}\u{feff}\u{0}\u{1f}\u{7f}\\/",
    "\u{1f6d1}\u{10ffff}",
    "0123456789 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
);

/// A text inside `bound`: often the input's own bytes, now and then as long as it may be.
pub(super) fn text<'a>(u: &mut Unstructured<'a>, bound: &Bound) -> Result<&'a str> {
    let most = usize::try_from(bound.max).unwrap_or(0);
    let length = match u.int_in_range(0..=15u8)? {
        0 => most,
        1 => u.int_in_range(1..=most)?,
        _ => u.int_in_range(1..=most.min(24))?,
    };
    if u.arbitrary()? && u.len() >= length {
        let bytes = u.bytes(length)?;
        let valid = match str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => bytes.get(..error.valid_up_to()).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or(""),
        };
        if !valid.is_empty() {
            return Ok(valid);
        }
    }
    let start = u.int_in_range(0..=SAMPLE.len() - 1)?;
    let start = (0..=start).rev().find(|at| SAMPLE.is_char_boundary(*at)).unwrap_or(0);
    let sample = SAMPLE.get(start..).unwrap_or(SAMPLE);
    let end = (1..=length.min(sample.len())).rev().find(|at| sample.is_char_boundary(*at));
    // The sample starts with a character that may be longer than the limit asked for.
    Ok(end.and_then(|end| sample.get(..end)).unwrap_or("x"))
}

/// A code that `list` allows: mostly one that it has.
pub(super) fn code(u: &mut Unstructured<'_>, list: &CodeList) -> Result<u8> {
    if list.open && u.ratio(1, 8u8)? {
        return u.arbitrary();
    }
    if (list.open || list.zero.is_some()) && u.ratio(1, 3u8)? {
        return Ok(0);
    }
    u.choose(list.codes).map(|entry| entry.0)
}
