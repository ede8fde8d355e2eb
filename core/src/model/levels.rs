//! The walk through a report, record by record, without recursion: small processors have small stacks.

use heapless::Vec;

use super::leaf;
use super::walk::{Fields, Layout, Stopped, Walk};
use super::walked::{Record, RecordMut, Slot, View};
use crate::error::ErrorKind;

/// No record lies deeper: the report, a claim, what it says, a count, its period, a date; a test says so.
const DEEPEST: usize = 6;

/// A record that the walk is in, the report first.
struct Level {
    /// The fields that are left.
    fields: Fields,
    /// Out of a report: the fields that are blank. Into a report: those that are walked.
    mask: u32,
    /// The field that the walk is in.
    number: Option<u8>,
    /// If that is a list: how many items it has, and the one that the walk is in.
    items: u8,
    item: u8,
}

type Levels = Vec<Level, DEEPEST>;

/// Walks out of a record.
pub(super) fn put<'a>(root: &dyn Record<'a>, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
    let mut levels = Levels::new();
    put_each(root, walk, &mut levels).map_err(|Stopped| inside(&levels, walk))
}

/// Walks into a record.
pub(super) fn take<'a>(root: &mut dyn RecordMut<'a>, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
    let mut levels = Levels::new();
    take_each(root, walk, &mut levels).map_err(|Stopped| inside(&levels, walk))
}

/// The way to what went wrong.
fn inside<'a>(levels: &Levels, walk: &mut dyn Walk<'a>) -> Stopped {
    let path = &mut walk.error().path;
    for level in levels.iter().rev() {
        if level.item < level.items {
            path.enclose_item(level.item);
        }
        if let Some(number) = level.number {
            path.enclose_field(number);
        }
    }
    Stopped
}

fn push<'a>(levels: &mut Levels, fields: Fields, mask: u32, walk: &mut dyn Walk<'a>) -> Result<(), Stopped> {
    let level = Level { fields, mask, number: None, items: 0, item: 0 };
    levels.push(level).map_err(|_| walk.fail(ErrorKind::TooMany { limit: DEEPEST, value: DEEPEST + 1 }))
}

fn enter<'a>(number: u8, layout: &Layout, walk: &mut dyn Walk<'a>) {
    if layout.choice { walk.variant(number) } else { walk.field(number) }
}

fn put_each<'a>(root: &dyn Record<'a>, walk: &mut dyn Walk<'a>, levels: &mut Levels) -> Result<(), Stopped> {
    // The records above the one that the walk is in.
    let mut above: Vec<&dyn Record<'a>, { DEEPEST - 1 }> = Vec::new();
    let mut record = root;
    put_begin(record, walk, levels)?;
    while let Some(level) = levels.last_mut() {
        if level.items != 0 {
            let Some(View::List(list, _)) = level.number.and_then(|number| record.field(number)) else { break };
            match list.item(level.item.into()) {
                Some(item) => {
                    walk.item(level.item);
                    put_begin(item, walk, levels)?;
                    // As many as levels, which were not too many.
                    let _ = above.push(core::mem::replace(&mut record, item));
                }
                None => {
                    level.items = 0;
                    list.consistent(walk)?;
                    walk.leave();
                }
            }
            continue;
        }
        level.number = level.fields.next();
        while let Some(number) = level.number
            && level.mask >> (number & 31) & 1 == 1
            && walk.blank()?
        {
            level.number = level.fields.next();
        }
        let Some(number) = level.number else {
            record.consistent(walk)?;
            levels.pop();
            let (Some(level), Some(back)) = (levels.last_mut(), above.pop()) else { break };
            record = back;
            level.item += 1;
            walk.leave();
            continue;
        };
        enter(number, record.layout(), walk);
        let below = match record.field(number) {
            Some(View::Leaf(value)) => leaf::walk(value, walk).map(|_| None)?,
            Some(View::Record(record)) => Some(record),
            Some(View::Optional(case, of, record)) => walk.case(case, of).map(|_| record)?,
            Some(View::List(list, most)) => {
                let items = walk.length(list.len(), most)?;
                (level.items, level.item) = (u8::try_from(items).unwrap_or(u8::MAX), 0);
                if items != 0 {
                    continue;
                }
                None
            }
            None => None,
        };
        match below {
            Some(below) => {
                put_begin(below, walk, levels)?;
                let _ = above.push(core::mem::replace(&mut record, below));
            }
            None => walk.leave(),
        }
    }
    Ok(())
}

#[inline(never)] // what it needs is not for long
fn put_begin<'a>(record: &dyn Record<'a>, walk: &mut dyn Walk<'a>, levels: &mut Levels) -> Result<(), Stopped> {
    let (layout, reported) = (record.layout(), record.reported());
    if !layout.choice {
        let fields = walk.fields(layout, reported)?;
        return push(levels, fields, layout.blank & !reported, walk);
    }
    // A choice has fewer than 256 variants.
    let [variant, ..] = reported.to_le_bytes();
    walk.choice(variant, layout.fields)?;
    push(levels, Fields::variant(layout, variant), 0, walk)
}

