//! What increp costs in firmware. The programs `flash_*` are linked, never run: how much bigger they are than
//! `flash_empty` is the flash that their calls take. `calls` runs in QEMU.
#![no_std]

pub mod driver;
pub mod peers;
pub mod post;

use core::hint::black_box;

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;

#[cfg(target_arch = "arm")]
use cortex_m as _;
#[cfg(target_arch = "riscv32")]
use riscv as _;

/// Something of which the compiler knows nothing but the type.
#[inline(always)]
pub fn given<T>() -> T {
    // SAFETY: there is none. This is only linked.
    unsafe { black_box(0x2000_0000 as *const T).read_volatile() }
}

/// Firmware of nothing but the calls, with whatever [`given`] they are given.
#[macro_export]
macro_rules! calls {
    ($($call:expr),* $(,)?) => {
        #[$crate::entry]
        fn main() -> ! {
            #[allow(unused_imports)]
            use $crate::given;
            loop {
                $(core::hint::black_box(&$call);)*
            }
        }
    };
}

/// [`calls`] that do not link if any of them can panic: the panic handler needs a function that is nowhere.
#[macro_export]
macro_rules! firmware {
    ($($call:expr),* $(,)?) => {
        $crate::calls!($($call),*);

        #[panic_handler]
        fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
            unsafe extern "C" {
                fn this_firmware_can_panic() -> !;
            }
            // SAFETY: it is nowhere.
            unsafe { this_firmware_can_panic() }
        }
    };
}

/// [`calls`] of a peer, which may panic.
#[macro_export]
macro_rules! peer {
    ($($call:expr),* $(,)?) => {
        $crate::calls!($($call),*);

        #[panic_handler]
        fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
            loop {}
        }
    };
}
