//! The board, an LM3S6965 as QEMU plays it: a clock that only runs on, a serial line, randomness, and an end with an exit code.
//!
//! A real one switches on clocks and pins first. The line's queue holds 16 bytes, and is looked at each millisecond: enough for 115,200 baud.

use core::panic::PanicInfo;
use core::ptr::with_exposed_provenance_mut;
use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::Peripherals;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::{ExceptionFrame, exception};
use semihosting::fs::File;
use semihosting::io::Read as _;
use semihosting::{println, process};

/// UART0, a PL011: data, flags, line control and control, of 32 bits each.
const UART: usize = 0x4000_c000;
const DATA: usize = 0x00;
const FLAGS: usize = 0x18;
const LINE: usize = 0x2c;
const CONTROL: usize = 0x30;
/// Nothing was received; no room to send.
const EMPTY: u32 = 1 << 4;
const FULL: u32 = 1 << 5;

/// Ticks of a millisecond at 12.5 MHz, with which the chip starts.
const MILLISECOND: u32 = 12_500;

static UPTIME: AtomicU32 = AtomicU32::new(0);

/// Starts the clock and the line.
pub fn start() {
    if let Some(mut peripherals) = Peripherals::take() {
        peripherals.SYST.set_reload(MILLISECOND - 1);
        peripherals.SYST.clear_current();
        peripherals.SYST.set_clock_source(SystClkSource::Core);
        peripherals.SYST.enable_counter();
        peripherals.SYST.enable_interrupt();
    }
    // Eight bits and the queues; then all of it on.
    write(LINE, 0x70);
    write(CONTROL, 0x301);
}

#[exception]
fn SysTick() {
    UPTIME.fetch_add(1, Ordering::Relaxed);
}

/// Milliseconds since power came.
pub fn uptime() -> u64 {
    UPTIME.load(Ordering::Relaxed).into()
}

/// Waits for some microseconds, less than a millisecond.
pub fn pause(microseconds: u32) {
    let (began, ticks) = (SYST::get_current(), microseconds * (MILLISECOND / 1000));
    // It counts down, and begins anew each millisecond.
    while (began + MILLISECOND - SYST::get_current()) % MILLISECOND < ticks {}
}

/// Sleeps until the next millisecond.
pub fn rest() {
    cortex_m::asm::wfi();
}

/// Sends a byte when there is room.
pub fn send(byte: u8) {
    while read(FLAGS) & FULL != 0 {}
    write(DATA, byte.into());
}

/// A byte that came.
pub fn receive() -> Option<u8> {
    let [byte, ..] = (read(FLAGS) & EMPTY == 0).then(|| read(DATA).to_le_bytes())?;
    Some(byte)
}

/// The host's randomness, in place of the chip's: a session is told by it from earlier ones, whose answers somebody may play again.
pub fn random() -> [u8; 2] {
    let mut bytes = [0; 2];
    let read = File::open(c"/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    if read.is_err() {
        println!("error: no randomness");
        exit(1);
    }
    bytes
}

/// Ends the program.
pub fn exit(code: i32) -> ! {
    process::exit(code)
}

fn read(register: usize) -> u32 {
    // SAFETY: a register of UART0.
    unsafe { with_exposed_provenance_mut::<u32>(UART + register).read_volatile() }
}

fn write(register: usize, value: u32) {
    // SAFETY: a register of UART0.
    unsafe { with_exposed_provenance_mut::<u32>(UART + register).write_volatile(value) }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    println!("error: {info}");
    exit(101)
}

/// Also where the stack runs over.
#[exception]
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    exit(102)
}
