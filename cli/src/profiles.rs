//! The profiles at hand: those that were given, those that are built in, and those in the folder that `INCREP_PROFILES`
//! names.

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context as _, Result, bail};
use increp::wire::packed::{self, LENGTHS, Profile, SECTION_NAMES, SECTIONS};

use crate::escaped;
use crate::fit::Fit;
use crate::hex::hex;
use crate::stream::{self, ShortId};

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
        let name = escaped(&path.display().to_string());
        if name == "-" {
            bail!("-: expected the file of a profile, or the name of one that is built in; none is read from standard input");
        }
        // A whole folder of reports given by mistake is not read into memory.
        let unread = || format!("{name}: cannot be read; built in are {}, and {NONE}", NAMES.join(", "));
        let data = fs::metadata(path).with_context(unread)?;
        if !data.is_file() {
            bail!("{name}: expected the file of a profile, found what is no file");
        }
        let length = data.len();
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

/// The profile with which a message is read.
#[derive(Debug)]
pub struct Choice {
    /// The profile.
    pub named: Named,
    /// Why it may be another one, to be told.
    pub doubt: Option<String>,
}

impl Choice {
    const fn certain(named: Named) -> Self {
        Self { named, doubt: None }
    }
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

    /// The profile that a report or a batch needs; the one that knows nothing for reports that need none. `named` are those
    /// with which its file says that packed reports were written, if it says so.
    ///
    /// A message says 4 bits of its profile's id, and may read as another report with another profile that has these. Unless
    /// its file names the profile, it must fit one of the known ones better than the others, or one that was given.
    ///
    /// # Errors
    /// None is known, or several are as good. The message says what to do.
    pub fn choose(&self, bytes: &[u8], named: Option<&[ShortId]>) -> Result<Choice, String> {
        let Some(tag) = packed::tag(bytes) else { return Ok(Choice::certain(Named::none())) };
        let tagged = self.tagged(tag);
        if let Some(named) = named {
            let Some(id) = named.iter().find(|id| stream::tag(id) == tag) else {
                return Err(format!("needs a profile with tag {tag:#x}, and its file names none: it is damaged"));
            };
            return match tagged.into_iter().find(|known| short_id(&known.profile) == *id) {
                Some(known) => Ok(Choice::certain(known.clone())),
                None => Err(self.unknown(tag, &format!("needs the profile {}..., and it is not known", hex(id)))),
            };
        }
        let mut fits: Vec<(Fit, Vec<u8>, &Named)> = Vec::new();
        for known in tagged {
            let (fit, said) = Fit::of(bytes, &known.profile);
            // Whoever says the same need not be told apart.
            if fit == Fit::Unread || fits.iter().all(|(other, before, _)| *other != fit || *before != said) {
                fits.push((fit, said, known));
            }
        }
        let Some(best) = fits.iter().map(|(fit, ..)| *fit).max() else {
            return Err(self.unknown(tag, &format!("needs a profile with tag {tag:#x}, and none is known")));
        };
        let good: Vec<&Named> = fits.into_iter().filter(|(fit, ..)| *fit == best).map(|(.., known)| known).collect();
        let given: Vec<&Named> = good.iter().copied().filter(|known| self.is_given(known)).collect();
        let names = good.iter().map(|known| known.name.as_str()).collect::<Vec<_>>().join(" and with ");
        let (known, doubt) = match (best, good.as_slice(), given.as_slice()) {
            (Fit::Unread, [first, ..], _) | (Fit::Written, [first], _) => (*first, None),
            (Fit::Otherwise, [one], _) => {
                let why =
                    format!("increp with the profile {} would write this in other bytes: it may need another profile", one.name);
                (*one, Some(format!("{why} with tag {tag:#x}")))
            }
            (_, _, [one]) => {
                let why = format!("can be read with {names}, which say different things");
                (*one, Some(format!("{why}: read with {}, which was given", one.name)))
            }
            _ => {
                return Err(format!(
                    "can be read with {names}, which say different things: give the one that it was written with with --profile"
                ));
            }
        };
        Ok(Choice { named: known.clone(), doubt })
    }

    fn is_given(&self, known: &Named) -> bool {
        self.given.iter().any(|given| given.profile.id() == known.profile.id())
    }

    /// What to say of a profile that is not known. What to do about it is said once.
    fn unknown(&self, tag: u8, what: &str) -> String {
        if self.told.replace(Some(tag)) == Some(tag) {
            return what.to_owned();
        }
        format!("{what}: give its file with --profile, or put it as *.{EXTENSION} into the folder that {FOLDER} names")
    }

    /// Whether a message needs a profile that is known, and can be read with it.
    #[must_use]
    pub fn read(&self, bytes: &[u8]) -> bool {
        packed::tag(bytes)
            .is_some_and(|tag| self.tagged(tag).into_iter().any(|known| Fit::of(bytes, &known.profile).0 != Fit::Unread))
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

/// The id of a profile as it is written.
#[must_use]
pub fn id(profile: &Profile<'_>) -> String {
    hex(profile.id())
}

/// The start of its id, as files of reports say it.
#[must_use]
pub fn short_id(profile: &Profile<'_>) -> ShortId {
    profile.id().first_chunk().copied().unwrap_or_default()
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
