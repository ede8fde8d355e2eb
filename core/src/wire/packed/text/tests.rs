//! Text models of numbers at random: what they code comes back.

extern crate std;

use std::vec;
use std::vec::Vec;

use super::*;

/// What an encoder was told; played back, it is a decoder that checks that it is told the same.
#[derive(Default)]
struct Tape {
    decisions: Vec<(u16, bool)>,
    played: Option<usize>,
}

impl Coder for Tape {
    fn bit(&mut self, one: u16, bit: bool) -> bool {
        let Some(at) = &mut self.played else {
            self.decisions.push((one, bit));
            return bit;
        };
        // After its end, a decoder reads something.
        let (written, bit) = self.decisions.get(*at).copied().unwrap_or((one, *at % 3 == 0));
        assert_eq!(written, one, "encoder and decoder disagree at decision {at}");
        *at += 1;
        bit
    }

    /// The text model has none but those of a power of two.
    fn part(&mut self, of: u32, value: u32) -> u32 {
        (0..of.ilog2()).rev().fold(0, |read, at| read << 1 | u32::from(self.bit(1 << 15, value >> at & 1 == 1)))
    }
}

fn random(state: &mut u32) -> u8 {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    state.to_be_bytes()[0]
}

/// 32 leaves at depth 5, and numbers at random.
fn section(slots: u32, buckets: u32) -> Vec<u8> {
    let mut seed = 1;
    let mut section = vec![5, 30, 31, 0];
    section.extend(slots.to_le_bytes());
    section.extend(buckets.to_le_bytes());
    section.extend([0, 0, 0, 0, 0, 32]);
    section.extend(b"abcdefghijklmnopqrstuvwxyz .,\xd8AA");
    section.extend((0..64 + 32 + 16 + 32).map(|at| if at % 2 == 0 { random(&mut seed) } else { random(&mut seed) % 3 }));
    section.extend((0..16 + slots.div_ceil(2) + 8 * buckets).map(|_| random(&mut seed)));
    section
}

const TEXTS: [&str; 9] = [
    "",
    "a",
    "Shelling near the market. Two houses destroyed; three persons injured near the market.",
    "SHELLING NEAR McDONALD'S, 03 MAY 2026: 14-07N 045-12E",
    "Desconocidos atacan el comité de la población en Tláhuac; huyó un niño",
    "قصف مدفعي على أطراف المدينة",
    "Обстрел жилого дома, трое раненых",
    "武装袭击造成三人受伤",
    "\0\u{200b}\u{feff}AAAAAAAAaaaaaaaaAaAaAaAaAaAa",
];

