//! The encoder of packed, with the profile general-16.
#![no_std]
#![no_main]

use increp::wire::packed::{Profile, encode};

increp_measure::firmware!(encode(given(), &Profile::GENERAL_16, given(), given()));
