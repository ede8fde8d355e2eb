//! Devices and hubs over simulated links.

#![allow(clippy::unwrap_used, missing_docs)]

mod plain;
