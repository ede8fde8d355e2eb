//! Reports that are carried from devices to HQ: whatever happens to the sticks, and whoever meddles with hubs and devices, HQ ends with
//! what was saved, each report once.

#![allow(clippy::unwrap_used)] // a test

use std::fs;
use std::path::{Path, PathBuf};

use increp::seal::Secret;
use increp_cli::exit::Exit;
use increp_cli::link::file::content::{Content, Entry, Kind, Writer};
use increp_cli::link::file::sealed::{self, Opener, Reader};
use increp_cli::link::file::write;
use increp_cli::store::device::Folder;
use increp_cli::store::hub::{Hub, Run};
use increp_tests::mission::{Mission, printed};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Save(usize),
    /// A stick at a device.
    Device(usize, usize),
    /// A stick at a hub.
    Hub(usize, usize),
    Unseal(usize),
    /// A file of a stick a second time, on some stick.
    Double(usize, usize),
    /// A file put aside, to come back later, on some stick.
    Aside(usize),
    Back(usize),
    Lose(usize),
    Tear(usize, u16),
    Flip(usize, u16),
    Foreign(usize),
}

const HUBS: usize = 2;
const DEVICES: usize = 2;
const STICKS: usize = 2;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..DEVICES).prop_map(Step::Save),
        6 => (0..DEVICES, 0..STICKS).prop_map(|(device, stick)| Step::Device(device, stick)),
        4 => (0..HUBS, 0..STICKS).prop_map(|(hub, stick)| Step::Hub(hub, stick)),
        2 => (0..HUBS).prop_map(Step::Unseal),
        2 => (0..STICKS, 0..STICKS).prop_map(|(from, to)| Step::Double(from, to)),
        2 => (0..STICKS).prop_map(Step::Aside),
        2 => (0..STICKS).prop_map(Step::Back),
        1 => (0..STICKS).prop_map(Step::Lose),
        1 => (0..STICKS, any::<u16>()).prop_map(|(stick, at)| Step::Tear(stick, at)),
        1 => (0..STICKS, any::<u16>()).prop_map(|(stick, at)| Step::Flip(stick, at)),
        1 => (0..STICKS).prop_map(Step::Foreign),
    ];
    prop::collection::vec(step, 1..40)
}

fn stick(number: usize) -> String {
    format!("stick{number}")
}

/// Some file of a stick.
fn some(mission: &Mission, number: usize) -> Option<PathBuf> {
    mission.files(&stick(number)).into_iter().next()
}

fn flip(path: &Path, at: u16) {
    let mut bytes = fs::read(path).unwrap();
    let at = usize::from(at) % bytes.len();
    bytes[at] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// The good files arrive in the end, for the devices write them again: then the same set is at HQ, and the devices know it.
    #[test]
    fn whatever_happens_to_sticks_hq_ends_with_what_was_saved(steps in steps()) {
        let mut mission = Mission::new(HUBS, DEVICES, STICKS);
        let (mut aside, mut copies) = (Vec::new(), 0);
        for step in steps {
            match step {
                Step::Save(device) => drop(mission.save(&format!("device{device}"))),
                Step::Device(device, at) => drop(mission.sync_device(&format!("device{device}"), &stick(at))),
                Step::Hub(hub, at) => prop_assert_eq!(mission.sync_hub(&format!("hub{hub}"), &stick(at)).added.forks, 0),
                Step::Unseal(hub) => prop_assert_eq!(mission.unseal(&format!("hub{hub}")), Exit::Success),
                Step::Double(from, to) => {
                    copies += 1;
                    some(&mission, from).map(|file| fs::copy(file, mission.folder.join(stick(to)).join(format!("{copies}.irs"))).unwrap());
                }
                Step::Aside(at) => {
                    if let Some(file) = some(&mission, at) {
                        aside.push(fs::read(&file).unwrap());
                        fs::remove_file(file).unwrap();
                    }
                }
                Step::Back(at) => {
                    copies += 1;
                    if let Some(file) = aside.pop() {
                        fs::write(mission.folder.join(stick(at)).join(format!("{copies}.irs")), file).unwrap();
                    }
                }
                Step::Lose(at) => drop(some(&mission, at).map(|file| fs::remove_file(file).unwrap())),
                Step::Tear(at, length) => drop(some(&mission, at).map(|file| {
                    let bytes = fs::read(&file).unwrap();
                    fs::write(file, &bytes[..usize::from(length) % (bytes.len().max(1))]).unwrap();
                })),
                Step::Flip(at, byte) => drop(some(&mission, at).filter(|file| file.metadata().unwrap().len() > 0).map(|file| flip(&file, byte))),
                Step::Foreign(at) => {
                    copies += 1;
                    fs::write(mission.folder.join(stick(at)).join(format!("{copies}.irs")), "not a stick file, but named like one").unwrap();
                }
            }
            // At no time does HQ have what nobody saved.
            prop_assert!(mission.at_hq.iter().all(|(id, note)| mission.saved.get(id) == Some(note)));
        }
        fs::create_dir(mission.folder.join("new")).unwrap();
        // What is left at hubs and on sticks comes too, late and in any order.
        for hub in 0..HUBS {
            for number in 0..STICKS {
                mission.sync_hub(&format!("hub{hub}"), &stick(number));
            }
            mission.unseal(&format!("hub{hub}"));
        }
        for device in 0..DEVICES {
            mission.trip(&format!("device{device}"), "hub0", "new");
        }
        prop_assert_eq!(&mission.at_hq, &mission.saved);
        for device in 0..DEVICES {
            let [saved, sent, at_hub, _] = mission.marks(&format!("device{device}"));
            prop_assert_eq!([saved, sent, at_hub], [0; 3]);
        }
        prop_assert_eq!(mission.files("new"), Vec::<PathBuf>::new());
    }
}

