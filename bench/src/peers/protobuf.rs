//! Protocol Buffers. In each schema the fields that are mostly there have the fifteen numbers that take one byte.

use anyhow::{Context as _, Result, ensure};
use prost::Message;
use prost::bytes::Buf;

use super::{PROTOBUF, Peer, Record};
use crate::content::{Content, Place, Schema, Side};

/// A message: numbers that a content has by the same name, then other fields.
macro_rules! message {
    ($record:ident { $($tag:literal $field:ident: $kind:ident $type:ty,)* } and { $($others:tt)* }) => {
        #[derive(Clone, PartialEq, Message)]
        struct $record {
            $(#[prost($kind, tag = $tag)] $field: $type,)*
            $($others)*
        }

        impl $record {
            #[allow(clippy::needless_update)] // one of the messages has no other fields
            fn numbers(content: &Content) -> Self {
                Self { $($field: content.$field.into(),)* ..Self::default() }
            }

            fn content(&self) -> Result<Content> {
                Ok(Content { $($field: self.$field.try_into()?,)* ..Content::default() })
            }
        }
    };
}

message! { Plain {
    "1" author: uint32 u32, "2" seq: uint32 u32, "3" time: uint32 u32, "4" kind: uint32 u32, "5" lag: uint32 u32,
    "6" lat: sint32 i32, "7" lon: sint32 i32, "8" place_precision: uint32 u32, "9" side_a: uint32 u32, "10" side_b: uint32 u32,
    "11" deaths_a: uint32 u32, "12" deaths_b: uint32 u32, "13" deaths_civilians: uint32 u32, "14" version: uint32 u32,
    "15" sources: uint32 u32, "16" deaths_unknown: uint32 u32, "17" date_precision: uint32 u32, "18" clarity: uint32 u32,
    "19" days: uint32 u32, "20" best: sint32 i32, "21" low: sint32 i32, "22" high: sint32 i32,
} and {} }

// Also the schema of what the receiver knows: author and number are zero and so left out.
message! { Mission {
    "1" author: uint32 u32, "2" seq: uint32 u32, "3" time: uint32 u32, "4" kind: uint32 u32, "5" lag: uint32 u32,
    "7" deaths_unknown: uint32 u32, "8" place_precision: uint32 u32, "9" side_a: uint32 u32, "10" side_b: uint32 u32,
    "11" deaths_a: uint32 u32, "12" deaths_b: uint32 u32, "13" deaths_civilians: uint32 u32, "14" version: uint32 u32,
    "15" sources: uint32 u32, "17" date_precision: uint32 u32, "18" clarity: uint32 u32, "19" days: uint32 u32,
    "20" best: sint32 i32, "21" low: sint32 i32, "22" high: sint32 i32,
} and {
    /// The place, where `lat` is not there.
    #[prost(uint32, tag = "6")]
    place: u32,
    #[prost(sint32, optional, tag = "23")]
    lat: Option<i32>,
    #[prost(sint32, tag = "24")]
    lon: i32,
} }

message! { Whole {
    "1" author: uint32 u32, "2" seq: uint32 u32, "3" time: uint32 u32, "4" kind: uint32 u32, "5" lag: uint32 u32,
    "8" place_precision: uint32 u32, "11" deaths_a: uint32 u32, "16" deaths_b: uint32 u32, "13" deaths_civilians: uint32 u32,
    "25" version: uint32 u32, "15" sources: uint32 u32, "26" deaths_unknown: uint32 u32, "17" date_precision: uint32 u32,
    "18" clarity: uint32 u32, "19" days: uint32 u32, "20" best: sint32 i32, "21" low: sint32 i32, "22" high: sint32 i32,
} and {
    #[prost(uint32, tag = "6")]
    place: u32,
    #[prost(sint32, optional, tag = "23")]
    lat: Option<i32>,
    #[prost(sint32, tag = "24")]
    lon: i32,
    /// A side, where its name is not there.
    #[prost(uint32, tag = "9")]
    side_a: u32,
    #[prost(uint32, tag = "10")]
    side_b: u32,
    #[prost(string, optional, tag = "27")]
    name_a: Option<String>,
    #[prost(string, optional, tag = "28")]
    name_b: Option<String>,
    #[prost(string, tag = "7")]
    place_name: String,
    #[prost(string, tag = "12")]
    office: String,
    #[prost(string, tag = "14")]
    headline: String,
} }

impl From<&Content> for Plain {
    fn from(content: &Content) -> Self {
        Self::numbers(content)
    }
}

impl TryFrom<Plain> for Content {
    type Error = anyhow::Error;

    fn try_from(message: Plain) -> Result<Self> {
        message.content()
    }
}

impl From<&Content> for Mission {
    fn from(content: &Content) -> Self {
        let (place, lat, lon) = put_place(&content.place);
        Self { place, lat, lon, ..Self::numbers(content) }
    }
}

impl TryFrom<Mission> for Content {
    type Error = anyhow::Error;

    fn try_from(message: Mission) -> Result<Self> {
        Ok(Self { place: take_place(message.place, message.lat, message.lon)?, ..message.content()? })
    }
}

impl From<&Content> for Whole {
    fn from(content: &Content) -> Self {
        let (place, lat, lon) = put_place(&content.place);
        let [(side_a, name_a), (side_b, name_b)] = [&content.name_a, &content.name_b].map(|side| match side {
            Side::Listed(index) => (u32::from(*index), None),
            Side::Spelt(name) => (0, Some(name.clone())),
        });
        let [place_name, office, headline] = [&content.place_name, &content.office, &content.headline].map(Clone::clone);
        Self { place, lat, lon, side_a, side_b, name_a, name_b, place_name, office, headline, ..Self::numbers(content) }
    }
}

impl TryFrom<Whole> for Content {
    type Error = anyhow::Error;

    fn try_from(message: Whole) -> Result<Self> {
        let numbers = message.content()?;
        let side = |index: u32, name: Option<String>| match name {
            Some(name) => Ok::<_, Self::Error>(Side::Spelt(name)),
            None => Ok(Side::Listed(index.try_into()?)),
        };
        Ok(Self {
            place: take_place(message.place, message.lat, message.lon)?,
            name_a: side(message.side_a, message.name_a)?,
            name_b: side(message.side_b, message.name_b)?,
            place_name: message.place_name,
            office: message.office,
            headline: message.headline,
            ..numbers
        })
    }
}

fn put_place(place: &Place) -> (u32, Option<i32>, i32) {
    match place {
        Place::Listed(index) => (u32::from(*index), None, 0),
        Place::Point(lat, lon) => (0, Some(*lat), *lon),
    }
}

fn take_place(index: u32, lat: Option<i32>, lon: i32) -> Result<Place> {
    Ok(match lat {
        Some(lat) => Place::Point(lat, lon),
        None => Place::Listed(index.try_into()?),
    })
}

pub(super) fn peer(schema: Schema) -> Peer {
    match schema {
        Schema::Plain => with::<Plain>(),
        Schema::Mission | Schema::Known => with::<Mission>(),
        Schema::Whole => with::<Whole>(),
    }
}

/// What field 1 of type message starts with.
const ITEM: u8 = 1 << 3 | 2;

/// A batch is a message with one repeated field.
fn with<M: Message + Default + Record>() -> Peer {
    let many = |items: &Vec<M>| {
        let mut bytes = Vec::new();
        for item in items {
            bytes.push(ITEM);
            bytes.extend(item.encode_length_delimited_to_vec());
        }
        bytes
    };
    let many_back = |mut bytes: &[u8]| {
        let mut items = Vec::new();
        while bytes.has_remaining() {
            ensure!(bytes.get_u8() == ITEM, "another field than the repeated one");
            items.push(M::decode_length_delimited(&mut bytes).context("an item")?);
        }
        Ok(items)
    };
    Peer::of::<M>(PROTOBUF, M::encode_to_vec, |bytes| Ok(M::decode(bytes)?), many, many_back)
}
