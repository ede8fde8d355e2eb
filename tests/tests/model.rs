//! What the model promises beyond its fields: redaction, handling, coarsening, the four kinds of "not a number".

#![allow(clippy::unwrap_used)] // a test

use increp::model::*;
use proptest::prelude::*;

fn report_with_names() -> Report<'static> {
    let hop = Hop { name: "A witness in town".into(), person: Some("Jane Doe, nurse".into()), ..Hop::default() };
    let claim = Claim {
        sources: list([hop.clone()]),
        said: Some(Statement::Text("told us all".into())),
        to: Some("Joe Doe".into()),
        ..Claim::default()
    };
    let event = Event {
        parties: list([Party { name: "Clan of Doe".into(), aka: Some("The Does".into()), ..Party::default() }]),
        place: Said::Known(Place { name: "House of Doe".into(), ..Place::default() }),
        note: Some("Seen by Doe".into()),
        ..Event::default()
    };
    let extra = Extra(list([Entry { key: "smm:who".into(), value: Scalar::Text("Doe".into()) }]));
    Report { event: Some(event), claims: list([claim]), from: list([hop]), extra, ..Report::default() }
}

#[test]
fn no_text_shows_in_debug_unless_asked_for() {
    let report = report_with_names();
    for shown in [format!("{report:?}"), format!("{report:#?}")] {
        for secret in ["Doe", "witness", "told us"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
        assert!(shown.contains("<11 bytes>") && shown.contains("<a person>"));
    }
    for asked in [format!("{report:+?}"), format!("{report:+#?}")] {
        assert!(asked.contains("\"Clan of Doe\"") && asked.contains("\"Seen by Doe\""));
        assert!(!asked.contains("Jane"), "a person is never shown: {asked}");
    }
}

#[test]
fn errors_do_not_show_texts() {
    let long = "Jane Doe ".repeat(30);
    let report = Report { from: list([Hop { person: Some(long.as_str().into()), ..Hop::default() }]), ..Report::default() };
    assert!(!report.check().unwrap_err().to_string().contains("Doe"));
}

#[test]
fn unset_handling_is_amber_or_red_and_set_handling_stays() {
    let event = |kind| Report { event: Some(Event { kind, ..Event::default() }), ..Report::default() };
    let count =
        |count: Count<'static>| Report { event: Some(Event { counts: list([count]), ..Event::default() }), ..Report::default() };
    let child = Who { age: Age::CHILD, ..Who::default() };
    for (report, handling) in [
        (Report::default(), Handling::AMBER),
        (event(EventType::SNARE), Handling::AMBER),
        (event(EventType::SEXUAL_VIOLENCE), Handling::RED),
        (event(EventType::ABDUCTION_FORCED_DISAPPEARANCE), Handling::RED),
        (event(EventType::ARRESTS), Handling::RED),
        (event(EventType::DETENTION_OF_MONITOR), Handling::RED),
        (count(Count { of: CountOf::KILLED, ..Count::default() }), Handling::AMBER),
        (count(Count { of: CountOf::DETAINED, ..Count::default() }), Handling::RED),
        (count(Count { of: CountOf::ABDUCTED, ..Count::default() }), Handling::RED),
        (count(Count { of: CountOf::KILLED, who: Some(child), ..Count::default() }), Handling::RED),
        (Report { handling: Handling::CLEAR, ..event(EventType::SEXUAL_VIOLENCE) }, Handling::CLEAR),
    ] {
        assert_eq!(report.effective_handling(), handling, "{report:?}");
    }
    let said = Some(Statement::Count(Count { who: Some(child), ..Count::default() }));
    let report = Report { claims: list([Claim { said, ..Claim::default() }]), ..Report::default() };
    assert_eq!(report.effective_handling(), Handling::RED, "children in a claim");
}

#[test]
fn a_report_that_nobody_filled_in_is_a_draft() {
    assert_eq!(Report::default().status, Status::DRAFT);
    assert_eq!(Report::default().check().map_err(|error| error.to_string()), Ok(()));
}

#[test]
fn codes_that_must_be_understood_cannot_be_made_up() {
    assert_eq!((Kind::new(0), Kind::new(4), Kind::new(3)), (None, None, Some(Kind::CANCEL)));
    assert_eq!((Status::new(5), Handling::new(0), Handling::new(6)), (None, Some(Handling::UNSPECIFIED), None));
    assert_eq!(EventType::new(137).to_string(), "code:137");
}

/// Metres between two points, well enough for a few hundred kilometres.
fn metres(one: Point, other: Point) -> f64 {
    let degrees = |value: Degrees| f64::from(value.0) / 1e7;
    let (lat, other_lat) = (degrees(one.lat).to_radians(), degrees(other.lat).to_radians());
    let lon = (degrees(one.lon) - degrees(other.lon)).to_radians();
    let half = ((lat - other_lat) / 2.0).sin().powi(2) + lat.cos() * other_lat.cos() * (lon / 2.0).sin().powi(2);
    2.0 * 6_371_000.0 * half.sqrt().asin()
}

proptest! {
    #[test]
    fn a_coarse_place_holds_the_true_one_and_no_more(
        lat in -890_000_000..890_000_000i32, lon in -1_800_000_000..=1_800_000_000i32, mesh in 1..200_000u32, radius in prop::option::of(0..100_000u32),
    ) {
        let point = Point { lat: Degrees(lat), lon: Degrees(lon) };
        let place = Place { point: Some(point), radius_m: radius, precision: PlacePrecision::EXACT, name: "Clinic".into(), ..Place::default() };
        let coarse = place.coarsen(mesh);
        let told = coarse.point.unwrap();
        prop_assert!(coarse.check_alone());
        // Within the radius that is told, but for the roundness of the Earth and of the cosine, and a unit of rounding.
        prop_assert!(metres(point, told) <= f64::from(coarse.radius_m.unwrap()) * 1.02 + 1.0, "{} of {:?}", metres(point, told), coarse.radius_m);
        prop_assert!(coarse.radius_m >= radius);
        prop_assert!(coarse.precision != PlacePrecision::EXACT && coarse.name == Name::UNREPORTED);
        // Whoever is told the coarse point learns nothing from a second report: it falls into its own cell.
        prop_assert_eq!(Place { radius_m: None, ..coarse.coarsen(mesh) }, Place { radius_m: None, ..coarse });
    }

    #[test]
    fn near_points_become_the_same(lat in -800_000_000..800_000_000i32, lon in -1_700_000_000..1_700_000_000i32, mesh in 100..50_000u32) {
        let cell = |lat, lon| Place { point: Some(Point { lat: Degrees(lat), lon: Degrees(lon) }), ..Place::default() }.coarsen(mesh).point;
        // The middle of a cell and whatever is a little off it.
        let middle = cell(lat, lon).unwrap();
        prop_assert_eq!(cell(middle.lat.0 + 50, middle.lon.0 - 50), Some(middle));
    }
}

trait CheckAlone {
    fn check_alone(&self) -> bool;
}

impl CheckAlone for Place<'_> {
    fn check_alone(&self) -> bool {
        Report { event: Some(Event { place: Said::Known(self.clone()), ..Event::default() }), ..Report::default() }.check().is_ok()
    }
}

