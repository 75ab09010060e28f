//! Drilldown searches with their tokens filled, so that a value can't change what the search is.

use crate::row::{Fields, plain};
use serde_json::Value;
use std::borrow::Cow;

/// What stands for the rule's own search in a drilldown.
const ORIGINAL: &str = "%original_detection_search%";

/// A drilldown search with its tokens filled, so that a value can't change what the search is.
///
/// - Inside quotes a value is escaped; outside it gets quotes of its own, unless it is a number. Where it touches other
///   text outside quotes, characters other than letters, digits, `_`, `.`, `:` and `-` become `_`.
/// - A backtick, which would call a macro even inside quotes, becomes `*`.
/// - Of a multivalue field, a quoted token of its own becomes a list inside `IN (…)` and alternatives after `field=`;
///   anywhere else the values are joined with `, `.
/// - The rule's search takes the place of `%original_detection_search%` as it is: tokens that stand in it are the rule's
///   own text, and the same words inside a value are a value.
pub(crate) fn fill_search(template: &str, row: &impl Fields, original: &str) -> String {
    let mut filler = Filler { out: String::with_capacity(template.len() + original.len()), quoted: false };
    let mut rest = template;
    loop {
        let plain = rest.bytes().position(|b| matches!(b, b'$' | b'"' | b'\\' | b'%')).unwrap_or(rest.len());
        filler.out.push_str(&rest[..plain]);
        rest = &rest[plain..];
        let Some(c) = rest.chars().next() else { break };
        if let Some(after) = rest.strip_prefix(ORIGINAL).filter(|_| !filler.quoted) {
            filler.original(original);
            rest = after;
            continue;
        }
        if let Some((value, after)) = token(rest, row) {
            rest = filler.value(&value, after);
            continue;
        }
        filler.out.push(c);
        rest = &rest[c.len_utf8()..];
        match c {
            '"' => filler.quoted = !filler.quoted,
            '\\' if filler.quoted => {
                let next = rest.chars().next().filter(|c| *c != '$');
                filler.out.extend(next);
                rest = &rest[next.map_or(0, char::len_utf8)..];
            }
            _ => {}
        }
    }
    filler.out
}

/// The value of the token that a text begins with, and the text after it.
fn token<'t, 'r>(rest: &'t str, row: &'r impl Fields) -> Option<(Cow<'r, Value>, &'t str)> {
    let inner = rest.strip_prefix('$')?;
    let name = &inner[..inner.find('$')?];
    let value = row.value(name).filter(|_| !name.contains(char::is_whitespace))?;
    Some((value, &inner[name.len() + 1..]))
}

/// A search that is being filled.
struct Filler {
    out: String,
    /// Whether the end of it is inside quotes.
    quoted: bool,
}

impl Filler {
    /// The rule's search. At the head of another it needs `search` before it unless it begins with a pipe.
    fn original(&mut self, search: &str) {
        let search = search.trim();
        let before = self.out.trim_end();
        let generates = search.starts_with('|');
        if before.ends_with('[') && !generates && !search.starts_with("search ") {
            self.out.push_str("search ");
        } else if before.ends_with('|') && generates {
            self.out.truncate(before.len() - 1);
        }
        self.out.push_str(search);
    }

    /// A value; gives back what of the text after its token is left.
    fn value<'t>(&mut self, value: &Value, after: &'t str) -> &'t str {
        if self.quoted {
            if let (Value::Array(values), Some(opened)) = (value, self.out.strip_suffix('"'))
                && let Some(rest) = after.strip_prefix('"')
                && values.len() > 1
                && !opened.ends_with('\\')
            {
                let opened = opened.to_owned();
                if let Some(filled) = several(&opened, values) {
                    self.out = filled;
                    self.quoted = false;
                    return rest;
                }
            }
            self.out.push_str(&escaped(&plain(value, ", ")));
            return after;
        }
        let text = plain(value, ", ");
        let apart = |c: Option<char>, besides: &str| {
            c.is_none_or(|c| c.is_whitespace() || "()[],|=<>".contains(c) || besides.contains(c))
        };
        if apart(self.out.chars().next_back(), "") && apart(after.chars().next(), "!") {
            if is_number(&text) {
                self.out.push_str(&text);
            } else {
                self.out.push('"');
                self.out.push_str(&escaped(&text));
                self.out.push('"');
            }
        } else {
            let tame = |c: char| if c.is_alphanumeric() || "_.:-".contains(c) { c } else { '_' };
            self.out.extend(text.chars().map(tame));
        }
        after
    }
}

/// Several values in the place of one that would stand in quotes after `before`.
fn several(before: &str, values: &[Value]) -> Option<String> {
    let quoted = values.iter().map(|value| format!("\"{}\"", escaped(&plain(value, ", "))));
    let trimmed = before.trim_end();
    if trimmed.ends_with(['(', ',']) {
        let list: Vec<String> = quoted.collect();
        return Some(format!("{before}{}", list.join(", ")));
    }
    let (start, operator) = match trimmed.strip_suffix("!=") {
        Some(start) => (start, "!="),
        None => (trimmed.strip_suffix('=')?, "="),
    };
    let start = start.trim_end();
    let name = start
        .rfind(|c: char| !(c.is_alphanumeric() || "_.:{}".contains(c)))
        .map_or(0, |at| at + start[at..].chars().next().map_or(0, char::len_utf8));
    let (start, field) = start.split_at(name);
    if field.is_empty() {
        return None;
    }
    let terms: Vec<String> = quoted.map(|value| format!("{field}{operator}{value}")).collect();
    let word = if operator == "=" { " OR " } else { " AND " };
    Some(format!("{start}({})", terms.join(word)))
}

