//! probe
#![no_std]
#![no_main]

use increp::seal::*;
use increp_measure::given;

increp_measure::firmware!(
    enrol::Device::commit(given(), &mut NoTrng).and_then(|(device, _)| device.reveal(given())).map(|(device, _)| device.digits()).is_ok(),
);
