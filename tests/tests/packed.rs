//! Packed: every report with every profile, alone, in batches and with what the receiver knows; and bytes that nobody wrote.

#![allow(clippy::unwrap_used)] // a test

use increp::model::{Id, Report, Status};
use increp::wire::packed::{self, BatchReader, BatchWriter, Known, Profile, ProfileError, section};
use increp::{ErrorKind, MAX_LEN};
use increp_tests::profiles::{sample, trained};
use proptest::prelude::*;

/// Room for all texts of a report.
const ROOM: usize = 4096;

fn profiles() -> Vec<Profile<'static>> {
    let trained = trained().iter().map(|blob| Profile::new(blob).unwrap());
    std::iter::once(Profile::EMPTY).chain(trained).collect()
}

/// The bytes that a report takes, and it comes back from them.
fn length(report: &Report<'_>, profile: &Profile<'_>, known: &Known) -> usize {
    let mut buffer = vec![0; MAX_LEN + 1];
    let bytes = packed::encode(report, profile, known, &mut buffer).unwrap();
    let (mut room, mut read) = (vec![0; ROOM], Report::default());
    packed::decode_into(bytes, profile, known, &mut read, &mut room).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read, *report);
    bytes.len()
}

/// What a receiver may know of a report: all of it, or some.
fn knowns(report: &Report<'_>) -> [Known; 3] {
    let point = report.event.as_ref().and_then(|event| event.place.known()?.point);
    [
        Known::default(),
        Known { id: Some(report.id), sent: report.sent, point, profile: true },
        Known { id: Some(report.id), ..Known::default() },
    ]
}

/// A first byte of the arithmetic coder that starts with the tag of a profile.
fn start(profile: &Profile<'_>) -> u8 {
    packed::PACKED | profile.tag() << 3 | 4
}

proptest! {
    #[test]
    fn every_report_comes_back_with_every_profile_and_is_never_longer_than_postcard(seed in increp_tests::reports()) {
        let report = seed.report();
        let postcard = increp::encoded_len(&report).unwrap();
        for profile in profiles() {
            for known in knowns(&report) {
                let most = postcard + usize::from(known.profile);
                prop_assert!(length(&report, &profile, &known) <= most);
            }
        }
    }

    #[test]
    fn reports_come_back_from_a_batch_in_their_order(seeds in proptest::collection::vec(increp_tests::reports(), 0..6)) {
        let reports: Vec<Report<'_>> = seeds.iter().map(|seed| seed.report()).collect();
        for profile in profiles() {
            let mut buffer = vec![0; (MAX_LEN + 1) * (reports.len() + 1)];
            let mut writer = BatchWriter::new(&profile, &mut buffer);
            reports.iter().for_each(|report| writer.push(report).unwrap());
            let bytes = writer.finish().unwrap();
            let mut room = vec![0; ROOM * (reports.len() + 1)];
            let mut reader = BatchReader::new(bytes, &profile, &mut room).unwrap();
            let mut read = Report::default();
            for report in &reports {
                prop_assert!(reader.next(&mut read).unwrap());
                prop_assert_eq!(&read, report);
            }
            prop_assert!(!reader.next(&mut read).unwrap());
        }
    }

    #[test]
    fn hostile_bytes_give_a_report_or_an_error(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), which in 0..3usize) {
        let profile = profiles().swap_remove(which);
        if let Some(first) = bytes.first_mut() {
            *first = start(&profile) | *first & 3;
        }
        let (mut room, mut read) = (vec![0; ROOM], Report::default());
        if packed::decode_into(&bytes, &profile, &Known::default(), &mut read, &mut room).is_ok() {
            prop_assert!(read.check().is_ok());
        }
        // Too little room is an error too, not a cut text.
        let (mut room, mut read) = ([0; 8], Report::default());
        let _ = packed::decode_into(&bytes, &profile, &Known::default(), &mut read, &mut room);
    }

    #[test]
    fn hostile_batches_end(mut bytes in proptest::collection::vec(any::<u8>(), 2..400), which in 0..3usize) {
        let profile = profiles().swap_remove(which);
        bytes[..2].copy_from_slice(&[packed::BATCH, start(&profile)]);
        let mut room = vec![0; 64 * ROOM];
        let mut reader = BatchReader::new(&bytes, &profile, &mut room).unwrap();
        let mut read = Report::default();
        let mut many = 0;
        while reader.next(&mut read).is_ok_and(|more| more) {
            many += 1;
        }
        // Each report takes a part of the bytes; a report that says nothing takes a few bits.
        prop_assert!(many <= 64 * bytes.len());
    }

    #[test]
    fn a_profile_with_a_byte_changed_is_refused(at in any::<proptest::sample::Index>(), change in 1..=255u8) {
        let mut blob = trained()[0].clone();
        let at = at.index(blob.len());
        blob[at] ^= change;
        prop_assert!(Profile::new(&blob).is_err());
        prop_assert!(Profile::new(&blob[..at]).is_err());
    }
}

