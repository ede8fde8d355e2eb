//! The experiments on reports: who trains on what, who is tested on what, who knows what.

use anyhow::{Context as _, Result};

use crate::content::{Maker, Schema};
use crate::data::{Rec, Set};
use crate::measure::{self, Effort, Row};
use crate::ours::{Kind, Known, Ours, PROFILE_KNOWN};
use crate::peers;
use crate::report;
use crate::shared::{Names, Shared, profile_names};

/// What experiments of a group have in common; bars are about groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Trained on one country, tested on another.
    Cross,
    /// Trained on the earlier part of a country, tested on the later.
    Mission,
    /// The same, and the receiver knows what it can know.
    Known,
    /// With names and texts.
    Whole,
    /// Texts of a source whose earlier part was trained on.
    TextInside,
    /// Texts of a source that was not trained on, by models of the others.
    TextOutside,
    /// Texts of another kind, by models of all sources.
    TextOther,
}

pub struct Experiment {
    pub group: Group,
    pub title: String,
    pub rows: Vec<Row>,
}

/// Every ordered pair of countries, no mission profile.
pub fn cross(sets: &[Set], effort: Effort) -> Result<Vec<Experiment>> {
    let pairs = sets.iter().flat_map(|train| sets.iter().map(move |test| (train, test)));
    pairs
        .filter(|(train, test)| !std::ptr::eq(*train, *test))
        .map(|(train, test)| {
            let title = format!("{} -> {}", train.name, test.name);
            run(Group::Cross, title, &train.recs, &test.recs, effort)
        })
        .collect()
}

/// One group of experiments on the earlier and the later part of each country.
pub fn missions(group: Group, sets: &[Set], effort: Effort) -> Result<Vec<Experiment>> {
    sets.iter()
        .map(|set| {
            let (train, test) = set.split();
            run(group, set.name.clone(), train, test, effort)
        })
        .collect()
}

fn run(group: Group, title: String, train: &[Rec], test: &[Rec], effort: Effort) -> Result<Experiment> {
    eprintln!("{group:?} {title}");
    let what = title.clone();
    let rows = match group {
        Group::Whole => whole(train, test, effort),
        _ => structured(group, train, test, effort),
    };
    Ok(Experiment { group, title, rows: rows.with_context(|| format!("{group:?} {what}"))? })
}

fn structured(group: Group, train: &[Rec], test: &[Rec], effort: Effort) -> Result<Vec<Row>> {
    let names = Names::new(train, test);
    let tokens = names.tokens();
    let (shared, schema, kind) = match group {
        Group::Cross => (Shared::general(tokens.clone(), train, test), Schema::Plain, Kind::General),
        Group::Known => (Shared::mission(tokens.clone(), train, test), Schema::Known, Kind::Mission),
        _ => (Shared::mission(tokens.clone(), train, test), Schema::Mission, Kind::Mission),
    };
    let mut rows = rows_of_peers(&shared, &names, schema, train, test, Some(effort))?;
    if group == Group::Mission && effort.peers {
        // What the shared knowledge is worth to them.
        let general = Shared::general(tokens.clone(), train, test);
        for mut row in rows_of_peers(&general, &names, Schema::Plain, train, test, None)? {
            row.name.push_str(UNAWARE);
            rows.push(row);
        }
    }
    let [learned, reports] = [train, test].map(|recs| report::structured(recs, &names, &tokens));
    let known = (group == Group::Known).then(|| known(train, test));
    for ours in Ours::all(&learned, &shared, kind)?.iter().filter(|ours| known.is_none() || ours.uses_known()) {
        eprintln!("  {}", ours.name());
        rows.push(measure::ours(ours, &reports, known.as_deref())?);
        if group == Group::Mission && ours.uses_known() {
            let row = measure::ours(ours, &reports, Some(&vec![Known::default(); reports.len()]))?;
            rows.push(Row { name: PROFILE_KNOWN.to_owned(), ..row });
        }
    }
    Ok(rows)
}

/// Behind the name of a peer that has no mission profile where others have.
const UNAWARE: &str = " (A)";

fn whole(train: &[Rec], test: &[Rec], effort: Effort) -> Result<Vec<Row>> {
    let [train, test] = [train, test].map(|recs| {
        let fit: Vec<Rec> = recs.iter().filter(|rec| report::fits(rec)).cloned().collect();
        eprintln!("  {} of {} have texts within the limits of one report", fit.len(), recs.len());
        fit
    });
    let names = Names::new(&train, &test);
    let shared = Shared::mission(profile_names(&train), &train, &test);
    let mut rows = rows_of_peers(&shared, &names, Schema::Whole, &train, &test, Some(effort))?;
    let [learned, reports] = [&train, &test].map(|recs| report::whole(recs));
    for ours in Ours::all(&learned, &shared, Kind::Whole)? {
        eprintln!("  {}", ours.name());
        rows.push(measure::ours(&ours, &reports, None)?);
    }
    Ok(rows)
}

fn rows_of_peers(
    shared: &Shared,
    names: &Names<'_>,
    schema: Schema,
    train: &[Rec],
    test: &[Rec],
    effort: Option<Effort>,
) -> Result<Vec<Row>> {
    if effort.is_some_and(|effort| !effort.peers) {
        return Ok(Vec::new());
    }
    let maker = Maker::new(shared, names);
    let before = train.last().map_or(0, |rec| rec.sent);
    let first = train.first().map_or(0, |rec| rec.sent);
    let (train, test) = (maker.all(train, schema, first), maker.all(test, schema, before));
    let one = |peer: &peers::Peer| {
        eprintln!("  {}", peer.name);
        measure::peer(peer, &train, &test, effort)
    };
    peers::all(schema, shared, &train).iter().map(one).collect()
}

fn known(train: &[Rec], test: &[Rec]) -> Vec<Known> {
    let before = train.last().map_or(0, |rec| rec.sent);
    let previous = std::iter::once(before).chain(test.iter().map(|rec| rec.sent));
    let id = |rec: &Rec| increp::model::Id::new(u32::from(rec.author), u32::from(rec.seq));
    test.iter()
        .zip(previous)
        .map(|(rec, previous_minutes)| Known { id: Some(id(rec)), previous_minutes: Some(previous_minutes) })
        .collect()
}
