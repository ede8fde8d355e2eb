//! Which keys HQ has left.

use std::fs;
use std::path::Path;

use increp::seal::{Epoch, ErrorKind, HqKey};
use increp_cli::exit::Exit;
use increp_cli::store::device::Folder;
use increp_cli::store::hq::Hq;
use increp_cli::store::hub::Hub;
use increp_cli::store::vault::Vault;
use increp_tests::mission::Mission;

use super::{records, run_of, save};

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
