//! Many devices at once over TCP and UDP, while others send garbage, hold connections open, or speak a byte at a time: nothing is lost, memory
//! does not grow, and the hub ends when it is asked to.
//!
//! Fifty devices take part in every run of the tests, a thousand in
//! `cargo test --release -p increp-cli --test load -- --ignored --nocapture`.

#![allow(clippy::unwrap_used)] // a test
#![cfg(target_os = "linux")] // memory is read from /proc

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use increp::link::{Duty, Key, Ledger, Outbox, Outcome, Sender, Step, Terms, cobs};
use increp::seal::{MAX_RECORD, Secret};
use increp::store::{Handle, Mark, Record};
use increp_cli::store::hub::{Device, Hub, Run, Trust};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use serde_json::Value;

const TERMS: Terms = Terms::wire(340);
/// Times that every device has something new, and how much each time.
const ROUNDS: u8 = 5;
const AT_ONCE: u8 = 10;
/// How long a round may take.
const PATIENCE: Duration = Duration::from_secs(240);
/// What memory may grow by beside the database, whose pages SQLite keeps up to a bound of 64 MiB.
const GROWTH: u64 = 8 << 20;

/// A device's records in memory.
#[derive(Default)]
struct Records(Vec<(Mark, Vec<u8>)>);

impl Outbox for Records {
    type Error = Infallible;

    fn next<'b>(&mut self, after: Option<Handle>, buffer: &'b mut [u8]) -> Result<Option<Record<'b>>, Infallible> {
        let at = after.map_or(0, |handle| handle.parts()[0] + 1);
        let Some((mark, bytes)) = self.0.get(at as usize) else { return Ok(None) };
        buffer[..bytes.len()].copy_from_slice(bytes);
        Ok(Some(Record { handle: Handle::from_parts([at, 0, 0]), mark: *mark, bytes: &buffer[..bytes.len()] }))
    }

    fn mark(&mut self, handle: Handle, mark: Mark) -> Result<(), Infallible> {
        let record = &mut self.0[handle.parts()[0] as usize];
        record.0 = record.0.max(mark);
        Ok(())
    }
}

enum Carrier {
    Udp(UdpSocket),
    Tcp(TcpStream, Vec<u8>),
}

/// A device that is none.
struct Simulated {
    author: u32,
    hop: [u8; 16],
    records: Records,
    carrier: Carrier,
    sender: Sender,
    wait: u64,
    done: Option<Outcome>,
}

impl Simulated {
    fn new(author: u32, links: &[String; 2]) -> Self {
        let mut hop = [7; 16];
        hop[..4].copy_from_slice(&author.to_le_bytes());
        let address = |link: &str| link.split_once("://").unwrap().1.to_owned();
        let carrier = if author.is_multiple_of(2) {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.connect(address(&links[1])).unwrap();
            socket.set_nonblocking(true).unwrap();
            Carrier::Udp(socket)
        } else {
            let stream = TcpStream::connect(address(&links[0])).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_nonblocking(true).unwrap();
            Carrier::Tcp(stream, Vec::new())
        };
        let sender = Sender::new(TERMS, Key::new(&Secret::new(hop)), 0, 0, None);
        Self { author, hop, records: Records::default(), carrier, sender, wait: 0, done: None }
    }

    const fn epoch(&self) -> u32 {
        1 + self.author * 7919 % 0xff_fffe
    }

