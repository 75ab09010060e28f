//! What a rule's result rows raise: findings, intermediate findings, hits.
//!
//! Each result row of a rule with a `finding` raises one, as Enterprise Security does; each entity of its
//! `intermediate_findings` that the row has raises an intermediate one. A rule with neither gives hits.

use crate::drilldown::fill_search;
use crate::firings::Firing;
use crate::record::{Drilldown, Entity, Finding, Hit, Record};
use crate::row::{At, Fields, Row, rows};
use crate::rules::Rule;
use crate::throttle::{self, Throttle};
use crate::tokens::fill;
use grotto_content::Entity as RiskEntity;
use grotto_diag::Diagnostic;
use grotto_engine::Context;
use grotto_engine::memory::{Memory, Stored};
use grotto_engine::time::{SECOND, TimeRange, moment};
use grotto_events::Batch;
use serde_json::Value;
use std::borrow::Cow;

/// Fields that say when a row began, best first.
const FIRST: [&str; 5] = ["firstTime", "first_time", "min(_time)", "start_time", "_time"];
/// Fields that say when a row ended, best first.
const LAST: [&str; 5] = ["lastTime", "last_time", "max(_time)", "end_time", "_time"];
/// How rules write times as text (`security_content_ctime`), without a zone.
const WRITTEN: &str = "%Y-%m-%dT%H:%M:%S";

/// What is known of times besides the row.
pub(crate) struct Times<'a> {
    /// Zone of times that the row has as text, now, and the time range of the scan.
    pub(crate) context: &'a Context,
    /// First and last time of the events behind all rows of the rule, nanoseconds since 1970.
    pub(crate) span: Option<(i64, i64)>,
    /// The scheduled run, if it is one.
    pub(crate) firing: Option<Firing>,
}

impl Times<'_> {
    /// When what a row says began.
    fn first(&self, row: &impl Fields) -> Option<String> {
        self.or_first(value(row, &FIRST).as_deref().map(|value| self.written(value)))
    }

    /// When what a row says began, and when it ended.
    pub(crate) fn both(&self, row: &impl Fields) -> (Option<String>, Option<String>) {
        let (first, last) = (value(row, &FIRST), value(row, &LAST));
        let written = first.as_deref().map(|value| self.written(value));
        let end = match last.as_deref() {
            last if last == first.as_deref() => written.clone(),
            last => last.map(|value| self.written(value)),
        };
        let of_span = || self.span.map(|(_, last)| rfc3339(last as f64 / 1e9));
        (self.or_first(written), end.or_else(of_span))
    }

    /// The time, or else that of the first event behind the rows.
    fn or_first(&self, time: Option<String>) -> Option<String> {
        time.or_else(|| self.span.map(|(first, _)| rfc3339(first as f64 / 1e9)))
    }

    /// A value as RFC 3339 in UTC where it can be read as a time, else as it stands.
    fn written(&self, value: &Value) -> String {
        let text = crate::row::text(value, ", ");
        if let Some(seconds) = value.as_f64().or_else(|| grotto_engine::value::parse_number(&text)) {
            return rfc3339(seconds);
        }
        let written = grotto_engine::time::parse(&text, WRITTEN, self.context);
        written.map_or(text, |ns| rfc3339(ns as f64 / 1e9))
    }

    /// When the scheduled run fired.
    pub(crate) fn fired(&self) -> Option<String> {
        self.firing.map(|firing| written(firing.at))
    }

    /// When a row raises something, nanoseconds since 1970.
    fn raised(&self, row: &impl Fields) -> Option<i64> {
        let of_row = || i64::try_from(self.first(row)?.parse::<jiff::Timestamp>().ok()?.as_nanosecond()).ok();
        self.firing.map(|firing| firing.at).or_else(of_row)
    }

    /// The time range that the rule looked at.
    fn range(&self) -> TimeRange {
        let mut range = self.firing.map_or(self.context.range, |firing| firing.window);
        if let Some((first, last)) = self.span {
            // The end of a range is exclusive, and times have microseconds where they are written.
            range.from = range.from.or(Some(first.div_euclid(1000) * 1000));
            range.to = range.to.or(last.checked_add(2000).map(|end| end.div_euclid(1000) * 1000));
        }
        range
    }
}

