//! Stick files: those of the vectors are opened, and made again of what they were made of.

use increp::seal::Secret;
use increp_cli::link::file::content::{Content, Entry, Kind, Writer};
use increp_cli::link::file::sealed::{self, Opener, Reader, Refused};
use increp_cli::store::Numbers;
use increp_cli::store::hub::{Device, Elsewhere, Trust};
use serde_json::{Value, json};

use super::{Noise, array, bytes, folder, hex, list, load, text};

const AUTHOR: u32 = 17;

fn entry(entry: &Entry) -> Value {
    match entry {
        Entry::Record(record) => json!({ "record": hex(record) }),
        Entry::Numbers(epoch, numbers) => json!({ "epoch": epoch, "numbers": hex(numbers.bits()) }),
        Entry::Receipt(receipt) => json!({ "receipt": hex(receipt) }),
        Entry::Hub(public) => json!({ "hub": hex(public) }),
        Entry::Device(Device { author, hop, trust, .. }) => {
            let mut device = json!({ "device": author, "hop": hex(hop.expose()), "revoked": *trust != Trust::Trusted });
            if *trust == Trust::Wiped {
                device["wiped"] = json!(true);
            }
            device
        }
        Entry::Next(number) => json!({ "next": number }),
        Entry::Message(number, message) => json!({ "message": number, "sealed": hex(message) }),
        Entry::Have(epoch, has) => json!({ "have": epoch, "numbers": hex(has.numbers.bits()), "digest": hex(&has.digest) }),
        Entry::Refused(epoch, numbers) => json!({ "refused": epoch, "numbers": hex(numbers.bits()) }),
        Entry::Profile(profile) => json!({ "profile": hex(profile) }),
    }
}

/// A content is made of what it says; a row of records is found by itself.
fn content(it: &Value, hop: &Secret<16>) -> Vec<u8> {
    let kind = [Kind::Up, Kind::Down, Kind::Between][usize::try_from(it["kind"].as_u64().unwrap()).unwrap() - 1];
    let mut writer = Writer::new(kind, u32::try_from(it["author"].as_u64().unwrap()).unwrap());
    for entry in list(it, "entries") {
        if let Some(record) = entry.get("record") {
            writer.record(&bytes(record));
        } else if let Some(epoch) = entry.get("epoch") {
            writer.numbers(u32::try_from(epoch.as_u64().unwrap()).unwrap(), &Numbers::new(array(&entry["numbers"])));
        } else if let Some(receipt) = entry.get("receipt") {
            writer.receipt(&bytes(receipt));
        } else if let Some(hub) = entry.get("hub") {
            writer.hub(&array(hub));
        } else if let Some(author) = entry.get("device") {
            let author = u32::try_from(author.as_u64().unwrap()).unwrap();
            let trust = match (entry["revoked"] == true, entry["wiped"] == true) {
                (_, true) => Trust::Wiped,
                (true, false) => Trust::Revoked,
                (false, false) => Trust::Trusted,
            };
            writer.device(&Device { author, hop: Secret::new(array(&entry["hop"])), others: Vec::new(), trust });
        } else if let Some(number) = entry.get("next") {
            writer.next(u32::try_from(number.as_u64().unwrap()).unwrap());
        } else if let Some(number) = entry.get("message") {
            writer.message(u32::try_from(number.as_u64().unwrap()).unwrap(), &bytes(&entry["sealed"]));
        } else if let Some(epoch) = entry.get("have") {
            let has = Elsewhere { numbers: Numbers::new(array(&entry["numbers"])), digest: array(&entry["digest"]) };
            writer.have(u32::try_from(epoch.as_u64().unwrap()).unwrap(), &has);
        } else if let Some(epoch) = entry.get("refused") {
            writer.refused(u32::try_from(epoch.as_u64().unwrap()).unwrap(), &Numbers::new(array(&entry["numbers"])));
        } else {
            writer.profile(&bytes(&entry["profile"]));
        }
    }
    writer.finish(hop)
}

fn readers(it: &Value, hop: &Secret<16>) -> Vec<Reader> {
    let reader = |reader: &Value| match reader.as_str() {
        Some("device" | "hubs") => Reader::Device(hop.clone()),
        _ => Reader::Hub(array(reader)),
    };
    list(it, "readers").iter().map(reader).collect()
}

