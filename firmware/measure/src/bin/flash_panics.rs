//! Firmware that can panic, and must not link: so that CI sees that its check works.
#![no_std]
#![no_main]

increp_measure::firmware!(given::<&[u8]>()[given::<usize>()]);
