//! `increp example`: a good first report of each event type.

use std::io::Write as _;

use anyhow::Result;
use increp::model::{
    Access, AccessReason, AccessState, Act, Attribution, Claim, Clock, Conduct, Control, Count, CountOf, Coverage, Degrees,
    Distance, Effect, Event, EventType, Extent, Functioning, Hop, Id, Means, Name, Object, ObjectKind, Observer, Party, PartyKind,
    Place, PlacePrecision, Point, Relation, Report, Role, Said, SourceKind, Stamp, Statement, Status, Text, Time, TimePrecision,
    Truce, VictimStatus, Weapon, Who, list,
};

use crate::args::Example;
use crate::exit::Exit;
use crate::files::{Content, Output};
use crate::json;

pub(super) fn run(arguments: &Example) -> Result<Exit> {
    let mut output = Output::open(&arguments.output, Content::Text)?;
    if arguments.list {
        for (_, slug) in EventType::LIST.codes {
            writeln!(output, "{slug}")?;
        }
        output.finish()?;
        return Ok(Exit::Success);
    }
    let slug = arguments.kind.as_deref().unwrap_or_default();
    let Some(code) = EventType::LIST.code(slug) else {
        let hint = json::nearest(slug, EventType::LIST.codes.iter().map(|(_, slug)| *slug));
        let hint = hint.map_or_else(|| "increp example --list names them".to_owned(), |slug| format!("did you mean \"{slug}\"?"));
        say!("increp: expected an event type, found \"{slug}\": {hint}");
        return Ok(Exit::Usage);
    };
    json::write_pretty(&example(EventType::new(code)), &mut output)?;
    output.finish()?;
    Ok(Exit::Success)
}

/// A report to be filled in. It is a draft, so that nobody takes it for the real thing, and its figures and names are made up.
#[must_use]
pub fn example(kind: EventType) -> Report<'static> {
    let mut event = Event { kind, time: Said::Known(time()), place: Said::Known(place()), ..Event::default() };
    match kind {
        EventType::ACCESS_CONSTRAINT | EventType::CHECKPOINT => access(&mut event),
        EventType::MEETING | EventType::STATEMENT | EventType::AGREEMENT => meeting(&mut event),
        EventType::CEASEFIRE_VIOLATION | EventType::WEAPONS_IN_RESTRICTED_AREA => truce(&mut event),
        EventType::GOVERNMENT_REGAINS_TERRITORY
        | EventType::NON_STATE_ACTOR_OVERTAKES_TERRITORY
        | EventType::NON_VIOLENT_TRANSFER_OF_TERRITORY
        | EventType::HEADQUARTERS_OR_BASE_ESTABLISHED
        | EventType::SITUATION => control(&mut event),
        EventType::EXPLOSION | EventType::SMALL_ARMS_FIRE | EventType::OVERFLIGHT => observed(&mut event),
        EventType::DISPLACEMENT => counted(&mut event, CountOf::DISPLACED),
        EventType::ARRESTS | EventType::DETENTION_OF_MONITOR | EventType::ARREST_OF_POACHER => {
            counted(&mut event, CountOf::DETAINED)
        }
        EventType::ABDUCTION_FORCED_DISAPPEARANCE => counted(&mut event, CountOf::ABDUCTED),
        EventType::PEACEFUL_PROTEST | EventType::CHANGE_TO_GROUP_ACTIVITY | EventType::OTHER => {
            counted(&mut event, CountOf::PEOPLE)
        }
        EventType::ATTACK_ON_HEALTH => {
            attack(&mut event);
            let object = Object {
                kind: ObjectKind::CLINIC,
                name: "Central clinic".into(),
                effect: Effect::DAMAGED,
                functioning: Functioning::PARTLY,
                ..Object::default()
            };
            event.objects = list([object]);
        }
        EventType::AIRCRAFT_LOST => {
            event.objects = list([Object { kind: ObjectKind::AIRCRAFT, effect: Effect::SHOT_DOWN, ..Object::default() }]);
            counted(&mut event, CountOf::AIRCRAFT);
        }
        // Patrols count what they find.
        kind if (64..96).contains(&kind.code()) => found(&mut event),
        _ => attack(&mut event),
    }
    Report {
        id: Id::new(1, 1),
        status: Status::DRAFT,
        sent: Some(Stamp::new(1_767_258_000)),
        clock: Clock::GNSS,
        claims: if event.counts.iter().any(|count| count.of == CountOf::KILLED) { list([claim()]) } else { list([]) },
        event: Some(event),
        ..Report::default()
    }
}

fn time() -> Time<'static> {
    // 2026-01-01, half past eight in the morning, two hours east of UTC.
    Time {
        start: Said::Known(Stamp::new(1_767_249_000)),
        precision: TimePrecision::MINUTE,
        utc_offset: Some(8),
        stated: Some(Text::new("this morning")),
        ..Time::default()
    }
}

fn place() -> Place<'static> {
    Place {
        point: Some(Point { lat: Degrees(362_021_000), lon: Degrees(371_343_000) }),
        precision: PlacePrecision::NEAR,
        radius_m: Some(500),
        relation: Relation::NEAR,
        name: "North bridge".into(),
        ..Place::default()
    }
}

