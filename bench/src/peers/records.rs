//! Records for the formats that derive everything from a struct: fields in one order, in the narrowest types that hold them.

use crate::content::{Place, Side};

/// Left out where a format can.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Conversions between a record and a content that has fields of the same names.
macro_rules! mirror {
    ($record:ident { $($field:ident)* }) => {
        impl From<&$crate::content::Content> for $record {
            fn from(content: &$crate::content::Content) -> Self {
                Self { $($field: content.$field.clone().into()),* }
            }
        }

        impl From<$record> for $crate::content::Content {
            fn from(record: $record) -> Self {
                Self { $($field: record.$field.into(),)* ..Self::default() }
            }
        }
    };
}

/// Two records: `Dense` with every field, and `Sparse` in which a field that is zero is left out.
macro_rules! records {
    ($module:ident { $($number:literal $short:literal $field:ident: $type:ty,)* }) => {
        pub(super) mod $module {
            use super::*;

            #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
            #[derive(bitcode::Encode, bitcode::Decode, compactly::Encode)]
            pub struct Dense { $(pub $field: $type),* }

            #[derive(serde::Serialize, serde::Deserialize, minicbor::Encode, minicbor::Decode)]
            #[cbor(map)]
            pub struct Sparse {
                $(
                    #[serde(rename = $short, default, skip_serializing_if = "is_default")]
                    #[cbor(n($number), default, skip_if = "is_default")]
                    pub $field: $type,
                )*
            }

            mirror!(Dense { $($field)* });
            mirror!(Sparse { $($field)* });
        }
    };
}

/// Calls a function with the record of a schema.
macro_rules! of_schema {
    ($schema:expr, $function:ident::<$record:ident>) => {
        match $schema {
            $crate::content::Schema::Plain => $function::<$crate::peers::records::plain::$record>(),
            $crate::content::Schema::Mission => $function::<$crate::peers::records::mission::$record>(),
            $crate::content::Schema::Known => $function::<$crate::peers::records::known::$record>(),
            $crate::content::Schema::Whole => $function::<$crate::peers::records::whole::$record>(),
        }
    };
}

pub(super) use {mirror, of_schema};

records! { plain {
    0 "v" version: u8, 1 "au" author: u16, 2 "sq" seq: u16, 3 "t" time: u32, 4 "et" kind: u8, 5 "lag" lag: u32,
    6 "dp" date_precision: u8, 7 "lat" lat: i32, 8 "lon" lon: i32, 9 "wp" place_precision: u8, 10 "a" side_a: u16,
    11 "b" side_b: u16, 12 "da" deaths_a: u32, 13 "db" deaths_b: u32, 14 "dc" deaths_civilians: u32,
    15 "du" deaths_unknown: u32, 16 "cl" clarity: u8, 17 "src" sources: u8, 18 "dur" days: u32, 19 "bd" best: i32,
    20 "ld" low: i32, 21 "hd" high: i32,
} }

records! { mission {
    0 "v" version: u8, 1 "au" author: u16, 2 "sq" seq: u16, 3 "t" time: u32, 4 "et" kind: u8, 5 "lag" lag: u32,
    6 "dp" date_precision: u8, 7 "p" place: Place, 8 "wp" place_precision: u8, 9 "a" side_a: u16, 10 "b" side_b: u16,
    11 "da" deaths_a: u32, 12 "db" deaths_b: u32, 13 "dc" deaths_civilians: u32, 14 "du" deaths_unknown: u32,
    15 "cl" clarity: u8, 16 "src" sources: u8, 17 "dur" days: u32, 18 "bd" best: i32, 19 "ld" low: i32, 20 "hd" high: i32,
} }

records! { known {
    0 "v" version: u8, 3 "t" time: u32, 4 "et" kind: u8, 5 "lag" lag: u32, 6 "dp" date_precision: u8, 7 "p" place: Place,
    8 "wp" place_precision: u8, 9 "a" side_a: u16, 10 "b" side_b: u16, 11 "da" deaths_a: u32, 12 "db" deaths_b: u32,
    13 "dc" deaths_civilians: u32, 14 "du" deaths_unknown: u32, 15 "cl" clarity: u8, 16 "src" sources: u8, 17 "dur" days: u32,
    18 "bd" best: i32, 19 "ld" low: i32, 20 "hd" high: i32,
} }

records! { whole {
    0 "v" version: u8, 1 "au" author: u16, 2 "sq" seq: u16, 3 "t" time: u32, 4 "et" kind: u8, 5 "lag" lag: u32,
    6 "dp" date_precision: u8, 7 "p" place: Place, 8 "wp" place_precision: u8, 9 "a" name_a: Side, 10 "b" name_b: Side,
    11 "da" deaths_a: u32, 12 "db" deaths_b: u32, 13 "dc" deaths_civilians: u32, 14 "du" deaths_unknown: u32,
    15 "cl" clarity: u8, 16 "src" sources: u8, 17 "dur" days: u32, 18 "bd" best: i32, 19 "ld" low: i32, 20 "hd" high: i32,
    21 "pn" place_name: String, 22 "o" office: String, 23 "h" headline: String,
} }
