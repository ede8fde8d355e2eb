//! The acceptance story: one real news report of a day like those that these reports are for, and six stories beside it.
//!
//! `reports/` holds them in our own words. [`FACTS`] lists the 49 facts of the news report; each must be found in its
//! structured place, none in a note. Five things must never happen; a [`Check`] holds each of them, and is seen to
//! fail on reports that are broken on purpose.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use increp::model::*;

/// The news report, by event.
const STRIKE: Id = Id::new(17, 1);
const STRIKE_FIRST_WORD: Id = Id::new(17, 19);
const STRIKE_UPDATE: Id = Id::new(17, 20);
const ALEPPO: Id = Id::new(17, 2);
const GROUND_ATTACK: Id = Id::new(17, 3);
const AIRCRAFT: Id = Id::new(17, 4);
const MEETING: Id = Id::new(17, 5);
const AID: Id = Id::new(17, 6);
const CEASEFIRE: Id = Id::new(17, 7);
const JOINT_CENTER: Id = Id::new(17, 8);
const WAR: Id = Id::new(17, 9);
const DEIR_EZZOR_CITY: Id = Id::new(17, 10);
const US_STATEMENT: Id = Id::new(17, 13);
const RECAPTURE: Id = Id::new(17, 17);
const ALEPPO_AGAIN: Id = Id::new(17, 21);

/// The other stories.
const SNARES: Id = Id::new(52, 118);
const CONVOY: Id = Id::new(61, 9);
const CLINIC: Id = Id::new(73, 4);
const EXPLOSIONS: Id = Id::new(44, 31);
const OWN_FIELD: Id = Id::new(44, 32);
const SHELLING: Id = Id::new(31, 1);
const SHELLING_CORRECTED: Id = Id::new(31, 2);
const FALSE_ALARM: Id = Id::new(31, 3);

const CNN: &str = "CNN";
const CENTCOM: &str = "US Central Command";
const OBSERVATORY: &str = "Syrian Observatory for Human Rights";
const AUSTRALIAN_DEFENCE: &str = "Australian Department of Defence";
const RUSSIAN_DEFENCE: &str = "Russian Ministry of Defense";
const RUSSIAN_FOREIGN_MINISTRY: &str = "Russian Foreign Ministry";
const RUSSIAN_MILITARY: [&str; 2] = ["Russian military", "state media"];
const MILITARY_SOURCE: [&str; 2] = [WITHHELD, "SANA"];
/// A source whose name is withheld, among the names of a chain.
const WITHHELD: &str = "";

/// What each source of the article is.
const SOURCE_KINDS: [(&str, SourceKind); 22] = [
    (CNN, SourceKind::MEDIA_INDEPENDENT),
    (CNN, SourceKind::ANALYST),
    (CENTCOM, SourceKind::OFFICIAL_MILITARY),
    (OBSERVATORY, SourceKind::MONITOR_NGO),
    (AUSTRALIAN_DEFENCE, SourceKind::OFFICIAL_MILITARY),
    (RUSSIAN_DEFENCE, SourceKind::OFFICIAL_MILITARY),
    (RUSSIAN_FOREIGN_MINISTRY, SourceKind::OFFICIAL_CIVIL),
    ("Amaq", SourceKind::MEDIA_AFFILIATED),
    ("Australia", SourceKind::OFFICIAL_CIVIL),
    ("Facebook", SourceKind::SOCIAL),
    ("ISIS", SourceKind::ARMED_GROUP),
    ("Russia", SourceKind::OFFICIAL_CIVIL),
    ("Russian military", SourceKind::OFFICIAL_MILITARY),
    ("SANA", SourceKind::MEDIA_STATE),
    ("Sputnik", SourceKind::MEDIA_STATE),
    ("state media", SourceKind::MEDIA_STATE),
    ("Syria", SourceKind::OFFICIAL_CIVIL),
    ("Syrian military", SourceKind::OFFICIAL_MILITARY),
    ("US military", SourceKind::OFFICIAL_MILITARY),
    ("United States", SourceKind::OFFICIAL_CIVIL),
    // The military source that SANA cites, and the page that republished the article.
    (WITHHELD, SourceKind::OFFICIAL_MILITARY),
    (WITHHELD, SourceKind::UNSPECIFIED),
];

/// What happened in each event of the article, and when by its words.
const EVENTS: [(Id, EventType, &str, &str); 14] = [
    (STRIKE, EventType::AIR_DRONE_STRIKE, "2016-09-17", "Saturday"),
    (STRIKE_FIRST_WORD, EventType::AIR_DRONE_STRIKE, "2016-09-17", "Saturday"),
    (STRIKE_UPDATE, EventType::AIR_DRONE_STRIKE, "2016-09-17", "Saturday"),
    (US_STATEMENT, EventType::STATEMENT, "2016-09-17", "late Saturday"),
    (ALEPPO, EventType::AIR_DRONE_STRIKE, "2016-09-18", "Sunday"),
    (ALEPPO_AGAIN, EventType::AIR_DRONE_STRIKE, "2016-09-18", "Sunday"),
    (GROUND_ATTACK, EventType::ARMED_CLASH, "2016-09-17", "after the airstrikes"),
    (RECAPTURE, EventType::GOVERNMENT_REGAINS_TERRITORY, "", "quickly"),
    (AIRCRAFT, EventType::AIRCRAFT_LOST, "2016-09-18", "Sunday"),
    (MEETING, EventType::MEETING, "2016-09-17", "tonight"),
    (AID, EventType::ACCESS_CONSTRAINT, "2016-09-12", "nearly a week"),
    (CEASEFIRE, EventType::AGREEMENT, "2016-09-12", "last Monday"),
    (JOINT_CENTER, EventType::HEADQUARTERS_OR_BASE_ESTABLISHED, "2016-09-19", "in the next few days"),
    (DEIR_EZZOR_CITY, EventType::SITUATION, "", "for years"),
];

#[test]
fn every_fact_of_the_article_is_in_its_structured_place() {
    let story = Story::read();
    let numbers: Vec<u8> = FACTS.iter().map(|fact| fact.number).collect();
    assert_eq!(numbers, (1..=49).collect::<Vec<_>>());
    let missing = FACTS.iter().filter(|fact| !(fact.holds)(&story));
    let missing: Vec<String> = missing.map(|fact| format!("{}: {}", fact.number, fact.what)).collect();
    assert!(missing.is_empty(), "missing:\n{}", missing.join("\n"));
}

#[test]
fn no_fact_is_found_where_there_are_no_reports() {
    let found = facts_found_in(&Story(Vec::new()));
    assert!(found.is_empty(), "found in nothing: {found:?}");
}

#[test]
fn no_fact_is_found_in_notes_and_words_alone() {
    let mut story = Story::read();
    for report in &mut story.0 {
        report.links.clear();
        report.event = report.event.take().map(|event| Event { note: event.note, ..Event::default() });
        for claim in &mut report.claims {
            let words = matches!(claim.said, Some(Statement::Text(_)));
            claim.said = claim.said.take().filter(|_| words);
            (claim.act, claim.about) = (Act::UNSPECIFIED, None);
            claim.sources = list([Hop { name: Name::UNKNOWN, ..Hop::default() }]);
        }
    }
    let found = facts_found_in(&story);
    assert!(found.is_empty(), "found in words: {found:?}");
}

#[test]
fn every_other_story_is_in_its_structured_place() {
    let story = Story::read();
    let missing = OTHER_STORIES.iter().filter(|(_, holds)| !holds(&story));
    let missing: Vec<&str> = missing.map(|(what, _)| *what).collect();
    assert!(missing.is_empty(), "missing:\n{}", missing.join("\n"));

    let nothing = Story(Vec::new());
    assert!(OTHER_STORIES.iter().all(|(_, holds)| !holds(&nothing)));
}

