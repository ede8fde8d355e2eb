//! What HQ says to devices: by every kind of hub, once, in its turn, and to nobody else.

use std::fs;

use increp::model::Stamp;
use increp_cli::exit::Exit;
use increp_cli::store::device::{Folder, Heard, Kind};
use increp_cli::store::hq::Hq;
use increp_cli::store::hub::Hub;
use increp_tests::mission::Mission;

/// The texts of what was heard.
fn texts(heard: &[Heard]) -> Vec<String> {
    let text = |heard: &Heard| if let Heard::Said(said) = heard { Some(said.text.clone()) } else { None };
    heard.iter().filter_map(text).collect()
}

fn hq(mission: &Mission, what: &str, more: &[&str]) -> Exit {
    mission.run(&[&["hq", what, &mission.path("hq")], more].concat())
}

/// What HQ says at one hub reaches a device by another one, in its order, each once; and HQ learns that it was heard.
#[test]
fn a_message_goes_by_stick_and_courier_to_a_device_once() {
    let mut mission = Mission::new(2, 2, 2);
    let hub1 = mission.path("hub1");
    assert_eq!(hq(&mission, "alert", &["shelling on the north road", "--until", "6h", "--hub", &hub1]), Exit::Success);
    assert_eq!(hq(&mission, "task", &["count the lorries", "--to", "1", "--hub", &hub1]), Exit::Success);
    assert_eq!(hq(&mission, "time", &["--to", "1", "--hub", &hub1]), Exit::Success);
    // From HQ's hub to that in the field, and to the devices as they come.
    mission.sync_to_hubs("hub1", "stick1");
    mission.sync_hub("hub0", "stick1");
    for (device, expected) in
        [("device0", &["shelling on the north road", "count the lorries"][..]), ("device1", &["shelling on the north road"])]
    {
        mission.save(device);
        let mut heard = mission.sync_device(device, "stick0").heard;
        mission.sync_hub("hub0", "stick0");
        heard.extend(mission.sync_device(device, "stick0").heard);
        assert_eq!(texts(&heard), expected, "{device}");
        assert_eq!(heard.iter().any(|heard| matches!(heard, Heard::Time(_))), device == "device0");
        // Once: neither by the same hub nor by another one again.
        for hub in ["hub0", "hub1"] {
            mission.sync_hub(hub, "stick0");
            assert_eq!(mission.sync_device(device, "stick0").heard, [], "{device} by {hub}");
        }
    }
    let unheard = |mission: &Mission| -> u32 {
        let hq = Hq::open(&mission.folder.join("hq")).unwrap();
        hq.devices().unwrap().iter().map(|device| device.peer.next_down() - device.heard).sum()
    };
    assert_eq!(unheard(&mission), 4, "the hubs have not told HQ");
    mission.unseal("hub0");
    assert_eq!(unheard(&mission), 0);
    assert_eq!(mission.at_hq, mission.saved);
    // It is shown until the user is done with it.
    let said = || Folder::open(&mission.folder.join("device0")).unwrap().said_at(Stamp::new(0)).unwrap();
    assert_eq!(said().iter().map(|said| said.kind).collect::<Vec<_>>(), [Kind::Alert, Kind::Task]);
    assert_eq!(mission.run(&["status", "--device", &mission.path("device0"), "--done"]), Exit::Success);
    assert_eq!(said(), []);
    assert!(!mission.folder.join("device0/messages").exists());
}

/// Who writes nothing is told too: any stick that was at a hub has it, until a device says that it heard.
#[test]
fn an_alert_reaches_a_device_that_has_nothing_to_report() {
    let mission = Mission::new(1, 2, 1);
    let hub = mission.path("hub0");
    assert_eq!(mission.sync_hub("hub0", "stick0").answered, 0, "nobody asked, and nothing was said");
    assert_eq!(hq(&mission, "alert", &["leave", "--hub", &hub]), Exit::Success);
    for _ in 0..2 {
        assert_eq!(mission.sync_hub("hub0", "stick0").answered, 2);
        assert_eq!(mission.files("stick0").len(), 2, "one for each, however often the stick is there");
    }
    assert_eq!(texts(&mission.sync_device("device0", "stick0").heard), ["leave"]);
    assert_eq!(mission.sync_hub("hub0", "stick0").answered, 2, "one has told that it heard, the other has not");
    assert_eq!(mission.sync_device("device0", "stick0").heard, []);
    assert_eq!(texts(&mission.sync_device("device1", "stick0").heard), ["leave"]);
}

