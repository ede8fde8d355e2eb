//! The encoder of packed, with the profile general-16.
#![no_std]
#![no_main]

use increp::wire::packed::{GENERAL_16, Profile, encode};

increp_measure::firmware!(Profile::new(GENERAL_16).map(|profile| encode(given(), &profile, given(), given()).is_ok()));
