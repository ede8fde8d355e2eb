//! The decoder of packed, with the profile general-16.
#![no_std]
#![no_main]

use increp::wire::packed::{GENERAL_16, Profile, decode_into};

increp_measure::firmware!(
    Profile::new(GENERAL_16).map(|profile| decode_into(given(), &profile, given(), given(), given()).is_ok())
);
