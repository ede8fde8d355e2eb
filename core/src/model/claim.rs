//! Who says what of an event: claims stand side by side, and none overwrites another.

use heapless::Vec;

use super::bounds::SOURCES;
use super::codes::{Act, Certainty, Channel, Handling, Intent, Part, Reliability, SourceKind};
use super::event::{Access, Control, Notice, Truce};
use super::id::Id;
use super::parties::{Count, Object, Party};
use super::place::Place;
use super::record::{one_of, record};
use super::text::{Name, Person, Text};
use super::time::{Date, Time};
use crate::error::Rule;

record! {
    /// A hop in a chain of sources.
    pub struct Hop<'a> {
        /// The body that speaks; null where it is withheld.
        name: Name<'a>,
        /// The person's name and office. Redacted in every log.
        person: Option<Person<'a>>,
        /// What it is.
        kind: SourceKind,
        /// How the words reached the next hop.
        channel: Channel,
        /// How reliable the source is.
        reliability: Reliability,
    }
}

record! {
    /// Another report, or a part of it, that a claim is about.
    pub struct About {
        /// The report.
        id: Id,
        /// The part; the whole if left out.
        part: Part,
    }
}

impl Copy for About {}

one_of! {
    /// The thing that a claim says. In JSON a member of the claim itself, at most one of them.
    pub enum Statement<'a> {
        /// A count.
        Count as "count" (Count<'a>),
        /// A party, and with it its attribution.
        Party as "party" (Party<'a>),
        /// An object.
        Object as "object" (Object<'a>),
        /// Whether it was meant.
        Intent as "intent" (Intent),
        /// Who took or holds the place.
        Control as "control" (Control<'a>),
        /// Who was told.
        Notice as "notice" (Notice<'a>),
        /// Whether aid passed.
        Access as "access" (Access<'a>),
        /// How it stands to a truce.
        Truce as "truce" (Truce<'a>),
        /// Where.
        Place as "place" (Place<'a>),
        /// When.
        Time as "time" (Time<'a>),
        /// What has no field of its own, in words.
        Text as "text" (Text<'a>) => CLAIM_TEXT,
    }
}

impl Default for Statement<'_> {
    fn default() -> Self {
        Self::Intent(Intent::UNSPECIFIED)
    }
}

record! {
    /// One source saying one thing.
    [rule]
    pub struct Claim<'a> {
        /// Who says it: the origin first, then whoever passed it on.
        sources: Vec<Hop<'a>, SOURCES>,
        /// What the source does by saying it.
        act: Act,
        /// The thing said.
        said: Option<Statement<'a>>,
        /// What it is about; this report's event if left out.
        about: Option<About>,
        /// To whom it is said.
        to: Option<Text<'a>>,
        /// Against whom.
        against: Option<Text<'a>>,
        /// Who passes the act on to its addressee.
        via: Option<Text<'a>>,
        /// How sure the source is by its own words.
        certainty: Certainty,
        /// How credible it is on the admiralty scale.
        credibility: Option<u8> => CREDIBILITY,
        /// The source says that it is the first since then.
        first_since: Option<Date>,
        /// Who may see it, where that is stricter than for the report.
        handling: Handling,
    }
}

impl Claim<'_> {
    fn rule(&self) -> Result<(), Rule> {
        if self.sources.is_empty() {
            return Err(Rule::SourceMissing);
        }
        if self.said == Some(Statement::default()) { Err(Rule::IntentUnspecified) } else { Ok(()) }
    }

    #[cfg(feature = "arbitrary")]
    fn repaired(mut self, _: &mut arbitrary::Unstructured<'_>) -> arbitrary::Result<Self> {
        if self.sources.is_empty() {
            self.sources.push(Hop::default()).map_err(|_| arbitrary::Error::IncorrectFormat)?;
        }
        self.said = self.said.filter(|said| *said != Statement::default());
        Ok(self)
    }
}
