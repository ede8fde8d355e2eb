//! What must be in a store; and what may be, since power failed while it was written.

use increp::store::{Error, ErrorKind, Handle, Journal, Mark, Status, Store, WhenFull};
use increp_tests::flash::{AnyCutFlash, Torn};

use super::{all, bytes, open};

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A record of this length, of bytes that this number makes.
    Append(usize, u8),
    /// The mark of one of the last records.
    Mark(usize, Mark),
    /// The device starts anew.
    Reopen,
}

/// A record and the marks that it may have: what was confirmed, and what power failed in.
#[derive(Clone, Debug)]
struct Kept {
    bytes: Vec<u8>,
    least: Mark,
    most: Mark,
    /// Confirmed. What was not may be there or not; where the word in which power failed reads differently each time, it comes and goes.
    sure: bool,
    page: u32,
}

/// The records of a store, and what happened to it.
#[derive(Clone)]
pub(crate) struct Expected {
    pub(crate) when_full: WhenFull,
    kept: Vec<Kept>,
    appended: usize,
    /// How often power failed.
    pub(crate) cuts: u32,
    /// What becomes of a word that is cut short.
    pub(crate) torn: Torn,
    /// Pages that were dropped with records in them, and how many records.
    dropped_pages: u32,
    pub(crate) dropped: usize,
    /// The sequence of the last record that was confirmed.
    last: Option<u32>,
}

impl Expected {
    pub(crate) fn new(when_full: WhenFull) -> Self {
        Self { when_full, kept: Vec::new(), appended: 0, cuts: 0, torn: Torn::Nothing, dropped_pages: 0, dropped: 0, last: None }
    }

    /// What was cut short may come and go.
    fn unstable(&self) -> bool {
        self.torn == Torn::Unstable
    }

    /// How many records there are.
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    /// Each record that was found was kept: once, in its order, unchanged. Of those that were confirmed only the oldest are missing, whole
    /// pages of them, and only if they may be dropped. From here on, what was found is what must be there.
    pub(crate) fn hold(&mut self, found: &[(Handle, Mark, Vec<u8>)]) {
        let unstable = self.unstable();
        let mut here = vec![false; self.kept.len()];
        let mut from = 0;
        for (handle, mark, bytes) in found {
            let index = (from..self.kept.len()).find(|&index| self.kept[index].bytes == *bytes);
            let index = index.expect("a record that nobody kept, or twice, or out of order");
            let kept = &mut self.kept[index];
            assert!((kept.least..=kept.most).contains(mark), "{mark:?} is not from {:?} to {:?}", kept.least, kept.most);
            kept.page = handle.parts()[1];
            if !unstable {
                (kept.least, kept.most, kept.sure) = (*mark, *mark, true);
            }
            here[index] = true;
            from = index + 1;
        }
        let first = here.iter().position(|&here| here).unwrap_or(here.len());
        let (mut last_dropped, mut dropped) = (None, 0);
        for (index, kept) in self.kept.iter().enumerate().filter(|&(index, kept)| kept.sure && !here[index]) {
            assert!(index < first, "record {index} is lost");
            match self.when_full {
                WhenFull::Refuse => panic!("record {index} was dropped, and nothing may be"),
                WhenFull::DropAtHq => assert_eq!(kept.most, Mark::AtHq, "record {index} was dropped before its time"),
                WhenFull::DropOldest => {}
            }
            if last_dropped != Some(kept.page) {
                self.dropped_pages += 1;
            }
            last_dropped = Some(kept.page);
            dropped += 1;
        }
        self.dropped += dropped;
        if let (Some(last), Some(first)) = (last_dropped, self.kept.get(first)) {
            // The ring has no pages.
            assert!(last < first.page || first.page == 0, "half a page was dropped");
        }
        let mut here = here.into_iter();
        self.kept.retain(|kept| here.next().unwrap() || (unstable && !kept.sure));
    }

