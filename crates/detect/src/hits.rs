//! Hits where they stand: rows of a rule that raises nothing. There may be millions of them, so JSON lines are written
//! without making records first. Both say the same; a test holds them to it.

use crate::finding::{self, Times};
use crate::record::{Record, RuleRef};
use crate::row::{json, rows, write_json, write_text};
use crate::rules::Rule;
use grotto_events::{Batch, Cell, Column};

/// Some hits of a rule.
pub struct Hits<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) batch: Batch,
    /// Whether the rows come from script blocks put together from their parts.
    pub(crate) joined: bool,
    pub(crate) times: Times<'a>,
}

impl Hits<'_> {
    /// The rule.
    pub fn rule(&self) -> &RuleRef {
        &self.rule.reference
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.batch.rows()
    }

    /// The records.
    pub(crate) fn records(&self) -> Vec<Record> {
        let hit = |row| Record::Hit(finding::hit(self.rule, row, self.joined, &self.times));
        rows(&self.batch).into_iter().map(hit).collect()
    }

    /// Writes the records as JSON, one a line.
    ///
    /// # Errors
    /// None that a value of a row can cause.
    pub fn write_lines(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        // What all lines say is written once: how they begin, what stands after the times, the names of the columns.
        let mut head = br#"{"type":"hit","rule":"#.to_vec();
        serde_json::to_writer(&mut head, self.rule())?;
        head.extend_from_slice(br#","first_time":"#);
        let mut middle = Vec::new();
        if let Some(fired) = self.times.fired() {
            middle.extend_from_slice(br#","fired":"#);
            write_text(&fired, &mut middle);
        }
        if self.joined {
            middle.extend_from_slice(br#","joined_script_block":true"#);
        }
        middle.extend_from_slice(br#","row":{"#);
        let mut columns = Vec::new();
        for (name, column) in self.batch.columns() {
            let mut before = Vec::new();
            write_text(name, &mut before);
            before.push(b':');
            columns.push((before, column));
        }
        let [firsts, lasts] = finding::columns(&self.batch);
        for row in 0..self.batch.rows() {
            let value = |columns: &[&Column]| columns.iter().find_map(|column| json(column.cell(row)));
            let (first, last) = self.times.of_values(value(&firsts).as_ref(), value(&lasts).as_ref());
            out.extend_from_slice(&head);
            write_time(first.as_deref(), out);
            out.extend_from_slice(br#","last_time":"#);
            write_time(last.as_deref(), out);
            out.extend_from_slice(&middle);
            let mut is_first = true;
            for (before, column) in &columns {
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
            out.extend_from_slice(b"}}\n");
        }
        Ok(())
    }
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

    fn batch() -> Batch {
        let mut batch = Batch::new(4);
        batch.set(
            "a \"quoted\"\nname",
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

    #[test]
    fn lines_are_those_of_the_records() {
        let (content, _) = crate::builtin::content();
        let context = Context::default();
        let set = crate::RuleSet::compile(
            &content,
            &grotto_spl::MacroTable::default(),
            &grotto_knowledge::Knowledge::load(&[], &context).0,
            &context,
        );
        let window = TimeRange { from: Some(0), to: None };
        let firings = [None, Some(Firing { at: 1_700_000_000_000_000_000, window })];
        for (joined, firing) in [(false, firings[0]), (true, firings[1])] {
            for span in [None, Some((1_000_000_000, 2_500_000_000))] {
                for batch in [batch(), batch().select(|name| name == "none"), Batch::new(2), Batch::new(0)] {
                    let times = Times { context: &context, span, firing };
                    let hits = Hits { rule: &set.rules[0], batch, joined, times };
                    let mut lines = Vec::new();
                    hits.write_lines(&mut lines).unwrap();
                    let records = hits.records();
                    assert_eq!(records.len(), hits.count());
                    let expected: String =
                        records.iter().map(|r| serde_json::to_string(r).unwrap() + "\n").collect();
                    assert_eq!(String::from_utf8(lines).unwrap(), expected);
                }
            }
        }
    }
}
