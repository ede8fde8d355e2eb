//! Machines that are put back, and clocks that jump.

use std::fs;
use std::path::Path;

use increp::model::Stamp;
use increp_cli::exit::Exit;
use increp_cli::store::hq::Hq;
use increp_cli::store::hub::Hub;
use increp_tests::mission::{Mission, printed};

use super::{run_of, save};

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
