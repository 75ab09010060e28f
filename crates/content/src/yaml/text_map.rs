//! Texts that know, for every byte, where in the file it came from.
//!
//! `search: |-` and its kin make a text that differs from what the file holds: indentation is gone, line ends became
//! blanks, `''` became `'`. A problem found in the text must be shown in the file, at the line and column that the
//! author's editor shows. [`TextMap`] does that translation.

use super::scalar;
use grotto_diag::Span;
use std::ops::Deref;

/// A text out of a file, with its place and a map back into the file. Reads like a `str`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// The text as YAML means it.
    value: String,
    /// The value's range in the file.
    span: Span,
    map: TextMap,
}

impl Text {
    /// The text that stands at `span` of `file` and means `text`.
    pub(crate) fn new(file: &str, span: Span, text: String) -> Self {
        let map = scalar::map(file, span, &text);
        let written = span.of(file);
        Self { value: text, span: Span::new(span.start, span.start + written.trim_end().len()), map }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// Range of the whole value in the file: with its quotes; of a block, from its first character to its last.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The range of the file that a byte range of the text came from.
    pub fn map(&self, span: Span) -> Span {
        self.map.map(span)
    }

    /// The map itself, for those who keep it longer than the text.
    pub fn text_map(&self) -> &TextMap {
        &self.map
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.value
    }
}

/// From byte ranges of a text to byte ranges of the file that it came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextMap {
    /// In the order of the text, without gaps: a piece ends where the next begins.
    pieces: Vec<Piece>,
    /// Whether the pieces follow the text closely, or are one piece because the scalar was written in a way that
    /// this module does not follow.
    exact: bool,
}

/// A run of the text and the run of the file that it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// First byte in the text.
    text: usize,
    /// Bytes in the text.
    len: usize,
    /// The run of the file. As long as the text's: byte for byte the same. Otherwise the one stands for the other
    /// as a whole, such as a blank for a line end with indentation.
    file: Span,
}

impl Piece {
    fn same(&self) -> bool {
        self.file.end - self.file.start == self.len
    }
}

impl TextMap {
    /// A map that knows only where the whole text came from.
    pub(super) fn whole(file: Span, len: usize) -> Self {
        Self { pieces: vec![Piece { text: 0, len, file }], exact: false }
    }

    /// Whether every byte has its own place; otherwise every range maps to the whole value.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// The range of the file that the byte range `span` of the text came from.
    ///
    /// Never fails: a range beyond the text is taken as ending at its end. An empty range gives an empty range.
    pub fn map(&self, span: Span) -> Span {
        let start = self.piece(span.start).map_or(0, |p| match span.start - p.text {
            past if past >= p.len => p.file.end,
            inside if p.same() => p.file.start + inside,
            _ => p.file.start,
        });
        if span.end <= span.start {
            return Span::new(start, start);
        }
        let last = span.end - 1;
        let end = self.piece(last).map_or(start, |p| match last - p.text + 1 {
            inside if inside < p.len && p.same() => p.file.start + inside,
            _ => p.file.end,
        });
        Span::new(start, end)
    }

    /// The piece that holds the byte `at` of the text; the last one for a byte beyond it.
    fn piece(&self, at: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|p| p.text <= at);
        self.pieces.get(after.saturating_sub(1))
    }
}

/// A text and its map under construction.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    file: &'a str,
    pub(super) text: String,
    pieces: Vec<Piece>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        Self { file, text: String::new(), pieces: Vec::new() }
    }

    /// Appends a run of the file as it is.
    pub(super) fn copy(&mut self, from: usize, to: usize) {
        let run = Span::new(from, to).of(self.file);
        if run.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if last.same() && last.file.end == from => {
                last.len += run.len();
                last.file.end += run.len();
            }
            _ => self.pieces.push(Piece { text: self.text.len(), len: run.len(), file: Span::new(from, to) }),
        }
        self.text.push_str(run);
    }

    /// Appends a text that a run of the file stands for.
    pub(super) fn stand_for(&mut self, from: usize, to: usize, text: &str) {
        if text.is_empty() {
            return;
        }
        self.pieces.push(Piece { text: self.text.len(), len: text.len(), file: Span::new(from, to) });
        self.text.push_str(text);
    }

    /// The map, when the text came out as `expected`.
    pub(super) fn finish(self, expected: &str) -> Option<TextMap> {
        (self.text == expected).then_some(TextMap { pieces: self.pieces, exact: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ab` from 10, `X` from 12..15, `cd` from 20.
    fn sample() -> TextMap {
        let file = "0123456789ab---.....cd";
        let mut builder = Builder::new(file);
        builder.copy(10, 11);
        builder.copy(11, 12);
        builder.stand_for(12, 15, "X");
        builder.copy(20, 22);
        builder.finish("abXcd").unwrap()
    }

    #[test]
    fn ranges_are_translated() {
        let map = sample();
        for ((from, to), (start, end)) in [
            ((0, 5), (10, 22)),
            ((0, 1), (10, 11)),
            ((1, 3), (11, 15)),
            ((2, 3), (12, 15)),
            ((3, 4), (20, 21)),
            ((2, 2), (12, 12)),
            ((5, 5), (22, 22)),
            ((5, 9), (22, 22)),
            ((99, 120), (22, 22)),
        ] {
            assert_eq!(map.map(Span::new(from, to)), Span::new(start, end), "{from}..{to}");
        }
        assert!(map.is_exact());
    }

    #[test]
    fn a_text_that_came_out_differently_gives_no_map() {
        let mut builder = Builder::new("abc");
        builder.copy(0, 3);
        assert_eq!(builder.finish("abd"), None);
    }

    #[test]
    fn the_map_of_a_whole_and_of_nothing() {
        let whole = TextMap::whole(Span::new(3, 9), 2);
        assert_eq!(whole.map(Span::new(1, 2)), Span::new(3, 9));
        assert!(!whole.is_exact());
        assert_eq!(TextMap::default().map(Span::new(0, 4)), Span::new(0, 0));
    }
}
