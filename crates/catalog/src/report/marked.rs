//! Sample events with what matched in them marked.

use super::text;
use grotto_detect::explain::{Mark, Sample};
use grotto_detect::row;
use std::ops::Range;

/// Characters around a mark that are shown, and of a value without marks.
const AROUND: usize = 120;
/// Marks in one value that are shown.
const MARKS: usize = 20;
/// Predicates, and fields of the event, that are shown.
const MOST: usize = 60;

/// A sample event as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// Where it is.
    pub(crate) file: String,
    /// What tells it from others.
    pub(crate) identity: String,
    /// What matched.
    pub(crate) matched: Vec<Matched>,
    /// All its fields.
    pub(crate) fields: Vec<(String, Vec<Piece>)>,
}

/// A predicate that holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Matched {
    pub(crate) field: String,
    pub(crate) predicate: String,
    pub(crate) value: Vec<Piece>,
}

/// A stretch of a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) marked: bool,
}

impl Event {
    /// A sample as it is shown.
    pub(crate) fn new(sample: &Sample) -> Self {
        let identity = sample.matched.event.iter().map(|(name, value)| match value.as_f64() {
            Some(seconds) if name == "_time" => text::time(Some(&grotto_detect::finding::rfc3339(seconds))),
            _ => format!("{}={}", text::line(name, 80), text::line(&row::text(value, ","), 80)),
        });
        let marks = &sample.matched.marks;
        let matched = marks.iter().take(MOST).map(|mark| Matched {
            field: text::line(&mark.field, 80),
            predicate: text::line(&mark.predicate, 300),
            value: pieces(&mark.value, &ranges(mark)),
        });
        let fields = sample.fields.iter().take(MOST).map(|(name, value)| {
            let value = row::text(value, "\n");
            let here = marks.iter().filter(|m| m.field == *name && m.value == value).flat_map(ranges);
            (text::line(name, 80), pieces(&value, &merged(here.collect())))
        });
        Self {
            file: text::line(&sample.matched.file, 300),
            identity: identity.collect::<Vec<_>>().join("  "),
            matched: matched.collect(),
            fields: fields.collect(),
        }
    }

    /// How many bytes of text it has.
    pub(crate) fn size(&self) -> usize {
        let of = |pieces: &[Piece]| pieces.iter().map(|piece| piece.text.len() + 16).sum::<usize>();
        let matched = self.matched.iter().map(|m| m.field.len() + m.predicate.len() + of(&m.value) + 80);
        let fields = self.fields.iter().map(|(name, value)| name.len() + of(value) + 40);
        self.file.len() + self.identity.len() + matched.sum::<usize>() + fields.sum::<usize>() + 300
    }
}

/// Where a predicate's words stand; the whole value for one that looks at it as a whole.
pub(crate) fn ranges(mark: &Mark) -> Vec<Range<usize>> {
    if mark.ranges.is_empty() && mark.field != "_raw" {
        return std::iter::once(0..mark.value.len()).collect();
    }
    merged(mark.ranges.clone())
}

/// The ranges in order, those that meet made one.
pub(crate) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| range.start < range.end);
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match out.last_mut().filter(|last| range.start <= last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => out.push(range),
        }
    }
    out
}

/// A value in stretches, marked and not; what is far from marks is left out.
pub(crate) fn pieces(value: &str, ranges: &[Range<usize>]) -> Vec<Piece> {
    let plain = |text: String| Piece { text, marked: false };
    if ranges.is_empty() {
        return vec![plain(text::cut(value, 2 * AROUND))];
    }
    let mut out = Vec::new();
    let mut from = 0;
    for (number, range) in ranges.iter().take(MARKS).enumerate() {
        let (Some(between), Some(marked)) = (value.get(from..range.start), value.get(range.clone())) else {
            continue;
        };
        if !between.is_empty() {
            out.push(plain(shortened(between, number > 0, true)));
        }
        out.push(Piece { text: text::cut(marked, 4 * AROUND), marked: true });
        from = range.end;
    }
    match value.get(from..) {
        None | Some("") => {}
        Some(rest) => out.push(plain(shortened(rest, true, false))),
    }
    out
}

/// A stretch without what is neither near its start nor near its end, of which those count that a mark is at.
fn shortened(stretch: &str, after_mark: bool, before_mark: bool) -> String {
    let length = stretch.chars().count();
    let (head, tail) = (if after_mark { AROUND } else { 0 }, if before_mark { AROUND } else { 0 });
    if length <= head + tail {
        return text::tame(stretch).into_owned();
    }
    let at = |n: usize| stretch.char_indices().nth(n).map_or(stretch.len(), |(at, _)| at);
    let (start, end) = (&stretch[..at(head)], &stretch[at(length - tail)..]);
    format!("{} … {}", text::tame(start), text::tame(end)).trim_matches(' ').to_owned()
        + if before_mark { "" } else { " " }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(value: &str, ranges: &[Range<usize>]) -> String {
        let one = |p: Piece| if p.marked { format!("[{}]", p.text) } else { p.text };
        pieces(value, ranges).into_iter().map(one).collect()
    }

    fn one(range: Range<usize>) -> Vec<Range<usize>> {
        std::iter::once(range).collect()
    }

    #[test]
    fn marks_stand_where_they_are() {
        assert_eq!(told("abcdef", &[1..2, 3..5]), "a[b]c[de]f");
        assert_eq!(told("abc", &one(0..3)), "[abc]");
        assert_eq!(told("abc", &[]), "abc");
        assert_eq!(merged(vec![3..5, 0..1, 4..7, 1..2, 9..9]), [0..2, 3..7]);
        let long = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        let shown = told(&long, &one(500..501));
        assert!(shown.contains("aaa[X]bbb") && shown.starts_with('…') && shown.len() < 300, "{shown}");
    }

    proptest! {
        #[test]
        fn any_ranges_do_no_harm(value in "\\PC{0,300}", cuts in proptest::collection::vec((0usize..400, 0usize..400), 0..8)) {
            let ranges: Vec<_> = cuts.into_iter().map(|(a, b)| a.min(b)..a.max(b)).collect();
            let whole: String = pieces(&value, &merged(ranges)).into_iter().map(|p| p.text).collect();
            prop_assert!(whole.chars().count() <= 12 * value.chars().count() + 200);
        }
    }
}