fn attack(event: &mut Event<'_>) {
    let perpetrator = Party { role: Role::PERPETRATOR, name: Name::UNKNOWN, ..Party::default() };
    let victim = Party { role: Role::VICTIM, name: "Residents".into(), kind: PartyKind::CIVILIANS, ..Party::default() };
    event.parties = list([perpetrator, victim]);
    let who = Who { party: Said::Known(1), status: VictimStatus::CIVILIAN, ..Who::default() };
    event.counts = list([
        Count { of: CountOf::KILLED, value: Said::Known(2), who: Some(who), ..Count::default() },
        Count { of: CountOf::INJURED, min: Some(5), who: Some(who), ..Count::default() },
    ]);
    event.weapon = match event.kind {
        EventType::AIR_DRONE_STRIKE => Weapon::AIR_DELIVERED,
        EventType::SHELLING_ARTILLERY_MISSILE => Weapon::ARTILLERY,
        EventType::REMOTE_EXPLOSIVE_LANDMINE_IED => Weapon::IED,
        EventType::GRENADE => Weapon::GRENADE,
        EventType::CHEMICAL_WEAPON => Weapon::CHEMICAL,
        EventType::SUICIDE_BOMB => Weapon::SUICIDE_VEST,
        EventType::ARMED_CLASH => Weapon::SMALL_ARMS,
        _ => Weapon::UNSPECIFIED,
    };
}

/// A rival figure stands beside the author's, with its source.
fn claim() -> Claim<'static> {
    let hospital = Hop { name: "District hospital".into(), kind: SourceKind::MEDIC, ..Hop::default() };
    let count = Count { of: CountOf::KILLED, value: Said::Known(3), ..Count::default() };
    Claim { sources: list([hospital]), act: Act::ASSERT, said: Some(Statement::Count(count)), ..Claim::default() }
}

fn access(event: &mut Event<'_>) {
    event.parties = list([Party {
        role: Role::PERPETRATOR,
        name: "Checkpoint guards".into(),
        attribution: Attribution::CONFIRMED,
        ..Party::default()
    }]);
    event.access = Some(Access {
        state: AccessState::TURNED_BACK,
        reason: AccessReason::PERMIT,
        cargo: Some(Text::new("medicine")),
        destination: Some(Text::new("Eastern districts")),
        ..Access::default()
    });
    event.counts = list([
        Count { of: CountOf::TRUCKS, value: Said::Known(12), ..Count::default() },
        Count { of: CountOf::DELIVERIES, value: Said::Known(0), ..Count::default() },
    ]);
}

fn meeting(event: &mut Event<'_>) {
    event.parties = list([
        Party { role: Role::CONVENER, name: "Local council".into(), kind: PartyKind::STATE, ..Party::default() },
        Party {
            role: Role::PARTICIPANT,
            name: "Village elders".into(),
            kind: PartyKind::CIVILIANS,
            open: true,
            ..Party::default()
        },
    ]);
}

fn truce(event: &mut Event<'_>) {
    event.truce = Some(Truce { day: Some(6), coverage: Coverage::COVERED, conduct: Conduct::BROKEN, ..Truce::default() });
    event.counts = list([Count { of: CountOf::VIOLATIONS, min: Some(3), ..Count::default() }]);
}

fn control(event: &mut Event<'_>) {
    event.control = Some(Control {
        from: Some(Text::new("Northern militia")),
        to: Some(Text::new("Government forces")),
        extent: Extent::PART,
        ..Control::default()
    });
}

fn observed(event: &mut Event<'_>) {
    // The post's code and a sector say enough; a point beside them would give the post away.
    event.place = Said::Unreported;
    event.observer = Some(Observer {
        post: Some(Text::new("P7")),
        bearing_deg: Some(45),
        bearing_width_deg: Some(30),
        distance_m: Some(Distance { min: Some(3_000), max: Some(5_000) }),
        means: Means::HEARD,
    });
    let of = match event.kind {
        EventType::EXPLOSION => CountOf::EXPLOSIONS,
        EventType::SMALL_ARMS_FIRE => CountOf::SHOTS,
        _ => CountOf::AIRCRAFT,
    };
    event.counts = list([Count { of, value: Said::Known(14), approx: true, ..Count::default() }]);
}

fn counted(event: &mut Event<'_>, of: CountOf) {
    event.counts = list([Count { of, min: Some(1), ..Count::default() }]);
}

fn found(event: &mut Event<'_>) {
    let item = match event.kind {
        EventType::SNARE => "wire snare",
        EventType::CARCASS | EventType::HUMAN_WILDLIFE_CONFLICT => "elephant",
        EventType::CAMP => "shelter",
        _ => "sign",
    };
    let animal = matches!(event.kind, EventType::CARCASS | EventType::HUMAN_WILDLIFE_CONFLICT);
    let of = if animal { CountOf::ANIMALS } else { CountOf::ITEMS };
    event.counts = list([Count { of, value: Said::Known(4), item: Some(Text::new(item)), ..Count::default() }]);
    event.observer = Some(Observer { means: Means::SEEN, ..Observer::default() });
}