#[test]
fn what_is_out_of_date_is_not_shown_nor_what_nobody_can_be_told_said() {
    let mut mission = Mission::new(1, 1, 1);
    let hub = mission.path("hub0");
    for (what, arguments) in [
        ("alert", &["too late", "--until", "0m"][..]),
        ("alert", &["too late", "--until", "2020-01-31T18:00:00Z"]),
        ("task", &[&"x".repeat(228)]),
        ("task", &[""]),
        ("alert", &[" \n"]),
    ] {
        assert_eq!(hq(&mission, what, arguments), Exit::Usage, "{arguments:?}");
    }
    assert_eq!(hq(&mission, "alert", &["nobody", "--to", "9"]), Exit::Findings);
    assert_eq!(Hq::open(&mission.folder.join("hq")).unwrap().told(1).unwrap(), []);
    assert_eq!(hq(&mission, "alert", &["at once", "--until", "1h", "--hub", &hub]), Exit::Success);
    assert_eq!(hq(&mission, "alert", &["for ever", "--hub", &hub]), Exit::Success);
    mission.save("device0");
    mission.sync_device("device0", "stick0");
    mission.sync_hub("hub0", "stick0");
    assert_eq!(texts(&mission.sync_device("device0", "stick0").heard), ["at once", "for ever"]);
    // An hour later one is forgotten.
    let now = Stamp::new(i64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap() + 3601);
    let left = Folder::open(&mission.folder.join("device0")).unwrap().said_at(now).unwrap();
    assert_eq!(left.iter().map(|said| said.text.as_str()).collect::<Vec<_>>(), ["for ever"]);
    // What comes after its time counts as heard, and is not shown.
    let told = Hq::open(&mission.folder.join("hq")).unwrap().told(1).unwrap();
    let again = Mission::new(1, 1, 1);
    assert_eq!(hq(&again, "alert", &["soon over", "--until", "1h"]), Exit::Success);
    let message = &Hq::open(&again.folder.join("hq")).unwrap().told(1).unwrap()[0];
    let mut device = Folder::open(&again.folder.join("device0")).unwrap();
    // Of another mission it is nothing.
    assert!(matches!(device.hear(&told[0].bytes, now).unwrap(), Heard::Refused(_)));
    assert_eq!(device.hear(&message.bytes, now).unwrap(), Heard::Over);
    assert_eq!((device.hear(&message.bytes, now).unwrap(), device.said().unwrap()), (Heard::Other, vec![]));
}

/// After HQ's new key a device seals for it; HQ opens what was sealed before and after.
#[test]
fn hq_gets_a_new_key_and_opens_what_was_sealed_for_both() {
    let mut mission = Mission::new(1, 2, 1);
    mission.save("device0");
    let hub = mission.path("hub0");
    assert_eq!(hq(&mission, "rekey", &["--hub", &hub]), Exit::Success);
    let lines = || fs::read_to_string(mission.folder.join("hq/hq.key")).unwrap().lines().count();
    assert_eq!(lines(), 2);
    // One device hears of it, the other does not yet.
    mission.sync_device("device0", "stick0");
    mission.sync_hub("hub0", "stick0");
    assert_eq!(mission.sync_device("device0", "stick0").heard, [Heard::HqKey]);
    let epoch = |id: &str| id.rsplit_once('-').unwrap().0.to_owned();
    let (before, after) = (mission.saved.keys().next().unwrap().clone(), mission.save("device0"));
    assert_ne!(epoch(&before), epoch(&after));
    mission.save("device1");
    for device in ["device0", "device1"] {
        mission.trip(device, "hub0", "stick0");
    }
    assert_eq!(mission.at_hq, mission.saved);
    // A new device seals for the new one from the beginning.
    mission.enrol("device2");
    mission.run(&["hq", "hub", &mission.path("hq"), &hub]);
    mission.save("device2");
    mission.trip("device2", "hub0", "stick0");
    assert_eq!(mission.at_hq, mission.saved);
}

