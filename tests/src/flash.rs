//! A simulated NOR flash that loses its power at any word of any write, and in the middle of erases. The same seed, the same flash.

use core::cell::RefCell;
use core::ops::{Deref, DerefMut};

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};
use increp::store::Layout;

/// Steps of an erase in which power may fail: each leaves another mixture of old and erased bits.
pub const ERASE_STEPS: u64 = 7;

/// What the word is that was being written when power failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Torn {
    /// As before.
    Nothing,
    /// All bits, but nobody was told.
    All,
    /// Some of the bits that were to be cleared.
    Some,
    /// Anything: flash that cannot be written twice gives no word for what such a word holds.
    Anything,
    /// Some of the bits, and others each time it is read.
    Unstable,
    /// It reads as erased, and refuses to be written: its error correction is not erased. Only flash that has one does so.
    Stuck,
}

/// All that any flash may make of it.
pub const TORN: [Torn; 5] = [Torn::Nothing, Torn::All, Torn::Some, Torn::Anything, Torn::Unstable];

/// Why the flash did nothing: it is off, or refuses a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Off;

impl NorFlashError for Off {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

/// A word of the flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Erased,
    Written,
    /// Cut short; the bits that were to be cleared may read as either.
    Unstable,
    /// Cut short; it refuses to be written.
    Stuck,
    /// An erase was cut short: nothing may be written here, whatever it reads as.
    Dirty,
}

/// Flash each word of which may be written once. As a driver it says that it takes any word and page, and panics where they are not those
/// of its layout: give the layout to the journal too. [`CutFlash`] says it itself.
#[derive(Clone, Debug)]
pub struct AnyCutFlash {
    /// Its words and pages.
    pub layout: Layout,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// How often each page was erased, to the end.
    pub erases: Vec<u32>,
    /// How many erases were begun.
    pub begun: u32,
    /// Steps until power fails.
    pub steps: Option<u64>,
    /// What becomes of the word that was being written.
    pub torn: Torn,
    /// Steps so far: one for each word, [`ERASE_STEPS`] for each erase.
    pub done: u64,
    /// What randomness comes from.
    pub seed: u64,
    /// What an unstable word is to hold.
    wanted: Vec<u8>,
    words: Vec<Word>,
    off: bool,
}

impl AnyCutFlash {
    /// Erased flash.
    #[must_use]
    pub fn new(layout: Layout, pages: usize, seed: u64, torn: Torn) -> Self {
        let length = pages * layout.page as usize;
        Self {
            layout,
            bytes: vec![0xff; length],
            erases: vec![0; pages],
            begun: 0,
            steps: None,
            torn,
            done: 0,
            wanted: vec![0xff; length],
            words: vec![Word::Erased; length / layout.word as usize],
            seed,
            off: false,
        }
    }

    /// Flash that holds anything.
    #[must_use]
    pub fn image(layout: Layout, bytes: &[u8]) -> Self {
        let pages = bytes.len() / layout.page as usize;
        let mut flash = Self::new(layout, pages, 0, Torn::Nothing);
        flash.bytes = bytes[..pages * layout.page as usize].to_vec();
        for (word, bytes) in flash.words.iter_mut().zip(flash.bytes.chunks(layout.word as usize)) {
            // Words that read as erased may be written.
            *word = if bytes.iter().all(|&byte| byte == 0xff) { Word::Erased } else { Word::Written };
        }
        flash
    }

    /// Where all of it is.
    ///
    /// # Panics
    /// With 4 GiB and more.
    #[must_use]
    pub fn range(&self) -> core::ops::Range<u32> {
        0..u32::try_from(self.bytes.len()).expect("a small flash")
    }

    /// Power is back, and fails again after so many steps.
    pub fn power_on(&mut self, steps: Option<u64>) {
        (self.off, self.steps) = (false, steps);
    }

