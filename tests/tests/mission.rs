//! A mission as it goes: HQ and hubs on machines of their own, a profile of its own, clocks that jump, machines that are put back.

#![allow(clippy::unwrap_used)] // a test

use std::fs;
use std::path::{Path, PathBuf};

use increp::model::{Event, Report, Stamp, Status};
use increp::seal::{Epoch, ErrorKind, HqKey, Record};
use increp::store::Mark;
use increp::wire::packed::Profile;
use increp_cli::exit::Exit;
use increp_cli::store::device::{Folder, How};
use increp_cli::store::hq::Hq;
use increp_cli::store::hub::{self, Hub, Run};
use increp_cli::store::vault::Vault;
use increp_tests::mission::{Mission, printed};

/// Saves a report with a note when the clock says so; gives its id and its bytes on the device.
fn save(device: &Path, note: &str, now: i64) -> (String, Vec<u8>) {
    let mut folder = Folder::open(device).unwrap();
    let event = Event { note: Some(note.into()), ..Event::default() };
    let now = Stamp::new(now);
    let mut report = Report { status: Status::TEST, sent: Some(now), event: Some(event), ..Report::default() };
    let id = folder.save(&mut report, &How { profile: &Profile::EMPTY, now }).unwrap().to_string();
    folder.sync().unwrap();
    (id, records(&mut folder).pop().unwrap())
}

fn records(folder: &mut Folder) -> Vec<Vec<u8>> {
    let (mut after, mut all) = (None, Vec::new());
    while let Some(kept) = folder.next(after).unwrap() {
        after = Some(kept.handle);
        all.push(kept.bytes);
    }
    all
}

fn run_of(record: &[u8]) -> (Run, u8) {
    let record = Record::parse(record).unwrap();
    (Run { author: 1, epoch: record.epoch }, record.seq)
}

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
    assert_eq!(devices.iter().map(|device| (device.author, device.revoked)).collect::<Vec<_>>(), [(1, true), (2, false)]);
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
    let other = hub::Device { hop: increp::seal::Secret::new([1; 16]), revoked: true, ..device.clone() };
    hub.learn(&[other], &[]).unwrap();
    assert_eq!(hub.devices().unwrap(), [hub::Device { revoked: true, ..device.clone() }]);
    hub.learn(std::slice::from_ref(device), &[]).unwrap();
    assert_eq!(hub.devices().unwrap(), [hub::Device { revoked: true, ..device.clone() }]);
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

/// A mission's own profile, the whole way. HQ without it keeps the reports, and says what to do; with it, it opens them.
#[test]
fn a_profile_of_the_missions_own_goes_the_whole_way() {
    let mut mission = Mission::new(1, 1, 1);
    let (past, profile) = (mission.path("past.ndjson"), mission.path("mission.profile"));
    let lines: String = (1..60)
        .map(|seq| {
            format!(
                "{{\"id\":\"9-{seq}\",\"kind\":\"new\",\"status\":\"test\",\"event\":{{\"note\":\"lorry {seq} at the bridge\"}}}}\n"
            )
        })
        .collect();
    fs::write(&past, lines).unwrap();
    assert_eq!(mission.run(&["train", "--no-table", "--size", "4K", "-o", &profile, &past]), Exit::Success);
    let report = mission.path("report.json");
    fs::write(&report, "{\"kind\":\"new\",\"status\":\"test\",\"event\":{\"note\":\"lorry 70 at the bridge\"}}").unwrap();
    let device = mission.path("device0");
    assert_eq!(mission.run(&["save", "--device", &device, "--profile", &profile, &report]), Exit::Success);
    mission.sync_device("device0", "stick0");
    mission.sync_hub("hub0", "stick0");
    for _ in 0..2 {
        assert_eq!(mission.unseal("hub0"), Exit::Findings, "the profile is not known");
        assert_eq!(mission.at_hq.len(), 0);
    }
    let hq = Hq::open(&mission.folder.join("hq")).unwrap();
    assert_eq!((hq.unread().unwrap(), hq.profiles().unwrap().len()), (1, 0));
    // It is HQ's by then: the device need not keep it.
    mission.sync_hub("hub0", "stick0");
    mission.sync_device("device0", "stick0");
    assert_eq!(mission.marks("device0"), [0, 0, 0, 1]);
    let out = mission.path("late.ndjson");
    let unseal = ["unseal", "--hub", &mission.path("hub0"), "--hq", &mission.path("hq"), "-o", &out, "--profile", &profile];
    assert_eq!(mission.run(&unseal), Exit::Success);
    assert_eq!(printed(Path::new(&out))[0].1, "lorry 70 at the bridge");
    assert_eq!((hq.unread().unwrap(), hq.profiles().unwrap()), (0, vec![fs::read(&profile).unwrap()]));

    // A device that was enrolled with it, and an HQ that knows it from then on.
    let other = mission.path("device1");
    let enrol = ["hq", "enrol", &mission.path("hq"), "--device", &other, "--profile", &profile, "--hub", &mission.path("hub0")];
    assert_eq!(mission.run(&enrol), Exit::Success);
    assert_eq!(mission.run(&["save", "--device", &other, &report]), Exit::Success);
    mission.sync_device("device1", "stick0");
    mission.sync_hub("hub0", "stick0");
    assert_eq!(mission.unseal("hub0"), Exit::Success);
    assert_eq!(mission.at_hq.values().collect::<Vec<_>>(), ["lorry 70 at the bridge"]);
}

