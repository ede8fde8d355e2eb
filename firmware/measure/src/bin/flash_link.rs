//! All that `flash_messages` has, and a device's end of a link, with its ledger and the frames of a byte stream: what is more is the
//! link's.
#![no_std]
#![no_main]

use core::hint::black_box;

use increp::link::{Duty, Event, Key, Ledger, Sender, Step, cobs};
use increp::seal::{Device, Error};
use increp::store::{Journal, WhenFull};
use increp_measure::driver::Driver;
use increp_measure::{given, post};

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

increp_measure::firmware!(post::enrolment().is_ok(), post::life(post::messages).is_ok(), sync().is_ok());
