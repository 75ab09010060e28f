//! YAML as a tree in which every value knows its place in the file.
//!
//! A rule file is read into [`Node`]s first and into the model second. That costs a little memory for the time of
//! one file, and gives what serde alone can't: a value of the wrong type is a warning at its place instead of the end
//! of the file, numbers keep their spelling, and keys that nobody asked for can be named.
//!
//! Limits keep a hostile file from taking memory or stack: see [`parse`].

mod direct;
mod document;
mod read;
mod scalar;
mod text_map;

pub use document::Document;
pub(crate) use document::find;
pub use read::UnknownKey;
pub(crate) use read::{Mapping, Reader};
pub use text_map::{Text, TextMap};

use grotto_diag::{Diagnostic, Source, Span};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Error, NonFiniteFloatPolicy, Spanned};
use std::fmt;
use std::sync::Arc;

/// How deep lists and mappings may nest. Content nests five deep; the tree is walked recursively.
const DEEPEST: usize = 32;
/// How many values one file may hold, after aliases were replaced.
const MOST_NODES: usize = 200_000;
/// How many bytes of text one file may hold, after aliases (`*name`) were replaced.
const MOST_TEXT: usize = 16 << 20;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// The value's range in the file. A quoted scalar's holds its quotes, a block scalar's begins at its text.
    pub(crate) span: Span,
    /// The value.
    pub(crate) value: Value,
}

/// What YAML values come down to here. A scalar is its text: what type it has is for the reader to say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// No value, `~` or `null`.
    Null,
    /// A text, number, truth value or date, as written.
    Scalar(String),
    /// A scalar that the parser took for a number or a truth value; its spelling is fetched from the file.
    Plain,
    /// A list.
    List(Vec<Node>),
    /// Keys and values in the order of the file; a key may occur twice.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// `a list`, `a mapping` …: for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Scalar(_) | Value::Plain => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// The text of a scalar.
    pub(crate) fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// Puts the spelling of the file in place of every [`Value::Plain`].
    fn spell(&mut self, file: &str) {
        match &mut self.value {
            Value::Plain => self.value = Value::Scalar(self.span.of(file).to_owned()),
            Value::List(items) => items.iter_mut().for_each(|item| item.spell(file)),
            Value::Map(entries) => entries.iter_mut().for_each(|(key, value)| {
                key.spell(file);
                value.spell(file);
            }),
            Value::Null | Value::Scalar(_) => {}
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, defined, .. } = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Self { span: span(&defined), value })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

/// Builds a [`Value`] from whatever the parser takes a value for.
struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Plain)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Plain)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Plain)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Value, E> {
        Ok(Value::Plain)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Value, E> {
        Ok(Value::Plain)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Plain)
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<Value, E> {
        Ok(Value::Plain)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Scalar(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Scalar(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Value::Map(entries))
    }
}

fn span(location: &serde_saphyr::Location) -> Span {
    let span = location.span();
    let start = span.byte_offset().unwrap_or_default() as usize;
    Span::new(start, start.saturating_add(span.byte_len().unwrap_or_default() as usize))
}

/// Reads a file of one document.
///
/// # Errors
/// `content/yaml` with the place: not YAML, several documents, or beyond the limits (32 levels, 200,000 values, 16 MiB
/// of text, counted after aliases were replaced).
pub(crate) fn parse(source: &Arc<Source>) -> Result<Node, Box<Diagnostic>> {
    direct::tree(&source.text).map_or_else(|| long_way(source), Ok)
}

/// Reads a file over serde, whatever is in it.
fn long_way(source: &Arc<Source>) -> Result<Node, Box<Diagnostic>> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEEPEST,
            max_nodes: MOST_NODES,
            max_total_scalar_bytes: MOST_TEXT,
            flow_nesting_limit: DEEPEST,
        },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        with_snippet: false,
    };
    let mut node: Node = serde_saphyr::from_str_with_options(&source.text, options)
        .map_err(|e| Box::new(refused(source, &e)))?;
    node.spell(&source.text);
    Ok(node)
}

/// The diagnostic for a file that the parser refuses.
fn refused(source: &Arc<Source>, error: &Error) -> Diagnostic {
    let place = error.location();
    let rendered = error.render_with_formatter(&serde_saphyr::UserMessageFormatter);
    // The place is the diagnostic's; the parser's own wording of it would say it twice.
    let message = place
        .and_then(|p| rendered.strip_suffix(&format!(" at line {}, column {}", p.line(), p.column())))
        .unwrap_or(&rendered)
        .trim_end_matches('.');
    let at = place.map(|p| place_of(source, &p)).unwrap_or_default();
    Diagnostic::error("content/yaml", format!("not readable as YAML: {message}"))
        .at(at, "here")
        .help(hint(message, line_at(&source.text, at.start)))
        .in_source(source)
}

