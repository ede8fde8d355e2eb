//! All that a device keeps: its place in everything. The layout is that of a slot of the key page.

use super::chain::Chain;
use super::enrol::Agreed;
use super::epoch::{Psk, Start};
use super::random::Seed;
use super::record::{HEAD, OPENING};
use super::{Secret, TAG};

/// What a device keeps.
#[derive(Clone, Debug)]
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
    pub(super) start: Start,
    pub(super) chain: Chain,
    /// Record 0 behind its head.
    pub(super) opening: [u8; OPENING - HEAD],
    /// The tag of nothing under the last number: what the number becomes if its report was lost.
    pub(super) void: [u8; TAG],
}

impl State {
    pub(super) fn enrolled(author: u32, hq: [u8; 32], own: Secret<32>, seed: Seed, agreed: &Agreed) -> Self {
        Self {
            author,
            own,
            hq,
            receipt: agreed.receipt.clone(),
            hop: agreed.hop.clone(),
            seed,
            psk: agreed.psk.clone(),
            epoch: 0,
            start: Start::default(),
            chain: Chain::default(),
            opening: [0; OPENING - HEAD],
            void: [0; TAG],
        }
    }
}