    /// Opens the journal, and compares.
    pub(crate) fn open<'f>(&mut self, flash: &'f mut AnyCutFlash) -> Journal<&'f mut AnyCutFlash> {
        let (begun, pages, erases) = (flash.begun, flash.erases.len(), flash.erases.iter().sum::<u32>());
        let (mut journal, status) = open(flash, self.when_full).expect("it opens");
        let found = all(&mut journal).unwrap();
        self.hold(&found);
        // The page that comes next may be given up already.
        let may = (begun + 1).saturating_sub(u32::try_from(pages).unwrap());
        assert!(self.dropped_pages <= may, "{} pages were dropped, {may} begun a second time", self.dropped_pages);
        self.hold_status(&status, &found);
        let counted = status.erases;
        assert!(counted <= erases && counted + self.cuts >= erases, "{counted} of {erases} erases are counted");
        journal
    }

    fn hold_status(&self, status: &Status, found: &[(Handle, Mark, Vec<u8>)]) {
        assert!(status.damaged_pages <= self.cuts && (self.cuts > 0 || !status.unfinished), "{status:?}");
        if self.unstable() {
            assert!(status.lost <= self.cuts, "{status:?}");
            return;
        }
        // A page is erased though it could not be said before that it is given up, and power fails in that erase.
        let dropped = if self.torn == Torn::Stuck && self.cuts > 1 { self.dropped } else { 0 };
        assert!(status.records as usize == found.len() && status.lost as usize <= dropped, "{status:?}");
        assert_eq!(status.next - status.oldest, status.records + status.lost, "{status:?}");
        if let Some((last, ..)) = found.last() {
            assert_eq!(last.sequence() + 1, status.next);
        }
    }

    /// Does it; false if power failed in it.
    pub(crate) fn step(&mut self, store: &mut impl Store, step: &Step) -> bool {
        match step {
            Step::Append(length, kind) => self.append(store, *length, *kind),
            Step::Mark(back, mark) => self.mark(store, *back, *mark),
            Step::Reopen => true,
        }
    }

    fn append(&mut self, store: &mut impl Store, length: usize, kind: u8) -> bool {
        // Where records come and go, they are told apart by their first bytes.
        let record = bytes(length.max(if self.unstable() { 4 } else { 0 }), kind, self.appended);
        let before = store.status().unwrap();
        let result = store.append(&record);
        self.appended += 1;
        let kept = Kept { bytes: record, least: Mark::Saved, most: Mark::Saved, sure: result.is_ok(), page: 0 };
        let mut filled = false;
        match result {
            Ok(handle) => {
                assert!(handle.sequence() == before.next || self.unstable(), "{handle:?} after {before:?}");
                // The last one's sequence comes again at most when nothing is left of it.
                let least = self.last.map_or(0, |last| last + u32::from(before.records > 0));
                assert!(handle.sequence() >= least, "{handle:?} after {:?}", self.last);
                self.last = Some(handle.sequence());
                self.kept.push(Kept { page: handle.parts()[1], ..kept });
            }
            Err(error) if error.kind == ErrorKind::Full => {
                assert_ne!(self.when_full, WhenFull::DropOldest, "full");
                filled = true;
            }
            Err(Error { kind: ErrorKind::TooLong { most }, .. }) => assert!(kept.bytes.len() > most as usize),
            Err(error) => {
                assert!(matches!(error.kind, ErrorKind::Flash(_)), "{error}");
                self.kept.push(kept);
                if store.status().is_err() {
                    return false;
                }
                // Three places, each cut short before.
                assert!(self.cuts >= 3, "{error}");
            }
        }
        let dropped = self.dropped;
        self.hold(&all(store).unwrap());
        filled |= self.dropped > dropped;
        assert!(!filled || before.free < 1024 + u32::try_from(length).unwrap(), "full with {} bytes free", before.free);
        true
    }

    fn mark(&mut self, store: &mut impl Store, back: usize, mark: Mark) -> bool {
        let found = all(store).unwrap();
        let Some((handle, before, bytes)) = found.len().checked_sub(1 + back).map(|index| &found[index]) else { return true };
        let index = self.kept.iter().position(|kept| kept.bytes == *bytes).expect("a record that nobody kept");
        self.kept[index].most = self.kept[index].most.max(mark);
        match store.mark(*handle, mark) {
            Ok(()) => {
                self.kept[index].least = self.kept[index].least.max(mark);
                let now = all(store).unwrap().into_iter().find(|(_, _, now)| now == bytes);
                assert!(self.unstable() || now.is_some_and(|(_, now, _)| now == mark.max(*before)), "the mark is not there");
                true
            }
            // Two cuts take two words of a mark.
            Err(error) if error.kind == ErrorKind::MarkWorn && self.cuts > 1 => true,
            Err(error) if error.kind == ErrorKind::Gone && self.unstable() => true,
            Err(error) => {
                assert!(matches!(error.kind, ErrorKind::Flash(_)), "{error}");
                let off = store.status().is_err();
                assert!(off || self.cuts > 1, "{error}");
                !off
            }
        }
    }
}
