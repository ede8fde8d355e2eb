//! Every packed vector that was ever released, decoded and encoded again.
//!
//! `INCREP_ADD_VECTORS=1 cargo test -p increp-tests --test packed_vectors` adds those that are not there yet.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)] // a test

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bumpalo::Bump;
use increp::MAX_LEN;
use increp::model::{Degrees, Id, Point, Report};
use increp::wire::packed::{self, BATCH, BatchReader, BatchWriter, Known, Profile};
use increp_tests::profiles::{sample, trained};
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/packed-v6")
}

/// The mission's profile that the vectors use; made once from the sample, and kept.
const MISSION: &str = "mission.profile";

/// The profiles by their file names; the empty one is "none".
fn profiles() -> BTreeMap<String, Profile<'static>> {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/profiles");
    let files = [core, folder()].into_iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|file| file.unwrap().path());
    let mut profiles: BTreeMap<String, Profile<'static>> = files
        .filter(|file| file.extension().is_some_and(|extension| extension == "profile"))
        .map(|file| {
            let blob: &'static [u8] = Box::leak(fs::read(&file).unwrap().into_boxed_slice());
            (file.file_name().unwrap().to_str().unwrap().to_owned(), Profile::new(blob).unwrap())
        })
        .collect();
    profiles.insert("none".to_owned(), Profile::EMPTY);
    profiles
}

