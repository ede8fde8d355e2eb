//! The same facts in a plain struct, as firmware without increp would have them, and in the formats that it would send.

use increp::model::*;
use micropb::{MessageDecode as _, MessageEncode as _, PbDecoder, PbEncoder};
use minicbor::encode::write::Cursor;
use serde::{Deserialize, Serialize};

#[allow(clippy::all, clippy::pedantic, missing_docs, nonstandard_style, trivial_numeric_casts, unused)]
#[rustfmt::skip]
#[path = "peers/facts_pb.rs"]
mod facts_pb;

/// A struct for postcard's and minicbor's derives.
macro_rules! facts {
    ($($number:literal $field:ident: $type:ty = $value:expr,)*) => {
        /// Explosions that were heard.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, minicbor::Encode, minicbor::Decode)]
        pub struct Facts<'a> {
            $(#[n($number)] #[allow(missing_docs)] pub $field: $type,)*
            /// In words; empty if nothing is said.
            #[serde(borrow)]
            #[b(20)]
            pub note: &'a str,
        }

        impl<'a> Facts<'a> {
            /// Fourteen explosions, seen from a point that is known.
            #[must_use]
            pub fn new(note: &'a str) -> Self {
                Self { $($field: $value,)* note }
            }

            /// For protobuf.
            ///
            /// # Errors
            /// The note is longer than 160 bytes.
            pub fn message(&self) -> Option<Message> {
                let note = self.note.try_into().ok()?;
                Some(Message { $($field: self.$field,)* note })
            }
        }
    };
}

facts! {
    1 author: u32 = 44,
    2 seq: u32 = 31,
    3 sent: u32 = 1_737_580_800,
    4 start: u32 = 1_737_572_400,
    5 end: u32 = 1_737_579_600,
    6 kind: u32 = 28,
    7 explosions: u32 = 14,
    8 lat: i32 = 362_021_000,
    9 lon: i32 = 371_343_000,
    10 bearing_deg: u32 = 45,
    11 bearing_width_deg: u32 = 90,
    12 least_m: u32 = 3000,
    13 most_m: u32 = 5000,
    14 status: u32 = 1,
    15 handling: u32 = 3,
    16 precedence: u32 = 2,
    17 clock: u32 = 1,
    18 means: u32 = 2,
    19 utc_offset: u32 = 8,
}

/// The facts for protobuf.
pub use facts_pb::Facts as Message;

impl<'a> Facts<'a> {
    /// The same as a report.
    #[must_use]
    pub fn report(&self) -> Report<'a> {
        let seconds = |seconds: u32| Stamp::new(seconds.into());
        let small = |number: u32| u16::try_from(number).ok();
        Report {
            id: Id::new(self.author, self.seq),
            status: Status::ACTUAL,
            sent: Some(seconds(self.sent)),
            clock: Clock::GNSS,
            precedence: Precedence::PRIORITY,
            handling: Handling::AMBER,
            event: Some(Event {
                kind: EventType::EXPLOSION,
                time: Said::Known(Time {
                    start: Said::Known(seconds(self.start)),
                    end: Some(seconds(self.end)),
                    precision: TimePrecision::MINUTE,
                    utc_offset: i8::try_from(self.utc_offset).ok(),
                    stated: None,
                }),
                place: Said::Known(Place {
                    point: Some(Point { lat: Degrees(self.lat), lon: Degrees(self.lon) }),
                    precision: PlacePrecision::NEAR,
                    ..Place::default()
                }),
                counts: list([Count { of: CountOf::EXPLOSIONS, value: Said::Known(self.explosions), ..Count::default() }]),
                observer: Some(Observer {
                    bearing_deg: small(self.bearing_deg),
                    bearing_width_deg: small(self.bearing_width_deg),
                    distance_m: Some(Distance { min: Some(self.least_m), max: Some(self.most_m) }),
                    means: Means::HEARD,
                    ..Observer::default()
                }),
                note: Some(self.note.into()).filter(|note: &Text<'_>| !note.as_str().is_empty()),
                ..Event::default()
            }),
            ..Report::default()
        }
    }
}

/// With the derives of postcard. How many bytes; 0 if they do not fit.
pub fn postcard_encode(facts: &Facts<'_>, buffer: &mut [u8]) -> usize {
    postcard::to_slice(facts, buffer).map_or(0, |bytes| bytes.len())
}

/// With the derives of postcard.
pub fn postcard_decode(bytes: &[u8]) -> Option<Facts<'_>> {
    postcard::from_bytes(bytes).ok()
}

/// With the derives of minicbor. How many bytes; 0 if they do not fit.
pub fn cbor_encode(facts: &Facts<'_>, buffer: &mut [u8]) -> usize {
    let mut cursor = Cursor::new(buffer);
    minicbor::encode(facts, &mut cursor).map_or(0, |()| cursor.position())
}

/// With the derives of minicbor.
pub fn cbor_decode(bytes: &[u8]) -> Option<Facts<'_>> {
    minicbor::decode(bytes).ok()
}

/// With what micropb generates. How many bytes; 0 if they do not fit.
pub fn protobuf_encode(facts: &Message, buffer: &mut [u8]) -> usize {
    let room = buffer.len();
    let mut encoder = PbEncoder::new(buffer);
    let written = facts.encode(&mut encoder).is_ok();
    if written { room - encoder.into_writer().len() } else { 0 }
}

/// With what micropb generates.
pub fn protobuf_decode(bytes: &[u8]) -> Option<Message> {
    let mut facts = Message::default();
    facts.decode(&mut PbDecoder::new(bytes), bytes.len()).ok()?;
    Some(facts)
}
