//! All that a device does to seal: enrolment, the key page, saving, receipts, the wipe; and what `flash_packed_encode` has, for a
//! report is packed as it is saved. Over flash and a store that do nothing.
#![no_std]
#![no_main]

use increp::model::Report;
use increp::seal::{Device, NoTrng, Padding, Terms, enrol};
use increp::wire::packed::{GENERAL_16, Profile};
use increp_measure::driver::{Driver, Nowhere};
use increp_measure::given;

fn enrolled() -> Option<enrol::Enrolled> {
    let (device, _) = enrol::Device::commit(given(), &mut NoTrng).ok()?;
    let (device, _) = device.reveal(given()).ok()?;
    given::<bool>().then(|| device.confirm())
}

fn used(mut device: Device<Driver>) -> bool {
    let Ok(profile) = Profile::new(GENERAL_16) else { return false };
    let terms = Terms { profile: &profile, now: given(), padding: Padding::default() };
    let saved = device.save(given::<&mut Report<'_>>(), &terms, &mut NoTrng, &mut Nowhere, given()).is_ok();
    let confirmed = device.confirm(given(), &mut Nowhere, given()).is_ok();
    saved && confirmed && device.opening().is_some() && device.panic_wipe().is_ok()
}

increp_measure::firmware!(
    enrolled().map(|enrolled| Device::enrol(Driver, given(), enrolled).is_ok()),
    Device::open(Driver, given(), &mut Nowhere, given()).map(used),
);
