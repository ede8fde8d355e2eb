//! Every vector of sealing that was ever released: made again from what it was made of, and read.
//!
//! `INCREP_ADD_VECTORS=1 cargo test -p increp-tests --test seal_vectors` writes the file if it is not there.

#![allow(clippy::unwrap_used)] // a test

mod said;
mod stick;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Once;

use increp::seal::enrol::{self, Enrolled};
use increp::seal::{Epoch, Error, HqKey, MAX_RECEIPT, NoTrng, Opened, Padding, Peer, Record, Secret, Terms};
use increp::store::{Journal, WhenFull};
use increp::wire::packed::{Known, Profile};
use increp_tests::flash::{Shared, Torn};
use increp_tests::sealed::{Flash, JOURNAL, KEYS, NOW, Replayed, Unit, report, terms};
use rand_core::{TryCryptoRng, TryRng};
use serde_json::{Value, json};

/// The first bytes of a slot of the key page, and all of them.
const SLOT_MAGIC: &[u8] = b"irk\x01";
const SLOT: usize = 335;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/seal-v1")
}

fn load() -> Value {
    static ADD: Once = Once::new();
    let path = folder().join("vectors.json");
    ADD.call_once(|| {
        if std::env::var_os("INCREP_ADD_VECTORS").is_some() && !path.exists() {
            fs::create_dir_all(folder()).unwrap();
            let mut all = made();
            all["stick"] = stick::made();
            fs::write(&path, serde_json::to_string_pretty(&all).unwrap() + "\n").unwrap();
        }
    });
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

/// What a source of randomness gives, in order.
struct Noise(Vec<[u8; 32]>);

impl Noise {
    fn of(seed: u64, many: usize) -> Self {
        let mut rng = Replayed(seed);
        let mut drawn = vec![[0; 32]; many];
        drawn.iter_mut().for_each(|noise| rng.try_fill_bytes(noise).unwrap());
        Self(drawn)
    }

    fn read(value: &Value) -> Self {
        Self(value.as_array().unwrap().iter().map(array).collect())
    }

    fn json(&self) -> Value {
        self.0.iter().map(|noise| hex(noise)).collect()
    }
}

impl TryRng for Noise {
    type Error = NoTrng;

    fn try_next_u32(&mut self) -> Result<u32, NoTrng> {
        Err(NoTrng)
    }

    fn try_next_u64(&mut self) -> Result<u64, NoTrng> {
        Err(NoTrng)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), NoTrng> {
        if self.0.is_empty() {
            return Err(NoTrng);
        }
        bytes.copy_from_slice(&self.0.remove(0));
        Ok(())
    }
}

impl TryCryptoRng for Noise {}

fn hq_key() -> HqKey {
    HqKey::from_secret(&Secret::new(Noise::of(1, 1).0[0]))
}

/// An enrolment, of what it is made of: HQ's draws are its share and the device's seed, the device's its key and its share. A device
/// with no draws has no source of randomness.
fn enrolment(name: &str, author: u32, key: &HqKey, mut hq_noise: Noise, mut noise: Noise) -> (Value, Peer, Enrolled) {
    let (hq_drawn, drawn) = (hq_noise.json(), noise.json());
    let (hq, invitation) = enrol::Hq::invite(author, key, &mut hq_noise).unwrap();
    let (device, commitment) = enrol::Device::commit(&invitation, &mut noise).unwrap();
    let (hq, offer) = hq.offer(&commitment).unwrap();
    let (device, revelation) = device.reveal(&offer).unwrap();
    let hq = hq.check(&revelation).unwrap();
    let digits = format!("{:06}", hq.digits());
    assert_eq!(hq.digits(), device.digits());
    let (peer, enrolled) = (hq.confirm(), device.confirm());
    let value = json!({
        "name": name, "author": author, "hq_draws": hq_drawn, "device_draws": drawn,
        "invitation": hex(&invitation), "commitment": hex(&commitment), "offer": hex(&offer), "revelation": hex(&revelation),
        "digits": digits, "peer": hex(peer.to_bytes().expose()),
    });
    (value, peer, enrolled)
}

/// The state of a device that is at rest: the one slot of its key page.
fn slot(unit: &Unit) -> Vec<u8> {
    let image = unit.flash.borrow().bytes[..KEYS.end as usize].to_vec();
    let at = image.windows(4).position(|part| part == SLOT_MAGIC).unwrap();
    image[at..at + SLOT].to_vec()
}

fn all_records(unit: &Unit) -> Vec<Vec<u8>> {
    unit.records().into_iter().map(|(_, bytes)| bytes).collect()
}

/// What a device does with a source that gives this, and what its state is then.
fn save(unit: &mut Unit, note: &str, noise: &[u8; 32], terms: &Terms<'static, 'static>) -> Value {
    let slot_before = slot(unit);
    let mut report = report(note);
    let id =
        unit.with(|device, store, _, buffer| device.save(&mut report, terms, &mut Noise(vec![*noise]), store, buffer)).unwrap();
    let known = Known { id: Some(id), sent: terms.now, point: None, profile: true };
    let mut room = [0; increp::MAX_LEN + 1];
    let packed = increp::wire::packed::encode(&report, &Profile::EMPTY, &known, &mut room).unwrap();
    let record = all_records(unit).pop().unwrap();
    json!({
        "epoch": id.epoch, "seq": id.seq, "packed": hex(packed), "multiple": terms.padding.padded(0), "record": hex(&record),
        "slot_before": hex(&slot_before), "slot": hex(&slot(unit)),
    })
}

/// A device's life: four reports, an epoch without a clock, a number that power took. Each epoch as HQ has it.
fn life(unit: &mut Unit, peer: &Peer, key: &HqKey, noise: &[[u8; 32]; 2]) -> (Value, Value) {
    let with = |padding| Terms { padding, ..terms() };
    let no_clock = Terms { now: None, ..terms() };
    let mut saved = vec![
        save(unit, "one", &noise[0], &with(Padding::To8)),
        save(unit, "two wounded at the mill, the road is shut behind it", &noise[0], &with(Padding::None)),
        save(unit, "three", &noise[0], &with(Padding::To16)),
        save(unit, "four", &noise[0], &with(Padding::To32)),
    ];
    unit.with(|device, store, _, buffer| device.end_epoch(store, buffer)).unwrap();
    saved.push(save(unit, "no clock", &noise[1], &no_clock));
    // The journal is lost, and with it what number 2 was: the same as if power had failed before it was written.
    saved.push(save(unit, "lost", &noise[1], &no_clock));
    let mut openings: Vec<Vec<u8>> = all_records(unit).into_iter().filter(|record| record[4] == 0).collect();
    let keys = unit.flash.borrow().bytes[..KEYS.end as usize].to_vec();
    let mut flash = Flash::new(10, 5, Torn::Nothing);
    flash.bytes[..keys.len()].copy_from_slice(&keys);
    unit.flash.replace(flash);
    unit.with(|_, _, _, _| Ok(())).unwrap();
    let void = all_records(unit).pop().unwrap();
    saved.push(json!({ "epoch": Record::parse(&void).unwrap().epoch, "seq": void[4], "void": true, "record": hex(&void) }));

    let mut peer = peer.clone();
    let mut epochs = Vec::new();
    for (opening, noise) in openings.drain(..).zip(noise) {
        let epoch = peer.begin(key, &opening).unwrap();
        epochs.push(json!({
            "noise": hex(noise), "opening": hex(&opening), "epoch": epoch.number(), "start": epoch.start().map(increp::model::Stamp::seconds),
            "profile": hex(&epoch.profile()), "hq_keeps": hex(epoch.to_bytes().expose()), "peer_after": hex(peer.to_bytes().expose()),
        }));
    }
    (saved.into(), epochs.into())
}

fn made() -> Value {
    let key = hq_key();
    let (first, peer, device) = enrolment("with a source of randomness", 17, &key, Noise::of(2, 2), Noise::of(3, 2));
    let (second, ..) = enrolment("without one", 0xa0b1_c2d3, &key, Noise::of(4, 2), Noise(Vec::new()));
    let mut unit = Unit::new(device, 5);
    let noise = Noise::of(6, 2).0.try_into().unwrap();
    let (saved, epochs) = life(&mut unit, &peer, &key, &noise);
    let mut all = json!({
        "format": 1, "hq_secret": hex(key.secret().expose()), "hq_public": hex(key.public()),
        "enrolments": [first, second], "epochs": epochs, "saved": saved,
    });
    all["receipts"] = receipts(&all);
    all["rejected"] = rejected(&all);
    all
}

/// Every record of an epoch, of two with one number the first.
fn of_epoch(all: &Value, epoch: usize) -> Vec<Vec<u8>> {
    let number = &list(all, "epochs")[epoch]["epoch"];
    let mut records = vec![bytes(&list(all, "epochs")[epoch]["opening"])];
    records.extend(list(all, "saved").iter().filter(|saved| saved["epoch"] == *number).map(|saved| bytes(&saved["record"])));
    records
}

fn receipt(peer: &Peer, records: &[Vec<u8>]) -> Vec<u8> {
    let mut room = [0; MAX_RECEIPT];
    peer.receipt(records.iter().map(|record| Record::parse(record).unwrap()), &mut room).unwrap().to_vec()
}

fn peer_after(all: &Value, epoch: usize) -> Peer {
    Peer::from_bytes(&bytes(&list(all, "epochs")[epoch]["peer_after"])).unwrap()
}

fn receipts(all: &Value) -> Value {
    let rows = [
        ("all of an epoch", 0, vec![0, 1, 2, 3, 4]),
        ("with gaps", 0, vec![1, 3]),
        ("of the last", 1, vec![0, 1, 2]),
        ("none", 0, vec![]),
    ];
    let made = rows.into_iter().map(|(name, epoch, which)| {
        let records: Vec<Vec<u8>> = which.iter().map(|at: &usize| of_epoch(all, epoch)[*at].clone()).collect();
        let peer = peer_after(all, epoch);
        json!({ "name": name, "epoch": epoch, "numbers": which, "receipt": hex(&receipt(&peer, &records)) })
    });
    made.collect()
}

/// What is done with bytes of each kind, and why they are refused.
fn refuse(all: &Value, what: &str, bytes: &[u8]) -> Error {
    let key = hq_key();
    let invite = || enrol::Hq::invite(17, &key, &mut Noise::of(2, 2)).unwrap();
    let commit = |invitation: &[u8]| enrol::Device::commit(invitation, &mut Noise::of(3, 2));
    let refused = match what {
        "opening" => peer_after(all, 0).begin(&key, bytes).map(drop),
        "record" => {
            let epoch = Epoch::from_bytes(&self::bytes(&list(all, "epochs")[0]["hq_keeps"])).unwrap();
            epoch.open(bytes, &mut [0; 512]).map(drop)
        }
        "receipt" => at_rest(all, |unit| unit.confirm(bytes).map(drop)),
        "invitation" => commit(bytes).map(drop),
        "commitment" => invite().0.offer(bytes).map(drop),
        "offer" => commit(&invite().1).unwrap().0.reveal(bytes).map(drop),
        "revelation" => invite().0.offer(&commit(&invite().1).unwrap().1).unwrap().0.check(bytes).map(drop),
        other => panic!("{other}"),
    };
    refused.expect_err(what)
}

/// A device with the state after the fourth report, and the epoch's records in its journal.
fn at_rest<T>(all: &Value, job: impl FnOnce(&mut Unit) -> T) -> T {
    let slot = bytes(&list(all, "saved")[3]["slot"]);
    let page = u32::from_le_bytes(slot[4..8].try_into().unwrap()) as usize % 2;
    let mut flash = Flash::new(10, 5, Torn::Nothing);
    flash.bytes[page * 1024 + 32..][..SLOT].copy_from_slice(&slot);
    let mut unit = Unit { flash: flash.into(), rng: Replayed(7) };
    {
        let (mut store, _) = Journal::open(Shared(&unit.flash), JOURNAL, WhenFull::Refuse).unwrap();
        for record in of_epoch(all, 0) {
            increp::store::Store::append(&mut store, &record).unwrap();
        }
    }
    job(&mut unit)
}

fn rejected(all: &Value) -> Value {
    let first = &list(all, "enrolments")[0];
    let message = |name: &str| bytes(&first[name]);
    let (opening, record) = (of_epoch(all, 0)[0].clone(), of_epoch(all, 0)[1].clone());
    let receipt = bytes(&list(all, "receipts")[0]["receipt"]);
    let changed = |bytes: &[u8], at: usize, to: u8| {
        let mut bytes = bytes.to_vec();
        bytes[at] = to;
        bytes
    };
    let longer = |bytes: &[u8]| [bytes, &[0]].concat();
    let other_epoch = bytes(&list(all, "saved")[4]["record"]);
    let mut rows: Vec<(&str, &str, Vec<u8>)> = vec![
        ("nothing", "record", Vec::new()),
        ("another first byte", "record", changed(&record, 0, 0x12)),
        ("no tag", "record", record[..12].to_vec()),
        ("epoch 0", "record", [&[0x13, 0, 0, 0][..], &record[4..]].concat()),
        ("of another epoch", "record", other_epoch),
        ("the opening's number", "record", opening.clone()),
        ("a bit of the text", "record", changed(&record, 6, record[6] ^ 1)),
        ("a bit of the tag", "record", changed(&record, record.len() - 1, record[record.len() - 1] ^ 0x80)),
        ("another number", "record", changed(&record, 4, 2)),
        ("cut short", "record", record[..record.len() - 1].to_vec()),
        ("longer", "record", longer(&record)),
        ("cut short", "opening", opening[..58].to_vec()),
        ("longer", "opening", longer(&opening)),
        ("not the number of its key", "opening", changed(&opening, 1, opening[1] ^ 1)),
        ("another pre-shared key", "opening", changed(&opening, 37, 1)),
        ("a bit of the start", "opening", changed(&opening, 38, opening[38] ^ 1)),
        ("nothing", "receipt", Vec::new()),
        ("of another device", "receipt", changed(&receipt, 1, 18)),
        ("a bit of the numbers", "receipt", changed(&receipt, 11, receipt[11] ^ 1)),
        ("cut short", "receipt", receipt[..receipt.len() - 1].to_vec()),
        ("too short", "receipt", receipt[..11].to_vec()),
        ("of the epoch after", "receipt", bytes(&list(all, "receipts")[2]["receipt"])),
        ("no seed", "invitation", [&[0x11][..], &[0; 32]].concat()),
        ("a share that agrees on zero", "offer", [&message("offer")[..37], &[0; 32]].concat()),
        ("other keys than were committed to", "revelation", changed(&message("revelation"), 1, 0)),
    ];
    for name in ["invitation", "commitment", "offer", "revelation"] {
        rows.push(("another first byte", name, changed(&message(name), 0, 0x10)));
        rows.push(("cut short", name, message(name)[..message(name).len() - 1].to_vec()));
        rows.push(("longer", name, longer(&message(name))));
    }
    let row = |(name, what, bytes): (&str, &str, Vec<u8>)| {
        let error = refuse(all, what, &bytes);
        json!({ "name": format!("{what}: {name}"), "what": what, "hex": hex(&bytes), "error": kind(error), "at": error.at })
    };
    rows.into_iter().map(row).collect()
}

/// The name of a kind, as SPEC.md 4.10 spells it.
fn kind(error: Error) -> String {
    format!("{:?}", error.kind).split('(').next().unwrap().to_owned()
}

#[test]
fn every_enrolment_is_made_again_of_what_it_was_made_of() {
    let all = load();
    let key = HqKey::from_secret(&Secret::new(array(&all["hq_secret"])));
    assert_eq!(hex(key.public()), all["hq_public"]);
    assert!(list(&all, "enrolments").len() >= 2);
    for it in list(&all, "enrolments") {
        let author = u32::try_from(it["author"].as_u64().unwrap()).unwrap();
        let (hq_noise, noise) = (Noise::read(&it["hq_draws"]), Noise::read(&it["device_draws"]));
        assert_eq!(enrolment(it["name"].as_str().unwrap(), author, &key, hq_noise, noise).0, *it);
    }
}

/// Openings, voids and states are made again to the byte. So are records, if the packed report is: packed has vectors of its own.
#[test]
fn a_device_makes_the_same_records_again() {
    let all = load();
    let key = HqKey::from_secret(&Secret::new(array(&all["hq_secret"])));
    let it = &list(&all, "enrolments")[0];
    let author = u32::try_from(it["author"].as_u64().unwrap()).unwrap();
    let (_, peer, device) = enrolment("", author, &key, Noise::read(&it["hq_draws"]), Noise::read(&it["device_draws"]));
    let noise = [0, 1].map(|at| array(&list(&all, "epochs")[at]["noise"]));
    let mut unit = Unit::new(device, 5);
    let (saved, epochs) = life(&mut unit, &peer, &key, &noise);
    assert_eq!(epochs, all["epochs"]);
    let mut same = 0;
    for (made, it) in saved.as_array().unwrap().iter().zip(list(&all, "saved")) {
        for member in ["epoch", "seq", "multiple", "void", "slot_before", "slot"] {
            assert_eq!(made[member], it[member], "{member}");
        }
        if made["packed"] == it["packed"] {
            assert_eq!(made["record"], it["record"]);
            same += 1;
        }
    }
    assert!(same >= 1, "the void at least");
    println!("{same} of {} records are the same to the byte", list(&all, "saved").len());
}

#[test]
fn every_record_opens_and_every_state_of_hq_comes_back() {
    let all = load();
    let key = HqKey::from_secret(&Secret::new(array(&all["hq_secret"])));
    let mut peer = Peer::from_bytes(&bytes(&list(&all, "enrolments")[0]["peer"])).unwrap();
    let (mut reports, mut voids) = (0, 0);
    for it in list(&all, "epochs") {
        let epoch = peer.begin(&key, &bytes(&it["opening"])).unwrap();
        assert_eq!(
            (hex(epoch.to_bytes().expose()), hex(peer.to_bytes().expose())),
            (text(&it["hq_keeps"]), text(&it["peer_after"]))
        );
        assert_eq!(
            (json!(epoch.start().map(increp::model::Stamp::seconds)), hex(&epoch.profile())),
            (it["start"].clone(), text(&it["profile"]))
        );
        assert!(it["start"].is_null() || it["start"] == NOW);
        for saved in list(&all, "saved").iter().filter(|saved| saved["epoch"] == it["epoch"]) {
            let mut room = [0; 512];
            match epoch.open(&bytes(&saved["record"]), &mut room).unwrap() {
                Opened::Report(packed) => {
                    assert_eq!(hex(packed), text(&saved["packed"]));
                    reports += 1;
                }
                Opened::Void => {
                    assert_eq!(saved["void"], true);
                    voids += 1;
                }
            }
        }
    }
    assert_eq!((reports, voids), (6, 1));
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn every_receipt_is_made_again_and_is_taken_by_the_device() {
    let all = load();
    assert_eq!(receipts(&all), all["receipts"]);
    let marked = |receipt: &Value| at_rest(&all, |unit| unit.confirm(&bytes(&receipt["receipt"])).unwrap().marked);
    assert_eq!([0, 1, 3].map(|at| marked(&list(&all, "receipts")[at])), [5, 2, 0]);
}

#[test]
fn all_that_must_be_refused_is_refused_for_its_reason() {
    let all = load();
    for it in list(&all, "rejected") {
        let error = refuse(&all, it["what"].as_str().unwrap(), &bytes(&it["hex"]));
        assert_eq!((json!(kind(error)), json!(error.at)), (it["error"].clone(), it["at"].clone()), "{}", it["name"]);
    }
    // Each kind that bytes from outside can be refused with, as SPEC.md 4.10 lists them.
    let seen = |kind: &str| list(&all, "rejected").iter().any(|it| it["error"] == kind);
    let spec = fs::read_to_string(folder().join("../../../SPEC.md")).unwrap();
    let table = spec.split_once("### 4.10").unwrap().1.split_once("### 4.11").unwrap().0;
    let outside = ["anything read", "record", "receipt", "enrolment"];
    let rows =
        table.lines().filter(|line| outside.iter().any(|what| line.split(" | ").nth(1).is_some_and(|at| at.starts_with(what))));
    let kinds: Vec<&str> = rows.flat_map(|line| line.split(" | ").next().unwrap().split('`').skip(1).step_by(2)).collect();
    assert!(kinds.len() >= 9, "{kinds:?}");
    // A body that is another's, and a key that was erased, need a state of their own: seal.rs and threats.rs have them.
    let missing: Vec<&&str> = kinds.iter().filter(|kind| !seen(kind) && !["OtherBodies", "Erased"].contains(kind)).collect();
    assert!(missing.is_empty(), "kinds without a vector: {missing:?}");
}

/// What the fuzz targets start from: a byte that says what follows, then bytes of the vectors.
fn seeds(all: &Value) -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    let mut seed = |name: String, which: u8, bytes: &[u8]| seeds.push((name, [&[which], bytes].concat()));
    let epoch = &list(all, "epochs")[0];
    seed("sealed/opening".into(), 0, &bytes(&epoch["opening"]));
    for (number, saved) in list(all, "saved").iter().enumerate() {
        let record = bytes(&saved["record"]);
        seed(format!("sealed/record_{number}"), 0, &record);
        if let Some(packed) = saved["packed"].as_str() {
            let text = [&record[4..5], &bytes(&json!(packed)), &[0x80, 0, 0]].concat();
            seed(format!("sealed/text_{number}"), 1, &text);
            let slot = bytes(&saved["slot"]);
            let page = slot[4] % 2;
            let image = [vec![0xff; usize::from(page) * 1024 + 32], slot].concat();
            seed(format!("key_page/after_{number}"), 2, &image);
        }
    }
    for (number, it) in list(all, "receipts").iter().enumerate() {
        let receipt = bytes(&it["receipt"]);
        seed(format!("sealed/receipt_{number}"), 2, &receipt);
        seed(format!("sealed/coded_{number}"), 3, &receipt[5..receipt.len() - 8]);
    }
    seed("sealed/peer".into(), 4, &bytes(&epoch["peer_after"]));
    seed("sealed/peer_changed".into(), 4, &[0, 0, 0, 1]);
    seed("sealed/epoch".into(), 5, &bytes(&epoch["hq_keeps"]));
    let first = &list(all, "enrolments")[0];
    for (which, name) in (0..).zip(["invitation", "commitment", "offer", "revelation"]) {
        seed(format!("enrol/{name}"), which, &bytes(&first[name]));
    }
    // Two states, as a power cut leaves them.
    let [before, after] = ["slot_before", "slot"].map(|name| bytes(&list(all, "saved")[1][name]));
    let mut image = vec![0xff; 2048];
    for slot in [&before, &after] {
        image[usize::from(slot[4] % 2) * 1024 + 32..][..SLOT].copy_from_slice(slot);
    }
    seed("key_page/two_states".into(), 0, &image);
    image[1024..1056].fill(0x5a);
    seed("key_page/wipe".into(), 0, &image);
    for it in list(&all["stick"], "files") {
        let name = text(&it["file"]).replace(".irs", "");
        let content = bytes(&it["content"]);
        // The start is enough: the fuzzer fills it up.
        seed(format!("stick/{name}_file"), 1, &fs::read(folder().join(text(&it["file"]))).unwrap()[..200]);
        seed(format!("stick/{name}_content"), 2, &content);
        seed(format!("stick/{name}_entries"), 3, &content[5..content.len() - 18]);
    }
    let said = said::load();
    for it in list(&said, "messages") {
        seed(format!("sealed/message_{}", it["number"]), 6, &bytes(&it["sealed"]));
    }
    for it in list(&said["stick"], "files") {
        let (content, name) = (bytes(&it["content"]), text(&it["file"]).replace(".irs", ""));
        seed(format!("stick/{name}_content"), 2, &content);
        seed(format!("stick/{name}_entries"), 3, &content[5..content.len() - 18]);
    }
    seed("stick/whole".into(), 0, &fs::read(folder().join("down.irs")).unwrap());
    seeds
}

/// Keeps the seeds of the fuzz targets as what the vectors have.
#[test]
fn the_seeds_of_the_fuzzer_are_of_the_vectors() {
    for (name, seed) in seeds(&load()) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(&name);
        if std::env::var_os("INCREP_WRITE_SEEDS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &seed).unwrap();
        }
        assert!(fs::read(path).unwrap_or_default() == seed, "{name}: write it again with INCREP_WRITE_SEEDS=1");
    }
}
