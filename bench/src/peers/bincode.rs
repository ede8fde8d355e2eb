//! bincode 2 in its standard configuration: integers of variable length.

use anyhow::Result;
use bincode::config::standard;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::records::of_schema;
use super::{Peer, Record};
use crate::content::Schema;

pub(super) fn peer(schema: Schema) -> Peer {
    of_schema!(schema, with::<Dense>)
}

fn with<R: Record + Serialize + DeserializeOwned>() -> Peer {
    Peer::of::<R>("bincode 2", write, read, write, read)
}

fn write<T: Serialize>(value: &T) -> Vec<u8> {
    bincode::serde::encode_to_vec(value, standard()).expect("every record is bincode")
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    Ok(bincode::serde::decode_from_slice(bytes, standard())?.0)
}
