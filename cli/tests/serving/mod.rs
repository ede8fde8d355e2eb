//! A mission whose hubs listen, as processes.

#![allow(dead_code)] // each test uses some of it

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A mission in a folder, which goes with it.
pub(crate) struct Mission(pub(crate) PathBuf);

impl Mission {
    /// HQ, hubs and devices by these names.
    pub(crate) fn new(name: &str, hubs: &[&str], devices: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("increp-serve-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mission = Self(folder);
        mission.run(&["hq", "init", "hq"], 0);
        hubs.iter().for_each(|hub| drop(mission.run(&["hq", "hub", "hq", hub], 0)));
        devices.iter().for_each(|device| drop(mission.run(&["hq", "enrol", "hq", "--device", device], 0)));
        hubs.iter().for_each(|hub| drop(mission.run(&["hq", "hub", "hq", hub], 0)));
        mission
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_increp"));
        command.args(arguments).current_dir(&self.0);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str], expected: i32) -> String {
        let done = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(expected), "{arguments:?}: {said}");
        String::from_utf8(done.stdout).unwrap()
    }

    /// Saves reports with these notes.
    pub(crate) fn save(&self, device: &str, notes: &[String]) {
        let mut child = self.command(&["save", "--device", device]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        for note in notes {
            writeln!(input, r#"{{"kind":"new","status":"test","event":{{"note":"{note}"}}}}"#).unwrap();
        }
        drop(input);
        assert!(child.wait().unwrap().success());
    }

    pub(crate) fn sync(&self, device: &str, link: &str, expected: i32) -> Value {
        serde_json::from_str(&self.run(&["sync", "--device", device, "--json", link], expected)).unwrap()
    }

    /// The notes that HQ prints for the first time.
    pub(crate) fn unseal(&self, hub: &str) -> Vec<String> {
        let lines = self.run(&["unseal", "--hub", hub, "--hq", "hq"], 0);
        let note = |line: &str| serde_json::from_str::<Value>(line).unwrap()["event"]["note"].as_str().unwrap().to_owned();
        let mut notes: Vec<String> = lines.lines().map(note).collect();
        notes.sort();
        notes
    }

    pub(crate) fn serve(&self, hub: &str, links: &[&str]) -> Serve {
        let mut child = self.command(&[&["serve", "--hub", hub, "--json"], links].concat()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut listening = || {
            let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
            line["listening"].as_str().unwrap().to_owned()
        };
        let links = links.iter().map(|_| listening()).collect();
        Serve { child, links, rest: lines }
    }
}

impl Drop for Mission {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A hub that listens; it ends with this.
pub(crate) struct Serve {
    child: Child,
    pub(crate) links: Vec<String>,
    rest: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Serve {
    /// Asks it to end; gives what it says at the end.
    pub(crate) fn stop(mut self) -> Value {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let last = self.rest.next().unwrap().unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        serde_json::from_str(&last).unwrap()
    }

    /// Kills it: the end of the test does so too.
    pub(crate) fn kill(self) {
        drop(self);
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn notes(of: &str, many: usize) -> Vec<String> {
    let mut notes: Vec<String> =
        (0..many).map(|number| format!("{of} {number:03} {}", "something happened ".repeat(number % 7))).collect();
    notes.sort();
    notes
}