/// A hub that was taken: devices get another key for hubs, seal nothing for it and believe nothing of it; what it has is not lost.
#[test]
fn a_revoked_hub_is_told_nothing_and_believed_nothing() {
    let mut mission = Mission::new(3, 2, 3);
    for device in ["device0", "device1"] {
        mission.save(device);
        mission.sync_device(device, "stick0");
    }
    mission.sync_hub("hub0", "stick0");
    let [taken, near, far] = ["hub0", "hub1", "hub2"].map(|name| Hub::open(&mission.folder.join(name)).unwrap().public().unwrap());
    assert_eq!(hq(&mission, "revoke-hub", &["nobody"]), Exit::Findings);
    assert_eq!(hq(&mission, "revoke-hub", &["hub0", "--hub", &mission.path("hub1")]), Exit::Success);
    assert_eq!(hq(&mission, "hub", &[&mission.path("hub0")]), Exit::Findings, "it is not brought up to date");
    let folder = mission.folder.clone();
    let hubs = |name: &str| Hub::open(&folder.join(name)).unwrap().hubs().unwrap();
    assert!(!hubs("hub1").contains(&taken) && hubs("hub1").len() == 2);
    // A hub that HQ has not told hears of the devices' new keys by stick, and of the message; the revoked one does not.
    mission.sync_to_hubs("hub1", "stick1");
    assert_eq!(mission.sync_hub("hub0", "stick1").files, 0, "nothing is written for it");
    mission.sync_hub("hub2", "stick1");
    let keys = |name: &str| Hub::open(&folder.join(name)).unwrap().devices().unwrap()[0].keys().count();
    assert_eq!([keys("hub0"), keys("hub1"), keys("hub2")], [1, 2, 2]);
    // One device hears of it by the one, the other by the other.
    for (device, hub, stick) in [("device0", "hub1", "stick0"), ("device1", "hub2", "stick2")] {
        mission.sync_device(device, stick);
        mission.sync_hub(hub, stick);
        assert!(mission.sync_device(device, stick).heard.contains(&Heard::HopKey), "{device}");
        mission.save(device);
        mission.sync_device(device, stick);
        let left = mission.sync_hub("hub0", stick).left;
        assert!(left.others > 0 && left.refused == 0, "{device}: {left:?}");
        assert!(mission.sync_hub(hub, stick).added.new > 0, "{device}");
        let known = Folder::open(&mission.folder.join(device)).unwrap().hubs().unwrap();
        assert!(!known.contains(&taken) && known.contains(&near) && known.contains(&far), "{device}");
    }
    // Where HQ has been, the key before is gone as soon as the device has used the new one; and it does not come back.
    assert_eq!(keys("hub1"), 1);
    Hub::open(&mission.folder.join("hub1"))
        .unwrap()
        .learn(&Hub::open(&mission.folder.join("hub0")).unwrap().devices().unwrap(), &[taken])
        .unwrap();
    assert_eq!((keys("hub1"), hubs("hub1").len()), (1, 2));
    // A hub that still trusts it cannot bring a device back to it.
    assert_eq!(Folder::open(&mission.folder.join("device0")).unwrap().keep_hubs(&[taken]).unwrap(), 0);
    mission.unseal("hub2");
    mission.unseal("hub1");
    assert_eq!(mission.at_hq, mission.saved);
}

/// A device that was revoked is told to erase its keys, if it comes; what it had saved can still be opened.
#[test]
fn a_revoked_device_erases_its_keys_when_it_is_told() {
    let mut mission = Mission::new(1, 2, 1);
    for device in ["device0", "device1"] {
        mission.save(device);
        mission.sync_device(device, "stick0");
    }
    mission.sync_hub("hub0", "stick0");
    mission.unseal("hub0");
    let hub = mission.path("hub0");
    // Without the word nothing goes to it any more.
    assert_eq!(hq(&mission, "revoke", &["1", "--hub", &hub]), Exit::Success);
    assert_eq!(mission.sync_hub("hub0", "stick0").answered, 1);
    assert_eq!(hq(&mission, "revoke", &["1", "--wipe", "--hub", &hub]), Exit::Success);
    assert_eq!(hq(&mission, "revoke", &["1", "--wipe", "--hub", &hub]), Exit::Success);
    assert_eq!(Hq::open(&mission.folder.join("hq")).unwrap().told(1).unwrap().len(), 1, "once is enough");
    mission.sync_device("device0", "stick0");
    mission.sync_hub("hub0", "stick0");
    let stick = format!("file:{}", mission.path("stick0"));
    assert_eq!(mission.run(&["sync", "--device", &mission.path("device0"), &stick]), Exit::Findings);
    let keys = fs::read(mission.folder.join("device0/keys")).unwrap();
    assert!(keys.iter().all(|byte| *byte == 0xff), "there is a key");
    let error = format!("{:#}", Folder::open(&mission.folder.join("device0")).unwrap_err());
    assert!(error.contains("no keys"), "{error}");
    // The other one goes on.
    mission.trip("device1", "hub0", "stick0");
    assert_eq!(mission.marks("device1"), [0, 0, 0, 1]);
}

