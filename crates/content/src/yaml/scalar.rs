//! From the way a scalar is written to the text that it means, byte by byte.
//!
//! The YAML parser has done this once and says only where the value begins. Here the same is done again, this time
//! noting where every byte came from. The parser's text decides: when this reading differs from it (an odd corner of
//! YAML), the value gets a map that knows only the whole, which is coarse but never wrong.
//!
//! Rules: YAML 1.2.2, chapters 7.3 (quoted and plain scalars) and 8.1 (block scalars), <https://yaml.org/spec/1.2.2/>.

use super::text_map::{Builder, TextMap};
use grotto_diag::Span;

/// The map for the scalar at `span` of `file` that means `text`.
pub(super) fn map(file: &str, span: Span, text: &str) -> TextMap {
    let inner = Span::new(span.start + 1, span.end.saturating_sub(1));
    let quoted = match file.as_bytes().get(span.start) {
        Some(b'\'') => flow(file, inner, Style::Single).finish(text),
        Some(b'"') => flow(file, inner, Style::Double).finish(text),
        _ => None,
    };
    quoted
        .or_else(|| flow(file, span, Style::Plain).finish(text))
        .or_else(|| block(file, span.start, text))
        .unwrap_or_else(|| TextMap::whole(span, text.len()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Single,
    Double,
}

/// Reads a plain or quoted scalar; `span` is what stands between the quotes.
fn flow(file: &str, span: Span, style: Style) -> Builder<'_> {
    let mut out = Builder::new(file);
    let raw = span.of(file).as_bytes();
    let mut at = 0;
    while let Some(&byte) = raw.get(at) {
        let from = span.start + at;
        let taken = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => blanks(&mut out, raw, at, from),
            b'\'' if style == Style::Single => {
                out.stand_for(from, from + 2, "'");
                2
            }
            b'\\' if style == Style::Double => escape(&mut out, raw, at, from),
            _ => {
                out.copy(from, from + 1 + continuation(raw, at));
                1 + continuation(raw, at)
            }
        };
        at += taken;
    }
    out
}

/// How many bytes of the same character follow the byte at `at`.
fn continuation(raw: &[u8], at: usize) -> usize {
    raw[at + 1..].iter().take_while(|b| **b & 0xC0 == 0x80).count()
}

/// The run of blanks and line ends that begins at `at`.
fn blank_run(raw: &[u8], at: usize) -> &[u8] {
    let rest = raw.get(at..).unwrap_or_default();
    &rest[..rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count()]
}

/// How many line ends a run holds; `\r\n` is one.
fn line_ends(run: &[u8]) -> usize {
    run.iter()
        .enumerate()
        .filter(|(i, b)| **b == b'\n' || (**b == b'\r' && run.get(i + 1) != Some(&b'\n')))
        .count()
}

/// Folds a run of blanks: one line end is a blank, of more all but the first stay.
fn blanks(out: &mut Builder<'_>, raw: &[u8], at: usize, from: usize) -> usize {
    let run = blank_run(raw, at);
    match line_ends(run) {
        0 => out.copy(from, from + run.len()),
        1 => out.stand_for(from, from + run.len(), " "),
        n => out.stand_for(from, from + run.len(), &"\n".repeat(n - 1)),
    }
    run.len()
}

/// Reads an escape of a double-quoted scalar and gives its length.
fn escape(out: &mut Builder<'_>, raw: &[u8], at: usize, from: usize) -> usize {
    let simple = |c: u8| -> Option<&'static str> {
        Some(match c {
            b'0' => "\0",
            b'a' => "\u{7}",
            b'b' => "\u{8}",
            b't' | b'\t' => "\t",
            b'n' => "\n",
            b'v' => "\u{b}",
            b'f' => "\u{c}",
            b'r' => "\r",
            b'e' => "\u{1b}",
            b' ' => " ",
            b'"' => "\"",
            b'/' => "/",
            b'\\' => "\\",
            b'N' => "\u{85}",
            b'_' => "\u{a0}",
            b'L' => "\u{2028}",
            b'P' => "\u{2029}",
            _ => return None,
        })
    };
    let code = raw.get(at + 1).copied().unwrap_or_default();
    if let Some(text) = simple(code) {
        out.stand_for(from, from + 2, text);
        return 2;
    }
    let digits = match code {
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        b'\r' | b'\n' => {
            // A line end that is escaped is no character, and the indentation after it is none either.
            let run = blank_run(raw, at + 1);
            out.stand_for(from, from + 1 + run.len(), &"\n".repeat(line_ends(run).saturating_sub(1)));
            return 1 + run.len();
        }
        _ => 0,
    };
    let (value, mut len) = (hex(raw, at + 2, digits), 2 + digits);
    let value = match value {
        Some(high @ 0xD800..=0xDBFF) if raw.get(at + 6..at + 8) == Some(b"\\u") => {
            len = 12;
            hex(raw, at + 8, 4)
                .and_then(|low| Some(0x10000 + ((high - 0xD800) << 10) + low.checked_sub(0xDC00)?))
        }
        other => other,
    };
    if let Some(c) = value.and_then(char::from_u32) {
        out.stand_for(from, from + len, c.encode_utf8(&mut [0; 4]));
    }
    len.min(raw.len() - at)
}

