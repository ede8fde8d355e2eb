//! Stick files: what they say comes back, for their readers alone; whatever happens to one, it is refused by name or read as it was.

#![allow(clippy::unwrap_used)] // a test

use increp::seal::{HEAD, MAX_DOWN, MAX_RECEIPT, MAX_RECORD, Secret};
use increp_cli::link::file::content::{Content, Entry, Kind, Writer};
use increp_cli::link::file::sealed::{self, BLOCK, MOST_CONTENT, MOST_READERS, Opener, Reader, Refused};
use increp_cli::link::file::{list, read, write};
use increp_cli::store::Numbers;
use increp_cli::store::hub::{Device, Elsewhere, Trust};
use proptest::prelude::*;

const HOP: [u8; 16] = [7; 16];

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let record = (1..4u32, any::<u8>(), prop::collection::vec(any::<u8>(), 8..60)).prop_map(|(epoch, seq, body)| {
        let [low, middle, high, _] = epoch.to_le_bytes();
        Entry::Record([&[0x13, low, middle, high, seq][..], &body].concat())
    });
    let row = (1..0xff_ffffu32, 0..200u8, prop::collection::vec(prop::collection::vec(any::<u8>(), 8..200), 1..40)).prop_map(
        |(epoch, first, bodies)| {
            let [low, middle, high, _] = epoch.to_le_bytes();
            let record = |(seq, body): (u8, Vec<u8>)| Entry::Record([&[0x13, low, middle, high, seq][..], &body].concat());
            (first..).zip(bodies).map(record).collect::<Vec<_>>()
        },
    );
    let have = (0..0xff_ffffu32, any::<[u8; 32]>()).prop_map(|(epoch, bits)| Entry::Numbers(epoch, Numbers::new(bits)));
    let receipt = prop::collection::vec(any::<u8>(), 0..=MAX_RECEIPT).prop_map(Entry::Receipt);
    let hub = any::<[u8; 32]>().prop_map(Entry::Hub);
    let profile = prop::collection::vec(any::<u8>(), 0..300).prop_map(Entry::Profile);
    let device = (any::<u32>(), any::<[u8; 16]>(), 0..3_u8).prop_map(|(author, hop, trust)| {
        Entry::Device(Device { author, hop: Secret::new(hop), others: Vec::new(), trust: Trust::of(trust).unwrap() })
    });
    let next = any::<u32>().prop_map(Entry::Next);
    let message =
        (0..u32::MAX, prop::collection::vec(any::<u8>(), 0..=MAX_DOWN)).prop_map(|(number, bytes)| Entry::Message(number, bytes));
    let there = (0..0xff_ffffu32, any::<[u8; 32]>(), any::<[u8; 16]>())
        .prop_map(|(epoch, bits, digest)| Entry::Have(epoch, Elsewhere { numbers: Numbers::new(bits), digest }));
    let refused = (0..0xff_ffffu32, any::<[u8; 32]>()).prop_map(|(epoch, bits)| Entry::Refused(epoch, Numbers::new(bits)));
    let between = prop_oneof![device, there, refused];
    let other = prop_oneof![4 => prop_oneof![have, receipt, hub, profile, next, message], 2 => between];
    let one = prop_oneof![record.prop_map(|one| vec![one]), row, other.prop_map(|one| vec![one])];
    prop::collection::vec(one, 0..8).prop_map(|rows| rows.concat())
}

/// Which way a file of these entries may go.
fn kind_of(entries: &[Entry], up: bool) -> Kind {
    let between = entries.iter().any(|entry| matches!(entry, Entry::Device(_) | Entry::Have(..) | Entry::Refused(..)));
    match (between, up) {
        (true, _) => Kind::Between,
        (false, true) => Kind::Up,
        (false, false) => Kind::Down,
    }
}

fn content(kind: Kind, author: u32, entries: &[Entry]) -> Vec<u8> {
    let mut writer = Writer::new(kind, author);
    for entry in entries {
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
            Entry::Message(number, bytes) => writer.message(*number, bytes),
        }
    }
    let at_most = writer.len();
    let bytes = writer.finish(&Secret::new(HOP));
    assert!(bytes.len() <= at_most, "{} bytes, foretold {at_most}", bytes.len());
    bytes
}

