//! An event of a test's data that its rule took, with what matched in it: a proof to look at.

use super::Tested;
use crate::explain::{Look, Sample, SampleLimits, samples};
use crate::rules::RuleSet;
use grotto_events::Part;
use grotto_knowledge::Knowledge;
use std::collections::BTreeMap;

/// For each of these tests, which gave rows of the same data, the first event that its rule took. Rules that don't read
/// events, or whose head hangs on the result of another search, have none.
pub(super) fn of_group(
    positions: &[usize],
    tests: &[Tested],
    rules: &RuleSet,
    knowledge: &Knowledge,
    parts: &[Part],
) -> Vec<(usize, Sample)> {
    let rule_of = |position: &usize| tests.get(*position).map(|tested| tested.rule);
    let looks: Vec<Look> = positions.iter().filter_map(rule_of).map(Look::anywhere).collect();
    if looks.is_empty() {
        return Vec::new();
    }
    let limits = SampleLimits { per_rule: 1, all: looks.len(), ..SampleLimits::default() };
    let found = samples(rules, &looks, knowledge, parts, limits);
    let first = |(rule, events): (usize, Vec<Sample>)| Some((rule, events.into_iter().next()?));
    let mut by_rule: BTreeMap<usize, Sample> = found.of_rules.into_iter().filter_map(first).collect();
    positions.iter().filter_map(|position| Some((*position, by_rule.remove(&rule_of(position)?)?))).collect()
}
