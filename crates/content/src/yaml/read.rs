//! Reading a tree leniently: what can be understood is taken, what is odd is a warning at its place.

use super::{Node, Text, Value};
use grotto_diag::{Diagnostic, Severity, Source, Span};
use std::cell::RefCell;
use std::sync::Arc;

/// A key that the schema does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKey {
    /// Path from the top of the file, such as `finding.entity.colour`.
    pub path: String,
    /// The key's range in the file.
    pub span: Span,
}

/// The file that is being read and what there is to say about it.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) source: Arc<Source>,
    diagnostics: RefCell<Vec<Diagnostic>>,
    unknown: RefCell<Vec<UnknownKey>>,
    /// Every key that was asked for, whether it was there or not.
    #[cfg(test)]
    asked: RefCell<std::collections::BTreeSet<String>>,
}

impl Reader {
    pub(crate) fn new(source: Arc<Source>) -> Self {
        Self {
            source,
            diagnostics: RefCell::default(),
            unknown: RefCell::default(),
            #[cfg(test)]
            asked: RefCell::default(),
        }
    }

    /// Notes something about `span`.
    pub(crate) fn say(&self, severity: Severity, slug: &'static str, message: String, span: Span) {
        let diagnostic = Diagnostic::new(severity, slug, message).at(span, "").in_source(&self.source);
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    fn warn(&self, slug: &'static str, message: String, span: Span) {
        self.say(Severity::Warning, slug, message, span);
    }

    /// Notes that the file can't be used because `key` is missing.
    pub(crate) fn missing(&self, what: &str, key: &str) {
        let diagnostic = Diagnostic::error("content/missing-key", format!("{what} has no `{key}`"))
            .at(Span::new(0, 0), "")
            .in_source(&self.source)
            .help(format!("add `{key}:`; without it nothing can be done with this file"));
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// Paths of every key that was asked for.
    #[cfg(test)]
    pub(crate) fn asked(&self) -> std::collections::BTreeSet<String> {
        self.asked.borrow().clone()
    }

    /// What was noted, and the keys that nobody asked for.
    pub(crate) fn finish(self) -> (Vec<Diagnostic>, Vec<UnknownKey>) {
        (self.diagnostics.into_inner(), self.unknown.into_inner())
    }
}

/// A mapping of the file. Remembers which keys were asked for.
#[derive(Debug)]
pub(crate) struct Mapping<'a> {
    reader: &'a Reader,
    entries: &'a [(Node, Node)],
    /// Path from the top of the file, empty at the top.
    path: String,
    asked: RefCell<Vec<bool>>,
}

impl<'a> Mapping<'a> {
    /// The mapping in `node`, or a warning that it is something else.
    pub(crate) fn of(reader: &'a Reader, node: &'a Node, path: String) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            let name = if path.is_empty() { "the file" } else { path.as_str() };
            if node.value != Value::Null {
                reader.warn(
                    "content/type",
                    format!("{name} should be a mapping, not {}", node.kind()),
                    node.span,
                );
            }
            return None;
        };
        let mapping = Self { reader, entries, path, asked: RefCell::new(vec![false; entries.len()]) };
        mapping.check_duplicates();
        Some(mapping)
    }

    fn check_duplicates(&self) {
        for (i, (key, _)) in self.entries.iter().enumerate() {
            if key.scalar().is_some() && self.entries[..i].iter().any(|(k, _)| k.scalar() == key.scalar()) {
                let path = self.path_of(key.scalar().unwrap_or_default());
                self.reader.warn(
                    "content/duplicate-key",
                    format!("`{path}` is given twice; the last counts"),
                    key.span,
                );
            }
        }
    }

    /// Path of a key from the top of the file.
    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The value of a key, if it has one. The last of several, as other YAML readers do.
    pub(crate) fn node(&self, key: &str) -> Option<&'a Node> {
        #[cfg(test)]
        self.reader.asked.borrow_mut().insert(self.path_of(key));
        let mut found = None;
        for (i, (k, value)) in self.entries.iter().enumerate() {
            if k.scalar() == Some(key) {
                self.asked.borrow_mut()[i] = true;
                found = (value.value != Value::Null).then_some(value);
            }
        }
        found
    }

    /// Whether the key is there with a value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.node(key).is_some()
    }

    /// Marks keys as known that the model has no use for.
    pub(crate) fn ignore(&self, keys: &[&str]) {
        for key in keys {
            self.node(key);
        }
    }

    /// A warning that the value of a key is not what it should be.
    fn mistyped(&self, key: &str, node: &Node, wanted: &str) {
        let message = format!("`{}` should be {wanted}, not {}", self.path_of(key), node.kind());
        self.reader.warn("content/type", message, node.span);
    }

    /// A scalar, or the only member of a list.
    fn one(&self, key: &str) -> Option<&'a Node> {
        let node = self.node(key)?;
        match &node.value {
            Value::Scalar(_) => Some(node),
            Value::List(items) if items.len() == 1 && items[0].scalar().is_some() => {
                self.mistyped(key, node, "a single value");
                items.first()
            }
            _ => {
                self.mistyped(key, node, "a single value");
                None
            }
        }
    }

    /// A text; a number, truth value or date counts as the text that it is written as.
    pub(crate) fn string(&self, key: &str) -> Option<String> {
        self.one(key)?.scalar().map(str::to_owned)
    }

    /// A text that is not blank.
    pub(crate) fn filled(&self, key: &str) -> Option<String> {
        self.string(key).map(|s| s.trim().to_owned()).filter(|s| !s.is_empty())
    }

    /// A text with its place and map.
    pub(crate) fn text(&self, key: &str) -> Option<Text> {
        let node = self.one(key)?;
        Some(Text::new(&self.reader.source.text, node.span, node.scalar()?.to_owned()))
    }

    /// A whole number that is not negative; a fraction is rounded. A warning for anything else.
    pub(crate) fn number(&self, key: &str) -> Option<u32> {
        let node = self.one(key)?;
        let number = node.scalar()?.trim().parse::<f64>().ok().filter(|n| (0.0..1e9).contains(n));
        if number.is_none() {
            let message = format!("`{}` should be a number from 0 up", self.path_of(key));
            self.reader.warn("content/type", message, node.span);
        }
        number.map(|n| n.round() as u32)
    }

    /// A truth value; Splunk's and YAML's spellings. A warning for anything else.
    pub(crate) fn truth(&self, key: &str) -> Option<bool> {
        let node = self.one(key)?;
        match node.scalar()?.trim().to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
            _ => {
                let message = format!("`{}` should be true or false", self.path_of(key));
                self.reader.warn("content/type", message, node.span);
                None
            }
        }
    }

    /// A list of texts. A single text counts as a list of one, with a warning; members that are no texts are left
    /// out, with a warning.
    pub(crate) fn strings(&self, key: &str) -> Vec<String> {
        let Some(node) = self.node(key) else { return Vec::new() };
        match &node.value {
            Value::List(items) => items
                .iter()
                .filter_map(|item| {
                    if item.scalar().is_none() {
                        self.mistyped(key, item, "a list of single values");
                    }
                    item.scalar().map(str::to_owned)
                })
                .collect(),
            Value::Scalar(text) => {
                self.mistyped(key, node, "a list");
                Some(text.trim().to_owned()).filter(|t| !t.is_empty()).into_iter().collect()
            }
            _ => {
                self.mistyped(key, node, "a list");
                Vec::new()
            }
        }
    }

    /// The mapping under a key.
    pub(crate) fn mapping(&self, key: &str) -> Option<Mapping<'a>> {
        Mapping::of(self.reader, self.node(key)?, self.path_of(key))
    }

    /// The mappings in the list under a key. A single mapping counts as a list of one.
    pub(crate) fn mappings(&self, key: &str) -> Vec<Mapping<'a>> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let path = self.path_of(key);
        match &node.value {
            Value::List(items) => {
                items.iter().filter_map(|item| Mapping::of(self.reader, item, path.clone())).collect()
            }
            Value::Map(_) => Mapping::of(self.reader, node, path).into_iter().collect(),
            _ => {
                self.mistyped(key, node, "a list of mappings");
                Vec::new()
            }
        }
    }

    /// Every key with its value, in order. All count as asked for.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (String, String)> {
        self.asked.borrow_mut().fill(true);
        self.entries
            .iter()
            .filter_map(|(key, value)| Some((key.scalar()?.to_owned(), value.scalar()?.to_owned())))
    }

    /// The file that is being read.
    pub(crate) fn reader(&self) -> &'a Reader {
        self.reader
    }
}

