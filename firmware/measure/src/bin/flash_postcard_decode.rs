//! The decoder of postcard.
#![no_std]
#![no_main]

increp_measure::firmware!(increp::decode_into(given(), given()));
