//! `increp`: parse, run, exit.
fn main() {}
