//! The way back from a report to the cells of its row, by the documentation of the importer alone; and a CSV reader of our
//! own, so that the importer is not held against itself.

use std::collections::HashMap;

use increp::model::{Date, DateForm, EventType, Hop, Report, Said, Scalar, Stamp, TimePrecision, VictimStatus, Who};
use increp_cli::import::ucdp::{EXTRA, SIDES};

/// Cells by column.
pub(crate) type Row = HashMap<String, String>;

/// Columns that the note may hold a line of, beside those of [`EXTRA`].
const REMARKS: [&str; 8] =
    ["source_office", "source_original", "source_article", "where_description", "where_coordinates", "side_a", "side_b", "year"];

/// The cells that a report holds. `note` is the note of all of its parts.
pub(crate) fn restore(report: &Report<'_>, note: &str) -> Row {
    let mut row = Row::new();
    extra(report, &mut row);
    event(report, &mut row);
    sources(report, &mut row);
    row.extend(remarks(note));
    for column in ["conflict_name", "dyad_name"] {
        if row.get(column).is_some_and(|name| name == SIDES) {
            row.insert(column.to_owned(), format!("{} - {}", row["side_a"], row["side_b"]));
        }
    }
    let year = row["date_start"][..4].to_owned();
    row.entry("year".to_owned()).or_insert(year);
    if !row.contains_key("source_article") {
        row.insert("source_article".to_owned(), article(&row));
    }
    row
}

/// Whether two cells say the same: spaces count in all cells but lists, and numbers are compared as such.
pub(crate) fn same(column: &str, one: &str, other: &str) -> bool {
    let trimmed = |cell: &str| cell.split(';').map(str::trim).collect::<Vec<_>>().join(";");
    let solid = |cell: &str| cell.split_whitespace().collect::<String>();
    match column {
        "latitude" | "longitude" => one.parse::<f64>().ok() == other.parse::<f64>().ok(),
        "source_office" => trimmed(one) == trimmed(other),
        "source_article" => solid(one) == solid(other),
        _ => one == other,
    }
}

fn extra(report: &Report<'_>, row: &mut Row) {
    for (key, columns) in EXTRA {
        match (report.extra.get(key), columns) {
            (None, _) => {}
            (Some(Scalar::Integer(integer)), [column]) => set(row, column, integer.get()),
            (Some(Scalar::Text(text)), [column]) => set(row, column, text.as_str()),
            (Some(Scalar::Text(text)), columns) => {
                let cells: Vec<&str> = text.as_str().split('|').collect();
                assert_eq!(cells.len(), columns.len(), "{key}");
                columns.iter().zip(cells).for_each(|(column, cell)| set(row, column, cell));
            }
            other => panic!("{key}: {other:?}"),
        }
    }
    // UCDP's own sentinel, which no report holds.
    assert_ne!(row.get("number_of_sources").map(String::as_str), Some("-1"));
    if row.get("number_of_sources").is_none_or(String::is_empty) {
        set(row, "number_of_sources", -1);
    }
}

