//! What each call takes on a board: instructions, and the deepest stack below its caller. Runs in QEMU, prints a line each:
//! `instructions NAME NUMBER`, `stack NAME NUMBER`, `bytes NAME NUMBER`.
//!
//! QEMU is told to let each instruction take the same virtual time (`-icount`), so the system timer counts instructions,
//! the same number in each run. How many ticks one takes is measured first.
#![no_std]
#![no_main]

use core::hint::black_box;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use increp::model::Report;
use increp::store::{Journal, Store as _, WhenFull};
use increp::wire::packed::{self, GENERAL_16, Known, Profile};
use increp_measure::peers::{self, Facts};
use semihosting::{println, process};

#[path = "../../../src/flash.rs"]
mod flash;

use flash::Flash;

/// A report in both encodings.
struct Vector {
    postcard: &'static [u8],
    packed: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/vectors.rs"));

/// What somebody at the post might enter.
const NOTE: &str = "Heard from the north-east, first single shots, then salvos of four; the windows shook, no smoke seen.";

/// Longer than any text or bytes here.
const ROOM: usize = 1024;

#[cortex_m_rt::entry]
fn main() -> ! {
    let Some(peripherals) = cortex_m::Peripherals::take() else { process::exit(1) };
    let mut meter = Meter::new(peripherals.SYST);
    let Ok(profile) = Profile::new(GENERAL_16) else { process::exit(1) };
    meter.measure("profile_check", "", &mut || Profile::new(black_box(GENERAL_16)).is_ok());
    for (suffix, note) in [("", ""), ("_text", NOTE)] {
        increp_calls(&mut meter, &profile, suffix, note);
        peer_calls(&mut meter, suffix, note);
    }
    mission_calls(&mut meter);
    journal_calls(&mut meter);
    println!("bytes text {}", NOTE.len());
    stories(&meter, &profile);
    process::exit(0)
}

/// The encoders and decoders of increp.
#[inline(never)]
fn increp_calls(meter: &mut Meter, profile: &Profile<'static>, suffix: &str, note: &str) {
    let known = Known::default();
    let facts = Facts::new(note);
    let (mut buffer, mut bytes) = ([0; ROOM / 2], [0; ROOM / 2]);
    let report = facts.report();
    meter.measure("postcard_encode", suffix, &mut || increp::encode(&report, &mut buffer).is_ok());
    meter.measure("packed_encode", suffix, &mut || packed::encode(&report, profile, &known, &mut buffer).is_ok());

    let mut decoded = Report::default();
    let Ok(postcard) = increp::encode(&report, &mut bytes) else { process::exit(1) };
    println!("bytes postcard{suffix} {}", postcard.len());
    meter.measure("postcard_decode", suffix, &mut || increp::decode_into(postcard, &mut decoded).is_ok());
    check(decoded == report);
    #[cfg(large_ram)]
    meter.measure("postcard_decode_by_value", suffix, &mut || increp::decode(postcard).is_ok());

    let Ok(packed) = packed::encode(&report, profile, &known, &mut buffer) else { process::exit(1) };
    println!("bytes packed{suffix} {}", packed.len());
    let mut decoded = decoded;
    meter.measure("packed_decode", suffix, &mut || packed::decode_into(packed, profile, &known, &mut decoded, room()).is_ok());
    check(decoded == report);
}

/// Packed with a profile of the post's own mission, which `posts.py` says where it is from.
#[inline(never)]
fn mission_calls(meter: &mut Meter) {
    let Ok(profile) = Profile::new(include_bytes!("../../posts.profile")) else { process::exit(1) };
    let known = Known::default();
    let report = Facts::new("").report();
    let mut buffer = [0; ROOM / 2];
    meter.measure("packed_encode_mission", "", &mut || packed::encode(&report, &profile, &known, &mut buffer).is_ok());
    let Ok(packed) = packed::encode(&report, &profile, &known, &mut buffer) else { process::exit(1) };
    println!("bytes packed_mission {}", packed.len());
    let mut decoded = Report::default();
    meter.measure("packed_decode_mission", "", &mut || packed::decode_into(packed, &profile, &known, &mut decoded, room()).is_ok());
    check(decoded == report);
}

/// The journal, with reports of 52 bytes in flash that is RAM.
#[inline(never)]
fn journal_calls(meter: &mut Meter) {
    let mut flash = Flash::new();
    let range = 0..Flash::CAPACITY;
    let mut buffer = [0; 64];
    let Ok((mut journal, _)) = Journal::open(&mut flash, range.clone(), WhenFull::Refuse) else { process::exit(1) };
    println!("stack journal_append_new_page {}", meter.stack(&mut || journal.append(&[7; 52]).is_ok()));
    meter.measure("journal_append", "", &mut || journal.append(&[7; 52]).is_ok());
    meter.measure("journal_next", "", &mut || journal.next(None, &mut buffer).is_ok_and(|record| record.is_some()));
    meter.measure("journal_open", "", &mut || Journal::open(&mut flash, range.clone(), WhenFull::Refuse).is_ok());
}

/// The same facts in a plain struct.
#[inline(never)]
fn peer_calls(meter: &mut Meter, suffix: &str, note: &str) {
    let facts = Facts::new(note);
    let Some(message) = facts.message() else { process::exit(1) };
    let mut buffer = [0; ROOM / 2];
    let mut length = 0;

    meter.measure("peer_postcard_encode", suffix, &mut || {
        length = peers::postcard_encode(&facts, &mut buffer);
        length > 0
    });
    let bytes = buffer.get(..length).unwrap_or_default();
    println!("bytes peer_postcard{suffix} {length}");
    check(peers::postcard_decode(bytes).as_ref() == Some(&facts));
    meter.measure("peer_postcard_decode", suffix, &mut || peers::postcard_decode(bytes).is_some());

    meter.measure("peer_cbor_encode", suffix, &mut || {
        length = peers::cbor_encode(&facts, &mut buffer);
        length > 0
    });
    let bytes = buffer.get(..length).unwrap_or_default();
    println!("bytes peer_cbor{suffix} {length}");
    check(peers::cbor_decode(bytes).as_ref() == Some(&facts));
    meter.measure("peer_cbor_decode", suffix, &mut || peers::cbor_decode(bytes).is_some());

    meter.measure("peer_protobuf_encode", suffix, &mut || {
        length = peers::protobuf_encode(&message, &mut buffer);
        length > 0
    });
    let bytes = buffer.get(..length).unwrap_or_default();
    println!("bytes peer_protobuf{suffix} {length}");
    check(peers::protobuf_decode(bytes).as_ref() == Some(&message));
    meter.measure("peer_protobuf_decode", suffix, &mut || peers::protobuf_decode(bytes).is_some());
}

/// The reports of the vectors: the deepest stack of any.
#[inline(never)]
fn stories(meter: &Meter, profile: &Profile<'static>) {
    let known = Known::default();
    let mut buffer = [0; ROOM];
    let mut report = Report::default();
    let mut deepest = [0; 4];
    for vector in VECTORS {
        let stacks = [
            meter.stack(&mut || increp::decode_into(vector.postcard, &mut report).is_ok()),
            meter.stack(&mut || increp::encode(&report, &mut buffer) == Ok(vector.postcard)),
            meter.stack(&mut || packed::decode_into(vector.packed, profile, &known, &mut report, room()).is_ok()),
            meter.stack(&mut || packed::encode(&report, profile, &known, &mut buffer) == Ok(vector.packed)),
        ];
        for (deepest, stack) in deepest.iter_mut().zip(stacks) {
            *deepest = stack.max(*deepest);
        }
    }
    for (name, deepest) in ["postcard_decode", "postcard_encode", "packed_decode", "packed_encode"].iter().zip(deepest) {
        println!("stack {name}_stories {deepest}");
    }
}

/// Memory for texts, lent anew to each call.
fn room() -> &'static mut [u8] {
    static mut MEMORY: [u8; ROOM] = [0; ROOM];
    // SAFETY: there is one thread, and a report whose texts lie here is overwritten by the call that this is lent to.
    #[allow(clippy::deref_addrof)] // a static that is not Sync has no other way
    unsafe {
        &mut *(&raw mut MEMORY)
    }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    println!("{info}");
    process::exit(1)
}