/// Whether a text is nothing but digits, with a fraction perhaps.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.len() < 19 && text.bytes().all(|b| b.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(text),
    }
}

/// A value for use inside a quoted string of a search: quotes and backslashes escaped, so that what an event contains
/// can't change the search. A backtick would call a macro even there; `*` stands for it.
fn escaped(value: &str) -> String {
    grotto_spl::text::escaped(value).replace('`', "*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Row;
    use serde_json::json;

    fn filled(template: &str) -> String {
        let row = json!({
            "dest": "h", "n": 7, "u": ["a", "b\""], "evil": "x\" | delete \\", "tick": "`m`",
            "again": "%original_detection_search% $dest$", "empty": ""
        });
        fill_search(template, row.as_object().unwrap(), "index=main a=\"$dest$\"")
    }

    #[test]
    fn a_value_is_written_for_where_it_stands() {
        for (template, expected) in [
            ("search a=\"$dest$\"", "search a=\"h\""),
            ("search a=$dest$ b=$n$", "search a=\"h\" b=7"),
            ("search a=$evil$", "search a=\"x\\\" | delete \\\\\""),
            ("search a=\"*$evil$*\"", "search a=\"*x\\\" | delete \\\\*\""),
            ("search a=\"\\\"$dest$\"", "search a=\"\\\"h\""),
            ("search a=x$evil$*", "search a=xx____delete__*"),
            ("search a=\"$tick$\"", "search a=\"*m*\""),
            ("search a=\"$again$\"", "search a=\"%original_detection_search% $dest$\""),
            ("search a=$empty$ b=$missing$", "search a=\"\" b=$missing$"),
            ("search a IN (\"$u$\")", "search a IN (\"a\", \"b\\\"\")"),
            ("search z=1 a = \"$u$\" b=2", "search z=1 (a=\"a\" OR a=\"b\\\"\") b=2"),
            ("search a!=\"$u$\"", "search (a!=\"a\" AND a!=\"b\\\"\")"),
            ("eval m=\"by $u$\"", "eval m=\"by a, b\\\"\""),
            ("%original_detection_search% | search a=$dest$", "index=main a=\"$dest$\" | search a=\"h\""),
            ("| append [%original_detection_search%]", "| append [search index=main a=\"$dest$\"]"),
        ] {
            assert_eq!(filled(template), expected, "{template}");
        }
        let generates = fill_search("| %original_detection_search% | head 1", &Row::new(), "| makeresults");
        assert_eq!(generates, "| makeresults | head 1");
    }

    /// The tree of a search without its words: names of variants and how they lie in each other.
    fn shape(search: &str) -> Vec<String> {
        let expanded =
            grotto_spl::MacroTable::default().expand(search).unwrap_or_else(|e| panic!("{search}: {e}"));
        let tree = grotto_spl::parse(&expanded.text).unwrap_or_else(|e| panic!("{search}: {e}"));
        let debug = format!("{tree:?}");
        // Texts and places differ; what is left is the shape.
        let mut out = Vec::new();
        let (mut word, mut chars) = (String::new(), debug.chars());
        while let Some(c) = chars.next() {
            match c {
                '"' => {
                    while let Some(inner) = chars.next() {
                        match inner {
                            '\\' => drop(chars.next()),
                            '"' => break,
                            _ => {}
                        }
                    }
                    out.push("\"\"".to_owned());
                }
                c if c.is_alphabetic() || c == '_' => word.push(c),
                c => {
                    if !word.is_empty() {
                        out.push(std::mem::take(&mut word));
                    }
                    if "{}[]()".contains(c) {
                        out.push(c.to_string());
                    }
                }
            }
        }
        out
    }

    proptest::proptest! {
        #[test]
        fn no_value_changes_the_search(value in "[\\PC\\n\"\\\\`|$%\\[\\]()*=' ]{0,24}") {
            for template in [
                "index=a dest=\"$v$\" | stats count by x",
                "index=a dest = $v$ user=b",
                "index=a dest IN (\"$v$\", \"y\")",
                "index=a | where dest=\"$v$\" AND b=1",
                "index=a | eval m=\"on $v$ now\" | search x=\"$v$\"",
                "index=a | append [search b=\"$v$\" | head 3] | head 1",
            ] {
                let with = |value: &str| {
                    let row = json!({"v": value});
                    fill_search(template, row.as_object().unwrap(), "")
                };
                // A wildcard is another kind of value to the parser; the search around it stays.
                let harmless = if value.contains(['*', '`']) { "a*a" } else { "harmless" };
                if !is_number(&value) {
                    proptest::prop_assert_eq!(shape(&with(&value)), shape(&with(harmless)), "{}", with(&value));
                }
            }
        }
    }
}
