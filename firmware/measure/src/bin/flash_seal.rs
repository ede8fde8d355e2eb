//! All that a device does to seal, over what `flash_unsealed` has: enrolment, the key page, saving into the flash journal, receipts, the
//! wipe. HQ's messages are with the link, in `flash_link`.
#![no_std]
#![no_main]

use core::hint::black_box;

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
    black_box(store.next(given(), given())?);
    store.mark(given(), Mark::Sent)?;
    black_box(store.status()?);
    device.panic_wipe()
}

increp_measure::firmware!(enrolment().is_ok(), life().is_ok());
