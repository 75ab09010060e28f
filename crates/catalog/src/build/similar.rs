//! Rules like a rule: by what few others have as well.

use super::compare::folded;
use crate::model::{RulePage, Similar};
use std::collections::BTreeMap;

/// How many are named.
const MOST: usize = 10;
/// How many reasons are given.
const REASONS: usize = 4;
/// What more rules have says little about any two of them.
const COMMON: usize = 150;
/// What something counts that no other rule has.
const RARE: u64 = 60_000;

/// Reasons: how many rules have something, and what it is.
type Why<'f> = Vec<(usize, &'f str)>;

/// Finds them, through an index of who has what.
pub(super) fn find(rules: &mut [RulePage]) {
    let features: Vec<Vec<String>> = rules.iter().map(features).collect();
    let mut index: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, list) in features.iter().enumerate() {
        for feature in list {
            let rules = index.entry(feature).or_default();
            if rules.last() != Some(&i) {
                rules.push(i);
            }
        }
    }
    let weight = |count: usize| RARE / count.max(1) as u64;
    let of = |i: usize| -> Vec<(usize, u64, Why<'_>)> {
        let mut found: BTreeMap<usize, (u64, Why<'_>)> = BTreeMap::new();
        for feature in &features[i] {
            let Some(others) = index.get(feature.as_str()).filter(|rules| rules.len() <= COMMON) else {
                continue;
            };
            for other in others.iter().filter(|other| **other != i) {
                let entry = found.entry(*other).or_default();
                entry.0 += weight(others.len());
                entry.1.push((others.len(), feature));
            }
        }
        let mut list: Vec<_> = found.into_iter().map(|(other, (sum, why))| (other, sum, why)).collect();
        list.sort_by_key(|(other, sum, _)| (std::cmp::Reverse(*sum), *other));
        list.truncate(MOST);
        list
    };
    let similar: Vec<Vec<Similar>> = (0..rules.len())
        .map(|i| {
            let count = |f: &String| index.get(f.as_str()).map_or(1, Vec::len);
            let whole: u64 = features[i].iter().map(|f| weight(count(f))).sum();
            let one = |(other, sum, mut why): (usize, u64, Why<'_>)| {
                why.sort_unstable();
                why.dedup();
                Similar {
                    id: rules[other].id.clone(),
                    name: rules[other].name.clone(),
                    score: (sum * 1000 / whole.max(1)).min(1000) as u32,
                    reasons: why.iter().take(REASONS).map(|(n, f)| format!("{f} ({n} rules)")).collect(),
                }
            };
            of(i).into_iter().map(one).collect()
        })
        .collect();
    for (rule, similar) in rules.iter_mut().zip(similar) {
        rule.similar = similar;
    }
}

/// What a rule has, in words that are the same for every rule that has it.
fn features(rule: &RulePage) -> Vec<String> {
    let mut out = Vec::new();
    for indicator in rule.indicators.iter().filter(|indicator| !indicator.computed) {
        let not = if indicator.negated { "not " } else { "" };
        for value in &indicator.values {
            out.push(format!("{} {not}{} {}", indicator.field, value.kind.name(), folded(value)));
        }
    }
    out.extend(rule.techniques.iter().map(|technique| format!("{} {}", technique.id, technique.name)));
    out.extend(rule.events.events.iter().map(|event| format!("event {} of {}", event.id, event.provider)));
    out.sort();
    out.dedup();
    out
}
