//! The facets of the index: for each the values that rules have, and the rules that have them.

use super::{cx::short_provider, links, pack::pack};
use crate::model::{Catalog, EvidenceState, RulePage};
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::collections::BTreeMap;

/// A facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facet {
    /// Its name in addresses: `data_source`.
    pub(crate) key: &'static str,
    /// Its name for people.
    pub(crate) name: &'static str,
    /// Its values, those that most rules have first.
    pub(crate) values: Vec<Value>,
}

/// A value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// The value, as addresses have it too.
    pub(crate) key: String,
    /// More words for people; may be empty.
    pub(crate) name: String,
    /// Address of its own page below the site's top, where it has one.
    pub(crate) href: Option<String>,
    /// The rules that have it, by their place in the catalogue, rising.
    pub(crate) rules: Vec<u32>,
}

impl Facet {
    /// Whether the words for people stand alone, without the value.
    pub(crate) fn alone(&self) -> bool {
        self.key == "evidence"
    }

    /// A value as people read it.
    pub(crate) fn label(&self, value: &Value) -> String {
        match value.name.as_str() {
            "" => value.key.clone(),
            name if self.alone() => name.to_owned(),
            name => format!("{} {name}", value.key),
        }
    }
}

/// All facets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Facets {
    /// In the order in which they are shown; those without a choice are left out.
    pub(crate) list: Vec<Facet>,
}

/// Values on their way: rules, more words and address by value.
#[derive(Default)]
struct Gather(BTreeMap<String, (String, Option<String>, Vec<u32>)>);

impl Gather {
    fn add(&mut self, value: &str, name: &str, href: impl FnOnce() -> Option<String>, rule: usize) {
        if value.is_empty() {
            return;
        }
        // Letter case must not part what an address can't tell apart; a value is one line.
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let entry = self.0.entry(value).or_insert_with(|| (name.to_owned(), href(), Vec::new()));
        if entry.2.last() != Some(&(rule as u32)) {
            entry.2.push(rule as u32);
        }
    }

    fn facet(self, key: &'static str, name: &'static str) -> Facet {
        let mut values: Vec<_> = self
            .0
            .into_iter()
            .map(|(value, (name, href, mut rules))| {
                rules.sort_unstable();
                rules.dedup();
                Value { key: value, name, href, rules }
            })
            .collect();
        values.sort_by(|a, b| b.rules.len().cmp(&a.rules.len()).then_with(|| a.key.cmp(&b.key)));
        Facet { key, name, values }
    }
}

/// A facet whose values stand in the rules themselves.
fn simple(
    catalog: &Catalog,
    key: &'static str,
    name: &'static str,
    values: impl Fn(&RulePage) -> Vec<&str>,
) -> Facet {
    let mut gather = Gather::default();
    for (i, rule) in catalog.rules.iter().enumerate() {
        for value in values(rule) {
            gather.add(value, "", || None, i);
        }
    }
    gather.facet(key, name)
}

/// A facet whose values have pages that list their rules.
fn listed<'a, T>(
    by_id: &FxHashMap<&str, usize>,
    (key, name): (&'static str, &'static str),
    entries: &'a [T],
    view: impl Fn(&'a T) -> (String, &'a str, String, &'a [crate::model::RuleId]),
) -> Facet {
    let mut gather = Gather::default();
    for entry in entries {
        let (value, more, href, rules) = view(entry);
        for rule in rules.iter().filter_map(|id| by_id.get(&**id)) {
            gather.add(&value, more, || Some(href.clone()), *rule);
        }
    }
    gather.facet(key, name)
}

impl Facets {
    /// The facets of a catalogue.
    pub(crate) fn of(catalog: &Catalog) -> Self {
        let by_id: FxHashMap<&str, usize> =
            catalog.rules.iter().enumerate().map(|(i, rule)| (&*rule.id, i)).collect();
        let mut list = vec![
            listed(&by_id, ("tactic", "Tactic"), &catalog.tactics, |t| {
                (t.name.clone(), "", links::tactic(&t.key), &t.rules)
            }),
            listed(&by_id, ("technique", "Technique"), &catalog.techniques, |t| {
                (t.id.clone(), &t.full_name, links::technique(&t.id), &t.rules)
            }),
            listed(&by_id, ("event", "Event"), &catalog.events, |e| {
                (
                    format!("{} {}", short_provider(&e.provider), e.id),
                    &e.title,
                    links::event(&e.key),
                    &e.rules,
                )
            }),
            simple(catalog, "provider", "Provider", |r| {
                r.events.events.iter().map(|e| e.provider.as_str()).collect()
            }),
            listed(&by_id, ("data_source", "Data source"), &catalog.data_sources, |d| {
                (d.name.clone(), "", links::data_source(&d.key), &d.rules)
            }),
            simple(catalog, "data_model", "Data model", |r| {
                r.facts.data_models.iter().map(String::as_str).collect()
            }),
            listed(&by_id, ("field", "Field"), &catalog.fields, |f| {
                (f.name.clone(), "", links::field(&f.key), &f.rules)
            }),
            listed(&by_id, ("command", "Command"), &catalog.commands, |c| {
                (c.name.clone(), "", links::command(&c.name), &c.rules)
            }),
            simple(catalog, "type", "Type", |r| vec![&r.kind]),
            simple(catalog, "status", "Status", |r| vec![&r.status]),
            simple(catalog, "severity", "Severity", |r| vec![&r.severity]),
            listed(&by_id, ("story", "Story"), &catalog.stories, |s| {
                (s.name.clone(), "", links::story(&s.key), &s.rules)
            }),
            evidence(catalog),
            simple(catalog, "corpus", "Corpus", |r| vec![&r.corpus]),
        ];
        list.retain(|facet| facet.values.len() > usize::from(facet.key == "corpus"));
        // What is looked for first stands first.
        let order = ["tactic", "evidence", "type", "severity", "technique", "event"];
        list.sort_by_key(|facet| order.iter().position(|key| *key == facet.key).unwrap_or(order.len()));
        Self { list }
    }

    /// The script that brings the facets to the browser.
    pub(crate) fn script(&self) -> String {
        let facets = self.list.iter().map(|facet| Shown {
            key: facet.key,
            name: facet.name,
            alone: facet.alone(),
            names: facet
                .values
                .iter()
                .any(|v| !v.name.is_empty())
                .then(|| facet.values.iter().map(|v| v.name.as_str()).collect()),
            values: facet.values.iter().map(|v| v.key.as_str()).collect(),
            rules: facet.values.iter().map(|v| pack(v.rules.iter().copied())).collect(),
        });
        super::words::call("facets", &serde_json::json!({ "facets": facets.collect::<Vec<_>>() }))
    }
}

/// Whether rules are proven.
fn evidence(catalog: &Catalog) -> Facet {
    let mut gather = Gather::default();
    for state in EvidenceState::ALL {
        for (i, _) in catalog.rules.iter().enumerate().filter(|(_, rule)| rule.evidence.state == state) {
            gather.add(state.name(), state.label(), || None, i);
        }
    }
    gather.facet("evidence", "Evidence")
}

/// A facet as the script has it.
#[derive(Serialize)]
struct Shown<'a> {
    key: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    alone: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    names: Option<Vec<&'a str>>,
    values: Vec<&'a str>,
    rules: Vec<String>,
}