#[test]
fn rival_deaths_are_never_added_up() {
    let holds = rival_deaths_stand_apart;
    assert_eq!(holds(&Story::read()), Ok(()));

    // The rival figure in an incident of its own.
    must_fail(holds, "least: 145, most: 145", |story| {
        let strike = story.report_mut(STRIKE);
        let rival = Report { id: Id::new(99, 1), claims: list([strike.claims.remove(1)]), ..strike.clone() };
        story.0.push(rival);
    });
    // Both in one figure.
    must_fail(holds, "most: 145", |story| {
        story.claimed_count_mut(STRIKE, 1).value = Said::Known(62 + 83);
    });
    // One in place of the other.
    must_fail(holds, "least: 83, most: 83", |story| {
        story.0.retain(|report| report.id == STRIKE);
        story.report_mut(STRIKE).claims.remove(0);
    });
}

#[test]
fn the_deaths_of_the_war_enter_no_daily_total() {
    let holds = the_war_is_in_no_daily_total;
    assert_eq!(holds(&Story::read()), Ok(()));

    must_fail(holds, "430002", |story| {
        let killed = story.event_mut(WAR).counts.first_mut();
        killed.expect("a count of the killed").scope = Scope::default();
    });
}

#[test]
fn the_aleppo_strikes_have_no_coordinates() {
    let holds = aleppo_has_no_point;
    assert_eq!(holds(&Story::read()), Ok(()));

    let aleppo = Point { lat: Degrees(362_021_000), lon: Degrees(371_343_000) };
    for id in [ALEPPO, ALEPPO_AGAIN] {
        must_fail(holds, "has a point", |story| {
            let place = &mut story.event_mut(id).place;
            let named = place.known().cloned().unwrap_or_default();
            *place = Said::Known(Place { point: Some(aleppo), ..named });
        });
    }
    must_fail(holds, "has a point", |story| {
        let claim = story.report_mut(ALEPPO).claims.first_mut();
        claim.expect("a claim").said = Some(Statement::Place(Place { point: Some(aleppo), ..Place::default() }));
    });
}

#[test]
fn nothing_delivered_stays_a_known_zero() {
    let holds = nothing_was_delivered;
    assert_eq!(holds(&Story::read()), Ok(()));

    must_fail(holds, "zero", |story| story.event_mut(AID).counts.clear());
    for value in [Said::Unreported, Said::Unknown, Said::Known(1)] {
        must_fail(holds, "zero", |story| {
            let delivered = story.event_mut(AID).counts.first_mut();
            delivered.expect("a count of deliveries").value = value;
        });
    }
}

#[test]
fn an_unknown_perpetrator_stays_unknown_and_not_missing() {
    let holds = the_perpetrator_of_aleppo_is_unknown;
    assert_eq!(holds(&Story::read()), Ok(()));

    must_fail(holds, "no perpetrator", |story| {
        let parties = &mut story.event_mut(ALEPPO).parties;
        parties.retain(|party| party.role != Role::PERPETRATOR);
    });
    for name in [Name::UNREPORTED, Name::new("Russia")] {
        must_fail(holds, "not unknown", |story| {
            let perpetrator = story.event_mut(ALEPPO).parties.first_mut();
            perpetrator.expect("a perpetrator").name = name;
        });
    }
}

#[test]
fn a_correction_and_a_cancel_leave_one_figure_standing() {
    let story = Story::read();
    // The second team's "at least 5" beside the medic's 6; the medic's 9 is gone, and nothing is added.
    assert_eq!(killed_on(&story, day("2025-04-02")), Range { least: 5, most: 6 });
    let standing: Vec<Id> = story.standing().map(|report| report.id).collect();
    assert!(standing.contains(&SHELLING_CORRECTED));
    assert!(!standing.contains(&SHELLING) && !standing.contains(&FALSE_ALARM));
}

#[test]
fn a_part_of_the_victims_is_never_added_to_all_of_them() {
    // The reporter's 3, of them 2 health workers, beside the clinic's 4.
    assert_eq!(killed_on(&Story::read(), day("2025-02-19")), Range { least: 3, most: 4 });
}

#[test]
fn every_event_has_its_type_and_its_day_with_the_words_for_it() {
    // 1970-01-01 was a Thursday.
    const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
    let story = Story::read();
    for (id, kind, start, stated) in EVENTS {
        let event = story.event(id).expect("an event");
        assert_eq!(event.kind, kind, "{id}");
        assert!(story.states_time(id, stated), "{id}");
        if start.is_empty() {
            assert_eq!(event.time.known().map(|time| time.start), Some(Said::Unreported), "{id}");
            continue;
        }
        assert_eq!(event.time.known().map(|time| time.start), Some(stamp(start).into()), "{id}");
        let published = story.report(id).and_then(|report| report.sent).map(day_at).expect("when it was sent");
        if let Some(weekday) = WEEKDAYS.iter().position(|weekday| stated.ends_with(weekday)) {
            assert_eq!(usize::try_from(day(start) % 7), Ok(weekday), "{id}");
            assert!((0..7).contains(&(published - day(start))), "{id}");
        }
    }
}

#[test]
fn every_source_of_the_article_is_of_its_kind_and_was_read_in_cnn() {
    for report in Story::read().0.iter().filter(|report| report.id.author == STRIKE.author) {
        let from: Vec<_> = report.from.iter().map(name_of).collect();
        assert_eq!(from, [CNN, WITHHELD], "{}", report.id);
        assert!(report.from.iter().all(|hop| hop.channel == Channel::ONLINE), "{}", report.id);
        assert_eq!((report.status, report.handling), (Status::ACTUAL, Handling::CLEAR), "{}", report.id);
        for hop in report.from.iter().chain(report.claims.iter().flat_map(|claim| &claim.sources)) {
            let source = (name_of(hop), hop.kind);
            assert!(SOURCE_KINDS.contains(&source), "{}: {source:?}", report.id);
        }
    }
}

#[test]
fn every_file_keeps_all_limits_and_links_to_a_report_that_exists() {
    let story = Story::read();
    for report in &story.0 {
        assert_eq!(report.check(), Ok(()), "{}", report.id);
        let same_id = story.0.iter().filter(|other| other.id == report.id);
        assert_eq!(same_id.count(), 1, "{} stands twice", report.id);
        let links = report.links.iter().map(|link| link.id);
        let abouts = report.claims.iter().filter_map(|claim| Some(claim.about?.id));
        for id in links.chain(abouts) {
            assert!(story.report(id).is_some(), "{} names {id}", report.id);
        }
    }
}

#[test]
fn every_file_survives_bytes_and_json() {
    for report in &Story::read().0 {
        let survived = everywhere(report, |copy| (copy == report).then_some(()).ok_or_else(String::new));
        assert_eq!(survived, Ok(()), "{}", report.id);
    }
}

#[test]
fn every_file_is_canonical_json_with_an_indent() {
    for (file, text) in &*FILES {
        let pretty = serde_json::to_string_pretty(&parse(file, text)).expect("JSON");
        assert_eq!(*text, pretty + "\n", "{file}");
    }
}

/// Something that must never happen to these reports; the error says what did.
type Check = fn(&Story) -> Result<(), String>;

fn rival_deaths_stand_apart(story: &Story) -> Result<(), String> {
    let killed = killed_on(story, day("2016-09-17"));
    let expected = Range { least: 62, most: 83 };
    (killed == expected).then_some(()).ok_or(format!("killed on the day of the strike: {killed:?}"))
}

