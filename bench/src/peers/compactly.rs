//! compactly: adaptive arithmetic coding by derive, the nearest peer in kind. Plain, with its hints, and with its hints and
//! contexts that have learned from the training part (which its interface allows, though it does not offer it).

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::io;
use std::marker::PhantomData;
use std::rc::Rc;

use anyhow::{Context as _, Result};
use compactly::Encode;
use compactly::v2::{EntropyCoder, EntropyDecoder};

use super::records::{mirror, of_schema};
use super::{COMPACTLY, COMPACTLY_HINTS, Peer, Record};
use crate::content::{Content, Place, Schema, Side};

pub(super) fn peers(schema: Schema, train: &[Content]) -> Vec<Peer> {
    let plain = of_schema!(schema, plain::<Dense>);
    match schema {
        Schema::Plain => vec![plain, hinted::<PlainAlone, PlainBatch>(), learned::<PlainAlone, PlainBatch>(train)],
        Schema::Mission => vec![plain, hinted::<MissionAlone, MissionBatch>(), learned::<MissionAlone, MissionBatch>(train)],
        Schema::Known => vec![plain, hinted::<KnownAlone, KnownBatch>(), learned::<KnownAlone, KnownBatch>(train)],
        // Its contexts would hold all texts, and every message starts with a copy of them.
        Schema::Whole => vec![plain, hinted::<WholeAlone, WholeBatch>()],
    }
}

fn plain<R: Record + Encode>() -> Peer {
    Peer::of::<R>(COMPACTLY, write, read, write, read)
}

/// With the hints that are best alone, and with those that are best in a batch.
fn hinted<A: Record + Encode, B: Record + Encode>() -> Peer {
    let alone = Peer::of::<A>(COMPACTLY_HINTS, write, read, write, read);
    Peer { many: Peer::of::<B>(COMPACTLY_HINTS, write, read, write, read).many, ..alone }
}

/// The same, each message starting with what the training part taught.
fn learned<A, B>(train: &[Content]) -> Peer
where
    A: Record + Encode<Context: 'static>,
    B: Record + Encode<Context: 'static>,
{
    Peer { many: learned_with::<B>(train).many, ..learned_with::<A>(train) }
}

fn learned_with<R: Record + Encode<Context: 'static>>(train: &[Content]) -> Peer {
    // A context that has encoded knows other things than one that has decoded the same.
    let bytes = compactly::encode(&Lesson::<R>(train.iter().map(R::from).collect()));
    let encoder = LEARNED.take();
    LESSONS.set(train.len());
    let _ = compactly::decode::<Lesson<R>>(&bytes);
    let decoder = LEARNED.take();
    let [encoder, decoder] = [encoder, decoder].map(|context| {
        let context: Option<Rc<R::Context>> = context.and_then(|context| context.downcast().ok()).map(Rc::from);
        move || LEARNED.set(context.as_deref().map(|context| Box::new(context.clone()) as Box<dyn Any>))
    });
    let (encoder_of_many, decoder_of_many) = (encoder.clone(), decoder.clone());
    Peer::of::<Learned<R>>(
        "compactly, hints, trained",
        move |record| {
            encoder();
            write(record)
        },
        move |bytes| {
            decoder();
            read(bytes)
        },
        move |records| {
            encoder_of_many();
            write(records)
        },
        move |bytes| {
            decoder_of_many();
            read(bytes)
        },
    )
}

fn write<T: Encode>(value: &T) -> Vec<u8> {
    compactly::encode(value)
}

fn read<T: Encode>(bytes: &[u8]) -> Result<T> {
    compactly::decode(bytes).context("compactly reads nothing")
}

thread_local! {
    /// The context that the next message starts with: compactly makes contexts by `Default` alone.
    static LEARNED: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
    /// How many records the next lesson has.
    static LESSONS: Cell<usize> = const { Cell::new(0) };
}

/// Records one after the other, whose context is left in [`LEARNED`].
struct Lesson<R>(Vec<R>);

impl<R: Encode<Context: 'static>> Encode for Lesson<R> {
    type Context = R::Context;

    fn encode<E: EntropyCoder>(&self, encoder: &mut E, context: &mut Self::Context) {
        self.0.iter().for_each(|record| record.encode(encoder, context));
        LEARNED.set(Some(Box::new(context.clone())));
    }

    fn decode<D: EntropyDecoder>(decoder: &mut D, context: &mut Self::Context) -> io::Result<Self> {
        let records = (0..LESSONS.get()).map(|_| R::decode(decoder, context)).collect::<io::Result<_>>()?;
        LEARNED.set(Some(Box::new(context.clone())));
        Ok(Self(records))
    }
}

/// A record whose first context has learned.
struct Learned<R>(R);

struct LearnedContext<R: Encode> {
    context: R::Context,
    record: PhantomData<R>,
}

impl<R: Encode<Context: 'static>> Default for LearnedContext<R> {
    fn default() -> Self {
        let learned = LEARNED.take().and_then(|context| context.downcast::<R::Context>().ok());
        Self { context: learned.map(|context| *context).unwrap_or_default(), record: PhantomData }
    }
}

impl<R: Encode> Clone for LearnedContext<R> {
    fn clone(&self) -> Self {
        Self { context: self.context.clone(), record: PhantomData }
    }
}

impl<R: Encode<Context: 'static>> Encode for Learned<R> {
    type Context = LearnedContext<R>;

    fn encode<E: EntropyCoder>(&self, encoder: &mut E, context: &mut Self::Context) {
        self.0.encode(encoder, &mut context.context);
    }

    fn decode<D: EntropyDecoder>(decoder: &mut D, context: &mut Self::Context) -> io::Result<Self> {
        R::decode(decoder, &mut context.context).map(Self)
    }
}