/// HQ is put back to an older state, and says something else under a number that it has used since: at the hubs that it tells, that counts.
/// HQ says so, for who has heard the other does not hear it, and goes on behind what it had said.
#[test]
fn hq_that_was_put_back_goes_on_behind_what_it_had_said() {
    let mut mission = Mission::new(2, 1, 1);
    let (hub, copy) = (mission.path("hub0"), mission.folder.join("hq.copy"));
    let hear = |mission: &mut Mission| {
        mission.save("device0");
        mission.sync_device("device0", "stick0");
        mission.sync_hub("hub0", "stick0");
        texts(&mission.sync_device("device0", "stick0").heard)
    };
    assert_eq!(hq(&mission, "alert", &["before", "--hub", &hub]), Exit::Success);
    fs::create_dir(&copy).unwrap();
    for file in ["hq.key", "hq.db"] {
        fs::copy(mission.folder.join("hq").join(file), copy.join(file)).unwrap();
    }
    assert_eq!(hq(&mission, "alert", &["since", "--hub", &hub]), Exit::Success);
    assert_eq!(hq(&mission, "revoke-hub", &["hub1", "--hub", &hub]), Exit::Success);
    fs::remove_dir_all(mission.folder.join("hq")).unwrap();
    fs::rename(&copy, mission.folder.join("hq")).unwrap();
    let next = |mission: &Mission| Hq::open(&mission.folder.join("hq")).unwrap().devices().unwrap()[0].peer.next_down();
    assert_eq!(next(&mission), 1);
    // Under the number of what was said since.
    assert_eq!(hq(&mission, "alert", &["lost", "--hub", &hub]), Exit::Success);
    assert_eq!(next(&mission), 3, "it takes back what comes behind it");
    assert_eq!(hear(&mut mission), ["before", "lost"]);
    assert_eq!(hq(&mission, "alert", &["said again", "--hub", &hub]), Exit::Success);
    assert_eq!(hear(&mut mission), ["said again"]);
    mission.trip("device0", "hub0", "stick0");
    assert_eq!(mission.at_hq, mission.saved, "the key for hubs that HQ had forgotten is known again");
    // What a hub makes up moves nothing.
    let made_up = [(4, vec![0x16; 40]), (5, Hq::open(&mission.folder.join("hq")).unwrap().told(1).unwrap()[0].bytes.clone())];
    Hub::open(&mission.folder.join("hub0")).unwrap().keep_messages(1, &made_up).unwrap();
    assert_eq!(hq(&mission, "hub", &[&hub]), Exit::Success);
    assert_eq!(next(&mission), 4);
    assert_eq!(Hub::open(&mission.folder.join("hub0")).unwrap().messages(1, 4).unwrap(), [], "HQ in person says which there are");
    Hub::open(&mission.folder.join("hub0")).unwrap().keep_messages(1, &made_up).unwrap();
    assert_eq!(hq(&mission, "alert", &["true", "--hub", &hub]), Exit::Success);
    assert_eq!(hear(&mut mission), ["true"], "others stood under its number");
}

/// A stick that was at two hubs has what either knows.
#[test]
fn a_second_hub_takes_nothing_off_a_stick() {
    let mut mission = Mission::new(2, 1, 1);
    mission.save("device0");
    mission.sync_device("device0", "stick0");
    mission.sync_hub("hub0", "stick0");
    mission.unseal("hub0");
    assert_eq!(hq(&mission, "alert", &["leave", "--hub", &mission.path("hub0")]), Exit::Success);
    mission.sync_hub("hub0", "stick0");
    mission.sync_hub("hub1", "stick0");
    let heard = mission.sync_device("device0", "stick0");
    assert_eq!((texts(&heard.heard), heard.receipts), (vec!["leave".to_owned()], 1));
    assert_eq!(mission.marks("device0"), [0, 0, 0, 1]);
}
