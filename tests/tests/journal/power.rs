//! Power fails at every word of every append and every mark, and in the middle of erases; and again while that is mended.

use increp::store::{Layout, Mark, WhenFull};
use increp_tests::flash::{AnyCutFlash, Torn};
use proptest::prelude::*;

use super::expected::{Expected, Step};
use super::{MARKS, POLICIES, layout};

/// What may become of a word; on flash with error correction, too.
const TORN: [Torn; 6] = [Torn::Nothing, Torn::All, Torn::Some, Torn::Anything, Torn::Unstable, Torn::Stuck];

/// A flash with a journal, and what must be in it. A copy of it is a device at the same moment.
#[derive(Clone)]
struct Device {
    flash: AnyCutFlash,
    expected: Expected,
}

impl Device {
    fn new(layout: Layout, pages: usize, when_full: WhenFull) -> Self {
        Self { flash: AnyCutFlash::new(layout, pages, 1, Torn::Nothing), expected: Expected::new(when_full) }
    }

    /// The same device at the same moment, in which this becomes of a word that is cut short.
    fn torn(&self, torn: Torn, seed: u64) -> Self {
        let mut device = self.clone();
        (device.flash.torn, device.flash.seed, device.expected.torn) = (torn, seed, torn);
        device
    }

    /// Starts, and does the steps; compares after each. If power fails, it is back afterwards: `Err` with how many steps were done or cut
    /// short.
    fn run(&mut self, steps: &[Step]) -> Result<(), usize> {
        let mut done = 0;
        for steps in steps.split(|step| matches!(step, Step::Reopen)) {
            let mut journal = self.expected.open(&mut self.flash);
            for step in steps {
                done += 1;
                if !self.expected.step(&mut journal, step) {
                    assert!(self.flash.is_off());
                    self.expected.cuts += 1;
                    self.flash.power_on(None);
                    return Err(done);
                }
            }
            done += 1;
        }
        Ok(())
    }

    /// Steps in which power does not fail; then it starts once more.
    fn recovers(mut self, steps: &[Step]) {
        self.run(steps).unwrap();
        self.run(&[]).unwrap();
    }

    /// Every moment at which power may fail in the steps, and what may become of the word then. Gives how many moments there are.
    fn cut_everywhere(&self, steps: &[Step], torn: &[Torn], mut then: impl FnMut(Self)) -> u64 {
        for cut in 0.. {
            for &torn in torn {
                let mut device = self.torn(torn, self.flash.seed ^ cut);
                device.flash.power_on(Some(cut));
                if device.run(steps).is_ok() {
                    return cut;
                }
                then(device);
            }
        }
        unreachable!("no end")
    }
}

/// Appends of these lengths, with marks between.
fn script(lengths: &[usize]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (index, &length) in lengths.iter().enumerate() {
        steps.push(Step::Append(length, u8::try_from(index % 4).unwrap()));
        steps.push(Step::Mark(index % 3, MARKS[1 + index % 3]));
        steps.push(Step::Mark(2, Mark::AtHq));
    }
    steps
}

/// For each policy: power fails at every moment of every step, in every way; `then` goes on from there, with the steps that come next.
fn every_cut(layout: Layout, pages: usize, lengths: &[usize], then: impl Fn(Device, &[Step])) {
    let script = script(lengths);
    for when_full in POLICIES {
        let mut device = Device::new(layout, pages, when_full);
        let mut cuts = 0;
        for (index, step) in script.iter().enumerate() {
            let step = core::slice::from_ref(step);
            cuts += device.cut_everywhere(step, &TORN, |device| then(device, &script[index + 1..]));
            device.run(step).unwrap();
        }
        assert_eq!(cuts, device.flash.done, "moments that were left out");
        assert!(device.flash.begun > u32::try_from(pages).unwrap() || when_full == WhenFull::Refuse, "no page was begun anew");
        assert_eq!(device.expected.dropped == 0, when_full == WhenFull::Refuse);
        println!(
            "{layout:?}, {when_full:?}: {} ways for power to fail, {} records",
            cuts * TORN.len() as u64,
            device.expected.len()
        );
    }
}

