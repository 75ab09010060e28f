//! A content file as it is written: values and places by path, whatever the model makes of them.

use super::{Node, Text, Value};
use grotto_diag::{Diagnostic, Source, Span};
use std::sync::Arc;

/// A YAML file whose values can be asked for by path, such as `finding.entity.score` or `tests[0].name`.
///
/// The model reads what it can use; this is for those who have to judge what the author wrote.
#[derive(Debug, Clone)]
pub struct Document {
    tree: Node,
    source: Arc<Source>,
}

impl Document {
    /// Reads a file of one document.
    ///
    /// # Errors
    /// `content/yaml` with the place: not YAML, several documents, or beyond the limits of this crate.
    pub fn parse(source: &Arc<Source>) -> Result<Self, Box<Diagnostic>> {
        Ok(Self { tree: super::parse(source)?, source: Arc::clone(source) })
    }

    /// The file.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Whether there is a value that is not null.
    pub fn has(&self, path: &str) -> bool {
        self.find(path).is_some_and(|node| node.value != Value::Null)
    }

    /// Range of a value in the file.
    pub fn place(&self, path: &str) -> Option<Span> {
        let span = self.find(path)?.span;
        let written = span.of(&self.source.text);
        Some(Span::new(span.start, span.start + written.trim_end().len()))
    }

    /// A single value, as text.
    pub fn scalar(&self, path: &str) -> Option<&str> {
        self.find(path)?.scalar()
    }

    /// A single value with the map of its places.
    pub fn text(&self, path: &str) -> Option<Text> {
        let node = self.find(path)?;
        Some(Text::new(&self.source.text, node.span, node.scalar()?.to_owned()))
    }

    /// How many members a list has; 0 for anything else.
    pub fn len(&self, path: &str) -> usize {
        match self.find(path).map(|node| &node.value) {
            Some(Value::List(items)) => items.len(),
            _ => 0,
        }
    }

    /// Whether there is nothing in the file.
    pub fn is_empty(&self) -> bool {
        self.tree.value == Value::Null
    }

    /// The keys of a mapping with their places, in the order of the file; of the whole file for an empty path.
    pub fn keys(&self, path: &str) -> Vec<(&str, Span)> {
        match self.find(path).map(|node| &node.value) {
            Some(Value::Map(entries)) => {
                entries.iter().filter_map(|(key, _)| Some((key.scalar()?, key.span))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Ranges of all single values and keys, in the order of the file. What lies outside is layout and comments.
    pub fn scalars(&self) -> Vec<Span> {
        fn collect(node: &Node, out: &mut Vec<Span>) {
            match &node.value {
                Value::Scalar(_) | Value::Plain => out.push(node.span),
                Value::List(items) => items.iter().for_each(|item| collect(item, out)),
                Value::Map(entries) => entries.iter().for_each(|(key, value)| {
                    collect(key, out);
                    collect(value, out);
                }),
                Value::Null => {}
            }
        }
        let mut out = Vec::new();
        collect(&self.tree, &mut out);
        out
    }

    fn find(&self, path: &str) -> Option<&Node> {
        find(&self.tree, path)
    }
}

/// The value at a path of keys and positions.
pub(crate) fn find<'a>(tree: &'a Node, path: &str) -> Option<&'a Node> {
    path.split(['.', '[']).filter(|step| !step.is_empty()).try_fold(tree, |node, step| match &node.value {
        Value::Map(entries) => entries.iter().rev().find(|(k, _)| k.scalar() == Some(step)).map(|(_, v)| v),
        Value::List(items) => items.get(step.strip_suffix(']')?.parse::<usize>().ok()?),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_path() {
        let text = "a: 1\nb:\n  - c: |-\n      x\n      y\n    d: ~\n  - 'z' # said\n";
        let document = Document::parse(&Arc::new(Source::new("f", text))).unwrap();
        assert_eq!(document.scalar("a"), Some("1"));
        assert_eq!(document.scalar("b[0].c"), Some("x\ny"));
        assert_eq!(document.place("b[1]").map(|s| s.of(text)), Some("'z'"));
        assert_eq!(document.place("b[0].c").map(|s| s.of(text)), Some("x\n      y"));
        assert_eq!(document.len("b"), 2);
        assert_eq!(document.len("a"), 0);
        assert!(document.has("a") && !document.has("b[0].d") && !document.has("b[7]") && !document.has("q"));
        assert_eq!(document.keys("").iter().map(|k| k.0).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(document.keys("b[0]").len(), 2);
        let at = text.find("# said").unwrap();
        assert!(document.scalars().iter().all(|s| !(s.start..s.end).contains(&at)));
    }
}
