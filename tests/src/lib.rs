//! What the tests of increp share, and what tests of programs that build on it may use: random valid reports that
//! shrink, a report that fills every field, and the vectors.

#![allow(clippy::unwrap_used)] // what goes wrong here is a failed test

pub mod filled;
pub mod flash;
pub mod link;
pub mod mission;
pub mod profiles;
pub mod sealed;
pub mod spec;
pub mod vectors;

use std::fmt;

use arbitrary::{Arbitrary as _, Unstructured};
use increp::model::Report;
use proptest::prelude::*;

/// The bytes from which a random report is made. The report borrows its texts from them.
#[derive(Clone)]
pub struct Seed(pub Vec<u8>);

impl Seed {
    /// The report, always a valid one; the same for the same bytes.
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        // The model mends whatever it reads, so there is always a report.
        Report::arbitrary(&mut Unstructured::new(&self.0)).unwrap_or_default()
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(&self.report()).map_err(|_| fmt::Error)?;
        write!(f, "{json} from {} bytes", self.0.len())
    }
}

/// Any valid report. Fewer bytes make a smaller one, so failures shrink.
///
/// ```
/// use proptest::prelude::*;
/// proptest!(|(seed in increp_tests::reports())| {
///     let report = seed.report();
///     prop_assert!(report.check().is_ok());
/// });
/// ```
pub fn reports() -> impl Strategy<Value = Seed> {
    let size = prop_oneof![4 => 0..200usize, 4 => 200..2_000usize, 1 => 2_000..12_000usize];
    size.prop_flat_map(|size| prop::collection::vec(any::<u8>(), size)).prop_map(Seed)
}
