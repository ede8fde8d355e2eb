//! The profiles that a command knows: those that it was given, those in the folder of `INCREP_PROFILES`, those that are built in.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use increp::model::Report;
use increp::model::bounds::ALL_TEXT;
use increp::wire::packed::{self, BATCH, BatchReader, Known, PACKED, Profile};

/// A profile and what it is called.
#[derive(Clone, Debug)]
pub struct Named {
    /// The file, or the name of a built-in one.
    pub name: String,
    /// The profile.
    pub profile: Profile<'static>,
    /// Its bytes; none of the empty one.
    pub blob: &'static [u8],
}

/// The profiles that are built in, the smallest first.
const BUILT_IN: [(&str, &[u8]); 2] = [("general-16", packed::GENERAL_16), ("general-64", packed::GENERAL_64)];

/// What says that there is none.
const NONE: &str = "none";
/// What packs where no profile is given.
const USUAL: &str = "general-64";

/// The names of the built-in ones.
pub fn built_in() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// Opens a profile: a file, a built-in one, or none.
///
/// # Errors
/// The file cannot be read, or is no profile.
pub fn open(name: &str) -> Result<Named> {
    if name == NONE {
        return Ok(Named { name: name.to_owned(), profile: Profile::EMPTY, blob: &[] });
    }
    let blob = match BUILT_IN.iter().find(|(known, _)| *known == name) {
        Some((_, blob)) => blob,
        None => {
            let blob = std::fs::read(name).with_context(|| {
                format!("{name}: cannot be read; the built-in profiles are {}", built_in().collect::<Vec<_>>().join(" and "))
            })?;
            // As long as the program runs: a profile is used in place.
            &*Box::leak(blob.into_boxed_slice())
        }
    };
    let profile = Profile::new(blob).map_err(|error| anyhow::anyhow!("{name}: {error}"))?;
    Ok(Named { name: name.to_owned(), profile, blob })
}

/// The profiles of a command.
#[derive(Clone, Debug)]
pub struct Profiles {
    given: usize,
    all: Vec<Named>,
}

/// Reports that were read from the bytes of one record, and why there are no more.
type Each<'e> = dyn FnMut(&Report<'_>) -> Result<()> + 'e;

impl Profiles {
    /// Those that were given, then those of the folder, then the built-in ones and the empty one.
    ///
    /// # Errors
    /// One of them cannot be read or is none.
    pub fn load(given: &[String]) -> Result<Self> {
        let mut all = given.iter().map(|name| open(name)).collect::<Result<Vec<_>>>()?;
        if let Some(folder) = std::env::var_os("INCREP_PROFILES").filter(|folder| !folder.is_empty()) {
            let shown = Path::new(&folder).display().to_string();
            let mut files = std::fs::read_dir(&folder)
                .and_then(|files| files.map(|file| file.map(|file| file.path())).collect::<Result<Vec<_>, _>>())
                .with_context(|| format!("{shown}, the folder in INCREP_PROFILES: cannot be read"))?;
            files.retain(|file| file.extension().is_some_and(|extension| extension == "profile"));
            files.sort();
            for file in files {
                all.push(open(&file.to_string_lossy())?);
            }
        }
        for name in built_in().chain([NONE]) {
            all.push(open(name)?);
        }
        Ok(Self { given: given.len(), all })
    }

    /// What packs: the one that was given, or the usual one.
    ///
    /// # Errors
    /// More than one was given.
    pub fn packing(&self) -> Result<&Named> {
        match self.given {
            0 => self.all.iter().find(|named| named.name == USUAL).context("no profile is built in"),
            1 => self.all.first().context("no profile"),
            _ => bail!("one profile packs: give one --profile"),
        }
    }

    /// Those to try: those that were given, or else the built-in ones and none.
    #[must_use]
    pub fn tried(&self) -> &[Named] {
        if self.given > 0 { self.all.get(..self.given).unwrap_or_default() } else { &self.all }
    }

    /// Those that a record may need, the first given first.
    fn fitting(&self, tag: u8) -> impl Iterator<Item = &Named> {
        self.all.iter().filter(move |named| named.profile.tag() == tag)
    }

    /// The profile that a packed report or a batch was written with; `None` where it needs none.
    ///
    /// # Errors
    /// None of those that are known wrote these bytes.
    pub fn of(&self, bytes: &[u8]) -> Result<Option<&Named>, String> {
        let Some(tag) = tag(bytes) else { return Ok(None) };
        let mut errors = Vec::new();
        for named in self.fitting(tag) {
            match read(bytes, &named.profile, &mut |_| Ok(())) {
                Ok(Ok(_)) => return Ok(Some(named)),
                Ok(Err(error)) => errors.push((named, error)),
                Err(error) => return Err(error.to_string()),
            }
        }
        match errors.first() {
            None => Err(format!(
                "it needs a profile with tag {tag:#04x}, and none is known here: give it with --profile, or put it into the \
                 folder that INCREP_PROFILES names"
            )),
            Some((named, error)) => Err(format!("with profile {}: {error}", named.name)),
        }
    }

    /// Reads a record, a report or a batch, and hands on its reports. The inner error is why there are no more.
    ///
    /// # Errors
    /// Those of `each`.
    pub fn reports(&self, bytes: &[u8], each: &mut Each<'_>) -> Result<Result<usize, String>> {
        match self.of(bytes) {
            Ok(None) => read(bytes, &Profile::EMPTY, each),
            Ok(Some(named)) => read(bytes, &named.profile, each),
            // The reports before the place where a batch breaks stand.
            Err(why) => match tag(bytes).and_then(|tag| self.fitting(tag).next()) {
                Some(named) if bytes.first() == Some(&BATCH) => {
                    Ok(read(bytes, &named.profile, each)?.map_err(|error| format!("with profile {}: {error}", named.name)))
                }
                _ => Ok(Err(why)),
            },
        }
    }
}

/// The tag of the profile that a record needs.
#[must_use]
pub fn tag(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [BATCH, tag, ..] if tag & PACKED != 0 => Some(tag & !PACKED),
        _ => packed::tag(bytes),
    }
}

/// Room for the texts of so many reports.
fn room(reports: usize) -> Vec<u8> {
    vec![0; usize::try_from(ALL_TEXT.max).unwrap_or(0) * reports]
}

/// Reads with one profile. The inner error names the report of a batch.
fn read(bytes: &[u8], profile: &Profile<'static>, each: &mut Each<'_>) -> Result<Result<usize, String>> {
    if bytes.first() != Some(&BATCH) {
        let mut room = room(1);
        let mut report = Report::default();
        return match packed::decode_into(bytes, profile, &Known::default(), &mut report, &mut room) {
            Ok(()) => each(&report).map(|()| Ok(1)),
            Err(error) => Ok(Err(error.to_string())),
        };
    }
    // A batch takes room for what its reports say anew, which its bytes bound: text takes at least a bit for eight bytes.
    let mut room = vec![0; (bytes.len() * 64).min(1 << 24)];
    let mut reader = match BatchReader::new(bytes, profile, &mut room) {
        Ok(reader) => reader,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut report = Report::default();
    let mut many = 0;
    loop {
        match reader.next(&mut report) {
            Ok(true) => each(&report)?,
            Ok(false) => return Ok(Ok(many)),
            Err(error) => return Ok(Err(format!("report {} of the batch: {error}", many + 1))),
        }
        many += 1;
    }
}
