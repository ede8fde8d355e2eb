//! `increp unseal`: what a hub has collected, opened at HQ, archived and printed.

use anyhow::{Context as _, Result};
use increp::MAX_LEN;
use increp::model::Report;
use increp::seal::{Epoch, HqKey, MAX_RECEIPT, MAX_RECORD, Opened, Peer, Record};
use increp::wire::packed;

use super::{hq, many};
use crate::args::Unseal;
use crate::exit::Exit;
use crate::files::{Content, Output};
use crate::fit::room;
use crate::hex::hex;
use crate::json;
use crate::profiles::{Named, Profiles};
use crate::store::hq::{Archived, Hq, Key, Seen, Which};
use crate::store::hub::{Have, Hub, Kept, Run};
use crate::store::{Numbers, now};

pub(super) fn run(arguments: &Unseal) -> Result<Exit> {
    let mut hq = Hq::open(&arguments.hq)?;
    let mut hub = hq::open_hub(&hq, &arguments.hub)?;
    // A profile that was given once is known from then on.
    let given = Profiles::open(&arguments.profiles.profile)?;
    for named in given.given().iter().filter(|named| !named.blob.is_empty()) {
        hq.keep_profile(named.blob)?;
    }
    if hq::is_revoked(&hq, &hub.public()?)? {
        say!("increp: {}: HQ has revoked this hub: what it has is opened, and it is told nothing", arguments.hub.display());
    } else {
        hq::bring_up_to_date(&mut hq, &mut hub)?;
    }
    let mut tally = Tally::default();
    begin_epochs(&mut hq, &hub)?;
    let public = hub.public()?;
    for (run, have) in hub.epochs(None)? {
        let seen = Seen::of(&public, &have);
        if !hq.has_seen(run, &seen)? {
            // What is damaged keeps nothing else from being opened.
            if let Err(error) = open_epoch(&mut hq, &mut hub, run, (&have, &seen), &mut tally) {
                say!("increp: epoch {}-{:x} cannot be opened, and stays as it is: {error:#}", run.author, run.epoch);
                tally.damaged += 1;
            }
        }
    }
    hq.forget()?;
    write_receipts(&hq, &mut hub)?;
    let output = Output::open(&arguments.output, Content::Text)?;
    let which = Which { printed: arguments.again, revoked: arguments.revoked };
    print(&mut hq, &given, which, output, &mut tally)?;
    tally.tell();
    Ok(Exit::findings(tally.refused + tally.unread + tally.damaged))
}

/// What came of it.
#[derive(Default)]
struct Tally {
    opened: u64,
    printed: u64,
    /// Numbers whose report was lost on the device, before it was called saved.
    voids: u64,
    /// Records that no key opens.
    refused: u64,
    /// Epochs and reports that a damaged store keeps from being opened or printed.
    damaged: u64,
    /// Reports that cannot be decoded, for now.
    unread: u64,
    /// Records whose epoch's beginning has not come yet.
    early: u64,
    /// Records of devices that HQ does not know.
    unknown: u64,
    /// Numbers with two reports.
    doubled: u64,
}

impl Tally {
    fn tell(&self) {
        let Self { opened, printed, voids, refused, damaged, unread, early, unknown, doubled } = self;
        say!("{} opened, {} printed", many(*opened, "report"), many(*printed, "report"));
        for (number, what) in [
            (*voids, "lost on a device when its power failed, before it was called saved"),
            (*early, "kept until the beginning of its epoch comes"),
            (*unknown, "kept, of a device that HQ does not know"),
            (*doubled, "under a number that has another one: the device was copied; both are kept"),
            (*unread, "kept until it can be decoded"),
            (*refused, "that no key opens: forged or damaged"),
            (*damaged, "or epoch that a damaged store keeps from you"),
        ] {
            if number > 0 {
                say!("increp: {} {what}", many(number, "report"));
            }
        }
    }
}

