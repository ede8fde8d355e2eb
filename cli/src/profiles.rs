//! The profiles at hand: those that were given, those that are built in, and those in the folder that `INCREP_PROFILES`
//! names.

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context as _, Result, bail};
use increp::model::Report;
use increp::wire::packed::{self, BATCH, BatchReader, Known, LENGTHS, Profile, SECTION_NAMES, SECTIONS};

/// The environment variable that names a folder of profiles.
pub const FOLDER: &str = "INCREP_PROFILES";
/// How the files in it end.
const EXTENSION: &str = "profile";
/// The name of the profile that knows nothing.
pub const NONE: &str = "none";
/// The names of the profiles that are built in, the best for a laptop first.
pub const NAMES: [&str; 2] = ["general-64", "general-16"];

/// A profile and what it is called.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its file or its name.
    pub name: String,
    /// All of it; nothing for the one that knows nothing.
    pub blob: &'static [u8],
    /// Ready for use.
    pub profile: Profile<'static>,
}

impl Named {
    /// A profile is used for as long as the tool runs, so it is never given back.
    fn new(name: &str, blob: &'static [u8]) -> Result<Self> {
        let profile = Profile::new(blob).with_context(|| name.to_owned())?;
        Ok(Self { name: name.to_owned(), blob, profile })
    }

    fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        // A whole folder of reports given by mistake is not read into memory.
        let unread = || format!("{name}: cannot be read; built in are {}, and {NONE}", NAMES.join(", "));
        let length = fs::metadata(path).with_context(unread)?.len();
        if length > MOST {
            bail!("{name}: expected a profile of at most {MOST} bytes, found {length}: increp train makes one");
        }
        let blob = fs::read(path).with_context(|| format!("{name}: cannot be read"))?;
        Self::new(&name, blob.leak())
    }

    /// A profile that a store has kept.
    ///
    /// # Errors
    /// It is no profile.
    pub fn kept(blob: Vec<u8>) -> Result<Self> {
        Self::new("a profile that was kept", blob.leak())
    }

    /// The profile that knows nothing.
    #[must_use]
    pub fn none() -> Self {
        Self { name: NONE.to_owned(), blob: &[], profile: Profile::EMPTY }
    }

    /// A profile by its name or its file.
    ///
    /// # Errors
    /// The file cannot be read or is no profile; none of this name is built in.
    pub fn open(name: &Path) -> Result<Self> {
        let text = name.to_str().unwrap_or_default();
        if text == NONE {
            return Ok(Self::none());
        }
        if let Some(profile) = built_in().into_iter().find(|profile| profile.name == text) {
            return Ok(profile);
        }
        Self::read(name)
    }
}

/// No profile is longer.
const MOST: u64 = 1 << 24;

/// The profiles that this build holds.
#[must_use]
pub fn built_in() -> Vec<Named> {
    let blobs = [packed::GENERAL_64, packed::GENERAL_16];
    NAMES.into_iter().zip(blobs).filter_map(|(name, blob)| Named::new(name, blob).ok()).collect()
}

/// The profiles that a command may use.
#[derive(Debug)]
pub struct Profiles {
    given: Vec<Named>,
    /// The others. They are looked at when a report needs one that was not given.
    found: OnceCell<Vec<Named>>,
    /// What to do about an unknown profile was told for this tag: once is enough.
    told: Cell<Option<u8>>,
}

impl Profiles {
    /// The given ones are read at once, so that a mistake is told at once.
    ///
    /// # Errors
    /// One of them cannot be read, or is no profile.
    pub fn open(given: &[PathBuf]) -> Result<Self> {
        let given = given.iter().map(|name| Named::open(name)).collect::<Result<_>>()?;
        Ok(Self { given, found: OnceCell::new(), told: Cell::new(None) })
    }

    /// Those that were given.
    #[must_use]
    pub fn given(&self) -> &[Named] {
        &self.given
    }

    /// Those that were given, or else the best that is built in, or else the one that knows nothing.
    #[must_use]
    pub fn to_write(&self) -> Vec<Named> {
        if !self.given.is_empty() {
            return self.given.clone();
        }
        vec![built_in().into_iter().next().unwrap_or_else(Named::none)]
    }

    /// All that are known, the given ones first.
    pub fn known(&self) -> impl Iterator<Item = &Named> {
        self.given.iter().chain(self.found.get_or_init(found))
    }

