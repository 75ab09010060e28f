//! `dc`: how many different values there are.

use super::sets::{OfTexts, Sets};
use super::{Aggregation, Example, Merge, Moment, States};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::{Cell, Column};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

pub(super) static DC: Aggregation = Aggregation {
    name: "dc",
    aliases: &["distinct_count"],
    syntax: "dc(field)",
    summary: "How many different values the field has; `1` and `1.0` are different.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "dc(x)", input: r#"["a", "A", "a", null, ["b", "a"]]"#, expected: "3" },
        Example { call: "distinct_count(x)", input: r#"["1", "1.0", "01"]"#, expected: "3" },
        Example { call: "dc(x)", input: "[null]", expected: "0" },
    ],
    start: |_| Box::new(Distinct::default()),
};

/// Different values, remembered as text.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Distinct(FxHashSet<Box<str>>);

impl Merge for Distinct {
    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |cell| {
            columns::with_text(cell, |text| {
                if !self.0.contains(text) {
                    self.0.insert(text.into());
                }
            });
        });
    }

    fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    fn value(&self) -> Value {
        Value::Int(self.0.len() as i64)
    }

    fn size(&self) -> usize {
        self.0.iter().map(|text| text.len() + 32).sum()
    }

    fn many(self) -> Box<dyn States> {
        Sets::<Self>::start()
    }
}

impl OfTexts for Distinct {
    fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        Self(texts.map(Into::into).collect())
    }

    fn result<'t>(texts: impl Iterator<Item = &'t str>) -> Value {
        Value::Int(texts.count() as i64)
    }
    fn results<'t>(groups: impl ExactSizeIterator<Item = Vec<&'t str>>) -> Column {
        Column::Int(groups.map(|texts| texts.len() as i64).collect::<Vec<_>>().into())
    }
}
