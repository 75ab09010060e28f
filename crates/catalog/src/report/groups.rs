//! What was found, by severity and rule. The first few things of each rule are shown in full, the next in a table, others on
//! a line of text each, which costs a browser least, as long as there is room; what is left out is counted.

use super::found::{Found, SEVERITIES};
use super::marked::Event;
use super::{Room, take, text, things};
use crate::site::links;
use grotto_detect::explain::Sample;
use grotto_detect::row;
use std::collections::{BTreeMap, BTreeSet};

/// Things of all rules that are shown in full, and of one rule: at least, at most.
const IN_FULL: (usize, usize, usize) = (1_600, 1, 20);
/// Things of all rules that have a row of a table, and of one rule: at least, at most.
const IN_ROWS: (usize, usize, usize) = (8_000, 10, 100);
/// Lines that are unfolded together.
const BLOCK: usize = 1_000;
/// Entities of a rule that have a row of their own.
const ENTITIES: usize = 12;

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
    /// What most things are about, where there are more than are shown in full.
    pub(crate) entities_by_count: Vec<ByEntity>,
    /// Entities that are not among these, and the things that are about them.
    pub(crate) other_entities: (usize, usize),
    /// Rows of a table, as HTML.
    pub(crate) rows: String,
    /// How many rows there are.
    pub(crate) row_count: usize,
    /// Lines of text, by the thousand.
    pub(crate) blocks: Vec<Block>,
    /// How many things are left out.
    pub(crate) left_out: usize,
}

/// What a rule found about one entity.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ByEntity {
    pub(crate) name: String,
    pub(crate) count: usize,
    pub(crate) first: String,
    pub(crate) last: String,
}

/// Lines of text that are unfolded together.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) count: usize,
    /// From when to when.
    pub(crate) span: String,
    /// The lines, as HTML.
    pub(crate) text: String,
}

/// In which way how many things are shown.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) full: usize,
    pub(crate) rows: usize,
    pub(crate) lines: usize,
    pub(crate) left_out: usize,
}

impl Shown {
    /// Those of all groups.
    pub(crate) fn of<'g>(groups: impl Iterator<Item = &'g Group>) -> Self {
        groups.fold(Self::default(), |sum, group| Self {
            full: sum.full + group.full.len(),
            rows: sum.rows + group.row_count,
            lines: sum.lines + group.blocks.iter().map(|block| block.count).sum::<usize>(),
            left_out: sum.left_out + group.left_out,
        })
    }
}

/// How many things of a rule are shown in full and in a table, when so many rules found something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Share {
    full: usize,
    rows: usize,
}

impl Share {
    fn of(rules: usize) -> Self {
        let part = |(all, least, most): (usize, usize, usize)| (all / rules.max(1)).clamp(least, most);
        Self { full: part(IN_FULL), rows: part(IN_ROWS) }
    }
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
    let share = Share::of(rules.len());
    let mut out: Vec<Severity> = Vec::new();
    for (number, ((severity, _, id), things)) in rules.into_iter().enumerate() {
        let samples = samples.get(id).copied().unwrap_or_default();
        let group = group(number + 1, severity, things, samples, catalog, share, room)?;
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
    share: Share,
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
        entities_by_count: Vec::new(),
        other_entities: (0, 0),
        rows: String::new(),
        row_count: 0,
        blocks: Vec::new(),
        left_out: 0,
    };
    if things.len() > share.full {
        (group.entities_by_count, group.other_entities) = by_entity(&things);
    }
    fill(&mut group, &things, share, room)?;
    Ok(group)
}

/// Shows as many things as there is room for. A rule takes half of the room that is left at most, so that one that finds
/// everywhere does not leave others without.
fn fill(
    group: &mut Group,
    things: &[&Found<'_>],
    share: Share,
    room: &mut Room,
) -> Result<(), askama::Error> {
    let mut lines = room.lines / 2;
    room.lines -= lines;
    let mut plain = &things[..0];
    for (at, thing) in things.iter().enumerate() {
        if at < share.full {
            let html = things::full(thing)?;
            if take(&mut room.full, html.len()) {
                group.full.push(html);
                continue;
            }
        }
        let html = things::row(thing)?;
        if group.row_count >= share.rows || !take(&mut lines, html.len()) {
            plain = &things[at..];
            break;
        }
        group.row_count += 1;
        group.rows.push_str(&html);
    }
    group.left_out = plain.len();
    for some in plain.chunks(BLOCK) {
        let mut block = Block::default();
        for thing in some {
            let line = things::line(thing)?;
            if !take(&mut lines, line.len()) {
                break;
            }
            block.count += 1;
            block.text.push_str(&line);
        }
        let Some(last) = block.count.checked_sub(1) else { break };
        block.span = things::span(some[0].first, some[last].first);
        group.left_out -= block.count;
        let ends = block.count < some.len();
        group.blocks.push(block);
        if ends {
            break;
        }
    }
    room.lines += lines;
    Ok(())
}

/// What most things are about, and how many entities and things are left.
fn by_entity(things: &[&Found<'_>]) -> (Vec<ByEntity>, (usize, usize)) {
    let mut counts: BTreeMap<String, (usize, &Found<'_>, &Found<'_>)> = BTreeMap::new();
    for thing in things {
        let (count, _, last) = counts.entry(things::entity(thing)).or_insert((0, thing, thing));
        *count += 1;
        *last = thing;
    }
    let mut all: Vec<_> = counts.into_iter().collect();
    all.sort_by(|(a, (n, ..)), (b, (m, ..))| m.cmp(n).then_with(|| a.cmp(b)));
    let rest = all.split_off(all.len().min(ENTITIES));
    let left = rest.iter().map(|(_, (count, ..))| count).sum();
    let shown = all.into_iter().map(|(name, (count, first, last))| ByEntity {
        name,
        count,
        first: text::time(first.first.or(first.last)),
        last: text::time(last.last.or(last.first)),
    });
    (shown.collect(), (rest.len(), left))
}

/// The address of a rule's page.
fn page(catalog: Option<&str>, id: &str) -> Option<String> {
    let is_uuid = id.len() == 36 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    catalog.filter(|_| is_uuid).map(|url| format!("{url}rules/{}/", links::segment(id)))
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
    fn many_rules_share_what_is_shown() {
        for (rules, full, rows) in [(0, 20, 100), (1, 20, 100), (80, 20, 100), (200, 8, 40), (5_000, 1, 10)] {
            assert_eq!(Share::of(rules), Share { full, rows }, "{rules}");
        }
    }
}
