//! Where the vectors of version 1 come from: the stories, what stands at the edges, every code, random reports; and one
//! broken report for each way to break it. What is stored is what counts; this only adds.

use std::fs;

use increp::model::CODE_LISTS;
use increp_tests::vectors::{Accepted, Rejected, encoded, refusal};
use increp_tests::{Seed, filled};
use serde_json::{Value, json};

#[allow(clippy::needless_pass_by_value)] // reads better with json! in place
fn accept(name: &str, json: Value) -> Accepted {
    let bytes = encoded(&json);
    // As the decoder writes it: canonical.
    let json = serde_json::to_value(increp::decode(&bytes).unwrap()).unwrap_or(json);
    Accepted { name: name.to_owned(), json, bytes }
}

/// A report with these members beside the required ones.
#[allow(clippy::needless_pass_by_value)] // the same
fn with(members: Value) -> Value {
    let mut report = json!({ "id": "17-42", "kind": "new", "status": "test" });
    report.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    report
}

pub(crate) fn accepted() -> Vec<Accepted> {
    [stories(), edges(), codes(), random()].concat()
}

fn stories() -> Vec<Accepted> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/reports");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let story = |path: &std::path::PathBuf| {
        let json = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        accept(&format!("story-{}", path.file_stem().unwrap().to_string_lossy()), json)
    };
    files.iter().map(story).collect()
}