/// Every blob in HQ's files that is sealed with its key, wherever it begins, and also in what the database has freed.
fn states(folder: &Path, key: &HqKey) -> Vec<Epoch> {
    let vault = Vault::new(key.secret());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        let open = |window: &[u8]| vault.open(window).ok().and_then(|state| Epoch::from_bytes(&state).ok());
        found.extend(bytes.windows(24 + Epoch::LEN + 16).filter_map(open));
    }
    found
}

/// The keys of reports that HQ has opened are in none of its files: neither in its rows, nor in what was freed, nor in the log.
#[test]
fn keys_of_opened_reports_are_erased_at_hq() {
    let mut mission = Mission::new(1, 1, 1);
    let (device, hq) = (mission.folder.join("device0"), mission.folder.join("hq"));
    // As long as somebody has the database open, its log stays.
    let other = Hq::open(&hq).unwrap();
    let key = other.key().clone();
    let mut buffer = vec![0; increp::seal::MAX_RECORD];
    let (_, first) = save(&device, "the first one", 1_700_000_000);
    for (at, note) in (1..).zip(["another", "a third", "the last"]) {
        mission.trip("device0", "hub0", "stick0");
        let (_, next) = save(&device, note, 1_700_000_000 + at);
        let states = states(&hq, &key);
        assert_eq!(states.len(), 1, "one epoch, once");
        assert!(states[0].open(&next, &mut buffer).is_ok(), "what is to come can be opened");
        assert_eq!(states[0].open(&first, &mut buffer).unwrap_err().kind, ErrorKind::Erased);
    }
    // Nor is there any text of a report that HQ's key does not lock.
    for entry in fs::read_dir(&hq).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(9).any(|window| window == b"the first"));
    }
}

