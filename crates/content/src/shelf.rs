//! Lists in which every name counts once.

use crate::{DataSource, Detection, Lookup, Macro, Story};
use grotto_diag::{Diagnostic, Source, Span};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// What to do with an item whose key is taken by an item of an earlier folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Later {
    /// The earlier counts, and that is said.
    Refused,
    /// The earlier counts.
    Skipped,
    /// The later counts.
    Replaces,
}

/// Something that content is made of.
pub(crate) trait Kept {
    /// What people call it.
    const KIND: &'static str;
    /// What becomes of one in a later folder.
    const LATER: Later;
    /// What must be unique; the name, unless there is something better.
    fn key(&self) -> String {
        self.name().to_owned()
    }
    fn name(&self) -> &str;
    fn path(&self) -> &Path;
    /// The file and the place in it where the key stands.
    fn place(&self) -> Option<(&Arc<Source>, Span)> {
        None
    }
}

impl Kept for Detection {
    const KIND: &'static str = "detection";
    const LATER: Later = Later::Refused;
    fn key(&self) -> String {
        self.id.to_ascii_lowercase()
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn path(&self) -> &Path {
        &self.path
    }
    fn place(&self) -> Option<(&Arc<Source>, Span)> {
        Some((&self.source, self.place_of("id")?))
    }
}

impl Kept for Macro {
    const KIND: &'static str = "macro";
    const LATER: Later = Later::Replaces;
    fn key(&self) -> String {
        format!("{}({})", self.name, self.arguments.len())
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn path(&self) -> &Path {
        &self.path
    }
    fn place(&self) -> Option<(&Arc<Source>, Span)> {
        Some((&self.source, self.definition.span()))
    }
}

impl Kept for Lookup {
    const KIND: &'static str = "lookup";
    const LATER: Later = Later::Replaces;
    fn name(&self) -> &str {
        &self.name
    }
    fn path(&self) -> &Path {
        &self.path
    }
}

impl Kept for Story {
    const KIND: &'static str = "story";
    const LATER: Later = Later::Skipped;
    fn name(&self) -> &str {
        &self.name
    }
    fn path(&self) -> &Path {
        &self.path
    }
}

impl Kept for DataSource {
    const KIND: &'static str = "data source";
    const LATER: Later = Later::Skipped;
    fn name(&self) -> &str {
        &self.name
    }
    fn path(&self) -> &Path {
        &self.path
    }
}

/// Items in the order in which they came, each key once.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    items: Vec<T>,
    /// Number of the folder and position in `items`.
    known: HashMap<String, (usize, usize)>,
    /// How many items did not count, replaced ones included.
    pub(crate) duplicates: usize,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { items: Vec::new(), known: HashMap::new(), duplicates: 0 }
    }
}

impl<T: Kept> Shelf<T> {
    /// Adds an item of the folder number `folder`; a warning when it does not count and someone should know.
    pub(crate) fn put(&mut self, item: T, folder: usize) -> Option<Diagnostic> {
        let key = item.key();
        let Some(&(earlier, at)) = self.known.get(&key) else {
            self.known.insert(key, (folder, self.items.len()));
            self.items.push(item);
            return None;
        };
        self.duplicates += 1;
        if earlier != folder && T::LATER == Later::Replaces {
            self.known.insert(key, (folder, at));
            self.items[at] = item;
            return None;
        }
        (earlier == folder || T::LATER == Later::Refused).then(|| Self::taken(&item, &self.items[at]))
    }

    fn taken(item: &T, first: &T) -> Diagnostic {
        let message = format!(
            "{} `{}` is the same as `{}` in {}: the first counts",
            T::KIND,
            item.name(),
            first.name(),
            first.path().display()
        );
        let diagnostic = Diagnostic::warning("content/duplicate", message);
        match item.place() {
            Some((source, span)) => diagnostic.at(span, "").in_source(source),
            None => diagnostic.help(format!("the other one is {}", item.path().display())),
        }
    }

    pub(crate) fn into_items(self) -> Vec<T> {
        self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Thing<const REPLACES: bool>(&'static str, u8);

    impl<const REPLACES: bool> Kept for Thing<REPLACES> {
        const KIND: &'static str = "thing";
        const LATER: Later = if REPLACES { Later::Replaces } else { Later::Skipped };
        fn key(&self) -> String {
            self.0.to_owned()
        }
        fn name(&self) -> &str {
            self.0
        }
        fn path(&self) -> &Path {
            Path::new("p")
        }
    }

    #[test]
    fn within_a_folder_the_first_counts() {
        let mut shelf = Shelf::default();
        assert!(shelf.put(Thing::<true>("a", 1), 0).is_none());
        assert!(shelf.put(Thing("b", 2), 0).is_none());
        let said = shelf.put(Thing("a", 3), 0).unwrap();
        assert_eq!(
            said.to_string(),
            "warning[content/duplicate]: thing `a` is the same as `a` in p: the first counts"
        );
        assert_eq!(shelf.duplicates, 1);
        assert_eq!(shelf.into_items(), [Thing("a", 1), Thing("b", 2)]);
    }

    #[test]
    fn a_later_folder_replaces_in_place_where_it_may() {
        let mut shelf = Shelf::default();
        for (item, folder) in [(Thing::<true>("a", 1), 0), (Thing("b", 2), 0), (Thing("a", 3), 1)] {
            assert!(shelf.put(item, folder).is_none());
        }
        assert!(shelf.put(Thing("a", 4), 1).is_some(), "twice in the later folder");
        assert_eq!(shelf.into_items(), [Thing("a", 3), Thing("b", 2)]);
        let mut shelf = Shelf::default();
        assert!(shelf.put(Thing::<false>("a", 1), 0).is_none());
        assert!(shelf.put(Thing("a", 3), 1).is_none());
        assert_eq!(shelf.into_items(), [Thing("a", 1)]);
    }
}
