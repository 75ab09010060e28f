//! The short way from YAML to nodes: from the events of the parser, for files that use nothing out of the ordinary.
//!
//! Nearly all content files do without anchors, aliases, tags, merge keys, keys that are no scalars and several documents.
//! Those are built here as the events come. For all others, and for files that the parser refuses, there is
//! [`None`], and the long way over serde decides what they mean or what is wrong with them. A test holds both ways to the
//! same trees.

use super::{DEEPEST, MOST_NODES, MOST_TEXT, Node, Value};
use granit_parser::{Event, Options, Parser, ScalarStyle};
use grotto_diag::Span;

/// A list or mapping that is not complete.
enum Open {
    List(Span, Vec<Node>),
    /// The last key waits for its value.
    Map(Span, Vec<(Node, Node)>, Option<Node>),
}

/// The tree of a file, if it is an ordinary one within the limits.
pub(super) fn tree(text: &str) -> Option<Node> {
    // No alias makes text longer than the file.
    if text.len() > MOST_TEXT {
        return None;
    }
    let mut options = Options::default();
    options.flow_nesting_limit = DEEPEST;
    options.set_emit_comments(false);
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    let mut nodes = 0;
    while let Some(event) = parser.next_event() {
        let (event, place) = event.ok()?;
        let range = place.byte_range();
        let span = range.map(|range| Span::new(range.start, range.end));
        let complete = match event {
            Event::Scalar(value, style, 0, None) => {
                nodes += 1;
                Node { span: span?, value: scalar(&value, style) }
            }
            Event::SequenceStart(_, 0, None) => {
                nodes += 1;
                open.push(Open::List(span?, Vec::new()));
                check(nodes, open.len())?;
                continue;
            }
            Event::MappingStart(_, 0, None) => {
                nodes += 1;
                open.push(Open::Map(span?, Vec::new(), None));
                check(nodes, open.len())?;
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop()? {
                Open::List(span, items) => Node { span, value: Value::List(items) },
                Open::Map(span, entries, None) => Node { span, value: Value::Map(entries) },
                Open::Map(_, _, Some(_)) => return None,
            },
            Event::DocumentStart(_, None) if root.is_none() => continue,
            Event::StreamStart | Event::DocumentEnd | Event::StreamEnd => continue,
            _ => return None,
        };
        check(nodes, open.len())?;
        match open.last_mut() {
            Some(Open::List(_, items)) => items.push(complete),
            Some(Open::Map(_, entries, key)) => match key.take() {
                Some(key) => entries.push((key, complete)),
                None => *key = Some(ordinary_key(complete)?),
            },
            None if root.is_none() => root = Some(complete),
            None => return None,
        }
    }
    root.filter(|_| open.is_empty())
}

fn check(nodes: usize, depth: usize) -> Option<()> {
    // One less than the limits: what they mean to the last value is for the long way to say.
    (nodes < MOST_NODES - 1 && depth < DEEPEST - 1).then_some(())
}

/// A key that is text and no merge key.
fn ordinary_key(key: Node) -> Option<Node> {
    matches!(&key.value, Value::Scalar(text) if text != "<<").then_some(key)
}

/// The core schema's null stands unquoted: <https://yaml.org/spec/1.2.2/#1032-tag-resolution>.
fn scalar(value: &str, style: ScalarStyle) -> Value {
    if style == ScalarStyle::Plain && matches!(value, "" | "~" | "null" | "Null" | "NULL") {
        return Value::Null;
    }
    Value::Scalar(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{long_way, parse};
    use super::*;
    use grotto_diag::Source;
    use proptest::prelude::*;
    use std::sync::Arc;

    /// Holds both ways to the same tree; whether the short one went all the way.
    fn same(text: &str) -> bool {
        let source = Arc::new(Source::new("f.yml", text));
        let short = tree(text);
        if let Some(short) = &short {
            assert_eq!(long_way(&source).as_ref().ok(), Some(short), "{text:?}");
        }
        short.is_some()
    }

    #[test]
    fn ordinary_files_take_the_short_way() {
        for text in [
            "a: 1\nb: [x, 'y', \"z\\n\", 1.5, yes, ~, null, 2024-01-02]\nc:\n- d: |-\n    x\n     y\n- e: >\n    f\n    g\n",
            "search: 'it''s'\nlong: one\n  two\n\n  three\n",
            "{a: {b: [c, {d: e}]}, f: }\n",
            "- é\n- 'ü'\n- 0x1F\n- .nan\n- 'null'\n- \"~\"\n",
            "---\na: 1\n...\n",
            "# remark\na: 1 # more\n\n# end\n",
            "plain scalar",
            "a: 1\r\nb: |\r\n  c\r\n  d\r\n",
            "a: 1\na: 2\n",
        ] {
            assert!(same(text), "{text:?}");
            assert_eq!(tree(text), parse(&Arc::new(Source::new("f.yml", text))).ok(), "{text:?}");
        }
    }

    #[test]
    fn what_is_out_of_the_ordinary_goes_the_long_way() {
        let deep = "[".repeat(DEEPEST - 1) + &"]".repeat(DEEPEST - 1);
        for text in [
            "a: &x 1\nb: *x\n",
            "a: !!str 1\n",
            "a: {<<: {b: 1}}\n",
            "? [a, b]\n: c\n",
            "~: 1\n",
            "a: 1\n---\nb: 1\n",
            "",
            "a: 'x\n",
            "a: *nowhere\n",
            &deep,
        ] {
            assert!(!same(text), "{text:?}");
        }
    }

    #[test]
    fn the_corpus_reads_the_same_both_ways() {
        let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus");
        let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules");
        let (mut short, mut all) = (0, 0);
        for folder in [pack, shared] {
            for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok) {
                if entry.path().extension().is_some_and(|ending| ending == "yml") {
                    let text = grotto_diag::input::text(entry.path(), 1 << 24).unwrap();
                    all += 1;
                    short += usize::from(same(&text));
                }
            }
        }
        assert!(all > 40 && short * 100 >= all * 99, "{short} of {all}");
    }

    proptest! {
        #[test]
        fn pieces_of_yaml_read_the_same_both_ways(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "b: ", ": ", "- ", "\n", "\n  ", "\n    ", "'", "\"", "[", "]", "{", "}", ", ", "# c", "|", ">-", "&x ",
                    "*x", "!!int ", "~", "null", "1", "?", "<<: ", "---\n", "...\n", "\t", " ", "é", "%", "\\n", "yes", "\u{feff}",
                ]),
                0..24,
            )
        ) {
            same(&pieces.concat());
        }
    }
}
