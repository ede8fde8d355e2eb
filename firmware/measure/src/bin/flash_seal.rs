//! All that a device does to seal, over what `flash_unsealed` has: enrolment, the key page, saving into the flash journal, receipts, the
//! wipe. HQ's messages are in `flash_messages`.
#![no_std]
#![no_main]

use increp_measure::post;

increp_measure::firmware!(post::enrolment().is_ok(), post::life(|_| Ok(())).is_ok());
