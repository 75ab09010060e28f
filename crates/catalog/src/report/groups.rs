//! What was found, by severity and rule. The first few things of each rule are shown in full, others on a line each,
//! as long as there is room; what is left out is counted.

use super::found::{Found, SEVERITIES};
use super::marked::Event;
use super::{Room, text};
use crate::site::links;
use askama::Template;
use grotto_detect::explain::Sample;
use grotto_detect::row;
use std::collections::{BTreeMap, BTreeSet};

/// Things of a rule that are shown in full.
const IN_FULL: usize = 20;
/// Things of a rule that have a line.
const LINES: usize = 2_000;
/// Fields of a row, searches and threat objects of a finding that are shown.
const FIELDS: usize = 40;
/// Characters of a value that are shown.
const VALUE: usize = 400;
/// Characters of a search that are shown.
const SEARCH: usize = 2_000;

/// What was found of one severity.
#[derive(Debug)]
pub(crate) struct Severity {
    pub(crate) name: &'static str,
    pub(crate) count: usize,
    pub(crate) rules: Vec<Group>,
}

/// What a rule found.
#[derive(Debug)]
pub(crate) struct Group {
    /// Name of its place in the page.
    pub(crate) anchor: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) severity: &'static str,
    /// Techniques with their names.
    pub(crate) techniques: Vec<String>,
    /// Address of the rule's page.
    pub(crate) href: Option<String>,
    pub(crate) id: String,
    pub(crate) count: usize,
    /// In words: hits or findings.
    pub(crate) counted: String,
    /// How many entities, in words; empty for hits.
    pub(crate) entities: String,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) samples: Vec<Event>,
    /// Things in full, as HTML.
    pub(crate) full: Vec<String>,
    /// Lines of a table, as HTML.
    pub(crate) lines: String,
    /// How many lines there are.
    pub(crate) line_count: usize,
    /// How many things are left out.
    pub(crate) left_out: usize,
}

/// A thing in full.
#[derive(Template)]
#[template(path = "report_finding.html")]
struct Full {
    time: String,
    entity: String,
    title: String,
    score: Option<u32>,
    joined: bool,
    facts: Vec<(&'static str, String)>,
    fields: Vec<(String, String)>,
    more_fields: usize,
    threats: Vec<(String, String)>,
    drilldowns: Vec<Search>,
}

struct Search {
    name: String,
    spl: String,
    range: String,
}

/// A thing on a line.
#[derive(Template)]
#[template(
    source = "<tr><td>{{ time }}</td><td><bdi>{{ entity }}</bdi></td><td class=\"num\">{{ score }}</td><td><bdi>{{ title }}</bdi></td></tr>\n",
    ext = "html"
)]
struct Line {
    time: String,
    entity: String,
    score: String,
    title: String,
}