fn round_trip(model: &TextModel, text: &[u8], start: u8) {
    let mut tape = Tape::default();
    model.encode(&mut tape, text, start);
    tape.played = Some(0);
    let mut buffer = vec![0; text.len()];
    assert_eq!(model.decode(&mut tape, &mut buffer, start), Some(text.len()));
    assert_eq!(buffer, text);
    assert_eq!(tape.played, Some(tape.decisions.len()));
    if !text.is_empty() {
        tape.played = Some(0);
        assert_eq!(model.decode(&mut tape, &mut buffer[1..], start), None, "longer than the buffer");
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes Miri hours; the coder's own tests run there")]
fn every_text_comes_back() {
    let mut seed = 2;
    for (slots, buckets) in [(0, 0), (65, 0), (0, 3), (1000, 400)] {
        let section = section(slots, buckets);
        let model = TextModel::new(&section).expect("whole");
        for start in 0..=3 {
            TEXTS.iter().for_each(|text| round_trip(&model, text.as_bytes(), start));
        }
        for length in 0..200 {
            let text: Vec<u8> = (0..length).map(|_| random(&mut seed)).collect();
            round_trip(&model, &text, 0);
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes Miri hours; the coder's own tests run there")]
fn cells_and_repetitions_speak() {
    let section = section(0, 0);
    let model = TextModel::new(&section).expect("whole");
    let mut state = TextModel::start(0);
    let text = b"Hama. hama";
    for (at, &byte) in text.iter().enumerate() {
        model.listen(&mut state, &text[..at]);
        assert!(state.voices.speaking().is_empty());
        state.history.push(byte);
    }
    model.listen(&mut state, text);
    let [voice] = state.voices.speaking() else { panic!("the repetition alone speaks") };
    assert_eq!(voice.way, tree::way(model.counts, model.leaf(b'.')));
    // The section has one cell, for `h` (leaf 7) at the start of a text.
    let mut section = section[..section.len()].to_vec();
    section[8] = 1;
    let context = History::new(0).cell_contexts()[1];
    section.extend([0, 0, cell_place(context, 1).1, 0, 31, 31, 7, 31]);
    let model = TextModel::new(&section).expect("whole");
    let mut state = TextModel::start(0);
    model.listen(&mut state, b"");
    let [voice] = state.voices.speaking() else { panic!("one cell speaks") };
    assert_eq!((voice.way, voice.row), (tree::way(model.counts, 7), 1));
    state.voices.decided(1 << 15, true);
    assert!(state.voices.speaking().is_empty(), "the way to h begins on the other side");
}

#[test]
fn ways_are_those_of_the_tree() {
    // Leaves of depth 1, 3, 3, 3 and 3 but for the last two at depth 4.
    let counts = [0, 1, 0, 3, 2];
    assert_eq!(tree::size(&counts), Some((6, 5)));
    let ways = [0, 0x8000, 0xa000, 0xc000, 0xe000, 0xf000];
    for (leaf, way) in (0..).zip(ways) {
        assert_eq!(tree::way(&counts, leaf), way);
    }
    let mut level = Level::ROOT;
    let nodes = [(0, 0x0000), (1, 0x8000), (2, 0x8000), (4, 0xe000)];
    for ((node, way), &count) in nodes.into_iter().zip(&counts) {
        assert_eq!(level.at(way, count), Place::Node(node));
        level = level.below(count);
    }
    assert_eq!(level.at(0xf000, 2), Place::Leaf(5));
    for broken in [&[0, 3][..], &[0, 1], &[0, 1, 1], &[1, 1], &[0, 1, 3]] {
        assert_eq!(tree::size(broken), None);
    }
}

/// Counts what was decided, with how much certainty, and remembers the last decision.
#[test]
fn confidence_follows_the_text() {
    let mut tape = Tape::default();
    let mut good = Confidence::default();
    (0..50).for_each(|_| _ = good.decide(&mut tape, 300, true));
    let mut bad = Confidence::default();
    (0..50).for_each(|_| _ = bad.decide(&mut tape, 300, false));
    let chances: Vec<u16> = tape.decisions.iter().map(|decision| decision.0).collect();
    assert!(chances[49] > chances[0], "said rightly, the sum counts more");
    assert!(chances[99] < chances[0] && chances[99] > 1 << 15, "said wrongly, it counts less, but not for the opposite");
    let mut capitals = Confidence::default();
    let first = tape.decisions.len();
    (0..50).for_each(|_| _ = capitals.decide_case(&mut tape, -800, true));
    assert!(tape.decisions[first].0 < 1 << 13 && tape.decisions[first + 49].0 > 1 << 15);
}

#[test]
#[cfg_attr(miri, ignore = "takes Miri hours; the coder's own tests run there")]
fn broken_sections_are_refused_or_harmless() {
    let whole = section(33, 7);
    assert!(TextModel::new(&whole).is_some());
    for length in 0..whole.len() {
        assert!(TextModel::new(&whole[..length]).is_none());
    }
    for at in 0..whole.len() {
        for value in [0, 1, 0x1f, 0x7e, 0x7f, 0x80, 0xff] {
            let mut broken = whole.clone();
            broken[at] = value;
            if let Some(model) = TextModel::new(&broken) {
                round_trip(&model, TEXTS[2].as_bytes(), 2);
            }
        }
    }
}
