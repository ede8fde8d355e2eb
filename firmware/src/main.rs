//! A listening post: hears explosions, takes two presses of buttons, makes a report of them, packs it for the radio, and
//! reads what headquarters sent. No heap; the log shows of a text its length alone.
#![no_std]
#![no_main]

mod board;
mod flash;
mod incident;
mod self_test;
mod sensor;

use flash::Flash;
use increp::model::Report;
use increp::store::{self, Journal, Mark, Store as _, WhenFull};
use increp::wire::packed::{self, Known, Profile};

/// What came over the radio: headquarters' report of an attack on a clinic, packed with the same profile.
static RECEIVED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/received"));

#[board::entry]
fn main() -> ! {
    board::exit(run().unwrap_or_else(|error| {
        defmt::error!("{}", error);
        false
    }))
}

fn run() -> Result<bool, increp::Error> {
    // Checked when this was compiled; a mission's own is opened by `Profile::new`, once, when the device starts.
    let profile = Profile::GENERAL_16;
    Ok(send(&profile)? & receive(&profile)? & self_test::vectors(&profile))
}

/// From the sensors to bytes for the radio.
#[inline(never)]
fn send(profile: &Profile<'static>) -> Result<bool, increp::Error> {
    let report = incident::report(&sensor::listen(), &sensor::buttons());
    defmt::info!("{}", report);

    let (mut archive, mut frame) = ([0; 256], [0; 200]);
    let archive = increp::encode(&report, &mut archive)?;
    let frame = packed::encode(&report, profile, &Known::default(), &mut frame)?;
    defmt::info!("postcard {} bytes, packed {} bytes: {:02x}", archive.len(), frame.len(), frame);
    let kept = keep(&mut Flash::new(), frame).unwrap_or_else(|error| {
        defmt::error!("{}", error);
        false
    });
    Ok(self_test::report_is_the_hosts(archive, frame) & kept)
}

/// Into flash, where no cut of power reaches it; and what a restart finds there.
#[inline(never)]
fn keep(flash: &mut Flash, frame: &[u8]) -> Result<bool, store::Error> {
    let range = 0..Flash::CAPACITY;
    let (mut journal, _) = Journal::open(&mut *flash, range.clone(), WhenFull::DropAtHq)?;
    let handle = journal.append(frame)?;
    // It may be shown as saved now. Once the radio has sent it:
    journal.mark(handle, Mark::Sent)?;

    let (mut journal, status) = Journal::open(flash, range, WhenFull::DropAtHq)?;
    defmt::info!("after a restart: {}", status);
    let mut buffer = [0; 200];
    let record = journal.next(None, &mut buffer)?;
    Ok(record.is_some_and(|record| record.bytes == frame && record.mark == Mark::Sent))
}

/// From the radio to what the screen shows. Texts are read into `room`.
#[inline(never)]
fn receive(profile: &Profile<'static>) -> Result<bool, increp::Error> {
    let (mut room, mut report) = ([0; 512], Report::default());
    packed::decode_into(RECEIVED, profile, &Known::default(), &mut report, &mut room)?;
    defmt::info!("{}", report);
    Ok(true)
}
