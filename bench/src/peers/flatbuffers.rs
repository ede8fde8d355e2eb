//! FlatBuffers: a table of optional scalars, each as narrow as its values; zeros are left out.

use anyhow::{Context as _, Result, ensure};
use flatbuffers::{FlatBufferBuilder, ForwardsUOffset, TableFinishedWIPOffset, WIPOffset};

use super::Peer;
use crate::content::{Content, Place, Schema, Side};

const NAME: &str = "FlatBuffers";
/// The first two fields of a vtable are its own size and that of its table.
const FIRST: u16 = 4;

/// Numbers of fields, those that are mostly there first: a vtable is as long as the last field of its table.
const TIME: u16 = 0;
/// The latitude where that is always there, else the index of the place.
const PLACE: u16 = 1;
const SHORT: [u16; 4] = [2, 3, 4, 5];
const CODES: [u16; 6] = [6, 7, 15, 12, 19, 8];
const NARROW: [u16; 6] = [11, 10, 9, 14, 18, 13];
const SIGNED: [u16; 3] = [20, 16, 17];
const POINT: [u16; 2] = [21, 22];
const SPELT: [u16; 2] = [23, 24];
/// For numbers that are too wide for the fields above.
const WIDE: [u16; 6] = [25, 26, 27, 28, 29, 30];
const WIDE_SIGNED: [u16; 3] = [31, 32, 33];

/// Numbers of the fields that a schema has in front of those from 2 on.
fn inserted(schema: Schema) -> u16 {
    match schema {
        Schema::Plain => 1,
        Schema::Mission | Schema::Known => 0,
        Schema::Whole => 3,
    }
}

/// Where in a vtable the field with this number stands.
fn slot(field: u16, schema: Schema) -> u16 {
    FIRST + 2 * if field < SHORT[0] { field } else { field + inserted(schema) }
}

/// Where an inserted field stands.
fn slot_inserted(field: u16) -> u16 {
    FIRST + 2 * (SHORT[0] + field)
}

pub(super) fn peer(schema: Schema) -> Peer {
    Peer {
        name: NAME,
        one: Some((
            Box::new(move |content| {
                let mut builder = FlatBufferBuilder::new();
                let table = put(&mut builder, content, schema);
                builder.finish_minimal(table);
                builder.finished_data().to_vec()
            }),
            Box::new(move |bytes| take(&Table::at(bytes, jump(bytes, 0)?)?, schema)),
        )),
        many: Some((
            Box::new(move |contents| {
                let mut builder = FlatBufferBuilder::new();
                let tables: Vec<WIPOffset<TableFinishedWIPOffset>> =
                    contents.iter().map(|content| put(&mut builder, content, schema)).collect();
                let list: WIPOffset<flatbuffers::Vector<'_, ForwardsUOffset<TableFinishedWIPOffset>>> =
                    builder.create_vector(&tables);
                let root = builder.start_table();
                builder.push_slot_always(FIRST, list);
                let root = builder.end_table(root);
                builder.finish_minimal(root);
                builder.finished_data().to_vec()
            }),
            Box::new(move |bytes| {
                let root = Table::at(bytes, jump(bytes, 0)?)?;
                let list = jump(bytes, root.field(FIRST)?.context("no list")?)?;
                let many = u32::from_le_bytes(part(bytes, list)?) as usize;
                ensure!(many <= bytes.len(), "more items than bytes");
                (1..=many).map(|item| take(&Table::at(bytes, jump(bytes, list + 4 * item)?)?, schema)).collect()
            }),
        )),
    }
}

/// Widest first, so that nothing has to be padded.
fn put(builder: &mut FlatBufferBuilder<'_>, content: &Content, schema: Schema) -> WIPOffset<TableFinishedWIPOffset> {
    let slot = |field| slot(field, schema);
    let texts = [&content.place_name, &content.office, &content.headline];
    let names = [spelt(&content.name_a), spelt(&content.name_b)];
    let texts = texts.map(|text| Some(text).filter(|text| !text.is_empty()).map(|text| builder.create_string(text)));
    let names = names.map(|name| name.map(|name| builder.create_string(name)));
    let start = builder.start_table();
    for (field, text) in (0..).map(slot_inserted).zip(texts).chain(SPELT.map(slot).into_iter().zip(names)) {
        if let Some(text) = text {
            builder.push_slot_always(field, text);
        }
    }
    builder.push_slot(slot(TIME), content.time, 0);
    if schema == Schema::Plain {
        builder.push_slot(slot(PLACE), content.lat, 0);
        builder.push_slot(slot_inserted(0), content.lon, 0);
    } else if let Place::Point(lat, lon) = content.place {
        builder.push_slot_always(slot(POINT[0]), lat);
        builder.push_slot_always(slot(POINT[1]), lon);
    }
    let wide = [content.deaths_a, content.deaths_b, content.deaths_civilians, content.deaths_unknown, content.days, content.lag];
    let signed = [content.best, content.low, content.high];
    for (field, value) in WIDE.into_iter().zip(wide).filter(|(_, value)| u16::try_from(*value).is_err()) {
        builder.push_slot(slot(field), value, 0);
    }
    for (field, value) in WIDE_SIGNED.into_iter().zip(signed).filter(|(_, value)| i16::try_from(*value).is_err()) {
        builder.push_slot(slot(field), value, 0);
    }
    for (field, value) in NARROW.into_iter().zip(wide) {
        builder.push_slot(slot(field), u16::try_from(value).unwrap_or_default(), 0);
    }
    for (field, value) in SIGNED.into_iter().zip(signed) {
        builder.push_slot(slot(field), i16::try_from(value).unwrap_or_default(), 0);
    }
    if let (Place::Listed(place), true) = (&content.place, schema != Schema::Plain) {
        builder.push_slot(slot(PLACE), *place, 0);
    }
    let short = [content.seq, content.author, index(&content.name_a, content.side_a), index(&content.name_b, content.side_b)];
    for (field, value) in SHORT.into_iter().zip(short) {
        builder.push_slot(slot(field), value, 0);
    }
    let codes = [content.version, content.kind, content.date_precision, content.place_precision, content.clarity, content.sources];
    for (field, code) in CODES.into_iter().zip(codes) {
        builder.push_slot(slot(field), code, 0);
    }
    builder.end_table(start)
}

