//! `increp import`: other data sets to reports.

use anyhow::Result;

use crate::args::ImportUcdp;
use crate::exit::Exit;

pub(super) fn ucdp(_: &ImportUcdp) -> Result<Exit> {
    Ok(Exit::Usage)
}
