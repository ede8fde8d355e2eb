//! The report: what every message carries once.

use core::fmt;

use heapless::Vec;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

#[cfg(feature = "arbitrary")]
use super::bounds::Bound;
use super::bounds::{CLAIMS, EVIDENCE, FROM, LINKS};
use super::claim::{Claim, Hop, Statement};
use super::codes::{Clock, EventType, EvidenceKind, Handling, Kind, LinkRel, Precedence, Status};
use super::describe::{Path, Shape};
use super::event::Event;
use super::extra::Extra;
use super::id::Id;
use super::parties::Count;
use super::record::record;
use super::said::Said;
use super::text::Text;
use super::time::Stamp;
use super::value::Value;
use crate::error::{Error, ErrorKind, Rule};

/// A SHA-256 hash. 64 lower-case hex digits in JSON.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Digest(pub [u8; 32]);

record! {
    /// How this report stands to another.
    pub struct Link {
        /// The relation.
        rel: LinkRel,
        /// The other report.
        id: Id,
    }
}

impl Copy for Link {}

record! {
    /// A file that stays where it is; its hash travels.
    pub struct Evidence {
        /// What the file is.
        kind: EvidenceKind,
        /// Its SHA-256.
        sha256: Digest,
    }
}

impl Copy for Evidence {}

record! {
    /// An incident report. Without `from` and claims its event is the author's own word.
    [whole]
    pub struct Report<'a> {
        /// Who wrote it, and its number.
        id: Id,
        /// What it does to earlier reports. An update carries the whole new report, a cancel no event; both name by a link
        /// what they replace.
        kind: Kind,
        /// Whether it happened.
        status: Status,
        /// When it was written; left out by a device without a clock.
        sent: Option<Stamp>,
        /// Where `sent` comes from.
        clock: Clock,
        /// What a link sends first.
        precedence: Precedence,
        /// Who may see it: TLP 2.0.
        handling: Handling,
        /// The mission that gives codes of 128 and up, and keys of `extra`, their meaning.
        mission: Option<Text<'a>>,
        /// How it stands to other reports.
        links: Vec<Link, LINKS>,
        /// The outlet in which all of it was read; it ends every claim's chain.
        from: Vec<Hop<'a>, FROM>,
        /// What happened.
        event: Option<Event<'a>>,
        /// Who says what of it.
        claims: Vec<Claim<'a>, CLAIMS>,
        /// Files that prove it.
        evidence: Vec<Evidence, EVIDENCE>,
        /// A mission's own fields.
        extra: Extra<'a>,
    }
}

/// Memory on the devices that this is for. Text is borrowed and not in it.
#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<Report<'static>>() <= 2560);

impl<'a> Report<'a> {
    /// Checks every limit and rule, as [`crate::encode`] does.
    ///
    /// # Errors
    /// The first limit or rule that the report breaks, with the path to it.
    pub fn check(&self) -> Result<(), Error> {
        crate::wire::measure(self).map(|_| ())
    }

    /// Who may see it: what it says, or red for sexual violence, detention and children, or else amber.
    #[must_use]
    pub fn effective_handling(&self) -> Handling {
        use super::codes::{Age, CountOf};
        if self.handling != Handling::UNSPECIFIED {
            return self.handling;
        }
        let sensitive = [
            EventType::SEXUAL_VIOLENCE,
            EventType::ABDUCTION_FORCED_DISAPPEARANCE,
            EventType::ARRESTS,
            EventType::DETENTION_OF_MONITOR,
        ];
        let kind = self.event.as_ref().is_some_and(|event| sensitive.contains(&event.kind));
        let people = self.counts().any(|(_, count)| {
            matches!(count.of, CountOf::DETAINED | CountOf::ABDUCTED) || count.who.is_some_and(|who| who.age == Age::CHILD)
        });
        if kind || people { Handling::RED } else { Handling::AMBER }
    }

    /// Every count, of the event and of the claims, with the path to it.
    pub fn counts(&self) -> impl Iterator<Item = (Path, &Count<'a>)> {
        const EVENT: u8 = number(Report::RECORD.fields, "event");
        const COUNTS: u8 = number(Event::RECORD.fields, "counts");
        const CLAIMS: u8 = number(Report::RECORD.fields, "claims");
        const SAID: u8 = number(Claim::RECORD.fields, "said");
        const COUNT: u8 = number(Statement::VARIANTS, "count");
        let event = self.event.iter().flat_map(|event| (0u8..).zip(&event.counts)).map(|(index, count)| {
            let mut path = Path::default();
            path.enter_field(EVENT);
            path.enter_field(COUNTS);
            path.enter_item(index);
            (path, count)
        });
        let claims = (0u8..).zip(&self.claims).filter_map(|(index, claim)| {
            let Some(Statement::Count(count)) = &claim.said else { return None };
            let mut path = Path::default();
            path.enter_field(CLAIMS);
            path.enter_item(index);
            path.enter_field(SAID);
            path.enter_field(COUNT);
            Some((path, count))
        });
        event.chain(claims)
    }

    fn rule(&self) -> Result<(), Rule> {
        let replaces = self.links.iter().any(|link| link.rel == LinkRel::REPLACES);
        match self.kind {
            Kind::UPDATE | Kind::CANCEL if !replaces => Err(Rule::ReplacesMissing),
            Kind::CANCEL if self.event.is_some() || !self.claims.is_empty() => Err(Rule::CancelSaysNothing),
            _ => Ok(()),
        }
    }

