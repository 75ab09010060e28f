//! `values`: the different values.

use super::sets::{OfTexts, Sets};
use super::{Aggregation, Example, Merge, Moment, States};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::{Cell, Column};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub(super) static VALUES: Aggregation = Aggregation {
    name: "values",
    aliases: &[],
    syntax: "values(field)",
    summary: "The field's different values as a multivalue field, sorted by their characters.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/multivalue-stats-and-chart-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            call: "values(x)",
            input: r#"["b", "a", "b", null, ["c", "a"]]"#,
            expected: r#"["a","b","c"]"#,
        },
        Example {
            call: "values(x)",
            input: r#"["10", "9", "Z", "a", "100"]"#,
            expected: r#"["10","100","9","Z","a"]"#,
        },
        Example { call: "values(x)", input: r#"["a"]"#, expected: r#""a""# },
    ],
    start: |_| Box::new(Values::default()),
};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Values(BTreeSet<Box<str>>);

impl Merge for Values {
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
        Value::list(self.0.iter().map(|text| text.as_ref().to_owned()).collect())
    }

    fn size(&self) -> usize {
        self.0.iter().map(|text| text.len() + 32).sum()
    }

    fn many(self) -> Box<dyn States> {
        Sets::<Self>::start()
    }
}

impl OfTexts for Values {
    fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        Self(texts.map(Into::into).collect())
    }

    fn result<'t>(texts: impl Iterator<Item = &'t str>) -> Value {
        let mut values: Vec<String> = texts.map(str::to_owned).collect();
        values.sort_unstable();
        Value::list(values)
    }
    fn results<'t>(groups: impl ExactSizeIterator<Item = Vec<&'t str>>) -> Column {
        let sorted = groups.map(|mut texts| {
            texts.sort_unstable();
            texts
        });
        let all: Vec<Vec<&str>> = sorted.collect();
        if all.iter().any(|texts| texts.len() > 1) {
            return Column::list(all);
        }
        Column::text(all.iter().map(|texts| texts.first()))
    }
}
