//! A listening post that saves what it hears, sealed, and syncs it over its serial line with `increp serve`. Its power may go at any
//! moment: whatever it has shown as saved reaches headquarters (HQ).
//!
//! It runs in the folder of a device that `increp hq enrol` made, whose `keys` and `journal` are its flash. A line on the screen is
//! `saved ID EXPLOSIONS` for each report, and what HQ says. With the argument `drain` it saves no more, and ends when a hub has all there is.
#![no_std]
#![no_main]

mod board;
mod flash;
mod session;

use core::fmt;

use flash::Flash;
use increp::link::{Duty, Ledger, Outcome};
use increp::model::{Count, CountOf, Event, EventType, Report, Said, Status, list};
use increp::seal::{Device, Error, ErrorKind, MAX_RECORD, NoTrng, Padding, Terms};
use increp::store::{Journal, Store as _, WhenFull};
use increp::wire::packed::Profile;
use semihosting::experimental::env;
use semihosting::println;

/// Reports between two sessions.
const BATCH: usize = 3;

#[cortex_m_rt::entry]
fn main() -> ! {
    match run() {
        Ok(()) => board::exit(0),
        Err(error) => {
            println!("error: {error}");
            board::exit(1)
        }
    }
}

/// What stops the post. It begins anew when power is back.
enum Trouble {
    Board(&'static str),
    Seal(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Seal(error)
    }
}

impl From<increp::store::Error> for Trouble {
    fn from(error: increp::store::Error) -> Self {
        Self::Seal(error.into())
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Board(what) => f.write_str(what),
            Self::Seal(error) => error.fmt(f),
        }
    }
}

/// The post, with its power on.
struct Post {
    device: Device<Flash>,
    journal: Journal<Flash>,
    profile: Profile<'static>,
    ledger: Ledger,
    /// Room for a record.
    room: [u8; MAX_RECORD],
}

fn run() -> Result<(), Trouble> {
    board::start();
    println!("on");
    let drain = is_said("drain")?;
    let mut post = Post::open()?;
    loop {
        if !drain {
            post.save_some()?;
        }
        let Some(outcome) = post.sync()? else {
            post.device.panic_wipe()?;
            println!("wiped");
            return Ok(());
        };
        let Outcome { offered, at_hub, frames, answered, forked } = outcome;
        println!("synced {at_hub} of {offered} frames {frames} answered {answered} forked {forked}");
        if drain && answered && at_hub == offered {
            return Ok(());
        }
    }
}

/// Whether the word is among the arguments.
fn is_said(word: &str) -> Result<bool, Trouble> {
    let arguments = env::args::<64>().map_err(|_| Trouble::Board("no arguments"))?;
    Ok((&arguments).into_iter().any(|argument| argument == Ok(word)))
}

impl Post {
    /// Whatever the power left.
    fn open() -> Result<Self, Trouble> {
        let flash = |path| Flash::open(path).map_err(|_| Trouble::Board("keys or journal: cannot be opened"));
        let (keys, records) = (flash(c"keys")?, flash(c"journal")?);
        let (range, key_range) = (0..records.end(), 0..keys.end());
        let (mut journal, status) = Journal::open(records, range, WhenFull::DropAtHq)?;
        println!("started records {} unfinished {} lost {}", status.records, status.unfinished, status.lost);
        let mut room = [0; MAX_RECORD];
        let device = Device::open(keys, key_range, &mut journal, &mut room)?;
        let after = journal.status()?;
        println!("mended {}", after.next.wrapping_sub(status.next));
        Ok(Self { device, journal, profile: Profile::GENERAL_16, ledger: Ledger::new(Duty::FREE), room })
    }

    /// Saves what was heard, as long as there is room.
    fn save_some(&mut self) -> Result<(), Trouble> {
        let Self { device, journal, profile, room, .. } = self;
        let terms = Terms { profile, now: None, padding: Padding::default() };
        for _ in 0..BATCH {
            let explosions = u16::from_le_bytes(board::random()).into();
            let mut report = report(explosions);
            // Without a source of randomness of its own: it has the seed that HQ gave.
            match device.save(&mut report, &terms, &mut NoTrng, journal, room) {
                // Only now, when no cut of power can take it back.
                Ok(id) => println!("saved {id} {explosions}"),
                Err(error) if error.kind == ErrorKind::Full => {
                    println!("full");
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Explosions were heard. The device gives the id.
fn report(explosions: u32) -> Report<'static> {
    Report {
        status: Status::TEST,
        event: Some(Event {
            kind: EventType::EXPLOSION,
            counts: list([Count { of: CountOf::EXPLOSIONS, value: Said::Known(explosions), ..Count::default() }]),
            ..Event::default()
        }),
        ..Report::default()
    }
}