fn take(table: &Table<'_>, schema: Schema) -> Result<Content> {
    let slot = |field| slot(field, schema);
    let wide = |number: usize| -> Result<u32> {
        let narrow = table.scalar(slot(NARROW[number]))?.map_or(0, u16::from_le_bytes);
        Ok(table.scalar(slot(WIDE[number]))?.map_or(u32::from(narrow), u32::from_le_bytes))
    };
    let signed = |number: usize| -> Result<i32> {
        let narrow = table.scalar(slot(SIGNED[number]))?.map_or(0, i16::from_le_bytes);
        Ok(table.scalar(slot(WIDE_SIGNED[number]))?.map_or(i32::from(narrow), i32::from_le_bytes))
    };
    let short = |number: usize| anyhow::Ok(table.scalar(slot(SHORT[number]))?.map_or(0, u16::from_le_bytes));
    let code = |number: usize| anyhow::Ok(table.scalar(slot(CODES[number]))?.map_or(0, u8::from_le_bytes));
    let mut content = Content {
        time: table.scalar(slot(TIME))?.map_or(0, u32::from_le_bytes),
        seq: short(0)?,
        author: short(1)?,
        deaths_a: wide(0)?,
        deaths_b: wide(1)?,
        deaths_civilians: wide(2)?,
        deaths_unknown: wide(3)?,
        days: wide(4)?,
        lag: wide(5)?,
        best: signed(0)?,
        low: signed(1)?,
        high: signed(2)?,
        version: code(0)?,
        kind: code(1)?,
        date_precision: code(2)?,
        place_precision: code(3)?,
        clarity: code(4)?,
        sources: code(5)?,
        ..Content::default()
    };
    if schema == Schema::Plain {
        content.lat = table.scalar(slot(PLACE))?.map_or(0, i32::from_le_bytes);
        content.lon = table.scalar(slot_inserted(0))?.map_or(0, i32::from_le_bytes);
    } else {
        let [lat, lon] = [table.scalar(slot(POINT[0]))?, table.scalar(slot(POINT[1]))?].map(|value| value.map(i32::from_le_bytes));
        let listed = table.scalar(slot(PLACE))?.map_or(0, u16::from_le_bytes);
        content.place = lat.zip(lon).map_or(Place::Listed(listed), |(lat, lon)| Place::Point(lat, lon));
    }
    let (side_a, side_b) = (short(2)?, short(3)?);
    if schema == Schema::Whole {
        content.name_a = table.text(slot(SPELT[0]))?.map_or(Side::Listed(side_a), Side::Spelt);
        content.name_b = table.text(slot(SPELT[1]))?.map_or(Side::Listed(side_b), Side::Spelt);
        content.place_name = table.text(slot_inserted(0))?.unwrap_or_default();
        content.office = table.text(slot_inserted(1))?.unwrap_or_default();
        content.headline = table.text(slot_inserted(2))?.unwrap_or_default();
    } else {
        (content.side_a, content.side_b) = (side_a, side_b);
    }
    Ok(content)
}

fn spelt(side: &Side) -> Option<&str> {
    match side {
        Side::Listed(_) => None,
        Side::Spelt(name) => Some(name),
    }
}

fn index(name: &Side, side: u16) -> u16 {
    match name {
        Side::Listed(0) => side,
        Side::Listed(index) => *index,
        Side::Spelt(_) => 0,
    }
}

/// Reads a table without the crate's accessors, which are unsafe to call.
struct Table<'b> {
    bytes: &'b [u8],
    at: usize,
    vtable: usize,
}

impl<'b> Table<'b> {
    fn at(bytes: &'b [u8], at: usize) -> Result<Self> {
        let back = i32::from_le_bytes(part(bytes, at)?);
        let vtable = usize::try_from(i64::try_from(at)? - i64::from(back))?;
        Ok(Self { bytes, at, vtable })
    }

    /// Where the value of a field is.
    fn field(&self, slot: u16) -> Result<Option<usize>> {
        if slot >= u16::from_le_bytes(part(self.bytes, self.vtable)?) {
            return Ok(None);
        }
        let offset = u16::from_le_bytes(part(self.bytes, self.vtable + usize::from(slot))?);
        Ok(Some(self.at + usize::from(offset)).filter(|_| offset != 0))
    }

    fn scalar<const N: usize>(&self, slot: u16) -> Result<Option<[u8; N]>> {
        self.field(slot)?.map(|at| part(self.bytes, at)).transpose()
    }

    fn text(&self, slot: u16) -> Result<Option<String>> {
        let Some(at) = self.field(slot)? else { return Ok(None) };
        let at = jump(self.bytes, at)?;
        let length = u32::from_le_bytes(part(self.bytes, at)?) as usize;
        let text = self.bytes.get(at + 4..).and_then(|rest| rest.get(..length)).context("a text ends early")?;
        Ok(Some(String::from_utf8(text.to_vec())?))
    }
}

/// Where the offset at `at` leads.
fn jump(bytes: &[u8], at: usize) -> Result<usize> {
    Ok(at + u32::from_le_bytes(part(bytes, at)?) as usize)
}

fn part<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().context("the bytes end early")
}
