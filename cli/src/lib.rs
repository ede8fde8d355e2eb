//! The parts of the `increp` tool, for its own tests and fuzz targets. Not a stable interface: use the tool, or the
//! `increp` crate.

pub mod command;