    /// A report that nobody has written before: bytes that a hub cannot tell from sealed ones.
    fn body(&self, seq: u8) -> Vec<u8> {
        let mut state = u64::from(self.author) << 8 | u64::from(seq) | 1 << 40;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_le_bytes()[6]
        };
        let length = 40 + usize::from(random()) * 2;
        let [low, middle, high, _] = self.epoch().to_le_bytes();
        [0x13, low, middle, high, seq].into_iter().chain((0..length).map(|_| random())).collect()
    }

    fn begin(&mut self, round: u8, new: u8) {
        for seq in 1 + round * AT_ONCE..=round * AT_ONCE + new {
            let body = self.body(seq);
            self.records.0.push((Mark::Saved, body));
        }
        let nonce = u16::try_from(self.author & 0xffff).unwrap();
        self.sender = Sender::new(TERMS, Key::new(&Secret::new(self.hop)), nonce ^ u16::from(round) << 8, 0, None);
        (self.wait, self.done) = (0, None);
    }

    fn fd(&self) -> BorrowedFd<'_> {
        match &self.carrier {
            Carrier::Udp(socket) => socket.as_fd(),
            Carrier::Tcp(stream, _) => stream.as_fd(),
        }
    }

    /// Reads what came, and sends what is due.
    fn work(&mut self, now: u64, readable: bool) {
        let (mut room, mut frame) = ([0; MAX_RECORD], [0; 400]);
        for mut frame in if readable { self.frames() } else { Vec::new() } {
            self.sender.receive(now, &mut frame, &mut self.records, &mut room).unwrap();
            self.wait = 0;
        }
        let mut ledger = Ledger::new(Duty::FREE);
        while self.done.is_none() && self.wait <= now {
            match self.sender.poll(now, &mut ledger, &mut self.records, &mut room, &mut frame).unwrap() {
                Step::Send(bytes) => match &mut self.carrier {
                    // What does not go is lost, as on any link.
                    Carrier::Udp(socket) => drop(socket.send(bytes)),
                    Carrier::Tcp(stream, _) => {
                        let mut stuffed = [0; 410];
                        let stuffed = cobs::encode(bytes, &mut stuffed).unwrap();
                        stream.set_nonblocking(false).unwrap();
                        stream.write_all(stuffed).unwrap();
                        stream.set_nonblocking(true).unwrap();
                    }
                },
                Step::Wait(until) => self.wait = until,
                Step::Done(outcome) => self.done = Some(outcome),
            }
        }
    }

    fn frames(&mut self) -> Vec<Vec<u8>> {
        let mut bytes = [0; 4096];
        match &mut self.carrier {
            Carrier::Udp(socket) => socket.recv(&mut bytes).map_or(Vec::new(), |length| vec![bytes[..length].to_vec()]),
            Carrier::Tcp(stream, before) => {
                let many = stream.read(&mut bytes).unwrap();
                assert!(many > 0, "the hub has closed a good connection");
                before.extend_from_slice(&bytes[..many]);
                let mut frames = Vec::new();
                while let Some(end) = before.iter().position(|byte| *byte == 0) {
                    let (mut buffer, stuffed) = ([0; 400], before.drain(..=end).collect::<Vec<u8>>());
                    let mut decoder = cobs::Decoder::new(&mut buffer);
                    frames.extend(stuffed.iter().filter_map(|byte| decoder.push(*byte).map(|frame| frame.to_vec())));
                }
                frames
            }
        }
    }
}

/// The hub, as a process.
struct Serve {
    child: Child,
    rest: std::io::Lines<BufReader<std::process::ChildStdout>>,
    links: [String; 2],
}

