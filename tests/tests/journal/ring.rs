//! The ring in RAM.

use increp::store::{Ring, Store};
use proptest::prelude::*;

use super::POLICIES;
use super::expected::{Expected, Step};
use super::power::steps;

proptest! {
    #[test]
    fn the_ring_does_as_a_list_does(steps in steps(), when_full in prop::sample::select(POLICIES.to_vec()), room in 10..3000usize) {
        let mut room = vec![0; room];
        let mut ring = Ring::new(&mut room, when_full);
        let mut expected = Expected::new(when_full);
        for step in &steps {
            let (free, dropped) = (ring.status().unwrap().free as usize, expected.dropped);
            prop_assert!(expected.step(&mut ring, step));
            // Nothing goes while there is room.
            prop_assert!(expected.dropped == dropped || matches!(step, Step::Append(length, _) if free < length + 3));
            let status = ring.status().unwrap();
            prop_assert_eq!(status.records as usize, expected.len());
            prop_assert_eq!((status.next - status.oldest, status.lost), (status.records, 0));
        }
    }
}