fn the_war_is_in_no_daily_total(story: &Story) -> Result<(), String> {
    story.0.iter().map(day_of).try_for_each(|day| {
        let killed = killed_on(story, day);
        (killed.most < 430_000).then_some(()).ok_or(format!("killed on day {day}: {killed:?}"))
    })
}

fn aleppo_has_no_point(story: &Story) -> Result<(), String> {
    story.event(ALEPPO).and_then(|event| event.place.known()).ok_or("no place")?;
    let reports = story.0.iter().filter(|report| {
        let about = |claim: &Claim| claim.about.is_some_and(|about| about.id == ALEPPO);
        let linked = |rel| has_link(report, rel, ALEPPO);
        report.id == ALEPPO || linked(LinkRel::DUPLICATE_OF) || linked(LinkRel::SAME_INCIDENT) || report.claims.iter().any(about)
    });
    reports
        .flat_map(|report| {
            let event = report.event.iter().filter_map(|event| event.place.known());
            let claims = report.claims.iter().filter_map(|claim| match &claim.said {
                Some(Statement::Place(place)) => Some(place),
                _ => None,
            });
            event.chain(claims).map(|place| (report.id, place.point))
        })
        .try_for_each(|(id, point)| point.map_or(Ok(()), |_| Err(format!("{id} has a point"))))
}

fn nothing_was_delivered(story: &Story) -> Result<(), String> {
    everywhere(story.report(AID).ok_or("no report")?, |report| {
        let counts = report.event.iter().flat_map(|event| &event.counts);
        let mut deliveries = counts.filter(|count| count.of == CountOf::DELIVERIES);
        deliveries.any(|count| count.value == Said::Known(0)).then_some(()).ok_or("the zero is gone".into())
    })
}

fn the_perpetrator_of_aleppo_is_unknown(story: &Story) -> Result<(), String> {
    everywhere(story.report(ALEPPO).ok_or("no report")?, |report| {
        let mut parties = report.event.iter().flat_map(|event| &event.parties);
        let perpetrator = parties.find(|party| party.role == Role::PERPETRATOR);
        let name = perpetrator.ok_or("no perpetrator")?.name;
        (name == Name::UNKNOWN).then_some(()).ok_or("the perpetrator is not unknown".into())
    })
}

/// Breaks good reports on purpose and sees that the check says `why`.
fn must_fail(check: Check, why: &str, spoil: impl FnOnce(&mut Story)) {
    let mut story = Story::read();
    spoil(&mut story);
    let error = check(&story).expect_err("the check passes on broken reports");
    assert!(error.contains(why), "{error}");
}

/// Holds the report itself to `check`, and what comes back of it from bytes and from JSON.
fn everywhere(report: &Report<'_>, check: impl Fn(&Report<'_>) -> Result<(), String>) -> Result<(), String> {
    check(report)?;
    let mut buffer = vec![0; increp::MAX_LEN];
    let bytes = increp::encode(report, &mut buffer).expect("a good report");
    check(&increp::decode(bytes).expect("our own bytes")).map_err(|error| error + " in bytes")?;
    let json = serde_json::to_string(report).expect("JSON");
    check(&serde_json::from_str(&json).expect("our own JSON")).map_err(|error| error + " in JSON")
}

/// A fact of the news report and how it is found in the reports.
struct Fact {
    number: u8,
    what: &'static str,
    holds: fn(&Story) -> bool,
}

const fn fact(number: u8, what: &'static str, holds: fn(&Story) -> bool) -> Fact {
    Fact { number, what, holds }
}

fn facts_found_in(story: &Story) -> Vec<u8> {
    let found = FACTS.iter().filter(|fact| (fact.holds)(story));
    found.map(|fact| fact.number).collect()
}

