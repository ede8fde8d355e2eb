//! Peers: each writes the same contents and reads them back.

mod bincode;
mod bitcode;
mod cbor;
mod compactly;
mod flatbuffers;
mod json;
mod msgpack;
mod protobuf;
mod records;
mod uper;

use anyhow::Result;

use crate::content::{Content, Schema};
use crate::shared::Shared;

/// The rows that bars are measured against.
pub const PROTOBUF: &str = "protobuf";
pub const UPER: &str = "ASN.1 UPER";
pub const UPER_DELTA: &str = "ASN.1 UPER, delta times";
pub const BITCODE: &str = "bitcode";
pub const COMPACTLY: &str = "compactly";
pub const COMPACTLY_HINTS: &str = "compactly, hints";

/// How a message is written and read back.
type Both<T, B> = (Encode<T>, Decode<B>);
type Encode<T> = Box<dyn Fn(&T) -> Vec<u8>>;
type Decode<T> = Box<dyn Fn(&[u8]) -> Result<T>>;

/// A format with one schema.
pub struct Peer {
    pub name: &'static str,
    /// A report alone; a format for batches has none.
    pub one: Option<Both<Content, Content>>,
    /// Several reports in one message.
    pub many: Option<Both<[Content], Vec<Content>>>,
}

/// All peers with one schema. Those that learn do so from `train`.
pub fn all(schema: Schema, shared: &Shared, train: &[Content]) -> Vec<Peer> {
    let mut peers = vec![
        json::peer(schema),
        cbor::peer(schema),
        msgpack::peer(schema),
        protobuf::peer(schema),
        bincode::peer(schema),
        bitcode::peer(schema),
        flatbuffers::peer(schema),
    ];
    peers.extend(uper::peers(schema, shared));
    peers.extend(compactly::peers(schema, train));
    if schema == Schema::Known {
        // Who knows the report before sends one at a time.
        peers.iter_mut().for_each(|peer| peer.many = None);
    }
    peers
}

/// What a format writes of a content.
trait Record: for<'c> From<&'c Content> + TryInto<Content, Error: Into<anyhow::Error>> + 'static {}

impl<R> Record for R where R: for<'c> From<&'c Content> + TryInto<Content, Error: Into<anyhow::Error>> + 'static {}

impl Peer {
    /// A peer that writes records of type `R`.
    fn of<R: Record>(
        name: &'static str,
        one: impl Fn(&R) -> Vec<u8> + 'static,
        one_back: impl Fn(&[u8]) -> Result<R> + 'static,
        many: impl Fn(&Vec<R>) -> Vec<u8> + 'static,
        many_back: impl Fn(&[u8]) -> Result<Vec<R>> + 'static,
    ) -> Self {
        let back = |record: R| record.try_into().map_err(Into::into);
        Self {
            name,
            one: Some((Box::new(move |content| one(&content.into())), Box::new(move |bytes| one_back(bytes).and_then(back)))),
            many: Some((
                Box::new(move |contents| many(&contents.iter().map(Into::into).collect())),
                Box::new(move |bytes| many_back(bytes)?.into_iter().map(back).collect()),
            )),
        }
    }
}