fn event(report: &Report<'_>, row: &mut Row) {
    let event = report.event.as_ref().unwrap();
    let time = event.time.known().unwrap();
    let day = |at: Stamp| Date { at, form: DateForm::DAY, utc_offset: None };
    let start = *time.start.known().unwrap();
    set(row, "date_start", day(start));
    set(row, "date_end", day(time.end.unwrap_or(start)));
    let precisions = [TimePrecision::DAY, TimePrecision::DAYS, TimePrecision::WEEK, TimePrecision::MONTH, TimePrecision::YEAR];
    let code = precisions.iter().position(|precision| *precision == time.precision).unwrap();
    set(row, "date_prec", code + 1);

    let place = event.place.known().unwrap();
    let point = place.point.unwrap();
    set(row, "latitude", f64::from(point.lat.0) / 1e7);
    set(row, "longitude", f64::from(point.lon.0) / 1e7);
    set(row, "where_prec", place.precision.code());
    set(row, "where_coordinates", place.name.known().unwrap_or_default());

    let [side_a, side_b] = event.parties.as_slice() else { panic!("two sides") };
    set(row, "side_a", side_a.name.known().unwrap_or_default());
    set(row, "side_b", side_b.name.known().unwrap_or_default());

    let deaths = |who: fn(&Who) -> bool| event.counts.iter().find(|count| count.who.as_ref().is_some_and(who));
    let figure = |who| *deaths(who).unwrap().value.known().unwrap();
    // Left out in one-sided violence, where they are zero by definition.
    let of_side = |who| if event.kind == EventType::ATTACK { deaths(who).map_or(0, |_| figure(who)) } else { figure(who) };
    set(row, "deaths_a", of_side(|who| who.status == VictimStatus::UNSPECIFIED && who.party == Said::Known(0)));
    set(row, "deaths_b", of_side(|who| who.status == VictimStatus::UNSPECIFIED && who.party == Said::Known(1)));
    set(row, "deaths_civilians", figure(|who| who.status == VictimStatus::CIVILIAN));
    set(row, "deaths_unknown", figure(|who| who.party == Said::Unknown));
    let all = event.counts.iter().find(|count| count.who.is_none()).unwrap();
    set(row, "low", all.min.unwrap());
    set(row, "best", all.value.known().unwrap());
    set(row, "high", all.max.unwrap());
}

fn sources(report: &Report<'_>, row: &mut Row) {
    let names = |hop: usize| {
        let hops = report.claims.iter().filter_map(move |claim| claim.sources.get(hop));
        hops.filter_map(|hop: &Hop<'_>| hop.name.known()).collect::<Vec<_>>()
    };
    let origins = names(0);
    assert!(origins.len() <= 1, "one origin");
    set(row, "source_original", origins.concat());
    set(row, "source_office", names(1).join(";"));
}

/// The headline and the lines of a note.
fn remarks(note: &str) -> Row {
    let known = || REMARKS.into_iter().chain(EXTRA.iter().flat_map(|(_, columns)| *columns).copied());
    let starts_line = |at: usize| at == 0 || note.as_bytes()[at - 1] == b'\n';
    let mut starts: Vec<(usize, &str)> = known()
        .flat_map(|column| note.match_indices(column).map(move |(at, _)| (at, column)))
        .filter(|(at, column)| starts_line(*at) && note[at + column.len()..].starts_with(": "))
        .collect();
    starts.sort_unstable();
    let end = |index: usize| starts.get(index).map_or(note.len(), |(at, _)| at.saturating_sub(1));
    let mut row = Row::new();
    set(&mut row, "source_headline", &note[..end(0)]);
    for (index, (at, column)) in starts.iter().enumerate() {
        set(&mut row, column, &note[at + column.len() + 2..end(index + 1)]);
    }
    row
}

/// The article, where it only repeats the outlets, dates and headlines.
fn article(row: &Row) -> String {
    let cells = ["source_office", "source_date", "source_headline"].map(|column| row.get(column).map_or("", String::as_str));
    let parts = cells.map(|cell| cell.split(';').collect::<Vec<_>>());
    let many = parts[0].len();
    if cells[2].is_empty() {
        // A file without headlines.
        String::new()
    } else if many > 1 && row["number_of_sources"] == many.to_string() {
        (0..many).map(|one| format!("\"{},{},{}\"", parts[0][one], parts[1][one], parts[2][one])).collect::<Vec<_>>().join(";")
    } else {
        format!("\"{}\"", cells.join(","))
    }
}

#[allow(clippy::needless_pass_by_value)] // numbers and texts alike
fn set(row: &mut Row, column: &str, value: impl ToString) {
    row.insert(column.to_owned(), value.to_string());
}

/// The header and the rows of a CSV file.
pub(crate) fn parse(csv: &str) -> (Vec<String>, Vec<Row>) {
    let (mut records, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut characters = csv.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => cell.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(core::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                record.push(core::mem::take(&mut cell));
                records.push(core::mem::take(&mut record));
            }
            other => cell.push(other),
        }
    }
    assert!(!quoted && cell.is_empty() && record.is_empty(), "a CSV file ends with a line");
    let mut records = records.into_iter();
    let header: Vec<String> = records.next().unwrap();
    let rows = records.map(|record| header.iter().cloned().zip(record).collect()).collect();
    (header, rows)
}
