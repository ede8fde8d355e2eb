//! The tool as a process: pipes, memory, files.

#![allow(clippy::unwrap_used)] // a test

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

fn increp(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_increp"));
    command.args(arguments);
    command
}

fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("increp-process-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

const LINE: &str = r#"{"id":"1-2","kind":"new","status":"test","event":{"note":"a text with an \" escape"}}"#;

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    for arguments in [&["decode"][..], &["inspect"], &["decode", "--pretty"]] {
        let folder = scratch("pipe");
        let file = folder.join("many.irp");
        let lines = format!("{LINE}\n").repeat(50_000);
        let mut encode = increp(&["encode", "--force", "-o", file.to_str().unwrap()]).stdin(Stdio::piped()).spawn().unwrap();
        encode.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        assert!(encode.wait().unwrap().success());
        let mut child = increp(arguments).arg(&file).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut some = [0; 100];
        child.stdout.as_mut().unwrap().read_exact(&mut some).unwrap();
        drop(child.stdout.take());
        let done = child.wait_with_output().unwrap();
        assert_eq!((done.status.code(), String::from_utf8(done.stderr).unwrap().as_str()), (Some(0), ""), "{arguments:?}");
        fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn a_listener_that_has_gone_is_no_error_either() {
    let bad = "{\"id\":\n".repeat(20_000);
    let mut child = increp(&["check"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    child.stdin.take().unwrap().write_all(bad.as_bytes()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// The most memory that a child has used so far, in bytes; none once it has ended.
#[cfg(target_os = "linux")]
fn peak(child: &std::process::Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Feeds a child so many MiB of the same text and gives its peak memory before the end of the input.
#[cfg(target_os = "linux")]
fn peak_after(arguments: &[&str], head: &[u8], text: &[u8], many: usize) -> u64 {
    let mut child = increp(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let block = text.repeat(1 + (1 << 20) / text.len());
    let mut most = 0;
    let mut go_on = input.write_all(head).is_ok();
    for _ in 0..many {
        // A child that has seen enough closes its end.
        go_on = go_on && input.write_all(&block).is_ok();
        most = most.max(peak(&child).unwrap_or(0));
    }
    drop(input);
    child.wait().unwrap();
    assert!(most > 0 || !go_on, "{arguments:?} was never measured");
    most
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_input() {
    let line = format!("{LINE}\n");
    let report = {
        let mut child = increp(&["encode", "--raw"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        child.wait_with_output().unwrap().stdout
    };
    let record = [&[u8::try_from(report.len()).unwrap()][..], &report].concat();
    let header = b"\x89irp\r\n\x1a\x01";
    // A file of one batch, without the file's start and end.
    let batch = {
        let mut child = increp(&["encode", "--batch", "100", "--profile", "none"]);
        let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(line.repeat(100).as_bytes()).unwrap();
        let file = child.wait_with_output().unwrap().stdout;
        file[header.len()..file.len() - 2].to_vec()
    };
    let csv = "1,2016-01-01,3\n";
    for (arguments, head, text) in [
        (&["encode", "--hex"][..], &b""[..], line.as_bytes()),
        (&["encode", "--hex"], b"[", format!("{LINE},\n").as_bytes()),
        // One report that never ends, and one line without end.
        (&["encode", "--hex"], b"{\"event\":{\"note\":\"", b"xxxxxxxxxxxxxxxx"),
        (&["encode", "--hex"], b"{\"event\":{\"counts\":[", b"{},{},{},\n"),
        (&["check"], b"", line.as_bytes()),
        (&["check"], b"", b"{\"id\":\n"),
        (&["roundtrip", "--encoding", "postcard"], b"", line.as_bytes()),
        (&["decode"], header, &record),
        (&["encode", "--hex", "--encoding", "packed"], b"", line.as_bytes()),
        (&["encode", "--hex", "--batch", "1000"], b"", line.as_bytes()),
        (&["decode"], header, &batch),
        (&["decode", "--hex"], b"", b"11 11 00 2a 01 03 00 00 00 00 00 00 00 00 00 00 00\n"),
        (&["decode", "--hex"], b"", b"80 80 80 80"),
        (&["decode", "--hex"], b"", b"1111"),
        (&["decode", "--raw"], b"", b"1111"),
        (&["import", "ucdp"], b"id,date_start,best\n", csv.as_bytes()),
        (&["import", "ucdp"], b"id,date_start,best,source_headline\n1,2016-01-01,3,\"", b"xxxxxxxxxxxxxxxx"),
    ] {
        let few = 3;
        let many = 20;
        let (before, after) = (peak_after(arguments, head, text, few), peak_after(arguments, head, text, many));
        assert!(
            after < before + (8 << 20),
            "{arguments:?} {:?}: {before} bytes after {few} MiB, {after} after {many}",
            String::from_utf8_lossy(head)
        );
    }
}

#[test]
fn an_output_appears_when_it_is_complete() {
    let folder = scratch("output");
    let file = folder.join("out.irp");
    let mut child = increp(&["encode", "-o", file.to_str().unwrap()]).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(format!("{LINE}\n").repeat(10_000).as_bytes()).unwrap();
    assert!(!file.exists(), "not complete yet");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!file.exists(), "never complete");
    drop(input);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn completions_and_man_pages_know_every_command() {
    let text = |arguments: &[&str]| String::from_utf8(increp(arguments).output().unwrap().stdout).unwrap();
    let help = text(&["-h"]);
    let commands: Vec<&str> =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty()).collect();
    let names: Vec<&str> =
        commands.iter().filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() >= 10, "{names:?}");
    let (bash, man) = (text(&["completions", "bash"]), text(&["man"]));
    for name in names {
        assert!(bash.contains(name) && man.contains(name), "{name}");
    }
}

/// Runs a compiler that may not be there; what it says must be nothing.
fn compiles(compiler: &str, arguments: &[&str], folder: &std::path::Path) {
    let Ok(done) = Command::new(compiler).args(arguments).current_dir(folder).output() else { return };
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success() && said.is_empty(), "{compiler} {arguments:?}: {said}");
}

#[test]
fn an_exported_profile_compiles_without_a_warning() {
    let folder = scratch("export");
    let run = |arguments: &[&str]| assert!(increp(arguments).current_dir(&folder).status().unwrap().success(), "{arguments:?}");
    fs::write(folder.join("one.json"), LINE).unwrap();
    run(&["train", "--no-table", "--size", "1K", "-o", "one.profile", "one.json"]);
    run(&["profile", "export", "one.profile", "--rust", "-o", "profile.rs"]);
    run(&["profile", "export", "one.profile", "--c", "-o", "profile.c"]);
    let crate_type = ["--crate-type", "lib", "--emit", "metadata", "-D", "warnings", "-W", "missing-docs"];
    fs::write(folder.join("lib.rs"), "//! A test.\ninclude!(\"profile.rs\");\n").unwrap();
    compiles("rustc", &[&crate_type[..], &["lib.rs"]].concat(), &folder);
    let strict = ["-Wall", "-Wextra", "-Wpedantic", "-Wmissing-declarations", "-Werror", "-c"];
    for standard in ["-std=c99", "-std=c11"] {
        compiles("cc", &[&strict[..], &[standard, "profile.c", "-o", "profile.o"]].concat(), &folder);
    }
    compiles("c++", &[&strict[..], &["-x", "c++", "-std=c++11", "profile.c", "-o", "profile.o"]].concat(), &folder);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_same_reports_make_the_same_profile() {
    let folder = scratch("train");
    let reports = |from: usize| -> String {
        (from..from + 30)
            .map(|seq| {
                format!(
                    "{{\"id\":\"1-{seq}\",\"kind\":\"new\",\"status\":\"actual\",\"sent\":\"2024-01-{:02}T00:00:00+00:00\"}}\n",
                    1 + seq % 28
                )
            })
            .collect()
    };
    fs::write(folder.join("a.json"), reports(1)).unwrap();
    fs::write(folder.join("b.json"), reports(40)).unwrap();
    let profile = |name: &str, files: &[&str]| {
        let arguments = [&["train", "--no-table", "--size", "4K", "-o", name][..], files].concat();
        assert!(increp(&arguments).current_dir(&folder).stderr(Stdio::null()).status().unwrap().success());
        fs::read(folder.join(name)).unwrap()
    };
    let one = profile("one.profile", &["a.json", "b.json"]);
    assert!(one == profile("two.profile", &["a.json", "b.json"]));
    // The same reports in another form.
    assert!(increp(&["encode", "a.json", "-o", "a.irp"]).current_dir(&folder).status().unwrap().success());
    assert!(one == profile("three.profile", &["a.irp", "b.json"]));
    fs::remove_dir_all(folder).unwrap();
}

/// What a command prints for an input, and what it says, with its exit code.
fn ran(arguments: &[&str], input: &[u8]) -> (String, String, Option<i32>) {
    let mut command = increp(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    // A command that needs no more of its input closes its end; what it prints is looked at.
    let _ = pipe.write_all(input);
    drop(pipe);
    let done = child.wait_with_output().unwrap();
    (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap(), done.status.code())
}

#[test]
fn inspect_shows_texts_as_they_were_written() {
    let folder = scratch("written");
    let file = folder.join("texts.irp");
    let file = file.to_str().unwrap();
    // Marks that combine with the letter before them; in the last one what a terminal would obey.
    let texts =
        ["\u{1019}\u{103c}\u{1014}\u{103a}\u{1019}\u{102c}", "\u{633}\u{648}\u{642}\u{627}\u{64b}", "e\u{301}\u{9b}2J\u{202e}"];
    let lines: Vec<String> =
        texts.iter().map(|text| format!(r#"{{"id":"1-2","kind":"new","status":"test","event":{{"note":"{text}"}}}}"#)).collect();
    assert_eq!(ran(&["encode", "-o", file], lines.join("\n").as_bytes()).2, Some(0));
    let (shown, ..) = ran(&["inspect", file], b"");
    for text in [texts[0], texts[1], "e\u{301}\\u{9b}2J\\u{202e}"] {
        assert!(shown.contains(&format!("\"{text}\"")), "{text} in {shown}");
    }
    let (objects, ..) = ran(&["inspect", "--json", file], b"");
    let obeyed = |char: char| char != '\n' && char.is_control() || char == '\u{202e}';
    assert!(!objects.contains(obeyed), "{objects}");
    let objects: Vec<serde_json::Value> = objects.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let notes: Vec<&str> =
        objects.iter().filter(|object| object["path"] == "event.note").filter_map(|object| object["meaning"].as_str()).collect();
    assert_eq!(notes.iter().filter(|note| texts.contains(note)).count(), 3, "{notes:?}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn inspect_shows_no_more_of_a_date_than_was_reported() {
    let start = r#"{"id":"1-2","kind":"new","status":"test","sent":"2026-01-01T00:00:00+00:00","event":{"time":"#;
    for (time, shown, hidden) in [
        (r#"{"start":"2025-03-02"}"#, "2025-03-02", "2025-03-02T"),
        (r#"{"start":"2025-03","end":"2025-04"}"#, "2025-04", "2025-04-01"),
        (r#"{"start":"2025"}"#, "2025", "2025-01-01"),
        (r#"{"start":"2025-03-02T00:00:00Z"}"#, "2025-03-02T00:00:00+00:00", "nothing of it"),
    ] {
        for way in [&["--encoding", "postcard"][..], &["--profile", "none"], &["--profile", "general-64"]] {
            let report =
                format!("{start}{time}}},\"claims\":[{{\"sources\":[{{\"name\":\"a\"}}],\"first_since\":\"2024-05-06\"}}]}}");
            let (hex, said, _) = ran(&[&["encode", "--hex"], way].concat(), report.as_bytes());
            let (rows, ..) = ran(&["inspect", "--hex"], hex.as_bytes());
            let ends = |text: &str| rows.lines().any(|line| line.ends_with(&format!("  {text}")));
            assert!(ends(shown) && !rows.contains(hidden), "{time} {way:?}: {rows}{said}");
            assert!(ends("2024-05-06") && ends("2026-01-01T00:00:00+00:00"), "{time} {way:?}: {rows}");
        }
    }
}

#[test]
fn encode_says_once_that_its_input_is_encoded_already() {
    let folder = scratch("encoded");
    let (file, other) = (folder.join("one.irp"), folder.join("other.irp"));
    let (file, other) = (file.to_str().unwrap(), other.to_str().unwrap());
    assert_eq!(ran(&["encode", "-o", file], format!("{LINE}\n").repeat(9).as_bytes()).2, Some(0));
    let (_, said, code) = ran(&["encode", file, "-o", other], b"");
    let expected = "expected JSON, found a file of encoded reports: increp decode and increp roundtrip read it";
    assert_eq!((said, code), (format!("{file}: {expected}\n"), Some(1)));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing else was written");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn text_in_utf_16_is_told_from_a_report() {
    let lines = format!("{LINE}\n{LINE}\n");
    let units = || "\u{feff}".encode_utf16().chain(lines.encode_utf16());
    let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
    for arguments in [&["check"][..], &["encode", "--hex"], &["roundtrip"]] {
        for text in [&little, &big] {
            let (shown, said, code) = ran(arguments, text);
            let told = format!("{shown}{said}");
            assert_eq!((told.matches("expected UTF-8, found UTF-16").count(), code), (1, Some(1)), "{arguments:?}: {told}");
        }
    }
}

#[test]
fn train_says_which_reports_it_keeps_out_and_why() {
    let folder = scratch("kept-out");
    let report = |seq: u32, rest: &str| format!("{{\"id\":\"1-{seq}\",\"kind\":\"new\",\"status\":\"test\"{rest}}}\n");
    let child = ",\"event\":{\"counts\":[{\"of\":\"killed\",\"value\":1,\"who\":{\"age\":\"child\"}}]}";
    let mut reports = report(1, "") + &report(2, child) + &report(3, &format!(",\"handling\":\"amber\"{child}"));
    for seq in 4..11 {
        reports += &report(seq, ",\"handling\":\"red\"");
    }
    reports += &report(11, ",\"handling\":\"amber_strict\"");
    let profile = folder.join("a.profile");
    let (_, said, _) = ran(&["train", "--no-table", "--size", "1K", "-o", profile.to_str().unwrap()], reports.as_bytes());
    let expected = "learned from 2 reports; holds 0 names and 0 places; 9 reports kept out:
  1 marked amber_strict: 1-11
  7 marked red: 1-4, 1-5, 1-6, 1-7, 1-8 and 2 more
  1 red without a mark, by what they are about: 1-2
";
    assert!(said.contains(expected), "{said}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_folder_is_no_output() {
    let folder = scratch("folder");
    for arguments in [&["encode"][..], &["encode", "--force"], &["train", "--force"]] {
        let inside = folder.join("results");
        fs::create_dir_all(&inside).unwrap();
        let (_, said, code) = ran(&[arguments, &["-o", inside.to_str().unwrap()]].concat(), LINE.as_bytes());
        let expected = format!("increp: {}: expected the name of a file to write, found a folder", inside.display());
        assert!(said.starts_with(&expected) && code == Some(3), "{arguments:?}: {said}");
        let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["results"], "{arguments:?}");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn where_no_room_is_left_is_said() {
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    let folder = scratch("full");
    let (json, irp) = (folder.join("one.json"), folder.join("one.irp"));
    let (json, irp) = (json.to_str().unwrap(), irp.to_str().unwrap());
    fs::write(json, LINE).unwrap();
    assert_eq!(ran(&["encode", json, "-o", irp], b"").2, Some(0));
    for (arguments, name) in [
        (&["encode", json][..], "standard output"),
        (&["encode", json, "-o", "/dev/full"], "/dev/full"),
        (&["decode", irp], "standard output"),
        (&["inspect", irp], "standard output"),
        (&["roundtrip", irp], "standard output"),
        (&["schema"], "standard output"),
        (&["man"], "standard output"),
        (&["completions", "bash"], "standard output"),
        (&["profile", "show", "none"], "standard output"),
    ] {
        let done = increp(arguments).stdout(full()).output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        let expected = format!("increp: {name}: cannot be written: No space left on device");
        assert!(said.starts_with(&expected) && done.status.code() == Some(3), "{arguments:?}: {said}");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_file_without_anything_in_it_is_no_file_of_reports() {
    let folder = scratch("nothing");
    let file = folder.join("empty.irp");
    fs::write(&file, "").unwrap();
    for command in ["decode", "inspect", "check", "roundtrip"] {
        let (_, said, code) = ran(&[command, file.to_str().unwrap()], b"");
        assert!(said.contains("found nothing") && code == Some(1), "{command}: {said}");
    }
    fs::remove_dir_all(folder).unwrap();
}