fn hex(raw: &[u8], at: usize, digits: usize) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(raw.get(at..at + digits)?).ok()?, 16).ok()
}

/// What happens to the line ends after a block's last line.
#[derive(Debug, Clone, Copy)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

/// Reads the block scalar whose text begins at `start`, after the first line's indentation.
///
/// Its sign (`|-`, `>` …) stands somewhere before and need not be looked for: the reading that gives the text is the
/// right one, and two readings that give the same text put it at the same places.
fn block(file: &str, start: usize, text: &str) -> Option<TextMap> {
    let line = file.get(..start)?.rfind('\n')? + 1;
    if !file.get(line..start)?.bytes().all(|b| b == b' ') {
        return None;
    }
    // Blank lines before the first line are part of the text.
    let blank = text.len() - text.trim_start_matches('\n').len();
    let mut begin = line;
    for _ in 0..blank {
        begin = file.get(..begin.checked_sub(1)?)?.rfind('\n')? + 1;
    }
    [false, true].into_iter().find_map(|folded| {
        [Chomp::Strip, Chomp::Clip, Chomp::Keep]
            .into_iter()
            .find_map(|chomp| block_of(file, begin, start - line, folded, chomp).finish(text))
    })
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Reads the lines of a block that is indented by `width`; the first line begins at `at`.
fn block_of(file: &str, mut at: usize, width: usize, folded: bool, chomp: Chomp) -> Builder<'_> {
    let mut out = Builder::new(file);
    // Line ends that are not written yet, as ranges of the file: of the last line with text, then of blank lines.
    let mut ends: Vec<Span> = Vec::new();
    let (mut any, mut after_spaced) = (false, false);
    for line in file.get(at..).unwrap_or_default().split_inclusive('\n') {
        let bare = line.trim_end_matches(['\n', '\r']);
        let end = Span::new(at + bare.len(), at + line.len());
        let begin = at + width.min(bare.len());
        at += line.len();
        if indentation(bare) < width || bare.len() <= width {
            if !bare.trim_start_matches(' ').is_empty() {
                break;
            }
            if end.end > end.start {
                ends.push(end);
            }
            continue;
        }
        let spaced = bare[width..].starts_with([' ', '\t']);
        let fold = folded && any && !spaced && !after_spaced;
        write_ends(&mut out, &mut ends, fold, begin);
        out.copy(begin, begin + bare.len() - width);
        (any, after_spaced) = (true, spaced);
        if end.end > end.start {
            ends.push(end);
        }
    }
    match chomp {
        Chomp::Strip => ends.clear(),
        Chomp::Clip => ends.truncate(usize::from(any)),
        Chomp::Keep => {}
    }
    write_ends(&mut out, &mut ends, false, 0);
    out
}

/// Writes the line ends gathered before a line of text that begins at `begin`.
fn write_ends(out: &mut Builder<'_>, ends: &mut Vec<Span>, fold: bool, begin: usize) {
    if fold && let [only] = ends[..] {
        out.stand_for(only.start, begin, " ");
        ends.clear();
    }
    let skip = usize::from(fold && !ends.is_empty());
    for end in ends.drain(..).skip(skip) {
        out.stand_for(end.start, end.end, "\n");
    }
}

#[cfg(test)]
mod tests {
    use crate::yaml::{Text, parse};
    use grotto_diag::{Source, Span};
    use std::sync::Arc;

    /// The value of `key` in `file` with its map.
    fn text(file: &str) -> Text {
        let source = Arc::new(Source::new("f", file));
        let node = parse(&source).unwrap_or_else(|e| panic!("{file:?}: {e}"));
        let crate::yaml::Value::Map(entries) = node.value else { panic!("{file:?}") };
        let (_, value) = entries.into_iter().find(|(k, _)| k.scalar() == Some("key")).unwrap();
        let text = value.scalar().unwrap().to_owned();
        Text::new(file, value.span, text)
    }

