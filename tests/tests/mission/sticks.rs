//! Files on a stick that are no good.

use std::fs;
use std::path::PathBuf;

use increp_cli::exit::Exit;
use increp_tests::mission::Mission;

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
