//! The bytes of a report out of the lines of a log.

use increp::wire::packed::{self, BATCH, PACKED};

use crate::hex::hex;
use crate::profiles::Profiles;
use crate::stream::{self, ShortId};

/// How a report in postcard starts.
const POSTCARD: u8 = increp::wire::VERSION << 4 | increp::wire::Encoding::Postcard as u8;

/// The bytes of a report in a line of a log: whatever stands before and behind it, it is a run of words of hex such as
/// "1111002a", "11 11", "11:11", "0x11,". A time or a number may look like hex too; what decodes is the report, or else
/// what starts like one.
pub(super) fn unhex(line: &str, profiles: &Profiles) -> Result<Vec<u8>, String> {
    let words = line.split(|sign: char| sign.is_whitespace() || "=\"'`,;|<>[](){}".contains(sign)).filter(|word| !word.is_empty());
    let mut runs: Vec<Vec<Vec<u8>>> = vec![Vec::new()];
    let mut odd = None;
    for word in words {
        match (word_bytes(word), runs.last_mut()) {
            (Some(bytes), Some(run)) => run.push(bytes),
            _ => runs.push(Vec::new()),
        }
        let digits = word.len() > 8 && word.bytes().all(|digit| digit.is_ascii_hexdigit());
        odd = odd.or(Some(word).filter(|word| digits && word.len() % 2 == 1));
    }
    // Only what starts like a report is put together and tried.
    let suffixes = || runs.iter().flat_map(|run| (0..run.len()).filter_map(|from| run.get(from..)));
    let starting = |start: fn(u8) -> bool| {
        suffixes()
            .filter(move |words| words.first().and_then(|word| word.first()).is_some_and(|first| start(*first)))
            .map(<[_]>::concat)
    };
    let postcard = || starting(|first| first == POSTCARD);
    let packed = || starting(|first| first == BATCH || first >= PACKED);
    let found =
        postcard().find(|bytes| increp::decode(bytes).is_ok()).or_else(|| packed().take(TRIED).find(|bytes| profiles.read(bytes)));
    let found = found.or_else(|| postcard().max_by_key(Vec::len));
    let longest = || runs.iter().map(|run| run.concat()).filter(|bytes| !bytes.is_empty()).max_by_key(Vec::len);
    found.or_else(longest).ok_or_else(|| match odd {
        Some(word) => format!("expected a report in hex, found an odd number of digits, {}", word.len()),
        None => "expected a report in hex, found none on this line".to_owned(),
    })
}

/// What stands behind a report whose profile is known, before the start of that profile's id: so that a report that was rejected out of a
/// file which named it is not read with another one.
const PROFILE: &str = " profile ";

/// A line for a report that was rejected.
pub(super) fn rejected(bytes: &[u8], profiles: Option<&[ShortId]>) -> String {
    let tag = packed::tag(bytes);
    let id = profiles.and_then(|profiles| profiles.iter().find(|id| Some(stream::tag(id)) == tag));
    hex(bytes) + &id.map_or(String::new(), |id| PROFILE.to_owned() + &hex(id))
}

/// A line, and the profile that stands at its end.
pub(super) fn named_profile(line: &str) -> (&str, Option<ShortId>) {
    let named = line.trim_end().rsplit_once(PROFILE);
    match named.and_then(|(before, id)| Some((before, word_bytes(id)?.try_into().ok()?))) {
        Some((before, id)) => (before, Some(id)),
        None => (line, None),
    }
}

/// So many places of a line are tried as starts of a packed report: half of all bytes look like one.
const TRIED: usize = 64;

fn word_bytes(word: &str) -> Option<Vec<u8>> {
    let word = word.strip_prefix("0x").unwrap_or(word);
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    let whole =
        |part: &str| !part.is_empty() && part.len().is_multiple_of(2) && part.bytes().all(|digit| digit.is_ascii_hexdigit());
    let bytes = |part: &str| if whole(part) { part.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>() } else { None };
    word.split([':', '-']).map(bytes).collect::<Option<Vec<_>>>().map(|parts| parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_found_in_a_line_of_a_log() {
        let profiles = Profiles::open(&[]).unwrap();
        let report = "1111002a0103000000000000000000000000".get(..34).unwrap_or_default();
        let spaced: Vec<&str> = (0..17).map(|at| report.get(2 * at..2 * at + 2).unwrap_or_default()).collect();
        let expected: Vec<u8> = spaced.iter().filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect();
        for line in [
            report.to_owned(),
            spaced.join(" "),
            spaced.join(":"),
            spaced.join(", 0x"),
            format!("12:01:33 RX rssi -91: {report}"),
            format!("12:00:03 {report}"),
            format!("2026-01-01 12:00:03 {}", spaced.join(" ")),
            format!("RX 17 {report}"),
            format!("addr 0x11 {report}"),
            format!("#4 {report}"),
            format!("AA:BB:CC:DD:EE:FF {report} rssi=-97"),
            format!("\u{feff}data=\"{report}\""),
            format!("{{\"port\":17,\"payload\":\"{}\"}}", report.to_uppercase()),
        ] {
            assert_eq!(unhex(&line, &profiles).as_ref(), Ok(&expected), "{line}");
        }
        for (line, why) in [("111111111", "odd number"), ("nothing here", "found none"), ("11111111z", "found none")] {
            assert!(unhex(line, &profiles).is_err_and(|error| error.contains(why)), "{line}");
        }
        // Broken, but it starts like a report.
        assert_eq!(unhex("12:00:03 1111002a0109", &profiles), Ok(vec![0x11, 0x11, 0, 0x2a, 1, 9]));
    }
}
