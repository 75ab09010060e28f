//! How two catalogues differ, rule by rule. Rules of the same id are the same rule.

use crate::model::{Catalog, RuleId, RulePage};
use serde::Serialize;
use std::collections::BTreeMap;

/// How two catalogues differ. All lists are by name, then by id.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Difference {
    /// Rules that only the newer has.
    pub added: Vec<Named>,
    /// Rules that only the older has.
    pub removed: Vec<Named>,
    /// Rules that both have, and that are not the same.
    pub changed: Vec<Change>,
    /// How many rules are the same.
    pub same: usize,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its id.
    pub id: RuleId,
    /// Its name.
    pub name: String,
}

/// What changed in a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its id.
    pub id: RuleId,
    /// Its newer name.
    pub name: String,
    /// What changed: `version`, `search`, `techniques`, …
    pub parts: Vec<Part>,
    /// The lines of the search when it changed: how they are marked, and each line.
    pub search: Vec<(Mark, String)>,
}

/// A part of a rule that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// What it was, where that is short; empty otherwise.
    pub old: String,
    /// What it is, likewise.
    pub new: String,
}

/// Whether a line is in the older, the newer or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Only in the older.
    Removed,
    /// Only in the newer.
    Added,
    /// In both.
    Same,
}

impl Mark {
    /// What stands before the line.
    pub fn sign(self) -> char {
        match self {
            Self::Removed => '-',
            Self::Added => '+',
            Self::Same => ' ',
        }
    }
}

/// The most lines of a search that are compared line by line.
const LINES: usize = 400;

/// The longest text that is shown for a part, in characters.
const SHORT: usize = 120;

/// How two catalogues differ.
pub fn diff(old: &Catalog, new: &Catalog) -> Difference {
    let before = by_id(old);
    let after = by_id(new);
    let named = |rule: &&RulePage| Named { id: rule.id.clone(), name: rule.name.clone() };
    let mut out = Difference {
        added: after
            .iter()
            .filter(|(id, _)| !before.contains_key(*id))
            .map(|(_, rule)| named(rule))
            .collect(),
        removed: before
            .iter()
            .filter(|(id, _)| !after.contains_key(*id))
            .map(|(_, rule)| named(rule))
            .collect(),
        ..Difference::default()
    };
    for (id, now) in &after {
        let Some(was) = before.get(id) else { continue };
        let parts = parts(was, now);
        if parts.is_empty() {
            out.same += 1;
            continue;
        }
        let search = if was.body.search == now.body.search {
            Vec::new()
        } else {
            lines(&was.body.search, &now.body.search)
        };
        out.changed.push(Change { id: now.id.clone(), name: now.name.clone(), parts, search });
    }
    let key = |a: &Named, b: &Named| (&a.name, &a.id).cmp(&(&b.name, &b.id));
    out.added.sort_by(key);
    out.removed.sort_by(key);
    out.changed.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    out
}

fn by_id(catalog: &Catalog) -> BTreeMap<String, &RulePage> {
    catalog.rules.iter().map(|rule| (rule.id.to_ascii_lowercase(), rule)).collect()
}

/// The parts of a rule that changed.
fn parts(old: &RulePage, new: &RulePage) -> Vec<Part> {
    let both = |name, of: &dyn Fn(&RulePage) -> String| {
        let (was, now) = (of(old), of(new));
        let fits = was.chars().count().max(now.chars().count()) <= SHORT;
        (was != now).then(|| {
            if fits {
                Part { name, old: was, new: now }
            } else {
                Part { name, old: String::new(), new: String::new() }
            }
        })
    };
    let number = |n: Option<u32>| n.map_or(String::new(), |n| n.to_string());
    let list = |items: &[String]| items.join(", ");
    [
        both("name", &|r| r.name.clone()),
        both("version", &|r| number(r.facts.version)),
        both("status", &|r| r.status.clone()),
        both("type", &|r| r.kind.clone()),
        both("severity", &|r| r.severity.clone()),
        both("risk score", &|r| number(r.facts.risk_score)),
        both("evidence", &|r| r.evidence.state.label().to_owned()),
        both("techniques", &|r| r.techniques.iter().map(|t| t.id.as_str()).collect::<Vec<_>>().join(", ")),
        both("events", &|r| {
            r.events.events.iter().map(|e| format!("{} {}", e.provider, e.id)).collect::<Vec<_>>().join(", ")
        }),
        both("data sources", &|r| list(&r.facts.data_sources)),
        both("stories", &|r| list(&r.facts.stories)),
        both("description", &|r| r.description.clone()),
        both("known false positives", &|r| r.false_positives.clone()),
        both("how to implement", &|r| r.implementation.clone()),
        both("search", &|r| r.body.search.clone()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The lines of two texts, those that both have in common marked: the longest such sequence. Of long texts only what
/// comes before and after the change is common.
fn lines(old: &str, new: &str) -> Vec<(Mark, String)> {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = rest.take_while(|(a, b)| a == b).count();
    let (was, now) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut out: Vec<_> = old[..head].iter().map(|line| (Mark::Same, (*line).to_owned())).collect();
    if was.len() <= LINES && now.len() <= LINES {
        between(was, now, &mut out);
    } else {
        out.extend(was.iter().map(|line| (Mark::Removed, (*line).to_owned())));
        out.extend(now.iter().map(|line| (Mark::Added, (*line).to_owned())));
    }
    out.extend(old[old.len() - tail..].iter().map(|line| (Mark::Same, (*line).to_owned())));
    out
}

/// The lines between the common head and tail.
fn between(old: &[&str], new: &[&str], out: &mut Vec<(Mark, String)>) {
    // common[i][j]: the length of the longest common sequence of old[i..] and new[j..].
    let mut common = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            out.push((Mark::Same, old[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            out.push((Mark::Removed, old[i].to_owned()));
            i += 1;
        } else {
            out.push((Mark::Added, new[j].to_owned()));
            j += 1;
        }
    }
}

#[cfg(test)]
#[expect(clippy::format_collect, reason = "short texts")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(old: &str, new: &str) -> String {
        lines(old, new).iter().map(|(mark, line)| format!("{}{line}\n", mark.sign())).collect()
    }

    #[test]
    fn lines_are_told_apart() {
        assert_eq!(shown("a\nb\nc", "a\nx\nc\nd"), " a\n-b\n+x\n c\n+d\n");
        assert_eq!(shown("", "a"), "+a\n");
        assert_eq!(shown("a\nb\na", "b\na\nb"), "-a\n b\n a\n+b\n");
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_it(old in "([ab]\n){0,12}", new in "([abc]\n){0,12}") {
            let all = lines(&old, &new);
            let side = |not: Mark| all.iter().filter(|(mark, _)| *mark != not).map(|(_, line)| format!("{line}\n")).collect::<String>();
            prop_assert_eq!(side(Mark::Added), old);
            prop_assert_eq!(side(Mark::Removed), new);
        }
    }
}
