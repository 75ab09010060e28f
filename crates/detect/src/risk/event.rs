//! Risk events: what they say, and how they are put into batches.

use super::Annotations;
use crate::record::Finding;
use crate::row::{Row, text};
use grotto_events::{Batch, Column, Part};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

/// The index of risk events.
pub const INDEX: &str = "risk";

/// Type of events that summarise others (<https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/collect>).
pub(super) const SOURCETYPE: &str = "stash";

/// Fields of a row that would pass for fields of the risk event.
const OWN: [&str; 6] = ["_time", "host", "index", "source", "sourcetype", "time"];

/// A finding that adds to risk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// Whether it is an intermediate one.
    pub intermediate: bool,
    /// The finding.
    pub finding: Finding,
    /// What is known of its rule.
    pub annotations: Arc<Annotations>,
}

impl Sighting {
    /// Whether it adds to risk: a Correlation only sums up what others added.
    pub fn is_risk(&self) -> bool {
        self.finding.rule.kind != "Correlation"
    }

    /// The fields of its risk events, one for each value of its entity. A row without the entity gives none.
    pub fn risk_events(&self) -> Vec<Row> {
        let objects: Vec<String> = match &self.finding.entity.value {
            _ if !self.is_risk() => Vec::new(),
            Value::Null => Vec::new(),
            Value::Array(values) => values.iter().map(|value| text(value, ",")).collect(),
            value => vec![text(value, ",")],
        };
        objects.iter().filter(|object| !object.is_empty()).map(|object| self.risk_event(object)).collect()
    }

    fn risk_event(&self, object: &str) -> Row {
        let (finding, rule) = (&self.finding, &self.annotations);
        let mut row = Row::new();
        let mut set = |name: &str, value: Value| {
            row.insert(name.to_owned(), value);
        };
        set("_time", time(finding));
        for (name, value) in [
            ("index", INDEX),
            ("source", &rule.search_name),
            ("sourcetype", SOURCETYPE),
            ("host", "grotto"),
            ("search_name", &rule.search_name),
            ("savedsearch_description", &rule.description),
            ("description", &rule.description),
            ("risk_object", object),
            ("risk_object_type", &finding.entity.kind),
            ("risk_object_field", &finding.entity.field),
            ("normalized_risk_object", object),
            ("risk_message", &finding.title),
            ("finding_id", &finding.id),
            ("finding_type", if self.intermediate { "intermediate_finding" } else { "finding" }),
            ("severity", &finding.rule.severity),
        ] {
            set(name, json!(value));
        }
        for (name, time) in
            [("info_min_time", &finding.info_min_time), ("info_max_time", &finding.info_max_time)]
        {
            if let Some(ns) = time.as_ref().and_then(|time| nanoseconds(time)) {
                set(name, json!(crate::finding::seconds(ns)));
            }
        }
        for name in ["risk_score", "calculated_risk_score"] {
            set(name, json!(finding.score));
        }
        let (threats, kinds) = threats(finding);
        let frameworks = rule.frameworks();
        for (name, values) in [
            ("analyticstories", &rule.analyticstories),
            ("annotations.mitre_attack", &rule.technique_ids),
            ("annotations.mitre_attack.mitre_technique_id", &rule.technique_ids),
            ("annotations.mitre_attack.mitre_technique", &rule.techniques),
            ("annotations.mitre_attack.mitre_tactic", &rule.tactics),
            ("annotations.mitre_attack.mitre_tactic_id", &rule.tactic_ids),
            ("annotations.kill_chain_phases", &rule.kill_chain_phases),
            ("annotations.nist", &rule.nist),
            ("annotations.cis20", &rule.cis20),
            ("annotations._all", &frameworks.iter().flat_map(|(_, of)| of.iter().cloned()).collect()),
            ("annotations._frameworks", &frameworks.iter().map(|(name, _)| (*name).to_owned()).collect()),
            ("threat_object", &threats),
            ("threat_object_type", &kinds),
        ] {
            match values.as_slice() {
                [] => {}
                [one] => set(name, json!(one)),
                all => set(name, json!(all)),
            }
        }
        let all: BTreeMap<&str, &[String]> = frameworks.iter().copied().collect();
        set("annotations", json!(json!(all).to_string()));
        originals(&finding.row, &mut row);
        row
    }
}

