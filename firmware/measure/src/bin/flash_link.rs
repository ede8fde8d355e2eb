//! All that `flash_seal` has, and a device's end of a link, with its ledger and the frames of a byte stream: what is more is the link's.
#![no_std]
#![no_main]

use core::hint::black_box;

use increp::link::{Duty, Event, Key, Ledger, Sender, Step, cobs};
use increp::model::Report;
use increp::seal::{Device, Error, NoTrng, Padding, Terms, enrol};
use increp::store::{Journal, Mark, Store as _, WhenFull};
use increp::wire::packed::Profile;
use increp_measure::driver::Driver;
use increp_measure::given;

fn enrolment() -> Result<(), Error> {
    let (device, commitment) = enrol::Device::commit(given(), &mut NoTrng)?;
    let (device, revelation) = device.reveal(given())?;
    black_box((commitment, revelation, device.digits()));
    Device::enrol(Driver, given(), device.confirm()).map(drop)
}

fn life() -> Result<(), Error> {
    let (mut store, status) = Journal::open(Driver, given(), WhenFull::DropAtHq)?;
    black_box(status);
    let mut device = Device::open(Driver, given(), &mut store, given())?;
    let terms = Terms { profile: &Profile::GENERAL_16, now: given(), padding: Padding::default() };
    device.save(given::<&mut Report<'_>>(), &terms, &mut NoTrng, &mut store, given())?;
    device.confirm(given(), &mut store, given())?;
    black_box(device.opening());
    black_box(device.open_down(given(), given()))?;
    device.heard(given(), given())?;
    black_box(store.next(given(), given())?);
    store.mark(given(), Mark::Sent)?;
    black_box(store.status()?);
    device.panic_wipe()
}

fn sync() -> Result<(), Error> {
    let (mut store, _) = Journal::open(Driver, given(), WhenFull::DropAtHq)?;
    let mut device = Device::open(Driver, given(), &mut store, given())?;
    let mut sender = Sender::new(given::<increp::link::Terms>(), Key::new(device.hop_key()), given(), given(), device.opening());
    sender.urgent(given(), given());
    let mut ledger = Ledger::spent(given::<Duty>(), given());
    let mut stream = cobs::Decoder::new(given());
    loop {
        match sender.poll(given(), &mut ledger, &mut store, given(), given::<&mut [u8]>())? {
            Step::Send(frame) => black_box(cobs::encode(frame, given())).map_or((), |bytes| {
                black_box(bytes);
            }),
            Step::Wait(until) => {
                black_box(until);
                let Some(frame) = stream.push(given()) else { continue };
                match sender.receive(given(), frame, &mut store, given())? {
                    Event::Receipt(receipt) => {
                        device.confirm(receipt, &mut store, given())?;
                    }
                    Event::Down(message) => {
                        black_box(device.open_down(message, given()))?;
                        device.heard(message, given())?;
                    }
                    event => {
                        black_box(event);
                    }
                }
            }
            Step::Done(outcome) => {
                black_box(outcome);
                return Ok(());
            }
        }
    }
}

increp_measure::firmware!(enrolment().is_ok(), life().is_ok(), sync().is_ok());
