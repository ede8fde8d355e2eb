//! Everything, called by its own name.
#![no_std]
#![no_main]

use increp::wire::packed::{Profile, decode_into, encode};

increp_measure::firmware!(
    increp::encode(given(), given()),
    increp::decode_into(given(), given()),
    encode(given(), &Profile::GENERAL_16, given(), given()),
    decode_into(given(), &Profile::GENERAL_16, given(), given(), given()),
);