/// The key that a file is by: the device's hop key, or what the two hubs have in common.
fn key_of(all: &Value, it: &Value) -> Secret<16> {
    if it["readers"] != json!(["hubs"]) {
        return Secret::new(array(&all["hop"]));
    }
    let [one, other] = list(all, "hubs") else { panic!("two hubs") };
    sealed::common(&Secret::new(array(&one["secret"])), &array(&one["public"]), &array(&other["public"]))
}

/// The hop key and two hubs' secrets, and a file each way: what they say, and what they draw: the file's key, then 32 bytes for each reader.
pub(super) fn made() -> Value {
    let [hop, one, other] = *Noise::of(20, 3).0 else { panic!("three") };
    let publics = [one, other].map(|secret| hex(&sealed::hub_public(&Secret::new(secret)).unwrap()));
    let record = |seq: u8, length: usize| hex(&[&[0x13, 1, 2, 3, seq][..], &vec![seq; length]].concat());
    let up = json!([
        { "record": record(0, 54) }, { "record": record(1, 24) }, { "record": record(2, 200) },
        { "record": record(9, 8) },
        { "epoch": 0x03_0201, "numbers": hex(Numbers::from_iter([0, 1, 2, 9, 255]).bits()) },
    ]);
    let down = json!([
        { "epoch": 0x03_0201, "numbers": hex(Numbers::from_iter([0, 1]).bits()) },
        { "receipt": "15".repeat(24) }, { "hub": publics[0] }, { "profile": "00".repeat(300) },
    ]);
    let between = json!([
        { "hub": publics[1] }, { "device": AUTHOR, "hop": "07".repeat(16), "revoked": true },
        { "have": 0x03_0201, "numbers": hex(Numbers::from_iter([0, 1, 3]).bits()), "digest": "5a".repeat(16) },
        { "refused": 0x03_0201, "numbers": hex(Numbers::from_iter([2]).bits()) }, { "record": record(3, 40) },
    ]);
    let mut all = json!({
        "hop": hex(&hop[..16]),
        "hubs": [{ "secret": hex(&one), "public": publics[0] }, { "secret": hex(&other), "public": publics[1] }],
        "files": [
            { "file": "up.irs", "draws": Noise::of(21, 3).json(), "kind": 1, "author": AUTHOR, "readers": publics, "entries": up },
            { "file": "down.irs", "draws": Noise::of(22, 2).json(), "kind": 2, "author": AUTHOR, "readers": ["device"], "entries": down },
            { "file": "between.irs", "draws": Noise::of(23, 2).json(), "kind": 3, "author": 0, "readers": [publics[0]], "entries": between },
        ],
    });
    write(&mut all);
    all
}

/// A file each way with HQ's messages in them, and one as hubs write it for each other.
pub(super) fn made_with(messages: &[Value]) -> Value {
    let [hop, one, other] = *Noise::of(20, 3).0 else { panic!("three") };
    let [public, second] = [one, other].map(|secret| hex(&sealed::hub_public(&Secret::new(secret)).unwrap()));
    let message = |number: usize| json!({ "message": number, "sealed": messages[number]["sealed"] });
    let mut all = json!({
        "hop": hex(&hop[..16]),
        "hubs": [{ "secret": hex(&one), "public": public }, { "secret": hex(&other), "public": second }],
        "files": [
            { "file": "next.irs", "draws": Noise::of(24, 2).json(), "kind": 1, "author": AUTHOR, "readers": [public],
              "entries": [{ "next": 0x0403_0201 }] },
            { "file": "said.irs", "draws": Noise::of(25, 2).json(), "kind": 2, "author": AUTHOR, "readers": ["device"],
              "entries": [{ "hub": public }, message(0), message(1)] },
            { "file": "passed.irs", "draws": Noise::of(26, 2).json(), "kind": 3, "author": 0, "readers": [public],
              "entries": [{ "hub": public }, { "device": AUTHOR, "hop": "07".repeat(16), "revoked": true, "wiped": true }, message(2)] },
            { "file": "hubs.irs", "draws": Noise::of(28, 2).json(), "kind": 3, "author": 0, "readers": ["hubs"],
              "entries": [{ "hub": second }, { "hub": public }, { "device": AUTHOR, "hop": "08".repeat(16), "revoked": false }, message(1)] },
        ],
    });
    write(&mut all);
    all
}

