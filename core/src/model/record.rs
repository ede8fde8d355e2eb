//! `record!` and `one_of!`: a record or a choice is described once, and from that come its type, its walk, its serde
//! and its shape.

/// A record: `pub struct Name<'a> { /// doc  field (as "json name")?: Type (=> BOUND)?, ... }`.
///
/// `[flat]` before it: in JSON its members stand among those of the record that holds it. `[rule]`: it has a function
/// `rule(&self) -> Result<(), Rule>`, which every walk asks; `[whole]`: the same with paths, for the report
/// itself. `[leaf]`: a walk takes it as one value. `[json TYPE SHAPE]`: in JSON it looks like TYPE, from and into which it converts,
/// and is described as SHAPE. `[json_only]`: it is such a TYPE.
macro_rules! record {
    (
        $(#[doc = $doc:literal])+
        $([$flag:ident $($proxy:ident $json_shape:ident)?])*
        pub $(($($scope:tt)+))? struct $name:ident $(<$lt:lifetime>)? {
            $( $(#[doc = $field_doc:literal])+ $field:ident $(as $json:literal)?: $type:ty $(=> $bound:ident)?, )*
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        pub $(($($scope)+))? struct $name $(<$lt>)? {
            $( $(#[doc = $field_doc])+ $(#[doc = concat!("\n\nRange: [`bounds::", stringify!($bound), "`](crate::model::bounds::", stringify!($bound), ").")])? pub $field: $type, )*
        }

        const _: () = {
            use $crate::model::describe::{Field, Record, Shape};
            #[allow(unused_imports)]
            use $crate::model::bounds::Bound;
            use $crate::model::record::Names;
            use $crate::model::value::Value;
            use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
            use serde::ser::{Serialize, SerializeStruct, Serializer};
            use core::fmt;

            const NAME: &str = stringify!($name);
            impl $(<$lt>)? $name $(<$lt>)? {
                /// What the record looks like, for documentation and tools.
                #[allow(unreachable_pub)]
                pub const RECORD: &'static Record = &Record {
                    name: NAME,
                    doc: concat!($($doc),+),
                    fields: &[$( Field {
                        name: record!(@name $field $($json)?),
                        doc: concat!($($field_doc),+),
                        shape: <$type as Value>::SHAPE,
                        bound: record!(@bound $($bound)?),
                        required: <$type as Value>::REQUIRED,
                    } ),*],
                    flat: record!(@flat $($flag)*),
                };
                // Members in JSON: the fields, with those of flat records in their places.
                const MEMBERS: &'static Names = &Names::join(&[$( {
                    if <$type as Value>::FLAT.is_empty() { &[record!(@name $field $($json)?)] } else { <$type as Value>::FLAT }
                } ),*]);
            }

            const FIELDS: &[&str] = &[$( record!(@name $field $($json)?) ),*];

            record!(@walked [$($flag)*] [$($flag)*] $name $(<$lt>)? { $( $field: $type $(=> $bound)?, )* });

            impl<'a> Value<'a> for $name $(<$lt>)? {
                const SHAPE: &'static Shape = &record!(@shape $name $([$flag $($json_shape)?])*);
                const MOST: usize = 0 $( + <$type as Value>::MOST )*;
                const REQUIRED: bool = record!(@required $($flag)*);
                const FLAT: &'static [&'static str] = if Self::RECORD.flat { FIELDS } else { &[] };

                fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                    let human = deserializer.is_human_readable();
                    if human {
                        $( record!(@fill_proxy self deserializer $flag $($proxy)?); )*
                    }
                    deserializer.deserialize_struct(NAME, FIELDS, Fields { value: self, human })
                }

                #[allow(unused_assignments, unused_variables)]
                fn fill_member<A: MapAccess<'a>>(&mut self, flat: usize, map: &mut A) -> Result<(), A::Error> {
                    if !Self::RECORD.flat {
                        return map.next_value_seed($crate::model::value::Fill::new(self));
                    }
                    let mut number = 0;
                    $(
                        if flat == number {
                            return self.$field.fill_member(0, map);
                        }
                        number += 1;
                    )*
                    Ok(())
                }

                fn finish_members(seen: u64) -> Result<(), &'static str> {
                    // A flat record stands whole or not at all.
                    if !Self::RECORD.flat || seen == 0 {
                        return Ok(());
                    }
                    for (number, field) in Self::RECORD.fields.iter().enumerate() {
                        if field.required && seen & (1 << number) == 0 {
                            return Err(concat!("these members stand together or not at all:" $(, " ", stringify!($field))*));
                        }
                    }
                    Ok(())
                }

                fn write_member<M: SerializeStruct>(&self, name: &'static str, map: &mut M) -> Result<(), M::Error> {
                    if Self::RECORD.flat {
                        $( self.$field.write_member(record!(@name $field $($json)?), map)?; )*
                        Ok(())
                    } else {
                        map.serialize_field(name, self)
                    }
                }

                #[cfg(feature = "arbitrary")]
                fn random(u: &mut arbitrary::Unstructured<'a>, _: &'static Bound) -> arbitrary::Result<Self> {
                    let value = Self { $( $field: Value::random(u, record!(@bound $($bound)?))?, )* };
                    Ok(record!(@repair value u $($flag)*))
                }
            }

            struct Fields<'v, V> {
                value: &'v mut V,
                human: bool,
            }

            impl<'a> Visitor<'a> for Fields<'_, $name $(<$lt>)?> {
                type Value = ();

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an object")
                }

                fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<(), A::Error> {
                    use serde::de::{Error as _, Unexpected};
                    if self.human {
                        return Err(A::Error::invalid_type(Unexpected::Seq, &self));
                    }
                    let mut number = 0;
                    $(
                        if seq.next_element_seed($crate::model::value::Fill::new(&mut self.value.$field))?.is_none() {
                            return Err(A::Error::invalid_length(number, &self));
                        }
                        number += 1;
                    )*
                    let _ = number;
                    Ok(())
                }

                #[allow(unused_assignments)]
                fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
                    use serde::de::Error as _;
                    // A binary format with names has a name for each field; JSON has those of flat records in their places.
                    let human = self.human;
                    let members = if human { <$name>::MEMBERS.slice() } else { FIELDS };
                    let mut seen = 0u64;
                    'member: while let Some(member) = map.next_key_seed($crate::model::value::VariantIndex(members))? {
                        if seen & (1 << member) != 0 {
                            return Err(A::Error::duplicate_field(members.get(member).copied().unwrap_or_default()));
                        }
                        seen |= 1 << member;
                        let mut first = 0;
                        $({
                            let many = if human { <$type as Value>::FLAT.len().max(1) } else { 1 };
                            if member < first + many {
                                if self.human {
                                    self.value.$field.fill_member(member - first, &mut map)?;
                                } else {
                                    map.next_value_seed($crate::model::value::Fill::new(&mut self.value.$field))?;
                                }
                                continue 'member;
                            }
                            first += many;
                        })*
                    }
                    let mut first = 0;
                    $({
                        let flat = if human { <$type as Value>::FLAT.len() } else { 0 };
                        if flat == 0 {
                            if <$type as Value>::REQUIRED && seen & (1 << first) == 0 {
                                return Err(A::Error::missing_field(record!(@name $field $($json)?)));
                            }
                            first += 1;
                        } else {
                            let members = (seen >> first) & ((1 << flat) - 1);
                            <$type as Value>::finish_members(members).map_err(A::Error::custom)?;
                            first += flat;
                        }
                    })*
                    Ok(())
                }
            }

            impl $(<$lt>)? Serialize for $name $(<$lt>)? {
                #[allow(unreachable_code)]
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    if serializer.is_human_readable() {
                        $( record!(@write_proxy self serializer $flag $($proxy)?); )*
                        let mut map = serializer.serialize_struct(NAME, Self::MEMBERS.slice().len())?;
                        $( self.$field.write_member(record!(@name $field $($json)?), &mut map)?; )*
                        map.end()
                    } else {
                        let mut record = serializer.serialize_struct(NAME, FIELDS.len())?;
                        $( record.serialize_field(record!(@name $field $($json)?), &self.$field)?; )*
                        record.end()
                    }
                }
            }

            impl<'de $(: $lt, $lt)?> serde::Deserialize<'de> for $name $(<$lt>)? {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let mut value = <$name>::default();
                    value.fill(deserializer)?;
                    record!(@checked value $($flag)*)
                }
            }
        };
    };

    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $json:literal) => { $json };
    (@bound) => { &$crate::model::bounds::ANY };
    (@bound $bound:ident) => { &$crate::model::bounds::$bound };
    (@flat) => { false };
    (@flat flat $($rest:ident)*) => { true };
    (@flat $other:ident $($rest:ident)*) => { record!(@flat $($rest)*) };
    (@required) => { false };
    (@required required $($rest:ident)*) => { true };
    (@required $other:ident $($rest:ident)*) => { record!(@required $($rest)*) };
    (@shape $record:ident) => { Shape::Record($record::RECORD) };
    (@shape $record:ident [json $shape:ident] $([$($rest:ident)+])*) => { Shape::$shape($record::RECORD) };
    (@shape $record:ident [$other:ident] $([$($rest:ident)+])*) => { record!(@shape $record $([$($rest)+])*) };
    // A record that is one value for encodings, or that they never see.
    (@walked [leaf $($rest:ident)*] $($more:tt)*) => {};
    (@walked [json_only $($rest:ident)*] $($more:tt)*) => {};
    (@walked [$other:ident $($rest:ident)*] $($more:tt)*) => { record!(@walked [$($rest)*] $($more)*); };
    (@walked [] [$($flag:ident)*] $name:ident $(<$lt:lifetime>)? { $( $field:ident: $type:ty $(=> $bound:ident)?, )* }) => {
        use $crate::model::walk::{Layout, Stopped, Walk};
        use $crate::model::walked::{self, RecordMut, Slot, Unreported, View, Walked};

        impl $(<$lt>)? $name $(<$lt>)? {
            /// What encodings need to know of it.
            #[allow(unreachable_pub)]
            pub const LAYOUT: &'static Layout = &Layout::record(NAME, &[$( <$type as Walked>::UNREPORTED ),*]);

            #[allow(unused)]
            fn broken<'w>(&self, walk: &mut dyn Walk<'w>) -> Result<(), Stopped> {
                record!(@rule self walk $($flag)*);
                Ok(())
            }
        }

        impl<'a> Walked<'a> for $name $(<$lt>)? {
            const UNREPORTED: Unreported = Unreported::Other;

            fn is_reported(&self) -> bool {
                walked::Record::reported(self) != 0
            }

            fn view(&self, _: &'static Bound) -> View<'_, 'a> {
                View::Record(self)
            }

            fn slot(&mut self, _: &'static Bound) -> Slot<'_, 'a> {
                Slot::Record(self)
            }
        }

        impl<'a> walked::Record<'a> for $name $(<$lt>)? {
            fn layout(&self) -> &'static Layout {
                Self::LAYOUT
            }

            #[allow(unused_assignments)]
            fn reported(&self) -> u32 {
                let (mut reported, mut bit) = (0, 0);
                $(
                    reported |= u32::from(Walked::is_reported(&self.$field)) << bit;
                    bit += 1;
                )*
                reported
            }

            #[allow(unused_assignments)]
            fn field(&self, number: u8) -> Option<View<'_, 'a>> {
                let mut own = 0;
                $(
                    if number == own {
                        return Some(Walked::view(&self.$field, record!(@bound $($bound)?)));
                    }
                    own += 1;
                )*
                None
            }

            fn consistent(&self, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
                self.broken(walk)
            }
        }

        impl<'a> RecordMut<'a> for $name $(<$lt>)? {
            fn layout(&self) -> &'static Layout {
                Self::LAYOUT
            }

            #[allow(unused_assignments)]
            fn field_mut(&mut self, number: u8) -> Option<Slot<'_, 'a>> {
                let mut own = 0;
                $(
                    if number == own {
                        return Some(Walked::slot(&mut self.$field, record!(@bound $($bound)?)));
                    }
                    own += 1;
                )*
                None
            }

            fn consistent(&self, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
                self.broken(walk)
            }
        }
    };
    (@rule $self:ident $walk:ident) => {};
    (@rule $self:ident $walk:ident rule $($rest:ident)*) => {
        $self.rule().map_err(|rule| $walk.fail($crate::error::ErrorKind::Rule(rule)))?;
    };
    (@rule $self:ident $walk:ident whole $($rest:ident)*) => {
        if let Some((path, kind)) = $self.whole() {
            let stopped = $walk.fail(kind);
            $walk.error().path = path;
            return Err(stopped);
        }
    };
    (@rule $self:ident $walk:ident $other:ident $($rest:ident)*) => { record!(@rule $self $walk $($rest)*) };
    (@checked $value:ident) => { $crate::model::record::checked(NAME, $value) };
    (@checked $value:ident json_only $($rest:ident)*) => { Ok($value) };
    (@checked $value:ident leaf $($rest:ident)*) => { $value.check().map(|()| $value).map_err(<D::Error as serde::de::Error>::custom) };
    (@checked $value:ident $other:ident $($rest:ident)*) => { record!(@checked $value $($rest)*) };
    (@repair $value:ident $u:ident) => { $value };
    (@repair $value:ident $u:ident rule $($rest:ident)*) => { $value.repaired($u)? };
    (@repair $value:ident $u:ident whole $($rest:ident)*) => { $value.repaired($u)? };
    (@repair $value:ident $u:ident $other:ident $($rest:ident)*) => { record!(@repair $value $u $($rest)*) };
    (@fill_proxy $self:ident $d:ident json $proxy:ident) => {
        let mut proxy = $proxy::default();
        proxy.fill($d)?;
        *$self = proxy.try_into().map_err(<D::Error as serde::de::Error>::custom)?;
        return Ok(());
    };
    (@fill_proxy $self:ident $d:ident $other:ident) => {};
    (@write_proxy $self:ident $s:ident json $proxy:ident) => { return $proxy::from($self).serialize($s); };
    (@write_proxy $self:ident $s:ident $other:ident) => {};
}

