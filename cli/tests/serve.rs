//! `increp serve` and `increp sync` as processes: over TCP, UDP and a serial line, killed at any moment, with receipts and revocations.

#![allow(clippy::unwrap_used)] // a test
#![cfg(unix)] // pseudo-terminals, and signals

mod serving;

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, UdpSocket};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;

use serving::{Mission, notes};

/// Two ends of a line, and what carries bytes between them while the test runs.
fn line() -> [String; 2] {
    let end = || {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        // Somebody has it open at all times: else its other end would hang up.
        let open = File::options().read(true).write(true).open(&name).unwrap();
        (File::from(master), name, open)
    };
    let ((one, one_name, one_open), (other, other_name, other_open)) = (end(), end());
    let carry = |mut from: File, mut to: File, open: File| {
        thread::spawn(move || {
            let mut bytes = [0; 512];
            while let Ok(many) = from.read(&mut bytes) {
                to.write_all(&bytes[..many]).unwrap();
            }
            drop(open);
        });
    };
    carry(one.try_clone().unwrap(), other.try_clone().unwrap(), one_open);
    carry(other, one, other_open);
    [one_name, other_name]
}

#[test]
fn reports_reach_hq_over_every_kind_of_link_and_its_receipt_comes_back() {
    let mission = Mission::new("links", &["hub"], &["tcp", "udp", "radio", "serial", "small"]);
    let [here, there] = line();
    let serial = format!("serial:{here}?baud=9600");
    let hub = mission.serve(
        "hub",
        &["tcp://127.0.0.1:0", "udp://127.0.0.1:0", "udp://[::1]:0?mtu=51&mac=4&timeout=2", &serial, "tcp://127.0.0.1:0?mtu=32"],
    );
    let mut links = hub.links.clone();
    links[3] = format!("serial:{there}?baud=9600");
    for (device, link) in ["tcp", "udp", "radio", "serial", "small"].into_iter().zip(&links) {
        let notes = notes(device, 30);
        mission.save(device, &notes);
        let sync = mission.sync(device, link, 0);
        assert_eq!(
            (sync["answered"].as_bool(), sync["waiting"].as_u64(), sync["at_hub"].as_u64()),
            (Some(true), Some(30), Some(30))
        );
        assert_eq!(mission.unseal("hub"), notes, "{link}");
        let sync = mission.sync(device, link, 0);
        assert_eq!((sync["receipts"].as_u64(), sync["waiting"].as_u64()), (Some(1), Some(0)), "{link}: {sync}");
        // A third time there is nothing to say.
        let sync = mission.sync(device, link, 0);
        assert_eq!((sync["receipts"].as_u64(), sync["frames"].as_u64()), (Some(0), Some(1)), "{link}: {sync}");
    }
    let end = hub.stop();
    assert_eq!((end["devices"].as_u64(), end["new"].as_u64(), end["forks"].as_u64()), (Some(5), Some(5 * 31), Some(0)), "{end}");
    assert_eq!(end["bad_frames"].as_u64(), Some(0), "{end}");
}

#[test]
fn whoever_is_killed_goes_on_where_it_was() {
    let mission = Mission::new("killed", &["hub"], &["device"]);
    let notes = notes("killed", 200);
    mission.save("device", &notes);
    let mut hub = mission.serve("hub", &["tcp://127.0.0.1:0?mtu=64"]);
    let link = hub.links[0].clone();
    for round in 0..12_u64 {
        let mut sync = mission
            .command(&["sync", "--device", "device", "--timeout", "20", &link])
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(10 + 17 * round));
        if round % 2 == 0 {
            sync.kill().unwrap();
        } else {
            hub.kill();
            hub = mission.serve("hub", &[&link]);
        }
        sync.wait().unwrap();
    }
    let sync = mission.sync("device", &link, 0);
    assert_eq!(sync["at_hub"].as_u64(), Some(200));
    // What was said to be here is, whatever was killed; and all of it once.
    hub.kill();
    assert_eq!(mission.unseal("hub"), notes);
    assert_eq!(mission.unseal("hub"), Vec::<String>::new());
}