impl Serve {
    fn new(hub: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_increp"))
            .args(["serve", "--hub", hub, "--json", "tcp://127.0.0.1:0", "udp://127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut rest = BufReader::new(child.stdout.take().unwrap()).lines();
        let links = [(); 2].map(|()| {
            let line: Value = serde_json::from_str(&rest.next().unwrap().unwrap()).unwrap();
            line["listening"].as_str().unwrap().to_owned()
        });
        Self { child, rest, links }
    }

    /// Bytes of memory that it has now.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }
}

type Work = Box<dyn Fn(&AtomicBool, &AtomicU64) + Send>;

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// What disturbs, until it is told to stop: each thread counts what it did.
struct Disturbance {
    stop: Arc<AtomicBool>,
    garbage: Arc<AtomicU64>,
    threads: Vec<JoinHandle<()>>,
}

impl Disturbance {
    fn new(links: &[String; 2], many: usize) -> Self {
        let (stop, garbage) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let address = |link: &str| link.split_once("://").unwrap().1.to_owned();
        let (tcp, udp) = (address(&links[0]), address(&links[1]));
        let mut threads = Vec::new();
        let mut spawn = |work: Work| {
            let (stop, garbage) = (stop.clone(), garbage.clone());
            threads.push(thread::spawn(move || work(&stop, &garbage)));
        };
        let target = tcp.clone();
        spawn(Box::new(move |stop, garbage| {
            // Frames that are none, as many as the hub takes, over ever new connections.
            let bytes: Vec<u8> = (0..40_u8).flat_map(|frame| [[35].as_slice(), &[frame | 1; 34], &[0]].concat()).collect();
            while !stop.load(Ordering::Relaxed) {
                let Ok(mut stream) = TcpStream::connect(&target) else { continue };
                while !stop.load(Ordering::Relaxed) && stream.write_all(&bytes).is_ok() {
                    garbage.fetch_add(40, Ordering::Relaxed);
                    sleep(Duration::from_millis(1));
                }
            }
        }));
        spawn(Box::new(move |stop, garbage| {
            // From ever new sources: about a thousand a second.
            let mut state = 1_u8;
            while !stop.load(Ordering::Relaxed) {
                let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
                for _ in 0..20 {
                    state = state.wrapping_mul(5).wrapping_add(1);
                    let _ = socket.send_to(&[state; 60], &udp);
                    garbage.fetch_add(1, Ordering::Relaxed);
                }
                sleep(Duration::from_millis(20));
            }
        }));
        spawn(Box::new(move |stop, _| {
            // Open and silent, and half of them a byte at a time without end.
            let mut streams: Vec<TcpStream> = (0..many).map_while(|_| TcpStream::connect(&tcp).ok()).collect();
            while !stop.load(Ordering::Relaxed) {
                for stream in streams.iter_mut().step_by(2) {
                    let _ = stream.write(&[9]);
                }
                sleep(Duration::from_millis(100));
            }
        }));
        Self { stop, garbage, threads }
    }

    fn end(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().for_each(|thread| thread.join().unwrap());
        self.garbage.load(Ordering::Relaxed)
    }
}

/// All devices have so much new, and all of it comes to the hub; gives how many frames they sent.
fn round(devices: &mut [Simulated], round: u8, new: u8) -> u64 {
    devices.iter_mut().for_each(|device| device.begin(round, new));
    let started = Instant::now();
    while devices.iter().any(|device| device.done.is_none()) {
        assert!(started.elapsed() < PATIENCE, "{} are not done", devices.iter().filter(|device| device.done.is_none()).count());
        let now = u64::try_from(started.elapsed().as_millis()).unwrap();
        let next = devices.iter().filter(|device| device.done.is_none()).map(|device| device.wait).min().unwrap_or(now);
        let wait = Timespec { tv_sec: 0, tv_nsec: i64::try_from(next.saturating_sub(now).min(900)).unwrap() * 1_000_000 };
        let mut fds: Vec<PollFd<'_>> = devices.iter().map(|device| PollFd::from_borrowed_fd(device.fd(), PollFlags::IN)).collect();
        poll(&mut fds, Some(&wait)).unwrap();
        let readable: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
        let now = u64::try_from(started.elapsed().as_millis()).unwrap();
        for (device, readable) in devices.iter_mut().zip(readable) {
            if readable || (device.done.is_none() && device.wait <= now) {
                device.work(now, readable);
            }
        }
    }
    let lost = devices.iter().filter(|device| !device.done.unwrap().answered).map(|device| device.author);
    assert_eq!(lost.collect::<Vec<u32>>(), Vec::<u32>::new(), "even ones are on UDP");
    for device in devices.iter() {
        let outcome = device.done.unwrap();
        assert_eq!((outcome.answered, outcome.at_hub), (true, outcome.offered), "device {}: {outcome:?}", device.author);
    }
    devices.iter().map(|device| u64::from(device.done.unwrap().frames)).sum()
}

fn load(many: u32, silent: usize) {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum.map_or(Some(8192), |most| Some(most.min(8192))), ..limit })
        .unwrap();
    let folder: PathBuf = std::env::temp_dir().join(format!("increp-load-{}-{many}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    Hub::create(&folder).unwrap();
    let mut serve = Serve::new(folder.to_str().unwrap());
    let mut devices: Vec<Simulated> = (1..=many).map(|author| Simulated::new(author, &serve.links)).collect();
    // It learns of them while it runs.
    let known: Vec<Device> = devices
        .iter()
        .map(|device| Device { author: device.author, hop: Secret::new(device.hop), others: Vec::new(), trust: Trust::Trusted })
        .collect();
    Hub::open(&folder).unwrap().keep_devices(&known).unwrap();
    sleep(Duration::from_millis(1500));
    let disturbance = Disturbance::new(&serve.links, silent);
    let database = || {
        ["hub.db", "hub.db-wal"].iter().filter_map(|name| fs::metadata(folder.join(name)).ok()).map(|file| file.len()).sum::<u64>()
    };
    let mut memory = Vec::new();
    println!("{:>6} {:>9} {:>8} {:>8} {:>10} {:>10}", "round", "records", "seconds", "frames", "memory", "database");
    for number in 0..ROUNDS {
        let started = Instant::now();
        let frames = round(&mut devices, number, AT_ONCE);
        memory.push((serve.memory(), database()));
        let (now, size) = memory[memory.len() - 1];
        let records = u32::from(AT_ONCE) * many * (u32::from(number) + 1);
        println!(
            "{:>6} {records:>9} {:>8.2} {frames:>8} {:>6} KiB {:>6} KiB",
            number + 1,
            started.elapsed().as_secs_f64(),
            now >> 10,
            size >> 10
        );
    }
    // With nothing new, devices ask all the same.
    let quiet: Vec<u64> = (0..ROUNDS).map(|number| (round(&mut devices, ROUNDS + number, 0), serve.memory()).1).collect();
    println!("memory while all ask and have nothing new: {} KiB, then {} KiB", quiet[0] >> 10, quiet[quiet.len() - 1] >> 10);
    let garbage = disturbance.end();
    let asked = Instant::now();
    kill_process(Pid::from_child(&serve.child), Signal::TERM).unwrap();
    let end: Value = serde_json::from_str(&serve.rest.next().unwrap().unwrap()).unwrap();
    assert_eq!(serve.child.wait().unwrap().code(), Some(0));
    println!("ended after {} ms; {garbage} frames of garbage; {end}", asked.elapsed().as_millis());
    assert!(asked.elapsed() < Duration::from_secs(5));

    let hub = Hub::open(&folder).unwrap();
    let mut kept = 0;
    for device in &devices {
        let records = hub.records(Run { author: device.author, epoch: device.epoch() }).unwrap();
        let is: BTreeSet<Vec<u8>> = records.into_iter().map(|record| record.bytes).collect();
        let should: BTreeSet<Vec<u8>> = device.records.0.iter().map(|(_, bytes)| bytes.clone()).collect();
        assert!(is == should, "device {}: {} of {}", device.author, is.len(), should.len());
        kept += is.len() as u64;
    }
    assert_eq!((hub.many().unwrap(), end["new"].as_u64(), end["forks"].as_u64()), (kept, Some(kept), Some(0)));
    println!("{kept} records of {many} devices, none lost, none twice");
    let ((first, small), (last, large)) = (memory[1], memory[memory.len() - 1]);
    assert!(last <= first + (large - small) + GROWTH, "memory grew from {first} to {last}, the database by {}", large - small);
    assert!(quiet[quiet.len() - 1] <= quiet[0] + (1 << 20), "memory grew with nothing new: {quiet:?}");
    drop(hub);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn fifty_devices_lose_nothing_while_others_disturb() {
    load(50, 50);
}

#[test]
#[ignore = "takes a minute: the command is at the head of the file"]
fn a_thousand_devices_lose_nothing_while_others_disturb() {
    load(1000, 500);
}
