//! What a rule's result rows raise: findings, intermediate findings, hits.
//!
//! Each result row of a rule with a `finding` raises one, as Enterprise Security does; each entity of its
//! `intermediate_findings` that the row has raises an intermediate one. A rule with neither gives hits.

use crate::drilldown::fill_search;
use crate::firings::Firing;
use crate::record::{Drilldown, Entity, Finding, Hit, Record};
use crate::risk::BETWEEN;
use crate::row::{At, Fields, Row, cell_text, row};
use crate::rules::Rule;
use crate::throttle::{self, Throttle};
use crate::tokens::fill;
use grotto_content::Entity as RiskEntity;
use grotto_diag::Diagnostic;
use grotto_engine::Context;
use grotto_engine::memory::{Memory, Stored};
use grotto_engine::time::{SECOND, TimeRange, moment};
use grotto_events::{Batch, Column};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Write;

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
    fn both(&self, row: &impl Fields) -> (Option<String>, Option<String>) {
        self.of_values(value(row, &FIRST).as_deref(), value(row, &LAST).as_deref())
    }

    /// As the values of fields that say it.
    pub(crate) fn of_values(
        &self,
        first: Option<&Value>,
        last: Option<&Value>,
    ) -> (Option<String>, Option<String>) {
        let begin = first.map(|value| self.written(value));
        let end = if first == last { begin.clone() } else { last.map(|value| self.written(value)) };
        let of_span = || self.span.map(|(_, last)| rfc3339(last as f64 / 1e9));
        (self.or_first(begin), end.or_else(of_span))
    }

    /// The time, or else that of the first event behind the rows.
    fn or_first(&self, time: Option<String>) -> Option<String> {
        time.or_else(|| self.span.map(|(first, _)| rfc3339(first as f64 / 1e9)))
    }

    /// A value as RFC 3339 in UTC where it can be read as a time, else as it stands.
    fn written(&self, value: &Value) -> String {
        if let Some(seconds) = value.as_f64() {
            return rfc3339(seconds);
        }
        let text = crate::row::text(value, ", ");
        if let Some(seconds) = grotto_engine::value::parse_number(&text) {
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

/// The columns of a batch that say when its rows began, and those that say when they ended, best first.
pub(crate) fn columns(batch: &Batch) -> [Vec<&Column>; 2] {
    [FIRST, LAST].map(|fields| fields.iter().filter_map(|field| batch.column(field)).collect())
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

/// Something that rows of a rule may raise.
pub(crate) struct Thing<'r> {
    /// Whether it is a finding, and not an intermediate one.
    pub(crate) whole: bool,
    /// Title or message, with tokens.
    title: &'r str,
    pub(crate) entity: &'r RiskEntity,
}

impl Thing<'_> {
    /// What its records are called.
    pub(crate) fn kind(&self) -> &'static str {
        if self.whole { "finding" } else { "intermediate_finding" }
    }
}

/// What rows of a rule raise, with what is the same for all of them.
pub(crate) struct Raising<'a> {
    rule: &'a Rule,
    batch: &'a Batch,
    times: &'a Times<'a>,
    things: Vec<Thing<'a>>,
    /// The columns that tell what was found, in the order of their names.
    telling: Vec<(&'a str, &'a Column)>,
    /// The time range that the rule looked at; as tokens of drilldowns have it; and as records say it.
    range: TimeRange,
    bounds: [Option<Value>; 2],
    pub(crate) written: [Option<String>; 2],
    /// The offset that came last, of the start and of the end, with the time that it stands for. Mostly the next is the same.
    offsets: [Option<(String, Option<String>)>; 2],
}

impl<'a> Raising<'a> {
    pub(crate) fn new(rule: &'a Rule, batch: &'a Batch, times: &'a Times<'a>) -> Self {
        let detection = &rule.detection;
        let finding =
            detection.finding.iter().map(|f| Thing { whole: true, title: &f.title, entity: &f.entity });
        let intermediate = detection.intermediate_findings.iter();
        let intermediate = intermediate.map(|f| Thing { whole: false, title: &f.message, entity: &f.entity });
        let mut telling: Vec<(&str, &Column)> = batch.columns().map(|(name, c)| (&**name, c)).collect();
        telling.retain(|(name, _)| crate::risk::tells(name));
        telling.sort_by_key(|(name, _)| *name);
        let range = times.range();
        Self {
            rule,
            batch,
            times,
            things: finding.chain(intermediate).collect(),
            telling,
            range,
            bounds: [range.from, range.to].map(|bound| bound.map(|ns| seconds(ns).into())),
            written: [range.from, range.to].map(|bound| bound.map(written)),
            offsets: [None, None],
        }
    }

