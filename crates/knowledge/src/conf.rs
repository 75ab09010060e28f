//! Splunk's `.conf` files: stanzas of settings, each with the place where it is written.
//!
//! ```text
//! # a comment
//! [stanza name]
//! key = value
//! long = a value that goes on \
//!        in the next line
//! ```
//!
//! What stands before the first header belongs to `[default]`, whose settings hold for every stanza of the file
//! that does not set them itself. A stanza that occurs twice is one stanza, and of a setting that is given twice
//! the last one counts:
//! <https://help.splunk.com/en/splunk-enterprise/administer/admin-manual/10.0/administer-splunk-enterprise-with-configuration-files/about-configuration-files>.
//!
//! This module knows nothing of what the settings mean; [`crate::app`] does.

mod boolean;
mod parse;
mod pattern;

pub use boolean::boolean;
pub use parse::parse;
pub use pattern::Pattern;

use grotto_diag::{Diagnostic, Place, Source, Span};
use indexmap::IndexMap;
use std::sync::Arc;

/// Name of the stanza whose settings hold for all others.
pub const DEFAULT_STANZA: &str = "default";

/// A text of a configuration file, with the place where it stands.
///
/// The text of a value that goes over several lines has no continuation marks, so it may be shorter than its span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The text.
    pub text: String,
    /// The file that it stands in.
    pub source: Arc<Source>,
    /// The bytes of the file that it was read from.
    pub span: Span,
}

impl Placed {
    /// A part of this text that was cut out of it, at the same place.
    pub fn part(&self, text: impl Into<String>) -> Self {
        Self { text: text.into(), source: Arc::clone(&self.source), span: self.span }
    }

    /// Name of the file.
    pub fn file(&self) -> &str {
        &self.source.name
    }

    /// Line and column of the first character.
    pub fn place(&self) -> Place {
        self.source.place(self.span.start)
    }

    /// A warning that points here.
    pub fn warning(&self, slug: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(slug, message).at(self.span, "").in_source(&self.source)
    }

    /// An error that points here.
    pub fn error(&self, slug: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(slug, message).at(self.span, "").in_source(&self.source)
    }
}

/// A stanza: a header and the settings under it, in the order in which they were first written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stanza {
    /// What stands between the brackets of the header that was read last.
    pub name: Placed,
    /// Values by key.
    pub settings: IndexMap<String, Placed>,
}

impl Stanza {
    /// The value of a setting of this stanza.
    pub fn get(&self, key: &str) -> Option<&Placed> {
        self.settings.get(key)
    }

    /// The value as text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).map(|v| v.text.as_str())
    }
}

/// A configuration file, or several of the same name laid over each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conf {
    stanzas: IndexMap<String, Stanza>,
}

impl Conf {
    /// The stanzas in the order in which they were first written, `[default]` among them.
    pub fn stanzas(&self) -> impl Iterator<Item = &Stanza> {
        self.stanzas.values()
    }

    /// The stanzas other than `[default]`, each completed by what `[default]` sets.
    pub fn completed(&self) -> impl Iterator<Item = Stanza> {
        let default = self.stanzas.get(DEFAULT_STANZA);
        self.stanzas.iter().filter(|(name, _)| *name != DEFAULT_STANZA).map(move |(_, stanza)| {
            let mut stanza = stanza.clone();
            for (key, value) in default.into_iter().flat_map(|d| &d.settings) {
                stanza.settings.entry(key.clone()).or_insert_with(|| value.clone());
            }
            stanza
        })
    }

    /// The stanza of this name, without what `[default]` sets.
    pub fn stanza(&self, name: &str) -> Option<&Stanza> {
        self.stanzas.get(name)
    }

    /// A setting of a stanza, or of `[default]` if the stanza does not have it.
    pub fn get(&self, stanza: &str, key: &str) -> Option<&Placed> {
        self.stanza(stanza)
            .and_then(|s| s.get(key))
            .or_else(|| self.stanza(DEFAULT_STANZA).and_then(|s| s.get(key)))
    }

    /// Lays another file over this one: its settings win, the others stay.
    pub fn overlay(&mut self, upper: Conf) {
        for (name, stanza) in upper.stanzas {
            match self.stanzas.get_mut(&name) {
                Some(below) => {
                    below.name = stanza.name;
                    below.settings.extend(stanza.settings);
                }
                None => {
                    self.stanzas.insert(name, stanza);
                }
            }
        }
    }

    /// The stanza of this name, made if it is not there.
    fn stanza_mut(&mut self, name: Placed) -> &mut Stanza {
        self.stanzas.entry(name.text.clone()).or_insert_with(|| Stanza { name, settings: IndexMap::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conf(name: &str, text: &str) -> Conf {
        let (conf, problems) = parse(&Arc::new(Source::new(name, text)));
        assert_eq!(problems, [], "{name}");
        conf
    }

    #[test]
    fn an_upper_file_wins_by_setting() {
        let mut lower = conf("default/x.conf", "[a]\nk = 1\nl = 2\n[b]\nk = 3\n");
        lower.overlay(conf("local/x.conf", "[a]\nk = 9\n[c]\nm = 4\n"));
        assert_eq!(lower.stanza("a").unwrap().text("k"), Some("9"));
        assert_eq!(lower.stanza("a").unwrap().text("l"), Some("2"));
        assert_eq!(lower.get("a", "k").unwrap().file(), "local/x.conf");
        assert_eq!(lower.get("a", "l").unwrap().file(), "default/x.conf");
        assert_eq!(lower.get("b", "k").unwrap().text, "3");
        assert_eq!(lower.get("c", "m").unwrap().place(), Place { line: 4, column: 5 });
        let names: Vec<&str> = lower.stanzas().map(|s| s.name.text.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
    }

    #[test]
    fn default_holds_for_every_stanza_that_does_not_say_otherwise() {
        let conf = conf("x", "top = 1\n[default]\nk = d\n[a]\nk = a\n[b]\n");
        let got: Vec<(String, Option<String>, Option<String>)> = conf
            .completed()
            .map(|s| (s.name.text.clone(), s.text("k").map(str::to_owned), s.text("top").map(str::to_owned)))
            .collect();
        let want =
            [("a", "a"), ("b", "d")].map(|(n, k)| (n.to_owned(), Some(k.to_owned()), Some("1".to_owned())));
        assert_eq!(got, want);
        assert_eq!(conf.get("nowhere", "k").unwrap().text, "d");
    }
}
