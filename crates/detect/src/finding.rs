//! What a rule's result rows raise: findings, intermediate findings, hits.
//!
//! Each result row of a rule with a `finding` raises one, as Enterprise Security does; each entity of its
//! `intermediate_findings` that the row has raises an intermediate one. A rule with neither gives hits.

use crate::drilldown::fill_search;
use crate::record::{Drilldown, Entity, Finding, Hit, Record};
use crate::row::{Row, rows};
use crate::rules::Rule;
use crate::tokens::fill;
use grotto_content::Entity as RiskEntity;
use grotto_engine::Context;
use grotto_events::Batch;
use serde_json::Value;

/// Fields that say when a row began, best first.
const FIRST: [&str; 5] = ["firstTime", "first_time", "min(_time)", "start_time", "_time"];
/// Fields that say when a row ended, best first.
const LAST: [&str; 5] = ["lastTime", "last_time", "max(_time)", "end_time", "_time"];
/// How rules write times as text (`security_content_ctime`), without a zone.
const WRITTEN: &str = "%Y-%m-%dT%H:%M:%S";

/// What is known of times besides the row.
pub(crate) struct Times<'a> {
    /// Zone of times that the row has as text.
    pub(crate) context: &'a Context,
    /// First and last time of the events behind all rows of the rule, nanoseconds since 1970.
    pub(crate) span: Option<(i64, i64)>,
}

impl Times<'_> {
    fn first(&self, row: &Row) -> Option<String> {
        self.of(row, &FIRST).or_else(|| self.span.map(|(first, _)| rfc3339(first as f64 / 1e9)))
    }

    fn last(&self, row: &Row) -> Option<String> {
        self.of(row, &LAST).or_else(|| self.span.map(|(_, last)| rfc3339(last as f64 / 1e9)))
    }

    /// The first of the fields that the row has, as RFC 3339 in UTC where it can be read as a time, else as it stands.
    fn of(&self, row: &Row, fields: &[&str]) -> Option<String> {
        let value = fields.iter().find_map(|f| row.get(*f))?;
        let text = crate::row::text(value, ", ");
        if let Some(seconds) = value.as_f64().or_else(|| grotto_engine::value::parse_number(&text)) {
            return Some(rfc3339(seconds));
        }
        let written = grotto_engine::time::parse(&text, WRITTEN, self.context);
        Some(written.map_or(text, |ns| rfc3339(ns as f64 / 1e9)))
    }
}

/// The records of a rule's result. `joined` says that the rows come from script blocks put together from their parts.
pub(crate) fn records(rule: &Rule, batch: &Batch, joined: bool, times: &Times<'_>) -> Vec<Record> {
    let mut records: Vec<Record> = rows(batch).into_iter().flat_map(|row| of_row(rule, row, times)).collect();
    for record in &mut records {
        match record {
            Record::Finding(f) | Record::IntermediateFinding(f) => f.joined_script_block = joined,
            Record::Hit(h) => h.joined_script_block = joined,
            Record::Error(_) | Record::Rule(_) | Record::Summary(_) => {}
        }
    }
    records
}

fn of_row(rule: &Rule, row: Row, times: &Times<'_>) -> Vec<Record> {
    let detection = &rule.detection;
    let mut out = Vec::new();
    if let Some(finding) = &detection.finding {
        out.push(Record::Finding(raise(rule, "finding", &finding.title, &finding.entity, &row, times)));
    }
    for intermediate in &detection.intermediate_findings {
        if row.contains_key(&intermediate.entity.field) {
            out.push(Record::IntermediateFinding(raise(
                rule,
                "intermediate_finding",
                &intermediate.message,
                &intermediate.entity,
                &row,
                times,
            )));
        }
    }
    if out.is_empty() {
        let (first_time, last_time) = (times.first(&row), times.last(&row));
        out.push(Record::Hit(Hit {
            rule: rule.reference.clone(),
            first_time,
            last_time,
            joined_script_block: false,
            row,
        }));
    }
    out
}

fn raise(rule: &Rule, kind: &str, title: &str, entity: &RiskEntity, row: &Row, times: &Times<'_>) -> Finding {
    let score = entity.score;
    let title = fill(title, row);
    let entity = entity_of(&entity.field, entity.kind.name(), row);
    Finding {
        id: crate::risk::id(&rule.detection, kind, &entity, &title, row),
        rule: rule.reference.clone(),
        title,
        entity,
        score,
        first_time: times.first(row),
        last_time: times.last(row),
        joined_script_block: false,
        seen: None,
        threat_objects: rule
            .detection
            .threat_objects
            .iter()
            .filter(|t| row.contains_key(&t.field))
            .map(|t| entity_of(&t.field, &t.kind, row))
            .collect(),
        row: row.clone(),
        drilldowns: drilldowns(rule, row),
    }
}

fn entity_of(field: &str, kind: &str, row: &Row) -> Entity {
    Entity {
        field: field.to_owned(),
        kind: kind.to_owned(),
        value: row.get(field).cloned().unwrap_or(Value::Null),
    }
}

/// The rule's drilldown searches with their tokens filled. `%original_detection_search%` becomes the rule's search.
fn drilldowns(rule: &Rule, row: &Row) -> Vec<Drilldown> {
    rule.detection
        .drilldown_searches
        .iter()
        .map(|d| Drilldown {
            name: fill(&d.name, row),
            search: fill_search(&d.search, row, &rule.detection.search),
            earliest_offset: d.earliest_offset.clone().unwrap_or_default(),
            latest_offset: d.latest_offset.clone().unwrap_or_default(),
        })
        .collect()
}

/// A number of seconds since 1970 as RFC 3339 in UTC, to the microsecond; the number itself when no calendar has it.
pub fn rfc3339(seconds: f64) -> String {
    let micros = (seconds * 1e6).round();
    jiff::Timestamp::from_microsecond(micros as i64).map_or_else(|_| seconds.to_string(), |t| t.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_come_from_the_row_or_else_from_the_events() {
        let row = |v: Value| v.as_object().cloned().unwrap();
        let timezone = grotto_engine::context::timezone("Europe/Berlin").unwrap();
        let context = Context { timezone, ..Context::default() };
        let times = Times { context: &context, span: Some((1_000_000_000, 2_500_000_000)) };
        let both = row(json!({"firstTime": "2024-01-02T03:04:05", "_time": 1}));
        assert_eq!(times.first(&both).as_deref(), Some("2024-01-02T02:04:05Z"));
        assert_eq!(times.last(&both).as_deref(), Some("1970-01-01T00:00:01Z"));
        let none = row(json!({"a": 1}));
        assert_eq!(times.first(&none).as_deref(), Some("1970-01-01T00:00:01Z"));
        assert_eq!(times.last(&none).as_deref(), Some("1970-01-01T00:00:02.5Z"));
        assert_eq!(times.first(&row(json!({"firstTime": "yesterday"}))).as_deref(), Some("yesterday"));
        assert_eq!(rfc3339(1_700_000_000.25), "2023-11-14T22:13:20.25Z");
    }
}
