//! Texts on their way into reports: those that do not fit their field go whole into the note, and a note that does not
//! fit its report goes on in further reports. Nothing is cut off.

use anyhow::Context as _;
use bumpalo::Bump;
use increp::model::bounds::{ALL_TEXT, Bound, NOTE, TEXT};
use increp::model::{Event, Id, Link, LinkRel, Report, Text, list};

use super::{Options, Summary};

/// The texts of one report.
pub(super) struct Texts<'a> {
    /// Where texts live that are put together from several cells.
    pub(super) arena: &'a Bump,
    note: String,
    /// Bytes of text in the fields of the report.
    bytes: usize,
    moved: u64,
}

/// What is left of the texts when all fields of the report are filled.
pub(super) struct Note<'a> {
    text: &'a str,
    beside: usize,
    moved: u64,
}

impl<'a> Texts<'a> {
    pub(super) fn new(arena: &'a Bump) -> Self {
        Self { arena, note: String::new(), bytes: 0, moved: 0 }
    }

    /// The text of a field that holds up to 160 bytes. A longer one becomes a line of the note: a shortened name would be
    /// another name.
    pub(super) fn field(&mut self, column: &str, text: &'a str) -> Option<&'a str> {
        if !fits(text) {
            self.moved(column, text);
            return None;
        }
        self.bytes += text.len();
        Some(text)
    }

    /// Bytes of a text that always fits and is in the report beside those that were asked for.
    pub(super) fn beside(&mut self, text: &'a str) -> &'a str {
        self.bytes += text.len();
        text
    }

    /// The text that the note starts with.
    pub(super) fn headline(&mut self, text: &str) {
        debug_assert!(self.note.is_empty(), "the headline comes first");
        self.note.push_str(text);
    }

    /// A line of the note: the column and its text.
    pub(super) fn line(&mut self, column: &str, text: &str) {
        if !self.note.is_empty() {
            self.note.push('\n');
        }
        self.note.extend([column, ": ", text]);
    }

    /// A line of the note for a text that has a field and does not fit it.
    pub(super) fn moved(&mut self, column: &str, text: &str) {
        self.line(column, text);
        self.moved += 1;
    }

    pub(super) fn finish(self) -> Note<'a> {
        Note { text: self.arena.alloc_str(&self.note), beside: self.bytes, moved: self.moved }
    }
}

/// Numbers reports and hands them out.
pub(super) struct Writer<'o> {
    options: &'o Options,
    out: &'o mut dyn FnMut(&Report<'_>) -> anyhow::Result<()>,
    /// The next number, until there is none.
    next: Option<u32>,
    pub(super) summary: Summary,
}

impl<'o> Writer<'o> {
    pub(super) fn new(options: &'o Options, out: &'o mut dyn FnMut(&Report<'_>) -> anyhow::Result<()>) -> Self {
        Self { options, out, next: Some(options.first_seq), summary: Summary::default() }
    }

    /// Writes a report with its note, and as many more as the note needs. An error of the report itself, in which case
    /// nothing is written, is the inner one.
    pub(super) fn write<'a>(&mut self, mut report: Report<'a>, note: &Note<'a>) -> anyhow::Result<Result<(), increp::Error>> {
        let room = most(&NOTE).min(most(&ALL_TEXT).saturating_sub(note.beside));
        let (start, mut rest) = split(note.text, room);
        let mut more = Vec::new();
        while !rest.is_empty() {
            let (part, after) = split(rest, most(&NOTE));
            more.push(part);
            rest = after;
        }
        let spent = || format!("author {} has no numbers left for more reports: go on with another author", self.options.author);
        let first = self.next.with_context(spent)?;
        let last = u32::try_from(more.len()).ok().and_then(|more| first.checked_add(more)).with_context(spent)?;

        let id = Id::new(self.options.author, first);
        report.id = id;
        report.handling = self.options.handling.unwrap_or_default();
        report.event.get_or_insert_default().note = Some(start).filter(|start| !start.is_empty()).map(Text::new);
        if let Err(error) = report.check() {
            return Ok(Err(error));
        }
        (self.out)(&report)?;
        for (seq, part) in (first..=last).skip(1).zip(&more) {
            (self.out)(&Report {
                id: Id::new(id.author, seq),
                kind: report.kind,
                status: report.status,
                handling: report.handling,
                links: list([Link { rel: LinkRel::PART_OF, id }]),
                from: report.from.clone(),
                event: Some(Event { note: Some(Text::new(part)), ..Event::default() }),
                ..Report::default()
            })?;
        }
        self.next = last.checked_add(1);
        let continued = u64::from(last - first);
        self.summary.reports += 1 + continued;
        self.summary.continued += continued;
        self.summary.moved += note.moved;
        Ok(Ok(()))
    }
}

/// Whether it can be the text of a field.
pub(super) fn fits(text: &str) -> bool {
    (1..=most(&TEXT)).contains(&text.len())
}

/// A text in two, the first of at most `most` bytes, at the end of a word if there is one, else of a character.
fn split(text: &str, most: usize) -> (&str, &str) {
    if text.len() <= most {
        return (text, "");
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let (start, _) = text.split_at(end);
    // The space stays with the word before it, so that the parts put together are the text.
    let word = start.char_indices().rev().find(|(_, character)| character.is_whitespace());
    text.split_at(word.map_or(end, |(at, space)| at + space.len_utf8()))
}

fn most(bound: &Bound) -> usize {
    usize::try_from(bound.max).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_split_after_words_or_else_after_characters() {
        for (text, most, start, rest) in [
            ("", 5, "", ""),
            ("five5", 5, "five5", ""),
            ("one two", 5, "one ", "two"),
            ("one\ntwo", 4, "one\n", "two"),
            ("abcdef", 5, "abcde", "f"),
            ("ééé", 5, "éé", "é"),
            (" abcdef", 5, " ", "abcdef"),
        ] {
            assert_eq!(split(text, most), (start, rest), "{text:?}");
        }
    }
}
