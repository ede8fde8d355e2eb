//! The code lists. In each 0 is unspecified, a number is never given a second meaning, and an unknown code is kept and
//! written back ("code:137"), but for the lists that every receiver must understand.

use core::fmt;

use serde::de::Deserializer;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::bounds::Bound;
use super::code::{code, codes, understood};
use super::describe::{CodeList, Shape};
use super::leaf::Leaf;
use super::value::Value;
use super::walked::{Slot, Unreported, View, Walked};

codes! {
    /// What the report does to earlier ones. Must be understood.
    Kind "kinds of report" closed default NEW {
        1 NEW "new";
        2 UPDATE "update";
        3 CANCEL "cancel";
    }

    /// Whether it happened. Must be understood: an exercise must never be taken for the real thing.
    Status "statuses" closed default DRAFT {
        1 ACTUAL "actual";
        2 EXERCISE "exercise";
        3 TEST "test";
        4 DRAFT "draft";
    }

    /// Where `sent` comes from.
    Clock "clock sources" open {
        1 GNSS "gnss";
        2 NETWORK "network";
        3 SET_BY_HAND "set_by_hand";
        4 UNSURE "unsure";
    }

    /// What a link sends first, as on military message forms.
    Precedence "precedences" open {
        1 ROUTINE "routine";
        2 PRIORITY "priority";
        3 IMMEDIATE "immediate";
        4 FLASH "flash";
    }

    /// Traffic Light Protocol 2.0 (FIRST). Must be understood. Unset is read as `Report::effective_handling` says.
    Handling "handling marks" unset zero "unset" {
        1 CLEAR "clear";
        2 GREEN "green";
        3 AMBER "amber";
        4 AMBER_STRICT "amber_strict";
        5 RED "red";
    }

    /// How this report stands to another.
    LinkRel "link relations" open {
        1 REPLACES "replaces";
        2 DUPLICATE_OF "duplicate_of";
        3 SAME_INCIDENT "same_incident";
        4 PART_OF "part_of";
        5 FOLLOWS "follows";
        6 RESPONDS_TO "responds_to";
        7 CONTRADICTS "contradicts";
        8 WAITS_FOR "waits_for";
    }

    /// What happened. 1 to 25 are the ACLED sub-events in codebook order, 26 to 63 our own, 64 to 95 ranger patrols, 128 and up a mission's own.
    EventType "event types" open {
        1 GOVERNMENT_REGAINS_TERRITORY "government_regains_territory";
        2 NON_STATE_ACTOR_OVERTAKES_TERRITORY "non_state_actor_overtakes_territory";
        3 ARMED_CLASH "armed_clash";
        4 EXCESSIVE_FORCE_AGAINST_PROTESTERS "excessive_force_against_protesters";
        5 PROTEST_WITH_INTERVENTION "protest_with_intervention";
        6 PEACEFUL_PROTEST "peaceful_protest";
        7 VIOLENT_DEMONSTRATION "violent_demonstration";
        8 MOB_VIOLENCE "mob_violence";
        9 CHEMICAL_WEAPON "chemical_weapon";
        10 AIR_DRONE_STRIKE "air_drone_strike";
        11 SUICIDE_BOMB "suicide_bomb";
        12 SHELLING_ARTILLERY_MISSILE "shelling_artillery_missile";
        13 REMOTE_EXPLOSIVE_LANDMINE_IED "remote_explosive_landmine_ied";
        14 GRENADE "grenade";
        15 SEXUAL_VIOLENCE "sexual_violence";
        16 ATTACK "attack";
        17 ABDUCTION_FORCED_DISAPPEARANCE "abduction_forced_disappearance";
        18 AGREEMENT "agreement";
        19 ARRESTS "arrests";
        20 CHANGE_TO_GROUP_ACTIVITY "change_to_group_activity";
        21 DISRUPTED_WEAPONS_USE "disrupted_weapons_use";
        22 HEADQUARTERS_OR_BASE_ESTABLISHED "headquarters_or_base_established";
        23 LOOTING_PROPERTY_DESTRUCTION "looting_property_destruction";
        24 NON_VIOLENT_TRANSFER_OF_TERRITORY "non_violent_transfer_of_territory";
        25 OTHER "other";
        26 AIRCRAFT_LOST "aircraft_lost";
        27 CEASEFIRE_VIOLATION "ceasefire_violation";
        28 EXPLOSION "explosion";
        29 SMALL_ARMS_FIRE "small_arms_fire";
        30 OVERFLIGHT "overflight";
        31 WEAPONS_IN_RESTRICTED_AREA "weapons_in_restricted_area";
        32 ACCESS_CONSTRAINT "access_constraint";
        33 MEETING "meeting";
        34 STATEMENT "statement";
        35 SITUATION "situation";
        36 ATTACK_ON_HEALTH "attack_on_health";
        37 ATTACK_ON_AID_WORKER "attack_on_aid_worker";
        38 DISPLACEMENT "displacement";
        39 DETENTION_OF_MONITOR "detention_of_monitor";
        40 ATTACK_ON_EDUCATION "attack_on_education";
        41 ATTACK_ON_SHIPPING "attack_on_shipping";
        42 CHECKPOINT "checkpoint";
        43 UNEXPLODED_ORDNANCE "unexploded_ordnance";
        64 POACHING_SIGN "poaching_sign";
        65 SNARE "snare";
        66 CARCASS "carcass";
        67 FIRE "fire";
        68 CAMP "camp";
        69 HUMAN_WILDLIFE_CONFLICT "human_wildlife_conflict";
        70 POACHERS_SEEN "poachers_seen";
        71 ILLEGAL_LOGGING "illegal_logging";
        72 ILLEGAL_GRAZING "illegal_grazing";
        73 ILLEGAL_FISHING "illegal_fishing";
        74 ILLEGAL_MINING "illegal_mining";
        75 ARREST_OF_POACHER "arrest_of_poacher";
    }

    /// How exactly `start` and `end` are known. A superset of ACLED time_precision and UCDP date_prec.
    TimePrecision "time precisions" open {
        1 SECOND "second";
        2 MINUTE "minute";
        3 HOUR "hour";
        4 PART_OF_DAY "part_of_day";
        5 DAY "day";
        6 DAYS "days";
        7 WEEK "week";
        8 MONTH "month";
        9 YEAR "year";
    }

    /// How much of a date is known.
    DateForm "date forms" closed default DAY {
        1 YEAR "year";
        2 MONTH "month";
        3 DAY "day";
        4 SECOND "second";
    }

    /// How exactly the place is known: UCDP where_prec with its numbers.
    PlacePrecision "place precisions" open {
        1 EXACT "exact";
        2 NEAR "near";
        3 ADM2 "adm2";
        4 ADM1 "adm1";
        5 LINE_OR_AREA "line_or_area";
        6 COUNTRY "country";
        7 INTERNATIONAL "international";
    }

    /// How the event lies to the named place.
    Relation "place relations" open {
        1 AT "at";
        2 NEAR "near";
        3 BETWEEN "between";
        4 ALONG_BORDER "along_border";
        5 PART_NORTH "part_north";
        6 PART_EAST "part_east";
        7 PART_SOUTH "part_south";
        8 PART_WEST "part_west";
        9 PART_NORTH_EAST "part_north_east";
        10 PART_SOUTH_EAST "part_south_east";
        11 PART_SOUTH_WEST "part_south_west";
        12 PART_NORTH_WEST "part_north_west";
        13 CENTRE "centre";
        14 OUTSKIRTS "outskirts";
        15 INSIDE "inside";
        16 ALONG_ROAD "along_road";
    }

    /// What a party has to do with the event.
    Role "party roles" open {
        1 PERPETRATOR "perpetrator";
        2 PARTICIPANT "participant";
        3 TARGET_INTENDED "target_intended";
        4 TARGET_ACTUAL "target_actual";
        5 VICTIM "victim";
        6 CONVENER "convener";
        7 GUARANTOR "guarantor";
        8 OWNER "owner";
    }

    /// What a party is: ACLED inter codes.
    PartyKind "party kinds" open {
        1 STATE "state";
        2 REBEL "rebel";
        3 POLITICAL_MILITIA "political_militia";
        4 IDENTITY_MILITIA "identity_militia";
        5 RIOTERS "rioters";
        6 PROTESTERS "protesters";
        7 CIVILIANS "civilians";
        8 EXTERNAL "external";
    }

    /// How sure it is that the party has that role, and who says so.
    Attribution "attributions" open {
        1 ALLEGED "alleged";
        2 SUSPECTED "suspected";
        3 LIKELY "likely";
        4 CONFIRMED "confirmed";
        5 SELF_CLAIMED "self_claimed";
        6 ADMITTED "admitted";
        7 DENIED "denied";
    }

    /// What is counted.
    CountOf "counted things" open {
        1 KILLED "killed";
        2 INJURED "injured";
        3 MISSING "missing";
        4 DETAINED "detained";
        5 ABDUCTED "abducted";
        6 DISPLACED "displaced";
        7 PEOPLE "people";
        8 AIRCRAFT "aircraft";
        9 VEHICLES "vehicles";
        10 TRUCKS "trucks";
        11 ATTACKS "attacks";
        12 EXPLOSIONS "explosions";
        13 SHOTS "shots";
        14 VIOLATIONS "violations";
        15 DELIVERIES "deliveries";
        16 ANIMALS "animals";
        17 ITEMS "items";
    }

    /// A vague word for a number, kept as a word.
    Term "vague words" open {
        1 SOME "some";
        2 SEVERAL "several";
        3 DOZENS "dozens";
        4 SCORES "scores";
        5 HUNDREDS "hundreds";
        6 MANY "many";
        7 MULTIPLE "multiple";
        8 FEW "few";
        9 THOUSANDS "thousands";
    }

    /// What a count covers. Unspecified is the incident itself.
    Scope "count scopes" open zero "incident" {
        1 PERIOD "period";
        2 CUMULATIVE "cumulative";
    }

    /// Status under the law of armed conflict.
    VictimStatus "victim statuses" open {
        1 CIVILIAN "civilian";
        2 COMBATANT "combatant";
        3 HORS_DE_COMBAT "hors_de_combat";
    }

    /// Sex of those counted.
    Sex "sexes" open {
        1 FEMALE "female";
        2 MALE "male";
        3 MIXED "mixed";
    }

    /// Age group of those counted.
    Age "age groups" open {
        1 CHILD "child";
        2 ADULT "adult";
        3 ELDER "elder";
        4 MIXED "mixed";
    }

    /// What those counted do.
    PersonRole "roles of people" open {
        1 PILOT "pilot";
        2 HEALTH "health";
        3 AID "aid";
        4 JOURNALIST "journalist";
        5 RANGER "ranger";
        6 AIRCREW "aircrew";
        7 TEACHER "teacher";
        8 PEACEKEEPER "peacekeeper";
        9 OFFICIAL "official";
        10 RELIGIOUS "religious";
        11 PROTESTER "protester";
        12 DRIVER "driver";
        13 PATIENT "patient";
        14 MONITOR "monitor";
        15 SEAFARER "seafarer";
    }

    /// How bad an injury is.
    Severity "severities" open {
        1 CRITICAL "critical";
        2 SERIOUS "serious";
        3 SLIGHT "slight";
    }

    /// Whether the object was meant or hit.
    ObjectRole "object roles" open {
        1 TARGET_INTENDED "target_intended";
        2 TARGET_ACTUAL "target_actual";
    }

    /// What an object is.
    ObjectKind "object kinds" open {
        1 CLINIC "clinic";
        2 SCHOOL "school";
        3 VEHICLE "vehicle";
        4 AIRCRAFT "aircraft";
        5 POSITION "position";
        6 BRIDGE "bridge";
        7 INSTITUTION "institution";
        8 HOSPITAL "hospital";
        9 AMBULANCE "ambulance";
        10 MARKET "market";
        11 DWELLING "dwelling";
        12 PLACE_OF_WORSHIP "place_of_worship";
        13 CAMP "camp";
        14 WATER "water";
        15 POWER "power";
        16 AIRPORT "airport";
        17 PORT "port";
        18 SHIP "ship";
        19 ROAD "road";
        20 CHECKPOINT "checkpoint";
        21 TANK "tank";
        22 CONVOY "convoy";
        23 WAREHOUSE "warehouse";
        24 BASE "base";
        25 WEAPON "weapon";
        26 FARMLAND "farmland";
        27 LIVESTOCK "livestock";
        28 SNARE "snare";
        29 TRUCK "truck";
        30 COMMUNICATIONS "communications";
    }

    /// What became of an object.
    Effect "effects" open {
        1 DAMAGED "damaged";
        2 DESTROYED "destroyed";
        3 SHOT_DOWN "shot_down";
        4 LOOTED "looted";
        5 OCCUPIED "occupied";
        6 REMOVED "removed";
        7 BURNED "burned";
        8 SEIZED "seized";
    }

    /// How far an object still works.
    Functioning "degrees of function" open {
        1 FULLY "fully";
        2 PARTLY "partly";
        3 NOT "not";
    }

    /// Whether it was meant.
    Intent "intents" open {
        1 DELIBERATE "deliberate";
        2 MISTAKEN "mistaken";
        3 INDISCRIMINATE "indiscriminate";
    }

    /// What it was done with.
    Weapon "weapon classes" open {
        1 SMALL_ARMS "small_arms";
        2 HEAVY_MACHINE_GUN "heavy_machine_gun";
        3 MORTAR "mortar";
        4 ARTILLERY "artillery";
        5 ROCKET "rocket";
        6 MISSILE "missile";
        7 AIR_DELIVERED "air_delivered";
        8 DRONE "drone";
        9 IED "ied";
        10 LANDMINE "landmine";
        11 GRENADE "grenade";
        12 CHEMICAL "chemical";
        13 CLUSTER "cluster";
        14 INCENDIARY "incendiary";
        15 BARREL_BOMB "barrel_bomb";
        16 TANK_GUN "tank_gun";
        17 ANTI_AIRCRAFT "anti_aircraft";
        18 BLADED "bladed";
        19 VEHICLE "vehicle";
        20 SUICIDE_VEST "suicide_vest";
        21 TRAP "trap";
        22 NAVAL_MINE "naval_mine";
    }

    /// Which way the fire went, as the observer sees it.
    Direction "directions of fire" open {
        1 INCOMING "incoming";
        2 OUTGOING "outgoing";
    }

    /// Whether the truce covers the place and the groups.
    Coverage "truce coverages" open {
        1 COVERED "covered";
        2 EXCLUDED_AREA "excluded_area";
        3 EXCLUDED_GROUP "excluded_group";
        4 DISPUTED "disputed";
    }

    /// Whether the truce was kept.
    Conduct "truce conducts" open {
        1 KEPT "kept";
        2 BROKEN "broken";
    }

    /// How much of the place is held.
    Extent "extents of control" open {
        1 ALL "all";
        2 MOST "most";
        3 PART "part";
        4 POSITION "position";
    }

    /// How long it was held.
    Held "durations of control" open {
        1 BRIEF "brief";
        2 ONGOING "ongoing";
    }

    /// When the notice was given.
    Timing "notice timings" open {
        1 BEFORE "before";
        2 DURING "during";
        3 AFTER "after";
    }

    /// How exact the place in the notice was.
    Specificity "notice specificities" open {
        1 NONE "none";
        2 BROAD_AREA "broad_area";
        3 PRECISE "precise";
    }

    /// How words reached their hearer.
    Channel "channels" open {
        1 STATEMENT "statement";
        2 PRESS_CONFERENCE "press_conference";
        3 INTERVIEW "interview";
        4 ONLINE "online";
        5 SOCIAL "social";
        6 BROADCAST "broadcast";
        7 PRINT "print";
        8 MEETING "meeting";
        9 HOTLINE "hotline";
        10 PHONE "phone";
        11 RADIO "radio";
        12 LETTER "letter";
        13 IN_PERSON "in_person";
        14 MESSAGE "message";
        15 COORDINATION_CELL "coordination_cell";
    }

    /// What the one who was told did.
    Response "notice responses" open {
        1 ACKNOWLEDGED "acknowledged";
        2 HALTED_AT_ONCE "halted_at_once";
        3 HALTED "halted";
        4 CONTINUED "continued";
        5 REFUSED "refused";
    }

    /// How sure the speaker is by the speaker's own words.
    Certainty "certainties" open {
        1 CERTAIN "certain";
        2 LIKELY "likely";
        3 POSSIBLE "possible";
        4 CONDITIONAL "conditional";
    }

    /// What became of the access.
    AccessState "access states" open {
        1 DELAYED "delayed";
        2 DENIED "denied";
        3 TURNED_BACK "turned_back";
        4 SUSPENDED "suspended";
        5 PASSED "passed";
        6 LOOTED "looted";
    }

    /// OCHA Access Monitoring and Reporting Framework, with its numbers.
    Constraint "access constraints" open {
        1 DENIAL_OF_NEEDS "denial_of_needs";
        2 OBSTRUCTION_OF_SERVICES "obstruction_of_services";
        3 ENTRY_INTO_COUNTRY "entry_into_country";
        4 RESTRICTION_OF_MOVEMENT "restriction_of_movement";
        5 INTERFERENCE_IN_IMPLEMENTATION "interference_in_implementation";
        6 VIOLENCE_AGAINST_AID "violence_against_aid";
        7 HOSTILITIES "hostilities";
        8 EXPLOSIVE_REMNANTS "explosive_remnants";
        9 PHYSICAL_ENVIRONMENT "physical_environment";
    }

    /// The reason that was given.
    AccessReason "access reasons" open {
        1 AWAITING_GUARANTEE "awaiting_guarantee";
        2 PERMIT "permit";
        3 INSECURITY "insecurity";
        4 INSPECTION "inspection";
        5 FEE "fee";
        6 CARGO_REFUSED "cargo_refused";
        7 STAFF_REFUSED "staff_refused";
        8 ROAD_CLOSED "road_closed";
        9 NO_REASON_GIVEN "no_reason_given";
        10 CURFEW "curfew";
        11 FUEL "fuel";
    }

    /// How it was observed.
    Means "means of observation" open {
        1 SEEN "seen";
        2 HEARD "heard";
        3 CAMERA "camera";
        4 INSTRUMENT "instrument";
        5 TOLD "told";
    }

    /// What a source is.
    SourceKind "kinds of source" open {
        1 WITNESS "witness";
        2 MEDIC "medic";
        3 OFFICIAL_CIVIL "official_civil";
        4 OFFICIAL_MILITARY "official_military";
        5 ARMED_GROUP "armed_group";
        6 MONITOR_NGO "monitor_ngo";
        7 UN "un";
        8 MEDIA_STATE "media_state";
        9 MEDIA_INDEPENDENT "media_independent";
        10 MEDIA_AFFILIATED "media_affiliated";
        11 SOCIAL "social";
        12 ANALYST "analyst";
        13 DEVICE "device";
    }

    /// Reliability of a source on the NATO admiralty scale: a completely reliable to e unreliable, f cannot be judged.
    Reliability "reliabilities" open {
        1 A "a";
        2 B "b";
        3 C "c";
        4 D "d";
        5 E "e";
        6 F "f";
    }

    /// What a source does by saying it.
    Act "acts" open {
        1 ASSERT "assert";
        2 ESTIMATE "estimate";
        3 DENY "deny";
        4 ADMIT "admit";
        5 CLAIM_RESPONSIBILITY "claim_responsibility";
        6 ACCUSE "accuse";
        7 CONDEMN "condemn";
        8 REGRET "regret";
        9 CONDOLE "condole";
        10 DEMAND "demand";
        11 OFFER "offer";
        12 REFUSE "refuse";
        13 ASSESS "assess";
        14 COMMIT "commit";
        15 QUESTION "question";
        16 RETRACT "retract";
        17 WALK_OUT "walk_out";
    }

    /// Which part of a report a claim is about.
    Part "parts of a report" open {
        1 EVENT "event";
        2 TIME "time";
        3 PLACE "place";
        4 PARTIES "parties";
        5 COUNTS "counts";
        6 CONTROL "control";
        7 ACCESS "access";
        8 TRUCE "truce";
        9 NOTICE "notice";
        10 OBJECTS "objects";
        11 INTENT "intent";
    }

    /// What a file is.
    EvidenceKind "kinds of evidence" open {
        1 PHOTO "photo";
        2 VIDEO "video";
        3 AUDIO "audio";
        4 DOCUMENT "document";
        5 SENSOR_LOG "sensor_log";
        6 SAMPLE "sample";
    }
}
