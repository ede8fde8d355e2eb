#![no_std]
#![no_main]

use increp::model::*;
use increp::wire::packed::{self, Known, Profile};
use panic_halt as _;
use semihosting::{print, process}; // QEMU's, in place of a radio

#[cortex_m_rt::entry]
fn main() -> ! {
    let report = Report {
        id: Id::new(17, 42),
        status: Status::ACTUAL,
        event: Some(Event {
            kind: EventType::EXPLOSION,
            counts: list([Count { of: CountOf::EXPLOSIONS, value: Said::Known(14), ..Count::default() }]),
            ..Event::default()
        }),
        ..Report::default()
    };
    let mut frame = [0; 64];
    let Ok(bytes) = packed::encode(&report, &Profile::GENERAL_16, &Known::default(), &mut frame) else { process::exit(1) };
    bytes.iter().for_each(|byte| print!("{byte:02x}"));
    process::exit(0)
}
