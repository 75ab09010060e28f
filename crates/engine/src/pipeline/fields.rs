//! Names of fields with wildcards, and sets of the fields that a search needs.

use grotto_events::FieldName;
use std::collections::BTreeSet;

/// A field name in which `*` stands for any characters, as `table`, `fields`, `rename`, `stats` and others take it.
///
/// A pattern that begins with `*` leaves out internal fields (those that begin with `_`): named assumption
/// `wildcard-skips-internal`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern {
    text: FieldName,
    parts: Vec<String>,
}

impl Pattern {
    /// The pattern that this text writes.
    pub fn new(text: &str) -> Self {
        Self { text: FieldName::from(text), parts: text.split('*').map(str::to_owned).collect() }
    }

    /// The text of the pattern.
    pub fn text(&self) -> &FieldName {
        &self.text
    }

    /// Whether it has no wildcard.
    pub fn is_plain(&self) -> bool {
        self.parts.len() == 1
    }

    /// Number of wildcards.
    pub fn stars(&self) -> usize {
        self.parts.len() - 1
    }

    /// Whether a name fits.
    pub fn matches(&self, name: &str) -> bool {
        self.captures(name).is_some()
    }

    /// What each wildcard stands for in a name that fits; `None` when it does not fit.
    pub fn captures<'n>(&self, name: &'n str) -> Option<Vec<&'n str>> {
        let [first, middle @ .., last] = self.parts.as_slice() else {
            return (name == &*self.text).then(Vec::new);
        };
        if first.is_empty() && name.starts_with(['_', '\0']) {
            return None;
        }
        let mut rest = name.strip_prefix(first.as_str())?;
        let mut captures = Vec::with_capacity(self.stars());
        for part in middle {
            let at = rest.find(part.as_str())?;
            captures.push(&rest[..at]);
            rest = &rest[at + part.len()..];
        }
        captures.push(rest.strip_suffix(last.as_str())?);
        Some(captures)
    }

    /// The name that this pattern makes of what the wildcards of another stand for. Missing captures are empty.
    pub fn fill(&self, captures: &[&str]) -> String {
        let mut out = String::new();
        for (i, part) in self.parts.iter().enumerate() {
            if i > 0 {
                out.push_str(captures.get(i - 1).copied().unwrap_or_default());
            }
            out.push_str(part);
        }
        out
    }
}

/// A set of fields: every field, or these names and patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSet {
    all: bool,
    names: BTreeSet<FieldName>,
    patterns: BTreeSet<Pattern>,
}

impl FieldSet {
    /// Every field there is.
    pub fn all() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// No field.
    pub fn none() -> Self {
        Self::default()
    }

    /// These fields.
    pub fn of<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        let mut out = Self::none();
        out.extend(names);
        out
    }

    /// These fields and another one.
    #[must_use]
    pub fn with(&self, name: &str) -> Self {
        let mut out = self.clone();
        out.insert(name);
        out
    }

    /// Whether it is every field.
    pub fn is_all(&self) -> bool {
        self.all
    }

    /// Whether a field is in the set.
    pub fn contains(&self, name: &str) -> bool {
        self.all || self.names.contains(name) || self.patterns.iter().any(|p| p.matches(name))
    }

    /// Whether it is single names only.
    pub fn is_plain(&self) -> bool {
        !self.all && self.patterns.is_empty()
    }

    /// The single names; says nothing when the set [is everything](Self::is_all).
    pub fn names(&self) -> impl Iterator<Item = &FieldName> {
        self.names.iter()
    }

    /// The patterns with wildcards; says nothing when the set [is everything](Self::is_all).
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.patterns.iter()
    }

    /// Adds a field.
    pub fn insert(&mut self, name: &str) {
        if !self.all && !self.names.contains(name) {
            self.names.insert(FieldName::from(name));
        }
    }

    /// Adds fields.
    pub fn extend<S: AsRef<str>>(&mut self, names: impl IntoIterator<Item = S>) {
        names.into_iter().for_each(|name| self.insert(name.as_ref()));
    }

    /// Adds every field that fits a pattern.
    pub fn insert_pattern(&mut self, pattern: &Pattern) {
        if pattern.is_plain() {
            self.insert(pattern.text());
        } else if !self.all {
            self.patterns.insert(pattern.clone());
        }
    }

    /// Takes a name out. A set of everything or a pattern that fits the name stays as it is: the set then holds more
    /// than needed, never less.
    pub fn remove(&mut self, name: &str) {
        self.names.remove(name);
    }

    /// Takes out all names that fit a pattern, as [`remove`](Self::remove) does.
    pub fn remove_matching(&mut self, pattern: &Pattern) {
        self.names.retain(|name| !pattern.matches(name));
        self.patterns.remove(pattern);
    }

    /// The set without the names that are in another, as [`remove`](Self::remove) takes them out.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut out = self.clone();
        out.names.retain(|name| !other.contains(name));
        out
    }

    /// Adds all of another set.
    pub fn union(&mut self, other: &Self) {
        if other.all {
            *self = Self::all();
        }
        if !self.all {
            // Most of what is added is there already: looking is cheaper than making and dropping another.
            for name in &other.names {
                if !self.names.contains(name) {
                    self.names.insert(name.clone());
                }
            }
            for pattern in &other.patterns {
                if !self.patterns.contains(pattern) {
                    self.patterns.insert(pattern.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_capture() {
        for (pattern, name, captures) in [
            ("Processes.*", "Processes.user", Some(vec!["user"])),
            ("Processes.*", "Process.user", None),
            ("*", "user", Some(vec!["user"])),
            ("*", "_time", None),
            ("_*", "_time", Some(vec!["time"])),
            ("a*b*c", "a1b2c", Some(vec!["1", "2"])),
            ("a*b*c", "abc", Some(vec!["", ""])),
            ("a*bc", "abbc", Some(vec!["b"])),
            ("a*a", "a", None),
            ("plain", "plain", Some(vec![])),
            ("plain", "plainer", None),
            ("*_id", "user_id", Some(vec!["user"])),
            ("*", "\0order", None),
        ] {
            assert_eq!(Pattern::new(pattern).captures(name), captures, "{pattern} {name}");
        }
        assert_eq!(Pattern::new("x*y*").fill(&["1", "2"]), "x1y2");
        assert_eq!(Pattern::new("x*y*").fill(&["1"]), "x1y");
    }

    #[test]
    fn sets_hold_names_and_patterns() {
        let mut set = FieldSet::of(["a", "b"]);
        set.insert_pattern(&Pattern::new("p_*"));
        set.insert_pattern(&Pattern::new("c"));
        assert!(set.contains("a") && set.contains("c") && set.contains("p_1") && !set.contains("q"));
        set.remove("a");
        set.remove_matching(&Pattern::new("b*"));
        assert!(!set.contains("a") && !set.contains("b"));
        assert!(!set.is_plain() && FieldSet::of(["a"]).is_plain() && !FieldSet::all().is_plain());
        let rest = FieldSet::of(["a", "p_1", "q"]).without(&set.with("a"));
        assert_eq!(rest, FieldSet::of(["q"]));
        set.union(&FieldSet::all());
        assert!(set.is_all() && set.contains("anything"));
        set.remove("anything");
        assert!(set.contains("anything"), "a set of everything can't lose a name");
        assert_eq!(set, FieldSet::all());
    }
}
