//! A session over the serial line: frames of increp's link, each with a zero behind it.

use increp::link::{Event, Key, Outcome, Sender, Step, Terms, cobs};
use increp::seal::{Device, ErrorKind, MAX_DOWN, Message};
use semihosting::println;

use crate::flash::Flash;
use crate::{Post, Trouble, board};

/// What `increp serve` takes on a line where nothing is said.
const MTU: u16 = 340;
const TERMS: Terms = Terms::wire(MTU);
const FRAME: usize = MTU as usize;

impl Post {
    /// Sends what no hub has, and takes HQ's receipts and messages. None: HQ has revoked the post.
    #[inline(never)]
    pub fn sync(&mut self) -> Result<Option<Outcome>, Trouble> {
        let Self { device, journal, ledger, room, .. } = self;
        let (nonce, [down, ..]) = (u16::from_le_bytes(board::random()), device.next_down().to_le_bytes());
        let mut sender = Sender::new(TERMS, Key::new(device.hop_key()), nonce, down, device.opening());
        let (mut frame, mut received) = ([0; FRAME], [0; FRAME]);
        let mut stuffed = [0; cobs::max_len(FRAME)];
        let mut decoder = cobs::Decoder::new(&mut received);
        loop {
            let until = match sender.poll(board::uptime(), ledger, journal, room, &mut frame)? {
                Step::Send(frame) => {
                    cobs::encode(frame, &mut stuffed).unwrap_or_default().iter().for_each(|&byte| board::send(byte));
                    continue;
                }
                Step::Wait(until) => until,
                Step::Done(outcome) => return Ok(Some(outcome)),
            };
            while board::uptime() < until {
                let Some(byte) = board::receive() else {
                    board::rest();
                    continue;
                };
                let Some(frame) = decoder.push(byte) else { continue };
                match sender.receive(board::uptime(), frame, journal, room)? {
                    Event::Receipt(receipt) => match device.confirm(receipt, journal, room) {
                        Ok(confirmed) => println!("receipt {}", confirmed.marked),
                        // For records that were given up meanwhile.
                        Err(error) if error.kind == ErrorKind::NotHere => println!("receipt 0"),
                        Err(error) => return Err(error.into()),
                    },
                    Event::Down(message) => {
                        if hear(device, message)? {
                            return Ok(None);
                        }
                    }
                    Event::Answer | Event::Nothing => {}
                }
                break;
            }
        }
    }
}

/// Shows what HQ says, and only then lets its key go: if power fails between, it comes again. True if the post is to wipe its keys.
fn hear(device: &mut Device<Flash>, message: &[u8]) -> Result<bool, Trouble> {
    let mut room = [0; MAX_DOWN];
    match device.open_down(message, &mut room) {
        Ok(Message::Alert(notice)) => println!("alert {}", notice.text),
        Ok(Message::Task(notice)) => println!("task {}", notice.text),
        Ok(Message::Time(at)) => println!("time {}", at.seconds()),
        // It comes again until it is done.
        Ok(Message::Wipe) => return Ok(true),
        // Keys, which the device takes; and what a later version says.
        Ok(_) => {}
        Err(error) if error.kind == ErrorKind::UnknownMessage => {}
        // Heard before, or nobody's.
        Err(_) => return Ok(false),
    }
    device.heard(message, &mut room)?;
    Ok(false)
}
