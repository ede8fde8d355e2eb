//! Killed at any moment, a hundred times and more: what was called saved comes to HQ, once, as it was written.

#![allow(clippy::unwrap_used)] // a test
#![cfg(unix)] // a signal that no program can catch

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Reports of one run of `save`.
const AT_ONCE: usize = 8;
/// How often something is killed before it ends by itself: `save` alone, and then everything in turn.
const SAVES: usize = 50;
const ALL: usize = 120;

fn increp(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_increp"));
    command.args(arguments).current_dir(folder).stderr(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let done = increp(folder, arguments).stderr(Stdio::inherit()).output().unwrap();
    assert!(done.status.success(), "{arguments:?}: {:?}", done.status);
    String::from_utf8(done.stdout).unwrap()
}

/// A mission of one device, where something has been killed many times.
struct Mission {
    folder: PathBuf,
    /// What was written, by the id under which it was called saved.
    saved: BTreeMap<String, String>,
    written: usize,
    /// Chooses the moments.
    state: u64,
    /// How many were killed before they had ended by themselves.
    killed: usize,
}

impl Mission {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("increp-killed-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("stick")).unwrap();
        run(&folder, &["hq", "init", "hq"]);
        run(&folder, &["hq", "hub", "hq", "hub"]);
        run(&folder, &["hq", "enrol", "hq", "--device", "device", "--hub", "hub"]);
        Self { folder, saved: BTreeMap::new(), written: 0, state: 1, killed: 0 }
    }

    fn random(&mut self, below: u64) -> u64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % below
    }

    /// Saves reports until it is killed, if it is, and remembers which of them were called saved.
    fn save(&mut self, longest: Option<Duration>) {
        let notes: Vec<String> = (0..AT_ONCE).map(|at| format!("report number {}", self.written + at)).collect();
        self.written += AT_ONCE;
        let mut child = increp(&self.folder, &["save", "--device", "device", "--profile", "none"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        for note in &notes {
            let _ = writeln!(input, r#"{{"kind":"new","status":"test","event":{{"note":"{note}"}}}}"#);
        }
        drop(input);
        if let Some(longest) = longest {
            self.wait(longest);
            self.killed += usize::from(child.try_wait().unwrap().is_none());
            child.kill().unwrap();
        }
        let lines: Vec<String> = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap).collect();
        child.wait().unwrap();
        for (id, note) in lines.into_iter().zip(notes) {
            assert!(self.saved.insert(id.clone(), note).is_none(), "{id} was given twice");
        }
    }

    fn wait(&mut self, longest: Duration) {
        let part = self.random(1000);
        sleep(longest * u32::try_from(part).unwrap() / 1000);
    }

    fn kill(&mut self, arguments: &[&str], longest: Duration) {
        let mut child = increp(&self.folder, arguments).stdout(Stdio::null()).spawn().unwrap();
        self.wait(longest);
        self.killed += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

const DEVICE: [&str; 4] = ["sync", "--device", "device", "file:stick"];
const HUB: [&str; 4] = ["sync", "--hub", "hub", "file:stick"];
const UNSEAL: [&str; 5] = ["unseal", "--hub", "hub", "--hq", "hq"];

/// How long a command takes that nobody kills.
fn time(folder: &Path, arguments: &[&str]) -> Duration {
    let started = Instant::now();
    run(folder, arguments);
    started.elapsed()
}

#[test]
fn nothing_that_was_called_saved_is_lost() {
    let mut mission = Mission::new();
    let folder = mission.folder.clone();
    // How long it takes is the machine's business; nearly all of it is before the first report is saved.
    let started = Instant::now();
    mission.save(None);
    let longest = started.elapsed() * 6 / 5;
    while mission.killed < SAVES {
        mission.save(Some(longest));
    }
    assert!(mission.saved.len() > 2 * AT_ONCE, "{} saved: it was always killed too early", mission.saved.len());
    let times = [time(&folder, &DEVICE), time(&folder, &HUB), time(&folder, &UNSEAL)];
    while mission.killed < ALL {
        mission.save(Some(longest));
        for (arguments, time) in [&DEVICE[..], &HUB, &UNSEAL].into_iter().zip(times) {
            mission.kill(arguments, time);
        }
    }
    println!("{} were killed before their end, {} reports are saved", mission.killed, mission.saved.len());
    // Stick files that were being written when the power went are refused, and stay: somebody removes them.
    for arguments in [DEVICE, HUB] {
        let done = increp(&folder, &arguments).stdout(Stdio::null()).status().unwrap();
        assert!(matches!(done.code(), Some(0 | 1)), "{arguments:?}: {done:?}");
    }
    run(&folder, &UNSEAL);
    increp(&folder, &HUB).stdout(Stdio::null()).status().unwrap();
    increp(&folder, &DEVICE).stdout(Stdio::null()).status().unwrap();

    let mut at_hq = BTreeMap::new();
    for line in run(&folder, &[&UNSEAL[..], &["--again"]].concat()).lines() {
        let report: serde_json::Value = serde_json::from_str(line).unwrap();
        let (id, note) = (report["id"].as_str().unwrap().to_owned(), report["event"]["note"].as_str().unwrap().to_owned());
        assert!(at_hq.insert(id.clone(), note).is_none(), "{id} is there twice");
    }
    for (id, note) in &mission.saved {
        assert_eq!(at_hq.get(id), Some(note), "{id}");
    }
    // A report that was written, but not called so before the power went, may be there too: as it was written, and once.
    let mut notes: Vec<&String> = at_hq.values().collect();
    notes.sort_unstable();
    notes.dedup();
    assert_eq!(notes.len(), at_hq.len(), "a report has two ids");
    let status: serde_json::Value = serde_json::from_str(&run(&folder, &["status", "--device", "device", "--json"])).unwrap();
    for state in ["saved", "sent", "at_hub", "lost"] {
        assert_eq!(status[state], 0, "{status}");
    }
    assert_eq!(status["at_hq"], at_hq.len());
    fs::remove_dir_all(folder).unwrap();
}
