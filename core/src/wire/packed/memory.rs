//! What was said before, the newest last: in this report, in the messages of its batch, or to the same receiver.

use core::num::NonZeroU32;

use heapless::Vec;

use crate::model::calendar::split;
use crate::model::{Id, Point, Stamp};

/// Values that were said, the newest last, each once; the oldest gives way.
#[derive(Clone, Debug)]
pub(super) struct Recent<T, const N: usize>(Vec<T, N>);

impl<T: Copy + PartialEq, const N: usize> Recent<T, N> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many were said after the last one that `is` it.
    pub(super) fn find(&self, is: impl Fn(&T) -> bool) -> Option<usize> {
        self.0.iter().rev().position(is)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }

    pub(super) fn get(&self, back: usize) -> Option<T> {
        self.0.iter().rev().nth(back).copied()
    }

    /// It was said just now, in place of one that `is` it.
    pub(super) fn say(&mut self, value: T, is: impl Fn(&T) -> bool) {
        let gives_way = self.0.iter().rposition(is).or_else(|| self.0.is_full().then_some(0));
        match gives_way {
            // Those that were said after it move up. `Vec::remove` may panic, as far as the compiler sees.
            Some(at) => {
                let mut value = value;
                for place in self.0.iter_mut().skip(at).rev() {
                    core::mem::swap(place, &mut value);
                }
            }
            // There is room: it was not full.
            None => drop(self.0.push(value)),
        }
    }
}

/// The last id of each author, and how often they were heard: those heard most often first.
#[derive(Clone, Debug)]
pub(super) struct Authors<const N: usize>(Vec<(Id, u8), N>);

impl<const N: usize> Authors<N> {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn rank(&self, author: u32) -> Option<usize> {
        self.0.iter().position(|(id, _)| id.author == author)
    }

    pub(super) fn get(&self, rank: usize) -> Option<Id> {
        self.0.get(rank).map(|(id, _)| *id)
    }

    /// An author was heard. Of too many, the one heard least gives way.
    pub(super) fn hear(&mut self, id: Id) {
        let known = self.rank(id.author);
        let before = known.and_then(|rank| self.0.get(rank)).map_or(0, |(_, heard)| *heard);
        let heard = before.saturating_add(1);
        let from = match known {
            Some(rank) => rank,
            None => {
                // It is not full, or the last one gives way.
                let _ = self.0.push((id, heard));
                self.0.len().saturating_sub(1)
            }
        };
        let to = self.0.iter().position(|(_, often)| *often <= heard).unwrap_or(from).min(from);
        let mut moved = (id, heard);
        for place in self.0.iter_mut().take(from + 1).skip(to) {
            core::mem::swap(place, &mut moved);
        }
    }
}

/// What a batch said before that bears on what it says next.
#[derive(Clone, Debug)]
pub(super) struct Batch<const N: usize> {
    /// Who was where: places of the gazetteer in its order, by who was in the event.
    pub(super) places: Recent<(u32, u64), N>,
    /// Seconds between the times at which the last reports were sent, on average, and of how many.
    gap: (i64, u32),
}

impl<const N: usize> Batch<N> {
    pub(super) const fn new() -> Self {
        Self { places: Recent::new(), gap: (0, 0) }
    }

    /// How far apart reports were sent, in seconds; `None` before the second.
    pub(super) const fn gap(&self) -> Option<i64> {
        match self.gap {
            (_, 0) => None,
            (gap, _) => Some(gap),
        }
    }

    /// A report was sent so long after the one before.
    pub(super) fn sent(&mut self, after: i64) {
        /// Older ones bear less and less on the average.
        const MOST: NonZeroU32 = NonZeroU32::new(16).unwrap();
        let (gap, of) = self.gap;
        let of = NonZeroU32::MIN.saturating_add(of).min(MOST);
        let more = after.saturating_abs().saturating_sub(gap);
        let (share, _) = split(more.saturating_abs(), of);
        self.gap = (if more < 0 { gap - share } else { gap + share }, of.get());
    }
}

/// What the reader of a message knows from elsewhere.
///
/// Bytes that were encoded with it are decoded with the same alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Known {
    /// The id of the report, which then takes no bytes: what seals or carries the report has it. A report with another one is not
    /// written, and not read.
    pub id: Option<Id>,
    /// When the last report was sent.
    pub sent: Option<Stamp>,
    /// Where the last report was.
    pub point: Option<Point>,
    /// Which profile the report needs: its first byte then does not say so.
    pub profile: bool,
}

/// What was said before.
#[derive(Clone, Debug)]
pub(super) struct Memory<'a, const TEXTS: usize, const OTHERS: usize> {
    pub(super) texts: Recent<&'a str, TEXTS>,
    pub(super) points: Recent<Point, OTHERS>,
    pub(super) authors: Authors<OTHERS>,
    pub(super) sent: Option<i64>,
    /// The form of the report before.
    pub(super) form: Option<usize>,
    /// A report of the same message was said before.
    pub(super) later: bool,
}

impl<const TEXTS: usize, const OTHERS: usize> Memory<'_, TEXTS, OTHERS> {
    /// Nothing was said. Made where it is to stand: of a batch it has a few KiB.
    #[inline(always)]
    pub(super) const fn empty() -> Self {
        Self { texts: Recent::new(), points: Recent::new(), authors: Authors(Vec::new()), sent: None, form: None, later: false }
    }

    pub(super) fn new(known: &Known) -> Self {
        let mut memory = Self { sent: known.sent.map(Stamp::seconds), ..Self::empty() };
        if let Some(point) = known.point {
            memory.points.say(point, |_| false);
        }
        memory
    }
}