const FACTS: [Fact; 49] = [
    fact(1, "62 soldiers killed, says the Russian military through state media", |story| {
        soldiers(story).is_some_and(|who| story.says(STRIKE, &RUSSIAN_MILITARY, Act::ASSERT, &Statement::Count(killed(62, who))))
    }),
    fact(2, "83 killed, says the Observatory, beside the 62", |story| {
        soldiers(story).is_some_and(|who| {
            let figure = |value| Some(Statement::Count(killed(value, who)));
            let claims = || story.report(STRIKE).into_iter().flat_map(|report| &report.claims);
            story.says(STRIKE, &[OBSERVATORY], Act::ASSERT, &Statement::Count(killed(83, who)))
                && claims().any(|claim| claim.said == figure(62))
                && claims().any(|claim| claim.said == figure(83))
        })
    }),
    fact(3, "at least 120 soldiers injured: a minimum without a value", |story| {
        soldiers(story).is_some_and(|who| {
            let injured = Count { of: CountOf::INJURED, min: Some(120), who: Some(who), ..Count::default() };
            story.says(STRIKE, &[OBSERVATORY], Act::ASSERT, &Statement::Count(injured))
        })
    }),
    fact(4, "dozens killed: the word, not a number", |story| {
        soldiers(story).is_some_and(|who| {
            let dozens = Count { of: CountOf::KILLED, term: Term::DOZENS, who: Some(who), ..Count::default() };
            story.counts(STRIKE, &dozens)
        })
    }),
    fact(5, "at least one woman killed in Aleppo", |story| {
        let woman = Who { sex: Sex::FEMALE, age: Age::ADULT, ..Who::default() };
        story.counts(ALEPPO, &Count { of: CountOf::KILLED, min: Some(1), who: Some(woman), ..Count::default() })
    }),
    fact(6, "many injured, some of them critically", |story| {
        let critical = Who { severity: Severity::CRITICAL, ..Who::default() };
        let injured = Count { of: CountOf::INJURED, ..Count::default() };
        story.counts(ALEPPO, &Count { term: Term::MANY, ..injured.clone() })
            && story.counts(ALEPPO, &Count { term: Term::SOME, who: Some(critical), ..injured })
    }),
    fact(7, "the pilot killed", |story| {
        story.party_index(AIRCRAFT, Role::OWNER, "Syria").is_some_and(|owner| {
            let pilot = Who { party: owner.into(), role: PersonRole::PILOT, ..Who::default() };
            story.says(AIRCRAFT, &MILITARY_SOURCE, Act::ASSERT, &Statement::Count(killed(1, pilot)))
        })
    }),
    fact(8, "about 430,000 killed since 2011, cumulative", |story| {
        let since_2011 = Count {
            of: CountOf::KILLED,
            value: Said::Known(430_000),
            approx: true,
            scope: Scope::CUMULATIVE,
            period: Some(Period { start: date("2011"), end: None }),
            ..Count::default()
        };
        story.counts(WAR, &since_2011)
    }),
    fact(9, "many violations since the truce began", |story| {
        let violations = Count {
            of: CountOf::VIOLATIONS,
            term: Term::MANY,
            scope: Scope::PERIOD,
            period: Some(Period { start: date("2016-09-12"), end: None }),
            ..Count::default()
        };
        story.counts(CEASEFIRE, &violations)
    }),
    // "Multiple" is the word that says: two or more. A vague word stands alone.
    fact(10, "multiple attacks", |story| {
        story.counts(ALEPPO, &Count { of: CountOf::ATTACKS, term: Term::MULTIPLE, ..Count::default() })
    }),
    fact(11, "asked who struck Aleppo, and nobody knows", |story| {
        story.parties(ALEPPO).any(|party| party.role == Role::PERPETRATOR && party.name == Name::UNKNOWN)
    }),
    fact(12, "the first strikes in Aleppo since the truce took effect, says the Observatory", |story| {
        story.by(ALEPPO, &[OBSERVATORY], Act::ASSERT).any(|spoken| {
            let in_aleppo = matches!(&spoken.claim.said, Some(Statement::Place(place)) if place.name == "Aleppo".into());
            in_aleppo && spoken.claim.first_since == date("2016-09-12")
        })
    }),
    fact(13, "rebel strongholds in the east of Aleppo, without a point", |story| {
        let east = Place { relation: Relation::PART_EAST, name: "Aleppo".into(), ..Place::default() };
        story.is_at(ALEPPO, &east)
            && story.objects(ALEPPO).any(|object| {
                (object.role, object.kind) == (ObjectRole::TARGET_ACTUAL, ObjectKind::POSITION)
                    && object.name == "rebel strongholds".into()
            })
            && story.parties(ALEPPO).any(|party| (party.role, party.kind) == (Role::TARGET_ACTUAL, PartyKind::REBEL))
    }),
    fact(14, "near Deir Ezzor Airport", |story| {
        let near = Place { relation: Relation::NEAR, name: "Deir Ezzor Airport".into(), ..Place::default() };
        story.is_at(STRIKE, &near)
    }),
    fact(15, "in an area that the truce does not cover", |story| {
        story.truce(STRIKE).is_some_and(|truce| truce.coverage == Coverage::EXCLUDED_AREA)
    }),
    fact(16, "ISIS is a group that the truce does not cover", |story| {
        story.by(CEASEFIRE, &["United States"], Act::ASSERT).any(|spoken| {
            spoken.truce().is_some_and(|truce| truce.coverage == Coverage::EXCLUDED_GROUP && truce.party == Some("ISIS".into()))
        })
    }),
    fact(17, "the sixth day as stated, beside a start from which it would be the seventh", |story| {
        story.truce(CEASEFIRE).is_some_and(|truce| truce.day == Some(6) && truce.start == date("2016-09-12"))
            && story.is_on(CEASEFIRE, "2016-09-12", TimePrecision::DAY, "last Monday")
    }),
    fact(18, "brokered by Washington and Moscow", |story| {
        story.has_party(CEASEFIRE, Role::GUARANTOR, "United States") && story.has_party(CEASEFIRE, Role::GUARANTOR, "Russia")
    }),
    fact(19, "meant for ISIS, hit Syrian soldiers", |story| {
        let isis = Statement::Party(party(Role::TARGET_INTENDED, "ISIS", PartyKind::REBEL));
        story.says(STRIKE, &["US military"], Act::ASSERT, &isis)
            && story.has_party(STRIKE, Role::TARGET_INTENDED, "ISIS")
            && story.has_party(STRIKE, Role::TARGET_ACTUAL, "Syrian army")
    }),
    fact(20, "the target differs by source; one actor under three names", |story| {
        let target = |origin, role, kind, name: &'static str| {
            let object = Object { role, kind, name: name.into(), ..Object::default() };
            story.says(STRIKE, &[origin], Act::ASSERT, &Statement::Object(object))
        };
        let intended = ObjectRole::TARGET_INTENDED;
        let daesh = Party { aka: Some("ISIS".into()), ..party(Role::TARGET_INTENDED, "Daesh", PartyKind::REBEL) };
        target(AUSTRALIAN_DEFENCE, intended, ObjectKind::POSITION, "Daesh fighting position")
            && target("United States", intended, ObjectKind::TANK, "ISIS tank position")
            && target(CENTCOM, ObjectRole::TARGET_ACTUAL, ObjectKind::VEHICLE, "personnel and vehicles")
            && story.parties(STRIKE).any(|party| party.name == "ISIS".into() && party.aka == Some("ISIL".into()))
            && story.says(STRIKE, &[AUSTRALIAN_DEFENCE], Act::ASSERT, &Statement::Party(daesh))
    }),
    fact(21, "watched for some time: words about the target", |story| {
        story
            .by(STRIKE, &[AUSTRALIAN_DEFENCE], Act::ASSERT)
            .any(|spoken| spoken.is_about(Part::OBJECTS) && matches!(spoken.claim.said, Some(Statement::Text(_))))
    }),
    fact(22, "a coalition, of whose members some are named", |story| {
        let admitted = |role, name: &'static str, open| {
            let party = party(role, name, PartyKind::EXTERNAL);
            let expected = Party { attribution: Attribution::ADMITTED, open, ..party };
            story.parties(STRIKE).any(|party| *party == expected)
        };
        admitted(Role::PERPETRATOR, "US-led coalition", false)
            && admitted(Role::PERPETRATOR, "US military", false)
            && admitted(Role::PARTICIPANT, "Australia", true)
    }),
    fact(23, "the US military admits the strikes", |story| {
        let admitted = party(Role::PERPETRATOR, "US military", PartyKind::EXTERNAL);
        story.says(STRIKE, &["US military"], Act::ADMIT, &Statement::Party(admitted))
    }),
    fact(24, "Australia admits to have taken part", |story| {
        let admitted = Party { open: true, ..party(Role::PARTICIPANT, "Australia", PartyKind::EXTERNAL) };
        story.says(STRIKE, &[AUSTRALIAN_DEFENCE], Act::ADMIT, &Statement::Party(admitted))
    }),
    fact(25, "by mistake, says the US; deliberately, it denies", |story| {
        story.says(STRIKE, &["US military"], Act::ASSERT, &Statement::Intent(Intent::MISTAKEN))
            && story.says(STRIKE, &[CENTCOM], Act::DENY, &Statement::Intent(Intent::DELIBERATE))
    }),
    fact(26, "Russia and Syria accuse and condemn, Syria through SANA", |story| {
        let against = |sources: &[&str], act, whom: &'static str| {
            story.by(STRIKE, sources, act).any(|spoken| spoken.claim.against == Some(whom.into()))
        };
        let of_intent = |sources: &[&str], whom: &'static str| {
            story.by(STRIKE, sources, Act::ACCUSE).any(|spoken| {
                let words = matches!(spoken.claim.said, Some(Statement::Text(_)));
                words && spoken.is_about(Part::INTENT) && spoken.claim.against == Some(whom.into())
            })
        };
        of_intent(&["Russia"], "United States")
            && of_intent(&["Syria"], "United States")
            && of_intent(&["Syrian military", "SANA"], "US-led coalition")
            && against(&["Syrian military", "SANA"], Act::CONDEMN, "US-led coalition")
            && against(&[RUSSIAN_FOREIGN_MINISTRY], Act::CONDEMN, "US-led coalition")
    }),
    fact(27, "the coalition told Russia before, says CENTCOM", |story| {
        story.says(STRIKE, &[CENTCOM], Act::ASSERT, &Statement::Notice(told_before(Specificity::UNSPECIFIED)))
    }),
    fact(28, "a broad area alone, as is usual, says an official who is not named", |story| {
        let notice = Statement::Notice(told_before(Specificity::BROAD_AREA));
        let by_official = || {
            let by_us = story.by(STRIKE, &["United States"], Act::ASSERT);
            by_us.filter(|spoken| spoken.is_about(Part::NOTICE) && spoken.person().contains("not named"))
        };
        by_official().any(|spoken| spoken.claim.said.as_ref() == Some(&notice))
            && by_official().any(|spoken| matches!(spoken.claim.said, Some(Statement::Text(_))))
    }),
    fact(29, "no coordination, Russia accuses through Sputnik", |story| {
        story.by(STRIKE, &[RUSSIAN_DEFENCE, "Sputnik"], Act::ACCUSE).any(|spoken| {
            spoken.claim.said == Some(Statement::Notice(told_before(Specificity::NONE)))
                && spoken.claim.against == Some("United States".into())
        })
    }),
    fact(30, "halted at once when Russia said what was possible: two sources", |story| {
        let by_centcom = Notice {
            from: Some("Russia".into()),
            to: Some("US-led coalition".into()),
            timing: Timing::DURING,
            response: Response::HALTED_AT_ONCE,
            certainty: Certainty::POSSIBLE,
            ..Notice::default()
        };
        let by_australia =
            Notice { to: Some("Combined Air Operations Center".into()), channel: Channel::COORDINATION_CELL, ..by_centcom.clone() };
        story.says(STRIKE, &[CENTCOM], Act::ASSERT, &Statement::Notice(by_centcom))
            && story.says(STRIKE, &[AUSTRALIAN_DEFENCE], Act::ASSERT, &Statement::Notice(by_australia))
    }),
    fact(31, "regret to Syria through Russia; regret if it was so", |story| {
        let regrets = || story.by(STRIKE, &["United States"], Act::REGRET).map(|spoken| spoken.claim);
        regrets().any(|claim| claim.to == Some("Syria".into()) && claim.via == Some("Russia".into()))
            && regrets().any(|claim| claim.certainty == Certainty::CONDITIONAL)
    }),
    fact(32, "Australia's condolences to the families", |story| {
        let mut condolences = story.by(STRIKE, &["Australia"], Act::CONDOLE);
        condolences.any(|spoken| spoken.claim.to == Some("families of the victims".into()))
    }),
    fact(33, "chains of four hops, one of them withheld, a republisher at the end", |story| {
        let has_chain = |event, chain: [&str; 4]| story.about(event).any(|spoken| spoken.chain().eq(chain));
        has_chain(GROUND_ATTACK, [RUSSIAN_DEFENCE, "Sputnik", CNN, WITHHELD])
            && has_chain(AIRCRAFT, [WITHHELD, "SANA", CNN, WITHHELD])
            && has_chain(STRIKE, [RUSSIAN_MILITARY[0], RUSSIAN_MILITARY[1], CNN, WITHHELD])
    }),
    fact(34, "by which channel, through which outlet, by which spokesperson", |story| {
        let amaq =
            |hop: &Hop| hop.name == "Amaq".into() && (hop.kind, hop.channel) == (SourceKind::MEDIA_AFFILIATED, Channel::ONLINE);
        let interviewer =
            |report: &Report| report.from.iter().any(|hop| hop.person.is_some_and(|person| person.as_str() == "Becky Anderson"));
        let spoke = |person: &str, channel| {
            story.spoken().any(|spoken| {
                spoken.person().starts_with(person) && spoken.claim.sources.first().is_some_and(|hop| hop.channel == channel)
            })
        };
        story.about(AIRCRAFT).any(|spoken| spoken.claim.sources.get(1).is_some_and(amaq))
            && spoke("Maria Zakharova, spokeswoman", Channel::SOCIAL)
            && story.spoken().any(|spoken| spoken.chain().eq([RUSSIAN_FOREIGN_MINISTRY, "Facebook", CNN, WITHHELD]))
            && spoke("Bouthaina Shaaban, political and media adviser", Channel::INTERVIEW)
            && story.spoken().any(|spoken| spoken.person().starts_with("Bouthaina Shaaban") && interviewer(spoken.report))
            && spoke("Vitaly Churkin, permanent representative", Channel::UNSPECIFIED)
            && spoke("Samantha Power, ambassador", Channel::PRESS_CONFERENCE)
            && spoke("Lt. Col. Rick Francona, military analyst", Channel::INTERVIEW)
    }),
    fact(35, "a Syrian aircraft shot down: ISIS claims it, its opponent says so too", |story| {
        let isis = party(Role::PERPETRATOR, "ISIS", PartyKind::REBEL);
        let shooter = Party { attribution: Attribution::SELF_CLAIMED, ..isis.clone() };
        let isis = Statement::Party(isis);
        story.counts(AIRCRAFT, &Count { of: CountOf::AIRCRAFT, value: Said::Known(1), ..Count::default() })
            && story.objects(AIRCRAFT).any(|object| (object.kind, object.effect) == (ObjectKind::AIRCRAFT, Effect::SHOT_DOWN))
            && story.has_party(AIRCRAFT, Role::OWNER, "Syria")
            && story.parties(AIRCRAFT).any(|party| *party == shooter)
            && story.says(AIRCRAFT, &["ISIS", "Amaq"], Act::CLAIM_RESPONSIBILITY, &isis)
            && story.says(AIRCRAFT, &MILITARY_SOURCE, Act::ACCUSE, &isis)
    }),
    fact(36, "ISIS held a position briefly, say Russia and Syria", |story| {
        let taken = Statement::Control(Control {
            from: Some("Syrian army".into()),
            to: Some("ISIS".into()),
            extent: Extent::POSITION,
            held: Held::BRIEF,
        });
        story.says(GROUND_ATTACK, &["Russia"], Act::ASSERT, &taken) && story.says(GROUND_ATTACK, &["Syria"], Act::ASSERT, &taken)
    }),
    fact(37, "the army has it back, says SANA; follows the attack", |story| {
        let back =
            Control { from: Some("ISIS".into()), to: Some("Syrian army".into()), extent: Extent::POSITION, ..Control::default() };
        story.says(RECAPTURE, &["SANA"], Act::ASSERT, &Statement::Control(back))
            && story.links(RECAPTURE, LinkRel::FOLLOWS, GROUND_ATTACK)
            && story.states_time(RECAPTURE, "quickly")
    }),
    fact(38, "the ground attack follows the strike", |story| {
        let isis = Statement::Party(party(Role::PERPETRATOR, "ISIS", PartyKind::REBEL));
        story.links(GROUND_ATTACK, LinkRel::FOLLOWS, STRIKE)
            && story.says(GROUND_ATTACK, &[RUSSIAN_DEFENCE, "Sputnik"], Act::ACCUSE, &isis)
            && story.states_time(GROUND_ATTACK, "after the airstrikes")
    }),
    fact(39, "ISIS holds most of the city, for years: a state, not an event", |story| {
        let held = Control { to: Some("ISIS".into()), extent: Extent::MOST, held: Held::ONGOING, ..Control::default() };
        story
            .event(DEIR_EZZOR_CITY)
            .is_some_and(|event| event.kind == EventType::SITUATION && event.control.as_ref() == Some(&held))
            && story.is_at(DEIR_EZZOR_CITY, &Place { name: "Deir Ezzor".into(), ..Place::default() })
            && story.states_time(DEIR_EZZOR_CITY, "for years")
    }),
    fact(40, "aid delayed at the border since the truce began, 0 delivered", |story| {
        let delayed = |access: &Access| access.state == AccessState::DELAYED && access.destination == Some("besieged areas".into());
        let at_border = |place: &Place| place.relation == Relation::ALONG_BORDER && place.name == "Turkish border".into();
        story.access(AID).is_some_and(delayed)
            && story.event(AID).and_then(|event| event.place.known()).is_some_and(at_border)
            && story.counts(AID, &Count { of: CountOf::DELIVERIES, value: Said::Known(0), ..Count::default() })
            && story.is_on(AID, "2016-09-12", TimePrecision::DAYS, "nearly a week")
    }),
    fact(41, "the warring parties' guarantee is awaited", |story| {
        story.access(AID).is_some_and(|access| {
            (access.constraint, access.reason) == (Constraint::HOSTILITIES, AccessReason::AWAITING_GUARANTEE)
                && access.awaiting == Some("warring parties".into())
        })
    }),
    fact(42, "each says that the other breaks the truce; Syria says that it keeps it", |story| {
        let conduct = |voice, act, whom: &str, conduct| {
            story
                .by(CEASEFIRE, &[voice], act)
                .any(|spoken| spoken.truce().is_some_and(|truce| truce.party == Some(whom.into()) && truce.conduct == conduct))
        };
        conduct("Russia", Act::ACCUSE, "United States", Conduct::BROKEN)
            && conduct("United States", Act::ACCUSE, "Russia", Conduct::BROKEN)
            && conduct("Syria", Act::ASSERT, "Syria", Conduct::KEPT)
    }),
    fact(43, "Russia convened the Security Council over the strike; Churkin walked out", |story| {
        story.event(MEETING).is_some_and(|event| event.kind == EventType::MEETING)
            && story.has_party(MEETING, Role::CONVENER, "Russia")
            && story.has_party(MEETING, Role::PARTICIPANT, "UN Security Council")
            && story.links(MEETING, LinkRel::RESPONDS_TO, STRIKE)
            && story.by(MEETING, &["Russia"], Act::WALK_OUT).any(|spoken| spoken.person().starts_with("Vitaly Churkin"))
    }),
    fact(44, "the truce in danger, assesses Russia; the plan possibly, an analyst", |story| {
        story.by(CEASEFIRE, &["Russia"], Act::ASSESS).any(|spoken| spoken.is_about(Part::TRUCE))
            && story.by(JOINT_CENTER, &[CNN], Act::ASSESS).any(|spoken| {
                spoken.claim.certainty == Certainty::POSSIBLE
                    && spoken.claim.sources.first().is_some_and(|hop| hop.kind == SourceKind::ANALYST)
            })
    }),
    fact(45, "a joint centre planned within days, once the aid is in", |story| {
        let two_days_on = |spoken: Spoken| {
            matches!(&spoken.claim.said, Some(Statement::Time(time))
                if time.start == stamp("2016-09-19").into() && time.precision == TimePrecision::DAY)
        };
        let asks_why_then = |spoken: Spoken| spoken.is_about(Part::TIME) && spoken.person().starts_with("Vitaly Churkin");
        story.event(JOINT_CENTER).is_some_and(|event| event.planned)
            && story.is_on(JOINT_CENTER, "2016-09-19", TimePrecision::DAYS, "in the next few days")
            && story.has_party(JOINT_CENTER, Role::PARTICIPANT, "United States")
            && story.has_party(JOINT_CENTER, Role::PARTICIPANT, "Russia")
            && story.objects(JOINT_CENTER).any(|object| object.name == "Joint Implementation Center".into())
            && story.links(JOINT_CENTER, LinkRel::WAITS_FOR, AID)
            && story.by(JOINT_CENTER, &["Russia"], Act::ASSERT).any(two_days_on)
            && story.by(STRIKE, &["Russia"], Act::QUESTION).any(asks_why_then)
    }),
    fact(46, "the US commits itself to the truce", |story| {
        story.by(CEASEFIRE, &["United States"], Act::COMMIT).any(|spoken| spoken.is_about(Part::TRUCE))
    }),
    fact(47, "one group under its new and its old name", |story| {
        let group = party(Role::TARGET_INTENDED, "Jabhat Fateh Al-Sham", PartyKind::REBEL);
        let renamed = Party { aka: Some("Jabhat al-Nusra".into()), ..group };
        story.parties(JOINT_CENTER).any(|party| *party == renamed)
    }),
    fact(48, "what Russia says is Russia's; what is said with an if stays conditional", |story| {
        let conditional = |spoken: Spoken| {
            spoken.claim.said == Some(Statement::Intent(Intent::MISTAKEN)) && spoken.claim.certainty == Certainty::CONDITIONAL
        };
        story.by(CEASEFIRE, &["Russia"], Act::ASSESS).count() == 1
            && story.by(STRIKE, &["US military"], Act::ASSERT).any(conditional)
            && story
                .by(STRIKE, &["United States"], Act::ASSERT)
                .any(|spoken| conditional(spoken) && spoken.person().starts_with("Samantha Power"))
    }),
    fact(49, "a later figure in place of an earlier one, a retraction, a copy, the same incident", |story| {
        let is_update = |id| story.report(id).is_some_and(|report| report.kind == Kind::UPDATE);
        let says_killed = |report, sources: &[&str], value| {
            story.by(report, sources, Act::ASSERT).any(|spoken| {
                matches!(&spoken.claim.said, Some(Statement::Count(count))
                    if count.of == CountOf::KILLED && count.value == Said::Known(value))
            })
        };
        let dozens = |count: &Count| count.of == CountOf::KILLED && count.term == Term::DOZENS;
        let voices = [11, 12, 14, 15, 16].map(|seq| Id::new(17, seq));
        let medic = ["Wadi Sahl health post"];
        is_update(STRIKE_UPDATE)
            && story.event_counts(STRIKE_FIRST_WORD).any(dozens)
            && says_killed(STRIKE_UPDATE, &RUSSIAN_MILITARY, 62)
            && story.links(STRIKE_UPDATE, LinkRel::REPLACES, STRIKE_FIRST_WORD)
            && story.links(STRIKE_UPDATE, LinkRel::SAME_INCIDENT, STRIKE)
            && voices.iter().all(|voice| story.links(*voice, LinkRel::SAME_INCIDENT, STRIKE))
            && story.links(ALEPPO_AGAIN, LinkRel::DUPLICATE_OF, ALEPPO)
            && is_update(SHELLING_CORRECTED)
            && story.links(SHELLING_CORRECTED, LinkRel::REPLACES, SHELLING)
            && says_killed(SHELLING, &medic, 9)
            && says_killed(SHELLING_CORRECTED, &medic, 6)
            && story.by(SHELLING, &medic, Act::RETRACT).any(|spoken| spoken.is_about(Part::COUNTS))
    }),
];

