//! Both encoders, with the profile general-16: what a device needs that only sends.
#![no_std]
#![no_main]

use increp::wire::packed::{GENERAL_16, Profile, encode};

increp_measure::firmware!(
    increp::encode(given(), given()),
    Profile::new(GENERAL_16).map(|profile| encode(given(), &profile, given(), given()).is_ok()),
);
