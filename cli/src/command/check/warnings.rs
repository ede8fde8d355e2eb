//! What a careful reader would ask about.

use increp::model::describe::Path;
use increp::model::{
    AccessState, Act, Claim, CountOf, EventType, LinkRel, Period, Place, PlacePrecision, Report, Said, Stamp, Statement, Term,
    Time, TimePrecision,
};

/// Paths and questions.
pub(super) fn warnings(report: &Report<'_>, now: Stamp) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let mut warn = |path: String, message: &str| list.push((path, message.to_owned()));
    if report.sent.is_some_and(|sent| sent > now) {
        warn("sent".to_owned(), "is in the future: is the clock right?");
    }
    for (index, link) in report.links.iter().enumerate() {
        if link.id == report.id {
            warn(format!("links[{index}].id"), "is this report itself");
        }
        if link.rel == LinkRel::UNSPECIFIED {
            warn(format!("links[{index}]"), "says no relation");
        }
    }
    for (path, count) in report.counts() {
        let path = path.to_string();
        let value = count.value.known().copied();
        if let (Some(value), Some(min)) = (value, count.min)
            && value < min
        {
            warn(format!("{path}.value"), "is below min");
        }
        if let (Some(value), Some(max)) = (value, count.max)
            && value > max
        {
            warn(format!("{path}.value"), "is above max");
        }
        if let (Some(min), Some(max)) = (count.min, count.max)
            && min > max
        {
            warn(format!("{path}.min"), "is above max");
        }
        let figure =
            count.value != Said::Unreported || count.min.is_some() || count.max.is_some() || count.term != Term::UNSPECIFIED;
        if !figure {
            warn(path.clone(), "gives no figure: null as value says that it was asked and is not known");
        }
        if count.of == CountOf::UNSPECIFIED {
            warn(path.clone(), "does not say what is counted");
        }
        if count.of == CountOf::ITEMS && count.item.is_none() {
            warn(path.clone(), "does not say in `item` which items are counted");
        }
        if count.period.is_some_and(backwards) {
            warn(format!("{path}.period"), "ends before it starts");
        }
    }
    if let Some(event) = &report.event {
        if let Said::Known(time) = &event.time {
            when("event.time", time, event.planned, report.sent, now, &mut warn);
        }
        if let Said::Known(place) = &event.place {
            location("event.place", place, &mut warn);
        }
        if let Some(observer) = &event.observer {
            let point = event.place.known().is_some_and(|place| place.point.is_some());
            if point && observer.bearing_deg.is_some() && observer.distance_m.is_some() {
                warn("event.observer".to_owned(), "bearing and distance together with the event's point give the observer away");
            }
            if observer.distance_m.is_some_and(|far| far.min.zip(far.max).is_some_and(|(min, max)| min > max)) {
                warn("event.observer.distance_m.min".to_owned(), "is above max");
            }
        }
        if event.kind == EventType::ACCESS_CONSTRAINT
            && event.access.as_ref().is_none_or(|access| access.state == AccessState::UNSPECIFIED)
        {
            warn("event".to_owned(), "is an access constraint, but `access` does not say what became of the access");
        }
    }
    for (index, claim) in report.claims.iter().enumerate() {
        says(&format!("claims[{index}]"), claim, report, now, &mut warn);
    }
    if report.mission.is_none() {
        mission_codes(report, &mut warn);
    }
    list
}

fn backwards(period: Period) -> bool {
    // The end is the last year, month or day in it: a shorter date ends later than it starts.
    period.start.zip(period.end).is_some_and(|(start, end)| end.form >= start.form && end.at < start.at)
}

fn when(path: &str, time: &Time<'_>, planned: bool, sent: Option<Stamp>, now: Stamp, warn: &mut impl FnMut(String, &str)) {
    let start = time.start.known().copied();
    // The end is the last year, month or day in it.
    let span = match time.precision {
        TimePrecision::YEAR => 366 * 86_400,
        TimePrecision::MONTH => 31 * 86_400,
        precision if precision >= TimePrecision::PART_OF_DAY => 86_400,
        _ => 0,
    };
    if let (Some(start), Some(end)) = (start, time.end)
        && end.seconds() + span < start.seconds()
    {
        warn(format!("{path}.end"), "is before start");
    }
    // A day of precision may have begun east of UTC.
    let slack = if time.precision >= TimePrecision::PART_OF_DAY { 14 * 3600 } else { 0 };
    let known = sent.unwrap_or(now).min(now);
    if !planned && start.is_some_and(|start| start.seconds() > known.seconds() + slack) {
        warn(format!("{path}.start"), "is in the future: an event that is expected is `planned`");
    }
    if start.is_some() && time.precision == TimePrecision::UNSPECIFIED {
        warn(format!("{path}.start"), "is given without `precision`");
    }
}

fn location(path: &str, place: &Place<'_>, warn: &mut impl FnMut(String, &str)) {
    let Some(point) = place.point else { return };
    if place.precision == PlacePrecision::UNSPECIFIED {
        warn(format!("{path}.lat"), "is given without `precision`: is the point exact, near, or the middle of a district?");
    }
    if point.lat.0 == 0 && point.lon.0 == 0 {
        warn(format!("{path}.lat"), "and lon are 0, off the coast of Africa: leave both out where no point is known");
    }
}

fn says(path: &str, claim: &Claim<'_>, report: &Report<'_>, now: Stamp, warn: &mut impl FnMut(String, &str)) {
    if claim.act == Act::UNSPECIFIED {
        warn(path.to_owned(), "does not say in `act` what the source does: assert, deny, accuse ...");
    }
    match &claim.said {
        Some(Statement::Place(place)) => location(&format!("{path}.place"), place, warn),
        Some(Statement::Time(time)) => when(&format!("{path}.time"), time, true, report.sent, now, warn),
        _ => {}
    }
}

/// Codes that mean nothing without a mission. The bytes hold every code, so they are walked.
fn mission_codes(report: &Report<'_>, warn: &mut impl FnMut(String, &str)) {
    struct Codes(Vec<(String, u8)>);
    impl increp::wire::Trace for Codes {
        fn seen(&mut self, path: &Path, _: std::ops::Range<usize>, seen: increp::wire::Seen<'_>) {
            if let increp::wire::Seen::Code(code @ 128..) = seen {
                self.0.push((path.to_string(), code));
            }
        }
    }
    let mut buffer = [0; increp::MAX_LEN];
    let mut codes = Codes(Vec::new());
    let Ok(bytes) = increp::encode(report, &mut buffer) else { return };
    // What was just encoded decodes.
    let _ = increp::wire::decode_traced(bytes, &mut Report::default(), &mut codes);
    for (path, code) in codes.0 {
        warn(path, &format!("code {code} means nothing without `mission`"));
    }
}
