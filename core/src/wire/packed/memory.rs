//! What was said before, the newest last: in this report, in the messages of its batch, or to the same receiver.

use heapless::Vec;

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

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }

    /// How many were said after the last one that `is` it.
    pub(super) fn find(&self, is: impl Fn(&T) -> bool) -> Option<usize> {
        self.0.iter().rev().position(is)
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

/// What the reader of a message knows from elsewhere.
///
/// Bytes that were encoded with it are decoded with the same alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Known {
    /// The id of the report, which then takes no bytes: what seals or carries the report has it.
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
pub(super) struct Memory<'a, const N: usize> {
    pub(super) texts: Recent<&'a str, N>,
    pub(super) points: Recent<Point, N>,
    /// The last id of each author, those heard most often first.
    pub(super) ids: Vec<(Id, u8), N>,
    pub(super) sent: Option<i64>,
    /// Seconds between the times at which the last reports were sent, on average, and of how many.
    pub(super) gap: (i64, i64),
    /// Who was where: places of the gazetteer, by who is in the event.
    pub(super) places: Recent<(u32, Point), N>,
    /// The form of the report before.
    pub(super) form: Option<usize>,
    /// A report of the same message was said before.
    pub(super) later: bool,
}

impl<const N: usize> Memory<'_, N> {
    pub(super) fn new(known: &Known) -> Self {
        let mut memory = Self {
            texts: Recent::new(),
            points: Recent::new(),
            ids: Vec::new(),
            sent: known.sent.map(Stamp::seconds),
            gap: (0, 0),
            places: Recent::new(),
            form: None,
            later: false,
        };
        if let Some(point) = known.point {
            memory.points.say(point, |_| false);
        }
        memory
    }

    /// An author was heard.
    pub(super) fn hear(&mut self, id: Id) {
        let known = self.ids.iter().position(|(said, _)| said.author == id.author);
        let at = match known {
            Some(at) => at,
            // The one heard least gives way.
            None if self.ids.is_full() => self.ids.len().saturating_sub(1),
            None => {
                let _ = self.ids.push((id, 0));
                self.ids.len() - 1
            }
        };
        let mut heard = 1;
        if let Some(entry) = self.ids.get_mut(at) {
            heard = if known.is_some() { entry.1.saturating_add(1) } else { 1 };
            *entry = (id, heard);
        }
        let rank = self.ids.iter().position(|(_, often)| *often <= heard).unwrap_or(at);
        if let Some(behind) = self.ids.get_mut(rank..=at) {
            behind.rotate_right(1);
        }
    }

    /// A report was sent.
    pub(super) fn send(&mut self, seconds: i64) {
        /// Older ones bear less and less on the average.
        const MOST: i64 = 16;
        if let Some(before) = self.sent.replace(seconds) {
            let (gap, of) = self.gap;
            let of = (of + 1).min(MOST);
            let new = seconds.saturating_sub(before).saturating_abs();
            self.gap = (gap + new.saturating_sub(gap).checked_div(of).unwrap_or(0), of);
        }
    }
}
