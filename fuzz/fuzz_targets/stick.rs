//! Any bytes as a stick file, its digest as it was or mended, and as the content of one: refused, or read as what comes out again.
#![no_main]

use std::sync::OnceLock;

use increp::seal::Secret;
use increp_cli::link::file::content::{Content, Entry, Writer};
use increp_cli::link::file::sealed::{self, BLOCK, MAGIC, Opener, Reader, Refused};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};

const HOP: [u8; 16] = [7; 16];

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    match which % 5 {
        0 => refused(bytes),
        1 => {
            let mut file = bytes.to_vec();
            file.resize(bytes.len().max(1).next_multiple_of(BLOCK), 0);
            let blocks = u32::try_from(file.len() / BLOCK).expect("few");
            file[..8].copy_from_slice(&MAGIC);
            file[8..12].copy_from_slice(&blocks.to_le_bytes());
            let end = file.len() - 8;
            let digest = Sha256::digest(&file[..end]);
            file[end..].copy_from_slice(&digest[..8]);
            refused(&file);
        }
        2 => content(bytes),
        // Its kind and author first, and the end last, with the number of entries that it has.
        3 => (0..=8).for_each(|many| content(&[&[1, 17, 0, 0, 0][..], bytes, &[0, many], &[0; 16]].concat())),
        _ => (0..=8).for_each(|many| content(&[&[3, 0, 0, 0, 0][..], bytes, &[0, many], &[0; 16]].concat())),
    }
});

fn openers() -> &'static [Opener; 2] {
    static OPENERS: OnceLock<[Opener; 2]> = OnceLock::new();
    OPENERS.get_or_init(|| [Opener::Hub(Secret::new([3; 32])), Opener::Device(Secret::new(HOP))])
}

fn refused(file: &[u8]) {
    let refused = sealed::open(file, openers()).expect_err("nobody sealed it for these keys");
    assert!(!refused.to_string().is_empty());
    if sealed::check(file).is_ok() {
        assert!(matches!(refused, Refused::Others | Refused::Tampered));
    }
}

fn content(bytes: &[u8]) {
    let found = match Content::parse(bytes) {
        Ok(found) => found,
        Err(broken) => return assert!(broken.at <= bytes.len() && !broken.to_string().is_empty()),
    };
    assert!(!found.is_by(&Secret::new([9; 16])), "nobody knows this key");
    // The same again, whichever way its records stand in rows.
    let mut writer = Writer::new(found.kind, found.author);
    for entry in &found.entries {
        match entry {
            Entry::Record(record) => writer.record(record),
            Entry::Numbers(epoch, numbers) => writer.numbers(*epoch, numbers),
            Entry::Receipt(receipt) => writer.receipt(receipt),
            Entry::Hub(public) => writer.hub(public),
            Entry::Profile(profile) => writer.profile(profile),
            Entry::Device(device) => writer.device(device),
            Entry::Have(epoch, has) => writer.have(*epoch, has),
            Entry::Refused(epoch, numbers) => writer.refused(*epoch, numbers),
            Entry::Next(number) => writer.next(*number),
            Entry::Message(number, message) => writer.message(*number, message),
        }
    }
    let written = writer.finish(&Secret::new(HOP));
    let file = sealed::seal(&written, &[Reader::Device(Secret::new(HOP))]).expect("what was read can be sealed");
    let (opened, _) = sealed::open(&file, openers()).expect("what was sealed opens");
    let again = Content::parse(&opened).expect("what was written is read");
    assert!(again.is_by(&Secret::new(HOP)));
    assert_eq!((again.kind, again.author, again.entries), (found.kind, found.author, found.entries));
}