/// A thing that one of the other stories says, and how it is found in the reports.
type OtherFact = (&'static str, fn(&Story) -> bool);

const OTHER_STORIES: [OtherFact; 6] = [
    ("a ranger's snare find", |story| {
        let found =
            |of, value, item: &'static str| Count { of, value: Said::Known(value), item: Some(item.into()), ..Count::default() };
        story.event(SNARES).is_some_and(|event| {
            (event.kind, event.weapon) == (EventType::SNARE, Weapon::TRAP)
                && event.observer.as_ref().is_some_and(|observer| observer.means == Means::SEEN)
                && event.place.known().is_some_and(|place| place.point.is_some())
        }) && story.counts(SNARES, &found(CountOf::ITEMS, 17, "wire snares"))
            && story.counts(SNARES, &found(CountOf::ANIMALS, 1, "impala, set free"))
            && story.objects(SNARES).any(|object| (object.kind, object.effect) == (ObjectKind::SNARE, Effect::REMOVED))
            && story.report(SNARES).is_some_and(|report| report.evidence.len() == 1)
    }),
    ("a convoy turned back at a checkpoint", |story| {
        let counts = |of, value| story.counts(CONVOY, &Count { of, value: Said::Known(value), ..Count::default() });
        story.access(CONVOY).is_some_and(|access| {
            (access.state, access.constraint) == (AccessState::TURNED_BACK, Constraint::RESTRICTION_OF_MOVEMENT)
                && (access.reason, access.awaiting) == (AccessReason::PERMIT, Some("provincial governor".into()))
                && access.origin == Some("Qasr Amin".into())
                && access.destination == Some("Tell Sahl".into())
        }) && counts(CountOf::TRUCKS, 12)
            && counts(CountOf::DELIVERIES, 0)
            && story.has_party(CONVOY, Role::PERPETRATOR, "Bab Tell local council")
            && story.has_party(CONVOY, Role::OWNER, "Relief Bridge")
            && story.objects(CONVOY).any(|object| object.kind == ObjectKind::CHECKPOINT)
            && story.by(CONVOY, &["Bab Tell local council"], Act::REFUSE).count() == 1
    }),
    ("an attack on a clinic", |story| {
        story.event(CLINIC).is_some_and(|event| (event.kind, event.weapon) == (EventType::ATTACK_ON_HEALTH, Weapon::ROCKET))
            && story.parties(CLINIC).any(|party| party.role == Role::PERPETRATOR && party.name == Name::UNKNOWN)
            && story.objects(CLINIC).any(|object| {
                (object.kind, object.effect) == (ObjectKind::CLINIC, Effect::DAMAGED) && object.functioning == Functioning::NOT
            })
            && story
                .event_counts(CLINIC)
                .any(|count| count.value == Said::Known(2) && count.who.is_some_and(|who| who.role == PersonRole::HEALTH))
            && story.event_counts(CLINIC).any(|count| count.of == CountOf::INJURED && count.min == Some(7))
            && story.has_party(CLINIC, Role::VICTIM, "staff and patients of the clinic")
            && story.event_counts(CLINIC).any(|count| count.of == CountOf::MISSING && count.value == Said::Unknown)
    }),
    ("14 explosions heard over two hours, north-east, 3 to 5 km", |story| {
        let heard = Observer {
            post: Some("OP-3".into()),
            bearing_deg: Some(45),
            bearing_width_deg: Some(90),
            distance_m: Some(Distance { min: Some(3000), max: Some(5000) }),
            means: Means::HEARD,
        };
        let two_hours = |time: &Time| {
            let start = time.start.known().map_or(0, |start| start.seconds());
            time.end.is_some_and(|end| end.seconds() - start == 2 * 3600)
        };
        story.counts(EXPLOSIONS, &Count { of: CountOf::EXPLOSIONS, value: Said::Known(14), ..Count::default() })
            && story.event(EXPLOSIONS).is_some_and(|event| {
                event.kind == EventType::EXPLOSION
                    && event.observer.as_ref() == Some(&heard)
                    && event.time.known().is_some_and(two_hours)
            })
    }),
    ("a false alarm, taken back", |story| {
        let mut cancels = story.0.iter().filter(|report| report.kind == Kind::CANCEL);
        cancels.any(|report| report.event.is_none() && has_link(report, LinkRel::REPLACES, FALSE_ALARM))
    }),
    ("a mission's own field and its own type of event", |story| {
        story.report(OWN_FIELD).is_some_and(|report| {
            report.mission == Some("smm".into())
                && report.extra.get("smm:patrol") == Some(&Scalar::Integer(12.into()))
                && report.event.as_ref().is_some_and(|event| event.kind == EventType::new(137))
        })
    }),
];

/// How many were killed in the incidents of one day, counted from 1970-01-01.
///
/// Of each incident, what each source at the root of a chain says stands for itself: one figure per root, never a part
/// beside the whole, never rivals added. Rivals span the range of the incident; only incidents are added.
fn killed_on(story: &Story, day: i64) -> Range {
    let mut incidents = BTreeMap::<IdKey, BTreeMap<&str, (usize, Range)>>::new();
    for (report, root, count) in story.standing().flat_map(figures) {
        let counts = (count.of, count.scope) == (CountOf::KILLED, Scope::default());
        let Some(range) = Range::of(count).filter(|_| counts && day_of(report) == day) else {
            continue;
        };
        let roots = incidents.entry(story.incident(report.id)).or_default();
        let figure = (said_of(count.who), range);
        let kept = roots.entry(root).or_insert(figure);
        // The whole says less of whom it counts than its parts do.
        if figure.0 < kept.0 {
            *kept = figure;
        }
    }
    incidents.values().fold(Range { least: 0, most: 0 }, |sum, roots| {
        let ranges = || roots.values().map(|(_, range)| range);
        Range {
            least: sum.least + ranges().map(|range| range.least).min().unwrap_or(0),
            most: sum.most + ranges().map(|range| range.most).max().unwrap_or(0),
        }
    })
}

/// From the least to the greatest figure that is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    least: u32,
    most: u32,
}