/// A choice: `pub enum Name<'a> { /// doc  Variant as "json name"(Type) (=> BOUND)?, ... }`. On the wire the number of the variant, then
/// its value. In JSON a member named after the variant among those of the record that holds the choice.
macro_rules! one_of {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident<$lt:lifetime> {
            $( $(#[doc = $variant_doc:literal])+ $variant:ident as $json:literal ($type:ty) $(=> $bound:ident)?, )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        pub enum $name<$lt> {
            $( $(#[doc = $variant_doc])+ $variant($type), )+
        }

        const _: () = {
            use $crate::model::describe::{Field, Shape};
            use $crate::model::bounds::Bound;
            use $crate::model::value::{Fill, Value, VariantIndex};
            use $crate::model::walk::Layout;
            use $crate::model::walked::{Record, RecordMut, Slot, Unreported, View, Walked};
            use serde::de::{Deserializer, EnumAccess, MapAccess, VariantAccess, Visitor};
            use serde::ser::{Serialize, SerializeStruct, Serializer};
            use core::fmt;

            const NAME: &str = stringify!($name);
            const VARIANTS: &[&str] = &[$($json),+];
            #[allow(clippy::cast_possible_truncation)]
            const MANY: u8 = VARIANTS.len() as u8;

            impl<$lt> $name<$lt> {
                /// The number of the variant.
                #[must_use]
                #[allow(unused_assignments)]
                pub fn number(&self) -> u8 {
                    let mut number = 0;
                    $( if matches!(self, Self::$variant(_)) { return number; } number += 1; )+
                    number
                }

                fn nth(number: u8) -> Self {
                    let mut nth = 0;
                    $( if number == nth { return Self::$variant(Default::default()); } nth += 1; )+
                    let _ = nth;
                    Self::default()
                }
            }

            static LAYOUT: Layout = Layout::choice(MANY);

            impl<'a> Walked<'a> for $name<'a> {
                const UNREPORTED: Unreported = Unreported::Never;

                fn is_reported(&self) -> bool {
                    true
                }

                fn view(&self, _: &'static Bound) -> View<'_, 'a> {
                    View::Record(self)
                }

                fn slot(&mut self, _: &'static Bound) -> Slot<'_, 'a> {
                    Slot::Record(self)
                }
            }

            impl<'a> Record<'a> for $name<'a> {
                fn layout(&self) -> &'static Layout {
                    &LAYOUT
                }

                fn reported(&self) -> u32 {
                    self.number().into()
                }

                fn field(&self, _: u8) -> Option<View<'_, 'a>> {
                    Some(match self { $( Self::$variant(value) => Walked::view(value, record!(@bound $($bound)?)), )+ })
                }
            }

            impl<'a> RecordMut<'a> for $name<'a> {
                fn layout(&self) -> &'static Layout {
                    &LAYOUT
                }

                fn choose(&mut self, variant: u8) {
                    *self = Self::nth(variant);
                }

                fn field_mut(&mut self, _: u8) -> Option<Slot<'_, 'a>> {
                    Some(match self { $( Self::$variant(value) => Walked::slot(value, record!(@bound $($bound)?)), )+ })
                }
            }

            impl<'a> Value<'a> for $name<'a> {
                const SHAPE: &'static Shape = &Shape::OneOf { name: NAME, variants: Self::VARIANTS };
                const MOST: usize = {
                    let mut most = 0;
                    $( if <$type as Value>::MOST > most { most = <$type as Value>::MOST; } )+
                    1 + most
                };
                const FLAT: &'static [&'static str] = VARIANTS;

                fn fill<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                    struct Choice<'v, 'a>(&'v mut $name<'a>);
                    impl<'a> Visitor<'a> for Choice<'_, 'a> {
                        type Value = ();
                        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                            f.write_str("one of several values")
                        }
                        fn visit_enum<A: EnumAccess<'a>>(self, access: A) -> Result<(), A::Error> {
                            let (number, rest) = access.variant_seed(VariantIndex(VARIANTS))?;
                            *self.0 = $name::nth(u8::try_from(number).unwrap_or_default());
                            match self.0 { $( $name::$variant(value) => rest.newtype_variant_seed(Fill::new(value)), )+ }
                        }
                    }
                    deserializer.deserialize_enum(NAME, VARIANTS, Choice(self))
                }

                fn fill_member<A: MapAccess<'a>>(&mut self, flat: usize, map: &mut A) -> Result<(), A::Error> {
                    *self = Self::nth(u8::try_from(flat).unwrap_or_default());
                    match self { $( Self::$variant(value) => map.next_value_seed(Fill::new(value)), )+ }
                }

                fn finish_members(seen: u64) -> Result<(), &'static str> {
                    if seen.count_ones() <= 1 { Ok(()) } else { Err("a claim says one thing: put the other into a claim of its own") }
                }

                fn write_member<M: SerializeStruct>(&self, _: &'static str, map: &mut M) -> Result<(), M::Error> {
                    match self { $( Self::$variant(value) => map.serialize_field($json, value), )+ }
                }

                #[cfg(feature = "arbitrary")]
                fn random(u: &mut arbitrary::Unstructured<'a>, _: &'static Bound) -> arbitrary::Result<Self> {
                    let mut value = Self::nth(u.int_in_range(0..=MANY - 1)?);
                    match &mut value { $( Self::$variant(value) => *value = Value::random(u, record!(@bound $($bound)?))?, )+ }
                    Ok(value)
                }
            }

            impl Serialize for $name<'_> {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    match self { $( Self::$variant(value) =>
                        serializer.serialize_newtype_variant(NAME, u32::from(self.number()), $json, value), )+ }
                }
            }

            impl<$lt> $name<$lt> {
                /// The variants in the order of their numbers, for documentation and tools.
                pub const VARIANTS: &'static [Field] = &[$( Field {
                    name: $json,
                    doc: concat!($($variant_doc),+),
                    shape: <$type as Value>::SHAPE,
                    bound: record!(@bound $($bound)?),
                    required: false,
                } ),+];
            }
        };
    };
}

