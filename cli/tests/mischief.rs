//! What people, other programs and media do to the folders of a mission: nothing waits for ever, nothing is lost, and what is wrong is named.

#![allow(clippy::unwrap_used)] // a test
#![cfg(unix)] // pipes, links, limits

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const REPORT: &str = r#"{"kind":"new","status":"test","event":{"note":"seen at the bridge"}}"#;

struct Folder(PathBuf);

impl Folder {
    /// HQ, a hub, two devices, a stick, and a report that one device has saved.
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("increp-mischief-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("stick")).unwrap();
        fs::write(folder.join("report.json"), REPORT).unwrap();
        let folder = Self(folder);
        for command in [
            "hq init hq",
            "hq hub hq hub",
            "hq enrol hq --device device --hub hub",
            "hq enrol hq --device other --hub hub",
            "save --device device report.json",
        ] {
            folder.ends(command, 0, "");
        }
        folder
    }

    /// Runs the tool, behind some words for the shell; whatever takes a minute waits for ever.
    fn run_behind(&self, before: &str, arguments: &str) -> Output {
        let line = format!("{before} exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &line, env!("CARGO_BIN_EXE_increp")]).args(arguments.split(' ')).current_dir(&self.0);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let until = Instant::now() + Duration::from_secs(60);
        while child.try_wait().unwrap().is_none() {
            if Instant::now() > until {
                child.kill().unwrap();
                panic!("{arguments}: waits for ever");
            }
            sleep(Duration::from_millis(10));
        }
        child.wait_with_output().unwrap()
    }

    fn ends(&self, arguments: &str, code: i32, said: &str) -> String {
        self.ends_behind("", arguments, code, said)
    }

    fn ends_behind(&self, before: &str, arguments: &str, code: i32, said: &str) -> String {
        let done = self.run_behind(before, arguments);
        let error = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(code), "{arguments}: {error}");
        assert!(error.contains(said), "{arguments}: {error}");
        String::from_utf8(done.stdout).unwrap()
    }

    fn stick(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(self.0.join("stick")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A pipe would keep whoever opens it for ever, a link lead to anything, and a name has what a terminal obeys.
#[test]
fn what_is_no_file_on_a_stick_is_set_aside_and_a_name_is_shown_as_it_is() {
    let folder = Folder::new("stick");
    let stick = folder.0.join("stick");
    folder.ends("sync --device device file:stick", 0, "");
    assert!(Command::new("mkfifo").arg(stick.join("1.irs")).status().unwrap().success());
    symlink("/dev/zero", stick.join("2.irs")).unwrap();
    symlink("../hq/hq.key", stick.join("3.irs")).unwrap();
    symlink("nowhere", stick.join("4.irs")).unwrap();
    fs::create_dir(stick.join("5.irs")).unwrap();
    fs::write(stick.join("6\u{1b}[2J.irs"), "x").unwrap();
    let done = folder.run_behind("", "sync --hub hub file:stick");
    let error = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1), "{error}");
    assert_eq!(error.matches("is not a stick file; it is set aside as").count(), 6, "{error}");
    assert!(!error.contains('\u{1b}') && error.contains("6\u{fffd}[2J.irs"), "{error:?}");
    assert_eq!(String::from_utf8(done.stdout).unwrap(), "1 file read: 2 new records, 0 known; 1 device answered\n");
    assert_eq!(folder.stick().iter().filter(|name| name.ends_with(".refused")).count(), 6);
    assert!(fs::read_to_string(folder.0.join("hq/hq.key")).unwrap().starts_with("increp hq key 1 "));
    folder.ends("sync --hub hub file:stick", 0, "6 *.refused");
}

/// A stick or a disk without room: what was there stays, nothing half is left, and with room all goes on.
#[test]
fn where_there_is_no_room_nothing_is_lost() {
    // No file may become longer than this; as a full disk does, that is an error and no end.
    let full = |kib: u32| format!("trap '' XFSZ; ulimit -f {};", kib * 2);
    let folder = Folder::new("full");
    for _ in 0..2 {
        folder.ends_behind(&full(0), "sync --device device file:stick", 3, "cannot be written");
        assert_eq!(folder.stick(), Vec::<String>::new());
    }
    folder.ends("sync --device device file:stick", 0, "");
    let hub = |code, before: &str| folder.ends_behind(before, "sync --hub hub file:stick", code, "");
    hub(3, &full(0));
    assert_eq!(folder.stick().len(), 1, "what was not kept is still on the stick");
    assert!(hub(0, "").starts_with("1 file read: 2 new records"));
    folder.ends_behind(&full(0), "unseal --hub hub --hq hq", 3, "");
    assert!(folder.ends("unseal --hub hub --hq hq", 0, "").contains("seen at the bridge"));
}

/// A device whose files were cut, swapped or copied says so, and does nothing to them.
#[test]
fn a_devices_files_that_are_not_as_they_were_are_named() {
    let folder = Folder::new("device");
    folder.ends("sync --device device file:stick", 0, "");
    folder.ends("sync --hub hub file:stick", 0, "");
    fs::create_dir(folder.0.join("empty")).unwrap();
    for (file, length, why) in [
        ("keys", 100, "the file was cut short"),
        ("keys", 0, "the file was cut short"),
        ("journal", 4097, "the file was cut short"),
        ("hubs", 30, "line 1: expected a key of 64 hex digits"),
        ("hubs", 0, "the device knows no hub"),
    ] {
        let copy = folder.0.join("copy");
        let _ = fs::remove_dir_all(&copy);
        fs::create_dir(&copy).unwrap();
        for name in ["keys", "journal", "hubs", "place"] {
            fs::copy(folder.0.join("device").join(name), copy.join(name)).unwrap();
        }
        fs::File::options().write(true).open(copy.join(file)).unwrap().set_len(length).unwrap();
        folder.ends("sync --device copy file:empty", 3, why);
        assert_eq!(fs::metadata(copy.join(file)).unwrap().len(), length, "{file}");
    }
    // HQ's messages that cannot be read keep nobody from reports.
    fs::write(folder.0.join("device/messages"), "{").unwrap();
    Command::new("chmod").args(["600", "device/messages"]).current_dir(&folder.0).status().unwrap();
    folder.ends("save --device device report.json", 0, "");
    folder.ends("sync --device device file:stick", 0, "");
    folder.ends("status --device device", 3, "is damaged: it is no list of HQ's messages; remove it if nobody needs them");
    folder.ends("status --device device --done", 0, "");
    folder.ends("status --device device", 0, "");
}
