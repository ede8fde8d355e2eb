//! The same reports in increp's own model, with types, roles and counts as `increp import` makes them.

use increp::model::bounds::{NOTE, TEXT};
use increp::model::{
    Act, Claim, Count, CountOf, Degrees, Entry, Event, EventType, Extra, Hop, Id, Name, Party, PartyKind, Place, PlacePrecision,
    Point, Report, Role, Said, Scalar, Stamp, Status, Text, Time, TimePrecision, VictimStatus, Who, list,
};

use crate::data::{EPOCH_DAY, MINUTES_A_DAY, Rec};
use crate::shared::Names;

const SECONDS_A_DAY: i64 = 86_400;

/// `date_prec` from 1 on.
const DATE_PRECISION: [TimePrecision; 5] =
    [TimePrecision::DAY, TimePrecision::DAYS, TimePrecision::WEEK, TimePrecision::MONTH, TimePrecision::YEAR];

/// `where_prec` from 1 on.
const PLACE_PRECISION: [PlacePrecision; 7] = [
    PlacePrecision::EXACT,
    PlacePrecision::NEAR,
    PlacePrecision::ADM2,
    PlacePrecision::ADM1,
    PlacePrecision::LINE_OR_AREA,
    PlacePrecision::COUNTRY,
    PlacePrecision::INTERNATIONAL,
];

/// Seconds since 1970 at a minute since 1989.
pub fn stamp(minutes: i64) -> Stamp {
    Stamp::new((minutes + EPOCH_DAY * MINUTES_A_DAY) * 60)
}

/// The structured part: every name is the token that stands for it; no texts.
pub fn structured<'a>(recs: &[Rec], names: &Names<'_>, tokens: &'a [String]) -> Vec<Report<'a>> {
    recs.iter().map(|rec| report(rec, rec.sides.each_ref().map(|side| tokens[names.index(side)].as_str()))).collect()
}

/// The whole report: names, name of the place, outlet and headline.
pub fn whole(recs: &[Rec]) -> Vec<Report<'_>> {
    recs.iter().map(|rec| with_texts(rec, report(rec, rec.sides.each_ref().map(String::as_str)))).collect()
}

/// Whether all texts are within the limits of one report. An importer makes several reports of a longer one.
pub fn fits(rec: &Rec) -> bool {
    let short = |text: &str| text.len() as i64 <= TEXT.max;
    rec.sides.iter().chain([&rec.place, &rec.office]).all(|text| short(text)) && rec.headline.len() as i64 <= NOTE.max
}

fn report<'a>(rec: &Rec, [side_a, side_b]: [&'a str; 2]) -> Report<'a> {
    let one_sided = rec.violence == 3;
    let (event, role_a, role_b) = match rec.violence {
        3 => (EventType::ATTACK, Role::PERPETRATOR, Role::VICTIM),
        _ => (EventType::ARMED_CLASH, Role::PARTICIPANT, Role::PARTICIPANT),
    };
    let party = |role, name, original: &str| Party { role, name: Name::new(name), kind: kind(original), ..Party::default() };
    let day = |days: i64| Stamp::new((days + EPOCH_DAY) * SECONDS_A_DAY);
    let time = Time {
        start: Said::Known(day(rec.start)),
        end: Some(day(rec.end)).filter(|_| rec.end != rec.start),
        precision: DATE_PRECISION[usize::from(rec.date_precision) - 1],
        ..Time::default()
    };
    let place = Place {
        point: Some(Point { lat: Degrees(rec.lat), lon: Degrees(rec.lon) }),
        precision: PLACE_PRECISION[usize::from(rec.place_precision) - 1],
        ..Place::default()
    };
    Report {
        id: Id::new(u32::from(rec.author), u32::from(rec.seq)),
        status: Status::ACTUAL,
        sent: Some(stamp(rec.sent)),
        event: Some(Event {
            kind: event,
            time: Said::Known(time),
            place: Said::Known(place),
            parties: list([party(role_a, side_a, &rec.sides[0]), party(role_b, side_b, &rec.sides[1])]),
            counts: counts(rec, one_sided).into_iter().flatten().collect(),
            ..Event::default()
        }),
        extra: extra(rec),
        ..Report::default()
    }
}

/// In one-sided violence a zero of a side is a definition, not a figure: left out, as the importer does.
fn counts<'a>(rec: &Rec, one_sided: bool) -> [Option<Count<'a>>; 5] {
    let killed = Count { of: CountOf::KILLED, ..Count::default() };
    let part = |deaths: u32, who| Count { value: Said::Known(deaths), who: Some(who), ..killed.clone() };
    let of_party = |party| Who { party, ..Who::default() };
    let civilians =
        Who { status: VictimStatus::CIVILIAN, party: if one_sided { Said::Known(1) } else { Said::Unreported }, ..Who::default() };
    let [side_a, side_b, of_civilians, unknown] = rec.deaths;
    let figure = |deaths: u32| !(one_sided && deaths == 0);
    [
        Some(Count { value: Said::Known(rec.best), min: Some(rec.low), max: Some(rec.high), ..killed.clone() }),
        Some(part(side_a, of_party(Said::Known(0)))).filter(|_| figure(side_a)),
        Some(part(side_b, of_party(Said::Known(1)))).filter(|_| figure(side_b)),
        Some(part(of_civilians, civilians)),
        Some(part(unknown, of_party(Said::Unknown))),
    ]
}

/// The keys of the importer. It joins the number of sources with their dates, which are no part of what is measured here.
fn extra<'a>(rec: &Rec) -> Extra<'a> {
    let entry = |key, value: u8| Entry { key: Text::new(key), value: Scalar::Integer(i64::from(value).into()) };
    let entries = [
        Some(entry("ucdp:type", rec.violence)),
        Some(entry("ucdp:clarity", rec.clarity)),
        rec.sources.map(|sources| entry("ucdp:sources", sources)),
    ];
    Extra(entries.into_iter().flatten().collect())
}

fn with_texts<'a>(rec: &'a Rec, mut report: Report<'a>) -> Report<'a> {
    if let Some(event) = &mut report.event {
        event.note = Some(Text::new(&rec.headline)).filter(|note| !note.as_str().is_empty());
        if let Said::Known(place) = &mut event.place
            && !rec.place.is_empty()
        {
            place.name = Name::new(&rec.place);
        }
    }
    if !rec.office.is_empty() {
        let hop = Hop { name: Name::new(&rec.office), ..Hop::default() };
        report.claims = [Claim { sources: list([hop]), act: Act::ASSERT, ..Claim::default() }].into_iter().collect();
    }
    report
}

/// What a side is, where UCDP's way of naming makes it certain.
fn kind(side: &str) -> PartyKind {
    match side {
        "Civilians" => PartyKind::CIVILIANS,
        names if names.split(", ").all(|name| name.starts_with("Government of ")) => PartyKind::STATE,
        _ => PartyKind::UNSPECIFIED,
    }
}
