//! The README's examples and the transcripts in `tests/transcripts/` are run, and print what they show.
//!
//! In a block that is marked `console`, each line that starts with "$ " is run by `sh` in a folder that holds the tree's
//! `tests`; what follows it is what it prints, on both outputs. `INCREP_UPDATE=1 cargo test -p increp-cli --test readme`
//! writes what is printed now.

#![allow(clippy::unwrap_used)] // a test

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

#[test]
fn the_readme_shows_what_is_printed() {
    assert_transcript(&root().join("README.md"));
}

#[test]
fn the_transcripts_show_what_is_printed() {
    let mut files: Vec<PathBuf> =
        fs::read_dir(root().join("tests/transcripts")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        assert_transcript(&file);
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn assert_transcript(file: &Path) {
    let shown = fs::read_to_string(file).unwrap();
    let printed = rerun(&shown);
    if env::var_os("INCREP_UPDATE").is_some() {
        fs::write(file, printed).unwrap();
        return;
    }
    for (number, (shown, printed)) in (1..).zip(shown.lines().zip(printed.lines())) {
        assert_eq!(shown, printed, "{}: line {number}", file.display());
    }
    assert_eq!(shown, printed, "{}", file.display());
}

/// The text with what its commands print now.
fn rerun(text: &str) -> String {
    let folder = env::temp_dir().join(format!("increp-transcript-{}-{:p}", std::process::id(), text));
    fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink(root().join("tests"), folder.join("tests")).unwrap();
    let mut new = String::new();
    let mut console = false;
    for line in text.lines() {
        match line.strip_prefix("$ ") {
            _ if line.starts_with("```") => console = line == "```console",
            Some(command) if console => {
                let _ = writeln!(new, "{line}");
                new += &run(command, &folder);
                continue;
            }
            _ if console => continue,
            _ => {}
        }
        let _ = writeln!(new, "{line}");
    }
    fs::remove_dir_all(&folder).unwrap();
    new
}

fn run(command: &str, folder: &Path) -> String {
    let tool = Path::new(env!("CARGO_BIN_EXE_increp")).parent().unwrap();
    let path = format!("{}:{}", tool.display(), env::var("PATH").unwrap_or_default());
    let script = format!("exec 2>&1\n{command}\n");
    let done = Command::new("sh").args(["-c", &script]).current_dir(folder).env("PATH", path).env("LC_ALL", "C").output().unwrap();
    let mut text = String::from_utf8(done.stdout).unwrap();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    match done.status.code() {
        Some(0) => text,
        code => text + &format!("[exit code {}]\n", code.unwrap_or(-1)),
    }
}
