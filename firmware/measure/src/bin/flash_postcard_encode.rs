//! The encoder of postcard.
#![no_std]
#![no_main]

increp_measure::firmware!(increp::encode(given(), given()));