#[test]
fn a_device_is_refused_from_the_moment_when_it_is_revoked() {
    let mission = Mission::new("revoked", &["hub"], &["good", "lost"]);
    let hub = mission.serve("hub", &["tcp://127.0.0.1:0"]);
    for device in ["good", "lost"] {
        mission.save(device, &notes(device, 1));
        mission.sync(device, &hub.links[0], 0);
    }
    mission.run(&["hq", "revoke", "hq", "2", "--hub", "hub"], 0);
    sleep(Duration::from_millis(1200));
    for (device, expected) in [("good", 0), ("lost", 4)] {
        mission.save(device, &notes(device, 1));
        let done = mission.command(&["sync", "--device", device, "--timeout", "3", &hub.links[0]]).output().unwrap();
        assert_eq!(done.status.code(), Some(expected), "{device}: {}", String::from_utf8_lossy(&done.stderr));
    }
    // Two openings and two reports before, and one report since.
    assert_eq!(hub.stop()["new"].as_u64(), Some(5));
}

#[test]
fn a_link_that_cannot_be_used_is_named_and_the_exit_code_says_so() {
    let mission = Mission::new("exit", &["hub"], &["device"]);
    mission.save("device", &notes("exit", 1));
    let hub = mission.serve("hub", &["udp://127.0.0.1:0"]);
    let taken = hub.links[0].clone();
    for (arguments, expected, said) in [
        (&["sync", "--device", "device", "--timeout", "1", "tcp://127.0.0.1:1"][..], 4, "tcp://127.0.0.1:1"),
        (&["sync", "--device", "device", "--timeout", "1", "serial:/dev/there-is-none"], 4, "serial:/dev/there-is-none"),
        (&["sync", "--device", "device", "radio:1"], 2, "tcp://HOST:PORT"),
        (&["sync", "--device", "device", "tcp://127.0.0.1:1?mtu=9"], 2, "mtu="),
        (&["serve", "--hub", "hub", "file:stick"], 2, "increp sync"),
        (&["serve", "--hub", "hub", &taken], 4, &taken),
        (&["serve", "--hub", "nowhere", "udp://127.0.0.1:0"], 3, "nowhere"),
        (&["hq", "enrol", "hq", "--over", "tcp://127.0.0.1:1"], 2, "in person"),
    ] {
        let done = mission.command(arguments).output().unwrap();
        let error = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(expected), "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
    // Where nobody can answer, what was sent is sent, and no more is known.
    let link = format!("{taken}?oneway=2");
    assert_eq!(mission.sync("device", &link, 0)["at_hub"].as_u64(), Some(0));
    let status: Value = serde_json::from_str(&mission.run(&["status", "--device", "device", "--json"], 0)).unwrap();
    assert_eq!(status["sent"].as_u64(), Some(1), "{status}");
    sleep(Duration::from_millis(300));
    assert_eq!(hub.stop()["new"].as_u64(), Some(2));
}

#[test]
fn two_hubs_that_call_each_other_have_the_same_and_receipts_come_back() {
    for carrier in ["tcp", "udp"] {
        let mission = Mission::new(&format!("hubs-{carrier}"), &["field", "base"], &["near", "far", "lost"]);
        let any = format!("{carrier}://127.0.0.1:0");
        let (field, base) = (mission.serve("field", &[&any]), mission.serve("base", &[&any]));
        for (device, hub) in [("far", &field), ("lost", &field), ("near", &base)] {
            mission.save(device, &notes(device, 20));
            mission.sync(device, &hub.links[0], 0);
        }
        // What came before it was revoked is passed on.
        mission.run(&["hq", "revoke", "hq", "3", "--hub", "field", "--hub", "base"], 0);
        assert_eq!(field.stop()["devices"].as_u64(), Some(2));
        let call =
            || -> Value { serde_json::from_str(&mission.run(&["sync", "--hub", "field", "--json", &base.links[0]], 0)).unwrap() };
        let first = call();
        assert_eq!(
            (first["offered"].as_u64(), first["there"].as_u64(), first["new"].as_u64()),
            (Some(42), Some(42), Some(21)),
            "{first}"
        );
        let mut both = [notes("far", 20), notes("near", 20)].concat();
        both.sort();
        assert_eq!(mission.unseal("base"), both);
        let again = call();
        assert_eq!((again["offered"].as_u64(), again["new"].as_u64()), (Some(0), Some(0)), "both have the same: {again}");
        assert_eq!(again["receipts"].as_u64(), Some(2), "of the two devices that are trusted: {again}");
        let field = mission.serve("field", &[&any]);
        let sync = mission.sync("far", &field.links[0], 0);
        assert_eq!((sync["receipts"].as_u64(), sync["waiting"].as_u64()), (Some(1), Some(0)), "{sync}");
        field.stop();
        let end = base.stop();
        assert_eq!((end["new"].as_u64(), end["forks"].as_u64()), (Some(21 + 42), Some(0)), "{end}");
    }
}

/// A port before a hub's, behind which some datagrams are lost: the `n`th to it if `up(n)`, the `n`th from it if `down(n)`.
fn lossy(link: &str, up: fn(u32) -> bool, down: fn(u32) -> bool) -> String {
    let (front, back) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    back.connect(link.split_once("://").unwrap().1.split_once('?').unwrap().0).unwrap();
    let name = format!("udp://{}?mtu=140", front.local_addr().unwrap());
    let caller = Arc::new(Mutex::new(None));
    let (heard, answers, to) = (caller.clone(), front.try_clone().unwrap(), back.try_clone().unwrap());
    thread::spawn(move || {
        let mut bytes = [0; 2000];
        for number in 0.. {
            let Ok((many, from)) = front.recv_from(&mut bytes) else { break };
            *heard.lock().unwrap() = Some(from);
            if !up(number) {
                let _ = to.send(&bytes[..many]);
            }
        }
    });
    thread::spawn(move || {
        let mut bytes = [0; 2000];
        for number in 0.. {
            let Ok(many) = back.recv(&mut bytes) else { break };
            let caller: Option<SocketAddr> = *caller.lock().unwrap();
            if !down(number) {
                let _ = answers.send_to(&bytes[..many], caller.unwrap());
            }
        }
    });
    name
}

/// One of five, in no order.
const fn a_fifth(number: u32) -> bool {
    number.wrapping_mul(0x9e37_79b1).wrapping_add(0x85eb_ca6b) >> 16 < 0x3333
}

/// The questions among the first frames say whose the others are: without them those are nobody's, and no reason to be deaf to the next question.
#[test]
fn a_device_is_heard_although_its_first_questions_are_lost() {
    let mission = Mission::new("first-lost", &["hub"], &["device"]);
    let hub = mission.serve("hub", &["udp://127.0.0.1:0?mtu=140"]);
    mission.save("device", &notes("device", 40));
    let began = Instant::now();
    let sync = mission.sync("device", &lossy(&hub.links[0], |number| number < 10, |_| false), 0);
    assert_eq!(sync["at_hub"].as_u64(), Some(40), "{sync}");
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
}

#[test]
fn two_hubs_have_the_same_also_where_a_fifth_of_all_frames_is_lost() {
    let devices = ["one", "two", "three", "four"];
    let mission = Mission::new("hubs-lossy", &["field", "base"], &devices);
    let (field, base) = (mission.serve("field", &["udp://127.0.0.1:0"]), mission.serve("base", &["udp://127.0.0.1:0?mtu=140"]));
    for (at, device) in devices.into_iter().enumerate() {
        mission.save(device, &notes(device, 5));
        let (first, second) = if at % 2 == 0 { (&field, &base) } else { (&base, &field) };
        mission.sync(device, &first.links[0], 0);
        if at < 2 {
            mission.sync(device, &second.links[0], 0);
        }
    }
    field.stop();
    let link = lossy(&base.links[0], a_fifth, a_fifth);
    let call = || -> Value { serde_json::from_str(&mission.run(&["sync", "--hub", "field", "--json", &link], 0)).unwrap() };
    let first = call();
    assert_eq!((first["offered"].as_u64(), first["new"].as_u64()), (Some(6), Some(6)), "{first}");
    assert_eq!(first["offered"], first["there"], "{first}");
    let again = call();
    assert_eq!((again["offered"].as_u64(), again["new"].as_u64()), (Some(0), Some(0)), "{again}");
    assert_eq!(base.stop()["new"].as_u64(), Some(6 * 4));
}
