//! `increp import`: other data sets to reports.

use anyhow::{Context as _, Result};

use super::Rejects;
use crate::args::ImportUcdp;
use crate::exit::Exit;
use crate::files::{Content, Input, Output};
use crate::import::{Options, Rejected, Summary, ucdp as importer};
use crate::json;

pub(super) fn ucdp(arguments: &ImportUcdp) -> Result<Exit> {
    let Input { name, reader } = Input::open(arguments.input.as_deref())?;
    let mut output = Output::open(&arguments.output, Content::Text)?;
    let mut rejects = Rejects::open(arguments.rejects.as_ref())?;
    let options = Options {
        author: arguments.author,
        first_seq: arguments.first,
        handling: arguments.handling.map(Into::into),
        other_columns: arguments.other_columns,
    };
    // What cannot be kept is told after the rows: the importer does not stop for it.
    let mut kept = Ok(());
    let mut first = true;
    let summary = importer::import(
        reader,
        &options,
        &mut |report| json::write(report, &mut output).map_err(Into::into),
        &mut |rejected: &Rejected| {
            // The file of rejected rows is CSV again, with its header.
            let row = if first { format!("{}\n{}", rejected.header, rejected.row) } else { rejected.row.clone() };
            first = false;
            if let Err(error) = rejects.push(&format!("{name}: {rejected}"), row.as_bytes()) {
                kept = Err(error);
            }
        },
    )
    .with_context(|| name.clone())?;
    kept?;
    output.finish()?;
    let rejected = rejects.finish()?;
    if arguments.json {
        say!("{}", summary_json(&summary))
    } else {
        say!("{summary}")
    }
    Ok(Exit::findings(rejected))
}

fn summary_json(summary: &Summary) -> serde_json::Value {
    let Summary { rows, tag_rows, rejected, reports, continued, moved, rounded, left_out } = summary;
    serde_json::json!({
        "rows": rows, "tag_rows": tag_rows, "rejected": rejected, "reports": reports, "continued": continued, "moved": moved,
        "rounded": rounded, "left_out": left_out,
    })
}
