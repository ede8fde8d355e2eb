//! All that a device does to seal: enrolment, the key page, saving, receipts, the wipe; and what `flash_packed_encode` has, for a
//! report is packed as it is saved. Over flash and a store that do nothing.
#![no_std]
#![no_main]

use core::hint::black_box;

use increp::model::Report;
use increp::seal::{Device, Error, NoTrng, Padding, Terms, enrol};
use increp::wire::packed::Profile;
use increp_measure::driver::{Driver, Nowhere};
use increp_measure::given;

fn enrolment() -> Result<(), Error> {
    let (device, commitment) = enrol::Device::commit(given(), &mut NoTrng)?;
    let (device, revelation) = device.reveal(given())?;
    black_box((commitment, revelation, device.digits()));
    Device::enrol(Driver, given(), device.confirm()).map(drop)
}

fn life() -> Result<(), Error> {
    let mut device = Device::open(Driver, given(), &mut Nowhere, given())?;
    let terms = Terms { profile: &Profile::GENERAL_16, now: given(), padding: Padding::default() };
    device.save(given::<&mut Report<'_>>(), &terms, &mut NoTrng, &mut Nowhere, given())?;
    device.confirm(given(), &mut Nowhere, given())?;
    black_box(device.opening());
    device.panic_wipe()
}

increp_measure::firmware!(enrolment().is_ok(), life().is_ok());