fn take_each<'a>(root: &mut dyn RecordMut<'a>, walk: &mut dyn Walk<'a>, levels: &mut Levels) -> Result<(), Stopped> {
    let mut record: &mut dyn RecordMut<'a> = &mut *root;
    take_begin(record, walk, levels)?;
    while let Some(level) = levels.last_mut() {
        if level.items != 0 {
            let Some(Slot::List(list, _)) = level.number.and_then(|number| record.field_mut(number)) else { break };
            if level.item < level.items && list.push() {
                walk.item(level.item);
                record = below_mut(record, level).ok_or_else(|| walk.fail(ErrorKind::EndsEarly))?;
                take_begin(record, walk, levels)?;
            } else {
                level.items = 0;
                list.consistent(walk)?;
                walk.leave();
            }
            continue;
        }
        level.number = level.fields.next();
        let Some(number) = level.number else {
            if record.layout().always & !level.mask != 0 {
                return Err(walk.fail(ErrorKind::NotMinimal));
            }
            record.consistent(walk)?;
            levels.pop();
            // Back into the record above.
            let Some((level, above)) = levels.split_last_mut() else { break };
            record = again_mut(&mut *root, above).ok_or_else(|| walk.fail(ErrorKind::EndsEarly))?;
            level.item += 1;
            walk.leave();
            continue;
        };
        enter(number, record.layout(), walk);
        // Whether the value differs from its default, and whether it has parts.
        let (reported, parts) = match record.field_mut(number) {
            Some(Slot::Leaf(value)) => (leaf::walk(value, walk)?, false),
            // A record in a record is a choice, which always says something.
            Some(Slot::Record(_)) => (true, true),
            Some(Slot::Optional(of, optional)) => {
                let case = walk.case(0, of)?;
                optional.set(case);
                (case != 0, optional.record().is_some())
            }
            Some(Slot::List(_, most)) => {
                let items = walk.length(0, most)?;
                (level.items, level.item) = (u8::try_from(items).unwrap_or(u8::MAX), 0);
                (items != 0, items != 0)
            }
            None => (true, false),
        };
        if level.fields.is_sparse() && !reported {
            // It should have been left out.
            return Err(walk.fail(ErrorKind::NotMinimal));
        }
        if !parts {
            walk.leave();
        } else if level.items == 0 {
            record = below_mut(record, level).ok_or_else(|| walk.fail(ErrorKind::EndsEarly))?;
            take_begin(record, walk, levels)?;
        }
    }
    Ok(())
}

#[inline(never)] // what it needs is not for long
fn take_begin<'a>(record: &mut dyn RecordMut<'a>, walk: &mut dyn Walk<'a>, levels: &mut Levels) -> Result<(), Stopped> {
    let layout = record.layout();
    let fields = if layout.choice {
        let variant = walk.choice(0, layout.fields)?;
        record.choose(variant);
        Fields::variant(layout, variant)
    } else {
        walk.fields(layout, 0)?
    };
    let mask = fields.mask();
    push(levels, fields, mask, walk)
}

/// The record that the walk goes down into from this level.
fn below_mut<'r, 'a>(record: &'r mut dyn RecordMut<'a>, level: &Level) -> Option<&'r mut dyn RecordMut<'a>> {
    match record.field_mut(level.number?)? {
        Slot::Record(record) => Some(record),
        Slot::Optional(_, optional) => optional.record(),
        Slot::List(list, _) => list.last(),
        Slot::Leaf(_) => None,
    }
}

/// The record that the walk is in below these levels.
fn again_mut<'r, 'a>(root: &'r mut dyn RecordMut<'a>, levels: &[Level]) -> Option<&'r mut dyn RecordMut<'a>> {
    levels.iter().try_fold(root, below_mut)
}

#[cfg(test)]
mod tests {
    use super::DEEPEST;
    use crate::model::describe::Shape;
    use crate::model::report_shape;

    fn records(shape: &Shape) -> usize {
        match shape {
            // An id is one value.
            Shape::Record(record) | Shape::Date(record) | Shape::Time(record) => {
                1 + record.fields.iter().map(|field| records(field.shape)).max().unwrap_or(0)
            }
            Shape::OneOf { variants, .. } => 1 + variants.iter().map(|variant| records(variant.shape)).max().unwrap_or(0),
            Shape::Optional(of) | Shape::Said(of) | Shape::List { of, .. } | Shape::Map { of, .. } => records(of),
            _ => 0,
        }
    }

    #[test]
    fn no_record_lies_deeper() {
        assert_eq!(records(report_shape()), DEEPEST);
    }
}