/// All groups, the worst first; of one severity those with most.
///
/// # Errors
/// A template fails, which only a full memory makes it do.
pub(crate) fn groups(
    found: &[Found<'_>],
    samples: &BTreeMap<&str, &[Sample]>,
    catalog: Option<&str>,
    room: &mut Room,
) -> Result<Vec<Severity>, askama::Error> {
    let mut rules: BTreeMap<(usize, &str, &str), Vec<&Found<'_>>> = BTreeMap::new();
    for one in found {
        rules.entry((one.severity(), &one.rule.name, &one.rule.id)).or_default().push(one);
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by(|((a, x, _), many), ((b, y, _), more)| {
        a.cmp(b).then_with(|| more.len().cmp(&many.len())).then_with(|| x.cmp(y))
    });
    let mut out: Vec<Severity> = Vec::new();
    for (number, ((severity, _, id), things)) in rules.into_iter().enumerate() {
        let samples = samples.get(id).copied().unwrap_or_default();
        let group = group(number + 1, severity, things, samples, catalog, room)?;
        match out.last_mut().filter(|last| last.name == SEVERITIES[severity]) {
            Some(last) => {
                last.count += group.count;
                last.rules.push(group);
            }
            None => out.push(Severity { name: SEVERITIES[severity], count: group.count, rules: vec![group] }),
        }
    }
    Ok(out)
}

fn group(
    number: usize,
    severity: usize,
    mut things: Vec<&Found<'_>>,
    samples: &[Sample],
    catalog: Option<&str>,
    room: &mut Room,
) -> Result<Group, askama::Error> {
    // Those without a time come last; the order is otherwise that of the records.
    things.sort_by_key(|found| found.at().map_or((true, 0), |at| (false, at)));
    let Some(first) = things.first() else { return Err(askama::Error::Fmt) };
    let rule = first.rule;
    let entities: BTreeSet<String> =
        things.iter().filter_map(|f| f.entity()).map(|e| row::text(&e.value, ", ").to_lowercase()).collect();
    let ends = things.iter().filter_map(|f| f.last.or(f.first)).max();
    let techniques = rule.mitre_attack_id.iter().map(|id| {
        let name = grotto_content::attack::technique(id).map(|t| format!(" {}", t.full_name()));
        format!("{}{}", text::line(id, 20), name.unwrap_or_default())
    });
    let mut group = Group {
        anchor: format!("rule-{number}"),
        name: text::line(&rule.name, 200),
        kind: text::line(&rule.kind, 40),
        severity: SEVERITIES[severity],
        techniques: techniques.collect(),
        href: page(catalog, &rule.id),
        id: text::line(&rule.id, 80),
        count: things.len(),
        counted: text::counted(things.len(), if first.finding.is_some() { "finding" } else { "hit" }),
        entities: match entities.len() {
            0 => String::new(),
            1 => "1 entity".to_owned(),
            n => format!("{} entities", crate::site::thousands(n)),
        },
        first: text::time(first.first),
        last: text::time(ends),
        samples: room.take_samples(samples),
        full: Vec::new(),
        lines: String::new(),
        line_count: 0,
        left_out: 0,
    };
    for (at, thing) in things.iter().enumerate() {
        if at < IN_FULL {
            let html = full(thing).render()?;
            if room.take_full(html.len()) {
                group.full.push(html);
                continue;
            }
        }
        let html = line(thing).render()?;
        if group.line_count >= LINES || !room.take_line(html.len()) {
            group.left_out = things.len() - at;
            break;
        }
        group.line_count += 1;
        group.lines.push_str(&html);
    }
    Ok(group)
}

/// The address of a rule's page.
fn page(catalog: Option<&str>, id: &str) -> Option<String> {
    let is_uuid = id.len() == 36 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    catalog.filter(|_| is_uuid).map(|url| format!("{url}rules/{}/", links::segment(id)))
}

fn entity(found: &Found<'_>, most: usize) -> String {
    match found.entity() {
        Some(entity) => text::line(&row::text(&entity.value, ", "), most),
        None => text::line(found.host().unwrap_or_default(), most),
    }
}

fn line(found: &Found<'_>) -> Line {
    Line {
        time: text::time(found.first.or(found.last)),
        entity: entity(found, 80),
        score: found.finding.map(|f| f.score.to_string()).unwrap_or_default(),
        title: text::line(&found.title(), 200),
    }
}

fn full(found: &Found<'_>) -> Full {
    let mut facts = vec![("Time", span(found.first, found.last))];
    if let Some(f) = found.finding {
        let value = text::line(&row::text(&f.entity.value, ", "), VALUE);
        let entity =
            format!("{value} ({}, {})", text::line(&f.entity.field, 80), text::line(&f.entity.kind, 40));
        facts.push(("Entity", entity));
        facts.push(("Looked at", span(f.info_min_time.as_deref(), f.info_max_time.as_deref())));
        facts.push(("Finding id", text::line(&f.id, 64)));
        facts.push(("Seen", f.seen.map(|n| format!("{n} times")).unwrap_or_default()));
    }
    facts.push(("Fired", text::time(found.fired)));
    facts.retain(|(_, text)| !text.is_empty());
    let fields: Vec<(String, String)> = found
        .row
        .iter()
        .take(FIELDS)
        .map(|(name, value)| (text::line(name, 80), text::cut(&row::text(value, "\n"), VALUE)))
        .collect();
    let threats = found.finding.map(|f| f.threat_objects.as_slice()).unwrap_or_default();
    Full {
        time: text::time(found.first.or(found.last)),
        entity: entity(found, 80),
        title: text::line(&found.title(), VALUE),
        score: found.finding.map(|f| f.score),
        joined: found.joined,
        facts,
        more_fields: found.row.len().saturating_sub(FIELDS),
        fields,
        threats: threats
            .iter()
            .take(FIELDS)
            .map(|t| (text::line(&t.kind, 40), text::cut(&row::text(&t.value, "\n"), VALUE)))
            .collect(),
        drilldowns: found
            .drilldowns()
            .iter()
            .take(5)
            .map(|d| Search {
                name: text::line(&d.name, 200),
                spl: text::cut(d.search.trim(), SEARCH),
                range: range(d.earliest.as_deref(), d.latest.as_deref()),
            })
            .collect(),
    }
}

/// From when to when; one time when both are the same.
fn span(first: Option<&str>, last: Option<&str>) -> String {
    let (a, b) = (text::time(first), text::time(last));
    if a == b || b.is_empty() { a } else { format!("{a} to {b}") }
}

fn range(from: Option<&str>, to: Option<&str>) -> String {
    match (from, to) {
        (None, None) => "all time".to_owned(),
        (None, to) => format!("until {}", text::time(to)),
        (from, None) => format!("from {}", text::time(from)),
        (from, to) => format!("{} to {}", text::time(from), text::time(to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_have_pages() {
        let id = "0123ABCD-0000-4000-8000-000000000001";
        assert_eq!(
            page(Some("https://c.example/"), id).as_deref(),
            Some("https://c.example/rules/0123abcd-0000-4000-8000-000000000001/")
        );
        assert_eq!(page(None, id), None);
        assert_eq!(page(Some("https://c.example/"), "../../\"onclick=x"), None);
    }

    #[test]
    fn ranges_say_where_they_end() {
        let day = Some("2024-01-01T00:00:00Z");
        assert_eq!(range(None, None), "all time");
        assert_eq!(range(None, day), "until 2024-01-01 00:00:00Z");
        assert_eq!(span(day, day), "2024-01-01 00:00:00Z");
        assert_eq!(span(day, Some("2024-01-02T00:00:00Z")), "2024-01-01 00:00:00Z to 2024-01-02 00:00:00Z");
    }
}
