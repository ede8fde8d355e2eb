//! A profile of the mission's own.

use std::fs;
use std::path::Path;

use increp_cli::exit::Exit;
use increp_cli::store::hq::Hq;
use increp_tests::mission::{Mission, printed};

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