    /// The first rule that it breaks as a whole, and where.
    fn whole(&self) -> Option<(Path, ErrorKind)> {
        let rule = self.rule().err().map(|rule| (Path::default(), ErrorKind::Rule(rule)));
        rule.or_else(|| self.party_missing())
    }

    /// The first count whose party is not in the report.
    fn party_missing(&self) -> Option<(Path, ErrorKind)> {
        const WHO: u8 = number(Count::RECORD.fields, "who");
        const PARTY: u8 = number(super::parties::Who::RECORD.fields, "party");
        let parties = self.event.as_ref().map_or(0, |event| event.parties.len());
        let parties = u8::try_from(parties).unwrap_or(u8::MAX);
        self.counts().find_map(|(mut path, count)| match count.who?.party {
            Said::Known(index) if index >= parties => {
                path.enter_field(WHO);
                path.enter_field(PARTY);
                Some((path, ErrorKind::Rule(Rule::PartyMissing { index, parties })))
            }
            _ => None,
        })
    }

    #[cfg(feature = "arbitrary")]
    fn repaired(mut self, u: &mut arbitrary::Unstructured<'a>) -> arbitrary::Result<Self> {
        if self.kind != Kind::NEW && self.rule() == Err(Rule::ReplacesMissing) {
            self.links.truncate(LINKS - 1);
            let link = Link { rel: LinkRel::REPLACES, id: Value::random(u, &super::bounds::ANY)? };
            self.links.push(link).map_err(|_| arbitrary::Error::IncorrectFormat)?;
        }
        if self.kind == Kind::CANCEL {
            self.event = None;
            self.claims.clear();
        }
        let parties = self.event.as_ref().map_or(0, |event| event.parties.len());
        let counts = self.event.iter_mut().flat_map(|event| &mut event.counts);
        let claimed = self.claims.iter_mut().filter_map(|claim| match &mut claim.said {
            Some(Statement::Count(count)) => Some(count),
            _ => None,
        });
        for who in counts.chain(claimed).filter_map(|count| count.who.as_mut()) {
            if who.party.known().is_some_and(|index| usize::from(*index) >= parties) {
                who.party = Said::Unknown;
            }
        }
        Ok(self)
    }
}

/// A valid report out of random bytes: whatever it breaks is mended, so no input is wasted.
#[cfg(feature = "arbitrary")]
impl<'a> arbitrary::Arbitrary<'a> for Report<'a> {
    fn arbitrary(u: &mut arbitrary::Unstructured<'a>) -> arbitrary::Result<Self> {
        let mut report = Self::random(u, &super::bounds::ANY)?;
        // Too much text in all is the one limit that no field can mend by itself.
        while report.check().is_err() {
            if report.claims.pop().is_none() {
                report.event = None;
                report.kind = Kind::NEW;
                report.extra = Extra::default();
            }
        }
        Ok(report)
    }
}

/// The number of the field with this name; does not compile if there is none.
#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::panic)] // const
pub(crate) const fn number(fields: &[super::describe::Field], name: &str) -> u8 {
    let mut at = 0;
    while at < fields.len() {
        let (one, other) = (fields[at].name.as_bytes(), name.as_bytes());
        let mut same = one.len() == other.len();
        let mut byte = 0;
        while same && byte < one.len() {
            same = one[byte] == other[byte];
            byte += 1;
        }
        if same {
            return at as u8;
        }
        at += 1;
    }
    panic!("no such field")
}

/// A list of at most `M` items; more do not compile.
///
/// ```
/// use increp::model::{Event, Party, list};
/// let event = Event { parties: list([Party { name: "ISIS".into(), ..Party::default() }]), ..Event::default() };
/// ```
#[must_use]
pub fn list<T, const N: usize, const M: usize>(items: [T; N]) -> Vec<T, M> {
    const { assert!(N <= M, "more items than the list may have") };
    items.into_iter().collect()
}

impl Digest {
    fn parse(hex: &str) -> Option<Self> {
        let mut digest = Self::default();
        let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
        if pairs.len() != digest.0.len() || !rest.is_empty() {
            return None;
        }
        let value = |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
        for (byte, [high, low]) in digest.0.iter_mut().zip(pairs) {
            *byte = u8::try_from(value(*high)? * 16 + value(*low)?).ok()?;
        }
        Some(digest)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        for byte in &self.0 {
            tuple.serialize_element(byte)?;
        }
        tuple.end()
    }
}

impl<'a> Value<'a> for Digest {
    const SHAPE: &'static Shape = &Shape::Digest;
    const MOST: usize = 32;
    const REQUIRED: bool = true;

    fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        struct Hash {
            human: bool,
        }
        impl<'de> Visitor<'de> for Hash {
            type Value = Digest;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("64 lower-case hex digits")
            }
            fn visit_str<E: serde::de::Error>(self, hex: &str) -> Result<Digest, E> {
                Digest::parse(hex).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(hex), &self))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Digest, A::Error> {
                if self.human {
                    return Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self));
                }
                let mut digest = Digest::default();
                for byte in &mut digest.0 {
                    *byte = seq.next_element()?.ok_or_else(|| A::Error::custom("a hash of less than 32 bytes"))?;
                }
                Ok(digest)
            }
        }
        *self = if deserializer.is_human_readable() {
            deserializer.deserialize_str(Hash { human: true })?
        } else {
            deserializer.deserialize_tuple(self.0.len(), Hash { human: false })?
        };
        Ok(())
    }

    #[cfg(feature = "arbitrary")]
    fn random(u: &mut arbitrary::Unstructured<'a>, _: &'static Bound) -> arbitrary::Result<Self> {
        u.arbitrary().map(Self)
    }
}