impl Range {
    /// `None` for words and for what is not known.
    fn of(count: &Count<'_>) -> Option<Self> {
        let value = count.value.known().copied();
        let least = count.min.or(value).or(count.max.map(|_| 0))?;
        Some(Self { least, most: count.max.or(value).unwrap_or(least) })
    }
}

/// The counts of a report with the source at the root of each, the first that has a name: of the event's, who told the
/// author, or else the author.
fn figures<'s>(report: &'s Report<'static>) -> impl Iterator<Item = (&'s Report<'static>, &'s str, &'s Count<'static>)> {
    let outlet = report.from.first().map_or("the author", name_of);
    let event = report.event.iter().flat_map(|event| &event.counts).map(move |count| (outlet, count));
    let claims = report.claims.iter().filter_map(|claim| match &claim.said {
        Some(Statement::Count(count)) => {
            let root = claim.sources.iter().find_map(|hop| hop.name.known());
            Some((root.unwrap_or(WITHHELD), count))
        }
        _ => None,
    });
    event.chain(claims).map(move |(root, count)| (report, root, count))
}

/// How many things are said of those counted.
fn said_of(who: Option<Who>) -> usize {
    let Some(Who { party, status, sex, age, role, severity }) = who else { return 0 };
    let codes = [status.code(), sex.code(), age.code(), role.code(), severity.code()];
    usize::from(party != Said::Unreported) + codes.iter().filter(|code| **code != 0).count()
}