impl Drop for Mapping<'_> {
    /// A mapping is done with when it goes: what was not asked for by then is unknown.
    fn drop(&mut self) {
        let asked = self.asked.take();
        for ((key, _), _) in self.entries.iter().zip(asked).filter(|(_, asked)| !asked) {
            let path = self.path_of(key.scalar().unwrap_or("?"));
            self.reader.unknown.borrow_mut().push(UnknownKey { path, span: key.span });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    /// Runs `read` on the mapping that `file` holds and gives what was noted as `slug: message` and unknown paths.
    fn read<T>(file: &str, read: impl FnOnce(&Mapping<'_>) -> T) -> (T, Vec<String>, Vec<String>) {
        let reader = Reader::new(Arc::new(Source::new("f.yml", file)));
        let node = parse(&reader.source).unwrap();
        let mapping = Mapping::of(&reader, &node, String::new()).unwrap();
        let result = read(&mapping);
        drop(mapping);
        let (diagnostics, unknown) = reader.finish();
        let said = diagnostics.iter().map(ToString::to_string).collect();
        (result, said, unknown.into_iter().map(|u| u.path).collect())
    }

    #[test]
    fn scalars_keep_their_spelling() {
        let file =
            "a: 1.10\nb: 0x1F\nc: yes\nd: 2024-01-02\ne: ~\nf:\ng: 'null'\nh: 1_000\ni: .nan\nj: [x]\n";
        let (values, said, _) = read(file, |m| {
            ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].map(|k| m.string(k).unwrap_or("-".to_owned()))
        });
        assert_eq!(values, ["1.10", "0x1F", "yes", "2024-01-02", "-", "-", "null", "1_000", ".nan", "x"]);
        assert_eq!(said, ["f.yml:10:4: warning[content/type]: `j` should be a single value, not a list"]);
    }

    #[test]
    fn numbers_and_truth_values() {
        let (values, said, _) = read("a: 3\nb: '4'\nc: 2.5\nd: -1\ne: many\nf: [1, 2]\n", |m| {
            ["a", "b", "c", "d", "e", "f"].map(|k| m.number(k))
        });
        assert_eq!(values, [Some(3), Some(4), Some(3), None, None, None]);
        assert_eq!(said.len(), 3, "{said:?}");
        let (values, said, _) = read("a: 'false'\nb: true\nc: T\nd: 0\ne: maybe\n", |m| {
            ["a", "b", "c", "d", "e"].map(|k| m.truth(k))
        });
        assert_eq!(values, [Some(false), Some(true), Some(true), Some(false), None]);
        assert_eq!(said, ["f.yml:5:4: warning[content/type]: `e` should be true or false"]);
    }

    #[test]
    fn lists_are_taken_as_far_as_they_go() {
        let (values, said, _) = read("a: [x, 1, {y: 1}]\nb: x\nc: {}\nd: []\n", |m| {
            ["a", "b", "c", "d", "missing"].map(|k| m.strings(k))
        });
        assert_eq!(values, [vec!["x", "1"], vec!["x"], vec![], vec![], vec![]]);
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[1].ends_with("`b` should be a list, not a single value"), "{said:?}");
    }

    #[test]
    fn keys_that_nobody_asks_for_are_named() {
        let file = "a: 1\nb: {c: 1, d: 2}\ne:\n- f: 1\n  g: 2\n- 3\nh: 1\n";
        let (_, said, unknown) = read(file, |m| {
            m.ignore(&["h"]);
            m.mapping("b").map(|b| b.number("c"));
            m.mappings("e").iter().map(|e| e.number("f")).collect::<Vec<_>>()
        });
        assert_eq!(unknown, ["b.d", "e.g", "a"]);
        assert_eq!(said, ["f.yml:6:3: warning[content/type]: e should be a mapping, not a single value"]);
    }

    #[test]
    fn of_a_key_given_twice_the_last_counts() {
        let (value, said, _) = read("a: 1\na: 2\n", |m| m.number("a"));
        assert_eq!(value, Some(2));
        assert_eq!(said, ["f.yml:2:1: warning[content/duplicate-key]: `a` is given twice; the last counts"]);
    }

    #[test]
    fn pairs_are_all_known() {
        let (pairs, _, unknown) = read("a: 1\nb: x\nc: []\n", |m| m.pairs().collect::<Vec<_>>());
        assert_eq!(pairs, [("a".into(), "1".into()), ("b".into(), "x".into())]);
        assert!(unknown.is_empty());
    }
}
