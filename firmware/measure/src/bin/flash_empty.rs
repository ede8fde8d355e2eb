//! Firmware that does nothing: what every other is measured over.
#![no_std]
#![no_main]

increp_measure::firmware!();