fn load() -> Value {
    static ADD: std::sync::Once = std::sync::Once::new();
    let path = folder().join("vectors.json");
    ADD.call_once(|| {
        if std::env::var_os("INCREP_ADD_VECTORS").is_some() {
            if !folder().join(MISSION).exists() {
                fs::write(folder().join(MISSION), &trained()[0]).unwrap();
            }
            let empty = "{\"format\":1,\"reports\":[],\"batches\":[],\"rejected\":[]}".to_owned();
            let mut all: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap_or(empty)).unwrap();
            let new = new_vectors(&profiles());
            for list in ["reports", "batches", "rejected"] {
                let names: Vec<Value> = all[list].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
                let more = new[list].as_array().unwrap().iter().filter(|it| !names.contains(&it["name"])).cloned();
                all[list].as_array_mut().unwrap().extend(more.collect::<Vec<_>>());
            }
            let line = |list: &str| all[list].as_array().unwrap().iter().map(Value::to_string).collect::<Vec<_>>().join(",\n");
            let text = format!(
                "{{\"format\":1,\"reports\":[\n{}\n],\"batches\":[\n{}\n],\"rejected\":[\n{}\n]}}\n",
                line("reports"),
                line("batches"),
                line("rejected")
            );
            fs::write(&path, text).unwrap();
        }
    });
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn known(value: &Value) -> Known {
    let degrees = |name: &str| value.get(name).map(|number| Degrees((number.as_f64().unwrap() * 1e7).round() as i32));
    let point = degrees("lat").zip(degrees("lon")).map(|(lat, lon)| Point { lat, lon });
    Known {
        id: value.get("id").map(|id| id.as_str().unwrap().parse().unwrap()),
        sent: value.get("sent").map(|sent| sent.as_str().unwrap().parse().unwrap()),
        point,
        profile: value["profile"] == true,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(it: &Value) -> Vec<u8> {
    let hex = it["hex"].as_str().unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn pack(report: &Report<'_>, profile: &Profile<'_>, known: &Known) -> Vec<u8> {
    let mut buffer = vec![0; MAX_LEN + 1];
    packed::encode(report, profile, known, &mut buffer).unwrap().to_vec()
}

fn pack_all(reports: &[Report<'_>], profile: &Profile<'_>) -> Vec<u8> {
    let mut buffer = vec![0; (MAX_LEN + 1) * reports.len() + 8];
    let mut writer = BatchWriter::new(profile, &mut buffer);
    reports.iter().for_each(|report| writer.push(report).unwrap());
    writer.finish().unwrap().to_vec()
}

/// What a decoder says of bytes.
fn unpack(bytes: &[u8], profile: &Profile<'_>, known: &Known) -> Result<Vec<String>, String> {
    let mut room = vec![0; 1 << 20];
    let mut report = Report::default();
    let mut read = Vec::new();
    if bytes.first() == Some(&BATCH) {
        let mut reader = BatchReader::new(bytes, profile, &mut room).map_err(|error| error.kind.name().to_owned())?;
        while reader.next(&mut report).map_err(|error| error.kind.name().to_owned())? {
            read.push(serde_json::to_string(&report).unwrap());
        }
    } else {
        packed::decode_into(bytes, profile, known, &mut report, &mut room).map_err(|error| error.kind.name().to_owned())?;
        read.push(serde_json::to_string(&report).unwrap());
    }
    Ok(read)
}

#[test]
fn every_report_decodes_from_its_bytes_and_encodes_to_them() {
    let profiles = profiles();
    let all = load();
    let reports = all["reports"].as_array().unwrap();
    assert!(reports.len() >= 200, "{} vectors", reports.len());
    for it in reports {
        let (profile, known) = (&profiles[it["profile"].as_str().unwrap()], known(&it["known"]));
        assert_eq!(unpack(&bytes(it), profile, &known), Ok(vec![it["json"].to_string()]), "{}", it["name"]);
        let (text, arena) = (it["json"].to_string(), Bump::new());
        let report = increp_cli::json::parse(text.as_bytes(), &arena).unwrap();
        assert_eq!(hex(&pack(&report, profile, &known)), it["hex"].as_str().unwrap(), "{}", it["name"]);
    }
}

#[test]
fn every_batch_decodes_from_its_bytes() {
    let profiles = profiles();
    for it in load()["batches"].as_array().unwrap() {
        let reports: Vec<String> = it["json"].as_array().unwrap().iter().map(Value::to_string).collect();
        let profile = &profiles[it["profile"].as_str().unwrap()];
        assert_eq!(unpack(&bytes(it), profile, &Known::default()), Ok(reports), "{}", it["name"]);
    }
}

#[test]
fn a_batch_that_is_cut_off_makes_up_the_last_report_at_most() {
    let profiles = profiles();
    let (mut cuts, mut two) = (0, 0);
    for it in load()["batches"].as_array().unwrap() {
        let reports: Vec<String> = it["json"].as_array().unwrap().iter().map(Value::to_string).collect();
        let (profile, whole) = (&profiles[it["profile"].as_str().unwrap()], bytes(it));
        for length in 2..whole.len() {
            let (mut room, mut read, mut report) = (vec![0; 1 << 16], Vec::new(), Report::default());
            // Of a single byte behind the first not even the tag is whole.
            let Ok(mut reader) = BatchReader::new(&whole[..length], profile, &mut room) else {
                assert!(length == 2);
                continue;
            };
            while reader.next(&mut report).is_ok_and(|more| more) {
                read.push(serde_json::to_string(&report).unwrap());
            }
            let good = read.iter().zip(&reports).take_while(|(one, other)| one == other).count();
            assert!(read.len() <= good + 2, "{} cut to {length}: {} are made up", it["name"], read.len() - good);
            two += usize::from(read.len() == good + 2);
            cuts += 1;
        }
    }
    println!("of {cuts} batches that were cut off, {two} made up two reports");
    assert!(two * 1000 < cuts, "{two} of {cuts}");
}

#[test]
fn all_that_must_be_refused_is_refused_for_its_reason() {
    let profiles = profiles();
    for it in load()["rejected"].as_array().unwrap() {
        let profile = &profiles[it["profile"].as_str().unwrap()];
        assert_eq!(
            unpack(&bytes(it), profile, &known(&it["known"])),
            Err(it["error"].as_str().unwrap().to_owned()),
            "{}",
            it["name"]
        );
    }
}

/// The vectors of this version: every story and some events, with every profile, with what a receiver may know, in batches; and
/// what is wrong with bytes.
fn new_vectors(profiles: &BTreeMap<String, Profile<'static>>) -> Value {
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut files: Vec<_> =
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("reports")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        texts.push((file.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(file).unwrap()));
    }
    for (number, bytes) in sample().iter().enumerate().step_by(20) {
        texts.push((format!("event-{number}"), serde_json::to_string(&increp::decode(bytes).unwrap()).unwrap()));
    }
    for it in increp_tests::vectors::load(1).accepted.into_iter().step_by(6) {
        texts.push((it.name.clone(), it.json.to_string()));
    }
    // More than 32 bits that are as likely as not.
    texts.push((
        "sent-in-9999".to_owned(),
        r#"{"id":"1-1","kind":"new","status":"test","sent":"9999-12-31T23:59:59+00:00"}"#.to_owned(),
    ));
    let arena = Bump::new();
    let parsed: Vec<(String, Report<'_>)> = texts
        .iter()
        .map(|(name, text)| {
            (name.clone(), increp_cli::json::parse(text.as_bytes(), &arena).unwrap_or_else(|problem| panic!("{name}: {problem}")))
        })
        .collect();
    let value = |report: &Report<'_>| serde_json::to_value(report).unwrap();
    let (mut reports, mut batches, mut rejected) = (Vec::new(), Vec::new(), Vec::new());
    for (file, profile) in profiles {
        let short = file.trim_end_matches(".profile");
        for (number, (name, report)) in parsed.iter().enumerate() {
            let mut add = |name: String, of: Value| {
                let bytes = pack(report, profile, &known(&of));
                reports.push(json!({ "name": name, "profile": file, "known": of, "json": value(report), "hex": hex(&bytes) }));
            };
            add(format!("{name}-{short}"), Value::Null);
            if number % 5 == 0 {
                add(format!("{name}-{short}-sealed"), json!({ "id": report.id.to_string(), "profile": true }));
                let last = json!({ "sent": "2016-09-18T20:00:00+00:00", "lat": 35.3, "lon": 40.1, "profile": false });
                add(format!("{name}-{short}-after-another"), last);
            }
        }
        for (number, chunk) in parsed.chunks(8).enumerate().step_by(2) {
            let all: Vec<Report<'_>> = chunk.iter().map(|(_, report)| report.clone()).collect();
            let json: Vec<Value> = all.iter().map(value).collect();
            batches.push(json!({ "name": format!("batch-{number}-{short}"), "profile": file, "json": json, "hex": hex(&pack_all(&all, profile)) }));
        }
        let good = pack(&parsed[0].1, profile, &Known::default());
        let batch = pack_all(&[parsed[0].1.clone()], profile);
        let other = [&[good[0] ^ 0x10], &good[1..]].concat();
        let longer = [&good[..], &[1, 2, 3, 4, 5, 6, 7, 8]].concat();
        let zero = [&good[..], &[0]].concat();
        let cut = good[..good.len() - 2].to_vec();
        let of_batch = [&[batch[0], batch[1] ^ 0x10], &batch[2..]].concat();
        for (name, bytes) in
            [("another-tag", other), ("longer", longer), ("a-zero-more", zero), ("cut", cut), ("batch-another-tag", of_batch)]
        {
            if let Err(error) = unpack(&bytes, profile, &Known::default()) {
                rejected.push(json!({ "name": format!("{name}-{short}"), "profile": file, "hex": hex(&bytes), "error": error }));
            }
        }
        // Whoever seals a report says whose it is. What is sealed may not say that it is another's, nor nobody's.
        let of = json!({ "id": "7-5e6f70-8", "profile": true });
        let (mut buffer, first) = (vec![0; MAX_LEN], &parsed[0].1);
        let postcard = [&[0xff], increp::encode(first, &mut buffer).unwrap()].concat();
        let nobody = pack(&Report { id: Id::default(), ..first.clone() }, profile, &Known { id: None, ..known(&of) });
        for (name, bytes) in [("another-id-in-postcard", postcard), ("no-id", nobody)] {
            let error = unpack(&bytes, profile, &known(&of)).unwrap_err();
            rejected.push(
                json!({ "name": format!("{name}-{short}"), "profile": file, "known": of, "hex": hex(&bytes), "error": error }),
            );
        }
    }
    json!({ "reports": reports, "batches": batches, "rejected": rejected })
}
