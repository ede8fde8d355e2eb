//! bitcode with its own derive, which sorts a batch by columns.

use anyhow::Result;
use bitcode::{DecodeOwned, Encode};

use super::records::of_schema;
use super::{BITCODE, Peer, Record};
use crate::content::Schema;

pub(super) fn peer(schema: Schema) -> Peer {
    of_schema!(schema, with::<Dense>)
}

fn with<R: Record + Encode + DecodeOwned>() -> Peer {
    Peer::of::<R>(BITCODE, write, read, write, read)
}

fn write<T: Encode>(value: &T) -> Vec<u8> {
    bitcode::encode(value)
}

fn read<T: DecodeOwned>(bytes: &[u8]) -> Result<T> {
    Ok(bitcode::decode(bytes)?)
}
