//! How many rules look for the same thing.

use super::{compare::folded, keys};
use crate::model::{Indicator, IndicatorEntry, IndicatorKind, IndicatorValue, RuleId, RulePage};
use keys::Keys;
use std::collections::BTreeMap;

/// How many of the other rules are named at a value; all of them are at the indicator's own entry.
const NAMED: usize = 12;

/// What makes two values the same: field, kind, negated, case, value.
type Same = (String, IndicatorKind, bool, String, bool);

fn same(indicator: &Indicator, value: &IndicatorValue) -> Same {
    (indicator.field.clone(), value.kind, indicator.negated, folded(value), value.case)
}

/// Counts, in the rules, who else looks for their values, and gives what two or more look for. Fields that a rule makes
/// itself are no indicators of the corpus: `count > 5` says nothing without its rule.
pub(super) fn indicators(rules: &mut [RulePage]) -> Vec<IndicatorEntry> {
    let mut all: BTreeMap<Same, (Vec<RuleId>, String)> = BTreeMap::new();
    for rule in rules.iter() {
        for indicator in rule.indicators.iter().filter(|indicator| !indicator.computed) {
            for value in &indicator.values {
                let same = same(indicator, value);
                let (rules, key) = all.entry(same).or_default();
                if rules.last() != Some(&rule.id) {
                    rules.push(rule.id.clone());
                }
                if key.is_empty() {
                    *key = keys::indicator(indicator, value, &folded(value));
                }
            }
        }
    }
    all.retain(|_, (rules, _)| rules.len() > 1);
    let mut keys = Keys::default();
    for (_, key) in all.values_mut() {
        *key = keys.unique(std::mem::take(key));
    }
    for rule in rules.iter_mut() {
        let id = rule.id.clone();
        for indicator in rule.indicators.iter_mut().filter(|indicator| !indicator.computed) {
            let of: Vec<Same> = indicator.values.iter().map(|value| same(indicator, value)).collect();
            for (value, same) in indicator.values.iter_mut().zip(of) {
                let Some((rules, key)) = all.get(&same) else { continue };
                value.others = rules.len().saturating_sub(1) as u32;
                value.rules = rules.iter().filter(|other| **other != id).take(NAMED).cloned().collect();
                value.key = Some(key.clone());
            }
        }
    }
    let entry = |((field, kind, negated, value, case), (rules, key))| IndicatorEntry {
        key,
        field,
        kind,
        negated,
        value,
        case,
        rules,
    };
    all.into_iter().map(entry).collect()
}

/// Keys of the indicators that most rules share, the most shared first.
pub(super) fn most_shared(entries: &[IndicatorEntry]) -> Vec<String> {
    let mut order: Vec<&IndicatorEntry> = entries.iter().collect();
    order.sort_by_key(|entry| std::cmp::Reverse(entry.rules.len()));
    order.iter().take(50).map(|entry| entry.key.clone()).collect()
}