/// What a hub says does not count: the device gives up nothing, and marks nothing as at HQ, until HQ's own receipt is here.
#[test]
fn only_hqs_receipt_says_at_hq() {
    let mut mission = Mission::new(1, 1, 1);
    mission.save("device0");
    assert_eq!(mission.marks("device0"), [1, 0, 0, 0]);
    mission.sync_device("device0", "stick0");
    assert_eq!(mission.marks("device0"), [0, 1, 0, 0]);
    mission.sync_hub("hub0", "stick0");
    assert_eq!(mission.marks("device0"), [0, 1, 0, 0]);
    mission.sync_device("device0", "stick0");
    assert_eq!(mission.marks("device0"), [0, 0, 1, 0]);
    mission.sync_hub("hub0", "stick0");
    mission.unseal("hub0");
    mission.sync_device("device0", "stick0");
    assert_eq!(mission.marks("device0"), [0, 0, 1, 0]);
    mission.sync_hub("hub0", "stick0");
    let outcome = mission.sync_device("device0", "stick0");
    assert_eq!((outcome.receipts, outcome.waiting), (1, 0));
    assert_eq!(mission.marks("device0"), [0, 0, 0, 1]);
}

/// A hub that lies: it says it has what it has not. The report stays on the device, and goes with the next stick.
#[test]
fn a_lying_hub_stalls_nothing_for_longer_than_its_stick() {
    let mut mission = Mission::new(2, 1, 2);
    mission.save("device0");
    mission.sync_device("device0", "stick0");
    mission.sync_hub("hub0", "stick0");
    // hub0 burns down, and its answer reaches the device.
    fs::remove_dir_all(mission.folder.join("hub0")).unwrap();
    mission.sync_device("device0", "stick0");
    assert_eq!(mission.marks("device0"), [0, 0, 1, 0]);
    mission.trip("device0", "hub1", "stick1");
    assert_eq!(mission.at_hq, mission.saved);
    assert_eq!(mission.marks("device0"), [0, 0, 0, 1]);
}

/// Somebody with a hub's keys puts a body of his own under a number before the true one comes: HQ refuses it, the device sends the true
/// one again, and both are kept at the hub.
#[test]
fn a_forged_body_stalls_nothing() {
    let mut mission = Mission::new(1, 1, 1);
    let id = mission.save("device0");
    let hub = mission.folder.join("hub0");
    let hop = Hub::open(&hub).unwrap().devices().unwrap()[0].hop.clone();
    let public = Hub::open(&hub).unwrap().public().unwrap();
    let (epoch, mut forged) = {
        let mut device = Folder::open(&mission.folder.join("device0")).unwrap();
        let opening = device.next(None).unwrap().unwrap();
        let kept = device.next(Some(opening.handle)).unwrap().unwrap();
        (increp::seal::Record::parse(&kept.bytes).unwrap().epoch, kept.bytes)
    };
    let last = forged.len() - 1;
    forged[last] ^= 1;
    let mut writer = Writer::new(Kind::Up, 1);
    // Said in the device's name, so that the hub answers what it has of these.
    writer.numbers(epoch, &[0, 1].into_iter().collect());
    writer.record(&forged);
    write(&mission.folder.join("stick0"), &sealed::seal(&writer.finish(&hop), &[Reader::Hub(public)]).unwrap()).unwrap();
    mission.sync_hub("hub0", "stick0");
    // The hub has number 1, and says so: only number 0 comes now.
    assert_eq!(mission.sync_device("device0", "stick0").written, 0);
    mission.sync_hub("hub0", "stick0");
    assert_eq!(mission.unseal("hub0"), Exit::Findings);
    assert_eq!(mission.at_hq.len(), 0);
    // Once HQ has looked, the hub no longer says that it has number 1.
    mission.sync_hub("hub0", "stick0");
    assert_eq!(mission.sync_device("device0", "stick0").written, 1);
    let outcome = mission.sync_hub("hub0", "stick0");
    assert_eq!(outcome.added.forks, 1);
    assert_eq!(mission.unseal("hub0"), Exit::Success);
    assert_eq!(mission.at_hq, mission.saved);
    let bodies = Hub::open(&hub).unwrap().bodies(Run { author: 1, epoch }, 1).unwrap();
    assert_eq!((bodies.len(), bodies.contains(&forged)), (2, true), "{id}");
    mission.sync_hub("hub0", "stick0");
    mission.sync_device("device0", "stick0");
    assert_eq!(mission.marks("device0"), [0, 0, 0, 1]);
}

