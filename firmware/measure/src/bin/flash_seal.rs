//! probe
#![no_std]
#![no_main]

use increp::seal::*;
use increp_measure::given;

increp_measure::firmware!(
    Peer::from_bytes(given()).and_then(|mut peer| peer.begin(&HqKey::from_secret(&Secret::new(given())), given())).and_then(|epoch: Epoch| epoch.open(given(), given()).map(|_| ())).is_ok(),
);