#[test]
fn what_is_wrong_with_a_profile_is_said() {
    let blob = &trained()[0];
    let changed = |at: usize, byte: u8| {
        let mut blob = blob.clone();
        blob[at] = byte;
        Profile::new(&blob).map(|_| ()).unwrap_err()
    };
    assert_eq!(Profile::new(b"").map(|_| ()).unwrap_err(), ProfileError::NotAProfile);
    assert_eq!(changed(0, b'x'), ProfileError::NotAProfile);
    assert_eq!(changed(4, 9), ProfileError::UnknownVersion(9));
    assert_eq!(changed(blob.len() - 1, !blob[blob.len() - 1]), ProfileError::Damaged);
    // Right hash, wrong content.
    for (section, content) in [
        (section::WEIGHTS, vec![1, 2, 3]),
        (section::NAMES, vec![1, 0, 0, 0]),
        // Two forms that are the same.
        (section::FORMS, vec![2, 0, 0, 0, 1, 0, 2, 0, 7, 7]),
    ] {
        let mut sections: increp_cli::train::Sections = Default::default();
        sections[section] = content;
        let refused = Profile::new(&increp_cli::train::blob(&sections)).map(|_| ()).unwrap_err();
        assert_eq!(refused, ProfileError::Malformed(section));
    }
}

#[test]
fn a_report_with_another_id_than_the_known_one_is_not_written() {
    let report = Report { id: Id::new(17, 42), status: Status::TEST, ..Report::default() };
    for profile in profiles() {
        let known = Known { id: Some(Id::new(17, 43)), ..Known::default() };
        let refused = packed::encode(&report, &profile, &known, &mut [0; 64]).map(<[u8]>::len);
        assert_eq!(refused.unwrap_err().kind, ErrorKind::OtherId);
    }
}

#[test]
fn a_report_that_needs_another_profile_is_an_error_and_no_report() {
    let [_, mission, general] = profiles().try_into().unwrap();
    let mut wrong = 0;
    for bytes in sample() {
        let report = increp::decode(bytes).unwrap();
        let mut buffer = vec![0; MAX_LEN];
        let mut decode = |known: &Known| {
            let bytes = packed::encode(&report, &mission, known, &mut buffer).unwrap();
            let (mut room, mut read) = (vec![0; ROOM], Report::default());
            packed::decode_into(bytes, &general, known, &mut read, &mut room).map_err(|error| error.kind)
        };
        assert_eq!(decode(&Known::default()), Err(ErrorKind::OtherProfile));
        // Even without a tag, what was decided and the end of the bytes give it away mostly.
        wrong += usize::from(decode(&Known { profile: true, ..Known::default() }).is_ok());
    }
    println!("{wrong} of {} decode with another profile if none is said", sample().len());
    assert!(wrong * 20 < sample().len(), "{wrong} of {} decode with another profile", sample().len());
}

#[test]
fn a_mission_takes_fewer_bytes_than_a_general_profile_than_none_than_postcard() {
    let mut all = [0; 4];
    for bytes in sample() {
        let report = increp::decode(bytes).unwrap();
        for (sum, profile) in all.iter_mut().zip(profiles()) {
            *sum += length(&report, &profile, &Known::default());
        }
        all[3] += bytes.len();
    }
    let [none, mission, general, postcard] = all;
    println!("none {none}, mission {mission}, general {general}, postcard {postcard}");
    assert!(mission < general && general < none && none < postcard);
}

