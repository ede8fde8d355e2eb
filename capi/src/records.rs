//! The records of the model and its lists of codes. Rust cannot list the fields of a record by itself: what is listed here
//! does not compile unless it is exactly what the model describes, in its order.

use increp::model::describe::Record;
use increp::model::*;

use crate::error::Code;
use crate::node::{Content, Look, Reach, field, other_type};

macro_rules! records {
    ($($name:ident $(<$lt:lifetime>)?: $($field:ident)+;)+) => {$(
        impl<'a> Look<'a> for $name $(<$lt>)? {
            #[allow(unused_assignments)]
            fn look(&self, step: u8) -> Option<&dyn Look<'a>> {
                let (step, mut own) = (field(step), 0);
                $(
                    if step == own {
                        return Some(&self.$field);
                    }
                    own += 1;
                )+
                None
            }

            fn get(&self) -> Content<'a> {
                Content::Here(1)
            }
        }

        impl<'a> Reach<'a> for $name $(<$lt>)? {
            #[allow(unused_assignments)]
            fn reach(&mut self, step: u8) -> Result<&mut dyn Reach<'a>, Code> {
                let (step, mut own) = (field(step), 0);
                $(
                    if step == own {
                        return Ok(&mut self.$field);
                    }
                    own += 1;
                )+
                Err(Code::NoSuchField)
            }

            // The same code for all records, which therefore is linked once.
            fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
                if matches!(content, Content::Here(_)) { Ok(()) } else { other_type() }
            }
        }

        const _: () = assert!(same_fields($name::RECORD, &[$(stringify!($field)),+]), "not the fields of the record, in its order");
    )+};
}

/// Whether these are the names of the fields. `kind` may be called `type` in JSON, a word that Rust keeps for itself.
#[allow(clippy::indexing_slicing)] // const: within the length
const fn same_fields(record: &Record, names: &[&str]) -> bool {
    let mut same = record.fields.len() == names.len();
    let mut at = 0;
    while same && at < names.len() {
        same = equal(record.fields[at].name, names[at]) || (equal(record.fields[at].name, "type") && equal(names[at], "kind"));
        at += 1;
    }
    same
}

#[allow(clippy::indexing_slicing)] // const: within the length
const fn equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut same = one.len() == other.len();
    let mut at = 0;
    while same && at < one.len() {
        same = one[at] == other[at];
        at += 1;
    }
    same
}

records! {
    Report<'a>: id kind status sent clock precedence handling mission links from event claims evidence extra;
    Id: author epoch seq;
    Link: rel id;
    Hop<'a>: name person kind channel reliability;
    Event<'a>: kind planned time place parties counts objects intent weapon direction truce control notice access observer note;
    Time<'a>: start end precision utc_offset stated;
    Place<'a>: point precision radius_m relation name code;
    Point: lat lon;
    Party<'a>: role name aka kind attribution open;
    Count<'a>: of value min max term approx item scope period who;
    Period: start end;
    Date: at form utc_offset;
    Who: party status sex age role severity;
    Object<'a>: role kind name effect functioning;
    Truce<'a>: name day start coverage party conduct;
    Control<'a>: from to extent held;
    Notice<'a>: from to timing specificity lead_s channel response latency_s certainty;
    Access<'a>: state constraint reason awaiting cargo origin destination;
    Observer<'a>: post bearing_deg bearing_width_deg distance_m means;
    Distance: min max;
    Claim<'a>: sources act said about to against via certainty credibility first_since handling;
    About: id part;
    Evidence: kind sha256;
    Entry<'a>: key value;
}

/// Codes that keep what they do not know (`open`), and those that must be understood (`closed`).
macro_rules! codes {
    (@new open $name:ident $code:ident) => { Some($name::new($code)) };
    (@new closed $name:ident $code:ident) => { $name::new($code) };
    ($($kind:ident: $($name:ident)+;)+) => {$($(
        impl<'a> Look<'a> for $name {
            fn get(&self) -> Content<'a> {
                Content::Number(i64::from(self.code()))
            }
        }

        impl<'a> Reach<'a> for $name {
            fn set(&mut self, content: Content<'a>) -> Result<(), Code> {
                let number = match content {
                    Content::Unreported => {
                        *self = Self::default();
                        return Ok(());
                    }
                    Content::Number(number) => number,
                    _ => return other_type(),
                };
                let code = u8::try_from(number).map_err(|_| Code::Limit)?;
                let understood = codes!(@new $kind $name code);
                *self = understood.ok_or(Code::MustUnderstand)?;
                Ok(())
            }
        }
    )+)+};
}

codes! {
    closed: Kind Status Handling DateForm;
    open: Clock Precedence LinkRel EventType TimePrecision PlacePrecision Relation Role PartyKind Attribution CountOf Term Scope
        VictimStatus Sex Age PersonRole Severity ObjectRole ObjectKind Effect Functioning Intent Weapon Direction Coverage
        Conduct Extent Held Timing Specificity Channel Response Certainty AccessState Constraint AccessReason Means SourceKind
        Reliability Act Part EvidenceKind;
}
