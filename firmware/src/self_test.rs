//! Whether this board makes the same bytes as every other: those that the host made of the same report when this was built,
//! and those of the vectors.

use increp::model::Report;
use increp::wire::packed::{self, Known, Profile};

/// A report in both encodings.
struct Vector {
    name: &'static str,
    postcard: &'static [u8],
    packed: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/expected.rs"));

/// Longer than any text or bytes of the vectors.
const ROOM: usize = 1024;

/// The bytes that this board made, against the host's and the vector's.
pub fn report_is_the_hosts(postcard: &[u8], packed: &[u8]) -> bool {
    let vector = VECTORS.iter().any(|vector| vector.postcard == postcard && vector.packed == packed);
    defmt::info!("bytes of the report: host's {}, a vector's {}", postcard == HOST_POSTCARD && packed == HOST_PACKED, vector);
    vector && postcard == HOST_POSTCARD && packed == HOST_PACKED
}

/// Each vector, from packed to postcard and back.
pub fn vectors(profile: &Profile<'static>) -> bool {
    let mut failed = 0;
    for vector in VECTORS {
        if !packed_to_postcard(vector, profile) || !postcard_to_packed(vector, profile) {
            defmt::error!("vector {}", vector.name);
            failed += 1;
        }
    }
    defmt::info!("{} vectors, {} failed", VECTORS.len(), failed);
    failed == 0
}

#[inline(never)]
fn packed_to_postcard(vector: &Vector, profile: &Profile<'static>) -> bool {
    let (mut room, mut buffer, mut report) = ([0; ROOM], [0; ROOM], Report::default());
    packed::decode_into(vector.packed, profile, &Known::default(), &mut report, &mut room).is_ok()
        && increp::encode(&report, &mut buffer) == Ok(vector.postcard)
}

#[inline(never)]
fn postcard_to_packed(vector: &Vector, profile: &Profile<'static>) -> bool {
    let (mut buffer, mut report) = ([0; ROOM], Report::default());
    increp::decode_into(vector.postcard, &mut report).is_ok()
        && packed::encode(&report, profile, &Known::default(), &mut buffer) == Ok(vector.packed)
}
