//! Postcard both ways.
#![no_std]
#![no_main]

increp_measure::firmware!(increp::encode(given(), given()), increp::decode_into(given(), given()));
