//! The words that a text model may give away: so that whoever trains a profile can look through them.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use super::decisions::FEWEST;

/// A word that begins so in fewer bytes is not worth a line.
const LEAST: usize = 4;

/// A word as a text has it, and the number of the text.
type Said<'t> = (&'t str, u32);

/// What words at least five different texts have, the commonest first; and how words begin of which fewer have each, but five have
/// some, with "…" behind it. Capitals and small letters are the same here, as they are to the model; each is spelt as it mostly is.
pub(super) fn common<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let different: BTreeSet<&str> = texts.collect();
    let mut said: Vec<(Vec<u8>, Said<'_>)> = Vec::new();
    for (text, number) in different.into_iter().zip(0..) {
        said.extend(words(text).map(|word| (word.as_bytes().to_ascii_lowercase(), (word, number))));
    }
    said.sort_unstable();
    said.dedup();
    let mut common: Vec<(Reverse<usize>, String)> = Vec::new();
    // What begins alike stands side by side: so many bytes of these begin alike.
    let mut alike = vec![(said.as_slice(), 0)];
    while let Some((some, length)) = alike.pop() {
        let whole = some.partition_point(|(word, _)| word.len() == length);
        let (ended, longer) = some.split_at(whole);
        let further: Vec<_> = longer.chunk_by(|(one, _), (other, _)| one.get(length) == other.get(length)).collect();
        let further: Vec<_> = further.into_iter().filter(|some| texts_of(some) >= FEWEST as usize).collect();
        if texts_of(ended) >= FEWEST as usize {
            common.push((Reverse(texts_of(ended)), spelt(ended, length)));
        } else if further.is_empty() && length >= LEAST {
            common.push((Reverse(texts_of(some)), spelt(some, length) + "…"));
        }
        alike.extend(further.into_iter().map(|some| (some, length + 1)));
    }
    common.sort_unstable();
    common.dedup();
    common.into_iter().map(|(_, word)| word).collect()
}

/// What the model takes for words: letters and digits of ASCII, and all that is not ASCII.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| sign.is_ascii() && !sign.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// In how many texts they stand.
fn texts_of(said: &[(Vec<u8>, Said<'_>)]) -> usize {
    let texts: BTreeSet<u32> = said.iter().map(|(_, (_, text))| *text).collect();
    texts.len()
}

/// The first bytes of words as most have them.
fn spelt(said: &[(Vec<u8>, Said<'_>)], length: usize) -> String {
    let mut spellings: HashMap<&str, usize> = HashMap::new();
    for (_, (word, _)) in said {
        let whole = (0..=length).rev().find_map(|length| word.get(..length)).unwrap_or_default();
        *spellings.entry(whole).or_default() += 1;
    }
    let most = spellings.into_iter().max_by_key(|(word, many)| (*many, Reverse(*word)));
    most.map_or(String::new(), |(word, _)| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::common;

    #[test]
    fn words_are_counted_as_the_model_does() {
        let texts = [
            "says Xylmarton at one",
            "says Xylmarton at two",
            "says xylmarton-left three",
            "says XYLMARTON four",
            "says xylmarton five",
            "says Crimzhalalpha six",
            "says Crimzhalbravo seven",
            "says Crimzhalcharlie eight",
            "says Crimzhaldelta",
            "says Crimzhalecho",
            "says Rarely nine",
            "says Rarely ten",
            "says Rarely eleven",
            "says Rarely twelve",
            "says Rarely twelve",
            "0199-888",
            "0199-777",
            "0199/1",
            "0199.2",
            "tel0199",
            "0199",
        ];
        let words = common(texts.into_iter());
        assert_eq!(words, ["says", "0199", "Crimzhal…", "Xylmarton"]);
    }
}
