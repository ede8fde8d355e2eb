//! UCDP GED: the Georeferenced Event Dataset of the Uppsala Conflict Data Program, and its candidate events.
//!
//! Sundberg, Ralph, and Erik Melander, 2013, "Introducing the UCDP Georeferenced Event Dataset", Journal of Peace Research
//! 50(4). CC BY 4.0. Columns are found by name, in any order, beside any others.
//!
//! | column | becomes |
//! |---|---|
//! | `type_of_violence` | type and roles, see below; the number stands in `extra` |
//! | `date_start`, `date_end`, `date_prec` | time; the end where it is another day; 1-5 are day, days, week, month, year |
//! | `latitude`, `longitude`, `where_prec`, `where_coordinates` | point, precision (the same numbers) and name of the place |
//! | `side_a`, `side_b` | parties, names verbatim; kind `state` for "Government of ...", `civilians` for "Civilians", else none |
//! | `low`, `best`, `high` | one count of the killed: min, value, max, as they stand, also where low > best |
//! | `deaths_a`, `deaths_b` | sub-counts whose `who.party` is the side |
//! | `deaths_civilians` | sub-count whose `who.status` is civilian |
//! | `deaths_unknown` | sub-count whose `who.party` is null: UCDP asked and does not know whom they belonged to |
//! | `source_original`, `source_office` | claims that assert the event: origin first, outlet second, see below |
//! | `source_headline` | the note |
//! | the rest | `extra`, see [`EXTRA`], or a line of the note with the name of the column in front |
//!
//! **Type.** UCDP tells apart who fights whom, not how. State-based (1) and non-state (2) violence is armed force between two
//! organised sides: `armed_clash`, the nearest type, though some of it is a bombardment in which one side alone fired.
//! One-sided violence (3) is armed force against civilians: `attack`. Which of them UCDP said stands in `ucdp:type`; how it was
//! done UCDP does not say, so no air strike or ambush is made of it. In 1 and 2 both sides are participants: their order says
//! nothing of who began. In 3 the definition makes side a the perpetrator and side b the victims.
//!
//! **Zeros.** UCDP gives all four figures of every event, so a zero is a figure and is kept. In one-sided violence
//! `deaths_a` and `deaths_b` are zero by definition, not by knowledge (side b is the civilians, whose dead stand in
//! `deaths_civilians`): there a zero is left out, or the report would say that no civilian died. Figures are UCDP's own
//! estimates; none of them is put into the mouth of a source.
//!
//! **Sources.** `source_office` is a list if it has as many parts between semicolons as `number_of_sources` says. With one
//! outlet the chain is origin, outlet. With several, UCDP does not say which of them cites the origin, so they stand in a
//! claim each, with the origin not reported, and the origin in its own. An outlet that is listed twice is one source.
//! `source_article` repeats outlet, date and headline; it goes into the note only where it says anything else.
//!
//! **Not reported.** A blank cell, and -1 in `number_of_sources`, which means that UCDP did not count them.

use std::io::Read;

use bumpalo::Bump;
use increp::model::bounds::{CLAIMS, COUNT, LATITUDE, LONGITUDE};
use increp::model::{
    Act, Claim, Count, CountOf, Entry, Event, EventType, Extra, Hop, Name, Party, PartyKind, Place, PlacePrecision, Point, Report,
    Role, Said, Scalar, SourceKind, Status, Text, Time, TimePrecision, VictimStatus, Who, list,
};

use super::cells::Fault;
use super::parts::{Note, Texts, Writer, fits};
use super::table::{Layout, Row, Table};
pub use super::{Options, Rejected, Summary};

/// What stands in `extra`: the key and the columns in it.
///
/// One column is an integer where it is one, else a text. Several are a text with `|` between them, as many as there are
/// always, and a blank cell is nothing between two: "Homs Governorate|". The name of a conflict or dyad that is just
/// "side a - side b" is [`SIDES`]. Where that cannot be read back, or is longer than a text may be, the cells go into
/// the note.
pub const EXTRA: [(&str, &[&str]); 8] = [
    ("ucdp:id", &["id"]),
    ("ucdp:type", &["type_of_violence"]),
    ("ucdp:clarity", &["event_clarity"]),
    ("ucdp:sources", &["number_of_sources", "source_date"]),
    ("ucdp:conflict", &["conflict_new_id", "conflict_name", "dyad_new_id", "dyad_name"]),
    ("ucdp:sides", &["side_a_new_id", "side_b_new_id"]),
    ("ucdp:adm", &["adm_1", "adm_2"]),
    ("ucdp:country", &["country", "country_id", "region"]),
];