/// What a device does after the power came back: one more record, its mark, and one that needs room.
const NEXT: [Step; 3] = [Step::Append(9, 2), Step::Mark(0, Mark::AtHub), Step::Append(60, 3)];

/// Records in one page and over several; from each moment on the device goes on with a few steps.
fn next_steps(word: u32, page: u32, lengths: &[usize]) {
    every_cut(layout(word, page), 3, lengths, |device, _| device.recovers(&NEXT));
}

const LENGTHS: [usize; 18] = [8, 60, 0, 9, 200, 13, 57, 1300, 8, 100, 41, 300, 1, 8, 33, 250, 90, 700];

#[test]
fn at_every_byte() {
    next_steps(1, 256, &[8, 60, 0, 9, 100, 13, 57, 230, 8, 90, 41]);
}

#[test]
fn at_every_word_of_2_bytes() {
    next_steps(2, 256, &[8, 60, 0, 9, 100, 13, 57, 230, 8, 90, 41]);
    next_steps(2, 1024, &[8, 1300, 9, 900, 700]);
}

#[test]
fn at_every_word_of_4_bytes() {
    next_steps(4, 1024, &LENGTHS);
}

#[test]
fn at_every_word_of_8_bytes() {
    next_steps(8, 1024, &LENGTHS);
}

#[test]
fn at_every_word_of_16_bytes() {
    next_steps(16, 1024, &LENGTHS);
}

#[test]
fn at_every_word_of_32_bytes() {
    next_steps(32, 1024, &LENGTHS);
}

/// Small pages, many of them begun; from each moment on the device does all that comes next.
#[test]
fn at_every_word_of_a_long_life() {
    let lengths = [8, 60, 0, 9, 100, 13, 57, 230, 8, 90, 41, 30, 1, 8, 33, 50];
    for (word, page, pages) in [(4, 256, 2), (4, 256, 3), (8, 256, 3), (32, 512, 3)] {
        every_cut(layout(word, page), pages, &lengths, Device::recovers);
    }
}

/// Power fails at every moment, and again at every moment of what follows.
#[test]
fn at_every_word_and_once_more_at_every_word() {
    for (word, page) in [(4, 256), (32, 512)] {
        every_cut(layout(word, page), 3, &[8, 60, 0, 150, 13, 200, 30], |device, _| {
            device.cut_everywhere(&NEXT, &[device.flash.torn], |device| device.recovers(&NEXT));
        });
    }
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let length = prop_oneof![4 => 1..80usize, 1 => 80..900usize, 1 => 900..2400usize];
    let step = prop_oneof![
        4 => (length, any::<u8>()).prop_map(|(length, kind)| Step::Append(length, kind)),
        2 => (0..6usize, 0..4usize).prop_map(|(back, mark)| Step::Mark(back, MARKS[mark])),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn any_steps_with_any_cuts(
        steps in steps(),
        cuts in prop::collection::vec(0..900u64, 0..5),
        torn in prop::sample::select(TORN.to_vec()),
        seed in any::<u64>(),
        when_full in prop::sample::select(POLICIES.to_vec()),
        (word, page, pages) in prop::sample::select(vec![(1, 4096, 3), (2, 1024, 4), (4, 1024, 4), (8, 2048, 2), (16, 512, 4), (32, 1024, 6)]),
    ) {
        let mut device = Device::new(layout(word, page), pages, when_full).torn(torn, seed);
        let mut left = steps.as_slice();
        for cut in cuts {
            device.flash.power_on(Some(cut));
            match device.run(left) {
                Ok(()) => left = &[],
                Err(done) => left = &left[done.min(left.len())..],
            }
        }
        device.flash.power_on(None);
        device.recovers(left);
    }
}
