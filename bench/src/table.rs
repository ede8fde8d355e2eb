//! Markdown.

use crate::experiment::{Experiment, Group};
use crate::measure::{Row, Spread};
use crate::ours::PACKED;
use crate::texts::Pooled;

impl Group {
    /// The heading over the tables of a group.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Cross => "Structured part, trained on one country, tested on the other, no mission profile",
            Self::Mission => "Structured part, mission profile: earlier 80 % -> later 20 %",
            Self::Known => "Structured part, mission profile, with what the receiver knows",
            Self::Whole => "Whole reports, mission profile",
            Self::TextInside => "Texts, earlier 80 % of all sources -> later 20 %",
            Self::TextOutside => "Texts, trained without the source that is tested",
            Self::TextOther => "Prose, sentence by sentence, with the models of all sources",
        }
    }
}

/// The table of an experiment on reports.
pub fn print(experiment: &Experiment) {
    println!("\n## {}: {}\n", experiment.group.heading(), experiment.title);
    println!("| bytes per report | mean | p50 | p90 | max | batch of 10 | of 100 | zstd -19 + dictionary | batch of 10 | of 100 |");
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for row in &experiment.rows {
        println!("| {} | {} |", row.name, cells(row).join(" | "));
    }
    experiment.rows.iter().filter(|row| row.name.contains(PACKED)).for_each(groups);
}

/// Where the bits of our reports are, the largest remainder first.
fn groups(row: &Row) {
    let [alone, batched] = &row.bits;
    let mut groups: Vec<(&String, f64)> = alone.iter().map(|(group, bits)| (group, *bits)).collect();
    groups.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(other.0)));
    println!("\n| {}: bits per report | alone | batch of 100 |\n|---|---:|---:|", row.name);
    for (group, bits) in groups {
        let batch = batched.get(group).map_or(String::new(), |bits| format!("{bits:.1}"));
        println!("| {group} | {bits:.1} | {batch} |");
    }
}

fn cells(row: &Row) -> Vec<String> {
    let whole = |of: fn(Spread) -> usize| row.alone.map_or(String::new(), |spread| of(spread).to_string());
    let mean = row.alone.map(|spread| spread.mean);
    let mut cells = vec![bytes(mean), whole(|spread| spread.median), whole(|spread| spread.p90), whole(|spread| spread.most)];
    cells.extend(row.batches.map(bytes));
    cells.push(bytes(row.packed_alone));
    cells.extend(row.packed_batches.map(bytes));
    cells
}

pub fn bytes(mean: Option<f64>) -> String {
    mean.map_or(String::new(), |mean| format!("{mean:.2}"))
}

/// The table of texts: bits per byte of text, and pooled bytes.
pub fn print_texts(pooled: &Pooled) {
    println!("\n## {}\n", pooled.group.heading());
    println!("| bits per byte of text | {} | pooled | pooled bytes | us a byte, encode | decode |", pooled.sources.join(" | "));
    println!("|---|{}---:|---:|---:|---:|", "---:|".repeat(pooled.sources.len()));
    let many: Vec<String> = pooled.raw.iter().map(|(texts, bytes)| format!("{texts} texts, {bytes} bytes")).collect();
    let raw: usize = pooled.raw.iter().map(|(_, bytes)| bytes).sum();
    println!("| tested | {} | | {raw} | | |", many.join(" | "));
    let bits = |packed: usize, raw: usize| format!("{:.3}", packed as f64 * 8.0 / raw as f64);
    for row in &pooled.rows {
        let cells: Vec<String> = row.sizes.iter().zip(&pooled.raw).map(|(packed, (_, raw))| bits(*packed, *raw)).collect();
        let speed =
            row.speed.map_or([(); 2].map(|()| String::new()), |speed| speed.map(|micros| format!("{micros:.2}"))).join(" | ");
        println!("| {} | {} | {} | {} | {speed} |", row.name, cells.join(" | "), bits(row.pooled(), raw), row.pooled());
    }
}
