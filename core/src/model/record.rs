//! `record!` and `one_of!`: a record or a choice is described once, and from that come its type, its walk, its serde
//! and its shape.

/// A record: `pub struct Name<'a> { /// doc  field (as "json name")?: Type (=> BOUND)?, ... }`.
///
/// `[flat]` before it: in JSON its members stand among those of the record that holds it. `[rule]`: it has a function
/// `rule(&self) -> Result<(), Rule>`, called whenever it is put or taken; `[whole]`: the same with paths, for the report
/// itself. `[group]`: its numbers may be put together, see [`Group`](super::walk::Group). `[json TYPE SHAPE]`: in JSON it looks like TYPE, from
/// and into which it converts, and is described as SHAPE.
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
            use $crate::error::Error;
            #[allow(unused_imports)]
            use $crate::model::describe::{Field, Record, Shape};
            use $crate::model::bounds::Bound;
            use $crate::model::record::Names;
            use $crate::model::walk::{Sink, Source, Value};
            use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
            use serde::ser::{Serialize, SerializeStruct, Serializer};
            use core::fmt;

            const NAME: &str = stringify!($name);
            impl $(<$lt>)? $name $(<$lt>)? {
                /// What the record looks like, for documentation and tools.
                #[allow(unreachable_pub)]
                pub const RECORD: &'static Record = &Record {
                    name: NAME,
                    id: Record::hash(NAME),
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

            impl<'a> Value<'a> for $name $(<$lt>)? {
                const SHAPE: &'static Shape = &record!(@shape $name $([$flag $($json_shape)?])*);
                const MOST: usize = 0 $( + <$type as Value>::MOST )*;
                const REQUIRED: bool = record!(@required $($flag)*);
                const FLAT: &'static [&'static str] = if Self::RECORD.flat { FIELDS } else { &[] };

                fn is_reported(&self) -> bool {
                    $( self.$field.is_reported() )||*
                }

                #[allow(unused_assignments)]
                fn put(&self, sink: &mut dyn Sink<'a>, _: &'static Bound) -> Result<(), Error> {
                    record!(@put_group self sink $($flag)*);
                    let (mut reported, mut bit) = (0, 1);
                    $(
                        reported |= if self.$field.is_reported() { bit } else { 0 };
                        bit <<= 1;
                    )*
                    for number in sink.fields(Self::RECORD, reported)? {
                        sink.field(number);
                        let mut own = 0;
                        $(
                            if number == own {
                                self.$field.put(sink, record!(@bound $($bound)?))?;
                            }
                            own += 1;
                        )*
                        sink.leave();
                    }
                    record!(@rule self sink $($flag)*);
                    Ok(())
                }

                #[allow(unused_assignments)]
                fn take(&mut self, source: &mut dyn Source<'a>, _: &'static Bound) -> Result<(), Error> {
                    record!(@take_group self source $($flag)*);
                    let fields = source.fields(Self::RECORD)?;
                    let sparse = fields.is_sparse();
                    let mut taken = 0u32;
                    for number in fields {
                        source.field(number);
                        taken |= 1 << number;
                        let mut own = 0;
                        $(
                            if number == own {
                                Value::take(&mut self.$field, source, record!(@bound $($bound)?))?;
                                if sparse && !self.$field.is_reported() {
                                    return Err(source.error($crate::error::ErrorKind::NotMinimal));
                                }
                            }
                            own += 1;
                        )*
                        source.leave();
                    }
                    let mut bit = 1;
                    $(
                        if <$type as Value>::ALWAYS && taken & bit == 0 {
                            return Err(source.error($crate::error::ErrorKind::NotMinimal));
                        }
                        bit <<= 1;
                    )*
                    record!(@rule self source $($flag)*);
                    Ok(())
                }

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
                        return map.next_value_seed($crate::model::walk::Fill::new(self));
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
                        if seq.next_element_seed($crate::model::walk::Fill::new(&mut self.value.$field))?.is_none() {
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
                    'member: while let Some(member) = map.next_key_seed($crate::model::walk::VariantIndex(members))? {
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
                                    map.next_value_seed($crate::model::walk::Fill::new(&mut self.value.$field))?;
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
                    $crate::model::record::checked(NAME, value)
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
    (@rule $self:ident $walk:ident) => {};
    (@rule $self:ident $walk:ident rule $($rest:ident)*) => {
        $self.rule().map_err(|rule| $walk.error($crate::error::ErrorKind::Rule(rule)))?;
    };
    (@rule $self:ident $walk:ident whole $($rest:ident)*) => {
        if let Some((path, kind)) = $self.whole() {
            *$walk.path() = path;
            return Err($walk.error(kind));
        }
    };
    (@rule $self:ident $walk:ident $other:ident $($rest:ident)*) => { record!(@rule $self $walk $($rest)*) };
    (@put_group $self:ident $sink:ident) => {};
    (@put_group $self:ident $sink:ident group $($rest:ident)*) => {
        if $sink.group(Self::GROUP, $self.grouped())? {
            return Ok(());
        }
    };
    (@put_group $self:ident $sink:ident $other:ident $($rest:ident)*) => { record!(@put_group $self $sink $($rest)*) };
    (@take_group $self:ident $source:ident) => {};
    (@take_group $self:ident $source:ident group $($rest:ident)*) => {
        if let Some(values) = $source.group(Self::GROUP)? {
            return $self.regrouped(values).map_err(|kind| $source.error(kind));
        }
    };
    (@take_group $self:ident $source:ident $other:ident $($rest:ident)*) => { record!(@take_group $self $source $($rest)*) };
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
            use $crate::error::Error;
            use $crate::model::describe::{Field, Shape};
            use $crate::model::bounds::Bound;
            use $crate::model::walk::{Fill, Sink, Source, Value, VariantIndex};
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

            impl<'a> Value<'a> for $name<'a> {
                const SHAPE: &'static Shape = &Shape::OneOf { name: NAME, variants: Self::VARIANTS };
                const MOST: usize = {
                    let mut most = 0;
                    $( if <$type as Value>::MOST > most { most = <$type as Value>::MOST; } )+
                    1 + most
                };
                const FLAT: &'static [&'static str] = VARIANTS;
                const ALWAYS: bool = true;

                fn is_reported(&self) -> bool {
                    true
                }

                fn put(&self, sink: &mut dyn Sink<'a>, _: &'static Bound) -> Result<(), Error> {
                    sink.choice(self.number(), MANY)?;
                    sink.variant(self.number(), Self::VARIANTS);
                    match self { $( Self::$variant(value) => value.put(sink, record!(@bound $($bound)?))?, )+ }
                    sink.leave();
                    Ok(())
                }

                fn take(&mut self, source: &mut dyn Source<'a>, _: &'static Bound) -> Result<(), Error> {
                    let number = source.choice(MANY)?;
                    *self = Self::nth(number);
                    source.variant(number, Self::VARIANTS);
                    match self { $( Self::$variant(value) => value.take(source, record!(@bound $($bound)?))?, )+ }
                    source.leave();
                    Ok(())
                }

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
pub(crate) fn checked<'a, V: super::walk::Value<'a>, E: serde::de::Error>(name: &str, value: V) -> Result<V, E> {
    match crate::wire::measure(&value) {
        Ok(_) => Ok(value),
        // A path leads from the report.
        Err(error) if name == "Report" => Err(E::custom(format_args!("{}: {}", error.path, error.kind))),
        Err(error) => Err(E::custom(error.kind)),
    }
}

pub(crate) use {one_of, record};
