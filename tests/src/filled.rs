//! A report in which every field is at its longest: a source that answers every question with as much as its field
//! takes. It follows the model by itself.

use increp::model::bounds::{ALL_TEXT, TEXT};
use increp::model::describe::{CodeList, Path, Shape};
use increp::model::{Report, Source, Stamp, Value as _};
use increp::{Error, ErrorKind};

/// The longest report, its texts borrowed from `texts`, which [`texts`] makes.
///
/// # Panics
/// If the model refuses it.
#[must_use]
pub fn longest(texts: &[String]) -> Report<'_> {
    let mut report = Report::default();
    let mut source = Most { texts, lengths: Vec::new(), next: 0, path: Path::default() };
    report.take(&mut source, &increp::model::bounds::ANY).unwrap();
    report
}

/// Texts that together are as long as all text may be, each at least one byte and different from the others.
///
/// # Panics
/// If the model refuses the report from which they are counted.
#[must_use]
pub fn texts() -> Vec<String> {
    let short: Vec<String> = (0..1000).map(|_| "x".to_owned()).collect();
    let mut source = Most { texts: &short, lengths: Vec::new(), next: 0, path: Path::default() };
    // Keys are not different yet, so this stops at `extra`, the last field; its texts are counted by then.
    let _ = Report::default().take(&mut source, &increp::model::bounds::ANY);
    let mut left = usize::try_from(ALL_TEXT.max).unwrap() - source.lengths.len();
    let lengths = source.lengths.into_iter().map(|most| {
        let more = (most - 1).min(127).min(left);
        left -= more;
        1 + more
    });
    let letter = |index: usize| char::from(b'!' + u8::try_from(index % 90).unwrap());
    lengths.enumerate().map(|(index, length)| letter(index).to_string().repeat(length)).collect()
}

struct Most<'t> {
    texts: &'t [String],
    /// The most bytes of each text that was asked for.
    lengths: Vec<usize>,
    next: usize,
    path: Path,
}

impl<'a> Source<'a> for Most<'a> {
    fn path(&mut self) -> &mut Path {
        &mut self.path
    }

    fn error(&mut self, kind: ErrorKind) -> Error {
        Error { kind, offset: 0, path: self.path }
    }

    fn code(&mut self, list: &'static CodeList) -> Result<u8, Error> {
        // The last date form is the longest; a new report may say the most; a vague word would stand alone.
        let last = list.codes.last().map_or(0, |entry| entry.0);
        Ok(match list.name {
            "Term" => 0,
            "Kind" => 1,
            _ if list.open => 255,
            _ => last,
        })
    }

    fn flag(&mut self) -> Result<bool, Error> {
        Ok(true)
    }

    fn case(&mut self, of: u8) -> Result<u8, Error> {
        let shape = self.path.resolve().map(|(shape, _)| shape);
        // A count is the longest thing that a claim says, an integer the longest value of `extra` without its text.
        Ok(match shape.map(Shape::inner) {
            Some(Shape::OneOf { name: "Statement", variants }) if variants.len() == usize::from(of) => 0,
            Some(Shape::OneOf { name: "Scalar", .. }) => 1,
            _ => of - 1,
        })
    }

    fn length(&mut self, most: usize) -> Result<usize, Error> {
        Ok(most)
    }

    fn unsigned(&mut self, _: u8) -> Result<u64, Error> {
        let bound = self.path.resolve().and_then(|(_, field)| field).map(|field| field.bound);
        Ok(u64::try_from(bound.unwrap().max).unwrap())
    }

    fn signed(&mut self, _: u8) -> Result<i64, Error> {
        let (shape, field) = self.path.resolve().unwrap();
        Ok(match shape.inner() {
            // Far enough from the end of year 9999 for any offset.
            Shape::Stamp => Stamp::new(increp::model::bounds::SECONDS.max - 86_400).seconds(),
            _ => field.unwrap().bound.min,
        })
    }

    fn text(&mut self) -> Result<&'a str, Error> {
        let bound = self.path.resolve().and_then(|(_, field)| field).map(|field| field.bound);
        let bound = bound.filter(|bound| !bound.unit.is_empty()).unwrap_or(&TEXT);
        self.lengths.push(usize::try_from(bound.max).unwrap());
        self.next += 1;
        Ok(&self.texts[self.next - 1])
    }

    fn digest(&mut self) -> Result<[u8; 32], Error> {
        Ok([0xff; 32])
    }
}
