//! MessagePack, records as arrays.

use anyhow::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::records::of_schema;
use super::{Peer, Record};
use crate::content::Schema;

pub(super) fn peer(schema: Schema) -> Peer {
    of_schema!(schema, with::<Dense>)
}

fn with<R: Record + Serialize + DeserializeOwned>() -> Peer {
    Peer::of::<R>("MessagePack", write, read, write, read)
}

fn write<T: Serialize>(value: &T) -> Vec<u8> {
    rmp_serde::to_vec(value).expect("every record is MessagePack")
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    Ok(rmp_serde::from_slice(bytes)?)
}