#[test]
fn coarsening_by_nothing_or_without_a_point_makes_no_point() {
    let named = Place { name: "Clinic".into(), ..Place::default() };
    assert_eq!(named.coarsen(0), named);
    assert_eq!(named.coarsen(500), Place::default());
}

#[test]
fn every_code_list_is_sorted_and_says_each_thing_once() {
    for list in CODE_LISTS {
        assert!(list.codes.windows(2).all(|pair| pair[0].0 < pair[1].0), "{}", list.name);
        assert!(
            list.codes.iter().all(|(code, slug)| *code != 0 && list.code(slug) == Some(*code) && list.slug(*code) == Some(slug))
        );
        assert!(
            list.codes
                .iter()
                .all(|(_, slug)| slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'))
        );
    }
}

#[test]
fn the_codes_of_others_keep_their_numbers() {
    // ACLED sub-events in codebook order, ACLED inter codes, UCDP where_prec, OCHA access constraints, TLP 2.0.
    for (list, code, slug) in [
        (EventType::LIST, 1, "government_regains_territory"),
        (EventType::LIST, 10, "air_drone_strike"),
        (EventType::LIST, 15, "sexual_violence"),
        (EventType::LIST, 18, "agreement"),
        (EventType::LIST, 25, "other"),
        (PartyKind::LIST, 1, "state"),
        (PartyKind::LIST, 7, "civilians"),
        (PlacePrecision::LIST, 5, "line_or_area"),
        (PlacePrecision::LIST, 6, "country"),
        (PlacePrecision::LIST, 7, "international"),
        (Constraint::LIST, 1, "denial_of_needs"),
        (Constraint::LIST, 9, "physical_environment"),
        (Handling::LIST, 4, "amber_strict"),
    ] {
        assert_eq!(list.slug(code), Some(slug));
    }
}