#[test]
fn text_in_any_script_takes_no_more_than_its_bytes_and_two() {
    let texts = [
        "قصف مدفعي على أطراف حلب",
        "Tres muertos en Ciudad Juárez; niños heridos",
        "обстріл околиць Харкова, дворів і шкіл",
        "တိုက်ပွဲ ဖြစ်ပွားခဲ့သည်",
        "0x00\u{1}\u{2}\u{3}",
    ];
    for profile in profiles() {
        let without = length(&note(""), &profile, &Known::default());
        for text in texts {
            let with = length(&note(text), &profile, &Known::default());
            assert!(with <= without + text.len() + 2, "{text}: {} bytes take {}", text.len(), with - without);
        }
    }
}

fn note(text: &str) -> Report<'_> {
    use increp::model::{Event, Text};
    let note = Some(text).filter(|text| !text.is_empty()).map(Text::new);
    Report { event: Some(Event { note, planned: true, ..Event::default() }), ..Report::default() }
}

#[test]
fn training_gives_the_same_bytes_and_keeps_out_what_few_or_nobody_may_say() {
    use increp::model::{Claim, Handling, Hop, Id, Link, LinkRel, Person, Text, list};
    let reports: Vec<Report<'_>> = sample().iter().map(|bytes| increp::decode(bytes).unwrap()).collect();
    let options = increp_cli::train::Options { size: 24 * 1024, mission: true, ..Default::default() };
    let train = |reports: &[Report<'_>]| increp_cli::train::train(reports, &options, &mut |_, _| {}).unwrap();
    assert_eq!(train(&reports).blob, trained()[0]);

    fn said<'a>(report: &Report<'a>, name: &'a str, handling: Handling) -> Report<'a> {
        let hop = Hop { name: name.into(), person: Some(Person::new("Officer Zyxwv Qponm, police")), ..Hop::default() };
        let mut report = Report { handling, mission: Some(Text::new("mission alpha")), ..report.clone() };
        report.claims.clear();
        report.claims.push(Claim { sources: list([hop]), ..Claim::default() }).unwrap();
        report.id.author = 987_654_321;
        report
    }
    let mut marked = reports.clone();
    // One report is one, however often it is given; and what replaces another stands for it.
    let one = said(&reports[40], "One Report Says", Handling::GREEN);
    marked.extend(std::iter::repeat_n(one, 6));
    for seq in 1..7 {
        let mut chain = said(&reports[41], "One Story Says", Handling::GREEN);
        (chain.id.epoch, chain.id.seq) = (7, seq);
        chain.links.clear();
        chain.links.push(Link { rel: LinkRel::REPLACES, id: Id { seq: seq - 1, ..chain.id } }).unwrap();
        marked.push(chain);
    }
    for (number, report) in marked.iter_mut().enumerate().take(40) {
        *report = match number {
            0..4 => said(report, "Four Reports Say", Handling::GREEN),
            4..9 => said(report, "Five Reports Say", Handling::AMBER),
            9..20 => said(report, "Red Reports Say", Handling::RED),
            20..28 => said(report, "OFFICER ZYXWV QPONM", Handling::GREEN),
            28..34 => said(report, "the house of Officer Zyxwv Qponm", Handling::GREEN),
            _ => said(report, "Officer Zyxwv Qponm", Handling::GREEN),
        };
    }
    let trained = train(&marked);
    assert_eq!((trained.kept_out, trained.again), (11, 10));
    assert!(trained.strings.iter().any(|string| string == "Five Reports Say"));
    let shipped = |text: &str| trained.strings.iter().any(|string| string == text) || find(&trained.blob, text.as_bytes());
    let person = ["Officer Zyxwv Qponm", "OFFICER ZYXWV QPONM", "the house of Officer Zyxwv Qponm"];
    for text in ["Four Reports Say", "Red Reports Say", "One Report Says", "One Story Says"].into_iter().chain(person) {
        assert!(!shipped(text), "{text} ships");
    }
    assert!(!find(&trained.blob, &987_654_321u32.to_le_bytes()));
    // Every string in the blob is told.
    let profile = Profile::new(&trained.blob).unwrap();
    assert!(profile.names().eq(trained.strings.iter().map(String::as_str)));
}

fn find(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
