//! CBOR, maps with integer keys; fields that are zero are left out.

use anyhow::Result;
use minicbor::{Decode, Encode};

use super::records::of_schema;
use super::{Peer, Record};
use crate::content::Schema;

pub(super) fn peer(schema: Schema) -> Peer {
    of_schema!(schema, with::<Sparse>)
}

fn with<R: Record + Encode<()> + for<'b> Decode<'b, ()>>() -> Peer {
    Peer::of::<R>("CBOR, integer keys", write, read, write, read)
}

fn write<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("a vector takes everything")
}

fn read<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T> {
    Ok(minicbor::decode(bytes)?)
}
