//! A mission in a folder: HQ, hubs and devices that are laptops, with sticks that are folders.

#![allow(clippy::missing_panics_doc, clippy::must_use_candidate)] // it drives tests: what goes wrong is a failed test

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use clap::Parser as _;
use increp::model::{Event, Report, Stamp, Status};
use increp::store::Mark;
use increp::wire::packed::Profile;
use increp_cli::args::Arguments;
use increp_cli::command;
use increp_cli::exit::Exit;
use increp_cli::link::file;
use increp_cli::link::file::hub::Also;
use increp_cli::store::device::{Folder, How};
use increp_cli::store::hub::Hub;

/// A mission; its folder goes with it.
#[derive(Debug)]
pub struct Mission {
    /// Where everything is.
    pub folder: PathBuf,
    /// What was called saved, by its id: the note of the report.
    pub saved: BTreeMap<String, String>,
    /// What HQ has printed.
    pub at_hq: BTreeMap<String, String>,
    reports: u32,
}

impl Mission {
    /// HQ, so many hubs ("hub0" and so on), devices ("device0") and sticks ("stick0").
    #[must_use]
    pub fn new(hubs: usize, devices: usize, sticks: usize) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("increp-mission-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mission = Self { folder, saved: BTreeMap::new(), at_hq: BTreeMap::new(), reports: 0 };
        mission.run(&["hq", "init", &mission.path("hq")]);
        for hub in 0..hubs {
            mission.run(&["hq", "hub", &mission.path("hq"), &mission.path(&format!("hub{hub}"))]);
        }
        for device in 0..devices {
            mission.enrol(&format!("device{device}"));
        }
        for hub in 0..hubs {
            mission.run(&["hq", "hub", &mission.path("hq"), &mission.path(&format!("hub{hub}"))]);
        }
        for stick in 0..sticks {
            fs::create_dir(mission.folder.join(format!("stick{stick}"))).unwrap();
        }
        mission
    }

    /// A path in the mission's folder.
    #[must_use]
    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Runs the tool.
    ///
    /// # Panics
    /// If a file cannot be read or written, or the command line is wrong.
    pub fn run(&self, arguments: &[&str]) -> Exit {
        let parsed = Arguments::try_parse_from([&["increp"], arguments].concat()).unwrap();
        command::run(parsed).unwrap_or_else(|error| panic!("{arguments:?}: {error:#}"))
    }

    /// Enrols a device that is not there yet.
    pub fn enrol(&self, name: &str) {
        assert_eq!(self.run(&["hq", "enrol", &self.path("hq"), "--device", &self.path(name)]), Exit::Success);
    }

    /// Saves a report that nobody has written before, and gives its id.
    ///
    /// # Panics
    /// If it cannot be saved.
    pub fn save(&mut self, device: &str) -> String {
        self.reports += 1;
        let note = format!("note {} of {device}", self.reports);
        let mut folder = Folder::open(&self.folder.join(device)).unwrap();
        let event = Event { note: Some(note.as_str().into()), ..Event::default() };
        let mut report = Report { status: Status::TEST, event: Some(event), ..Report::default() };
        let now = Stamp::new(1_700_000_000 + i64::from(self.reports));
        let id = folder.save(&mut report, &How { profile: &Profile::EMPTY, now }).unwrap().to_string();
        folder.sync().unwrap();
        drop(report);
        assert!(self.saved.insert(id.clone(), note).is_none(), "{id} was given twice");
        id
    }

    /// Takes a stick to a device.
    ///
    /// # Panics
    /// If files cannot be read or written.
    pub fn sync_device(&self, device: &str, stick: &str) -> file::device::Outcome {
        let mut folder = Folder::open(&self.folder.join(device)).unwrap();
        file::device::sync(&mut folder, &self.folder.join(stick)).unwrap()
    }

    /// Takes a stick to a hub.
    ///
    /// # Panics
    /// If files cannot be read or written.
    pub fn sync_hub(&self, hub: &str, stick: &str) -> file::hub::Outcome {
        file::hub::sync(&mut Hub::open(&self.folder.join(hub)).unwrap(), &self.folder.join(stick), Also::default()).unwrap()
    }

    /// Takes a stick to a hub before it goes on to other hubs.
    ///
    /// # Panics
    /// If files cannot be read or written.
    pub fn sync_to_hubs(&self, hub: &str, stick: &str) -> file::hub::Outcome {
        let also = Also { hubs: true, devices: false };
        file::hub::sync(&mut Hub::open(&self.folder.join(hub)).unwrap(), &self.folder.join(stick), also).unwrap()
    }

    /// Opens what a hub has. What is printed must be what was saved, and must not have been printed before.
    ///
    /// # Panics
    /// If it is not.
    pub fn unseal(&mut self, hub: &str) -> Exit {
        let out = self.path("opened.ndjson");
        let exit = self.run(&["unseal", "--hub", &self.path(hub), "--hq", &self.path("hq"), "--force", "-o", &out]);
        for (id, note) in printed(Path::new(&out)) {
            assert!(self.at_hq.insert(id.clone(), note).is_none(), "{id} was printed twice");
        }
        exit
    }

    /// How many reports of a device have each mark: saved, sent, at a hub, at HQ.
    ///
    /// # Panics
    /// If the device cannot be read.
    #[must_use]
    pub fn marks(&self, device: &str) -> [usize; 4] {
        let mut folder = Folder::open(&self.folder.join(device)).unwrap();
        let (mut after, mut marks) = (None, [0; 4]);
        while let Some(kept) = folder.next(after).unwrap() {
            after = Some(kept.handle);
            let record = increp::seal::Record::parse(&kept.bytes).unwrap();
            if record.seq != 0 && !record.body.is_empty() {
                marks[[Mark::Saved, Mark::Sent, Mark::AtHub, Mark::AtHq].iter().position(|mark| *mark == kept.mark).unwrap()] += 1;
            }
        }
        marks
    }

    /// A whole trip of a stick: to the device, the hub, HQ, the hub and back.
    pub fn trip(&mut self, device: &str, hub: &str, stick: &str) {
        self.sync_device(device, stick);
        self.sync_hub(hub, stick);
        self.unseal(hub);
        self.sync_hub(hub, stick);
        self.sync_device(device, stick);
    }

    /// The stick files on a stick.
    ///
    /// # Panics
    /// If it cannot be read.
    #[must_use]
    pub fn files(&self, stick: &str) -> Vec<PathBuf> {
        file::list(&self.folder.join(stick)).unwrap()
    }
}

impl Drop for Mission {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The ids and notes of reports in NDJSON.
///
/// # Panics
/// If they are none.
#[must_use]
pub fn printed(file: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(file).unwrap();
    let report = |line: &str| {
        let report: serde_json::Value = serde_json::from_str(line).unwrap();
        (report["id"].as_str().unwrap().to_owned(), report["event"]["note"].as_str().unwrap().to_owned())
    };
    text.lines().map(report).collect()
}
