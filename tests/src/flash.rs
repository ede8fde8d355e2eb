//! A simulated NOR flash that loses its power at any word of any write, and in the middle of erases. The same seed, the same flash.

use std::cell::RefCell;

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};

/// Steps of an erase in which power may fail: each leaves another mixture of old and erased bits.
pub const ERASE_STEPS: u64 = 6;

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
}

/// All of them.
pub const TORN: [Torn; 5] = [Torn::Nothing, Torn::All, Torn::Some, Torn::Anything, Torn::Unstable];

/// Why the flash did nothing.
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
    /// An erase was cut short: nothing may be written here, whatever it reads as.
    Dirty,
}

/// Flash with words of `WRITE` bytes in pages of `PAGE`, each word of which may be written once.
#[derive(Clone, Debug)]
pub struct CutFlash<const WRITE: usize, const PAGE: usize> {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// How often each page was erased, to the end.
    pub erases: Vec<u32>,
    /// Steps until power fails.
    pub steps: Option<u64>,
    /// What becomes of the word that was being written.
    pub torn: Torn,
    /// Steps so far: one for each word, [`ERASE_STEPS`] for each erase.
    pub done: u64,
    /// What an unstable word is to hold.
    wanted: Vec<u8>,
    words: Vec<Word>,
    random: u64,
    off: bool,
}

impl<const WRITE: usize, const PAGE: usize> CutFlash<WRITE, PAGE> {
    /// Erased flash.
    #[must_use]
    pub fn new(pages: usize, seed: u64, torn: Torn) -> Self {
        let length = pages * PAGE;
        Self {
            bytes: vec![0xff; length],
            erases: vec![0; pages],
            steps: None,
            torn,
            done: 0,
            wanted: vec![0xff; length],
            words: vec![Word::Erased; length / WRITE],
            random: seed,
            off: false,
        }
    }

    /// Flash that holds anything.
    #[must_use]
    pub fn image(bytes: &[u8]) -> Self {
        let mut flash = Self::new(bytes.len() / PAGE, 0, Torn::Nothing);
        flash.bytes = bytes[..bytes.len() / PAGE * PAGE].to_vec();
        flash.words.fill(Word::Written);
        flash.free_erased();
        flash
    }

    /// Words that read as erased may be written.
    fn free_erased(&mut self) {
        for (word, bytes) in self.words.iter_mut().zip(self.bytes.chunks(WRITE)) {
            if bytes.iter().all(|&byte| byte == 0xff) {
                *word = Word::Erased;
            }
        }
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
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn random_byte(&mut self) -> u8 {
        self.random().to_le_bytes()[0]
    }

    /// One step; false if power fails in it.
    fn step(&mut self) -> bool {
        self.done += 1;
        self.off = self.steps == Some(0);
        self.steps = self.steps.map(|steps| steps.saturating_sub(1));
        !self.off
    }

    fn tear(&mut self, word: usize, new: &[u8]) {
        let from = word * WRITE;
        // Where a word is a few bytes only, parts are written twice as a matter of course: bits that are not to be cleared stay.
        let torn = if WRITE < 4 && self.torn == Torn::Anything { Torn::Some } else { self.torn };
        for (offset, &new) in new.iter().enumerate() {
            let random = self.random_byte();
            let old = self.bytes[from + offset];
            self.bytes[from + offset] = match torn {
                Torn::Nothing | Torn::Unstable => old,
                Torn::All => new,
                Torn::Some => old & (new | random),
                Torn::Anything => random,
            };
            self.wanted[from + offset] = new;
        }
        let blank = self.bytes[from..from + WRITE].iter().all(|&byte| byte == 0xff);
        self.words[word] = match torn {
            Torn::Unstable => Word::Unstable,
            // Nobody can tell such a word from an erased one.
            _ if blank => Word::Erased,
            _ => Word::Written,
        };
    }
}

impl<const WRITE: usize, const PAGE: usize> ErrorType for CutFlash<WRITE, PAGE> {
    type Error = Off;
}

impl<const WRITE: usize, const PAGE: usize> ReadNorFlash for CutFlash<WRITE, PAGE> {
    const READ_SIZE: usize = if WRITE < 4 { 1 } else { 4 };

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Off> {
        if self.off {
            return Err(Off);
        }
        let from = offset as usize;
        assert!(from.is_multiple_of(Self::READ_SIZE) && bytes.len().is_multiple_of(Self::READ_SIZE), "a read that is not aligned");
        for (at, byte) in (from..).zip(bytes) {
            let unstable = self.words[at / WRITE] == Word::Unstable;
            let mask = if unstable { self.random_byte() } else { 0xff };
            *byte = self.bytes[at] & (self.wanted[at] | mask);
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl<const WRITE: usize, const PAGE: usize> NorFlash for CutFlash<WRITE, PAGE> {
    const WRITE_SIZE: usize = WRITE;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Off> {
        if self.off {
            return Err(Off);
        }
        let (from, to) = (from as usize, to as usize);
        assert!(from.is_multiple_of(PAGE) && to.is_multiple_of(PAGE) && from <= to, "an erase that is not aligned");
        for page in from / PAGE..to / PAGE {
            let (bytes, words) = (page * PAGE..(page + 1) * PAGE, page * PAGE / WRITE..(page + 1) * PAGE / WRITE);
            for step in 0..ERASE_STEPS {
                if self.step() {
                    continue;
                }
                for at in bytes {
                    let set = match step {
                        0 => 0,
                        1 => self.random_byte() & self.random_byte() & self.random_byte(),
                        2 => self.random_byte(),
                        3 => self.random_byte() | self.random_byte() | self.random_byte(),
                        // The head is old still, all else erased; or all reads as erased.
                        4 if at % PAGE < 64 => 0,
                        _ => 0xff,
                    };
                    self.bytes[at] |= set;
                    self.wanted[at] |= set;
                }
                self.words[words].fill(Word::Dirty);
                return Err(Off);
            }
            self.bytes[bytes.clone()].fill(0xff);
            self.wanted[bytes].fill(0xff);
            self.words[words].fill(Word::Erased);
            self.erases[page] += 1;
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Off> {
        if self.off {
            return Err(Off);
        }
        let from = offset as usize;
        assert!(from.is_multiple_of(WRITE) && bytes.len().is_multiple_of(WRITE), "a write that is not aligned");
        for (word, new) in (from / WRITE..).zip(bytes.chunks(WRITE)) {
            match self.words[word] {
                Word::Erased => {}
                Word::Unstable => {
                    // Read as erased, it may be written once more; what it was to hold shows through.
                    for at in word * WRITE..(word + 1) * WRITE {
                        let random = self.random_byte();
                        self.bytes[at] &= self.wanted[at] | random;
                    }
                }
                Word::Written => panic!("word {word} is written twice"),
                Word::Dirty => panic!("word {word} is written after an erase that was cut short"),
            }
            if !self.step() {
                self.tear(word, new);
                return Err(Off);
            }
            let at = word * WRITE;
            for (offset, &new) in new.iter().enumerate() {
                self.bytes[at + offset] &= new;
                self.wanted[at + offset] = self.bytes[at + offset];
            }
            self.words[word] = Word::Written;
        }
        Ok(())
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
