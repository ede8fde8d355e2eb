//! Who, how many, what: parties, counts, objects.

use super::codes::{
    Age, Attribution, CountOf, Effect, Functioning, ObjectKind, ObjectRole, PartyKind, PersonRole, Role, Scope, Severity, Sex,
    Term, VictimStatus,
};
use super::record::record;
use super::said::Said;
use super::text::{Name, Text};
use super::time::Period;
use crate::error::Rule;

record! {
    /// A side, a victim, a convener. An unknown perpetrator is a party with name null, which is more than no perpetrator.
    pub struct Party<'a> {
        /// What it has to do with the event.
        role: Role,
        /// Its name, verbatim; null where it was asked and nobody knows.
        name: Name<'a>,
        /// Another name under which it is known.
        aka: Option<Text<'a>>,
        /// What it is.
        kind: PartyKind,
        /// How sure the role is, and who says so; left out where a claim's act says it.
        attribution: Attribution,
        /// There are more parties in this role than are named.
        open: bool,
    }
}

record! {
    /// Whom a count counts. A sub-count says strictly more here than its parent and is never added to it.
    pub struct Who {
        /// Their side: an index into this report's parties; null where it was asked and nobody knows.
        party: Said<u8> => PARTY,
        /// Their status under the law of armed conflict.
        status: VictimStatus,
        /// Their sex.
        sex: Sex,
        /// Their age group.
        age: Age,
        /// What they do.
        role: PersonRole,
        /// How badly they are hurt.
        severity: Severity,
    }
}

impl Copy for Who {}

record! {
    /// How many. Exact: `value` alone. At least: `min` alone. Low, best, high: `min`, `value`, `max`. Asked and unknown: `value`
    /// null. A vague word: `term` alone. Zero is a value.
    [rule]
    pub struct Count<'a> {
        /// What is counted.
        of: CountOf,
        /// The figure, or the best one; null where it was asked and nobody knows.
        value: Said<u32> => COUNT,
        /// At least so many.
        min: Option<u32> => COUNT,
        /// At most so many.
        max: Option<u32> => COUNT,
        /// The vague word, kept as a word.
        term: Term,
        /// The source says "about".
        approx: bool,
        /// What the items are, where `of` is `items` or needs it said.
        item: Option<Text<'a>>,
        /// What the count covers; the incident if left out.
        scope: Scope,
        /// The period that it covers, where that is not the event's time.
        period: Option<Period>,
        /// Whom it counts.
        who: Option<Who>,
    }
}

impl Count<'_> {
    fn rule(&self) -> Result<(), Rule> {
        let figure = self.value != Said::Unreported || self.min.is_some() || self.max.is_some();
        if self.term != Term::UNSPECIFIED && figure { Err(Rule::TermStandsAlone) } else { Ok(()) }
    }

    #[cfg(feature = "arbitrary")]
    fn repaired(mut self, _: &mut arbitrary::Unstructured<'_>) -> arbitrary::Result<Self> {
        if self.rule().is_err() {
            self.term = Term::UNSPECIFIED;
        }
        Ok(self)
    }
}

record! {
    /// A thing that was meant, hit, taken or lost.
    pub struct Object<'a> {
        /// Whether it was meant or hit.
        role: ObjectRole,
        /// What it is.
        kind: ObjectKind,
        /// Its name, verbatim.
        name: Name<'a>,
        /// What became of it.
        effect: Effect,
        /// How far it still works.
        functioning: Functioning,
    }
}
