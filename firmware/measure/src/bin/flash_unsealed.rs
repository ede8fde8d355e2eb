//! A device without a seal: it packs reports with the profile general-16 and keeps them in the flash journal. What `flash_seal` has more is
//! what sealing and the key page take.
#![no_std]
#![no_main]

use core::hint::black_box;

use increp::store::{Error, Journal, Mark, Store as _, WhenFull};
use increp::wire::packed::{Profile, encode};
use increp_measure::driver::Driver;
use increp_measure::given;

fn life() -> Result<(), Error> {
    let (mut store, status) = Journal::open(Driver, given(), WhenFull::DropAtHq)?;
    black_box(status);
    if let Ok(record) = encode(given(), &Profile::GENERAL_16, given(), given()) {
        store.append(record)?;
    }
    black_box(store.next(given(), given())?);
    store.mark(given(), Mark::AtHq)?;
    black_box(store.status()?);
    Ok(())
}

increp_measure::firmware!(life().is_ok());
