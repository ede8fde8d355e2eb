//! Reports that could be read with the wrong profile: two versions of a mission's profile that have the same tag.

#![allow(clippy::unwrap_used)] // a test

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use increp_cli::profiles::built_in;
use increp_cli::train::{Options, train};

const REPORTS: usize = 600;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("increp-mistaken-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Reports, and two profiles with one tag in the folder that is looked through.
struct Case {
    folder: Folder,
    json: String,
    earlier: String,
    own: String,
}

impl Case {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let text = reports();
        let [earlier, own] = profiles(&folder, &text);
        let json = folder.file("reports.json");
        fs::write(&json, &text).unwrap();
        Self { folder, json, earlier, own }
    }

    fn increp(&self, arguments: &[&str]) -> Output {
        increp(&self.folder, arguments)
    }

    /// The reports, encoded as these arguments say.
    fn encoded(&self, arguments: &[&str]) -> String {
        let file = self.folder.file("reports.irp");
        let arguments = [&["encode", "--force", "-o", &file, &self.json], arguments].concat();
        assert!(self.increp(&arguments).status.success(), "{arguments:?}");
        file
    }

    /// The reports as the tool spells them.
    fn truth(&self) -> Vec<String> {
        let file = self.encoded(&["--encoding", "postcard"]);
        lines(&self.increp(&["decode", &file]).stdout).into_iter().map(str::to_owned).collect()
    }
}

fn increp(profiles: &Folder, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_increp")).args(arguments).env("INCREP_PROFILES", &profiles.0).output().unwrap()
}

fn lines(bytes: &[u8]) -> Vec<&str> {
    str::from_utf8(bytes).unwrap().lines().collect()
}

/// What listening posts tell of the explosions of a night, from a seed.
fn reports() -> String {
    let mut state = 1u32;
    let mut below = |end: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % end
    };
    let mut text = String::new();
    for number in 0..REPORTS {
        let (day, hour, minute) = (1 + number / 25, below(24), 5 * below(12));
        let (post, kind) = (41 + below(6), ["explosion", "armed_clash", "attack"][below(3) as usize]);
        let count = ["explosions", "killed", "injured"][below(3) as usize];
        writeln!(
            text,
            r#"{{"id":"{post}-{number}","kind":"new","status":"actual","sent":"2024-12-{day:02}T{hour:02}:{minute:02}:00+00:00","event":{{"type":"{kind}","counts":[{{"of":"{count}","value":{}}}]}}}}"#,
            below(30)
        )
        .unwrap();
    }
    text
}

/// Profiles of the first reports, two thirds and all of them, both with tag 5, in this order of names.
fn profiles(folder: &Folder, text: &str) -> [String; 2] {
    let arena = bumpalo::Bump::new();
    let reports: Vec<_> = text.lines().map(|line| increp_cli::json::parse(line.as_bytes(), &arena).unwrap()).collect();
    let others = (0..16).filter(|tag| *tag != 5).map(|tag| [tag; 32]).collect();
    let options = Options { size: 4096, mission: true, others, ..Options::default() };
    [("1-earlier.profile", REPORTS * 2 / 3), ("2-own.profile", REPORTS)].map(|(name, many)| {
        let blob = train(&reports[..many], &options, &mut |_, _| {}).unwrap().blob;
        assert_eq!(increp::wire::packed::Profile::new(&blob).unwrap().tag(), 5);
        fs::write(folder.file(name), blob).unwrap();
        folder.file(name)
    })
}

