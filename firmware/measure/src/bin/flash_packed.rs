//! Packed both ways, with the profile general-16; they take postcard too.
#![no_std]
#![no_main]

use increp::wire::packed::{GENERAL_16, Profile, decode_into, encode};

increp_measure::firmware!(
    Profile::new(GENERAL_16).map(|profile| encode(given(), &profile, given(), given()).is_ok()),
    Profile::new(GENERAL_16).map(|profile| decode_into(given(), &profile, given(), given(), given()).is_ok()),
);
