//! Both encoders, with the profile general-16: what a device needs that only sends.
#![no_std]
#![no_main]

use increp::wire::packed::{Profile, encode};

increp_measure::firmware!(
    increp::encode(given(), given()),
    encode(given(), &Profile::GENERAL_16, given(), given()),
);
