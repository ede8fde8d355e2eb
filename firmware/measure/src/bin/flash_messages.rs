//! All that `flash_seal` has, and HQ's messages.
#![no_std]
#![no_main]

use increp_measure::post;

increp_measure::firmware!(post::enrolment().is_ok(), post::life(post::messages).is_ok());
