//! What C cannot test: every report there is, and every error there is.

use arbitrary::{Arbitrary as _, Unstructured};
use embedded_storage::nor_flash::NorFlashErrorKind;
use increp::model::Report;
use increp::model::describe::{Field, Shape};
use increp::model::report_shape;
use increp::store;

use crate::error::{Code, Error};
use crate::memory::{path_of, steps_of};
use crate::node::Content;
use crate::report::{look, put};

/// Copies what lies at a path, by the description of the model alone.
fn copy<'a>(to: &mut Report<'a>, from: &Report<'a>, path: u64, shape: &'static Shape)
where
    'a: 'static,
{
    let content = look(from, path);
    put(to, path, content).expect("what one report says, another can");
    if content == Content::Unreported || content == Content::Unknown {
        return;
    }
    match (shape.inner(), content) {
        (Shape::List { of, .. } | Shape::Map { of, .. }, Content::Here(items)) => {
            for index in 0..items as u64 {
                copy(to, from, path << 8 | 0x80 | index, of);
            }
        }
        (Shape::Record(record) | Shape::Id(record) | Shape::Date(record) | Shape::Time(record), _) => {
            for (step, Field { shape, .. }) in (1..).zip(record.fields) {
                copy(to, from, path << 8 | step, shape);
            }
        }
        (Shape::OneOf { variants, .. }, Content::Number(step)) => {
            let variant = usize::try_from(step - 1).expect("a variant");
            copy(to, from, path << 8 | step.cast_unsigned(), variants[variant].shape);
        }
        _ => {}
    }
}

#[test]
fn every_field_of_every_report_is_reached_read_and_set() {
    let mut seed = 1u64;
    let mut reports = 0;
    for _ in 0..2000 {
        let mut bytes = vec![0; 4096];
        for byte in &mut bytes {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = seed.to_be_bytes()[0];
        }
        let bytes: &'static [u8] = bytes.leak();
        let Ok(report) = Report::arbitrary(&mut Unstructured::new(bytes)) else { continue };
        let mut again = Report::default();
        copy(&mut again, &report, 0, report_shape());
        assert_eq!(again, report);
        reports += 1;
    }
    assert!(reports > 1500, "{reports} reports");
}

#[test]
fn paths_are_those_of_the_errors() {
    let mut report = Report::default();
    let path = 0x0b_06_81_07; // event.counts[1].item
    put(&mut report, path & 0xffff_ff00 | 1, Content::Number(1)).expect_err("no item before it");
    put(&mut report, 0x0b_06_80_01, Content::Number(1)).expect("a count");
    put(&mut report, path, Content::Text("é")).expect("a text");
    assert_eq!(steps_of(path).to_string(), "event.counts[1].item");
    assert_eq!(path_of(&steps_of(path)), path);
    assert_eq!(look(&report, path), Content::Text("é"));
}

/// Every kind of error that the vectors name has a code of its own.
#[test]
fn every_error_has_a_code() {
    let mut kinds = 0;
    for file in ["v1", "packed-v6"] {
        let path = format!("{}/../tests/vectors/{file}/vectors.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("the vectors");
        let vectors: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        walk(&vectors, &mut |name| {
            let code = name.to_uppercase();
            assert!(Code::ALL.iter().any(|(_, constant, _)| *constant == code), "no code for {name}");
            kinds += 1;
        });
    }
    assert!(kinds > 50, "the vectors have changed their form: {kinds} errors");
    for kind in [
        store::ErrorKind::Flash(NorFlashErrorKind::Other),
        store::ErrorKind::Unsupported,
        store::ErrorKind::OtherVersion(2),
        store::ErrorKind::OtherGeometry,
        store::ErrorKind::TooLong { most: 9 },
        store::ErrorKind::Full,
        store::ErrorKind::NotKept,
        store::ErrorKind::BufferTooSmall { needed: 9, handle: store::Handle::from_parts([0; 3]) },
        store::ErrorKind::Gone,
        store::ErrorKind::MarkWorn,
    ] {
        let error = Error::from(store::Error { kind, at: 0 });
        assert!(error.code != Code::Unknown as u32, "no code for {kind}");
    }
    let refused: [&'static [u8]; 6] = [&[], &[0x21], &[0x12], &[0x11], &[0x11, 0x80, 0], &[0x11, 1, 0, 1, 9]];
    let codes = [Code::Empty, Code::UnknownVersion, Code::UnknownEncoding, Code::EndsEarly, Code::NotMinimal, Code::MustUnderstand];
    for (bytes, code) in refused.into_iter().zip(codes) {
        let error = Error::from(increp::decode(bytes).expect_err("refused"));
        assert_eq!(error.code, code as u32);
        assert!(!error.to_string().contains("no error code"));
    }
}

/// Calls `see` with each string that is called "error" or "kind" of an error.
fn walk(value: &serde_json::Value, see: &mut impl FnMut(&str)) {
    match value {
        serde_json::Value::Array(all) => all.iter().for_each(|value| walk(value, see)),
        serde_json::Value::Object(all) => {
            for (name, value) in all {
                match value.as_str() {
                    Some(text) if name == "error" => see(text),
                    _ => walk(value, see),
                }
            }
        }
        _ => {}
    }
}
