//! All that a device keeps. The bytes are those of a slot of the [key page](super::keys).

use super::bytes::Writer;
use super::chain::Chain;
use super::enrol::Agreed;
use super::epoch::Psk;
use super::random::Seed;
use super::record::{HEAD, LAST, OPENING, START};
use super::{Secret, TAG};

/// Bytes of an opening behind the record's head.
const REST: usize = OPENING - HEAD;

/// What a device keeps.
#[derive(Debug)]
pub(super) struct State {
    pub(super) author: u32,
    pub(super) own: Secret<32>,
    pub(super) hq: [u8; 32],
    pub(super) receipt: Secret<16>,
    pub(super) hop: Secret<16>,
    pub(super) seed: Seed,
    pub(super) psk: Psk,
    /// The number of the epoch; 0 where none has begun.
    pub(super) epoch: u32,
    /// What record 0 says.
    pub(super) start: [u8; START],
    pub(super) chain: Chain,
    /// Record 0 behind its head.
    pub(super) opening: [u8; REST],
    /// The tag of nothing under the last number: what the number becomes if its report was lost.
    pub(super) void: Secret<TAG>,
    /// Of HQ's messages.
    pub(super) down: Chain,
}

impl Clone for State {
    #[inline(never)] // it is called often, and long
    fn clone(&self) -> Self {
        Self {
            author: self.author,
            own: self.own.clone(),
            hq: self.hq,
            receipt: self.receipt.clone(),
            hop: self.hop.clone(),
            seed: self.seed.clone(),
            psk: self.psk.clone(),
            epoch: self.epoch,
            start: self.start,
            chain: self.chain.clone(),
            opening: self.opening,
            void: self.void.clone(),
            down: self.down.clone(),
        }
    }
}

impl State {
    pub(super) const LEN: usize = 4 + 32 + 32 + 16 + 16 + 36 + 36 + 4 + START + 4 + 32 + REST + TAG + 4 + 32;

    fn empty() -> Self {
        Self {
            author: 0,
            own: Secret::default(),
            hq: [0; 32],
            receipt: Secret::default(),
            hop: Secret::default(),
            seed: Seed::default(),
            psk: Psk::default(),
            epoch: 0,
            start: [0; START],
            chain: Chain::default(),
            opening: [0; REST],
            void: Secret::default(),
            down: Chain::default(),
        }
    }

    pub(super) fn enrolled(author: u32, hq: [u8; 32], own: Secret<32>, seed: Seed, agreed: Agreed) -> Self {
        let Agreed { psk, receipt, hop, down, .. } = agreed;
        Self { author, own, hq, receipt, hop, seed, psk, down, ..Self::empty() }
    }

    /// The last number that was taken; none where no epoch has begun.
    pub(super) fn last(&self) -> Option<u8> {
        self.chain.next.checked_sub(1).filter(|_| self.epoch != 0).map(|last| u8::try_from(last).unwrap_or(LAST))
    }

    /// All fields in the order of the slot, through which bytes go out or in.
    #[inline(never)] // it is long
    fn walk(&mut self, pass: &mut dyn FnMut(&mut [u8])) {
        fn number(number: &mut u32, pass: &mut dyn FnMut(&mut [u8])) {
            let mut bytes = number.to_le_bytes();
            pass(&mut bytes);
            *number = u32::from_le_bytes(bytes);
        }
        number(&mut self.author, pass);
        pass(self.own.expose_mut());
        pass(&mut self.hq);
        pass(self.receipt.expose_mut());
        pass(self.hop.expose_mut());
        pass(self.seed.key.expose_mut());
        number(&mut self.seed.draws, pass);
        pass(self.psk.key.expose_mut());
        number(&mut self.psk.count, pass);
        number(&mut self.epoch, pass);
        pass(&mut self.start);
        number(&mut self.chain.next, pass);
        pass(self.chain.key.expose_mut());
        pass(&mut self.opening);
        pass(self.void.expose_mut());
        number(&mut self.down.next, pass);
        pass(self.down.key.expose_mut());
    }

    pub(super) fn write(&self, mut writer: Writer<'_>) {
        self.clone().walk(&mut |field| writer.put(field));
    }

    /// What was written; what follows it is left alone.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let mut state = Self::empty();
        let mut rest = bytes.iter();
        state.walk(&mut |field| field.iter_mut().zip(rest.by_ref()).for_each(|(to, from)| *to = *from));
        state
    }
}