/// A file for one hub, and what opens it.
fn file_for_a_hub(bytes: &[u8]) -> (Vec<u8>, Opener) {
    let (secret, public) = sealed::hub_key().unwrap();
    (sealed::seal(bytes, &[Reader::Hub(public)]).unwrap(), Opener::Hub(secret))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_a_file_says_comes_back(author: u32, up: bool, entries in entries()) {
        let kind = kind_of(&entries, up);
        let (file, opener) = file_for_a_hub(&content(kind, author, &entries));
        prop_assert!(file.len().is_multiple_of(BLOCK));
        let (opened, _) = sealed::open(&file, [&opener]).unwrap();
        let found = Content::parse(&opened).unwrap();
        prop_assert!(found.is_by(&Secret::new(HOP)));
        prop_assert!(!found.is_by(&Secret::new([8; 16])));
        prop_assert_eq!((found.kind, found.author, found.entries), (kind, author, entries));
    }

    /// Nothing that is in a file can be changed: neither by chance, nor by somebody who mends the digest.
    #[test]
    fn a_changed_file_is_refused(entries in entries(), at: prop::sample::Index, bit in 0..8u8, mended: bool) {
        let (mut file, opener) = file_for_a_hub(&content(Kind::Up, 17, &entries));
        let at = at.index(file.len());
        file[at] ^= 1 << bit;
        if mended {
            mend(&mut file);
        }
        let refused = sealed::open(&file, [&opener]).unwrap_err();
        let expected: &[Refused] = match at {
            0..7 => &[Refused::Foreign],
            7 => &[Refused::Version(file[7])],
            8..12 => &[Refused::Foreign, Refused::Length { found: file.len() as u64, expected: sealed::length(&file).unwrap_or(0) as u64 }],
            _ if !mended => &[Refused::Digest],
            // Of the only reader's key, or of what says where it is.
            12..96 => &[Refused::Others, Refused::Tampered],
            _ if at < file.len() - 8 => &[Refused::Tampered],
            _ => &[Refused::Digest],
        };
        let last = mended && at >= file.len() - 8;
        prop_assert!(expected.contains(&refused) || last, "{refused:?} at {at}");
    }

    #[test]
    fn whatever_bytes_are_open_they_are_read_whole_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..300), entries in entries()) {
        let _ = Content::parse(&bytes);
        let good = content(kind_of(&entries, false), 3, &entries);
        prop_assert!(Content::parse(&good).is_ok());
        for cut in 0..good.len() {
            prop_assert!(Content::parse(&good[..cut]).is_err(), "cut at {}", cut);
        }
        bytes.truncate(40);
        let mut longer = [&good[..], &bytes].concat();
        prop_assert_eq!(Content::parse(&longer).is_ok(), bytes.iter().all(|byte| *byte == 0));
        longer.truncate(good.len());
        prop_assert!(Content::parse(&longer).is_ok());
    }
}

/// Writes a digest that fits.
fn mend(file: &mut [u8]) {
    use sha2::Digest as _;
    let end = file.len() - 8;
    let digest = sha2::Sha256::digest(&file[..end]);
    file[end..].copy_from_slice(&digest[..8]);
}

#[test]
fn a_file_is_for_its_readers_alone() {
    let hubs: Vec<_> = (0..MOST_READERS - 1).map(|_| sealed::hub_key().unwrap()).collect();
    let hop = Secret::new(HOP);
    let mut readers: Vec<Reader> = hubs.iter().map(|(_, public)| Reader::Hub(*public)).collect();
    readers.push(Reader::Device(hop.clone()));
    let text = content(Kind::Up, 17, &[]);
    let file = sealed::seal(&text, &readers).unwrap();
    for (secret, public) in &hubs {
        assert_eq!(sealed::hub_public(secret).unwrap(), *public);
        assert!(sealed::open(&file, [&Opener::Hub(secret.clone())]).unwrap().0.starts_with(&text));
    }
    assert!(sealed::open(&file, [&Opener::Device(hop)]).unwrap().0.starts_with(&text));
    let (another, _) = sealed::hub_key().unwrap();
    for opener in [Opener::Hub(another), Opener::Device(Secret::new([8; 16]))] {
        assert_eq!(sealed::open(&file, [&opener]).unwrap_err(), Refused::Others);
    }
    readers.push(Reader::Hub(hubs[0].1));
    assert!(sealed::seal(&text, &readers).is_err());
    assert!(sealed::seal(&text, &[]).is_err());
    assert_eq!(sealed::seal(&vec![1; MOST_CONTENT], &readers[1..]).unwrap().len(), BLOCK * sealed::MOST_BLOCKS);
    assert!(sealed::seal(&vec![1; MOST_CONTENT + 1], &readers[1..]).is_err());
}

