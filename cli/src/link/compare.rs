//! Two hubs find out in which epochs they differ, so that no more goes over a link than one of them lacks.
//!
//! A question is asked until the answer is that all is the same, or until something differs and nothing more has come for a while. Where the
//! other one has more than this one, and this one no more than the other, its answers say neither: on a link that loses frames it is asked some
//! times more, for the answer that says what differs may have been lost. Each side answers the other's questions at any time; the engine is
//! [`Vector`], of core.

use std::collections::{BTreeSet, VecDeque};

use anyhow::{Error, Result};
use increp::link::{Catalogue, Found, Item, Ledger, MIN_VECTOR_MTU, Step, Terms, Vector};
use increp::seal::Secret;

use super::file::sealed::hmac;
use super::shelf::{Pair, Shelf};
use crate::store::hub::Run;

/// How often a question is asked that nobody answers.
const TRIES: u32 = 9;
/// How often one is answered without anything that differs, until that is so, where frames are lost.
const DOUBTS: u32 = 5;
/// Answers that wait, at most: what is lost is asked again.
const MOST: usize = 1024;

/// What is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Both have the same.
    Same,
    /// Not all is the same. In these epochs there are records here that the other hub lacks, and perhaps in more.
    Differ(BTreeSet<Run>),
    /// The other hub does not answer.
    Nothing,
}

pub(super) struct Compare {
    terms: Terms,
    vector: Vector,
    /// The other hub's public key.
    other: [u8; 32],
    salt: Secret<32>,
    /// Answers that are to be sent.
    out: VecDeque<Vec<u8>>,
    differ: BTreeSet<Run>,
    is_same: bool,
    /// Questions without an answer, one after the other; whether the last one has one.
    asked: u32,
    is_answered: bool,
    /// Answers without anything that differs, and how many are enough.
    idle: u32,
    doubts: u32,
    /// When something was last sent or came.
    last: u64,
}

/// What is here; looked up when it is needed.
struct Here<'s, 'h> {
    shelf: &'s mut Shelf<'h>,
    other: &'s [u8; 32],
    salt: &'s Secret<32>,
    items: Option<Vec<Item>>,
}

impl Catalogue for Here<'_, '_> {
    type Error = Error;

    fn each(&mut self, take: &mut dyn FnMut(Item)) -> Result<()> {
        if self.items.is_none() {
            self.items = Some(self.shelf.items(self.other, self.salt)?);
        }
        self.items.iter().flatten().for_each(|item| take(*item));
        Ok(())
    }
}

impl Compare {
    /// By the keys that the two hubs have in common.
    pub(super) fn new(terms: Terms, pair: &Pair, loses: bool) -> Self {
        let [own, other] = [&pair.own, &pair.other].map(|hub| Secret::new(hmac(&pair.common, &[b"increp vec key 1", hub])));
        Self {
            terms,
            vector: Vector::with(terms, &own, &other),
            other: pair.other,
            salt: Secret::new(hmac(&pair.common, &[b"increp vec salt 1"])),
            out: VecDeque::new(),
            differ: BTreeSet::new(),
            is_same: false,
            asked: 0,
            is_answered: false,
            idle: 0,
            doubts: if loses { DOUBTS } else { 1 },
            last: 0,
        }
    }

    /// Nothing is known any more.
    pub(super) fn begin(&mut self) {
        (self.differ, self.is_same) = (BTreeSet::new(), false);
        (self.asked, self.is_answered, self.idle) = (0, true, 0);
        // The first question waits for nothing.
        self.last = 0;
    }

    /// Takes a frame; false if it is none of these.
    pub(super) fn receive(&mut self, now: u64, frame: &[u8], shelf: &mut Shelf<'_>) -> Result<bool> {
        let (mut buffer, mut frame) = (vec![0; self.terms.mtu.into()], frame.to_vec());
        let Self { out, differ, is_same, other, salt, .. } = self;
        let mut here = Here { shelf, other, salt, items: None };
        let is_ours = self.vector.receive(&mut frame, &mut here, &mut buffer, &mut |found| match found {
            Found::Answer(bytes) if out.len() < MOST => out.push_back(bytes.to_vec()),
            Found::Answer(_) => {}
            Found::Differs(author, epoch) => drop(differ.insert(Run { author, epoch })),
            Found::Same => *is_same = true,
        })?;
        if is_ours {
            (self.last, self.is_answered) = (now, true);
        }
        Ok(is_ours)
    }

    /// An answer that may go now; when one may, if there is any.
    pub(super) fn answer<'f>(&mut self, now: u64, ledger: &mut Ledger, frame: &'f mut [u8]) -> Option<Step<'f>> {
        let length = self.out.front()?.len();
        let ready = ledger.ready(now, length);
        if ready > now {
            return Some(Step::Wait(ready));
        }
        self.last = now;
        ledger.spend(now, length);
        let (bytes, to) = (self.out.pop_front()?, frame.get_mut(..length)?);
        to.copy_from_slice(&bytes);
        Some(Step::Send(to))
    }

    /// Asks until it is known; the inner result is what is known then.
    pub(super) fn poll<'f>(
        &mut self,
        now: u64,
        ledger: &mut Ledger,
        shelf: &mut Shelf<'_>,
        frame: &'f mut [u8],
    ) -> Result<Result<Known, Step<'f>>> {
        if self.terms.mtu < MIN_VECTOR_MTU {
            return Ok(Ok(Known::Nothing));
        }
        if self.out.is_empty() {
            if self.is_same {
                return Ok(Ok(Known::Same));
            }
            let quiet = self.last.saturating_add(self.terms.timeout.into());
            if self.last != 0 && now < quiet {
                return Ok(Err(Step::Wait(quiet)));
            }
            if self.last != 0 && self.is_answered {
                (self.asked, self.idle) = (0, self.idle + 1);
                if !self.differ.is_empty() || self.idle == self.doubts {
                    return Ok(Ok(Known::Differ(std::mem::take(&mut self.differ))));
                }
            }
            if self.asked == TRIES {
                return Ok(Ok(Known::Nothing));
            }
            (self.asked, self.is_answered) = (self.asked + 1, false);
            let mut here = Here { shelf, other: &self.other, salt: &self.salt, items: None };
            let question = self.vector.ask(&mut here, frame)?.to_vec();
            self.out.push_back(question);
        }
        Ok(Err(self.answer(now, ledger, frame).unwrap_or(Step::Wait(now))))
    }
}