/// The first of the fields that a row has.
fn value<'r>(row: &'r impl Fields, fields: &[&str]) -> Option<Cow<'r, Value>> {
    fields.iter().find_map(|field| row.value(field))
}

/// The records of rows of a rule that [raises](Rule::raises) something. `joined` says that the rows come from script
/// blocks put together from their parts.
pub(crate) fn records(rule: &Rule, batch: &Batch, joined: bool, times: &Times<'_>) -> Vec<Record> {
    rows(batch).into_iter().flat_map(|row| of_row(rule, row, joined, times)).collect()
}

/// A row that raises nothing.
pub(crate) fn hit(rule: &Rule, row: Row, joined: bool, times: &Times<'_>) -> Hit {
    let (first_time, last_time) = times.both(&row);
    let (rule, fired) = (rule.reference.clone(), times.fired());
    Hit { rule, first_time, last_time, fired, joined_script_block: joined, row }
}

/// The rows that a throttle does not hold back, in their order. They are asked in the order of their times.
///
/// # Errors
/// `engine/disk`.
pub(crate) fn admitted(
    stored: &Stored,
    times: &Times<'_>,
    throttle: &mut Throttle<'_>,
    memory: &Memory,
) -> Result<Stored, Box<Diagnostic>> {
    let mut asked: Vec<(Option<i64>, usize, Vec<String>)> = Vec::new();
    for piece in stored.pieces() {
        let batch = &piece?;
        for row in (0..batch.rows()).map(|row| At { batch, row }) {
            asked.push((times.raised(&row), asked.len(), throttle.values(&row)));
        }
    }
    asked.sort_unstable();
    let admits = |(at, number, values)| throttle.admits(values, at).then_some(number);
    let mut admitted: Vec<usize> = asked.into_iter().filter_map(admits).collect();
    admitted.sort_unstable();
    stored.take(&admitted, memory)
}

fn of_row(rule: &Rule, row: Row, joined: bool, times: &Times<'_>) -> Vec<Record> {
    let detection = &rule.detection;
    let finding = detection.finding.iter().map(|f| (true, &f.title, &f.entity));
    let has = |entity: &RiskEntity| row.contains_key(&entity.field);
    let intermediate = detection.intermediate_findings.iter().filter(|f| has(&f.entity));
    let intermediate = intermediate.map(|f| (false, &f.message, &f.entity));
    let mut raising: Vec<(bool, &String, &RiskEntity)> = finding.chain(intermediate).collect();
    let Some((whole, title, entity)) = raising.pop() else {
        return vec![Record::Hit(hit(rule, row, joined, times))];
    };
    let mut raised = raised(rule, row, joined, times);
    let mut out: Vec<Record> = Vec::with_capacity(raising.len() + 1);
    for (whole, title, entity) in raising {
        raised.be_about(rule, whole, title, entity);
        out.push(raised.clone().record(whole));
    }
    raised.be_about(rule, whole, title, entity);
    out.push(raised.record(whole));
    out
}

impl Finding {
    /// Says of which entity it is and under what title. `whole` tells findings from intermediate ones.
    fn be_about(&mut self, rule: &Rule, whole: bool, title: &str, entity: &RiskEntity) {
        let kind = if whole { "finding" } else { "intermediate_finding" };
        self.title = fill(title, &self.row);
        self.score = entity.score;
        self.entity = entity_of(&entity.field, entity.kind.name(), &self.row);
        self.id = crate::risk::id(&rule.detection, kind, &self.entity, &self.title, &self.row);
    }