#[cortex_m_rt::exception]
unsafe fn HardFault(_: &cortex_m_rt::ExceptionFrame) -> ! {
    process::exit(1)
}

fn check(ok: bool) {
    if !ok {
        println!("a call failed or gave something else");
        process::exit(1);
    }
}

/// Counts instructions and the bytes of stack that a call takes.
struct Meter {
    timer: SYST,
    ticks_per_1024: u32,
    /// What calling a call takes.
    call: u32,
    call_stack: u32,
}

/// What the stack is painted with.
const PAINT: u32 = 0xcccc_cccc;

impl Meter {
    fn new(mut timer: SYST) -> Self {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(0x00ff_ffff);
        timer.clear_current();
        timer.enable_counter();
        let mut meter = Self { timer, ticks_per_1024: 1, call: 0, call_stack: 0 };
        let nothing = meter.ticks(&mut || true);
        let nops = meter.ticks(&mut || {
            // SAFETY: it does nothing.
            unsafe { core::arch::asm!(".rept 1024", "nop", ".endr") };
            true
        });
        meter.ticks_per_1024 = nops - nothing;
        meter.call = meter.instructions(&mut || true);
        meter.call_stack = meter.stack(&mut || true);
        meter
    }

    fn measure(&mut self, name: &str, suffix: &str, call: &mut dyn FnMut() -> bool) {
        println!("instructions {name}{suffix} {}", self.instructions(call));
        println!("stack {name}{suffix} {}", self.stack(call));
    }

    fn instructions(&mut self, call: &mut dyn FnMut() -> bool) -> u32 {
        let ticks = u64::from(self.ticks(call));
        u32::try_from(ticks * 1024 / u64::from(self.ticks_per_1024)).unwrap_or(u32::MAX) - self.call
    }

    #[inline(never)]
    fn ticks(&mut self, call: &mut dyn FnMut() -> bool) -> u32 {
        let call = black_box(call);
        self.timer.clear_current();
        let _ = self.timer.has_wrapped();
        let start = SYST::get_current();
        let ok = call();
        let end = SYST::get_current();
        let wrapped = self.timer.has_wrapped();
        check(ok && !wrapped);
        start.wrapping_sub(end) & 0x00ff_ffff
    }

    /// Fills what is free of the stack, and looks how far down the call wrote.
    #[inline(never)]
    fn stack(&self, call: &mut dyn FnMut() -> bool) -> u32 {
        unsafe extern "C" {
            // Where the stack may grow down to.
            static mut __sheap: u32;
        }
        let call = black_box(call);
        let bottom = &raw mut __sheap;
        let top = cortex_m::register::msp::read() as *mut u32;
        let mut word = bottom;
        while word < top {
            // SAFETY: between the end of the statics and the stack pointer nothing lies.
            unsafe {
                word.write_volatile(PAINT);
                word = word.add(1);
            }
        }
        let ok = call();
        let mut word = bottom;
        // SAFETY: as above.
        while word < top && unsafe { word.read_volatile() } == PAINT {
            word = unsafe { word.add(1) };
        }
        check(ok);
        (top as u32) - (word as u32) - self.call_stack
    }
}
