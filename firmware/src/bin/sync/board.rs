//! The board, an LM3S6965 as QEMU plays it: a clock that only runs on, a serial line, randomness, and an end with an exit code.
//!
//! A real one switches on clocks and pins first, and takes bytes of the line by interrupt: its queue holds 16.

use core::panic::PanicInfo;
use core::ptr::with_exposed_provenance_mut;
use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::Peripherals;
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
        peripherals.SYST.set_clock_source(SystClkSource::Core);
        peripherals.SYST.set_reload(MILLISECOND - 1);
        peripherals.SYST.clear_current();
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

/// The host's randomness. Where there is none, two sessions in 65,536 take the same number, and a hub's old answers could be played again.
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
