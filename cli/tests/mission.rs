//! A mission with the tool as processes: enrolment on two machines, passphrases, key files, two at once.

#![allow(clippy::unwrap_used)] // a test
#![cfg(unix)] // modes of files

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const REPORT: &str = r#"{"kind":"new","status":"test","event":{"note":"seen at the bridge"}}"#;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("increp-mission-tool-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("stick")).unwrap();
        fs::write(folder.join("report.json"), REPORT).unwrap();
        Self(folder)
    }

    fn increp(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_increp"));
        command.args(arguments.split(' ')).current_dir(&self.0).env_remove("INCREP_PASSPHRASE_FILE").stdin(Stdio::null());
        command
    }

    fn try_run(&self, arguments: &str) -> Output {
        self.increp(arguments).output().unwrap()
    }

    fn run(&self, arguments: &str) -> String {
        let done = self.try_run(arguments);
        assert!(done.status.success(), "{arguments}: {}", text(&done.stderr));
        text(&done.stdout)
    }

    fn fails(&self, arguments: &str, code: i32, why: &str) {
        let done = self.try_run(arguments);
        assert_eq!(done.status.code(), Some(code), "{arguments}: {}", text(&done.stderr));
        assert!(text(&done.stderr).contains(why), "{arguments}: {}", text(&done.stderr));
    }

    /// HQ, a hub and a device.
    fn begin(&self) {
        self.run("hq init hq");
        self.run("hq hub hq hub");
        self.run("hq enrol hq --device device --hub hub");
    }

    /// A report from the device to HQ, and the word back; gives what HQ prints.
    fn trip(&self) -> String {
        self.run("sync --device device file:stick");
        self.run("sync --hub hub file:stick");
        let printed = self.run("unseal --hub hub --hq hq");
        self.run("sync --hub hub file:stick");
        self.run("sync --device device file:stick");
        printed
    }

    fn mode(&self, file: &str, mode: u32) {
        fs::set_permissions(self.0.join(file), fs::Permissions::from_mode(mode)).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The two sides at once, with a stick between them; `answer` makes what is typed at HQ of the digits that the device shows.
fn enrol_over_a_stick(folder: &Folder, answer: impl Fn(&str) -> String) -> (Output, Output) {
    let spawn = |arguments: &str| {
        folder.increp(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut device = spawn("hq enrol --device device --over file:stick");
    let mut hq = spawn("hq enrol hq --hub hub --over file:stick");
    let mut said = BufReader::new(device.stderr.take().unwrap()).lines().map(Result::unwrap);
    let line = said.find(|line| line.starts_with("type these digits at HQ: ")).unwrap();
    writeln!(hq.stdin.take().unwrap(), "{}", answer(line.rsplit(": ").next().unwrap())).unwrap();
    let hq = hq.wait_with_output().unwrap();
    if hq.status.success() {
        writeln!(device.stdin.take().unwrap(), "yes").unwrap();
        // It goes on to say something.
        let said: Vec<String> = said.collect();
        assert!(said.last().unwrap().ends_with("is enrolled"), "{said:?}");
    } else {
        // Nothing more comes from HQ; somebody ends it.
        device.kill().unwrap();
    }
    (hq, device.wait_with_output().unwrap())
}

/// HQ that opened another mission's hub would tell it who its devices are, and a folder that is two things at once loses one of them.
#[test]
fn folders_of_others_are_refused_and_stay_as_they_were() {
    let folder = Folder::new("others");
    folder.begin();
    folder.run("hq init other");
    folder.run("hq hub other theirs");
    for arguments in
        ["hq hub hq theirs", "hq alert hq leave --hub theirs", "unseal --hub theirs --hq hq", "unseal --hub hub --hq other"]
    {
        folder.fails(arguments, 3, "is a hub of another mission");
    }
    folder.fails("hq enrol other --device new --hub hub", 3, "is a hub of another mission");
    for (arguments, whose) in [
        ("hq enrol hq --device hub", "a hub's"),
        ("hq enrol hq --device hq", "HQ's"),
        ("hq hub hq device", "a device's"),
        ("hq hub hq other", "HQ's"),
        ("hq init device", "a device's"),
        ("hq init hub", "a hub's"),
    ] {
        folder.fails(arguments, 3, &format!("is {whose} folder already"));
    }
    assert_eq!(folder.run("status --hq hq --json").matches("\"devices\":[1]").count(), 1, "a device is enrolled that is not there");
    folder.run("save --device device report.json");
    assert!(folder.trip().contains("seen at the bridge"));
}

#[test]
fn what_is_not_done_is_said() {
    let folder = Folder::new("not-done");
    folder.begin();
    fs::write(folder.0.join("empty"), "\n").unwrap();
    folder.fails("save --device device empty", 1, "there is no report in it");
    folder.fails("sync --device device --to-hubs file:stick", 2, "expected --hub");
    folder.fails("sync --hub hub --to-devices tcp://127.0.0.1:1", 2, "expected --hub DIR and file:FOLDER");
    // A report of a revoked device waits for --revoked, not for a profile.
    folder.run("save --device device report.json");
    folder.run("sync --device device file:stick");
    folder.run("sync --hub hub file:stick");
    folder.run("hq revoke hq 1");
    assert_eq!(folder.run("unseal --hub hub --hq hq"), "");
    let status = folder.run("status --hq hq");
    assert!(status.contains("1 not printed yet, 1 of them of revoked devices") && !status.contains("profile"), "{status}");
}

#[test]
fn a_device_is_enrolled_on_another_machine() {
    let folder = Folder::new("over");
    folder.run("hq init hq");
    folder.run("hq hub hq hub");
    let (hq, device) = enrol_over_a_stick(&folder, ToOwned::to_owned);
    assert_eq!((hq.status.code(), device.status.code()), (Some(0), Some(0)), "{}", text(&hq.stderr));
    assert_eq!(fs::read_dir(folder.0.join("stick")).unwrap().count(), 0, "nothing of it is left");
    folder.run("save --device device report.json");
    assert!(folder.trip().contains("seen at the bridge"));
    folder.fails("hq enrol hq", 2, "or --over LINK");
}

#[test]
fn with_other_digits_nobody_is_enrolled() {
    let folder = Folder::new("digits");
    folder.run("hq init hq");
    folder.run("hq hub hq hub");
    let other = |digits: &str| digits.chars().map(|digit| if digit == '1' { '2' } else { '1' }).collect();
    let (hq, _) = enrol_over_a_stick(&folder, other);
    assert_eq!(hq.status.code(), Some(1));
    assert!(text(&hq.stderr).contains("nothing was enrolled"), "{}", text(&hq.stderr));
    assert!(!folder.0.join("device").exists());
    assert!(folder.run("status --hq hq").starts_with("0 devices"));
    // What is left of another enrolment is not answered.
    fs::write(folder.0.join("stick/enrol-2-from-device"), "x").unwrap();
    folder.fails("hq enrol hq --over file:stick", 3, "is left of another enrolment");
}

#[test]
fn a_passphrase_locks_hqs_keys_and_a_devices() {
    let folder = Folder::new("passphrase");
    fs::write(folder.0.join("right"), "four words of mine\nand a line that is not of it\n").unwrap();
    fs::write(folder.0.join("wrong"), "four words of yours\n").unwrap();
    let with = |file: &str, arguments: &str| folder.increp(arguments).env("INCREP_PASSPHRASE_FILE", file).output().unwrap();
    let right = |arguments: &str| {
        let done = with("right", arguments);
        assert!(done.status.success(), "{arguments}: {}", text(&done.stderr));
        text(&done.stdout)
    };
    folder.fails("hq init hq --passphrase", 3, "there is no terminal to ask on");
    assert!(!folder.0.join("hq/hq.key").exists());
    right("hq init hq --passphrase");
    right("hq hub hq hub");
    right("hq enrol hq --device device --hub hub --passphrase");
    for file in ["hq/hq.key", "device/keys"] {
        let bytes = fs::read(folder.0.join(file)).unwrap();
        assert!(bytes.starts_with(b"\x89irk\r\n\x1a\x01"), "{file}");
        assert_eq!(fs::metadata(folder.0.join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    let commands = ["save --device device report.json", "status --device device", "unseal --hub hub --hq hq", "status --hq hq"];
    for command in commands {
        folder.fails(command, 3, "needs a passphrase, and there is no terminal to ask on");
        let done = with("wrong", command);
        assert_eq!(done.status.code(), Some(3), "{command}");
        assert!(text(&done.stderr).contains("the passphrase is wrong, or the file is damaged"), "{}", text(&done.stderr));
    }
    // What is wrong with it is told by name, and nothing is changed.
    assert!(
        text(&with("nowhere", "status --hq hq").stderr).contains("nowhere, which INCREP_PASSPHRASE_FILE names: cannot be read")
    );
    let id = right("save --device device report.json");
    right("sync --device device file:stick");
    // A hub's key has none: it reads nothing.
    folder.run("sync --hub hub file:stick");
    assert!(right("unseal --hub hub --hq hq").contains(id.trim()));
    folder.run("sync --hub hub file:stick");
    right("sync --device device file:stick");
    assert_eq!(right("status --device device --each").lines().last().unwrap(), format!("at HQ  {}", id.trim()));
    // The epoch goes on: the device knows that it was not copied.
    let next = right("save --device device report.json");
    assert_eq!(id.rsplit_once('-').unwrap().0, next.rsplit_once('-').unwrap().0);
}

/// A passphrase can be given, changed and taken away later; nothing is lost, and no number is used twice.
#[test]
fn a_passphrase_is_given_changed_and_taken_away_later() {
    let folder = Folder::new("relock");
    folder.begin();
    for (name, words) in [("one", "four words of mine"), ("two", "five words of mine too")] {
        fs::write(folder.0.join(name), words).unwrap();
    }
    let run = |before: Option<&str>, new: Option<&str>, arguments: &str| {
        let mut command = folder.increp(arguments);
        before.map(|file| command.env("INCREP_PASSPHRASE_FILE", file));
        new.map(|file| command.env("INCREP_NEW_PASSPHRASE_FILE", file));
        command.output().unwrap()
    };
    let good = |before: Option<&str>, new: Option<&str>, arguments: &str| {
        let done = run(before, new, arguments);
        assert!(done.status.success(), "{arguments}: {}", text(&done.stderr));
        text(&done.stdout).trim().to_owned()
    };
    let mut ids = vec![folder.run("save --device device report.json").trim().to_owned()];
    folder.run("hq alert hq leave --hub hub");
    folder.run("sync --device device file:stick");
    folder.run("sync --hub hub file:stick");
    assert!(folder.run("sync --device device file:stick").contains("leave"));
    let secrets = ["hq/hq.key", "device/keys", "device/messages"].map(|file| (file, fs::read(folder.0.join(file)).unwrap()));
    folder.fails("passphrase --device device", 3, "put it into a file, and its name into INCREP_NEW_PASSPHRASE_FILE");
    for (before, new) in [(None, Some("one")), (Some("one"), Some("two")), (Some("two"), None)] {
        let remove = if new.is_none() { " --remove" } else { "" };
        for which in ["--hq hq", "--device device"] {
            if before.is_some() {
                assert_eq!(run(None, new, &format!("passphrase {which}{remove}")).status.code(), Some(3), "without the one before");
            }
            good(before, new, &format!("passphrase {which}{remove}"));
        }
        for (file, plain) in &secrets {
            let bytes = fs::read(folder.0.join(file)).unwrap();
            assert_eq!(bytes.starts_with(b"\x89irk\r\n\x1a\x01"), new.is_some(), "{file}");
            assert!(
                new.is_none()
                    || !bytes
                        .windows(32)
                        .any(|part| plain.windows(32).step_by(16).any(|other| part == other && part != [0xff; 32])),
                "{file}"
            );
            assert_eq!(fs::metadata(folder.0.join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
        }
        let wrong = if new == Some("one") { "two" } else { "one" };
        if new.is_some() {
            for command in ["save --device device report.json", "status --hq hq"] {
                assert!(text(&run(Some(wrong), None, command).stderr).contains("the passphrase is wrong"), "{command}");
            }
        }
        assert!(good(new, None, "status --device device").contains("leave"));
        ids.push(good(new, None, "save --device device report.json"));
        good(new, None, "status --hq hq");
    }
    // The device knows that it was not copied: one epoch.
    assert!(ids.iter().all(|id| id.rsplit_once('-').unwrap().0 == ids[0].rsplit_once('-').unwrap().0), "{ids:?}");
    let printed = folder.trip();
    assert!(ids.iter().all(|id| printed.contains(id.as_str())), "{printed}");
    // A copy stays one.
    let copy = folder.0.join("copy");
    fs::create_dir(&copy).unwrap();
    for name in ["keys", "journal", "hubs", "place"] {
        fs::copy(folder.0.join("device").join(name), copy.join(name)).unwrap();
    }
    good(None, Some("one"), "passphrase --device copy");
    let id = good(Some("one"), None, "save --device copy report.json");
    assert_ne!(id.rsplit_once('-').unwrap().0, ids[0].rsplit_once('-').unwrap().0);
}

#[test]
fn key_files_that_others_may_read_are_refused() {
    let folder = Folder::new("modes");
    folder.begin();
    for (file, command) in [
        ("hq/hq.key", "status --hq hq"),
        ("hq/hq.db", "status --hq hq"),
        ("hub/hub.key", "status --hub hub"),
        ("hub/hub.db", "status --hub hub"),
        ("device/keys", "status --device device"),
        ("device/journal", "status --device device"),
    ] {
        assert_eq!(fs::metadata(folder.0.join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
        for mode in [0o640, 0o604] {
            folder.mode(file, mode);
            folder.fails(command, 3, &format!("{file}: expected a file that only you may use, mode 0600, found {mode:04o}"));
        }
        folder.mode(file, 0o600);
        folder.run(command);
    }
}

#[test]
fn processes_at_once_save_everything_and_use_no_number_twice() {
    let folder = Folder::new("once");
    folder.begin();
    let spawn = |arguments: &str| folder.increp(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let saving: Vec<_> = (0..8).map(|_| spawn("save --device device report.json")).collect();
    let mut ids: Vec<String> = saving
        .into_iter()
        .map(|child| {
            let done = child.wait_with_output().unwrap();
            assert!(done.status.success(), "{}", text(&done.stderr));
            text(&done.stdout).trim().to_owned()
        })
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 8);
    folder.run("sync --device device file:stick");
    // Two hubs' processes on one stick, and two at HQ.
    for command in ["sync --hub hub file:stick", "unseal --hub hub --hq hq -o -"] {
        let both = [spawn(command), spawn(command)].map(|child| child.wait_with_output().unwrap());
        assert!(both.iter().all(|done| done.status.success()), "{command}: {}", both.map(|done| text(&done.stderr)).concat());
    }
    assert_eq!(folder.run("unseal --hub hub --hq hq --again").lines().count(), 8);
    // No key of HQ's is lost: a device may seal for it.
    for child in [(); 4].map(|()| spawn("hq rekey hq")) {
        let done = child.wait_with_output().unwrap();
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    assert_eq!(fs::read_to_string(folder.0.join("hq/hq.key")).unwrap().lines().count(), 5);
}

/// A report gets its id from the device, and the time of now if it says none. One that brings an id is refused, unless that is asked for;
/// those beside it are saved.
#[test]
fn a_report_gets_its_id_and_its_time_and_one_that_has_an_id_is_refused() {
    let folder = Folder::new("ids");
    folder.begin();
    let own = r#"{"id":"9-1","sent":"2026-01-31T18:00:00Z","kind":"new","status":"test","event":{"note":"has an id"}}"#;
    fs::write(folder.0.join("both.ndjson"), format!("{own}\n{REPORT}\n")).unwrap();
    let why = "line 1, column 1, id: the report has an id already, 9-1, and the device gives it one: leave the member out, or --new-id replaces it";
    folder.fails("save --device device both.ndjson", 1, why);
    assert!(folder.run("status --device device").contains("saved         1"));
    let before = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let saved = folder.run("save --device device --json --new-id both.ndjson");
    let saved: Vec<serde_json::Value> = saved.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(saved[0]["sent"], "2026-01-31T18:00:00+00:00");
    let printed = folder.trip();
    let printed: Vec<serde_json::Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(printed.len(), 3);
    for (saved, printed) in saved.iter().zip(&printed[1..]) {
        assert_eq!((&saved["id"], &saved["sent"]), (&printed["id"], &printed["sent"]));
        assert!(saved["id"].as_str().unwrap().starts_with("1-"), "{saved}");
    }
    let sent: increp::model::Stamp = saved[1]["sent"].as_str().unwrap().parse().unwrap();
    assert!(sent.seconds().unsigned_abs().abs_diff(before) < 120, "{sent}");
}

/// What each report of a device came to, and the sums, in words and in JSON.
#[test]
fn status_tells_each_report_and_the_sum() {
    let folder = Folder::new("status");
    folder.begin();
    let ids: Vec<String> = (0..3)
        .map(|step| {
            if step == 1 {
                folder.trip();
            }
            if step == 2 {
                folder.run("status --device device");
                folder.run("sync --device device file:stick");
            }
            folder.run("save --device device report.json").trim().to_owned()
        })
        .collect();
    let shown = folder.run("status --device device --each");
    // Whoever only looks changes nothing: all are of one epoch.
    assert!(ids.iter().all(|id| id.rsplit_once('-').unwrap().0 == ids[0].rsplit_once('-').unwrap().0), "{ids:?}");
    for (state, id) in ["at HQ ", "sent  ", "saved "].iter().zip(&ids) {
        assert!(shown.lines().any(|line| line == format!("{state} {id}")), "{shown}");
    }
    let json: serde_json::Value = serde_json::from_str(&folder.run("status --device device --each --json")).unwrap();
    assert_eq!([&json["saved"], &json["sent"], &json["at_hub"], &json["at_hq"], &json["lost"]], [1, 1, 0, 1, 0]);
    let states: Vec<(&str, &str)> = json["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|report| (report["id"].as_str().unwrap(), report["state"].as_str().unwrap()))
        .collect();
    assert_eq!(states, [(ids[0].as_str(), "at_hq"), (&ids[1], "sent"), (&ids[2], "saved")]);
    assert!(serde_json::from_str::<serde_json::Value>(&folder.run("status --device device --json")).unwrap()["reports"].is_null());
}

/// What was made is not made over, and what is not there is said to be not there.
#[test]
fn nothing_is_made_over() {
    let folder = Folder::new("over-again");
    folder.begin();
    let key = fs::read(folder.0.join("hq/hq.key")).unwrap();
    folder.fails("hq init hq", 3, "exists already: this is an HQ, and its key is not replaced");
    folder.fails("hq enrol hq --device device", 3, "exists already: give the device a folder of its own");
    folder.fails("hq enrol hq --device other --author 1", 3, "there is a device 1 already");
    folder.fails("hq revoke hq 9", 1, "there is no device 9: there are 1");
    folder.fails("status --hq hub", 3, "there is no HQ: increp hq init makes one");
    folder.fails("sync --hub hq file:stick", 3, "there is no hub: increp hq hub makes one");
    folder.fails("save --device hub report.json", 3, "there is no device: increp hq enrol makes one");
    folder.fails("sync --device device file:nowhere", 3, "nowhere: cannot be read");
    folder.fails("sync --device device stick", 2, "serial:DEVICE or file:FOLDER, found");
    assert_eq!(fs::read(folder.0.join("hq/hq.key")).unwrap(), key);
    assert!(!Path::new(&folder.0.join("other")).exists());
}
