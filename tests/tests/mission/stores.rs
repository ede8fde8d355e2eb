//! Stores of earlier versions, and of others.

use std::fs;

use increp::store::Mark;
use increp_cli::exit::Exit;
use increp_cli::store::device::Folder;
use increp_cli::store::hq::{self, Hq};
use increp_cli::store::hub::{self, Hub};
use increp_tests::mission::Mission;

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
        let drop =
            "DROP TABLE hub; DROP TABLE elsewhere; DROP TABLE message; DROP TABLE hop; DROP TABLE letter; DROP TABLE mission;
            ALTER TABLE epoch DROP COLUMN many;
            ALTER TABLE device DROP COLUMN heard; PRAGMA user_version = 1;";
        database.execute_batch(drop).unwrap();
        Hub::open(&mission.folder.join("hub0")).map(|hub| hub.many().unwrap()).unwrap()
    };
    assert_eq!(before, 2);
    let database = rusqlite::Connection::open(&file).unwrap();
    assert_eq!(database.query_row("PRAGMA user_version", (), |row| row.get::<_, i64>(0)).unwrap(), 4);
    drop(database);
    // HQ's, as it was before it said anything to devices.
    let of_hq = mission.folder.join("hq").join(hq::FILE);
    let drop_hq = "DROP TABLE message; DROP TABLE hop; ALTER TABLE device DROP COLUMN wiped; ALTER TABLE device DROP COLUMN heard;
        ALTER TABLE hub DROP COLUMN name; ALTER TABLE hub DROP COLUMN revoked; ALTER TABLE record DROP COLUMN late; PRAGMA user_version = 1;";
    rusqlite::Connection::open(&of_hq).unwrap().execute_batch(drop_hq).unwrap();
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

/// What is damaged in HQ's archive is named, and keeps nothing else from being printed.
#[test]
fn one_damaged_report_stops_no_other() {
    let mut mission = Mission::new(1, 1, 1);
    for _ in 0..3 {
        mission.save("device0");
    }
    mission.trip("device0", "hub0", "stick0");
    let database = rusqlite::Connection::open(mission.folder.join("hq").join(hq::FILE)).unwrap();
    database
        .execute_batch(
            "DROP TRIGGER postcard_stays; UPDATE record SET postcard = x'00' WHERE seq = 2; UPDATE record SET printed = 0",
        )
        .unwrap();
    mission.at_hq.clear();
    assert_eq!(mission.unseal("hub0"), Exit::Findings);
    assert_eq!(mission.at_hq.len(), 2);
}

/// A device is revoked from then on, whatever HQ's clock says.
#[test]
fn what_comes_after_a_revocation_is_not_printed_whatever_the_clock_says() {
    let mut mission = Mission::new(1, 1, 1);
    mission.save("device0");
    mission.trip("device0", "hub0", "stick0");
    Hq::open(&mission.folder.join("hq")).unwrap().revoke(1, i64::from(u32::MAX)).unwrap();
    mission.save("device0");
    mission.sync_device("device0", "stick0");
    mission.sync_hub("hub0", "stick0");
    mission.unseal("hub0");
    assert_eq!((mission.at_hq.len(), mission.saved.len()), (1, 2));
}

/// Records that were made to add up to what stands for another one hide none: HQ looks whenever a hub has more.
#[test]
fn hq_looks_at_all_that_a_hub_has_more() {
    let mut mission = Mission::new(2, 1, 1);
    mission.save("device0");
    mission.trip("device0", "hub0", "stick0");
    mission.save("device0");
    mission.sync_device("device0", "stick0");
    let before = Hub::open(&mission.folder.join("hub0")).unwrap().epochs(None).unwrap()[0];
    mission.sync_hub("hub0", "stick0");
    let file = mission.folder.join("hub0").join(hub::FILE);
    rusqlite::Connection::open(&file).unwrap().execute("UPDATE epoch SET digest = ?1", (before.1.digest,)).unwrap();
    mission.unseal("hub0");
    assert_eq!(mission.at_hq, mission.saved, "the digest is that of what HQ has seen");
}