    /// All that somebody may read who has time: what is in it, and what a word that reads differently each time was to hold.
    #[must_use]
    pub fn remains(&self) -> [&[u8]; 2] {
        [&self.bytes, &self.wanted]
    }

    /// Did power fail?
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.off
    }

    /// A number that nobody expects (splitmix64).
    pub fn random(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn random_byte(&mut self) -> u8 {
        self.random().to_le_bytes()[0]
    }

    fn word(&self) -> usize {
        self.layout.word as usize
    }

    /// One step; false if power fails in it.
    fn step(&mut self) -> bool {
        self.done += 1;
        self.off = self.steps == Some(0);
        self.steps = self.steps.map(|steps| steps.saturating_sub(1));
        !self.off
    }

    fn tear(&mut self, word: usize, new: &[u8]) {
        let from = word * self.word();
        for (offset, &new) in new.iter().enumerate() {
            let random = self.random_byte();
            let old = self.bytes[from + offset];
            self.bytes[from + offset] = match self.torn {
                Torn::Nothing | Torn::Unstable | Torn::Stuck => old,
                Torn::All => new,
                Torn::Some => old & (new | random),
                Torn::Anything => random,
            };
            self.wanted[from + offset] = new;
        }
        let blank = self.bytes[from..from + self.word()].iter().all(|&byte| byte == 0xff);
        self.words[word] = match self.torn {
            Torn::Unstable => Word::Unstable,
            Torn::Stuck => Word::Stuck,
            // Nobody can tell such a word from an erased one.
            _ if blank => Word::Erased,
            _ => Word::Written,
        };
    }

    fn erase_page(&mut self, from: usize) -> Result<(), Off> {
        let (page, word) = (self.layout.page as usize, self.word());
        let to = from + page;
        let words = from / word..to / word;
        self.begun += 1;
        for step in 0..ERASE_STEPS {
            if self.step() {
                continue;
            }
            for at in from..to {
                let set = match step {
                    0 => 0,
                    1 => self.random_byte() & self.random_byte() & self.random_byte(),
                    2 => self.random_byte(),
                    3 => self.random_byte() | self.random_byte() | self.random_byte(),
                    // The head is old still, all else erased; or the other way round; or all reads as erased.
                    4 if at % page < 64 => 0,
                    5 if at % page >= 64 => 0,
                    _ => 0xff,
                };
                self.bytes[at] |= set;
                self.wanted[at] |= set;
            }
            self.words[words].fill(Word::Dirty);
            return Err(Off);
        }
        self.bytes[from..to].fill(0xff);
        self.wanted[from..to].fill(0xff);
        self.words[words].fill(Word::Erased);
        self.erases[from / page] += 1;
        Ok(())
    }
}

impl ErrorType for AnyCutFlash {
    type Error = Off;
}