/// Begins every epoch of which the hub has the opening, each device's in the order in which the device began them: HQ keeps the
/// pre-shared keys of the last ones alone, and one that is far ahead would leave the others behind for ever.
fn begin_epochs(hq: &mut Hq, hub: &Hub) -> Result<()> {
    let (epochs, public) = (hub.epochs(None)?, hub.public()?);
    for of_device in epochs.chunk_by(|(one, _), (other, _)| one.author == other.author) {
        let mut openings = Vec::new();
        for (run, have) in of_device.iter().filter(|(_, have)| have.numbers.has(0)) {
            if hq.epoch(*run)?.is_none() && !hq.has_seen(*run, &Seen::of(&public, have))? {
                openings.extend(hub.bodies(*run, 0)?.into_iter().map(|bytes| (*run, bytes)));
            }
        }
        let Some((first, _)) = openings.first() else { continue };
        let keys = hq.keys();
        let opening = hq.opening(first.author)?;
        let Some(mut peer) = opening.peer()? else { continue };
        let oldest = peer.oldest_psk();
        let ahead = |bytes: &[u8]| Record::parse(bytes).ok().and_then(|record| record.psk_id()).map(|id| id.wrapping_sub(oldest));
        openings.sort_by_key(|(_, bytes)| ahead(bytes));
        for (run, bytes) in openings {
            if opening.epoch(run.epoch)?.is_none()
                && let Some(epoch) = begin(&keys, &mut peer, &bytes)
            {
                opening.begun(&peer, &epoch)?;
                opening.archive(run.epoch, 0, &tag(&bytes), &[], now())?;
            }
        }
        opening.commit()?;
    }
    Ok(())
}

/// Opens what is new of an epoch, and archives it: then HQ has seen what the hub has.
fn open_epoch(hq: &mut Hq, hub: &mut Hub, run: Run, (have, seen): (&Have, &Seen), tally: &mut Tally) -> Result<()> {
    let records = hub.records(run)?;
    let keys = hq.keys();
    let opening = hq.opening(run.author)?;
    let Some(mut peer) = opening.peer()? else {
        tally.unknown += records.len() as u64;
        return Ok(());
    };
    let Some(mut epoch) = opening.epoch(run.epoch)? else {
        tally.early += records.iter().filter(|kept| kept.seq != 0).count() as u64;
        // A record 0 that nobody can begin with is none: the device must send the true one.
        return hub.refuse(run, &records.iter().map(|kept| kept.seq).filter(|seq| *seq == 0).collect());
    };
    let (mut good, mut buffer, mut again) = (Numbers::default(), vec![0; MAX_RECORD], None);
    for Kept { seq, bytes, .. } in &records {
        let (seq, tag) = (*seq, tag(bytes));
        let known = opening.has(run.epoch, seq, &tag)?;
        if !known && opening.has_number(run.epoch, seq)? && again.is_none() {
            again = begin_again(&keys, &mut peer, &records);
        }
        let epoch = again.as_ref().unwrap_or(&epoch);
        let opened = if seq == 0 || known { None } else { Some(epoch.open(bytes, &mut buffer)) };
        match opened {
            None if known => {
                good.add(seq);
            }
            Some(Ok(Opened::Report(packed))) => {
                opening.archive(run.epoch, seq, &tag, packed, now())?;
                tally.opened += 1;
                tally.doubled += u64::from(!good.add(seq));
            }
            Some(Ok(Opened::Void)) => {
                opening.archive(run.epoch, seq, &tag, &[], now())?;
                good.add(seq);
                tally.voids += 1;
            }
            None | Some(Err(_)) => {
                if opening.refuse(run.epoch, seq, bytes)? {
                    say!("increp: record {}-{:x}-{seq}: no key opens it; it is kept at the hub", run.author, run.epoch);
                    tally.refused += 1;
                }
            }
        }
    }
    zeroize::Zeroize::zeroize(&mut buffer);
    // Their reports are in the archive, in this same transaction: whoever takes HQ's keys later cannot open them once more.
    epoch.erase_below(good.frontier().into());
    opening.keep(&epoch)?;
    // First, for once the epoch counts as seen nobody looks again.
    hub.refuse(run, &have.numbers.without(&good))?;
    opening.seen(run.epoch, seen)?;
    opening.commit()
}

/// The keys of an epoch as they were when it began: for a body that comes under a number whose key is erased, from a copy of the device.
/// Nothing of it is kept.
fn begin_again(keys: &[HqKey], peer: &mut Peer, records: &[Kept]) -> Option<Epoch> {
    records.iter().filter(|kept| kept.seq == 0).find_map(|kept| begin(keys, peer, &kept.bytes))
}

/// Begins an epoch with the key that it was sealed for. One that does not fit changes nothing.
fn begin(keys: &[HqKey], peer: &mut Peer, opening: &[u8]) -> Option<Epoch> {
    keys.iter().find_map(|key| peer.begin(key, opening).ok())
}

