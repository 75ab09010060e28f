//! What is odd in the corpora.

use super::{Read, attack, compare, counts, events, never};
use crate::model::{
    EvidenceState, IndicatorEntry, IndicatorKind, Pair, Report, RuleId, RuleNote, RulePage, Stage,
    TechniqueEntry,
};
use std::collections::{BTreeMap, BTreeSet};

/// The report; `loose` are the [fields without event](fields_without_event).
pub(super) fn of(
    rules: &[RulePage],
    techniques: &[TechniqueEntry],
    indicators: &[IndicatorEntry],
    loose: Vec<(String, Vec<RuleId>)>,
) -> Report {
    let (duplicates, near_duplicates) = pairs(rules);
    let note = |rule: &RulePage, note: &str| RuleNote { rule: rule.id.clone(), note: note.to_owned() };
    let cannot = rules.iter().filter(|rule| rule.evidence.state == EvidenceState::Cannot);
    let disagree = rules.iter().filter(|rule| {
        let remarks = &rule.events.remarks;
        remarks.iter().any(|remark| events::disagrees(remark))
    });
    Report {
        duplicates,
        near_duplicates,
        never: rules.iter().filter_map(|rule| Some(note(rule, &never::why(rule)?))).collect(),
        cannot_run: cannot
            .map(|rule| note(rule, rule.evidence.reason.as_deref().unwrap_or("no reason is known")))
            .collect(),
        most_shared: counts::most_shared(indicators),
        uncovered: attack::uncovered(techniques),
        fields_without_event: loose,
        disagreements: disagree.map(|rule| note(rule, &rule.events.remarks.join(" "))).collect(),
    }
}

/// What a rule looks for, as a set.
type Looks = BTreeSet<(String, IndicatorKind, bool, String)>;

fn looks(rule: &RulePage) -> Looks {
    let indicators = rule.indicators.iter().filter(|indicator| !indicator.computed);
    indicators
        .flat_map(|i| i.values.iter().map(|v| (i.field.clone(), v.kind, i.negated, compare::folded(v))))
        .collect()
}

/// What a rule does, step by step, without the macros that tune it.
fn steps(rule: &RulePage) -> Vec<String> {
    let tuning = |stage: &&Stage| stage.macros.iter().any(|name| name.ends_with("_filter`"));
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let kept = rule.stages.iter().filter(|stage| stage.number == 1 || !tuning(stage));
    kept.map(|stage| flat(&stage.text)).collect()
}

/// How many rules may share an indicator that still brings pairs together.
const COMMON: usize = 60;

/// Pairs of rules that are the same search, and of those that look for the same or almost the same.
fn pairs(rules: &[RulePage]) -> (Vec<Pair>, Vec<Pair>) {
    let all: Vec<Looks> = rules.iter().map(looks).collect();
    let mut index: BTreeMap<&(String, IndicatorKind, bool, String), Vec<usize>> = BTreeMap::new();
    for (i, looks) in all.iter().enumerate().filter(|(_, looks)| looks.len() > 1) {
        for look in looks {
            index.entry(look).or_default().push(i);
        }
    }
    let mut candidates = BTreeSet::new();
    for rules in index.values().filter(|rules| rules.len() <= COMMON) {
        for (n, first) in rules.iter().enumerate() {
            candidates.extend(rules[n + 1..].iter().map(|second| (*first, *second)));
        }
    }
    let (mut same, mut near) = (Vec::new(), Vec::new());
    for (first, second) in candidates {
        let shared = all[first].intersection(&all[second]).count();
        let score = (shared * 1000 / all[first].union(&all[second]).count().max(1)) as u32;
        let identical = score == 1000 && steps(&rules[first]) == steps(&rules[second]);
        // Of rules that look for the same and then do other things with it none is needless.
        let score = if identical { score } else { score.min(999) };
        let pair = Pair { first: rules[first].id.clone(), second: rules[second].id.clone(), score };
        match score {
            1000 => same.push(pair),
            750.. => near.push(pair),
            _ => {}
        }
    }
    near.sort_by_key(|pair| std::cmp::Reverse(pair.score));
    (same, near)
}

/// Fields that rules read from events of which all are known, and that none of these gives.
pub(super) fn fields_without_event(reads: &[Read<'_>]) -> Vec<(String, Vec<RuleId>)> {
    let mut loose: BTreeMap<&str, Vec<RuleId>> = BTreeMap::new();
    for read in reads {
        let events = &read.page.events;
        let sure = !events.events.is_empty()
            && events.events.iter().all(|event| event.by_search)
            && read.page.stages.iter().all(|stage| stage.inside.is_empty());
        if !sure {
            continue;
        }
        let looked = read.page.indicators.iter().filter(|i| !i.computed && i.field != "_raw");
        let fields: BTreeSet<&str> = looked.map(|i| i.field.as_str()).collect();
        for field in fields {
            let system = ["EventCode", "EventID", "host", "Computer", "dest", "user"].contains(&field);
            let given = events.events.iter().any(|event| event.fields.iter().any(|name| name == field));
            if !system && !given {
                loose.entry(field).or_default().push(read.page.id.clone());
            }
        }
    }
    loose.into_iter().map(|(field, rules)| (field.to_owned(), rules)).collect()
}
