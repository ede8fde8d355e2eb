//! The check of a profile, which both ways of packed need; with general-16.
#![no_std]
#![no_main]

increp_measure::firmware!(increp::wire::packed::Profile::new(increp::wire::packed::GENERAL_16));
