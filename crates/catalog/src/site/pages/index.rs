//! The index of all rules.

use super::Page;
use crate::model::{EvidenceState, RulePage};
use crate::site::cx::{Cx, counted, short_provider, sign, thousands};
use crate::site::facets::{Facet, Value};
use crate::site::frame::{Frame, Menu};
use crate::site::{Query, links};
use askama::Template;
use std::fmt::Write as _;

/// How many values of a facet are listed without a script.
const LISTED: usize = 12;

/// The index as it is shown.
#[derive(Template)]
#[template(path = "index.html")]
struct Index {
    frame: Frame,
    /// Names and addresses of the corpora.
    corpora: Vec<(String, String)>,
    /// How many rules run and fire.
    proof: String,
    all: usize,
    found: usize,
    shown_all: String,
    shown_found: String,
    served: bool,
    text: String,
    facets_script: String,
    text_script: String,
    /// What is chosen: words, the address without it.
    chips: Vec<(String, String)>,
    facets: Vec<List>,
    lists: [(&'static str, &'static str); 9],
    rows: Vec<Row>,
}

/// A facet as links.
struct List {
    name: &'static str,
    open: bool,
    items: Vec<Item>,
    /// How many values more there are.
    more: usize,
}

/// A value as a link.
struct Item {
    words: String,
    n: usize,
    href: String,
    chosen: bool,
}

/// A rule.
struct Row {
    hidden: bool,
    href: String,
    name: String,
    kind: String,
    severity: String,
    techniques: String,
    events: String,
    evidence: String,
}

/// The page.
pub(super) fn pages(_: &Cx) -> Vec<Page> {
    vec![Page::new("index.html", |cx| make(cx, None))]
}

/// The page, for a query when a server gives it.
pub(super) fn make(cx: &Cx, query: Option<&Query>) -> Result<Vec<u8>, askama::Error> {
    let none = Query::default();
    let asked = query.unwrap_or(&none);
    let texts = asked.text_matches(cx);
    let chosen = asked.facet_matches(cx);
    // The rules that all chosen facets but one take.
    let without = |skip: Option<usize>, rule: usize| {
        let rest = chosen.iter().enumerate().filter(|(i, _)| Some(*i) != skip);
        texts[rule] && rest.filter_map(|(_, set)| set.as_ref()).all(|set| set.contains(&(rule as u32)))
    };
    let rows: Vec<_> =
        cx.catalog.rules.iter().enumerate().map(|(i, rule)| row(rule, !without(None, i))).collect();
    let list = |(i, facet)| list(asked, facet, |rule| without(Some(i), rule as usize));
    let facets =
        if query.is_some() { cx.facets.list.iter().enumerate().map(list).collect() } else { Vec::new() };
    let mut frame = cx.frame("index.html", "Detection rules", Menu::Rules).with_description(&intro(cx));
    frame.search = false;
    let found = rows.iter().filter(|row| !row.hidden).count();
    let page = Index {
        corpora: cx.catalog.corpora.iter().map(|c| (c.name.clone(), super::sections::href(cx, c))).collect(),
        proof: proof(cx),
        all: rows.len(),
        found,
        shown_all: thousands(rows.len()),
        shown_found: thousands(found),
        served: query.is_some(),
        text: asked.text.clone(),
        facets_script: format!("{}{}", frame.root, cx.data.facets.0),
        text_script: format!("{}{}", frame.root, cx.data.text.0),
        chips: chips(cx, asked),
        facets,
        lists: [
            ("Tactics and techniques", "attack/"),
            ("Events", "events/"),
            ("Indicators", "indicators/"),
            ("Fields", "fields/"),
            ("Stories", "stories/"),
            ("Data sources", "data-sources/"),
            ("Macros", "macros/"),
            ("Lookups", "lookups/"),
            ("Commands", "language/"),
        ],
        rows,
        frame,
    };
    Ok(page.render()?.into_bytes())
}

/// What the catalogue holds, in a sentence.
fn intro(cx: &Cx) -> String {
    let corpora: Vec<_> = cx.catalog.corpora.iter().map(|c| c.name.as_str()).collect();
    format!("{} of {}.{}", counted(cx.catalog.rules.len(), "rule"), corpora.join(", "), proof(cx))
}

/// How many rules run and fire, in sentences with a space before them.
fn proof(cx: &Cx) -> String {
    let count = |state| cx.catalog.rules.iter().filter(|r| r.evidence.state == state).count();
    let (fires, cannot) = (count(EvidenceState::Fires), count(EvidenceState::Cannot));
    let mut out = String::new();
    if fires > 0 {
        let _ = write!(out, " {} fire on their own attack data.", thousands(fires));
    }
    let _ = write!(out, " {} run.", thousands(cx.catalog.rules.len() - cannot));
    out
}

fn row(rule: &RulePage, hidden: bool) -> Row {
    let techniques: Vec<_> = rule.techniques.iter().map(|t| t.id.as_str()).collect();
    let state = rule.evidence.state;
    Row {
        hidden,
        href: links::rule(rule),
        name: rule.name.clone(),
        kind: rule.kind.clone(),
        severity: rule.severity.clone(),
        techniques: techniques.join(" "),
        events: events(rule),
        evidence: format!("{} {}", sign(state), state.name()),
    }
}

/// The events of a rule in short: the first two.
fn events(rule: &RulePage) -> String {
    let all = &rule.events.events;
    let shown: Vec<_> =
        all.iter().take(2).map(|e| format!("{} {}", short_provider(&e.provider), e.id)).collect();
    let more = if all.len() > 2 { format!(" +{}", all.len() - 2) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn chips(cx: &Cx, query: &Query) -> Vec<(String, String)> {
    let chosen = query.chosen.iter().filter_map(|(key, value)| {
        let facet = cx.facets.list.iter().find(|facet| facet.key == key)?;
        Some((format!("{}: {value}", facet.name), query.toggled(key, value).address()))
    });
    chosen.collect()
}

fn list(query: &Query, facet: &Facet, fits: impl Fn(u32) -> bool) -> List {
    let item = |value: &Value| Item {
        words: facet.label(value),
        n: value.rules.iter().filter(|rule| fits(**rule)).count(),
        href: query.toggled(facet.key, &value.key).address(),
        chosen: query.has(facet.key, &value.key),
    };
    let mut items: Vec<_> = facet.values.iter().map(item).filter(|item| item.n > 0 || item.chosen).collect();
    items.sort_by(|a, b| b.chosen.cmp(&a.chosen).then(b.n.cmp(&a.n)));
    let more = items.len().saturating_sub(LISTED);
    items.truncate(LISTED);
    List {
        name: facet.name,
        open: items.iter().any(|item| item.chosen) || facet.key == "tactic",
        items,
        more,
    }
}
