//! A mission as it goes: HQ and hubs on machines of their own, a profile of its own, clocks that jump, machines that are put back.

#![allow(clippy::unwrap_used)] // a test

mod hubs;
mod keys;
mod machines;
mod messages;
mod profile;
mod sticks;
mod stores;

use std::path::Path;

use increp::model::{Event, Report, Stamp, Status};
use increp::seal::Record;
use increp::wire::packed::Profile;
use increp_cli::store::device::{Folder, How};
use increp_cli::store::hub::Run;

/// Saves a report with a note when the clock says so; gives its id and its bytes on the device.
fn save(device: &Path, note: &str, now: i64) -> (String, Vec<u8>) {
    let mut folder = Folder::open(device).unwrap();
    let event = Event { note: Some(note.into()), ..Event::default() };
    let now = Stamp::new(now);
    let mut report = Report { status: Status::TEST, sent: Some(now), event: Some(event), ..Report::default() };
    let id = folder.save(&mut report, &How { profile: &Profile::EMPTY, now }).unwrap().to_string();
    folder.sync().unwrap();
    (id, records(&mut folder).pop().unwrap())
}

fn records(folder: &mut Folder) -> Vec<Vec<u8>> {
    let (mut after, mut all) = (None, Vec::new());
    while let Some(kept) = folder.next(after).unwrap() {
        after = Some(kept.handle);
        all.push(kept.bytes);
    }
    all
}

fn run_of(record: &[u8]) -> (Run, u8) {
    let record = Record::parse(record).unwrap();
    (Run { author: 1, epoch: record.epoch }, record.seq)
}