impl ReadNorFlash for AnyCutFlash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Off> {
        if self.off {
            return Err(Off);
        }
        let (from, word) = (offset as usize, self.word());
        assert!(from.is_multiple_of(word) && bytes.len().is_multiple_of(word), "a read that is not aligned");
        if self.torn != Torn::Unstable {
            bytes.copy_from_slice(&self.bytes[from..from + bytes.len()]);
            return Ok(());
        }
        for (at, byte) in (from..).zip(bytes) {
            let unstable = self.words[at / word] == Word::Unstable;
            let mask = if unstable { self.random_byte() } else { 0xff };
            *byte = self.bytes[at] & (self.wanted[at] | mask);
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl NorFlash for AnyCutFlash {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = 1;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Off> {
        if self.off {
            return Err(Off);
        }
        let (from, to, page) = (from as usize, to as usize, self.layout.page as usize);
        assert!(from.is_multiple_of(page) && to.is_multiple_of(page) && from <= to, "an erase that is not aligned");
        (from..to).step_by(page).try_for_each(|at| self.erase_page(at))
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Off> {
        if self.off {
            return Err(Off);
        }
        let (from, size) = (offset as usize, self.word());
        assert!(from.is_multiple_of(size) && bytes.len().is_multiple_of(size), "a write that is not aligned");
        for (word, new) in (from / size..).zip(bytes.chunks(size)) {
            let at = word * size;
            match self.words[word] {
                Word::Erased => {}
                Word::Unstable => {
                    // Read as erased, it may be written once more; what it was to hold shows through.
                    for at in at..at + size {
                        let random = self.random_byte();
                        self.bytes[at] &= self.wanted[at] | random;
                    }
                }
                Word::Stuck => return Err(Off),
                Word::Written => panic!("word {word} is written twice"),
                Word::Dirty => panic!("word {word} is written after an erase that was cut short"),
            }
            if !self.step() {
                self.tear(word, new);
                return Err(Off);
            }
            for (offset, &new) in new.iter().enumerate() {
                self.bytes[at + offset] &= new;
                self.wanted[at + offset] = self.bytes[at + offset];
            }
            self.words[word] = Word::Written;
        }
        Ok(())
    }
}

/// The same with words of `WRITE` bytes in pages of `PAGE`, as drivers have it.
#[derive(Clone, Debug)]
pub struct CutFlash<const WRITE: usize, const PAGE: usize>(AnyCutFlash);

impl<const WRITE: usize, const PAGE: usize> CutFlash<WRITE, PAGE> {
    /// Erased flash.
    ///
    /// # Panics
    /// With pages of 4 GiB.
    #[must_use]
    pub fn new(pages: usize, seed: u64, torn: Torn) -> Self {
        let [word, page] = [WRITE, PAGE].map(|bytes| u32::try_from(bytes).expect("a small page"));
        Self(AnyCutFlash::new(Layout { word, page }, pages, seed, torn))
    }
}

impl<const WRITE: usize, const PAGE: usize> Deref for CutFlash<WRITE, PAGE> {
    type Target = AnyCutFlash;

    fn deref(&self) -> &AnyCutFlash {
        &self.0
    }
}

impl<const WRITE: usize, const PAGE: usize> DerefMut for CutFlash<WRITE, PAGE> {
    fn deref_mut(&mut self) -> &mut AnyCutFlash {
        &mut self.0
    }
}

impl<const WRITE: usize, const PAGE: usize> ErrorType for CutFlash<WRITE, PAGE> {
    type Error = Off;
}

impl<const WRITE: usize, const PAGE: usize> ReadNorFlash for CutFlash<WRITE, PAGE> {
    const READ_SIZE: usize = WRITE;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Off> {
        self.0.read(offset, bytes)
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl<const WRITE: usize, const PAGE: usize> NorFlash for CutFlash<WRITE, PAGE> {
    const WRITE_SIZE: usize = WRITE;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Off> {
        self.0.erase(from, to)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Off> {
        self.0.write(offset, bytes)
    }
}

/// One flash for several users, as a chip has it.
#[derive(Clone, Copy, Debug)]
pub struct Shared<'f, const WRITE: usize, const PAGE: usize>(pub &'f RefCell<CutFlash<WRITE, PAGE>>);

impl<const WRITE: usize, const PAGE: usize> ErrorType for Shared<'_, WRITE, PAGE> {
    type Error = Off;
}

impl<const WRITE: usize, const PAGE: usize> ReadNorFlash for Shared<'_, WRITE, PAGE> {
    const READ_SIZE: usize = <CutFlash<WRITE, PAGE> as ReadNorFlash>::READ_SIZE;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Off> {
        self.0.borrow_mut().read(offset, bytes)
    }

    fn capacity(&self) -> usize {
        self.0.borrow().capacity()
    }
}

impl<const WRITE: usize, const PAGE: usize> NorFlash for Shared<'_, WRITE, PAGE> {
    const WRITE_SIZE: usize = WRITE;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Off> {
        self.0.borrow_mut().erase(from, to)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Off> {
        self.0.borrow_mut().write(offset, bytes)
    }
}