    /// A row.
    pub(crate) fn at(&self, row: usize) -> At<'a> {
        At { batch: self.batch, row }
    }

    /// What a row raises; a row that raises nothing is a hit.
    pub(crate) fn raised_by(&self, row: &At<'_>) -> impl Iterator<Item = &Thing<'a>> {
        self.things.iter().filter(|thing| thing.whole || row.has(&thing.entity.field))
    }

    /// The id and the title of something that a row raises.
    pub(crate) fn name(&self, thing: &Thing<'_>, row: &At<'_>) -> (String, String) {
        let Thing { title, entity, .. } = thing;
        let title = fill(title, row);
        let value = row.text(&entity.field, BETWEEN).unwrap_or_default();
        let text =
            |(name, column): &(&'a str, &'a Column)| Some((*name, cell_text(column.cell(row.row), BETWEEN)?));
        let entity = [&*entity.field, entity.kind.name(), &*value];
        let id = crate::risk::id(
            &self.rule.detection,
            thing.kind(),
            entity,
            &title,
            self.telling.iter().filter_map(text),
        );
        (id, title)
    }

    /// The indicators that come with a row: field and type.
    pub(crate) fn threat_objects(&self, row: &At<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
        let all = self.rule.detection.threat_objects.iter();
        all.filter(|t| row.has(&t.field)).map(|t| (&*t.field, &*t.kind))
    }

    /// The records that a row gives, of which `joined` says whether it comes from script blocks put together from their parts.
    pub(crate) fn records(&mut self, number: usize, joined: bool) -> Vec<Record> {
        let at = self.at(number);
        if self.raised_by(&at).next().is_none() {
            return vec![Record::Hit(hit(self.rule, row(self.batch, number), joined, self.times))];
        }
        let drilldowns = self.drilldowns(&at);
        let entity_of = |field: &str, kind: &str| Entity {
            field: field.to_owned(),
            kind: kind.to_owned(),
            value: at.value(field).map_or(Value::Null, Cow::into_owned),
        };
        let record = |thing: &Thing<'_>| {
            let (id, title) = self.name(thing, &at);
            let (first_time, last_time) = self.times.both(&at);
            let [info_min_time, info_max_time] = self.written.clone();
            let threat_objects = self.threat_objects(&at).map(|(field, kind)| entity_of(field, kind));
            let finding = Finding {
                id,
                rule: self.rule.reference.clone(),
                title,
                entity: entity_of(&thing.entity.field, thing.entity.kind.name()),
                score: thing.entity.score,
                first_time,
                last_time,
                info_min_time,
                info_max_time,
                fired: self.times.fired(),
                joined_script_block: joined,
                seen: None,
                threat_objects: threat_objects.collect(),
                row: row(self.batch, number),
                drilldowns: drilldowns.clone(),
            };
            if thing.whole { Record::Finding(finding) } else { Record::IntermediateFinding(finding) }
        };
        self.raised_by(&at).map(record).collect()
    }

    /// The rule's drilldown searches with their tokens filled. `%original_detection_search%` becomes the rule's search;
    /// `$info_min_time$` and `$info_max_time$` are the time range that the rule looked at, unless the row says otherwise
    /// (`addinfo`).
    pub(crate) fn drilldowns(&mut self, row: &At<'_>) -> Vec<Drilldown> {
        let detection = &self.rule.detection;
        let mut all = Vec::with_capacity(detection.drilldown_searches.len());
        for d in &detection.drilldown_searches {
            let tokens = Tokens { row, bounds: &self.bounds };
            let filled = |offset: Option<&String>| offset.map(|text| fill(text, &tokens)).unwrap_or_default();
            let (earliest_offset, latest_offset) =
                (filled(d.earliest_offset.as_ref()), filled(d.latest_offset.as_ref()));
            let search = fill_search(&d.search, &tokens, &detection.search);
            let [start, end] = &mut self.offsets;
            let context = self.times.context;
            let point = |known: &mut Option<(String, Option<String>)>, text: &str, before: bool| {
                if let Some((_, time)) = known.as_ref().filter(|(last, _)| last == text) {
                    return time.clone();
                }
                let edge = if before { self.range.from } else { self.range.to };
                let time = offset(text, edge, before, context).map(written);
                *known = Some((text.to_owned(), time.clone()));
                time
            };
            all.push(Drilldown {
                name: fill(&d.name, row),
                search,
                earliest: point(start, &earliest_offset, true),
                latest: point(end, &latest_offset, false),
                earliest_offset,
                latest_offset,
            });
        }
        all
    }
}

