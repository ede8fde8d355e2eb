//! From readings to a report.

use increp::model::*;

use crate::sensor::{Heard, Pressed};

/// Who this post is, and the number of its report: yours come from flash, and no number is given twice.
const ID: Id = Id { author: 44, epoch: 0, seq: 31 };
/// Local time here, in quarter hours east of UTC.
const UTC_OFFSET: i8 = 8;

/// The report. Who fired was asked, and is not known: that is said, not left out.
#[must_use]
pub fn report(heard: &Heard, pressed: &Pressed) -> Report<'static> {
    let [start, end] = heard.between;
    let [bearing, width] = heard.sector_deg;
    let [min, max] = heard.distance_m;
    Report {
        id: ID,
        status: Status::ACTUAL,
        sent: Some(pressed.at),
        clock: Clock::GNSS,
        precedence: pressed.precedence,
        handling: Handling::AMBER,
        event: Some(Event {
            kind: EventType::EXPLOSION,
            time: Said::Known(Time {
                start: Said::Known(start),
                end: Some(end),
                precision: TimePrecision::MINUTE,
                utc_offset: Some(UTC_OFFSET),
                stated: None,
            }),
            parties: list([Party { role: Role::PERPETRATOR, name: Name::UNKNOWN, ..Party::default() }]),
            counts: list([Count { of: CountOf::EXPLOSIONS, value: Said::Known(heard.explosions), ..Count::default() }]),
            observer: Some(Observer {
                post: Some("OP-3".into()),
                bearing_deg: Some(bearing),
                bearing_width_deg: Some(width),
                distance_m: Some(Distance { min: Some(min), max: Some(max) }),
                means: Means::HEARD,
            }),
            ..Event::default()
        }),
        ..Report::default()
    }
}
