//! JSON without spaces, with keys of one to three letters; fields that are zero are left out.

use anyhow::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::records::of_schema;
use super::{Peer, Record};
use crate::content::Schema;

pub(super) fn peer(schema: Schema) -> Peer {
    of_schema!(schema, with::<Sparse>)
}

fn with<R: Record + Serialize + DeserializeOwned>() -> Peer {
    Peer::of::<R>("JSON minified", write, read, write, read)
}

fn write<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("a record without maps is JSON")
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    Ok(serde_json::from_slice(bytes)?)
}
