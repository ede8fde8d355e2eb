//! Hubs far away, hubs that are made later or lost, and what they tell each other.

use std::fs;

use increp_cli::exit::Exit;
use increp_cli::store::device::Folder;
use increp_cli::store::hq::Hq;
use increp_cli::store::hub::{self, Hub, Run, Trust};
use increp_tests::mission::Mission;

#[test]
fn hq_is_on_another_machine_than_the_hub_that_devices_reach() {
    let mut mission = Mission::new(2, 2, 2);
    for device in ["device0", "device1", "device0"] {
        mission.save(device);
    }
    // In the field: both devices give their reports to hub0. A courier takes another stick to HQ's hub.
    for device in ["device0", "device1"] {
        mission.sync_device(device, "stick0");
    }
    assert_eq!(mission.sync_hub("hub0", "stick0").added.new, 5);
    let outcome = mission.sync_to_hubs("hub0", "stick1");
    assert_eq!((outcome.hubs, outcome.passed), (1, 5));
    // Another one goes before this one has come back: it takes the place of the first one.
    assert_eq!((mission.sync_to_hubs("hub0", "stick1").passed, mission.files("stick1").len()), (5, 1));
    // At HQ: read, opened, and the word goes back.
    assert_eq!(mission.sync_hub("hub1", "stick1").added.new, 5);
    assert_eq!(mission.unseal("hub1"), Exit::Success);
    assert_eq!(mission.at_hq, mission.saved);
    assert_eq!(mission.sync_hub("hub1", "stick1").hubs, 1);
    // In the field again: HQ's receipts go on to the devices.
    let outcome = mission.sync_hub("hub0", "stick1");
    assert_eq!((outcome.files, outcome.added.new, outcome.passed), (1, 0, 0), "each has what the other one has");
    mission.sync_hub("hub0", "stick0");
    for (device, many) in [("device0", 2), ("device1", 1)] {
        mission.sync_device(device, "stick0");
        assert_eq!(mission.marks(device), [0, 0, 0, many], "{device}");
    }
}

/// What HQ decides reaches hubs by stick: new devices, new hubs, revoked devices.
#[test]
fn a_hub_that_is_far_away_learns_by_stick_what_hq_decides() {
    let mut mission = Mission::new(2, 1, 1);
    mission.run(&["hq", "revoke", &mission.path("hq"), "1"]);
    mission.enrol("device1");
    mission.run(&["hq", "hub", &mission.path("hq"), &mission.path("hub2")]);
    mission.run(&["hq", "hub", &mission.path("hq"), &mission.path("hub1")]);
    let far = |mission: &Mission| Hub::open(&mission.folder.join("hub0")).unwrap();
    assert_eq!((far(&mission).devices().unwrap().len(), far(&mission).hubs().unwrap().len()), (1, 2));
    // A device that it does not know yet is not turned away for ever.
    mission.save("device1");
    mission.sync_device("device1", "stick0");
    let outcome = mission.sync_hub("hub0", "stick0");
    assert_eq!((outcome.left.waiting, outcome.left.refused), (1, 0));
    mission.sync_to_hubs("hub1", "stick0");
    // Whichever of the two files is read first.
    let first = mission.sync_hub("hub0", "stick0");
    let devices = far(&mission).devices().unwrap();
    assert_eq!(
        devices.iter().map(|device| (device.author, device.trust)).collect::<Vec<_>>(),
        [(1, Trust::Revoked), (2, Trust::Trusted)]
    );
    assert_eq!(far(&mission).hubs().unwrap(), Hq::open(&mission.folder.join("hq")).unwrap().hubs().unwrap());
    let second = mission.sync_hub("hub0", "stick0");
    assert_eq!((second.left.waiting, first.added.new + second.added.new), (0, 2));
}

/// Another hub may say that a device is revoked; it cannot say that one is not, nor give it another key.
#[test]
fn no_hub_changes_what_another_one_knows_from_hq() {
    let mission = Mission::new(1, 1, 0);
    let mut hub = Hub::open(&mission.folder.join("hub0")).unwrap();
    let [device] = &hub.devices().unwrap()[..] else { panic!("one device") };
    // It may know of a later key; the one that HQ said stays, and no more than a few come beside it.
    let other = |byte: usize| increp::seal::Secret::new([u8::try_from(byte).unwrap(); 16]);
    for byte in 1..=hub::MOST_KEYS + 3 {
        hub.learn(&[hub::Device { hop: other(byte), trust: Trust::Revoked, ..device.clone() }], &[]).unwrap();
    }
    let others: Vec<_> = (1..=hub::MOST_KEYS).map(other).collect();
    assert_eq!(hub.devices().unwrap(), [hub::Device { trust: Trust::Revoked, others: others.clone(), ..device.clone() }]);
    hub.learn(std::slice::from_ref(device), &[]).unwrap();
    assert_eq!(hub.devices().unwrap(), [hub::Device { trust: Trust::Revoked, others, ..device.clone() }]);
    // Until HQ says what is so.
    mission.run(&["hq", "hub", &mission.path("hq"), &mission.path("hub0")]);
    assert_eq!(hub.devices().unwrap(), std::slice::from_ref(device));
}