/// Files by others than the device and its hubs say nothing: neither records nor receipts, and they stay where they are.
#[test]
fn what_a_stranger_writes_is_refused() {
    let mut mission = Mission::new(1, 2, 1);
    mission.save("device0");
    mission.sync_device("device0", "stick0");
    let stick = mission.folder.join("stick0");
    let hub = Hub::open(&mission.folder.join("hub0")).unwrap();
    let public = hub.public().unwrap();
    let [first, second] = [0, 1].map(|at| hub.devices().unwrap()[at].hop.clone());
    drop(hub);
    // The first device's name, with another one's key, or nobody's.
    for key in [second.clone(), Secret::new([0; 16])] {
        write(&stick, &sealed::seal(&Writer::new(Kind::Up, 1).finish(&key), &[Reader::Hub(public)]).unwrap()).unwrap();
    }
    // A device that nobody knows; a hub's file to a hub.
    write(&stick, &sealed::seal(&Writer::new(Kind::Up, 99).finish(&first), &[Reader::Hub(public)]).unwrap()).unwrap();
    write(&stick, &sealed::seal(&Writer::new(Kind::Down, 1).finish(&first), &[Reader::Hub(public)]).unwrap()).unwrap();
    let outcome = mission.sync_hub("hub0", "stick0");
    // The device may be known tomorrow.
    assert_eq!((outcome.files, outcome.left.refused, outcome.left.waiting), (1, 3, 1));
    // An answer for the first device that the second one wrote, or that is for another device.
    write(&stick, &sealed::seal(&Writer::new(Kind::Down, 1).finish(&second), &[Reader::Device(first.clone())]).unwrap()).unwrap();
    write(&stick, &sealed::seal(&Writer::new(Kind::Down, 2).finish(&first), &[Reader::Device(first.clone())]).unwrap()).unwrap();
    // A good answer whose receipt is not HQ's.
    let mut writer = Writer::new(Kind::Down, 1);
    writer.receipt(&[0x15; 40]);
    write(&stick, &sealed::seal(&writer.finish(&first), &[Reader::Device(first)]).unwrap()).unwrap();
    let outcome = mission.sync_device("device0", "stick0");
    assert_eq!((outcome.left.refused, outcome.wrong, outcome.confirmed, outcome.waiting), (2, 1, 0, 1));
    assert_eq!(mission.marks("device0"), [0, 0, 1, 0]);
}

