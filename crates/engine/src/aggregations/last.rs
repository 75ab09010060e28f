//! `last`: the last value in search order.

use super::{Aggregation, Example, Keeps, Merge, Moment};
use crate::Value;
use crate::pipeline::Place;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static LAST: Aggregation = Aggregation {
    name: "last",
    aliases: &[],
    syntax: "last(field)",
    summary: "The field's value in the last row that has one; events come newest first, so that is the oldest.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/event-order-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "last(x)", input: r#"["a", "b", null]"#, expected: r#""b""# },
        Example { call: "last(x)", input: "[null]", expected: "null" },
    ],
    start: |_| Box::new(Last(None)),
};

#[derive(Clone, Serialize, Deserialize)]
struct Last(Option<(Place, Value)>);

impl Merge for Last {
    const KEEPS: Keeps = Keeps::Known;

    fn accumulate(&mut self, cell: Cell<'_>, at: Moment) {
        if self.0.as_ref().is_none_or(|(place, _)| at.place >= *place) {
            self.0 = Some((at.place, cell.into()));
        }
    }

    fn merge(&mut self, other: Self) {
        if let Some((place, value)) = other.0
            && self.0.as_ref().is_none_or(|(mine, _)| place > *mine)
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