impl<R: Record> From<&Content> for Learned<R> {
    fn from(content: &Content) -> Self {
        Self(content.into())
    }
}

impl<R: Record> TryFrom<Learned<R>> for Content {
    type Error = anyhow::Error;

    fn try_from(learned: Learned<R>) -> Result<Self> {
        learned.0.try_into().map_err(Into::into)
    }
}

/// A coordinate that may come again.
#[derive(Encode)]
struct Repeated(#[compactly(LowCardinality)] u32);

impl From<i32> for Repeated {
    fn from(value: i32) -> Self {
        Self(value.cast_unsigned())
    }
}

impl From<Repeated> for i32 {
    fn from(value: Repeated) -> Self {
        value.0.cast_signed()
    }
}

/// A text that may come again.
#[derive(Encode)]
struct RepeatedText(#[compactly(LowCardinality, allow_string)] String);

impl From<String> for RepeatedText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<RepeatedText> for String {
    fn from(text: RepeatedText) -> Self {
        text.0
    }
}

/// A text in which parts come again.
#[derive(Encode)]
struct Telling(#[compactly(Compressible)] String);

impl From<String> for Telling {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Telling> for String {
    fn from(text: Telling) -> Self {
        text.0
    }
}

macro_rules! hinted_choice {
    ($name:ident of $choice:ident { Listed, $other:ident($($part:ident: $type:ty),+) }) => {
        #[derive(Encode)]
        enum $name {
            Listed(#[compactly(Small)] u16),
            $other($($type),+),
        }

        impl From<$choice> for $name {
            fn from(choice: $choice) -> Self {
                match choice {
                    $choice::Listed(index) => Self::Listed(index),
                    $choice::$other($($part),+) => Self::$other($($part.into()),+),
                }
            }
        }

        impl From<$name> for $choice {
            fn from(choice: $name) -> Self {
                match choice {
                    $name::Listed(index) => Self::Listed(index),
                    $name::$other($($part),+) => Self::$other($($part.into()),+),
                }
            }
        }
    };
}

hinted_choice! { PlaceAlone of Place { Listed, Point(lat: i32, lon: i32) } }
hinted_choice! { PlaceBatch of Place { Listed, Point(lat: Repeated, lon: Repeated) } }
hinted_choice! { SideAlone of Side { Listed, Spelt(name: String) } }
hinted_choice! { SideBatch of Side { Listed, Spelt(name: RepeatedText) } }

/// Two records: the fields of the first list are the same in both, those of the second have a type for each.
macro_rules! hinted {
    (
        $alone:ident $batch:ident
        { $($hint:ident $field:ident: $type:ty,)* }
        { $($own:ident: $own_alone:ty | $own_batch:ty,)* }
    ) => {
        #[derive(Encode)]
        struct $alone {
            $($own: $own_alone,)*
            $(#[compactly($hint)] $field: $type,)*
        }

        #[derive(Encode)]
        struct $batch {
            $($own: $own_batch,)*
            $(#[compactly($hint)] $field: $type,)*
        }

        mirror!($alone { $($field)* $($own)* });
        mirror!($batch { $($field)* $($own)* });
    };
}

// Each hint is the least of all that there are for its field, measured on reports alone and in batches of 100 from Mexico and
// Syria; they agreed but for coordinates and texts. Fields whose low bytes stand in the message as they are come first: behind
// them, what is easily told would cost whole bytes.
hinted! { PlainAlone PlainBatch {
    Sorted time: u32, Small seq: u16, Small author: u16, Small version: u8, Small kind: u8, Small lag: u32, Small date_precision: u8,
    Small place_precision: u8, Small side_a: u16, Small side_b: u16, Small deaths_a: u32, Small deaths_b: u32,
    Small deaths_civilians: u32, Small deaths_unknown: u32, Small clarity: u8, Small sources: u8, Small days: u32,
    Small best: i32, Small low: i32, Small high: i32,
} { lat: i32 | Repeated, lon: i32 | Repeated, } }

hinted! { MissionAlone MissionBatch {
    Sorted time: u32, Small seq: u16, Small author: u16, Small version: u8, Small kind: u8, Small lag: u32, Small date_precision: u8,
    Small place_precision: u8, Small side_a: u16, Small side_b: u16, Small deaths_a: u32, Small deaths_b: u32,
    Small deaths_civilians: u32, Small deaths_unknown: u32, Small clarity: u8, Small sources: u8, Small days: u32,
    Small best: i32, Small low: i32, Small high: i32,
} { place: PlaceAlone | PlaceBatch, } }

hinted! { KnownAlone KnownBatch {
    Small time: u32, Small version: u8, Small kind: u8, Small lag: u32, Small date_precision: u8, Small place_precision: u8,
    Small side_a: u16, Small side_b: u16, Small deaths_a: u32, Small deaths_b: u32, Small deaths_civilians: u32,
    Small deaths_unknown: u32, Small clarity: u8, Small sources: u8, Small days: u32, Small best: i32, Small low: i32, Small high: i32,
} { place: PlaceAlone | PlaceBatch, } }

hinted! { WholeAlone WholeBatch {
    Sorted time: u32, Small seq: u16, Small author: u16, Small version: u8, Small kind: u8, Small lag: u32, Small date_precision: u8,
    Small place_precision: u8, Small deaths_a: u32, Small deaths_b: u32, Small deaths_civilians: u32, Small deaths_unknown: u32,
    Small clarity: u8, Small sources: u8, Small days: u32, Small best: i32, Small low: i32, Small high: i32,
} {
    place: PlaceAlone | PlaceBatch, name_a: SideAlone | SideBatch, name_b: SideAlone | SideBatch,
    place_name: String | RepeatedText, office: String | RepeatedText, headline: String | Telling,
} }
