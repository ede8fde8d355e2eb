//! Enums: error codes, what was reported, the code lists of the model.

use std::fmt::Write as _;

use increp::model::CODE_LISTS;
use increp::model::describe::CodeList;

use super::model::{snake, upper};
use crate::error::Code;

/// The enums that functions of the library give back: 32 bits on every machine.
pub(super) fn fixed() -> String {
    let mut text = String::from("// What went wrong. A number is never given a second meaning.\ntypedef enum increp_code {\n");
    for (code, name, meaning) in Code::ALL {
        let error = if *code == Code::Ok { "" } else { "ERROR_" };
        writeln!(text, "    INCREP_{error}{name} = {}, // {meaning}", *code as u32).expect("a string");
    }
    text += "    INCREP_CODE_LARGEST = 0x7fffffff
} increp_code;

// Whether something was said of a value: four different things, with a known zero.
typedef enum increp_reported {
    INCREP_UNREPORTED = 0, // nothing was said of it
    INCREP_UNKNOWN = 1, // it was asked, and is not known
    INCREP_KNOWN = 2, // it is known, and was given
    INCREP_REPORTED_LARGEST = 0x7fffffff
} increp_reported;

// The size of an int, as the library takes them.
typedef char increp_assert_code[sizeof(increp_code) == 4 ? 1 : -1];
typedef char increp_assert_reported[sizeof(increp_reported) == 4 ? 1 : -1];";
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
