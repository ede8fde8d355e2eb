//! Packed both ways, with the profile general-16; they take postcard too.
#![no_std]
#![no_main]

use increp::wire::packed::{Profile, decode_into, encode};

increp_measure::firmware!(
    encode(given(), &Profile::GENERAL_16, given(), given()),
    decode_into(given(), &Profile::GENERAL_16, given(), given(), given()),
);
