//! How long a link may transmit: a ledger of the last hour.
//!
//! The hour is cut into twelve parts. A frame is let go only if it, and all that was sent in this part and the twelve before it, fit into what
//! the hour allows: so no sixty minutes, wherever they begin, ever hold more.

/// Parts of the hour, and the one at hand.
const PARTS: usize = 13;
/// Milliseconds of a part.
const PART: u64 = 300_000;
/// Milliseconds of the hour.
const HOUR: u64 = 3_600_000;

/// How long a frame is on the air, and for how much of an hour the link may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Duty {
    /// Thousandths of the time: 10 is the 1 % of most of the band at 868 MHz (ETSI EN 300 220). 1000 and above: no limit.
    pub permille: u16,
    /// Microseconds that any frame takes beside its bytes: preamble, header, ramp.
    pub frame_us: u32,
    /// Microseconds of a byte.
    pub byte_us: u32,
}

impl Duty {
    /// No limit.
    pub const FREE: Self = Self { permille: 1000, frame_us: 0, byte_us: 0 };

    /// Microseconds that a frame is on the air.
    #[must_use]
    pub fn airtime(&self, length: usize) -> u64 {
        let bytes = u64::try_from(length).unwrap_or(u64::MAX).saturating_mul(self.byte_us.into());
        bytes.saturating_add(self.frame_us.into())
    }

    const fn is_free(&self) -> bool {
        self.permille >= 1000
    }

    fn allowed(&self) -> u64 {
        HOUR.saturating_mul(self.permille.into())
    }
}

/// What was sent on a link in the last hour. It outlives the sessions.
///
/// Time is that of a clock that only runs on: milliseconds since power came, not the time of day. One that goes back counts as one that stands still.
///
/// ```
/// use increp::link::{Duty, Ledger};
/// // LoRa, spreading factor 9: about 4.1 ms a byte.
/// let duty = Duty { permille: 10, frame_us: 50_000, byte_us: 4_100 };
/// let mut ledger = Ledger::new(duty);
/// let (mut sent, mut now) = (0, 0);
/// while ledger.ready(now, 222) == now {
///     ledger.spend(now, 222);
///     now += 1_000;
///     sent += 1;
/// }
/// assert_eq!(sent, 37); // 36 seconds
/// assert_eq!(ledger.ready(now, 222), 3_900_000);
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Ledger {
    duty: Duty,
    /// Microseconds that were sent in a part, which stands at its number modulo their number.
    spent: [u32; PARTS],
    /// The number of the part at hand.
    part: u64,
}

impl Ledger {
    /// Of a link on which nothing was sent in the last hour.
    #[must_use]
    pub const fn new(duty: Duty) -> Self {
        Self { duty, spent: [0; PARTS], part: 0 }
    }

    /// Of a link of which nobody knows what it sent before `now`: as if that were all it may. For whoever has lost power, or was reset.
    #[must_use]
    pub fn spent(duty: Duty, now: u64) -> Self {
        let mut ledger = Self { part: now / PART, ..Self::new(duty) };
        let all = u32::try_from(duty.allowed()).unwrap_or(u32::MAX);
        ledger.set(|_| all);
        ledger
    }

    /// How long frames are on the air.
    #[must_use]
    pub const fn duty(&self) -> Duty {
        self.duty
    }

    /// When a frame of so many bytes may go: `now` or later, in milliseconds; `u64::MAX` if never.
    #[must_use]
    pub fn ready(&self, now: u64, length: usize) -> u64 {
        let airtime = self.duty.airtime(length);
        if self.duty.is_free() {
            return now;
        }
        if airtime > self.duty.allowed() {
            return u64::MAX;
        }
        let mut later = self.clone();
        later.advance(now);
        let mut at = now;
        while later.sum().saturating_add(airtime) > self.duty.allowed() {
            let next = later.part.saturating_add(1);
            at = next.saturating_mul(PART);
            later.advance(at);
        }
        at
    }

    /// A frame of so many bytes goes at this time.
    pub fn spend(&mut self, now: u64, length: usize) {
        self.advance(now);
        let airtime = u32::try_from(self.duty.airtime(length)).unwrap_or(u32::MAX);
        self.set(|spent| spent.saturating_add(airtime));
    }

    fn sum(&self) -> u64 {
        self.spent.iter().map(|&spent| u64::from(spent)).sum()
    }

    /// Changes what stands at the part at hand.
    fn set(&mut self, change: impl FnOnce(u32) -> u32) {
        let parts = u64::try_from(PARTS).unwrap_or(u64::MAX);
        let index = self.part.checked_rem(parts).and_then(|index| usize::try_from(index).ok());
        if let Some(spent) = index.and_then(|index| self.spent.get_mut(index)) {
            *spent = change(*spent);
        }
    }

    /// Goes on to the part of this time; those between are empty.
    fn advance(&mut self, now: u64) {
        let to = now / PART;
        for _ in 0..PARTS {
            if self.part >= to {
                return;
            }
            self.part = self.part.saturating_add(1);
            self.set(|_| 0);
        }
        self.part = self.part.max(to);
    }
}
