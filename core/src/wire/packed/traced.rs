//! A decoder that shows its work: tells a [`Trace`] every value that a packer reads, and what it took.

use super::coder::Position;
use super::packer::Packer;
use crate::error::Error;
use crate::model::bounds::Bound;
use crate::model::describe::Path;
use crate::model::{Fields, Id, Layout, Point, RecordMut as _, Report, Stopped, Walk};
use crate::wire::{Seen, Trace};

/// Unpacks, and tells `trace`.
pub(super) struct Traced<'t, 'p, 'a, T, const TEXTS: usize, const OTHERS: usize> {
    pub(super) packer: Packer<'p, 'a, TEXTS, OTHERS>,
    path: Path,
    trace: &'t mut T,
}

impl<'t, 'p, 'a, T: Trace, const TEXTS: usize, const OTHERS: usize> Traced<'t, 'p, 'a, T, TEXTS, OTHERS> {
    pub(super) fn new(packer: Packer<'p, 'a, TEXTS, OTHERS>, trace: &'t mut T) -> Self {
        Self { packer, path: Path::ROOT, trace }
    }

    pub(super) fn take(&mut self, report: &mut Report<'a>) -> Result<(), Error> {
        let start = self.position();
        let Ok(form) = self.packer.begin(None) else { return Err(*self.packer.error()) };
        if !self.packer.profile.forms.is_empty() {
            self.tell(start, Seen::Form(form));
        }
        report.take(self)?;
        self.packer.end(start.bytes)
    }

    fn position(&self) -> Position {
        self.packer.decisions.position()
    }

    fn tell(&mut self, start: Position, seen: Seen<'_>) {
        let end = self.position();
        self.trace.seen(&self.path, start.bytes..end.bytes, seen);
        self.trace.packed(start, end);
    }

    fn read<V>(
        &mut self,
        read: impl FnOnce(&mut Packer<'p, 'a, TEXTS, OTHERS>) -> Result<V, Stopped>,
        seen: impl FnOnce(&V) -> Seen<'_>,
    ) -> Result<V, Stopped> {
        let start = self.position();
        let value = read(&mut self.packer)?;
        self.tell(start, seen(&value));
        Ok(value)
    }
}

impl<'a, T: Trace, const TEXTS: usize, const OTHERS: usize> Walk<'a> for Traced<'_, '_, 'a, T, TEXTS, OTHERS> {
    fn error(&mut self) -> &mut Error {
        self.packer.error()
    }

    fn offset(&self) -> usize {
        self.packer.offset()
    }

    fn field(&mut self, number: u8) {
        self.path.enter_field(number);
        self.packer.field(number);
    }

    fn variant(&mut self, number: u8) {
        self.path.enter_field(number);
        self.packer.variant(number);
    }

    fn item(&mut self, index: u8) {
        self.path.enter_item(index);
        self.packer.item(index);
    }

    fn leave(&mut self) {
        self.path.leave();
        self.packer.leave();
    }

    fn fields(&mut self, layout: &'static Layout, reported: u32) -> Result<Fields, Stopped> {
        self.read(|packer| packer.fields(layout, reported), |fields| Seen::Fields(fields.mask()))
    }

    fn code(&mut self, code: u8) -> Result<u8, Stopped> {
        self.read(|packer| packer.code(code), |code| Seen::Code(*code))
    }

    fn flag(&mut self, flag: bool) -> Result<bool, Stopped> {
        self.read(|packer| packer.flag(flag), |flag| Seen::Flag(*flag))
    }

    fn case(&mut self, case: u8, of: u8) -> Result<u8, Stopped> {
        self.read(|packer| packer.case(case, of), |case| Seen::Case(*case, of))
    }

    fn choice(&mut self, variant: u8, of: u8) -> Result<u8, Stopped> {
        self.read(|packer| packer.choice(variant, of), |variant| Seen::Case(*variant, of))
    }

    fn length(&mut self, items: usize, most: usize) -> Result<usize, Stopped> {
        self.read(|packer| packer.length(items, most), |items| Seen::Length(*items))
    }

    fn unsigned(&mut self, value: u32, bits: u8) -> Result<u32, Stopped> {
        self.read(|packer| packer.unsigned(value, bits), |value| Seen::Unsigned((*value).into()))
    }

    fn signed(&mut self, value: i64, bits: u8) -> Result<i64, Stopped> {
        self.read(|packer| packer.signed(value, bits), |value| Seen::Signed(*value))
    }

    fn stamp(&mut self, seconds: i64) -> Result<i64, Stopped> {
        self.read(|packer| packer.stamp(seconds), |seconds| Seen::Signed(*seconds))
    }

    fn text(&mut self, text: Option<&'a str>, bound: &'static Bound) -> Result<&'a str, Stopped> {
        self.read(|packer| packer.text(text, bound), |text| Seen::Text((*text).into()))
    }

    fn digest(&mut self, digest: &[u8; 32]) -> Result<[u8; 32], Stopped> {
        self.read(|packer| packer.digest(digest), |digest| Seen::Digest(digest))
    }

    fn id(&mut self, id: Id) -> Option<Result<Id, Stopped>> {
        Some(self.read(|packer| packer.id(id).unwrap_or(Ok(id)), |id| Seen::Id(*id)))
    }

    fn point(&mut self, point: Point) -> Option<Result<Point, Stopped>> {
        Some(self.read(|packer| packer.point(point).unwrap_or(Ok(point)), |point| Seen::Point(*point)))
    }
}