    /// The known ones whose tag this is, each once, the given ones first.
    fn tagged(&self, tag: u8) -> Vec<&Named> {
        let mut list: Vec<&Named> = Vec::new();
        for named in self.known().filter(|named| named.profile.tag() == tag) {
            if list.iter().all(|other| other.profile.id() != named.profile.id()) {
                list.push(named);
            }
        }
        list
    }

    /// The profile that a report or a batch needs; the one that knows nothing for reports that need none.
    ///
    /// A message says 4 bits of its profile's id. Where several known profiles have these, it is the first one with which
    /// the message can be read whole, or else simply the first one.
    ///
    /// # Errors
    /// None is known. The message says what to do.
    pub fn choose(&self, bytes: &[u8]) -> Result<Named, String> {
        let Some(tag) = packed::tag(bytes) else { return Ok(Named::none()) };
        let tagged = self.tagged(tag);
        let choice = match tagged.as_slice() {
            [one] => Some(*one),
            several => several.iter().copied().find(|named| reads(bytes, &named.profile)).or_else(|| several.first().copied()),
        };
        choice.cloned().ok_or_else(|| {
            let what = format!("needs a profile with tag {tag:#x}, and none is known");
            if self.told.replace(Some(tag)) == Some(tag) {
                return what;
            }
            format!("{what}: give its file with --profile, or put it as *.{EXTENSION} into the folder that {FOLDER} names")
        })
    }

    /// Whether a message needs a profile that is known, and can be read with it.
    #[must_use]
    pub fn read(&self, bytes: &[u8]) -> bool {
        packed::tag(bytes).is_some_and(|tag| self.tagged(tag).into_iter().any(|named| reads(bytes, &named.profile)))
    }
}

fn found() -> Vec<Named> {
    let mut list = built_in();
    if let Some(folder) = env::var_os(FOLDER).filter(|folder| !folder.is_empty()) {
        match folder_files(Path::new(&folder)) {
            Ok(files) => {
                for file in files {
                    match Named::read(&file) {
                        Ok(named) => list.push(named),
                        // The report may need another one.
                        Err(error) => say!("increp: {error:#}; going on without it"),
                    }
                }
            }
            Err(error) => say!("increp: {error:#}; going on without it"),
        }
    }
    list.push(Named::none());
    list
}

/// The profiles in a folder in the order of their names.
fn folder_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let context = || format!("{}, which {FOLDER} names: cannot be read", folder.display());
    let entries = fs::read_dir(folder).with_context(context)?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.with_context(context)?.path();
        if file.extension().is_some_and(|extension| extension == EXTENSION) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// The most reports that one message has.
pub const MOST_REPORTS: usize = 1000;

/// Room for the texts of a message.
#[must_use]
pub fn room(bytes: &[u8]) -> usize {
    let one = usize::try_from(increp::model::bounds::ALL_TEXT.max).unwrap_or(0);
    if bytes.first() == Some(&BATCH) { one * MOST_REPORTS } else { one }
}

/// Whether a message can be read whole with a profile.
fn reads(bytes: &[u8], profile: &Profile<'_>) -> bool {
    let mut room = vec![0; room(bytes)];
    let mut report = Report::default();
    if bytes.first() != Some(&BATCH) {
        return packed::decode_into(bytes, profile, &Known::default(), &mut report, &mut room).is_ok();
    }
    let Ok(mut reader) = BatchReader::new(bytes, profile, &mut room) else { return false };
    for _ in 0..=MOST_REPORTS {
        match reader.next(&mut report) {
            Ok(true) => {}
            Ok(false) => return true,
            Err(_) => return false,
        }
    }
    false
}

/// The sections of a profile that was checked, in the order of [`SECTION_NAMES`].
#[must_use]
pub fn sections(blob: &[u8]) -> [&[u8]; SECTION_NAMES.len()] {
    let mut sections = [&[][..]; SECTION_NAMES.len()];
    let mut rest = blob.get(SECTIONS..).unwrap_or_default();
    let lengths = blob.get(LENGTHS..SECTIONS).unwrap_or_default().as_chunks().0;
    for (section, length) in sections.iter_mut().zip(lengths) {
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        (*section, rest) = rest.split_at_checked(length).unwrap_or_default();
    }
    sections
}

/// The bytes of an id as it is written.
#[must_use]
pub fn id(profile: &Profile<'_>) -> String {
    profile.id().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_is_whole() {
        let names: Vec<String> = built_in().into_iter().map(|named| named.name).collect();
        assert_eq!(names, NAMES);
    }
}
