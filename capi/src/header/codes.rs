//! Enums: error codes, what was reported, the code lists of the model.

use std::fmt::Write as _;

use increp::model::CODE_LISTS;
use increp::model::describe::CodeList;
use increp::store::Mark;

use super::model::{snake, upper};
use crate::error::Code;

/// The enums that the library's functions take and give: 32 bits on every machine.
pub(super) fn fixed() -> String {
    let codes: Vec<_> = Code::ALL
        .iter()
        .map(|(code, name, meaning)| (format!("{}{name}", if is_error(*code) { "ERROR_" } else { "" }), *code as u32, *meaning))
        .collect();
    let codes: Vec<_> = codes.iter().map(|(name, number, meaning)| (name.as_str(), *number, *meaning)).collect();
    let reported = [
        ("UNREPORTED", 0, "nothing was said of it"),
        ("UNKNOWN", 1, "it was asked, and is not known"),
        ("KNOWN", 2, "it is known, and was given"),
    ];
    let marks = [
        ("MARK_SAVED", Mark::Saved as u32, "kept here"),
        ("MARK_SENT", Mark::Sent as u32, "sent, and no more is known"),
        ("MARK_AT_HUB", Mark::AtHub as u32, "a hub has it"),
        ("MARK_AT_HQ", Mark::AtHq as u32, "headquarters have it"),
    ];
    let when_full = [
        ("REFUSE", 0, "nothing: INCREP_ERROR_FULL"),
        ("DROP_AT_HQ", 1, "the oldest records, if all that would go are at headquarters; else INCREP_ERROR_FULL"),
        ("DROP_OLDEST", 2, "the oldest records"),
    ];
    let text = [
        enum_32("code", "What went wrong. A number is never given a second meaning.", &codes),
        enum_32("reported", "Whether something was said of a value: four different things, with a known zero.", &reported),
        enum_32("mark", "How far a record of a store came.", &marks),
        enum_32("when_full", "What makes room for a new record in a store where there is none.", &when_full),
    ];
    text.join("\n\n")
}

const fn is_error(code: Code) -> bool {
    !matches!(code, Code::Ok | Code::End)
}

/// An enum of the size of an int, as the library takes it.
fn enum_32(name: &str, doc: &str, members: &[(&str, u32, &str)]) -> String {
    let mut text = format!("// {doc}\ntypedef enum increp_{name} {{\n");
    for (member, number, meaning) in members {
        writeln!(text, "    INCREP_{member} = {number}, // {meaning}").expect("a string");
    }
    writeln!(text, "    INCREP_{}_LARGEST = 0x7fffffff\n}} increp_{name};", upper(name)).expect("a string");
    write!(text, "typedef char increp_assert_{name}[sizeof(increp_{name}) == 4 ? 1 : -1];").expect("a string");
    text
}

/// The code lists.
pub(super) fn lists() -> String {
    CODE_LISTS.iter().map(|list| enumeration(list)).collect()
}

fn enumeration(list: &CodeList) -> String {
    let (name, prefix) = (snake(list.name), upper(list.name));
    let kept = if list.open { "; others are kept" } else { "; must be understood" };
    let mut text = format!("// The {}{kept}.\ntypedef enum increp_{name} {{\n", list.title);
    if list.open || list.zero.is_some() {
        let zero = list.zero.unwrap_or("unspecified").to_uppercase();
        writeln!(text, "    INCREP_{prefix}_{zero} = 0,").expect("a string");
    }
    for (code, slug) in list.codes {
        writeln!(text, "    INCREP_{prefix}_{} = {code},", slug.to_uppercase()).expect("a string");
    }
    writeln!(text, "    INCREP_{prefix}_LARGEST = 255\n}} increp_{name};\n").expect("a string");
    text
}
