//! The decoder of packed, with the profile general-16.
#![no_std]
#![no_main]

use increp::wire::packed::{Profile, decode_into};

increp_measure::firmware!(
    decode_into(given(), &Profile::GENERAL_16, given(), given(), given())
);
