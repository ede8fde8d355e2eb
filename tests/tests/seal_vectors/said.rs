//! HQ's messages: those of the vectors are heard, and said again.

use increp::model::Stamp;
use increp::seal::{HqKey, MAX_DOWN, Message, Notice, Peer, Secret};
use increp_tests::sealed::Unit;
use serde_json::{Value, json};

use super::{Noise, array, bytes, enrolment, folder, hex, list, stick, text};

/// What each says, as JSON has it.
fn message(it: &Value) -> Message<'_> {
    let time = |name: &str| it[name].as_i64().map(Stamp::new);
    let notice = || Notice { text: it["text"].as_str().unwrap(), said: time("said"), until: time("until") };
    match it["kind"].as_u64().unwrap() {
        1 => Message::HqKey(array(&it["key"])),
        2 => {
            let revoked = (!it["revoked"].is_null()).then(|| array(&it["revoked"]));
            Message::HopKey { key: Secret::new(array(&it["key"])), revoked }
        }
        3 => Message::Wipe,
        4 => Message::Alert(notice()),
        5 => Message::Task(notice()),
        _ => Message::Time(time("at").unwrap()),
    }
}

/// Those of the first device, from its enrolment on.
fn messages(all: &Value) -> Vec<Value> {
    let mut peer = Peer::from_bytes(&bytes(&list(all, "enrolments")[0]["peer"])).unwrap();
    let rows = [
        json!({ "kind": 4, "text": "shelling on the north road" }),
        json!({ "kind": 5, "text": "count the lorries \u{2014} and say where", "said": 1_750_000_000, "until": 1_750_086_400 }),
        json!({ "kind": 2, "key": "5a".repeat(16), "revoked": "b7".repeat(32) }),
        json!({ "kind": 6, "at": 1_750_000_600 }),
        json!({ "kind": 4, "text": "", "said": -1 }),
        json!({ "kind": 4, "text": "x".repeat(227), "until": 4_000_000_000_u32 }),
        json!({ "kind": 2, "key": "a5".repeat(16) }),
        json!({ "kind": 1, "key": hex(HqKey::new(&mut Noise::of(27, 1)).unwrap().public()) }),
        json!({ "kind": 3 }),
    ];
    let said = |(number, mut row): (usize, Value)| {
        let sealed = hex(peer.say(&message(&row), &mut [0; MAX_DOWN]).unwrap());
        row["number"] = json!(number);
        row["sealed"] = json!(sealed);
        row["peer_after"] = json!(hex(peer.to_bytes().expose()));
        row
    };
    rows.into_iter().enumerate().map(said).collect()
}

pub(super) fn load() -> Value {
    static ADD: std::sync::Once = std::sync::Once::new();
    let path = folder().join("said.json");
    ADD.call_once(|| {
        if std::env::var_os("INCREP_ADD_VECTORS").is_some() && !path.exists() {
            let messages = messages(&super::load());
            let all = json!({ "format": 1, "stick": stick::made_with(&messages), "messages": messages });
            std::fs::write(&path, serde_json::to_string_pretty(&all).unwrap() + "\n").unwrap();
        }
    });
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_message_is_said_again_and_heard_in_its_turn() {
    let (all, said) = (super::load(), load());
    assert_eq!(messages(&all), list(&said, "messages"));
    let it = &list(&all, "enrolments")[0];
    let key = HqKey::from_secret(&Secret::new(array(&all["hq_secret"])));
    let (.., device) = enrolment("", 17, &key, Noise::read(&it["hq_draws"]), Noise::read(&it["device_draws"]));
    let unit = Unit::new(device, 5);
    let mut unit = unit;
    for it in list(&said, "messages") {
        let sealed = bytes(&it["sealed"]);
        let opened = unit.with(|device, _, _, _| {
            let opened = device.open_down(&sealed, &mut [0; MAX_DOWN]).map(|found| found == message(it));
            device.heard(&sealed, &mut [0; MAX_DOWN])?;
            opened
        });
        assert_eq!(opened, Ok(true), "{}", text(&it["sealed"]));
    }
}
