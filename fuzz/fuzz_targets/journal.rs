//! Any bytes as the flash of a journal: refused, or what is there is read in order to an end, and a record can be added.
#![no_main]

use increp::store::{Journal, Mark, Store, WhenFull};
use increp_tests::flash::CutFlash;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let when_full = [WhenFull::Refuse, WhenFull::DropAtHq, WhenFull::DropOldest][usize::from(which % 3)];
    if which & 128 == 0 {
        run::<4, 256>(bytes, when_full);
    } else {
        run::<8, 1024>(bytes, when_full);
    }
});

fn run<const WRITE: usize, const PAGE: usize>(bytes: &[u8], when_full: WhenFull) {
    let mut flash = CutFlash::<WRITE, PAGE>::image(bytes);
    let range = 0..u32::try_from(flash.bytes.len()).expect("a short input");
    let Ok((mut journal, status)) = Journal::open(&mut flash, range.clone(), when_full) else { return };
    let (mut after, mut buffer, mut many) = (None, vec![0; 0x8000], 0);
    while let Some(record) = journal.next(after, &mut buffer).expect("the flash reads") {
        assert!(after.is_none_or(|after: increp::store::Handle| after.sequence() < record.handle.sequence()), "out of order");
        after = Some(record.handle);
        many += 1;
    }
    assert_eq!(many, status.records);
    if let Some(handle) = after {
        let _ = journal.mark(handle, Mark::AtHub);
    }
    if let Ok(handle) = journal.append(b"one more") {
        let (mut journal, _) = Journal::open(&mut flash, range, when_full).expect("it was open before");
        let mut last = None;
        while let Some(record) = journal.next(last, &mut buffer).expect("the flash reads") {
            last = Some(record.handle);
            assert!(record.handle != handle || record.bytes == b"one more");
        }
        assert_eq!(last, Some(handle), "what was kept is not there");
    }
}