/// The texts of all files, which outlive the reports that borrow them, with their names.
static FILES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports");
    let entries = fs::read_dir(&folder).expect("tests/reports").map(|entry| entry.expect("a file").path());
    let mut files: Vec<_> = entries.map(|path| (path.display().to_string(), fs::read_to_string(&path).expect("UTF-8"))).collect();
    files.sort();
    files
});

fn parse(file: &str, text: &'static str) -> Report<'static> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// All reports together, and the ways to ask them.
struct Story(Vec<Report<'static>>);

impl Story {
    fn read() -> Self {
        Self(FILES.iter().map(|(file, text)| parse(file, text)).collect())
    }

    fn report(&self, id: Id) -> Option<&Report<'static>> {
        self.0.iter().find(|report| report.id == id)
    }

    fn event(&self, id: Id) -> Option<&Event<'static>> {
        self.report(id)?.event.as_ref()
    }

    fn truce(&self, id: Id) -> Option<&Truce<'static>> {
        self.event(id)?.truce.as_ref()
    }

    fn access(&self, id: Id) -> Option<&Access<'static>> {
        self.event(id)?.access.as_ref()
    }

    fn parties(&self, id: Id) -> impl Iterator<Item = &Party<'static>> {
        self.event(id).into_iter().flat_map(|event| &event.parties)
    }

    fn party_index(&self, id: Id, role: Role, name: &'static str) -> Option<u8> {
        let index = self.parties(id).position(|party| party.role == role && party.name == name.into());
        u8::try_from(index?).ok()
    }

    fn has_party(&self, id: Id, role: Role, name: &'static str) -> bool {
        self.party_index(id, role, name).is_some()
    }

    fn objects(&self, id: Id) -> impl Iterator<Item = &Object<'static>> {
        self.event(id).into_iter().flat_map(|event| &event.objects)
    }

    fn event_counts(&self, id: Id) -> impl Iterator<Item = &Count<'static>> {
        self.event(id).into_iter().flat_map(|event| &event.counts)
    }

    /// Whether the event has exactly this count.
    fn counts(&self, id: Id, count: &Count<'_>) -> bool {
        self.event_counts(id).any(|other| other == count)
    }

    /// Whether the event was at exactly this place.
    fn is_at(&self, id: Id, place: &Place<'_>) -> bool {
        self.event(id).is_some_and(|event| event.place.known() == Some(place))
    }

    /// Whether the event started then, and the words in which that was said.
    fn is_on(&self, id: Id, start: &str, precision: TimePrecision, stated: &'static str) -> bool {
        let on = |time: &Time| time.start == stamp(start).into() && time.precision == precision;
        self.event(id).and_then(|event| event.time.known()).is_some_and(on) && self.states_time(id, stated)
    }

    /// Whether the time of the event was given in these words.
    fn states_time(&self, id: Id, stated: &'static str) -> bool {
        let time = self.event(id).and_then(|event| event.time.known());
        time.is_some_and(|time| time.stated == Some(stated.into()))
    }

    fn links(&self, from: Id, rel: LinkRel, to: Id) -> bool {
        self.report(from).is_some_and(|report| has_link(report, rel, to))
    }

    /// Every claim of every report.
    fn spoken(&self) -> impl Iterator<Item = Spoken<'_>> {
        self.0.iter().flat_map(|report| report.claims.iter().map(move |claim| Spoken { report, claim }))
    }

    /// Every claim about this event, in whatever report.
    fn about(&self, event: Id) -> impl Iterator<Item = Spoken<'_>> {
        self.spoken().filter(move |spoken| spoken.claim.about.map_or(spoken.report.id, |about| about.id) == event)
    }

    /// Every claim about this event that these sources, origin first, make by this act.
    fn by(&self, event: Id, sources: &[&str], act: Act) -> impl Iterator<Item = Spoken<'_>> {
        self.about(event)
            .filter(move |spoken| spoken.claim.act == act && spoken.claim.sources.iter().map(name_of).eq(sources.iter().copied()))
    }

    /// Whether these sources say exactly this of the event.
    fn says(&self, event: Id, sources: &[&str], act: Act, said: &Statement<'_>) -> bool {
        self.by(event, sources, act).any(|spoken| spoken.claim.said.as_ref() == Some(said))
    }

    /// The reports that count: not those that an update or a cancel replaces, nor cancels, nor copies.
    fn standing(&self) -> impl Iterator<Item = &Report<'static>> {
        let replaced = |id| self.0.iter().any(|other| has_link(other, LinkRel::REPLACES, id));
        let copy = |report: &Report| report.links.iter().any(|link| link.rel == LinkRel::DUPLICATE_OF);
        self.0.iter().filter(move |report| report.kind != Kind::CANCEL && !replaced(report.id) && !copy(report))
    }

    /// The incident to which a report belongs: all reports that are one incident, or that replace one another, named by
    /// the least of their ids.
    fn incident(&self, id: Id) -> IdKey {
        let mut same = vec![id];
        loop {
            let links = self.0.iter().flat_map(|report| report.links.iter().map(|link| (report.id, *link)));
            let together = links.filter(|(_, link)| matches!(link.rel, LinkRel::SAME_INCIDENT | LinkRel::REPLACES));
            let ends = together.flat_map(|(from, link)| [(from, link.id), (link.id, from)]);
            let next = ends.filter(|(from, to)| same.contains(from) && !same.contains(to)).map(|(_, to)| to).next();
            match next {
                Some(next) => same.push(next),
                None => return same.into_iter().map(id_key).min().unwrap_or(id_key(id)),
            }
        }
    }

    fn report_mut(&mut self, id: Id) -> &mut Report<'static> {
        self.0.iter_mut().find(|report| report.id == id).expect("a report")
    }

    fn event_mut(&mut self, id: Id) -> &mut Event<'static> {
        self.report_mut(id).event.as_mut().expect("an event")
    }

    fn claimed_count_mut(&mut self, id: Id, claim: usize) -> &mut Count<'static> {
        match self.report_mut(id).claims.get_mut(claim).and_then(|claim| claim.said.as_mut()) {
            Some(Statement::Count(count)) => count,
            other => panic!("no count: {other:?}"),
        }
    }
}

