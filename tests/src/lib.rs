//! What the tests of increp share.
