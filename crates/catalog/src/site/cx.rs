//! What all pages of a site are made of.

use super::{Frame, Menu, facets::Facets};
use crate::model::{
    Catalog, EventEntry, EvidenceState, FieldEntry, IndicatorEntry, RuleId, RulePage, TechniqueEntry,
};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// How a site is made.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The site's address, where it is known: sitemaps, feeds and canonical links need it.
    pub base_url: Option<String>,
}

/// What all pages of a site are made of.
pub struct Cx {
    /// The model.
    pub(crate) catalog: Arc<Catalog>,
    /// How the site is made.
    pub(crate) options: Options,
    /// The facets of the index.
    pub(crate) facets: Facets,
    /// Names and contents of the scripts that hold the index's data.
    pub(crate) data: Data,
    by_id: FxHashMap<RuleId, usize>,
    events: FxHashMap<String, usize>,
    fields: FxHashMap<String, usize>,
    indicators: FxHashMap<String, usize>,
    techniques: FxHashMap<String, usize>,
    footer: String,
}

/// The scripts that hold the index's data: path and content.
pub(crate) struct Data {
    /// The facets.
    pub(crate) facets: (String, String),
    /// The words of the search.
    pub(crate) text: (String, String),
}

impl Cx {
    /// Prepares what pages share.
    pub(super) fn new(catalog: Arc<Catalog>, options: Options) -> Self {
        let facets = Facets::of(&catalog);
        let named = |name: &str, content: String| {
            (format!("data/{}", super::assets::hashed(name, content.as_bytes())), content)
        };
        let data = Data {
            facets: named("facets.js", facets.script()),
            text: named("text.js", super::words::script(&catalog)),
        };
        let by_id = catalog.rules.iter().enumerate().map(|(i, rule)| (rule.id.clone(), i)).collect();
        let events = places(&catalog.events, |event| &event.key);
        let fields = places(&catalog.fields, |field| &field.name);
        let indicators = places(&catalog.indicators, |indicator| &indicator.key);
        let techniques = places(&catalog.techniques, |technique| &technique.id);
        let corpora: Vec<_> =
            catalog.corpora.iter().map(|c| format!("{} ({} rules)", c.name, c.rules)).collect();
        let footer = format!(
            "Made by grotto {} of {}, with ATT&CK {}.",
            catalog.versions.grotto,
            corpora.join(", "),
            catalog.versions.attack
        );
        Self { catalog, options, facets, data, by_id, events, fields, indicators, techniques, footer }
    }

    /// The frame of a page.
    pub(crate) fn frame(&self, path: &str, title: &str, section: Menu) -> Frame {
        let title = if path == "index.html" { title.to_owned() } else { format!("{title} – grotto") };
        Frame::new(path, title, section).on_site(self.options.base_url.as_deref(), &self.footer)
    }

    /// The rule of this id.
    pub(crate) fn rule(&self, id: &str) -> Option<&RulePage> {
        self.by_id.get(id).and_then(|i| self.catalog.rules.get(*i))
    }

    /// The entry of a field.
    pub(crate) fn field(&self, name: &str) -> Option<&FieldEntry> {
        self.fields.get(name).and_then(|i| self.catalog.fields.get(*i))
    }

    /// The entry of an event, by its key.
    pub(crate) fn event(&self, key: &str) -> Option<&EventEntry> {
        self.events.get(key).and_then(|i| self.catalog.events.get(*i))
    }

    /// The entry of an indicator, by its key.
    pub(crate) fn indicator(&self, key: &str) -> Option<&IndicatorEntry> {
        self.indicators.get(key).and_then(|i| self.catalog.indicators.get(*i))
    }

    /// The entry of a technique, by its id.
    pub(crate) fn technique(&self, id: &str) -> Option<&TechniqueEntry> {
        self.techniques.get(id).and_then(|i| self.catalog.techniques.get(*i))
    }

    /// The rules of these ids that there are.
    pub(crate) fn rules<'a>(&'a self, ids: &'a [RuleId]) -> impl Iterator<Item = &'a RulePage> {
        ids.iter().filter_map(|id| self.rule(id))
    }

    /// The address of a page with the way to the top before it, when the site is at `https://…`.
    pub(crate) fn absolute(&self, path: &str) -> Option<String> {
        self.options.base_url.as_ref().map(|base| format!("{}/{path}", base.trim_end_matches('/')))
    }
}

/// Where entries are, by name.
fn places<T>(entries: &[T], name: impl Fn(&T) -> &String) -> FxHashMap<String, usize> {
    entries.iter().enumerate().map(|(i, entry)| (name(entry).clone(), i)).collect()
}

/// The tone of a badge that says whether a rule is proven.
pub(crate) fn tone(state: EvidenceState) -> &'static str {
    match state {
        EvidenceState::Fires => "good",
        EvidenceState::Runs => "fair",
        EvidenceState::Fails | EvidenceState::Cannot => "poor",
    }
}

/// What stands before the word that says whether a rule is proven.
pub(crate) fn sign(state: EvidenceState) -> &'static str {
    match state {
        EvidenceState::Fires => "✓",
        EvidenceState::Runs => "○",
        EvidenceState::Fails | EvidenceState::Cannot => "✕",
    }
}

/// A number with the word for what is counted.
pub(crate) fn counted(n: usize, one: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {one}{s}", thousands(n))
}

/// How many of so many rules run and fire on their own data, in words that go on after their number.
pub(crate) fn proof(rules: usize, running: usize, proven: usize) -> String {
    if rules == 1 {
        return match (running, proven) {
            (_, 1..) => "which fires on its own data",
            (0, 0) => "which can't run",
            _ => "which runs, and has not fired on its own data",
        }
        .to_owned();
    }
    let run = match running {
        0 => "none runs".to_owned(),
        1 => "1 runs".to_owned(),
        n => format!("{} run", thousands(n)),
    };
    let fire = match proven {
        0 => "none fires on its own data".to_owned(),
        1 => "1 fires on its own data".to_owned(),
        n => format!("{} fire on their own data", thousands(n)),
    };
    format!("of which {run} and {fire}")
}

/// A number with a comma before every three digits.
pub(crate) fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `Sysmon` for `Microsoft-Windows-Sysmon`.
pub(crate) fn short_provider(provider: &str) -> &str {
    let short = provider.strip_prefix("Microsoft-Windows-").unwrap_or(provider);
    if short == "Security-Auditing" { "Security" } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proof_in_words() {
        for (numbers, words) in [
            ((1, 1, 1), "which fires on its own data"),
            ((1, 1, 0), "which runs, and has not fired on its own data"),
            ((1, 0, 0), "which can't run"),
            ((3, 3, 1), "of which 3 run and 1 fires on its own data"),
            ((2000, 1500, 0), "of which 1,500 run and none fires on its own data"),
        ] {
            assert_eq!(proof(numbers.0, numbers.1, numbers.2), words);
        }
    }

    #[test]
    fn numbers_for_people() {
        for (n, expected) in [
            (0, "0 rules"),
            (1, "1 rule"),
            (999, "999 rules"),
            (1711, "1,711 rules"),
            (1_000_000, "1,000,000 rules"),
        ] {
            assert_eq!(counted(n, "rule"), expected);
        }
        assert_eq!(short_provider("Microsoft-Windows-Security-Auditing"), "Security");
        assert_eq!(short_provider("MSSQLSERVER"), "MSSQLSERVER");
    }
}