/// A claim with its report.
#[derive(Clone, Copy)]
struct Spoken<'s> {
    report: &'s Report<'static>,
    claim: &'s Claim<'static>,
}

impl<'s> Spoken<'s> {
    /// The names of all hops, from the origin to the author.
    fn chain(self) -> impl Iterator<Item = &'s str> {
        self.claim.sources.iter().chain(&self.report.from).map(name_of)
    }

    /// The name and office of whoever spoke first.
    fn person(self) -> &'s str {
        let origin = self.claim.sources.first();
        origin.and_then(|hop| hop.person).map_or("", |person| person.as_str())
    }

    fn truce(self) -> Option<&'s Truce<'static>> {
        match &self.claim.said {
            Some(Statement::Truce(truce)) => Some(truce),
            _ => None,
        }
    }

    fn is_about(self, part: Part) -> bool {
        self.claim.about.is_some_and(|about| about.part == part)
    }
}

/// An id that can be put in order.
type IdKey = (u32, u32, u32);

fn id_key(id: Id) -> IdKey {
    (id.author, id.epoch, id.seq)
}

fn has_link(report: &Report<'_>, rel: LinkRel, id: Id) -> bool {
    report.links.contains(&Link { rel, id })
}

/// Who it is. Nobody is left unnamed without a word: a name that is withheld is null.
fn name_of<'a>(hop: &Hop<'a>) -> &'a str {
    match hop.name.said() {
        Said::Known(name) => name,
        Said::Unknown => WITHHELD,
        Said::Unreported => panic!("a source without a name"),
    }
}

/// The soldiers whom the strike hit, by their place among the parties.
fn soldiers(story: &Story) -> Option<Who> {
    let army = story.party_index(STRIKE, Role::TARGET_ACTUAL, "Syrian army")?;
    Some(Who { party: army.into(), status: VictimStatus::COMBATANT, ..Who::default() })
}

fn killed(value: u32, who: Who) -> Count<'static> {
    Count { of: CountOf::KILLED, value: value.into(), who: Some(who), ..Count::default() }
}

fn party(role: Role, name: &'static str, kind: PartyKind) -> Party<'static> {
    Party { role, name: name.into(), kind, ..Party::default() }
}

fn told_before(specificity: Specificity) -> Notice<'static> {
    Notice {
        from: Some("US-led coalition".into()),
        to: Some("Russia".into()),
        timing: Timing::BEFORE,
        specificity,
        ..Notice::default()
    }
}

fn date(text: &str) -> Option<Date> {
    Some(text.parse().expect("a date"))
}

fn stamp(text: &str) -> Stamp {
    date(text).expect("a date").at
}

fn day(text: &str) -> i64 {
    day_at(stamp(text))
}

/// The day in UTC, counted from 1970-01-01.
fn day_at(at: Stamp) -> i64 {
    at.seconds().div_euclid(86_400)
}

/// The day to which a report's event counts: when it happened, or when it was sent if that is not known.
fn day_of(report: &Report<'_>) -> i64 {
    let happened = report.event.as_ref().and_then(|event| event.time.known()?.start.known().copied());
    happened.or(report.sent).map_or(0, day_at)
}
