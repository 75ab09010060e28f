//! Places of a search in its file, for searches written in every way that YAML has.

use crate::detection;
use grotto_content::Text;
use grotto_diag::{Diagnostic, Span};
use proptest::prelude::*;

/// Every word of the text, as its range.
pub(crate) fn words(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                found.push(Span::new(from, at));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// What a piece of a file means, without its white space: `''` and escapes are undone as `quote` asks for.
fn meaning(raw: &str, quote: char) -> String {
    let mut out = String::new();
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            ('\'', '\'') if chars.peek() == Some(&'\'') => out.extend(chars.next()),
            ('"', '\\') => match chars.next() {
                Some('n' | 't' | 'r' | ' ') | None => {}
                Some('u') => {
                    let hex: String = chars.by_ref().take(4).collect();
                    out.extend(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32));
                }
                Some('x') => {
                    let hex: String = chars.by_ref().take(2).collect();
                    out.extend(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32));
                }
                Some(c) => out.push(c),
            },
            _ => out.push(c),
        }
    }
    without_blanks(&out)
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Checks that the whole text and each of its words stand in the file where the map says.
pub(crate) fn check(file: &str, text: &Text) -> Result<usize, String> {
    if !text.text_map().is_exact() {
        return Err("the way it is written was not followed".to_owned());
    }
    let quote = match text.span().of(file).chars().next() {
        // A block may begin with a quote too; its map then begins with it.
        Some(c @ ('\'' | '"')) if text.map(Span::new(0, 1)).start > text.span().start => c,
        _ => ' ',
    };
    let whole = Span::new(0, text.len());
    let words = words(text);
    let places: Vec<Span> = words.iter().map(|word| text.map(*word)).collect();
    if let Some(pair) = places.windows(2).find(|pair| pair[0].end > pair[1].start) {
        return Err(format!("{pair:?} are out of order"));
    }
    for span in words.iter().copied().chain([whole]) {
        let raw = text.map(span).of(file);
        let (meant, is) = (without_blanks(span.of(text)), meaning(raw, quote));
        if meant != is {
            return Err(format!("{meant:?} was found at {raw:?}"));
        }
    }
    Ok(words.len())
}

/// The search of a rule that is written like this, with the file's text.
fn written(value: &str) -> (String, Text) {
    let file = format!("id: i\ntype: Hunting\nsearch: {value}\nname: n\n");
    let (rule, _) = detection(&file);
    (file, rule.search)
}

#[test]
fn a_problem_in_the_search_is_shown_at_its_line_and_column() {
    let cases = [
        ("index=x | heda 1", (3, 19)),
        ("'index=''x'' | heda 1'", (3, 24)),
        ("\"index=\\\"x\\\" | heda 1\"", (3, 24)),
        ("|-\n    index=x\n      | heda 1", (5, 9)),
        (">\n  index=x\n  | heda 1\n", (5, 5)),
        ("'index=x\n\n    | heda 1'", (5, 7)),
        ("\n  index=ü | heda 1", (4, 13)),
    ];
    for (value, (line, column)) in cases {
        let (_, search) = written(value);
        let (rule, _) = detection(&format!("id: i\ntype: Hunting\nsearch: {value}\nname: n\n"));
        let at = search.find("heda").unwrap();
        let diagnostic = Diagnostic::error("spl/x", "no such command")
            .at(Span::new(at, at + 4), "")
            .moved(&rule.source, |s| search.map(s));
        let place = diagnostic.place().unwrap();
        assert_eq!((place.line, place.column), (line, column), "{value:?}");
        assert_eq!(diagnostic.labels[0].span.of(&rule.source.text), "heda");
    }
}

/// Lines of text as they come in searches.
fn lines() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-z|=\"'\\\\*`é#:]{1,6}( {1,3}[a-z|=\"'\\\\*`é%]{1,6}){0,3}|", 1..6)
}

/// A way to write a text of several lines.
fn write(style: usize, indent: usize, lines: &[String]) -> String {
    let pad = " ".repeat(indent);
    let body = |quote: fn(&str) -> String| {
        lines.iter().map(|l| quote(l)).collect::<Vec<_>>().join(&format!("\n{pad}"))
    };
    let block = |sign: &str| {
        let lines = lines.iter().map(|l| if l.is_empty() { String::new() } else { format!("{pad}{l}") });
        format!("{sign}\n{}", lines.collect::<Vec<_>>().join("\n"))
    };
    match style {
        0 => format!("'{}'", body(|l| l.replace('\'', "''"))),
        1 => {
            format!("\"{}\"", body(|l| l.replace('\\', "\\\\").replace('"', "\\\"").replace('é', "\\u00e9")))
        }
        2 => block("|-"),
        3 => block("|"),
        4 => block("|+"),
        5 => block(">-"),
        _ => block(">"),
    }
}

proptest! {
    #[test]
    fn every_word_of_a_search_is_found_in_the_file(style in 0usize..7, indent in 1usize..5, lines in lines(), crlf: bool) {
        prop_assume!(lines.iter().any(|l| !l.is_empty()));
        let file = format!("id: i\ntype: Hunting\nsearch: {}\nname: n\n", write(style, indent, &lines));
        let file = if crlf { file.replace('\n', "\r\n") } else { file };
        let (content, said) = grotto_content::Content::embedded(&[("detections/a.yml", &file)]);
        let Some(rule) = content.detections.first() else {
            return Err(TestCaseError::fail(format!("{file:?}: {:?}", crate::lines(&said))));
        };
        let meant: String = lines.concat().chars().filter(|c| !c.is_whitespace()).collect();
        prop_assert_eq!(without_blanks(&rule.search), meant);
        if let Err(reason) = check(&file, &rule.search) {
            return Err(TestCaseError::fail(format!("{file:?}: {reason}")));
        }
    }

    #[test]
    fn no_text_whatever_makes_reading_fail_badly(file in "(name|id|search|tags|: |\n|  |- |\\||>|'|\"|\\{|\\[|\\]|&a|\\*a|#|\t|x|é|!!str ){0,40}") {
        let (content, said) = grotto_content::Content::embedded(&[("detections/a.yml", &file)]);
        prop_assert_eq!(content.counts.files, 1);
        prop_assert!(content.counts.failed == 0 || !said.is_empty());
        for diagnostic in said {
            for label in diagnostic.labels {
                prop_assert!(file.get(label.span.start..label.span.end).is_some(), "{:?} in {:?}", label.span, file);
            }
        }
    }

    #[test]
    fn maps_never_point_outside_of_the_file(value in "['\"|>]?[-+2]?(\\\\?[a-z\"' é\n\\\\]){0,20}['\"]?", from in 0usize..40, len in 0usize..40) {
        let file = format!("name: n\nid: i\nsearch: {value}");
        let (content, _) = grotto_content::Content::embedded(&[("detections/a.yml", &file)]);
        for rule in content.detections {
            let span = rule.search.map(Span::new(from, from + len));
            prop_assert!(span.end <= file.len(), "{:?} in {:?}", span, file);
        }
    }
}