#[test]
fn no_report_is_read_with_another_profile_while_its_own_is_known() {
    let case = Case::new("known");
    let Case { earlier, own, .. } = &case;
    let truth = case.truth();

    // A file names the profile.
    let file = case.encoded(&["--profile", own]);
    for arguments in [&["decode", &file][..], &["decode", "--profile", earlier, &file]] {
        let decoded = case.increp(arguments);
        assert_eq!((decoded.status.code(), decoded.stderr.as_slice()), (Some(0), &b""[..]));
        assert_eq!(lines(&decoded.stdout), truth);
    }

    // A bare report does not: what both could mean is refused.
    let bare = case.encoded(&["--profile", own, "--hex"]);
    let decoded = case.increp(&["decode", "--hex", &bare]);
    let (read, refused) = (lines(&decoded.stdout), lines(&decoded.stderr));
    println!("of {REPORTS} bare reports {} are refused, for either of two profiles could have written them", refused.len());
    assert_eq!(read.len() + refused.len(), REPORTS);
    assert!(read.iter().all(|line| truth.iter().any(|true_line| true_line == line)));
    assert!(!refused.is_empty() && refused.iter().all(|line| line.contains("which say different things")), "{refused:?}");
    assert_eq!(decoded.status.code(), Some(1));
    // Whoever says which one it is gets all, and is told.
    let decoded = case.increp(&["decode", "--hex", "--profile", own, &bare]);
    assert_eq!(lines(&decoded.stdout), truth);
    assert_eq!(lines(&decoded.stderr).len(), refused.len());
    assert_eq!(decoded.status.code(), Some(1));
}

#[test]
fn a_file_whose_profile_is_not_known_is_not_read_with_another() {
    let case = Case::new("unknown");
    let Case { own, .. } = &case;
    let file = case.encoded(&["--profile", own]);
    fs::remove_file(own).unwrap();
    let decoded = case.increp(&["decode", &file]);
    assert!(decoded.stdout.is_empty());
    assert_eq!(decoded.status.code(), Some(1));
    let refused = lines(&decoded.stderr);
    assert!(refused.len() == REPORTS && refused.iter().all(|line| line.contains("needs the profile ")), "{:?}", refused.first());
}

#[test]
fn two_profiles_with_one_tag_are_not_written_into_one_file() {
    let case = Case::new("both");
    let Case { earlier, own, .. } = &case;
    let encoded = case.increp(&["encode", "--profile", own, "--profile", earlier, "--hex", &case.json]);
    assert_eq!(encoded.status.code(), Some(2));
    assert!(str::from_utf8(&encoded.stderr).unwrap().contains("have the same tag"));
}

#[test]
fn a_new_profile_has_a_tag_of_its_own() {
    let folder = Folder::new("train");
    let text = reports();
    // Those of the one that knows nothing, and of those that are built in.
    let mut tags: Vec<u8> = std::iter::once(0).chain(built_in().iter().map(|named| named.profile.tag())).collect();
    for number in 0..13 {
        let json = folder.file("some.json");
        let some: Vec<&str> = text.lines().take(200 + number).collect();
        fs::write(&json, some.join("\n")).unwrap();
        let out = folder.file(&format!("{number}.profile"));
        let arguments = ["train", "--no-table", "--size", "2K", "-o", &out, &json];
        assert!(increp(&folder, &arguments).status.success());
        tags.push(tag(Path::new(&out)));
        // Once more, beside itself: the same bytes.
        let again = folder.file("again");
        assert!(increp(&folder, &["train", "--no-table", "--size", "2K", "--force", "-o", &again, &json]).status.success());
        assert_eq!(fs::read(&again).unwrap(), fs::read(&out).unwrap());
    }
    tags.sort_unstable();
    assert_eq!(tags, (0..16).collect::<Vec<u8>>());
    // There is none left.
    let json = folder.file("reports.json");
    fs::write(&json, &text).unwrap();
    let trained = increp(&folder, &["train", "--no-table", "--size", "2K", "-o", &folder.file("more.profile"), &json]);
    assert!(trained.status.success());
    assert!(str::from_utf8(&trained.stderr).unwrap().contains("has the same tag, and all 16 are taken"));
}

fn tag(profile: &Path) -> u8 {
    let blob = fs::read(profile).unwrap();
    increp::wire::packed::Profile::new(&blob).unwrap().tag()
}