/// The range that an error points at. The scanner knows only line and column; the range then is one character.
fn place_of(source: &Source, place: &serde_saphyr::Location) -> Span {
    let text = &source.text;
    if place.span().byte_offset().is_some() {
        let at = span(place);
        return Span::new(at.start.min(text.len()), at.end.min(text.len()));
    }
    let line_start = match place.line() {
        0 | 1 => 0,
        line => text.match_indices('\n').nth(line as usize - 2).map_or(text.len(), |(i, _)| i + 1),
    };
    let mut chars = text[line_start..].char_indices().skip(place.column().saturating_sub(1) as usize);
    let start = chars.next().map_or(text.len(), |(i, _)| line_start + i);
    let end = chars.next().map_or(text.len(), |(i, _)| line_start + i);
    Span::new(start, end)
}

/// The line that holds the byte `offset`.
fn line_at(text: &str, offset: usize) -> &str {
    let before = text.get(..offset).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default()
}

/// What most often lies behind an error of this kind.
fn hint(message: &str, line: &str) -> &'static str {
    let value = line.split_once(": ").map_or("", |(_, value)| value);
    if message.contains("a tab") || line.trim_start_matches(' ').starts_with('\t') {
        "indent with spaces: YAML does not allow tabs there"
    } else if message.contains("limit") {
        "grotto sets limits on size and nesting so that a wrong file can't fill the memory"
    } else if message.contains("single YAML document") {
        "put one rule in one file"
    } else if message.contains("escape") {
        "a backslash in double quotes must be doubled; in single quotes or in a block (`search: |-`) it stays as it is"
    } else if message.contains("block scalar") {
        "a text that begins with | or > needs quotes, or a block: `search: |-` and the text indented below"
    } else if value.starts_with(['`', '%', '@']) {
        "a text that begins with ` or % or @ needs quotes, or a block: `search: |-` and the text indented below"
    } else if message.contains("mapping values") && value.contains(": ") {
        "a text that holds `: ` needs quotes, or a block: `key: |-` and the text indented below"
    } else {
        "check quotes and indentation of this line and of the one before"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(file: &str) -> Diagnostic {
        *parse(&Arc::new(Source::new("f.yml", file))).unwrap_err()
    }

    #[test]
    fn what_is_not_yaml_is_refused_with_place_and_hint() {
        let cases = [
            ("a: 1\nb: 'x\n", 2, "quotes"),
            ("a: 1\n\tb: 1\n", 1, "spaces"),
            ("a: 1\nsearch: `x` y\n", 2, "`search: |-`"),
            ("a: one: two\n", 1, "`: `"),
            ("a: [1, 2\nb: 1\n", 2, "indentation"),
            ("a: 1\n---\nb: 1\n", 3, "one rule"),
            ("a: *nowhere\n", 1, "indentation"),
            ("a: |x\n b", 1, "`search: |-`"),
            ("é: \"\\q\"\n", 1, "backslash"),
        ];
        for (file, line, help) in cases {
            let error = error(file);
            assert_eq!(error.slug, "content/yaml", "{file:?}");
            assert_eq!(error.place().map(|p| p.line), Some(line), "{file:?}: {error}");
            assert!(
                error.help.as_deref().is_some_and(|h| h.contains(help)),
                "{file:?}: {error} {:?}",
                error.help
            );
            assert!(!error.message.contains("at line "), "the place is said twice: {}", error.message);
        }
    }

    #[test]
    fn bombs_do_not_go_off() {
        let nested = format!("a: {}{}", "[".repeat(5_000), "]".repeat(5_000));
        let line =
            |name: &str, of: &str| format!("{name}: &{name} [{}]\n", vec![format!("*{of}"); 9].join(", "));
        let chain = ["a", "b", "c", "d", "e", "f", "g"];
        let laughs = chain.windows(2).fold("a: &a [x, x, x]\n".to_owned(), |all, w| all + &line(w[1], w[0]));
        let long = format!("a: &a '{}'\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 5_000].join(", "));
        let many = format!("a: [{}]\n", vec!["1"; 300_000].join(","));
        let block: String = (0..100).flat_map(|i| [" ".repeat(i), "a:\n".to_owned()]).collect();
        for (name, file) in
            [("nested", nested), ("laughs", laughs), ("long", long), ("many", many), ("block", block)]
        {
            let error = error(&file);
            assert_eq!(error.slug, "content/yaml", "{name}");
            assert!(
                error.help.as_deref().is_some_and(|h| h.contains("limits")),
                "{name}: {error} {:?}",
                error.help
            );
        }
    }

    #[test]
    fn an_empty_file_is_nothing() {
        for file in ["", "# only a remark\n", "---\n"] {
            assert_eq!(parse(&Arc::new(Source::new("f", file))).unwrap().value, Value::Null, "{file:?}");
        }
    }
}
