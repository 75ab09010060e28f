//! `first`: the first value in search order.

use super::{Aggregation, Example, Keeps, Merge, Moment};
use crate::Value;
use crate::pipeline::Place;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static FIRST: Aggregation = Aggregation {
    name: "first",
    aliases: &[],
    syntax: "first(field)",
    summary: "The field's value in the first row that has one; events come newest first.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/event-order-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "first(x)", input: r#"[null, "b", "c"]"#, expected: r#""b""# },
        Example { call: "first(x)", input: r#"[["a", "b"], "c"]"#, expected: r#"["a","b"]"# },
    ],
    start: |_| Box::new(First(None)),
};

#[derive(Clone, Serialize, Deserialize)]
struct First(Option<(Place, Value)>);

impl Merge for First {
    const KEEPS: Keeps = Keeps::Known;

    fn accumulate(&mut self, cell: Cell<'_>, at: Moment) {
        if self.0.as_ref().is_none_or(|(place, _)| at.place < *place) {
            self.0 = Some((at.place, cell.into()));
        }
    }

    fn merge(&mut self, other: Self) {
        if let Some((place, value)) = other.0
            && self.0.as_ref().is_none_or(|(mine, _)| place < *mine)
        {
            self.0 = Some((place, value));
        }
    }

    fn value(&self) -> Value {
        self.0.as_ref().map_or(Value::Null, |(_, value)| value.clone())
    }

    fn size(&self) -> usize {
        self.0.as_ref().map_or(0, |(_, value)| value.kept())
    }
}