/// Names of members, collected before the program runs.
#[derive(Debug)]
pub(crate) struct Names {
    names: [&'static str; 24],
    len: usize,
}

impl Names {
    /// The names of all `parts` in order.
    #[allow(clippy::indexing_slicing)] // const: out of bounds would not compile
    pub(crate) const fn join(parts: &[&[&'static str]]) -> Self {
        let mut all = Self { names: [""; 24], len: 0 };
        let mut part = 0;
        while part < parts.len() {
            let mut name = 0;
            while name < parts[part].len() {
                all.names[all.len] = parts[part][name];
                all.len += 1;
                name += 1;
            }
            part += 1;
        }
        all
    }

    pub(crate) fn slice(&self) -> &[&'static str] {
        self.names.get(..self.len).unwrap_or_default()
    }
}

/// Holds the limits on what came in through serde.
pub(crate) fn checked<'a, V: super::walked::Record<'a>, E: serde::de::Error>(name: &str, value: V) -> Result<V, E> {
    match crate::wire::measure(&value) {
        Ok(_) => Ok(value),
        // A path leads from the report.
        Err(error) if name == "Report" => Err(E::custom(format_args!("{}: {}", error.path, error.kind))),
        Err(error) => Err(E::custom(error.kind)),
    }
}

pub(crate) use {one_of, record};