fn edges() -> Vec<Accepted> {
    let event = |event: Value| with(json!({ "event": event }));
    let count = |count: Value| event(json!({ "counts": [count] }));
    let time = |time: Value| event(json!({ "time": time }));
    let place = |place: Value| event(json!({ "place": place }));
    let claim = |mut claim: Value| {
        claim["sources"] = json!([{ "name": "A" }]);
        with(json!({ "claims": [claim] }))
    };
    let texts = filled::texts();
    let mut list = vec![accept("edge-longest", serde_json::to_value(filled::longest(&texts)).unwrap())];
    list.extend(
        [
            ("edge-shortest", with(json!({}))),
            ("edge-id-largest", json!({ "id": "4294967295-ffffffff-4294967295", "kind": "new", "status": "actual" })),
            ("edge-id-zero", json!({ "id": "0-0", "kind": "new", "status": "draft" })),
            ("edge-epoch", json!({ "id": "17-5e6f70-42", "kind": "new", "status": "exercise" })),
            ("edge-event-empty", event(json!({}))),
            ("edge-count-zero", count(json!({ "of": "deliveries", "value": 0 }))),
            ("edge-count-unknown", count(json!({ "of": "killed", "value": null }))),
            ("edge-count-unreported", count(json!({ "of": "killed" }))),
            ("edge-count-at-least", count(json!({ "of": "injured", "min": 120 }))),
            ("edge-count-at-most", count(json!({ "of": "injured", "max": 120 }))),
            ("edge-count-low-best-high", count(json!({ "of": "killed", "min": 9, "value": 4, "max": 4294967295u32, "approx": true }))),
            ("edge-count-varint", count(json!({ "of": "shots", "min": 127, "value": 128, "max": 16384 }))),
            ("edge-count-term", count(json!({ "of": "killed", "term": "dozens" }))),
            ("edge-count-cumulative", count(json!({ "of": "killed", "value": 430_000, "approx": true, "scope": "cumulative", "period": { "start": "2011" } }))),
            ("edge-count-period-dates", count(json!({ "of": "items", "item": "snares", "scope": "period", "period": { "start": "2016-09", "end": "2016-09-18T21:10:00+05:45" } }))),
            ("edge-count-who-unknown", count(json!({ "of": "killed", "value": 1, "who": { "party": null } }))),
            ("edge-count-who-empty", count(json!({ "of": "killed", "value": 1, "who": {} }))),
            ("edge-perpetrator-unknown", event(json!({ "parties": [{ "role": "perpetrator", "name": null, "open": true }, { "role": "perpetrator" }] }))),
            ("edge-time-unknown", event(json!({ "time": null, "place": null }))),
            ("edge-time-start-unknown", time(json!({ "start": null, "end": "2016-09-18", "precision": "day", "stated": "before dawn" }))),
            ("edge-time-stated", time(json!({ "stated": "saturday" }))),
            ("edge-time-year", time(json!({ "start": "2011", "precision": "year" }))),
            ("edge-time-year-from-a-day", time(json!({ "start": "2011-03-05", "end": "2012", "precision": "year" }))),
            ("edge-time-week", time(json!({ "start": "2016-09-12", "end": "2016-09-18T12:00:00Z", "precision": "week" }))),
            ("edge-time-month", time(json!({ "start": "2016-09", "end": "2016-09-30", "precision": "month" }))),
            ("edge-time-days", time(json!({ "start": "2016-09-12", "end": "2016-09-18", "precision": "days" }))),
            ("edge-time-part-of-day", time(json!({ "start": "2016-09-17", "precision": "part_of_day", "stated": "late on saturday" }))),
            ("edge-time-offset-none", time(json!({ "start": "2016-09-17T14:00:00Z", "precision": "minute" }))),
            ("edge-time-offset-zero", time(json!({ "start": "2016-09-17T14:00:00+00:00", "precision": "minute" }))),
            ("edge-time-offset-nepal", time(json!({ "start": "2016-09-17T00:00:00+05:45", "end": "2016-09-17T01:30:00+05:45", "precision": "hour" }))),
            ("edge-time-offset-west", time(json!({ "start": "2016-09-17T23:59:59-12:00", "precision": "second" }))),
            ("edge-time-midnight-to-the-second", time(json!({ "start": "2016-09-17T00:00:00Z", "precision": "second" }))),
            ("edge-time-midnight-without-precision", time(json!({ "start": "2016-09-17T00:00:00Z" }))),
            ("edge-time-before-1970", time(json!({ "start": "1948-05-14T16:00:00+02:00", "precision": "hour" }))),
            ("edge-time-first-year", time(json!({ "start": "0001", "end": "9999", "precision": "year" }))),
            ("edge-time-last-second", time(json!({ "start": "9999-12-31T23:59:59Z" }))),
            ("edge-time-leap-day", time(json!({ "start": "2024-02-29", "precision": "day" }))),
            ("edge-time-unknown-precision", time(json!({ "start": "2024-02-29T00:00:00Z", "precision": "code:77" }))),
            ("edge-place-corner", place(json!({ "lat": -90, "lon": -180, "precision": "exact" }))),
            ("edge-place-other-corner", place(json!({ "lat": 90.0, "lon": 180.0, "radius_m": 20_037_508 }))),
            ("edge-place-zero", place(json!({ "lat": 0, "lon": 0 }))),
            ("edge-place-seven-decimals", place(json!({ "lat": 35.2852817, "lon": -0.0000001 }))),
            ("edge-place-name-unknown", place(json!({ "name": null }))),
            ("edge-place-empty", place(json!({}))),
            ("edge-observer", event(json!({ "observer": { "post": "P7", "bearing_deg": 0, "bearing_width_deg": 360, "distance_m": { "min": 0, "max": 20_037_508 }, "means": "heard" } }))),
            ("edge-notice", event(json!({ "notice": { "lead_s": 0, "latency_s": 4294967295u32 } }))),
            ("edge-truce", event(json!({ "truce": { "name": null, "day": 65535, "start": "2016-09-12T19:00:00+03:00" } }))),
            ("edge-planned", event(json!({ "planned": true }))),
            ("edge-unknown-codes", event(json!({ "type": "code:137", "intent": "code:255", "weapon": "code:128", "parties": [{ "role": "code:9", "kind": "code:200" }] }))),
            ("edge-claim-nothing-said", claim(json!({ "act": "walk_out" }))),
            ("edge-claim-about", claim(json!({ "act": "deny", "about": { "id": "3-9", "part": "counts" } }))),
            ("edge-claim-party", claim(json!({ "party": { "role": "perpetrator", "name": "B", "attribution": "alleged" } }))),
            ("edge-claim-object", claim(json!({ "object": { "role": "target_intended", "kind": "tank", "name": null, "effect": "damaged", "functioning": "partly" } }))),
            ("edge-claim-count-term", claim(json!({ "act": "estimate", "count": { "of": "injured", "term": "many" } }))),
            ("edge-claim-notice", claim(json!({ "act": "assert", "notice": { "from": "A", "to": "B", "timing": "before", "lead_s": 3600, "latency_s": 60 } }))),
            ("edge-claim-place", claim(json!({ "place": { "lat": 1.5, "lon": 2.5, "precision": "near", "radius_m": 500, "relation": "between", "code": "SY02" }, "credibility": 1, "handling": "red" }))),
            ("edge-claim-time", claim(json!({ "time": { "start": "2016-09-17", "end": "2016-09-18", "precision": "days" }, "credibility": 6 }))),
            ("edge-claim-control", claim(json!({ "control": { "from": "B", "to": "C", "extent": "position", "held": "brief" } }))),
            ("edge-claim-access", claim(json!({ "access": { "state": "delayed", "awaiting": "B" } }))),
            ("edge-claim-truce", claim(json!({ "truce": { "day": 6, "start": "2016-09-12", "party": "B", "conduct": "broken" }, "first_since": "2016-09-12" }))),
            ("edge-claim-text", claim(json!({ "text": "x".repeat(512), "to": "B", "against": "C", "via": "D", "certainty": "conditional" }))),
            ("edge-note-longest", event(json!({ "note": "n".repeat(2048) }))),
            ("edge-text-127-128", event(json!({ "parties": [{ "name": "p".repeat(127) }, { "name": "q".repeat(128) }, { "name": "r".repeat(160) }] }))),
            ("edge-text-scripts", event(json!({ "note": "قصف مدفعي · обстріл · တိုက်ပွဲ · Ciudad Juárez · \u{1f6d1}\u{200b}\u{202e} \" \\ \u{0}\u{1f}\u{7f}\n\t\u{feff}" }))),
            ("edge-extra", with(json!({ "mission": "smm", "extra": { "smm:patrol": true, "smm:leader": false, "smm:count": -9_223_372_036_854_775_808i64, "smm:most": 9_223_372_036_854_775_807i64, "k\"ey \\ é": "text" } }))),
            ("edge-evidence", with(json!({ "evidence": [{ "kind": "photo", "sha256": "00".repeat(32) }, { "sha256": "0123456789abcdef".repeat(4) }] }))),
            ("edge-cancel", json!({ "id": "17-43", "kind": "cancel", "status": "actual", "links": [{ "rel": "replaces", "id": "17-42" }] })),
            ("edge-sent", with(json!({ "sent": "2016-09-18T21:10:00+00:00", "clock": "unsure", "precedence": "flash", "handling": "clear" }))),
            ("edge-sent-before-1970", with(json!({ "sent": "1969-12-31T23:59:59+00:00" }))),
        ]
        .map(|(name, json)| accept(name, json)),
    );
    list
}

