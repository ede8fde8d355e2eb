//! What a post with keys does, for the programs that are only linked.

use core::hint::black_box;

use increp::model::Report;
use increp::seal::{Device, Error, NoTrng, Padding, Terms, enrol};
use increp::store::{Journal, Mark, Store as _, WhenFull};
use increp::wire::packed::Profile;

use crate::driver::Driver;
use crate::given;

/// How it comes to its keys.
///
/// # Errors
/// Nobody knows: it is never run. So with all here.
pub fn enrolment() -> Result<(), Error> {
    let (device, commitment) = enrol::Device::commit(given(), &mut NoTrng)?;
    let (device, revelation) = device.reveal(given())?;
    black_box((commitment, revelation, device.digits()));
    Device::enrol(Driver, given(), device.confirm()).map(drop)
}

/// From its start to its wipe; `more` is what else it does.
///
/// # Errors
/// See [`enrolment`].
pub fn life(more: impl FnOnce(&mut Device<Driver>) -> Result<(), Error>) -> Result<(), Error> {
    let (mut store, status) = Journal::open(Driver, given(), WhenFull::DropAtHq)?;
    black_box(status);
    let mut device = Device::open(Driver, given(), &mut store, given())?;
    let terms = Terms { profile: &Profile::GENERAL_16, now: given(), padding: Padding::default() };
    device.save(given::<&mut Report<'_>>(), &terms, &mut NoTrng, &mut store, given())?;
    device.confirm(given(), &mut store, given())?;
    black_box(device.opening());
    more(&mut device)?;
    black_box(store.next(given(), given())?);
    store.mark(given(), Mark::Sent)?;
    black_box(store.status()?);
    device.panic_wipe()
}

/// HQ's messages.
///
/// # Errors
/// See [`enrolment`].
pub fn messages(device: &mut Device<Driver>) -> Result<(), Error> {
    black_box(device.open_down(given(), given()))?;
    device.heard(given(), given())
}