/// Both copies of a device save under what would be the same numbers; both reports reach HQ, under ids that differ.
#[test]
fn a_copied_device_uses_no_number_twice() {
    let mut mission = Mission::new(1, 1, 1);
    mission.save("device0");
    copy(&mission.folder.join("device0"), &mission.folder.join("device1"));
    for _ in 0..2 {
        mission.save("device0");
        mission.save("device1");
    }
    // And a backup that is put back.
    copy(&mission.folder.join("device0"), &mission.folder.join("backup"));
    mission.save("device0");
    fs::remove_dir_all(mission.folder.join("device0")).unwrap();
    copy(&mission.folder.join("backup"), &mission.folder.join("device0"));
    // In place too: the same file, with the old content.
    mission.save("device0");
    let keys = fs::read(mission.folder.join("device0/keys")).unwrap();
    let journal = fs::read(mission.folder.join("device0/journal")).unwrap();
    let lost = mission.save("device0");
    fs::write(mission.folder.join("device0/keys"), keys).unwrap();
    fs::write(mission.folder.join("device0/journal"), journal).unwrap();
    mission.save("device0");
    // What was saved and then overwritten by somebody is gone, of course.
    let before: Vec<String> = mission.saved.keys().cloned().collect();
    mission.trip("device0", "hub0", "stick0");
    mission.trip("device1", "hub0", "stick0");
    let missing: Vec<&String> = before.iter().filter(|id| !mission.at_hq.contains_key(*id)).collect();
    assert!(missing.contains(&&lost) && missing.len() == 2, "{missing:?}");
    assert!(mission.at_hq.iter().all(|(id, note)| mission.saved.get(id) == Some(note)));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// What comes from a device after it was revoked is kept, and not printed until somebody asks; what came before is printed.
#[test]
fn a_revoked_device_is_no_longer_believed() {
    let mut mission = Mission::new(1, 1, 1);
    mission.save("device0");
    mission.trip("device0", "hub0", "stick0");
    mission.save("device0");
    assert_eq!(mission.run(&["hq", "revoke", &mission.path("hq"), "7"]), Exit::Findings);
    assert_eq!(mission.run(&["hq", "revoke", &mission.path("hq"), "1", "--hub", &mission.path("hub0")]), Exit::Success);
    mission.trip("device0", "hub0", "stick0");
    assert_eq!((mission.at_hq.len(), mission.saved.len()), (1, 2));
    assert_eq!(mission.marks("device0"), [0, 1, 0, 1], "no answer, no receipt");
    let out = mission.path("late.ndjson");
    mission.run(&["unseal", "--hub", &mission.path("hub0"), "--hq", &mission.path("hq"), "--revoked", "-o", &out]);
    let late = printed(Path::new(&out));
    assert_eq!(late.len(), 1);
    assert_eq!(mission.saved.get(&late[0].0), Some(&late[0].1));
}

/// A report takes at most 16 bytes beside its own on a stick: the seal, what fills it up, and its place in the file.
#[test]
fn a_report_takes_at_most_16_bytes_beside_its_own() {
    use increp::model::{Event, Report, Stamp};
    use increp::wire::packed::{self, Known, Profile};
    let mission = Mission::new(1, 1, 1);
    let mut folder = Folder::open(&mission.folder.join("device0")).unwrap();
    let (mut bodies, mut reports) = (0, 0);
    // Many, or the rounding to whole blocks would decide.
    for number in 0..3000_u32 {
        let now = Stamp::new(1_700_000_000 + i64::from(number) * 60);
        let note: String = "seen at the bridge, two lorries".chars().cycle().take((number * 7 % 90) as usize + 1).collect();
        let event = Event { note: Some(note.as_str().into()), ..Event::default() };
        let mut report = Report { sent: Some(now), event: Some(event), ..Report::default() };
        let how = increp_cli::store::device::How { profile: &Profile::EMPTY, now };
        let id = folder.save(&mut report, &how).unwrap();
        // What the report itself takes: packed, with what the receiver knows from the seal.
        let sent = Some(Stamp::new(1_700_000_000 + i64::from(number - number % 255) * 60));
        let known = Known { id: Some(id), sent, point: None, profile: true };
        let mut buffer = [0; increp::MAX_LEN];
        bodies += packed::encode(&report, &Profile::EMPTY, &known, &mut buffer).unwrap().len();
        reports += 1;
    }
    folder.sync().unwrap();
    drop(folder);
    assert_eq!(mission.sync_device("device0", "stick0").written, reports);
    let files: u64 = mission.files("stick0").iter().map(|file| file.metadata().unwrap().len()).sum();
    let beside = (files as f64 - bodies as f64) / reports as f64;
    println!(
        "{reports} reports of {:.1} bytes on a stick take {beside:.2} bytes each beside their own",
        bodies as f64 / reports as f64
    );
    assert!(beside <= 16.0, "{beside}");
}

/// The stick says nothing of whose reports are on it, nor what they say.
#[test]
fn a_stick_that_is_taken_tells_nothing() {
    let mut mission = Mission::new(1, 1, 1);
    mission.save("device0");
    mission.sync_device("device0", "stick0");
    let [file] = &mission.files("stick0")[..] else { panic!("one file") };
    let bytes = fs::read(file).unwrap();
    // Neither the device's own key nor that of another hub opens it.
    let hop = Folder::open(&mission.folder.join("device0")).unwrap().hop_key().clone();
    let (another, _) = sealed::hub_key().unwrap();
    for opener in [Opener::Device(hop), Opener::Hub(another)] {
        assert_eq!(sealed::open(&bytes, [&opener]).unwrap_err(), sealed::Refused::Others);
    }
    let key = Hub::open(&mission.folder.join("hub0")).unwrap().key().clone();
    let (content, _) = sealed::open(&bytes, [&Opener::Hub(key)]).unwrap();
    // And the hub sees sealed records alone.
    let entries = Content::parse(&content).unwrap().entries;
    assert_eq!(entries.iter().filter(|entry| matches!(entry, Entry::Record(_))).count(), 2);
    assert!(!content.windows(4).any(|window| window == b"note"));
}
