//! `count`: how many rows or values there are.

use super::flat::Flat;
use super::{Aggregation, Example, Merge, Moment, State, States};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::{Cell, Column};
use serde::{Deserialize, Serialize};
use std::any::Any;

pub(super) static COUNT: Aggregation = Aggregation {
    name: "count",
    aliases: &["c"],
    syntax: "count | count(field) | count(eval(condition))",
    summary: "How many values the field has over all rows; of no field, how many rows there are; of a condition, for how many rows it is true.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "count(x)", input: r#"["a", "a", null, ["b", "c"]]"#, expected: "4" },
        Example { call: "count", input: r#"["a", null]"#, expected: "2" },
        Example { call: "count(eval(x>1))", input: "[1, 2, 3, null]", expected: "2" },
        Example { call: "count(x)", input: "[]", expected: "0" },
    ],
    start: |_| Box::new(Count(0)),
};

#[derive(Clone, Serialize, Deserialize)]
struct Count(i64);

impl Merge for Count {
    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |_| self.0 += 1);
    }

    fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }

    fn value(&self) -> Value {
        Value::Int(self.0)
    }

    fn many(self) -> Box<dyn States> {
        Box::new(Counts(Flat::default()))
    }
}

/// The counts of many groups; zero is none.
struct Counts(Flat<0>);

impl States for Counts {
    fn accumulate(&mut self, group: usize, cell: Cell<'_>, at: Moment) {
        let mut count = Count(0);
        Merge::accumulate(&mut count, cell, at);
        self.0.change(group, |mine| mine + count.0);
    }

    fn merge(&mut self, group: usize, others: &mut dyn States, theirs: usize) {
        if let Some(others) = others.as_any().downcast_mut::<Self>()
            && let Some(theirs) = others.0.take(theirs)
        {
            self.0.change(group, |mine| mine + theirs);
        }
    }

    fn value(&self, group: usize) -> Option<Value> {
        self.0.get(group).map(Value::Int)
    }

    fn column(&self, groups: &[u32]) -> Option<Column> {
        // None is a count, too.
        let count = |group: &u32| self.0.get(*group as usize).unwrap_or_default();
        (!groups.is_empty()).then(|| Column::Int(groups.iter().map(count).collect::<Vec<_>>().into()))
    }

    fn settle(&mut self, _: Option<(i64, i64)>) {}

    fn size(&self) -> usize {
        self.known()
    }

    fn known(&self) -> usize {
        self.0.bytes()
    }

    fn knows_all(&self) -> bool {
        true
    }

    fn save(&self, groups: &[u32], out: &mut Vec<u8>) {
        self.0.save(groups, out);
    }

    fn load(&mut self, groups: &[u32], saved: &[u8]) -> bool {
        let Some(counts) = Flat::<0>::saved(groups, saved) else { return false };
        counts.for_each(|(group, count)| self.0.change(group, |mine| mine + count));
        true
    }

    fn take(&mut self, group: usize) -> Option<Box<dyn State>> {
        Some(Box::new(Count(self.0.take(group)?)))
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