/// What a reader has no use for is sealed with the rest: the empty bytes, and the keys of others.
#[test]
fn no_byte_of_the_head_of_a_file_can_be_changed() {
    let hubs = [(); 2].map(|()| sealed::hub_key().unwrap());
    let readers = [Reader::Hub(hubs[0].1), Reader::Hub(hubs[1].1)];
    let file = sealed::seal(&content(Kind::Up, 17, &[]), &readers).unwrap();
    let opener = Opener::Hub(hubs[0].0.clone());
    assert!(sealed::open(&file, [&opener]).is_ok());
    for at in 0..16 + 2 * 80 {
        let mut changed = file.clone();
        changed[at] ^= 1;
        mend(&mut changed);
        assert!(sealed::open(&changed, [&opener]).is_err(), "byte {at}");
    }
}

/// Two files of the same content have nothing in common but what the format says of itself.
#[test]
fn a_file_tells_nothing_of_what_is_in_it() {
    let (secret, public) = sealed::hub_key().unwrap();
    for reader in [Reader::Hub(public), Reader::Device(Secret::new(HOP))] {
        let [one, other] = [(), ()].map(|()| sealed::seal(&content(Kind::Up, 17, &[]), std::slice::from_ref(&reader)).unwrap());
        let same = one[16..].windows(8).filter(|window| other.windows(8).any(|other| other == *window)).count();
        assert_eq!((one.len(), other.len(), same), (BLOCK, BLOCK, 0));
    }
    drop(secret);
}

#[test]
fn a_file_that_was_cut_short_is_refused_at_every_length() {
    let folder = scratch("cut");
    let (file, opener) = file_for_a_hub(&content(Kind::Up, 17, &[]));
    let path = write(&folder, &file).unwrap();
    assert_eq!(read(&path).unwrap().unwrap(), file);
    assert_eq!(list(&folder).unwrap(), std::slice::from_ref(&path));
    for length in (0..file.len()).step_by(17).chain([file.len() - 1]) {
        std::fs::write(&path, &file[..length]).unwrap();
        let refused = read(&path).unwrap().unwrap_err();
        assert_eq!(sealed::open(&file[..length], [&opener]).unwrap_err(), refused);
        assert!(matches!(refused, Refused::Foreign | Refused::Length { .. }), "{refused:?} at {length}");
    }
    // The end of the file is there, but not yet its bytes.
    for filling in [0, 0xff] {
        let mut torn = file.clone();
        torn[file.len() - 8..].fill(filling);
        std::fs::write(&path, &torn).unwrap();
        assert_eq!(read(&path).unwrap().unwrap_err(), Refused::Digest);
    }
    std::fs::write(&path, [&file[..], &[0]].concat()).unwrap();
    assert_eq!(read(&path).unwrap().unwrap_err(), Refused::Length { found: 4097, expected: 4096 });
    std::fs::remove_dir_all(folder).unwrap();
}

fn scratch(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("increp-stick-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What is longer than anybody writes would be kept, and break whoever reads it later.
#[test]
fn what_is_too_long_is_refused() {
    let record = |length: usize| Entry::Record([&[0x13, 1, 0, 0, 1][..], &vec![7; length]].concat());
    for (entry, good) in [
        (record(MAX_RECORD - HEAD), true),
        (record(MAX_RECORD - HEAD + 1), false),
        (Entry::Receipt(vec![7; MAX_RECEIPT]), true),
        (Entry::Receipt(vec![7; MAX_RECEIPT + 1]), false),
        (Entry::Message(u32::MAX - 1, vec![7; MAX_DOWN]), true),
        (Entry::Message(0, vec![7; MAX_DOWN + 1]), false),
        (Entry::Message(u32::MAX, vec![7; 30]), false),
    ] {
        let bytes = content(Kind::Down, 1, std::slice::from_ref(&entry));
        assert_eq!(Content::parse(&bytes).is_ok(), good, "{} bytes", bytes.len());
    }
}