/// The n-th code of every list, in small reports, until every list is through.
fn codes() -> Vec<Accepted> {
    let most = CODE_LISTS.iter().map(|list| list.codes.len()).max().unwrap();
    (0..most)
        .map(|at| {
            let code = |name: &str| {
                let list = CODE_LISTS.iter().find(|list| list.name == name).unwrap_or_else(|| panic!("no list {name}"));
                json!(list.codes[at % list.codes.len()].1)
            };
            let who = json!({ "status": code("VictimStatus"), "sex": code("Sex"), "age": code("Age"), "role": code("PersonRole"), "severity": code("Severity") });
            let hop = json!({ "name": "A", "person": "B, spokesperson", "kind": code("SourceKind"), "channel": code("Channel"), "reliability": code("Reliability") });
            let mut report = json!({
                "id": format!("17-{at}"), "kind": if at % 2 == 0 { "new" } else { "update" }, "status": code("Status"), "clock": code("Clock"), "precedence": code("Precedence"),
                "handling": code("Handling"), "mission": "smm",
                "links": [{ "rel": "replaces", "id": "17-900" }, { "rel": code("LinkRel"), "id": "17-901" }],
                "from": [hop],
                "evidence": [{ "kind": code("EvidenceKind"), "sha256": "ab".repeat(32) }],
            });
            report["event"] = json!({
                "type": code("EventType"),
                "time": { "start": "2016-09-17T14:00:00Z", "precision": code("TimePrecision") },
                "place": { "precision": code("PlacePrecision"), "relation": code("Relation"), "name": "N", "code": "SY02" },
                "parties": [{ "role": code("Role"), "name": "P", "aka": "Q", "kind": code("PartyKind"), "attribution": code("Attribution") }],
                "counts": [{ "of": code("CountOf"), "value": at, "scope": code("Scope"), "who": who }, { "term": code("Term") }],
                "objects": [{ "role": code("ObjectRole"), "kind": code("ObjectKind"), "effect": code("Effect"), "functioning": code("Functioning") }],
                "intent": code("Intent"), "weapon": code("Weapon"), "direction": code("Direction"),
                "truce": { "name": "T", "coverage": code("Coverage"), "conduct": code("Conduct") },
                "control": { "extent": code("Extent"), "held": code("Held") },
                "notice": { "from": "P", "to": "R", "timing": code("Timing"), "specificity": code("Specificity"), "channel": code("Channel"),
                    "response": code("Response"), "certainty": code("Certainty") },
                "access": { "state": code("AccessState"), "constraint": code("Constraint"), "reason": code("AccessReason"), "cargo": "flour",
                    "origin": "O", "destination": "D" },
                "observer": { "means": code("Means") },
            });
            report["claims"] = json!([{ "sources": [hop], "act": code("Act"), "intent": code("Intent"), "about": { "id": "17-1", "part": code("Part") },
                "certainty": code("Certainty"), "handling": code("Handling") }]);
            accept(&format!("codes-{at:02}"), report)
        })
        .collect()
}

