//! Hosts, users and others by the risk that was found on them.

use super::found::{SEVERITIES, severity};
use super::text;
use grotto_detect::record::{Finding, Record};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Entities of a kind that are shown.
const MOST: usize = 100;

/// Entities of one kind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Name for people.
    pub(crate) name: String,
    /// Those with the highest scores first.
    pub(crate) entities: Vec<Scored>,
    /// How many more there are.
    pub(crate) more: usize,
    /// The highest score.
    pub(crate) most: u64,
}

/// An entity with what was found on it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scored {
    /// Host name, user name.
    pub(crate) value: String,
    /// Sum of the scores of all findings.
    pub(crate) score: u64,
    /// How many findings, intermediate ones included.
    pub(crate) findings: usize,
    /// How many rules raised them.
    pub(crate) rules: usize,
    /// The worst severity.
    pub(crate) worst: &'static str,
    /// When the first began.
    pub(crate) first: String,
    /// When the last ended.
    pub(crate) last: String,
}

#[derive(Default)]
struct Tally<'a> {
    shown: &'a str,
    score: u64,
    findings: usize,
    rules: BTreeSet<&'a str>,
    worst: Option<usize>,
    first: Option<&'a str>,
    last: Option<&'a str>,
}

/// Entities by kind: hosts, users, the others. Each finding adds its score to every value of its entity once, as risk
/// events do; a Correlation only sums up what others added.
pub(crate) fn risk(records: &[Record]) -> Vec<Kind> {
    let mut seen = BTreeSet::new();
    let mut kinds: BTreeMap<(usize, &str), BTreeMap<String, Tally<'_>>> = BTreeMap::new();
    for record in records {
        let (Record::Finding(f) | Record::IntermediateFinding(f)) = record else { continue };
        if f.rule.kind == "Correlation" || !seen.insert(f.id.as_str()) {
            continue;
        }
        let place = match f.entity.kind.as_str() {
            "system" => 0,
            "user" => 1,
            _ => 2,
        };
        let of_kind = kinds.entry((place, &f.entity.kind)).or_default();
        for value in values(&f.entity.value) {
            of_kind.entry(value.to_lowercase()).or_default().add(f, value);
        }
    }
    kinds.into_iter().map(|((_, kind), entities)| shown(kind, entities)).filter(|k| k.most > 0).collect()
}

/// The texts of an entity; those of numbers are of no use as names.
fn values(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).filter(|v| !v.is_empty()).collect(),
        one => one.as_str().filter(|v| !v.is_empty()).into_iter().collect(),
    }
}

impl<'a> Tally<'a> {
    fn add(&mut self, f: &'a Finding, value: &'a str) {
        if self.shown.is_empty() || value < self.shown {
            self.shown = value;
        }
        self.score += u64::from(f.score);
        self.findings += 1;
        self.rules.insert(&f.rule.id);
        let severity = severity(&f.rule.severity);
        self.worst = Some(self.worst.map_or(severity, |worst| worst.min(severity)));
        let (first, last) = (f.first_time.as_deref(), f.last_time.as_deref());
        self.first = [self.first, first].into_iter().flatten().min();
        self.last = [self.last, last].into_iter().flatten().max();
    }
}

fn shown(kind: &str, entities: BTreeMap<String, Tally<'_>>) -> Kind {
    let mut entities: Vec<Tally<'_>> = entities.into_values().collect();
    entities.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.shown.cmp(b.shown)));
    let scored = |t: &Tally<'_>| Scored {
        value: text::line(t.shown, 120),
        score: t.score,
        findings: t.findings,
        rules: t.rules.len(),
        worst: SEVERITIES[t.worst.unwrap_or(SEVERITIES.len() - 1)],
        first: text::time(t.first),
        last: text::time(t.last),
    };
    Kind {
        name: match kind {
            "system" => "Hosts".to_owned(),
            "user" => "Users".to_owned(),
            other => format!("Others ({})", text::line(other, 40)),
        },
        more: entities.len().saturating_sub(MOST),
        most: entities.first().map_or(0, |t| t.score),
        entities: entities.iter().take(MOST).map(scored).collect(),
    }
}

impl Kind {
    /// The length of an entity's bar, 0 to 100.
    pub(crate) fn share(&self, score: u64) -> u64 {
        score * 100 / self.most.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::finding;
    use super::*;
    use serde_json::json;

    #[test]
    fn scores_add_up_once_for_each_finding_and_value() {
        let with = |id: &str, kind: &str, value: Value, score| {
            let mut f = finding("r", "low", "", "2024-01-01T00:00:00Z");
            (f.id, f.entity.kind, f.entity.value, f.score) = (id.to_owned(), kind.to_owned(), value, score);
            f
        };
        let mut sums_up = with("5", "system", json!("a"), 99);
        sums_up.rule.kind = "Correlation".to_owned();
        let records = [
            Record::Finding(with("1", "system", json!(["A", "b"]), 10)),
            Record::IntermediateFinding(with("2", "system", json!("a"), 5)),
            Record::IntermediateFinding(with("2", "system", json!("a"), 5)),
            Record::Finding(with("3", "user", json!("ann"), 1)),
            Record::Finding(with("4", "user", Value::Null, 1)),
            Record::Finding(sums_up),
        ];
        let kinds = risk(&records);
        let told: Vec<_> = kinds
            .iter()
            .flat_map(|k| k.entities.iter().map(|e| (k.name.as_str(), e.value.as_str(), e.score, e.findings)))
            .collect();
        assert_eq!(told, [("Hosts", "A", 15, 2), ("Hosts", "b", 10, 1), ("Users", "ann", 1, 1)]);
        assert_eq!(kinds[0].share(15), 100);
    }
}