/// Stands in [`EXTRA`] for a name that the names of the sides give.
pub const SIDES: &str = "=";

/// The outlet in which every report was read.
pub const OUTLET: &str = "UCDP GED";

const DEATHS: &[&str] = &["best", "low", "high", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"];

#[rustfmt::skip] // a column a line would be a page
static LAYOUT: Layout = Layout {
    title: "UCDP GED file",
    columns: &[
        "id", "year", "type_of_violence", "conflict_new_id", "conflict_name", "dyad_new_id", "dyad_name",
        "side_a_new_id", "side_a", "side_b_new_id", "side_b",
        "number_of_sources", "source_article", "source_office", "source_date", "source_headline", "source_original",
        "where_prec", "where_coordinates", "where_description", "adm_1", "adm_2", "latitude", "longitude",
        "country", "country_id", "region", "event_clarity", "date_prec", "date_start", "date_end",
        "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best", "high", "low",
    ],
    // Older releases.
    aliases: &[("best_est", "best"), ("high_est", "high"), ("low_est", "low")],
    // A report without a day or without any figure would say nothing that UCDP is read for.
    needed: &[&["date_start"], DEATHS],
    id: "id",
};

/// What a `type_of_violence` says of the event and of its sides.
#[derive(Clone, Copy)]
struct Violence {
    event: EventType,
    side_a: Role,
    side_b: Role,
}

const STATE_BASED: Violence = Violence { event: EventType::ARMED_CLASH, side_a: Role::PARTICIPANT, side_b: Role::PARTICIPANT };
const NON_STATE: Violence = STATE_BASED;
const ONE_SIDED: Violence = Violence { event: EventType::ATTACK, side_a: Role::PERPETRATOR, side_b: Role::VICTIM };
const UNSPECIFIED: Violence = Violence { event: EventType::UNSPECIFIED, side_a: Role::UNSPECIFIED, side_b: Role::UNSPECIFIED };

/// `type_of_violence` from 1 on.
const VIOLENCE: [Violence; 3] = [STATE_BASED, NON_STATE, ONE_SIDED];

/// `date_prec` from 1 on: the day, 2-6 days, a week, 8-30 days or a month, more than a month up to a year.
const DATE_PREC: [TimePrecision; 5] =
    [TimePrecision::DAY, TimePrecision::DAYS, TimePrecision::WEEK, TimePrecision::MONTH, TimePrecision::YEAR];

/// `where_prec` from 1 on.
const WHERE_PREC: [PlacePrecision; 7] = [
    PlacePrecision::EXACT,
    PlacePrecision::NEAR,
    PlacePrecision::ADM2,
    PlacePrecision::ADM1,
    PlacePrecision::LINE_OR_AREA,
    PlacePrecision::COUNTRY,
    PlacePrecision::INTERNATIONAL,
];

/// Reads a CSV file of UCDP GED events and hands `out` a report for each row, and `rejected` every row that has none. One row
/// is in memory at a time.
///
/// # Errors
/// The file is no CSV in UTF-8, or its header has no `date_start` or no column of deaths; the numbers of the author are spent;
/// the error of `csv` or of `out`. What was handed out before stands.
pub fn import(
    csv: impl Read,
    options: &Options,
    out: &mut dyn FnMut(&Report<'_>) -> anyhow::Result<()>,
    rejected: &mut dyn FnMut(&Rejected),
) -> anyhow::Result<Summary> {
    let mut table = Table::open(csv, &LAYOUT)?;
    let mut writer = Writer::new(options, out);
    if !options.other_columns {
        writer.summary.left_out = table.others();
    }
    let mut arena = Bump::new();
    while let Some(row) = table.row()? {
        if writer.summary.rows + writer.summary.tag_rows == 0 && row.as_ref().is_ok_and(Row::is_tags) {
            writer.summary.tag_rows += 1;
            continue;
        }
        writer.summary.rows += 1;
        arena.reset();
        let written = match row.and_then(|row| Ok((row, read(row, &arena, options).map_err(|fault| row.rejected(fault))?))) {
            Err(why) => Err(why),
            Ok((row, Built { report, note, rounded })) => match writer.write(report, &note)? {
                Err(error) => Err(row.refused(format!("its report would not be valid: {error}"))),
                Ok(()) => Ok(rounded),
            },
        };
        match written {
            Ok(rounded) => writer.summary.rounded += u64::from(rounded),
            Err(why) => {
                writer.summary.rejected += 1;
                rejected(&why);
            }
        }
    }
    Ok(writer.summary)
}

/// The report of a row, not yet numbered.
struct Built<'a> {
    report: Report<'a>,
    note: Note<'a>,
    rounded: bool,
}

fn read<'a>(row: Row<'a>, arena: &'a Bump, options: &Options) -> Result<Built<'a>, Fault> {
    let mut texts = Texts::new(arena);
    texts.headline(row.cell("source_headline").unwrap_or_default());
    let time = time(row)?;
    let (place, rounded) = place(row, &mut texts)?;
    let event = sides(row, &mut texts)?;
    let report = Report {
        status: Status::ACTUAL,
        from: list([Hop { name: Name::new(texts.beside(OUTLET)), kind: SourceKind::ANALYST, ..Hop::default() }]),
        event: Some(Event { time: Said::Known(time), place, ..event }),
        claims: claims(row, &mut texts).into_iter().collect(),
        extra: extra(row, &mut texts),
        ..Report::default()
    };
    remarks(row, options, &mut texts);
    Ok(Built { report, note: texts.finish(), rounded })
}

fn time(row: Row<'_>) -> Result<Time<'_>, Fault> {
    let start = row.day("date_start")?.ok_or_else(|| Fault::blank("date_start", "a day such as 2016-01-31"))?;
    let end = row.day("date_end")?.filter(|end| *end != start);
    // Where the precision is not reported, the date is what it says it is: a day, with no time of day.
    let precision = row.coded("date_prec", &DATE_PREC)?.unwrap_or(TimePrecision::DAY);
    Ok(Time { start: Said::Known(start), end, precision, ..Time::default() })
}

/// The place, and whether its point was rounded.
fn place<'a>(row: Row<'a>, texts: &mut Texts<'a>) -> Result<(Said<Place<'a>>, bool), Fault> {
    let (point, rounded) = match (row.degrees("latitude", &LATITUDE)?, row.degrees("longitude", &LONGITUDE)?) {
        (Some((lat, rounded)), Some((lon, too))) => (Some(Point { lat, lon }), rounded || too),
        (None, None) => (None, false),
        (None, Some(_)) => return Err(Fault::blank("latitude", "decimal degrees, as there is a longitude")),
        (Some(_), None) => return Err(Fault::blank("longitude", "decimal degrees, as there is a latitude")),
    };
    let precision = row.coded("where_prec", &WHERE_PREC)?.unwrap_or_default();
    let place = Place { point, precision, name: name(row, "where_coordinates", texts), ..Place::default() };
    let said = if place == Place::default() { Said::Unreported } else { Said::Known(place) };
    Ok((said, rounded))
}

/// The event with its type, who was in it and how many died.
fn sides<'a>(row: Row<'a>, texts: &mut Texts<'a>) -> Result<Event<'a>, Fault> {
    let known = row.coded("type_of_violence", &VIOLENCE)?;
    let Violence { event, side_a, side_b } = known.unwrap_or(UNSPECIFIED);
    let one_sided = event == ONE_SIDED.event;
    let [deaths_a, deaths_b] = [row.whole("deaths_a", &COUNT)?, row.whole("deaths_b", &COUNT)?]
        .map(|deaths| deaths.filter(|deaths| !(one_sided && *deaths == 0)));
    // A side that has dead is there, whether or not its name is.
    let mut party = |column, role, deaths: Option<u32>| {
        let there = row.cell(column).is_some() || deaths.is_some();
        there.then(|| Party { role, name: name(row, column, texts), kind: kind(row.cell(column)), ..Party::default() })
    };
    let [side_a, side_b] = [party("side_a", side_a, deaths_a), party("side_b", side_b, deaths_b)];
    let index_a = if side_a.is_some() { Said::Known(0) } else { Said::Unreported };
    let index_b = if side_b.is_some() { Said::Known(u8::from(side_a.is_some())) } else { Said::Unreported };

    let civilians =
        Who { status: VictimStatus::CIVILIAN, party: if one_sided { index_b } else { Said::Unreported }, ..Who::default() };
    let of_party = |party| Who { party, ..Who::default() };
    let killed = Count { of: CountOf::KILLED, ..Count::default() };
    let part =
        |deaths: Option<u32>, who| deaths.map(|deaths| Count { value: Said::Known(deaths), who: Some(who), ..killed.clone() });
    let [min, best, max] = [row.whole("low", &COUNT)?, row.whole("best", &COUNT)?, row.whole("high", &COUNT)?];
    let all = Count { value: best.map_or(Said::Unreported, Said::Known), min, max, ..killed.clone() };
    let counts = [
        Some(all.clone()).filter(|all| *all != killed),
        part(deaths_a, of_party(index_a)),
        part(deaths_b, of_party(index_b)),
        part(row.whole("deaths_civilians", &COUNT)?, civilians),
        part(row.whole("deaths_unknown", &COUNT)?, of_party(Said::Unknown)),
    ];
    Ok(Event {
        kind: event,
        parties: [side_a, side_b].into_iter().flatten().collect(),
        counts: counts.into_iter().flatten().collect(),
        ..Event::default()
    })
}

fn name<'a>(row: Row<'a>, column: &str, texts: &mut Texts<'a>) -> Name<'a> {
    row.cell(column).and_then(|name| texts.field(column, name)).map_or(Name::UNREPORTED, Name::new)
}

/// What a side is, where UCDP's way of naming makes it certain. Several governments are one side with all their names.
fn kind(side: Option<&str>) -> PartyKind {
    match side.map(str::trim) {
        Some("Civilians") => PartyKind::CIVILIANS,
        Some(names) if names.split(", ").all(|name| name.starts_with("Government of ")) => PartyKind::STATE,
        _ => PartyKind::UNSPECIFIED,
    }
}

/// Who says that it happened.
fn claims<'a>(row: Row<'a>, texts: &mut Texts<'a>) -> Vec<Claim<'a>> {
    let origin = row.cell("source_original").and_then(|origin| texts.field("source_original", origin));
    let hop = |name: Option<&'a str>| Hop { name: name.map_or(Name::UNREPORTED, Name::new), ..Hop::default() };
    let origin_alone = || origin.map(|_| Claim { sources: list([hop(origin)]), act: Act::ASSERT, ..Claim::default() });
    let chain = |origin, outlet| Claim { sources: list([hop(origin), hop(Some(outlet))]), act: Act::ASSERT, ..Claim::default() };
    match outlets(row, origin.is_some(), texts).as_slice() {
        [] => origin_alone().into_iter().collect(),
        [outlet] => vec![chain(origin, outlet)],
        outlets => origin_alone().into_iter().chain(outlets.iter().map(|outlet| chain(None, outlet))).collect(),
    }
}

/// The outlets, each once, or none where they do not all fit beside the origin. The note keeps a list that cannot be had back
/// from them.
fn outlets<'a>(row: Row<'a>, origin: bool, texts: &mut Texts<'a>) -> Vec<&'a str> {
    let Some(cell) = row.cell("source_office") else { return Vec::new() };
    let all = sources(row, cell);
    let mut outlets: Vec<&str> = Vec::with_capacity(all.len());
    for outlet in &all {
        if !outlets.contains(outlet) {
            outlets.push(outlet);
        }
    }
    let claims = outlets.len() + usize::from(origin && outlets.len() > 1);
    if claims > CLAIMS || !outlets.iter().all(|outlet| fits(outlet)) {
        texts.moved("source_office", cell);
        return Vec::new();
    }
    if outlets.len() < all.len() {
        texts.line("source_office", cell);
    }
    outlets.into_iter().map(|outlet| texts.beside(outlet)).collect()
}

/// The parts of a list of sources; the whole cell if it is no list.
fn sources<'a>(row: Row<'a>, cell: &'a str) -> Vec<&'a str> {
    let parts: Vec<&str> = cell.split(';').map(str::trim).collect();
    let number = row.cell("number_of_sources").and_then(|number| number.trim().parse().ok());
    if parts.len() > 1 && number == Some(parts.len()) { parts } else { vec![cell] }
}

fn extra<'a>(row: Row<'a>, texts: &mut Texts<'a>) -> Extra<'a> {
    let entry = |(key, columns): &(&'static str, &'static [&'static str])| {
        let value = value(row, columns, texts)?;
        Some(Entry { key: Text::new(texts.beside(key)), value })
    };
    Extra(EXTRA.iter().filter_map(entry).collect())
}

fn value<'a>(row: Row<'a>, columns: &[&str], texts: &mut Texts<'a>) -> Option<Scalar<'a>> {
    if let [column] = columns {
        let cell = kept(row, column)?;
        let integer = cell.parse::<i64>().ok().filter(|integer| integer.to_string() == cell);
        return match integer {
            Some(integer) => Some(Scalar::Integer(integer.into())),
            None => texts.field(column, cell).map(|text| Scalar::Text(Text::new(text))),
        };
    }
    let cells = || columns.iter().map(|column| kept(row, column));
    if cells().all(|cell| cell.is_none()) {
        return None;
    }
    let joined = cells().map(Option::unwrap_or_default).collect::<Vec<_>>().join("|");
    let ambiguous = columns.iter().filter_map(|column| row.cell(column)).any(|cell| cell.contains('|') || cell == SIDES);
    if fits(&joined) && !ambiguous {
        return Some(Scalar::Text(Text::new(texts.beside(texts.arena.alloc_str(&joined)))));
    }
    for column in columns.iter().filter(|column| kept(row, column).is_some()) {
        texts.moved(column, row.cell(column).unwrap_or_default());
    }
    None
}

/// The cell as it stands in `extra`.
fn kept<'a>(row: Row<'a>, column: &str) -> Option<&'a str> {
    let cell = row.cell(column)?;
    let sides = || {
        let (side_a, side_b) = (row.cell("side_a")?, row.cell("side_b")?);
        cell.strip_prefix(side_a)?.strip_prefix(" - ")?.strip_prefix(side_b).filter(|rest| rest.is_empty())
    };
    match column {
        "number_of_sources" if cell == "-1" => None,
        "conflict_name" | "dyad_name" if sides().is_some() => Some(SIDES),
        _ => Some(cell),
    }
}

