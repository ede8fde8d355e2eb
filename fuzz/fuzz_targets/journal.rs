//! Any bytes as the flash of a journal: refused, or what is there is read in order to an end, and a record can be added.
#![no_main]

use increp::store::{Handle, Journal, Layout, Mark, Store, WhenFull};
use increp_tests::flash::AnyCutFlash;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let when_full = [WhenFull::Refuse, WhenFull::DropAtHq, WhenFull::DropOldest][usize::from(which % 3)];
    let layout = if which & 128 == 0 { Layout { word: 4, page: 256 } } else { Layout { word: 8, page: 1024 } };
    run(layout, bytes, when_full);
});

fn run(layout: Layout, bytes: &[u8], when_full: WhenFull) {
    let mut flash = AnyCutFlash::image(layout, bytes);
    let range = flash.range();
    let Ok((mut journal, status)) = Journal::open_with(&mut flash, layout, range.clone(), when_full) else { return };
    let (mut after, mut buffer, mut many) = (None, vec![0; 0x8000], 0);
    while let Some(record) = journal.next(after, &mut buffer).expect("the flash reads") {
        assert!(after.is_none_or(|after: Handle| after.sequence() < record.handle.sequence()), "out of order");
        after = Some(record.handle);
        many += 1;
    }
    assert_eq!(many, status.records);
    assert!(status.oldest <= status.next);
    if let Some(handle) = after {
        let _ = journal.mark(handle, Mark::AtHub);
    }
    if let Ok(handle) = journal.append(b"one more") {
        let (mut journal, _) = Journal::open_with(&mut flash, layout, range, when_full).expect("it was open before");
        let mut last = None;
        while let Some(record) = journal.next(last, &mut buffer).expect("the flash reads") {
            last = Some(record.handle);
            assert!(record.handle != handle || record.bytes == b"one more");
        }
        assert_eq!(last, Some(handle), "what was kept is not there");
    }
}
