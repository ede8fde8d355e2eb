//! What HQ says, over links: to devices, and from hub to hub.

#![allow(clippy::unwrap_used)] // a test
#![cfg(unix)] // links

mod serving;

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use increp_cli::store::hub::{Hub, Run};
use serde_json::{Value, json};
use serving::{Mission, notes};

/// The texts of what a device heard.
fn texts(sync: &Value) -> Vec<&str> {
    sync["messages"].as_array().unwrap().iter().filter_map(|one| one["text"].as_str()).collect()
}

fn kinds(sync: &Value) -> Vec<&str> {
    sync["messages"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect()
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_hq_says_is_shown_over_a_link_once_and_stays_in_the_status() {
    let mission = Mission::new("said", &["hub"], &["one", "other"]);
    let hub = mission.serve("hub", &["tcp://127.0.0.1:0", "udp://127.0.0.1:0?mtu=51&mac=4&timeout=2"]);
    // Nothing to send, nothing to hear.
    assert_eq!(texts(&mission.sync("one", &hub.links[0], 0)), Vec::<&str>::new());
    mission.run(&["hq", "alert", "hq", "shelling on the north road", "--until", "6h", "--hub", "hub"], 0);
    mission.run(&["hq", "task", "hq", "count the lorries", "--to", "1", "--hub", "hub"], 0);
    mission.run(&["hq", "time", "hq", "--hub", "hub"], 0);
    let status = || parse(&mission.run(&["status", "--hq", "hq", "--json"], 0));
    assert_eq!(status()["unheard"], 5);
    // A device that has something to send, and one that has not.
    mission.save("other", &notes("other", 3));
    for (device, link, expected) in
        [("one", &hub.links[0], &["alert", "task", "time"][..]), ("other", &hub.links[1], &["alert", "time"])]
    {
        let sync = mission.sync(device, link, 0);
        assert_eq!(kinds(&sync), expected, "{device}: {sync}");
        assert_eq!(texts(&sync)[0], "shelling on the north road");
        assert!(sync["messages"][0]["said"].is_string() && sync["messages"][0]["until"].is_string(), "{sync}");
        assert_eq!(kinds(&mission.sync(device, link, 0)), Vec::<&str>::new(), "{device}: once");
    }
    mission.unseal("hub");
    assert_eq!(status()["unheard"], 0);
    // For people.
    let shown = mission.run(&["status", "--device", "one"], 0);
    assert!(shown.lines().any(|line| line.starts_with("alert of ") && line.ends_with(": shelling on the north road")), "{shown}");
    assert!(shown.lines().any(|line| line.starts_with("task of ") && line.ends_with(": count the lorries")), "{shown}");
    let done = parse(&mission.run(&["status", "--device", "one", "--json", "--done"], 0));
    assert_eq!(texts(&done), ["shelling on the north road", "count the lorries"]);
    assert_eq!(texts(&parse(&mission.run(&["status", "--device", "one", "--json"], 0))), Vec::<&str>::new());
    hub.stop();
}

/// More than a session brings, and a device that is killed while it hears.
#[test]
fn many_messages_come_in_their_order_whatever_is_killed() {
    let mission = Mission::new("many", &["hub"], &["device"]);
    let hub = mission.serve("hub", &["tcp://127.0.0.1:0"]);
    let said: Vec<String> = (0..30).map(|number| format!("message {number:02} {}", "x".repeat(number * 5))).collect();
    for text in &said {
        mission.run(&["hq", "alert", "hq", text], 0);
    }
    mission.run(&["hq", "hub", "hq", "hub"], 0);
    for round in 0..10_u64 {
        let mut sync = mission.command(&["sync", "--device", "device", "--json", &hub.links[0]]).spawn().unwrap();
        sleep(Duration::from_millis(3 + 4 * round));
        sync.kill().unwrap();
        sync.wait().unwrap();
    }
    for _ in 0..10 {
        mission.sync("device", &hub.links[0], 0);
    }
    let status = parse(&mission.run(&["status", "--device", "device", "--json"], 0));
    assert_eq!(texts(&status), said.iter().map(String::as_str).collect::<Vec<_>>());
    hub.stop();
}

/// New devices, those that HQ revoked, what it says and what it refuses: hubs pass it on over a link.
#[test]
fn hubs_tell_each_other_over_a_link_what_hq_has_decided() {
    let mission = Mission::new("letters", &["field", "base"], &["old", "lost"]);
    mission.save("old", &notes("old", 3));
    // HQ is near one of the two.
    mission.run(&["hq", "enrol", "hq", "--device", "new", "--hub", "base"], 0);
    mission.run(&["hq", "revoke", "hq", "2", "--hub", "base"], 0);
    mission.run(&["hq", "alert", "hq", "go home", "--hub", "base"], 0);
    let (run, refused) = (Run { author: 1, epoch: 7 }, [3, 9].into_iter().collect());
    Hub::open(&mission.0.join("base")).unwrap().refuse_early(run, &refused).unwrap();
    let base = mission.serve("base", &["tcp://127.0.0.1:0?mtu=140"]);
    let call = || parse(&mission.run(&["sync", "--hub", "field", "--json", &base.links[0]], 0));
    let first = call();
    assert_eq!(first["answered"], true, "{first}");
    assert_eq!(Hub::open(&mission.0.join("field")).unwrap().have(run).unwrap().refused, refused);
    let field = mission.serve("field", &["tcp://127.0.0.1:0"]);
    for (device, answered) in [("old", 0), ("new", 0), ("lost", 4)] {
        mission.save(device, &notes(device, 2));
        let done = mission.command(&["sync", "--device", device, "--json", "--timeout", "3", &field.links[0]]).output().unwrap();
        assert_eq!(done.status.code(), Some(answered), "{device}: {}", String::from_utf8_lossy(&done.stderr));
        if answered == 0 {
            assert_eq!(texts(&parse(&String::from_utf8(done.stdout).unwrap())), ["go home"], "{device}");
        }
    }
    field.stop();
    let second = call();
    assert_eq!((second["answered"].clone(), second["there"].clone()), (json!(true), second["offered"].clone()), "{second}");
    assert_eq!(mission.unseal("base").len(), 3 + 2 + 2);
    // The other way about: what the one that is called knows, and what the one that calls knows.
    mission.run(&["hq", "enrol", "hq", "--device", "late", "--hub", "field"], 0);
    mission.run(&["hq", "task", "hq", "count the lorries", "--to", "4", "--hub", "field"], 0);
    call();
    let sync = mission.sync("late", &base.links[0], 0);
    assert_eq!(texts(&sync), ["count the lorries"], "{sync}");
    base.stop();
}

/// A hub that was taken: the devices hear of it by a hub that HQ has told, over a link, and go on with another key.
#[test]
fn after_a_hub_is_revoked_devices_deal_with_the_others_under_another_key() {
    let mission = Mission::new("hop", &["taken", "good", "far"], &["one", "other"]);
    let links = ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"];
    for device in ["one", "other"] {
        mission.save(device, &notes(device, 2));
    }
    mission.run(&["hq", "revoke-hub", "hq", "taken", "--hub", "good"], 0);
    let (good, taken) = (mission.serve("good", &links), mission.serve("taken", &links));
    for (device, link) in [("one", 0), ("other", 1)] {
        // Under the key before it hears of the new one, in the same session.
        let sync = mission.sync(device, &good.links[link], 0);
        assert_eq!((kinds(&sync), sync["at_hub"].as_u64()), (vec!["hub_key"], Some(2)), "{sync}");
        mission.save(device, &notes(device, 1));
        let sync = mission.sync(device, &good.links[link], 0);
        assert_eq!((kinds(&sync), sync["at_hub"].as_u64()), (vec![], Some(3)), "{sync}");
        let done = mission.command(&["sync", "--device", device, "--timeout", "2", &taken.links[link]]).output().unwrap();
        assert_eq!(done.status.code(), Some(4), "{device}: the hub that was taken still speaks with it");
    }
    // A hub that HQ has not told learns the new key from the one that it has.
    let far = parse(&mission.run(&["sync", "--hub", "far", "--json", &good.links[0]], 0));
    assert_eq!(far["new"], 2 * 4, "{far}");
    let far = mission.serve("far", &links);
    for device in ["one", "other"] {
        let sync = mission.sync(device, &far.links[0], 0);
        assert_eq!(sync["at_hub"].as_u64(), Some(3), "{sync}");
    }
    // The one that was taken is no hub any more.
    let done = mission.command(&["sync", "--hub", "taken", "--timeout", "2", &good.links[0]]).output().unwrap();
    assert_eq!(done.status.code(), Some(4), "{}", String::from_utf8_lossy(&done.stderr));
    far.stop();
    let end = good.stop();
    assert_eq!(end["devices"], 2, "{end}");
    assert_eq!(mission.unseal("good").len(), 6);
}

#[test]
fn a_revoked_device_is_told_over_a_link_to_erase_its_keys() {
    let mission = Mission::new("wipe", &["hub"], &["device"]);
    mission.save("device", &notes("device", 1));
    let hub = mission.serve("hub", &["tcp://127.0.0.1:0"]);
    mission.run(&["hq", "revoke", "hq", "1", "--wipe", "--hub", "hub"], 0);
    sleep(Duration::from_millis(1200));
    let sync = mission.sync("device", &hub.links[0], 1);
    assert_eq!(kinds(&sync), ["wipe"], "{sync}");
    assert!(fs::read(mission.0.join("device/keys")).unwrap().iter().all(|byte| *byte == 0xff));
    mission.run(&["status", "--device", "device"], 3);
    hub.stop();
}
