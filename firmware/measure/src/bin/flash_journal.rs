//! The flash journal, over a driver that does nothing.
#![no_std]
#![no_main]

use increp::store::{Journal, Mark, Store as _, WhenFull};
use increp_measure::driver::Driver;
use increp_measure::given;

increp_measure::firmware!(Journal::open(Driver, given(), WhenFull::DropAtHq).map(|(mut journal, _)| {
    let saved = journal.append(given()).is_ok();
    let read = journal.next(given(), given()).is_ok();
    saved && read && journal.mark(given(), Mark::Sent).is_ok() && journal.status().is_ok()
}));