/// A number that has not come keeps its key, and those behind it, until it does.
#[test]
fn a_gap_keeps_its_key() {
    let mut mission = Mission::new(2, 1, 2);
    let device = mission.folder.join("device0");
    let ids = ["one", "two", "three"].map(|note| save(&device, note, 1_700_000_000).0);
    // The second report comes to another hub, and late: hub0 has a file without it.
    let mut records = records(&mut Folder::open(&device).unwrap());
    let late = records.remove(2);
    for (name, records) in [("hub0", &records), ("hub1", &vec![late])] {
        let mut hub = Hub::open(&mission.folder.join(name)).unwrap();
        let mut adding = hub.adding().unwrap();
        for record in records {
            let (run, seq) = run_of(record);
            adding.add(run, seq, record, 0).unwrap();
        }
        adding.commit().unwrap();
        drop(hub);
        assert_eq!(mission.unseal(name), Exit::Success);
    }
    assert_eq!(mission.at_hq.keys().collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
}

/// A machine that is put back whole shows nothing to the device: two reports get one number. Both come to HQ, also if the keys of the
/// first are erased by then, and a hub's word about the other one does not keep the device from sending its own.
#[test]
fn a_machine_that_was_put_back_loses_no_report() {
    let mut mission = Mission::new(1, 1, 2);
    let (device, copy) = (mission.folder.join("device0"), mission.folder.join("device1"));
    save(&device, "before", 1_700_000_000);
    fs::create_dir(&copy).unwrap();
    for entry in fs::read_dir(&device).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    // What `place` says fits the copy, as it does after a snapshot of the machine.
    {
        use std::os::unix::fs::MetadataExt as _;
        let data = fs::metadata(copy.join("keys")).unwrap();
        fs::write(copy.join("place"), format!("{} {} {}.{:09}\n", data.dev(), data.ino(), data.ctime(), data.ctime_nsec()))
            .unwrap();
    }
    let (one, _) = save(&device, "of the one", 1_700_000_001);
    let (other, _) = save(&copy, "of the other", 1_700_000_002);
    assert_eq!(one, other, "the test is of one number for two reports");
    mission.trip("device0", "hub0", "stick0");
    // The answer for the first one is on the second one's stick: its receipt, and that the hub has the number.
    save(&copy, "and one more", 1_700_000_003);
    let file = |mission: &Mission| mission.files("stick1");
    mission.sync_device("device1", "stick1");
    for file in file(&mission) {
        fs::remove_file(file).unwrap();
    }
    mission.sync_device("device0", "stick0");
    let mut writer = increp_cli::link::file::content::Writer::new(increp_cli::link::file::content::Kind::Down, 1);
    let hub = Hub::open(&mission.folder.join("hub0")).unwrap();
    let (run, have) = hub.epochs(Some(1)).unwrap()[0];
    writer.numbers(run.epoch, &have.numbers);
    writer.receipt(&hub.receipts(1).unwrap()[0].1);
    let hop = hub.devices().unwrap()[0].hop.clone();
    drop(hub);
    let readers = [increp_cli::link::file::sealed::Reader::Device(hop.clone())];
    let bytes = increp_cli::link::file::sealed::seal(&writer.finish(&hop), &readers).unwrap();
    increp_cli::link::file::write(&mission.folder.join("stick1"), &bytes).unwrap();
    let outcome = mission.sync_device("device1", "stick1");
    assert_eq!((outcome.wrong, outcome.written), (1, 3), "HQ has another one: all is written again");
    assert_eq!(mission.sync_hub("hub0", "stick1").added.forks, 1);
    let out = mission.path("both.ndjson");
    let unseal = ["unseal", "--hub", &mission.path("hub0"), "--hq", &mission.path("hq"), "--again", "-o", &out];
    assert_eq!(mission.run(&unseal), Exit::Success);
    let mut notes: Vec<String> = printed(Path::new(&out)).into_iter().map(|(_, note)| note).collect();
    notes.sort();
    assert_eq!(notes, ["and one more", "before", "of the one", "of the other"]);
    let hq = Hq::open(&mission.folder.join("hq")).unwrap();
    assert_eq!(hq.doubled().unwrap(), 1);
    // Its next report is of another epoch.
    assert_ne!(run_of(&save(&copy, "later", 1_700_000_004).1).0, run);
}

/// The clock of a device jumps to and fro: no number is used twice, every report comes, with the time that was said.
#[test]
fn a_clock_that_jumps_loses_and_doubles_nothing() {
    let mut mission = Mission::new(1, 1, 1);
    let device = mission.folder.join("device0");
    let times = [1_700_000_000, 1_700_000_000 - 40 * 365 * 86_400, 4_000_000_000, 0, -1_000_000, 1_700_000_001];
    let saved: Vec<(String, i64)> = times.iter().map(|now| (save(&device, "noted", *now).0, *now)).collect();
    mission.trip("device0", "hub0", "stick0");
    let out = mission.path("all.ndjson");
    let unseal = ["unseal", "--hub", &mission.path("hub0"), "--hq", &mission.path("hq"), "--again", "-o", &out];
    assert_eq!(mission.run(&unseal), Exit::Success);
    let mut found: Vec<(String, String)> = fs::read_to_string(&out)
        .unwrap()
        .lines()
        .map(|line| {
            let report: serde_json::Value = serde_json::from_str(line).unwrap();
            (report["id"].as_str().unwrap().to_owned(), report["sent"].as_str().unwrap().to_owned())
        })
        .collect();
    let mut expected: Vec<(String, String)> = saved.iter().map(|(id, now)| (id.clone(), Stamp::new(*now).to_string())).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(mission.marks("device0"), [0, 0, 0, times.len()]);
}

/// A file that is no good is named and set aside, and the next sync is not about it; the reports come with the next file.
#[test]
fn what_is_refused_is_named_and_set_aside_once() {
    let mut mission = Mission::new(1, 1, 1);
    mission.save("device0");
    mission.sync_device("device0", "stick0");
    let torn = mission.files("stick0").remove(0);
    let bytes = fs::read(&torn).unwrap();
    fs::write(&torn, &bytes[..1000]).unwrap();
    let hub = ["sync", "--hub", &mission.path("hub0"), &format!("file:{}", mission.path("stick0"))];
    assert_eq!(mission.run(&hub), Exit::Findings);
    assert_eq!(mission.run(&hub), Exit::Success);
    let aside = PathBuf::from(format!("{}.refused", torn.display()));
    assert_eq!(fs::read(&aside).unwrap(), bytes[..1000], "nothing of it is gone");
    // The same name once more: nothing is written over.
    fs::write(&torn, "another").unwrap();
    assert_eq!(mission.run(&hub), Exit::Findings);
    assert_eq!(fs::read(&aside).unwrap(), bytes[..1000]);
    assert_eq!(fs::read(format!("{}.1.refused", torn.display())).unwrap(), b"another");
    // What a later version wrote is not this one's to set aside.
    let mut later = bytes;
    later[7] = 2;
    fs::write(&torn, &later).unwrap();
    for _ in 0..2 {
        assert_eq!(mission.run(&hub), Exit::Findings);
    }
    assert_eq!(fs::read(&torn).unwrap(), later);
    mission.trip("device0", "hub0", "stick0");
    assert_eq!(mission.at_hq, mission.saved);
}

/// A hub's store of version 1, as it was before hubs knew each other, is brought up to date with all that is in it.
#[test]
fn a_store_of_an_earlier_version_is_migrated() {
    let mut mission = Mission::new(1, 1, 1);
    mission.save("device0");
    mission.sync_device("device0", "stick0");
    mission.sync_hub("hub0", "stick0");
    let file = mission.folder.join("hub0").join(hub::FILE);
    let before = {
        let database = rusqlite::Connection::open(&file).unwrap();
        database.execute_batch("DROP TABLE hub; DROP TABLE elsewhere; PRAGMA user_version = 1;").unwrap();
        Hub::open(&mission.folder.join("hub0")).map(|hub| hub.many().unwrap()).unwrap()
    };
    assert_eq!(before, 2);
    let database = rusqlite::Connection::open(&file).unwrap();
    assert_eq!(database.query_row("PRAGMA user_version", (), |row| row.get::<_, i64>(0)).unwrap(), 2);
    drop(database);
    assert_eq!(mission.unseal("hub0"), Exit::Success);
    assert_eq!(mission.at_hq, mission.saved);
    assert_eq!(Hub::open(&mission.folder.join("hub0")).unwrap().hubs().unwrap().len(), 1);
    // One of a later version is left alone.
    let database = rusqlite::Connection::open(&file).unwrap();
    database.execute_batch("PRAGMA user_version = 99").unwrap();
    let error = format!("{:#}", Hub::open(&mission.folder.join("hub0")).unwrap_err());
    assert!(error.contains("was written by a later version of increp"), "{error}");
    assert_eq!(database.query_row("PRAGMA user_version", (), |row| row.get::<_, i64>(0)).unwrap(), 99);
}

/// HQ's database says nothing to whoever has another key.
#[test]
fn hqs_database_is_locked_with_its_key() {
    let mut mission = Mission::new(1, 1, 1);
    mission.save("device0");
    mission.trip("device0", "hub0", "stick0");
    mission.run(&["hq", "init", &mission.path("other")]);
    fs::copy(mission.folder.join("hq/hq.db"), mission.folder.join("other/hq.db")).unwrap();
    let other = Hq::open(&mission.folder.join("other")).unwrap();
    let error = format!("{:#}", other.devices().unwrap_err());
    assert!(error.contains("hq.key is the key of another HQ"), "{error}");
    for entry in fs::read_dir(mission.folder.join("hq")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(7).any(|window| window == b"note 1 "), "a report in the clear");
    }
    assert_eq!(mission.marks("device0")[3], 1);
    assert_eq!(Mark::AtHq, Folder::open(&mission.folder.join("device0")).unwrap().next(None).unwrap().unwrap().mark);
}
