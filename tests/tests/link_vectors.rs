//! The frames of SPEC.md 5.2 and 5.3, byte for byte.
//!
//! `INCREP_ADD_VECTORS=1 cargo test -p increp-tests --test link_vectors` writes `vectors-2.json` if it is not there. In `vectors.json` a sender
//! asks behind its first frames alone, as SPEC.md allows and ours once did.

#![allow(clippy::unwrap_used, missing_docs)]

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

use increp::link::{Answer, Catalogue, Duty, Hub, Item, Key, Ledger, Mac, Sender, Session, Terms, Vector};
use increp::seal::{MAX_DOWN, MAX_RECORD, Message, Secret};
use increp_tests::link::RamShelf;
use increp_tests::link::outbox::RamBox;
use increp_tests::link::score::{AUTHOR, Ends, Way, hop};
use increp_tests::sealed;
use serde_json::{Value, json};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/link-v1").join(name)
}

fn kept(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(path(name)).unwrap()).unwrap()
}

fn unhex(text: &Value) -> Vec<u8> {
    let text = text.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A session with everything in it: an epoch, a loss, a receipt, a message of HQ's.
fn session(name: &str, terms: Terms) -> Value {
    let mut outbox = RamBox::random(4, &[0, 12, 200, 30, 7]);
    let records: Vec<String> = outbox.records.iter().map(|(_, record)| hex(record)).collect();
    let epoch = u32::from_le_bytes([outbox.records[0].1[1], outbox.records[0].1[2], outbox.records[0].1[3], 0]);
    let mut shelf = RamShelf::new(&[(AUTHOR, hop())]);
    let (mut hq, _) = sealed::mission();
    let down = hq.peer.say(&Message::Alert("shelling on the north road".into()), &mut [0; MAX_DOWN]).unwrap().to_vec();
    shelf.downs.insert((AUTHOR, 0), down.clone());
    let receipt: Vec<u8> = (0x15..0x15 + 29).collect();
    shelf.receipts.insert((AUTHOR, epoch), receipt.clone());
    let mut frames = Vec::new();
    let sender = Sender::new(terms, Key::new(&hop()), 0x1234, 0, None);
    let mut ends = Ends { outbox: &mut outbox, shelves: std::slice::from_mut(&mut shelf), terms, now: 0, limit: u64::MAX };
    let mut many = 0;
    let (outcome, _) = ends.session(sender, &mut |way, frame| {
        let Some(way) = way else { return Vec::new() };
        many += 1;
        // Two frames are lost, so that a HAVE says what is missing.
        let lost = many == 3 || many == 4;
        frames.push(json!({ "way": if way == Way::Up { "up" } else { "down" }, "lost": lost, "frame": hex(frame) }));
        if lost { Vec::new() } else { vec![frame.to_vec()] }
    });
    assert_eq!((outcome.offered, outcome.at_hub), (6, 6));
    json!({
        "name": name, "mtu": terms.mtu, "mac": terms.mac.length(), "hop": hex(hop().expose()), "epoch": epoch, "nonce": 0x1235,
        "records": records, "receipt": hex(&receipt), "down": hex(&down), "frames": frames,
    })
}

struct Two;

impl Catalogue for Two {
    type Error = Infallible;

    fn each(&mut self, take: &mut dyn FnMut(Item)) -> Result<(), Infallible> {
        for (author, epoch) in [(17, 0x01_02_03), (18, 0xff_ff_ff)] {
            let mut item = Item::new(author, epoch);
            item.add(b"a record");
            item.add(b"another");
            take(item);
        }
        Ok(())
    }
}

#[test]
fn frames_are_those_of_the_vectors() {
    let vector = Vector::new(Terms::wire(51), &Secret::new([5; 32]));
    let vec = vector.ask(&mut Two, &mut [0; 51]).unwrap().to_vec();
    let one_way = Terms { one_way: 1, ..Terms::radio(51) };
    let mut lone = RamBox::random(9, &[20]);
    let mut sent = Vec::new();
    let mut ends = Ends { outbox: &mut lone, shelves: &mut [], terms: one_way, now: 0, limit: u64::MAX };
    ends.session(Sender::new(one_way, Key::new(&hop()), 1, 0, None), &mut |_, frame| {
        sent.push(hex(frame));
        Vec::new()
    });
    let made = json!({
        "format": 1,
        "sessions": [
            session("datagrams of 51 bytes", Terms::radio(51)),
            session("twice asked", Terms { copies: 2, ..Terms::radio(140) }),
            session("eight bytes of code", Terms::wire(222)),
            session("no code", Terms { mac: Mac::None, ..Terms::radio(51) }),
        ],
        "one_way": { "records": lone.records.iter().map(|(_, record)| hex(record)).collect::<Vec<_>>(), "frames": sent },
        "vec": { "key": hex(&[5; 32]), "records": [hex(b"a record"), hex(b"another")], "epochs": [[17, 0x01_02_03], [18, 0xff_ff_ff]], "frame": hex(&vec) },
    });
    let path = path("vectors-2.json");
    if std::env::var_os("INCREP_ADD_VECTORS").is_some() && !path.exists() {
        fs::write(&path, serde_json::to_string_pretty(&made).unwrap() + "\n").unwrap();
    }
    assert!(kept("vectors-2.json") == made, "other frames than those of {}", path.display());
}

fn answer(hub: &mut Hub<'_>, now: u64, shelf: &mut RamShelf) -> Vec<u8> {
    match hub.poll(now, &mut Ledger::new(Duty::FREE), shelf, &mut [0; 400]).unwrap() {
        Answer::Send(_, answer) => answer.to_vec(),
        Answer::Wait(_) => Vec::new(),
    }
}

#[test]
fn a_hub_answers_the_frames_of_the_vectors_byte_for_byte() {
    for name in ["vectors.json", "vectors-2.json"] {
        for it in kept(name)["sessions"].as_array().unwrap() {
            let code = [(0, Mac::None), (4, Mac::Four), (8, Mac::Eight)];
            let mac = code.into_iter().find(|(length, _)| it["mac"] == *length).unwrap().1;
            let copies = if it["name"] == "twice asked" { 2 } else { 1 };
            let mtu = u16::try_from(it["mtu"].as_u64().unwrap()).unwrap();
            let terms = Terms { mac, copies, ..Terms::radio(mtu) };
            let epoch = u32::try_from(it["epoch"].as_u64().unwrap()).unwrap();
            let mut shelf = RamShelf::new(&[(AUTHOR, hop())]);
            shelf.receipts.insert((AUTHOR, epoch), unhex(&it["receipt"]));
            shelf.downs.insert((AUTHOR, 0), unhex(&it["down"]));
            let mut sessions = [Session::FREE; 1];
            let (mut hub, mut now) = (Hub::new(terms, &mut sessions), 0);
            for one in it["frames"].as_array().unwrap() {
                let mut bytes = unhex(&one["frame"]);
                now += 10;
                if one["way"] == "down" {
                    now += u64::from(terms.quiet);
                    assert_eq!(answer(&mut hub, now, &mut shelf), bytes, "{name}: {}", it["name"]);
                    continue;
                }
                assert!(answer(&mut hub, now, &mut shelf).is_empty(), "{name}: {}: an answer too many", it["name"]);
                if one["lost"] == false {
                    let received = hub.receive(now, &mut bytes, Some(AUTHOR), &mut shelf, &mut [0; MAX_RECORD]).unwrap();
                    assert!(received.is_some(), "{name}: {}", it["name"]);
                }
            }
            let records: Vec<Vec<u8>> = it["records"].as_array().unwrap().iter().map(unhex).collect();
            assert_eq!(shelf.records.into_values().flatten().collect::<Vec<_>>(), records);
        }
    }
}