    fn record(self, whole: bool) -> Record {
        if whole { Record::Finding(self) } else { Record::IntermediateFinding(self) }
    }
}

/// What findings that a row raises say, but for what they are about.
fn raised(rule: &Rule, row: Row, joined: bool, times: &Times<'_>) -> Finding {
    let range = times.range();
    let threat_objects = &rule.detection.threat_objects;
    let (first_time, last_time) = times.both(&row);
    Finding {
        id: String::new(),
        rule: rule.reference.clone(),
        title: String::new(),
        entity: Entity { field: String::new(), kind: String::new(), value: Value::Null },
        score: 0,
        first_time,
        last_time,
        info_min_time: range.from.map(written),
        info_max_time: range.to.map(written),
        fired: times.fired(),
        joined_script_block: joined,
        seen: None,
        threat_objects: threat_objects
            .iter()
            .filter(|t| row.contains_key(&t.field))
            .map(|t| entity_of(&t.field, &t.kind, &row))
            .collect(),
        drilldowns: drilldowns(rule, &row, range, times.context),
        row,
    }
}

fn entity_of(field: &str, kind: &str, row: &Row) -> Entity {
    Entity {
        field: field.to_owned(),
        kind: kind.to_owned(),
        value: row.get(field).cloned().unwrap_or(Value::Null),
    }
}

/// The rule's drilldown searches with their tokens filled. `%original_detection_search%` becomes the rule's search;
/// `$info_min_time$` and `$info_max_time$` are the time range that the rule looked at, unless the row says otherwise
/// (`addinfo`).
fn drilldowns(rule: &Rule, row: &Row, range: TimeRange, context: &Context) -> Vec<Drilldown> {
    let tokens = Tokens { row, range };
    let filled = |offset: Option<&String>| offset.map(|text| fill(text, &tokens)).unwrap_or_default();
    rule.detection
        .drilldown_searches
        .iter()
        .map(|d| {
            let (earliest, latest) = (filled(d.earliest_offset.as_ref()), filled(d.latest_offset.as_ref()));
            Drilldown {
                name: fill(&d.name, row),
                search: fill_search(&d.search, &tokens, &rule.detection.search),
                earliest: offset(&earliest, range.from, true, context).map(written),
                latest: offset(&latest, range.to, false, context).map(written),
                earliest_offset: earliest,
                latest_offset: latest,
            }
        })
        .collect()
}

/// A row with the time range that its rule looked at.
struct Tokens<'r> {
    row: &'r Row,
    range: TimeRange,
}

impl Fields for Tokens<'_> {
    fn value(&self, field: &str) -> Option<Cow<'_, Value>> {
        self.row.value(field).or_else(|| {
            let bound = match field {
                "info_min_time" => self.range.from,
                "info_max_time" => self.range.to,
                _ => None,
            };
            bound.map(|ns| Cow::Owned(seconds(ns).into()))
        })
    }
}

/// The point in time of an offset: a length (`7d`, `0`) counts away from what the rule looked at, anything else is a time
/// of its own.
fn offset(text: &str, edge: Option<i64>, before: bool, context: &Context) -> Option<i64> {
    let length = if text.trim() == "0" { Some(0) } else { throttle::period(text) };
    match length {
        Some(length) if before => edge?.checked_sub(length),
        Some(length) => edge?.checked_add(length),
        None => moment(text, context),
    }
}

/// Seconds since 1970 with microseconds, as Splunk writes the times of searches.
pub(crate) fn seconds(ns: i64) -> String {
    format!("{}.{:06}", ns.div_euclid(SECOND), ns.rem_euclid(SECOND) / 1000)
}

/// A point in time as RFC 3339 in UTC.
fn written(ns: i64) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(ns)).map_or_else(|_| ns.to_string(), |time| time.to_string())
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
        let times = Times { context: &context, span: Some((1_000_000_000, 2_500_000_000)), firing: None };
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
