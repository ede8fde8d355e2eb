//! A report in which every field is at its longest: a walk that answers every question with as much as its field takes. It
//! follows the model by itself.

use increp::Error;
use increp::model::bounds::{ALL_TEXT, Bound};
use increp::model::describe::{Path, Shape};
use increp::model::{RecordMut as _, Report, Stamp, Stopped, Walk};

/// The longest report, its texts borrowed from `texts`, which [`texts`] makes.
///
/// # Panics
/// If the model refuses it.
#[must_use]
pub fn longest(texts: &[String]) -> Report<'_> {
    let mut report = Report::default();
    report.take(&mut Most::new(texts)).unwrap();
    report
}

/// Texts that together are as long as all text may be, each at least one byte and different from the others.
///
/// # Panics
/// If the model refuses the report from which they are counted.
#[must_use]
pub fn texts() -> Vec<String> {
    let short: Vec<String> = (0..1000).map(|_| "x".to_owned()).collect();
    let mut source = Most::new(&short);
    // Keys are not different yet, so this stops at `extra`, the last field; its texts are counted by then.
    let _ = Report::default().take(&mut source);
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
    error: Error,
}

impl<'a> Most<'a> {
    fn new(texts: &'a [String]) -> Self {
        Self { texts, lengths: Vec::new(), next: 0, path: Path::ROOT, error: Error::NONE }
    }

    fn shape(&self) -> &'static Shape {
        self.path.resolve().unwrap().0.inner()
    }

    fn bound(&self) -> &'static Bound {
        self.path.resolve().unwrap().1.unwrap().bound
    }
}

impl<'a> Walk<'a> for Most<'a> {
    fn error(&mut self) -> &mut Error {
        &mut self.error
    }

    fn field(&mut self, number: u8) {
        self.path.enter_field(number);
    }

    fn item(&mut self, index: u8) {
        self.path.enter_item(index);
    }

    fn leave(&mut self) {
        self.path.leave();
    }

    fn code(&mut self, _: u8) -> Result<u8, Stopped> {
        let Shape::Code(list) = self.shape() else { panic!("no code at {}", self.path) };
        // The last date form is the longest; a new report may say the most; a vague word would stand alone.
        let last = list.codes.last().map_or(0, |entry| entry.0);
        Ok(match list.name {
            "Term" => 0,
            "Kind" => 1,
            _ if list.open => 255,
            _ => last,
        })
    }

    fn flag(&mut self, _: bool) -> Result<bool, Stopped> {
        Ok(true)
    }

    fn case(&mut self, _: u8, of: u8) -> Result<u8, Stopped> {
        // A count is the longest thing that a claim says, an integer the longest value of `extra` without its text.
        Ok(match self.shape() {
            Shape::OneOf { name: "Statement", variants } if variants.len() == usize::from(of) => 0,
            Shape::OneOf { name: "Scalar", .. } => 1,
            _ => of - 1,
        })
    }

    fn length(&mut self, _: usize, most: usize) -> Result<usize, Stopped> {
        Ok(most)
    }

    fn unsigned(&mut self, _: u32, _: u8) -> Result<u32, Stopped> {
        Ok(u32::try_from(self.bound().max).unwrap())
    }

    fn signed(&mut self, _: i64, _: u8) -> Result<i64, Stopped> {
        Ok(match self.shape() {
            // Far enough from the end of year 9999 for any offset.
            Shape::Stamp => Stamp::new(increp::model::bounds::SECONDS.max - 86_400).seconds(),
            _ => self.bound().min,
        })
    }

    fn text(&mut self, _: Option<&'a str>, bound: &'static Bound) -> Result<&'a str, Stopped> {
        self.lengths.push(usize::try_from(bound.max).unwrap());
        self.next += 1;
        Ok(&self.texts[self.next - 1])
    }

    fn digest(&mut self, _: &[u8; 32]) -> Result<[u8; 32], Stopped> {
        Ok([0xff; 32])
    }
}
