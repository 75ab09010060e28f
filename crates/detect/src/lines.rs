//! Result rows where they stand, and what they raise. There may be millions of them, so JSON lines are written without
//! making records first. Both say the same; a test holds them to it.

use crate::finding::{self, Raising, Times};
use crate::record::{Drilldown, Record, RuleRef, Summary};
use crate::row::{At, json, rows, write_json, write_text};
use crate::rules::Rule;
use grotto_events::{Batch, Cell, Column};
use rustc_hash::FxHashMap;
use std::io::Write;

/// Some result rows of a rule.
pub struct ResultRows<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) batch: Batch,
    /// Whether the rows come from script blocks put together from their parts.
    pub(crate) joined: bool,
    pub(crate) times: Times<'a>,
    /// How often findings have been seen, by their ids.
    pub(crate) seen: &'a FxHashMap<String, u64>,
}

impl ResultRows<'_> {
    /// The rule.
    pub fn rule(&self) -> &RuleRef {
        &self.rule.reference
    }

    /// How many rows they are. Each gives a record at least.
    pub fn count(&self) -> usize {
        self.batch.rows()
    }

    /// Counts what they raise.
    pub(crate) fn tally(&self) -> Summary {
        let mut tally = Summary::default();
        if !self.rule.raises() {
            tally.hits = self.count();
            return tally;
        }
        let raising = Raising::new(self.rule, &self.batch, &self.times);
        for row in 0..self.count() {
            let mut none = true;
            for thing in raising.raised_by(&raising.at(row)) {
                none = false;
                if thing.whole {
                    *tally.findings.entry(self.rule().severity.clone()).or_default() += 1;
                } else {
                    tally.intermediate_findings += 1;
                }
            }
            tally.hits += usize::from(none);
        }
        tally
    }

    /// The records.
    pub(crate) fn records(&self) -> Vec<Record> {
        if !self.rule.raises() {
            let hit = |row| Record::Hit(finding::hit(self.rule, row, self.joined, &self.times));
            return rows(&self.batch).into_iter().map(hit).collect();
        }
        let mut raising = Raising::new(self.rule, &self.batch, &self.times);
        let mut all: Vec<Record> =
            (0..self.count()).flat_map(|row| raising.records(row, self.joined)).collect();
        for record in &mut all {
            if let Record::Finding(f) | Record::IntermediateFinding(f) = record {
                f.seen = self.seen.get(&f.id).copied();
            }
        }
        all
    }

    /// Writes the records as JSON, one a line.
    ///
    /// # Errors
    /// None that a value of a row can cause.
    pub fn write_lines(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        let (columns, hits) = (Columns::of(self), HitLines::new(self)?);
        if !self.rule.raises() {
            return (0..self.count()).try_for_each(|row| hits.write(row, &columns, out));
        }
        let mut findings = FindingLines::new(self)?;
        for row in 0..self.count() {
            if !findings.write(row, &columns, out)? {
                hits.write(row, &columns, out)?;
            }
        }
        Ok(())
    }

    /// What lines say of all rows behind their times.
    fn middle(&self) -> Vec<u8> {
        let mut middle = Vec::new();
        if let Some(fired) = self.times.fired() {
            middle.extend_from_slice(br#","fired":"#);
            write_text(&fired, &mut middle);
        }
        if self.joined {
            middle.extend_from_slice(br#","joined_script_block":true"#);
        }
        middle
    }
}

/// The columns of rows.
struct Columns<'r> {
    /// Each with its name as JSON and a colon.
    all: Vec<(Vec<u8>, &'r Column)>,
    /// Those that say when rows began, and those that say when they ended.
    when: [Vec<&'r Column>; 2],
    times: &'r Times<'r>,
}

impl<'r> Columns<'r> {
    fn of(rows: &'r ResultRows<'_>) -> Self {
        let mut all = Vec::new();
        for (name, column) in rows.batch.columns() {
            let mut before = Vec::new();
            write_text(name, &mut before);
            before.push(b':');
            all.push((before, column));
        }
        Self { all, when: finding::columns(&rows.batch), times: &rows.times }
    }

    /// Writes when what a row says began and ended, after a comma.
    fn write_times(&self, row: usize, out: &mut Vec<u8>) {
        let [first, last] =
            self.when.each_ref().map(|columns| columns.iter().find_map(|column| json(column.cell(row))));
        let (first, last) = self.times.of_values(first.as_ref(), last.as_ref());
        out.extend_from_slice(br#","first_time":"#);
        write_time(first.as_deref(), out);
        out.extend_from_slice(br#","last_time":"#);
        write_time(last.as_deref(), out);
    }

    /// Writes a row as an object.
    fn write(&self, row: usize, out: &mut Vec<u8>) -> std::io::Result<()> {
        out.push(b'{');
        let mut is_first = true;
        for (before, column) in &self.all {
            let cell = column.cell(row);
            if cell == Cell::Null {
                continue;
            }
            if !std::mem::take(&mut is_first) {
                out.push(b',');
            }
            out.extend_from_slice(before);
            write_json(cell, out)?;
        }
        out.push(b'}');
        Ok(())
    }
}

/// Lines of hits, with what is the same in all of them.
struct HitLines {
    /// How they begin.
    head: Vec<u8>,
    /// What stands between times and row.
    middle: Vec<u8>,
}

impl HitLines {
    fn new(rows: &ResultRows<'_>) -> std::io::Result<Self> {
        let mut head = br#"{"type":"hit","rule":"#.to_vec();
        serde_json::to_writer(&mut head, rows.rule())?;
        let mut middle = rows.middle();
        middle.extend_from_slice(br#","row":"#);
        Ok(Self { head, middle })
    }

    fn write(&self, row: usize, columns: &Columns<'_>, out: &mut Vec<u8>) -> std::io::Result<()> {
        out.extend_from_slice(&self.head);
        columns.write_times(row, out);
        out.extend_from_slice(&self.middle);
        columns.write(row, out)?;
        out.extend_from_slice(b"}\n");
        Ok(())
    }
}

/// Lines of findings and intermediate findings, with what is the same in all of them.
struct FindingLines<'r> {
    raising: Raising<'r>,
    seen: &'r FxHashMap<String, u64>,
    /// The rule, and what stands around it.
    rule: Vec<u8>,
    /// What stands between times and how often it was seen.
    middle: Vec<u8>,
    /// What the lines of the row at hand say in the end: of its times, up to how often it was seen; and after that.
    tail: [Vec<u8>; 2],
}

impl<'r> FindingLines<'r> {
    fn new(rows: &'r ResultRows<'_>) -> std::io::Result<Self> {
        let raising = Raising::new(rows.rule, &rows.batch, &rows.times);
        let mut rule = br#","rule":"#.to_vec();
        serde_json::to_writer(&mut rule, rows.rule())?;
        rule.extend_from_slice(br#","title":"#);
        let mut middle = Vec::new();
        let names = [&br#","info_min_time":"#[..], br#","info_max_time":"#];
        for (name, time) in names.into_iter().zip(&raising.written) {
            middle.extend_from_slice(name);
            write_time(time.as_deref(), &mut middle);
        }
        middle.extend(rows.middle());
        Ok(Self { raising, seen: rows.seen, rule, middle, tail: [Vec::new(), Vec::new()] })
    }

    /// Writes what a row raises; whether it raises anything.
    fn write(&mut self, row: usize, columns: &Columns<'_>, out: &mut Vec<u8>) -> std::io::Result<bool> {
        let at = self.raising.at(row);
        if self.raising.raised_by(&at).next().is_none() {
            return Ok(false);
        }
        self.make_tail(&at, columns)?;
        let [times, tail] = &self.tail;
        for thing in self.raising.raised_by(&at) {
            let (id, title) = self.raising.name(thing, &at);
            write!(out, r#"{{"type":"{}","id":"#, thing.kind())?;
            write_text(&id, out);
            out.extend_from_slice(&self.rule);
            write_text(&title, out);
            out.extend_from_slice(br#","entity":"#);
            write_entity(&thing.entity.field, thing.entity.kind.name(), &at, out)?;
            out.extend_from_slice(br#","score":"#);
            serde_json::to_writer(&mut *out, &thing.entity.score)?;
            out.extend_from_slice(times);
            if let Some(seen) = self.seen.get(&id) {
                out.extend_from_slice(br#","seen":"#);
                serde_json::to_writer(&mut *out, seen)?;
            }
            out.extend_from_slice(tail);
        }
        Ok(true)
    }

    fn make_tail(&mut self, at: &At<'_>, columns: &Columns<'_>) -> std::io::Result<()> {
        let drilldowns = self.raising.drilldowns(at);
        let [times, tail] = &mut self.tail;
        times.clear();
        columns.write_times(at.row, times);
        times.extend_from_slice(&self.middle);
        tail.clear();
        let mut before: &[u8] = br#","threat_objects":["#;
        for (field, kind) in self.raising.threat_objects(at) {
            tail.extend_from_slice(std::mem::replace(&mut before, b","));
            write_entity(field, kind, at, tail)?;
        }
        if before == b"," {
            tail.push(b']');
        }
        tail.extend_from_slice(br#","row":"#);
        columns.write(at.row, tail)?;
        tail.extend_from_slice(br#","drilldowns":["#);
        for (number, drilldown) in drilldowns.iter().enumerate() {
            if number > 0 {
                tail.push(b',');
            }
            write_drilldown(drilldown, tail);
        }
        tail.extend_from_slice(b"]}\n");
        Ok(())
    }
}

fn write_entity(field: &str, kind: &str, at: &At<'_>, out: &mut Vec<u8>) -> std::io::Result<()> {
    out.extend_from_slice(br#"{"field":"#);
    write_text(field, out);
    out.extend_from_slice(br#","type":"#);
    write_text(kind, out);
    out.extend_from_slice(br#","value":"#);
    write_json(at.batch.cell(field, at.row), out)?;
    out.push(b'}');
    Ok(())
}

fn write_drilldown(drilldown: &Drilldown, out: &mut Vec<u8>) {
    let Drilldown { name, search, earliest_offset, latest_offset, earliest, latest } = drilldown;
    for (key, text) in [
        (&br#"{"name":"#[..], name),
        (br#","search":"#, search),
        (br#","earliest_offset":"#, earliest_offset),
        (br#","latest_offset":"#, latest_offset),
    ] {
        out.extend_from_slice(key);
        write_text(text, out);
    }
    for (key, time) in [(&br#","earliest":"#[..], earliest), (br#","latest":"#, latest)] {
        out.extend_from_slice(key);
        write_time(time.as_deref(), out);
    }
    out.push(b'}');
}

fn write_time(time: Option<&str>, out: &mut Vec<u8>) {
    match time {
        Some(time) => write_text(time, out),
        None => out.extend_from_slice(b"null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::firings::Firing;
    use grotto_engine::Context;
    use grotto_engine::time::TimeRange;

    fn batch(field: &str) -> Batch {
        let mut batch = Batch::new(4);
        batch.set(
            field,
            Column::text([Some("C:\\Windows\\x.exe \"y\"\t\u{1}é"), None, Some(""), Some("plain")]),
        );
        batch.set("none", Column::null(4));
        batch.set("n", Column::Int(vec![Some(-1), Some(i64::MAX), None, Some(0)].into()));
        let floats = vec![Some(0.1), Some(f64::NAN), Some(3.0), None];
        batch.set("f", Column::Float(floats.into()));
        batch.set("m", Column::list([vec!["a\\", "b"], vec!["one"], vec![], vec!["\"", "", "ü"]]));
        batch.set("lastTime", Column::text([Some("2024-01-02T03:04:05"), None, Some("soon"), Some("1.5")]));
        let times = vec![Some(1_700_000_000_123_456_700), Some(1_700_000_000_000_000_000), None, Some(-1)];
        batch.set("_time", Column::Time(times.into()));
        batch
    }

    /// A set of one rule that raises findings or not, and intermediate ones or not; with `more`, that is indicators and
    /// drilldowns, or without.
    fn set(finding: bool, intermediate: bool, more: bool, context: &Context) -> crate::RuleSet {
        let (mut content, _) = crate::builtin::content();
        let full = |d: &grotto_content::Detection| {
            d.finding.is_some()
                && !d.intermediate_findings.is_empty()
                && !d.threat_objects.is_empty()
                && !d.drilldown_searches.is_empty()
        };
        content.detections.retain(full);
        content.detections.truncate(1);
        let rule = content.detections.first_mut().expect("a rule of the pack raises all there is");
        let mut another = rule.intermediate_findings[0].clone();
        another.entity.field = "n".to_owned();
        rule.intermediate_findings.push(another);
        if !finding {
            rule.finding = None;
        }
        if !intermediate {
            rule.intermediate_findings.clear();
        }
        if !more {
            rule.threat_objects.clear();
            rule.drilldown_searches.clear();
        }
        crate::RuleSet::compile(
            &content,
            &grotto_spl::MacroTable::default(),
            &grotto_knowledge::Knowledge::load(&[], context).0,
            context,
        )
    }

    /// The lines of rows, which are those of their records.
    fn lines(rows: &ResultRows<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        rows.write_lines(&mut lines).unwrap();
        let records = rows.records();
        let expected: Vec<String> = records.iter().map(|r| serde_json::to_string(r).unwrap()).collect();
        let lines = String::from_utf8(lines).unwrap();
        assert!(lines.is_empty() || lines.ends_with('\n'));
        let lines: Vec<String> = lines.lines().map(str::to_owned).collect();
        assert_eq!(lines, expected);
        let tally = rows.tally();
        let of =
            |kind: &str| lines.iter().filter(|line| line.contains(&format!(r#""type":"{kind}""#))).count();
        assert_eq!(tally.hits, of("hit"));
        assert_eq!(tally.intermediate_findings, of("intermediate_finding"));
        assert_eq!(tally.findings.values().sum::<usize>(), of("finding"));
        lines
    }

    #[test]
    fn lines_are_those_of_the_records() {
        let context = Context::default();
        let window = TimeRange { from: Some(0), to: None };
        let firings = [None, Some(Firing { at: 1_700_000_000_000_000_000, window })];
        for (finding, intermediate, more) in [
            (false, false, false),
            (true, false, false),
            (false, true, true),
            (true, true, true),
            (true, true, false),
        ] {
            let set = set(finding, intermediate, more, &context);
            let rule = &set.rules[0];
            let mut fields = vec!["a \"quoted\"\nname".to_owned()];
            fields.extend(rule.detection.intermediate_findings.iter().map(|f| f.entity.field.clone()));
            fields.extend(rule.detection.threat_objects.iter().map(|t| t.field.clone()));
            for field in &fields {
                let whole = batch(field);
                for batch in
                    [whole.clone(), whole.select(|name| name == "none"), Batch::new(2), Batch::new(0)]
                {
                    for (joined, firing) in [(false, firings[0]), (true, firings[1])] {
                        for span in [None, Some((1_000_000_000, 2_500_000_000))] {
                            let times = Times { context: &context, span, firing };
                            let none = FxHashMap::default();
                            let mut rows =
                                ResultRows { rule, batch: batch.clone(), joined, times, seen: &none };
                            let before = lines(&rows);
                            assert!(before.len() >= rows.count());
                            let ids = rows.records().into_iter().filter_map(|record| match record {
                                Record::Finding(f) | Record::IntermediateFinding(f) => Some((f.id, 3)),
                                _ => None,
                            });
                            let seen = ids.take(2).collect();
                            rows.seen = &seen;
                            assert_eq!(lines(&rows) == before, rows.seen.is_empty());
                        }
                    }
                }
            }
        }
    }
}
