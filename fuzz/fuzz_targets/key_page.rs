//! Any bytes as the flash of a key page, with checks that fit in half of them: refused, or one state is left, and the device goes on from it.
#![no_main]

use std::cell::RefCell;

use increp::seal::{Device, ErrorKind, Record};
use increp::store::{Ring, WhenFull};
use increp_fuzz::seal::crc;
use increp_tests::flash::{AnyCutFlash, CutFlash, Shared};
use increp_tests::sealed::{Replayed, records, report, terms};
use libfuzzer_sys::fuzz_target;

const PAGE: usize = 1024;
/// Where the slots of a page begin, how far they are apart, and how long they are.
const SLOTS: [usize; 2] = [32, 384];
const SLOT: usize = 335;

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let pages = 2 + usize::from(which % 2);
    let mut image = bytes.to_vec();
    image.resize(pages * PAGE, 0xff);
    if which & 2 != 0 {
        image.chunks_mut(PAGE).enumerate().for_each(|(index, page)| mend(page, index, pages));
    }
    let mut flash = CutFlash::<4, PAGE>::new(pages, 0, increp_tests::flash::Torn::Nothing);
    *flash = AnyCutFlash::image(flash.layout, &image);
    run(&RefCell::new(flash), u32::try_from(pages * PAGE).expect("a few pages"));
});

/// Slots that begin like one get a number that belongs here, and a check.
fn mend(page: &mut [u8], index: usize, pages: usize) {
    for at in SLOTS {
        let slot = &mut page[at..at + SLOT];
        if slot[..4] != *b"irk\x01" {
            continue;
        }
        let number = usize::from(slot[4]) / pages * pages + index;
        slot[4..8].copy_from_slice(&u32::try_from(number).expect("a byte and a bit").to_le_bytes());
        let check = crc(&slot[..SLOT - 4]);
        slot[SLOT - 4..].copy_from_slice(&check);
    }
}

fn run(flash: &RefCell<CutFlash<4, PAGE>>, end: u32) {
    let (mut room, mut buffer) = (vec![0; 4096], vec![0; increp::seal::MAX_RECORD]);
    let mut store = Ring::new(&mut room, WhenFull::Refuse);
    let opened = Device::open(Shared(flash), 0..end, &mut store, &mut buffer);
    let mut device = match opened {
        Ok(device) => device,
        Err(error) => {
            assert!(matches!(
                error.kind,
                ErrorKind::NotEnrolled | ErrorKind::OtherVersion(_) | ErrorKind::NotKept | ErrorKind::Unsupported
            ));
            return;
        }
    };
    let used = || flash.borrow().bytes.chunks(PAGE).filter(|page| page.iter().any(|&byte| byte != 0xff)).count();
    assert_eq!(used(), 1, "keys of more than one state");
    match device.save(&mut report("one"), &terms(), &mut Replayed(1), &mut store, &mut buffer) {
        Ok(_) => assert!(!records(&mut store).is_empty()),
        // A state that nobody wrote, with a check that fits: no seed, HQ's key agrees on zero, or it says what cannot be packed.
        Err(error) => {
            assert!(matches!(error.kind, ErrorKind::NoSeed | ErrorKind::WeakKey | ErrorKind::Report | ErrorKind::Unsupported))
        }
    }
    for (_, record) in records(&mut store) {
        let _ = Record::parse(&record);
    }
    assert!(used() <= 1, "keys of more than one state");
    device.panic_wipe().expect("the flash erases");
    assert_eq!(used(), 0);
}
