//! The sensors and buttons of the post. Simulated: yours come here.

use increp::model::{Precedence, Stamp};

/// What the microphones heard.
#[derive(Debug)]
pub struct Heard {
    /// How many explosions.
    pub explosions: u32,
    /// When the first was heard, and the last.
    pub between: [Stamp; 2],
    /// The middle of the sector they came from, and its width, in degrees.
    pub sector_deg: [u16; 2],
    /// The least and the greatest distance, in metres.
    pub distance_m: [u32; 2],
}

/// What the person at the post entered by buttons.
#[derive(Debug)]
pub struct Pressed {
    /// How urgent they find it.
    pub precedence: Precedence,
    /// When they pressed "send", by the clock of the GNSS receiver.
    pub at: Stamp,
}

/// An evening's worth of explosions.
#[must_use]
pub fn listen() -> Heard {
    Heard {
        explosions: 14,
        between: [Stamp::new(1_737_572_400), Stamp::new(1_737_579_600)],
        sector_deg: [45, 90],
        distance_m: [3000, 5000],
    }
}

/// One press of "priority", one of "send".
#[must_use]
pub fn buttons() -> Pressed {
    Pressed { precedence: Precedence::PRIORITY, at: Stamp::new(1_737_580_800) }
}