    /// What the file holds at the place of the only `needle` in the text.
    fn found<'a>(file: &'a str, text: &Text, needle: &str) -> &'a str {
        let at = text.find(needle).unwrap_or_else(|| panic!("{needle:?} is not in {:?}", text.as_str()));
        text.map(Span::new(at, at + needle.len())).of(file)
    }

    #[test]
    fn every_style_is_followed() {
        /// File, what its key means, and places: a part of the text and what the file holds there.
        type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);
        let cases: &[Case<'_>] = &[
            ("key: one two\n", "one two", &[("two", "two")]),
            (
                "key: one\n  two\n\n  three\nother: x",
                "one two\nthree",
                &[("three", "three"), ("e t", "e\n  t")],
            ),
            ("a: 1\nkey: 'it''s\n  so'\n", "it's so", &[("s so", "s\n  so"), ("t's", "t''s"), ("so", "so")]),
            ("key: \"a\\tb \\\"c\\\" \\\\d\"", "a\tb \"c\" \\d", &[("\"c\"", "\\\"c\\\""), ("\\d", "\\\\d")]),
            ("key: \"a\\\n   b\\u0041\\x42\"", "abAB", &[("b", "b"), ("A", "\\u0041"), ("B", "\\x42")]),
            (
                "key: \"\\uD83C\\uDFB6é\\ \n  z\"",
                "🎶é  z",
                &[("é", "é"), ("z", "z"), ("🎶", "\\uD83C\\uDFB6")],
            ),
            ("key: |\n  a\n    b\n\n  c\n", "a\n  b\n\nc\n", &[("  b", "  b"), ("c", "c"), ("c\n", "c\n")]),
            ("key: |-\n  a\n  b\n\n\nz: 1\n", "a\nb", &[("b", "b"), ("a\nb", "a\n  b")]),
            ("key: |+\n  a\n\n\nz: 1\n", "a\n\n\n", &[("a\n\n", "a\n\n")]),
            ("key: |-\n  | 'x' \"y\"\n  | z", "| 'x' \"y\"\n| z", &[("x", "x"), ("| z", "| z")]),
            (
                "key: >\n\n\n    'a'\n    b\n\nz: 1",
                "\n\n'a' b\n",
                &[("'a'", "'a'"), ("b", "b"), ("a' b", "a'\n    b")],
            ),
            ("key: |2-\n    a\n  b\n", "  a\nb", &[("a", "a"), ("b", "b")]),
            (
                "key: >-\n  a\n  b\n\n  c\n    d\n  e\n",
                "a b\nc\n  d\ne",
                &[("d", "d"), ("e", "e"), ("b\nc", "b\n\n  c")],
            ),
            ("key: |-  # why\n\n  a\n", "\na", &[("a", "a")]),
            ("key: |-\r\n  a\r\n  b\r\n", "a\nb", &[("b", "b"), ("a", "a")]),
            ("key: 'a\r\n  b'\r\n", "a b", &[("b", "b")]),
            ("key: |-\n  a", "a", &[("a", "a")]),
            ("key: ''", "", &[]),
            ("key: 007\n", "007", &[("7", "7")]),
            ("é: ü\nkey: 'öä'\n", "öä", &[("ä", "ä")]),
        ];
        for (file, meant, places) in cases {
            let text = text(file);
            assert_eq!(text.as_str(), *meant, "{file:?}");
            assert!(text.text_map().is_exact(), "{file:?} was not followed");
            for (needle, raw) in *places {
                assert_eq!(found(file, &text, needle), *raw, "{needle:?} of {file:?}");
            }
        }
    }

    #[test]
    fn an_alias_is_shown_where_its_value_stands() {
        let file = "base: &b 'x | y'\nkey: *b\n";
        let text = text(file);
        assert_eq!(found(file, &text, "y"), "y");
        assert_eq!(text.map(Span::new(4, 5)), Span::new(14, 15));
    }

    #[test]
    fn an_anchor_or_tag_before_the_value_is_no_part_of_it() {
        for file in ["key: &a |-\n  x y\n", "key: !!str 'x y'\n", "key: !!str\n  x y\n"] {
            let text = text(file);
            assert!(text.text_map().is_exact(), "{file:?}");
            assert_eq!(found(file, &text, "y"), "y", "{file:?}");
        }
    }

    #[test]
    fn what_is_not_followed_maps_to_the_whole() {
        let text = Text::new("key: abc", Span::new(5, 8), "other".to_owned());
        assert!(!text.text_map().is_exact());
        assert_eq!(text.map(Span::new(1, 2)), Span::new(5, 8));
        let outside = Text::new("k", Span::new(7, 9), "other".to_owned());
        assert_eq!(outside.map(Span::new(1, 2)), Span::new(7, 9));
    }
}