/// Lines of the note for what has no field and cannot be had back from the others.
fn remarks(row: Row<'_>, options: &Options, texts: &mut Texts<'_>) {
    let year = row.cell("date_start").and_then(|date| date.trim().split('-').next());
    let lines = [
        ("year", row.cell("year").filter(|cell| Some(*cell) != year)),
        ("where_description", row.cell("where_description")),
        ("source_article", row.cell("source_article").filter(|article| !repeats(row, article))),
    ];
    for (column, cell) in lines {
        if let Some(cell) = cell {
            texts.line(column, cell);
        }
    }
    for (column, cell) in row.others().filter(|_| options.other_columns) {
        texts.line(column, cell);
    }
}

/// Whether `source_article` holds the outlets, dates and headlines, but for spaces, and no more: `"outlet,date,headline";"..."`.
fn repeats(row: Row<'_>, article: &str) -> bool {
    let [office, date, headline] =
        ["source_office", "source_date", "source_headline"].map(|column| row.cell(column).unwrap_or_default());
    let many = sources(row, office).len();
    let list = |cell| if many > 1 { str::split(cell, ';').collect::<Vec<_>>() } else { vec![cell] };
    let (dates, headlines) = (list(date), list(headline));
    if dates.len() != many || headlines.len() != many {
        return false;
    }
    let one = |((office, date), headline): ((&str, &str), &str)| format!("\"{office},{date},{headline}\"");
    let told = list(office).into_iter().zip(dates).zip(headlines).map(one).collect::<Vec<_>>().join(";");
    let solid = |text: &str| text.split_whitespace().collect::<String>();
    solid(&told) == solid(article)
}