/// The fields of the result row: under their names, and with `orig_` before them where the event has its own.
fn originals(found: &Row, row: &mut Row) {
    for (name, value) in found {
        let name = if OWN.contains(&name.as_str()) {
            format!("orig_{}", name.trim_start_matches('_'))
        } else {
            name.clone()
        };
        if !name.starts_with('_') && !row.contains_key(&name) {
            row.insert(name, value.clone());
        }
    }
}

/// When the finding ended, in seconds; else the end of the time range that its rule looked at. It has no time when
/// nothing tells.
fn time(finding: &Finding) -> Value {
    let times = [&finding.last_time, &finding.first_time, &finding.info_max_time];
    let known = times.into_iter().flatten().find_map(|time| nanoseconds(time));
    known.map_or(Value::Null, |ns| json!((ns / 1000) as f64 / 1e6))
}

/// The point in time that RFC 3339 writes.
fn nanoseconds(time: &str) -> Option<i64> {
    i64::try_from(time.parse::<jiff::Timestamp>().ok()?.as_nanosecond()).ok()
}

/// Threat objects and their types, value by value.
fn threats(finding: &Finding) -> (Vec<String>, Vec<String>) {
    let mut out = (Vec::new(), Vec::new());
    for threat in &finding.threat_objects {
        let values = match &threat.value {
            Value::Array(values) => values.iter().map(|value| text(value, ",")).collect(),
            value => vec![text(value, ",")],
        };
        for value in values {
            out.0.push(value);
            out.1.push(threat.kind.clone());
        }
    }
    out
}

/// The risk events of findings, to be read as a log. They stand in the order of their times; those of a rule are in one
/// batch.
pub fn part<'s>(sightings: impl IntoIterator<Item = &'s Sighting>) -> Part {
    let mut by_rule: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for sighting in sightings {
        let events = sighting.risk_events();
        if !events.is_empty() {
            by_rule.entry(sighting.annotations.search_name.clone()).or_default().extend(events);
        }
    }
    Part::of_batches("risk", by_rule.into_values().map(batch).collect())
}

/// Rows as a batch; `_raw` is written as `collect` writes it.
fn batch(mut rows: Vec<Row>) -> Batch {
    let seconds = |row: &Row| row.get("_time").and_then(Value::as_f64);
    rows.sort_by(|a, b| seconds(a).partial_cmp(&seconds(b)).unwrap_or(std::cmp::Ordering::Equal));
    for row in &mut rows {
        let raw = raw(row);
        row.insert("_raw".to_owned(), Value::String(raw));
    }
    let mut batch = Batch::new(rows.len());
    let times: Vec<Option<i64>> =
        rows.iter().map(|row| Some((seconds(row)? * 1e6).round() as i64 * 1000)).collect();
    let names: BTreeSet<&String> = rows.iter().flat_map(Row::keys).collect();
    for name in names {
        let values = || rows.iter().map(|row| row.get(name));
        let column = if name == "_time" {
            Column::Time(times.clone().into())
        } else if values().any(|value| matches!(value, Some(Value::Array(_)))) {
            Column::list(values().map(|value| match value {
                Some(Value::Array(all)) => all.iter().map(|one| text(one, ",")).collect(),
                Some(Value::Null) | None => Vec::new(),
                Some(one) => vec![text(one, ",")],
            }))
        } else {
            let texts: Vec<Option<String>> = values()
                .map(|value| value.filter(|value| !value.is_null()).map(|value| text(value, ",")))
                .collect();
            match texts.split_first() {
                Some((Some(first), rest)) if rest.iter().all(|text| text.as_ref() == Some(first)) => {
                    Column::constant(first, texts.len())
                }
                _ => Column::text(texts),
            }
        };
        batch.set(name.as_str(), column);
    }
    batch
}

/// The event as text: its time, then `name="value"` of every field, several of a multivalue field.
fn raw(row: &Row) -> String {
    let mut out = row.get("_time").map(|time| text(time, "")).unwrap_or_default();
    for (name, value) in row.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            let value = text(value, ",").replace('\\', "\\\\").replace('"', "\\\"");
            // Writing to a string can't fail.
            let _ = write!(out, ", {name}=\"{value}\"");
        }
    }
    out
}