#[test]
fn what_was_rejected_is_read_with_its_own_profile_alone() {
    let case = Case::new("rejects");
    let Case { folder, own, .. } = &case;
    let truth = case.truth();
    let file = case.encoded(&["--profile", own]);
    let away = folder.file("own");
    fs::rename(own, &away).unwrap();
    let rejects = folder.file("rejects.hex");
    assert!(case.increp(&["decode", "--rejects", &rejects, &file]).stdout.is_empty());
    let again = case.increp(&["decode", "--hex", &rejects]);
    assert!(again.stdout.is_empty() && lines(&again.stderr).iter().all(|line| line.contains("needs the profile ")));
    fs::rename(&away, own).unwrap();
    let again = case.increp(&["decode", "--hex", &rejects]);
    assert_eq!((lines(&again.stdout), again.status.code()), (truth.iter().map(String::as_str).collect(), Some(0)));
}

#[test]
fn a_file_whose_header_is_damaged_gives_no_report() {
    let case = Case::new("header");
    let Case { own, .. } = &case;
    let file = case.encoded(&["--profile", own]);
    let whole = fs::read(&file).unwrap();
    // How many profiles, and the first byte of the id, which has the tag.
    for (at, flip) in (8..10).flat_map(|at| (0..8).map(move |bit| (at, 1 << bit))) {
        let mut damaged = whole.clone();
        damaged[at] ^= flip;
        fs::write(&file, damaged).unwrap();
        let decoded = case.increp(&["decode", &file]);
        assert!(decoded.stdout.is_empty() && decoded.status.code() == Some(1), "byte {at}, {flip:x}");
    }
}

#[test]
fn of_a_cut_batch_no_report_is_given_where_nothing_names_its_profile() {
    let case = Case::new("cut");
    let Case { earlier, own, .. } = &case;
    let truth = case.truth();
    let file = case.encoded(&["--profile", own, "--batch", "50"]);
    let whole = fs::read(&file).unwrap();
    let cut = &whole[..whole.len() * 2 / 3];
    fs::write(&file, cut).unwrap();
    let decoded = case.increp(&["decode", &file]);
    let read = lines(&decoded.stdout);
    assert!(read.len() > REPORTS / 2 && truth.iter().zip(&read).all(|(one, other)| one == other), "{}", read.len());
    assert!(str::from_utf8(&decoded.stderr).unwrap().contains("cannot be held against an end"));
    // The same in a file of version 1.
    let batches = read.len() / 50;
    fs::write(&file, [b"\x89irp\r\n\x1a\x01", &cut[17..]].concat()).unwrap();
    let decoded = case.increp(&["decode", "--profile", earlier, "--profile", own, &file]);
    assert!(lines(&decoded.stdout).len() <= 50 * batches);
    assert!(!str::from_utf8(&decoded.stderr).unwrap().contains("cannot be held against an end"));
}

#[test]
fn profiles_that_say_the_same_are_no_doubt() {
    let case = Case::new("same");
    let Case { folder, earlier, own, .. } = &case;
    fs::remove_file(earlier).unwrap();
    // A byte more behind the weights, to which nothing refers.
    let blob = fs::read(own).unwrap();
    let mut sections: increp_cli::train::Sections = increp_cli::profiles::sections(&blob).map(<[u8]>::to_vec);
    sections[increp::wire::packed::section::WEIGHTS].push(0);
    let alike = (0..=u8::MAX).find_map(|byte| {
        *sections[increp::wire::packed::section::WEIGHTS].last_mut().unwrap() = byte;
        let blob = increp_cli::train::blob(&sections);
        (increp::wire::packed::Profile::new(&blob).unwrap().tag() == 5).then_some(blob)
    });
    fs::write(folder.file("alike.profile"), alike.unwrap()).unwrap();
    let bare = case.encoded(&["--profile", own, "--hex"]);
    let decoded = case.increp(&["decode", "--hex", &bare]);
    assert_eq!((lines(&decoded.stdout).len(), decoded.stderr.as_slice(), decoded.status.code()), (REPORTS, &b""[..], Some(0)));
}