/// The tag of a sealed record: its last bytes.
fn tag(bytes: &[u8]) -> [u8; 8] {
    bytes.last_chunk().copied().unwrap_or_default()
}

/// Tells every device what HQ has of that which it waits for.
fn write_receipts(hq: &Hq, hub: &mut Hub) -> Result<()> {
    let devices = hq.devices()?;
    for (run, waits) in hub.waits(None)? {
        let Some(device) = devices.iter().find(|device| device.peer.author() == run.author && device.revoked.is_none()) else {
            continue;
        };
        let tags = hq.tags(run)?;
        // Of a number with two reports nobody can tell which one the device has.
        let single = |seq: u8| tags.iter().filter(|(other, _)| *other == seq).count() == 1;
        let records: Vec<Record<'_>> = tags
            .iter()
            .filter(|(seq, _)| waits.has(*seq) && single(*seq))
            .map(|(seq, tag)| Record { epoch: run.epoch, seq: *seq, body: &[], tag: *tag })
            .collect();
        if !records.is_empty() {
            let mut buffer = [0; MAX_RECEIPT];
            let receipt = device.peer.receipt(records, &mut buffer).context("a receipt")?;
            hub.keep_receipt(run, receipt, now())?;
        }
    }
    Ok(())
}

/// Prints reports of the archive, and remembers that it did.
fn print(hq: &mut Hq, given: &Profiles, which: Which, mut output: Output, tally: &mut Tally) -> Result<()> {
    let kept = hq.profiles()?.into_iter().map(Named::kept).collect::<Result<Vec<_>>>()?;
    let mut done = Vec::new();
    for run in hq.runs(which)? {
        let mut reader = None;
        let (records, damaged) = hq.reports(run, which)?;
        tally.damaged += damaged;
        for record in records {
            let postcard = match &record.postcard {
                Some(postcard) => Some(postcard.clone()),
                None => {
                    if reader.is_none() {
                        reader = Some(Reader::of(hq, run, given, &kept)?);
                    }
                    reader.as_ref().map(|reader| reader.decode(hq, &record)).transpose()?.flatten()
                }
            };
            let Some(postcard) = postcard else {
                tally.unread += 1;
                continue;
            };
            let report = match increp::decode(&postcard) {
                Ok(report) => report,
                Err(error) => {
                    say!("increp: report {}-{:x}-{}: HQ's archive: {error}", run.author, run.epoch, record.key.seq);
                    tally.damaged += 1;
                    continue;
                }
            };
            json::write(&report, &mut output)?;
            tally.printed += 1;
            done.push(record.key);
        }
    }
    output.finish()?;
    // Should it end here, they are printed once more: never not at all.
    hq.printed(&done)
}

/// What decodes the reports of an epoch.
struct Reader {
    epoch: Epoch,
    /// None: the profile is not known.
    named: Option<Named>,
}

impl Reader {
    /// With the profile that the epoch names, if it is known.
    fn of(hq: &Hq, run: Run, given: &Profiles, kept: &[Named]) -> Result<Self> {
        let epoch = hq.epoch(run)?.context("HQ's store: an epoch is not there")?;
        let fits = |named: &&Named| named.profile.id().starts_with(&epoch.profile());
        let named = kept.iter().find(fits).or_else(|| given.known().find(fits)).cloned();
        if named.is_none() {
            let (Run { author, epoch: number }, id) = (run, hex(&epoch.profile()));
            say!(
                "increp: reports {author}-{number:x}-*: need the profile whose id begins with {id}, which is not known; they are kept: give its file once with --profile"
            );
        }
        Ok(Self { epoch, named })
    }

    /// The report of an archived record in postcard, which is kept from now on; or why there is none, on standard error.
    fn decode(&self, hq: &mut Hq, record: &Archived) -> Result<Option<Vec<u8>>> {
        let Some(named) = &self.named else { return Ok(None) };
        let Key { run, seq, .. } = record.key;
        let mut texts = vec![0; room(&record.packed)];
        let mut report = Report::default();
        let known = self.epoch.known(seq);
        if let Err(error) = packed::decode_into(&record.packed, &named.profile, &known, &mut report, &mut texts) {
            say!("increp: report {}-{:x}-{seq}: {error}; it is kept", run.author, run.epoch);
            return Ok(None);
        }
        let mut buffer = [0; MAX_LEN];
        let postcard = increp::encode(&report, &mut buffer)?.to_vec();
        hq.decoded(record, &postcard)?;
        Ok(Some(postcard))
    }
}
