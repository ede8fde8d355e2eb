//! A session over the serial line: frames of increp's link, each with a zero behind it.

use increp::link::{Event, Key, Outcome, Sender, Step, Terms, cobs};
use increp::seal::ErrorKind;
use semihosting::println;

use crate::{Post, Trouble, board};

/// What `increp serve` takes on a line where nothing is said.
const MTU: u16 = 340;
const TERMS: Terms = Terms::wire(MTU);
const FRAME: usize = MTU as usize;

impl Post {
    /// Sends what no hub has, and takes HQ's receipts.
    #[inline(never)]
    pub fn sync(&mut self) -> Result<Outcome, Trouble> {
        let Self { device, journal, ledger, room, .. } = self;
        let nonce = u16::from_le_bytes(board::random());
        let mut sender = Sender::new(TERMS, Key::new(device.hop_key()), nonce, 0, device.opening());
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
                Step::Done(outcome) => return Ok(outcome),
            };
            while board::uptime() < until {
                let Some(byte) = board::receive() else {
                    board::rest();
                    continue;
                };
                let Some(frame) = decoder.push(byte) else { continue };
                if let Event::Receipt(receipt) = sender.receive(board::uptime(), frame, journal, room)? {
                    match device.confirm(receipt, journal, room) {
                        Ok(confirmed) => println!("receipt {}", confirmed.marked),
                        // For records that were given up meanwhile.
                        Err(error) if error.kind == ErrorKind::NotHere => println!("receipt 0"),
                        Err(error) => return Err(error.into()),
                    }
                }
                break;
            }
        }
    }
}
