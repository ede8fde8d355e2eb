//! What happened: the event and the blocks that only some events have.

use heapless::Vec;

use super::bounds::{COUNTS, OBJECTS, PARTIES};
use super::codes::{
    AccessReason, AccessState, Certainty, Channel, Conduct, Constraint, Coverage, Direction, EventType, Extent, Held, Intent,
    Means, Response, Specificity, Timing, Weapon,
};
use super::parties::{Count, Object, Party};
use super::place::Place;
use super::record::record;
use super::said::Said;
use super::text::{Name, Text};
use super::time::{Date, Time};

record! {
    /// How an event or a statement stands to a truce.
    pub struct Truce<'a> {
        /// Its name.
        name: Name<'a>,
        /// The day of the truce as its source counts it: never derived from dates.
        day: Option<u16> => DAY,
        /// When it took effect.
        start: Option<Date>,
        /// Whether it covers the place and the groups.
        coverage: Coverage,
        /// The group that is left out, or whose conduct it is.
        party: Option<Text<'a>>,
        /// Whether it was kept.
        conduct: Conduct,
    }
}

record! {
    /// Who took a place from whom, or who holds it.
    pub struct Control<'a> {
        /// Who held it before.
        from: Option<Text<'a>>,
        /// Who holds it after.
        to: Option<Text<'a>>,
        /// How much of the place.
        extent: Extent,
        /// For how long.
        held: Held,
    }
}

record! {
    /// Who told whom of a strike or a movement, and what came of it.
    pub struct Notice<'a> {
        /// Who told.
        from: Option<Text<'a>>,
        /// Who was told.
        to: Option<Text<'a>>,
        /// Before, during or after.
        timing: Timing,
        /// How exact the place in it was.
        specificity: Specificity,
        /// How long before the event.
        lead_s: Option<u32> => SPAN,
        /// By what channel.
        channel: Channel,
        /// What the one who was told did.
        response: Response,
        /// How long after the notice.
        latency_s: Option<u32> => SPAN,
        /// How sure the one who told was.
        certainty: Certainty,
    }
}

record! {
    /// Aid, people or goods that passed or did not. How many trucks, people and deliveries are counts; none delivered is a
    /// count of 0.
    pub struct Access<'a> {
        /// What became of it.
        state: AccessState,
        /// The kind of constraint.
        constraint: Constraint,
        /// The reason that was given.
        reason: AccessReason,
        /// From whom a guarantee or permit is awaited.
        awaiting: Option<Text<'a>>,
        /// What was to pass.
        cargo: Option<Text<'a>>,
        /// From where.
        origin: Option<Text<'a>>,
        /// To where.
        destination: Option<Text<'a>>,
    }
}

record! {
    /// The least and the greatest distance.
    pub struct Distance {
        /// At least so many metres.
        min: Option<u32> => METRES,
        /// At most so many metres.
        max: Option<u32> => METRES,
    }
}

impl Copy for Distance {}

record! {
    /// From where and how it was observed. Together with the event's point, bearing and distance give the observer away: a
    /// link refuses to send them unsealed.
    pub struct Observer<'a> {
        /// The code that HQ gave to the post.
        post: Option<Text<'a>>,
        /// Where the event was, from the post.
        bearing_deg: Option<u16> => BEARING,
        /// The whole sector in which it may have been, the bearing in its middle.
        bearing_width_deg: Option<u16> => BEARING_WIDTH,
        /// How far away it was.
        distance_m: Option<Distance>,
        /// How it was observed.
        means: Means,
    }
}

record! {
    /// What happened, in the author's own words where the report has no `from`.
    pub struct Event<'a> {
        /// What kind of event.
        kind as "type": EventType,
        /// It is expected, not past.
        planned: bool,
        /// When; null where it was asked and nobody knows.
        time: Said<Time<'a>>,
        /// Where; null where it was asked and nobody knows.
        place: Said<Place<'a>>,
        /// Who.
        parties: Vec<Party<'a>, PARTIES>,
        /// How many.
        counts: Vec<Count<'a>, COUNTS>,
        /// Which things.
        objects: Vec<Object<'a>, OBJECTS>,
        /// Whether it was meant.
        intent: Intent,
        /// With what.
        weapon: Weapon,
        /// Which way the fire went.
        direction: Direction,
        /// How it stands to a truce.
        truce: Option<Truce<'a>>,
        /// Who took or holds the place.
        control: Option<Control<'a>>,
        /// Who was told of it.
        notice: Option<Notice<'a>>,
        /// Whether aid passed.
        access: Option<Access<'a>>,
        /// From where and how it was observed.
        observer: Option<Observer<'a>>,
        /// What has no field of its own, in words.
        note: Option<Text<'a>> => NOTE,
    }
}
