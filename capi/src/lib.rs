//! The C interface of increp.
//!
//! | module | what it holds |
//! |---|---|
//! | [`error`] | error codes, and an error as C sees it |
//! | [`node`] | a value of a report, to be reached, read and set by its path |
//! | [`records`] | the same for the records of the model |
//! | [`memory`] | what C passes in, checked: the only way to it |
//! | [`report`] | the functions that make, fill and read a report |
//! | [`wire`] | the functions that encode and decode |
//! | [`batch`] | the functions that write and read several reports in one message |
//! | [`store`] | the functions that keep reports, and find them again |
//! | [`flash`] | flash whose driver is written in C |
//! | `header` | makes `include/increp.h` of all this, and tests that it is up to date |
//!
//! A path is a number of up to eight steps, a byte each, the last one in the lowest byte: a field is its number + 1, an
//! item of a list is 0x80 + its index. The header has an inline function for each field, which puts the path together;
//! the library has one function for each kind of value.

#![cfg_attr(not(test), no_std)]

pub mod batch;
pub mod error;
pub mod flash;
#[cfg(test)]
mod header;
mod memory;
#[cfg(test)]
mod miri;
mod node;
mod records;
pub mod report;
pub mod store;
#[cfg(test)]
mod tests;
pub mod wire;

pub use memory::{BatchReaderMemory, BatchWriterMemory, Bytes, Known, Path, ProfileMemory, ReportMemory, StoreMemory};

/// No function of this library panics: nothing that links it may come to have this symbol, and a check of `.ci/run capi`
/// looks for it.
#[cfg(not(test))]
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn increp_panicked() -> ! {
    loop {
        core::hint::spin_loop();
    }
}

#[cfg(not(test))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    increp_panicked()
}
