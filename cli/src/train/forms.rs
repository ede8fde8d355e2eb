//! Which whole forms reports often have.

// Numbers of a profile fit their 16 bits.
#![allow(clippy::cast_possible_truncation)]

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use increp::model::Report;
use increp::wire::packed::{MOST_STEPS, Profile, walk};

use super::decisions::FEWEST;

/// More forms than these are rarely worth their bytes.
const MOST: usize = 256;

/// The section of forms that at least five reports have, the commonest first; at most so many bytes of them. The profile
/// has the sets of fields and the names.
pub(super) fn section(reports: &[&Report<'_>], profile: &Profile<'_>, bytes: usize) -> Vec<u8> {
    let mut seen: HashMap<Vec<u8>, u32> = HashMap::new();
    for report in reports {
        let mut form = Vec::new();
        let push = |step| {
            form.push(step);
            true
        };
        if walk(report, profile, push) && form.len() <= MOST_STEPS {
            *seen.entry(form).or_default() += 1;
        }
    }
    let mut forms: Vec<_> =
        seen.into_iter().filter(|(_, many)| *many >= FEWEST).map(|(form, many)| (Reverse(many), form)).collect();
    forms.sort();
    let mut used = 4;
    let fits = |form: &Vec<u8>| {
        used += form.len() + 2;
        used <= bytes.min(usize::from(u16::MAX))
    };
    let forms: BTreeSet<_> = forms.into_iter().take(MOST).map(|(_, form)| form).take_while(fits).collect();
    if forms.is_empty() {
        return Vec::new();
    }
    let mut section = (forms.len() as u16).to_le_bytes().to_vec();
    let mut start = 0u16;
    for form in &forms {
        section.extend(start.to_le_bytes());
        start += form.len() as u16;
    }
    section.extend(start.to_le_bytes());
    section.extend(forms.iter().flatten());
    section
}