/// Three hubs that meet in any order end with the same records, also where two have other bodies under a number.
#[test]
fn hubs_end_with_the_same_records() {
    let mission = Mission::new(3, 1, 3);
    let hubs = ["hub0", "hub1", "hub2"];
    let store = |name: &str| Hub::open(&mission.folder.join(name)).unwrap();
    let run = Run { author: 1, epoch: 7 };
    let record = |seq: u8, body: u8| [&[0x13, 7, 0, 0, seq][..], &[body; 20]].concat();
    for (hub, bodies) in hubs.iter().zip([&[(0, 0), (1, 1)][..], &[(0, 0), (1, 2), (4, 4)], &[(1, 3), (9, 9)]]) {
        let mut hub = store(hub);
        let mut adding = hub.adding().unwrap();
        bodies.iter().for_each(|(seq, body)| adding.add(run, *seq, &record(*seq, *body), 0).unwrap());
        adding.commit().unwrap();
    }
    for round in 0..6 {
        for hub in 0..hubs.len() {
            mission.sync_to_hubs(hubs[(hub + round) % 3], "stick0");
        }
    }
    let have = store("hub0").have(run).unwrap();
    assert_eq!((have.numbers.iter().collect::<Vec<_>>(), have.forked.iter().collect::<Vec<_>>()), (vec![0, 1, 4, 9], vec![1]));
    for hub in hubs {
        let mut bodies = store(hub).bodies(run, 1).unwrap();
        bodies.sort();
        assert_eq!(bodies, [record(1, 1), record(1, 2), record(1, 3)], "{hub}");
        assert_eq!(store(hub).have(run).unwrap().digest, have.digest, "{hub}");
        assert_eq!(mission.run(&["status", "--hub", &mission.path(hub)]), Exit::Success);
    }
    // Each knows what the others have; then two get other bodies under one number, which neither can tell from the other's.
    for (hub, body) in hubs.iter().zip([7, 8]) {
        let mut hub = store(hub);
        let mut adding = hub.adding().unwrap();
        adding.add(run, 5, &record(5, body), 0).unwrap();
        adding.commit().unwrap();
    }
    for round in 0..6 {
        for hub in 0..hubs.len() {
            mission.sync_to_hubs(hubs[(hub + round) % 3], "stick0");
        }
    }
    for hub in hubs {
        assert_eq!(store(hub).bodies(run, 5).unwrap().len(), 2, "{hub}");
    }
    let passed: u64 = hubs.iter().map(|hub| mission.sync_to_hubs(hub, "stick0").passed).sum();
    assert_eq!(passed, 0, "nothing is left to pass");
    // A file that told what a hub has may come without the one that had its record: the same numbers then, and not the same records.
    let (mut hub, other) = (store("hub0"), store("hub1").public().unwrap());
    let mut there = hub.elsewhere(&other).unwrap();
    there.get_mut(&run).unwrap().digest[0] ^= 1;
    hub.keep_elsewhere(&other, &there).unwrap();
    let many = hub.many().unwrap();
    drop(hub);
    assert_eq!(mission.sync_to_hubs("hub0", "stick1").passed, many, "all of the epoch");
}

/// A hub that is made after devices were enrolled: they learn of it from an answer, and then it reads their files.
#[test]
fn devices_learn_of_a_hub_that_is_made_later() {
    let mut mission = Mission::new(1, 1, 1);
    mission.run(&["hq", "hub", &mission.path("hq"), &mission.path("late")]);
    mission.save("device0");
    mission.sync_device("device0", "stick0");
    assert_eq!(mission.sync_hub("late", "stick0").left.others, 1, "it cannot read it yet");
    mission.run(&["hq", "hub", &mission.path("hq"), &mission.path("hub0")]);
    mission.sync_hub("hub0", "stick0");
    assert_eq!(mission.sync_device("device0", "stick0").hubs, 1);
    mission.save("device0");
    mission.sync_device("device0", "stick0");
    assert_eq!(mission.sync_hub("late", "stick0").added.new, 3, "all that HQ has sent no receipt for");
}

/// The only hub is lost, and another one is made: it writes to devices that cannot write to it.
#[test]
fn a_device_whose_hubs_are_all_lost_learns_of_a_new_one() {
    let mut mission = Mission::new(1, 1, 1);
    mission.save("device0");
    fs::remove_dir_all(mission.folder.join("hub0")).unwrap();
    mission.run(&["hq", "hub", &mission.path("hq"), &mission.path("new")]);
    let stick = format!("file:{}", mission.path("stick0"));
    assert_eq!(mission.run(&["sync", "--hub", &mission.path("new"), "--to-devices", &stick]), Exit::Success);
    assert_eq!(mission.sync_device("device0", "stick0").hubs, 1);
    mission.trip("device0", "new", "stick0");
    assert_eq!(mission.at_hq, mission.saved);
    assert_eq!(mission.marks("device0"), [0, 0, 0, 1]);
}

/// A hub names hubs by keys that are none, and by keys of its own: devices go on to write for all others, and once it is revoked for it no more.
#[test]
fn what_a_lying_hub_names_does_no_harm() {
    let mut mission = Mission::new(2, 1, 1);
    let (_, own) = increp_cli::link::file::sealed::hub_key().unwrap();
    Hub::open(&mission.folder.join("hub0")).unwrap().learn(&[], &[[0; 32], own]).unwrap();
    mission.save("device0");
    mission.sync_device("device0", "stick0");
    mission.sync_hub("hub0", "stick0");
    mission.sync_device("device0", "stick0");
    let knows =
        |mission: &Mission, key: &[u8; 32]| Folder::open(&mission.folder.join("device0")).unwrap().hubs().unwrap().contains(key);
    assert!(knows(&mission, &own) && !knows(&mission, &[0; 32]));
    // What HQ says to the other one in person reaches the device, and with it ends what the first one had named.
    assert_eq!(mission.run(&["hq", "revoke-hub", &mission.path("hq"), "hub0", "--hub", &mission.path("hub1")]), Exit::Success);
    for _ in 0..2 {
        mission.save("device0");
        mission.trip("device0", "hub1", "stick0");
    }
    assert!(!knows(&mission, &own));
    assert_eq!(mission.at_hq, mission.saved);
}