fn random() -> Vec<Accepted> {
    // A fixed sequence (Knuth's MMIX generator), so that the vectors can be made again.
    let mut state = 0x1e57u64;
    let mut bytes = move |many: usize| -> Vec<u8> {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        };
        (0..many).map(|_| next()).collect()
    };
    (0..24)
        .map(|at| accept(&format!("random-{at:02}"), serde_json::to_value(Seed(bytes(200 + 50 * at)).report()).unwrap()))
        .collect()
}

pub(crate) fn rejected() -> Vec<Rejected> {
    let shortest = encoded(&with(json!({})));
    let mut list: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, bytes: &[u8]| list.push((name.to_owned(), bytes.to_vec()));
    // The bytes of a report with some of them replaced.
    let changed = |json: &Value, from: &[u8], to: &[u8]| {
        let bytes = encoded(json);
        let at = bytes
            .windows(from.len())
            .rposition(|window| window == from)
            .unwrap_or_else(|| panic!("{from:02x?} is not in {bytes:02x?}"));
        [&bytes[..at], to, &bytes[at + from.len()..]].concat()
    };
    let edited = |at: usize, byte: u8| {
        let mut bytes = shortest.clone();
        bytes[at] = byte;
        bytes
    };
    add("no-bytes", b"");
    add("version-0", &edited(0, 0x01));
    add("version-2", &edited(0, 0x21));
    add("version-15", &edited(0, 0xf1));
    add("encoding-0", &edited(0, 0x10));
    add("encoding-2", &edited(0, 0x12));
    add("json", b"{\"id\":\"17-42\"}");
    for cut in [1, 2, 4, 5, 16] {
        add(&format!("cut-at-{cut}"), &shortest[..cut]);
    }
    add("left-over-1", &[&shortest[..], &[0]].concat());
    add("left-over-3", &[&shortest[..], &[1, 2, 3]].concat());
    add("author-not-minimal", &[&[0x11, 0x91, 0x00], &shortest[2..]].concat());
    add("author-not-minimal-zero", &[&[0x11, 0x80, 0x80, 0x00], &shortest[2..]].concat());
    add("author-33-bits", &[&[0x11, 0xff, 0xff, 0xff, 0xff, 0x10], &shortest[2..]].concat());
    add("author-6-bytes-of-zero", &[&[0x11, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], &shortest[2..]].concat());
    add("author-cut", &[0x11, 0x80, 0x80]);
    add("links-33-bits", &[&shortest[..11], &[0xff, 0xff, 0xff, 0xff, 0x1f], &shortest[12..]].concat());
    add("author-endless", &[&[0x11][..], &[0xff; 12], &shortest[2..]].concat());
    add("kind-0", &edited(4, 0));
    add("kind-4", &edited(4, 4));
    add("status-0", &edited(5, 0));
    add("status-5", &edited(5, 5));
    add("handling-6", &edited(9, 6));
    add("option-2", &edited(6, 2));
    add("sent-not-minimal", &[&shortest[..6], &[1, 0x80, 0x00], &shortest[7..]].concat());
    add(
        "sent-65-bits",
        &[&shortest[..6], &[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], &shortest[7..]].concat(),
    );
    add("sent-year-10000", &[&shortest[..6], &[1, 0x80, 0x9c, 0xe5, 0x80, 0xe0, 0x0e], &shortest[7..]].concat());
    add("links-5", &edited(11, 5));
    add("links-not-minimal", &[&shortest[..11], &[0x80, 0x00], &shortest[12..]].concat());
    add("from-3", &edited(12, 3));
    add("claims-7", &edited(14, 7));
    add("evidence-3", &edited(15, 3));
    add("extra-9", &edited(16, 9));
    add("lists-without-items", &edited(14, 6));
    let event = |event: Value| with(json!({ "event": event }));
    let note = event(json!({ "note": "abc" }));
    add("note-empty", &changed(&note, b"\x03abc", b"\x00"));
    add("note-not-utf8", &changed(&note, b"\x03abc", b"\x03a\xffc"));
    add("note-surrogate", &changed(&note, b"\x03abc", b"\x03\xed\xa0\x80"));
    add("note-overlong-utf8", &changed(&note, b"\x03abc", b"\x02\xc0\x80"));
    add("note-cut", &changed(&note, b"\x03abc", b"\x7fabc"));
    add("note-2049", &changed(&note, b"\x03abc", &[&[0x81, 0x10][..], &[b'n'; 2049]].concat()));
    add("note-length-not-minimal", &changed(&note, b"\x03abc", b"\x83\x00abc"));
    add("note-length-over-all-text", &changed(&note, b"\x03abc", b"\x81\x20abc"));
    add("note-length-33-bits", &changed(&note, b"\x03abc", b"\xff\xff\xff\xff\x1fabc"));
    let name = event(json!({ "parties": [{ "name": "abc" }] }));
    add("name-empty", &changed(&name, b"\x02\x03abc", b"\x02\x00"));
    add("name-161", &changed(&name, b"\x03abc", &[&[0xa1, 0x01][..], &[b'n'; 161]].concat()));
    add("name-161-cut", &changed(&name, b"\x03abc", b"\xa1\x01abc"));
    add("name-case-3", &changed(&name, b"\x02\x03abc", b"\x03\x03abc"));
    let place = event(json!({ "place": { "lat": 89.9999999, "lon": -179.9999999 } }));
    // 899,999,999 and -1,799,999,999 as zigzag varints; one further is the limit, two further beyond it.
    add("lat-beyond", &changed(&place, &[0xfe, 0xa3, 0xa7, 0xda, 0x06], &[0x82, 0xa4, 0xa7, 0xda, 0x06]));
    add("lon-beyond", &changed(&place, &[0xfd, 0xc7, 0xce, 0xb4, 0x0d], &[0x81, 0xc8, 0xce, 0xb4, 0x0d]));
    let count = |count: Value| event(json!({ "parties": [{ "name": "P" }], "counts": [count] }));
    add(
        "party-missing",
        &changed(&count(json!({ "value": 7, "who": { "party": 0, "status": "code:99" } })), &[2, 0, 99], &[2, 1, 99]),
    );
    add("party-8", &changed(&count(json!({ "value": 7, "who": { "party": 0, "status": "code:99" } })), &[2, 0, 99], &[2, 8, 99]));
    add("term-beside-value", &changed(&count(json!({ "value": 7, "approx": true })), &[2, 7, 0, 0, 0, 1], &[2, 7, 0, 0, 3, 1]));
    add("term-beside-unknown", &changed(&count(json!({ "value": null, "approx": true })), &[1, 0, 0, 0, 1], &[1, 0, 0, 3, 1]));
    add("term-beside-min", &changed(&count(json!({ "min": 7, "approx": true })), &[0, 1, 7, 0, 0, 1], &[0, 1, 7, 0, 3, 1]));
    add("term-beside-max", &changed(&count(json!({ "max": 7, "approx": true })), &[0, 0, 1, 7, 0, 1], &[0, 0, 1, 7, 3, 1]));
    let counted = json!({ "of": "code:98", "who": { "party": 0, "status": "code:99" } });
    let both = json!({ "id": "17-42", "kind": "new", "status": "test", "event": { "parties": [{ "name": "P" }], "counts": [counted] },
        "claims": [{ "sources": [{}], "count": counted }] });
    let in_claim = changed(&both, &[2, 0, 99], &[2, 1, 99]);
    add("party-missing-in-claim", &in_claim);
    let at = in_claim.windows(3).position(|window| window == [2, 0, 99]).unwrap();
    add("party-missing-in-both", &[&in_claim[..=at], &[1], &in_claim[at + 2..]].concat());
    add("flag-2", &changed(&count(json!({ "value": 7, "approx": true })), &[2, 7, 0, 0, 0, 1], &[2, 7, 0, 0, 0, 2]));
    let truce = event(json!({ "truce": { "day": 77, "start": "2016-09-12" } }));
    add("date-form-0", &changed(&truce, &[3, 0, 0, 0, 0], &[0, 0, 0, 0, 0]));
    add("date-not-first-of-month", &changed(&truce, &[3, 0, 0, 0, 0], &[2, 0, 0, 0, 0]));
    add("date-day-with-offset", &changed(&truce, &[3, 0, 0, 0, 0], &[3, 1, 12, 0, 0, 0]));
    // 9999-12-31T23:59:59Z, as it is an hour east of there.
    let last = event(json!({ "truce": { "day": 77, "start": "9999-12-31T23:59:59Z" } }));
    add("date-local-year-10000", &changed(&last, &[4, 0, 0, 0, 0], &[4, 1, 4, 0, 0, 0]));
    add("day-17-bits", &changed(&truce, &[1, 77, 1], &[1, 0xff, 0xff, 0x07, 1]));
    let time = event(json!({ "time": { "start": "9999-12-31T23:00:00Z", "precision": "code:99" } }));
    add("time-local-year-10000", &changed(&time, &[99, 0], &[99, 1, 8]));
    let until = event(json!({ "time": { "end": "9999-12-31T23:00:00Z", "precision": "code:99" } }));
    add("time-local-year-10000-at-end", &changed(&until, &[99, 0], &[99, 1, 8]));
    add("time-offset-57", &changed(&time, &[99, 0], &[99, 1, 57]));
    add("time-offset-49-west", &changed(&time, &[99, 0], &[99, 1, 0xcf]));
    let stated = event(json!({ "time": { "precision": "code:99", "stated": "late" } }));
    add("time-offset-alone", &changed(&stated, &[99, 0], &[99, 1, 0]));
    let bearing = event(json!({ "observer": { "bearing_deg": 99, "means": "seen" } }));
    add("bearing-360", &changed(&bearing, &[1, 99, 0, 0, 1], &[1, 0xe8, 0x02, 0, 0, 1]));
    let claim = |claim: Value| with(json!({ "claims": [claim] }));
    let said = claim(json!({ "sources": [{ "kind": "code:99" }], "act": "code:98", "intent": "code:97" }));
    add("claim-without-source", &changed(&said, &[1, 0, 0, 99, 0, 0, 98], &[0, 98]));
    add("claim-intent-0", &changed(&said, &[98, 1, 3, 97], &[98, 1, 3, 0]));
    add("claim-variant-11", &changed(&said, &[98, 1, 3, 97], &[98, 1, 11, 97]));
    add("claim-sources-5", &changed(&said, &[1, 0, 0, 99], &[5, 0, 0, 99]));
    let credibility = claim(json!({ "sources": [{}], "certainty": "code:99", "credibility": 6 }));
    add("credibility-7", &changed(&credibility, &[99, 1, 6], &[99, 1, 7]));
    add("update-without-replaces", &edited(4, 2));
    add("cancel-without-replaces", &edited(4, 3));
    let update =
        json!({ "id": "17-43", "kind": "update", "status": "test", "links": [{ "rel": "replaces", "id": "17-42" }], "event": {} });
    add("cancel-with-event", &changed(&update, &[17, 0, 43, 2], &[17, 0, 43, 3]));
    let claims = json!({ "id": "17-43", "kind": "update", "status": "test", "links": [{ "rel": "replaces", "id": "17-42" }], "claims": [{ "sources": [{}] }] });
    add("cancel-with-claims", &changed(&claims, &[17, 0, 43, 2], &[17, 0, 43, 3]));
    add("cancel-with-event-without-replaces", &changed(&event(json!({})), &[17, 0, 42, 1], &[17, 0, 42, 3]));
    let evidence = encoded(&with(json!({ "evidence": [{ "sha256": "00".repeat(32) }] })));
    add("sha256-cut", &evidence[..evidence.len() - 2]);
    let extra = with(json!({ "extra": { "ab": true, "ac": true } }));
    add("extra-key-twice", &changed(&extra, b"\x02ac", b"\x02ab"));
    add("extra-key-33", &changed(&extra, b"\x02ac", &[&[33][..], &[b'k'; 33]].concat()));
    add("extra-variant-3", &changed(&extra, b"\x02ac\x00\x01", b"\x02ac\x03\x01"));
    let texts = |claims: usize| {
        let claim = json!({ "sources": [{}], "text": "x".repeat(512) });
        json!({ "id": "17-42", "kind": "new", "status": "test", "event": { "note": "n".repeat(2048) }, "claims": vec![claim; claims], "extra": { "ab": true } })
    };
    let mut full = texts(3);
    full["extra"]["ab"] = json!("t");
    // 4,096 bytes of text, and one more in the last.
    full["claims"][0]["to"] = json!("t".repeat(150));
    full["claims"][1]["to"] = json!("t".repeat(150));
    full["claims"][2]["to"] = json!("t".repeat(160));
    full["event"]["place"] = json!({ "name": "t".repeat(49) });
    add("all-text-4097-in-extra-text", &changed(&full, b"\x02ab\x02\x01t", b"\x02ab\x02\x02tt"));
    add("all-text-4097", &changed(&texts(3), b"\x02ab", &[&[0x81, 0x04][..], &[b'k'; 513]].concat()));
    list.into_iter()
        .map(|(name, bytes)| {
            let (error, path, offset) = refusal(&bytes).unwrap_or_else(|| panic!("{name} is not refused"));
            Rejected { name, bytes, error, path, offset }
        })
        .collect()
}
