//! `mode`: the most frequent value.

use super::{Aggregation, Example, Keeps, Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

pub(super) static MODE: Aggregation = Aggregation {
    name: "mode",
    aliases: &[],
    syntax: "mode(field)",
    summary: "The field's most frequent value; of several that are as frequent, the one that sorts first.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &[],
    assumptions: &["mode-ties"],
    examples: &[
        Example { call: "mode(x)", input: r#"["a", "b", "b"]"#, expected: r#""b""# },
        Example { call: "mode(x)", input: r#"["b", "a", null]"#, expected: r#""a""# },
    ],
    start: |_| Box::new(Mode::default()),
};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Mode(FxHashMap<Box<str>, u64>);

impl Merge for Mode {
    const KEEPS: Keeps = Keeps::Many;

    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |cell| {
            columns::with_text(cell, |text| *self.0.entry(text.into()).or_default() += 1);
        });
    }

    fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|(text, count)| *self.0.entry(text).or_default() += count);
    }

    fn value(&self) -> Value {
        let most = self.0.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
        most.map_or(Value::Null, |(text, _)| Value::Text(text.as_ref().to_owned()))
    }

    fn size(&self) -> usize {
        self.0.keys().map(|text| text.len() + 40).sum()
    }
}
