//! Any bytes as the files of a folder: keys, locked files, a device's hubs, what HQ said to it; and as a link or a time that somebody typed.
//! Refused, or read as what comes out again.
#![no_main]

use increp::model::Stamp;
use increp_cli::args::Until;
use increp_cli::link::Link;
use increp_cli::store::device::{Hubs, Said};
use increp_cli::store::key;
use increp_cli::store::passphrase::{Lock, Locked};
use libfuzzer_sys::fuzz_target;

const WHAT: &str = "increp hq key 1";

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(bytes);
    match which % 5 {
        0 => keys(bytes),
        // Whoever parses it finds what marks it.
        1 => assert!(Locked::parse(bytes).is_none() || Lock::is_on(bytes)),
        2 => match Hubs::parse(&text) {
            Ok(hubs) => assert_eq!(Hubs::parse(&hubs.to_string()), Ok(hubs)),
            Err(line) => assert!(line >= 1 && line <= text.lines().count()),
        },
        3 => text.lines().filter_map(Said::parse).for_each(|said| was_said(&said)),
        _ => typed(&text),
    }
});

fn keys(bytes: &[u8]) {
    let Some(keys) = key::parse(bytes, WHAT) else { return };
    let digits = |byte: &u8| format!("{byte:02x}");
    let line = |key: &increp::seal::Secret<32>| format!("{WHAT} {}\n", key.expose().iter().map(digits).collect::<String>());
    let again: String = keys.iter().map(line).collect();
    assert!(key::parse(again.as_bytes(), WHAT) == Some(keys));
}

fn was_said(said: &Said) {
    assert_eq!(Said::parse(&said.json().to_string()).as_ref(), Some(said));
    assert!(!said.to_string().contains(char::is_control), "what a terminal obeys");
    let over = |at: i64| said.is_over(Stamp::new(at));
    assert!(over(i64::MIN) <= over(0) && over(0) <= over(i64::MAX), "what is over stays so");
}

fn typed(text: &str) {
    if let Ok(link) = text.parse::<Link>() {
        assert_eq!(link.to_string().parse(), Ok(link));
    }
    if let Ok(until) = text.parse::<Until>() {
        assert!(until.after(0) <= until.after(i64::MAX));
    }
}