/// A row with the time range that its rule looked at.
struct Tokens<'r> {
    row: &'r At<'r>,
    bounds: &'r [Option<Value>; 2],
}

impl Fields for Tokens<'_> {
    fn value(&self, field: &str) -> Option<Cow<'_, Value>> {
        let [from, to] = self.bounds;
        let bound = match field {
            "info_min_time" => from,
            "info_max_time" => to,
            _ => &None,
        };
        self.row.value(field).or(bound.as_ref().map(Cow::Borrowed))
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
    jiff::Timestamp::from_nanosecond(i128::from(ns)).map_or_else(|_| ns.to_string(), text_of)
}

fn text_of(time: jiff::Timestamp) -> String {
    let mut text = String::with_capacity("2024-01-02T03:04:05.123456789Z".len());
    // Nothing fails to be written into a text.
    let _ = write!(text, "{time}");
    text
}

/// A number of seconds since 1970 as RFC 3339 in UTC, to the microsecond; the number itself when no calendar has it.
pub fn rfc3339(seconds: f64) -> String {
    let micros = (seconds * 1e6).round();
    jiff::Timestamp::from_microsecond(micros as i64).map_or_else(|_| seconds.to_string(), text_of)
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
        let of = |value: Value| times.both(&row(value));
        let (first, last) = of(json!({"firstTime": "2024-01-02T03:04:05", "_time": 1}));
        assert_eq!(first.as_deref(), Some("2024-01-02T02:04:05Z"));
        assert_eq!(last.as_deref(), Some("1970-01-01T00:00:01Z"));
        let (first, last) = of(json!({"a": 1}));
        assert_eq!(first.as_deref(), Some("1970-01-01T00:00:01Z"));
        assert_eq!(last.as_deref(), Some("1970-01-01T00:00:02.5Z"));
        let same = of(json!({"firstTime": "2024-01-02T03:04:05", "lastTime": "2024-01-02T03:04:05"}));
        assert_eq!(same.0.as_deref(), Some("2024-01-02T02:04:05Z"));
        assert_eq!(same.0, same.1);
        assert_eq!(same.0, times.first(&row(json!({"first_time": "2024-01-02T03:04:05"}))));
        assert_eq!(times.first(&row(json!({"firstTime": "yesterday"}))).as_deref(), Some("yesterday"));
        assert_eq!(rfc3339(1_700_000_000.25), "2023-11-14T22:13:20.25Z");
    }

    #[test]
    fn throttling_holds_back_the_same_rows_on_disk_as_in_memory() {
        use grotto_engine::memory::Rows;
        let (content, _) = crate::builtin::content();
        let mut rule = content.detections[0].clone();
        rule.throttling = Some(grotto_content::Throttling {
            fields: vec!["dest".to_owned()],
            period: Some("1h".to_owned()),
        });
        let context = Context::default();
        let times = Times { context: &context, span: None, firing: None };
        let count = 30_000_usize;
        let mut batch = Batch::new(count);
        batch.set("dest", Column::text((0..count).map(|n| Some(format!("host-{}.example.test", n % 7)))));
        // Not in the order of their times.
        let at = |n: usize| (n * 7919 % count) as i64 * 2 * SECOND;
        batch.set("_time", Column::Time((0..count).map(at).collect::<Vec<i64>>().into()));
        let mut all = Vec::new();
        for (memory, on_disk) in [(Memory::default(), false), (Memory::new(1 << 20), true)] {
            let (stored, written) = Stored::new(Rows::Memory(batch.clone()), &memory).unwrap();
            assert_eq!(written > 0, on_disk);
            let mut throttle = Throttle::of(&rule, None).unwrap();
            let left = admitted(&stored, &times, &mut throttle, &memory).unwrap();
            assert_eq!(left.rows() + throttle.held, count);
            let pieces: Vec<Batch> = left.pieces().collect::<Result<_, _>>().unwrap();
            all.push(pieces.iter().flat_map(crate::row::rows).collect::<Vec<Row>>());
        }
        assert_eq!(all[0], all[1]);
        // 60,000 seconds are 17 hours: one row for each host and hour, about.
        assert!((7 * 10..=7 * 17).contains(&all[0].len()), "{}", all[0].len());
    }
}