fn write(all: &mut Value) {
    let keys: Vec<Secret<16>> = list(all, "files").iter().map(|file| key_of(all, file)).collect();
    for (file, hop) in all["files"].as_array_mut().unwrap().iter_mut().zip(keys) {
        file["content"] = json!(hex(&content(file, &hop)));
        std::fs::write(folder().join(text(&file["file"])), sealed(file, &hop)).unwrap();
    }
}

fn sealed(it: &Value, hop: &Secret<16>) -> Vec<u8> {
    sealed::seal_with(&content(it, hop), &readers(it, hop), &mut Noise::read(&it["draws"])).unwrap()
}

#[test]
fn every_stick_file_opens_and_is_made_again() {
    all_open(&load()["stick"]);
    all_open(&super::said::load()["stick"]);
}

fn all_open(all: &Value) {
    let hop = Secret::new(array(&all["hop"]));
    let mut openers: Vec<Opener> = list(all, "hubs").iter().map(|hub| Opener::Hub(Secret::new(array(&hub["secret"])))).collect();
    openers.push(Opener::Device(hop));
    if list(all, "hubs").len() == 2 {
        openers.push(Opener::Device(key_of(all, &json!({ "readers": ["hubs"] }))));
    }
    for it in list(all, "files") {
        let hop = key_of(all, it);
        let file = std::fs::read(folder().join(text(&it["file"]))).unwrap();
        let opened = openers.iter().filter_map(|opener| sealed::open(&file, [opener]).ok()).collect::<Vec<_>>();
        assert_eq!(opened.len(), list(it, "readers").len(), "each of its readers, and nobody else");
        for (bytes, _) in opened {
            assert_eq!(hex(&bytes[..text(&it["content"]).len() / 2]), text(&it["content"]));
            let found = Content::parse(&bytes).unwrap();
            assert!(found.is_by(&hop));
            let kind = [Kind::Up, Kind::Down, Kind::Between].iter().position(|kind| *kind == found.kind).unwrap() + 1;
            assert_eq!((json!(kind), json!(found.author)), (it["kind"].clone(), it["author"].clone()));
            assert_eq!(found.entries.iter().map(entry).collect::<Value>(), it["entries"]);
        }
        assert_eq!(sealed(it, &hop), file, "made again");
    }
}

/// What a file is refused for, at every place: SPEC.md 5.1 lists it.
#[test]
fn a_stick_file_is_refused_for_what_is_wrong_with_it() {
    let file = std::fs::read(folder().join("up.irs")).unwrap();
    let opener = Opener::Hub(Secret::new(array(&list(&load()["stick"], "hubs")[0]["secret"])));
    let refused = |at: usize, mended: bool| {
        let mut file = file.clone();
        file[at] ^= 1;
        if mended {
            mend(&mut file);
        }
        sealed::open(&file, [&opener]).unwrap_err()
    };
    let length = Refused::Length { found: 4096, expected: 8192 };
    for (at, mended, expected) in [
        (0, true, Refused::Foreign),
        (7, true, Refused::Version(0)),
        (20, false, Refused::Digest),
        (4095, false, Refused::Digest),
        (20, true, Refused::Others),
        // What nobody reads, and the other hub's key: all of the head is sealed with the content.
        (13, true, Refused::Tampered),
        (100, true, Refused::Tampered),
        (200, true, Refused::Tampered),
        (4080, true, Refused::Tampered),
    ] {
        assert_eq!(refused(at, mended), expected, "byte {at}");
    }
    let mut longer = file.clone();
    longer[8] = 2;
    assert_eq!(sealed::open(&longer, [&opener]).unwrap_err(), length);
}

fn mend(file: &mut [u8]) {
    use sha2::Digest as _;
    let end = file.len() - 8;
    let digest = sha2::Sha256::digest(&file[..end]);
    file[end..].copy_from_slice(&digest[..8]);
}
